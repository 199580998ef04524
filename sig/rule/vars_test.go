package rule

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// show lists the ranges of a set.
func show(s *AddressSet) string {
	var all []string
	for a, b := range s.Ranges() {
		all = append(all, netip.AddrFrom16(a).Unmap().String()+"-"+netip.AddrFrom16(b).Unmap().String())
	}
	return strings.Join(all, " ")
}

// TestAddressErrors tells what is wrong where. Suricata refuses these, except brackets within items and "]" before more.
func TestAddressErrors(t *testing.T) {
	v := testVars()
	v.Addresses["LOOP"] = "[1.1.1.1,$POOL]"
	v.Addresses["POOL"] = "!$LOOP"
	v.Addresses["BAD"] = "[1.1.1.1,1.1.1]"
	for text, want := range map[string]string{
		"":                      "1: no addresses are left",
		"!any":                  "1: all addresses are negated",
		"[1.1.1.1,![any]]":      "1: all addresses are negated",
		"!::/0":                 "1: no addresses are left",
		"[1.1.1.1,!1.1.1.0/24]": "1: no addresses are left",
		"[1.1.1.1,1.1.1]":       `10: no address: "1.1.1"`,
		"[1.1.1.1, [x]]":        `12: no address: "x"`,
		"[1.1.1.1 ]":            `2: no address: "1.1.1.1 "`,
		"[,1.1.1.1]":            `2: no address: ""`,
		"fe80::1%eth0":          `1: no address: "fe80::1%eth0"`,
		"1.1.1.1/33":            `1: no prefix length: "33"`,
		"1.1.1.1/+3":            `1: no prefix length: "+3"`,
		"1.1.1.1/255.0.255.0":   `1: netmask is no prefix: "255.0.255.0"`,
		"1.1.1.1/255.0.0":       `1: no netmask: "255.0.0"`,
		"::/129":                `1: no prefix length: "129"`,
		"1.1.1.9-1.1.1.1":       `1: range ends before it starts: "1.1.1.9-1.1.1.1"`,
		"1.1.1.1-::1":           `1: no address of the same kind: "::1"`,
		"[$NO]":                 `2: unknown variable "NO"`,
		"[1.1.1.1,$]":           `10: no name after "$"`,
		"[1.1.1.1,!$LOOP]":      `11: variable "LOOP" refers to itself, in variable "POOL", in variable "LOOP"`,
		"$BAD":                  `1: no address: "1.1.1", in variable "BAD"`,
		"[1.1.1.1":              `1: "[" without "]"`,
		"1.1.1.1]":              `8: "]" without "["`,
		"1.1.1.1[2.2.2.2]":      `8: "[" within an item`,
		"[1.1.1.1]2.2.2.2":      `10: no "," after "]"`,
		strings.Repeat("[", 70) + "1.1.1.1" + strings.Repeat("]", 70): "65: more than 64 lists or variables within each other",
	} {
		set, err := v.AddressSet(text)
		p := new(Problem)
		if !errors.As(err, &p) {
			t.Errorf("%q: %v", text, show(set))
		} else if got := fmt.Sprint(p.Column, ": ", p); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestBomb refuses variables that multiply.
func TestBomb(t *testing.T) {
	v := Vars{Addresses: map[string]string{"A": "1.1.1.1"}}
	name := "A"
	for range 30 {
		v.Addresses[name+"A"] = "[$" + name + ",$" + name + "]"
		name += "A"
	}
	if _, err := v.AddressSet("$" + name); err == nil || !strings.HasPrefix(err.Error(), "more than 16777216 bytes") {
		t.Error(err)
	}
}

func TestRanges(t *testing.T) {
	v := testVars()
	for text, want := range map[string]string{
		"any":                             "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"[1.1.1.1,1.1.1.3,1.1.1.2,::]":    "::-:: 1.1.1.1-1.1.1.3",
		"::/0":                            "::-::fffe:ffff:ffff ::1:0:0:0-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"!128.0.0.0/1":                    "0.0.0.0-127.255.255.255",
		"[10.0.0.0/8,!10.1.0.0/16]":       "10.0.0.0-10.0.255.255 10.2.0.0-10.255.255.255",
		"10.9.9.9/255.255.0.0":            "10.9.0.0-10.9.255.255",
		"[any,![1.1.1.1,0.0.0.0/8,::/1]]": "1.0.0.0-1.1.1.0 1.1.1.2-255.255.255.255 8000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	} {
		set, err := v.AddressSet(text)
		if err != nil || show(set) != want || set.Len() != strings.Count(want, " ")+1 || set.Any() != (text == "any") {
			t.Error(text, show(set), err, set.Len(), set.Any())
		}
	}
	for text, want := range map[string]string{
		"any": "0-65535", "[5,1:3,4,!2,70:]": "1-1 3-5 70-65535", "![80,!81]": "81-81", ":1": "0-1", "[! 0, !65535]": "1-65534",
	} {
		set, err := v.PortSet(text)
		if err != nil {
			t.Error(text, err)
			continue
		}
		var got []string
		for a, b := range set.Ranges() {
			got = append(got, fmt.Sprint(a, "-", b))
		}
		if !slices.Equal(got, strings.Split(want, " ")) || set.Len() != len(got) || set.Any() != (text == "any") {
			t.Error(text, got)
		}
	}
	for text, want := range map[string]string{
		"!any": "1: all ports are negated", "[80,!80]": "1: no ports are left", "[80, 65536]": `6: no port: "65536"`, "5:x": `1: no port: "x"`,
		"9:8": `1: range ends before it starts: "9:8"`, "1:2:3": `1: no port: "2:3"`, "[$NO]": `2: unknown variable "NO"`, "80x": `1: no port: "80x"`,
	} {
		_, err := v.PortSet(text)
		if p := new(Problem); !errors.As(err, &p) || fmt.Sprint(p.Column, ": ", p) != want {
			t.Error(text, p.Column, err)
		}
	}
}

// TestAllocs demands that looking into a set allocates nothing.
func TestAllocs(t *testing.T) {
	v := DefaultVars()
	set, _ := v.AddressSet("$EXTERNAL_NET")
	ports, _ := v.PortSet("[$HTTP_PORTS,1:7,!3]")
	a := netip.MustParseAddr("8.8.8.8").As16()
	if n := testing.AllocsPerRun(100, func() {
		if !set.Contains(a) || ports.Contains(3) || set.Any() {
			t.Error("wrong")
		}
	}); n != 0 {
		t.Error(n)
	}
}

// naive tells whether a number is in an expression of IPv4 addresses without variables, by its own recursion.
func naive(text string, n int) bool {
	var yes, no, anyYes bool
	naiveList(text, n, &yes, &no, &anyYes)
	return (yes || !anyYes) && !no
}

// naiveList adds what a list without brackets says: whether it has the number, whether it does with a "!", and whether
// anything in it has no "!".
func naiveList(text string, n int, yes, no, anyYes *bool) {
	for depth, start, i := 0, 0, 0; i <= len(text); i++ {
		switch {
		case i < len(text) && text[i] == '[':
			depth++
		case i < len(text) && text[i] == ']':
			depth--
		case i == len(text) || text[i] == ',' && depth == 0:
			naiveItem(text[start:i], n, yes, no, anyYes)
			start = i + 1
		}
	}
}

func naiveItem(item string, n int, yes, no, anyYes *bool) {
	negated := item[0] == '!'
	item = strings.TrimLeft(item, "!")
	if strings.HasPrefix(item, "[") {
		item = item[1 : len(item)-1]
		if negated {
			*no = *no || naive(item, n)
		} else {
			naiveList(item, n, yes, no, anyYes)
		}
		return
	}
	var low, high int
	if k, _ := fmt.Sscanf(item, "0.0.0.%d-0.0.0.%d", &low, &high); k == 1 {
		high = low
	}
	hit := low <= n && n <= high
	if negated {
		*no = *no || hit
	} else {
		*yes, *anyYes = *yes || hit, true
	}
}

// FuzzAddresses makes an expression of the input and compares the set with a naive evaluation, address by address.
func FuzzAddresses(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, "[1.1.1.1,!$HOME_NET]")
	f.Add([]byte{0, 0, 9, 17, 1, 3, 200, 7, 7, 0, 4}, "![any]")
	f.Fuzz(func(t *testing.T, seed []byte, text string) {
		v := DefaultVars()
		if set, err := v.AddressSet(text); err == nil && set.Len() == 0 && !strings.Contains(text, ":") {
			t.Fatalf("%q is empty", text)
		}
		if set, err := v.PortSet(text); err == nil && set.Len() == 0 {
			t.Fatalf("%q is empty", text)
		}
		expr := build(&seed, 0)
		set, err := v.AddressSet(expr)
		for n := range 17 {
			in := naive(expr, n)
			if err == nil && set.Contains([16]byte{10: 0xff, 11: 0xff, 15: byte(n)}) != in {
				t.Fatalf("%s: %d is %v", expr, n, !in)
			}
		}
	})
}

// build makes an expression of IPv4 addresses from bytes.
func build(seed *[]byte, depth int) string {
	next := func(n int) int {
		if len(*seed) == 0 {
			return 0
		}
		b := (*seed)[0]
		*seed = (*seed)[1:]
		return int(b) % n
	}
	not := strings.Repeat("!", next(4)/3)
	switch k := next(6); {
	case k >= 4 && depth < 4:
		var items []string
		for range 1 + next(4) {
			items = append(items, build(seed, depth+1))
		}
		return not + "[" + strings.Join(items, ",") + "]"
	case k == 3:
		low := next(16)
		return fmt.Sprintf("%s0.0.0.%d-0.0.0.%d", not, low, low+next(16-low))
	}
	return fmt.Sprintf("%s0.0.0.%d", not, next(16))
}

// TestDefaultVars demands that all variables can be read.
func TestDefaultVars(t *testing.T) {
	v := DefaultVars()
	for name := range v.Addresses {
		if _, err := v.AddressSet("$" + name); err != nil {
			t.Error(name, err)
		}
	}
	for name := range v.Ports {
		if _, err := v.PortSet("$" + name); err != nil {
			t.Error(name, err)
		}
	}
	v.Addresses["HOME_NET"] = "changed"
	if DefaultVars().Addresses["HOME_NET"] == "changed" {
		t.Error("the map is not owned")
	}
}

func BenchmarkContains(b *testing.B) {
	v := DefaultVars()
	set, _ := v.AddressSet("$EXTERNAL_NET")
	a := netip.MustParseAddr("8.8.8.8").As16()
	b.ReportAllocs()
	for b.Loop() {
		if !set.Contains(a) {
			b.Fatal("not there")
		}
	}
}

// points are the addresses and ports whose membership testdata/suricata.txt tells.
var (
	addressPoints = strings.Fields(`10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9
		10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15 9.255.255.255 1.2.3.4 192.168.1.1 172.16.0.1 11.0.0.0
		200.1.1.1 fd00::0 fd00::1 fd00::2 fd00::3 fd00::4 fd00::5 fd00::6 fd00::7 fd00::8 fd00::9 fd00::a fd00::b fd00::c
		fd00::d fd00::e fd00::f 2001:db8::1 fcff:ffff:: fe80::1`)
	portPoints = strings.Fields("0 1 2 3 4 5 6 7 8 9 10 79 80 81 82 110 143 1521 65534 65535")
)

// testVars are the variables that testdata/suricata.txt was made with.
func testVars() Vars {
	v := DefaultVars()
	v.Addresses["A"] = "[10.0.0.1,10.0.0.2]"
	v.Addresses["B"] = "[10.0.0.0/28,!10.0.0.4/30]"
	v.Addresses["C"] = "!10.0.0.3"
	v.Addresses["D"] = "[$A,!fd00::3]"
	v.Addresses["E"] = "![$B,10.0.0.5]"
	v.Ports["P"] = "[1:5,!3]"
	v.Ports["Q"] = "![6,7]"
	return v
}

// TestSuricata compares sets with what rules of Suricata 7.0.10 alerted at, for a capture of a packet from each point. The
// expressions were made for this test, by hand and at random.
func TestSuricata(t *testing.T) {
	b, err := os.ReadFile("testdata/suricata.txt")
	if err != nil {
		t.Fatal(err)
	}
	v := testVars()
	for line := range strings.Lines(string(b)) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		text, want, _ := strings.Cut(rest, "\t")
		var got []string
		var bad error
		if kind == "a" {
			set, err := v.AddressSet(text)
			for _, p := range addressPoints {
				if bad = err; err == nil && set.Contains(netip.MustParseAddr(p).As16()) {
					got = append(got, p)
				}
			}
		} else {
			set, err := v.PortSet(text)
			for _, p := range portPoints {
				n, _ := strconv.Atoi(p)
				if bad = err; err == nil && set.Contains(uint16(n)) {
					got = append(got, p)
				}
			}
		}
		has := strings.Join(got, " ")
		if bad != nil {
			has = "error"
		}
		if has != want {
			t.Errorf("%s %s\n got %s %v\nwant %s", kind, text, has, bad, want)
		}
	}
}

package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/record"
)

type encoder = record.Encoder

func all(string) bool { return true }

// lines writes one row of l in all forms and returns TSV, Zeek JSON and EVE.
func lines[T any](l *record.Log[T], h *record.Header, row *T) (tsv, zeek, eve string) {
	var out [2]string
	for i, f := range []record.Form{record.TSV, record.ZeekJSON} {
		o := record.NewOutput(record.Wants{Zeek: all, ZeekForm: f, EVE: all})
		record.Open(o, l).Write(h, row)
		for k := range length(o) {
			if e := o.At(k); e.Stream.Form == record.EVE {
				eve = string(e.Line)
			} else {
				out[i] = string(e.Line)
			}
		}
	}
	return out[0], out[1], eve
}

func length(o *record.Output) int { n, _ := o.Len(); return n }

// value writes one value in all forms; put sees the form by e.Form.
func value(put func(e *encoder)) (tsv string, zeek, eve any, err error) {
	type none struct{}
	l := &record.Log[none]{Path: "x", Event: "x", Scope: record.Bare, Columns: []record.Column[none]{
		{Zeek: "v", EVE: "v", Put: func(e *encoder, _ *none) { put(e) }},
	}}
	tsv, z, v := lines(l, &record.Header{TxID: -1}, new(none))
	zm, err := object(z)
	if err != nil {
		return tsv, nil, nil, err
	}
	vm, err := object(v)
	return tsv, zm["v"], vm["v"], err
}

// object reads a JSON object strictly: numbers keep their text, no key comes twice, nothing follows.
func object(line string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	v, err := member(d)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, line)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something behind the object: %s", line)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("no object: %s", line)
	}
	if strings.ContainsAny(line, "\n\r") {
		return nil, fmt.Errorf("more than one line: %q", line)
	}
	return m, nil
}

func member(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		m := map[string]any{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			if _, twice := m[k.(string)]; twice {
				return nil, fmt.Errorf("key %q twice", k)
			}
			if m[k.(string)], err = member(d); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return m, err
	case json.Delim('['):
		a := []any{}
		for d.More() {
			v, err := member(d)
			if err != nil {
				return nil, err
			}
			a = append(a, v)
		}
		_, err := d.Token()
		return a, err
	}
	return t, nil
}

// unescape undoes \xNN, and \\ where double says so, as readers of Zeek's logs do.
func unescape(s string, double bool) []byte {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			if n, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 3
				continue
			}
		}
		if double && s[i] == '\\' && i+1 < len(s) && s[i+1] == '\\' {
			out = append(out, '\\')
			i++
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// readable is what a JSON reader must see of b: what is no UTF-8 as \xNN.
func readable(b []byte) string {
	var s strings.Builder
	for i, r := range string(b) {
		if r == '\uFFFD' && !bytes.HasPrefix(b[i:], []byte("\uFFFD")) {
			fmt.Fprintf(&s, `\x%02x`, b[i])
		} else {
			s.WriteRune(r)
		}
	}
	return s.String()
}

// octets is readable for bytes that are text in no encoding.
func octets(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c >= 0x80 {
			fmt.Fprintf(&s, `\x%02x`, c)
		} else {
			s.WriteByte(c)
		}
	}
	return s.String()
}

func checkText(t *testing.T, b []byte) {
	t.Helper()
	for name, put := range map[string]func(e *encoder){
		"Bytes":  func(e *encoder) { e.Bytes(b) },
		"Str":    func(e *encoder) { e.Str(string(b)) },
		"Octets": func(e *encoder) { e.Octets(b) },
	} {
		tsv, zeek, eve, err := value(put)
		if err != nil {
			t.Errorf("%s(%q): %v", name, b, err)
			continue
		}
		want := readable(b)
		if name == "Octets" {
			want = octets(b)
		}
		if zeek != want || eve != want {
			t.Errorf("%s(%q): zeek %q, eve %q, want %q", name, b, zeek, eve, want)
		}
		checkTSV(t, name, b, tsv)
	}
	if len(b) > 0 {
		checkTSVList(t, b)
	}
	_, _, eve, err := value(func(e *encoder) {
		if e.Form() == record.EVE {
			e.Object()
			e.KeyBytes(b)
			e.Bytes(b)
			e.Key("n")
			e.Uint(1)
			e.EndObject()
		}
	})
	m, ok := eve.(map[string]any)
	switch key := readable(b); {
	case key == "n":
	case err != nil || !ok:
		t.Errorf("KeyBytes(%q): %v %v", b, eve, err)
	case m[key] != key || m["n"] != json.Number("1"):
		t.Errorf("KeyBytes(%q): %q", b, m)
	}
}

func checkTSV(t *testing.T, name string, b []byte, tsv string) {
	t.Helper()
	if strings.ContainsAny(tsv, "\t\n\r\x00") {
		t.Errorf("%s(%q): raw separator in %q", name, b, tsv)
	}
	switch {
	case len(b) == 0:
		if tsv != "(empty)" {
			t.Errorf("%s of nothing: %q", name, tsv)
		}
	case tsv == "-":
		t.Errorf("%s(%q) looks unset", name, b)
	case strings.HasPrefix(tsv, "#"):
		t.Errorf("%s(%q) looks like a header: %q", name, b, tsv)
	case !bytes.Equal(unescape(tsv, true), b):
		t.Errorf("%s(%q): %q, read as %q", name, b, tsv, unescape(tsv, true))
	}
}

// checkTSVList writes b three times in a set: as many elements must be read.
func checkTSVList(t *testing.T, b []byte) {
	t.Helper()
	tsv, zeek, _, err := value(func(e *encoder) {
		e.List()
		e.Bytes(b)
		e.Str(string(b))
		e.Octets(b)
		e.EndList()
	})
	if err != nil {
		t.Error(err)
		return
	}
	parts := strings.Split(tsv, ",")
	if len(parts) != 3 || len(zeek.([]any)) != 3 {
		t.Errorf("a list of three times %q: %q, %v", b, tsv, zeek)
		return
	}
	for i, p := range parts {
		if !bytes.Equal(unescape(p, true), b) {
			t.Errorf("element %d of %q: %q", i, b, p)
		}
	}
}

var texts = []string{
	"", "-", "(empty)", "#fields", "plain", "a\tb\nc\rd", `back\slash`, `\x41`, `"quoted"`, ",", "a,b", "\x00\x01\x1f\x7f",
	"\xff\xfe", "häuser", "€", "\xe2\x82", "😀", "\xf0\x9f\x98", "\uFFFD", "\u2028", "\u0085", "\xed\xa0\x80", "\xc0\x80",
	"</script>&", "\b\f", "n", strings.Repeat("\xff", 100),
}

func TestText(t *testing.T) {
	for _, s := range texts {
		checkText(t, []byte(s))
	}
	for c := range 256 {
		checkText(t, []byte{byte(c)})
		checkText(t, []byte{'a', byte(c), 'b'})
	}
}

func FuzzText(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
	f.Fuzz(checkText)
}

func TestScalars(t *testing.T) {
	a4, a6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for _, c := range []struct {
		name           string
		put            func(e *encoder)
		tsv, zeek, eve string // JSON text
	}{
		{"uint", func(e *encoder) { e.Uint(1<<64 - 1) }, "18446744073709551615", "18446744073709551615", "18446744073709551615"},
		{"int", func(e *encoder) { e.Int(-1 << 63) }, "-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
		{"double", func(e *encoder) { e.Double(-1.5) }, "-1.5", "-1.5", "-1.5"},
		{"nan", func(e *encoder) { e.Double(nan()) }, "-", "null", "null"},
		{"infinity", func(e *encoder) { e.Double(1 / zero()) }, "-", "null", "null"},
		{"true", func(e *encoder) { e.Bool(true) }, "T", "true", "true"},
		{"false", func(e *encoder) { e.Bool(false) }, "F", "false", "false"},
		{"name", func(e *encoder) { e.Name("tcp") }, "tcp", `"tcp"`, `"tcp"`},
		{"v4", func(e *encoder) { e.Addr(a4) }, "192.0.2.1", `"192.0.2.1"`, `"192.0.2.1"`},
		{"v6", func(e *encoder) { e.Addr(a6) }, "2001:db8::1", `"2001:db8::1"`, `"2001:db8::1"`},
		{"hex", func(e *encoder) { e.Hex([]byte{0, 0xaf}) }, "00af", `"00af"`, `"00af"`},
		{"base64", func(e *encoder) { e.Base64([]byte("\xff\xfe")) }, "//4=", `"//4="`, `"//4="`},
		{"empty hex", func(e *encoder) { e.Hex(nil) }, "(empty)", `""`, `""`}, {"empty base64", func(e *encoder) { e.Base64(nil) }, "(empty)", `""`, `""`},
		{"interval", func(e *encoder) { e.Interval(1500000) }, "0.001500", "0.001500", "0.001500"},
		{"negative interval", func(e *encoder) { e.Interval(-1e9 - 5000) }, "-1.000005", "-1.000005", "-1.000005"},
		{"least interval", func(e *encoder) { e.Interval(-1 << 63) }, "-9223372036.854775", "-9223372036.854775", "-9223372036.854775"},
		{"unset", func(e *encoder) {}, "-", "", ""},
		{"empty list", func(e *encoder) { e.List(); e.EndList() }, "(empty)", "[]", "[]"},
		{"list", func(e *encoder) { e.List(); e.Uint(1); e.Uint(2); e.EndList() }, "1,2", "[1,2]", "[1,2]"},
		{"unset element", func(e *encoder) { e.List(); e.Unset(); e.Str("-"); e.Unset(); e.EndList() }, `-,\x2d,-`, `[null,"-",null]`, `[null,"-",null]`},
		{"intervals", func(e *encoder) { e.List(); e.Interval(0); e.Interval(1e9); e.EndList() }, "0.000000,1.000000", "[0.000000,1.000000]", "[0.000000,1.000000]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &record.Log[int]{Path: "x", Event: "x", Scope: record.Bare, Columns: []record.Column[int]{
				{Zeek: "v", EVE: "v", Put: func(e *encoder, _ *int) { c.put(e) }},
			}}
			tsv, zeek, eve := lines(l, &record.Header{TxID: -1}, new(int))
			if tsv != c.tsv {
				t.Errorf("TSV %q, want %q", tsv, c.tsv)
			}
			const head = `{"timestamp":"1970-01-01T00:00:00.000000+0000","event_type":"x"`
			wantZeek, wantEVE := "{}", head+"}"
			if c.zeek != "" {
				wantZeek, wantEVE = `{"v":`+c.zeek+"}", head+`,"v":`+c.eve+"}"
			}
			if zeek != wantZeek || eve != wantEVE {
				t.Errorf("JSON %s and %s, want %s and %s", zeek, eve, wantZeek, wantEVE)
			}
			for _, line := range []string{zeek, eve} {
				if _, err := object(line); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func zero() float64 { return 0 }
func nan() float64  { return zero() / zero() }

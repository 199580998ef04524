package filter

import (
	"errors"
	"strings"
	"testing"
)

// TestRefused checks that what cannot work is refused at the right place and that the reason names it.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		expr   string
		column int
		reason string
	}{
		{"host example.org", 6, "not looked up"},
		{"example.org", 1, "not a word of the language"},
		{"net localnet", 5, "not looked up"},
		{"gateway router", 9, "gateway needs host names"},
		{"tcp and inbound", 9, "does not say the direction"},
		{"ifname eth0", 1, "pf firewall"},
		{"ifindex 3", 1, "capture file"},
		{"vpi 3", 1, "SunATM"},
		{"opc 3", 1, "SS7"},
		{"port nosuchport", 6, "unknown port"},
		{"udp port ftp", 10, "tcp only"},
		{"port 65536", 6, "greater than 65535"},
		{"portrange 1-x", 11, "not a range"},
		{"icmp port 5", 11, "has no ports"},
		{"ip proto nosuch", 10, "unknown protocol"},
		{"ether proto ip", 13, `\ip`},
		{"tcp proto 6", 11, "not defined"},
		{"udp protochain 6", 16, "not defined"},
		{"tcp host 1.2.3.4", 10, "no IPv4 addresses"},
		{"ip host ::1", 9, "no IPv6 addresses"},
		{"ether host 1.2.3.4", 12, "MAC address"},
		{"host 1:2:3:4:5:6", 6, "ether host"},
		{"host 1.2.3.256", 6, "not an IPv4 address"},
		{"host 1.2.3.0/24", 6, "qualifier net"},
		{"net 1.2.3.4/24", 5, "outside of its mask"},
		{"net 1.2.3.0/33", 13, "at most 32"},
		{"net ::1/64", 5, "outside of its mask"},
		{"net ::/129", 8, "at most 128"},
		{"net 1.2.3.0 mask 5", 18, "expected a mask"},
		{"ip6 broadcast", 1, "no broadcast"},
		{"vlan 4096", 1, "maximum 4095"},
		{"mpls 1048576", 1, "maximum 1048575"},
		{"mpls and vlan", 10, "cannot follow mpls"},
		{"mpls and arp", 10, "only IPv4 and IPv6"},
		{"type mgt", 1, "needs 802.11"},
		{"radio[0] = 1", 1, "radio headers"},
		{"iso[0] = 1", 1, "not an access"},
		{"tcp[0:3] = 1", 1, "1, 2 or 4"},
		{"tcp[0", 6, `"]"`},
		{"5 / 0 = 1", 3, "division by zero"},
		{"1 << 32 = 1", 3, "31 bits"},
		{"len = 08", 7, "octal"},
		{"len = 4294967296", 7, "32 bits"},
		{"len", 1, "comparison"},
		{"80", 1, "qualifier"},
		{"ip and 5", 8, "qualifier"},
		{"port 80 or (443 or udp)", 20, "further values"},
		{"tcp udp", 5, `"and"`},
		{"tcp and", 8, "end of expression"},
		{"(tcp", 5, `")"`},
		{"tcp)", 4, `")"`},
		{"tcp src", 8, "end of expression"},
		{"tcp # 80", 5, "unexpected character"},
		{"ether", 1, "cannot stand alone"},
	} {
		_, err := Compile(c.expr, linkEthernet)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: %v, want a *SyntaxError", c.expr, err)
			continue
		}
		if syntax.Column != c.column || !strings.Contains(syntax.Reason, c.reason) || syntax.Expr != c.expr {
			t.Errorf("%q: column %d: %s, want column %d and %q", c.expr, syntax.Column, syntax.Reason, c.column, c.reason)
		}
	}
}

// TestSame compares spellings that mean the same by their programs.
func TestSame(t *testing.T) {
	for _, pair := range [][2]string{
		{"tcp port 80 or 443", "tcp port 80 or tcp port 443"},
		{"not host 10.0.0.1 and 10.0.0.2", "(not host 10.0.0.1) and host 10.0.0.2"},
		{"tcp && !udp || arp", "((tcp and (not udp)) or arp)"},
		{"port http", "tcp port 0x50"},
		{"port domain", "port 065"},
		{"portrange 80-20", "portrange 20-80"},
		{"ether host 0102.0304.0506", "ether src or dst 1:2:3:4:5:6"},
		{"ether dst 01-02-03-04-05-06", "ether dst 010203040506"},
		{"net 10", "net 10.0.0.0/8"},
		{"net 192.168", "net 192.168.0.0 mask 255.255.0.0"},
		{"net 1.2.3.4", "host 1.2.3.4"},
		{"ip6 net ::1", "host ::1/128"},
		{"len <= 100", "less (100)"},
		{"ether[0] & 1 = 1", "1 & ether[0] == 1"},
		{"1 + 2 * 3 = len", "7 = len"},
		{"ip[9] = 8 - 2", "ip[3*3:1] = 6"},
		{"tcp[tcpflags] & tcp-ack != 0", "tcp[13] & 0x10 != 0"},
		{"ether proto \\arp", "arp"},
		{"wlan src 1:2:3:4:5:6", "ether src 1:2:3:4:5:6"},
		{"7 % 4 + 1 = len", "7 % (4 + 1) = len"},
		{"- 1 = len", "0xffffffff = len"},
	} {
		a, err1 := Compile(pair[0], linkEthernet)
		b, err2 := Compile(pair[1], linkEthernet)
		if err1 != nil || err2 != nil {
			t.Errorf("%q, %q: %v, %v", pair[0], pair[1], err1, err2)
			continue
		}
		if !sameAnswers(a, b) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
}

func sameAnswers(a, b *Filter) bool {
	for _, p := range samples()[linkEthernet] {
		for n := 0; n <= len(p.data); n++ {
			if a.Match(p.data[:n], len(p.data)) != b.Match(p.data[:n], len(p.data)) {
				return false
			}
		}
	}
	return true
}

// TestUnknownLink checks that what needs no link header works for any link type, and the rest is refused.
func TestUnknownLink(t *testing.T) {
	f, err := Compile("len > 3 and link[0] = 7 and greater 2", 9999)
	if err != nil || !f.Match([]byte{7}, 4) || f.Match([]byte{8}, 4) {
		t.Errorf("len and link[] for an unknown link type: %v", err)
	}
	for _, expr := range []string{"ip", "tcp port 80", "ip[0] = 1", "host ::1", "broadcast", "vlan", "llc"} {
		if _, err := Compile(expr, 9999); err == nil || !strings.Contains(err.Error(), "link type 9999") {
			t.Errorf("%q for an unknown link type: %v", expr, err)
		}
	}
}

func TestLimits(t *testing.T) {
	deep := strings.Repeat("(", 300) + "tcp" + strings.Repeat(")", 300)
	wide := "tcp" + strings.Repeat(" or tcp", 9000)
	many := "port 1" + strings.Repeat(" or 1", 9000)
	nots := strings.Repeat("!", 60000) + "tcp"
	indexes := strings.Repeat("ip[", 150) + "0" + strings.Repeat("]", 150) + "=0"
	right := "len" + strings.Repeat("-(len", 100) + strings.Repeat(")", 100) + " = 0"
	for expr, ok := range map[string]bool{deep: false, wide: true, many: false, nots: false, strings.Repeat(" ", 70000): false,
		indexes: true, right: false} {
		if _, err := Compile(expr, linkEthernet); (err == nil) != ok {
			t.Errorf("%.20q... of %d bytes: %v", expr, len(expr), err)
		}
	}
}

func TestMatchAllocations(t *testing.T) {
	packet := tcpPacket(40000, 80, 2, 100)
	for _, expr := range []string{"tcp port 80", "ip protochain 6", "ip[ip[0] & 15 + 3] * 2 > 5", "geneve and ip", ""} {
		f, err := Compile(expr, linkEthernet)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { f.Match(packet, len(packet)) }); n != 0 {
			t.Errorf("%q: %v allocations a match, want 0", expr, n)
		}
	}
}

// TestChainEnds checks the walk over headers that point to themselves and over ones that never end.
func TestChainEnds(t *testing.T) {
	f, err := Compile("ip6 protochain 6", 229)
	if err != nil {
		t.Fatal(err)
	}
	endless := ip6(60, make([]byte, 64000))
	for at := 40; at < len(endless); at += 8 {
		endless[at] = 60
	}
	if f.Match(endless, len(endless)) {
		t.Error("a chain that runs out of the packet matched")
	}
	ah := ip6(51, cat([]byte{60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, extension(6), http))
	if !f.Match(ah, len(ah)) {
		t.Error("TCP behind an authentication header and destination options did not match")
	}
}

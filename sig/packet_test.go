package sig

import (
	stdnetip "net/netip"
	"strings"
	"testing"
)

// TestHeaderKeywords: the fields of IPv4, TCP, UDP and ICMP headers, one protocol after the other.
func TestHeaderKeywords(t *testing.T) {
	g := newWire(t)
	g.head.ttl, g.head.tos, g.head.id, g.head.frag = 7, 0x28, 0x1234, 0x4000
	x := &talk{g: g, ends: [2]stdnetip.AddrPort{stdnetip.MustParseAddrPort("10.0.0.1:1000"), stdnetip.MustParseAddrPort("10.0.0.2:7000")}, seq: [2]uint32{1000, 5000}, mss: 1200}
	x.segment(client, syn, "")
	x.segment(server, syn|ack, "")
	lines(t, g.capture(), "tcp any any -> any any", `
		+ ttl:7;
		- ttl:8;
		+ ttl:<8;
		+ ttl:6-8;
		+ tos:40;
		+ tos:!41;
		- tos:!40;
		+ id:4660;
		- id:1;
		+ fragbits:D;
		- fragbits:M;
		+ fragbits:!M;
		- fragbits:+MD;
		+ fragbits:*MD;
		+ fragoffset:0;
		+ seq:1000;
		+ seq:5000;
		- seq:77;
		+ ack:1001;
		+ window:64240;
		- window:1;
		+ tcp.mss:1200;
		+ tcp.mss:>1000;
		- tcp.mss:<1200;
		+ flags:S;
		+ flags:SA;
		- flags:A;
		+ flags:S+;
		+ flags:*AF;
		- flags:!S;
		+ flags:!A;
		+ flags:S,A;
		- sameip;
		+ tcpv4-csum:valid;
		- tcpv4-csum:invalid;
		+ ipv4-csum:valid;
		- udpv4-csum:valid;
		+ tcp.hdr; content:"|04 b0|"; offset:20; byte_test:1,=,2,20;
		+ ipv4.hdr; content:"|0a 00 00 01 0a 00 00 02|";
		- ipv4.hdr; content:"|0a 00 00 03|";
		+ dsize:0;
		- dsize:>0;
		+ ip.src; content:"|0a 00 00 01|";
	`)

	g = newWire(t)
	g.icmp("10.0.0.1", "10.0.0.2", 8, 0, "\x00\x2a\x00\x07data")
	g.icmp("10.0.0.2", "10.0.0.1", 3, 1, "\x00\x00\x00\x00"+strings.Repeat("x", 28))
	lines(t, g.capture(), "icmp any any -> any any", `
		+ itype:8;
		+ itype:3; icode:1;
		- itype:0;
		+ itype:>7;
		- itype:8; icode:1;
		+ icmp_id:42;
		- icmp_id:43;
		+ icmp_seq:7;
		- icmp_seq:8;
		+ icmpv4-csum:valid;
		+ icmpv4.hdr; content:"|08 00|"; startswith;
		+ itype:8; content:"data"; startswith;
	`)

	g = newWire(t)
	g.head.ttl = 9
	g.icmp("2001:db8::1", "2001:db8::2", 2, 0, "\x00\x00\x05\x00"+strings.Repeat("x", 48))
	g.icmp("2001:db8::1", "2001:db8::2", 128, 0, "\x00\x2a\x00\x07data")
	g.udp("[2001:db8::1]:1000", "[2001:db8::2]:7000", "hello")
	lines(t, g.capture(), "ip any any -> any any", `
		+ icmpv6.mtu:1280;
		- icmpv6.mtu:<1280;
		+ itype:128; icmp_id:42;
		+ ttl:9;
		+ ip_proto:58;
		+ ip_proto:17;
		+ ip_proto:UDP;
		+ ip_proto:!17;
		- ip_proto:6;
		+ ip_proto:>57;
		+ icmpv6-csum:valid;
		+ udpv6-csum:valid;
		+ ipv6.hdr; content:"|20 01 0d b8|"; offset:8; depth:4;
		+ udp.hdr; content:"|03 e8|"; startswith;
		- ipv4.hdr; content:"|20 01|";
	`)
}

// TestVlanAndOptions: tags of Ethernet and options of IPv4.
func TestVlanAndOptions(t *testing.T) {
	g := newWire(t)
	g.vlans = []uint16{100, 200}
	g.head.options = []byte{1, 7, 3, 4} // a no-operation, a route of no entries
	g.udp("10.0.0.1:1000", "10.0.0.1:7000", "hello")
	lines(t, g.capture(), "ip any any -> any any", `
		+ sameip;
		+ ipopts:rr;
		+ ipopts:nop;
		- ipopts:ts;
	`)
	trial{rules: `
alert ip any any -> any any (vlan.id:100; sid:1;)
alert ip any any -> any any (vlan.id:200,1; sid:2;)
alert ip any any -> any any (vlan.id:200,0; sid:3;)
alert ip any any -> any any (vlan.id:>150,all; sid:4;)
alert ip any any -> any any (vlan.layers:2; sid:5;)
alert ip any any -> any any (vlan.id:200,-1; sid:6;)
`, want: "1@1 2@1 5@1 6@1", differs: "vlan.id is of a later version"}.check(t, g.capture())
}

// TestFragments: a datagram in two fragments is judged when it is whole.
func TestFragments(t *testing.T) {
	g := newWire(t)
	whole := append([]byte{3, 0xe8, 0x1b, 0x58, 0, 24, 0, 0}, "fragmented hello"...)
	src, dst := stdnetip.MustParseAddr("10.0.0.1"), stdnetip.MustParseAddr("10.0.0.2")
	g.head.frag = 0x2000
	g.ip(src, dst, 17, whole[:16], -1)
	g.head.frag = 2
	g.ip(src, dst, 17, whole[16:], -1)
	trial{rules: `
alert udp any any -> any 7000 (content:"fragmented hello"; sid:1;)
alert udp any any -> any 7000 (content:"fragmented hello"; flow:only_frag; sid:2;)
alert udp any any -> any 7000 (content:"fragmented hello"; flow:no_frag; sid:3;)
alert ip any any -> any any (fragbits:M; sid:4;)
alert ip any any -> any any (fragoffset:>0; sid:5;)
alert udp any any -> any any (content:"fragmented"; startswith; dsize:16; sid:6;)
`, want: "4@1 1@2 2@2 5@2 6@2", differs: "a datagram that was put together has no number there"}.check(t, g.capture())
}

// TestHeaders: addresses, ports and directions before the options.
func TestHeaders(t *testing.T) {
	g := newWire(t)
	g.udp("192.168.1.5:1000", "203.0.113.9:53000", "hello") // 1
	g.udp("203.0.113.9:53000", "192.168.1.5:1000", "hello") // 2
	g.udp("10.9.9.9:1001", "203.0.113.200:80", "hello")     // 3
	trial{rules: `
alert udp $HOME_NET any -> $EXTERNAL_NET any (content:"hello"; sid:1;)
alert udp $EXTERNAL_NET any -> $HOME_NET any (content:"hello"; sid:2;)
alert udp [10.0.0.0/8,192.168.1.5] any -> any any (content:"hello"; sid:3;)
alert udp [10.0.0.0/8,!10.9.9.9] any -> any any (content:"hello"; sid:4;)
alert udp !10.0.0.0/8 any -> any any (content:"hello"; sid:5;)
alert udp any 1000:2000 -> any any (content:"hello"; sid:6;)
alert udp any any -> any [80,53000:] (content:"hello"; sid:7;)
alert udp any any -> any !80 (content:"hello"; sid:8;)
alert udp any any -> any [1:60000,!53000] (content:"hello"; sid:9;)
alert udp 203.0.113.9 any <> 192.168.1.5 any (content:"hello"; sid:10;)
alert udp any 53000 <> any 1000 (content:"hello"; sid:11;)
alert ip 203.0.113.9 any -> any any (sid:12;)
alert ip any any -> 203.0.113.128/25 any (sid:13;)
alert tcp any any -> any any (content:"hello"; sid:14;)
alert ip4 any any -> any any (content:"hello"; sid:15;)
alert ip6 any any -> any any (content:"hello"; sid:16;)
alert udp any any -> any $HTTP_PORTS (content:"hello"; sid:17;)
`, want: "1@1 3@1 5@1 6@1 7@1 8@1 10@1 11@1 15@1 2@2 5@2 8@2 9@2 10@2 11@2 12@2 15@2 1@3 3@3 6@3 7@3 9@3 13@3 15@3 17@3"}.check(t, g.capture())
}

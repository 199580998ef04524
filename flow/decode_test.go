package flow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/pcap"
)

// describe puts what matters of the decoded layers into a line for each.
func describe(ps []Packet) string {
	var s []string
	for i := range ps {
		p := &ps[i]
		l := fmt.Sprintf("%d: v%d", p.Layer, p.Version)
		if p.Version != 0 {
			l += fmt.Sprintf(" proto %d %v:%d > %v:%d len %d pay %d", p.Proto, p.Src, p.SrcPort, p.Dst, p.DstPort, p.IPLen, p.PayLen)
		} else {
			l += fmt.Sprintf(" ether %04x", p.EtherType)
		}
		if p.VLANs > 0 {
			l += fmt.Sprint(" vlan ", p.VLAN[:p.VLANs])
		}
		if p.Tunnel != nil {
			l += fmt.Sprintf(" in %d/%d", p.Tunnel.Type, p.Tunnel.Depth)
		}
		for _, m := range []struct {
			m Mark
			s string
		}{{Fragment, "fragment"}, {Defragmented, "whole"}, {Snapped, "snapped"}, {NoTransport, "bare"}, {TunnelOuter, "outer"}, {Bad, "bad"}, {FromError, "error"}, {TunnelReversed, "back"}} {
			if p.Is(m.m) {
				l += " " + m.s
			}
		}
		for _, e := range p.Events[:p.NEvents] {
			i := e.Info()
			l += fmt.Sprintf(" [%s|%s]", i.Weird, strings.TrimPrefix(i.Anomaly, "decoder."))
		}
		s = append(s, l)
	}
	return strings.Join(s, "\n")
}

type decodeCase struct {
	name string
	link pcap.LinkType
	data []byte
	want string
}

func runDecode(t *testing.T, cases []decodeCase) {
	t.Helper()
	for _, c := range cases {
		if got := describe(decodeOne(c.link, c.data)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

const a4, b4, a6, b6 = "10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2"

func TestDecodeTransport(t *testing.T) {
	udp := testUDP(a4, b4, 1000, 53, []byte("hello"))
	runDecode(t, []decodeCase{
		{"tcp", LinkEthernet, testEther(etherIPv4, testTCP(a4, b4, 1025, 80, SYN, []byte{2, 4, 5, 0xb4}, []byte("abc"))), "0: v4 proto 6 10.0.0.1:1025 > 10.0.0.2:80 len 47 pay 3"},
		{"tcp over ipv6", LinkEthernet, testEther(etherIPv6, testTCP(a6, b6, 1025, 80, ACK, nil, []byte("abc"))), "0: v6 proto 6 2001:db8::1:1025 > 2001:db8::2:80 len 63 pay 3"},
		{"padding", LinkEthernet, joined(testEther(etherIPv4, udp), make([]byte, 20)), "0: v4 proto 17 10.0.0.1:1000 > 10.0.0.2:53 len 33 pay 5"},
		{"icmp", LinkEthernet, testEther(etherIPv4, testICMP(a4, b4, 8, 0, []byte("ping"))), "0: v4 proto 1 10.0.0.1:8 > 10.0.0.2:0 len 32 pay 4"},
		{"icmpv6", LinkEthernet, testEther(etherIPv6, testICMP(a6, b6, 129, 0, []byte("ping"))), "0: v6 proto 58 2001:db8::1:129 > 2001:db8::2:128 len 52 pay 4"},
		{"icmp error", LinkRaw, testICMP(b4, a4, 3, 3, udp), "0: v4 proto 1 10.0.0.2:3 > 10.0.0.1:3 len 61 pay 33 error"},
		{"icmp unknown", LinkRaw, testICMP(b4, a4, 77, 3, nil), "0: v4 proto 1 10.0.0.2:77 > 10.0.0.1:3 len 28 pay 0 [|icmpv4.unknown_type]"},
		{"sctp", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoSCTP}.make(joined(be16(7), be16(9), make([]byte, 12))), "0: v4 proto 132 10.0.0.1:7 > 10.0.0.2:9 len 36 pay 4"},
		{"esp", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoESP}.make(make([]byte, 16)), "0: v4 proto 50 10.0.0.1:0 > 10.0.0.2:0 len 36 pay 16 bare"},
		{"unknown", LinkRaw, testIP{src: a4, dst: b4, proto: 99}.make(make([]byte, 16)), "0: v4 proto 99 10.0.0.1:0 > 10.0.0.2:0 len 36 pay 16 bare"},
		{"tcp cut", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoTCP}.make(make([]byte, 16)), "0: v4 proto 6 10.0.0.1:0 > 10.0.0.2:0 len 36 pay 16 bare bad [internally_truncated_header|tcp.pkt_too_small]"},
		{"tcp header length", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoTCP}.make(make([]byte, 24)), "0: v4 proto 6 10.0.0.1:0 > 10.0.0.2:0 len 44 pay 24 bad [bad_TCP_header_len|tcp.hlen_too_small]"},
		{"udp length over", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoUDP}.make(joined(be16(1), be16(2), be16(50), be16(0), make([]byte, 4))), "0: v4 proto 17 10.0.0.1:1 > 10.0.0.2:2 len 32 pay 4 [UDP_datagram_length_mismatch|udp.pkt_too_small]"},
		{"udp length under", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoUDP}.make(joined(be16(1), be16(2), be16(10), be16(0), make([]byte, 4))), "0: v4 proto 17 10.0.0.1:1 > 10.0.0.2:2 len 32 pay 2 [UDP_datagram_length_mismatch|]"},
		{"tcp options twice", LinkRaw, testTCP(a4, b4, 1, 2, SYN, []byte{4, 2, 4, 2}, nil), "0: v4 proto 6 10.0.0.1:1 > 10.0.0.2:2 len 44 pay 0 [|tcp.opt_duplicate]"},
	})
}

func TestDecodeIP(t *testing.T) {
	udp := joined(be16(1), be16(2), be16(8), be16(0))
	short := testUDP(a4, b4, 1, 2, []byte("hello"))
	zero := testTCP(a4, b4, 1, 2, ACK, nil, []byte("abc"))
	zero[2], zero[3] = 0, 0
	route := joined([]byte{ProtoUDP, 2, 0, 1, 0, 0, 0, 0}, func() []byte { a := testAddr("2001:db8::9"); return a[:] }(), udp)
	runDecode(t, []decodeCase{
		{"empty", LinkRaw, nil, "0: v0 ether 0800 bad [truncated_IP|ipv4.pkt_too_small]"},
		{"header cut", LinkRaw, short[:12], "0: v0 ether 0800 bad [truncated_IP|ipv4.pkt_too_small]"},
		{"version", LinkRaw, []byte{0x75, 0, 0}, "0: v0 ether 0000 [unknown_ip_version|ipraw.invalid_ip_version]"},
		{"cut", LinkRaw, short[:25], "0: v4 proto 17 10.0.0.1:0 > 10.0.0.2:0 len 33 pay 0 bad [truncated_IP_len|ipv4.trunc_pkt]"},
		{"header length", LinkRaw, joined([]byte{0x41}, short[1:]), "0: v4 proto 17 10.0.0.1:0 > 10.0.0.2:0 len 33 pay 0 bad [invalid_IP_header_size|ipv4.hlen_too_small]"},
		{"segmentation offload", LinkRaw, zero, "0: v4 proto 6 10.0.0.1:0 > 10.0.0.2:0 len 43 pay 0 bad [ip_hdr_len_zero|ipv4.iplen_smaller_than_hlen]"},
		{"options", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoUDP, options: []byte{7, 7, 4, 0, 0, 0, 0, 0}}.make(udp), "0: v4 proto 17 10.0.0.1:1 > 10.0.0.2:2 len 36 pay 0"},
		{"option broken", LinkRaw, testIP{src: a4, dst: b4, proto: ProtoUDP, options: []byte{7, 77, 4, 0, 0, 0, 0, 0}}.make(udp), "0: v4 proto 17 10.0.0.1:1 > 10.0.0.2:2 len 36 pay 0 [|ipv4.opt_invalid_len]"},
		{"hop by hop", LinkRaw, testIP{src: a6, dst: b6, proto: ProtoUDP, options: []byte{0, 0, 5, 2, 0, 0, 1, 0}}.make(udp), "0: v6 proto 17 2001:db8::1:1 > 2001:db8::2:2 len 56 pay 0 [|ipv6.zero_len_padn]"},
		{"routing header", LinkRaw, testIP{src: a6, dst: b6, proto: ProtoRouting}.make(route), "0: v6 proto 17 2001:db8::1:1 > 2001:db8::9:2 len 72 pay 0 [routing0_hdr|ipv6.rh_type_0]"},
		{"extension cut", LinkRaw, testIP{src: a6, dst: b6, proto: ProtoRouting}.make([]byte{17, 9, 0, 0, 0, 0, 0, 0}), "0: v6 proto 43 2001:db8::1:0 > 2001:db8::2:0 len 48 pay 0 bad [internally_truncated_header|ipv6.trunc_exthdr]"},
		{"no next header", LinkRaw, testIP{src: a6, dst: b6, proto: ProtoNoNext}.make(nil), "0: v6 proto 59 2001:db8::1:0 > 2001:db8::2:0 len 40 pay 0 bare [ipv6_no_next|]"},
		{"atomic fragment", LinkRaw, testIP{src: a6, dst: b6, proto: ProtoFragment}.make(joined([]byte{17, 0, 0, 0, 0, 0, 0, 1}, udp)), "0: v6 proto 17 2001:db8::1:1 > 2001:db8::2:2 len 56 pay 0 [|ipv6.exthdr_useless_fh]"},
	})
}

func TestDecodeLink(t *testing.T) {
	ip := testUDP(a4, b4, 1, 2, nil)
	ip6 := testUDP(a6, b6, 1, 2, nil)
	const w4 = "0: v4 proto 17 10.0.0.1:1 > 10.0.0.2:2 len 28 pay 0"
	const w6 = "0: v6 proto 17 2001:db8::1:1 > 2001:db8::2:2 len 48 pay 0"
	snap := joined([]byte{0xaa, 0xaa, 3, 0, 0, 0}, be16(etherIPv4), ip)
	wlan := joined([]byte{8, 1, 0, 0}, make([]byte, 20), snap)
	runDecode(t, []decodeCase{
		{"vlan", LinkEthernet, testEther(etherIPv4, ip, 5), w4 + " vlan [5]"},
		{"three tags", LinkEthernet, testEther(etherIPv4, ip, 5, 6, 7), w4 + " vlan [5 6 7]"},
		{"four tags", LinkEthernet, testEther(etherIPv4, ip, 5, 6, 7, 8), "0: v0 ether 8100 vlan [5 6 7] [|vlan.too_many_layers]"},
		{"802.3", LinkEthernet, testEther(len(snap), snap), w4},
		{"mpls", LinkEthernet, testEther(etherMPLS, joined(be32(99<<12), be32(100<<12|0x100), ip)), w4},
		{"pppoe", LinkEthernet, testEther(etherPPPoES, joined([]byte{0x11, 0, 0, 1}, be16(len(ip6)+2), be16(pppIPv6), ip6)), w6},
		{"arp", LinkEthernet, testEther(etherARP, joined([]byte{0, 1, 8, 0, 6, 4, 0, 1}, make([]byte, 20))), "0: v0 ether 0806"},
		{"short", LinkEthernet, []byte{1, 2, 3}, "0: v0 ether 0000 [truncated_ethernet_frame|ethernet.pkt_too_small]"},
		{"raw", LinkRaw, ip6, w6},
		{"null", LinkNull, joined([]byte{30, 0, 0, 0}, ip6), w6},
		{"loop", linkLoop, joined([]byte{0, 0, 0, 2}, ip), w4},
		{"sll", linkSLL, joined(make([]byte, 14), be16(etherIPv4), ip), w4},
		{"sll2", linkSLL2, joined(be16(etherIPv6), make([]byte, 18), ip6), w6},
		{"ppp", LinkPPP, joined([]byte{0xff, 3}, be16(pppIPv4), ip), w4},
		{"ppp compressed", LinkPPP, joined([]byte{pppIPv4}, ip), w4},
		{"chdlc", linkCHDLC, joined([]byte{0x0f, 0}, be16(etherIPv4), ip), w4},
		{"802.11", linkWLAN, wlan, w4},
		{"radiotap", linkRadiotap, joined([]byte{0, 0, 8, 0, 0, 0, 0, 0}, wlan), w4},
		{"prism", linkPrism, joined([]byte{0, 0, 0, 0x44, 0, 0, 0, 144}, make([]byte, 136), wlan), w4},
		{"avs", linkAVS, joined([]byte{0x80, 0x21, 0x10, 1, 0, 0, 0, 64}, make([]byte, 56), wlan), w4},
		{"encrypted", linkWLAN, joined([]byte{8, 0x41}, wlan[2:]), "0: v0 ether 0000"},
		{"frame relay", linkFrameRelay, joined([]byte{0x18, 0x41, 3, 0xcc}, ip), w4},
		{"fddi", LinkFDDI, joined([]byte{0x50}, make([]byte, 12), snap), w4},
		{"token ring", LinkTokenRing, joined([]byte{0x10, 0x40}, make([]byte, 12), snap), w4},
		{"nflog", linkNFLOG, joined([]byte{2, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0, 0}, []byte{byte(len(ip) + 4), 0, 9, 0}, ip), w4},
		{"nflog broken", linkNFLOG, []byte{2, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}, "0: v0 ether 0000 [nflog_bad_tlv_len|]"},
		{"ppi", linkPPI, joined([]byte{0, 0, 8, 0, 101, 0, 0, 0}, ip), w4},
		{"pktap", linkPKTAP, joined([]byte{12, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0}, ip), w4},
		{"erf", linkERF, joined([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0x82, 0, 0, 0, 0, 0, 0, 0}, make([]byte, 8+2), testEther(etherIPv4, ip)), w4},
		{"firewire", linkIEEE1394, joined(make([]byte, 16), be16(etherIPv4), ip), w4},
		{"infiniband", linkIPoIB, joined(make([]byte, 40), be16(etherIPv4), be16(0), ip), w4},
		{"switch tag", linkDSA, joined(make([]byte, 16), be16(etherIPv4), ip), w4},
		{"mpls alone", linkMPLS, joined(be32(0x100), ip), w4},
		{"juniper", linkJuniperEther, joined([]byte("MGC\x80\x00\x02ab"), testEther(etherIPv4, ip)), w4},
		{"juniper without link", linkJuniperPPP, joined([]byte("MGC\x02"), []byte{2, 0, 0, 0}, ip), w4},
		{"ipnet", linkIPNet, joined([]byte{1, 26}, make([]byte, 22), ip6), w6},
		{"pflog", linkPFLog, joined([]byte{61, 2}, make([]byte, 62), ip), w4},
		{"arcnet", linkArcnetLinux, joined([]byte{1, 2, 0, 0, 0xd4, 0, 0, 0}, ip), w4},
		{"atm", linkATM1483, snap, w4},
		{"slip", linkSLIP, joined(make([]byte, 16), ip), w4},
		{"nsh", LinkEthernet, testEther(etherNSH, joined([]byte{0, 2, 2, 1, 0, 0, 0, 0}, ip)), w4},
		{"vntag", LinkEthernet, testEther(etherVNTag, joined(make([]byte, 4), be16(etherIPv4), ip)), w4},
		{"unknown", 147, ip, "0: v0 ether 0000 [unknown_link_type|]"},
	})
}

func TestDecodeSnapped(t *testing.T) {
	f := testFrame(LinkEthernet, testEther(etherIPv4, testTCP(a4, b4, 1, 2, ACK, nil, make([]byte, 100))))
	f.Data = f.Data[:60]
	p := NewDecoder(DecoderOptions{}).Decode(f, second, nil)[0]
	if !p.Is(Snapped) || p.Is(Bad) || p.PayLen != 100 || len(p.Payload()) != 6 || p.IPLen != 140 {
		t.Errorf("snapped packet: %s, %d bytes of payload", describe([]Packet{p}), len(p.Payload()))
	}
	if q := NewDecoder(DecoderOptions{Profile: Suricata()}).Decode(f, second, nil)[0]; !q.Is(Bad | Snapped) {
		t.Errorf("Suricata refuses snapped packets: %s", describe([]Packet{q}))
	}
	if e := p.Checksum(); e != EventNone {
		t.Errorf("a snapped packet's checksum cannot be known, got %v", e.Info())
	}
}

func TestDecodeBoundsNesting(t *testing.T) {
	ip := testUDP(a4, b4, 1, 2, nil)
	for range 40 {
		ip = testIP{src: a4, dst: b4, proto: ProtoIPIP}.make(ip)
	}
	d := NewDecoder(DecoderOptions{})
	got := d.Decode(testFrame(LinkRaw, ip), second, nil)
	if most := Default().MaxTunnelDepth + 1; len(got) != most {
		t.Errorf("%d layers, want %d", len(got), most)
	}
	if e := got[len(got)-1].Events[0].Info().Weird; e != "exceeded_tunnel_max_depth" {
		t.Errorf("the last layer has event %q", e)
	}
	frame := []byte{}
	for range 60 {
		frame = testEther(etherPBB, joined(be32(1), frame))
	}
	if got := describe(d.Decode(testFrame(LinkEthernet, frame), second, nil)); !strings.Contains(got, "max_packet_analyzer_depth_exceeded") {
		t.Errorf("nested frames: %s", got)
	}
	if s := d.Stats(); s.HeadersCut != 1 || s.TunnelDepthCut != 1 {
		t.Errorf("cuts are not counted: %d headers, %d tunnels", s.HeadersCut, s.TunnelDepthCut)
	}
}

func TestEventsAreNamed(t *testing.T) {
	for e := EventNone + 1; e < eventCount; e++ {
		if i := e.Info(); i.Weird == "" && i.Anomaly == "" {
			t.Errorf("event %d has no name", e)
		}
	}
	if eventCount > tcpEventBase {
		t.Errorf("%d events reach into those of streams", eventCount)
	}
}

func TestTCPOptions(t *testing.T) {
	p := decodeOne(LinkRaw, testTCP(a4, b4, 1, 2, SYN, joined([]byte{2, 4, 5, 0xb4, 4, 2, 8, 10}, be32(77), be32(88), []byte{1, 3, 3, 7}), []byte("x")))[0]
	o := p.TCPOptions()
	if !o.HasMSS || o.MSS != 1460 || !o.HasScale || o.WindowScale != 7 || !o.SACKPermitted || o.TSVal != 77 || o.TSEcr != 88 || o.Fault != EventNone {
		t.Errorf("options %+v", o)
	}
	for _, c := range []struct {
		options []byte
		fault   Event
	}{
		{[]byte{2, 3, 5, 0}, EventTCPOptLength}, {[]byte{3, 9, 5, 0}, EventTCPOptLength}, {[]byte{1, 1, 1, 3}, EventTCPOptLength},
		{[]byte{0, 3, 9, 9}, EventNone}, {[]byte{9, 0, 0, 0}, EventTCPOptLength},
	} {
		p := decodeOne(LinkRaw, testTCP(a4, b4, 1, 2, SYN, c.options, nil))[0]
		if o := p.TCPOptions(); o.Fault != c.fault {
			t.Errorf("options %x: fault %v, want %v", c.options, o.Fault.Info(), c.fault.Info())
		}
	}
}

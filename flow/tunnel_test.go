package flow

import "testing"

func testGRE(flags, proto int, rest []byte) []byte {
	return testIP{src: "192.0.2.1", dst: "192.0.2.2", proto: ProtoGRE}.make(joined(be16(flags), be16(proto), rest))
}

func testOuter(port int, b []byte) []byte { return testUDP("192.0.2.1", "192.0.2.2", 50000, port, b) }

func TestDecodeTunnels(t *testing.T) {
	ip, ip6 := testUDP(a4, b4, 1, 2, nil), testUDP(a6, b6, 1, 2, nil)
	teredo := testUDP("2001:0:c000:201::1", b6, 1, 2, nil)
	eth := testEther(etherIPv4, ip)
	const (
		gre = "0: v4 proto 47 192.0.2.1:0 > 192.0.2.2:0"
		w4  = "\n1: v4 proto 17 10.0.0.1:1 > 10.0.0.2:2 len 28 pay 0 in "
		w6  = "\n1: v6 proto 17 2001:db8::1:1 > 2001:db8::2:2 len 48 pay 0 in "
		udp = "0: v4 proto 17 192.0.2.1:50000 > 192.0.2.2:"
	)
	runDecode(t, []decodeCase{
		{"ip in ip", LinkRaw, testIP{src: "192.0.2.1", dst: "192.0.2.2", proto: ProtoIPIP}.make(ip), "0: v4 proto 4 192.0.2.1:0 > 192.0.2.2:0 len 48 pay 28 bare outer" + w4 + "1/1"},
		{"6in4", LinkRaw, testIP{src: "192.0.2.1", dst: "192.0.2.2", proto: ProtoIPv6}.make(ip6), "0: v4 proto 41 192.0.2.1:0 > 192.0.2.2:0 len 68 pay 48 bare outer" + w6 + "1/1"},
		{"wrong version inside", LinkRaw, testIP{src: a6, dst: b6, proto: ProtoIPv6}.make(joined(ip, ip)), "0: v6 proto 41 2001:db8::1:0 > 2001:db8::2:0 len 96 pay 56 bare [invalid_inner_IP_version|ipv6.ipv6_in_ipv6_wrong_version]"},
		{"gre", LinkRaw, testGRE(0, etherIPv4, ip), gre + " len 52 pay 32 bare outer" + w4 + "2/1"},
		{"gre with all", LinkRaw, testGRE(0xb000, etherIPv6, joined(make([]byte, 12), ip6)), gre + " len 84 pay 64 bare outer" + w6 + "2/1"},
		{"gre routing", LinkRaw, testGRE(0x4000, etherIPv4, joined(be32(0), be16(0x800), []byte{0, 4}, be32(9), be32(0), ip)), gre + " len 68 pay 48 bare outer [gre_routing|]" + w4 + "2/1"},
		{"gre ethernet", LinkRaw, testGRE(0, etherTEB, eth), gre + " len 66 pay 46 bare outer" + w4 + "2/1"},
		{"gre version", LinkRaw, testGRE(3, etherIPv4, ip), gre + " len 52 pay 32 bare [unknown_gre_version|gre.wrong_version]"},
		{"pptp", LinkRaw, testGRE(0x3081, etherPPP, joined(be16(len(ip)+1), be16(1), be32(1), be32(2), []byte{pppIPv4}, ip)), gre + " len 65 pay 45 bare outer" + w4 + "2/1"},
		{"erspan I", LinkRaw, testGRE(0, etherERSPAN, eth), gre + " len 66 pay 46 bare outer" + w4 + "2/1"},
		{"erspan II", LinkRaw, testGRE(0x1000, etherERSPAN, joined(be32(1), []byte{0x10, 0, 0, 0, 0, 0, 0, 0}, eth)), gre + " len 78 pay 58 bare outer" + w4 + "2/1"},
		{"erspan III", LinkRaw, testGRE(0x1000, etherSPAN3, joined(be32(1), []byte{0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, make([]byte, 8), eth)), gre + " len 90 pay 70 bare outer" + w4 + "2/1"},
		{"vxlan", LinkRaw, testOuter(portVXLAN, joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, eth)), udp + "4789 len 78 pay 50 outer" + w4 + "4/1"},
		{"vxlan, arp", LinkRaw, testOuter(portVXLAN, joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, testEther(etherARP, joined([]byte{0, 1, 8, 0, 6, 4, 0, 1}, make([]byte, 20))))), udp + "4789 len 78 pay 50 outer\n1: v0 ether 0806 in 4/1"},
		{"not vxlan", LinkRaw, testOuter(portVXLAN, make([]byte, 30)), udp + "4789 len 58 pay 30"},
		{"geneve", LinkRaw, testOuter(portGENEVE, joined([]byte{1, 0, 0x65, 0x58, 0, 0, 1, 0}, be32(0), eth)), udp + "6081 len 82 pay 54 outer" + w4 + "5/1"},
		{"gtp", LinkRaw, testOuter(portGTPU, joined([]byte{0x34, 255}, be16(len(ip)+8), be32(9), []byte{0, 0, 0, 0x85, 1, 0, 0, 0}, ip)), udp + "2152 len 72 pay 44 outer" + w4 + "6/1"},
		{"gtp echo", LinkRaw, testOuter(portGTPU, joined([]byte{0x32, 1}, be16(4), be32(9), be32(0))), udp + "2152 len 40 pay 12"},
		{"ayiya", LinkRaw, testOuter(portAYIYA, joined([]byte{0x42, 0x52, 0x11, ProtoIPv6, 0, 0, 0, 0}, make([]byte, 16+20), ip6)), udp + "5072 len 120 pay 92 outer" + w6 + "8/1"},
		{"gre in udp", LinkRaw, testOuter(portGRE, joined(be16(0), be16(etherIPv4), ip)), udp + "4754 len 60 pay 32 outer" + w4 + "2/1"},
		{"teredo", LinkRaw, testOuter(portTeredo, joined([]byte{0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6}[:13], []byte{0, 0, 1, 2, 3, 4, 5, 6}, ip6)), udp + "3544 len 97 pay 69 outer" + w6 + "3/1"},
		{"teredo on any port", LinkRaw, testOuter(4000, teredo), udp + "4000 len 76 pay 48 outer\n1: v6 proto 17 2001:0:c000:201::1:1 > 2001:db8::2:2 len 48 pay 0 in 3/1"},
		{"ipv6 on any port", LinkRaw, testOuter(4000, ip6), udp + "4000 len 76 pay 48"},
		{"teredo bubble", LinkRaw, testOuter(portTeredo, joined(testIP{src: "2001::1", dst: b6, proto: ProtoNoNext}.make(nil), be32(1))), udp + "3544 len 72 pay 44 outer [Teredo_bubble_with_payload|]\n1: v6 proto 59 2001::1:0 > 2001:db8::2:0 len 40 pay 0 in 3/1 bare"},
	})
}

func TestTunnelIdentity(t *testing.T) {
	d := NewDecoder(DecoderOptions{MaxTunnels: 2})
	there := testGRE(0, etherIPv4, testUDP(a4, b4, 1, 2, nil))
	back := testIP{src: "192.0.2.2", dst: "192.0.2.1", proto: ProtoGRE}.make(joined(be16(0), be16(etherIPv4), testUDP(b4, a4, 2, 1, nil)))
	first := d.Decode(testFrame(LinkRaw, there), second, nil)
	second := d.Decode(testFrame(LinkRaw, back), second, nil)
	if first[1].Tunnel != second[1].Tunnel || first[1].Is(TunnelReversed) || !second[1].Is(TunnelReversed) {
		t.Errorf("both directions are one tunnel: %s\n%s", describe(first), describe(second))
	}
	if first[1].Tunnel.ID != FlowID(&first[0]) {
		t.Error("the tunnel is not named as the flow of its first packet")
	}
	if first[1].HostHash != second[1].HostHash || first[1].HostHash == first[0].HostHash {
		t.Error("the hash of hosts depends on the direction, or on nothing")
	}
	for i := range 5 {
		d.Decode(testFrame(LinkRaw, testOuter(portVXLAN, joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, testEther(etherIPv4, testUDP(a4, b4, i, 2, nil))))), 1, nil)
		d.Decode(testFrame(LinkRaw, testUDP("192.0.2.1", "192.0.2.2", 600+i, portVXLAN, nil)), 1, nil)
	}
	if s := d.Stats(); s.TunnelsCut == 0 || len(d.encaps.index) > 2 {
		t.Errorf("%d tunnels are remembered, %d were cut", len(d.encaps.index), s.TunnelsCut)
	}
}

// A flow that is not a tunnel from its first packet on is still named by that packet.
func TestTunnelNamedByFlow(t *testing.T) {
	d := NewDecoder(DecoderOptions{})
	f := testFrame(LinkRaw, testOuter(portGTPU, joined([]byte{0x32, 1}, be16(4), be32(9), be32(0))))
	want := FlowID(&d.Decode(f, second, nil)[0])
	ip := testUDP(a4, b4, 1, 2, nil)
	g := testFrame(LinkRaw, testOuter(portGTPU, joined([]byte{0x30, 255}, be16(len(ip)), be32(9), ip)))
	g.Number = 2
	if ps := d.Decode(g, second, nil); len(ps) != 2 || ps[1].Tunnel.ID != want || ps[1].Tunnel.Type != TunnelGTPv1 {
		t.Errorf("tunnel %+v", ps[len(ps)-1].Tunnel)
	}
	// Long after, the flow has ended, and another begins.
	g.Number, g.Nanos = 3, 4000*second
	if ps := d.Decode(g, g.Nanos, nil); ps[1].Tunnel.ID == want {
		t.Error("a flow that ran out still names the tunnel")
	}
}

func TestTunnelNeedsChecksum(t *testing.T) {
	b := testOuter(portVXLAN, joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, testEther(etherIPv4, testUDP(a4, b4, 1, 2, nil))))
	b[26] ^= 1
	if got := decodeOne(LinkRaw, b); len(got) != 1 || got[0].Checksum() != EventChecksumUDP {
		t.Errorf("a tunnel with a bad checksum was opened: %s", describe(got))
	}
	p := Default()
	p.IgnoreChecksums = true
	if got := NewDecoder(DecoderOptions{Profile: p}).Decode(testFrame(LinkRaw, b), second, nil); len(got) != 2 {
		t.Errorf("checksums are not ignored: %s", describe(got))
	}
}

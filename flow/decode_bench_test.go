package flow

import (
	"testing"

	"github.com/wirelore/wirelore/pcap"
)

// testMix is a mix of frames much as on a company's uplink.
func testMix() []*pcap.Packet {
	ts := joined([]byte{1, 1, 8, 10}, be32(1), be32(2))
	body := make([]byte, 1400)
	var mix []*pcap.Packet
	for i := range 64 {
		var ip []byte
		src := "10.0." + string(rune('0'+i%10)) + ".7"
		switch i % 8 {
		case 0, 1, 2:
			ip = testTCP(src, "192.0.2.1", 40000+i, 443, ACK, ts, body)
		case 3, 4:
			ip = testTCP("192.0.2.1", src, 443, 40000+i, ACK, ts, nil)
		case 5:
			ip = testTCP(src, "192.0.2.1", 40000+i, 443, SYN, joined([]byte{2, 4, 5, 0xb4, 4, 2, 8, 10}, be32(1), be32(0), []byte{1, 3, 3, 7}), nil)
		case 6:
			ip = testUDP(src, "192.0.2.53", 50000+i, 53, body[:40])
		case 7:
			mix = append(mix, testFrame(LinkEthernet, testEther(etherIPv6, testTCP("2001:db8::1", "2001:db8::2", 40000, 443, ACK, ts, body[:600]))))
			continue
		}
		mix = append(mix, testFrame(LinkEthernet, testEther(etherIPv4, ip)))
	}
	return mix
}

func BenchmarkDecode(b *testing.B) {
	mix := testMix()
	tunnel := testFrame(LinkEthernet, testEther(etherIPv4, testUDP("192.0.2.1", "192.0.2.2", 50000, portVXLAN,
		joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, testEther(etherIPv4, testTCP("10.0.0.1", "10.0.0.2", 1, 2, ACK, nil, make([]byte, 400)))))))
	for _, c := range []struct {
		name   string
		frames []*pcap.Packet
	}{
		{"tcp", mix[:1]},
		{"mix", mix},
		{"vlan", []*pcap.Packet{testFrame(LinkEthernet, testEther(etherIPv4, testTCP("10.0.0.1", "10.0.0.2", 1, 2, ACK, nil, nil), 5))}},
		{"vxlan", []*pcap.Packet{tunnel}},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := NewDecoder(DecoderOptions{})
			var out []Packet
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				out = d.Decode(c.frames[i], second, out[:0])
				if i++; i == len(c.frames) {
					i = 0
				}
			}
		})
	}
}

func BenchmarkChecksum(b *testing.B) {
	p := decodeOne(LinkEthernet, testEther(etherIPv4, testTCP("10.0.0.1", "10.0.0.2", 1, 2, ACK, nil, make([]byte, 1400))))[0]
	b.SetBytes(1400)
	b.ReportAllocs()
	for b.Loop() {
		if p.Checksum() != EventNone {
			b.Fatal("a good checksum is called bad")
		}
	}
}

func TestDecodeAllocations(t *testing.T) {
	mix := testMix()
	ping := testEther(etherIPv4, testICMP("10.0.0.1", "10.0.0.2", 8, 0, []byte("abcdefgh")), 5, 6)
	mix = append(mix, testFrame(LinkEthernet, ping),
		testFrame(LinkEthernet, testEther(etherIPv4, testUDP("192.0.2.1", "192.0.2.2", 50000, portVXLAN,
			joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, testEther(etherIPv4, testTCP("10.0.0.1", "10.0.0.2", 1, 2, ACK, nil, nil)))))),
		testFrame(LinkEthernet, testEther(etherIPv4, testIP{src: "192.0.2.1", dst: "192.0.2.2", proto: ProtoGRE}.make(
			joined(be16(0), be16(etherIPv4), testUDP("10.0.0.1", "10.0.0.2", 1, 2, nil))))))
	d := NewDecoder(DecoderOptions{})
	out := make([]Packet, 0, 8)
	for _, f := range mix { // the tunnels are made once
		out = d.Decode(f, second, out[:0])
	}
	n := testing.AllocsPerRun(100, func() {
		for _, f := range mix {
			out = d.Decode(f, second, out[:0])
			for i := range out {
				out[i].Checksum()
				out[i].TCPOptions()
			}
		}
	})
	if n != 0 {
		t.Errorf("decoding %d frames made %v allocations, want 0", len(mix), n)
	}
}

package flow

import (
	"testing"

	"github.com/wirelore/wirelore/pcap"
)

// checkPackets holds what must be true of whatever was decoded.
func checkPackets(t *testing.T, ps []Packet) {
	for i := range ps {
		p := &ps[i]
		if p.NetOff > p.TransOff || p.TransOff > p.PayOff || p.PayOff > p.End || int(p.End) > len(p.Buf) {
			if !p.Is(Bad) {
				t.Fatalf("offsets %d %d %d %d of %d: %s", p.NetOff, p.TransOff, p.PayOff, p.End, len(p.Buf), describe(ps))
			}
		}
		if p.Version != 0 && !p.Is(Bad) && !p.Is(Snapped) && !p.Is(Fragment) && p.PayLen != p.End-p.PayOff {
			t.Fatalf("payload of %d bytes is said to have %d: %s", p.End-p.PayOff, p.PayLen, describe(ps))
		}
		if int(p.NEvents) > len(p.Events) || p.VLANs > 3 {
			t.Fatal("counts out of range")
		}
		_, _, _ = p.Network(), p.Transport(), p.Payload()
		p.Checksum()
		p.TCPOptions()
		p.Quoted()
		p.CommunityID(nil, 0)
	}
}

func FuzzDecode(f *testing.F) {
	ip := testUDP(a4, b4, 1, portVXLAN, joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, testEther(etherIPv6, testTCP(a6, b6, 1, 2, SYN, []byte{2, 4, 1, 2}, nil))))
	for _, c := range []struct {
		link pcap.LinkType
		data []byte
	}{
		{LinkEthernet, testEther(etherIPv4, ip, 5, 6)},
		{LinkEthernet, testEther(etherIPv4, testGRE(0xb000, etherERSPAN, make([]byte, 40)))},
		{LinkEthernet, testEther(etherIPv6, testIP{src: a6, dst: b6, proto: ProtoUDP, frag: 9, options: make([]byte, 8)}.make(make([]byte, 16)))},
		{LinkRaw, testICMP(b6, a6, 1, 4, testUDP(a6, b6, 53, 54, nil))},
		{linkRadiotap, []byte{0, 0, 8, 0, 0, 0, 0, 0, 8, 1}}, {linkNFLOG, []byte{2, 0, 0, 0, 4, 0, 9, 0}},
		{linkPPI, []byte{0, 0, 8, 0, 1, 0, 0, 0}}, {linkERF, make([]byte, 20)}, {linkJuniperEther, []byte("MGC\x80\x00\x00")},
	} {
		f.Add(uint16(c.link), c.data, uint8(0))
	}
	f.Fuzz(func(t *testing.T, link uint16, data []byte, cut uint8) {
		profile := Default()
		profile.IgnoreChecksums = cut&1 != 0
		d := NewDecoder(DecoderOptions{Profile: profile})
		p := testFrame(pcap.LinkType(link), data)
		p.Length += uint32(cut)
		out := d.Decode(p, second, nil)
		if len(out) == 0 || len(out) > maxLayers {
			t.Fatalf("%d layers", len(out))
		}
		checkPackets(t, out)
		if data != nil && len(out) > 0 { // decoding again gives the same, but for fragments
			again := NewDecoder(DecoderOptions{Profile: profile}).Decode(p, second, nil)
			if describe(again) != describe(out) {
				t.Fatalf("decoded twice:\n%s\n%s", describe(out), describe(again))
			}
		}
	})
}

// FuzzDefrag cuts the input into fragments as its bytes say.
func FuzzDefrag(f *testing.F) {
	f.Add([]byte{0, 3, 1, 3, 3, 0, 7, 2}, uint8(0))
	f.Add([]byte{9, 9, 1, 1, 0, 9, 2, 2, 1, 1}, uint8(13))
	f.Fuzz(func(t *testing.T, plan []byte, policy uint8) {
		profile := Default()
		profile.Overlap = Policy(policy % uint8(PolicyLast+1))
		d := NewDecoder(DecoderOptions{Profile: profile, MaxDatagrams: 3, MaxFragmentBytes: 20000})
		content := make([]byte, 4096)
		for i := range content {
			content[i] = byte(i)
		}
		for ; len(plan) >= 3; plan = plan[3:] {
			src, dst := a4, b4
			if plan[2]&1 != 0 {
				src, dst = a6, b6
			}
			b := testFragment(src, dst, ProtoUDP, int(plan[2]>>6), int(plan[0]&63)*8, plan[2]&2 != 0, content[:8+int(plan[1])])
			checkPackets(t, d.Decode(testFrame(LinkRaw, b), second+int64(plan[2]&4)*20*second, nil))
			cost, n := 0, 0
			for g := d.frags.oldest; g != nil; g = g.after {
				cost += g.cost
				n++
				at := 0
				for _, e := range g.pieces {
					if e.start < at || e.end <= e.start {
						t.Fatalf("pieces %v", g.pieces)
					}
					at = e.end
				}
			}
			if cost != d.frags.cost || n != len(d.frags.index) || n > 3 || cost > 20000 {
				t.Fatalf("%d datagrams of %d cost %d of %d", n, len(d.frags.index), cost, d.frags.cost)
			}
		}
	})
}

func FuzzChecksum(f *testing.F) {
	f.Add(testTCP(a4, b4, 1, 2, ACK, nil, []byte("hello")), uint8(6))
	f.Add(testUDP(a6, b6, 1, 2, []byte("hello")), uint8(17))
	f.Fuzz(func(t *testing.T, b []byte, proto uint8) {
		if len(b) < 20 || len(b) > 1500 {
			return
		}
		p := decodeOne(LinkRaw, testIP{src: a4, dst: b4, proto: ProtoTCP}.make(b))[0]
		if p.Is(Bad) {
			return
		}
		x, y := testAddr(a4), testAddr(b4)
		good := slowSum(joined(x[12:], y[12:], []byte{0, ProtoTCP}, be16(len(b)), b)) == 0
		if (p.Checksum() == EventNone) != good {
			t.Fatalf("checksum is good: %v, but %v", good, p.Checksum().Info())
		}
	})
}

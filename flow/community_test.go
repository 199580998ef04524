package flow

import (
	"crypto/sha1"
	"encoding/base64"
	"testing"
)

func TestCommunityID(t *testing.T) {
	plain := func(parts ...[]byte) string {
		h := sha1.Sum(joined(parts...))
		return "1:" + base64.StdEncoding.EncodeToString(h[:])
	}
	x, y := testAddr(a4), testAddr(b4)
	x6, y6 := testAddr(a6), testAddr(b6)
	lo, hi := x[12:], y[12:]
	for _, c := range []struct {
		name string
		data []byte
		seed uint16
		want string
	}{
		// The example of the specification.
		{"example", testTCP("128.232.110.120", "66.35.250.204", 34855, 80, ACK, nil, nil), 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"example, back", testTCP("66.35.250.204", "128.232.110.120", 80, 34855, ACK, nil, nil), 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"udp", testUDP(b4, a4, 9, 5, nil), 7, plain(be16(7), lo, hi, []byte{17, 0}, be16(5), be16(9))},
		{"udp 6", testUDP(b6, a6, 9, 5, nil), 0, plain(be16(0), x6[:], y6[:], []byte{17, 0}, be16(5), be16(9))},
		{"one host", testUDP(a4, a4, 9, 5, nil), 0, plain(be16(0), lo, lo, []byte{17, 0}, be16(5), be16(9))},
		{"ping", testICMP(b4, a4, 8, 0, nil), 0, plain(be16(0), lo, hi, []byte{1, 0}, be16(0), be16(8))},
		{"pong", testICMP(a4, b4, 0, 0, nil), 0, plain(be16(0), lo, hi, []byte{1, 0}, be16(0), be16(8))},
		{"unreachable", testICMP(b4, a4, 3, 1, nil), 0, plain(be16(0), hi, lo, []byte{1, 0}, be16(3), be16(1))},
		{"solicitation", testICMP(a6, b6, 135, 0, nil), 0, plain(be16(0), x6[:], y6[:], []byte{58, 0}, be16(135), be16(136))},
		{"gre", testIP{src: b4, dst: a4, proto: 99}.make(nil), 0, plain(be16(0), lo, hi, []byte{99, 0})},
	} {
		p := decodeOne(LinkRaw, c.data)[0]
		if got := string(p.CommunityID(nil, c.seed)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		f := Flow{Version: p.Version, Proto: p.Proto, Side: [2]Side{{Addr: p.Src, Port: p.SrcPort}, {Addr: p.Dst, Port: p.DstPort}}}
		if got := string(f.CommunityID(nil, c.seed)); got != c.want {
			t.Errorf("%s: the flow's is %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCounterpartsAreMutual(t *testing.T) {
	for _, v := range []uint8{4, 6} {
		for typ := range 256 {
			port, both := ICMPCounterpart(v, uint8(typ), 9)
			if !both {
				if port != 9 {
					t.Errorf("v%d type %d: port %d, want the code", v, typ, port)
				}
				continue
			}
			if back, ok := ICMPCounterpart(v, port, 0); !ok || int(back) != typ {
				t.Errorf("v%d: type %d is answered by %d, but that by %d", v, typ, port, back)
			}
		}
	}
}

func TestQuoted(t *testing.T) {
	for _, c := range []struct {
		data       []byte
		proto      uint8
		port, peer uint16
	}{
		{testICMP(b4, a4, 3, 3, testTCP(a4, b4, 1025, 80, SYN, nil, nil)), ProtoTCP, 1025, 80},
		{testICMP(b4, a4, 11, 0, testICMP(a4, b4, 8, 0, nil)), ProtoICMP, 8, 0},
		{testICMP(b6, a6, 1, 4, testUDP(a6, b6, 53, 54, nil)), ProtoUDP, 53, 54},
		{testICMP(b6, a6, 3, 0, testIP{src: a6, dst: b6, proto: ProtoUDP, options: make([]byte, 8)}.make(joined(be16(5), be16(6), be32(0)))), ProtoUDP, 5, 6},
	} {
		p := decodeOne(LinkRaw, c.data)[0]
		q, ok := p.Quoted()
		if !ok || q.Proto != c.proto || q.SrcPort != c.port || q.DstPort != c.peer || q.Src != p.Dst || q.Dst != p.Src || !q.Ports {
			t.Errorf("%s quotes %+v", describe([]Packet{p}), q)
		}
	}
	p := decodeOne(LinkRaw, testICMP(b4, a4, 8, 0, testUDP(a4, b4, 1, 2, nil)))[0]
	if _, ok := p.Quoted(); ok {
		t.Error("a ping quotes nothing")
	}
}

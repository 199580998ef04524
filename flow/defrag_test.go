package flow

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"testing"
)

// testFragments cuts a packet's content at the given places, which are multiples of 8.
func testFragments(src, dst string, proto uint8, id int, content []byte, cuts ...int) [][]byte {
	var out [][]byte
	cuts = append(cuts, len(content))
	at := 0
	for _, cut := range cuts {
		out = append(out, testFragment(src, dst, proto, id, at, cut < len(content), content[at:cut]))
		at = cut
	}
	return out
}

func testFragment(src, dst string, proto uint8, id, at int, more bool, b []byte) []byte {
	frag := at / 8
	if more {
		frag |= 0x2000
	}
	if !testAddr(src).Is4() {
		frag = at
		if more {
			frag |= 1
		}
	}
	return testIP{src: src, dst: dst, proto: proto, id: id, frag: frag}.make(b)
}

// feed decodes packets in order and returns the datagrams that were put together.
func feed(d *Decoder, packets ...[]byte) (whole []Packet) {
	for i, b := range packets {
		f := testFrame(LinkRaw, b)
		f.Number = uint64(i + 1)
		for _, p := range d.Decode(f, second, nil) {
			if p.Is(Defragmented) {
				whole = append(whole, p)
			}
		}
	}
	return whole
}

// Fragments in any order, with repetitions, give the packet that was cut.
func TestDefragAnyOrder(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for n := range 300 {
		src, dst := a4, b4
		if n%2 != 0 {
			src, dst = a6, b6
		}
		body := make([]byte, 1+r.Intn(3000))
		r.Read(body)
		packet := testUDP(src, dst, 1, 2, body)
		head := len(packet) - len(body) - 8
		content := packet[head:]
		var cuts []int
		for at := 8 + 8*r.Intn(100); at < len(content); at += 8 + 8*r.Intn(100) {
			cuts = append(cuts, at)
		}
		if len(cuts) == 0 {
			continue
		}
		parts := testFragments(src, dst, ProtoUDP, n, content, cuts...)
		parts = append(parts[:len(parts)-1:len(parts)-1], parts[r.Intn(len(parts)-1)], parts[len(parts)-1])
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		d := NewDecoder(DecoderOptions{})
		whole := feed(d, parts...)
		if len(whole) != 1 {
			t.Fatalf("%d: %d fragments gave %d datagrams", n, len(parts), len(whole))
		}
		p := &whole[0]
		if !bytes.Equal(p.Payload(), body) || p.SrcPort != 1 || p.IPLen != uint32(len(packet)) || p.Checksum() != EventNone || p.NetOff != 0 {
			t.Fatalf("%d: put together wrongly: %s", n, describe(whole))
		}
	}
}

// Which of two overlapping fragments gives the bytes, by policy. Each fragment is 8, 16 or 24 bytes of one letter; the
// first always stands at 8..24, the second varies, and what is missing follows.
func TestDefragPolicies(t *testing.T) {
	type spot struct{ start, end int }
	spots := map[string]spot{"before": {0, 16}, "same": {8, 24}, "after": {16, 32}, "around": {0, 32}, "inside": {8, 16}, "to the end": {0, 24}}
	newBytes := map[Policy][]string{ // where the newer one wins
		PolicyFirst:    {},
		PolicyLast:     {"before", "same", "after", "around", "inside", "to the end"},
		PolicyBSD:      {"before", "around", "to the end"},
		PolicyBSDRight: {"same", "after", "inside"},
		PolicyLinux:    {"before", "same", "around", "inside", "to the end"},
		PolicyWindows:  {"around"},
		PolicySolaris:  {"around", "to the end"},
	}
	for policy, wins := range newBytes {
		for name, s := range spots {
			profile := Default()
			profile.Overlap = policy
			d := NewDecoder(DecoderOptions{Profile: profile})
			old := testFragment(a4, b4, 99, 7, 8, true, bytes.Repeat([]byte("o"), 16))
			newer := testFragment(a4, b4, 99, 7, s.start, true, bytes.Repeat([]byte("n"), s.end-s.start))
			packets := [][]byte{old, newer}
			if s.start > 0 {
				packets = append(packets, testFragment(a4, b4, 99, 7, 0, true, bytes.Repeat([]byte("."), 8)))
			}
			packets = append(packets, testFragment(a4, b4, 99, 7, max(24, s.end), false, bytes.Repeat([]byte("."), 8)))
			whole := feed(d, packets...)
			if len(whole) != 1 {
				t.Fatalf("policy %d, %s: %d datagrams", policy, name, len(whole))
			}
			got := whole[0].Payload()[max(8, s.start):min(24, s.end)]
			want := "o"
			if slices.Contains(wins, name) {
				want = "n"
			}
			if string(got) != string(bytes.Repeat([]byte(want), len(got))) {
				t.Errorf("policy %d, %s: overlap is %q, want %q", policy, name, got, want)
			}
		}
	}
}

func TestDefragEvents(t *testing.T) {
	x := func(n int, c byte) []byte { return bytes.Repeat([]byte{c}, n) }
	for _, c := range []struct {
		name string
		in   [][]byte
		want []Event
	}{
		{"small", [][]byte{testFragment(a4, b4, 99, 7, 0, true, x(8, 'a'))}, []Event{EventFragmentSmall}},
		{"overlap", [][]byte{testFragment(a4, b4, 99, 7, 0, true, x(64, 'a')), testFragment(a4, b4, 99, 7, 8, true, x(80, 'a'))}, []Event{EventFragmentOverlap}},
		{"inconsistent", [][]byte{testFragment(a4, b4, 99, 7, 0, true, x(64, 'a')), testFragment(a4, b4, 99, 7, 8, true, x(80, 'b'))}, []Event{EventFragmentInconsistent}},
		{"inconsistent 6", [][]byte{testFragment(a6, b6, 99, 7, 0, true, x(64, 'a')), testFragment(a6, b6, 99, 7, 8, true, x(80, 'b'))}, []Event{EventFragmentInconsistent6}},
		{"two ends", [][]byte{testFragment(a4, b4, 99, 7, 64, false, x(64, 'a')), testFragment(a4, b4, 99, 7, 128, false, x(64, 'a'))}, []Event{EventFragmentSize}},
		{"large", [][]byte{testFragment(a4, b4, 99, 7, 64000, true, x(64, 'a'))}, []Event{EventFragmentLarge}},
		{"too large", [][]byte{testFragment(a4, b4, 99, 7, 65528, false, x(64, 'a'))}, []Event{EventFragmentLarge, EventFragmentOver}},
		{"odd length", [][]byte{testFragment(a6, b6, 99, 7, 0, true, x(63, 'a'))}, []Event{EventIPv6FragmentLength}},
		{"next header", [][]byte{testFragment(a6, b6, 99, 7, 64, true, x(64, 'a')), testFragment(a6, b6, 98, 7, 0, true, x(64, 'a'))}, []Event{EventFragmentProtocol}},
		{"do not fragment", [][]byte{testIP{src: a4, dst: b4, proto: 99, frag: 0x6000}.make(x(64, 'a'))}, []Event{EventFragmentDF}},
		{"checksum", [][]byte{joined(testFragment(a4, b4, 99, 7, 0, true, x(64, 'a'))[:8], []byte{1}, testFragment(a4, b4, 99, 7, 0, true, x(64, 'a'))[9:])}, []Event{EventIPChecksum}},
	} {
		d := NewDecoder(DecoderOptions{})
		feed(d, c.in...)
		var got []Event
		for e, n := range d.stats.Events {
			if n > 0 {
				got = append(got, Event(e))
			}
		}
		slices.Sort(c.want)
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: events %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDefragLimits(t *testing.T) {
	body := bytes.Repeat([]byte("x"), 64)
	d := NewDecoder(DecoderOptions{MaxDatagrams: 10, MaxFragmentBytes: 100000})
	for id := range 100 {
		feed(d, testFragment(a4, b4, 99, id, 0, true, body))
	}
	if n := len(d.frags.index); n != 10 || d.stats.FragmentsCut != 90 || d.stats.Events[EventFragmentLimit] != 90 {
		t.Errorf("%d datagrams are held, %d were cut with %d events", n, d.stats.FragmentsCut, d.stats.Events[EventFragmentLimit])
	}
	d = NewDecoder(DecoderOptions{MaxFragmentBytes: 1000})
	for id := range 100 {
		feed(d, testFragment(a6, b6, 99, id, 0, true, body))
	}
	if d.frags.cost > 1000 || d.stats.FragmentsCut == 0 {
		t.Errorf("%d bytes are held, %d cut", d.frags.cost, d.stats.FragmentsCut)
	}
	d = NewDecoder(DecoderOptions{})
	for i := range maxFragments + 1 {
		feed(d, testFragment(a4, b4, 99, 1, 16*i, true, body[:8]))
	}
	if len(d.frags.index) != 0 || d.stats.FragmentsCut != 1 || d.frags.cost != 0 {
		t.Errorf("a datagram in %d fragments is held", maxFragments+1)
	}
	// What waits for too long is given up on the capture's clock.
	feed(d, testFragment(a4, b4, 99, 1, 0, true, body))
	late := testFrame(LinkRaw, testFragment(a4, b4, 99, 1, 64, false, body))
	if got := d.Decode(late, 100*second, nil); len(got) != 1 || d.stats.FragmentTimeouts != 1 {
		t.Errorf("after the timeout: %s", describe(got))
	}
}

// Fragments of other VLANs and of tunnels do not mix, and a tunnel in fragments is opened.
func TestDefragKeys(t *testing.T) {
	parts := testFragments(a4, b4, ProtoUDP, 5, testUDP(a4, b4, 1, 2, make([]byte, 100))[20:], 64)
	d := NewDecoder(DecoderOptions{})
	d.Decode(testFrame(LinkEthernet, testEther(etherIPv4, parts[0], 1)), second, nil)
	if got := d.Decode(testFrame(LinkEthernet, testEther(etherIPv4, parts[1], 2)), second, nil); len(got) != 1 {
		t.Errorf("fragments of two VLANs made %s", describe(got))
	}
	if got := d.Decode(testFrame(LinkEthernet, testEther(etherIPv4, parts[1], 1)), second, nil); len(got) != 2 || got[1].VLAN[0] != 1 {
		t.Errorf("fragments of a VLAN made %s", describe(got))
	}
	outer := testOuter(portVXLAN, joined([]byte{8, 0, 0, 0, 0, 0, 1, 0}, testEther(etherIPv4, testTCP(a4, b4, 1, 2, ACK, nil, make([]byte, 200)))))
	parts = testFragments("192.0.2.1", "192.0.2.2", ProtoUDP, 9, outer[20:], 64, 160)
	d = NewDecoder(DecoderOptions{})
	var last []Packet
	for _, b := range parts {
		last = d.Decode(testFrame(LinkRaw, b), second, nil)
	}
	if len(last) != 3 || !last[1].Is(Defragmented|TunnelOuter) || last[2].Proto != ProtoTCP || last[2].Is(Defragmented) || last[2].Checksum() != EventNone {
		t.Errorf("a tunnel in fragments: %s", describe(last))
	}
}

// The headers of a first fragment that was not captured wholly are worth having.
func TestDefragSnapped(t *testing.T) {
	f := testFrame(LinkRaw, testFragments(a4, b4, ProtoUDP, 5, testUDP(a4, b4, 1, 2, make([]byte, 1000))[20:], 800)[0])
	f.Data = f.Data[:60]
	got := NewDecoder(DecoderOptions{}).Decode(f, second, nil)
	if len(got) != 1 || got[0].Is(Fragment) || got[0].SrcPort != 1 || !got[0].Is(Snapped) {
		t.Errorf("snapped fragment: %s", describe(got))
	}
}

func BenchmarkDefrag(b *testing.B) {
	packet := testUDP(a4, b4, 1, 2, make([]byte, 4000))
	parts := testFragments(a4, b4, ProtoUDP, 1, packet[20:], 1480, 2960)
	d := NewDecoder(DecoderOptions{})
	var out []Packet
	b.SetBytes(int64(len(packet)))
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range parts {
			out = d.Decode(testFrame(LinkRaw, p), second, out[:0])
		}
	}
}

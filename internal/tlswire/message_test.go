package tlswire

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func message(typ byte, n int) []byte {
	b := []byte{typ, byte(n >> 16), byte(n >> 8), byte(n)}
	for i := range n {
		b = append(b, byte(i))
	}
	return b
}

// TestAssemblerAnyChunking cuts three messages in every way of two cuts and in single bytes.
func TestAssemblerAnyChunking(t *testing.T) {
	stream := append(append(message(1, 7), message(2, 0)...), message(11, 300)...)
	check := func(pieces ...[]byte) {
		t.Helper()
		var a Assembler
		var got []byte
		for _, p := range pieces {
			a.Add(p)
			for m, ok := a.Next(); ok; m, ok = a.Next() {
				got = append(got, message(m.Type, m.Length)[:4]...)
				got = append(got, m.Body...)
			}
		}
		if !bytes.Equal(got, stream) {
			t.Fatalf("%d pieces give %d bytes of %d", len(pieces), len(got), len(stream))
		}
	}
	for i := 0; i <= len(stream); i += 3 {
		for j := i; j <= len(stream); j += 7 {
			check(stream[:i], stream[i:j], stream[j:])
		}
	}
	var single [][]byte
	for i := range stream {
		single = append(single, stream[i:i+1])
	}
	check(single...)
}

func TestAssemblerGivesUpGiants(t *testing.T) {
	var a Assembler
	for range 3 {
		a.Add([]byte{11, 0xff, 0xff, 0xff, 1, 2})
		if _, ok := a.Next(); ok {
			t.Fatal("a message out of nothing")
		}
	}
	if a.Cut != 3 || a.Held() != 0 {
		t.Errorf("cut %d, held %d", a.Cut, a.Held())
	}
}

func fragment(typ byte, seq uint16, whole []byte, from, to int) []byte {
	b := []byte{typ, byte(len(whole) >> 16), byte(len(whole) >> 8), byte(len(whole)), byte(seq >> 8), byte(seq),
		byte(from >> 16), byte(from >> 8), byte(from), 0, byte((to - from) >> 8), byte(to - from)}
	return append(b, whole[from:to]...)
}

func TestFragmentsAnyOrder(t *testing.T) {
	whole := message(11, 1000)[4:]
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var wires [][]byte
		for from := 0; from < len(whole); {
			to := min(from+1+rng.IntN(200), len(whole))
			overlap := min(from, rng.IntN(20))
			wires = append(wires, fragment(11, 3, whole, from-overlap, to))
			from = to
		}
		rng.Shuffle(len(wires), func(i, j int) { wires[i], wires[j] = wires[j], wires[i] })
		var s Fragments
		done := 0
		for _, w := range wires {
			f, rest, err := ParseFragment(w)
			if err != nil || len(rest) != 0 {
				t.Fatal(err)
			}
			if m, ok := s.Add(f); ok {
				done++
				if !bytes.Equal(m.Body, whole) {
					t.Fatal("message differs")
				}
			}
		}
		if done != 1 || s.Cut != 0 {
			t.Fatalf("%d messages of %d fragments, %d cut", done, len(wires), s.Cut)
		}
	}
}

func TestFragmentsAreBounded(t *testing.T) {
	var s Fragments
	whole := make([]byte, 600)
	for seq := range uint16(20) {
		f, _, _ := ParseFragment(fragment(1, seq, whole, 0, 1))
		s.Add(f)
	}
	if len(s.pending) != maxPending || s.Cut != 20-maxPending {
		t.Errorf("%d pending, %d cut", len(s.pending), s.Cut)
	}
	for i := range 100 {
		f, _, _ := ParseFragment(fragment(1, 19, whole, 4*i+2, 4*i+3))
		s.Add(f)
	}
	for _, p := range s.pending {
		if len(p.spans) > maxSpans {
			t.Errorf("%d spans", len(p.spans))
		}
	}
	if _, _, err := ParseFragment([]byte{1, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 9}); err != ErrMalformed {
		t.Errorf("fragment beyond its message: %v", err)
	}
}

func TestDTLSRecords(t *testing.T) {
	plain := []byte{22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 7, 0, 3, 'a', 'b', 'c', 'x'}
	r, n, err := ParseDTLSRecord(plain, 0)
	if err != nil || n != 16 || r.Epoch != 1 || r.Seq != 7 || string(r.Payload) != "abc" || !r.PlausibleDTLS() {
		t.Errorf("%+v %d %v", r, n, err)
	}
	r, n, err = ParseDTLSRecord([]byte{0x2e, 0x12, 0x34, 0, 2, 'a', 'b', 'x'}, 0)
	if err != nil || n != 7 || !r.Unified || r.Seq != 0x1234 || string(r.Payload) != "ab" || r.Epoch != 2 {
		t.Errorf("%+v %d %v", r, n, err)
	}
	r, n, err = ParseDTLSRecord([]byte{0x33, 'i', 'd', 9, 'a', 'b', 'x'}, 2)
	if err != nil || n != 7 || r.Seq != 9 || string(r.Payload) != "abx" {
		t.Errorf("%+v %d %v", r, n, err)
	}
	withID := append([]byte{25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 7}, "id\x00\x01z"...)
	r, n, err = ParseDTLSRecord(withID, 2)
	if err != nil || n != len(withID) || string(r.Payload) != "z" {
		t.Errorf("%+v %d %v", r, n, err)
	}
	for i := range 13 {
		if _, _, err := ParseDTLSRecord(plain[:i], 0); err == nil {
			t.Errorf("%d bytes make a record", i)
		}
	}
}

func FuzzMessages(f *testing.F) {
	f.Add(append(message(1, 7), message(2, 0)...), 3)
	f.Add(fragment(1, 1, make([]byte, 9), 2, 5), 0)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		cut = max(0, min(cut, len(b)))
		var a Assembler
		for _, p := range [][]byte{b[:cut], b[cut:]} {
			a.Add(p)
			for m, ok := a.Next(); ok; m, ok = a.Next() {
				if len(m.Body) != m.Length {
					t.Fatal("a message that is not whole")
				}
			}
		}
		var s Fragments
		rest := b
		for len(rest) > 0 {
			fr, next, err := ParseFragment(rest)
			if err != nil {
				break
			}
			if m, ok := s.Add(fr); ok && len(m.Body) != m.Length {
				t.Fatal("a message that is not whole")
			}
			rest = next
		}
		for rest = b; len(rest) > 0; {
			_, n, err := ParseDTLSRecord(rest, cut&7)
			if err != nil {
				break
			}
			rest = rest[n:]
		}
	})
}

func BenchmarkAssembler(b *testing.B) {
	stream := append(message(1, 500), message(11, 3000)...)
	var a Assembler
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		a.Add(stream)
		for _, ok := a.Next(); ok; _, ok = a.Next() {
		}
	}
}

package match

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestStreamSplits cuts a text at every place, and at every pair of places of a shorter one.
func TestStreamSplits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, a := range alphabets() {
		b := a.bytes(r, 290)
		patterns := a.patterns(r, 15, 255, b)
		patterns = append(patterns, a.patterns(r, 12, 6, b)...)
		s := compile(t, patterns, nil)
		st := s.NewStream()
		want := s.Find(b, nil)
		for cut := 0; cut <= len(b); cut++ {
			st.Reset()
			got := st.Find(b[cut:], st.Find(b[:cut], nil))
			if !slices.Equal(got, want) {
				t.Fatalf("%s cut at %d:\ngot  %v\nwant %v", a.name, cut, got, want)
			}
		}
		b = b[:24]
		want = s.Find(b, nil)
		for i := range b {
			for j := i; j <= len(b); j++ {
				st.Reset()
				got := st.Find(b[j:], st.Find(b[i:j], st.Find(b[:i], nil)))
				if !slices.Equal(got, want) {
					t.Fatalf("%s cut at %d and %d:\ngot  %v\nwant %v", a.name, i, j, got, want)
				}
			}
		}
	}
}

// TestStreamShortSets cuts texts of one byte and of two with sets whose longest pattern has each of the first lengths: what a stream keeps
// is then shorter than what it looks at.
func TestStreamShortSets(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for _, a := range alphabets()[:3] {
		b := a.bytes(r, 80)
		for n := 1; n <= 40; n++ {
			patterns := []Pattern{{Bytes: b[7 : 7+n]}, {Bytes: b[n : 2*n], NoCase: true}}
			s := compile(t, patterns, nil)
			want := naive(patterns, b)
			st := s.NewStream()
			for i := range b {
				for _, size := range []int{0, 1, 2, 3, 4, 5, 8, 33} {
					st.Reset()
					j := min(i+size, len(b))
					if got := st.Find(b[j:], st.Find(b[i:j], st.Find(b[:i], nil))); !slices.Equal(got, want) {
						t.Fatalf("%s, patterns of %d, cut at %d and %d:\ngot  %v\nwant %v", a.name, n, i, j, got, want)
					}
				}
			}
		}
	}
}

// TestStreamChunks feeds chunks of one size, and of random ones.
func TestStreamChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	a := alphabets()[5]
	b := a.bytes(r, 3000)
	patterns := append(a.patterns(r, 40, 255, b), a.patterns(r, 40, 5, b)...)
	s := compile(t, patterns, nil)
	want := s.Find(b, nil)
	wantIDs := naiveIDs(want)
	for _, size := range []int{1, 2, 3, 5, 64, 253, 254, 255, 256, 507, 508, 509, 1000, 0} {
		st := s.NewStream()
		var seen Seen
		var hits []Hit
		var ids []uint32
		ids2 := s.NewStream()
		for rest := b; len(rest) > 0; {
			n := size
			if size == 0 {
				n = r.IntN(600)
			}
			n = min(n, len(rest))
			chunk := slices.Clone(rest[:n])
			hits = st.Find(chunk, hits)
			ids = ids2.FindMore(chunk, &seen, ids)
			clear(chunk)
			rest = rest[n:]
		}
		if !slices.Equal(hits, want) {
			t.Errorf("chunks of %d: %d hits, want %d", size, len(hits), len(want))
		}
		slices.Sort(ids)
		if !slices.Equal(ids, wantIDs) {
			t.Errorf("chunks of %d: %d patterns, want %d", size, len(ids), len(wantIDs))
		}
	}
}

func TestStreamTail(t *testing.T) {
	s := compile(t, []Pattern{{Bytes: make([]byte, MaxLen)}}, nil)
	st := s.NewStream()
	st.Find(make([]byte, 5000), nil)
	if len(st.tail) != MaxLen-1 || cap(st.tail) > 256 {
		t.Errorf("a tail of %d bytes, room for %d", len(st.tail), cap(st.tail))
	}
}

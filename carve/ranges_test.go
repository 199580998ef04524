package carve

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func list(s *Ranges) []Range { return slices.Collect(s.All()) }

func TestRanges(t *testing.T) {
	var s Ranges
	s.Add(10, 20)
	s.Add(30, 40)
	s.Add(20, 25)
	s.Add(5, 5)
	s.Add(-1, 3)
	if got := list(&s); !slices.Equal(got, []Range{{10, 25}, {30, 40}}) {
		t.Fatal(got)
	}
	s.Add(0, 35)
	if got := list(&s); !slices.Equal(got, []Range{{0, 40}}) {
		t.Fatal(got)
	}
	s.Remove(10, 20)
	if got := slices.Collect(s.Missing(50)); !slices.Equal(got, []Range{{10, 20}, {40, 50}}) {
		t.Fatal(got)
	}
	if got := slices.Collect(s.Missing(15)); !slices.Equal(got, []Range{{10, 15}}) {
		t.Fatal(got)
	}
	for range s.Missing(50) {
		break
	}
	if !s.Covers(20, 40) || s.Covers(5, 25) || s.Covers(39, 41) || !s.Covers(7, 7) {
		t.Error("Covers is wrong")
	}
	s.Reset()
	if s.Len() != 0 || !slices.Equal(slices.Collect(s.Missing(3)), []Range{{0, 3}}) {
		t.Error("Reset leaves something")
	}
}

func TestRangesLimit(t *testing.T) {
	s := Ranges{Limit: 2}
	s.Add(0, 10)
	s.Add(20, 30)
	if s.Add(40, 45) {
		t.Error("a third range was kept")
	}
	if !s.Add(30, 35) || s.Len() != 2 || s.Bytes() != 25 {
		t.Error("a range that touches was not merged")
	}
	s.Remove(22, 24)
	if n, b := s.Dropped(); n != 2 || b != 5+2 {
		t.Errorf("dropped %d ranges of %d bytes", n, b)
	}
	if got := list(&s); !slices.Equal(got, []Range{{0, 10}, {24, 35}}) {
		t.Error(got)
	}
	s.Remove(6, 7)
	if got := list(&s); !slices.Equal(got, []Range{{0, 6}, {24, 35}}) {
		t.Error(got)
	}
}

// TestRangesModel compares the set with one of single bytes.
func TestRangesModel(t *testing.T) {
	const size = 120
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var s Ranges
		var want [size]bool
		for range 40 {
			a := r.Int64N(size)
			b := a + r.Int64N(size-a)
			in := r.IntN(3) > 0
			if in {
				s.Add(a, b)
			} else {
				s.Remove(a, b)
			}
			for i := a; i < b; i++ {
				want[i] = in
			}
			last := int64(-1)
			n := int64(0)
			var got [size]bool
			for x := range s.All() {
				if x.Start <= last || x.End <= x.Start {
					t.Fatalf("not merged: %v", list(&s))
				}
				last = x.End
				for i := x.Start; i < x.End; i++ {
					got[i] = true
					n++
				}
			}
			if got != want || n != s.Bytes() {
				t.Fatalf("wrong set %v", list(&s))
			}
			for x := range s.Missing(size) {
				for i := x.Start; i < x.End; i++ {
					if want[i] {
						t.Fatalf("%d is not missing", i)
					}
				}
			}
		}
	}
}

func BenchmarkRangesAppend(b *testing.B) {
	var s Ranges
	b.ReportAllocs()
	var at int64
	for b.Loop() {
		if s.Len() == DefaultRanges {
			s.Reset()
		}
		s.Add(at, at+10)
		at += 20
	}
}

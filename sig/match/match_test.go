package match

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func compile(tb testing.TB, patterns []Pattern, o *Options) *Set {
	tb.Helper()
	s, err := Compile(patterns, o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// check searches b in every way and compares with naive.
func check(tb testing.TB, s *Set, patterns []Pattern, b []byte) {
	tb.Helper()
	want := naive(patterns, b)
	if got := s.Find(b, nil); !slices.Equal(got, want) {
		tb.Fatalf("%v in %q:\ngot  %v\nwant %v", patterns, b, got, want)
	}
	var seen Seen
	ids := s.FindSet(b, &seen, nil)
	if again := s.FindSet(b, &seen, nil); !slices.Equal(ids, again) {
		tb.Fatalf("%v in %q: FindSet gives %v, then %v", patterns, b, ids, again)
	}
	slices.Sort(ids)
	if want := naiveIDs(want); !slices.Equal(ids, want) {
		tb.Fatalf("%v in %q:\ngot  %v\nwant %v", patterns, b, ids, want)
	}
}

func TestFindEqualsNaive(t *testing.T) {
	rounds := 120
	if testing.Short() {
		rounds = 30
	}
	for _, a := range alphabets() {
		t.Run(a.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for i := range rounds {
				b := a.bytes(r, r.IntN(600))
				most := []int{1, 2, 3, 4, 5, 8, 20, 255}[i%8]
				patterns := a.patterns(r, 1+r.IntN(40), most, b)
				o := &Options{FilterBits: []int{0, minFilterBits}[r.IntN(2)]}
				check(t, compile(t, patterns, o), patterns, b)
			}
		})
	}
}

// TestEveryLength puts a pattern of each length at each kind of offset, with nothing else in the set and with much.
func TestEveryLength(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	a := alphabets()[5]
	for n := 1; n <= MaxLen; n++ {
		p := Pattern{Bytes: a.bytes(r, n), NoCase: n%2 == 0}
		sets := [][]Pattern{{p}, append(a.patterns(r, 30, 40, nil), p)}
		for _, patterns := range sets {
			s := compile(t, patterns, nil)
			for _, before := range []int{0, 1, 2, 7, 33} {
				for _, behind := range []int{0, 1, 2, 40} {
					b := slices.Concat(a.bytes(r, before), p.Bytes, a.bytes(r, behind))
					check(t, s, patterns, b)
				}
			}
		}
	}
}

// TestBlocks looks for patterns around the limits of blocks, and for more than there is room for candidates.
func TestBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := 2*blockLen - 6; n <= 2*blockLen+6; n++ {
		b := bytes.Repeat([]byte{'.'}, n)
		patterns := []Pattern{{Bytes: []byte("xyz01")}, {Bytes: []byte("pqrs")}, {Bytes: []byte("uv")}, {Bytes: []byte("=")}, {Bytes: []byte("klm")}}
		for i := range patterns {
			p := patterns[i].Bytes
			for _, at := range []int{blockLen - r.IntN(8), 2*blockLen - r.IntN(12), n - len(p)} {
				if at+len(p) <= n {
					copy(b[at:], p)
				}
			}
		}
		check(t, compile(t, patterns, nil), patterns, b)
	}
	b := bytes.Repeat([]byte("ab"), blockLen)
	patterns := []Pattern{{Bytes: []byte("abab")}, {Bytes: []byte("babab")}, {Bytes: []byte("a")}, {Bytes: []byte("ba")}, {Bytes: []byte("bab")}}
	check(t, compile(t, patterns, nil), patterns, b)
}

// TestDense has some 250 occurrences at each offset, out of order.
func TestDense(t *testing.T) {
	var patterns []Pattern
	for n := MaxLen; n >= 1; n-- {
		patterns = append(patterns, Pattern{Bytes: bytes.Repeat([]byte{'A'}, n), NoCase: n%3 == 0})
	}
	check(t, compile(t, patterns, nil), patterns, bytes.Repeat([]byte{'A'}, 600))
}

func TestCompileLimits(t *testing.T) {
	long := make([]byte, MaxLen+1)
	for name, c := range map[string]struct {
		patterns []Pattern
		o        *Options
	}{
		"empty pattern": {[]Pattern{{}}, nil},
		"long pattern":  {[]Pattern{{Bytes: long}}, nil},
		"many":          {make([]Pattern, MaxPatterns+1), nil},
		"small filter":  {nil, &Options{FilterBits: minFilterBits - 1}},
		"large filter":  {nil, &Options{FilterBits: maxFilterBits + 1}},
	} {
		if s, err := Compile(c.patterns, c.o); s != nil || !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

func TestEmptySet(t *testing.T) {
	s := compile(t, nil, nil)
	var seen Seen
	if s.Len() != 0 || s.MaxLen() != 0 || s.Find([]byte("abc"), nil) != nil || s.FindSet([]byte("abc"), &seen, nil) != nil {
		t.Error("an empty set found something")
	}
	if hits := s.NewStream().Find([]byte("abc"), nil); hits != nil {
		t.Error(hits)
	}
}

// TestAppends checks that what was in the slices stays there, and that only what is new is put in order.
func TestAppends(t *testing.T) {
	s := compile(t, []Pattern{{Bytes: []byte("b")}}, nil)
	old := []Hit{{9, 99}}
	if hits := s.Find([]byte("ab"), old); !slices.Equal(hits, []Hit{{9, 99}, {0, 2}}) {
		t.Error(hits)
	}
	var seen Seen
	if ids := s.FindSet([]byte("bb"), &seen, []uint32{7}); !slices.Equal(ids, []uint32{7, 0}) {
		t.Error(ids)
	}
}

func TestPatternsAreCopied(t *testing.T) {
	p := []byte("abcdef")
	s := compile(t, []Pattern{{Bytes: p}}, nil)
	clear(p)
	if hits := s.Find([]byte("abcdef"), nil); len(hits) != 1 {
		t.Error(hits)
	}
}

func TestFindMore(t *testing.T) {
	s := compile(t, []Pattern{{Bytes: []byte("one")}, {Bytes: []byte("three"), NoCase: true}, {Bytes: []byte("one")}}, nil)
	var seen Seen
	steps := []struct {
		text string
		want []uint32
	}{{"one one", []uint32{0, 2}}, {"one", nil}, {"THREE one", []uint32{1}}, {"three", nil}}
	for _, c := range steps {
		if ids := s.FindMore([]byte(c.text), &seen, nil); !slices.Equal(ids, c.want) {
			t.Errorf("%q: %v", c.text, ids)
		}
	}
	other := compile(t, slices.Repeat([]Pattern{{Bytes: []byte("one")}, {Bytes: []byte("two")}}, 100), nil)
	if ids := other.FindMore([]byte("two"), &seen, nil); len(ids) != 100 {
		t.Errorf("another set: %v", ids)
	}
	if ids := s.FindMore([]byte("one"), &seen, nil); len(ids) != 2 {
		t.Errorf("back again: %v", ids)
	}
	seen.Reset()
	if ids := s.FindMore([]byte("one"), &seen, nil); len(ids) != 2 {
		t.Errorf("after Reset: %v", ids)
	}
}

func TestAllocations(t *testing.T) {
	patterns, b := generated(500, 1<<14)
	patterns = append(patterns, Pattern{Bytes: []byte("e")}, Pattern{Bytes: []byte("GE"), NoCase: true}, Pattern{Bytes: []byte("htm")})
	s := compile(t, patterns, nil)
	hits, ids := s.Find(b, nil)[:0], make([]uint32, 0, len(patterns))
	st := s.NewStream()
	var seen, streamSeen Seen
	if len(s.Find(b, nil)) == 0 {
		t.Fatal("nothing to find")
	}
	for name, f := range map[string]func(){
		"Find":            func() { hits = s.Find(b, hits[:0]) },
		"FindSet":         func() { ids = s.FindSet(b, &seen, ids[:0]) },
		"Stream.Find":     func() { st.Reset(); hits = st.Find(b[:700], hits[:0]); hits = st.Find(b[700:], hits) },
		"Stream.FindMore": func() { streamSeen.Reset(); ids = st.FindMore(b, &streamSeen, ids[:0]) },
	} {
		f()
		if n := testing.AllocsPerRun(20, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestConcurrent(t *testing.T) {
	patterns, b := generated(300, 1<<13)
	s := compile(t, patterns, nil)
	want := s.Find(b, nil)
	errs := make(chan error)
	for range 4 {
		go func() {
			for range 10 {
				if !slices.Equal(s.Find(b, nil), want) {
					errs <- fmt.Errorf("another result")
					return
				}
			}
			errs <- nil
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

package match

import "slices"

// Seen is the scratch of [Set.FindSet]: which patterns were found. The zero value is ready, and grows to one bit for each pattern of
// the largest set and four bytes for each pattern found. One goroutine at a time uses it, for any sets in turn.
type Seen struct {
	set     *Set
	bits    []uint64
	touched []uint32
}

// Reset forgets what was found. It costs as much as there was found.
func (s *Seen) Reset() {
	if len(s.touched) < len(s.bits) {
		for _, r := range s.touched {
			s.bits[r>>6] = 0
		}
	} else {
		clear(s.bits)
	}
	s.touched = s.touched[:0]
}

// use makes room for the patterns of a set, and forgets those of another.
func (s *Seen) use(set *Set) {
	if s.set == set {
		return
	}
	s.Reset()
	s.set = set
	n := (len(set.recs) + 63) / 64
	s.bits = slices.Grow(s.bits[:0], n)[:n]
}

func (s *Seen) has(r uint32) bool { return s.bits[r>>6]>>(r&63)&1 != 0 }

func (s *Seen) add(r uint32) {
	s.bits[r>>6] |= 1 << (r & 63)
	s.touched = append(s.touched, r)
}

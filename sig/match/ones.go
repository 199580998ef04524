package match

// ones finds the patterns of one byte.
type ones struct {
	start []uint32 // recs[start[c]:start[c+1]] are the patterns that c is; nil without patterns
	recs  []uint32
}

// buildOnes makes the table.
func (s *Set) buildOnes() {
	var of [256][]uint32
	found := false
	for i := range s.recs[:len(s.recs)-1] {
		if r := &s.recs[i]; r.n == 1 {
			found = true
			for _, c := range bothCases(s.text[r.text], r.noCase) {
				of[c] = append(of[c], uint32(i))
			}
		}
	}
	if !found {
		return
	}
	t := &s.ones
	t.start = make([]uint32, 257)
	for c, recs := range of {
		t.recs = append(t.recs, recs...)
		t.start[c+1] = uint32(len(t.recs))
	}
}

// runOnes finds the patterns of one byte at the offsets of a block.
func (f *finder) runOnes(t *text, from, end int) {
	if f.s.ones.start == nil {
		return
	}
	start := (*[257]uint32)(f.s.ones.start)
	for i, c := range t.b[from:end] {
		if a, z := start[c], start[int(c)+1]; a != z {
			for _, r := range f.s.ones.recs[a:z] {
				f.verify(t, r, from+i)
			}
		}
	}
}

package match

// validate checks all that searching relies on in a set that was read, and finds its longest pattern.
func (s *Set) validate() error {
	last := len(s.recs) - 1
	for i, r := range s.recs[:last] {
		if r.n == 0 || uint64(r.text)+uint64(r.n) > uint64(len(s.text)) || r.ids >= s.recs[i+1].ids {
			return formatError("pattern")
		}
		s.maxLen = max(s.maxLen, int(r.n))
	}
	if s.recs[0].ids != 0 || s.recs[last].ids != uint32(len(s.ids)) || s.recs[last].n != 0 {
		return formatError("end of the patterns")
	}
	for _, id := range s.ids {
		if uint64(id) >= uint64(s.patterns) {
			return formatError("pattern index")
		}
	}
	return s.validateGrams()
}

func (s *Set) validateGrams() error {
	g, last := &s.grams, len(s.recs)-1
	if len(g.words) == 0 {
		return nil
	}
	if g.start[0] != 0 || g.start[len(g.words)] != uint32(len(g.entries)) {
		return formatError("entries of the filter")
	}
	for i := range g.words {
		if g.start[i] > g.start[i+1] {
			return formatError("entries of a word")
		}
	}
	for _, e := range g.entries {
		if uint64(e.rec) >= uint64(last) {
			return formatError("pattern of an entry")
		}
		if e.off >= s.recs[e.rec].n {
			return formatError("offset of an entry")
		}
	}
	return nil
}

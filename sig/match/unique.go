package match

// unique makes a set that has the different patterns, and their texts, but no tables to find them.
func unique(patterns []Pattern) *Set {
	size := 0
	for _, p := range patterns {
		size += len(p.Bytes)
	}
	s := &Set{text: make([]byte, 0, size), patterns: len(patterns)}
	of := make([]uint32, len(patterns)) // each pattern's rec
	type key struct {
		text   string
		noCase bool
	}
	known := make(map[key]uint32, len(patterns))
	var folded [MaxLen]byte
	for i, p := range patterns {
		b := p.Bytes
		if p.NoCase {
			b = appendLower(folded[:0], b)
		}
		noCase := p.NoCase && hasLetter(b)
		r, ok := known[key{string(b), noCase}]
		if !ok {
			r = uint32(len(s.recs))
			known[key{string(b), noCase}] = r
			s.recs = append(s.recs, rec{text: uint32(len(s.text)), n: uint8(len(b)), noCase: noCase})
			s.text = append(s.text, b...)
			s.maxLen = max(s.maxLen, len(b))
		}
		of[i] = r
		s.recs[r].ids++ // a count until all are known
	}
	at := uint32(0)
	for i := range s.recs {
		at, s.recs[i].ids = at+s.recs[i].ids, at
	}
	s.recs = append(s.recs, rec{text: uint32(len(s.text)), ids: at})
	s.ids = make([]uint32, at)
	next := make([]uint32, len(s.recs))
	for i, r := range of {
		s.ids[s.recs[r].ids+next[r]] = uint32(i)
		next[r]++
	}
	return s
}

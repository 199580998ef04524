package match

import "bytes"

// A finder is one search: what is looked for, and what was found. The buffer is handed on beside it, so that it may be on the stack.
type finder struct {
	s     *Set
	hits  []Hit
	ids   []uint32
	seen  *Seen // nil: every occurrence goes into hits; else each pattern once into ids
	skip  int   // occurrences that end here or before are left out,
	until int   // and those that begin here or behind
	base  int64 // added to the ends
}

// Find appends every occurrence of every pattern in b to hits, ordered by their ends and then by pattern index. b is borrowed, and hits
// is the caller's; nothing is allocated but for hits to grow.
func (s *Set) Find(b []byte, hits []Hit) []Hit {
	f := finder{s: s, until: len(b), hits: hits}
	f.run(b)
	order(f.hits[len(hits):])
	return f.hits
}

// run looks at the buffer block by block, so that hits come out nearly in order.
func (f *finder) run(b []byte) {
	for from := 0; from < len(b); from += blockLen {
		if len(f.s.grams.words) > 0 {
			f.runGrams(b, from)
		}
		if f.s.pairs.bits != nil {
			f.runPairs(b, from)
		}
		if f.s.ones.start != nil {
			f.runOnes(b, from)
		}
	}
}

// runGrams finds what has a gram in the block of b at from.
func (f *finder) runGrams(b []byte, from int) {
	var candidates [maxCandidates]uint16
	block := b[from:]
	end := min(blockLen, max((len(block)-gramLen+2)&^1, 0)) // behind the last even offset with four bytes
	for at := 0; at < end; {
		var n int
		n, at = filter(&f.s.grams, block, at, end, &candidates)
		f.try(b, from, candidates[:n])
	}
	if n := len(block); n < blockLen && n >= gramLen-1 && n&1 == 1 { // three bytes are left for a pattern of four that began before them
		f.try(b, len(b)-3, []uint16{0})
	}
}

// verify adds the pattern of a rec when it is at offset p, and not there already.
func (f *finder) verify(b []byte, ri uint32, p int) {
	s := f.s
	r := &s.recs[ri]
	end := p + int(r.n)
	if p < 0 || end > len(b) || end <= f.skip || p >= f.until || f.seen != nil && f.seen.has(ri) {
		return
	}
	if text := b[p:end]; r.noCase {
		if !equalFold(text, s.pattern(r)) {
			return
		}
	} else if !bytes.Equal(text, s.pattern(r)) {
		return
	}
	ids := s.ids[r.ids:s.recs[ri+1].ids]
	if f.seen != nil {
		f.seen.add(ri)
		f.ids = append(f.ids, ids...)
		return
	}
	for _, id := range ids {
		f.hits = append(f.hits, Hit{Pattern: id, End: f.base + int64(end)})
	}
}

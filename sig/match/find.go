package match

import "bytes"

// A finder is one search: what is looked for, and what was found.
type finder struct {
	s    *Set
	hits []Hit
	ids  []uint32
	seen *Seen // nil: every occurrence goes into hits; else each pattern once into ids
}

// A text is what is searched. It is handed on beside the finder, so that it may lie on the stack.
type text struct {
	b     []byte
	base  int64  // offset of b in its stream
	skip  int    // occurrences that end here or before are left out
	joint []byte // for a chunk: what was before it, and its start,
	n     int    // which is at this offset
}

// Find appends every occurrence of every pattern in b to hits, ordered by their ends and then by pattern index. b is borrowed, and hits
// is the caller's; nothing is allocated but for hits to grow.
func (s *Set) Find(b []byte, hits []Hit) []Hit {
	f := finder{s: s, hits: hits}
	f.run(&text{b: b}, 0, len(b))
	order(f.hits[len(hits):])
	return f.hits
}

// run looks at the offsets from from to limit, every second one for grams, block by block so that hits come out nearly in order.
func (f *finder) run(t *text, from, limit int) {
	for ; from < limit; from += blockLen {
		end := min(limit, from+blockLen)
		f.runGrams(t, from, end)
		f.runPairs(t, from, end)
		f.runOnes(t, from, end)
	}
}

// runGrams finds what has a gram at every second offset of a block.
func (f *finder) runGrams(t *text, from, end int) {
	if f.s.grams.words == nil {
		return
	}
	var candidates [maxCandidates]uint16
	block := t.b[from:]
	end -= from
	full := min(end, len(block)-gramLen+1) // behind the offsets with four bytes
	for at := 0; at < full; {
		var n int
		n, at = filter(&f.s.grams, block, at, full, &candidates)
		f.try(t, from, candidates[:n])
	}
	if at := len(block) - 3; at >= 0 && at < end && at&1 == 0 { // three bytes are left for a pattern of four that began before them
		f.try(t, from+at, []uint16{0})
	}
}

// verify adds the pattern of a rec when it is at offset p, and not there already. In a chunk p may be before the start.
func (f *finder) verify(t *text, ri uint32, p int) {
	s := f.s
	r := &s.recs[ri]
	end := p + int(r.n)
	if end > len(t.b) || end <= t.skip || p+t.n < 0 || f.seen != nil && f.seen.has(ri) {
		return
	}
	b, at := t.b, p
	if p < 0 {
		b, at = t.joint, p+t.n
	}
	if b = b[at : at+int(r.n)]; r.noCase {
		if !equalFold(b, s.pattern(r)) {
			return
		}
	} else if !bytes.Equal(b, s.pattern(r)) {
		return
	}
	ids := s.ids[r.ids:s.recs[ri+1].ids]
	if f.seen != nil {
		f.seen.add(ri)
		f.ids = append(f.ids, ids...)
		return
	}
	for _, id := range ids {
		f.hits = append(f.hits, Hit{Pattern: id, End: t.base + int64(end)})
	}
}

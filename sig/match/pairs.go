package match

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// pairs finds the patterns of two and three bytes: by two of their bytes, at every offset. Letters that match in either case are in the
// tables both ways, so that a pair is an exact one.
type pairs struct {
	bits    []uint32 // a bit for each pair, the first byte lowest; nil without patterns
	rank    []uint32 // how many bits are set before each word
	start   []uint32 // entries[start[r]:start[r+1]] are those of the pair that has r bits before it
	entries []pairEntry
}

const pairWords = 1 << 16 / 32

// A pairEntry is a place in a pattern that a pair leads to.
type pairEntry struct {
	rec uint32
	off uint8
}

// buildPairs makes the tables.
func (s *Set) buildPairs() {
	type keyed struct {
		key uint16
		pairEntry
	}
	var all []keyed
	for i := range s.recs[:len(s.recs)-1] {
		r := &s.recs[i]
		if r.n != 2 && r.n != 3 {
			continue
		}
		p := s.pattern(r)
		off := 0
		if r.n == 3 && pairBits(p[1], p[2]) > pairBits(p[0], p[1]) {
			off = 1
		}
		for _, a := range bothCases(p[off], r.noCase) {
			for _, b := range bothCases(p[off+1], r.noCase) {
				all = append(all, keyed{uint16(a) | uint16(b)<<8, pairEntry{uint32(i), uint8(off)}})
			}
		}
	}
	if len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return int(a.key) - int(b.key) })
	t := &s.pairs
	t.bits, t.rank = make([]uint32, pairWords), make([]uint32, pairWords)
	for i, k := range all {
		if i == 0 || k.key != all[i-1].key {
			t.start = append(t.start, uint32(i))
		}
		t.bits[k.key>>5] |= 1 << (k.key & 31)
		t.entries = append(t.entries, k.pairEntry)
	}
	t.start = append(t.start, uint32(len(all)))
	n := 0
	for i, w := range t.bits {
		t.rank[i] = uint32(n)
		n += bits.OnesCount32(w)
	}
}

// pairBits is how rare a pair is, in half bits.
func pairBits(a, b byte) uint8 { return pairTable[class(a)*classes+class(b)] }

// bothCases is c, or the two cases of a letter that matches in either.
func bothCases(c byte, noCase bool) []byte {
	if noCase && isLetter(c) {
		return []byte{c &^ 0x20, c | 0x20}
	}
	return []byte{c}
}

// runPairs finds what has a pair at an offset of a block.
func (f *finder) runPairs(t *text, from, end int) {
	if f.s.pairs.bits == nil {
		return
	}
	var candidates [maxCandidates]uint16
	block := t.b[from:]
	end = min(end-from, len(block)-1)
	p := &f.s.pairs
	for at := 0; at < end; {
		var n int
		n, at = filterPairs(p, block, at, end, &candidates)
		for _, c := range candidates[:n] {
			for _, e := range p.find(binary.LittleEndian.Uint16(block[c:])) {
				f.verify(t, e.rec, from+int(c)-int(e.off))
			}
		}
	}
}

// find is the entries of a pair whose bit is set.
func (p *pairs) find(pair uint16) []pairEntry {
	w := p.bits[pair>>5]
	r := p.rank[pair>>5] + uint32(bits.OnesCount32(w&(1<<(pair&31)-1)))
	return p.entries[p.start[r]:p.start[r+1]]
}

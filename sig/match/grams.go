package match

import (
	"math/bits"
	"slices"
)

// grams finds the patterns of four bytes and more.
//
// A gram is four bytes of a pattern. Only the even offsets of a buffer are looked at, so each pattern has two: one at an even offset of
// its own and one at an odd offset. A gram's first three bytes, folded and hashed, choose a word of the filter, and the low five bits of
// its fourth one, which folding does not touch, a bit of the word. A pattern of four bytes has only three at offset 1: it sets the whole
// word.
type grams struct {
	words   []uint32 // the filter; a power of two
	start   []uint32 // entries[start[h]:start[h+1]] are those of words[h]
	entries []entry
	shift   uint8  // 32 less the logarithm of len(words)
	reach   int    // the most bytes from the start of a gram to the end of its pattern
	fold    uint32 // the mask for fold32: 0x20 in each byte when any pattern is NoCase
}

// An entry is a place in a pattern that a gram leads to.
type entry struct {
	key  uint64 // the folded bytes of the window that belong to the pattern; the others are zero
	rec  uint32
	off  uint8 // offset of the gram in the pattern
	low  uint8 // bits of the window before the pattern: 0 to 16
	high uint8 // and behind it: 0 to 24
}

// mask covers the bytes of the window that belong to the pattern.
func (e *entry) mask() uint64 { return ^uint64(0) << (e.low & 63) & (^uint64(0) >> (e.high & 63)) }

const (
	gramLen       = 4
	maxReach      = 32 // grams are chosen at the end of a pattern, so that a stream looks back no further
	windowBefore  = 2  // a window is eight bytes: two before a gram, the gram, and two behind it
	minFilterBits = 4
	maxFilterBits = 17
	// gramHash takes the first three bytes of a gram and drops the fourth: its low eight bits are zero.
	gramHash = 0x9e3779b1 << 8 & 0xffffffff
)

// hash is the number of the filter's word for a gram that has its first byte lowest.
func (g *grams) hash(gram uint32) uint32 { return fold32(gram, g.fold) * gramHash >> (g.shift & 31) }

// A choice is one gram of one pattern while the tables are built.
type choice struct {
	word, rec uint32
	off       uint8
}

// filterBits is the size of the filter for a number of grams: of the bits, one in 32 to 64 is then set.
func filterBits(grams int) int {
	n := bits.Len(uint(grams))
	return min(max(n, min(n+3, 13)), maxFilterBits)
}

// buildGrams chooses the grams and lays out the tables.
func (s *Set) buildGrams(size int) {
	var order []uint32
	g := &s.grams
	for i, r := range s.recs[:len(s.recs)-1] {
		if r.n >= gramLen {
			order = append(order, uint32(i))
			if r.noCase {
				g.fold = spaces & 0xffffffff
			}
		}
	}
	if len(order) == 0 {
		return
	}
	if size == 0 {
		size = filterBits(2 * len(order))
	}
	g.shift = uint8(32 - size)
	g.words = make([]uint32, 1<<size)
	// The shortest have the least choice and go first.
	slices.SortStableFunc(order, func(a, b uint32) int { return int(s.recs[a].n) - int(s.recs[b].n) })
	s.layOut(s.chooseGrams(order))
}

// layOut sorts the choices by word into entries.
func (s *Set) layOut(choices []choice) {
	g := &s.grams
	g.start = make([]uint32, len(g.words)+1)
	for _, c := range choices {
		g.start[c.word+1]++
	}
	for i := range g.words {
		g.start[i+1] += g.start[i]
	}
	next := slices.Clone(g.start)
	g.entries = make([]entry, len(choices))
	for _, c := range choices {
		g.entries[next[c.word]] = g.entry(c, s.pattern(&s.recs[c.rec]))
		next[c.word]++
	}
}

// entry is the entry for a gram of p.
func (g *grams) entry(c choice, p []byte) entry {
	before := min(int(c.off), windowBefore)
	behind := min(len(p)-int(c.off), 8-windowBefore)
	e := entry{rec: c.rec, off: c.off, low: uint8(8 * (windowBefore - before)), high: uint8(8 * (8 - windowBefore - behind))}
	e.key = fold(window(p, int(c.off)), g.fold64()) & e.mask()
	return e
}

// setReach finds the reach when the entries are known.
func (s *Set) setReach() {
	for _, e := range s.grams.entries {
		s.grams.reach = max(s.grams.reach, int(s.recs[e.rec].n)-int(e.off))
	}
}

func (g *grams) fold64() uint64 { return uint64(g.fold)<<32 | uint64(g.fold) }

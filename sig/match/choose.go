package match

import (
	"encoding/binary"
	"math"
)

// A builder knows what was chosen so far.
type builder struct {
	grams   *grams
	weights *weights
	load    []float32 // entries of each word
	passing []float32 // the share of all offsets that leads there
	owner   []uint32  // the folded three bytes that were there first; others hash to the same word by chance
}

const (
	passCost   = 6               // what it costs when an offset passes, in entries tried
	leastShare = 1.0 / (1 << 21) // of any gram: noise
)

// chooseGrams picks two grams for each rec and fills the filter.
func (s *Set) chooseGrams(order []uint32) []choice {
	n := len(s.grams.words)
	b := builder{grams: &s.grams, weights: newWeights(), load: make([]float32, n), passing: make([]float32, n), owner: make([]uint32, n)}
	choices := make([]choice, 0, 2*len(order))
	for _, r := range order {
		p := s.pattern(&s.recs[r])
		for phase := range uint8(2) {
			c := choice{rec: r, off: phase}
			if int(phase)+gramLen <= len(p) {
				b.rarest(p, &c)
			} else {
				b.triple(p[phase:], &c)
			}
			choices = append(choices, c)
		}
	}
	return choices
}

// triple sets c to the last three bytes of a pattern of four, with any byte behind them.
func (b *builder) triple(p []byte, c *choice) {
	gram := uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16
	c.word = b.grams.hash(gram)
	b.add(c.word, gram, math.MaxUint32, b.weights.triple(p))
}

// add counts an entry in.
func (b *builder) add(word, gram, bits uint32, share float32) {
	if b.load[word] == 0 {
		b.owner[word] = b.three(gram)
	}
	b.grams.words[word] |= bits
	b.passing[word] += share
	b.load[word]++
}

// three is the folded first three bytes of a gram.
func (b *builder) three(gram uint32) uint32 { return fold32(gram, b.grams.fold) & 0xffffff }

// rarest sets c to the gram of p that costs least, among those at offsets of c's parity.
func (b *builder) rarest(p []byte, c *choice) {
	best, bestGram, bestShare := float32(math.MaxFloat32), uint32(0), float32(0)
	first := int(c.off) + max(len(p)-maxReach, 0)&^1
	for off := first; off+gramLen <= len(p); off += 2 {
		gram := binary.LittleEndian.Uint32(p[off:])
		h := b.grams.hash(gram)
		if cost, share := b.cost(gram, h); cost < best {
			best, bestGram, bestShare = cost, gram, share
			c.off, c.word = uint8(off), h
		}
	}
	b.add(c.word, bestGram, 1<<(bestGram>>24&31), bestShare)
}

// cost is how many more entries will be tried for each offset when a gram is added to word h, and by how much the share of what leads
// there grows. The conversions keep processors from fusing operations, so that the tables are the same everywhere.
func (b *builder) cost(gram, h uint32) (cost, share float32) {
	// Whatever gets there has one more entry to try. Long lists cost more than that, as shares are guesses.
	cost = float32(b.passing[h] * (1 + b.load[h]/16))
	known := b.grams.words[h]>>(gram>>24&31)&1 != 0
	if known && b.owner[h] == b.three(gram) {
		return cost, 0
	}
	share = max(b.weights.gram(gram), leastShare)
	if known {
		return cost + float32(share*(1+b.load[h])), share
	}
	return cost + float32(share*(passCost+b.load[h])), share
}

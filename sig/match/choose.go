package match

import (
	"encoding/binary"
	"math"
)

// A builder knows what was chosen so far: for each word how many entries it has, and the share of all offsets that pass there.
type builder struct {
	grams         *grams
	weights       *weights
	load, passing []float32
}

const (
	passCost   = 6               // what it costs when an offset passes, in entries tried
	leastShare = 1.0 / (1 << 21) // of any gram: noise
)

// chooseGrams picks two grams for each rec and fills the filter.
func (s *Set) chooseGrams(order []uint32) []choice {
	n := len(s.grams.words)
	b := builder{grams: &s.grams, weights: newWeights(), load: make([]float32, n), passing: make([]float32, n)}
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
	c.word = b.grams.hash(uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16)
	b.grams.words[c.word] = math.MaxUint32
	b.passing[c.word] = b.weights.triple(p)
	b.load[c.word]++
}

// rarest sets c to the gram of p that costs least, among those at offsets of c's parity, and counts it in. The conversions keep
// processors from fusing operations, so that the tables are the same everywhere.
func (b *builder) rarest(p []byte, c *choice) {
	best, bestShare := float32(math.MaxFloat32), float32(0)
	for off := int(c.off); off+gramLen <= len(p); off += 2 {
		gram := binary.LittleEndian.Uint32(p[off:])
		h := b.grams.hash(gram)
		bit := uint8(gram >> 24 & 31)
		// Whatever passes has one more entry to try. Long lists cost more than that, as shares are guesses.
		cost, share := float32(b.passing[h]*(1+b.load[h]/16)), float32(0)
		if b.grams.words[h]>>bit&1 == 0 {
			share = max(b.weights.gram(gram), leastShare)
			cost += float32(share * (passCost + b.load[h]))
		}
		if cost < best {
			best, bestShare = cost, share
			c.off, c.word, c.bit = uint8(off), h, bit
		}
	}
	b.grams.words[c.word] |= 1 << c.bit
	b.passing[c.word] += bestShare
	b.load[c.word]++
}

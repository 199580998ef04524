package match

import "math"

// weights guess how often a gram occurs in traffic, as a share of the offsets. They exist while a set is compiled.
type weights struct {
	first  [classes * classes]uint8 // half bits that the first two bytes of a gram are worth
	next   [classes * classes]uint8 // and each further byte, after the one before it
	share  [256]float32             // 2 ** (-half bits / 2)
	common [1 << 11]uint64          // hashed grams of commonText, and its triples
}

const (
	classes = 97
	// highBits is what it is worth, in half bits, which one of the bytes above 127 it is.
	highBits = 10
	// commonShare is the least share of a gram in commonText.
	commonShare = 1.0 / 2048
)

// class numbers the folded bytes below 128; those above are one class.
func class(b byte) int {
	switch {
	case b >= 0x80:
		return classes - 1
	case b >= 0x40:
		return int(b&0x1f | 0x40)
	}
	return int(b)
}

func newWeights() *weights {
	w := new(weights)
	for i := range w.share {
		w.share[i] = float32(math.Ldexp([]float64{1, 0.5 * math.Sqrt2}[i&1], -(i / 2)))
	}
	for a := range classes {
		sum := 0.0
		for b := range classes {
			sum += float64(w.share[pairTable[a*classes+b]-'#'])
		}
		own := int(math.Round(-2 * math.Log2(sum)))
		for b := range classes {
			i := a*classes + b
			bits := int(pairTable[i] - '#')
			high := 0
			if b == classes-1 {
				high = highBits
			}
			w.next[i] = uint8(max(bits-own, 0) + high)
			if a == classes-1 {
				high += highBits
			}
			w.first[i] = uint8(bits + high)
		}
	}
	for i := 0; i+gramLen <= len(commonText); i++ {
		w.addCommon(gramAt(commonText[i:]))
		w.addCommon(gramAt(commonText[i:]) << 8) // three bytes
	}
	return w
}

func gramAt(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func commonHash(gram uint32) uint32 {
	return fold32(gram, spaces&math.MaxUint32) * 0x9e3779b1 >> (32 - 17)
}

func (w *weights) addCommon(gram uint32) {
	h := commonHash(gram)
	w.common[h>>6] |= 1 << (h & 63)
}

// atLeast is a share, or least for a gram of commonText.
func (w *weights) atLeast(share float32, gram uint32, least float32) float32 {
	if h := commonHash(gram); w.common[h>>6]>>(h&63)&1 != 0 {
		return max(share, least)
	}
	return share
}

// gram is the share of the offsets at which a gram occurs.
func (w *weights) gram(gram uint32) float32 {
	a, b, c, d := class(byte(gram)), class(byte(gram>>8)), class(byte(gram>>16)), class(byte(gram>>24))
	bits := int(w.first[a*classes+b]) + int(w.next[b*classes+c]) + int(w.next[c*classes+d])
	return w.atLeast(w.share[min(bits, 255)], gram, commonShare)
}

// triple is the share of the offsets at which three bytes occur.
func (w *weights) triple(p []byte) float32 {
	a, b, c := class(p[0]), class(p[1]), class(p[2])
	share := w.share[min(int(w.first[a*classes+b])+int(w.next[b*classes+c]), 255)]
	return w.atLeast(share, uint32(p[0])<<8|uint32(p[1])<<16|uint32(p[2])<<24, 4*commonShare)
}

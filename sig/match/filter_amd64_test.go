//go:build !noasm

package match

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFilterAVX2 compares the candidates of both filters, for filters from nearly empty to full, at every length and start.
func TestFilterAVX2(t *testing.T) {
	if !useAVX2 {
		t.Skip("no AVX2")
	}
	r := rand.New(rand.NewPCG(13, 14))
	for _, fold := range []uint32{0, spaces & 0xffffffff} {
		for _, size := range []int{minFilterBits, 9} {
			for _, one := range []uint32{1, 2, 40, 0xffffffff} {
				g := grams{words: make([]uint32, 1<<size), shift: uint8(32 - size), fold: fold}
				for i := range g.words {
					for bit := range 32 {
						if r.Uint32() <= 0xffffffff/one {
							g.words[i] |= 1 << bit
						}
					}
				}
				b := alphabets()[len(alphabets())-1].bytes(r, 700)
				for n := range 100 {
					sameFilter(t, &g, b[:n])
				}
				sameFilter(t, &g, b)
			}
		}
	}
}

// TestFilterPairsAVX2 does the same with pairs.
func TestFilterPairsAVX2(t *testing.T) {
	if !useAVX2 {
		t.Skip("no AVX2")
	}
	r := rand.New(rand.NewPCG(15, 16))
	for _, one := range []uint32{1, 2, 40, 5000} {
		p := pairs{bits: make([]uint32, pairWords)}
		for i := range p.bits {
			for bit := range 32 {
				if r.Uint32() <= 0xffffffff/one {
					p.bits[i] |= 1 << bit
				}
			}
		}
		b := alphabets()[len(alphabets())-1].bytes(r, 700)
		for n := range 100 {
			samePairs(t, &p, b[:n])
		}
		samePairs(t, &p, b)
	}
}

func samePairs(t *testing.T, p *pairs, b []byte) {
	t.Helper()
	var found [2][]uint16
	for i, filter := range []func(*pairs, []byte, int, int, *[maxCandidates]uint16) (int, int){filterPairs, filterPairsGo} {
		var out [maxCandidates]uint16
		for at := 0; at < len(b)-1; {
			n, next := filter(p, b, at, len(b)-1, &out)
			if next <= at || next > len(b)-1 {
				t.Fatalf("%d bytes: from %d to %d", len(b), at, next)
			}
			found[i] = append(found[i], out[:n]...)
			at = next
		}
	}
	if !slices.Equal(found[0], found[1]) {
		t.Fatalf("%d bytes: AVX2 passes %v, Go %v", len(b), found[0], found[1])
	}
}

func sameFilter(t *testing.T, g *grams, b []byte) {
	t.Helper()
	all := func(filter func(*grams, []byte, int, int, *[maxCandidates]uint16) (int, int)) []uint16 {
		var found []uint16
		var out [maxCandidates]uint16
		end := max((len(b)-gramLen+2)&^1, 0)
		for at := 0; at < end; {
			n, next := filter(g, b, at, end, &out)
			if next <= at || next > end {
				t.Fatalf("%d bytes: from %d to %d", len(b), at, next)
			}
			found = append(found, out[:n]...)
			at = next
		}
		return found
	}
	if x, y := all(filter), all(filterGo); !slices.Equal(x, y) {
		t.Fatalf("%d bytes: AVX2 passes %v, Go %v", len(b), x, y)
	}
}

package match

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
)

// BenchmarkDesigns measures what the filter was chosen from, in plain Go: how fast offsets are looked at, and which share of the bytes
// would have to be looked at further. The README has the figures.
func BenchmarkDesigns(b *testing.B) {
	patterns, text := generated(20000, 1<<22)
	if os.Getenv("WIRELORE_MATCH_PATTERNS") != "" {
		patterns, text = external(b)
	}
	var long []Pattern // what a step of four bytes can find
	for _, p := range patterns {
		if len(p.Bytes) >= 7 {
			long = append(long, p)
		}
	}
	for _, n := range []int{10, 100, len(long)} {
		for _, step := range []int{1, 2, 4} {
			words := designWords(long[:n], step, 16)
			b.Run(fmt.Sprintf("patterns=%d/step=%d", n, step), func(b *testing.B) {
				designRun(b, text, func() int { return designScan(words, 16, text, step) })
			})
		}
		b.Run(fmt.Sprintf("patterns=%d/hash", n), func(b *testing.B) {
			table := designHash(long[:n])
			designRun(b, text, func() int { return designHashScan(table, text) })
		})
		b.Run(fmt.Sprintf("patterns=%d/nibbles", n), func(b *testing.B) {
			table := designNibbles(long[:n])
			designRun(b, text, func() int { return table.scan(text) })
		})
	}
}

func designRun(b *testing.B, text []byte, scan func() int) {
	n := 0
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		n = scan()
	}
	b.ReportMetric(100*float64(n)/float64(len(text)), "%pass")
}

// designWords is the filter as it is, for any step: a gram for each remainder of its offset in the pattern.
func designWords(patterns []Pattern, step, size int) []uint32 {
	w := newWeights()
	words := make([]uint32, 1<<size)
	for _, p := range patterns {
		for phase := range step {
			best, share := uint32(0), float32(2)
			for off := phase; off+gramLen <= len(p.Bytes); off += step {
				gram := binary.LittleEndian.Uint32(p.Bytes[off:])
				if s := w.gram(gram); s < share {
					best, share = gram, s
				}
			}
			words[fold32(best, spaces&0xffffffff)*gramHash>>(32-size)] |= 1 << (best >> 24 & 31)
		}
	}
	return words
}

func designScan(words []uint32, size int, text []byte, step int) (n int) {
	shift := 32 - uint(size)&31
	for i := 0; i+gramLen <= len(text); i += step {
		x := binary.LittleEndian.Uint32(text[i:])
		n += int(words[fold32(x, spaces&0xffffffff)*gramHash>>shift] >> (x >> 24 & 31) & 1)
	}
	return n
}

// designHash is a bitmap of hashes of each pattern's rarest gram, which has to be looked for at every offset.
func designHash(patterns []Pattern) []uint64 {
	w := newWeights()
	table := make([]uint64, 1<<15)
	for _, p := range patterns {
		best, share := uint32(0), float32(2)
		for off := 0; off+gramLen <= len(p.Bytes); off++ {
			gram := binary.LittleEndian.Uint32(p.Bytes[off:])
			if s := w.gram(gram); s < share {
				best, share = gram, s
			}
		}
		h := fold32(best, spaces&0xffffffff) * 0x9e3779b1 >> 11
		table[h>>6] |= 1 << (h & 63)
	}
	return table
}

func designHashScan(table []uint64, text []byte) (n int) {
	for i := 0; i+gramLen <= len(text); i++ {
		h := fold32(binary.LittleEndian.Uint32(text[i:]), spaces&0xffffffff) * 0x9e3779b1 >> 11
		n += int(table[h>>6] >> (h & 63) & 1)
	}
	return n
}

// nibbles is what vector units do with shuffles: eight buckets, and for each of three bytes a table of buckets for either half of it.
// Its speed here says nothing; the share that passes does.
type nibbles [3][2][16]uint8

func designNibbles(patterns []Pattern) *nibbles {
	w := newWeights()
	t := new(nibbles)
	for i, p := range patterns {
		best, share := 0, float32(2)
		for off := 0; off+gramLen <= len(p.Bytes); off++ {
			if s := w.gram(binary.LittleEndian.Uint32(p.Bytes[off:])); s < share {
				best, share = off, s
			}
		}
		for k := range t {
			c := p.Bytes[best+k]
			for _, c := range bothCases(c, p.NoCase) {
				t[k][0][c&15] |= 1 << (i & 7)
				t[k][1][c>>4] |= 1 << (i & 7)
			}
		}
	}
	return t
}

func (t *nibbles) scan(text []byte) (n int) {
	for i := 0; i+3 <= len(text); i++ {
		a, b, c := text[i], text[i+1], text[i+2]
		if t[0][0][a&15]&t[0][1][a>>4]&t[1][0][b&15]&t[1][1][b>>4]&t[2][0][c&15]&t[2][1][c>>4] != 0 {
			n++
		}
	}
	return n
}

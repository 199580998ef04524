//go:build !noasm

package match

// useAVX2 never changes.
var useAVX2 = hasAVX2()

// filter is filterGo, for most of the offsets with AVX2 when the processor has it.
func filter(g *grams, b []byte, from, end int, out *[maxCandidates]uint16) (n, next int) {
	if useAVX2 && end-from >= 32 {
		// Even offsets below end have four bytes behind them, so that 34 bytes can be read where 32 are left.
		if n, next = filterAVX2(&g.words[0], uint32(g.shift), g.fold, &b[0], from, end, out); n > 0 || next == end {
			return n, next
		}
		from = next
	}
	return filterGo(g, b, from, end, out)
}

// filterAVX2 is filterGo with less checks: it looks at 32 bytes at a time, as long as there are that many and room for 16 candidates.
//
//go:noescape
func filterAVX2(words *uint32, shift, fold uint32, b *byte, from, end int, out *[maxCandidates]uint16) (n, next int)

// filterPairs is filterPairsGo, for most of the offsets with AVX2 when the processor has it.
func filterPairs(t *pairs, b []byte, from, end int, out *[maxCandidates]uint16) (n, next int) {
	// 35 bytes are read at a time.
	if last := min(end, len(b)-3); useAVX2 && last-from >= 32 {
		if n, next = filterPairsAVX2(&t.bits[0], &b[0], from, last, out); n > 0 || next == end {
			return n, next
		}
		from = next
	}
	return filterPairsGo(t, b, from, end, out)
}

// filterPairsAVX2 is filterPairsGo with less checks: it looks at 32 offsets at a time, as long as there are that many and room for as
// many candidates.
//
//go:noescape
func filterPairsAVX2(bits *uint32, b *byte, from, end int, out *[maxCandidates]uint16) (n, next int)

func cpuid(leaf, sub uint32) (a, b, c, d uint32)

func xgetbv() uint32

// hasAVX2 asks the processor for AVX2, and whether the system keeps the registers.
func hasAVX2() bool {
	const osxsave, avx, avx2, state = 1 << 27, 1 << 28, 1 << 5, 6
	if most, _, _, _ := cpuid(0, 0); most < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || c&avx == 0 || xgetbv()&state != state {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

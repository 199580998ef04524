package match

import "encoding/binary"

const (
	// maxCandidates is the room for the offsets that pass the filter. It is on the stack, and cleared in every call.
	maxCandidates = 128
	// blockLen is how much of a buffer one tier after the other looks at. Candidates are offsets into a block.
	blockLen = 4096
)

// filterGo puts the even offsets of b below end at which the filter's bit is set into out, and returns their number and the
// offset to go on from: end, unless there was no more room. Each of the offsets has four bytes behind it. from and end are even.
func filterGo(g *grams, b []byte, from, end int, out *[maxCandidates]uint16) (n, next int) {
	words, mask, shift := g.words, g.fold64(), g.shift&31
	i := from
	for ; i+8 <= end && i+10 <= len(b) && n <= maxCandidates-4; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		y := binary.LittleEndian.Uint16(b[i+8:])
		f := fold(x, mask)
		h0 := uint32(f) * gramHash >> shift
		h1 := uint32(f>>16) * gramHash >> shift
		h2 := uint32(f>>32) * gramHash >> shift
		h3 := (uint32(f>>48) | fold32(uint32(y), uint32(mask))<<16) * gramHash >> shift
		out[n&(maxCandidates-1)] = uint16(i)
		n += int(words[h0] >> (x >> 24 & 31) & 1)
		out[n&(maxCandidates-1)] = uint16(i + 2)
		n += int(words[h1] >> (x >> 40 & 31) & 1)
		out[n&(maxCandidates-1)] = uint16(i + 4)
		n += int(words[h2] >> (x >> 56 & 31) & 1)
		out[n&(maxCandidates-1)] = uint16(i + 6)
		n += int(words[h3] >> (y >> 8 & 31) & 1)
	}
	for ; i < end && n < maxCandidates; i += 2 {
		x := binary.LittleEndian.Uint32(b[i:])
		out[n] = uint16(i)
		n += int(words[g.hash(x)] >> (x >> 24 & 31) & 1)
	}
	return n, i
}

// filterPairsGo puts the offsets of b below end, each with two bytes behind it, at which a pair begins into out, and returns their number
// and the offset to go on from.
func filterPairsGo(t *pairs, b []byte, from, end int, out *[maxCandidates]uint16) (n, next int) {
	table := (*[pairWords]uint32)(t.bits)
	i := from
	for ; i+4 <= end && i+5 <= len(b) && n <= maxCandidates-4; i += 4 {
		x := binary.LittleEndian.Uint32(b[i:])
		k0, k1, k2, k3 := uint16(x), uint16(x>>8), uint16(x>>16), uint16(x>>24)|uint16(b[i+4])<<8
		out[n&(maxCandidates-1)] = uint16(i)
		n += int(table[k0>>5] >> (k0 & 31) & 1)
		out[n&(maxCandidates-1)] = uint16(i + 1)
		n += int(table[k1>>5] >> (k1 & 31) & 1)
		out[n&(maxCandidates-1)] = uint16(i + 2)
		n += int(table[k2>>5] >> (k2 & 31) & 1)
		out[n&(maxCandidates-1)] = uint16(i + 3)
		n += int(table[k3>>5] >> (k3 & 31) & 1)
	}
	for ; i < end && n < maxCandidates; i++ {
		k := binary.LittleEndian.Uint16(b[i:])
		out[n] = uint16(i)
		n += int(table[k>>5] >> (k & 31) & 1)
	}
	return n, i
}

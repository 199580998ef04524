package match

import (
	"encoding/binary"
	"slices"
)

// spaces has the bit set in every byte that tells upper from lower case.
const spaces = 0x2020202020202020

// fold makes the two cases of each letter in x the same when mask is spaces: a byte that has bit 6 gets bit 5. That maps a few signs to
// others as well, so that equal folded bytes need not be equal. With mask 0 it does nothing.
func fold(x, mask uint64) uint64 { return x | x>>1&mask }

func fold32(x, mask uint32) uint32 { return x | x>>1&mask }

// isLetter reports an ASCII letter.
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// hasLetter reports whether b holds an ASCII letter.
func hasLetter(b []byte) bool {
	return slices.ContainsFunc(b, isLetter)
}

// lower folds an ASCII letter.
func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// appendLower appends b with its ASCII letters in lower case.
func appendLower(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, lower(c))
	}
	return dst
}

// letters has 0x20 in each byte of x, which holds lower-case text, that is a letter. The sums cannot carry into the next byte: their
// operands are below 128.
func letters(x uint64) uint64 {
	low := x & 0x7f7f7f7f7f7f7f7f
	fromA := low + 0x1f1f1f1f1f1f1f1f // bit 7: at least 'a'
	pastZ := low + 0x0505050505050505 // bit 7: above 'z'
	return fromA &^ pastZ &^ x & 0x8080808080808080 >> 2
}

// equalFold reports whether text equals p, which is in lower case, when the letters of text are folded. Their lengths are the same.
func equalFold(text, p []byte) bool {
	if len(text) != len(p) {
		return false
	}
	for len(p) >= 8 && len(text) >= 8 {
		x, y := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(p)
		if d := x ^ y; d != 0 && d&^letters(y) != 0 {
			return false
		}
		text, p = text[8:], p[8:]
	}
	for i, c := range p {
		if lower(text[i]) != c {
			return false
		}
	}
	return true
}

// window is the eight bytes of b from two before at, the first in the lowest byte. Bytes outside b are zero. at is in b.
func window(b []byte, at int) uint64 {
	from := at - windowBefore
	if from >= 0 && from+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[from:])
	}
	var x uint64
	for i := max(from, 0); i < min(from+8, len(b)); i++ {
		x |= uint64(b[i]) << (8 * uint(i-from))
	}
	return x
}

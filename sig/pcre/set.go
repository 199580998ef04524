package pcre

import "math/bits"

// byteSet is a set of byte values, one bit for each.
type byteSet [4]uint64

func (s *byteSet) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *byteSet) has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

func (s *byteSet) addRange(lo, hi byte) {
	for c := int(lo); c <= int(hi); c++ {
		s.add(byte(c))
	}
}

func (s *byteSet) addSet(o *byteSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s *byteSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// fold adds the other case of every ASCII letter in the set.
func (s *byteSet) fold() {
	for c := byte('a'); c <= 'z'; c++ {
		if s.has(c) || s.has(c-0x20) {
			s.add(c)
			s.add(c - 0x20)
		}
	}
}

func (s *byteSet) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s *byteSet) overlaps(o *byteSet) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

// min returns the smallest member of a set that is not empty.
func (s *byteSet) min() byte {
	for i, w := range s {
		if w != 0 {
			return byte(i<<6 + bits.TrailingZeros64(w))
		}
	}
	return 0
}

func fullSet() byteSet { return byteSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)} }

func notNewline() byteSet {
	s := fullSet()
	s[0] &^= 1 << '\n'
	return s
}

// setOf returns the set of a single byte, with its other case if fold is set.
func setOf(c byte, fold bool) (s byteSet) {
	s.add(c)
	if fold {
		s.fold()
	}
	return s
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 0x20
	}
	return c
}

// hexDigit returns the value of a hexadecimal digit, or -1.
func hexDigit(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// classEscape returns the set that \d, \s, \w, \h, \v and their negations stand for.
func classEscape(c byte) (s byteSet, ok bool) {
	switch c | 0x20 {
	case 'd':
		s.addRange('0', '9')
	case 's':
		s.addRange('\t', '\r')
		s.add(' ')
	case 'w':
		s = wordSet()
	case 'h':
		s.add('\t')
		s.add(' ')
		s.add(0xa0)
	case 'v':
		s.addRange('\n', '\r')
		s.add(0x85)
	default:
		return s, false
	}
	if c < 'a' {
		s.invert()
	}
	return s, true
}

func wordSet() (s byteSet) {
	s.addRange('0', '9')
	s.addRange('A', 'Z')
	s.addRange('a', 'z')
	s.add('_')
	return s
}

// posixRanges lists the classes of the C locale as pairs of bounds.
func posixRanges(name string) string {
	switch name {
	case "alpha":
		return "AZaz"
	case "lower":
		return "az"
	case "upper":
		return "AZ"
	case "alnum":
		return "09AZaz"
	case "ascii":
		return "\x00\x7f"
	case "blank":
		return "\t\t  "
	case "cntrl":
		return "\x00\x1f\x7f\x7f"
	case "digit":
		return "09"
	case "graph":
		return "!~"
	case "print":
		return " ~"
	case "punct":
		return "!/:@[`{~"
	case "space":
		return "\t\r  "
	case "word":
		return "09AZaz__"
	case "xdigit":
		return "09AFaf"
	}
	return ""
}

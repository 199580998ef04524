package pcre

import "bytes"

const maxLiteral = 64 // bytes of a required literal that are looked for

// literal is a text that every match goes over, between min and max bytes after the start of the match.
type literal struct {
	text     []byte // in lower case if fold is set
	fold     bool
	rare     int // place of its rarest byte
	min, max int32
}

// literalFinder goes through a tree in order and keeps the best run of bytes that no match can do without.
type literalFinder struct {
	best, run literal
	min, max  int32 // where the next node starts, from the start of the match
	letters   bool  // the run has letters
}

func findLiteral(root *node) literal {
	f := &literalFinder{}
	f.node(root)
	f.flush()
	if root.has(nAccept) {
		return literal{}
	}
	for i, c := range f.best.text {
		if rarity(c) > rarity(f.best.text[f.best.rare]) {
			f.best.rare = i
		}
	}
	return f.best
}

func (f *literalFinder) node(n *node) {
	switch n.kind {
	case nByte:
		f.add(n.c, n.fold)
	case nSet:
		if c := n.set.min(); n.set.count() == 2 && 'A' <= c && c <= 'Z' && n.set.has(c+0x20) {
			f.add(c, true)
			return
		}
		f.pass(n)
	case nCat, nGroup, nAtomic:
		for _, s := range n.subs {
			f.node(s)
		}
	case nRepeat:
		f.repeat(n)
	case nEmpty, nAssert, nLook, nKeep, nVerb, nFail:
	default:
		f.pass(n)
	}
}

// repeat takes the first repetition, or all of them if they are few and their number is fixed.
func (f *literalFinder) repeat(n *node) {
	if n.min == 0 {
		f.pass(n)
		return
	}
	s := n.subs[0]
	copies := int32(1)
	if n.min == n.max && n.min <= 8 && s.size < maxLiteral {
		copies = n.min
	}
	for range copies {
		f.node(s)
	}
	if copies == n.max {
		return
	}
	f.flush()
	f.min = addLen(f.min, times(s.minLen, n.min-copies, noLimit))
	if n.max < 0 {
		f.max = noLimit
	} else {
		f.max = addLen(f.max, times(s.maxLen, n.max-copies, noLimit))
	}
}

// pass goes over something whose bytes are not known.
func (f *literalFinder) pass(n *node) {
	f.flush()
	f.min, f.max = addLen(f.min, n.minLen), addLen(f.max, n.maxLen)
}

func (f *literalFinder) add(c byte, fold bool) {
	if len(f.run.text) >= maxLiteral || isLetter(c) && f.letters && f.run.fold != fold {
		f.flush()
	}
	if len(f.run.text) == 0 {
		f.run.min, f.run.max = f.min, f.max
	}
	if isLetter(c) {
		f.letters, f.run.fold = true, fold
		if fold {
			c = lower(c)
		}
	}
	f.run.text = append(f.run.text, c)
	f.min, f.max = addLen(f.min, 1), addLen(f.max, 1)
}

func (f *literalFinder) flush() {
	if f.run.score() > f.best.score() {
		f.best, f.run = f.run, literal{}
	}
	f.run = literal{text: f.run.text[:0]}
	f.letters = false
}

// score tells how much a literal is worth: long, rare, and at a known place.
func (l *literal) score() int {
	if len(l.text) == 0 {
		return 0
	}
	best := 0
	for _, c := range l.text {
		best = max(best, rarity(c))
	}
	s := 4*min(len(l.text), 16) + best
	if l.max < 256 {
		s += 6
	}
	return s
}

// rarity is a rough measure of how seldom a byte is in traffic.
func rarity(c byte) int {
	switch {
	case c == 0 || c == ' ' || c == 'e' || c == 't' || c == 'a' || c == 'o':
		return 0
	case 'a' <= c && c <= 'z':
		if bytes.IndexByte([]byte("jkqvwxyz"), c) >= 0 {
			return 3
		}
		return 1
	case isDigit(c) || c == '\r' || c == '\n' || c == '.' || c == '/' || c == '=' || c == '-' || c == 0xff:
		return 2
	case 'A' <= c && c <= 'Z':
		return 4
	}
	return 5
}

// index returns the first place of the literal in b at or after i, or -1.
func (l *literal) index(b []byte, i int) int {
	if i > len(b) {
		return -1
	}
	if !l.fold {
		if at := bytes.Index(b[i:], l.text); at >= 0 {
			return i + at
		}
		return -1
	}
	lo, up := -1, -1
	c := l.text[l.rare]
	for {
		if lo < i+l.rare {
			lo = indexByte(b, i+l.rare, c)
		}
		if up < i+l.rare {
			up = len(b)
			if isLetter(c) {
				up = indexByte(b, i+l.rare, c-0x20)
			}
		}
		i = min(lo, up) - l.rare
		if i+len(l.text) > len(b) {
			return -1
		}
		if l.equal(b[i : i+len(l.text)]) {
			return i
		}
		i++
	}
}

func (l *literal) equal(b []byte) bool {
	for i, c := range l.text {
		if lower(b[i]) != c {
			return false
		}
	}
	return true
}

// indexByte returns the first place of c in b at or after i, or the length of b.
func indexByte(b []byte, i int, c byte) int {
	if i < len(b) {
		if at := bytes.IndexByte(b[i:], c); at >= 0 {
			return i + at
		}
	}
	return len(b)
}

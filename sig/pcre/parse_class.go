package pcre

import "strings"

// class parses a bracketed class; p.i stands behind the bracket at offset at.
func (p *parser) class(at int) *node {
	if strings.HasPrefix(p.src[at:], "[[:<:]]") || strings.HasPrefix(p.src[at:], "[[:>:]]") {
		return p.unsupported(at, "[[:<:]]")
	}
	if p.posixOutside(at) {
		return p.fail(at, "POSIX named classes are supported only within a class")
	}
	var s byteSet
	negate := p.classCaret()
	for first := true; ; first = false {
		p.classSkip()
		if !p.more() {
			return p.fail(at, "missing terminating ] for character class")
		}
		if p.peek() == ']' && !first && !p.quote {
			p.i++
			break
		}
		p.classItem(&s)
	}
	if p.flags.caseless {
		s.fold()
	}
	if negate {
		s.invert()
	}
	return p.setNode(at, s)
}

func (p *parser) classCaret() bool {
	p.classSkip()
	return !p.quote && p.accept("^")
}

// classSkip passes over \Q and \E, and blanks in (?xx) mode.
func (p *parser) classSkip() {
	for p.more() {
		switch {
		case p.accept(`\E`):
			p.quote = false
		case !p.quote && p.accept(`\Q`):
			p.quote = true
		case !p.quote && p.flags.moreExtended && (p.peek() == ' ' || p.peek() == '\t'):
			p.i++
		default:
			return
		}
	}
}

// classItem parses a byte, a range, an escape or a POSIX class into s.
func (p *parser) classItem(s *byteSet) {
	lo, isSet := p.classAtom(s)
	p.classSkip()
	if p.quote || !p.more() || p.peek() != '-' {
		if !isSet {
			s.add(lo)
		}
		return
	}
	dash := p.i
	p.i++
	p.classSkip()
	if !p.more() || p.peek() == ']' && !p.quote { // the hyphen is literal: it is the last
		p.i = dash
		if !isSet {
			s.add(lo)
		}
		p.i++
		s.add('-')
		p.classSkip()
		return
	}
	if isSet {
		p.fail(dash, "invalid range in character class")
		return
	}
	hiAt := p.i
	hi, hiSet := p.classAtom(s)
	switch {
	case hiSet:
		p.fail(hiAt, "invalid range in character class")
	case hi < lo:
		p.fail(hiAt, "range out of order in character class")
	default:
		s.addRange(lo, hi)
	}
}

// classAtom parses one member; isSet says that it was a class of its own, already added.
func (p *parser) classAtom(s *byteSet) (c byte, isSet bool) {
	at := p.i
	c = p.peek()
	if !p.quote && c == '[' && p.isPosix() {
		p.posix(s)
		return 0, true
	}
	p.i++
	if p.quote || c != '\\' {
		return c, false
	}
	if !p.more() {
		p.fail(at, `\ at end of expression`)
		return 0, false
	}
	c = p.peek()
	if set, ok := classEscape(c); ok {
		p.i++
		s.addSet(&set)
		return 0, true
	}
	switch c {
	case 'b':
		p.i++
		return 8, false
	case 'B', 'R', 'X', 'N':
		p.fail(at, "escape sequence is invalid in a character class")
		return 0, false
	case '8', '9':
		p.i++
		return c, false
	}
	return p.char(at), false
}

// isPosix reports whether [: :], [. .] or [= =] starts here.
func (p *parser) isPosix() bool {
	if p.i+1 >= len(p.src) {
		return false
	}
	kind := p.src[p.i+1]
	if kind != ':' && kind != '.' && kind != '=' {
		return false
	}
	for i := p.i + 2; i+1 < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == kind && p.src[i+1] == ']':
			return true
		case c == '\\' && (p.src[i+1] == ']' || p.src[i+1] == '\\'):
			i++
		case c == '[' && p.src[i+1] == kind || c == ']':
			return false
		}
	}
	return false
}

func (p *parser) posixOutside(at int) bool {
	here := p.i
	p.i = at
	defer func() { p.i = here }()
	return p.isPosix()
}

// posix parses [:name:] or [:^name:] into s.
func (p *parser) posix(s *byteSet) {
	at := p.i
	if p.src[p.i+1] != ':' {
		p.fail(at, "POSIX collating elements are not supported")
		return
	}
	p.i += 2
	negate := p.accept("^")
	end := strings.Index(p.src[p.i:], ":]")
	name := p.src[p.i : p.i+end]
	p.i += end + 2
	r := posixRanges(name)
	if r == "" {
		p.fail(at, "unknown POSIX class name")
		return
	}
	if p.flags.caseless && (name == "upper" || name == "lower") {
		r = posixRanges("alpha")
	}
	var set byteSet
	for ; r != ""; r = r[2:] {
		set.addRange(r[0], r[1])
	}
	if negate {
		set.invert()
	}
	s.addSet(&set)
}

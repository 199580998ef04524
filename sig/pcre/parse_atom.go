package pcre

// quantifier parses *, +, ?, {n}, {n,} or {n,m} with what follows it, if one is next.
func (p *parser) quantifier() (*node, bool) {
	if p.quote {
		return nil, false
	}
	r := &node{kind: nRepeat, pos: int32(p.i)}
	switch p.peek() {
	case '*':
		r.min, r.max = 0, -1
		p.i++
	case '+':
		r.min, r.max = 1, -1
		p.i++
	case '?':
		r.min, r.max = 0, 1
		p.i++
	case '{':
		if !p.counts(r) {
			return nil, false
		}
	default:
		return nil, false
	}
	p.skip()
	switch {
	case p.quote:
	case p.accept("+"):
		r.greed = possessive
	case p.accept("?"):
		r.greed = lazy
	}
	if p.flags.ungreedy && r.greed != possessive {
		r.greed ^= lazy
	}
	return r, true
}

// counts parses the braces of a quantifier; what does not look like one is literal text.
func (p *parser) counts(r *node) bool {
	i := p.i + 1
	number := func() (int32, bool) {
		start, n := i, 0
		for i < len(p.src) && isDigit(p.src[i]) {
			n = min(n*10+int(p.src[i]-'0'), maxCount+1)
			i++
		}
		return int32(n), i > start
	}
	lo, ok := number()
	if !ok {
		return false
	}
	hi := lo
	if i < len(p.src) && p.src[i] == ',' {
		i++
		if hi, ok = number(); !ok {
			hi = -1
		}
	}
	if i >= len(p.src) || p.src[i] != '}' {
		return false
	}
	switch {
	case lo > maxCount || hi > maxCount:
		p.fail(p.i, "number too big in {} quantifier")
		return true
	case hi >= 0 && lo > hi:
		p.fail(p.i, "numbers out of order in {} quantifier")
		return true
	}
	p.i = i + 1
	r.min, r.max = lo, hi
	return true
}

// atom parses one item; nil is an item that matches nothing at all, such as (?i).
func (p *parser) atom() *node {
	at := p.i
	c := p.peek()
	p.i++
	n := &node{pos: int32(at)}
	switch {
	case p.quote:
		return p.literal(n, c)
	case c == '(':
		return p.group(at)
	case c == '[':
		return p.class(at)
	case c == '\\':
		return p.escape(at)
	case c == '.':
		s := notNewline()
		if p.flags.dotAll {
			s = fullSet()
		}
		n.kind, n.set = nSet, &s
	case c == '^':
		n.kind, n.c = nAssert, byte(opStart)
		if p.flags.multiline {
			n.c = byte(opLineStart)
		}
	case c == '$':
		n.kind, n.c = nAssert, byte(opEndNL)
		switch {
		case p.flags.multiline:
			n.c = byte(opLineEnd)
		case p.opts.DollarEndOnly:
			n.c = byte(opEnd)
		}
	default:
		return p.literal(n, c)
	}
	return n
}

func (p *parser) literal(n *node, c byte) *node {
	n.kind, n.c, n.fold = nByte, c, p.flags.caseless && isLetter(c)
	return n
}

func (p *parser) setNode(at int, s byteSet) *node {
	return &node{kind: nSet, pos: int32(at), set: &s}
}

// escape parses what follows a backslash outside a class.
func (p *parser) escape(at int) *node {
	if !p.more() {
		return p.fail(at, `\ at end of expression`)
	}
	c := p.peek()
	n := &node{kind: nAssert, pos: int32(at)}
	if s, ok := classEscape(c); ok {
		p.i++
		return p.setNode(at, s)
	}
	if c >= '1' && c <= '9' {
		if p.backrefNumber(n) {
			return n
		}
	} else if op, ok := positionEscape(c); ok {
		p.i++
		n.c = byte(op)
		return n
	}
	switch c {
	case 'N':
		p.i++
		if r := (&node{}); p.more() && p.peek() == '{' && !p.peekCounts(r) {
			return p.unsupported(at, `\N{name}`)
		}
		return p.setNode(at, notNewline())
	case 'C':
		p.i++
		return p.setNode(at, fullSet())
	case 'R':
		p.i++
		crlf := &node{kind: nCat, subs: []*node{{kind: nByte, c: '\r'}, {kind: nByte, c: '\n'}}}
		alt := &node{kind: nAlt, subs: []*node{crlf, p.setNode(at, p.bsr)}}
		return &node{kind: nAtomic, pos: int32(at), subs: []*node{alt}}
	case 'K':
		p.i++
		if p.looks > 0 {
			return p.fail(at, `\K is not allowed in lookarounds`)
		}
		n.kind = nKeep
		return n
	case 'g':
		p.i++
		return p.escapeG(n)
	case 'k':
		p.i++
		return p.namedBackref(n)
	}
	b := p.char(at)
	return p.literal(n, b)
}

func (p *parser) peekCounts(r *node) bool {
	i := p.i
	ok := p.counts(r)
	p.i = i
	return ok
}

func positionEscape(c byte) (opcode, bool) {
	switch c {
	case 'b':
		return opWordEdge, true
	case 'B':
		return opNoWordEdge, true
	case 'A':
		return opStart, true
	case 'Z':
		return opEndNL, true
	case 'z':
		return opEnd, true
	case 'G':
		return opFrom, true
	}
	return 0, false
}

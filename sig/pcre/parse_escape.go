package pcre

// char parses the escape of a single byte; p.i stands behind the backslash at offset at.
func (p *parser) char(at int) byte {
	c := p.peek()
	p.i++
	switch c {
	case 'a':
		return 7
	case 'e':
		return 27
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'x':
		return p.hex(at)
	case 'o':
		return p.octalBraces(at)
	case 'c':
		return p.control(at)
	case '8', '9':
		return c
	case 'p', 'P', 'X', 'L', 'l', 'u', 'U', 'N':
		p.unsupported(at, `\`+string(rune(c)))
		return 0
	}
	switch {
	case isDigit(c):
		return p.octal(at, c)
	case isLetter(c):
		p.fail(at, "unrecognized character follows \\")
	}
	return c
}

// control parses the rest of \cX.
func (p *parser) control(at int) byte {
	if !p.more() || p.peek() < ' ' || p.peek() > '~' {
		p.fail(at, `\c must be followed by a printable ASCII character`)
		return 0
	}
	c := p.peek()
	if 'a' <= c && c <= 'z' {
		c -= 0x20
	}
	p.i++
	return c ^ 0x40
}

// hex parses the rest of \xHH or \x{H}.
func (p *parser) hex(at int) byte {
	if !p.accept("{") {
		v := 0
		for n := 0; n < 2 && p.more() && hexDigit(p.peek()) >= 0; n++ {
			v = v<<4 + hexDigit(p.peek())
			p.i++
		}
		return byte(v)
	}
	return p.braced(at, 16)
}

func (p *parser) octalBraces(at int) byte {
	if !p.accept("{") {
		p.fail(at, `missing { after \o`)
		return 0
	}
	return p.braced(at, 8)
}

// braced parses digits up to a closing brace, to the value of a byte.
func (p *parser) braced(at, base int) byte {
	v, n := 0, 0
	for ; p.more(); n++ {
		d := hexDigit(p.peek())
		if d < 0 || d >= base {
			break
		}
		if v = v*base + d; v > 255 {
			p.fail(at, "character code is too large: one byte is one character")
			return 0
		}
		p.i++
	}
	if n == 0 || !p.accept("}") {
		p.fail(at, "digits and a closing brace expected")
	}
	return byte(v)
}

// octal parses up to three octal digits, of which c is the first.
func (p *parser) octal(at int, c byte) byte {
	v := int(c - '0')
	for n := 0; n < 2 && p.more() && p.peek() >= '0' && p.peek() <= '7'; n++ {
		v = v*8 + int(p.peek()-'0')
		p.i++
	}
	if v > 255 {
		p.fail(at, "octal value is greater than \\377")
	}
	return byte(v)
}

// backrefNumber parses \1 and up, unless the digits mean an octal escape.
func (p *parser) backrefNumber(n *node) bool {
	i, v := p.i, 0
	for ; i < len(p.src) && isDigit(p.src[i]); i++ {
		v = min(v*10+int(p.src[i]-'0'), maxGroups+1)
	}
	if v >= 10 && p.src[p.i] < '8' && v > p.groups {
		return false
	}
	p.i = i
	p.backref(n, v)
	return true
}

// backref makes n a reference to the text of a group.
func (p *parser) backref(n *node, group int) *node {
	n.kind, n.ref, n.fold = nBackref, int32(group), p.flags.caseless
	p.numRef = append(p.numRef, n)
	return n
}

// call makes n a call of a group.
func (p *parser) call(n *node, group int) *node {
	n.kind, n.ref = nCall, int32(group)
	p.numRef = append(p.numRef, n)
	return n
}

// escapeG parses what follows \g: a reference in braces or bare, or a call in <> or quotes.
func (p *parser) escapeG(n *node) *node {
	switch {
	case p.accept("<"):
		return p.callBody(n, '>')
	case p.accept("'"):
		return p.callBody(n, '\'')
	}
	braces := p.accept("{")
	g, ok := p.groupNumber(int(n.pos), false)
	switch {
	case ok && braces && !p.accept("}"):
		return p.fail(p.i, `} expected after \g{`)
	case ok && g == 0:
		return p.fail(p.i, "a reference must not be to group 0")
	case ok:
		return p.backref(n, g)
	case braces:
		return p.nameRef(n, '}', nBackref)
	}
	return p.fail(p.i, `a group number or name expected after \g`)
}

// callBody parses the group of a call up to its closing byte.
func (p *parser) callBody(n *node, end byte) *node {
	g, ok := p.groupNumber(int(n.pos), true)
	if !ok {
		return p.nameRef(n, end, nCall)
	}
	if !p.more() || p.peek() != end {
		return p.fail(p.i, "group number is not closed")
	}
	p.i++
	return p.call(n, g)
}

// groupNumber parses a number, with a sign if it counts from here; ok is false and nothing taken when there is none.
func (p *parser) groupNumber(at int, forward bool) (g int, ok bool) {
	i, sign := p.i, byte(0)
	if p.more() && (p.peek() == '-' || p.peek() == '+') {
		sign = p.peek()
		i++
	}
	start := i
	for ; i < len(p.src) && isDigit(p.src[i]); i++ {
		g = min(g*10+int(p.src[i]-'0'), maxGroups+1)
	}
	if i == start {
		return 0, false
	}
	p.i = i
	switch {
	case sign != 0 && g == 0:
		p.fail(at, "(?-0 or (?+0: a relative reference must not be zero")
	case sign == '-' && g > p.groups:
		p.fail(at, "reference to a group that does not exist")
	case sign == '-':
		g = p.groups + 1 - g
	case sign == '+':
		g += p.groups
	}
	return g, true
}

// namedBackref parses what follows \k.
func (p *parser) namedBackref(n *node) *node {
	for _, d := range []string{"<>", "{}", "''"} {
		if p.accept(d[:1]) {
			return p.nameRef(n, d[1], nBackref)
		}
	}
	return p.fail(p.i, `\k is not followed by a name in braces, angle brackets or quotes`)
}

// nameRef parses a name and makes n mention that group.
func (p *parser) nameRef(n *node, end byte, kind nodeKind) *node {
	name := p.name(end)
	n.kind, n.fold = kind, p.flags.caseless && kind == nBackref
	p.refs = append(p.refs, nameRef{n, name})
	return n
}

// name parses a group's name and the byte that ends it.
func (p *parser) name(end byte) string {
	start := p.i
	for p.more() && isWord(p.peek()) {
		p.i++
	}
	name := p.src[start:p.i]
	switch {
	case name == "" || isDigit(name[0]):
		p.fail(start, "group name expected")
	case len(name) > 32:
		p.fail(start, "group name is too long")
	case !p.more() || p.peek() != end:
		p.fail(p.i, "group name is not closed")
	default:
		p.i++
	}
	return name
}

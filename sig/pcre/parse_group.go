package pcre

import "strings"

// group parses what an opening parenthesis at offset at starts; nil is an option setting, which matches nothing.
func (p *parser) group(at int) *node {
	n := &node{kind: nGroup, pos: int32(at)}
	switch {
	case p.accept("*"):
		return p.verb(at)
	case !p.accept("?"):
		if p.flags.noCapture {
			return p.body(nil)
		}
		return p.capture(n, "")
	case p.accept(":"):
		return p.body(nil)
	case p.accept("|"):
		return p.branchReset()
	case p.accept(">"):
		return p.body(&node{kind: nAtomic})
	case p.accept("="):
		return p.look(at, false, false)
	case p.accept("!"):
		return p.look(at, false, true)
	case p.accept("<="):
		return p.look(at, true, false)
	case p.accept("<!"):
		return p.look(at, true, true)
	case p.accept("P<"), p.accept("<"):
		return p.named(n, '>')
	case p.accept("'"):
		return p.named(n, '\'')
	case p.accept("P="):
		return p.nameRef(n, ')', nBackref)
	case p.accept("P>"), p.accept("&"):
		return p.nameRef(n, ')', nCall)
	case p.accept("("):
		return p.conditional(at)
	case p.accept("C"):
		return p.callout(at)
	case p.accept("R"):
		if !p.accept(")") {
			return p.fail(p.i, "(?R must be followed by a closing parenthesis")
		}
		return p.call(n, 0)
	}
	if p.more() && (isDigit(p.peek()) || p.peek() == '+' || p.signedNumber()) {
		return p.callBody(n, ')')
	}
	return p.setFlags(at)
}

func (p *parser) signedNumber() bool {
	return p.peek() == '-' && p.i+1 < len(p.src) && isDigit(p.src[p.i+1])
}

// body parses up to the closing parenthesis, below n if it is not nil. Options set inside end there.
func (p *parser) body(n *node) *node {
	saved, at := p.flags, p.i
	sub := p.alternation()
	p.flags = saved
	if !p.accept(")") {
		return p.fail(at, "missing closing parenthesis")
	}
	if n == nil {
		if sub.kind == nCat && len(sub.subs) == 0 || sub.kind == nAssert || sub.kind == nKeep || sub.kind >= nFail {
			return &node{kind: nCat, pos: sub.pos, subs: []*node{sub, {kind: nEmpty}}} // may be repeated, unlike sub alone
		}
		return sub
	}
	n.pos, n.subs = int32(at), []*node{sub}
	return n
}

func (p *parser) capture(n *node, name string) *node {
	p.groups++
	if p.groups > maxGroups {
		return p.fail(int(n.pos), "too many groups")
	}
	n.ref = int32(p.groups)
	if name != "" {
		p.names[name] = p.groups
		p.groupNames[p.groups] = name
	}
	return p.body(n)
}

func (p *parser) named(n *node, end byte) *node {
	name := p.name(end)
	g, taken := p.names[name]
	old, has := p.groupNames[p.groups+1]
	if p.err == nil && (taken && g != p.groups+1 || has && old != name) {
		return p.fail(p.i, "a name may stand for one group, and a group have one name")
	}
	return p.capture(n, name)
}

func (p *parser) look(at int, behind, neg bool) *node {
	p.looks++
	n := p.body(&node{kind: nLook, behind: behind, neg: neg})
	p.looks--
	n.pos = int32(at)
	return n
}

// branchReset parses (?|, whose branches number their groups alike.
func (p *parser) branchReset() *node {
	start, most := p.groups, p.groups
	alt := &node{kind: nAlt, pos: int32(p.i)}
	alt.subs = p.branches(func() { most = max(most, p.groups); p.groups = start })
	p.groups = max(most, p.groups)
	return alt
}

// branches parses the branches up to a closing parenthesis, and calls between after each that another follows.
func (p *parser) branches(between func()) (subs []*node) {
	if p.nest++; p.nest > maxNest {
		p.fail(p.i, "groups are nested too deeply")
	}
	defer func() { p.nest-- }()
	saved, at := p.flags, p.i
	subs = append(subs, p.sequence())
	for p.accept("|") {
		between()
		subs = append(subs, p.sequence())
	}
	p.flags = saved
	if !p.accept(")") {
		p.fail(at, "missing closing parenthesis")
	}
	return subs
}

// setFlags parses (?flags) and (?flags:...).
func (p *parser) setFlags(at int) *node {
	f := p.flags
	on := true
	if p.accept("^") {
		f = flags{ungreedy: f.ungreedy}
	}
	for p.more() {
		c := p.peek()
		p.i++
		switch c {
		case '-':
			if !on || p.src[p.i-2] == '^' {
				return p.fail(at, "invalid hyphen in option setting")
			}
			on = false
		case 'i':
			f.caseless = on
		case 'm':
			f.multiline = on
		case 's':
			f.dotAll = on
		case 'n':
			f.noCapture = on
		case 'U':
			f.ungreedy = on
		case 'x':
			f.extended = on
			f.moreExtended = p.accept("x") && on
		case ')':
			p.flags = f
			return nil
		case ':':
			saved := p.flags
			p.flags = f
			n := p.body(nil)
			p.flags = saved
			return n
		case 'J':
			return p.unsupported(at, "(?J)")
		default:
			return p.fail(p.i-1, "unrecognized character after (? or (?-")
		}
	}
	return p.fail(at, "missing closing parenthesis")
}

// callout skips (?C...), which does nothing here.
func (p *parser) callout(at int) *node {
	for p.more() && isDigit(p.peek()) {
		p.i++
	}
	if p.more() && strings.IndexByte("`'\"^%#${", p.peek()) >= 0 {
		end := p.peek()
		if end == '{' {
			end = '}'
		}
		n := strings.IndexByte(p.src[p.i+1:], end)
		p.i += n + 2
		if n < 0 {
			return p.fail(at, "callout string is not closed")
		}
	}
	if !p.accept(")") {
		return p.fail(at, "closing parenthesis for (?C expected")
	}
	return nil
}

// conditional parses (?(condition)yes|no); p.i stands behind the second parenthesis.
func (p *parser) conditional(at int) *node {
	n := &node{kind: nCond, pos: int32(at)}
	var look *node
	if strings.HasPrefix(p.src[p.i:], "?") || p.accept("*") {
		if p.src[p.i-1] == '*' {
			p.i--
		}
		look = p.group(p.i - 1)
		if p.err == nil && (look == nil || look.kind != nLook) {
			return p.fail(at, "assertion expected after (?( or (?(?C)")
		}
		n.c = condLook
	} else {
		p.condition(n)
	}
	subs := p.branches(func() {})
	if len(subs) > 2 || n.c == condNever && len(subs) > 1 {
		return p.fail(at, "conditional group contains more than two branches, or a DEFINE group more than one")
	}
	n.subs = append(subs, &node{kind: nEmpty})[:2]
	if look != nil {
		n.subs = append(n.subs, look)
	}
	return n
}

// condition parses what is not an assertion, up to its closing parenthesis.
func (p *parser) condition(n *node) {
	at := p.i
	g, ok := p.groupNumber(at, true)
	switch {
	case ok:
		n.ref = int32(g)
		if g == 0 {
			p.fail(at, "invalid condition (?(0)")
		}
		p.numRef = append(p.numRef, n)
		p.close(at)
		return
	case p.accept("<"):
		p.condName(n, '>')
		p.close(at)
		return
	case p.accept("'"):
		p.condName(n, '\'')
		p.close(at)
		return
	case p.accept("R&"):
		n.c = condCalled
		p.condName(n, ')')
		return
	case strings.HasPrefix(p.src[p.i:], "VERSION"):
		p.unsupported(at, "(?(VERSION")
		return
	}
	name := p.name(')')
	if _, known := p.names[name]; known {
		p.refs = append(p.refs, nameRef{n, name})
		return
	}
	switch digits := strings.TrimPrefix(name, "R"); {
	case name == "DEFINE":
		n.c = condNever
	case name == "R":
		n.c, n.ref = condCalled, -1
	case digits != name && strings.Trim(digits, "0123456789") == "":
		n.c = condCalled
		for i := range len(digits) {
			n.ref = min(n.ref*10+int32(digits[i]-'0'), maxGroups+1)
		}
		p.numRef = append(p.numRef, n)
	default:
		p.refs = append(p.refs, nameRef{n, name})
	}
}

func (p *parser) condName(n *node, end byte) {
	p.refs = append(p.refs, nameRef{n, p.name(end)})
}

func (p *parser) close(at int) {
	if !p.accept(")") {
		p.fail(at, "missing closing parenthesis for condition")
	}
}

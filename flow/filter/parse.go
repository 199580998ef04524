package filter

import "fmt"

// compiler parses an expression and builds its conditions in the order in which they are written, which matters: vlan, mpls,
// pppoes and geneve move the place where the headers of all that follows are looked for.
type compiler struct {
	expr   string
	tokens []token
	next   int
	at     int // column of the primitive being compiled, for errors
	depth  int
	link   layer
	regs   uint8 // registers in use that keep their value
	used   [regFirst]bool
	err    *SyntaxError
}

// qualifiers of an identifier, as in "tcp src port".
type qualifiers struct {
	proto string // "", or a protocol name
	dir   string // "", src, dst, "src or dst", "src and dst", ra, ta, addr1 to addr4
	what  string // "", host, net, port, portrange, proto, protochain, gateway
	none  bool   // nothing to inherit
}

// operand is what the parser has just read.
type operand struct {
	kind operandKind
	cond *cond
	arith
	q qualifiers // what a following identifier inherits
}

type operandKind uint8

const (
	isCond       operandKind = iota // a full condition
	isID                            // an identifier with inherited qualifiers
	isBareNumber                    // a bare number, of which it is not yet known which of the others it is
	isArith                         // an arithmetic expression without its relation
)

var noQualifiers = qualifiers{none: true}

// fail notes the first error; parsing goes on at the end of the tokens.
func (c *compiler) fail(column int, format string, args ...any) *cond {
	if c.err == nil {
		c.err = &SyntaxError{Expr: c.expr, Column: column + 1, Reason: fmt.Sprintf(format, args...)}
		c.next = len(c.tokens) - 1
	}
	return never
}

func (c *compiler) refuse(format string, args ...any) *cond { return c.fail(c.at, format, args...) }

func (c *compiler) peek() *token { return &c.tokens[c.next] }

func (c *compiler) take() *token {
	t := &c.tokens[c.next]
	if t.kind != tokEnd {
		c.next++
	}
	return t
}

func (c *compiler) accept(text string) bool {
	if c.peek().is(text) {
		c.next++
		return true
	}
	return false
}

func (c *compiler) expect(text string) {
	if t := c.peek(); !c.accept(text) {
		c.fail(t.pos, "expected %q, found %q", text, t.text)
	}
}

func (c *compiler) enter() bool {
	if c.depth++; c.depth > maxNesting {
		c.fail(c.peek().pos, "the expression is nested more than %d levels deep", maxNesting)
		return false
	}
	return true
}

func (c *compiler) program() *cond {
	c.regs = regFirst
	if c.peek().kind == tokEnd {
		return always
	}
	out := c.expression(noQualifiers)
	if t := c.peek(); c.err == nil && t.kind != tokEnd {
		c.fail(t.pos, "expected \"and\", \"or\" or the end, found %q", t.text)
	}
	if out.kind != isCond {
		c.fail(0, "the expression needs a qualifier such as host, net, port or proto, or a comparison")
	}
	return and(c.link.prologue(c.used), out.cond)
}

// expression reads operands joined by and/or, which have the same precedence and associate to the left.
func (c *compiler) expression(inherit qualifiers) operand {
	left := c.operand(inherit)
	for c.err == nil && (c.peek().is("and") || c.peek().is("or")) {
		left = c.asID(left, inherit)
		both := and
		if c.take().text == "or" {
			both = or
		}
		pos := c.peek().pos
		right := c.asID(c.operand(left.q), left.q)
		if left.kind == isID && right.kind == isCond {
			c.fail(pos, "a list of values in parentheses can only hold further values")
		}
		left.cond, left.q = both(left.cond, right.cond), right.q
	}
	return left
}

// asID turns a bare number into an identifier.
func (c *compiler) asID(o operand, inherit qualifiers) operand {
	switch o.kind {
	case isBareNumber:
		return operand{kind: isID, cond: c.numberID(o.num, "", inherit), q: inherit}
	case isArith:
		c.fail(c.peek().pos, "expected a comparison (<, <=, =, !=, >=, >), found %q", c.peek().text)
	}
	return o
}

// operand reads one condition, identifier or arithmetic expression.
func (c *compiler) operand(inherit qualifiers) operand {
	if !c.enter() {
		return operand{cond: never}
	}
	defer func() { c.depth-- }()
	t := c.peek()
	if c.accept("not") {
		o := c.asID(c.operand(inherit), inherit)
		o.cond = not(o.cond)
		return o
	}
	if c.accept("(") {
		o := c.expression(inherit)
		c.expect(")")
		if o.kind == isBareNumber || o.kind == isArith {
			return c.relation(o)
		}
		if o.kind == isCond {
			o.q = inherit
		}
		return o
	}
	c.at = t.pos
	if c.startsArith() {
		return c.relation(c.primary())
	}
	switch t.kind {
	case tokKeyword:
		return c.primitive(inherit)
	case tokName, tokIPv4, tokIPv6, tokMAC, tokArcnet:
		return operand{kind: isID, cond: c.identifier(inherit), q: inherit}
	}
	c.fail(t.pos, "expected a primitive, found %q", t.text)
	return operand{cond: never}
}

func (c *compiler) startsArith() bool {
	t := c.peek()
	if t.kind == tokNumber || t.is("-") || t.is("len") {
		return true
	}
	return t.kind == tokKeyword && c.tokens[min(c.next+1, len(c.tokens)-1)].is("[")
}

// primitive reads one that starts with a reserved word.
func (c *compiler) primitive(inherit qualifiers) operand {
	done := func(cond *cond) operand { return operand{cond: cond, q: noQualifiers} }
	t := c.take()
	if build, ok := standalone[t.text]; ok {
		return done(build(c))
	}
	if why, ok := refused[t.text]; ok {
		return done(c.refuse("%q is not supported: %s", t.text, why))
	}
	var q qualifiers
	if protocolWords[t.text] {
		q.proto = t.text
		t = c.peek()
		switch {
		case t.is("broadcast"), t.is("multicast"):
			c.take()
			return done(c.cast(q.proto, t.text))
		case t.is("type"), t.is("subtype"), t.is("dir"):
			return done(standalone[c.take().text](c))
		case t.is("proto"), t.is("protochain"), t.is("gateway"):
		case !directions[t.text] && !kinds[t.text], t.kind != tokKeyword:
			return done(c.abbreviation(q.proto))
		}
		c.take()
	}
	if t.kind == tokKeyword && directions[t.text] {
		q.dir = c.direction(t.text)
		if t = c.peek(); t.kind == tokKeyword && kinds[t.text] {
			q.what = c.take().text
		}
	} else if t.is("proto") || t.is("protochain") || t.is("gateway") || t.kind == tokKeyword && kinds[t.text] {
		q.what = t.text
	} else {
		return done(c.fail(t.pos, "%q cannot start a primitive; to use it as a name, write \\%s", t.text, t.text))
	}
	return c.qualified(q)
}

// qualified reads the identifier that qualifiers stand before.
func (c *compiler) qualified(q qualifiers) operand {
	t := c.peek()
	if t.kind == tokKeyword && !t.is("not") {
		c.fail(t.pos, "expected a value, found the reserved word %q; to use it as a name, write \\%s", t.text, t.text)
	}
	o := c.asID(c.operand(q), q)
	if o.kind != isID {
		c.fail(t.pos, "expected a value, found %q", t.text)
	}
	o.kind = isCond
	return o
}

// direction reads the rest of "src or dst", "dst and src".
func (c *compiler) direction(first string) string {
	other := map[string]string{"src": "dst", "dst": "src"}[first]
	if other == "" {
		return first
	}
	if t := c.peek(); (t.is("or") || t.is("and")) && c.tokens[c.next+1].is(other) {
		c.next += 2
		return "src " + t.text + " dst"
	}
	return first
}

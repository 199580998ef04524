package filter

// arith is an arithmetic expression over packet data. All of it is unsigned and has 32 bits.
type arith struct {
	node  *node
	num   uint32 // of a constant, when node is nil
	guard *cond  // what must hold before the data may be read, such as "this is TCP"
}

// node is an operation of an expression that is not constant.
type node struct {
	op       opcode // opLen, opNeg, an operation of two, or a load
	l, r     arith
	load     step // of a load: everything but the index
	absolute bool // the load's base does not vary, so that an index does not wrap around
}

// precedence of binary operators. The remainder and the exclusive or are peculiar, as they are in libpcap: they bind to what
// stands before them tighter than all others, and take everything that follows as their right side.
var precedence = map[string]int{"|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 6, "^": 6}

var operators = map[string]opcode{"|": opOr, "&": opAnd, "<<": opLsh, ">>": opRsh, "+": opAdd, "-": opSub, "*": opMul,
	"/": opDiv, "%": opMod, "^": opXor}

// relation reads what follows an arithmetic expression: more operators, and a comparison if there is one.
func (c *compiler) relation(left operand) operand {
	if t := c.peek(); t.kind == tokSign && precedence[t.text] > 0 {
		left = operand{kind: isArith, arith: c.binary(left.arith, 1)}
	}
	t := c.peek()
	switch t.text {
	case "=", "!=", "<", "<=", ">", ">=":
		if t.kind != tokSign {
			return left
		}
	default:
		return left
	}
	c.take()
	right := c.binary(c.primary().arith, 1)
	return operand{cond: c.compare(t.text, left.arith, right), q: noQualifiers}
}

// binary reads operators of at least the given precedence.
func (c *compiler) binary(left arith, least int) arith {
	for c.err == nil {
		t := c.peek()
		p := precedence[t.text]
		if t.kind != tokSign || p == 0 || p < least {
			return left
		}
		c.take()
		right := c.primary().arith
		if p == 6 {
			right = c.binary(right, 1)
		} else {
			right = c.binary(right, p+1)
		}
		left = c.combine(t, left, right)
	}
	return left
}

// combine builds the operation, or does it when both sides are constant.
func (c *compiler) combine(t *token, l, r arith) arith {
	op := operators[t.text]
	if r.node == nil {
		switch {
		case r.num == 0 && (op == opDiv || op == opMod):
			c.fail(t.pos, "division by zero")
			return arith{}
		case r.num > 31 && (op == opLsh || op == opRsh):
			c.fail(t.pos, "shift by more than 31 bits")
			return arith{}
		case l.node == nil:
			v, _ := compute(op, l.num, r.num)
			return arith{num: v, guard: and(l.guard, r.guard)}
		}
	}
	return arith{node: &node{op: op, l: l, r: r}, guard: and(l.guard, r.guard)}
}

// primary reads a number, the length, a negation, a packet access, or something in parentheses.
func (c *compiler) primary() operand {
	if !c.enter() {
		return operand{kind: isArith}
	}
	defer func() { c.depth-- }()
	t := c.take()
	switch {
	case t.kind == tokNumber:
		return operand{kind: isBareNumber, arith: arith{num: t.num}}
	case t.is("len"):
		return operand{kind: isArith, arith: arith{node: &node{op: opLen}}}
	case t.is("-"):
		a := c.binary(c.primary().arith, 6)
		if a.node == nil {
			return operand{kind: isArith, arith: arith{num: -a.num, guard: a.guard}}
		}
		return operand{kind: isArith, arith: arith{node: &node{op: opNeg, l: a}, guard: a.guard}}
	case t.is("("):
		o := c.primary()
		o.arith = c.binary(o.arith, 1)
		c.expect(")")
		return o
	case t.kind == tokKeyword && c.accept("["):
		index := c.binary(c.primary().arith, 1)
		size := uint32(1)
		if c.accept(":") {
			size = c.plainNumber()
		}
		c.expect("]")
		c.at = t.pos
		if size != 1 && size != 2 && size != 4 {
			c.refuse("the size of an access must be 1, 2 or 4, not %d", size)
		}
		return operand{kind: isArith, arith: c.access(t.text, index, size)}
	}
	c.fail(t.pos, "expected a number, len or an access such as tcp[13], found %q", t.text)
	return operand{kind: isArith}
}

// plainNumber reads a number that stands alone, possibly in parentheses.
func (c *compiler) plainNumber() uint32 {
	opened := 0
	for c.accept("(") {
		opened++
	}
	t := c.take()
	if t.kind != tokNumber {
		c.fail(t.pos, "expected a number, found %q", t.text)
	}
	for range opened {
		c.expect(")")
	}
	return t.num
}

// optionalNumber reads the number after vlan and its like.
func (c *compiler) optionalNumber(what string, limit uint32) (uint32, bool) {
	i := c.next
	for c.tokens[i].is("(") {
		i++
	}
	if c.tokens[i].kind != tokNumber {
		return 0, false
	}
	v := c.plainNumber()
	if v > limit {
		c.refuse("%s %d is greater than the maximum %d", what, v, limit)
	}
	return v, true
}

// access builds proto[index:size].
func (c *compiler) access(proto string, index arith, size uint32) arith {
	op := opByte
	switch size {
	case 2:
		op = opHalf
	case 4:
		op = opWord
	}
	var load step
	var guard *cond
	switch proto {
	case "link":
		load, guard = c.load(atHeader, 0, op), c.link.innerCheck()
	case "radio":
		if !c.link.radio() {
			c.refuse("radio[] needs a capture of 802.11 with radio headers")
		}
		load = step{op: op, mask: ^uint32(0)}
	case "tcp", "udp", "sctp", "icmp", "igmp", "igrp", "pim", "vrrp", "carp":
		guard = and(c.etherType(typeIPv4), index.guard, c.abbreviation(proto), not(c.fragment()))
		return arith{node: &node{load: c.load(atTransport4, 0, op+opTranByte), l: index}, guard: guard}
	case "icmp6":
		load = c.load(atTransport6, 0, op)
		return arith{node: &node{load: load, l: index, absolute: load.base == regZero},
			guard: and(c.etherType(typeIPv6), index.guard, c.equal(atPayload, 6, opByte, ipICMPv6))}
	case "ip", "ip6", "arp", "rarp", "atalk", "decnet", "lat", "sca", "mopdl", "moprc":
		load, guard = c.load(atPayload, 0, op), c.abbreviation(proto)
	default:
		c.refuse("%s[] is not an access this language knows", proto)
		return arith{}
	}
	return arith{node: &node{load: load, l: index, absolute: load.base == regZero}, guard: and(index.guard, guard)}
}

// fixed tells whether a load's index is constant, and returns the step for it. Negative indexes reach back: ip[-2:2] is the
// EtherType of an Ethernet frame. Where a register has the base, reaching back is left to its arithmetic.
func (n *node) fixed() (step, bool) {
	if n.op != opByte || n.l.node != nil {
		return step{}, false
	}
	s := n.load
	s.off += n.l.num
	return s, s.base == regZero || int32(s.off) >= 0
}

// eval appends the steps that leave the value of a in register r.
func (c *compiler) eval(out []step, a arith, r uint8) []step {
	if r >= regCount {
		c.refuse("the arithmetic needs more than %d registers, use fewer nested parentheses", regCount)
		return out
	}
	keep := func(s step) []step {
		s.rel, s.dst, s.mask = relKeep, r, ^uint32(0)
		return append(out, s)
	}
	n := a.node
	if n == nil {
		return keep(step{op: opConst, off: a.num})
	}
	switch n.op {
	case opByte:
	case opLen:
		return keep(step{op: opLen})
	case opNeg:
		out = c.eval(out, n.l, r)
		return keep(step{op: opNeg, base: r})
	default:
		out = c.eval(out, n.l, r)
		out = c.eval(out, n.r, r+1)
		return keep(step{op: n.op, base: r, arg: r + 1})
	}
	if s, ok := n.fixed(); ok {
		return keep(s)
	}
	s := n.load
	out = c.eval(out, n.l, r)
	switch {
	case n.absolute:
	case s.op >= opTranByte && s.op <= opTranWord:
		out = append(out,
			step{op: opTranAt, base: s.base, hdr: s.hdr, dst: r + 1, mask: ^uint32(0)},
			step{op: opAdd, base: r, arg: r + 1, dst: r, mask: ^uint32(0)})
		s.op -= opTranByte
	default:
		out = append(out, step{op: opAdd, base: r, arg: s.base, dst: r, mask: ^uint32(0)})
	}
	s.base, s.hdr = r, 0
	return keep(s)
}

var relations = map[string]struct {
	rel    relation
	negate bool
}{"=": {relEq, false}, "!=": {relEq, true}, ">": {relGt, false}, "<=": {relGt, true}, ">=": {relGe, false}, "<": {relGe, true}}

// compare builds a comparison. The usual form, one field with a mask against a constant, becomes a single step.
func (c *compiler) compare(sign string, l, r arith) *cond {
	how := relations[sign]
	var t *cond
	if s, ok := maskedLoad(l); ok && r.node == nil {
		s.rel, s.val = how.rel, r.num
		t = test(s)
	} else {
		steps := c.eval(nil, l, c.regs)
		last := step{op: opReg, base: c.regs, rel: how.rel, val: r.num, mask: ^uint32(0)}
		if r.node != nil {
			steps = c.eval(steps, r, c.regs+1)
		}
		switch {
		case r.node == nil:
		case how.rel == relEq:
			last.op, last.arg, last.val = opSub, c.regs+1, 0
		case how.rel == relGt:
			last.rel, last.arg = relGtReg, c.regs+1
		default:
			last.rel, last.arg = relGeReg, c.regs+1
		}
		t = test(append(steps, last)...)
	}
	if how.negate {
		t = not(t)
	}
	return and(l.guard, r.guard, t)
}

// maskedLoad recognises proto[number] and proto[number] & number.
func maskedLoad(a arith) (step, bool) {
	switch {
	case a.node == nil:
		return step{}, false
	case a.node.op == opLen:
		return step{op: opLen, mask: ^uint32(0)}, true
	case a.node.op != opAnd:
		return a.node.fixed()
	case a.node.r.node == nil && a.node.l.node != nil && a.node.l.node.op == opByte:
		s, ok := a.node.l.node.fixed()
		s.mask = a.node.r.num
		return s, ok
	case a.node.l.node == nil && a.node.r.node != nil && a.node.r.node.op == opByte:
		s, ok := a.node.r.node.fixed()
		s.mask = a.node.l.num
		return s, ok
	}
	return step{}, false
}

func lengthTest(rel relation, val uint32) *cond {
	return test(step{op: opLen, rel: rel, val: val, mask: ^uint32(0)})
}

// byteTest is the old form "byte index operator value".
func (c *compiler) byteTest() *cond {
	index := c.plainNumber()
	t := c.take()
	val := c.plainNumber()
	s := c.load(atHeader, index, opByte)
	s.val = val
	switch t.text {
	case "=":
		s.rel = relEq
	case ">":
		s.rel = relGt
	case "<":
		s.rel = relGe
		return not(test(s))
	case "&":
		s.rel = relSet
	case "|":
		s.rel, s.val = relGt, 0
		if val != 0 { // true for any byte, but there must be one
			s.rel, s.mask = relGe, 0
		}
	default:
		return c.fail(t.pos, "expected one of = < > & |, found %q", t.text)
	}
	return test(s)
}

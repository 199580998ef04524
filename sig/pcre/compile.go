package pcre

// compiler writes the backtracking program.
type compiler struct {
	prog    []inst
	strs    []string
	sets    *sets
	groups  []*node // first node of each group, the root for 0
	several []bool  // groups with more than one node
	aside   []bool  // groups whose start must not be visible before they close
	open    []int32 // groups open at this place, for (*ACCEPT)
	calls   []int32 // places of opCall
	subs    []int32 // place of each group's subroutine, 0: none
	queue   []int32 // groups whose subroutines are still to be written
	regs    int32   // registers in use
	opens   int32   // first register of the starts kept aside
}

func newCompiler(root *node, groups int, s *sets) *compiler {
	c := &compiler{sets: s, groups: make([]*node, groups+1), subs: make([]int32, groups+1)}
	c.aside, c.several = make([]bool, groups+1), make([]bool, groups+1)
	c.groups[0] = root
	aside := c.survey(root)
	c.regs = int32(2 * (groups + 1))
	if aside {
		c.opens = c.regs
		c.regs += int32(groups + 1)
	}
	return c
}

// survey finds the groups' nodes, and those that are asked for while they may be open.
func (c *compiler) survey(n *node) (aside bool) {
	switch n.kind {
	case nGroup:
		if c.groups[n.ref] == nil {
			c.groups[n.ref] = n
		} else {
			c.several[n.ref] = true
		}
	case nBackref:
		c.aside[n.ref], aside = true, true
	case nCond:
		if n.c == condGroup {
			c.aside[n.ref], aside = true, true
		}
	case nCall, nAccept:
		for i := range c.aside {
			c.aside[i] = true
		}
		aside = true
	}
	for _, s := range n.subs {
		aside = c.survey(s) || aside
	}
	return aside
}

func (c *compiler) emit(i inst) int32 {
	c.prog = append(c.prog, i)
	return int32(len(c.prog) - 1)
}

func (c *compiler) here() int32 { return int32(len(c.prog)) }

// program writes the whole expression and the subroutines that it calls.
func (c *compiler) program() {
	c.node(c.groups[0])
	c.emit(inst{op: opMatch})
	for len(c.queue) > 0 {
		g := c.queue[0]
		c.queue = c.queue[1:]
		c.subs[g] = c.here()
		c.open = c.open[:0]
		c.node(c.groups[g])
		c.emit(inst{op: opReturn})
	}
	for _, at := range c.calls {
		c.prog[at].x = c.subs[c.prog[at].n]
	}
}

func (c *compiler) node(n *node) {
	switch n.kind {
	case nByte, nSet:
		c.single(n)
	case nCat:
		c.cat(n)
	case nAlt:
		c.alt(n)
	case nGroup:
		c.group(n)
	case nRepeat:
		c.repeat(n)
	case nAssert:
		c.emit(inst{op: opcode(n.c)})
	case nBackref:
		fold := byte(0)
		if n.fold {
			fold = 1
		}
		c.emit(inst{op: opBackref, n: n.ref, c: fold})
	case nLook:
		c.look(n, -1)
	case nAtomic:
		c.emit(inst{op: opAtomic})
		c.node(n.subs[0])
		c.emit(inst{op: opAtomicEnd})
	case nCond:
		c.cond(n)
	case nCall:
		c.call(n)
	case nKeep:
		c.emit(inst{op: opKeep})
	case nFail:
		c.emit(inst{op: opFail})
	case nAccept:
		for i := len(c.open) - 1; i >= 0; i-- {
			c.emit(inst{op: opClose, n: c.open[i]})
		}
		c.emit(inst{op: opAccept})
	case nBack:
		c.emit(inst{op: opBehind, n: n.ref})
	case nVerb:
		c.emit(inst{op: opcode(n.c)})
	}
}

func (c *compiler) single(n *node) {
	if n.kind == nByte && !n.fold {
		c.emit(inst{op: opByte, c: n.c})
		return
	}
	s, _ := n.single()
	c.emit(inst{op: opSet, set: c.sets.id(s)})
}

// cat writes a sequence; neighbouring bytes become one string.
func (c *compiler) cat(n *node) {
	for i := 0; i < len(n.subs); {
		end, fold := byteRun(n.subs, i)
		if end-i < 2 {
			c.node(n.subs[i])
			i++
			continue
		}
		str := make([]byte, 0, end-i)
		op := opStr
		if fold {
			op = opStrFold
		}
		for ; i < end; i++ {
			b := n.subs[i].c
			if fold {
				b = lower(b)
			}
			str = append(str, b)
		}
		c.emit(inst{op: op, n: int32(len(c.strs))})
		c.strs = append(c.strs, string(str))
	}
}

// byteRun returns where a run of bytes that starts at i ends, and whether its letters match in both cases.
func byteRun(subs []*node, i int) (end int, fold bool) {
	letters := false
	for end = i; end < len(subs) && subs[end].kind == nByte; end++ {
		n := subs[end]
		if !isLetter(n.c) {
			continue
		}
		if letters && n.fold != fold {
			break
		}
		letters, fold = true, n.fold
	}
	return end, fold
}

func (c *compiler) alt(n *node) {
	var jumps []int32
	for i, s := range n.subs {
		if i == len(n.subs)-1 {
			c.node(s)
			break
		}
		split := c.emit(inst{op: opSplit, x: c.here() + 1})
		c.node(s)
		jumps = append(jumps, c.emit(inst{op: opJump}))
		c.prog[split].y = c.here()
	}
	for _, j := range jumps {
		c.prog[j].x = c.here()
	}
}

func (c *compiler) group(n *node) {
	reg := 2 * n.ref
	c.open = append(c.open, n.ref)
	if c.aside[n.ref] {
		c.emit(inst{op: opOpen, n: n.ref})
		c.node(n.subs[0])
		c.emit(inst{op: opClose, n: n.ref})
	} else {
		c.emit(inst{op: opSave, n: reg})
		c.node(n.subs[0])
		c.emit(inst{op: opSave, n: reg + 1})
	}
	c.open = c.open[:len(c.open)-1]
}

// look writes a lookaround; no is where a false one leads, -1 if it makes the match fail.
func (c *compiler) look(n *node, no int32) (at int32) {
	s := n.subs[0]
	var bits byte
	if n.neg {
		bits = peekNot
	}
	if set, ok := s.single(); ok && no < 0 {
		if n.behind {
			bits |= peekBehind
		}
		return c.emit(inst{op: opPeek, c: bits, set: c.sets.id(set)})
	}
	at = c.emit(inst{op: opLook, c: bits, y: no})
	open := c.open
	c.open = nil
	switch {
	case n.behind && s.kind == nAlt:
		alt := &node{kind: nAlt}
		for _, b := range s.subs {
			alt.subs = append(alt.subs, back(b))
		}
		c.node(alt)
	case n.behind:
		c.node(back(s))
	default:
		c.node(s)
	}
	c.open = open
	c.emit(inst{op: opLookEnd})
	c.prog[at].x = c.here()
	return at
}

// back puts a step back before a branch of a lookbehind.
func back(n *node) *node {
	return &node{kind: nCat, subs: []*node{{kind: nBack, ref: n.minLen}, n}}
}

func (c *compiler) cond(n *node) {
	var at int32
	if n.c == condLook {
		at = c.look(n.subs[2], 0)
	} else {
		at = c.emit(inst{op: opCond, c: n.c, n: n.ref})
	}
	c.node(n.subs[0])
	jump := c.emit(inst{op: opJump})
	c.prog[at].y = c.here()
	c.node(n.subs[1])
	c.prog[jump].x = c.here()
}

func (c *compiler) call(n *node) {
	if c.subs[n.ref] == 0 {
		c.subs[n.ref] = -1
		c.queue = append(c.queue, n.ref)
	}
	c.calls = append(c.calls, c.emit(inst{op: opCall, n: n.ref}))
}

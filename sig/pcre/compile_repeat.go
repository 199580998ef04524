package pcre

// repeat writes a quantified item. One byte repeats in one instruction; all else is written out as often as it may come.
func (c *compiler) repeat(n *node) {
	s := n.subs[0]
	if n.max == 0 {
		return
	}
	if set, ok := s.single(); ok {
		c.emit(inst{op: opRep, c: byte(n.greed), set: c.sets.id(set), x: n.min, y: n.max, sx: -1})
		return
	}
	if n.greed == possessive {
		c.emit(inst{op: opAtomic})
		defer c.emit(inst{op: opAtomicEnd})
	}
	for range n.min - 1 {
		c.node(s)
	}
	switch {
	case n.max < 0 && n.min == 0:
		split := c.emit(inst{op: opSplit})
		c.loop(n)
		c.branch(split, split+1, c.here(), n.greed)
	case n.max < 0:
		c.loop(n)
	case n.min > 0:
		c.node(s)
		c.optional(n, n.max-n.min)
	default:
		c.optional(n, n.max)
	}
}

// optional writes up to count more repetitions.
func (c *compiler) optional(n *node, count int32) {
	splits := make([]int32, 0, 4)
	for range count {
		splits = append(splits, c.emit(inst{op: opSplit}))
		c.node(n.subs[0])
	}
	for _, at := range splits {
		c.branch(at, at+1, c.here(), n.greed)
	}
}

// branch sets a split: more for another repetition, done to go on, in the order of the quantifier.
func (c *compiler) branch(at, more, done int32, g greed) {
	if g == lazy {
		more, done = done, more
	}
	c.prog[at].x, c.prog[at].y = more, done
}

// loop writes one repetition or more without bound. One that matched nothing is the last.
func (c *compiler) loop(n *node) {
	top := c.here()
	check := int32(-1)
	if n.subs[0].minLen == 0 {
		if n.reg == 0 {
			c.regs++
			n.reg = c.regs
		}
		c.emit(inst{op: opLoop, n: n.reg - 1})
	}
	c.node(n.subs[0])
	if n.reg != 0 {
		check = c.emit(inst{op: opLoopEnd, n: n.reg - 1})
	}
	split := c.emit(inst{op: opSplit})
	c.branch(split, top, c.here(), n.greed)
	if check >= 0 {
		c.prog[check].x = c.here()
	}
}

package pcre

const roughCount = 16 // repetitions that a rough program counts

// linear writes the program of the engines that take linear time. It has no counters, no strings and no registers for loops: every byte
// is an instruction, and whether an iteration has matched anything yet is told by the place in the program. For that, what matches
// nothing is written once for each number of enclosing loops whose iteration is still empty. No path that takes no byte is a circle.
type linear struct {
	prog    []linst
	sets    *sets
	full    bool
	rough   bool // the program may match more than the expression
	groups  []*node
	inside  []bool // groups that are being written in place of references
	several []bool // groups with more than one node
	text    int    // backreferences that are being written: their text alone counts, not where it stands
	fold    int    // those of them in any case
}

// A hole is a successor that is not known yet: twice the instruction, plus one for its y.
type hole int32

// ways are the holes that lead to a place, by the number of loops around it whose iteration has matched nothing yet.
type ways [][]hole

// newLinear returns nil if the program would be too large. A rough program takes what has no counterpart for more than it is: conditions
// for true, and references for anything that the group matches. Where it finds nothing, there is nothing.
func newLinear(c *compiler, rough bool) []linst {
	l := &linear{sets: c.sets, rough: rough, groups: c.groups, inside: make([]bool, len(c.groups)), several: c.several}
	first := l.emit(linst{op: opJump})
	out := l.node(c.groups[0], ways{{hole(first << 1)}})
	l.fill(out.all(), l.emit(linst{op: opMatch}))
	if l.full {
		return nil
	}
	return l.prog
}

func (w ways) all() (holes []hole) {
	for _, h := range w {
		holes = append(holes, h...)
	}
	return holes
}

// join returns the ways of both.
func join(a, b ways) ways {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := make(ways, len(a))
	copy(out, a)
	for i, h := range b {
		out[i] = append(out[i][:len(out[i]):len(out[i])], h...)
	}
	return out
}

func (l *linear) emit(i linst) int32 {
	if len(l.prog) >= 2*maxLinear {
		l.full = true
		return 0
	}
	l.prog = append(l.prog, i)
	return int32(len(l.prog) - 1)
}

func (l *linear) fill(holes []hole, to int32) {
	for _, h := range holes {
		if h&1 == 0 {
			l.prog[h>>1].x = to
		} else {
			l.prog[h>>1].y = to
		}
	}
}

// eat writes an instruction that takes a byte: behind it, no iteration is empty.
func (l *linear) eat(in ways, i linst) ways {
	at := l.emit(i)
	l.fill(in.all(), at)
	return ways{{hole(at << 1)}}
}

// pass writes an instruction that takes no byte.
func (l *linear) pass(in ways, i linst) ways {
	out := make(ways, len(in))
	for e, holes := range in {
		if len(holes) > 0 {
			at := l.emit(i)
			l.fill(holes, at)
			out[e] = []hole{hole(at << 1)}
		}
	}
	return out
}

// node writes n behind in, and returns the ways that lead on.
func (l *linear) node(n *node, in ways) ways {
	if l.full {
		return in
	}
	switch n.kind {
	case nByte, nSet:
		s, _ := n.single()
		if l.fold > 0 {
			s.fold()
		}
		if s.count() == 1 {
			return l.eat(in, linst{op: opByte, c: s.min()})
		}
		return l.eat(in, linst{op: opSet, set: uint16(l.sets.id(s))})
	case nCat:
		for _, s := range n.subs {
			in = l.node(s, in)
		}
	case nAlt:
		return l.alt(n, in)
	case nGroup:
		in = l.pass(in, linst{op: opSave, y: 2 * n.ref})
		in = l.node(n.subs[0], in)
		return l.pass(in, linst{op: opSave, y: 2*n.ref + 1})
	case nAssert:
		if l.text > 0 {
			return in
		}
		return l.pass(in, linst{op: opcode(n.c)})
	case nLook:
		return l.look(n, in)
	case nFail:
		l.fill(in.all(), l.emit(linst{op: opFail}))
		return nil
	case nRepeat:
		return l.repeat(n, in)
	case nAtomic:
		return l.node(n.subs[0], in)
	case nBackref, nCall:
		return l.reference(n, in)
	case nCond:
		return l.alt(&node{kind: nAlt, subs: n.subs[:2]}, in)
	}
	return in
}

// look writes a lookaround for a single byte, or takes it for true.
func (l *linear) look(n *node, in ways) ways {
	s, ok := n.subs[0].single()
	if !ok || l.text > 0 {
		return in
	}
	i := linst{op: opPeek, set: uint16(l.sets.id(s))}
	if n.neg {
		i.c |= peekNot
	}
	if n.behind {
		i.c |= peekBehind
	}
	return l.pass(in, i)
}

// reference writes what the group of a backreference or call can match, or anything if the group is in itself.
func (l *linear) reference(n *node, in ways) ways {
	g := l.groups[n.ref]
	if g == nil || l.inside[n.ref] || l.several[n.ref] || l.full {
		all := fullSet()
		return l.loop(&node{kind: nRepeat, max: -1, subs: []*node{{kind: nSet, set: &all, minLen: 1}}}, in)
	}
	text, fold := l.text, l.fold
	if n.kind == nBackref {
		l.text++
		if n.fold {
			l.fold++
		}
	}
	l.inside[n.ref] = true
	in = l.node(g, in)
	l.inside[n.ref] = false
	l.text, l.fold = text, fold
	return in
}

func (l *linear) alt(n *node, in ways) (out ways) {
	for _, s := range n.subs[:len(n.subs)-1] {
		var first ways
		first, in = l.split(greedy, in)
		out = join(out, l.node(s, first))
	}
	return join(out, l.node(n.subs[len(n.subs)-1], in))
}

// split writes a choice: more for another repetition, done to go on; a lazy one tries done first.
func (l *linear) split(g greed, in ways) (more, done ways) {
	more, done = make(ways, len(in)), make(ways, len(in))
	for e, holes := range in {
		if len(holes) > 0 {
			at := l.emit(linst{op: opSplit})
			l.fill(holes, at)
			more[e], done[e] = []hole{hole(at << 1)}, []hole{hole(at<<1 | 1)}
		}
	}
	if g == lazy {
		more, done = done, more
	}
	return more, done
}

func (l *linear) repeat(n *node, in ways) ways {
	if l.rough && max(n.min, n.max) > roughCount {
		n = &node{kind: nRepeat, min: min(n.min, roughCount), max: -1, greed: n.greed, subs: n.subs}
	}
	s := n.subs[0]
	for range n.min - 1 {
		in = l.node(s, in)
	}
	if n.max < 0 {
		return l.loop(n, in)
	}
	if n.min > 0 {
		in = l.node(s, in)
	}
	var out ways
	for range n.max - n.min {
		var done ways
		in, done = l.split(n.greed, in)
		out = join(out, done)
		in = l.node(s, in)
	}
	return join(out, in)
}

// loop writes one repetition or more, or none if the quantifier says so.
func (l *linear) loop(n *node, in ways) (out ways) {
	if n.min == 0 {
		in, out = l.split(n.greed, in)
	}
	if n.subs[0].minLen == 0 {
		in = append(ways{nil}, in...) // one more loop is empty
	}
	level := 0 // of an iteration that is not the first
	if n.subs[0].minLen == 0 {
		level = 1
	}
	top := l.emit(linst{op: opJump})
	in = join(in, make(ways, level+1))
	l.fill(in[level], top)
	in[level] = []hole{hole(top << 1)}
	end := l.node(n.subs[0], in)
	if len(end) == 0 {
		return out
	}
	if level == 0 {
		end = ways{end.all()} // there are others only if a reference has become anything
	}
	again, done := l.split(n.greed, end[:1])
	l.fill(again.all(), top)
	if level == 1 && len(end) > 1 {
		out = join(out, end[1:]) // an empty iteration is the last
	}
	return join(out, done)
}

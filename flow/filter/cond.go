package filter

// cond is a condition of the expression: a tree of and, or, not and tests, which assemble turns into steps.
type cond struct {
	kind  condKind
	l, r  *cond
	steps []step // of a test: statements, then the comparison
}

type condKind uint8

const (
	condTrue condKind = iota
	condFalse
	condTest
	condAnd
	condOr
	condNot
)

var (
	always = &cond{kind: condTrue}
	never  = &cond{kind: condFalse}
)

func test(steps ...step) *cond { return &cond{kind: condTest, steps: steps} }

func not(c *cond) *cond { return &cond{kind: condNot, l: c} }

// and tests its conditions in order; nil stands for a condition that is not needed.
func and(cs ...*cond) *cond { return join(condAnd, cs) }

// or tests its conditions in order.
func or(cs ...*cond) *cond { return join(condOr, cs) }

func join(kind condKind, cs []*cond) *cond {
	var out *cond
	for _, c := range cs {
		switch {
		case c == nil:
		case out == nil:
			out = c
		default:
			out = &cond{kind: kind, l: out, r: c}
		}
	}
	return out
}

// assembler lays steps out back to front, so that each jump's target is known when it is written. A label is an index
// in that reverse order, or accept or reject.
type assembler struct {
	steps []step
}

// add lays c out with its two continuations and returns the label where it starts.
func (a *assembler) add(c *cond, t, f uint16) uint16 {
	switch c.kind {
	case condTrue:
		return t
	case condFalse:
		return f
	case condNot:
		return a.add(c.l, f, t)
	case condAnd:
		return a.add(c.l, a.add(c.r, t, f), f)
	case condOr:
		return a.add(c.l, t, a.add(c.r, t, f))
	}
	next := t
	for i := len(c.steps) - 1; i >= 0; i-- {
		s := c.steps[i]
		if s.jt, s.jf = next, f; s.rel == relKeep {
			s.jf = next
		}
		s.jt, s.jf = a.skip(&s, s.jt, true), a.skip(&s, s.jf, false)
		if len(a.steps) >= maxSteps {
			return reject
		}
		a.steps = append(a.steps, s)
		next = uint16(len(a.steps) - 1)
	}
	return next
}

// skip follows a jump over the tests whose outcome is known from the step just taken: those that compare the same field
// for equality. Their loads cannot fail, since the same load has just been done.
func (a *assembler) skip(s *step, label uint16, hit bool) uint16 {
	if s.rel != relEq || s.op > opTranWord {
		return label
	}
	for label < uint16(len(a.steps)) {
		n := &a.steps[label]
		if n.rel != relEq || n.op != s.op || n.base != s.base || n.off != s.off || n.hdr != s.hdr || n.mask != s.mask {
			break
		}
		switch {
		case hit && n.val == s.val:
			label = n.jt
		case hit || n.val == s.val:
			label = n.jf
		default:
			return label
		}
	}
	return label
}

// finish returns the steps in running order and the index to start at.
func (a *assembler) finish(entry uint16) ([]step, uint) {
	n := len(a.steps)
	turn := func(label uint16) uint16 {
		if label >= reject {
			return label
		}
		return uint16(n-1) - label
	}
	out := make([]step, n)
	for i := range a.steps {
		s := a.steps[i]
		s.jt, s.jf = turn(s.jt), turn(s.jf)
		out[n-1-i] = s
	}
	return out, uint(turn(entry))
}

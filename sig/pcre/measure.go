package pcre

const (
	noLimit    = 1 << 30 // of a length
	hugeSize   = 1 << 24 // of a program
	maxProgram = 1 << 16 // instructions of the backtracking program
	maxLinear  = 1 << 12 // instructions of the linear program
	maxBehind  = 65535   // bytes that a lookbehind goes back
)

// measurer computes how much the parts of an expression match and how large their programs are.
type measurer struct {
	min, max []int32 // length of each group, as far as known
	size     []int32 // program of each group
	final    bool
	nextMin  []int32
	nextMax  []int32
	called   map[int32]bool
	err      *SyntaxError
}

// measure fills in the lengths and sizes of all nodes. It goes through the tree twice: only then it knows the groups that are called
// or referred to before they come.
func measure(root *node, groups int) (*measurer, error) {
	m := &measurer{called: map[int32]bool{}}
	m.min, m.max = make([]int32, groups+1), make([]int32, groups+1)
	for i := range m.max {
		m.max[i] = noLimit
	}
	m.size = make([]int32, groups+1)
	for range 2 {
		m.nextMin, m.nextMax = make([]int32, groups+1), make([]int32, groups+1)
		for i := range m.nextMin {
			m.nextMin[i] = noLimit
		}
		m.node(root)
		m.min, m.max, m.final = m.nextMin, m.nextMax, true
		m.min[0], m.max[0], m.size[0] = root.minLen, root.maxLen, root.size
	}
	total := root.size
	for g := range m.called {
		total = addSize(total, m.size[g])
	}
	if total > maxProgram && m.err == nil {
		m.err = &SyntaxError{Message: "expression is too large"}
	}
	if m.err != nil {
		return nil, m.err
	}
	return m, nil
}

func addSize(a, b int32) int32 { return min(a+b, hugeSize) }
func addLen(a, b int32) int32  { return int32(min(int64(a)+int64(b), noLimit)) }

func times(a, n, limit int32) int32 { return int32(min(int64(a)*int64(n), int64(limit))) }

func (m *measurer) node(n *node) {
	for _, s := range n.subs {
		m.node(s)
	}
	n.minLen, n.maxLen, n.size, n.lin = 0, 0, 1, 1
	switch n.kind {
	case nByte, nSet:
		n.minLen, n.maxLen = 1, 1
	case nCat:
		n.size, n.lin = 0, 0
		for _, s := range n.subs {
			n.minLen, n.maxLen = addLen(n.minLen, s.minLen), addLen(n.maxLen, s.maxLen)
			n.size, n.lin = addSize(n.size, s.size), addSize(n.lin, s.lin)
		}
	case nAlt:
		m.alt(n)
	case nRepeat:
		m.repeat(n)
	case nGroup:
		m.group(n)
	case nBackref:
		n.minLen, n.maxLen, n.lin = m.min[n.ref], m.max[n.ref], hugeSize
	case nCall:
		n.minLen, n.maxLen, n.lin = m.min[n.ref], m.max[n.ref], hugeSize
		m.called[n.ref] = true
	case nLook:
		m.look(n)
	case nAtomic:
		s := n.subs[0]
		n.minLen, n.maxLen, n.size, n.lin = s.minLen, s.maxLen, addSize(s.size, 2), hugeSize
	case nCond:
		yes, no := n.subs[0], n.subs[1]
		n.minLen, n.maxLen = min(yes.minLen, no.minLen), max(yes.maxLen, no.maxLen)
		n.size, n.lin = addSize(addSize(yes.size, no.size), 3), hugeSize
		if len(n.subs) > 2 {
			n.size = addSize(n.size, n.subs[2].size)
		}
	case nKeep, nVerb:
		n.lin = hugeSize
	case nAccept:
		n.size, n.lin = maxNest+2, hugeSize
	}
}

func (m *measurer) alt(n *node) {
	n.minLen, n.size, n.lin = noLimit, 0, 0
	for _, s := range n.subs {
		n.minLen, n.maxLen = min(n.minLen, s.minLen), max(n.maxLen, s.maxLen)
		n.size, n.lin = addSize(n.size, s.size+2), addSize(n.lin, s.lin+2)
	}
}

func (m *measurer) group(n *node) {
	s := n.subs[0]
	n.minLen, n.maxLen = s.minLen, s.maxLen
	n.size, n.lin = addSize(s.size, 2), addSize(s.lin, 2)
	m.nextMin[n.ref] = min(m.nextMin[n.ref], n.minLen)
	m.nextMax[n.ref] = max(m.nextMax[n.ref], n.maxLen)
	m.size[n.ref] = max(m.size[n.ref], n.size)
}

func (m *measurer) repeat(n *node) {
	s := n.subs[0]
	copies := max(n.min, n.max, 1)
	n.minLen = times(s.minLen, n.min, noLimit)
	switch {
	case n.max >= 0:
		n.maxLen = times(s.maxLen, n.max, noLimit)
	case s.maxLen > 0:
		n.maxLen = noLimit
	}
	n.lin = addSize(times(s.lin+1, copies, hugeSize), 2)
	if n.greed == possessive {
		n.lin = hugeSize
	}
	if _, ok := s.single(); !ok {
		n.size = addSize(times(s.size+1, copies, hugeSize), 6)
	}
}

// look measures a lookaround, and a lookbehind's branches, which must know how far to go back.
func (m *measurer) look(n *node) {
	s := n.subs[0]
	n.size, n.lin = addSize(s.size, 2), hugeSize
	if _, ok := s.single(); ok {
		n.size, n.lin = 1, 1
	}
	if !n.behind {
		return
	}
	branches := []*node{s}
	if s.kind == nAlt {
		branches = s.subs
	}
	n.size = addSize(n.size, int32(len(branches)))
	for _, b := range branches {
		if m.final && m.err == nil && (b.minLen != b.maxLen || b.maxLen > maxBehind) {
			m.err = &SyntaxError{Offset: int(n.pos), Message: "lookbehind is not of fixed length"}
		}
	}
}

package pcre

// What an entry of the stack says.
const (
	btAlt    uint8 = iota // go on at pc and pos
	btReg                 // set register pc back to pos
	btGreedy              // give back one byte of a repetition: pos is where it stands, x the least
	btLazy                // take one byte more: pos is where it stands, x how many more it may take
	btAtomic              // an open atomic group; x: the barrier before
	btLook                // an open lookaround: its instruction, where it started, the barrier before
	btCall                // a call started; x: the frame before
	btReturn              // a call ended; x: its frame
	btVerb                // a verb was passed: its instruction and where
)

const (
	maxStack  = 1 << 20 // entries
	maxFrames = 1 << 12 // calls inside calls
	maxSaved  = 1 << 20 // registers saved by calls
)

// entry is what to do when the search has to go back.
type entry struct {
	kind       uint8
	pc, pos, x int32
}

// frame is a call of a group.
type frame struct {
	group, ret    int32 // the group, where to go on
	parent, pos   int32 // the frame before, where the call started
	saved         int32 // where its copy of the registers starts
	bottom        int32 // its btCall on the stack
	barrierBefore int32
}

// A verdict is the outcome of the attempt to match at one place.
type verdict uint8

const (
	noMatch verdict = iota
	matched
	outOfSteps
	committed // no match anywhere
	skipped   // go on at skipTo
)

// backtracker searches depth first, in the order that Perl and PCRE2 prescribe. All that it has to come back to is on a stack of its
// own. Every step is paid from a budget.
type backtracker struct {
	re        *Regexp
	b         []byte
	from      int
	steps     int // left
	regs      []int32
	stack     []entry
	barrier   int32 // the innermost open atomic group or lookaround on the stack, -1: none
	frames    []frame
	frame     int32 // the call that is running, -1: none
	saved     []int32
	verdict   verdict
	skipTo    int
	existence bool // groups do not count
}

func (m *backtracker) push(kind uint8, pc, pos, x int32) {
	m.stack = append(m.stack, entry{kind, pc, pos, x})
	if len(m.stack) > maxStack {
		m.steps = -1
	}
}

// set changes a register; the old value comes back when the search goes back.
func (m *backtracker) set(reg, v int32) {
	if len(m.stack) > 0 {
		m.push(btReg, reg, m.regs[reg], 0)
	}
	m.regs[reg] = v
}

// pop goes back to the last choice. pc is negative if there is none left; verdict then says what that means.
func (m *backtracker) pop() (pc, pos int32) {
	for len(m.stack) > 0 {
		top := len(m.stack) - 1
		e := &m.stack[top]
		switch e.kind {
		case btAlt:
			m.stack = m.stack[:top]
			return e.pc, e.pos
		case btReg:
			m.regs[e.pc] = e.pos
			m.stack = m.stack[:top]
		case btGreedy:
			if m.giveBack(e) {
				pc, pos = e.pc, e.pos
				if pos == e.x {
					m.stack = m.stack[:top]
				}
				return pc, pos
			}
			m.stack = m.stack[:top]
		case btLazy:
			if m.takeMore(e) {
				return e.pc, e.pos
			}
			m.stack = m.stack[:top]
		default:
			if pc, pos = m.popRare(); pc != goOn {
				return pc, pos
			}
		}
	}
	m.verdict = noMatch
	return stop, 0
}

// Special places that pop and special answer with.
const (
	stop = -1 - iota // the attempt is over
	goOn             // go further back
)

// giveBack moves a greedy repetition back to a place from which the rest may match.
func (m *backtracker) giveBack(e *entry) bool {
	rep := &m.re.prog[e.pc-1]
	if rep.sx < 0 {
		e.pos--
		return e.pos >= e.x
	}
	next, b := &m.re.sets[rep.sx], m.b
	pos := e.pos - 1
	start := pos
	for pos >= e.x && (int(pos) >= len(b) || !next.has(b[pos])) {
		pos--
	}
	m.steps -= int(start-pos) >> 3
	e.pos = pos
	return pos >= e.x
}

// takeMore moves a lazy repetition on to a place from which the rest may match.
func (m *backtracker) takeMore(e *entry) bool {
	rep := &m.re.prog[e.pc-1]
	set, b := &m.re.sets[rep.set], m.b
	for e.x != 0 && int(e.pos) < len(b) && set.has(b[e.pos]) {
		e.pos++
		e.x--
		if rep.sx < 0 || int(e.pos) < len(b) && m.re.sets[rep.sx].has(b[e.pos]) {
			return true
		}
		m.steps--
	}
	return false
}

// popRare handles the entries that are rare; goOn asks for the next one.
func (m *backtracker) popRare() (pc, pos int32) {
	top := len(m.stack) - 1
	e := m.stack[top]
	m.stack = m.stack[:top]
	switch e.kind {
	case btAtomic:
		m.barrier = e.x
	case btLook:
		m.barrier = e.x
		in := &m.re.prog[e.pc]
		switch {
		case in.c&peekNot != 0:
			return in.x, e.pos
		case in.y >= 0:
			return in.y, e.pos
		}
	case btCall:
		f := &m.frames[m.frame]
		m.saved = m.saved[:f.saved]
		m.frames = m.frames[:m.frame]
		m.frame = e.x
	case btReturn:
		m.frame = e.x
	case btVerb:
		return m.popVerb(e)
	}
	return goOn, 0
}

// popVerb ends the innermost negative lookaround, which is then true, or call, which fails, or else the whole attempt.
func (m *backtracker) popVerb(verb entry) (pc, pos int32) {
	bottom := int32(-1)
	if m.frame >= 0 {
		bottom = m.frames[m.frame].bottom
	}
	for i := m.barrier; i > bottom; i = m.stack[i].x {
		if e := m.stack[i]; e.kind == btLook && m.re.prog[e.pc].c&peekNot != 0 {
			bottom = i
			break
		}
	}
	if bottom >= 0 {
		m.unwind(int(bottom) + 1)
		return m.popRare()
	}
	m.unwind(0)
	switch m.re.prog[verb.pc].op {
	case opCommit:
		m.verdict = committed
	case opSkip:
		m.verdict, m.skipTo = skipped, int(verb.pos)
	default:
		m.verdict = noMatch
	}
	return stop, 0
}

// unwind takes everything from bottom on off the stack, and undoes it.
func (m *backtracker) unwind(bottom int) {
	for len(m.stack) > bottom {
		top := len(m.stack) - 1
		switch e := m.stack[top]; e.kind {
		case btReg:
			m.regs[e.pc] = e.pos
			m.stack = m.stack[:top]
		case btAtomic, btLook:
			m.barrier = e.x
			m.stack = m.stack[:top]
		case btCall, btReturn:
			m.popRare()
		default:
			m.stack = m.stack[:top]
		}
	}
}

// cut forgets the choices from bottom on, and keeps what has to be undone when the search goes back further.
func (m *backtracker) cut(bottom int32) {
	keep := m.stack[:bottom]
	for _, e := range m.stack[bottom:] {
		if e.kind == btReg && bottom > 0 || e.kind == btCall || e.kind == btReturn {
			keep = append(keep, e)
		}
	}
	m.stack = keep
}

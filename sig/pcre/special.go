package pcre

import "bytes"

// special carries out the instructions that are rare; a negative pc is a failure.
func (m *backtracker) special(in *inst, pc, pos int32) (int32, int32) {
	switch in.op {
	case opFail:
		return goOn, pos
	case opOpen:
		m.set(m.re.opens+in.n, pos)
	case opClose:
		m.set(2*in.n, m.regs[m.re.opens+in.n])
		m.set(2*in.n+1, pos)
	case opBackref:
		n := m.backref(in, pos)
		if n < 0 {
			return goOn, pos
		}
		pos += n
	case opLook:
		m.push(btLook, pc, pos, m.barrier)
		m.barrier = int32(len(m.stack) - 1)
	case opLookEnd:
		return m.lookEnd()
	case opBehind:
		if pos < in.n {
			return goOn, pos
		}
		pos -= in.n
	case opAtomic:
		m.push(btAtomic, pc, pos, m.barrier)
		m.barrier = int32(len(m.stack) - 1)
	case opAtomicEnd:
		bottom := m.barrier
		m.barrier = m.stack[bottom].x
		m.steps -= (len(m.stack) - int(bottom)) >> 3
		m.cut(bottom)
	case opCond:
		if !m.condition(in) {
			return in.y, pos
		}
	case opCall:
		return m.call(in, pc, pos)
	case opReturn:
		return m.leave(), pos
	case opKeep:
		m.set(0, pos)
	case opAccept:
		return m.acceptNow(pos)
	case opCommit, opPrune, opSkip:
		m.push(btVerb, pc, pos, 0)
	case opLoop:
		m.set(in.n, pos)
	case opLoopEnd:
		if m.regs[in.n] == pos {
			return in.x, pos
		}
	default:
		if !m.re.holds(in.op, in.c, in.set, m.b, int(pos), m.from) {
			return goOn, pos
		}
	}
	return pc + 1, pos
}

// backref returns the length of the group's text if it comes at pos, or -1. A group that is not set never matches.
func (m *backtracker) backref(in *inst, pos int32) int32 {
	start, end := m.regs[2*in.n], m.regs[2*in.n+1]
	if start < 0 || end < start {
		return -1
	}
	n := end - start
	if int(pos)+int(n) > len(m.b) {
		return -1
	}
	m.steps -= int(n) >> 3
	want, have := m.b[start:end], m.b[pos:pos+n]
	if in.c == 0 {
		if !bytes.Equal(want, have) {
			return -1
		}
		return n
	}
	for i, c := range want {
		if lower(c) != lower(have[i]) {
			return -1
		}
	}
	return n
}

// lookEnd ends the innermost lookaround, whose content has matched.
func (m *backtracker) lookEnd() (pc, pos int32) {
	bottom := m.barrier
	e := m.stack[bottom]
	in := &m.re.prog[e.pc]
	m.steps -= (len(m.stack) - int(bottom)) >> 3
	if in.c&peekNot == 0 {
		m.barrier = e.x
		m.cut(bottom)
		return in.x, e.pos
	}
	m.unwind(int(bottom))
	if in.y >= 0 {
		return in.y, e.pos
	}
	return goOn, e.pos
}

func (m *backtracker) condition(in *inst) bool {
	switch in.c {
	case condGroup:
		return m.regs[2*in.n+1] >= 0
	case condCalled:
		return m.frame >= 0 && (in.n < 0 || m.frames[m.frame].group == in.n)
	}
	return in.c == condAlways
}

// call starts a subroutine. A call that comes again without having matched anything would never end.
func (m *backtracker) call(in *inst, pc, pos int32) (int32, int32) {
	for i := m.frame; i >= 0 && m.frames[i].pos == pos; i = m.frames[i].parent {
		if m.frames[i].group == in.n {
			m.steps = -1
		}
		m.steps--
	}
	if len(m.frames) >= maxFrames || len(m.saved) > maxSaved {
		m.steps = -1
		return goOn, pos
	}
	m.push(btCall, 0, 0, m.frame)
	m.frames = append(m.frames, frame{group: in.n, ret: pc + 1, parent: m.frame, pos: pos,
		saved: int32(len(m.saved)), bottom: int32(len(m.stack) - 1), barrierBefore: m.barrier})
	m.frame = int32(len(m.frames) - 1)
	m.saved = append(m.saved, m.regs...)
	m.steps -= len(m.regs) >> 3
	return in.x, pos
}

// leave ends the running call: the groups are again what they were before it.
func (m *backtracker) leave() (pc int32) {
	f := m.frames[m.frame]
	old := m.saved[f.saved : int(f.saved)+len(m.regs)]
	for i, v := range old {
		if i > 1 && m.regs[i] != v { // \K holds on
			m.set(int32(i), v)
		}
	}
	m.steps -= len(m.regs) >> 3
	m.push(btReturn, 0, 0, m.frame)
	m.frame = f.parent
	return f.ret
}

// acceptNow ends the innermost lookaround or call as matched, or else the whole attempt.
func (m *backtracker) acceptNow(pos int32) (int32, int32) {
	bottom := int32(-1)
	if m.frame >= 0 {
		bottom = m.frames[m.frame].bottom
	}
	for i := m.barrier; i > bottom; i = m.stack[i].x {
		if m.stack[i].kind == btLook {
			m.barrier = i
			return m.lookEnd()
		}
	}
	if m.frame >= 0 {
		m.barrier = m.frames[m.frame].barrierBefore
		m.cut(bottom + 1)
		return m.leave(), pos
	}
	return m.re.last, pos
}

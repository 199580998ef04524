package pcre

// try attempts a match at start, within the steps that are left. Groups are in regs after a match.
func (m *backtracker) try(start int) verdict {
	for i := range m.regs {
		m.regs[i] = -1
	}
	m.regs[0] = int32(start)
	m.steps -= len(m.regs) >> 4
	m.stack, m.frames, m.saved = m.stack[:0], m.frames[:0], m.saved[:0]
	m.barrier, m.frame = -1, -1
	v, end := m.run(int32(start))
	m.regs[1] = end
	return v
}

// run is the loop over instructions; what is rare is done in special.
func (m *backtracker) run(pos int32) (v verdict, end int32) {
	prog, b := m.re.prog, m.b
	pc := int32(0)
	for {
		if m.steps--; m.steps < 0 {
			return outOfSteps, 0
		}
		in := &prog[pc]
		ok := false
		switch in.op {
		case opByte:
			ok = int(pos) < len(b) && b[pos] == in.c
			pos++
			pc++
		case opSet:
			ok = int(pos) < len(b) && m.re.sets[in.set].has(b[pos])
			pos++
			pc++
		case opStr:
			s := m.re.strs[in.n]
			ok = len(b)-int(pos) >= len(s) && string(b[pos:int(pos)+len(s)]) == s
			pos += int32(len(s))
			pc++
		case opStrFold:
			s := m.re.strs[in.n]
			ok = len(b)-int(pos) >= len(s) && equalFold(b[pos:int(pos)+len(s)], s)
			pos += int32(len(s))
			pc++
		case opRep:
			pos, ok = m.repeat(in, pc+1, pos)
			pc++
		case opSplit:
			pc, ok = m.split(in, pos)
		case opJump:
			pc, ok = in.x, true
		case opSave:
			if !m.existence {
				m.set(in.n, pos)
			}
			pc, ok = pc+1, true
		case opMatch:
			return matched, pos
		default:
			pc, pos = m.special(in, pc, pos)
			ok = pc >= 0
		}
		if ok {
			continue
		}
		if pc, pos = m.pop(); pc < 0 {
			if m.steps < 0 {
				return outOfSteps, 0
			}
			return m.verdict, 0
		}
	}
}

// split chooses a branch; if both can match by their first bytes, the other is kept for later.
func (m *backtracker) split(in *inst, pos int32) (pc int32, ok bool) {
	var x, y bool
	if int(pos) < len(m.b) {
		c := m.b[pos]
		x = in.sx < 0 || m.re.sets[in.sx].has(c)
		y = in.sy < 0 || m.re.sets[in.sy].has(c)
	} else {
		x, y = in.sx < 0, in.sy < 0
	}
	switch {
	case !x:
		return in.y, y
	case y:
		m.push(btAlt, in.y, pos, 0)
	}
	return in.x, true
}

// repeat takes as many bytes as the repetition wants at first; next is the instruction after it.
func (m *backtracker) repeat(in *inst, next, pos int32) (int32, bool) {
	b := m.b
	least := int(pos) + int(in.x)
	if least > len(b) {
		return pos, false
	}
	set, end := &m.re.sets[in.set], least
	if in.c != byte(lazy) {
		end = len(b)
		if most := int(pos) + int(in.y); in.y >= 0 && most < end {
			end = most
		}
	}
	i := int(pos)
	for i < end && set.has(b[i]) {
		i++
	}
	m.steps -= (i - int(pos)) >> 3
	switch {
	case i < least:
		return pos, false
	case in.c == byte(lazy) && (in.y < 0 || in.y > in.x):
		more := int32(-1)
		if in.y >= 0 {
			more = in.y - in.x
		}
		m.push(btLazy, next, int32(i), more)
	case in.c == byte(greedy) && i > least:
		m.push(btGreedy, next, int32(i), int32(least))
	}
	return int32(i), true
}

func equalFold(b []byte, s string) bool {
	for i := range len(s) {
		if lower(b[i]) != s[i] {
			return false
		}
	}
	return true
}

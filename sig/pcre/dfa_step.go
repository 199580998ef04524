package pcre

// What was before a place, as far as conditions ask for it.
const (
	beforeStart   uint8 = 1 << iota // nothing
	beforeFrom                      // where the search started
	beforeWord                      // a word byte
	beforeNewline                   // a newline
	beforePeek                      // a byte of the first lookbehind's set; the next bits: of the others
)

const maxPeeks = 4 // sets of lookbehinds that an automaton can keep apart

// symbols sort the bytes into classes that the linear program cannot tell apart. Two symbols more are a newline that is the last byte,
// and the end.
type symbols struct {
	of     [256]uint8
	member []byte     // one byte of each symbol
	before [256]uint8 // what a byte means for the place behind it
	need   uint8      // what the program asks for
	peeks  []uint16   // sets of the lookbehinds
	count  int
}

// newSymbols returns nil if the automaton cannot run the program.
func newSymbols(re *Regexp) *symbols {
	s := &symbols{count: 1}
	newline, word := setOf('\n', false), wordSet()
	s.splitBy(&newline)
	done := map[int32]bool{}
	for i := range re.linear {
		switch in := &re.linear[i]; in.op {
		case opByte:
			if key := -1 - int32(in.c); !done[key] {
				set := setOf(in.c, false)
				s.splitBy(&set)
				done[key] = true
			}
		case opSet, opPeek:
			if !done[int32(in.set)] {
				s.splitBy(&re.sets[in.set])
				done[int32(in.set)] = true
			}
			if in.op == opPeek && in.c&peekBehind != 0 && !s.peek(in.set) {
				return nil
			}
		case opWordEdge, opNoWordEdge:
			s.splitBy(&word)
			s.need |= beforeWord
		case opStart:
			s.need |= beforeStart
		case opLineStart:
			s.need |= beforeStart | beforeNewline
		case opFrom:
			s.need |= beforeFrom
		}
	}
	if s.count > 250 {
		return nil
	}
	s.finish(re)
	return s
}

// splitBy parts the bytes in a set from those that are not.
func (s *symbols) splitBy(set *byteSet) {
	var to, size, in [256]int // of each class: that of its members, plus one; all its bytes; its members
	for c := range 256 {
		size[s.of[c]]++
		if set.has(byte(c)) {
			in[s.of[c]]++
		}
	}
	for c := range 256 {
		old := s.of[c]
		if !set.has(byte(c)) || in[old] == size[old] {
			continue
		}
		if to[old] == 0 {
			s.count++
			to[old] = s.count
		}
		s.of[c] = uint8(to[old] - 1)
	}
}

// peek notes the set of a lookbehind.
func (s *symbols) peek(set uint16) bool {
	for i, p := range s.peeks {
		if p == set {
			return i < maxPeeks
		}
	}
	s.need |= beforePeek << len(s.peeks)
	s.peeks = append(s.peeks, set)
	return len(s.peeks) <= maxPeeks
}

// finish fills in what follows from the classes.
func (s *symbols) finish(re *Regexp) {
	s.member = make([]byte, s.count)
	s.count += 2
	for c := 255; c >= 0; c-- {
		s.member[s.of[c]] = byte(c)
		if isWord(byte(c)) {
			s.before[c] |= beforeWord
		}
		if c == '\n' {
			s.before[c] |= beforeNewline
		}
		for i, p := range s.peeks {
			if re.sets[p].has(byte(c)) {
				s.before[c] |= beforePeek << i
			}
		}
	}
}

// look is what is known about a place: what was before, and what comes next.
type look struct {
	before     uint8
	next       byte
	end, endNL bool // next is the end, or the end or a newline before it
}

// step makes the state that follows s.
func (a *dfa) step(s, symbol int32) int32 {
	id := s / a.stride
	at := look{before: a.before[id]}
	switch symbol {
	case a.stride - 1:
		at.end, at.endNL = true, true
	case a.stride - 2:
		at.next, at.endNL = '\n', true
	default:
		at.next = a.sym.member[symbol]
	}
	to := a.stride
	if a.move(id, &at) {
		to = 2 * a.stride
	} else if !at.end {
		if !a.re.onlyFrom() {
			a.include(0)
		}
		if len(a.set) > 0 {
			to = a.state(a.sym.before[at.next] & a.sym.need)
		}
	}
	a.next[s+symbol] = to
	return to
}

// include adds an instruction to the set.
func (a *dfa) include(pc int32) {
	if a.inSet[pc] != a.round {
		a.inSet[pc] = a.round
		a.set = append(a.set, pc)
	}
}

// move collects what the instructions of a state lead to. It is true if one of them is the match.
func (a *dfa) move(id int32, at *look) bool {
	if a.round++; a.round == 0 {
		clear(a.seen)
		clear(a.inSet)
		a.round = 1
	}
	a.set = a.set[:0]
	a.stack = append(a.stack[:0], a.core[a.ends[id-1]:a.ends[id]]...)
	for len(a.stack) > 0 {
		pc := a.stack[len(a.stack)-1]
		a.stack = a.stack[:len(a.stack)-1]
		if a.seen[pc] == a.round {
			continue
		}
		a.seen[pc] = a.round
		in := &a.re.linear[pc]
		switch in.op {
		case opMatch:
			return true
		case opFail:
		case opByte, opSet:
			if !at.end && (in.op == opByte && in.c == at.next || in.op == opSet && a.re.sets[in.set].has(at.next)) {
				a.include(in.x)
			}
		case opSplit:
			a.stack = append(a.stack, in.y, in.x)
		case opSave, opJump:
			a.stack = append(a.stack, in.x)
		default:
			if a.holds(in, at) {
				a.stack = append(a.stack, in.x)
			}
		}
	}
	return false
}

// holds is the condition of an instruction at a place.
func (a *dfa) holds(in *linst, at *look) bool {
	switch in.op {
	case opStart:
		return at.before&beforeStart != 0
	case opLineStart:
		return at.before&beforeStart != 0 || at.before&beforeNewline != 0 && !at.end
	case opEnd:
		return at.end
	case opEndNL:
		return at.endNL
	case opLineEnd:
		return at.end || at.next == '\n'
	case opWordEdge, opNoWordEdge:
		edge := (at.before&beforeWord != 0) != (!at.end && isWord(at.next))
		return edge == (in.op == opWordEdge)
	case opFrom:
		return at.before&beforeFrom != 0
	case opPeek:
		in1 := !at.end && a.re.sets[in.set].has(at.next)
		if in.c&peekBehind != 0 {
			in1 = false
			for i, p := range a.sym.peeks {
				in1 = in1 || p == in.set && at.before&(beforePeek<<i) != 0
			}
		}
		return in1 == (in.c&peekNot == 0)
	}
	return false
}

package pcre

const (
	maxAnnotated = 1 << 12 // instructions of a program that is looked through for first bytes
	maxVisits    = 64      // instructions looked at for one set
)

// annotator finds out which bytes can come next at places of the program, so that the search need not try what cannot match.
type annotator struct {
	prog    []inst
	strs    []string
	sets    *sets
	mark    []int32 // last round that visited an instruction
	round   int32
	pending []int32
	atEnd   bool // the last set was for a place that can also be reached at the end
}

func annotate(prog []inst, strs []string, s *sets) *annotator {
	for i := range prog {
		prog[i].sx, prog[i].sy = -1, -1
	}
	a := &annotator{prog: prog, strs: strs, sets: s, mark: make([]int32, len(prog))}
	for i := range prog {
		if op := prog[i].op; len(prog) > maxAnnotated || op == opCommit || op == opPrune || op == opSkip {
			return a // too much, or what cannot match must be tried nevertheless
		}
	}
	for i := range prog {
		switch in := &prog[i]; in.op {
		case opSplit:
			in.sx, in.sy = a.setID(in.x), a.setID(in.y)
		case opRep:
			a.possess(in, int32(i)+1)
		}
	}
	return a
}

// possess makes a repetition possessive if what follows cannot start with a byte of it: giving one back would not help.
func (a *annotator) possess(in *inst, next int32) {
	s, ok := a.first(next)
	if !ok {
		return
	}
	if in.c == byte(greedy) && !s.overlaps(&a.sets.list[in.set]) {
		in.c = byte(possessive)
	}
	if !a.atEnd {
		in.sx = a.sets.id(s)
	}
}

func (a *annotator) setID(pc int32) int32 {
	s, ok := a.first(pc)
	if !ok || a.atEnd {
		return -1
	}
	return a.sets.id(s)
}

// first returns the bytes that a match from pc on can start with; ok is false if it may be empty, or is unknown.
func (a *annotator) first(pc int32) (s byteSet, ok bool) {
	a.round++
	a.atEnd = false
	a.pending = append(a.pending[:0], pc)
	for visits := 0; len(a.pending) > 0; visits++ {
		if visits > maxVisits {
			return s, false
		}
		pc = a.pending[len(a.pending)-1]
		a.pending = a.pending[:len(a.pending)-1]
		if a.mark[pc] == a.round {
			continue
		}
		a.mark[pc] = a.round
		if !a.step(pc, &s) {
			return s, false
		}
	}
	return s, true
}

// step adds what the instruction at pc can start with, and notes where to look on; false: nothing is known.
func (a *annotator) step(pc int32, s *byteSet) bool {
	switch in := &a.prog[pc]; in.op {
	case opByte:
		s.add(in.c)
	case opSet:
		s.addSet(&a.sets.list[in.set])
	case opStr, opStrFold:
		set := setOf(a.strs[in.n][0], in.op == opStrFold)
		s.addSet(&set)
	case opRep:
		s.addSet(&a.sets.list[in.set])
		if in.x == 0 {
			a.pending = append(a.pending, pc+1)
		}
	case opSplit:
		a.pending = append(a.pending, in.y, in.x)
	case opJump:
		a.pending = append(a.pending, in.x)
	case opSave, opOpen, opClose, opLoop, opAtomic, opStart, opLineStart, opWordEdge, opNoWordEdge, opFrom, opPeek, opKeep:
		a.pending = append(a.pending, pc+1)
	case opLoopEnd:
		a.pending = append(a.pending, pc+1, in.x)
	case opCond:
		a.pending = append(a.pending, pc+1, in.y)
	case opLook:
		if in.y >= 0 {
			a.pending = append(a.pending, in.y)
		}
		a.pending = append(a.pending, in.x)
	case opCall:
		a.pending = append(a.pending, in.x)
		return a.prog[in.x].op != opReturn
	case opEnd:
		a.atEnd = true
	case opEndNL, opLineEnd:
		a.atEnd = true
		s.add('\n')
	case opFail:
	default:
		return false
	}
	return true
}

package pcre

import "slices"

const (
	maxDFA      = 1 << 16 // numbers in the table, and in the states, of one automaton
	maxDFAs     = 4 << 20 // numbers in all automata of a machine
	maxFlushes  = 4       // times that the table may fill up in one search without being worth it
	firstState  = 3       // states before stand for: not known yet, no match, match
	maxFailures = 3       // searches given up until the automaton is not asked any more
	bytesPerNew = 16      // bytes a search must get on for each new state to be worth it
)

// dfas are the automata of the expressions for which the backtracker took too long.
type dfas struct {
	byExpr map[*Regexp]*dfa
	total  int
}

// known reports whether the expression has an automaton that is worth asking first.
func (d *dfas) known(re *Regexp) bool {
	a := d.byExpr[re]
	return a != nil && a.failures < maxFailures
}

// search says whether there is a match: matched, noMatch, or outOfSteps if the automaton grew too fast.
func (d *dfas) search(re *Regexp, b []byte, from, start int) verdict {
	a := d.byExpr[re]
	if a == nil {
		if d.byExpr == nil {
			d.byExpr = map[*Regexp]*dfa{}
		}
		if d.total > maxDFAs {
			clear(d.byExpr)
			d.total = 0
		}
		a = newDFA(re)
		d.byExpr[re] = a
	}
	if a.failures >= maxFailures {
		return outOfSteps
	}
	d.total -= a.memory()
	v := a.search(b, from, start)
	d.total += a.memory()
	if v == outOfSteps {
		a.failures++
	}
	return v
}

// dfa is an automaton that is built while it runs. A state is a set of instructions of the linear program, and what was before. What
// holds at a place depends on the next byte too, so it is looked at one byte late.
type dfa struct {
	re       *Regexp
	sym      *symbols
	stride   int32
	next     []int32  // by state times stride plus symbol: state times stride
	core     []int32  // instructions of all states, one state after the other
	ends     []int32  // where in core a state ends
	before   []uint8  // what was before
	table    []int32  // hash table of states
	set      []int32  // the set that is being built
	seen     []uint32 // last round that looked at an instruction
	inSet    []uint32 // last round that put it into the set
	round    uint32
	stack    []int32
	news     int // new states in this search
	failures int // searches given up
}

// newDFA returns an automaton without symbols if the program cannot be run by one.
func newDFA(re *Regexp) *dfa {
	a := &dfa{re: re, sym: newSymbols(re)}
	if a.sym == nil {
		a.failures = maxFailures
		return a
	}
	a.stride = int32(a.sym.count)
	a.seen, a.inSet = make([]uint32, len(re.linear)), make([]uint32, len(re.linear))
	a.flush()
	return a
}

func (a *dfa) memory() int { return cap(a.next) + cap(a.core) + len(a.table) + 4*len(a.re.linear) }

// flush forgets all states.
func (a *dfa) flush() {
	a.next, a.core, a.ends, a.before = a.next[:0], a.core[:0], a.ends[:0], a.before[:0]
	if len(a.table) == 0 {
		a.table = make([]int32, 64)
	}
	clear(a.table)
	for range firstState {
		a.ends = append(a.ends, 0)
		a.before = append(a.before, 0)
		for range a.stride {
			a.next = append(a.next, 0)
		}
	}
}

func (a *dfa) search(b []byte, from, start int) verdict {
	a.news = 0
	flushes := 0
	s := a.start(b, from, start)
	end := len(b)
	if end > start && b[end-1] == '\n' {
		end--
	}
	special := (firstState - 1) * a.stride
	symbolOf := &a.sym.of
	for i := start; ; i++ {
		var symbol int32
		switch {
		case i < end:
			symbol = int32(symbolOf[b[i]])
		case i < len(b):
			symbol = a.stride - 2
		default:
			symbol = a.stride - 1
		}
		t := a.next[s+symbol]
		if t > special {
			s = t
			continue
		}
		if t == 0 {
			full := len(a.next) > maxDFA || len(a.core) > maxDFA
			if full {
				if flushes++; flushes > maxFlushes && (i-start)/bytesPerNew < a.news {
					return outOfSteps
				}
				s = a.restart(s)
			}
			t = a.step(s, symbol)
		}
		switch {
		case t == 2*a.stride:
			return matched
		case t == a.stride || i >= len(b):
			return noMatch
		}
		s = t
	}
}

// start returns the state at the start of a search.
func (a *dfa) start(b []byte, from, start int) int32 {
	before := beforeStart
	if start > 0 {
		before = a.sym.before[b[start-1]]
	}
	if start == from {
		before |= beforeFrom
	}
	a.set = append(a.set[:0], 0)
	return a.state(before & a.sym.need)
}

// restart forgets all states but s.
func (a *dfa) restart(s int32) int32 {
	id := s / a.stride
	a.set = append(a.set[:0], a.core[a.ends[id-1]:a.ends[id]]...)
	before := a.before[id]
	a.flush()
	return a.state(before)
}

// state returns the state of set, which it makes if there is none yet.
func (a *dfa) state(before uint8) int32 {
	slices.Sort(a.set)
	mask := uint32(len(a.table) - 1)
	for i := hash(before, a.set) & mask; ; i = (i + 1) & mask {
		id := a.table[i]
		if id == 0 {
			break
		}
		if a.before[id] == before && slices.Equal(a.core[a.ends[id-1]:a.ends[id]], a.set) {
			return id * a.stride
		}
	}
	a.news++
	id := int32(len(a.ends))
	a.core = append(a.core, a.set...)
	a.ends = append(a.ends, int32(len(a.core)))
	a.before = append(a.before, before)
	for range a.stride {
		a.next = append(a.next, 0)
	}
	a.insert(id)
	return id * a.stride
}

// hash is for the table of states.
func hash(before uint8, set []int32) uint32 {
	h := uint32(before)
	for _, pc := range set {
		h = (h ^ uint32(pc)) * 0x9e3779b1
		h ^= h >> 15
	}
	return h
}

// insert puts a state into the table, which it doubles when it gets crowded.
func (a *dfa) insert(id int32) {
	if 2*len(a.ends) > len(a.table) {
		a.table = make([]int32, 2*len(a.table))
		id = firstState
	}
	mask := uint32(len(a.table) - 1)
	for ; int(id) < len(a.ends); id++ {
		i := hash(a.before[id], a.core[a.ends[id-1]:a.ends[id]]) & mask
		for a.table[i] != 0 {
			i = (i + 1) & mask
		}
		a.table[i] = id
	}
}

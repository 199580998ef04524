package pcre

// pike runs all threads of the linear program side by side, each with its own groups: time grows with the subject times the program,
// whatever the expression. It is the engine of last resort, for searches in which the backtracker got lost.
type pike struct {
	re        *Regexp
	b         []byte
	from      int
	steps     int // left
	regs      int // registers of a thread: none if only existence counts
	cur, next threads
	stack     []pikeJob
	found     []int32
	work      []int32
}

// threads are the places the threads stand at, in order of preference.
type threads struct {
	dense  []int32 // instructions
	sparse []int32 // where in dense an instruction may be
	regs   []int32 // of each in dense
}

// pikeJob is something left to do while following the instructions that take no byte: look at pc, or set register pc back to old.
type pikeJob struct {
	pc, old int32
	restore bool
}

func (t *threads) reset(n, regs int) {
	t.dense = grow(t.dense, n)[:0]
	t.sparse = grow(t.sparse, n)
	t.regs = grow(t.regs, n*regs)
}

// append adds a thread that waits for a byte, unless there is one at its place.
func (t *threads) append(pc int32, regs []int32) {
	i := len(t.dense)
	if j := int(t.sparse[pc]); j < i && t.dense[j] == pc {
		return
	}
	t.sparse[pc] = int32(i)
	t.dense = append(t.dense, pc)
	copy(t.regs[i*len(regs):], regs)
}

// grow returns a slice of length n, the same array if it suffices.
func grow(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n)
	}
	return s[:n]
}

// search finds the match with its groups; they stay in found. A step is a thread that looks at a byte.
func (p *pike) search(re *Regexp, b []byte, from int, groups bool, steps int) verdict {
	p.steps = steps
	p.re, p.b, p.from, p.regs = re, b, from, 2
	if groups {
		p.regs = 2 * re.groups
	}
	p.found, p.work = grow(p.found, p.regs), grow(p.work, p.regs)
	p.cur.reset(len(re.linear), p.regs)
	p.next.reset(len(re.linear), p.regs)
	v := noMatch
	for pos := from; ; pos++ {
		if v == noMatch && (pos == from || !re.onlyFrom()) && (!re.hasFirst || pos < len(b) && re.first.has(b[pos])) {
			for i := range p.work {
				p.work[i] = -1
			}
			p.work[0] = int32(pos)
			p.add(&p.cur, 0, pos)
		}
		if p.steps -= len(p.cur.dense); p.steps < 0 {
			v = outOfSteps
			break
		}
		if len(p.cur.dense) == 0 && (v == matched || re.onlyFrom()) {
			break
		}
		if p.step(pos) {
			v = matched
			if !groups {
				break
			}
		}
		if pos >= len(b) {
			break
		}
		p.cur, p.next = p.next, p.cur
		p.next.dense = p.next.dense[:0]
	}
	p.b, p.re = nil, nil
	return v
}

// step lets every thread take the byte at pos. A thread that matches ends those behind it.
func (p *pike) step(pos int) bool {
	for i, pc := range p.cur.dense {
		in := &p.re.linear[pc]
		regs := p.cur.regs[i*p.regs : (i+1)*p.regs]
		if in.op == opMatch {
			copy(p.found, regs)
			p.found[1] = int32(pos)
			return true
		}
		if pos >= len(p.b) {
			continue
		}
		if c := p.b[pos]; in.op == opByte && in.c == c || in.op == opSet && p.re.sets[in.set].has(c) {
			if op := p.re.linear[in.x].op; op == opByte || op == opSet {
				p.next.append(in.x, regs)
				continue
			}
			copy(p.work, regs)
			p.add(&p.next, in.x, pos+1)
		}
	}
	return false
}

// add follows the instructions from pc on that take no byte, with the registers in work, and adds the threads that result.
func (p *pike) add(t *threads, pc int32, pos int) {
	p.stack = append(p.stack[:0], pikeJob{pc: pc})
	for len(p.stack) > 0 {
		job := p.stack[len(p.stack)-1]
		p.stack = p.stack[:len(p.stack)-1]
		if job.restore {
			p.work[job.pc] = job.old
			continue
		}
		p.follow(t, job.pc, pos)
	}
}

// follow goes along one path; side paths are left on the stack.
func (p *pike) follow(t *threads, pc int32, pos int) {
	for {
		if i := t.sparse[pc]; int(i) < len(t.dense) && t.dense[i] == pc {
			return
		}
		i := len(t.dense)
		t.sparse[pc] = int32(i)
		t.dense = append(t.dense, pc)
		in := &p.re.linear[pc]
		switch in.op {
		case opSplit:
			p.stack = append(p.stack, pikeJob{pc: in.y})
			pc = in.x
		case opSave:
			if int(in.y) < p.regs {
				p.stack = append(p.stack, pikeJob{pc: in.y, old: p.work[in.y], restore: true})
				p.work[in.y] = int32(pos)
			}
			pc = in.x
		case opJump:
			pc = in.x
		case opByte, opSet, opMatch:
			copy(t.regs[i*p.regs:], p.work)
			return
		case opFail:
			return
		default:
			if !p.re.holds(in.op, in.c, int32(in.set), p.b, pos, p.from) {
				return
			}
			pc = in.x
		}
	}
}

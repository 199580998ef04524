package pcre

const (
	maxSubject  = 1<<31 - 1<<16 // positions are kept in 32 bits
	threadSteps = 32            // steps of threads for each of MaxSteps
	dfaMin      = 32            // bytes from which on the automaton is worth its lookup
)

// Match finds the first match in b that starts at from or later, with PCRE2's choice among those that start there. Bytes before from
// are seen by ^, \b and lookbehinds. loc has the positions of the match and its groups in pairs, -1 for groups not set; it is borrowed
// from m until its next use. err is [ErrLimit] or nil. b may be up to 2 GiB less 64 KiB long; a longer one is [ErrLimit].
func (re *Regexp) Match(m *Machine, b []byte, from int) (loc []int, ok bool, err error) {
	regs, ok, err := re.search(m, b, from, true)
	if !ok {
		return nil, false, err
	}
	m.loc = m.loc[:0]
	for _, r := range regs[:2*re.groups] {
		m.loc = append(m.loc, int(r))
	}
	for i := 2; i < len(m.loc); i += 2 {
		if m.loc[i+1] < 0 {
			m.loc[i] = -1
		}
	}
	return m.loc, true, nil
}

// MatchOnly reports whether there is a match anywhere in b. It is false if a limit was reached.
func (re *Regexp) MatchOnly(m *Machine, b []byte) bool {
	_, ok, _ := re.search(m, b, 0, false)
	return ok
}

// search chooses the engines. The backtracker is the fastest where little has to be tried. When it takes too long, the automaton says
// whether there can be a match at all. If so, the backtracker may take its time, and after it threads side by side take over.
func (re *Regexp) search(m *Machine, b []byte, from int, groups bool) (regs []int32, ok bool, err error) {
	if from < 0 || from > len(b) {
		return nil, false, nil
	}
	if len(b) > maxSubject {
		return nil, false, ErrLimit
	}
	t := starts{re: re, b: b, from: from, literal: -1}
	start := t.next(from)
	if start < 0 {
		return nil, false, nil
	}
	first := t
	if re.linear != nil {
		steps := 4*(len(b)-start) + 256
		if !re.exact {
			steps = min(steps, re.maxSteps)
		}
		if len(b)-start < dfaMin || !m.dfas.known(re) {
			if regs, ok, err = re.backtrack(m, &t, start, groups, steps); err == nil {
				return regs, ok, nil
			}
		}
		if v := m.dfas.search(re, b, from, start); v == noMatch || v == matched && re.exact && !groups {
			return nil, v == matched, nil
		}
	}
	steps := re.maxSteps
	if re.exact {
		steps = max(steps, 16*(len(b)-start)+4096)
	}
	if regs, ok, err = re.backtrack(m, &first, start, groups, steps); err == nil || !re.exact {
		return regs, ok, err
	}
	switch m.pike.search(re, b, from, groups, threadSteps*re.maxSteps) {
	case outOfSteps:
		return nil, false, ErrLimit
	case matched:
		return m.pike.found, true, nil
	}
	return nil, false, nil
}

// backtrack tries one start after the other with the steps that there are.
func (re *Regexp) backtrack(m *Machine, t *starts, start int, groups bool, steps int) (regs []int32, ok bool, err error) {
	k := &m.back
	k.re, k.b, k.from, k.existence, k.steps = re, t.b, t.from, !groups, steps
	k.regs = grow(k.regs, re.regs)
	v := noMatch
	for start >= 0 {
		if v = k.try(start); v == matched || v == outOfSteps || v == committed {
			break
		}
		next := start + 1
		if v == skipped && k.skipTo > start {
			next = k.skipTo
		}
		if next > len(t.b) {
			break
		}
		start = t.next(next)
	}
	k.re, k.b = nil, nil
	if v == outOfSteps {
		return nil, false, ErrLimit
	}
	return k.regs, v == matched, nil
}

// onlyFrom reports whether a match can start only where the search starts.
func (re *Regexp) onlyFrom() bool { return re.mode == startFrom || re.mode == startSubject }

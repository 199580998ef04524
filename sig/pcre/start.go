package pcre

import "bytes"

// A startMode says where a match can start at all.
type startMode uint8

const (
	startAny      startMode = iota
	startSubject            // at the start of the subject
	startFrom               // where the search starts
	startLine               // at the start of the subject or of a line
	startFromLine           // where the search starts, or at the start of a line
)

// startOf finds out where matches of n can start.
func startOf(n *node, top bool) startMode {
	switch n.kind {
	case nAssert:
		switch opcode(n.c) {
		case opStart:
			return startSubject
		case opFrom:
			return startFrom
		case opLineStart:
			return startLine
		}
	case nCat:
		for _, s := range n.subs {
			if m := startOf(s, top); m != startAny {
				return m
			}
			if s.maxLen > 0 {
				return startAny
			}
			top = false
		}
	case nAlt:
		m := startOf(n.subs[0], false)
		for _, s := range n.subs[1:] {
			if startOf(s, false) != m {
				return startAny
			}
		}
		return m
	case nGroup, nAtomic:
		return startOf(n.subs[0], false)
	case nRepeat:
		if n.min > 0 {
			return startOf(n.subs[0], false)
		}
		return startOfDot(n, top)
	}
	return startAny
}

// startOfDot sees .* at the start: if there is no match from here, there is none from the next byte either.
func startOfDot(n *node, top bool) startMode {
	if s := n.subs[0]; top && n.max < 0 && n.greed != possessive && s.kind == nSet {
		switch {
		case s.set.count() == 256:
			return startFrom
		case *s.set == notNewline():
			return startFromLine
		}
	}
	return startAny
}

// starts walks through the places of a subject where a match may start.
type starts struct {
	re      *Regexp
	b       []byte
	from    int
	literal int // next place of the required literal
	good    int // end of the bytes that are known to be of the first set, from where next answered last
}

// next returns the first such place at or after s, or -1.
func (t *starts) next(s int) int {
	re := t.re
	for {
		if len(t.b)-s < re.minLen {
			return -1
		}
		at := t.line(s)
		if at < 0 {
			return -1
		}
		if len(re.lit.text) > 0 && !re.everywhere {
			if t.literal < at+int(re.lit.min) {
				if t.literal = re.lit.index(t.b, at+int(re.lit.min)); t.literal < 0 {
					return -1
				}
			}
			if re.lit.max < noLimit {
				at = max(at, t.literal-int(re.lit.max))
			}
		}
		if re.hasFirst {
			if at = t.first(at); at < 0 {
				return -1
			}
		}
		if at == s {
			return s
		}
		s = at
	}
}

// line applies the start mode.
func (t *starts) line(s int) int {
	switch mode := t.re.mode; mode {
	case startSubject:
		if s > 0 {
			return -1
		}
	case startFrom:
		if s > t.from {
			return -1
		}
	case startLine, startFromLine:
		if s == 0 || t.b[s-1] == '\n' || mode == startFromLine && s == t.from {
			return s
		}
		i := bytes.IndexByte(t.b[s:], '\n')
		if i < 0 {
			return -1
		}
		return s + i + 1
	}
	return s
}

// first looks for a byte that a match can start with.
func (t *starts) first(s int) int {
	if t.re.run > 1 {
		return t.firstRun(s)
	}
	set, b := &t.re.first, t.b
	if t.re.firstByte >= 0 {
		if i := bytes.IndexByte(b[s:], byte(t.re.firstByte)); i >= 0 {
			return s + i
		}
		return -1
	}
	for ; s < len(b); s++ {
		if set.has(b[s]) {
			return s
		}
	}
	return -1
}

// firstRun looks for as many bytes of the first set as a match starts with. It looks at the last of them first, so that it need not see
// every byte, and at no byte twice.
func (t *starts) firstRun(s int) int {
	set, b, run := &t.re.first, t.b, t.re.run
	good := max(t.good, s)
	for s+run <= len(b) {
		i := s + run - 1
		for i >= good && set.has(b[i]) {
			i--
		}
		if i < good {
			t.good = max(good, s+run)
			return s
		}
		good = max(good, s+run) // from i+1 on
		s = i + 1
	}
	return -1
}

// leadingRun returns how many bytes of one set a match of n starts with, 0 if not more than one.
func leadingRun(n *node) int {
	switch n.kind {
	case nGroup, nAtomic:
		return leadingRun(n.subs[0])
	case nCat:
		for _, s := range n.subs {
			if s.maxLen > 0 {
				return leadingRun(s)
			}
		}
	case nRepeat:
		if _, ok := n.subs[0].single(); ok && n.min > 1 {
			return int(n.min)
		}
	}
	return 0
}

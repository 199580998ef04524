package sig

import (
	"bytes"

	"github.com/wirelore/wirelore/sig/pcre"
)

// Content inspection: whether the tests of one section hold on one buffer. A content or an expression that something
// relative follows is tried at each place where it occurs until all that follow hold too, as in Suricata; the number of
// steps is bounded.

// recursionLimit bounds the steps on one buffer (Suricata's detect.inspection-recursion-limit).
const recursionLimit = 3000

// test is one condition of a section.
type test interface{ isTest() }

// window is a buffer as tests see it. Bytes are borrowed.
type window struct {
	buf []byte
	// base is how many bytes of the value came before buf.
	base int
	// whole tells that nothing more will follow.
	whole bool
}

// state is where inspection stands within a window.
type state struct {
	w     window
	pos   int // behind the last match: what is relative counts from here
	start int // where an expression is to be searched from; 0: where its match may begin
	steps int
	stop  bool // no further place can help
	vars  *[maxVars]uint64
	m     *Matcher
	b64   []byte
}

// maxVars is how many variables byte_extract and byte_math may set in one rule.
const maxVars = 16

// inspect tells whether all tests hold on w.
func (m *Matcher) inspect(tests []test, w window) bool {
	st := state{w: w, vars: &m.vars, m: m}
	return st.run(tests)
}

func (st *state) run(tests []test) bool {
	for len(tests) > 0 {
		if st.steps++; st.steps > recursionLimit {
			st.stop = true
			return false
		}
		rest := tests[1:]
		switch t := tests[0].(type) {
		case *content:
			if t.negated {
				if !st.absent(t) {
					return false
				}
				break
			}
			return st.content(t, rest)
		case *expression:
			if t.negated {
				if _, ok := st.search(t); ok {
					return false
				}
				break
			}
			return st.expression(t, rest)
		case *isDataAt:
			if st.dataAt(t) == t.negated {
				return false
			}
		case *byteTest:
			if st.byteTest(t) == t.negated {
				return false
			}
		case *byteJump:
			if !st.byteJump(t) {
				return false
			}
		case *byteExtract:
			if !st.byteExtract(t) {
				return false
			}
		case *byteMath:
			if !st.byteMath(t) {
				return false
			}
		case *asn1Test:
			if !st.asn1(t) {
				return false
			}
		case *bufferSize:
			if !t.holds(&st.w) {
				st.stop = true
				return false
			}
		case *base64Decode:
			if !st.decode64(t) {
				return false
			}
		case *base64Data:
			inner := state{w: window{buf: st.b64, whole: true}, vars: st.vars, m: st.m, steps: st.steps}
			if len(st.b64) == 0 || !inner.run(t.tests) {
				return false
			}
			st.steps = inner.steps
		case *custom:
			if t.holds(st.w.buf) == t.negated {
				st.stop = true
				return false
			}
		case *datasetTest:
			if !t.holds(st.m, st.w.buf) {
				return false
			}
		}
		tests = rest
	}
	return true
}

// span is where t may lie in the window: from lo up to hi, and what is relative to it counts from.
func (st *state) span(t *content) (lo, hi int, ok bool) {
	n := len(st.w.buf)
	hi = n
	value := func(v varInt) int {
		if v.isVar {
			return int(min(st.vars[v.n], 1<<30))
		}
		return v.n
	}
	if !t.relative() {
		if t.hasDepth {
			if hi = value(t.depth); st.w.base > 0 {
				if hi <= st.w.base {
					return 0, 0, false
				}
				if hi < st.w.base+n {
					hi -= st.w.base
				}
			}
		}
		lo = value(t.offset)
		if t.depth.isVar || t.offset.isVar {
			hi += lo
		}
		return lo, min(hi, n), true
	}
	lo = st.pos
	distance := 0
	if t.hasDistance {
		distance = value(t.distance)
		lo = max(lo+distance, 0)
	}
	if t.hasWithin {
		hi = min(hi, st.pos+value(t.within)+distance)
	}
	if st.w.base > 0 && st.pos == 0 {
		if hi <= st.w.base {
			return 0, 0, false
		}
		if hi < st.w.base+n {
			hi -= st.w.base
		}
	}
	if t.hasDepth {
		hi = min(hi, st.pos+value(t.depth))
	}
	if t.hasOffset {
		lo = max(lo, value(t.offset))
	}
	if t.distance.isVar || t.depth.isVar || t.offset.isVar {
		hi += lo
	}
	return lo, min(hi, n), true
}

// absent tells that a negated content is nowhere where it must not be.
func (st *state) absent(t *content) bool {
	lo, hi, ok := st.span(t)
	if !ok || lo > hi {
		return true
	}
	if t.ends {
		hi = min(hi, len(st.w.buf))
		if hi < len(st.w.buf) || hi-lo < len(t.pattern) {
			return true
		}
		return !t.at(st.w.buf[hi-len(t.pattern) : hi])
	}
	if t.find(st.w.buf[lo:hi]) >= 0 {
		st.stop = st.stop || !t.relative()
		return false
	}
	return true
}

// content looks for t at each place until the rest holds too.
func (st *state) content(t *content, rest []test) bool {
	lo, hi, ok := st.span(t)
	if !ok || lo > hi || hi == 0 {
		st.stop = st.stop || !t.relative()
		return false
	}
	buf := st.w.buf
	if t.ends {
		if hi < len(buf) || hi-lo < len(t.pattern) || !t.at(buf[hi-len(t.pattern):hi]) {
			st.stop = st.stop || !t.relative()
			return false
		}
		st.pos = hi
		return st.run(rest)
	}
	for {
		i := t.find(buf[lo:hi])
		if i < 0 {
			st.stop = st.stop || !t.relative()
			return false
		}
		st.pos = lo + i + len(t.pattern)
		if len(rest) == 0 {
			return true
		}
		save := st.pos
		if st.run(rest) {
			return true
		}
		if st.stop {
			return false
		}
		if !t.next {
			st.stop = true
			return false
		}
		st.pos = save
		lo += i + 1
		if st.steps++; st.steps > recursionLimit {
			st.stop = true
			return false
		}
	}
}

// expression looks for t at each place until the rest holds too.
func (st *state) expression(t *expression, rest []test) bool {
	was := st.pos
	st.start = 0
	for {
		from, ok := st.search(t)
		if !ok {
			return false
		}
		if !t.next {
			return st.run(rest)
		}
		start := from + 1
		if st.run(rest) {
			return true
		}
		if st.stop {
			return false
		}
		st.pos, st.start = was, start
		if st.steps++; st.steps > recursionLimit {
			st.stop = true
			return false
		}
	}
}

// search runs an expression from where the inspection stands and moves behind its match, whose beginning it returns.
func (st *state) search(t *expression) (from int, ok bool) {
	re := t.regexp()
	if re == nil {
		return 0, false
	}
	base := 0
	if t.relative {
		base = min(st.pos, len(st.w.buf))
	}
	at := max(st.start-base, 0)
	b := st.w.buf[base:]
	if at > len(b) {
		return 0, false
	}
	if t.negated && !t.relative && at == 0 {
		return 0, re.MatchOnly(&st.m.machine, b)
	}
	loc, ok, err := re.Match(&st.m.machine, b, at)
	if err != nil || !ok {
		if err != nil {
			st.m.counts.ExpressionLimit++
		}
		return 0, false
	}
	st.pos = base + loc[1]
	t.capture(st, b, loc)
	return base + loc[0], true
}

// content is a byte string to be found.
type content struct {
	pattern                          []byte
	folded                           []byte // in lower case, when nocase
	nocase, negated, ends, starts    bool
	next                             bool // something relative follows
	offset, depth, distance, within  varInt
	hasOffset, hasDepth, hasDistance bool
	hasWithin, fast, fastOnly, raw   bool
	chopped                          bool
	chopAt, chopLen                  int
}

// varInt is a number, or the variable that holds it.
type varInt struct {
	n     int
	isVar bool
}

func (t *content) isTest() {}

func (t *content) relative() bool { return t.hasDistance || t.hasWithin }

// find returns where the pattern is first in b, -1 when nowhere.
func (t *content) find(b []byte) int {
	if len(b) < len(t.pattern) {
		return -1
	}
	if !t.nocase {
		return bytes.Index(b, t.pattern)
	}
	return indexFold(b, t.folded)
}

// at tells whether b is the pattern.
func (t *content) at(b []byte) bool {
	if !t.nocase {
		return bytes.Equal(b, t.pattern)
	}
	return len(b) == len(t.folded) && equalFolded(b, t.folded)
}

// lower folds ASCII letters.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// equalFolded compares b with a pattern in lower case of the same length.
func equalFolded(b, folded []byte) bool {
	for i, c := range folded {
		if lower[b[i]] != c {
			return false
		}
	}
	return true
}

// indexFold is bytes.Index without regard to the case of b; pattern is in lower case.
func indexFold(b, pattern []byte) int {
	n := len(pattern)
	if n == 0 {
		return 0
	}
	first := pattern[0]
	up := first
	if first >= 'a' && first <= 'z' {
		up -= 'a' - 'A'
	}
	for i := 0; i+n <= len(b); i++ {
		if first == up {
			j := bytes.IndexByte(b[i:len(b)-n+1], first)
			if j < 0 {
				return -1
			}
			i += j
		} else if c := b[i]; c != first && c != up {
			continue
		}
		if equalFolded(b[i:], pattern) {
			return i
		}
	}
	return -1
}

// isDataAt tests that there is data at a place.
type isDataAt struct {
	at                varInt
	relative, negated bool
}

func (t *isDataAt) isTest() {}

func (st *state) dataAt(t *isDataAt) bool {
	at := t.at.n
	if t.at.isVar {
		at = int(min(st.vars[at], 1<<30))
	}
	if t.relative {
		return st.pos+at <= len(st.w.buf)
	}
	return at < len(st.w.buf)
}

// expression is a pcre.
type expression struct {
	source            *lazyRegexp
	negated, relative bool
	next              bool
	captures          []capture
}

// capture stores a group in a variable.
type capture struct {
	kind  varKind
	name  uint32
	group int
}

func (t *expression) isTest() {}

func (t *expression) regexp() *pcre.Regexp { return t.source.get() }

// custom is a test of a keyword that looks at the whole buffer.
type custom struct {
	holds   func(b []byte) bool
	negated bool
}

func (t *custom) isTest() {}

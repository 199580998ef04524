package pcre

import "strings"

const (
	maxExpr   = 1 << 18 // bytes in an expression
	maxNest   = 250     // groups inside groups, as PCRE2 has it
	maxCount  = 65535   // in a quantifier
	maxGroups = 65535
)

// flags are the options that an expression can change on its way.
type flags struct {
	caseless, multiline, dotAll, extended, moreExtended, ungreedy, noCapture bool
}

// parser turns an expression into a tree. Errors travel by panic-free return: after a failure err is set and i stands at the end, so
// that every loop ends.
type parser struct {
	src        string
	i          int
	err        *SyntaxError
	flags      flags
	opts       Options
	quote      bool // between \Q and \E
	nest       int
	groups     int            // number of the last group
	looks      int            // lookarounds that are open
	names      map[string]int // group names
	groupNames map[int]string
	refs       []nameRef // names to look up at the end
	numRef     []*node   // group numbers to check at the end
	bsr        byteSet   // what \R takes besides CR LF
	root       *node
}

// nameRef is a mention of a group's name, which may come before the group.
type nameRef struct {
	n    *node
	name string
}

func parse(src string, o Options) (*parser, error) {
	p := &parser{src: src, opts: o, names: map[string]int{}, groupNames: map[int]string{}}
	p.bsr, _ = classEscape('v')
	p.flags = flags{caseless: o.CaseInsensitive, multiline: o.Multiline, dotAll: o.DotAll, extended: o.Extended, ungreedy: o.Ungreedy}
	if len(src) > maxExpr {
		p.fail(maxExpr, "expression is too long")
		return nil, p.err
	}
	p.startVerbs()
	p.root = p.alternation()
	if p.err == nil && p.i < len(p.src) {
		p.fail(p.i, "unmatched closing parenthesis")
	}
	p.resolve()
	if p.err != nil {
		return nil, p.err
	}
	return p, nil
}

// fail notes the first error and stops the parser.
func (p *parser) fail(at int, msg string) *node {
	if p.err == nil {
		p.err = &SyntaxError{Offset: at, Message: msg}
	}
	p.i = len(p.src)
	return &node{kind: nEmpty}
}

func (p *parser) unsupported(at int, what string) *node {
	if p.err == nil {
		p.err = &SyntaxError{Offset: at, Message: what + " is not supported", Unsupported: true}
	}
	return p.fail(at, "")
}

// more reports whether there is something left; peek is only valid then.
func (p *parser) more() bool { return p.i < len(p.src) }
func (p *parser) peek() byte { return p.src[p.i] }

// accept takes s if it comes next.
func (p *parser) accept(s string) bool {
	if strings.HasPrefix(p.src[p.i:], s) {
		p.i += len(s)
		return true
	}
	return false
}

// resolve looks up the group names and checks the group numbers that were mentioned.
func (p *parser) resolve() {
	for _, r := range p.refs {
		g, ok := p.names[r.name]
		if !ok {
			p.fail(int(r.n.pos), "reference to group "+quoteName(r.name)+" that does not exist")
			return
		}
		r.n.ref = int32(g)
	}
	for _, n := range p.numRef {
		if int(n.ref) > p.groups {
			p.fail(int(n.pos), "reference to a group that does not exist")
			return
		}
	}
}

func quoteName(s string) string {
	if len(s) > 32 {
		s = s[:32]
	}
	return "\"" + s + "\""
}

// alternation parses up to a closing parenthesis or the end.
func (p *parser) alternation() *node {
	if p.nest++; p.nest > maxNest {
		return p.fail(p.i, "groups are nested too deeply")
	}
	defer func() { p.nest-- }()
	first := p.sequence()
	if !p.more() || p.peek() != '|' {
		return first
	}
	alt := &node{kind: nAlt, pos: first.pos, subs: []*node{first}}
	for p.accept("|") {
		alt.subs = append(alt.subs, p.sequence())
	}
	return alt
}

// sequence parses one branch of an alternation.
func (p *parser) sequence() *node {
	cat := &node{kind: nCat, pos: int32(p.i)}
	repeatable := false
	for {
		p.skip()
		if !p.more() || !p.quote && (p.peek() == '|' || p.peek() == ')') {
			break
		}
		if r, ok := p.quantifier(); ok {
			if !repeatable {
				p.fail(int(r.pos), "quantifier does not follow something that can be repeated")
				break
			}
			cat.subs[len(cat.subs)-1] = repeated(r, cat.subs[len(cat.subs)-1])
			repeatable = false
			continue
		}
		n := p.atom()
		repeatable = n != nil && n.kind != nAssert && n.kind != nKeep && n.kind != nVerb && n.kind != nFail
		if n != nil {
			cat.subs = append(cat.subs, n)
		}
	}
	if len(cat.subs) == 1 {
		return cat.subs[0]
	}
	return cat
}

// skip passes over what stands for nothing: \Q and \E, comments, and white space in extended mode.
func (p *parser) skip() {
	for p.more() {
		switch {
		case p.quote:
			if !p.accept(`\E`) {
				return
			}
			p.quote = false
		case p.accept(`\E`):
		case p.accept(`\Q`):
			p.quote = true
		case strings.HasPrefix(p.src[p.i:], "(?#"):
			end := strings.IndexByte(p.src[p.i:], ')')
			if end < 0 {
				p.fail(p.i, "missing ) after (?# comment")
				return
			}
			p.i += end + 1
		case p.flags.extended && strings.IndexByte(" \t\n\v\f\r", p.peek()) >= 0:
			p.i++
		case p.flags.extended && p.peek() == '#':
			end := strings.IndexByte(p.src[p.i:], '\n')
			if end < 0 {
				end = len(p.src) - p.i - 1
			}
			p.i += end + 1
		default:
			return
		}
	}
}

// repeated puts n below the quantifier r, in the simplest equivalent form.
func repeated(r, n *node) *node {
	switch {
	case n.kind != nLook:
	case n.has(nGroup): // the groups it sets can make a difference the next time
		if r.max < 0 {
			r.max = r.min + 1
		}
	case r.min > 0:
		return n
	default:
		if r.max != 0 {
			r.max = 1
		}
	}
	if r.min == 1 && r.max == 1 && r.greed != possessive {
		return n
	}
	r.subs = []*node{n}
	return r
}

package pcre

import "slices"

// Options say how an expression is read and how long a search may take. The zero value is what an expression without flags means.
type Options struct {
	CaseInsensitive bool // i: ASCII letters match in both cases
	Multiline       bool // m: ^ and $ match at every line
	DotAll          bool // s: the dot takes newlines too
	Extended        bool // x: white space and comments in the expression are skipped
	Anchored        bool // A: a match starts where the search starts
	DollarEndOnly   bool // E: $ does not match before a newline at the end
	Ungreedy        bool // G: quantifiers are lazy, and greedy with a question mark behind

	// MaxSteps is how many steps a search may take before it ends with [ErrLimit]; zero means DefaultMaxSteps, and more than 2^25
	// means 2^25. A step is an instruction tried, or eight bytes compared or repeated over. An expression that is [Regexp.Linear]
	// gets as many as it needs in proportion to the subject, but not more than 32 times MaxSteps.
	MaxSteps int
}

// mostSteps is the largest MaxSteps; more is taken for it.
const mostSteps = 1 << 25

// DefaultMaxSteps is the number of steps of a search unless [Options.MaxSteps] says otherwise: some milliseconds.
const DefaultMaxSteps = 1_000_000

// Regexp is a compiled expression. It does not change, and any number of goroutines may use it at once.
type Regexp struct {
	prog   []inst
	linear []linst // nil if there is none
	exact  bool    // linear matches what the expression matches, not more
	strs   []string
	sets   []byteSet
	last   int32 // place of opMatch
	regs   int   // registers of the backtracker
	opens  int32
	groups int // with group 0
	names  []string

	minLen     int
	maxSteps   int
	mode       startMode
	lit        literal
	hasFirst   bool
	first      byteSet // bytes that a match can start with
	firstByte  int     // the only one, or -1
	run        int     // how many of them a match starts with, if more than one
	everywhere bool    // a match must be tried at every place
}

// Compile reads an expression in PCRE2's syntax. Errors are of type [*SyntaxError]. Time and memory are bounded: expressions that are
// longer than 256 KiB, or grow to more than 65,536 instructions when their quantifiers are written out, are refused.
func Compile(expr string, o Options) (*Regexp, error) {
	p, err := parse(expr, o)
	if err != nil {
		return nil, err
	}
	root := simplify(p.root)
	m, err := measure(root, p.groups)
	if err != nil {
		return nil, err
	}
	re := &Regexp{groups: p.groups + 1, minLen: int(m.min[0]), maxSteps: o.MaxSteps, names: make([]string, p.groups+1)}
	if re.maxSteps <= 0 {
		re.maxSteps = DefaultMaxSteps
	}
	re.maxSteps = min(re.maxSteps, mostSteps)
	for name, g := range p.names {
		re.names[g] = name
	}
	re.build(root, o)
	return re, nil
}

func (re *Regexp) build(root *node, o Options) {
	var s sets
	c := newCompiler(root, re.groups-1, &s)
	c.program()
	a := annotate(c.prog, c.strs, &s)
	re.prog, re.strs, re.regs, re.opens = slices.Clip(c.prog), slices.Clip(c.strs), int(c.regs), c.opens
	re.last = int32(slices.IndexFunc(re.prog, func(i inst) bool { return i.op == opMatch }))
	if re.exact = root.lin < maxLinear; re.exact {
		re.linear = slices.Clip(newLinear(c, false))
		re.exact = re.linear != nil
	} else if !root.has(nAccept) {
		re.linear = slices.Clip(newLinear(c, true))
	}
	re.starts(root, a)
	re.sets = slices.Clip(s.list)
	if o.Anchored {
		re.mode = startFrom
	}
}

// starts finds out where matches can start. Verbs take effect even where nothing can match, so that every place must be tried.
func (re *Regexp) starts(root *node, a *annotator) {
	re.firstByte = -1
	re.lit = findLiteral(root)
	if root.has(nAccept) {
		re.minLen = 0
		return
	}
	if root.has(nVerb) {
		re.minLen = 0
		re.everywhere = true
		return
	}
	re.mode = startOf(root, true)
	first, ok := a.first(0)
	if !ok || a.atEnd {
		return
	}
	re.hasFirst, re.first, re.run = true, first, leadingRun(root)
	if first.count() == 1 {
		re.firstByte = int(first.min())
	}
}

// NumSubexp returns the number of capturing groups.
func (re *Regexp) NumSubexp() int { return re.groups - 1 }

// SubexpNames returns the names of the groups, shared: index 0 is the whole match, and unnamed groups have empty names.
func (re *Regexp) SubexpNames() []string { return re.names }

// Linear reports whether a search takes time in proportion to the subject, whatever is in it. It is false for
// expressions with backreferences, atomic groups, possessive quantifiers, conditions, calls, verbs, \K, lookarounds other than those
// for a single byte, and those that are very large.
func (re *Regexp) Linear() bool { return re.exact }

// Literal returns a text that every match goes over, shared, or nil if there is none that is known; nocase says that its letters stand for
// both cases, and then they are lower. A subject without it cannot match.
func (re *Regexp) Literal() (lit []byte, nocase bool) {
	if len(re.lit.text) == 0 {
		return nil, false
	}
	return re.lit.text, re.lit.fold
}

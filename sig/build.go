package sig

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// builder makes a signature of one rule's text.
type builder struct {
	c *compiler
	r *rule.Rule
	s *signature
	// cur is the section that content goes to; nil: the payload.
	cur *openSection
	// sections are the rule's in the order in which they were begun.
	sections []*openSection
	// last is the section of the last test, for modifiers.
	last      *openSection
	payload   openSection
	column    int
	vars      []string
	explicit  *content // fast_pattern
	dsize     bool
	inside64  *base64Data
	decoded   bool
	frameDirs uint8 // of the frames that the rule names, 0: none
}

// openSection is a section while it is built.
type openSection struct {
	name       string
	transforms []transformStep
	tests      []test
	packet     bool
	absent     bool
	absentOr   bool
	sticky     bool
	foreign    bool // of a protocol that is not built
}

// keyword reads one option of a rule.
type keyword struct {
	parse func(b *builder, value string) error
	// need says whether a value must stand behind the name: 1 it must, 0 it may, -1 there is none.
	need int
}

var errUnsupported = errors.New("not supported")

// build compiles one rule.
func (c *compiler) build(r *rule.Rule) (s *signature, err error) {
	b := &builder{c: c, r: r, s: &signature{about: &about{sid: r.SID, gid: r.GID, rev: r.Rev, msg: r.Msg, text: r.Text, pos: r.Pos, priority: -1}}}
	if err := b.head(); err != nil {
		return nil, b.problem(err)
	}
	for i := range r.Options {
		o := &r.Options[i]
		b.column = o.Column
		if err := b.option(o); err != nil {
			return nil, b.problem(err)
		}
	}
	b.column = r.Column
	if err := b.finish(); err != nil {
		return nil, b.problem(err)
	}
	return b.s, nil
}

func (b *builder) problem(err error) *rule.Problem {
	var p *rule.Problem
	column := b.column
	if errors.As(err, &p) {
		if p.Line != 0 {
			return p
		}
		if p.Column > 0 && p.Error() == err.Error() { // a place within what the column is of
			column += p.Column - 1
		}
	}
	return &rule.Problem{Pos: b.r.Position(column), SID: b.r.SID, Msg: err.Error()}
}

func (b *builder) option(o *rule.Option) error {
	if k, ok := keywords[o.Name]; ok {
		switch {
		case k.need > 0 && (!o.HasValue || o.Value == ""):
			return fmt.Errorf("%s needs a value", o.Name)
		case k.need < 0 && o.HasValue && o.Value != "":
			return fmt.Errorf("%s takes no value", o.Name)
		}
		if err := k.parse(b, o.Value); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
		return nil
	}
	if err := b.protocolOption(o); !errors.Is(err, errUnsupported) {
		return err
	}
	if k, ok := b.c.own[o.Name]; ok {
		return b.ownKeyword(k, o.Value)
	}
	if t, ok := b.c.transforms[o.Name]; ok {
		return b.transform(o.Name, t, o.Value)
	}
	if app := b.c.foreignApp(o.Name); app != "" {
		return b.foreign(o, app)
	}
	if why := unsupported[o.Name]; why != "" {
		return fmt.Errorf("the keyword %s is not supported: %s", o.Name, why)
	}
	return fmt.Errorf("there is no keyword %s", o.Name)
}

// unsupported are keywords of Suricata that are refused, with the reason.
var unsupported = map[string]string{
	"lua":          "scripts are not run; write the check as an analyzer, or leave the rule out",
	"luajit":       "scripts are not run; write the check as an analyzer, or leave the rule out",
	"replace":      "packets are not changed",
	"nfq_set_mark": "there is no packet queue",
	"nfq_mark":     "there is no packet queue",
}

// protocolOption handles the buffers and keywords that protocols bring.
func (b *builder) protocolOption(o *rule.Option) error {
	if name, ok := b.c.modifiers[o.Name]; ok && !b.c.sticky[o.Name] {
		return b.modifier(name)
	}
	if name, ok := b.c.names[o.Name]; ok {
		if o.HasValue && o.Value != "" {
			return fmt.Errorf("%s takes no value", o.Name)
		}
		return b.stick(name)
	}
	if list, ok := b.c.keywords[o.Name]; ok {
		return b.txKeyword(o, list)
	}
	return errUnsupported
}

// stick makes a buffer the one that what follows is about.
func (b *builder) stick(name string) error {
	if err := b.settle(); err != nil {
		return err
	}
	b.inside64 = nil
	b.cur = b.open(name, true)
	return nil
}

// open returns the section for a buffer: that which is there already, unless the buffer has many values.
func (b *builder) open(name string, sticky bool) *openSection {
	if !b.c.multiple(name) {
		for _, s := range b.sections {
			if s.name == name && len(s.transforms) == 0 && !s.absent {
				return s
			}
		}
	}
	s := &openSection{name: name, sticky: sticky}
	_, s.packet = packetBuffers[name]
	b.sections = append(b.sections, s)
	return s
}

// settle refuses a sticky buffer that nothing was tested on.
func (b *builder) settle() error {
	if s := b.cur; s != nil && s.sticky && len(s.tests) == 0 && !s.absent {
		return fmt.Errorf("nothing is tested on %s", s.name)
	}
	return nil
}

// modifier moves the last content to a buffer.
func (b *builder) modifier(name string) error {
	if b.cur != nil {
		return errors.New("a modifier stands behind a content without a sticky buffer")
	}
	// It moves the last content that still stands in the payload, as in Suricata.
	from, at := &b.payload, -1
	for i, x := range b.payload.tests {
		if _, ok := x.(*content); ok {
			at = i
		}
	}
	if at < 0 {
		return errors.New("it stands behind no content")
	}
	t, _ := from.tests[at].(*content)
	if t.raw {
		return errors.New("rawbytes does not go with it")
	}
	from.tests = slices.Delete(from.tests, at, at+1)
	to := b.open(name, false)
	if t.relative() {
		markNext(to.tests)
	}
	to.tests = append(to.tests, t)
	b.last = to
	return nil
}

// add appends a test to the section in hand.
func (b *builder) add(t test) {
	s := b.section()
	if b.inside64 != nil {
		b.inside64.tests = append(b.inside64.tests, t)
		return
	}
	s.tests = append(s.tests, t)
	b.last = s
}

// addRelative appends a test that is relative to the last one, wherever that is: a modifier may have moved it.
func (b *builder) addRelative(t test) {
	s := b.section()
	if b.cur == nil && b.last != nil && b.inside64 == nil {
		s = b.last
	}
	if b.inside64 != nil {
		s = nil
		markNext(b.inside64.tests)
		b.inside64.tests = append(b.inside64.tests, t)
		return
	}
	markNext(s.tests)
	s.tests = append(s.tests, t)
	b.last = s
}

// put appends a test, which may be relative.
func (b *builder) put(t test, relative bool) {
	if relative {
		b.addRelative(t)
	} else {
		b.add(t)
	}
}

// section is what tests go to.
func (b *builder) section() *openSection {
	if b.cur != nil {
		return b.cur
	}
	return &b.payload
}

// tests are those in hand.
func (b *builder) tests() []test {
	if b.inside64 != nil {
		return b.inside64.tests
	}
	s := b.last
	if s == nil {
		s = b.section()
	}
	return s.tests
}

// lastContent is the last test, if it is a content.
func (b *builder) lastContent() *content {
	l := b.tests()
	for i := len(l) - 1; i >= 0; i-- {
		if t, ok := l[i].(*content); ok {
			return t
		}
	}
	return nil
}

// markNext notes on the last content or expression that something relative follows.
func markNext(tests []test) {
	for _, t := range slices.Backward(tests) {
		switch t := t.(type) {
		case *content:
			t.next = true
			return
		case *expression:
			t.next = true
			return
		}
	}
}

// transform adds a transform to the buffer in hand.
func (b *builder) transform(name string, t Transform, value string) error {
	s := b.cur
	if s == nil {
		return errors.New("a transform stands behind a sticky buffer")
	}
	if len(s.tests) > 0 { // a new look at the buffer
		s = &openSection{name: s.name, packet: s.packet, sticky: true}
		b.sections = append(b.sections, s)
		b.cur = s
	}
	if len(s.transforms) >= maxTransforms {
		return fmt.Errorf("more than %d transforms", maxTransforms)
	}
	if value != "" {
		var err error
		if value, _, err = rule.Unquote(value); err != nil {
			return err
		}
	}
	apply, err := t.Compile(value)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s.transforms = append(s.transforms, transformStep{name + ":" + value, apply})
	return nil
}

const maxTransforms = 16

func (b *builder) txKeyword(o *rule.Option, list []protoKeyword) error {
	if b.cur != nil && b.cur.sticky {
		if err := b.settle(); err != nil {
			return err
		}
	}
	found := false
	value, negated := o.Value, false
	for _, k := range list {
		if len(b.s.apps) > 0 && !slices.Contains(b.s.apps, k.app) && len(list) > 1 {
			continue
		}
		holds, err := k.def.Compile(value)
		if err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
		b.s.keywords = append(b.s.keywords, txKeyword{protocol: k.protocol, name: k.def.Name, app: k.app, dirs: k.def.Dirs, at: k.def.At, negated: negated, holds: holds})
		found = true
	}
	if !found {
		return fmt.Errorf("the protocol %s has no keyword %s", strings.Join(b.s.apps, ", "), o.Name)
	}
	b.bind(appsOf(list))
	return nil
}

func appsOf(list []protoKeyword) (apps []string) {
	for _, k := range list {
		if !slices.Contains(apps, k.app) {
			apps = append(apps, k.app)
		}
	}
	return apps
}

// bind binds the rule to protocols, if it is to none yet.
func (b *builder) bind(apps []string) {
	if len(b.s.apps) == 0 && len(apps) == 1 {
		b.s.apps = apps
	}
}

func (b *builder) ownKeyword(k Keyword, value string) error {
	value, negated, err := rule.Unquote(value)
	if err != nil {
		return err
	}
	holds, err := k.Compile(value)
	if err != nil {
		return fmt.Errorf("%s: %w", k.Name, err)
	}
	b.add(&custom{holds: holds, negated: negated})
	return nil
}

// variable returns the place of a variable that byte_extract or byte_math sets, -1 when there is none.
func (b *builder) variable(name string) int { return slices.Index(b.vars, name) }

func (b *builder) newVariable(name string) (int, error) {
	if i := b.variable(name); i >= 0 {
		return i, nil
	}
	if len(b.vars) >= maxVars {
		return 0, fmt.Errorf("more than %d variables", maxVars)
	}
	b.vars = append(b.vars, name)
	return len(b.vars) - 1, nil
}

// protoKeyword is a protocol's keyword with whose it is.
type protoKeyword struct {
	app, protocol string
	def           proto.RuleKeyword
}

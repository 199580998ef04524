package sig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wirelore/wirelore/sig/rule"
)

// miss is a condition that did not hold; i is its place in its list.
type miss struct {
	kind      missKind
	i         int
	test      int    // the test that failed, -1: there was nothing to test
	elsewhere bool   // it is there, but not where it must be
	app       string // what the flow was
}

type missKind uint8

const (
	missTiming missKind = iota
	missProtocol
	missAddress
	missPort
	missDirection
	missPassed
	missApp
	missNoTransaction
	missFlow
	missBit
	missPacket
	missHeader
	missStream
	missSealed
	missPayload
	missSection
	missAbsent
	missKeyword
	missEvent
	missFile
)

// teller words why rules did not fire.
type teller struct {
	x *Explain
	c *compiler // makes rules anew, to find out which option made what
	// setters are the rules that set a variable.
	setters map[uint32][]*signature
	parsed  map[*signature]*rule.Rule
}

func newTeller(x *Explain) *teller {
	t := &teller{x: x, setters: map[uint32][]*signature{}, parsed: map[*signature]*rule.Rule{}}
	if x.rs == nil {
		return t
	}
	t.c, _ = newCompiler(&x.rs.opts, nil)
	for s := range x.rs.all() {
		for i := range s.sets {
			if s.sets[i].do == bitUnset {
				continue
			}
			for _, n := range s.sets[i].names {
				t.setters[n] = append(t.setters[n], s)
			}
		}
	}
	t.parse()
	return t
}

// parse takes the rules that did not match apart, all at once.
func (t *teller) parse() {
	var text strings.Builder
	var sigs []*signature
	for s := range t.x.rs.all() {
		if t.x.wants(s.about.sid) && t.x.rules[s.num].matches == 0 {
			text.WriteString(s.about.text + "\n")
			sigs = append(sigs, s)
		}
	}
	rules, _, _ := rule.Parse("", text.String())
	if len(rules) != len(sigs) {
		return
	}
	for i, s := range sigs {
		t.parsed[s] = &rules[i]
	}
}

// reason tells why a rule gave no alert.
func (t *teller) reason(s *signature, r *traced) string {
	if r.matches > 0 {
		return t.silent(s, r)
	}
	b := &r.best
	if b.score == 0 {
		return "no packet was looked at"
	}
	l := t.labels(s)
	var parts []string
	for _, m := range b.misses {
		if text := t.text(l, s, m); !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	const most = 3
	if len(parts) > most {
		parts = append(parts[:most], fmt.Sprintf("and %d more", len(parts)-most))
	}
	text := strings.Join(parts, "; ")
	if b.score>>24 < rankDirection {
		return text + ", " + map[unit]string{unitFlow: "in any flow", unitPacket: "in any packet"}[b.unit]
	}
	text += ", in " + counted(int(b.number), [...]string{"packet", "flow", "transaction", "end of a flow"}[b.unit])
	text = strings.Replace(text, "end of a flows", "ends of flows", 1)
	if b.packet > 0 {
		text += fmt.Sprintf(", first by packet %d", b.packet)
	}
	return text
}

// silent tells why a rule that matched gave no alert.
func (t *teller) silent(s *signature, r *traced) string {
	times := "it matched " + counted(int(r.matches), "time")
	switch {
	case s.action == actionPass:
		return times + " and let pass what it matched: pass rules give no alerts"
	case s.noalert:
		return times + ", but has noalert"
	case r.suppressed > 0:
		return times + ", but is suppressed by the threshold file"
	case s.late:
		for i := range s.bits {
			if o := &s.bits[i]; o.kind == hostBit {
				return times + ", but not when " + t.bit(s, i)
			}
		}
		return times + ", but what it asks of hosts, sets or the bits that such rules set did not hold"
	case s.threshold != nil:
		name := "threshold"
		if s.threshold.filter {
			name = "detection_filter"
		}
		if s.threshold.kind == backoff {
			return fmt.Sprintf("%s, but the first alert is that of match %d in a flow", times, s.threshold.count)
		}
		return fmt.Sprintf("%s, but its %s of %d within %d seconds was not reached", times, name, s.threshold.count, s.threshold.seconds)
	case t.x.rs.needsMeeting(s):
		return times + ", but the threshold file holds it back"
	}
	return times + ", but a pass rule came first, or the packet had more alerts than are told"
}

// text words one condition that did not hold.
func (t *teller) text(l *labels, s *signature, m miss) string {
	switch m.kind {
	case missProtocol, missAddress, missPort:
		return t.headerText(l, s, m)
	case missDirection:
		return fmt.Sprintf("the flow is %s but the rule wants %s", directionName(uint8(1)<<m.i), directionName(s.dirs))
	case missPassed:
		return "a pass rule let the flow pass"
	case missApp:
		return fmt.Sprintf("the protocol is %s, not %s", named(m.app), strings.Join(s.apps, " or "))
	case missNoTransaction:
		app := strings.Join(s.apps, " or ")
		return fmt.Sprintf("no %s: the flow's protocol is %s", strings.TrimSpace(app+" transaction"), named(m.app))
	case missFlow:
		return "flow does not hold: " + s.conn.text()
	case missBit:
		return t.bit(s, m.i)
	case missPacket:
		return l.condition(s, m.i) + " does not hold"
	case missStream:
		return "the packet is not part of the stream"
	case missSealed:
		return "the payload is encrypted and not looked at"
	case missKeyword:
		return at(l.keywords, m.i, "a keyword of "+s.keywords[m.i].app) + " does not hold"
	case missEvent:
		return fmt.Sprintf("the event %s.%s was not raised", s.events[m.i].app, s.events[m.i].name)
	case missFile:
		if m.i < 0 {
			return "no file"
		}
		return at(l.files, m.i, "a keyword on files") + " does not hold"
	case missHeader, missPayload, missSection, missAbsent:
		return l.testText(s, m)
	}
	return "all conditions hold, but not at the same time"
}

func named(app string) string {
	if app == "" {
		return "unknown"
	}
	return app
}

func directionName(dirs uint8) string {
	if dirs == toServer {
		return "to_server"
	}
	return "to_client"
}

func at(list []string, i int, other string) string {
	if i < len(list) {
		return list[i]
	}
	return other
}

// text says what the keyword flow asks for, but for the direction.
func (k *connection) text() string {
	var list []string
	for _, o := range []struct {
		on   bool
		name string
	}{{k.established, "established"}, {k.notEst, "not_established"}, {k.noFrag, "no_frag"}, {k.onlyFrag, "only_frag"},
		{k.onlyStream, "only_stream"}, {k.toServer, "to_server"}, {k.toClient, "to_client"}} {
		if o.on {
			list = append(list, o.name)
		}
	}
	return strings.Join(list, ", ")
}

// headerText words what of the header does not fit.
func (t *teller) headerText(l *labels, s *signature, m miss) string {
	r := &l.rule
	text := "no " + r.Protocol.Text + " traffic"
	switch m.kind {
	case missPort:
		if !s.header.srcPorts.Any() {
			text += " from port " + r.SrcPorts.Text
		}
		if !s.header.dstPorts.Any() {
			text += " to port " + r.DstPorts.Text
		}
	case missAddress:
		text += " from " + r.Src.Text + " to " + r.Dst.Text
	}
	text += " (header)"
	if m.elsewhere && m.kind != missProtocol {
		text += "; it goes the other way: are the sides of the rule swapped?"
	}
	return text
}

var compareNames = map[byte]string{'<': "<", '>': ">", '=': "==", '!': "!=", 'l': "<=", 'g': ">="}

// bit words a condition on variables, with who sets them.
func (t *teller) bit(s *signature, i int) string {
	o := &s.bits[i]
	names := make([]string, 0, len(o.names))
	for _, n := range o.names {
		names = append(names, t.x.rs.names[n][2:])
	}
	word := map[bitKind]string{flowBit: "flowbits ", flowInt: "flowint ", hostBit: "hostbits ", pairBit: "xbits "}[o.kind]
	name := strings.Join(names, "|")
	switch o.do {
	case bitIsNotSet:
		return word + "isnotset " + name + ": it is set"
	case bitIsSet:
		return word + "isset " + name + ": " + t.whoSets(o)
	}
	value := fmt.Sprint(o.value)
	if o.byName {
		value = t.x.rs.names[o.other][2:]
	}
	return fmt.Sprintf("%s%s %s %s does not hold", word, name, compareNames[o.cmp], value)
}

// whoSets tells which rules set a variable, and whether they did.
func (t *teller) whoSets(o *bitOp) string {
	var sids []string
	for _, n := range o.names {
		for _, s := range t.setters[n] {
			sid := fmt.Sprint(s.about.sid)
			if t.x.rules[s.num].matches > 0 {
				return "rule " + sid + " set it, but later or elsewhere"
			}
			if !slices.Contains(sids, sid) {
				sids = append(sids, sid)
			}
		}
	}
	switch n := len(sids); {
	case n == 0:
		return "never set: no rule here sets it"
	case n > 5:
		sids = append(sids[:5], fmt.Sprintf("and %d more", n-5))
		fallthrough
	case n > 1:
		return "never set: none of the rules that set it matched (" + strings.Join(sids, ", ") + ")"
	}
	return "never set: rule " + sids[0] + ", which sets it, did not match"
}

// labels are the options of a rule, by what they made.
type labels struct {
	rule                    rule.Rule
	s                       *signature
	packet, keywords, files []string
	tests                   map[test]string
}

// labels makes a rule anew, option by option, and notes what each made.
func (t *teller) labels(s *signature) *labels {
	l := &labels{tests: map[test]string{}}
	r := t.parsed[s]
	if r == nil || t.c == nil {
		return l
	}
	l.rule = *r
	b := &builder{c: t.c, r: &l.rule, s: &signature{about: &about{sid: r.SID, gid: r.GID, rev: r.Rev, priority: -1}}}
	if b.head() != nil {
		return l
	}
	for i := range r.Options {
		o := &r.Options[i]
		if b.option(o) != nil {
			return l
		}
		l.take(b, optionText(o))
	}
	if b.finish() == nil {
		l.s = b.s
	}
	return l
}

// take gives all that is new in b the label.
func (l *labels) take(b *builder, label string) {
	grow := func(list []string, n int) []string {
		for len(list) < n {
			list = append(list, label)
		}
		return list
	}
	l.packet, l.keywords = grow(l.packet, len(b.s.packet)), grow(l.keywords, len(b.s.keywords))
	if b.s.files != nil {
		l.files = grow(l.files, len(b.s.files.tests))
	}
	mark := func(tests []test) {
		for _, x := range tests {
			if _, ok := l.tests[x]; !ok {
				l.tests[x] = label
			}
		}
	}
	mark(b.payload.tests)
	for _, s := range b.sections {
		mark(s.tests)
	}
}

func optionText(o *rule.Option) string {
	if !o.HasValue {
		return o.Name
	}
	return shorten(o.Name+":"+o.Value, 100)
}

func (l *labels) condition(s *signature, i int) string {
	if _, ok := s.packet[i].(eventTest); ok {
		return at(l.packet, i, "the event")
	}
	return at(l.packet, i, "a condition on the packet")
}

// where is what a miss's tests look at, and those of the rule made anew, nil when it is not known.
func (l *labels) where(s *signature, m miss) (name string, tests, made []test) {
	switch m.kind {
	case missHeader:
		name, tests = s.headers[m.i].buffer.name, s.headers[m.i].tests
		if l.s != nil && m.i < len(l.s.headers) {
			made = l.s.headers[m.i].tests
		}
	case missPayload:
		name, tests = s.payloadName(), s.payload
		if l.s != nil {
			made = l.s.payload
		}
	default:
		name, tests = s.sections[m.i].buffer.name, s.sections[m.i].tests
		for _, x := range s.sections[m.i].buffer.transforms {
			name += " (" + strings.TrimSuffix(x.text, ":") + ")"
		}
		if l.s != nil && m.i < len(l.s.sections) {
			made = l.s.sections[m.i].tests
		}
	}
	if len(made) != len(tests) {
		made = nil
	}
	return name, tests, made
}

// testText words a test that did not hold.
func (l *labels) testText(s *signature, m miss) string {
	name, tests, made := l.where(s, m)
	switch {
	case m.kind == missAbsent:
		return name + " must be absent, but is there"
	case m.test < 0 && m.kind == missPayload:
		return "nothing in " + name + " to look at"
	case m.test < 0:
		return "there is no " + name
	}
	c, ok := tests[m.test].(*content)
	if !ok {
		label := "a test"
		if made != nil {
			label = l.tests[made[m.test]]
		}
		return label + " does not hold on " + name
	}
	nth, of := place(tests, m.test)
	what := "pattern " + patternText(c.pattern)
	if of > 1 {
		what = fmt.Sprintf("content %d of %d (%s)", nth, of, strings.Trim(patternText(c.pattern), `"`))
	}
	switch behind := c.relative() && nth > 1; {
	case c.negated:
		return what + " must not stand in " + name + ", but does"
	case behind && m.elsewhere:
		return fmt.Sprintf("%s stands in %s, but not where it must behind the match of content %d", what, name, nth-1)
	case behind:
		return fmt.Sprintf("%s not found behind the match of content %d in %s", what, nth-1, name)
	case m.elsewhere:
		return fmt.Sprintf("%s stands in %s, but not at its place", what, name)
	}
	return what + " not in " + name
}

// place tells the how manieth content of how many a test is.
func place(tests []test, i int) (nth, of int) {
	for k, t := range tests {
		if _, ok := t.(*content); ok {
			if of++; k <= i {
				nth = of
			}
		}
	}
	return nth, of
}

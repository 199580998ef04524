package sig

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/sig/rule"
)

// Slow tells of a rule that costs more than others, and what can be done about it.
type Slow struct {
	SID uint32
	Pos rule.Pos
	// Reason tells what is slow, a colon, and what to do.
	Reason string
}

// Slow returns what is slow about the rules, in the order of files and lines; a rule can be there several times. It builds
// every rule, if Options.Lazy let go of them: for a large set that takes seconds. The list is owned. It may be called from any
// goroutine.
func (rs *RuleSet) Slow() []Slow {
	var list []Slow
	for s := range rs.all() {
		add := func(format string, args ...any) {
			list = append(list, Slow{SID: s.about.sid, Pos: s.about.pos, Reason: fmt.Sprintf(format, args...)})
		}
		s.slowSearch(add)
		s.eachTests(func(where string, tests []test) { slowExpressions(s, where, tests, add) })
	}
	slices.SortStableFunc(list, func(a, b Slow) int { return comparePos(a.Pos, b.Pos) })
	return list
}

// comparePos orders places by files and lines.
func comparePos(a, b rule.Pos) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// eachTests calls fn with each list of tests and the name of what they look at.
func (s *signature) eachTests(fn func(where string, tests []test)) {
	visit := func(where string, tests []test) {
		fn(where, tests)
		for _, t := range tests {
			if x, ok := t.(*base64Data); ok {
				fn("base64_data", x.tests)
			}
		}
	}
	if len(s.payload) > 0 {
		visit(s.payloadName(), s.payload)
	}
	for i := range s.headers {
		visit(s.headers[i].buffer.name, s.headers[i].tests)
	}
	for i := range s.sections {
		visit(s.sections[i].buffer.name, s.sections[i].tests)
	}
}

// payloadName is what the tests on the payload look at.
func (s *signature) payloadName() string {
	if s.needStream && !s.onPacket {
		return "the stream"
	}
	return "the payload"
}

// slowSearch tells how the rule is found, if that is slow.
func (s *signature) slowSearch(add func(format string, args ...any)) {
	if s.ipOnly || s.isEvent() {
		return
	}
	if s.fast.where == fastNone {
		s.slowLoose(add)
		return
	}
	p := s.fast.content.fastBytes()
	show := patternText(p)
	advice := "give it a longer content that is always there"
	if better := s.rarer(); better != nil {
		advice = fmt.Sprintf("move fast_pattern to %s, which is rarer", patternText(better.pattern))
	}
	switch {
	case len(p) <= 2:
		add("it is found by %s, whose %s much traffic has by chance: %s", show, counted(len(p), "byte"), advice)
	case isCommon(p):
		add("it is found by %s, which stands in most traffic: %s", show, advice)
	}
}

// isEvent tells that a rule is found by an event of a packet, or asks for events of a parser alone, which is quick.
func (s *signature) isEvent() bool {
	for _, t := range s.packet {
		if _, ok := t.(eventTest); ok {
			return true
		}
	}
	return len(s.events) > 0 && len(s.sections)+len(s.keywords)+len(s.payload) == 0 && s.files == nil
}

// slowLoose tells about a rule without a pattern.
func (s *signature) slowLoose(add func(format string, args ...any)) {
	why, searched := "it has no content", false
	s.eachTests(func(_ string, tests []test) {
		for _, t := range tests {
			switch t := t.(type) {
			case *content:
				if t.negated {
					why = "it has negated contents only"
				}
			case *expression:
				searched = true
			}
		}
	})
	if searched {
		why += ", and an expression is run each time"
	}
	if s.appOnly {
		of := "every transaction of " + strings.Join(s.apps, " and ")
		switch {
		case len(s.apps) == 0 && s.usesFiles():
			of = "every transaction with a file"
		case len(s.apps) == 0:
			of = "every transaction of every protocol"
		}
		add("%s, so that it is judged for %s: add a content that always stands in one of its buffers", why, of)
		return
	}
	advice := "add a content that always stands in the payload"
	if len(s.payload) == 0 {
		advice = "add a content if there is one"
	}
	if !s.bundled() {
		advice += ", or name the ports"
	}
	add("%s, so that it is judged for every packet of %s: %s", why, s.traffic(), advice)
}

// bundled tells that the rule is judged for packets of its ports only.
func (s *signature) bundled() bool {
	few := func(p *rule.PortSet) bool { return !p.Any() && portCount(p) <= maxPorts }
	return !s.header.both && (few(s.header.dstPorts) || few(s.header.srcPorts))
}

// traffic names the packets that the rule's header leads to.
func (s *signature) traffic() string {
	name := "any protocol"
	for n, p := range map[string]uint8{"tcp": flow.ProtoTCP, "udp": flow.ProtoUDP, "icmp": flow.ProtoICMP, "sctp": flow.ProtoSCTP} {
		if !s.header.protos.all && s.header.protos.has(p) && (name == "any protocol" || n < name) {
			name = n
		}
	}
	if len(s.apps) > 0 {
		name = strings.Join(s.apps, " and ")
	}
	if s.bundled() {
		name += " on its ports"
	}
	return name
}

// rarer returns a content that would be better to find the rule by than the one that fast_pattern names, nil for none.
func (s *signature) rarer() (best *content) {
	if !s.fast.content.fast {
		return nil // the rarest was taken
	}
	score := strength(s.fast.content)
	s.eachTests(func(where string, tests []test) {
		if where == "base64_data" {
			return
		}
		for _, t := range tests {
			c, ok := t.(*content)
			if ok && !c.negated && !c.raw && len(c.fastBytes()) > 2 && !isCommon(c.fastBytes()) && strength(c) > score {
				best, score = c, strength(c)
			}
		}
	})
	return best
}

// commonTexts stand in so much traffic that a rule which is found by one of them, or by a part of one, is judged all the time.
var commonTexts = [][]byte{
	[]byte("get /"), []byte("post /"), []byte("head"), []byte("put"), []byte("http/1.0 200 ok\r\n"), []byte("http/1.1 200 ok\r\n"),
	[]byte("\r\n\r\n"), []byte("host: www."), []byte("user-agent: mozilla/5.0 (windows nt 10.0; win64; x64)"), []byte("mozilla/4.0 (compatible; msie"),
	[]byte("accept: */*\r\n"), []byte("accept-encoding: gzip, deflate\r\n"), []byte("accept-language: en-us\r\n"),
	[]byte("connection: keep-alive\r\n"), []byte("content-length: "), []byte("content-type: text/html\r\n"),
	[]byte("content-type: application/x-www-form-urlencoded\r\n"), []byte("cache-control: no-cache\r\n"), []byte("referer: http://www."),
	[]byte("cookie: "), []byte("https://www."), []byte("<html>"), []byte("</html>"), []byte("<head>"), []byte("</head>"), []byte("<body>"),
	[]byte("</body>"), []byte("<script"), []byte("</script>"), []byte("function("), []byte("var "), []byte(".com/"), []byte(".php?"), []byte(".php"),
	[]byte(".html"), []byte("index.php"), []byte("/index.html"), []byte("image/"), []byte("\x16\x03\x01"), []byte("\x16\x03\x03"),
	[]byte("\x17\x03\x03"), bytes.Repeat([]byte{0}, 16), bytes.Repeat([]byte{0xff}, 8), bytes.Repeat([]byte(" "), 16),
}

// isCommon tells whether a pattern stands in most traffic: it is a part of a common text.
func isCommon(p []byte) bool {
	p = bytes.ToLower(p)
	return slices.ContainsFunc(commonTexts, func(t []byte) bool { return bytes.Contains(t, p) })
}

// slowExpressions tells about the expressions among tests.
func slowExpressions(s *signature, where string, tests []test, add func(format string, args ...any)) {
	before := false // a content that is rare comes first
	for _, t := range tests {
		if c, ok := t.(*content); ok && !c.negated && len(c.pattern) > 2 {
			before = true
		}
		x, ok := t.(*expression)
		if !ok {
			continue
		}
		re := x.regexp()
		if re == nil {
			continue
		}
		name := "the expression /" + shorten(x.source.text, 60) + "/"
		if !re.Linear() {
			add("%s on %s needs backtracking, of up to %d steps for each try: avoid references to groups, atomic groups, possessive "+
				"quantifiers and lookarounds of more than one byte, or let a content stand before it", name, where, maxExpressionSteps)
		}
		lit, _ := re.Literal()
		switch {
		case len(lit) > 0 || re.Anchored():
		case before || s.fast.where != fastNone && x.relative:
		case s.fast.where == fastNone:
			add("%s on %s has no fixed text and is not anchored, and no content stands before it: every place of every value is "+
				"tried; add a content, or begin it with ^", name, where)
		default:
			add("%s has no fixed text and is not anchored, so that every place of %s is tried: add a content for %s before it, or "+
				"begin it with ^", name, where, where)
		}
	}
}

// counted is a number with a noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// shorten cuts a text for a message.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// patternText shows a pattern as rules write it, shortened.
func patternText(p []byte) string {
	const most = 40
	var b strings.Builder
	b.WriteByte('"')
	hex := false
	for i, c := range p {
		if i == most {
			break
		}
		if plain := c >= ' ' && c <= '~' && !strings.ContainsRune(`"|;\`, rune(c)); plain == hex {
			b.WriteByte('|')
			hex = !hex
		} else if hex {
			b.WriteByte(' ')
		}
		if hex {
			fmt.Fprintf(&b, "%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	if hex {
		b.WriteByte('|')
	}
	if len(p) > most {
		b.WriteString("…")
	}
	b.WriteByte('"')
	return b.String()
}

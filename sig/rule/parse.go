package rule

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxRule is the length in bytes of the longest rule that is read, with its continuation lines: Suricata's limit.
const MaxRule = 8191

// How many options are allocated at once: for the rules of a file, and for a single one.
const (
	optionChunk = 4096
	fewOptions  = 32
)

// Parse reads a file of rules. disabled are the rules that stand behind a "#"; comments that are no rules are left out.
// What cannot be read is a problem and costs that rule alone. Strings are shared with text.
//
// As in Suricata, a line that ends in a backslash is continued by the next one, and a line that starts with a blank
// holds no rule, which is a problem here unless it is empty or a comment. A byte order mark is skipped. NUL bytes,
// invalid UTF-8 and more than [MaxRule] bytes are problems.
func Parse(file, text string) (rules, disabled []Rule, problems []*Problem) {
	p := parser{file: file, chunk: optionChunk, comments: true}
	rules = make([]Rule, 0, len(text)/512+4)
	p.each = func(r *Rule, off bool) {
		if off {
			disabled = append(disabled, *r)
		} else {
			rules = append(rules, *r)
		}
	}
	p.scan(text)
	return rules, disabled, p.problems
}

// ParseLine reads one rule, whose line is 1. The error is a *[Problem].
func ParseLine(text string) (Rule, error) {
	p := parser{chunk: fewOptions}
	rest := strings.TrimLeft(text, blanks)
	r, problem := p.rule(rest, Pos{Line: 1, Column: 1 + len(text) - len(rest)}, nil)
	if problem != nil {
		return Rule{}, problem
	}
	return r, nil
}

// Deduplicate drops rules whose gid and sid another one has, as Suricata does: a rule of a higher revision replaces an
// earlier one, any other is refused. The rest stays in order, in the same memory. There is a problem for each rule
// refused, and one that is a warning for each one replaced. Rules without sid all stay.
func Deduplicate(rules []Rule) (kept []Rule, problems []*Problem) {
	return DeduplicateFunc(rules, func(r *Rule) ID { return ID{r.Pos, r.GID, r.SID, r.Rev} })
}

// ID is what tells rules apart, with the place of the rule.
type ID struct {
	Pos
	GID, SID, Rev uint32
}

// DeduplicateFunc is [Deduplicate] for whatever stands for rules; id is called with each, several times.
func DeduplicateFunc[R any](rules []R, id func(*R) ID) (kept []R, problems []*Problem) {
	type key struct{ gid, sid uint32 }
	last := make(map[key]int, len(rules))
	drop := map[int]bool{}
	for i := range rules {
		r := id(&rules[i])
		k := key{r.GID, r.SID}
		at, seen := last[k]
		switch {
		case r.SID == 0:
			continue
		case !seen:
			last[k] = i
			continue
		}
		if old := id(&rules[at]); r.Rev > old.Rev {
			last[k], drop[at] = i, true
			problems = append(problems, &Problem{Pos: old.Pos, SID: r.SID, Warning: true,
				Msg: "replaced by revision " + strconv.FormatUint(uint64(r.Rev), 10) + " at " + r.Pos.String()})
		} else {
			drop[i] = true
			problems = append(problems, &Problem{Pos: r.Pos, SID: r.SID, Msg: "duplicate of the rule at " + old.Pos.String()})
		}
	}
	if len(drop) == 0 {
		return rules, nil
	}
	kept = rules[:0]
	for i := range rules {
		if !drop[i] {
			kept = append(kept, rules[i])
		}
	}
	clear(rules[len(kept):])
	return kept, problems
}

// parser is the state of one call.
type parser struct {
	file     string
	each     func(r *Rule, disabled bool) // gets the rules
	comments bool                         // rules that are commented out too
	problems []*Problem
	options  []Option // chunk that rules take their options from
	chunk    int      // the length of a chunk
	reuse    bool     // options last until each returns
}

// lines is a logical line: a line with those that continue it.
type lines struct {
	text   string
	pos    Pos
	at     int // offset in the file
	joints []joint
	used   int  // bytes of the file, line ends included
	count  int  // lines of the file
	size   int  // bytes that belong to the rule: more than len(text) when it is too long
	open   bool // the last line of the file asks for another one
}

// logical takes the first logical line from text. Only lines that hold a rule are continued.
func (p *parser) logical(text string, line, column int) lines {
	one, used := cutLine(text)
	l := lines{text: one, pos: Pos{p.file, line, column}, used: used, count: 1, size: len(one)}
	if one == "" || strings.IndexByte(" \t\r#", one[0]) >= 0 {
		return l
	}
	head, more := continued(one)
	if !more {
		return l
	}
	joined := append(make([]byte, 0, 2*len(head)+256), head...)
	l.size = len(head)
	for more {
		if l.used == len(text) {
			l.open = true
			break
		}
		one, used = cutLine(text[l.used:])
		l.joints = append(l.joints, joint{at: l.size, line: line + l.count, column: 1})
		l.used += used
		l.count++
		head, more = continued(one)
		l.size += len(head)
		if l.size <= MaxRule {
			joined = append(joined, head...)
		}
	}
	l.text = string(joined)
	return l
}

// cutLine returns the first line of text without its end, and its length with it.
func cutLine(text string) (line string, used int) {
	i := strings.IndexByte(text, '\n')
	if i < 0 {
		return text, len(text)
	}
	return strings.TrimSuffix(text[:i], "\r"), i + 1
}

// continued tells whether a line ends in a backslash, blanks aside, and returns what stands before it.
func continued(line string) (head string, more bool) {
	if s := strings.TrimRight(line, spaces); strings.HasSuffix(s, `\`) {
		return s[:len(s)-1], true
	}
	return line, false
}

// line reads what a logical line holds: a rule, a comment or nothing.
func (p *parser) line(l *lines) {
	body := strings.TrimLeft(l.text, blanks)
	switch {
	case strings.Trim(body, spaces) == "" && !l.open:
	case body != "" && body[0] == '#':
		p.comment(l)
	case l.size > MaxRule:
		p.problem(l.pos, findSID(l.text), "rule of "+strconv.Itoa(l.size)+" bytes: more than "+strconv.Itoa(MaxRule))
	case len(body) < len(l.text):
		p.problem(l.pos, findSID(l.text), "line starts with a blank: Suricata ignores it")
	case l.open:
		p.problem(l.pos, findSID(l.text), "the file ends where a backslash continues the line")
	default:
		r, problem := p.rule(l.text, l.pos, l.joints)
		if problem != nil {
			p.problems = append(p.problems, problem)
			return
		}
		r.Offset = l.at
		p.give(&r, false)
	}
}

// problem notes what is wrong with a line.
func (p *parser) problem(pos Pos, sid uint32, msg string) {
	p.problems = append(p.problems, &Problem{Pos: pos, SID: sid, Msg: msg})
}

// comment keeps a comment that is a rule.
func (p *parser) comment(l *lines) {
	if !p.comments {
		return
	}
	pos, rest := l.pos, strings.TrimLeft(l.text, "# \t")
	word, _, _ := strings.Cut(rest, " ")
	if actionName(word) == "" {
		return
	}
	pos.Column += len(l.text) - len(rest)
	if r, problem := p.rule(rest, pos, nil); problem == nil {
		r.Offset = l.at
		p.give(&r, true)
	}
}

// give hands a rule on.
func (p *parser) give(r *Rule, disabled bool) {
	p.each(r, disabled)
	if p.reuse {
		p.options = p.options[:0]
	}
}

// rule reads a rule that starts at the start of text.
func (p *parser) rule(text string, pos Pos, joints []joint) (Rule, *Problem) {
	r := Rule{Pos: pos, Text: strings.TrimRight(text, spaces), GID: 1, joints: joints}
	at, msg := r.check()
	if msg == "" {
		h := header{text: r.Text}
		at, msg = h.read(&r)
		if msg == "" {
			at, msg = p.readOptions(&r, h.at)
		}
	}
	if msg == "" && (r.Wrong == nil || r.Option("requires") != nil) {
		if r.Wrong != nil {
			r.Wrong.SID = r.SID
		}
		return r, nil
	}
	problem := r.Wrong
	if problem == nil {
		problem = &Problem{Pos: r.Position(at + 1), Msg: msg}
	}
	if problem.SID = r.SID; r.SID == 0 {
		problem.SID = findSID(r.Text)
	}
	return Rule{}, problem
}

// check looks at the rule's text as a whole. It returns the offset of what is wrong, and what is.
func (r *Rule) check() (at int, wrong string) {
	if len(r.Text) > MaxRule {
		return 0, "rule of " + strconv.Itoa(len(r.Text)) + " bytes: more than " + strconv.Itoa(MaxRule)
	}
	if at = strings.IndexByte(r.Text, 0); at >= 0 {
		return at, "NUL byte"
	}
	if utf8.ValidString(r.Text) {
		return 0, ""
	}
	for at = 0; ; {
		c, n := utf8.DecodeRuneInString(r.Text[at:])
		if c == utf8.RuneError && n <= 1 {
			return at, "not valid UTF-8"
		}
		at += n
	}
}

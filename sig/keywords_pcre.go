package sig

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/wirelore/wirelore/sig/pcre"
	"github.com/wirelore/wirelore/sig/rule"
)

// pcreBuffers are the flags by which an expression names its buffer, with the old modifier of the same meaning.
var pcreBuffers = map[byte]string{
	'U': "http_uri", 'I': "http_raw_uri", 'H': "http_header", 'D': "http_raw_header", 'M': "http_method",
	'C': "http_cookie", 'P': "http_client_body", 'Q': "http_server_body", 'Y': "http_stat_msg", 'S': "http_stat_code",
	'V': "http_user_agent", 'W': "http_host", 'Z': "http_raw_host",
}

// lazyRegexp is an expression that is compiled when it is first needed: most never are.
type lazyRegexp struct {
	text string
	opts pcre.Options
	done atomic.Pointer[pcre.Regexp]
}

func (l *lazyRegexp) get() *pcre.Regexp {
	if re := l.done.Load(); re != nil {
		return re
	}
	re, err := pcre.Compile(l.text, l.opts)
	if err != nil {
		return nil // it was compiled when the rules were checked
	}
	l.done.Store(re)
	return re
}

// maxExpressionSteps bounds one match of an expression that cannot be matched in linear time.
const maxExpressionSteps = 1 << 18

func parsePCRE(b *builder, value string) error {
	text, negated, err := pcreText(value)
	if err != nil {
		return err
	}
	end := strings.LastIndexByte(text, '/')
	if len(text) < 2 || text[0] != '/' || end == 0 {
		return errors.New("an expression stands between slashes")
	}
	expr, tail := text[1:end], text[end+1:]
	flags, vars, _ := strings.Cut(tail, ",")
	t := &expression{negated: negated}
	o := pcre.Options{MaxSteps: maxExpressionSteps}
	where := ""
	for _, f := range []byte(strings.TrimSpace(flags)) {
		switch f {
		case 'i':
			o.CaseInsensitive = true
		case 'm':
			o.Multiline = true
		case 's':
			o.DotAll = true
		case 'x':
			o.Extended = true
		case 'A':
			o.Anchored = true
		case 'E':
			o.DollarEndOnly = true
		case 'G':
			o.Ungreedy = true
		case 'R':
			t.relative = true
		case 'B', 'O':
		default:
			name, ok := pcreBuffers[f]
			if !ok {
				return fmt.Errorf("unknown flag %q", f)
			}
			if where != "" {
				return errors.New("two flags name a buffer")
			}
			where = name
		}
	}
	t.source = &lazyRegexp{text: expr, opts: o}
	var re *pcre.Regexp
	if b.c.check || strings.Contains(expr, "(?") || vars != "" {
		if re, err = pcre.Compile(expr, o); err != nil {
			return err
		}
		if err := t.names(b, re, vars); err != nil {
			return err
		}
	}
	if where == "" || b.cur != nil { // a sticky buffer counts for more than the flags
		b.put(t, t.relative)
		return nil
	}
	name, ok := b.c.modifiers[where]
	if !ok {
		return fmt.Errorf("no protocol has the buffer %s", where)
	}
	s := b.open(name, false)
	if t.relative {
		markNext(s.tests)
	}
	s.tests = append(s.tests, t)
	b.last = s
	return nil
}

// pcreText takes the quotes and a negation off.
func pcreText(value string) (text string, negated bool, err error) {
	value = strings.TrimSpace(value)
	if rest, ok := strings.CutPrefix(value, "!"); ok {
		value, negated = strings.TrimSpace(rest), true
	}
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	if strings.Contains(value, `\"`) || strings.Contains(value, `\;`) {
		value = strings.NewReplacer(`\\`, `\\`, `\"`, `"`, `\;`, `;`).Replace(value)
	}
	return value, negated, nil
}

// names notes which groups are kept in variables: those named flow_X and pkt_X, and those listed behind the flags.
func (t *expression) names(b *builder, re *pcre.Regexp, list string) error {
	for i, n := range re.SubexpNames() {
		if name, ok := strings.CutPrefix(n, "flow_"); ok {
			t.captures = append(t.captures, capture{flowVar, b.c.intern(name), i})
		} else if name, ok := strings.CutPrefix(n, "pkt_"); ok {
			t.captures = append(t.captures, capture{packetVar, b.c.intern(name), i})
		}
	}
	group := 0
	for v := range strings.SplitSeq(list, ",") {
		v = strings.TrimSpace(v)
		if v == "" {
			continue
		}
		group++
		if group > re.NumSubexp() {
			return fmt.Errorf("there is no group for the variable %s", v)
		}
		kind, name, _ := strings.Cut(v, ":")
		switch strings.TrimSpace(kind) {
		case "flow":
			t.captures = append(t.captures, capture{flowVar, b.c.intern(strings.TrimSpace(name)), group})
		case "pkt":
			t.captures = append(t.captures, capture{packetVar, b.c.intern(strings.TrimSpace(name)), group})
		default:
			return fmt.Errorf("%q names no variable: flow:NAME or pkt:NAME", v)
		}
	}
	return nil
}

// varKind says where the value of a capture is kept.
type varKind uint8

const (
	flowVar varKind = iota
	packetVar
)

// maxCapture bounds a value that is kept.
const maxCapture = 4 << 10

// capture keeps the groups that have variables.
func (t *expression) capture(st *state, b []byte, loc []int) {
	for _, c := range t.captures {
		if 2*c.group+1 >= len(loc) || loc[2*c.group] < 0 {
			continue
		}
		v := b[loc[2*c.group]:loc[2*c.group+1]]
		st.m.keepVar(c.kind, c.name, v[:min(len(v), maxCapture)])
	}
}

// parseFlowVar is the keyword flowvar or pktvar: a content in a variable.
func parseFlowVar(kind varKind) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		name, text, ok := strings.Cut(value, ",")
		if !ok {
			return errors.New("give the variable's name and a content")
		}
		p, negated, err := rule.Content(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		id := b.c.intern(strings.TrimSpace(name))
		t := &content{pattern: p}
		b.condition(func(m *Matcher, c *subject) bool {
			v, ok := m.variable(c, kind, id)
			return ok && (t.find(v) >= 0) != negated
		})
		return nil
	}
}

package rule

import (
	"strconv"
	"strings"
)

// readOptions reads the options, which start at an offset of the text, and takes sid, gid, rev and msg from them. It
// returns the offset of what is wrong, and what is. Parentheses around the options may be missing or too many, as in
// Suricata.
func (p *parser) readOptions(r *Rule, at int) (wrongAt int, wrong string) {
	text := strings.TrimRight(r.Text, spaces+")")
	for at < len(text) && (text[at] == '(' || strings.IndexByte(spaces, text[at]) >= 0) {
		at++
	}
	if at >= len(text) {
		return len(r.Text), "no options"
	}
	start := len(p.options)
	for at < len(text) {
		if len(p.options) == cap(p.options) {
			chunk := make([]Option, 0, max(p.chunk, 2*(len(p.options)-start)))
			p.options, start = append(chunk, p.options[start:]...), 0
		}
		for strings.IndexByte(spaces, text[at]) >= 0 { // ends: text ends in no blank
			at++
		}
		end := semicolon(text, at)
		if end < 0 {
			p.options = p.options[:start]
			return at, `no ";" after the option`
		}
		p.options = append(p.options, Option{})
		o := &p.options[len(p.options)-1]
		if wrongAt, wrong = o.read(text[at:end], at); wrong != "" {
			p.options = p.options[:start]
			return wrongAt, wrong
		}
		r.take(o)
		at = end + 1
	}
	r.Options = p.options[start:len(p.options):len(p.options)]
	return 0, ""
}

// semicolon returns where an option ends: at a semicolon that no backslash precedes. It is -1 when there is none.
func semicolon(text string, start int) int {
	for at := start; ; at++ {
		i := strings.IndexByte(text[at:], ';')
		if i < 0 {
			return -1
		}
		if at += i; at == start || text[at-1] != '\\' {
			return at
		}
	}
}

// read takes an option apart that starts at an offset of the rule. It returns the offset of what is wrong, and what is.
func (o *Option) read(text string, at int) (wrongAt int, wrong string) {
	name, value, has := strings.Cut(text, ":")
	o.Name, o.HasValue, o.Column = lower(strings.TrimRight(name, spaces)), has, at+1
	if o.Name == "" {
		return at, "empty option"
	}
	if !has {
		return 0, ""
	}
	o.ValueColumn = o.Column + len(name) + 1
	o.Value = value
	for o.Value != "" && (o.Value[0] == ' ' || o.Value[0] == '\t') {
		o.Value = o.Value[1:]
		o.ValueColumn++
	}
	o.Value = strings.TrimRight(o.Value, blanks)
	if o.Value != "" && o.Value[0] == '"' && o.Value[len(o.Value)-1] != '"' {
		return o.ValueColumn - 1, `value starts with a quote and does not end with one: unescaped ";" or missing one?`
	}
	return 0, ""
}

// lower returns a keyword in lower case: it is so already, nearly always.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			return strings.ToLower(s)
		}
	}
	return s
}

// take keeps what the rule itself tells from its options: the first one that can be read.
func (r *Rule) take(o *Option) {
	switch o.Name {
	case "sid":
		if n, ok := number(o.Value); ok && r.SID == 0 {
			r.SID = n
		}
	case "gid":
		if n, ok := number(o.Value); ok {
			r.GID = n
		}
	case "rev":
		if n, ok := number(o.Value); ok && r.Rev == 0 {
			r.Rev = n
		}
	case "msg":
		if r.Msg == "" && len(o.Value) > 2 && o.Value[0] == '"' {
			r.Msg = unescape(o.Value[1 : len(o.Value)-1])
		}
	}
}

// number reads a decimal number below 2^32-1, the largest one that Suricata takes as sid.
func number(s string) (uint32, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 32)
	return uint32(n), err == nil && n < 1<<32-1
}

// unescape takes the backslashes away from ":", ";", "\" and "\"" and from what needs none. A last one stays.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b = append(b, s[i])
	}
	return string(b)
}

// findSID returns the sid of a rule that cannot be read, 0 when it is not there.
func findSID(text string) uint32 {
	for {
		_, rest, ok := strings.Cut(text, "sid")
		if !ok {
			return 0
		}
		before := text[:len(text)-len(rest)-len("sid")]
		text = rest
		if before != "" && strings.IndexByte("; (\t", before[len(before)-1]) < 0 {
			continue
		}
		value, ok := strings.CutPrefix(strings.TrimLeft(rest, blanks), ":")
		if !ok {
			continue
		}
		value = strings.TrimLeft(value, blanks)
		end := 0
		for end < len(value) && end < 11 && value[end] >= '0' && value[end] <= '9' {
			end++
		}
		if n, ok := number(value[:end]); ok {
			return n
		}
	}
}

package rule

import (
	"iter"
	"strconv"
	"strings"
)

// Classification is a class of rules, which the keyword classtype names.
type Classification struct {
	Name, Description string // as written
	Priority          int    // 1 is the most urgent
}

// configLines goes through the lines of a file that are neither empty nor comments, without the blanks around them, and
// joins what a backslash continues when more is set. A rule without its parts tells the text and the places.
func configLines(file, text string, more bool) iter.Seq[*Rule] {
	return func(yield func(*Rule) bool) {
		text, column := strings.TrimPrefix(text, "\ufeff"), 1
		for line := 1; text != ""; {
			one, used := cutLine(text)
			text = text[used:]
			r := Rule{Pos: Pos{file, line, column}}
			line++
			body := strings.TrimLeft(one, spaces)
			r.Column += len(one) - len(body)
			if body == "" || body[0] == '#' {
				continue
			}
			head, open := continued(body)
			if open && more {
				var joined strings.Builder
				joined.WriteString(head)
				for open && text != "" {
					one, used = cutLine(text)
					text = text[used:]
					r.joints = append(r.joints, joint{joined.Len(), line, 1})
					line++
					head, open = continued(one)
					joined.WriteString(head)
				}
				body = joined.String()
			}
			r.Text = strings.TrimRight(body, spaces)
			if r.Text != "" && !yield(&r) {
				return
			}
		}
	}
}

// configValue returns what follows "config", a word and a colon, and its offset.
func configValue(text, word string) (value string, at int, ok bool) {
	value, ok = strings.CutPrefix(text, "config")
	if !ok {
		return "", 0, false
	}
	value, ok = strings.CutPrefix(strings.TrimLeft(value, spaces), word)
	if !ok {
		return "", 0, false
	}
	value, ok = strings.CutPrefix(strings.TrimLeft(value, spaces), ":")
	value = strings.TrimLeft(value, spaces)
	return value, len(text) - len(value), ok
}

// configName takes a name from the start of a value: a letter, and then letters, digits, "-" and "_".
func configName(value string) (name, rest string) {
	n := 0
	for n < len(value) {
		c := value[n]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (n == 0 || c != '-' && c != '_' && (c < '0' || c > '9')) {
			break
		}
		n++
	}
	return value[:n], value[n:]
}

// ParseClassifications reads a classification.config, of lines like
//
//	config classification: web-application-attack,Web Application Attack,1
//
// Keys are the names in lower case. Of a name that comes twice the first line counts, as in Suricata. Strings are shared
// with text.
func ParseClassifications(file, text string) (map[string]Classification, []*Problem) {
	all := map[string]Classification{}
	var problems []*Problem
	for l := range configLines(file, text, false) {
		c, at, wrong := classification(l.Text)
		if wrong != "" {
			problems = append(problems, &Problem{Pos: l.Position(at + 1), Msg: wrong})
			continue
		}
		if key := lower(c.Name); all[key].Name == "" {
			all[key] = c
		}
	}
	return all, problems
}

// classification reads one line. It returns the offset of what is wrong, and what is.
func classification(text string) (c Classification, at int, wrong string) {
	value, at, ok := configValue(text, "classification")
	if !ok {
		return c, 0, `line does not start with "config classification:"`
	}
	name, rest := configName(value)
	at += len(name)
	trimmed := strings.TrimLeft(rest, spaces)
	if name == "" || !strings.HasPrefix(trimmed, ",") {
		return c, at, `no name of letters, digits, "-" and "_" before ","`
	}
	at += len(rest) - len(trimmed) + 1
	rest = trimmed[1:]
	last := strings.LastIndexByte(rest, ',')
	if last < 0 || strings.Trim(rest[:last], spaces) == "" {
		return c, at, "no description before another \",\""
	}
	digits := strings.TrimLeft(rest[last+1:], spaces)
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return c, len(text) - len(digits), "no priority: " + quoted(digits)
	}
	return Classification{name, strings.Trim(rest[:last], spaces), int(n)}, 0, ""
}

// ParseReferences reads a reference.config, of lines like
//
//	config reference: cve http://cve.mitre.org/cgi-bin/cvename.cgi?name=
//
// The result has what goes before a reference, usually the start of a URL, by the name in lower case. Of a name that
// comes twice the first line counts, as in Suricata. Strings are shared with text.
func ParseReferences(file, text string) (map[string]string, []*Problem) {
	all := map[string]string{}
	var problems []*Problem
	for l := range configLines(file, text, false) {
		value, at, ok := configValue(l.Text, "reference")
		if !ok {
			problems = append(problems, &Problem{Pos: l.Pos, Msg: `line does not start with "config reference:"`})
			continue
		}
		name, rest := configName(value)
		prefix := strings.TrimLeft(rest, spaces)
		if name == "" || prefix == "" || len(prefix) == len(rest) {
			problems = append(problems, &Problem{Pos: l.Position(at + len(name) + 1), Msg: "no name and URL with a blank between them"})
			continue
		}
		if key := lower(name); all[key] == "" {
			all[key] = prefix
		}
	}
	return all, problems
}

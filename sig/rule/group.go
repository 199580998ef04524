package rule

import (
	"slices"
	"strconv"
	"strings"
)

// Limits of what an expression may be made of, variables included.
const (
	maxDepth = 64      // of brackets and variables, as in Suricata
	maxText  = 1 << 24 // bytes of lists; those within others count for each
)

// group is what an expression names: numbers of the first family, IPv4 or ports, and of the second one, IPv6.
type group [2]spans

// add adds another group.
func (g *group) add(o group) {
	for f := range g {
		g[f] = append(g[f], o[f]...)
	}
}

// expression reads addresses or ports: a list of items, variables and lists in brackets, each of which may have a "!".
//
// It follows Suricata 7: what has a "!" is taken away from all the rest, even when that comes later or is in a nested
// list or a variable without a "!" of its own. When there is nothing but "!", it is taken away from everything. A list
// with a "!" stands for what is in it, with what has a "!" within taken away; or, when flat is set, for its items with
// a "!" each. Two of these are one, but none for a variable, and none for a last item that is no list: an oddity of Suricata's.
type expression struct {
	noun  string // for messages
	vars  map[string]string
	item  func(text string) (g group, wrong string)
	whole [2]span // all that there is
	flat  bool    // how a "!" before a list works

	size  int      // bytes of lists that were read
	depth int      // of brackets and variables
	names []string // variables being read
}

// read reads a whole expression. The error is a *Problem whose column is that of text.
func (e *expression) read(text string) (group, error) {
	g, at, wrong := e.closed(text)
	if wrong != "" {
		return group{}, &Problem{Pos: Pos{Column: at + 1}, Msg: wrong}
	}
	return g, nil
}

// closed reads an expression and takes away what has a "!". It returns the offset of what is wrong, and what is.
func (e *expression) closed(text string) (g group, at int, wrong string) {
	var not group
	if at, wrong = e.list(text, false, &g, &not); wrong != "" {
		return g, at, wrong
	}
	left := false
	for f := range g {
		g[f], not[f] = g[f].normal(), not[f].normal()
		if len(not[f]) > 0 && len(g[f]) == 0 {
			g[f] = spans{e.whole[f]}
		}
		if f == 0 && len(not[f]) == 1 && not[f][0] == e.whole[f] {
			return g, 0, "all " + e.noun + " are negated"
		}
		g[f] = g[f].without(not[f])
		left = left || len(g[f]) > 0
	}
	if !left {
		return g, 0, "no " + e.noun + " are left"
	}
	return g, 0, ""
}

// list reads a list without the brackets around it, which has a "!" itself when outer is set. It adds to g, and what has
// a "!" to not.
func (e *expression) list(text string, outer bool, g, not *group) (at int, wrong string) {
	if e.depth++; e.depth > maxDepth {
		return 0, "more than " + strconv.Itoa(maxDepth) + " lists or variables within each other"
	}
	defer func() { e.depth-- }()
	if e.size += len(text) + 1; e.size > maxText {
		return 0, "more than " + strconv.Itoa(maxText) + " bytes, with variables"
	}
	for at < len(text) {
		own := false
		for ; at < len(text) && (text[at] == '!' || strings.IndexByte(spaces, text[at]) >= 0); at++ {
			own = own || text[at] == '!'
		}
		end, bad := itemEnd(text, at)
		if bad != "" {
			return end, bad
		}
		one, off := text[at:end], 0
		list, variable := strings.HasPrefix(one, "["), strings.HasPrefix(one, "$")
		negated := own || outer
		if own && outer && !list && (variable || end == len(text)) {
			negated = false
		}
		switch {
		case list:
			off, wrong = e.nested(one[1:len(one)-1], negated, g, not)
			off++
		case variable:
			wrong = e.variable(one[1:], negated, g, not)
		default:
			var found group
			if found, wrong = e.item(one); negated {
				not.add(found)
			} else {
				g.add(found)
			}
		}
		if wrong != "" {
			return at + off, wrong
		}
		at = end + 1
	}
	return 0, ""
}

// nested reads a list in brackets, or that of a variable.
func (e *expression) nested(text string, negated bool, g, not *group) (at int, wrong string) {
	if !negated || e.flat {
		return e.list(text, negated, g, not)
	}
	found, at, wrong := e.closed(text)
	not.add(found)
	return at, wrong
}

// variable reads what a variable stands for.
func (e *expression) variable(name string, negated bool, g, not *group) (wrong string) {
	text, ok := e.vars[name]
	switch {
	case name == "":
		return `no name after "$"`
	case !ok:
		return "unknown variable " + quoted(name)
	}
	if slices.Contains(e.names, name) {
		return "variable " + quoted(name) + " refers to itself"
	}
	e.names = append(e.names, name)
	_, wrong = e.nested(text, negated, g, not)
	e.names = e.names[:len(e.names)-1]
	if wrong != "" {
		return wrong + ", in variable " + quoted(name)
	}
	return ""
}

// itemEnd returns where the item ends that starts at an offset: at a comma outside of brackets. It returns the offset
// of what is wrong, and what is, when brackets are not around the whole of it.
func itemEnd(text string, start int) (end int, wrong string) {
	depth := 0
	for end = start; end < len(text); end++ {
		switch text[end] {
		case ',':
			if depth == 0 {
				return end, ""
			}
		case '[':
			if depth == 0 && end > start {
				return end, `"[" within an item`
			}
			depth++
		case ']':
			if depth--; depth < 0 {
				return end, `"]" without "["`
			}
			if depth == 0 && end+1 < len(text) && text[end+1] != ',' {
				return end + 1, `no "," after "]"`
			}
		}
	}
	if depth > 0 {
		return start, `"[" without "]"`
	}
	return end, ""
}

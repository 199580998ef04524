package rule

import (
	"strconv"
	"strings"
)

// Suricata's isblank and isspace.
const (
	blanks = " \t"
	spaces = " \t\n\v\f\r"
)

// actionName returns an action in lower case, "" when there is no such action.
func actionName(word string) string {
	for _, a := range [...]string{"alert", "drop", "pass", "reject", "rejectsrc", "rejectdst", "rejectboth", "config"} {
		if strings.EqualFold(word, a) {
			return a
		}
	}
	return ""
}

// header reads what stands before the options.
type header struct {
	text string
	at   int // offset of what is not read yet
}

// read fills the rule's header. It returns the offset of what is wrong, and what is. The action and the direction may be
// wrong and do not keep the rest from being read: see [Rule.Wrong].
func (h *header) read(r *Rule) (at int, wrong string) {
	action := h.word()
	if r.Action = actionName(action.Text); r.Action == "" {
		r.wrong(action.Column, "unknown action "+quoted(action.Text))
	}
	var arrow Field
	for _, f := range [...]struct {
		field *Field
		name  string
	}{
		{&r.Protocol, "protocol"}, {&r.Src, "source"}, {&r.SrcPorts, "source ports"}, {&arrow, "direction"},
		{&r.Dst, "destination"}, {&r.DstPorts, "destination ports"},
	} {
		if f.field == &arrow {
			arrow = h.word()
		} else if at, wrong = h.list(f.field); wrong != "" {
			return at, wrong
		}
		if f.field.Text == "" {
			return h.at, "no " + f.name
		}
		if f.field == &arrow && arrow.Text != "->" && arrow.Text != "<>" {
			r.wrong(arrow.Column, "direction is neither -> nor <>: "+quoted(arrow.Text))
		}
	}
	r.Both = arrow.Text == "<>"
	r.Protocol.Text = lower(r.Protocol.Text)
	if i := strings.IndexByte(r.DstPorts.Text, '('); i >= 0 {
		return r.DstPorts.Column - 1 + i, "no space before the options"
	}
	return 0, ""
}

// wrong notes what is wrong at a column, unless something before it is.
func (r *Rule) wrong(column int, msg string) {
	if r.Wrong == nil {
		r.Wrong = &Problem{Pos: r.Position(column), Msg: msg}
	}
}

// skip passes blanks.
func (h *header) skip() {
	for h.at < len(h.text) && (h.text[h.at] == ' ' || h.text[h.at] == '\t') {
		h.at++
	}
}

// word takes what stands before the next blank.
func (h *header) word() Field {
	h.skip()
	start := h.at
	for h.at < len(h.text) && strings.IndexByte(" \t\n\r", h.text[h.at]) < 0 {
		h.at++
	}
	return Field{h.text[start:h.at], start + 1}
}

// list takes what stands before the next space that is not within brackets.
func (h *header) list(f *Field) (at int, wrong string) {
	h.skip()
	start, depth, open := h.at, 0, 0
scan:
	for ; h.at < len(h.text); h.at++ {
		switch h.text[h.at] {
		case '[':
			if depth == 0 {
				open = h.at
			}
			depth++
		case ']':
			if depth--; depth < 0 {
				return h.at, `"]" without "["`
			}
		case ' ':
			if depth == 0 {
				break scan
			}
		case '\t':
			if depth == 0 {
				return h.at, "tab in the header: only spaces end this field"
			}
		}
	}
	if depth > 0 {
		return open, `"[" without "]"`
	}
	*f = Field{h.text[start:h.at], start + 1}
	return 0, ""
}

// quoted quotes at most the first bytes of a text, for a message.
func quoted(s string) string {
	if len(s) > 60 {
		return strconv.QuoteToASCII(s[:60]) + "..."
	}
	return strconv.QuoteToASCII(s)
}

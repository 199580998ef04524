// Package rule reads Suricata's rule files and the configuration files beside them. It takes text apart, by the lexical
// rules of Suricata 7, and does not know what an option means.
//
// [Parse] reads a file of rules, [Content] and [Unquote] the values of options, [Vars] the addresses and ports of a
// rule's header, [ParseClassifications], [ParseReferences] and [Vars.ParseThresholds] the other files. Whatever cannot
// be read is a [Problem] with its place and costs one line, never the file.
//
// All work is linear in the length of the text. What is returned is made of sub-strings of the text, which it thus
// keeps in memory. Functions may be called at once from any goroutine; values are immutable once made.
package rule

import (
	"strconv"
	"strings"
)

// Pos is a place in a file. Lines and columns count from 1, columns in bytes. A zero line means that none is known.
type Pos struct {
	File         string
	Line, Column int
}

// String returns "file:line:column", without what is not known.
func (p Pos) String() string {
	s := p.File
	for _, n := range [...]int{p.Line, p.Column} {
		if n == 0 {
			break
		}
		if s != "" {
			s += ":"
		}
		s += strconv.Itoa(n)
	}
	return s
}

// Field is one part of a rule's header as it is written. Column is where it starts in the logical line.
type Field struct {
	Text   string
	Column int
}

// Option is one keyword of a rule with its value. Columns are those of the logical line: see [Rule.Position].
type Option struct {
	Name        string // in lower case
	Value       string // as written, without blanks around it, quotes and escapes kept; sub-string of the rule's text
	HasValue    bool   // a colon follows the name; the value may still be empty
	Column      int    // of the name
	ValueColumn int    // of the value, 0 without one
}

// Rule is one rule, taken apart.
type Rule struct {
	Pos           // of the action
	Offset int    // of the logical line in the file, in bytes: see [Reader.At]
	Text   string // the logical line: what a trailing backslash continues is joined, blanks around it are gone
	Action string // alert, pass, drop, reject, rejectsrc, rejectdst, rejectboth or config

	Protocol      Field // in lower case
	Src, SrcPorts Field
	Both          bool // "<>": either side may be the source
	Dst, DstPorts Field

	Options []Option // in their order; shared

	SID uint32 // 0: none that can be read
	GID uint32 // 1 unless the rule says otherwise
	Rev uint32 // 0: none that can be read
	Msg string // without quotes and escapes, empty: none that can be read

	// Wrong is an unknown action or direction in a rule that has the option requires, nil otherwise. It counts only when
	// what the rule requires is there: such rules are for other versions.
	Wrong *Problem

	joints []joint
}

// joint is where a line of the file starts in a logical line.
type joint struct {
	at           int // offset in the logical line
	line, column int // of the file
}

// Position returns where in the file a column of the logical line is.
func (r *Rule) Position(column int) Pos {
	p := Pos{File: r.File, Line: r.Line, Column: r.Column + column - 1}
	for _, j := range r.joints {
		if column-1 < j.at {
			break
		}
		p.Line, p.Column = j.line, j.column+column-1-j.at
	}
	return p
}

// Option returns the first option of that lower-case name, or nil.
func (r *Rule) Option(name string) *Option {
	for i := range r.Options {
		if r.Options[i].Name == name {
			return &r.Options[i]
		}
	}
	return nil
}

// Problem is an error in a file: what is wrong and where. SID is that of the rule, 0 when it is not known.
type Problem struct {
	Pos
	SID     uint32
	Msg     string
	Warning bool // nothing is wrong: a rule gave way to its newer revision
}

// Error returns "file:line:column: sid N: what is wrong".
func (p *Problem) Error() string {
	var b strings.Builder
	if at := p.String(); at != "" {
		b.WriteString(at)
		b.WriteString(": ")
	}
	if p.SID != 0 {
		b.WriteString("sid ")
		b.WriteString(strconv.FormatUint(uint64(p.SID), 10))
		b.WriteString(": ")
	}
	b.WriteString(p.Msg)
	return b.String()
}

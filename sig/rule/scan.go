package rule

import "strings"

// bom is a byte order mark.
const bom = "\ufeff"

// Scan reads a file of rules as [Parse] does and calls fn with each rule, those that are commented out too when disabled is
// set. The rule is borrowed: its options are gone when fn returns, all other parts may be kept.
func Scan(file, text string, disabled bool, fn func(r *Rule, disabled bool)) []*Problem {
	p := parser{file: file, each: fn, chunk: fewOptions, comments: disabled, reuse: true}
	p.scan(text)
	return p.problems
}

// scan reads a file.
func (p *parser) scan(text string) {
	at, column := 0, 1
	if strings.HasPrefix(text, bom) {
		at, column = len(bom), 1+len(bom)
	}
	for line := 1; at < len(text); column = 1 {
		l := p.logical(text[at:], line, column)
		l.at = at
		at, line = at+l.used, line+l.count
		p.line(&l)
	}
}

// Reader reads single rules of files. It belongs to one goroutine. The zero value is ready.
type Reader struct {
	p parser
	r *Rule
}

// At returns the rule of the logical line that starts at an offset of the file's text and is that line of it, whether it is
// commented out or not; false when there is none. For the Offset and the line of a rule that Parse or Scan returned, it is
// that rule. It is borrowed: its options are gone at the next call, all other parts may be kept.
func (r *Reader) At(file, text string, offset, line int) (*Rule, bool) {
	if offset < 0 || offset >= len(text) {
		return nil, false
	}
	if r.p.each == nil {
		r.p = parser{each: func(rule *Rule, _ bool) { r.r = rule }, chunk: fewOptions, comments: true, reuse: true}
	}
	column := 1
	if offset == len(bom) && strings.HasPrefix(text, bom) {
		column += offset
	}
	r.r, r.p.file, r.p.problems = nil, file, nil
	l := r.p.logical(text[offset:], line, column)
	l.at = offset
	r.p.line(&l)
	return r.r, r.r != nil
}

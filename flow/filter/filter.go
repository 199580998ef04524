package filter

import (
	"fmt"

	"github.com/wirelore/wirelore/pcap"
)

// Filter is a compiled expression for one link type. It is immutable and shared: any goroutine may use it.
type Filter struct {
	expr  string
	link  pcap.LinkType
	steps []step
	start uint
}

// SyntaxError says why an expression was refused, and where.
type SyntaxError struct {
	// Expr is the expression as it was given.
	Expr string
	// Column is the byte of Expr at which the offending word starts, counted from 1.
	Column int
	// Reason says what is wrong and what to write instead.
	Reason string
}

// Error returns the reason with the column.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("filter: column %d: %s", e.Column, e.Reason)
}

const (
	maxExpr    = 64 << 10 // bytes of an expression
	maxNesting = 200      // parentheses, nots, indexes within each other
)

// Compile translates an expression in the language of pcap-filter(7) for packets of one link type. An empty expression
// matches all packets. Errors are of type *SyntaxError. An expression may have 64 KiB and nest 200 levels deep.
func Compile(expr string, link pcap.LinkType) (*Filter, error) {
	if len(expr) > maxExpr {
		return nil, &SyntaxError{Expr: expr, Column: 1, Reason: fmt.Sprintf("the expression has %d bytes, at most %d are allowed", len(expr), maxExpr)}
	}
	tokens, err := lex(expr)
	if err != nil {
		return nil, err
	}
	c := &compiler{expr: expr, tokens: tokens, link: linkLayer(link)}
	root := c.program()
	if c.err != nil {
		return nil, c.err
	}
	var a assembler
	entry := a.add(root, accept, reject)
	if len(a.steps) >= maxSteps {
		return nil, &SyntaxError{Expr: expr, Column: 1, Reason: "the expression is too long, its program would have more than 65520 steps"}
	}
	f := &Filter{expr: expr, link: link}
	f.steps, f.start = a.finish(entry)
	return f, nil
}

// String returns the expression.
func (f *Filter) String() string { return f.expr }

// Link returns the link type that the filter was compiled for.
func (f *Filter) Link() pcap.LinkType { return f.link }

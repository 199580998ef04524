package pcre

import (
	"errors"
	"fmt"
)

// ErrLimit is returned by [Regexp.Match] when a search was given up: it used up [Options.MaxSteps], or the memory that a search may
// take, or an expression called itself too deeply. Whether there is a match is then unknown. Expressions for which [Regexp.Linear]
// is true cause it only when the subject's length times the expression's size goes beyond 32 times MaxSteps.
var ErrLimit = errors.New("pcre: match limit reached")

// A SyntaxError says why and where an expression was refused. Unsupported tells syntax that PCRE2 knows and this package does not
// from syntax that is wrong for both.
type SyntaxError struct {
	Offset      int    // of the byte in the expression where the trouble starts
	Message     string // what is wrong
	Unsupported bool   // the expression may be valid for PCRE2
}

// Error returns the message with its offset.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("pcre: offset %d: %s", e.Offset, e.Message)
}

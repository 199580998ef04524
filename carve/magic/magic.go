// Package magic tells what a file is from its first bytes.
//
// The answers are the MIME types that Zeek logs, with Zeek's way to choose among several that fit: each rule has a
// strength, the greatest wins, and of equal strengths the first by name. Names of files and headers of protocols are
// never asked, so a program that was sent as an image is called a program.
//
// Performance: rules are dispatched on the first byte, and on the first byte behind white space for the text formats.
// A call allocates nothing and costs well below a microsecond for most input. All functions are safe for concurrent use.
package magic

import "iter"

// Window is the number of first bytes that take part in identification; the rest of a longer slice is not looked at.
// A caller that collects a file's head should offer it once it holds this much or the file has ended, as a shorter head
// may give another answer.
const Window = 4096

// Identify returns the MIME type of the file that begins with b, or "" when nothing fits. b is borrowed. Less than ten
// characters of text are no text/plain, as in Zeek.
func Identify(b []byte) string {
	h := newHead(b)
	raw, text := candidates(&h)
	best := firstMatch(raw, &h, nil)
	if r := firstMatch(text, &h, best); r != nil {
		best = r
	}
	if best == nil {
		return ""
	}
	return best.mime
}

// All yields every MIME type that fits with its strength, the best first. b is borrowed until the loop ends.
// A type may come more than once, when several of its rules fit.
func All(b []byte) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		h := newHead(b)
		raw, text := candidates(&h)
		for {
			best := firstMatch(raw, &h, nil)
			from := &raw
			if r := firstMatch(text, &h, best); r != nil {
				best, from = r, &text
			}
			if best == nil || !yield(best.mime, best.strength) {
				return
			}
			*from = after(*from, best)
		}
	}
}

// Types yields each MIME type that Identify can return, in order and once.
func Types() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, m := range typeNames {
			if !yield(m) {
				return
			}
		}
	}
}

// head is the part of a file that is looked at.
type head struct {
	b    []byte // from the file's first byte
	text []byte // b without a UTF-8 byte order mark and leading blanks and line ends
}

func newHead(b []byte) head {
	if len(b) > Window {
		b = b[:Window]
	}
	return head{b, skipBlank(skipBOM(b))}
}

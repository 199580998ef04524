package flow

// maxHistory bounds a history: Zeek's grows without limit when a peer repeats SYNs with new numbers.
const maxHistory = 24

// History is Zeek's conn history as it grows: at most 24 letters are kept.
type History struct {
	n int8
	b [maxHistory]byte
}

// Add appends a letter.
func (h *History) Add(c byte) {
	if int(h.n) < len(h.b) {
		h.b[h.n] = c
		h.n++
	}
}

// Bytes returns the letters, borrowed until the history changes.
func (h *History) Bytes() []byte { return h.b[:h.n] }

// flip changes the case of all letters and notes that the directions were exchanged.
func (h *History) flip() {
	for i, c := range h.b[:h.n] {
		if c >= 'A' {
			h.b[i] = c ^ ('a' - 'A')
		}
		if c == '^' {
			h.b[i] = c
		}
	}
	h.Add('^')
}

// letter is upper case for the originator and lower case for the responder.
func letter(d Dir, upper byte) byte { return upper + byte(d)*('a'-'A') }

// powerOfTen tells whether a count is one at which a repeated letter is written again.
func powerOfTen(n uint32) bool {
	switch n {
	case 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9:
		return true
	}
	return false
}

// scaled counts an occurrence of what letter upper stands for and writes it at powers of ten.
func (f *Flow) scaled(d Dir, upper byte, n *uint32) {
	if *n++; powerOfTen(*n) {
		f.History.Add(letter(d, upper))
	}
}

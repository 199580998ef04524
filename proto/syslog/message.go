package syslog

import (
	"bytes"
	"strconv"
)

// maxPriority is the last priority that RFC 5424 knows: 23 facilities of 8.
const maxPriority = 191

// unknown has the names of facilities beyond those defined.
var unknown = func() (t [126]string) {
	for i := range t {
		t[i] = "?-" + strconv.Itoa(i)
	}
	return t
}()

// priority reads "<N>" with one to three digits at the start of b and returns its size, 0 when it is none.
func priority(b []byte) (n, size int) {
	if len(b) < 3 || b[0] != '<' {
		return -1, 0
	}
	for i := 1; i < len(b) && i <= 4; i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9' && i < 4:
			n = n*10 + int(c-'0')
		case c == '>' && i > 1:
			return n, i + 1
		default:
			return -1, 0
		}
	}
	return -1, 0
}

// Header is what a message says of itself. All slices are *borrowed* like Tx.Content; what is absent, or "-", is nil.
type Header struct {
	// Version is 1 for RFC 5424, 0 for RFC 3164.
	Version int
	// Time is the time stamp as sent.
	Time []byte
	// Host and App are the sender; BSD's tag is App and, in brackets, ProcID.
	Host, App, ProcID, MsgID []byte
	// Structured is RFC 5424's structured data as sent, brackets included.
	Structured []byte
	// Text is the message itself.
	Text []byte
}

// Header takes the content apart: as RFC 5424 if it says so, as RFC 3164 as far as it follows it.
func (tx *Tx) Header() Header {
	if rest, ok := bytes.CutPrefix(tx.Content, []byte("1 ")); ok {
		if h, ok := modern(rest); ok {
			return h
		}
	}
	return bsd(tx.Content)
}

// modern reads the header of RFC 5424 behind its version.
func modern(b []byte) (Header, bool) {
	h := Header{Version: 1}
	for _, f := range [...]*[]byte{&h.Time, &h.Host, &h.App, &h.ProcID, &h.MsgID} {
		word, rest, ok := bytes.Cut(b, []byte{' '})
		if !ok || len(word) == 0 {
			return h, false
		}
		if string(word) != "-" {
			*f = word
		}
		b = rest
	}
	n := structured(b)
	if n == 0 {
		return h, false
	}
	if b[0] == '[' {
		h.Structured = b[:n]
	}
	h.Text = bytes.TrimPrefix(b[n:], []byte{' '})
	h.Text = bytes.TrimPrefix(h.Text, []byte("\ufeff"))
	return h, true
}

// structured returns the size of the structured data at the start of b, 0 when it has none: "-", or elements in brackets in
// whose quoted values brackets may stand.
func structured(b []byte) int {
	if len(b) > 0 && b[0] == '-' && (len(b) == 1 || b[1] == ' ') {
		return 1
	}
	n, quoted, open := 0, false, false
	for ; n < len(b); n++ {
		switch c := b[n]; {
		case quoted && c == '\\':
			n++
		case open && c == '"':
			quoted = !quoted
		case quoted:
		case open && c == ']':
			open = false
		case !open && c == '[':
			open = true
		case !open:
			return n
		}
	}
	if open {
		return 0
	}
	return min(n, len(b))
}

// stampSize is the length of RFC 3164's time stamp, "Oct 11 22:14:15".
const stampSize = 15

// bsd reads the header of RFC 3164.
func bsd(b []byte) Header {
	h := Header{}
	if stamp(b) {
		h.Time, b = b[:stampSize], bytes.TrimLeft(b[stampSize:], " ")
		// Senders leave the host out: then the tag stands first, and ends in a colon.
		if word, rest, ok := bytes.Cut(b, []byte{' '}); ok && len(word) > 0 && !bytes.ContainsAny(word, "[") && word[len(word)-1] != ':' {
			h.Host, b = word, rest
		}
	}
	h.Text = b
	n := 0
	for n < len(b) && n < 48 && b[n] > ' ' && b[n] != ':' && b[n] != '[' {
		n++
	}
	if n == 0 || n == len(b) {
		return h
	}
	rest, id := b[n:], []byte(nil)
	if rest[0] == '[' {
		end := bytes.IndexByte(rest, ']')
		if end < 0 {
			return h
		}
		id, rest = rest[1:end], rest[end+1:]
	}
	if len(rest) > 0 && rest[0] == ':' {
		h.App, h.ProcID, h.Text = b[:n], id, bytes.TrimPrefix(rest[1:], []byte{' '})
	}
	return h
}

// stamp tells whether b begins with RFC 3164's time stamp.
func stamp(b []byte) bool { return stampPrefix(b) == stampSize }

// stampPrefix returns how much of a time stamp b begins with: all of b, up to stampSize, or -1 when it is none.
func stampPrefix(b []byte) int {
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	const form = "Aaa 09 09:09:09"
	n := min(len(b), stampSize)
	for i := range n {
		c := b[i]
		digit := c >= '0' && c <= '9'
		switch form[i] {
		case ' ', ':':
			if c != form[i] {
				return -1
			}
		case '0':
			if !digit && (i != 4 || c != ' ') {
				return -1
			}
		case '9':
			if !digit {
				return -1
			}
		}
	}
	if n < 3 {
		return n
	}
	for i := 0; i < len(months); i += 3 {
		if months[i:i+3] == string(b[:3]) {
			return n
		}
	}
	return -1
}

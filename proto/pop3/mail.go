package pop3

import (
	"bytes"

	"github.com/wirelore/wirelore/internal/mime"
	"github.com/wirelore/wirelore/proto"
)

// message is an answer of several lines: a mail, or a list that is passed over.
type message struct {
	mime        mime.Parser
	keepLineEnd bool // of quoted-printable parts, as Zeek counts
	messages    bool // make the mail as a whole a file

	open    bool
	mail    bool
	cut     bool // TOP: its end is not the mail's
	bol     bool // at the beginning of a line
	torn    bool // a gap may have swallowed the end
	suspect bool // and the client went on

	number   uint64 // of mails, from 1
	entities int
	file     proto.File // of the current part
	whole    proto.File // the mail itself
}

// open begins an answer of several lines to c.
func (p *parser) open(c command) {
	m := &p.body
	m.open, m.bol, m.torn, m.suspect = true, true, false, false
	m.mail, m.cut = c == retr || c == top, c == top
	m.file, m.whole, m.entities = nil, nil, 0
	if m.mail {
		m.number++
		m.mime.Reset((*reader)(p), &mime.Limits{TrimEnd: true, KeepLineEnd: m.keepLineEnd})
	}
}

// close ends the answer: complete tells that its end was seen.
func (p *parser) close(complete bool) {
	m := &p.body
	m.open, m.suspect = false, false
	if !m.mail {
		return
	}
	complete = complete && !m.cut
	m.mime.Close()
	p.endPart(complete)
	if m.whole != nil {
		m.whole.Close(complete)
		m.whole = nil
	}
}

// consume takes an answer of several lines up to its final dot, undoing the doubled dots (RFC 1939, section 3).
func (p *parser) consume(b []byte) int {
	m := &p.body
	used := 0
	for used < len(b) {
		rest := b[used:]
		if m.bol && rest[0] == '.' {
			end, known := finalDot(rest)
			if !known {
				return used
			}
			if end > 0 {
				p.close(true)
				return used + end
			}
			rest = rest[1:]
			used++
		}
		n := bytes.Index(rest, []byte("\n."))
		if n < 0 {
			n = len(rest)
			m.bol = rest[n-1] == '\n'
		} else {
			n++
			m.bol = true
		}
		p.feed(rest[:n])
		used += n
	}
	return used
}

// finalDot looks at a line that begins with a dot: end is its length if it is the dot alone, known tells whether that can be
// said yet.
func finalDot(b []byte) (end int, known bool) {
	switch {
	case len(b) == 1:
		return 0, false
	case b[1] == '\n':
		return 2, true
	case b[1] != '\r':
		return 0, true
	case len(b) == 2:
		return 0, false
	case b[2] == '\n':
		return 3, true
	}
	return 0, true
}

// feed hands a piece of the mail on.
func (p *parser) feed(b []byte) {
	m := &p.body
	if !m.mail {
		return
	}
	if m.messages {
		if m.whole == nil {
			m.whole = p.s.File(&proto.FileInfo{Source: "POP3", Dir: proto.Resp, Size: -1, TxID: m.number - 1,
				MIME: "message/rfc822", HideEVE: true, HideZeek: true})
		}
		m.whole.Write(b)
	}
	m.mime.Write(b)
}

// gapInBody tells the mail that n bytes of it are missing. Behind a gap in the headers nobody knows what is body, so the gap
// is one of the first part.
func (p *parser) gapInBody(n int64) {
	m := &p.body
	m.bol, m.torn = false, true
	if !m.mail {
		return
	}
	if m.mime.InHeaders() {
		p.part(nil, m.entities+1).Gap(n)
	}
	m.mime.Gap(n)
	if m.whole != nil {
		m.whole.Gap(n)
	}
}

// resume looks behind a gap in a body, after which the client sent a command, for the reply to that: then the body ended in
// the gap. It returns false when more bytes are needed to tell.
func (p *parser) resume(b []byte) bool {
	for _, s := range [...]string{"+OK", "-ERR"} {
		n := min(len(b), len(s))
		if string(b[:n]) != s[:n] {
			continue
		}
		if n < len(s) {
			return false
		}
		p.close(false)
	}
	p.body.suspect = false
	return true
}

// headerLike tells whether a line looks like the first of a mail: a field name and a colon.
func headerLike(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 64 {
		return false
	}
	for _, c := range line[:i] {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// reader is the parser as the mime.Handler of its mail.
type reader parser

// Header implements mime.Handler.
func (r *reader) Header(e *mime.Entity, h mime.Header) {
	m := &r.body
	if e.Ordinal == 1 && m.whole != nil && len(h.Name) == 7 && bytes.EqualFold(h.Name, []byte("subject")) {
		m.whole.SetName(append(mime.AppendWords(nil, h.Value), ".eml"...))
	}
}

// Begin implements mime.Handler.
func (r *reader) Begin(*mime.Entity) { r.body.entities++ }

// Body implements mime.Handler.
func (r *reader) Body(e *mime.Entity, b []byte) {
	p := (*parser)(r)
	p.part(e.Filename, p.body.entities).Write(b)
}

// Gap implements mime.Handler.
func (r *reader) Gap(e *mime.Entity, n int64) {
	p := (*parser)(r)
	p.part(e.Filename, p.body.entities).Gap(n)
}

// End implements mime.Handler.
func (r *reader) End(_ *mime.Entity, closed bool) {
	p := (*parser)(r)
	p.endPart(closed && !p.body.cut)
}

// Defect implements mime.Handler.
func (r *reader) Defect(d mime.Defect) {
	if d == mime.InvalidBase64 {
		r.s.Event(evMailBase64)
	}
}

// part returns the file of the current part, the depth-th of the mail.
func (p *parser) part(name []byte, depth int) proto.File {
	m := &p.body
	if m.file == nil {
		m.file = p.s.File(&proto.FileInfo{Source: "POP3", Dir: proto.Resp, Name: name, Size: -1, Depth: depth,
			TxID: m.number - 1, HideEVE: len(name) == 0})
	}
	return m.file
}

// endPart ends the current part's file.
func (p *parser) endPart(complete bool) {
	if m := &p.body; m.file != nil {
		m.file.Close(complete)
		m.file = nil
	}
}

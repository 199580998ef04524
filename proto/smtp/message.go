package smtp

import (
	"bytes"

	"github.com/wirelore/wirelore/internal/mime"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// openMail begins a mail in the current transaction.
func (p *parser) openMail(bdat bool) {
	m := &p.mail
	m.open, m.bol = true, true
	m.left, m.last, m.bodyAt, m.entity = 0, false, -1, false
	m.file, m.whole = nil, nil
	m.waiting = m.waiting[:0]
	m.urlTail = m.urlTail[:0]
	p.tx.data = p.tx.data || !bdat
	if !p.cfg.mime {
		return
	}
	p.tx.Email.Status = "HEADER_READY"
	m.mime.Reset((*reader)(p), &mime.Limits{TrimEnd: true, KeepLineEnd: p.cfg.keepLineEnd})
	if m.hashing = p.cfg.bodyMD5; m.hashing {
		if m.md5 == nil {
			m.md5 = newMD5()
		}
		m.md5.Reset()
	}
}

// closeMail ends the mail: complete tells that its end was seen.
func (p *parser) closeMail(complete bool) {
	m := &p.mail
	if !m.open {
		return
	}
	m.open = false
	if p.cfg.mime {
		m.mime.Close()
		p.endPart(complete)
	}
	if e := &p.tx.Email; complete {
		if e.Status != "PARSE_ERROR" {
			e.Status = "PARSE_DONE"
		}
		if m.hashing {
			e.BodyMD5 = m.md5.Sum(e.BodyMD5[:0])
		}
	}
	for i, f := range m.waiting {
		f.Close(complete)
		m.waiting[i] = nil
	}
	m.waiting = m.waiting[:0]
	if m.whole != nil {
		m.whole.Close(complete)
		m.whole = nil
	}
	m.left, m.torn = 0, false
}

// endMail ends a mail whose end was seen; its reply is to come.
func (p *parser) endMail(c command) {
	if c == endOfData {
		p.push(endOfData)
	}
	p.mode = commands
	p.closeMail(true)
	p.finish(p.tx, proto.Orig)
}

// abortMail takes a mail back that the server refused. Nothing of it came, or what came was refused too.
func (p *parser) abortMail() {
	m := &p.mail
	if !m.open {
		return
	}
	status := p.tx.Email.Status
	p.closeMail(false)
	p.tx.Email.Status = status
}

// data consumes the mail behind DATA up to its final dot, undoing the doubled dots (RFC 5321, section 4.5.2).
func (p *parser) data(b []byte) int {
	m := &p.mail
	used := 0
	for used < len(b) {
		rest := b[used:]
		if m.bol && rest[0] == '.' {
			end, known := finalDot(rest)
			if !known {
				return used
			}
			if end > 0 {
				p.endMail(endOfData)
				return used + end
			}
			p.hashRaw(rest[:1])
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

// finalDot looks at a line that begins with a dot: end is its length if it is the dot alone, known tells whether that
// can be said yet.
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

// chunk consumes a chunk of BDAT.
func (p *parser) chunk(b []byte) int {
	m := &p.mail
	n := int(min(int64(len(b)), m.left))
	p.feed(b[:n])
	if m.left -= int64(n); m.left == 0 {
		p.chunkDone()
	}
	return n
}

// chunkDone follows a whole chunk.
func (p *parser) chunkDone() {
	p.mode = commands
	if p.mail.last {
		p.endMail(lastChunk)
	}
}

// feed hands a piece of the mail on.
func (p *parser) feed(b []byte) {
	if len(b) == 0 || !p.cfg.mime {
		return
	}
	m := &p.mail
	p.feedWhole(b)
	at := m.mime.Offset()
	m.mime.Write(b)
	if !m.hashing || m.bodyAt < 0 {
		return
	}
	if skip := m.bodyAt - at; skip > 0 {
		b = b[min(skip, int64(len(b))):]
	}
	m.md5.Write(b)
}

// hashRaw adds bytes to the body's hash that are no part of the mail: Suricata hashes the doubled dots too.
func (p *parser) hashRaw(b []byte) {
	if p.mail.hashing && p.mail.bodyAt >= 0 {
		p.mail.md5.Write(b)
	}
}

// feedWhole writes to the file that is the mail as a whole.
func (p *parser) feedWhole(b []byte) {
	m := &p.mail
	if !p.cfg.messages {
		return
	}
	if m.whole == nil {
		m.whole = p.s.File(&proto.FileInfo{Source: "SMTP", Dir: proto.Orig, Size: -1, TxID: p.tx.ID,
			MIME: "message/rfc822", HideEVE: true, HideZeek: true})
	}
	m.whole.Write(b)
}

// reader is the parser as the mime.Handler of its mail.
type reader parser

// Header implements mime.Handler.
func (r *reader) Header(e *mime.Entity, h mime.Header) {
	p := (*parser)(r)
	p.row.header(&h)
	if e.Ordinal == 1 {
		p.tx.Email.header(p.tx, &h)
		if p.tx.Email.Status == "HEADER_READY" {
			p.tx.Email.Status = "HEADER_STARTED"
		}
	}
}

// Begin implements mime.Handler.
func (r *reader) Begin(e *mime.Entity) {
	p := (*parser)(r)
	m := &p.mail
	p.row.entities++
	if e.Ordinal == 1 {
		m.bodyAt = e.Body
		if p.tx.Email.Status != "PARSE_ERROR" {
			p.tx.Email.Status = "BODY_STARTED"
		}
		if m.whole != nil {
			m.whole.SetName(mailName(&p.tx.Email))
		}
	}
	m.entity = p.cfg.urls && e.Kind == mime.Leaf && len(e.Filename) == 0 &&
		(string(e.Type) == "text/plain" || string(e.Type) == "text/html")
	m.urlTail = m.urlTail[:0]
}

// mailName is the name of a mail as a file: its subject.
func mailName(e *Email) []byte {
	return append(mime.AppendWords(nil, e.last("subject")), ".eml"...)
}

// Body implements mime.Handler.
func (r *reader) Body(e *mime.Entity, b []byte) {
	p := (*parser)(r)
	p.openPart(e.Filename, p.row.entities).Write(b)
	if p.mail.entity {
		p.urls(b)
	}
}

// Gap implements mime.Handler.
func (r *reader) Gap(e *mime.Entity, n int64) {
	p := (*parser)(r)
	p.openPart(e.Filename, p.row.entities).Gap(n)
}

// openPart returns the file of the current part, the depth-th of the connection.
func (p *parser) openPart(name []byte, depth int) proto.File {
	m := &p.mail
	if m.file != nil {
		return m.file
	}
	tx := p.tx
	m.file = p.s.File(&proto.FileInfo{
		Source: "SMTP", Dir: proto.Orig, Name: name, Size: -1, Depth: depth, TxID: tx.ID,
		Event: "smtp", Meta: func(enc *record.Encoder) { embed(enc, tx) }, HideEVE: len(name) == 0,
	})
	if id := m.file.ID(); id != "" {
		p.row.fuid(id)
	}
	return m.file
}

// End implements mime.Handler.
func (r *reader) End(e *mime.Entity, closed bool) {
	p := (*parser)(r)
	if closed && len(e.Filename) > 0 && e.Kind == mime.Leaf {
		p.tx.Email.attach(p.tx, e.Filename)
	}
	if p.mail.entity {
		p.urls([]byte{'\n'})
		p.mail.entity = false
	}
	p.endPart(closed)
}

// endPart ends the current part's file. Its record embeds the mail, so it waits for the mail's end.
func (p *parser) endPart(complete bool) {
	m := &p.mail
	if m.file == nil {
		return
	}
	if complete && len(m.waiting) < maxOpen {
		m.waiting = append(m.waiting, m.file)
	} else {
		m.file.Close(complete)
	}
	m.file = nil
}

// defectEvents maps the defects of mails to events; the rest has none.
var defectEvents = map[mime.Defect]proto.EventID{
	mime.InvalidBase64: evMIMEBase64, mime.InvalidQP: evMIMEQP, mime.LongLine: evMIMELine,
	mime.LongEncodedLine: evMIMEEncodedLine, mime.LongHeaderName: evMIMEHeaderName,
	mime.LongHeaderValue: evMIMEHeaderValue, mime.LongBoundary: evMIMEBoundary, mime.LongFilename: evMIMEFilename,
	mime.NoBoundary: evMIMEMalformed, mime.TooDeep: evMIMEMalformed, mime.TooManyParts: evMIMEMalformed,
}

// Defect implements mime.Handler.
func (r *reader) Defect(d mime.Defect) {
	p := (*parser)(r)
	if id, ok := defectEvents[d]; ok {
		p.s.EventTx(p.tx, id, "")
	}
	if d == mime.LongBoundary {
		p.s.EventTx(p.tx, evMIMEFailed, "")
		p.tx.Email.Status = "PARSE_ERROR"
	}
}

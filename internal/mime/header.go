package mime

import "bytes"

// headers consumes at most one line of a header block.
func (p *Parser) headers(b []byte) int {
	if p.bol && p.eol == '\r' && b[0] == '\n' && len(p.candidate) == 0 {
		p.eol = '\n' // the CR was half of a line end after all
		p.offset++
		return 1
	}
	if !p.skip && (len(p.candidate) > 0 || p.bol && p.open > 0 && b[0] == '-') {
		n, v := p.delimiter(b)
		p.offset += int64(n)
		if v == noDelimiter {
			p.bol = false
			p.keep(p.candidate)
			p.candidate = p.candidate[:0]
		}
		return n
	}
	p.bol = false
	if p.eol == 0 { // an endless first line must not be searched further than it is kept
		b = b[:min(len(b), max(p.lim.Header-len(p.line), 0)+1)]
	}
	n, ok := p.lineEnd(b)
	if !ok {
		n = len(b)
	}
	p.offset += int64(n)
	if p.skip {
		p.skip, p.bol = !ok, ok
		return n
	}
	if !ok {
		p.keep(b)
		return n
	}
	line := b[:n]
	if len(p.line)+n > p.lim.Header || len(p.line) > 0 {
		p.keep(line)
		line = p.line
	}
	p.bol = p.state == inHeaders
	if p.bol {
		p.headerLine(line)
	}
	p.line = p.line[:0]
	return n
}

// keep appends b to the line that is being collected, within Limits.Header. A first line that outgrows it without
// looking like a header begins a body.
func (p *Parser) keep(b []byte) {
	n := min(len(b), p.lim.Header-len(p.line))
	p.line = append(p.line, b[:n]...)
	rest := b[n:]
	if len(rest) == 0 {
		return
	}
	if !p.fresh || startsField(p.line) {
		p.defect(CutHeader)
		return
	}
	p.fresh = false
	p.defect(MalformedHeader)
	p.offset -= int64(len(rest))
	p.headless(p.line)
	p.line = p.line[:0]
	for len(rest) > 0 {
		rest = rest[p.body(rest):]
	}
}

// headerLine takes one line of a header block, its line end included.
func (p *Parser) headerLine(raw []byte) {
	line := trimLineEnd(raw)
	if len(line) == 0 {
		p.flushField()
		p.endHeaders()
		return
	}
	first := p.fresh
	p.fresh = false
	if (line[0] == ' ' || line[0] == '\t') && len(p.field) > 0 {
		if room := p.lim.Header - len(p.field) - 1; room >= len(line) {
			p.field = append(append(p.field, '\n'), line...)
		} else {
			p.defect(CutHeader)
		}
		return
	}
	p.flushField()
	if !startsField(line) {
		p.defect(MalformedHeader)
		if first && !bytes.HasPrefix(line, []byte("From ")) && !bytes.HasPrefix(line, []byte(">From ")) {
			p.headless(raw)
			return
		}
		if bytes.IndexByte(line, ':') <= 0 || first {
			return
		}
	}
	p.field = append(p.field[:0], line...)
}

// headless begins the body of an entity that has no headers with raw, its first line. Within a message that claims a
// transfer encoding this is the sign that the whole message is encoded.
func (p *Parser) headless(raw []byte) {
	if p.eol == 0 {
		p.eol, p.sawCR = '\n', false
	}
	p.offset -= int64(len(raw))
	p.endHeaders()
	if p.depth > 1 && p.leaf != nil && p.stack[p.depth-2].Kind == Message {
		p.leaf.Encoding = p.stack[p.depth-2].encoding
		p.dec.reset(p.leaf.Encoding)
	}
	p.bol = false
	for len(raw) > 0 {
		raw = raw[p.body(raw):]
	}
}

// finishHeaders ends a header block at a delimiter or at the end of the input.
func (p *Parser) finishHeaders() {
	if len(p.candidate) > 0 {
		p.keep(p.candidate)
		p.candidate = p.candidate[:0]
	}
	if len(p.line) > 0 && p.state == inHeaders {
		p.headerLine(p.line)
		p.line = p.line[:0]
	}
	for p.state == inHeaders {
		p.flushField()
		p.endHeaders()
	}
}

// startsField tells whether line begins with a field name and a colon (RFC 5322, section 2.2).
func startsField(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		return false
	}
	for _, c := range bytes.TrimRight(line[:i], " \t") {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// trimLineEnd cuts the line end off.
func trimLineEnd(b []byte) []byte {
	n := len(b)
	if n > 0 && b[n-1] == '\n' {
		n--
	}
	for n > 0 && b[n-1] == '\r' {
		n--
	}
	return b[:n]
}

// flushField reports the collected field.
func (p *Parser) flushField() {
	if len(p.field) == 0 {
		return
	}
	i := bytes.IndexByte(p.field, ':')
	name := bytes.TrimRight(p.field[:i], " \t")
	raw := bytes.TrimSpace(p.field[i+1:])
	value := raw
	if bytes.IndexByte(raw, '\n') >= 0 {
		p.value = p.value[:0]
		for _, c := range raw {
			if c != '\n' {
				p.value = append(p.value, c)
			}
		}
		value = p.value
	}
	if len(name) > p.lim.HeaderName {
		p.defect(LongHeaderName)
	}
	if len(value) > p.lim.LongValue {
		p.defect(LongHeaderValue)
	}
	e := &p.stack[p.depth-1]
	p.h.Header(e, Header{Name: name, Value: value, Raw: raw})
	p.note(e, name, value)
	p.field = p.field[:0]
}

// note takes what the headers say about the entity itself.
func (p *Parser) note(e *Entity, name, value []byte) {
	switch {
	case equalFold(name, "content-type"):
		p.noteType(e, value)
	case equalFold(name, "content-disposition"):
		p.noteDisposition(e, value)
	case equalFold(name, "content-transfer-encoding"):
		if e.seenEnc {
			p.defect(DuplicateHeader)
			return
		}
		e.seenEnc = true
		e.encoding = encodingOf(token(value))
	}
}

// noteType takes a Content-Type value (RFC 2045, section 5).
func (p *Parser) noteType(e *Entity, value []byte) {
	if e.seenType {
		p.defect(DuplicateHeader)
		return
	}
	e.seenType = true
	t := token(value)
	e.Declared = len(t) > 0
	e.Type = appendLower(e.Type[:0], t)
	e.Boundary, _ = AppendParam(e.Boundary[:0], value, "boundary")
	e.Charset, _ = AppendParam(e.Charset[:0], value, "charset")
	if len(e.Filename) == 0 {
		p.noteFilename(e, value, "name")
	}
}

// noteDisposition takes a Content-Disposition value (RFC 2183).
func (p *Parser) noteDisposition(e *Entity, value []byte) {
	e.Disposition = appendLower(e.Disposition[:0], token(value))
	p.noteFilename(e, value, "filename")
	if equalFold(e.Disposition, "form-data") {
		e.Field, _ = AppendParam(e.Field[:0], value, "name")
	}
}

// noteFilename takes the file name from a parameter, if it is there.
func (p *Parser) noteFilename(e *Entity, value []byte, param string) {
	p.names, _ = AppendParam(p.names[:0], value, param)
	if len(p.names) == 0 {
		return
	}
	if len(p.names) > p.lim.Filename {
		p.defect(LongFilename)
		p.names = p.names[:p.lim.Filename]
	}
	e.Filename = append(e.Filename[:0], p.names...)
}

// endHeaders completes the current entity and begins its body.
func (p *Parser) endHeaders() {
	e := &p.stack[p.depth-1]
	e.Body = p.offset
	p.classify(e)
	p.h.Begin(e)
	p.state, p.bol, p.lineLen, p.nheld = inBody, true, 0, 0
	switch e.Kind {
	case Multipart:
		p.open++
		p.leaf = nil
	case Message:
		p.leaf = nil
		p.push()
	default:
		p.leaf = e
		p.dec.reset(e.Encoding)
	}
}

// classify sets what follows from all the headers together.
func (p *Parser) classify(e *Entity) {
	if !e.Declared {
		e.Type = append(e.Type[:0], "text/plain"...)
		if e.Depth > 0 && p.stack[e.Depth-1].digest {
			e.Type = append(e.Type[:0], "message/rfc822"...)
		}
	}
	switch {
	case bytes.HasPrefix(e.Type, []byte("multipart/")):
		e.digest = string(e.Type) == "multipart/digest"
		switch {
		case len(e.Boundary) == 0:
			p.defect(NoBoundary)
		case len(e.Boundary) > p.lim.Boundary:
			p.defect(LongBoundary)
			e.Boundary = e.Boundary[:p.lim.Boundary]
		default:
			e.Kind = Multipart
		}
	case string(e.Type) == "message/rfc822", string(e.Type) == "message/global", string(e.Type) == "message/news":
		e.Kind = Message
	}
	if e.Kind != Leaf && e.Depth >= p.lim.Depth {
		p.defect(TooDeep)
		e.Kind = Leaf
	}
	if e.Kind == Leaf {
		e.Encoding = e.encoding
	} else if e.encoding != Identity {
		p.defect(EncodedContainer)
	}
}

// encodingOf maps a Content-Transfer-Encoding token.
func encodingOf(t []byte) Encoding {
	switch {
	case equalFold(t, "base64"):
		return Base64
	case equalFold(t, "quoted-printable"):
		return QuotedPrintable
	case equalFold(t, "x-uuencode"), equalFold(t, "uuencode"), equalFold(t, "x-uue"), equalFold(t, "uue"):
		return UUEncode
	default:
		return Identity
	}
}

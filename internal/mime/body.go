package mime

import "bytes"

// body consumes bytes of a body up to the next line that may be a delimiter.
func (p *Parser) body(b []byte) int {
	if len(p.candidate) > 0 || p.bol && p.open > 0 && b[0] == '-' {
		n, v := p.delimiter(b)
		p.offset += int64(n)
		if v == noDelimiter {
			p.bol = false
			p.releaseCandidate()
		}
		return n
	}
	if p.bol && p.eol == '\r' && b[0] == '\n' {
		p.eol = '\n' // the CR was half of a line end after all
		p.emit(b[:1])
		p.offset++
		return 1
	}
	n := p.run(b)
	p.emit(b[:n])
	p.offset += int64(n)
	return n
}

// run returns how many bytes of b can be no delimiter, and keeps count of the lines' length.
func (p *Parser) run(b []byte) int {
	end := p.lineByte()
	for i := 0; i < len(b); {
		if p.bol && i > 0 && (p.open > 0 && b[i] == '-' || end == '\r' && b[i] == '\n') {
			return i
		}
		j := bytes.IndexByte(b[i:], end)
		if j < 0 {
			p.lineLen += len(b) - i
			p.bol = false
			p.endCR = b[len(b)-1] == '\r'
			return len(b)
		}
		p.lineLen += j
		if cr := j > 0 && b[i+j-1] == '\r' || j == 0 && i == 0 && p.endCR; cr && end == '\n' {
			p.lineLen--
		}
		if p.lineLen > longestEncoded {
			p.longLine()
		}
		p.lineLen, p.endCR, p.bol = 0, false, true
		i += j + 1
	}
	return len(b)
}

// longLine reports a line that is longer than RFC 5322 or RFC 2045 allow.
func (p *Parser) longLine() {
	if p.leaf == nil {
		return
	}
	if p.lineLen > longestLine {
		p.defect(LongLine)
	}
	if p.leaf.Encoding == Base64 || p.leaf.Encoding == QuotedPrintable {
		p.defect(LongEncodedLine)
	}
}

// emit passes body bytes on but holds a line end at their end back, which belongs to the delimiter if one follows.
func (p *Parser) emit(b []byte) {
	if p.leaf == nil || len(b) == 0 {
		return
	}
	if p.open == 0 && !p.lim.TrimEnd {
		p.deliver(b)
		return
	}
	if p.nheld == 1 && p.held[0] == '\r' && b[0] == '\n' && p.lineByte() == '\n' {
		p.held[1], p.nheld = '\n', 2
		b = b[1:]
		if len(b) == 0 {
			return
		}
	}
	p.releaseHeld()
	n := len(b)
	switch {
	case b[n-1] == '\n' && n > 1 && b[n-2] == '\r':
		p.nheld = 2
	case b[n-1] == '\n', b[n-1] == '\r':
		p.nheld = 1
	}
	copy(p.held[:], b[n-p.nheld:])
	p.deliver(b[:n-p.nheld])
}

// keepsLineEnd tells that the line end before a delimiter stays in the leaf.
func (p *Parser) keepsLineEnd() bool {
	return p.lim.KeepLineEnd && p.leaf != nil && p.leaf.Encoding == QuotedPrintable
}

// releaseHeld passes on a line end that no delimiter followed.
func (p *Parser) releaseHeld() {
	if p.nheld > 0 {
		n := p.nheld
		p.nheld = 0
		p.deliver(p.held[:n])
	}
}

// releaseCandidate passes on the beginning of a line that turned out to be no delimiter.
func (p *Parser) releaseCandidate() {
	if len(p.candidate) > 0 {
		c := p.candidate
		p.candidate = p.candidate[:0]
		p.lineLen += len(c)
		p.emit(c)
	}
}

// scratchSize bounds how much decoded output is collected before it is handed on.
const scratchSize = 16 << 10

// deliver decodes b and hands it to the handler.
func (p *Parser) deliver(b []byte) {
	e := p.leaf
	if e == nil || len(b) == 0 {
		return
	}
	if e.Encoding == Identity {
		e.Size += int64(len(b))
		p.h.Body(e, b)
		return
	}
	for len(b) > 0 {
		n := min(len(b), scratchSize)
		p.scratch = p.dec.decode(p.scratch[:0], b[:n])
		p.decoded()
		b = b[n:]
	}
}

// finishDecoder hands on what the decoder still holds.
func (p *Parser) finishDecoder() {
	if p.leaf != nil && p.leaf.Encoding != Identity {
		p.scratch = p.dec.finish(p.scratch[:0])
		p.decoded()
	}
}

// decoded hands the scratch buffer to the handler, and the faults met while filling it.
func (p *Parser) decoded() {
	if len(p.scratch) > 0 {
		p.leaf.Size += int64(len(p.scratch))
		p.h.Body(p.leaf, p.scratch)
	}
	if p.dec.bad != 0 {
		for d := InvalidBase64; d <= InvalidUU; d++ {
			if p.dec.bad&(1<<d) != 0 {
				p.defect(d)
			}
		}
		p.dec.bad = 0
	}
}

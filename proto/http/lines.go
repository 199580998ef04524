package http

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// take returns the next line with its line end, which may be borrowed from b. When it is not complete yet all of b is
// kept.
func (st *side) take(b []byte) (line []byte, n int, ok bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		st.line = append(st.line, b...)
		return nil, len(b), false
	}
	if len(st.line) == 0 {
		return b[:i+1], i + 1, true
	}
	st.line = append(st.line, b[:i+1]...)
	return st.line, i + 1, true
}

func (p *parser) gotLine(d proto.Dir, line []byte) error {
	st := &p.side[d]
	switch st.state {
	case sLine, sHeaders, sTrailer:
		if d == proto.Orig {
			if st.state == sLine {
				return p.requestLine(line)
			}
			return p.headerLine(d, line)
		}
		return p.responseLines(line)
	case sAfter:
		return p.afterLine(d, line)
	default:
		return p.chunkSize(d, line)
	}
}

// responseLines divides a line of a response at carriage returns that stand alone.
func (p *parser) responseLines(line []byte) error {
	d := proto.Resp
	st := &p.side[d]
	for {
		if st.bareLF && line[0] == '\r' && len(line) > 1 && line[1] != '\n' {
			line = line[1:] // LF CR ended the line before
			st.tx.Resp.Raw = st.tx.Append(st.tx.Resp.Raw, []byte{'\r'})
		}
		rest := []byte(nil)
		if k := loneCR(line); k >= 0 {
			p.zeek.loneCR(p)
			line, rest = line[:k+1], line[k+1:]
		}
		st.bareLF = st.state != sLine && len(line) > 1 && line[len(line)-1] == '\n' && line[len(line)-2] != '\r'
		var err error
		switch {
		case st.state != sLine:
			err = p.headerLine(d, line)
		case len(rest) > 0:
			ahead, more := p.ahead, p.more
			p.ahead, p.more = rest[0], true
			err = p.statusLine(line)
			p.ahead, p.more = ahead, more
		default:
			err = p.statusLine(line)
		}
		if err != nil || len(rest) == 0 || p.tunnel {
			return err
		}
		if st.state != sLine && st.state != sHeaders && st.state != sTrailer {
			st.body.wire(int64(len(rest)))
			st.body.write(rest)
			return nil
		}
		line = rest
	}
}

// loneCR finds a carriage return that ends a line by itself, as browsers take it in response headers; -1: none.
func loneCR(line []byte) int {
	for i := 1; i+1 < len(line); i++ {
		k := bytes.IndexByte(line[i:len(line)-1], '\r')
		if k < 0 {
			return -1
		}
		i += k
		if c := line[i+1]; c != '\r' && c != '\n' {
			return i
		}
	}
	return -1
}

// tooLong ends the work on a direction whose line or header block is longer than allowed. libhtp ends that on the flow.
func (p *parser) tooLong(d proto.Dir) error {
	st := &p.side[d]
	p.event(d, pick(d, evRequestFieldTooLong, evResponseFieldTooLong))
	st.line = nil
	p.zeek.limit(p, d)
	st.state = sIgnore
	if p.cfg.eveOnly {
		return proto.ErrLimit
	}
	return nil
}

// lineLimit is the longest line that is read.
func (p *parser) lineLimit() int {
	if p.cfg.eveOnly {
		return longLine
	}
	return maxLine
}

// afterLine takes a line behind a message.
func (p *parser) afterLine(d proto.Dir, line []byte) error {
	st := &p.side[d]
	if d == proto.Resp && looksLikeStatus(line) {
		p.more = false
		p.endMessage(d, true)
		if !p.tunnel {
			return p.statusLine(line)
		}
		return nil
	}
	if d == proto.Orig {
		first := firstWord(line)
		if knownMethod(first) || len(line) == 1 {
			p.more = false
			p.endMessage(d, true)
			return p.requestLine(line)
		}
		if len(first) > 0 {
			p.again(d, evRequestBodyUnexpected)
		}
	}
	if !st.body.open {
		p.startBody(st.tx, d, -1)
	}
	st.body.wire(int64(len(line)))
	st.body.write(line)
	if !p.more {
		p.endMessage(d, true)
	}
	return nil
}

// firstWord is what stands before the first white space, behind leading one.
func firstWord(line []byte) []byte {
	line = trim(line)
	for i, c := range line {
		if isSpace(c) {
			return line[:i]
		}
	}
	return line
}

// resync looks for the next first line after a gap.
func (p *parser) resync(d proto.Dir, b []byte) int {
	st := &p.side[d]
	line, n, ok := st.take(b)
	if !ok {
		if len(st.line) > 4096 {
			st.line = st.line[:0]
		}
		return n
	}
	var first bool
	if d == proto.Orig {
		first = hasVersion(line)
	} else {
		first = len(line) > 9 && equalFold(line[:5], "http/") && line[5] >= '0' && line[5] <= '9'
	}
	if first {
		st.state = sLine
		if d == proto.Orig {
			_ = p.requestLine(line)
		} else {
			_ = p.statusLine(line)
		}
	}
	st.line = st.line[:0]
	return n
}

// halfField takes what came of a field's line: libhtp has no field of it, and of a response no header block at all.
func (p *parser) halfField(d proto.Dir, tx *Tx, line []byte) {
	m := tx.message(d)
	if m.cut = d == proto.Resp; !m.cut && len(m.Raw)+len(line) <= maxHeader {
		m.Raw = tx.Append(m.Raw, line)
	}
}

// lastLine takes what came of a line that never ended.
func (p *parser) lastLine(d proto.Dir) {
	st := &p.side[d]
	if len(st.line) == 0 {
		return
	}
	line := st.line
	st.line = nil
	switch st.state {
	case sLine, sHeaders, sTrailer:
		p.zeek.unterminated(p)
		if st.state == sHeaders && p.cfg.eveOnly {
			p.halfField(d, st.tx, line)
			return
		}
		_ = p.gotLine(d, line)
	case sChunkSize:
		st.body.wire(int64(len(line)))
		st.body.write(line)
	case sAfter:
		_ = p.afterLine(d, line)
	}
}

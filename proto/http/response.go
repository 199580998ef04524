package http

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// statusLine takes a status line apart (RFC 9112, section 4). What is none begins the body of an HTTP/0.9 response.
func (p *parser) statusLine(line []byte) error {
	st := &p.side[proto.Resp]
	l := chomp(line)
	if len(trim(l)) == 0 && !p.expects09() {
		return nil
	}
	if !looksLikeStatus(l) && p.more && (p.ahead == 'H' || len(line) <= 2) {
		return nil // something before the status line, which is next
	}
	tx, err := p.answered()
	if err != nil {
		return err
	}
	m := &tx.Resp
	if !looksLikeStatus(l) || p.cfg.zeekOnly && tx.zeek.old {
		return p.response09(tx, line)
	}
	m.Seen = true
	m.Line = tx.Keep(l)
	if p.cfg.eveOnly {
		m.Line = bytes.TrimLeft(m.Line, "\r") // each was a line of its own
	}
	if m.started {
		m.Raw = tx.Append(m.Raw, line)
	}
	p.parseStatusLine(tx, m.Line)
	p.zeek.statusLine(p, tx)
	p.s.At(tx, proto.Resp, ResponseLine)
	st.state, st.fields, st.folding = sHeaders, 0, false
	return nil
}

// expects09 tells whether the request waiting for its response was HTTP/0.9, whose response has no status line.
func (p *parser) expects09() bool {
	return len(p.queue) > 0 && p.queue[0].version[proto.Orig] == v09 && len(p.queue[0].Req.Fields) == 0
}

// answered returns the transaction that the response at hand belongs to: a new one when there is no request.
func (p *parser) answered() (*Tx, error) {
	st := &p.side[proto.Resp]
	if len(p.queue) > 0 {
		tx := p.queue[0]
		st.tx = tx
		return tx, nil
	}
	tx, err := p.begin()
	if err != nil {
		return nil, err
	}
	tx.unmatched, tx.requested = true, true
	p.s.At(tx, proto.Orig, RequestDone) // nothing will come of it
	p.queue = append(p.queue, tx)
	st.tx = tx
	p.event(proto.Resp, evUnableToMatchResponseToRequest)
	p.zeek.unmatched(p, tx)
	return tx, nil
}

// looksLikeStatus tells whether a line may be a status line: HTTP, in any case, behind some white space.
func looksLikeStatus(l []byte) bool {
	for i := 0; i < len(l) && (isSpace(l[i]) || l[i] == 0); i++ {
		l = l[1:]
		i--
	}
	return len(l) >= 4 && equalFold(l[:4], "http")
}

// peekResponse looks at the beginning of a first line that has no end yet: when it is no status line the body of an
// HTTP/0.9 response is not waited for any longer.
func (p *parser) peekResponse(st *side) int {
	const enough = 4
	if len(st.line) < enough || looksLikeStatus(st.line) || len(trim(st.line)) < enough {
		return 0
	}
	line := st.line
	st.line = nil
	tx, err := p.answered()
	if err != nil {
		return 0
	}
	_ = p.response09(tx, line)
	st.line = line[:0]
	return 0
}

// response09 begins a response without status line: everything up to the connection's end is its body.
func (p *parser) response09(tx *Tx, line []byte) error {
	st := &p.side[proto.Resp]
	m := &tx.Resp
	m.Seen = true
	tx.version[proto.Resp] = v09
	p.zeek.response09(p, tx)
	p.s.At(tx, proto.Resp, ResponseLine)
	p.s.At(tx, proto.Resp, ResponseHeaders)
	st.state = sRest
	p.startBody(tx, proto.Resp, -1)
	st.body.wire(int64(len(line)))
	st.body.write(line)
	return nil
}

// parseStatusLine finds version, code and reason.
func (p *parser) parseStatusLine(tx *Tx, l []byte) {
	for len(l) > 0 && isSpace(l[0]) {
		l = l[1:]
	}
	i := 0
	for i < len(l) && !isSpace(l[i]) {
		i++
	}
	tx.RespProtocol = l[:i]
	tx.version[proto.Resp] = parseVersion(tx.RespProtocol)
	if tx.version[proto.Resp] == vInvalid {
		p.event(proto.Resp, evResponseInvalidProtocol)
	}
	l = l[i:]
	for len(l) > 0 && isSpace(l[0]) {
		l = l[1:]
	}
	i = 0
	for i < len(l) && !isSpace(l[i]) {
		i++
	}
	tx.StatusText = l[:i]
	if tx.Status = parseStatus(tx.StatusText); tx.Status < 100 || !allDigits(tx.StatusText) {
		p.event(proto.Resp, evResponseInvalidStatus)
	}
	tx.Reason = trim(l[i:])
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if !digit(c) {
			return false
		}
	}
	return true
}

// parseStatus reads the number that b begins with, up to 999.
func parseStatus(b []byte) int {
	n := 0
	for _, c := range b {
		if !digit(c) || n > 99 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// responseHeadersDone is called at the empty line behind the response's fields: the body's framing is decided (RFC 9112,
// section 6.3).
func (p *parser) responseHeadersDone(tx *Tx) {
	st := &p.side[proto.Resp]
	m := &tx.Resp
	p.zeek.headers(p, m)
	if !p.interimStatus(tx) {
		p.s.At(tx, proto.Resp, ResponseHeaders)
	}
	if p.bodyless(tx) {
		p.endMessage(proto.Resp, true)
		return
	}
	te := m.value(fTransferEncoding)
	if te != nil && indexFold(te, "chunked", true) >= 0 {
		if !equalFold(te, "chunked") {
			p.event(proto.Resp, evResponseAbnormalTransferEncoding)
		}
		if tx.version[proto.Resp] < v11 {
			p.event(proto.Resp, evResponseChunkedOldProto)
		}
		st.state = sChunkSize
		p.startBody(tx, proto.Resp, -1)
		return
	}
	if f := m.find(fContentLength); f != nil {
		n, ok := parseLength(f.Value)
		if ok {
			if n == 0 {
				p.endMessage(proto.Resp, true)
				return
			}
			st.state, st.left = sLength, n
			p.startBody(tx, proto.Resp, n)
			return
		}
		p.event(proto.Resp, evInvalidContentLengthFieldInResponse)
	}
	if ct := m.value(fContentType); ct != nil && indexFold(ct, "multipart/byteranges", false) >= 0 {
		p.event(proto.Resp, evResponseMultipartByteranges)
		if p.cfg.eveOnly {
			st.state = sIgnore
			return
		}
	}
	st.state = sRest
	p.startBody(tx, proto.Resp, -1)
}

// bodyless tells whether the response has no body whatever its fields say. Browsers read one of a status that has none,
// and so does libhtp, when its fields announce one.
func (p *parser) bodyless(tx *Tx) bool {
	switch {
	case bytes.Equal(tx.Method, []byte("HEAD")):
		return true
	case tx.connect && tx.Status/100 == 2:
		return true
	case tx.Status >= 100 && tx.Status < 200, tx.Status == 204, tx.Status == 304:
		m := &tx.Resp
		return !p.cfg.eveOnly || tx.Status == 100 || m.find(fTransferEncoding) == nil && m.find(fContentLength) == nil
	}
	return false
}

// interimStatus tells whether the final response is still to come.
func (p *parser) interimStatus(tx *Tx) bool {
	if p.cfg.eveOnly {
		return tx.Status == 100
	}
	return tx.Status >= 100 && tx.Status < 200 && tx.Status != 101
}

// switches tells whether another protocol follows the response.
func (tx *Tx) switches() bool {
	if tx.Status == 101 {
		return tx.Resp.find(fContentLength) == nil && tx.Resp.find(fTransferEncoding) == nil
	}
	return tx.connect && tx.Status/100 == 2
}

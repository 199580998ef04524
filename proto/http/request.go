package http

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// version is a protocol version as both references keep it.
type version uint16

const (
	vNone    version = iota // no version given
	vInvalid                // something that is none
	v09      version = 9
	v10      version = 100
	v11      version = 101
)

// requestLine takes a request line apart (RFC 9112, section 3).
func (p *parser) requestLine(line []byte) error {
	st := &p.side[proto.Orig]
	l := chomp(line)
	if len(trim(l)) == 0 {
		if len(l) == 0 {
			p.zeek.emptyRequest(p)
		}
		return nil
	}
	tx, err := p.newRequest()
	if err != nil {
		return err
	}
	st.tx = tx
	m := &tx.Req
	m.Seen = true
	m.Line = tx.Keep(l)
	p.parseRequestLine(tx, m.Line)
	p.zeek.requestLine(p, tx)
	if r := &p.side[proto.Resp]; tx.zeek.old && r.tx != nil && r.tx.unmatched {
		// What is being received can no more be told from this request's response.
		p.zeek.weird(p, w09ReplyBeforeRequest, "", "HTTP")
		p.endMessage(proto.Resp, false)
	}
	p.s.At(tx, proto.Orig, RequestLine)
	tx.connect = bytes.EqualFold(tx.Method, []byte("CONNECT"))
	st.state = sHeaders
	st.fields, st.folding = 0, false
	return nil
}

// newRequest opens the transaction of a request and puts it into the queue.
func (p *parser) newRequest() (*Tx, error) {
	if len(p.queue) >= maxQueue {
		p.event(proto.Orig, evTooManyPending)
		// The oldest will hardly get its response: it makes room.
		old := p.queue[0]
		if p.side[proto.Resp].tx == old {
			return nil, proto.ErrLimit
		}
		copy(p.queue, p.queue[1:])
		p.queue = p.queue[:len(p.queue)-1]
		p.s.At(old, proto.Orig, Done)
		p.zeek.row(p, old)
		p.s.Close(old)
	}
	tx, err := p.begin()
	if err != nil {
		return nil, err
	}
	p.queue = append(p.queue, tx)
	return tx, nil
}

// parseRequestLine finds method, target and version: the first two end at white space, the third is the rest.
func (p *parser) parseRequestLine(tx *Tx, l []byte) {
	i := 0
	for i < len(l) && isSpace(l[i]) {
		i++
	}
	if i > 0 {
		p.event(proto.Orig, evRequestLineLeadingWhitespace)
	}
	start := i
	for i < len(l) && !isSpace(l[i]) {
		i++
	}
	tx.Method = l[start:i]
	rest := l[i:]
	odd := false
	for len(rest) > 0 && isSpace(rest[0]) {
		odd = odd || rest[0] != ' '
		rest = rest[1:]
	}
	if odd {
		p.event(proto.Orig, evMethodDelimNonCompliant)
	}
	if len(rest) == 0 {
		tx.version[proto.Orig] = v09
		return
	}
	end := bytes.IndexByte(rest, ' ')
	if end < 0 {
		// Other white space divides only where there is no space.
		for k, c := range rest {
			if isSpace(c) {
				end = k
				p.event(proto.Orig, evURIDelimNonCompliant)
				break
			}
		}
	}
	if end < 0 {
		tx.Target = rest
		tx.version[proto.Orig] = v09
		return
	}
	tx.Target = rest[:end]
	tx.Protocol = trim(rest[end:])
	if len(tx.Protocol) == 0 {
		tx.Protocol = nil
		tx.version[proto.Orig] = v09
		return
	}
	tx.version[proto.Orig] = parseVersion(tx.Protocol)
}

// parseVersion reads "HTTP/1.1" as libhtp does: exactly so, or with white space behind the slash.
func parseVersion(b []byte) version {
	if len(b) < 8 || string(b[:5]) != "HTTP/" {
		return vInvalid
	}
	b = b[5:]
	for len(b) > 0 && (isLWS(b[0]) || b[0] == '0' && len(b) > 3) {
		b = b[1:]
	}
	if len(b) != 3 || b[1] != '.' {
		return vInvalid
	}
	switch {
	case b[0] == '0' && b[2] == '9':
		return v09
	case b[0] == '1' && b[2] == '0':
		return v10
	case b[0] == '1' && b[2] == '1':
		return v11
	}
	return vInvalid
}

// requestHeadersDone is called at the empty line behind the request's fields: the body's framing is decided.
func (p *parser) requestHeadersDone(tx *Tx) {
	st := &p.side[proto.Orig]
	m := &tx.Req
	if tx.version[proto.Orig] != v09 || len(m.Fields) > 0 {
		p.host(tx)
	}
	p.checkAuth(tx)
	p.zeek.headers(p, m)
	p.s.At(tx, proto.Orig, RequestHeaders)
	te := m.value(fTransferEncoding)
	if te != nil {
		if indexFold(te, "chunked", true) >= 0 {
			st.state = sChunkSize
			p.startBody(tx, proto.Orig, -1)
			return
		}
		p.event(proto.Orig, evInvalidTransferEncodingValueInRequest)
	}
	n := int64(-1)
	if f := m.find(fContentLength); f != nil {
		var ok bool
		if n, ok = parseLength(f.Value); !ok {
			p.event(proto.Orig, evInvalidContentLengthFieldInRequest)
			n = -1
		}
	}
	if tx.connect {
		n = -1
	}
	if n > 0 {
		st.state, st.left = sLength, n
		p.startBody(tx, proto.Orig, n)
		return
	}
	p.endMessage(proto.Orig, true)
}

// parseLength reads a Content-Length as libhtp does: what stands before and behind the first number is passed over.
func parseLength(b []byte) (int64, bool) {
	i := 0
	for i < len(b) && (b[i] < '0' || b[i] > '9') {
		if b[i] == '-' {
			return -1, false
		}
		i++
	}
	if i == len(b) {
		return -1, false
	}
	var n int64
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		if n > (1<<63-1-9)/10 {
			return -1, false
		}
		n = n*10 + int64(b[i]-'0')
	}
	return n, true
}

package http

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// zeekFacts is what Zeek's row of a transaction shows, where it differs from what is kept for EVE.
type zeekFacts struct {
	method, uri []byte
	request     bool // method and uri count
	reply       bool
	version     [3]byte // "1.1" of the response, zero when none
	reason      []byte
	noReason    bool
	touched     bool
	old         bool // a request without version
	// entityLost: the request ended when so many less one of the response's fields had come: Zeek takes the later ones
	// for nobody's.
	entityLost int
}

// zeekState is what decides about Zeek's rows over a flow's transactions.
type zeekState struct {
	version [2][3]byte
	broken  [2]bool // after a violation nothing of this direction shows any more
	depth   int
	warned  uint64
}

// knownMethods are Zeek's http_methods; others are weird.
var knownMethods = map[string]bool{
	"GET": true, "POST": true, "HEAD": true, "OPTIONS": true, "PUT": true, "DELETE": true, "TRACE": true,
	"CONNECT": true, "PROPFIND": true, "PROPPATCH": true, "MKCOL": true, "COPY": true, "MOVE": true, "LOCK": true,
	"UNLOCK": true, "POLL": true, "REPORT": true, "SUBSCRIBE": true, "BMOVE": true, "SEARCH": true, "QUERY": true,
}

// weird reports e from source, once for each flow.
func (z *zeekState) weird(p *parser, e proto.EventID, addl, source string) {
	bit := uint64(1) << (e - wBadRequest)
	if z.warned&bit != 0 {
		return
	}
	if addl == "" {
		z.warned |= bit
	}
	if source == "HTTP" {
		p.weird(e, addl)
		return
	}
	p.s.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: events[e].Weird, Addl: addl, Source: source, PerFlow: true,
		Proto: "http", Layer: "proto_parser", Tx: -1})
}

// touch numbers a transaction when Zeek would first see it.
func (z *zeekState) touch(p *parser, tx *Tx) {
	if !tx.zeek.touched {
		tx.zeek.touched = true
		z.depth++
		tx.Depth = z.depth
	}
}

// requestLine reads the request line as Zeek does: the target may hold white space, and ends where the version begins.
func (z *zeekState) requestLine(p *parser, tx *Tx) {
	if z.broken[proto.Orig] {
		return
	}
	l := tx.Req.Line
	i := 0
	for i < len(l) && isToken(l[i]) {
		i++
	}
	rest := skipBlank(l[i:])
	if i == 0 || len(rest) == len(l[i:]) || len(rest) == 0 {
		e := wBadRequest
		if i == 0 && endsInVersion(l) {
			e = wBadRequestWithVersion
		}
		z.weird(p, e, "", "HTTP")
		z.broken[proto.Orig] = true
		return
	}
	method := l[:i]
	uri, ver := z.splitTarget(p, rest)
	v := [3]byte{'0', '.', '9'}
	if ver != nil {
		v = z.readVersion(p, ver[5:])
		z.confirm(p)
	} else if string(method) != "GET" {
		z.weird(p, wInvalid09Method, string(method), "HTTP")
	}
	z.setVersion(p, proto.Orig, v)
	if !knownMethods[string(method)] {
		z.weird(p, wUnknownMethod, string(method), "")
	}
	z.touch(p, tx)
	tx.zeek.request, tx.zeek.method, tx.zeek.uri = true, method, z.unescape(p, tx, uri)
	tx.zeek.old = ver == nil
}

// confirm names the service. Zeek does not look at connections from the middle.
func (z *zeekState) confirm(p *parser) {
	if !p.cfg.zeekOnly || !p.s.Midstream {
		p.s.Confirm()
	}
}

// endsInVersion tells whether a line ends in a whole version behind white space.
func endsInVersion(l []byte) bool {
	n := len(l) - len(" HTTP/1.1")
	return n >= 0 && isLWS(l[n]) && string(l[n+1:n+6]) == "HTTP/" && digit(l[n+6]) && l[n+7] == '.' && digit(l[n+8])
}

func skipBlank(b []byte) []byte {
	for len(b) > 0 && isLWS(b[0]) {
		b = b[1:]
	}
	return b
}

// splitTarget divides what follows the method; ver begins with HTTP/, and is nil when there is none.
func (z *zeekState) splitTarget(p *parser, rest []byte) (uri, ver []byte) {
	end := 0
	for end < len(rest) && isURIChar(rest[end]) {
		end++
	}
	if end == len(rest) && bytes.HasPrefix(rest, []byte("HTTP/")) {
		z.weird(p, wMissingURI, "", "HTTP")
		end = 0
	}
	for at := end; at < len(rest); at++ {
		end = at
		for at < len(rest) && isLWS(rest[at]) {
			at++
		}
		if bytes.HasPrefix(rest[at:], []byte("HTTP/")) {
			return rest[:end], rest[at:]
		}
		if at >= len(rest) {
			break
		}
		end = at + 1
	}
	return rest[:end], nil
}

func isURIChar(c byte) bool {
	switch c {
	case '-', '_', '.', '!', '~', '*', '\'', '(', ')', ';', '/', '?', ':', '@', '&', '=', '+', '$', ',', '%':
		return true
	}
	return c >= '0' && c <= '9' || lower(c) >= 'a' && lower(c) <= 'z'
}

// readVersion reads "1.1"; what is none counts as 0.0.
func (z *zeekState) readVersion(p *parser, b []byte) [3]byte {
	if len(b) >= 3 && digit(b[0]) && b[1] == '.' && digit(b[2]) {
		return [3]byte(b[:3])
	}
	return [3]byte{'0', '.', '0'}
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func (z *zeekState) setVersion(p *parser, d proto.Dir, v [3]byte) {
	old := z.version[d]
	if old != [3]byte{} && old != v {
		z.weird(p, wVersionMismatch, "", "HTTP")
	}
	z.version[d] = v
}

// unescape decodes percent escapes, and reports those that are none.
func (z *zeekState) unescape(p *parser, tx *Tx, uri []byte) []byte {
	plain := true
	for _, c := range uri {
		if c == '%' || !isURIChar(c) {
			plain = false
			break
		}
	}
	if plain {
		return uri
	}
	out := tx.Keep(uri)[:0]
	for i := 0; i < len(uri); i++ {
		c := uri[i]
		switch {
		case c != '%':
			if !isURIChar(c) {
				z.weird(p, wUnescapedSpecial, "", "HTTP")
			}
		case i+1 == len(uri):
			z.weird(p, wPercentAtEnd, "", "HTTP")
		case uri[i+1] == '%':
			z.weird(p, wDoublePercent, "", "HTTP")
			i++
		case i+2 < len(uri) && unhex(uri[i+1]) >= 0 && unhex(uri[i+2]) >= 0:
			c = byte(unhex(uri[i+1])<<4 | unhex(uri[i+2]))
			i += 2
		case uri[i+1] == 'u' && i+5 < len(uri):
		default:
			z.weird(p, wUnescapedPercent, "", "HTTP")
		}
		out = append(out, c)
	}
	return out
}

func (z *zeekState) emptyRequest(p *parser) { z.weird(p, wEmptyRequest, "", "HTTP") }

// headers reports lengths and codings that contradict each other or are none.
func (z *zeekState) headers(p *parser, m *Message) {
	if f := m.last(fContentLength); f != nil && !isLength(f.Value) {
		z.weird(p, wBadContentLength, string(f.Value), "HTTP")
	}
	if ct := m.value(fContentType); len(ct) > 10 && equalFold(ct[:10], "multipart/") &&
		indexFold(m.value(fTransferEncoding), "chunked", false) >= 0 {
		z.weird(p, wChunkedMultipart, "", "HTTP")
	}
	if f := m.last(fTransferEncoding); f != nil && len(f.Value) > 7 && equalFold(f.Value[:7], "chunked") {
		z.weird(p, wChunkedMulti, string(f.Value[7:]), "HTTP")
	}
}

// isLength tells whether b is a number below 2^63.
func isLength(b []byte) bool {
	n := uint64(0)
	for _, c := range b {
		if !digit(c) || n > (1<<63-1-uint64(c-'0'))/10 {
			return false
		}
		n = n*10 + uint64(c-'0')
	}
	return len(b) > 0
}

// requestDone is called when a request is complete: one whose row is written already makes Zeek begin another.
func (z *zeekState) requestDone(p *parser, tx *Tx) {
	if st := &p.side[proto.Resp]; st.tx == tx && st.state == sHeaders {
		tx.zeek.entityLost = len(tx.Resp.Fields) + 1
	}
	if !tx.logged || !tx.zeek.touched || !p.cfg.zeekOnly || p.s.Midstream {
		return
	}
	ghost, err := p.begin()
	if err != nil {
		return
	}
	z.touch(p, ghost)
	z.row(p, ghost)
	p.s.Close(ghost)
}

// length is the body's length as Zeek counts it: without the codings that it undoes.
func (m *Message) length() int64 {
	if m.gzip {
		return m.Entity + m.padding
	}
	return m.Plain + m.padding
}

// unmatched is called for a response that has no request.
func (z *zeekState) unmatched(p *parser, tx *Tx) {
	z.weird(p, wResponseBeforeRequest, "", "")
}

// statusLine takes version, code and reason over.
func (z *zeekState) statusLine(p *parser, tx *Tx) {
	if z.broken[proto.Resp] {
		return
	}
	if !bytes.HasPrefix(tx.Resp.Line, []byte("HTTP/")) {
		z.broken[proto.Resp] = true
		return
	}
	v := z.readVersion(p, tx.Resp.Line[5:])
	z.setVersion(p, proto.Resp, v)
	z.touch(p, tx)
	f := &tx.zeek
	f.reply, f.version, f.reason = true, v, tx.Reason
	z.confirm(p)
}

// response09 is called for a response without status line.
func (z *zeekState) response09(p *parser, tx *Tx) {
	if z.broken[proto.Resp] {
		return
	}
	if tx.unmatched || !tx.zeek.old {
		if z.version[proto.Resp] == [3]byte{} {
			p.s.RemoveService("http") // the request looked like HTTP, but nobody answers so
		}
		z.broken[proto.Resp] = true
		return
	}
	v := [3]byte{'0', '.', '9'}
	z.setVersion(p, proto.Resp, v)
	z.touch(p, tx)
	f := &tx.zeek
	f.reply, f.version, f.noReason = true, v, true
	z.confirm(p)
}

// responseDone writes the row.
func (z *zeekState) responseDone(p *parser, tx *Tx) { z.row(p, tx) }

// row writes a transaction's row unless it is written or has nothing that Zeek would show.
func (z *zeekState) row(p *parser, tx *Tx) {
	if tx.logged {
		return
	}
	tx.logged = true
	if tx.zeek.touched && !(p.cfg.zeekOnly && p.s.Midstream) {
		// As the response's: to the request's stages there may be more to come.
		p.s.At(tx, proto.Resp, zeekRow)
	}
}

// fold reports that a field goes on in another line.
func (z *zeekState) fold(p *parser, f *Field) { z.weird(p, wObsoleteFold, string(f.Name), "HTTP") }

func (z *zeekState) badChunk(p *parser, line []byte) {
	z.weird(p, wBadChunkSize, string(trim(line)), "HTTP")
}

// unterminated is called for a last line without end.
func (z *zeekState) unterminated(p *parser) { z.weird(p, wWithoutCRLF, "", "CONTENTLINE") }

// nulLine is called for a header block that ends with a line that begins with NUL, which Zeek takes for its end.
func (z *zeekState) nulLine(p *parser) { z.weird(p, wNoCRLFInHeaders, "", "HTTP") }

func (z *zeekState) loneCR(p *parser) { z.weird(p, wSingleCR, "", "CONTENTLINE") }

func (z *zeekState) limit(p *parser, d proto.Dir) { z.weird(p, wOverlongLine, "", "HTTP") }

package xmpp

import (
	"bytes"
	"errors"

	"github.com/wirelore/wirelore/proto"
)

var errNotXMPP = errors.New("xmpp: this flow is no XML stream")

// side is the state of one direction.
type side struct {
	in      kind // what the unread bytes are inside of
	quote   byte // the quote that is open in the unread tag
	slash   bool // the last byte of a tag that was cut, so far, was a slash
	scanned int  // bytes of the unread tag already searched for its end
	depth   int  // elements around the next tag; 1 is directly under the stream
	unsure  bool // depth is not known: the stream's beginning, or a part of it, was not seen
	seen    bool
	stanzas uint8
}

// parser follows one connection.
type parser struct {
	s    *proto.Session[Tx]
	side [2]side

	starttls   bool // asked for and not answered
	proceeding bool // inside the server's answer
	lost       bool // a gap in the server's stream
	confirmed  bool
	done       bool
}

// Reset makes p ready for another connection.
func (p *parser) Reset() { *p = parser{} }

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	p.s = s
	sd := &p.side[d]
	sd.seen = true
	used := 0
	for used < len(b) && !p.done {
		if p.starttls && sd.in == text && sd.top() && secured(b[used]) {
			if d == proto.Orig && p.side[proto.Resp].seen && !p.lost {
				break // the answer to STARTTLS is still to be read
			}
			p.handoff()
			break
		}
		n, err := p.step(d, b[used:])
		if err != nil {
			return proto.Result{}, err
		}
		if n == 0 {
			break
		}
		used += n
	}
	return proto.Result{Used: used}, nil
}

// secured tells the first byte of a TLS handshake, or an SSLv2 hello, from XML.
func secured(c byte) bool { return c == 0x16 || c >= 0x80 }

// top tells whether the next tag may be directly under the stream.
func (sd *side) top() bool { return sd.unsure || sd.depth <= 1 }

// step consumes one piece and returns its length, 0 when it is not complete.
func (p *parser) step(d proto.Dir, b []byte) (int, error) {
	sd := &p.side[d]
	switch sd.in {
	case text:
		if b[0] != '<' {
			return p.text(sd, b)
		}
		k, n := markup(b)
		switch k {
		case partial:
			return 0, nil
		case tag:
			return p.tag(d, b)
		}
		sd.in = k
		return n, nil
	case tag: // the rest of one that was cut
		i, q := tagEnd(b, sd.quote)
		sd.quote = q
		if i < 0 {
			sd.slash = b[len(b)-1] == '/'
			return len(b), nil
		}
		sd.in = text
		if i > 0 && b[i-1] == '/' || i == 0 && sd.slash {
			p.closed(d)
		}
		return i + 1, nil
	}
	end := terminators[sd.in]
	if i := bytes.Index(b, []byte(end)); i >= 0 {
		sd.in = text
		return i + len(end), nil
	}
	return max(len(b)-len(end)+1, 0), nil
}

// text consumes what is between tags. Under the stream itself that is white space; a byte order mark may come before.
func (p *parser) text(sd *side, b []byte) (int, error) {
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		n = len(b)
	}
	if sd.unsure || sd.depth > 1 {
		return n, nil
	}
	for _, c := range b[:n] {
		if space(c) || sd.depth == 0 && (c == 0xef || c == 0xbb || c == 0xbf) {
			continue
		}
		if p.confirmed {
			return 0, proto.ErrDone
		}
		return 0, errNotXMPP
	}
	return n, nil
}

// tag consumes a tag.
func (p *parser) tag(d proto.Dir, b []byte) (int, error) {
	sd := &p.side[d]
	from := min(max(sd.scanned, 1), len(b))
	i, q := tagEnd(b[from:], sd.quote)
	n := from + i + 1
	if i < 0 {
		if sd.scanned, sd.quote = len(b), q; len(b) < longestTag {
			return 0, nil
		}
		n = len(b)
		sd.in, sd.slash = tag, b[n-1] == '/'
	} else {
		sd.quote = 0
	}
	sd.scanned = 0
	if i < 0 || n > longestTag {
		p.s.Event(evTagCut)
	}
	if b[1] == '!' { // a document type, which streams do not have
		return n, nil
	}
	name, opens, closes := element(b[:min(n, longestTag)])
	if n > longestTag || i < 0 {
		closes = i >= 0 && b[n-2] == '/'
	}
	return n, p.take(d, b[:min(n, longestTag)], name, opens, closes)
}

// take follows an element's start or end.
func (p *parser) take(d proto.Dir, b, name []byte, opens, closes bool) error {
	sd := &p.side[d]
	if !opens {
		p.closed(d)
		return nil
	}
	if string(name) == "stream" && (sd.top() || header(b)) {
		sd.depth, sd.unsure = 1, false
		if header(b) {
			p.confirm()
		}
		return nil
	}
	if sd.depth == 0 {
		sd.unsure = true // the stream's header was not seen
	}
	var err error
	if sd.top() {
		err = p.child(d, b, name, closes)
	}
	if !closes {
		sd.depth = min(sd.depth+1, 1<<30)
	}
	return err
}

// closed follows an element's end; the first behind proceed is its own.
func (p *parser) closed(d proto.Dir) {
	sd := &p.side[d]
	sd.depth = max(sd.depth-1, 0)
	if d == proto.Resp && p.proceeding {
		p.handoff()
	}
}

// child looks at an element directly under the stream.
func (p *parser) child(d proto.Dir, b, name []byte, closes bool) error {
	if d == proto.Orig {
		if string(name) == "starttls" {
			p.starttls = true
			return nil
		}
		p.stanza(d, name)
		return nil
	}
	switch string(name) {
	case "proceed":
		return p.proceed(closes)
	case "failure":
		if bytes.Contains(b, []byte("xmpp-tls")) {
			p.starttls = false
		}
	case "success", "compressed":
		// There is no STARTTLS behind a login or inside of compression.
		if p.confirmed {
			return proto.ErrDone
		}
	default:
		p.stanza(d, name)
	}
	return nil
}

// proceed takes the server's agreement to STARTTLS.
func (p *parser) proceed(closes bool) error {
	if !p.starttls && p.side[proto.Orig].seen && !p.side[proto.Orig].unsure {
		p.s.Event(evProceed)
		return nil
	}
	if !closes {
		p.proceeding = true
		return nil
	}
	p.handoff()
	return nil
}

// stanza counts what is proof enough where the stream's header was not captured.
func (p *parser) stanza(d proto.Dir, name []byte) {
	switch string(name) {
	case "message", "presence", "iq":
		if p.side[d].stanzas++; p.side[d].stanzas >= 2 || p.side[d.Other()].stanzas > 0 {
			p.side[d].stanzas = 2
			p.confirm()
		}
	}
}

// confirm tells that this is XMPP.
func (p *parser) confirm() {
	if !p.confirmed {
		p.confirmed = true
		p.s.Confirm()
	}
}

// handoff gives the connection to TLS.
func (p *parser) handoff() {
	p.confirm()
	p.done = true
	p.s.Handoff("")
}

// Gap implements proto.Parser.
func (p *parser) Gap(s *proto.Session[Tx], d proto.Dir, _ int64) error {
	p.s = s
	p.side[d] = side{unsure: true, seen: true, stanzas: p.side[d].stanzas}
	if d == proto.Resp {
		p.lost = true
	}
	return nil
}

// End implements proto.Parser.
func (p *parser) End(*proto.Session[Tx], proto.Dir) {}

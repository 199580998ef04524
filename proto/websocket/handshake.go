package websocket

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"

	"github.com/wirelore/wirelore/proto"
)

// maxList bounds the elements taken of a list in the handshake.
const maxList = 64

// establish reads the handshake and announces it.
func (p *parser) establish(s *proto.Session[Tx]) error {
	p.established = true
	if p.w.inside {
		p.sub = s.Sub("")
	}
	u, ok := s.Expected().(*proto.Upgrade)
	if !ok {
		return nil
	}
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	tx.Time = u.Time
	tx.URI = u.Target
	tx.Host = u.Value(proto.Orig, "host")
	tx.UserAgent = u.Value(proto.Orig, "user-agent")
	tx.Subprotocol = u.Value(proto.Resp, "sec-websocket-protocol")
	tx.ClientProtocols = list(u, proto.Orig, "sec-websocket-protocol")
	tx.ClientExtensions = list(u, proto.Orig, "sec-websocket-extensions")
	tx.ServerExtensions = list(u, proto.Resp, "sec-websocket-extensions")
	p.negotiate(tx.ServerExtensions)
	p.compare(s, u, tx)
	s.At(tx, proto.Resp, Established)
	s.Close(tx)
	return nil
}

// list splits the values of a field at their commas, those in quotes apart.
func list(u *proto.Upgrade, d proto.Dir, name string) [][]byte {
	var out [][]byte
	for v := range u.Values(d, name) {
		for len(v) > 0 && len(out) < maxList {
			n, quoted := 0, false
			for ; n < len(v) && (quoted || v[n] != ','); n++ {
				if v[n] == '"' {
					quoted = !quoted
				}
			}
			if e := bytes.TrimSpace(v[:n]); len(e) > 0 {
				out = append(out, e)
			}
			v = v[min(n+1, len(v)):]
		}
	}
	return out
}

// compare looks whether the server's answers fit the client's offers.
func (p *parser) compare(s *proto.Session[Tx], u *proto.Upgrade, tx *Tx) {
	key, got := u.Value(proto.Orig, "sec-websocket-key"), u.Value(proto.Resp, "sec-websocket-accept")
	if key == nil || !bytes.Equal(got, accept(key)) {
		s.Event(evAccept)
	}
	if tx.Subprotocol == nil {
		return
	}
	for _, c := range tx.ClientProtocols {
		if bytes.Equal(c, tx.Subprotocol) {
			return
		}
	}
	s.Event(evSubprotocol)
}

// accept is the answer to a client's key (RFC 6455, section 4.2.2).
func accept(key []byte) []byte {
	const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
	sum := sha1.Sum(append(bytes.Clone(key), guid...))
	return base64.StdEncoding.AppendEncode(nil, sum[:])
}

// negotiate reads what the server accepted of permessage-deflate (RFC 7692, section 7.1).
func (p *parser) negotiate(extensions [][]byte) {
	for _, e := range extensions {
		name, params, _ := bytes.Cut(e, []byte{';'})
		if !bytes.EqualFold(bytes.TrimSpace(name), []byte("permessage-deflate")) {
			continue
		}
		for d := range p.side {
			p.side[d].inflate = new(inflater)
		}
		for param := range bytes.SplitSeq(params, []byte{';'}) {
			switch string(bytes.ToLower(bytes.TrimSpace(param))) {
			case "client_no_context_takeover":
				p.side[proto.Orig].inflate.fresh = true
			case "server_no_context_takeover":
				p.side[proto.Resp].inflate.fresh = true
			}
		}
		return
	}
}

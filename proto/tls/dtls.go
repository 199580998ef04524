package tls

import (
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// datagram parses DTLS: records in datagrams, messages in fragments, both lost, repeated and out of order.
type datagram struct {
	handshake
	fragments [2]tlswire.Fragments
	// next is the number of the next message of each direction: what was seen is not seen again.
	next [2]uint16
	cid  [2]int // the lengths of connection ids in what each direction receives
}

func newDatagram(s *proto.Setup) func() proto.Parser[Tx] {
	w := newWorker(s)
	return func() proto.Parser[Tx] {
		return &datagram{handshake: handshake{w: w, carrier: tlswire.OverDTLS, dtls: true}}
	}
}

// Reset implements the reuse of parsers.
func (p *datagram) Reset() {
	*p = datagram{handshake: p.handshake}
	p.handshake.reset()
}

// Data implements proto.Parser.
func (p *datagram) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	for len(b) > 0 {
		r, n, err := tlswire.ParseDTLSRecord(b, p.cid[d.Other()])
		if err != nil || !r.PlausibleDTLS() {
			// Something else on the same ports, as STUN and RTP are next to DTLS.
			return proto.Result{}, nil
		}
		b = b[n:]
		if err := p.record(s, d, &r); err != nil {
			return proto.Result{}, err
		}
	}
	return proto.Result{}, nil
}

func (p *datagram) record(s *proto.Session[Tx], d proto.Dir, r *tlswire.Record) error {
	if r.Epoch > 0 || r.Unified || r.Type == tlswire.ApplicationData {
		if p.tx != nil && p.cipherText(s, d) {
			return proto.ErrDone
		}
		return nil
	}
	switch r.Type {
	case tlswire.ChangeCipherSpec:
		if p.tx != nil && p.encrypted[p.role(d)] {
			return nil // a retransmission
		}
		return p.changeCipher(s, d)
	case tlswire.Alert:
		return p.alert(s, d, r.Payload)
	case tlswire.Handshake:
		return p.handshakeRecord(s, d, r.Payload)
	}
	return nil
}

func (p *datagram) handshakeRecord(s *proto.Session[Tx], d proto.Dir, payload []byte) error {
	for len(payload) > 0 {
		f, rest, err := tlswire.ParseFragment(payload)
		if err != nil {
			s.EventTx(p.tx, evHandshakeLength, "")
			return nil
		}
		payload = rest
		if f.Seq < p.next[d] {
			continue
		}
		cut := p.fragments[d].Cut
		m, ok := p.fragments[d].Add(f)
		if p.fragments[d].Cut > cut {
			s.EventTx(p.tx, evHandshakeLength, "")
		}
		if !ok {
			continue
		}
		p.next[d] = f.Seq + 1
		if err := p.message(s, d, m); err != nil {
			return err
		}
		p.noteID(d, m.Type)
	}
	return nil
}

// noteID remembers how long the connection ids are that a side wants to receive (RFC 9146).
func (p *datagram) noteID(d proto.Dir, typ byte) {
	switch typ {
	case tlswire.ClientHelloType:
		p.cid[d] = len(p.w.client.ConnectionID)
	case tlswire.ServerHelloType:
		p.cid[d] = len(p.w.server.ConnectionID)
	}
}

// Gap implements proto.Parser.
func (p *datagram) Gap(*proto.Session[Tx], proto.Dir, int64) error { return nil }

// End implements proto.Parser.
func (p *datagram) End(s *proto.Session[Tx], d proto.Dir) { p.end(s, d) }

package tls

import (
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// dataV2 reads records of SSLv2. A hello in its form may offer a later version, which then follows in records of TLS.
func (p *stream) dataV2(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	used := 0
	for {
		rest := b[used:]
		if p.started[d] && len(rest) > 0 && !p.v2 {
			r, err := p.Data(s, d, rest)
			r.Used += used
			return r, err
		}
		r, ok := tlswire.ParseV2Record(rest)
		if !ok {
			return proto.Result{Used: used, Need: 3}, nil
		}
		if len(r.Body) < r.Length {
			return proto.Result{Used: used, Need: r.Header + r.Length}, nil
		}
		p.started[d] = true
		if err := p.recordV2(s, d, r.Body); err != nil {
			return proto.Result{}, err
		}
		used += r.Header + r.Length + r.Padding
	}
}

func (p *stream) recordV2(s *proto.Session[Tx], d proto.Dir, body []byte) error {
	if err := p.begin(s); err != nil {
		return err
	}
	role := p.role(d)
	if p.encrypted[role] {
		p.seal(s)
		if p.cipherText(s, d) {
			return proto.ErrDone
		}
		return nil
	}
	p.tx.speaks(d)
	if len(body) == 0 {
		s.EventTx(p.tx, evV2Header, "")
		return errRecord
	}
	defer p.begun(s)
	switch body[0] {
	case tlswire.V2ClientHello:
		return p.clientHelloV2(s, d, body)
	case tlswire.V2ServerHello:
		return p.serverHelloV2(s, d, body)
	case tlswire.V2ClientMasterKey:
		p.v2, p.tx.offered = true, suricataV2
		if len(body) >= 4 {
			p.tx.Cipher = uint32(body[1])<<16 | uint32(body[2])<<8 | uint32(body[3])
		}
		p.encrypted[client], p.encrypted[server] = true, true
	}
	return nil
}

func (p *stream) clientHelloV2(s *proto.Session[Tx], d proto.Dir, body []byte) error {
	c := &p.w.client
	if err := c.ParseV2(body); err != nil {
		s.EventTx(p.tx, evV2Header, "")
		return errHandshake
	}
	p.orient(d, tlswire.ClientHelloType)
	t := p.tx
	t.HasClientHello, t.ClientVersion, t.offered, t.current = true, c.Version, c.Version, stateClientHello
	t.helloV2, t.ruled = true, p.w.auto && s.Wants(StageFingerprint)
	p.v2 = c.Version == tlswire.SSL20
	t.ClientRandom, t.sessionID = t.Keep(c.Random), t.Keep(c.SessionID)
	if !p.w.suricata {
		p.fingerprint(c)
	}
	s.At(t, d, StageClientHello)
	return nil
}

func (p *stream) serverHelloV2(s *proto.Session[Tx], d proto.Dir, body []byte) error {
	var h tlswire.V2Server
	if err := h.Parse(body); err != nil {
		s.EventTx(p.tx, evV2Header, "")
		return errHandshake
	}
	p.orient(d, tlswire.ServerHelloType)
	t := p.tx
	p.v2 = true
	t.HasServerHello, t.Version, t.Resumed, t.current = true, tlswire.SSL20, h.Resumed, stateServerHello
	s.Confirm()
	s.At(t, d, StageServerHello)
	if n := len(h.Certificate); n > 0 {
		// One certificate in the form of a later version's list.
		list := append(p.w.buf[:0], 0, byte((n+3)>>8), byte(n+3), 0, byte(n>>8), byte(n))
		list = append(list, h.Certificate...)
		kept := t.Keep(list)
		p.chain(s, server, kept, false)
	}
	return nil
}

package tls

import (
	"errors"

	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

var (
	errHandshake = errors.New("tls: hello too short to be one")
	errRecord    = errors.New("tls: no record where one should begin")
)

// stream parses TLS over a byte stream.
type stream struct {
	handshake
	messages [2]tlswire.Assembler
	v2       bool // both sides still speak SSLv2
	started  [2]bool
	over     bool   // the handshake is
	left     [2]int // what is still to come of a handshake record, whose messages are read as they come
}

func newStream(s *proto.Setup) func() proto.Parser[Tx] {
	w := newWorker(s)
	return func() proto.Parser[Tx] {
		return &stream{handshake: handshake{w: w, carrier: tlswire.OverTCP}}
	}
}

// Reset implements the reuse of parsers.
func (p *stream) Reset() {
	p.handshake.reset()
	p.messages[0].Reset()
	p.messages[1].Reset()
	p.v2, p.over, p.started, p.left = false, false, [2]bool{}, [2]int{}
}

// Data implements proto.Parser.
func (p *stream) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	if p.over {
		return p.await(s, b, 0)
	}
	if !p.started[d] && len(b) > 2 && b[0]&0x80 != 0 && b[2] <= tlswire.V2ServerFinished {
		return p.dataV2(s, d, b)
	}
	if p.v2 && p.started[d] {
		return p.dataV2(s, d, b)
	}
	if p.tx != nil {
		p.tx.speaks(d)
	}
	used := 0
	for {
		if p.left[d] > 0 {
			n := min(p.left[d], len(b)-used)
			if err := p.handshakeRecord(s, d, b[used:used+n]); err != nil {
				return proto.Result{}, err
			}
			p.left[d] -= n
			if used += n; p.left[d] > 0 {
				return proto.Result{Used: used}, nil
			}
		}
		rest := b[used:]
		r, ok := tlswire.ParseRecord(rest)
		if !ok {
			return proto.Result{Used: used, Need: 5}, nil
		}
		if !r.PlausibleTLS() {
			s.EventTx(p.tx, badRecord(&r), "")
			return proto.Result{}, errRecord
		}
		p.started[d] = true
		if p.sealed(d, r.Type) {
			// What is encrypted need not be seen.
			if r.Type == tlswire.ApplicationData {
				p.seal(s)
			}
			if p.cipherText(s, d) {
				p.over = true
				return p.await(s, b, used)
			}
			used += r.Header + r.Length
			if used >= len(b) {
				return proto.Result{Used: used}, nil
			}
			continue
		}
		p.sawRecord(s, d, &r)
		if r.Type == tlswire.Handshake && !r.Complete() {
			p.left[d] = r.Length
			used += r.Header
			continue
		}
		if !r.Complete() {
			return proto.Result{Used: used, Need: r.Header + r.Length}, nil
		}
		if err := p.record(s, d, &r); err != nil {
			return proto.Result{}, err
		}
		used += r.Header + r.Length
	}
}

// await waits, behind the handshake, for the first record of what the two sides have to say: from there on rules do not look.
// Without rules nothing is waited for.
func (p *stream) await(s *proto.Session[Tx], b []byte, used int) (proto.Result, error) {
	for s.Transactions() != nil && !s.PayloadStopped() {
		r, ok := tlswire.ParseRecord(b[used:])
		if !ok {
			return proto.Result{Used: used, Need: 5}, nil
		}
		if !r.PlausibleTLS() {
			break
		}
		if r.Type == tlswire.ApplicationData {
			p.seal(s)
			break
		}
		if used += r.Header + r.Length; used >= len(b) {
			return proto.Result{Used: used}, nil
		}
	}
	return proto.Result{}, proto.ErrDone
}

// sealed tells whether a record of direction d is encrypted. In TLS 1.3 a change of ciphers means nothing: what is
// encrypted calls itself application data.
func (p *stream) sealed(d proto.Dir, typ byte) bool {
	switch typ {
	case tlswire.ApplicationData:
		return true
	case tlswire.ChangeCipherSpec, tlswire.Alert:
		return false
	}
	return p.encrypted[p.role(d)] && !p.v13()
}

// sawRecord remembers the version of the server's first record, which is all there is when no hello follows.
func (p *stream) sawRecord(s *proto.Session[Tx], d proto.Dir, r *tlswire.Record) {
	if p.tx != nil && p.tx.recordVersion == 0 && p.role(d) == server {
		p.tx.recordVersion = r.Version
	}
}

func badRecord(r *tlswire.Record) proto.EventID {
	switch {
	case r.Version>>8 != 3:
		return evRecordVersion
	case r.Length > tlswire.MaxRecord:
		return evRecordLength
	}
	return evRecordType
}

func (p *stream) record(s *proto.Session[Tx], d proto.Dir, r *tlswire.Record) error {
	switch r.Type {
	case tlswire.Handshake:
		return p.handshakeRecord(s, d, r.Payload)
	case tlswire.ChangeCipherSpec:
		return p.changeCipher(s, d)
	case tlswire.Alert:
		if p.encrypted[p.role(d)] {
			return nil
		}
		return p.alert(s, d, r.Payload)
	case tlswire.Heartbeat:
		p.heartbeat(s, r.Payload)
	}
	return nil
}

func (p *stream) handshakeRecord(s *proto.Session[Tx], d proto.Dir, payload []byte) error {
	a := &p.messages[d]
	cut := a.Cut
	a.Add(payload)
	for m, ok := a.Next(); ok; m, ok = a.Next() {
		if err := p.message(s, d, m); err != nil {
			return err
		}
		p.begun(s)
	}
	if a.Cut > cut {
		s.EventTx(p.tx, evHandshakeLength, "")
		return proto.ErrLimit
	}
	return nil
}

// heartbeat looks for a request that asks for more than it sent (CVE-2014-0160), while heartbeats can be read.
func (p *stream) heartbeat(s *proto.Session[Tx], payload []byte) {
	if len(payload) < 3 || payload[0] != 1 {
		return
	}
	asked := int(payload[1])<<8 | int(payload[2])
	if asked > len(payload)-3 {
		s.EventTx(p.tx, evHeartbeat, "")
	}
}

// Gap implements proto.Parser. A gap within what is encrypted loses nothing; any other loses the place.
func (p *stream) Gap(s *proto.Session[Tx], d proto.Dir, n int64) error { return proto.ErrDone }

// End implements proto.Parser.
func (p *stream) End(s *proto.Session[Tx], d proto.Dir) { p.end(s, d) }

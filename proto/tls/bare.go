package tls

import (
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// bare parses handshake messages that come without records.
type bare struct {
	handshake
	messages [2]tlswire.Assembler
}

func newBare(s *proto.Setup) func() proto.Parser[Tx] {
	w := newWorker(s)
	return func() proto.Parser[Tx] {
		return &bare{handshake: handshake{w: w, carrier: tlswire.OverQUIC}}
	}
}

// Reset implements the reuse of parsers.
func (p *bare) Reset() {
	p.handshake.reset()
	p.messages[0].Reset()
	p.messages[1].Reset()
}

// Data implements proto.Parser.
func (p *bare) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	a := &p.messages[d]
	a.Add(b)
	for m, ok := a.Next(); ok; m, ok = a.Next() {
		if err := p.message(s, d, m); err != nil {
			return proto.Result{}, err
		}
	}
	return proto.Result{Used: len(b)}, nil
}

// Gap implements proto.Parser.
func (p *bare) Gap(*proto.Session[Tx], proto.Dir, int64) error { return proto.ErrDone }

// End implements proto.Parser.
func (p *bare) End(s *proto.Session[Tx], d proto.Dir) { p.end(s, d) }

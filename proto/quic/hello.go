package quic

import (
	"github.com/wirelore/wirelore/internal/quicwire"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// clientHello notes what logs and records say of the client. tx may be nil.
func (p *parser) clientHello(d proto.Dir, tx *Tx, body []byte) {
	h := &p.w.client
	if err := h.Parse(body, false); err != nil && h.Random == nil {
		return
	}
	p.hello[d] = true
	if len(p.name) == 0 {
		p.name = append(p.name[:0], h.ServerName...)
		p.protocol = append(p.protocol[:0], h.ALPN.First()...)
	}
	if tx == nil {
		return
	}
	tx.hello = true
	if len(h.ServerName) > 0 {
		tx.ServerName = tx.Keep(h.ServerName)
	}
	tx.extensions = tlswire.Extensions(tx.Keep(h.Extensions))
	p.w.buf = tlswire.AppendJA3(p.w.buf[:0], h)
	tx.JA3 = tx.Keep(p.w.buf)
	tx.JA3Hash = tx.Keep(tlswire.AppendMD5(p.w.buf[:0], p.w.buf))
	tx.JA4 = tx.Keep(p.w.hash.Append(p.w.buf[:0], h, tlswire.OverQUIC))
}

// serverHello notes what records say of the server. tx may be nil.
func (p *parser) serverHello(d proto.Dir, tx *Tx, body []byte) {
	h := &p.w.server
	if err := h.Parse(body); err != nil && h.Random == nil {
		return
	}
	p.hello[d] = true
	if tx == nil {
		return
	}
	tx.hello = true
	tx.extensions = tlswire.Extensions(tx.Keep(h.Extensions))
	p.w.buf = tlswire.AppendJA3S(p.w.buf[:0], h)
	tx.JA3 = tx.Keep(p.w.buf)
	tx.JA3Hash = tx.Keep(tlswire.AppendMD5(p.w.buf[:0], p.w.buf))
}

// google reads an unprotected packet of Google's versions.
func (p *parser) google(s *proto.Session[Tx], d proto.Dir, q *quicwire.Packet) error {
	tx, err := p.begin(s, d, q)
	if err != nil {
		return err
	}
	if d == proto.Orig {
		if tags, ok := quicwire.FindHandshake(q.Payload); ok {
			s.Confirm()
			p.tags(tx, tags)
		}
	}
	p.finish(s, d, tx)
	return nil
}

// readTags reads Google's handshake where it comes in crypto frames.
func (p *parser) readTags(tx *Tx, b []byte) {
	if tags, ok := quicwire.ParseTags(b); ok {
		p.tags(tx, tags)
	}
}

// tags notes the server's name, the user agent and, of Q043 to Q046, CYU: the version and the tags' names in their order.
func (p *parser) tags(tx *Tx, tags quicwire.Tags) {
	if tx == nil || string(tags.Message[:]) != "CHLO" {
		return
	}
	cyu := p.w.buf[:0]
	named := tx.Version >= quicwire.Q043 && tx.Version <= quicwire.Q046
	if named {
		cyu = append(cyu, tx.versionName[2:]...)
	}
	sep := byte(',')
	for tag, value, ok := tags.Next(); ok; tag, value, ok = tags.Next() {
		cyu = append(cyu, sep)
		sep = '-'
		cyu = quicwire.AppendName(cyu, tag)
		switch string(tag[:]) {
		case "SNI\x00":
			tx.ServerName = tx.Keep(value)
			if len(p.name) == 0 {
				p.name = append(p.name, value...)
			}
		case "UAID":
			tx.UserAgent = tx.Keep(value)
		}
	}
	p.w.buf = cyu
	if named {
		tx.CYU = tx.Keep(cyu)
		tx.CYUHash = tx.Keep(tlswire.AppendMD5(cyu[len(cyu):], cyu))
	}
}

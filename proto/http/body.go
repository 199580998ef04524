package http

import (
	"github.com/wirelore/wirelore/internal/mime"
	"github.com/wirelore/wirelore/proto"
)

// body streams one message's body through its codings into files.
type body struct {
	p      *parser
	dir    proto.Dir
	m      *Message
	tx     *Tx
	coding chain
	open   bool
	length int64 // announced length, -1: none
	keep   int   // bytes of the decoded body that are kept for rules
	out    sink
	form   *mime.Parser
}

// part is one file of a message.
type part struct {
	file proto.File
	name []byte
}

// startBody begins the body of the message being read; n is its announced length, -1 when there is none.
func (p *parser) startBody(tx *Tx, d proto.Dir, n int64) {
	b := &p.side[d].body
	b.out.settle()
	b.m, b.tx, b.open, b.length = tx.message(d), tx, true, n
	b.keep = 0
	if p.s.Wants(bodies[d]) {
		b.keep = p.cfg.keep[d]
	}
	if b.keep > 0 && d == proto.Orig {
		b.startUploads()
	}
	b.coding.start(b, p)
	b.out.start(b)
}

// wire counts bytes as sent.
func (b *body) wire(n int64) {
	if b.m != nil {
		b.m.Wire += n
	}
}

// write takes the next body bytes without framing.
func (b *body) write(data []byte) {
	if !b.open || len(data) == 0 {
		return
	}
	b.m.Plain += int64(len(data))
	if b.coding.n == 0 {
		b.decoded(data)
		return
	}
	b.coding.write(data)
}

// decoded takes body bytes without content codings.
func (b *body) decoded(data []byte) {
	m := b.m
	m.Entity += int64(len(data))
	b.out.write(data)
	// Kept apart from the transaction's memory, in which two pieces that grow in turn would be copied again and again.
	if room := b.keep - len(m.Body); room > 0 {
		m.Body = append(m.Body, data[:min(room, len(data))]...)
		b.p.s.At(b.tx, b.dir, bodies[b.dir])
	}
}

// complete tells that no more of the body comes, though a trailer may: rules look at what there is.
func (b *body) complete() {
	b.m.whole = true
	if b.keep > 0 {
		b.p.s.At(b.tx, b.dir, bodies[b.dir])
	}
}

// gap tells that n bytes are missing. What is coded cannot be decoded behind a gap.
func (b *body) gap(n int64) {
	if !b.open {
		return
	}
	b.m.Gaps = true
	b.m.Plain += n
	if b.coding.n > 0 {
		b.coding.stop()
		return
	}
	b.m.Entity += n
	b.out.gap(n)
}

// end closes the body; whole tells that all of it came.
func (b *body) end(whole bool) {
	if !b.open {
		return
	}
	b.coding.end()
	b.out.end(whole)
	b.open = false
}

// abort drops what is open without further output.
func (b *body) abort() {
	b.coding.abort()
	b.open = false
}

// clear forgets the message but keeps memory for reuse.
func (b *body) clear() {
	form := b.form
	*b = body{p: b.p, dir: b.dir, form: form, coding: chain{}}
	b.out = sink{}
}

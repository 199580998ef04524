package websocket

import (
	"encoding/binary"
	"errors"

	"github.com/wirelore/wirelore/proto"
)

// parser follows one flow's frames.
type parser struct {
	w           *worker
	sub         *proto.Sub // nil: what the messages carry is not looked at
	s           *proto.Session[Tx]
	side        [2]side
	established bool
	confirmed   bool
	told        uint16 // events that are reported once for each flow
}

// side is one direction.
type side struct {
	h       header
	at      int64 // bytes of the frame's payload that were read
	inFrame bool
	open    bool // a message in fragments is under way
	packed  bool // the message is compressed
	lost    bool // bytes are missing where a frame may begin: nothing more can be read
	opaque  bool // the message cannot be read: an extension that is not known changed it
	tx      *Tx  // the message, when somebody wants it
	ctl     *Tx  // the control frame, when somebody wants it
	control [125]byte
	inflate *inflater // nil: permessage-deflate was not agreed on
}

func newParser(s *proto.Setup) func() proto.Parser[Tx] {
	// Suricata 7 does not look inside: under its profile nothing else may show.
	w := &worker{inside: !s.Profile.ProbeSides}
	return func() proto.Parser[Tx] { return &parser{w: w} }
}

// Reset makes the parser new for another flow.
func (p *parser) Reset() { *p = parser{w: p.w} }

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	p.s = s
	if !p.established {
		if err := p.establish(s); err != nil {
			return proto.Result{}, err
		}
	}
	st := &p.side[d]
	if st.lost {
		return proto.Result{Used: len(b)}, nil
	}
	used := 0
	for used < len(b) {
		if !st.inFrame {
			h, n, err := parseHeader(b[used:])
			if err != nil {
				s.Event(evLength)
				return proto.Result{}, err
			}
			if n > len(b)-used {
				return proto.Result{Used: used, Need: n}, nil
			}
			used += n
			if err := p.begin(d, h); err != nil {
				return proto.Result{}, err
			}
		} else {
			n := int(min(st.h.length-st.at, int64(len(b)-used)))
			p.payload(d, b[used:used+n])
			st.at += int64(n)
			used += n
		}
		if st.at == st.h.length {
			p.finish(d)
		}
	}
	// What nobody reads need not be offered.
	if st.inFrame && st.tx == nil && !p.reads(d) {
		left := min(st.h.length-st.at, 1<<30)
		st.at += left
		used += int(left)
		if st.at == st.h.length {
			p.finish(d)
		}
	}
	return proto.Result{Used: used}, nil
}

// begin starts a frame.
func (p *parser) begin(d proto.Dir, h header) error {
	st := &p.side[d]
	st.h, st.at, st.inFrame = h, 0, true
	if !p.confirmed {
		p.confirmed = true
		p.s.Confirm()
	}
	p.check(d, h)
	if h.op.Control() {
		return p.beginTx(d, &st.ctl)
	}
	if h.op != Continuation || !st.open {
		if h.op == Continuation {
			p.once(evContinuation)
		} else if st.open {
			p.once(evUnfinished)
			p.endMessage(d, false)
		}
		st.open = true
		st.packed = h.rsv1 && st.inflate != nil
		st.opaque = h.rsv || h.rsv1 && !st.packed
		if err := p.beginTx(d, &st.tx); err != nil {
			return err
		}
	}
	if st.tx != nil {
		st.tx.Frames++
		st.tx.Flags |= h.bits & flagFIN
		st.tx.Wire += h.length
	}
	return nil
}

// beginTx opens a transaction for those who want messages.
func (p *parser) beginTx(d proto.Dir, to **Tx) error {
	if !p.s.Wants(Message) {
		return nil
	}
	tx, err := p.s.Begin()
	if err != nil {
		return err
	}
	h := &p.side[d].h
	tx.Dir, tx.Opcode, tx.Masked, tx.Compressed = d, h.op, h.masked, h.rsv1
	tx.Mask, tx.Flags = binary.BigEndian.Uint32(h.key[:]), h.bits
	if h.op.Control() {
		tx.Frames, tx.Wire = 1, h.length
	}
	*to = tx
	return nil
}

// check reports what is odd about a header.
func (p *parser) check(d proto.Dir, h header) {
	if !h.masked && d == proto.Orig {
		p.once(evUnmasked)
	}
	if h.masked && d == proto.Resp {
		p.once(evMasked)
	}
	if h.op.reserved() {
		p.once(evReservedOpcode)
	}
	if h.rsv || h.rsv1 && (p.side[d].inflate == nil || h.op.Control() || h.op == Continuation) {
		p.once(evReservedBits)
	}
	if h.long {
		p.once(evLength)
	}
	if h.op.Control() && (!h.fin || h.length > 125) {
		p.once(evControl)
	}
}

// once reports an event once for each flow: frames are many.
func (p *parser) once(id proto.EventID) {
	if p.told&(1<<id) == 0 {
		p.told |= 1 << id
		p.s.Event(id)
	}
}

// reads tells whether anybody looks at the payload of the frame under way.
func (p *parser) reads(d proto.Dir) bool {
	st := &p.side[d]
	if st.h.op.Control() {
		return st.at < int64(len(st.control))
	}
	return !st.opaque && (st.tx != nil || p.sub != nil && p.sub.Alive())
}

// payload takes bytes of the frame under way.
func (p *parser) payload(d proto.Dir, b []byte) {
	st := &p.side[d]
	if st.h.op.Control() {
		if room := int64(len(st.control)) - st.at; room > 0 {
			b = b[:min(room, int64(len(b)))]
			p.clear(st, st.control[st.at:], b, st.at)
		}
		return
	}
	if !p.reads(d) {
		return
	}
	w := p.w.take()
	for at := st.at; len(b) > 0; {
		piece := b[:min(len(b), pieceSize)]
		b = b[len(piece):]
		p.content(d, p.clear(st, w.piece[:], piece, at))
		at += int64(len(piece))
	}
	p.w.give(w)
}

// clear returns src without its mask, in dst if it has one or dst is to be filled.
func (p *parser) clear(st *side, dst, src []byte, at int64) []byte {
	if st.h.masked && st.h.key != [4]byte{} {
		unmask(dst[:len(src)], src, st.h.key, at)
		return dst[:len(src)]
	}
	if st.h.op.Control() {
		copy(dst, src)
	}
	return src
}

// content takes bytes of a message without mask.
func (p *parser) content(d proto.Dir, b []byte) {
	st := &p.side[d]
	if !st.packed {
		p.deliver(d, b)
	} else if !st.inflate.add(b) {
		p.once(evInflateLimit)
	}
}

// deliver hands bytes of a message to whoever looks into it.
func (p *parser) deliver(d proto.Dir, b []byte) {
	if tx := p.side[d].tx; tx != nil {
		tx.Payload = tx.Append(tx.Payload, b[:min(len(b), keepPayload-len(tx.Payload))])
	}
	if p.sub != nil {
		p.sub.Data(d, b)
	}
}

// finish ends the frame under way.
func (p *parser) finish(d proto.Dir) {
	st := &p.side[d]
	st.inFrame = false
	if st.h.op.Control() {
		p.endControl(d)
	} else if st.h.fin {
		p.endMessage(d, true)
	}
}

// endMessage ends the message under way.
func (p *parser) endMessage(d proto.Dir, whole bool) {
	st := &p.side[d]
	if st.packed && whole && p.reads(d) {
		w := p.w.take()
		err := st.inflate.finish(w, func(b []byte) { p.deliver(d, b) })
		p.w.give(w)
		if errors.Is(err, errInflateLimit) {
			p.once(evInflateLimit)
		} else if err != nil {
			p.once(evInflate)
		}
	} else if st.packed {
		st.inflate.lose()
		st.inflate.next()
	}
	st.open, st.packed = false, false
	if tx := st.tx; tx != nil {
		st.tx = nil
		tx.Whole = whole
		p.s.At(tx, d, Message)
		p.s.Close(tx)
	}
}

// endControl ends a control frame.
func (p *parser) endControl(d proto.Dir) {
	st := &p.side[d]
	b := st.control[:min(st.at, int64(len(st.control)))]
	code := uint16(0)
	if st.h.op == Close && len(b) > 0 {
		if len(b) >= 2 {
			code = binary.BigEndian.Uint16(b)
		}
		if !sendable(code) {
			p.once(evCloseCode)
		}
	}
	tx := st.ctl
	if tx == nil {
		return
	}
	st.ctl = nil
	tx.Payload, tx.Whole, tx.Code = tx.Keep(b), true, code
	if st.h.op == Close && len(b) > 2 {
		tx.Reason = tx.Payload[2:]
	}
	p.s.At(tx, d, Message)
	p.s.Close(tx)
}

// sendable tells whether a close frame may carry the code (RFC 6455, section 7.4).
func sendable(code uint16) bool {
	switch {
	case code >= 1000 && code <= 1014:
		return code != 1004 && code != 1005 && code != 1006
	case code >= 3000 && code <= 4999:
		return true
	}
	return false
}

// Gap implements proto.Parser: inside a frame the rest can still be followed.
func (p *parser) Gap(s *proto.Session[Tx], d proto.Dir, n int64) error {
	p.s = s
	st := &p.side[d]
	if !p.established {
		if err := p.establish(s); err != nil {
			return err
		}
	}
	if st.lost || !st.inFrame || n > st.h.length-st.at {
		st.lost = true
		if p.side[d.Other()].lost {
			return proto.ErrDone
		}
		return nil
	}
	st.at += n
	switch {
	case st.h.op.Control():
		clear(st.control[:])
	case st.packed:
		st.inflate.lose()
	case !st.opaque && p.sub != nil:
		p.sub.Gap(d, n)
	}
	if st.at == st.h.length {
		p.finish(d)
	}
	return nil
}

// End implements proto.Parser.
func (p *parser) End(s *proto.Session[Tx], d proto.Dir) {
	p.s = s
	if !p.established {
		_ = p.establish(s) // nothing more comes that an error could keep out
	}
	st := &p.side[d]
	if st.tx != nil {
		p.endMessage(d, false)
	}
	if tx := st.ctl; tx != nil {
		st.ctl = nil
		s.At(tx, d, Message)
		s.Close(tx)
	}
	if p.sub != nil {
		p.sub.End(d)
	}
}

package syslog

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

const (
	// maxMessage bounds a message of a stream.
	maxMessage = 64 << 10
	// maxCount is how many digits a count may have.
	maxCount = 8
)

// datagrams takes each datagram as one message; it holds nothing.
type datagrams struct{}

// Idle tells that nothing must survive between datagrams.
func (*datagrams) Idle() bool { return true }

// Data implements proto.Parser.
func (*datagrams) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	s.Confirm()
	return proto.Result{Used: len(b)}, message(s, d, "udp", b)
}

// Gap implements proto.Parser.
func (*datagrams) Gap(*proto.Session[Tx], proto.Dir, int64) error { return nil }

// End implements proto.Parser.
func (*datagrams) End(*proto.Session[Tx], proto.Dir) {}

// message announces one message.
func message(s *proto.Session[Tx], d proto.Dir, over string, b []byte) error {
	n, size := priority(b)
	if n > maxPriority {
		s.Event(evPriority)
	}
	if !s.Wants(Message) {
		return nil
	}
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	tx.Over, tx.Dir, tx.Priority, tx.Content = over, d, n, b[size:]
	s.At(tx, d, Message)
	s.Close(tx)
	return nil
}

// stream reads messages behind their counts (RFC 6587, section 3.4.1) or before their line ends (3.4.2), whichever each
// begins with: receivers mix them too.
type stream struct {
	side      [2]side
	confirmed bool
}

// mode is what a side of a stream expects.
type mode uint8

const (
	atStart mode = iota // a message, or its count
	atSpace             // "<" behind a count, which makes it one
	inLine              // more of a line
	inCount             // more of a counted message
	lost                // bytes are missing: a line end
)

type side struct {
	mode   mode
	broken bool   // bytes of the counted message are missing
	digits int    // of the count
	count  int    // then what is missing of the counted message
	held   []byte // what came of the message
	cut    bool   // it was too long
}

// Reset makes the parser new for another flow.
func (p *stream) Reset() { *p = stream{} }

// Data implements proto.Parser: all bytes are used.
func (p *stream) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	st := &p.side[d]
	for used := 0; used < len(b); {
		n, msg := st.step(b[used:])
		used += n
		if msg == nil {
			continue
		}
		if err := p.emit(s, d, msg); err != nil {
			return proto.Result{}, err
		}
	}
	return proto.Result{Used: len(b)}, nil
}

// emit announces a message and makes the side ready for another.
func (p *stream) emit(s *proto.Session[Tx], d proto.Dir, msg []byte) error {
	st := &p.side[d]
	if st.cut {
		s.Event(evLong)
	}
	if !p.confirmed {
		p.confirmed = true
		s.Confirm()
	}
	err := message(s, d, "tcp", msg)
	st.restart()
	return err
}

// restart expects a new message. Few messages are long: the memory of one that was is not kept.
func (st *side) restart() {
	held := st.held[:0]
	if cap(held) > 4<<10 {
		held = nil
	}
	*st = side{held: held}
}

// step takes some of b, which is not empty, and returns how much, with a message if one is complete; its bytes are b's or
// the side's.
func (st *side) step(b []byte) (int, []byte) {
	switch st.mode {
	case atStart:
		return st.start(b[0]), nil
	case atSpace:
		if b[0] != '<' {
			st.mode = inLine
			return 0, nil
		}
		st.mode, st.held = inCount, st.held[:0]
		return 0, nil
	case inLine:
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			st.keep(b)
			return len(b), nil
		}
		return i + 1, st.whole(b[:i])
	case inCount:
		n := min(st.count, len(b))
		if st.count -= n; st.count > 0 {
			st.keep(b[:n])
			return n, nil
		}
		if st.broken {
			st.restart()
			return n, nil
		}
		return n, st.whole(b[:n])
	case lost:
	}
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return len(b), nil
	}
	st.restart()
	return i + 1, nil
}

// start looks at the next byte of what may be a count, and tells whether it was taken.
func (st *side) start(c byte) int {
	switch {
	case st.digits == 0 && (c == '\n' || c == '\r' || c == 0):
		return 1 // between messages
	case c >= '0' && c <= '9' && st.digits < maxCount && (c != '0' || st.digits > 0):
		st.count = st.count*10 + int(c-'0')
		st.digits++
	case c == ' ' && st.digits > 0:
		st.mode = atSpace
	default:
		st.mode = inLine
		return 0
	}
	st.held = append(st.held, c)
	return 1
}

// keep copies what came of a message.
func (st *side) keep(b []byte) {
	if room := maxMessage - len(st.held); len(b) > room {
		b, st.cut = b[:room], true
	}
	st.held = append(st.held, b...)
}

// whole joins the end of a message with what came before.
func (st *side) whole(b []byte) []byte {
	if len(st.held) == 0 && len(b) <= maxMessage {
		return b
	}
	st.keep(b)
	return st.held
}

// Gap implements proto.Parser: a counted message may be passed over, otherwise the next line end is waited for.
func (p *stream) Gap(_ *proto.Session[Tx], d proto.Dir, n int64) error {
	st := &p.side[d]
	if st.mode == inCount && n < int64(st.count) {
		st.count -= int(n)
		st.broken = true
		return nil
	}
	st.restart()
	st.mode = lost
	return nil
}

// End implements proto.Parser: a last line needs no end.
func (p *stream) End(s *proto.Session[Tx], d proto.Dir) {
	if st := &p.side[d]; st.mode != inCount && len(st.held) > 0 {
		_ = p.emit(s, d, st.held) // nothing more comes that an error could keep out
	}
}

package tlswire

import "encoding/binary"

// Message is one handshake message.
type Message struct {
	// Body is what follows the header, borrowed.
	Body []byte
	// Length is the body's length as stated.
	Length int
	// Type is the handshake type.
	Type byte
}

// Limits of what [Assembler] and [Fragments] hold.
const (
	// MaxMessage is the largest handshake message that is assembled. Longer ones are cut: lists of certificates of some
	// hundred KiB exist, nothing honest is larger.
	MaxMessage = 512 << 10
	// MaxFragmented is the largest DTLS message that is put together from fragments; it is smaller because a
	// single byte can claim to be the last of it.
	MaxFragmented = 1 << 16
	// maxPending is how many DTLS messages may be incomplete at once; the oldest is given up for a further one.
	maxPending = 4
	// maxSpans is how many separate pieces of one DTLS message may be held.
	maxSpans = 32
)

// Assembler cuts the handshake bytes of one TLS direction into messages. A message that lies within one piece of
// input is not copied. The zero value is ready to use.
type Assembler struct {
	in  []byte
	buf []byte
	// Cut counts messages that were given up because of their size.
	Cut int
}

// Reset forgets what is held, keeping the memory unless it is much.
func (a *Assembler) Reset() {
	if cap(a.buf) > 16<<10 {
		a.buf = nil
	}
	a.in, a.buf, a.Cut = nil, a.buf[:0], 0
}

// Add hands in the payload of the next handshake record, borrowed until Next has returned false.
func (a *Assembler) Add(payload []byte) { a.in = payload }

// Held returns how many bytes of an incomplete message are kept.
func (a *Assembler) Held() int { return len(a.buf) }

// Next returns the next whole message, its Body borrowed until the next call. false means that all input is used.
func (a *Assembler) Next() (m Message, ok bool) {
	if len(a.buf) == 0 {
		if m, n := split(a.in); n > 0 {
			a.in = a.in[n:]
			return m, true
		}
		return m, a.keep()
	}
	return a.complete()
}

// split cuts a whole message from the front of b and says how many bytes it takes, 0 if it is not whole.
func split(b []byte) (Message, int) {
	if len(b) < 4 {
		return Message{}, 0
	}
	m := Message{Type: b[0], Length: int(b[1])<<16 | int(binary.BigEndian.Uint16(b[2:]))}
	n := 4 + m.Length
	if n > len(b) {
		return m, 0
	}
	m.Body = b[4:n:n]
	return m, n
}

// keep stores the rest of the input for later. It always returns false, there being no message in it.
func (a *Assembler) keep() bool {
	if len(a.in) >= 4 {
		if m, _ := split(a.in); m.Length > MaxMessage {
			a.in = nil
			a.Cut++
			return false
		}
	}
	a.buf = append(a.buf, a.in...)
	a.in = nil
	return false
}

// complete goes on with the message whose beginning is held.
func (a *Assembler) complete() (Message, bool) {
	if len(a.buf) < 4 {
		n := min(4-len(a.buf), len(a.in))
		a.buf = append(a.buf, a.in[:n]...)
		a.in = a.in[n:]
		if len(a.buf) < 4 {
			return Message{}, false
		}
	}
	m, n := split(a.buf)
	if m.Length > MaxMessage {
		a.in, a.buf = nil, a.buf[:0]
		a.Cut++
		return Message{}, false
	}
	if n == 0 {
		more := min(4+m.Length-len(a.buf), len(a.in))
		a.buf = append(a.buf, a.in[:more]...)
		a.in = a.in[more:]
		if m, n = split(a.buf); n == 0 {
			return Message{}, false
		}
	}
	a.buf = a.buf[:0]
	return m, true
}

// Fragment is one handshake fragment of DTLS (RFC 9147 section 5.2).
type Fragment struct {
	// Body is the fragment's part of the message, borrowed.
	Body []byte
	// Length is that of the whole message, Offset where Body stands in it.
	Length, Offset int
	// Seq numbers the messages of a handshake.
	Seq uint16
	// Type is the handshake type.
	Type byte
}

// ParseFragment reads the fragment at the front of a handshake record's payload and returns what follows it.
func ParseFragment(b []byte) (f Fragment, rest []byte, err error) {
	c := cursor{b: b}
	f.Type = byte(c.u8())
	f.Length = c.u24()
	f.Seq = uint16(c.u16())
	f.Offset = c.u24()
	n := c.u24()
	if c.short {
		return f, nil, ErrTruncated
	}
	if f.Offset+n > f.Length {
		return f, nil, ErrMalformed
	}
	if n > len(c.b) {
		return f, nil, ErrTruncated
	}
	f.Body = c.take(n)
	return f, c.b, nil
}

// Fragments assembles the DTLS handshake messages of one direction, in whatever order their parts come, retransmitted
// or overlapping. The zero value is ready to use.
type Fragments struct {
	pending []partial
	// Cut counts messages that were given up because of a limit.
	Cut int
}

type partial struct {
	buf   []byte
	spans []span
	seq   uint16
	typ   byte
}

type span struct{ from, to int }

// Add takes a fragment in and returns the message that it completes. Body is borrowed: of a message in one piece from
// the fragment, else until the next call.
func (s *Fragments) Add(f Fragment) (m Message, ok bool) {
	if len(f.Body) == f.Length {
		return Message{Type: f.Type, Length: f.Length, Body: f.Body}, true
	}
	if f.Length > MaxFragmented {
		s.Cut++
		return m, false
	}
	i := s.find(f)
	p := &s.pending[i]
	if need := f.Offset + len(f.Body); need > len(p.buf) {
		p.buf = append(p.buf, make([]byte, need-len(p.buf))...)
	}
	copy(p.buf[f.Offset:], f.Body)
	if !p.cover(f.Offset, f.Offset+len(f.Body)) {
		s.Cut++
		s.drop(i)
		return m, false
	}
	if len(p.spans) != 1 || p.spans[0] != (span{0, f.Length}) {
		return m, false
	}
	m = Message{Type: p.typ, Length: f.Length, Body: p.buf}
	s.drop(i)
	return m, true
}

// find returns the place of the fragment's message, making one if need be.
func (s *Fragments) find(f Fragment) int {
	for i := range s.pending {
		if s.pending[i].seq == f.Seq && s.pending[i].typ == f.Type {
			return i
		}
	}
	if len(s.pending) == maxPending {
		s.Cut++
		s.drop(0)
	}
	s.pending = append(s.pending, partial{seq: f.Seq, typ: f.Type})
	return len(s.pending) - 1
}

func (s *Fragments) drop(i int) { s.pending = append(s.pending[:i], s.pending[i+1:]...) }

// cover notes that [from, to) is there, keeping the spans in order and apart. false means too many pieces.
func (p *partial) cover(from, to int) bool {
	i := 0
	for i < len(p.spans) && p.spans[i].to < from {
		i++
	}
	j := i
	for j < len(p.spans) && p.spans[j].from <= to {
		from, to = min(from, p.spans[j].from), max(to, p.spans[j].to)
		j++
	}
	if i < j {
		p.spans[i] = span{from, to}
		p.spans = append(p.spans[:i+1], p.spans[j:]...)
		return true
	}
	if len(p.spans) == maxSpans {
		return false
	}
	p.spans = append(p.spans, span{})
	copy(p.spans[i+1:], p.spans[i:])
	p.spans[i] = span{from, to}
	return true
}

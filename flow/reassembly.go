package flow

// Reassembly puts the bytes of one direction in order. Positions are relative to the initial sequence number, in 64 bits:
// the SYN is 0, the first byte 1. Bytes that come in order are handed on as they lie in the packet; others wait in pieces
// that refer to the packet and never overlap.

// stream is one direction of a TCP flow.
type stream struct {
	next     uint64 // position of the next byte to hand on; 0: not begun
	acked    uint64 // what the other side acknowledged
	fin      uint64 // position after the last byte, once a FIN was seen, else 0
	base     uint32 // initial sequence number
	head     uint32 // first waiting piece, 0 for none
	tail     uint32
	held     uint32 // bytes waiting
	pieces   uint32
	gaps     uint32
	regions  uint16
	ended    bool // EndOfData was given
	finAcked bool // the FIN itself was acknowledged
	stopped  bool // nothing more is wanted: a limit was reached
	noted    uint8
}

// Bits of stream.noted: events given once for each direction.
const (
	notedDepth uint8 = 1 << iota
	notedOverlap
	notedMemory
	notedCount
)

// maxPieces bounds what waits in one direction.
const maxPieces = 1 << 14

// began tells whether bytes were handed on or wait.
func (s *stream) began() bool { return s.next > 1 || s.head != 0 }

// begin sets the initial sequence number of a direction of which nothing was seen.
func (t *Table) begin(f *Flow, d Dir, isn uint32) {
	if s := &f.TCP.stream[d]; !s.began() {
		s.base, s.next, s.acked = isn, 1, 1
	}
}

// position turns a sequence number into a position: the one nearest to what comes next.
func (s *stream) position(seq uint32) int64 {
	return int64(s.next) + int64(int32(seq-(s.base+uint32(s.next))))
}

// segment takes the payload of a packet, n bytes by its headers, that begins at sequence number seq.
func (t *Table) segment(f *Flow, d Dir, p *Packet, seq uint32) {
	s := &f.TCP.stream[d]
	at, n := s.position(seq), int64(p.PayLen)
	b := p.Payload()
	t.stats.Segments++
	p.Marks |= Streamed
	if int64(len(b)) > n {
		b = b[:n]
	}
	if p.Flags&(FIN|RST) == FIN && at+n >= int64(s.next) && s.fin == 0 {
		s.fin = uint64(at + n)
	}
	switch {
	case n == 0 || s.ended:
	case s.stopped:
		t.cut(n)
	case at+n <= int64(s.next) || at+n <= int64(s.acked) && !t.o.Profile.DeliverOnAck:
		// Old bytes, handed on or given up before.
	case t.o.Profile.UrgentOOB && p.Flags&URG != 0 && p.Urgent > 0 && int64(p.Urgent) <= int64(len(b)):
		t.outOfBand(f, d, p, at, b, n)
	default:
		t.accept(f, d, p, at, b, n)
	}
	t.ending(f, d)
}

// outOfBand takes a segment with an urgent byte: the one before where the urgent pointer points to, as stacks have it
// (RFC 6093, 3.1).
func (t *Table) outOfBand(f *Flow, d Dir, p *Packet, at int64, b []byte, n int64) {
	s, u := &f.TCP.stream[d], int64(p.Urgent)
	if u > 1 && at+u-1 > int64(s.next) {
		t.accept(f, d, p, at, b[:u-1], u-1)
	}
	if at+u-1 >= int64(s.next) && t.room(f, d, p, 1) {
		t.urgent = true
		t.insert(f, d, p, uint64(at+u-1), b[u-1:u], 1)
		t.urgent = false
	}
	if n > u && at+n > int64(s.next) {
		t.accept(f, d, p, at+u, b[u:], n-u)
	}
}

// accept takes bytes at a position of which some are new.
func (t *Table) accept(f *Flow, d Dir, p *Packet, at int64, b []byte, n int64) {
	s := &f.TCP.stream[d]
	if at < int64(s.next) {
		skip := int64(s.next) - at
		at, n = at+skip, n-skip
		b = b[min(skip, int64(len(b))):]
	}
	if int64(len(b)) < n {
		t.event(f, d, p, EventTruncatedPayload)
	}
	if depth := t.o.Profile.Depth; depth > 0 && at+n > depth+1 {
		if s.noted&notedDepth == 0 {
			s.noted |= notedDepth
			t.event(f, d, p, EventDepth)
		}
		if t.o.Profile.DeliverOnAck && !s.stopped { // Suricata gives up on what waits for its acknowledgement
			t.cut(int64(s.held) + n)
			t.pieces.drop(t, s)
			s.stopped = true
			return
		}
		keep := max(0, depth+1-at)
		t.cut(n - min(n, keep))
		n = min(n, keep)
		b = b[:min(n, int64(len(b)))]
		if n == 0 {
			return
		}
	}
	if at == int64(s.next) && s.head == 0 && !t.o.Profile.DeliverOnAck {
		t.hand(f, d, b)
		if rest := n - int64(len(b)); rest > 0 && f.TCP.stream[d].next == uint64(at)+uint64(len(b)) {
			t.missing(f, d, rest)
		}
		return
	}
	if at > int64(s.next) {
		t.stats.OutOfOrder++
	}
	t.insert(f, d, p, uint64(at), b, uint32(n))
	if !t.o.Profile.DeliverOnAck {
		t.drain(f, d, ^uint64(0))
		t.unacked(f, d, p)
	}
}

// cut counts bytes that a limit left out.
func (t *Table) cut(n int64) {
	if n > 0 {
		t.stats.ReassemblyCut++
		t.stats.ReassemblyCutBytes += uint64(n)
	}
}

// hand gives the next bytes to the handler.
func (t *Table) hand(f *Flow, d Dir, b []byte) {
	if len(b) == 0 {
		return
	}
	f.TCP.stream[d].next += uint64(len(b))
	t.h.Data(f, d, b)
}

// missing gives up n bytes.
func (t *Table) missing(f *Flow, d Dir, n int64) {
	c := f.TCP
	s := &c.stream[d]
	s.next += uint64(n)
	t.stats.Gaps++
	t.stats.GapBytes += uint64(n)
	s.gaps++
	if t.o.Profile.DeliverOnAck || c.Side[d].clean() && c.Side[d^1].clean() {
		f.Missed[d] += uint64(n)
		f.scaled(d, 'G', &c.Side[d].gaps)
	}
	t.event(f, d, t.cur, EventGap)
	t.h.Gap(f, d, n)
}

// drain hands on waiting pieces that begin at the next position, up to limit.
func (t *Table) drain(f *Flow, d Dir, limit uint64) {
	s := &f.TCP.stream[d]
	for s.head != 0 {
		pc := t.pieces.at(s.head)
		if pc.at > s.next || pc.at >= limit {
			return
		}
		b, snapped := pc.data, pc.snapped
		if end := pc.at + uint64(len(b)) + uint64(snapped); end > limit {
			n := limit - pc.at
			b = b[:min(n, uint64(len(b)))]
			snapped = uint32(n) - uint32(len(b))
			t.hand(f, d, b)
			t.pieces.front(t, s, n) // not before: it may move the bytes
			if snapped > 0 {
				t.missing(f, d, int64(snapped))
			}
			return
		}
		own := t.pieces.unlinkFirst(t, s)
		if pc.urgent {
			s.next += uint64(len(b)) + uint64(snapped) // out of band: no part of the stream
			t.pieces.release(t, own)
			continue
		}
		t.hand(f, d, b)
		t.pieces.release(t, own)
		if snapped > 0 {
			t.missing(f, d, int64(snapped))
		}
	}
}

// acknowledged tells the stream of direction d that the other side has everything before position ack: what has not been
// seen of it will not come.
func (t *Table) acknowledged(f *Flow, d Dir, ack uint64) {
	c := f.TCP
	s := &c.stream[d]
	closes := s.fin != 0 && ack > s.fin && !s.finAcked
	if s.fin != 0 && ack > s.fin {
		ack = s.fin
		s.finAcked = true
	}
	if s.next == 0 || ack <= s.acked && !closes {
		return
	}
	s.acked = ack
	if s.stopped || s.ended {
		return
	}
	if ack > s.next || t.o.Profile.DeliverOnAck {
		t.upTo(f, d, ack)
	}
	t.ending(f, d)
}

// upTo hands on all before position to, with gaps for what is missing.
func (t *Table) upTo(f *Flow, d Dir, to uint64) {
	c := f.TCP
	s := &c.stream[d]
	if depth := t.o.Profile.Depth; depth > 0 {
		to = min(to, uint64(depth)+1)
	}
	for s.next < to && !s.ended {
		t.drain(f, d, to)
		if s.next >= to {
			return
		}
		hole := to
		if s.head != 0 {
			hole = min(to, t.pieces.at(s.head).at)
		}
		if s.head == 0 && t.o.Profile.DeliverOnAck {
			return // what is missing may still come, and is not waited for when there is something behind it
		}
		if t.innocent(f, d, hole) {
			s.next = hole
			continue
		}
		t.missing(f, d, int64(hole-s.next))
	}
}

// innocent tells whether a hole means nothing: before the first byte seen of a flow picked up in the middle, and in captures
// that hold nothing but SYN, FIN and RST.
func (t *Table) innocent(f *Flow, d Dir, to uint64) bool {
	c := f.TCP
	s, o := &c.Side[d], &c.Side[d^1]
	if c.stream[d].next > 1 || t.o.Profile.DeliverOnAck {
		return false
	}
	return to <= 2 && c.partial == 2 || s.finCount|s.rstCount|o.finCount|o.rstCount != 0 && c.stream[d].head == 0
}

// unacked bounds what waits behind a hole that nobody acknowledges.
func (t *Table) unacked(f *Flow, d Dir, p *Packet) {
	s := &f.TCP.stream[d]
	pr := &t.o.Profile
	switch {
	case pr.AboveHole > 0 && s.acked <= 1 && int64(s.held) > pr.AboveHole:
		t.event(f, d, p, EventAboveHole)
	case pr.Unacked > 0 && int64(s.held) > pr.Unacked:
		t.event(f, d, p, EventUnackedData)
	default:
		return
	}
	t.cut(int64(s.held))
	t.pieces.drop(t, s)
	s.stopped = true
}

// ending gives EndOfData once everything before the FIN was handed on. Where data waits for its acknowledgement the end does for
// that of the last FIN: see closed.
func (t *Table) ending(f *Flow, d Dir) {
	s := &f.TCP.stream[d]
	if s.fin == 0 || s.next < s.fin || t.o.Profile.DeliverOnAck {
		return
	}
	t.endOfData(f, d)
}

// closed gives EndOfData when both sides have closed, for the directions that had data. For others it comes when the flow ends.
func (t *Table) closed(f *Flow) {
	for d := Orig; d <= Resp; d++ {
		if s := &f.TCP.stream[d]; s.next > 1 && s.head == 0 {
			t.endOfData(f, d)
		}
	}
}

// broken hands on what waits of the side that sent a RST, and ends it. The other ends when the flow does.
func (t *Table) broken(f *Flow, d Dir) {
	s := &f.TCP.stream[d]
	if !s.began() || s.ended {
		return
	}
	if t.o.Profile.FlushPending && !s.stopped && s.head != 0 {
		t.upTo(f, d, t.pieces.end(s))
	}
	t.endOfData(f, d)
}

func (t *Table) endOfData(f *Flow, d Dir) {
	s := &f.TCP.stream[d]
	if s.ended {
		return
	}
	s.ended = true
	if s.head != 0 {
		t.cut(int64(s.held))
		t.pieces.drop(t, s)
	}
	t.h.EndOfData(f, d)
}

// finish hands on what still waits, and ends both directions.
func (t *Table) finish(f *Flow) {
	for d := Orig; d <= Resp; d++ {
		s := &f.TCP.stream[d]
		if t.o.Profile.FlushPending && !s.ended && !s.stopped && s.head != 0 {
			t.upTo(f, d, t.pieces.end(s))
		}
		if f.swap { // what was handed on just now told it
			f.swapSides()
		}
		t.endOfData(f, d)
	}
}

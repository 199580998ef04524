package flow

// The endpoint view of TCP: each side has a state of its own, after Zeek. It accepts whatever comes and says what was odd.

// farSeq is a step in sequence numbers that is too large to be believed of a SYN or RST.
const farSeq = 1 << 20

// A side that sends FIN or RST more than stormCount times within stormGap between them makes a storm.
const (
	stormCount = 1000
	stormGap   = second
)

// segment is what the endpoint view derives from one packet.
type segment struct {
	f      *Flow
	p      *Packet
	d      Dir
	me     *TCPSide
	peer   *TCPSide
	flags  TCPFlags
	length uint32 // payload by the headers
	span   uint32 // in sequence space
	rel    uint64 // relative sequence number
	relAck uint64
	acks   bool // relAck is to be believed
}

// turnSeq is a sequence number in the space of 64 bits.
func turnSeq(seq, turns uint32) uint64 { return uint64(turns)<<32 | uint64(seq) }

// relative gives the offset of seq from the side's first sequence number. ref and turns say where the side was. under
// tells that seq lies before the start.
func (s *TCPSide) relative(seq, ref, turns uint32) (rel uint64, under bool) {
	delta := int32(seq - ref)
	switch {
	case delta < 0 && turns > 0 && seq > ref:
		turns-- // of the previous turn
	case delta > 0 && seq < ref:
		turns++
	}
	if turns == 0 {
		under = int32(seq-s.start) < 0
	}
	return turnSeq(seq, turns) - uint64(s.start), under
}

// init sets all sequence numbers of a side.
func (s *TCPSide) init(start, last uint32) {
	s.start, s.ack, s.last = start, start, last
	s.lastTurns, s.ackTurns = 0, 0
	if last < start {
		s.lastTurns = 1
	}
}

// size is the number of payload bytes by sequence numbers.
func (s *TCPSide) size(peer *TCPSide) uint64 {
	if s.prev == TCPSynSent && s.State == TCPReset && peer.State == TCPInactive && s.ack == s.start {
		return 0 // a SYN without an answer, then a RST whose numbers say nothing
	}
	n := max(turnSeq(s.last, s.lastTurns), turnSeq(s.ack, s.ackTurns)) - uint64(s.start)
	if n > 0 {
		n-- // the SYN
	}
	if s.finCount != 0 && n > 0 {
		n--
	}
	return n
}

func (s *TCPSide) set(state TCPState) {
	s.prev, s.State = s.State, state
}

// endpoints runs a packet through the endpoint view. It gives the relative numbers that reassembly goes by.
func (t *Table) endpoints(f *Flow, d Dir, p *Packet) segment {
	c := f.TCP
	s := segment{f: f, p: p, d: d, me: &c.Side[d], peer: &c.Side[d^1], flags: p.Flags, length: p.PayLen}
	s.span = s.length
	if s.flags&RST != 0 {
		s.span = 0 // the payload of a RST is not part of the stream
	}
	s.span += uint32(s.flags>>1&1) + uint32(s.flags&1)
	if c.partial == 0 {
		c.partial = 2
		if s.flags&SYN != 0 {
			c.partial = 1
		}
		f.Midstream = c.partial == 2
	}
	t.initSide(&s)
	if s.peer.State == TCPInactive && s.flags&ACK != 0 {
		t.initPeer(&s)
	}
	var under bool
	s.rel, under = s.me.relative(p.Seq, s.me.last, s.me.lastTurns)
	if under && s.flags&RST == 0 {
		t.event(f, d, p, EventSeqUnderflow)
	}
	t.letters(&s)
	t.window(&s)
	if !c.Side[0].didClose || !c.Side[1].didClose {
		f.LastSub = p.Frame.Nanos
	}
	if s.flags&ACK != 0 {
		s.relAck, under = s.peer.relative(p.Ack, s.peer.ack, s.peer.ackTurns)
		switch {
		case s.flags&RST != 0: // not to be trusted
		case under:
			t.event(f, d, p, EventAckUnderflow)
		default:
			s.acks = true
			s.peer.acked(p.Ack)
		}
	}
	delta := t.advance(&s)
	t.oddFlags(&s)
	t.transition(&s, delta)
	s.me.Flags |= s.flags
	s.me.Size, s.peer.Size = s.me.size(s.peer), s.peer.size(s.me)
	return s
}

// acked notes an acknowledgement of what s sent.
func (s *TCPSide) acked(ack uint32) {
	delta := int32(ack - s.ack)
	if delta <= 0 || ack == 0 && delta > farSeq {
		return // old, or a broken stack that sends zeros
	}
	if ack < s.ack {
		s.ackTurns++
	}
	s.ack = ack
}

// initSide starts, or starts anew, the sequence space of the sender.
func (t *Table) initSide(s *segment) {
	me, seq, syn := s.me, s.p.Seq, s.flags&SYN != 0
	switch me.State {
	case TCPInactive:
		if syn {
			me.init(seq, seq+s.span)
		} else {
			me.init(seq-1, seq) // as if a SYN had been sent just before
		}
		me.scale = -1
		t.begin(s.f, s.d, me.start)
	case TCPSynSent, TCPSynAckSent:
		if syn && seq != me.start {
			t.event(s.f, s.d, s.p, EventSYNSeqJump)
			t.restart(s)
		}
	case TCPEstablished, TCPPartial:
		if !syn {
			return
		}
		size := me.size(s.peer)
		if size > 0 {
			t.event(s.f, s.d, s.p, EventSYNInside)
		}
		if seq != me.start {
			t.event(s.f, s.d, s.p, EventSYNSeqJump)
			if size == 0 {
				t.restart(s)
			}
		}
	case TCPReset:
		if syn && me.prev == TCPInactive {
			t.restart(s) // the RST that came first was not theirs, or its numbers say nothing
		}
	}
}

func (t *Table) restart(s *segment) {
	s.me.init(s.p.Seq, s.p.Seq)
	t.begin(s.f, s.d, s.p.Seq)
}

// initPeer starts the sequence space of a side that has not been heard, by what is acknowledged to it.
func (t *Table) initPeer(s *segment) {
	ack := s.p.Ack
	if s.flags&(SYN|FIN|RST) == 0 {
		if st := s.me.State; st == TCPSynSent || st == TCPSynAckSent || st == TCPEstablished {
			t.event(s.f, s.d, s.p, EventSplitRouting)
		}
	}
	// Either data or a SYN of theirs was acknowledged. What is acknowledged before they are heard is not counted.
	s.peer.init(ack-1, ack)
	t.begin(s.f, s.d^1, ack-1)
}

// advance moves the end of what the sender sent, and returns by how much the segment goes beyond it.
func (t *Table) advance(s *segment) int32 {
	me, end := s.me, s.p.Seq+s.span
	delta := int32(end - me.last)
	switch {
	case s.flags&(SYN|RST) != 0 && (delta > farSeq || delta < -farSeq):
		// Numbers far off are believed of what begins or resets a connection only when nothing was acknowledged.
		if me.ack == me.start {
			me.last, me.lastTurns = end, 0
			if end < me.start {
				me.lastTurns = 1
			}
		}
	case s.flags&FIN != 0 && me.last == me.start+1:
		me.move(end) // between a SYN and a FIN there may be more than 2 GiB that were not captured
	case me.State == TCPReset:
	case delta > 0:
		me.move(end)
	case s.length > 0:
		t.stats.Retransmitted++
		s.f.scaled(s.d, 'T', &me.resent)
	}
	return delta
}

func (s *TCPSide) move(seq uint32) {
	if seq < s.last {
		s.lastTurns++
	}
	s.last = seq
}

// oddFlags counts FINs and RSTs, and tells of combinations of flags that make no sense.
func (t *Table) oddFlags(s *segment) {
	me := s.me
	soon := s.p.Frame.Nanos < t.before+stormGap
	if s.flags&SYN != 0 {
		if s.flags&RST != 0 {
			t.event(s.f, s.d, s.p, EventChristmas)
		}
		if s.flags&URG != 0 {
			t.event(s.f, s.d, s.p, EventBaroqueSYN)
		}
		if s.length > 0 {
			t.event(s.f, s.d, s.p, EventSYNData)
		}
	}
	if s.flags&FIN != 0 {
		if soon && me.finCount == stormCount {
			t.event(s.f, s.d, s.p, EventFINStorm)
		}
		me.finCount = min(me.finCount, stormCount) + 1
	}
	if s.flags&RST != 0 {
		if soon && me.rstCount == stormCount {
			t.event(s.f, s.d, s.p, EventRSTStorm)
		}
		me.rstCount = min(me.rstCount, stormCount) + 1
	}
}

// letters adds what the segment is to the history.
func (t *Table) letters(s *segment) {
	me, h := s.me, &s.f.History
	once := func(bit uint8, c byte) bool {
		if me.hist&bit != 0 {
			return false
		}
		me.hist |= bit
		h.Add(letter(s.d, c))
		return true
	}
	repeated := func(bit uint8, c byte, at *uint32, seq uint32) {
		if once(bit, c) {
			*at = seq
		} else if *at != seq {
			h.Add(letter(s.d, c))
		}
	}
	rel := uint32(s.rel)
	switch s.flags & (SYN | FIN | RST) {
	case 0:
		if s.length > 0 {
			once(histData, 'D')
		} else if s.flags&ACK != 0 {
			once(histAck, 'A')
		}
	case SYN:
		if s.flags&ACK != 0 {
			repeated(histSYNACK, 'H', &me.histSYN, rel)
		} else {
			repeated(histSYN, 'S', &me.histSYN, rel)
		}
	case FIN:
		repeated(histFIN, 'F', &me.histFIN, rel+s.length)
	case RST:
		repeated(histRST, 'R', &me.histRST, rel)
	case FIN | RST:
		once(histMultiI, 'I')
	default:
		once(histMultiQ, 'Q')
	}
}

// window follows the offered window and tells when it shrinks.
func (t *Table) window(s *segment) {
	me := s.me
	if s.flags&SYN != 0 {
		// Windows of SYNs are unscaled, and often changed at once.
		me.scale = int8(windowScale(s.p))
		return
	}
	if s.p.Window == 0 && s.flags&RST == 0 {
		s.f.scaled(s.d, 'W', &me.zeroed)
	}
	scale := uint8(0)
	if me.scale > 0 && s.peer.scale >= 0 {
		scale = uint8(me.scale)
	}
	window := uint32(s.p.Window) << scale
	fresh := me.windowSeq|me.windowAck == 0
	if s.flags&(RST|ACK) != ACK || !fresh && (int32(s.p.Seq-me.windowSeq) < 0 || int32(s.p.Ack-me.windowAck) < 0) {
		return
	}
	if !fresh {
		if shrunk := int32(me.windowAck + me.window - s.p.Ack - window); shrunk > 0 && shrunk>>scale != 0 {
			t.event(s.f, s.d, s.p, EventWindowRecision)
		}
	}
	me.window, me.windowSeq, me.windowAck = window, s.p.Seq, s.p.Ack
}

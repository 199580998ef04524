package flow

// transition moves the sender's endpoint state. delta says by how much the segment went beyond what was sent before.
func (t *Table) transition(s *segment, delta int32) {
	var closes bool
	switch s.me.State {
	case TCPInactive:
		closes = t.fromInactive(s)
	case TCPSynSent, TCPSynAckSent:
		closes = t.fromSynSent(s)
	case TCPEstablished, TCPPartial:
		closes = t.fromEstablished(s)
	case TCPClosed:
		closes = t.fromClosed(s, delta)
	case TCPReset:
		closes = t.fromReset(s)
	}
	if closes {
		t.sideClosed(s)
	}
}

func (t *Table) odd(s *segment, e Event) { t.event(s.f, s.d, s.p, e) }

func (t *Table) fromInactive(s *segment) (closes bool) {
	me, peer := s.me, s.peer
	if s.flags&SYN != 0 {
		if s.d == Orig {
			t.firstSYN(s)
		} else {
			t.firstReply(s)
		}
	}
	if s.flags&FIN != 0 {
		me.set(TCPClosed)
		closes = true
		if peer.State != TCPPartial && s.flags&SYN == 0 {
			t.odd(s, EventSpontaneousFIN)
		}
	}
	if s.flags&RST != 0 {
		me.set(TCPReset)
		closes = true
		if peer.State == TCPInactive {
			t.odd(s, EventSpontaneousRST)
		}
	}
	if me.State == TCPInactive {
		if s.d == Resp && peer.State == TCPSynSent && s.length > 0 {
			t.odd(s, EventDataWithoutSYNACK)
		}
		me.set(TCPPartial)
	}
	return closes
}

// firstSYN is the originator's first segment, a SYN.
func (t *Table) firstSYN(s *segment) {
	switch {
	case s.flags&ACK == 0:
		s.me.set(TCPSynSent)
	case s.peer.State == TCPSynSent:
		s.me.set(TCPEstablished)
	default:
		s.me.set(TCPSynAckSent)
		t.odd(s, EventOriginatorSYNACK)
	}
	if d := t.o.Profile.TCPAttempt; d > 0 {
		s.f.TCP.attemptAt = s.p.Frame.Nanos + d
	}
}

// firstReply is the responder's first segment, a SYN.
func (t *Table) firstReply(s *segment) {
	peer := s.peer
	if s.flags&ACK != 0 {
		if peer.State != TCPInactive && peer.State != TCPPartial && !between(s.p.Ack, peer.start, peer.last) {
			t.odd(s, EventBadSYNACK)
		}
	} else if peer.State == TCPSynAckSent {
		peer.set(TCPEstablished) // the answer was captured before the SYN
	}
	switch peer.State {
	case TCPSynSent:
		peer.set(TCPEstablished)
	case TCPInactive:
		t.odd(s, EventUnsolicitedSYN)
	}
	s.me.set(TCPEstablished)
}

// between tells whether lo <= seq <= hi in the circular space.
func between(seq, lo, hi uint32) bool { return seq-lo <= hi-lo }

func (t *Table) fromSynSent(s *segment) (closes bool) {
	me, peer := s.me, s.peer
	if s.flags&SYN != 0 {
		if s.d == Orig {
			if s.flags&(ACK|FIN|RST) == ACK && me.State != TCPSynAckSent {
				t.odd(s, EventRepeatedSYNWithACK)
			}
		} else if s.flags&ACK == 0 && me.State != TCPSynSent {
			t.odd(s, EventRepeatedSYNReply)
		}
	}
	switch {
	case s.flags&RST != 0:
		me.set(TCPReset)
		return true
	case s.flags&FIN != 0:
		if peer.State == TCPInactive || peer.State == TCPSynSent {
			t.odd(s, EventInappropriateFIN)
		}
		me.set(TCPClosed)
		return true
	case s.length > 0 && s.flags&SYN == 0:
		t.odd(s, EventDataBeforeEstablished)
	}
	return false
}

func (t *Table) fromEstablished(s *segment) (closes bool) {
	me, peer := s.me, s.peer
	if s.flags&(SYN|ACK) == SYN && me.State == TCPPartial && peer.State == TCPInactive {
		t.odd(s, EventSYNAfterPartial)
		me.set(TCPSynSent)
	}
	switch {
	case s.flags&RST != 0:
		me.set(TCPReset)
		return true
	case s.flags&FIN != 0:
		me.set(TCPClosed)
		if peer.State == TCPReset && peer.prev == TCPClosed {
			peer.set(TCPClosed) // they sent a FIN and then a RST: an orderly end after all
		}
		return true
	}
	return false
}

func (t *Table) fromClosed(s *segment, delta int32) (closes bool) {
	if s.flags&SYN != 0 {
		t.odd(s, EventSYNAfterClose)
	}
	if s.flags&(FIN|RST) == FIN && delta > 0 {
		t.odd(s, EventFINAdvanced)
	}
	if s.flags&RST != 0 && s.peer.State != TCPClosed {
		s.me.set(TCPReset) // once both sent a FIN, a RST changes nothing
		return true
	}
	return false
}

func (t *Table) fromReset(s *segment) (closes bool) {
	if s.flags&SYN != 0 {
		t.odd(s, EventSYNAfterReset)
	}
	if s.flags&FIN != 0 {
		t.odd(s, EventFINAfterReset)
	}
	if s.length > 0 && s.flags&RST == 0 {
		t.odd(s, EventDataAfterReset)
	}
	return false
}

// sideClosed notes that a side sent FIN or RST and sets the timer that ends the flow.
func (t *Table) sideClosed(s *segment) {
	c, pr := s.f.TCP, &t.o.Profile
	if s.me.didClose && s.me.State != TCPReset {
		return
	}
	s.me.didClose = true
	switch {
	case s.me.State == TCPReset:
		c.endAt(s.f.LastSub, pr.TCPReset)
	case s.peer.didClose || s.peer.State == TCPInactive:
		c.endAt(s.f.LastSub, pr.TCPClose)
	}
}

// endAt sets when the flow is forgotten, unless that is settled.
func (c *TCP) endAt(last, delay int64) {
	if c.deleteAt == 0 && delay > 0 {
		c.deleteAt = last + delay
	}
}

// reuse tells whether a packet begins a new connection between the end points of f.
func (t *Table) reuse(f *Flow, d Dir, p *Packet) bool {
	if f.TCP == nil || p.Flags&SYN == 0 {
		return false
	}
	o, r := &f.TCP.Side[Orig], &f.TCP.Side[Resp]
	if o.State == TCPInactive && r.State == TCPInactive && f.TCP.sess == nil {
		return true
	}
	if c := f.TCP; c.sess != nil {
		return c.Session >= SessionLastAck && p.Flags&ACK == 0 && d == Orig && p.Seq != c.sess.side[Orig].isn
	}
	if p.Flags&ACK != 0 || d == Resp && r.State == TCPInactive {
		return false // an answer, or both sides open at once
	}
	if p.Seq == o.start {
		return f.TCP.deleteAt != 0 // a SYN sent again begins anew after it was refused
	}
	if r.State != TCPInactive && p.Seq == r.start {
		return false // a SYN that was captured after its answer, or again
	}
	recent := p.Frame.Nanos-f.LastSub < t.o.Profile.Linger
	switch {
	case o.State == TCPSynSent:
		t.event(f, d, p, EventSYNSeqJump)
	case recent && (o.active() || r.active()):
		t.event(f, d, p, EventActiveReuse)
	case recent && o.prev != TCPReset && r.prev != TCPReset:
		t.event(f, d, p, EventPrematureReuse)
	}
	return true
}

func (s *TCPSide) active() bool { return s.State == TCPEstablished || s.State == TCPPartial }

// clean tells whether the side speaks, or has ended, after an orderly beginning.
func (s *TCPSide) clean() bool {
	return s.State == TCPEstablished || s.State == TCPClosed && s.prev == TCPEstablished
}

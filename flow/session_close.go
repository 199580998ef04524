package flow

// fin handles a FIN. Suricata names the states from the server's side: a client's FIN leads to CLOSE_WAIT, a server's to
// FIN_WAIT1.
func (l *look) fin() bool {
	st := l.c.Session
	end := l.p.Seq + l.length
	switch st {
	case SessionSynRecv, SessionEstablished:
		if !l.ackValid(EventFINInvalidAck) {
			return false
		}
		if before(l.p.Seq, l.me.acked) && before(end, l.me.acked) || l.outside(end) {
			return l.odd(EventFINOutOfWindow)
		}
		l.finish(end)
		if l.d == Orig {
			l.enter(SessionCloseWait)
		} else {
			l.enter(SessionFinWait1)
		}
		return true
	}
	if l.me.fin {
		return l.finAgain(end)
	}
	if wrong, invalid := finEvents(st); wrong != EventNone {
		if before(l.p.Seq, l.me.acked) || l.outside(end) {
			return l.odd(wrong)
		}
		if !l.ackValid(invalid) {
			return false
		}
	}
	acksTheirs := l.flags&ACK != 0 && l.you.fin && !before(l.p.Ack, l.you.finSeq)
	l.finish(end)
	switch st {
	case SessionFinWait1:
		if acksTheirs {
			l.enter(SessionTimeWait)
		} else {
			l.enter(SessionClosing)
		}
	case SessionFinWait2:
		l.enter(SessionTimeWait)
	case SessionCloseWait:
		l.enter(SessionLastAck)
	}
	return true
}

// finEvents are the events of a FIN with wrong numbers in each state.
func finEvents(st SessionState) (wrong, invalid Event) {
	switch st {
	case SessionFinWait1:
		return EventFin1FINWrongSeq, EventFin1InvalidAck
	case SessionFinWait2:
		return EventFin2FINWrongSeq, EventFin2InvalidAck
	case SessionCloseWait:
		return EventCloseWaitFINOutOfWindow, EventCloseWaitInvalidAck
	}
	return EventNone, EventNone
}

// finish takes over an accepted FIN.
func (l *look) finish(end uint32) {
	l.me.fin, l.me.finSeq = true, end+1
	l.me.next = latest(l.me.next, end+1)
	l.take()
}

// finAgain is a FIN of a side that sent one before.
func (l *look) finAgain(end uint32) bool {
	if end+1 != l.me.finSeq && after(end+1, l.me.finSeq) {
		if l.c.Session == SessionCloseWait {
			return l.odd(EventCloseWaitFINOutOfWindow)
		}
		return l.odd(EventFINOutOfWindow)
	}
	l.t.event(l.f, l.d, l.p, EventRetransmission)
	l.take()
	l.acknowledgeFIN()
	return true
}

// closingAck handles segments without FIN after a FIN was seen.
func (l *look) closingAck() bool {
	st := l.c.Session
	wrong, invalid := ackEvents(st)
	if !l.ackValid(invalid) {
		return false
	}
	end := l.p.Seq + l.length
	switch {
	case st == SessionCloseWait && l.length > 0 && before(end, l.me.acked):
		return l.odd(EventCloseWaitBeforeLastAck)
	case l.outside(end), l.me.fin && after(end, l.me.finSeq):
		return l.odd(wrong)
	}
	if l.length > 0 && notAfter(end, l.me.next) && l.p.Seq != l.me.next {
		l.t.event(l.f, l.d, l.p, EventRetransmission)
	}
	l.advance()
	l.acknowledgeFIN()
	return true
}

// ackEvents are the events of an ACK with wrong numbers in each state.
func ackEvents(st SessionState) (wrong, invalid Event) {
	switch st {
	case SessionFinWait1:
		return EventFin1AckWrongSeq, EventFin1InvalidAck
	case SessionFinWait2:
		return EventFin2AckWrongSeq, EventFin2InvalidAck
	case SessionCloseWait:
		return EventCloseWaitAckOutOfWindow, EventCloseWaitInvalidAck
	case SessionClosing:
		return EventClosingAckWrongSeq, EventClosingInvalidAck
	case SessionLastAck:
		return EventLastAckWrongSeq, EventLastAckInvalidAck
	default:
		return EventTimeWaitWrongSeq, EventTimeWaitInvalidAck
	}
}

// acknowledgeFIN moves the session on when a FIN was acknowledged.
func (l *look) acknowledgeFIN() {
	if l.flags&ACK == 0 || !l.you.fin || before(l.p.Ack, l.you.finSeq) {
		return
	}
	switch l.c.Session {
	case SessionFinWait1:
		if l.d == Orig {
			l.enter(SessionFinWait2)
		}
	case SessionClosing:
		l.enter(SessionTimeWait)
	case SessionLastAck:
		if l.d == Orig {
			l.enter(SessionClosed)
		}
	case SessionTimeWait:
		l.enter(SessionClosed)
	}
}

// closed handles what comes after the end.
func (l *look) closed() bool {
	if l.flags&SYN != 0 {
		return l.odd(EventShutdownSYN)
	}
	return false
}

// reset handles a RST. One that the receiver would not believe is an event and ends nothing.
func (l *look) reset() bool {
	switch {
	case l.c.Session == SessionClosed:
		return false
	case l.c.Session == SessionSynSent:
		if l.d == Resp && l.p.Ack != l.you.isn+1 && !l.s.fourWay && !(l.s.early && l.p.Ack == l.you.next) {
			return l.odd(EventRSTInvalidAck)
		}
		if l.d == Orig && l.p.Seq != l.me.isn && l.p.Seq != l.me.next {
			return l.odd(EventSuspectedRST)
		}
	case !l.resetValid():
		return false
	}
	l.enter(SessionClosed)
	return true
}

func (l *look) resetValid() bool {
	if l.me.stamps {
		if ts, ok := timestamp(l.p); ok && ts != 0 && !l.stampValid() {
			return l.odd(EventSuspectedRST)
		}
	}
	if l.s.async || l.s.midstream && l.me.next == l.me.isn+1 {
		return true
	}
	if l.flags&ACK != 0 && l.p.Ack != 0 && after(l.p.Ack, latest(l.you.next, l.you.limit)) {
		l.odd(EventRSTInvalidAck)
		return false
	}
	// Within the window of the receiver, with room for what was not captured.
	if before(l.p.Seq, l.me.acked-1) || after(l.p.Seq, latest(l.me.limit, l.me.next)) {
		return l.odd(EventSuspectedRST)
	}
	return true
}

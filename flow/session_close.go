package flow

// fin handles a FIN. Suricata names the states from the server's side: a client's FIN leads to CLOSE_WAIT, a server's to
// FIN_WAIT1.
func (l *look) fin() bool {
	st := l.c.Session
	end := l.p.Seq + l.length
	switch st {
	case SessionSynRecv, SessionEstablished:
		if before(end, l.me.acked) || l.outside(end) {
			return l.odd(EventFINOutOfWindow)
		}
		if l.flags&SYN != 0 {
			return l.odd(EventFINSYN)
		}
		if !l.ackValid(EventFINInvalidAck) {
			return false
		}
		l.finish(end)
		if l.d == Orig {
			l.enter(SessionCloseWait)
		} else {
			l.me.next = latest(l.me.next, end+1)
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
	l.finish(end)
	switch st {
	case SessionFinWait1, SessionFinWait2:
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
	l.me.next = latest(l.me.next, end) // the FIN itself counts once it is acknowledged
	l.take()
}

// finAgain is a FIN of a side that sent one before.
func (l *look) finAgain(end uint32) bool {
	if l.outside(end) {
		if l.c.Session == SessionCloseWait {
			return l.odd(EventCloseWaitFINOutOfWindow)
		}
		return l.odd(EventFINOutOfWindow)
	}
	l.again(end)
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
	slack := uint32(0)
	if l.d == Orig { // whose FIN may not be counted yet
		slack = 1
	}
	switch {
	case st == SessionCloseWait && l.length > 0 && before(end, l.me.acked):
		return l.odd(EventCloseWaitBeforeLastAck)
	case l.outside(end), st >= SessionTimeWait && st != SessionCloseWait && after(l.p.Seq, l.me.next+slack):
		return l.odd(wrong)
	}
	l.again(end)
	inOrder := l.p.Seq == l.me.next || l.p.Seq == l.me.next+1 && st != SessionFinWait1
	l.advance()
	if inOrder {
		l.acknowledgeFIN()
	}
	return true
}

// again tells of data that was sent before.
func (l *look) again(end uint32) {
	if l.length == 0 || after(end, l.me.next) && !before(l.p.Seq, l.me.acked) {
		return
	}
	if notAfter(end, l.me.acked) {
		l.t.event(l.f, l.d, l.p, EventSpurious)
	}
	if l.p.Seq != l.me.next {
		l.t.event(l.f, l.d, l.p, EventRetransmission)
	}
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
	case SessionLastAck:
		return EventLastAckWrongSeq, EventLastAckInvalidAck
	default:
		return EventTimeWaitWrongSeq, EventTimeWaitInvalidAck
	}
}

// acknowledgeFIN moves the session on when a FIN was acknowledged.
func (l *look) acknowledgeFIN() {
	if l.flags&ACK == 0 || !l.you.fin || l.p.Ack != l.you.finSeq && l.c.Session != SessionLastAck && l.c.Session != SessionTimeWait {
		return
	}
	switch l.c.Session {
	case SessionFinWait1:
		if l.d == Orig {
			l.enter(SessionFinWait2)
		}
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
	return false
}

// reset handles a RST. One that the receiver would not believe is an event and ends nothing.
func (l *look) reset() bool {
	switch {
	case l.c.Session == SessionClosed:
		return false
	case l.c.Session == SessionSynSent:
		if !l.refusal() {
			return false
		}
	case !l.resetValid():
		return false
	}
	l.enter(SessionClosed)
	return true
}

// refusal tells whether a RST answers, or takes back, a SYN.
func (l *look) refusal() bool {
	isn := l.s.side[Orig].isn
	if l.flags&ACK != 0 && l.p.Ack != isn+1 && !(l.d == Resp && l.s.early && l.p.Ack == l.you.next) {
		l.odd(EventInvalidAck)
		return l.odd(EventRSTInvalidAck)
	}
	if l.d == Orig {
		return l.p.Seq == isn && l.p.Window == 0 && l.flags&ACK != 0
	}
	return l.echoValid() && (l.p.Seq == 0 || l.s.fourWay)
}

func (l *look) resetValid() bool {
	if l.me.stamps {
		if ts, ok := timestamp(l.p); ok && ts != 0 && !l.stampValid() {
			return false
		}
	}
	if l.s.async || l.s.midstream && l.me.next == l.me.isn+1 {
		return true
	}
	if !l.ackValid(EventRSTInvalidAck) {
		return false
	}
	return l.p.Seq == l.me.next
}

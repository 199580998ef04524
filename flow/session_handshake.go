package flow

import "slices"

// maxSynAcks is how many SYN-ACKs that differ are told apart before they are taken for a flood.
const maxSynAcks = 5

// synSent follows the client's SYN.
func (l *look) synSent() bool {
	if l.d == Resp && !l.echoValid() {
		return false
	}
	switch {
	case l.flags&(SYN|ACK) == SYN|ACK:
		return l.synAck()
	case l.flags&SYN != 0 && l.d == Orig:
		if ts, ok := timestamp(l.p); ok && l.me.stamps {
			l.me.stamp, l.me.stampAt = ts, l.p.Frame.Nanos // the answer may echo this one's
		}
		return false
	case l.flags&SYN != 0: // both sides open
		l.s.fourWay = true
		l.begin()
		l.me.limit = l.me.next + l.you.window
		return false
	case l.flags&ACK == 0:
		return false
	case l.s.fourWay && l.d == Resp:
		return l.fourWayAck()
	case l.s.fourWay:
		return false
	case l.t.o.Profile.Async && l.d == Orig:
		if l.p.Seq != l.me.next {
			return l.odd(EventAsyncWrongSeq)
		}
		l.s.async = true
		l.pickUpPeer(l.p.Ack - 1)
		l.you.limit = l.p.Ack + l.offered()
		l.me.limit = l.me.next + max(l.me.window, l.length)
		l.enter(SessionEstablished)
		l.advance()
		return true
	}
	return false
}

// synAck answers a SYN.
func (l *look) synAck() bool {
	if l.s.fourWay {
		if l.p.Ack != l.you.isn+1 {
			return l.odd(EventFourWayWrongAck)
		}
		if l.p.Seq != l.me.isn {
			return l.odd(EventFourWayWrongSYN)
		}
		l.enter(SessionSynRecv)
		l.you.acked = l.p.Ack
		return true
	}
	if l.d == Orig {
		return l.odd(EventSYNACKWrongDirection)
	}
	if l.p.Ack != l.you.isn+1 && !(l.s.early && l.p.Ack == l.you.next) {
		return l.odd(EventSYNACKWrongAck)
	}
	l.begin()
	l.windows()
	l.enter(SessionSynRecv)
	return l.s.early
}

// windows sets what both sides may send after a SYN-ACK.
func (l *look) windows() {
	me, you := l.me, l.you
	if !me.stamps || !you.stamps {
		me.stamps, you.stamps = false, false
	}
	you.acked = l.p.Ack
	you.next = latest(you.next, l.p.Ack)
	you.limit = you.acked + me.window
	me.limit = me.next + you.window
}

// fourWayAck ends a handshake in which both sides sent a SYN.
func (l *look) fourWayAck() bool {
	if l.p.Seq != l.me.next {
		return l.odd(EventFourWayWrongSeq)
	}
	if l.p.Ack != l.you.isn+1 {
		return l.odd(EventFourWayInvalidAck)
	}
	l.enter(SessionEstablished)
	l.advance()
	return true
}

// synRecv follows the server's SYN-ACK.
func (l *look) synRecv() bool {
	switch {
	case l.flags&FIN != 0:
		return l.stampValid() && l.fin()
	case l.flags&(SYN|ACK) == SYN|ACK:
		return l.synAckAgain()
	case l.flags&SYN != 0:
		if l.d == Resp {
			return l.odd(EventSYNToClientSynRecv)
		}
		if l.p.Seq != l.me.isn {
			return l.odd(EventSYNResendDiffSeqSynRecv)
		}
		return false
	case l.flags&ACK == 0:
		return false
	case l.d == Resp && !l.s.midstream && !l.s.fourWay:
		if l.s.early {
			return l.established()
		}
		if l.p.Seq != l.me.next || l.p.Ack != l.you.next {
			return l.odd(EventAckWrongDirection)
		}
		l.enter(SessionEstablished) // the client's ACK was not captured
		return l.established()
	}
	return l.thirdAck()
}

// synAckAgain is a SYN-ACK that follows another.
func (l *look) synAckAgain() bool {
	if l.d == Orig && !l.s.fourWay {
		return l.odd(EventSYNACKToServerSynRecv)
	}
	switch {
	case l.s.fourWay:
		l.you.acked = l.p.Ack
		return false
	case l.p.Ack != l.you.isn+1 && !(l.s.early && l.p.Ack == l.you.next):
		return l.odd(EventSYNACKResendDiffAck)
	case l.p.Seq == l.me.isn:
		l.windows()
		return false
	case slices.Contains(l.s.others[:l.s.synAcks], l.p.Seq):
		return false
	case l.s.synAcks == maxSynAcks:
		return l.odd(EventSYNACKFlood)
	}
	l.s.others[l.s.synAcks] = l.p.Seq
	l.s.synAcks++
	return false
}

// choose takes over the SYN-ACK that the client answers, when the server sent several.
func (l *look) choose() {
	for _, isn := range l.s.others[:l.s.synAcks] {
		if l.p.Ack == isn+1 {
			l.you.isn, l.you.next = isn, isn+1
			l.t.begin(l.f, l.d^1, isn)
			return
		}
	}
}

// thirdAck is the client's answer to the SYN-ACK.
func (l *look) thirdAck() bool {
	if !l.stampValid() {
		return false
	}
	l.choose()
	right := l.p.Seq == l.me.next || l.s.early && notAfter(l.me.isn+1, l.p.Seq) && notAfter(l.p.Seq, l.me.next)
	switch {
	case right && l.p.Ack == l.you.next:
	case right:
		if l.s.midstream && after(l.p.Ack, l.you.isn) {
			l.you.next = l.p.Ack
			break
		}
		return l.odd(EventRightSeqWrongAck)
	case after(l.p.Seq, l.me.next) && notAfter(l.p.Seq, l.me.limit) && l.p.Ack == l.you.next:
		// The ACK itself was not captured; this is data behind it.
	case l.s.midstream:
	default:
		return l.odd(EventWrongSeqWrongAck)
	}
	l.enter(SessionEstablished)
	l.you.acked = latest(l.you.acked, l.p.Ack)
	l.you.limit = l.p.Ack + l.offered()
	l.me.limit = latest(l.me.limit, l.me.next+l.you.window)
	l.advance()
	return true
}

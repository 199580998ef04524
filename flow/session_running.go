package flow

import "encoding/binary"

// running handles the states from ESTABLISHED to TIME_WAIT.
func (l *look) running() bool {
	switch {
	case l.flags&FIN != 0:
		return l.stampValid() && l.fin()
	case l.flags&(SYN|ACK) == SYN|ACK:
		return l.lateSynAck()
	case l.flags&SYN != 0:
		return l.lateSyn()
	case l.flags&ACK == 0:
		return false // data without ACK is not part of a connection
	case !l.stampValid():
		return false
	}
	if l.c.Session == SessionEstablished {
		return l.established()
	}
	return l.closingAck()
}

// lateSynAck is a SYN-ACK within an open session.
func (l *look) lateSynAck() bool {
	if l.c.Session != SessionEstablished {
		return l.odd(EventShutdownSYN)
	}
	switch {
	case l.d == Orig:
		return l.odd(EventEstSYNACKToServer)
	case l.p.Ack != l.you.acked:
		return l.odd(EventEstSYNACKDiffAck)
	case l.p.Seq != l.me.isn:
		return l.odd(EventEstSYNACKDiffSeq)
	case l.s.confirmed:
		return l.odd(EventEstSYNACKResend)
	}
	return false // the client's ACK was lost
}

// lateSyn is a SYN within an open session.
func (l *look) lateSyn() bool {
	switch {
	case l.c.Session != SessionEstablished:
		return l.odd(EventShutdownSYN)
	case l.d == Resp:
		return l.odd(EventEstSYNToClient)
	case l.p.Seq != l.me.isn:
		return l.odd(EventEstSYNDiffSeq)
	}
	return l.odd(EventEstSYNResend)
}

// established handles data and acknowledgements.
func (l *look) established() bool {
	if !l.ackValid(EventEstInvalidAck) {
		return false
	}
	end := l.p.Seq + l.length
	if l.keepAlive(end) {
		return true
	}
	if l.shrinks() {
		return l.odd(EventBadWindowUpdate)
	}
	if l.length > 0 && notAfter(end, l.me.acked) {
		l.odd(EventSpurious)
		l.take()
		return true
	}
	if before(end, l.me.acked) {
		return l.odd(EventEstBeforeLastAck)
	}
	if l.outside(end) {
		return l.odd(EventEstOutOfWindow)
	}
	if l.length > 0 || after(l.p.Ack, l.you.isn+1) {
		l.s.confirmed = true
	}
	l.advance()
	return true
}

// keepAlive takes a segment of at most one byte just before what was acknowledged (RFC 9293, 3.8.4).
func (l *look) keepAlive(end uint32) bool {
	if l.length > 1 || l.p.Seq != l.me.acked-1 || l.flags&(SYN|FIN|RST) != 0 || l.s.midstream {
		return false
	}
	l.take()
	return true
}

// outside tells whether a segment lies beyond what its sender may send.
func (l *look) outside(end uint32) bool {
	if l.s.async || l.me.limit == 0 {
		return false
	}
	return after(end, latest(l.me.limit, l.me.next)) && after(end, l.me.acked+latest(l.you.window, 0))
}

// ackValid checks an acknowledgement against what the other side sent.
func (l *look) ackValid(e Event) bool {
	if l.flags&ACK == 0 || l.s.async {
		return true
	}
	ack := l.p.Ack
	switch {
	case notAfter(ack, latest(l.you.next, l.you.limit)) && !before(ack, l.you.acked-l.me.reach()):
		return true
	case l.s.midstream:
		return true
	}
	l.t.event(l.f, l.d, l.p, EventInvalidAck)
	return l.odd(e)
}

// reach is how far behind an old acknowledgement may lie and still be a delayed one.
func (s *sessionSide) reach() uint32 { return max(s.window, 1<<16) }

// advance takes over sequence numbers, acknowledgement and window of an accepted segment.
func (l *look) advance() {
	l.me.next = latest(l.me.next, l.p.Seq+l.length)
	l.take()
}

// take takes over acknowledgement and window.
func (l *look) take() {
	if l.flags&ACK == 0 {
		return
	}
	me, you := l.me, l.you
	if !before(l.p.Ack, you.acked) {
		w := l.offered()
		me.window = w
	}
	you.acked = latest(you.acked, l.p.Ack)
	you.next = latest(you.next, l.p.Ack)
	you.limit = latest(you.limit, l.p.Ack+me.window)
}

// shrinks tells whether a bare ACK takes back a window in which more than the rest is in flight.
func (l *look) shrinks() bool {
	w := l.offered()
	if l.length > 0 || w >= l.me.window || l.s.midstream {
		return false
	}
	diff := l.me.window - w
	return after(l.you.next, l.p.Ack) && l.you.next-l.p.Ack > diff && before(l.p.Seq, l.me.next)
}

// echoValid checks the timestamp that an answer to a SYN echoes.
func (l *look) echoValid() bool {
	v := scanOption(l.p, optTimestamp)
	if len(v) != 8 {
		return true
	}
	// Any of the SYNs may be the one that is answered.
	if echo := binary.BigEndian.Uint32(v[4:]); echo == 0 || echo-l.s.synStamp <= l.you.stamp-l.s.synStamp {
		return true
	}
	return l.odd(EventInvalidTimestamp)
}

// stampLimit is how long timestamps are believed without news from the sender (RFC 7323, 5.5: 24 days).
const stampLimit = 24 * 24 * 3600 * second

// stampValid checks the timestamp against that of the sender's earlier segments (RFC 7323, 5.3).
func (l *look) stampValid() bool {
	me := l.me
	if !me.stamps {
		return true
	}
	ts, ok := timestamp(l.p)
	if !ok {
		return true
	}
	// A stack may be a tick behind when it sends from two queues; Linux counts milliseconds.
	const slack = 1
	if me.stamp != 0 && int32(ts-me.stamp) < -slack && l.p.Frame.Nanos-me.stampAt < stampLimit {
		if l.flags&RST == 0 {
			l.odd(EventInvalidTimestamp)
		}
		return false
	}
	if int32(ts-me.stamp) >= 0 || me.stamp == 0 || l.p.Frame.Nanos-me.stampAt >= stampLimit {
		if notAfter(l.p.Seq, me.next) {
			me.stamp, me.stampAt = ts, l.p.Frame.Nanos
		}
	}
	return true
}

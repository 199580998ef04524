package flow

// The session view of TCP, after Suricata: one state for both sides. It judges each segment; what it refuses is an event and
// is not used.

// SessionState is Suricata's state of a TCP session.
type SessionState uint8

// The states. A flow whose beginning was not seen has none, unless the profile allows to pick it up.
const (
	SessionNone SessionState = iota
	SessionSynSent
	SessionSynRecv
	SessionEstablished
	SessionFinWait1
	SessionFinWait2
	SessionTimeWait
	SessionLastAck
	SessionCloseWait
	SessionClosed
)

var sessionNames = [...]string{
	"", "syn_sent", "syn_recv", "established", "fin_wait1", "fin_wait2", "time_wait", "last_ack", "close_wait", "closed",
}

// String is the state's name in EVE's tcp.state, "" for SessionNone.
func (s SessionState) String() string {
	if int(s) < len(sessionNames) {
		return sessionNames[s]
	}
	return ""
}

// session is what the session view keeps besides TCP.Session.
type session struct {
	side      [2]sessionSide
	fourWay   bool   // both sides sent a SYN
	midstream bool   // picked up: windows are not known
	async     bool   // only one side is seen
	confirmed bool   // data was acknowledged after the handshake
	synStamp  uint32 // timestamp of the first SYN
	synAcks   uint8
	others    [maxSynAcks]uint32 // numbers of SYN-ACKs that differ from the first
	early     bool               // data came with the SYN (RFC 7413)
}

// sessionSide is what one side sent, and what it allows the other to send.
type sessionSide struct {
	isn     uint32
	next    uint32 // the next sequence number it will use
	acked   uint32 // the peer has everything before
	limit   uint32 // it may send up to here
	window  uint32 // offered to the peer
	stamp   uint32 // latest timestamp
	stampAt int64
	scale   uint8
	stamps  bool
	finSeq  uint32 // one past its FIN
	fin     bool
}

type sessionPool struct{ free []*session }

func (p *sessionPool) get() *session {
	if len(p.free) == 0 {
		c := make([]session, tcpChunk)
		for i := range c {
			p.free = append(p.free, &c[i])
		}
	}
	s := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return s
}

func (p *sessionPool) put(s *session) {
	*s = session{}
	p.free = append(p.free, s)
}

// look is one packet before the session view.
type look struct {
	t       *Table
	f       *Flow
	c       *TCP
	s       *session
	p       *Packet
	d       Dir
	me, you *sessionSide
	flags   TCPFlags
	length  uint32
}

// odd reports an event and refuses the segment.
func (l *look) odd(e Event) bool {
	l.t.event(l.f, l.d, l.p, e)
	return false
}

// judge runs a packet through the session. It tells whether its data and its acknowledgement are to be used.
func (t *Table) judge(f *Flow, d Dir, p *Packet) bool {
	c := f.TCP
	l := look{
		t: t, f: f, c: c, s: c.sess, p: p, d: d, flags: p.Flags, length: p.PayLen,
		me: &c.sess.side[d], you: &c.sess.side[d^1],
	}
	if p.Flags&ACK == 0 && p.Ack != 0 {
		l.t.event(f, d, p, EventBrokenAck)
	}
	if p.Flags&RST != 0 && p.PayLen > 0 {
		l.t.event(f, d, p, EventRSTData)
	}
	ok := false
	switch {
	case c.Session == SessionNone:
		ok = l.first()
	case p.Flags&RST != 0:
		ok = l.reset()
	case c.Session == SessionSynSent:
		ok = l.synSent()
	case c.Session == SessionSynRecv:
		ok = l.synRecv()
	case c.Session == SessionClosed:
		ok = l.closed()
	default:
		ok = l.running()
	}
	if c.Session != SessionNone {
		c.Side[d].sessFlags |= p.Flags
	}
	return ok
}

// enter moves the session on.
func (l *look) enter(s SessionState) {
	l.c.Session = s
	switch s {
	case SessionSynSent, SessionSynRecv:
	default:
		l.f.Established = true
	}
}

// begin takes over what a SYN says.
func (l *look) begin() {
	me := l.me
	me.isn, me.next, me.acked = l.p.Seq, l.p.Seq+1, l.p.Seq
	me.window = uint32(l.p.Window)
	me.scale = 0
	if n := windowScale(l.p); n >= 0 {
		me.scale = uint8(n) | hasScale
	}
	if ts, ok := timestamp(l.p); ok {
		me.stamps, me.stamp, me.stampAt = true, ts, l.p.Frame.Nanos
	} else {
		me.stamps = false
	}
	l.t.begin(l.f, l.d, l.p.Seq)
}

// hasScale marks a scale that was offered; scaling holds when both sides offer one (RFC 7323, 2.2).
const hasScale = 0x80

// offered is the window that a segment offers.
func (l *look) offered() uint32 {
	if l.me.scale&l.you.scale&hasScale == 0 {
		return uint32(l.p.Window)
	}
	return uint32(l.p.Window) << (l.me.scale &^ hasScale)
}

// first is the first packet, or one of a flow without a session.
func (l *look) first() bool {
	switch {
	case l.flags&RST != 0:
		return l.odd(EventRSTNoSession)
	case l.flags&FIN != 0 && !l.t.o.Profile.Midstream:
		return l.odd(EventFINNoSession)
	case l.flags&(SYN|ACK) == SYN:
		if l.d != Orig {
			return false
		}
		l.begin()
		l.s.synStamp = l.me.stamp
		l.enter(SessionSynSent)
		if l.length > 0 && fastOpen(l.p) {
			l.s.early = true
			l.me.next += l.length
			return true
		}
		return false
	case !l.t.o.Profile.Midstream && !(l.t.o.Profile.Async && l.flags&(SYN|ACK) == SYN|ACK):
		return false
	case l.flags&(SYN|ACK) == SYN|ACK:
		l.begin()
		l.pickUpPeer(l.p.Ack - 1)
		l.s.midstream = true
		l.f.Midstream = true
		l.enter(SessionSynRecv)
		return false
	case l.flags&ACK != 0:
		l.pickUp()
		return true
	}
	return false
}

// pickUp begins a session in the middle. Windows and scales are unknown, hence taken for as large as can be.
func (l *look) pickUp() {
	me := l.me
	me.isn, me.acked = l.p.Seq-1, l.p.Seq
	me.next = l.p.Seq + l.length
	me.scale, l.you.scale = 14|hasScale, 14|hasScale
	me.window = l.offered()
	l.t.begin(l.f, l.d, l.p.Seq-1)
	l.pickUpPeer(l.p.Ack - 1)
	l.you.window = me.window
	me.limit = me.next + me.window
	l.you.limit = l.p.Ack + me.window
	if ts, ok := timestamp(l.p); ok {
		me.stamps, me.stamp, me.stampAt = true, ts, l.p.Frame.Nanos
		l.you.stamps = true
	}
	l.s.midstream, l.f.Midstream = true, true
	l.s.async = l.t.o.Profile.Async
	l.enter(SessionEstablished)
}

func (l *look) pickUpPeer(isn uint32) {
	l.you.isn, l.you.next, l.you.acked = isn, isn+1, isn+1
	l.t.begin(l.f, l.d^1, isn)
}

// Serial comparisons of sequence numbers (RFC 1982).
func before(a, b uint32) bool   { return int32(a-b) < 0 }
func notAfter(a, b uint32) bool { return int32(a-b) <= 0 }
func after(a, b uint32) bool    { return int32(a-b) > 0 }
func latest(a, b uint32) uint32 {
	if after(b, a) {
		return b
	}
	return a
}

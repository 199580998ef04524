package flow

// TCPState is one side's state as Zeek sees it.
type TCPState uint8

// The states.
const (
	TCPInactive TCPState = iota
	TCPSynSent
	TCPSynAckSent
	TCPPartial
	TCPEstablished
	TCPClosed
	TCPReset
)

// TCP is the state of a TCP flow. The endpoint view (Zeek's) is always kept; Session is there when the profile asks for
// Suricata's.
type TCP struct {
	Side [2]TCPSide
	// Session is Suricata's state of the session; SessionNone under profiles that do not keep it.
	Session SessionState

	partial   int8 // 0: unknown, 1: began with a handshake, 2: picked up without
	attemptAt int64
	deleteAt  int64 // when a closed flow is forgotten
	stream    [2]stream
	sess      *session
}

// TCPSide is the state of one direction.
type TCPSide struct {
	State TCPState
	// Flags gathers all flags this side sent. Under a profile that keeps sessions, those from the session's beginning on.
	Flags TCPFlags
	// Size is the number of payload bytes by sequence numbers (Zeek's orig_bytes and resp_bytes).
	Size uint64

	sessFlags TCPFlags
	prev      TCPState
	hist      uint8 // letters of the history already given
	scale     int8  // window scale, -1 when none was offered
	didClose  bool
	finCount  uint16
	rstCount  uint16

	start          uint32 // initial sequence number
	last, ack      uint32 // one past what was sent, and what the peer acknowledged
	lastTurns      uint32 // how often they wrapped around
	ackTurns       uint32
	histSYN        uint32
	histFIN        uint32
	histRST        uint32
	window         uint32
	windowSeq      uint32
	windowAck      uint32
	resent, zeroed uint32 // for the history
	gaps           uint32
}

// Bits of TCPSide.hist.
const (
	histSYN uint8 = 1 << iota
	histSYNACK
	histFIN
	histRST
	histData
	histAck
	histMultiI
	histMultiQ
)

// Gaps is the number of content gaps in the direction.
func (t *TCP) Gaps(d Dir) int { return int(t.stream[d].gaps) }

// Regions is the greatest number of separate pieces that the direction's stream was in at any time, at least 1 (Suricata's
// ts_max_regions and tc_max_regions).
func (t *TCP) Regions(d Dir) int { return max(1, int(t.stream[d].regions)) }

// closed tells whether the connection is over.
func (t *TCP) closed() bool {
	if t.sess != nil {
		return t.Session == SessionTimeWait || t.Session == SessionLastAck || t.Session == SessionClosed
	}
	o, r := &t.Side[Orig], &t.Side[Resp]
	return o.State == TCPReset || r.State == TCPReset || o.State == TCPClosed && r.State == TCPClosed
}

// ConnState is Zeek's conn_state: S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH.
func (f *Flow) ConnState() string {
	switch {
	case f.TCP != nil:
		return f.TCP.connState()
	case f.Proto != ProtoUDP:
		return "OTH"
	case f.seen == 3:
		return "SF"
	case f.seen == 1:
		return "S0"
	case f.seen == 2:
		return "SHR"
	default:
		return "OTH"
	}
}

func (t *TCP) connState() string {
	o, r := &t.Side[Orig], &t.Side[Resp]
	silentO := o.State == TCPInactive || o.State == TCPPartial
	silentR := r.State == TCPInactive || r.State == TCPPartial
	switch {
	case r.State == TCPReset:
		switch {
		case o.State == TCPSynSent || o.State == TCPSynAckSent || o.State == TCPReset && o.Size == 0 && r.Size == 0:
			return "REJ"
		case silentO:
			return "RSTRH"
		default:
			return "RSTR"
		}
	case o.State == TCPReset:
		return either(silentR, "RSTOS0", "RSTO")
	case o.State == TCPClosed && r.State == TCPClosed:
		return "SF"
	case o.State == TCPClosed:
		return either(silentR, "SH", "S2")
	case r.State == TCPClosed:
		return either(silentO, "SHR", "S3")
	case o.State == TCPSynSent && r.State == TCPInactive:
		return "S0"
	case o.State == TCPEstablished && r.State == TCPEstablished:
		return "S1"
	default:
		return "OTH"
	}
}

func either(c bool, a, b string) string {
	if c {
		return a
	}
	return b
}

// Sent is how far a side's sequence numbers have moved since its first, SYN and FIN included (what Suricata's stream_size
// compares).
func (t *TCP) Sent(d Dir) uint32 {
	if s := t.sess; s != nil {
		return s.side[d].next - s.side[d].isn
	}
	return t.Side[d].last - t.Side[d].start
}

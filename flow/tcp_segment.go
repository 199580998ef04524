package flow

// tcp runs a TCP packet through the endpoint view, the session if the profile keeps one, and reassembly.
func (t *Table) tcp(f *Flow, d Dir, p *Packet) {
	s := t.endpoints(f, d, p)
	c := f.TCP
	if !f.Established && c.Side[0].State == TCPEstablished && c.Side[1].State == TCPEstablished {
		f.Established = true
	}
	if s.acks {
		t.acknowledged(f, d^1, s.relAck)
	}
	seq := p.Seq
	if p.Flags&SYN != 0 {
		seq++
	}
	if p.Flags&RST != 0 {
		return // its payload is not part of the stream
	}
	if p.PayLen > 0 || p.Flags&FIN != 0 {
		t.segment(f, d, p, seq)
	}
}

// windowScale returns the window scale option of a SYN, -1 if it has none (RFC 7323, 2.2).
func windowScale(p *Packet) int {
	return -1
}

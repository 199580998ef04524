package flow

// tcp runs a TCP packet through the endpoint view, the session if the profile keeps one, and reassembly.
func (t *Table) tcp(f *Flow, d Dir, p *Packet) {
	c := f.TCP
	s := t.endpoints(f, d, p)
	if c.sess != nil {
		t.sessionSegment(f, d, p)
		return
	}
	if !f.Established && c.Side[0].State == TCPEstablished && c.Side[1].State == TCPEstablished {
		f.Established = true
	}
	if s.acks {
		t.acknowledged(f, d^1, s.relAck)
	}
	if p.Flags&RST == 0 { // the payload of a RST is not part of the stream
		t.payload(f, d, p)
	}
}

// payload reassembles what a segment carries.
func (t *Table) payload(f *Flow, d Dir, p *Packet) {
	if p.PayLen == 0 && p.Flags&FIN == 0 {
		return
	}
	seq := p.Seq
	if p.Flags&SYN != 0 {
		seq++
	}
	t.segment(f, d, p, seq)
}

// sessionSegment reassembles what the session accepts.
func (t *Table) sessionSegment(f *Flow, d Dir, p *Packet) {
	c := f.TCP
	ok := t.judge(f, d, p)
	c.Side[d].Flags = c.Side[d].sessFlags
	if c.Session == SessionClosed {
		switch {
		case !ok:
		case p.Flags&RST != 0:
			t.broken(f, d)
		default:
			if p.Flags&ACK != 0 {
				t.acknowledgedSeq(f, d^1, p.Ack)
			}
			t.closed(f)
		}
		return
	}
	if !ok {
		return
	}
	if p.Flags&ACK != 0 {
		t.acknowledgedSeq(f, d^1, p.Ack)
	}
	t.payload(f, d, p)
	if c.sess.async && p.Flags&FIN != 0 { // nobody acknowledges: what came waits for the end, as in Suricata 7
		t.acknowledged(f, d, t.pieces.end(&c.stream[d]))
	}
}

// acknowledgedSeq is acknowledged for a sequence number.
func (t *Table) acknowledgedSeq(f *Flow, d Dir, ack uint32) {
	s := &f.TCP.stream[d]
	if at := s.position(ack); s.next != 0 && at > 0 {
		t.acknowledged(f, d, uint64(at))
	}
}

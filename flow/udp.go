package flow

// datagram handles a packet of a flow that is no stream: UDP, ICMP, SCTP and others.
func (t *Table) datagram(f *Flow, d Dir, p *Packet) {
	f.LastSub = p.Frame.Nanos
	bit := uint8(1) << d
	if f.seen&bit == 0 {
		f.seen |= bit
		if f.Proto == ProtoUDP {
			f.History.Add(letter(d, 'D'))
		}
	}
	if f.seen == 3 {
		f.Established = true
	}
	if d == Resp && !f.ICMPReplied && (f.Proto == ProtoICMP || f.Proto == ProtoICMPv6) {
		f.ICMPReplied, f.ICMPReplyType, f.ICMPReplyCo = true, p.ICMPType, p.ICMPCode
	}
	if p.NEvents > 0 {
		f.tooDeep(p)
	}
	b := p.Payload()
	if n := int(p.PayLen); len(b) > n {
		b = b[:n]
	}
	t.h.Datagram(f, d, p, b)
}

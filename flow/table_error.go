package flow

// DealHash is the hash by which packets are dealt to workers, so that each worker's table sees all that its flows depend
// on: Packet.HostHash, but for ICMP errors under a profile that counts them with the flow of the packet they quote. Such errors begin no flow.
func (o *Profile) DealHash(p *Packet) uint64 {
	if o.ErrorsToFlow && p.Is(FromError) && p.Version == 4 {
		if q, ok := p.Quoted(); ok {
			return hostHash(&q.Src, &q.Dst)
		}
	}
	return p.HostHash
}

// errorOf counts an ICMP error with the flow whose packet it quotes, as a packet to the sender of that one. It returns false
// when there is no such flow.
func (t *Table) errorOf(p *Packet, sum Event) bool {
	const unreachable = 3
	q, ok := p.Quoted()
	if !ok || !q.Ports || p.Version != 4 || p.ICMPType != unreachable {
		return false
	}
	quoted := *p
	quoted.Src, quoted.Dst, quoted.SrcPort, quoted.DstPort, quoted.Proto = q.Src, q.Dst, q.SrcPort, q.DstPort, q.Proto
	quoted.HostHash = hostHash(&q.Src, &q.Dst)
	f, d := t.find(t.tag(&quoted), &quoted)
	if f == nil {
		return false
	}
	if f.deadline <= p.Now {
		t.expire(f)
		t.cur = p
		return false
	}
	d = d.Other()
	if sum != EventNone {
		t.event(f, d, p, sum)
	}
	t.count(f, d, p)
	t.h.Packet(f, d, p)
	t.h.Processed(f, d, p)
	t.settle(f)
	return true
}

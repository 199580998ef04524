package flow

// begun opens a flow with its first packet.
func (t *Table) begun(tag uint32, p *Packet, flip bool) (*Flow, Dir) {
	if t.index.n >= t.o.MaxFlows {
		t.evict()
	}
	f := t.pool.get()
	src, dst := t.ports(p)
	d := Orig
	if flip && t.flip(p) {
		d = Resp
		f.Flipped = true
		f.History.Add('^')
	}
	if p.Proto == ProtoICMP || p.Proto == ProtoICMPv6 {
		dst = p.DstPort // also when it does not count
	}
	f.Side[d].Addr, f.Side[d].Port = p.Src, src
	f.Side[d^1].Addr, f.Side[d^1].Port = p.Dst, dst
	f.ID = FlowID(p)
	f.Start, f.Last, f.First = p.Frame.Nanos, p.Frame.Nanos, p.Frame.Number
	f.Layer, f.Proto, f.Version = p.Layer, p.Proto, p.Version
	f.VLANs, f.VLAN = p.VLANs, p.VLAN
	f.Tunnel = p.Tunnel
	f.ICMPType, f.ICMPCode = p.ICMPType, p.ICMPCode
	f.tag, f.open = tag, true
	switch p.Proto {
	case ProtoTCP:
		f.TCP = t.tcps.get()
		if t.o.Profile.SuricataWindow {
			f.TCP.sess = t.sess.get()
		}
	case ProtoICMP, ProtoICMPv6:
		_, twoWay := ICMPCounterpart(p.Version, p.ICMPType, p.ICMPCode)
		f.oneWay = !twoWay
	}
	t.index.add(tag, f.index)
	f.deadline = t.deadline(f)
	t.wheel.add(f)
	t.stats.Flows++
	t.stats.MaxOpen = max(t.stats.MaxOpen, uint64(t.index.n))
	t.h.Open(f, p)
	return f, d
}

// flip tells whether the first packet of a flow was sent by the responder.
func (t *Table) flip(p *Packet) bool {
	pr := &t.o.Profile
	switch {
	case p.Proto == ProtoTCP && cutHeader(p):
		return false
	case p.Proto == ProtoTCP && p.Flags&SYN != 0:
		return p.Flags&ACK != 0 && (pr.FlipByPort || pr.FlipSYNACK && pr.Midstream)
	case !pr.FlipByPort || p.Proto != ProtoTCP && p.Proto != ProtoUDP || toMany(p):
		return false
	}
	return t.h.LikelyServer(p.Proto, p.SrcPort) && !t.h.LikelyServer(p.Proto, p.DstPort)
}

// toMany tells whether a packet went to the broadcast or a multicast address, which never originates anything.
func toMany(p *Packet) bool {
	if p.Version == 4 {
		return p.Dst[12]>>4 == 14 || [4]byte(p.Dst[12:]) == [4]byte{255, 255, 255, 255}
	}
	return p.Dst[0] == 0xff
}

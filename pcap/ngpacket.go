package pcap

// Blocks that hold a packet.

const enhancedFrame = 32

// enhanced reads an Enhanced Packet Block (section 4.3) and consumes it:
//
//	frame(8) interface(4) time high(4) time low(4) captured(4) wire(4) data, padded to 4  options  length(4)
func (n *ng) enhanced(b []byte, p *Packet) error {
	r := n.r
	total := uint32(len(b))
	if n.u32(b[len(b)-4:]) != total {
		if err := n.trailer(b[len(b)-4:], n.u32(b[4:]), len(b)); err != nil {
			return err
		}
	}
	face := n.u32(b[8:])
	if uint64(face) >= uint64(len(n.faces)) {
		return n.noInterface(face)
	}
	f := &n.faces[face]
	captured, wire := n.u32(b[20:]), n.u32(b[24:])
	if captured > total-enhancedFrame {
		return r.broken(nil, "a packet of %d bytes is said to be in a block of %d: the file is damaged here", captured, total)
	}
	if captured > f.limit {
		return n.tooLong(captured, f.limit)
	}
	n.counts[blockEnhanced]++
	end := 28 + captured
	n.options, n.legacy = nil, false
	if at := (end + 3) &^ 3; at < total-4 {
		n.options = b[at : total-4 : total-4]
		n.noteComments()
	}
	p.Data = b[28:end:end]
	n.fill(p, f, face, uint64(n.u32(b[12:]))<<32|uint64(n.u32(b[16:])), wire)
	r.s.off += len(b)
	return nil
}

// fill sets the rest of p, the Data of which is set.
func (n *ng) fill(p *Packet, f *ngInterface, face uint32, ticks uint64, wire uint32) {
	r := n.r
	captured := uint32(len(p.Data))
	if captured > f.snap {
		r.info.Odd.OverSnapshot++
	}
	if captured > wire {
		r.info.Odd.OverLength++
		wire = captured
	}
	t, exact := f.clock.nanos(ticks)
	if !exact {
		r.info.Odd.BadTime++
	}
	r.count++
	r.bytes += uint64(captured)
	r.wire += uint64(wire)
	p.Nanos = t
	p.Number = r.count
	p.Length = wire
	p.Interface = uint32(n.base) + face
	p.Link = f.link
}

// simple reads a Simple Packet Block (section 4.4): the wire length and data, no time, the first interface.
func (n *ng) simple(b []byte, p *Packet) error {
	if len(b) < 16 {
		return n.r.broken(nil, "a simple packet block of %d bytes is too short: the file is damaged here", len(b))
	}
	if len(n.faces) == 0 {
		return n.noInterface(0)
	}
	f := &n.faces[0]
	wire := n.u32(b[8:])
	captured := min(wire, uint32(len(b)-16), f.snap)
	if captured > f.limit {
		return n.tooLong(captured, f.limit)
	}
	n.options, n.legacy = nil, false
	p.Data = b[12 : 12+captured : 12+captured]
	n.fill(p, f, 0, 0, wire)
	p.Nanos = 0
	n.r.info.Odd.NoTime++
	return nil
}

// obsolete reads a Packet Block (appendix A): as an enhanced one, with interface(2) and drop count(2).
func (n *ng) obsolete(b []byte, p *Packet) error {
	if len(b) < enhancedFrame {
		return n.r.broken(nil, "a packet block of %d bytes is too short: the file is damaged here", len(b))
	}
	face := uint32(n.u16(b[8:]))
	if int(face) >= len(n.faces) {
		return n.noInterface(face)
	}
	f := &n.faces[face]
	captured, wire := n.u32(b[20:]), n.u32(b[24:])
	if uint64(captured) > uint64(len(b)-enhancedFrame) {
		return n.r.broken(nil, "a packet of %d bytes is said to be in a block of %d: the file is damaged here", captured, len(b))
	}
	if captured > f.limit {
		return n.tooLong(captured, f.limit)
	}
	n.drops, n.legacy = n.u16(b[10:]), true
	end := 28 + captured
	n.options = nil
	if at := int(end+3) &^ 3; at < len(b)-4 {
		n.options = b[at : len(b)-4 : len(b)-4]
		n.noteComments()
	}
	p.Data = b[28:end:end]
	n.fill(p, f, face, uint64(n.u32(b[12:]))<<32|uint64(n.u32(b[16:])), wire)
	return nil
}

func (n *ng) noInterface(face uint32) error {
	if n.lost > 0 && uint64(face) < uint64(len(n.faces))+n.lost {
		return n.r.broken(ErrLimit, "a packet of interface %d: only %d interfaces of a section are kept", face, maxInterfaces)
	}
	return n.r.broken(nil, "a packet of interface %d, but the section has described %d so far: the file is damaged, or was put together wrongly", face, len(n.faces))
}

func (n *ng) tooLong(captured, limit uint32) error {
	err := error(nil)
	if n.r.opt.MaxPacket > 0 {
		err = ErrLimit
	}
	return n.r.broken(err, "a packet claims %d bytes, more than the limit of %d: the file is damaged here", captured, limit)
}

// noteComments keeps the comments of a packet for Info.
func (n *ng) noteComments() {
	n.eachOption(n.options, func(code uint16, v []byte) {
		if code == optComment {
			n.r.comment("packet", n.r.count+1, v)
		}
	})
}

// meta reads the options of the last packet (section 4.3).
func (n *ng) meta() (PacketMeta, bool) {
	var m PacketMeta
	if n.legacy && n.drops != 0xffff {
		m.Dropped = uint64(n.drops)
	}
	known := n.legacy
	n.walkOptions(n.options, func(code uint16, v []byte) {
		known = true
		switch {
		case code == optComment:
			m.Comments = append(m.Comments, string(v))
		case code == 2 && len(v) >= 4:
			m.Flags = n.u32(v)
		case code == 3 && len(v) > 0:
			m.Hashes = append(m.Hashes, v)
		case n.legacy:
		case code == 4 && len(v) >= 8:
			m.Dropped = n.u64(v)
		case code == 5 && len(v) >= 8:
			id := n.u64(v)
			m.ID = &id
		case code == 6 && len(v) >= 4:
			q := n.u32(v)
			m.Queue = &q
		case code == 7 && len(v) > 0:
			m.Verdicts = append(m.Verdicts, v)
		case code == 8 && len(v) >= 8:
			pid, tid := n.u32(v), n.u32(v[4:])
			m.Process, m.Thread = &pid, &tid
		}
	})
	return m, known
}

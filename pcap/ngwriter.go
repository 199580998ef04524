package pcap

import "math"

// Blocks of pcapng, written. A block's length is known when it is complete, so it is patched in then.

func (w *Writer) open(typ uint32) (at int) {
	at = len(w.buf)
	w.u32(typ)
	w.u32(0)
	return at
}

func (w *Writer) close(at int) {
	total := uint32(len(w.buf) - at + 4)
	w.u32(total)
	w.order.AppendUint32(w.buf[:at+4], total)
}

func (w *Writer) pad(at int) {
	for (len(w.buf)-at)%4 != 0 {
		w.buf = append(w.buf, 0)
	}
}

// option writes an option, cut to what its length field can hold.
func (w *Writer) option(code uint16, v []byte) {
	v = v[:min(len(v), math.MaxUint16-3)]
	at := len(w.buf)
	w.u16(code)
	w.u16(uint16(len(v)))
	w.buf = append(w.buf, v...)
	w.pad(at)
}

func (w *Writer) textOption(code uint16, s string) {
	if s != "" {
		w.option(code, []byte(s))
	}
}

// begin writes the section header.
func (w *Writer) begin() {
	if w.begun {
		return
	}
	w.begun = true
	at := w.open(blockSection)
	w.u32(orderMagic)
	w.u16(1)
	w.u16(0)
	w.u64(math.MaxUint64) // length unknown
	head := len(w.buf)
	w.textOption(optComment, w.opt.Comment)
	w.textOption(2, w.opt.Hardware)
	w.textOption(3, w.opt.OS)
	w.textOption(4, w.opt.Application)
	if len(w.buf) > head {
		w.u32(optEnd)
	}
	w.close(at)
}

// face returns the index of a packet's interface, which it describes when it is new.
func (w *Writer) face(p *Packet) uint32 {
	key := faceKey{link: p.Link}
	if w.opt.KeepInterfaces {
		key.index = p.Interface
	}
	if i, ok := w.faces[key]; ok {
		return i
	}
	i := uint32(len(w.faces))
	w.faces[key] = i
	var d Interface
	if w.opt.Describe != nil {
		d = w.opt.Describe(p.Interface)
	}
	at := w.open(blockInterface)
	w.u16(uint16(p.Link))
	w.u16(0)
	w.u32(w.opt.SnapLen)
	w.textOption(2, d.Name)
	w.textOption(3, d.Description)
	w.option(9, []byte{byte(w.opt.Resolution)})
	if d.Filter != "" {
		w.option(11, append([]byte{0}, d.Filter...))
	}
	w.textOption(12, d.OS)
	if w.opt.Describe != nil && d.FCSLen > 0 {
		w.option(13, []byte{byte(d.FCSLen)})
	}
	w.textOption(15, d.Hardware)
	w.u32(optEnd)
	w.close(at)
	return i
}

// enhanced writes a packet.
func (w *Writer) enhanced(p *Packet, m *PacketMeta) error {
	w.begin()
	face := w.face(p)
	ticks := uint64(p.Nanos)
	if w.opt.Resolution == Microseconds {
		ticks /= 1e3
	}
	at := w.open(blockEnhanced)
	w.u32(face)
	w.u32(uint32(ticks >> 32))
	w.u32(uint32(ticks))
	w.u32(uint32(len(p.Data)))
	w.u32(max(p.Length, uint32(len(p.Data))))
	w.buf = append(w.buf, p.Data...)
	w.pad(at)
	if m != nil {
		w.packetOptions(m)
	}
	w.close(at)
	return nil
}

func (w *Writer) packetOptions(m *PacketMeta) {
	head := len(w.buf)
	number := func(code uint16, size uint16, v uint64) {
		w.u16(code)
		w.u16(size)
		if size == 4 {
			w.u32(uint32(v))
		} else {
			w.u64(v)
		}
	}
	for _, c := range m.Comments {
		w.textOption(optComment, c)
	}
	if m.Flags != 0 {
		number(2, 4, uint64(m.Flags))
	}
	for _, h := range m.Hashes {
		w.option(3, h)
	}
	if m.Dropped != 0 {
		number(4, 8, m.Dropped)
	}
	if m.ID != nil {
		number(5, 8, *m.ID)
	}
	if m.Queue != nil {
		number(6, 4, uint64(*m.Queue))
	}
	for _, v := range m.Verdicts {
		w.option(7, v)
	}
	if m.Process != nil && m.Thread != nil {
		w.u16(8)
		w.u16(8)
		w.u32(*m.Process)
		w.u32(*m.Thread)
	}
	if len(w.buf) > head {
		w.u32(optEnd)
	}
}

func (w *Writer) secret(s *Secret) {
	at := w.open(blockSecrets)
	w.u32(uint32(s.Type))
	w.u32(uint32(len(s.Data)))
	w.buf = append(w.buf, s.Data...)
	w.pad(at)
	w.close(at)
}

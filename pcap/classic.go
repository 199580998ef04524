package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// Classic pcap (draft-ietf-opsawg-pcap): a header of 24 bytes
//
//	magic(4) major(2) minor(2) thiszone(4) sigfigs(4) snaplen(4) link(4)
//
// and records of
//
//	seconds(4) fraction(4) captured length(4) wire length(4) [extra fields of a variant] data
//
// all in the byte order of the writing machine, which the magic number shows.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Alexey Kuznetsov's patch to libpcap
	magicIxiaHW   = 0x1c0001ac // Ixia lcap: the length of all records follows the header
	magicIxiaSW   = 0x1c0001ab

	classicHeader = 24
	recordHeader  = 16
)

const (
	packetStandard = 262144           // the greatest snapshot length that libpcap writes
	packetLarge    = 128 << 20        // what USB and D-Bus captures may hold
	blockSlack     = 128<<10 + 8*1024 // options of a packet block
	linkRegistry   = 1024             // link types from here on are not assigned
)

// classicMagic recognises a magic number and its byte order.
func classicMagic(b []byte) (v classicKind, ok bool) {
	m := binary.LittleEndian.Uint32(b)
	for range 2 {
		switch m {
		case magicMicro, magicNano, magicModified, magicIxiaHW, magicIxiaSW:
			v.magic = m
			return v, true
		}
		m, v.swapped = bits.ReverseBytes32(m), true
	}
	return v, false
}

type classicKind struct {
	magic   uint32
	swapped bool // big-endian
}

// classic reads the records of classic pcap.
type classic struct {
	r *Reader
	classicKind
	layout      layout
	eitherFirst bool   // of a record's lengths; the smaller is the captured one
	decided     bool   // whether the layout was checked against the records
	mult        int64  // nanoseconds in a unit of the fraction
	limit       uint32 // of a record's captured length
	snap        uint32
	link        LinkType
	head        []byte // the last record's header, shared
}

func (r *Reader) startClassic(k classicKind) error {
	c := &classic{r: r, classicKind: k, mult: 1000, layout: standardLayout}
	r.format = c
	h := r.s.peek(classicHeader)
	if len(h) < classicHeader {
		return r.unreadable("the pcap file header", len(h), classicHeader)
	}
	major, minor := c.u16(h[4:]), c.u16(h[6:])
	c.snap = c.u32(h[16:])
	link := c.u32(h[20:])
	face := Interface{Link: LinkType(link), SnapLen: c.snap, FCSLen: -1, Resolution: Microseconds}
	if link&(1<<26) != 0 { // the length of the frame check sequence is given, in units of 16 bits
		face.FCSLen = int(link>>28) * 2
	}
	if !r.opt.AnyLink && face.Link >= linkRegistry {
		return r.broken(ErrFormat, "link type %d does not exist: the file header is damaged, or made for private use (then read it with Options.AnyLink)", face.Link)
	}
	r.info.Format = "pcap"
	r.info.Version = fmt.Sprintf("%d.%d", major, minor)
	r.info.ByteOrder = byteOrderName(c.swapped)
	skip := classicHeader
	switch c.magic {
	case magicNano:
		face.Resolution = Nanoseconds
	case magicModified:
		c.layout = modifiedLayout
	case magicIxiaHW, magicIxiaSW:
		r.info.Variant = "ixia hardware"
		if c.magic == magicIxiaSW {
			r.info.Variant = "ixia software"
		}
		skip += 4
	case magicMicro:
		c.oldVersions(major, minor, &face)
	}
	if face.Resolution == Nanoseconds {
		c.mult = 1
	}
	face.Link, face.RawLink = registered(face.Link), face.Link
	c.link = face.Link
	c.limit = uint32(r.packetLimit(c.link, c.snap))
	if c.snap == 0 {
		c.snap = math.MaxUint32 // no limit
	}
	r.info.Resolution = face.Resolution
	r.info.Interfaces = append(r.info.Interfaces, face)
	if h = r.s.peek(skip); len(h) < skip {
		return r.unreadable("the pcap file header", len(h), skip)
	}
	r.s.off += skip
	return nil
}

// oldVersions sets what differs in files of standard magic from before 2.4.
func (c *classic) oldVersions(major, minor uint16, face *Interface) {
	if major == 2 && minor == 2 && aixLink(&face.Link) {
		c.r.info.Variant = "aix"
		face.Resolution = Nanoseconds
	}
	// Before 2.3 the length on the wire came first, in 2.3 and DG/UX's 543.0 at times, of AIX's 2.2 nobody is sure.
	c.eitherFirst = major == 2 && minor <= 3 || major == 543 && minor == 0
}

// aixLink translates AIX's interface types (RFC 1213 ifType), which it writes in place of link types.
func aixLink(l *LinkType) bool {
	switch *l {
	case 6:
		*l = 1 // Ethernet
	case 9:
		*l = 6 // Token Ring
	case 15:
		*l = 10 // FDDI
	case 24:
		*l = 0 // loopback
	default:
		return false
	}
	return true
}

// registered translates numbers that some systems wrote, for what the registry has under another.
func registered(l LinkType) LinkType {
	switch l {
	case 11: // DLT_ATM_RFC1483
		return 100
	case 12, 14: // DLT_RAW, on OpenBSD 14
		return 101
	}
	return l
}

// packetLimit is the length from which on a packet is taken for damage.
func (r *Reader) packetLimit(l LinkType, snap uint32) int {
	if r.opt.MaxPacket > 0 {
		return min(r.opt.MaxPacket, 1<<30)
	}
	return packetLimit(l, snap)
}

func packetLimit(l LinkType, snap uint32) int {
	switch l {
	case 152, 186, 189, 220, 231, 249, 266, 279, 288, 292, 293, 294, 295:
		// USB in its forms, D-Bus and EBHSCR carry messages longer than any network's.
		return packetLarge
	}
	return int(min(max(snap, packetStandard), packetLarge))
}

func byteOrderName(big bool) string {
	if big {
		return "big-endian"
	}
	return "little-endian"
}

func (c *classic) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if c.swapped {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (c *classic) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if c.swapped {
		v = bits.ReverseBytes16(v)
	}
	return v
}

func (c *classic) next(p *Packet) error {
	if !c.decided {
		c.decide()
	}
	s := c.r.s
	size := c.layout.size
	b := s.buf[s.off:]
	if len(b) < size {
		if b = s.peek(size); len(b) < size {
			return c.end(b)
		}
	}
	h := b[:recordHeader]
	sec, frac, n, wire := c.u32(h), c.u32(h[4:]), c.u32(h[8:]), c.u32(h[12:])
	if n > wire && c.eitherFirst {
		n, wire = wire, n
		c.r.info.Odd.SwappedLengths++
	}
	if n-1 >= c.limit { // 0 wraps around
		if err := c.unusual(h, n); err != nil {
			return err
		}
	}
	full := size + int(n)
	if len(b) < full {
		if b = s.peek(full); len(b) < full {
			return c.r.unreadable("a packet's record", len(b), full)
		}
	}
	s.off += full
	if n > wire || n > c.snap {
		wire = c.odd(n, wire)
	}
	r := c.r
	r.count++
	r.bytes += uint64(n)
	r.wire += uint64(wire)
	c.head = b[:size:size]
	p.Data = b[size:full:full]
	p.Nanos = int64(sec)*1e9 + int64(frac)*c.mult
	p.Number = r.count
	p.Length = wire
	p.Interface = 0
	p.Link = c.link
	return nil
}

// odd counts lengths that contradict each other and returns the one on the wire.
func (c *classic) odd(n, wire uint32) uint32 {
	if n > c.snap {
		c.r.info.Odd.OverSnapshot++
	}
	if n > wire {
		c.r.info.Odd.OverLength++
		return n
	}
	return wire
}

// end is for less than a record header.
func (c *classic) end(b []byte) error {
	if len(b) == 0 && errors.Is(c.r.s.err, io.EOF) {
		return io.EOF
	}
	return c.r.unreadable("a packet's record header", len(b), c.layout.size)
}

// unusual looks at a record that is empty or longer than the limit.
func (c *classic) unusual(h []byte, n uint32) error {
	if n > c.limit {
		err := error(nil)
		if c.r.opt.MaxPacket > 0 {
			err = ErrLimit
		}
		return c.r.broken(err, "a record claims %d bytes, more than the limit of %d: the file is damaged here, or other data was appended to it", n, c.limit)
	}
	if _, ok := classicMagic(h); ok && (c.u16(h[4:]) == 2 && c.u16(h[6:]) == 4) {
		return c.r.broken(ErrFormat, joined)
	}
	return nil
}

// joined is the reason for a file header in the middle of a file.
const joined = "another pcap file begins: the two were joined byte by byte; join captures with mergecap, or split the file here"

func (c *classic) meta() (PacketMeta, bool) {
	h := c.head
	if !c.layout.modified || len(h) < c.layout.size {
		return PacketMeta{}, false
	}
	return PacketMeta{Modified: &ModifiedHeader{Ifindex: c.u32(h[16:]), Protocol: c.u16(h[20:]), PacketType: h[22]}}, true
}

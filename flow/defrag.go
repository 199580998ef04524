package flow

import (
	"encoding/binary"
	"slices"
)

// Bounds on one datagram, and what Zeek finds odd.
const (
	maxDatagram     = 65535
	maxFragments    = 2048  // of one datagram: a whole one in pieces of 32 bytes
	largeFragment   = 64000 // Zeek's excessively_large_fragment
	smallFragment   = 64    // Zeek's excessively_small_fragment
	fragmentCost    = 64    // what a fragment costs besides its bytes
	datagramCost    = 256
	fragmentHeader6 = 8
)

// datagramKey names a datagram (RFC 791, 2.3; RFC 8200, 4.5).
type datagramKey struct {
	src, dst Addr
	id       uint32
	vlan     [2]uint16
	proto    uint8 // IPv4 only: in IPv6 the first fragment tells
	version  uint8
	layer    uint8
}

// chunk is one fragment, with a copy of its bytes.
type chunk struct {
	start, end int
	data       []byte
}

// extent is a range of the datagram's bytes that come from one chunk. Pieces are in order and do not overlap.
type extent struct {
	start, end int
	chunk      int
}

// datagram is one that is being put together.
type datagram struct {
	key       datagramKey
	chunks    []chunk
	pieces    []extent
	header    []byte // of the first fragment where that was seen, else of the one seen first
	next      uint8  // IPv6: protocol of the content
	size      int    // of the content, -1 until the last fragment was seen
	covered   int
	cost      int
	first     int64
	before    *datagram
	after     *datagram
	fromStart bool
}

// defragmenter holds the datagrams of which fragments are awaited, oldest first.
type defragmenter struct {
	index  map[datagramKey]*datagram
	oldest *datagram
	newest *datagram
	free   *datagram
	cost   int
	opt    DecoderOptions
	stats  *DecodeStats
}

func (f *defragmenter) init(o DecoderOptions, s *DecodeStats) {
	f.index = make(map[datagramKey]*datagram)
	f.opt, f.stats = o, s
}

// fragment takes in the fragment p. It returns true if that completes a datagram, at which it leaves the cursor, or
// if the fragment has to serve as a packet itself.
func (d *Decoder) fragment(c *cursor, p *Packet) bool {
	if p.Version == 4 && !d.opt.Profile.IgnoreChecksums && p.Checksum() != EventNone {
		d.refuse(p, EventIPChecksum)
		return false
	}
	start, more := p.fragmentOffset()
	if p.Is(Snapped) {
		d.note(p, EventFragmentIncomplete)
		if start != 0 {
			return false
		}
		// Nothing can be put together, but the headers of the first fragment are worth having.
		p.Marks &^= Fragment
		if p.Version == 6 && !p.pastFragmentHeader() {
			return false
		}
		return d.transport(c, p)
	}
	data := p.Buf[p.TransOff:p.End]
	if p.Version == 6 {
		data = data[fragmentHeader6:]
		if more && len(data)%8 != 0 {
			d.refuse(p, EventIPv6FragmentLength)
			return false
		}
	}
	if len(data) == 0 {
		return false
	}
	buf := d.frags.add(d, p, data, start, more)
	if buf == nil {
		return false
	}
	c.buf, c.off, c.end, c.wire = buf, 0, len(buf), len(buf)
	c.link = linkNone
	c.marks |= Defragmented
	if p.Version == 4 {
		d.stats.Datagrams4++
		c.ether = etherIPv4
	} else {
		d.stats.Datagrams6++
		c.ether = etherIPv6
	}
	return true
}

// fragmentOffset returns where the fragment's content belongs, and whether more follows.
func (p *Packet) fragmentOffset() (start int, more bool) {
	if p.Version == 4 {
		v := binary.BigEndian.Uint16(p.Buf[p.NetOff+6:])
		return int(v&0x1fff) * 8, v&0x2000 != 0
	}
	v := binary.BigEndian.Uint16(p.Buf[p.TransOff+2:])
	return int(v &^ 7), v&1 != 0
}

// pastFragmentHeader moves p behind its IPv6 fragment header.
func (p *Packet) pastFragmentHeader() bool {
	if p.PayLen < fragmentHeader6 || p.End-p.TransOff < fragmentHeader6 {
		return false
	}
	p.Proto = p.Buf[p.TransOff]
	p.TransOff += fragmentHeader6
	p.PayOff, p.PayLen = p.TransOff, p.PayLen-fragmentHeader6
	return true
}

func (p *Packet) datagramKey() datagramKey {
	k := datagramKey{src: p.Src, dst: p.Dst, version: p.Version, layer: p.Layer, vlan: [2]uint16{p.VLAN[0], p.VLAN[1]}}
	if p.Version == 4 {
		k.id, k.proto = uint32(binary.BigEndian.Uint16(p.Buf[p.NetOff+4:])), p.Proto
	} else {
		k.id = binary.BigEndian.Uint32(p.Buf[p.TransOff+4:])
	}
	return k
}

// add takes in a fragment and returns the datagram if it is complete now.
func (f *defragmenter) add(d *Decoder, p *Packet, data []byte, start int, more bool) []byte {
	f.expire(p.Now)
	key := p.datagramKey()
	end := start + len(data)
	g := f.index[key]
	headerLen := int(p.TransOff - p.NetOff)
	f.oddities(d, p, g, end, more, headerLen)
	if whole := end + headerLen; whole > maxDatagram && (p.Version == 4 || whole-40 > maxDatagram) {
		d.note(p, byVersion(p, EventFragmentOver, EventFragmentOver6))
		return nil
	}
	if g == nil {
		g = f.begin(key, p)
	} else if len(g.chunks) == maxFragments {
		d.note(p, byVersion(p, EventFragmentLimit, EventFragmentLimit6))
		f.stats.FragmentsCut++
		f.drop(g)
		return nil
	}
	if start == 0 && !g.fromStart {
		g.fromStart = true
		g.takeHeader(p)
	}
	if !more {
		g.size = max(g.size, end)
	}
	g.chunks = append(g.chunks, chunk{start, end, slices.Clone(data)})
	overlap, differs := g.place(len(g.chunks)-1, f.opt.Profile.Overlap)
	switch {
	case differs:
		d.note(p, byVersion(p, EventFragmentInconsistent, EventFragmentInconsistent6))
	case overlap:
		d.note(p, byVersion(p, EventFragmentOverlap, EventFragmentOverlap6))
	}
	f.charge(g, len(data)+fragmentCost)
	var whole []byte
	if g.complete() {
		whole = g.assemble()
		f.drop(g)
	}
	f.makeRoom(d, p)
	return whole
}

// oddities notes what Zeek finds odd about a fragment by itself and beside those before it.
func (f *defragmenter) oddities(d *Decoder, p *Packet, g *datagram, end int, more bool, headerLen int) {
	if p.Version == 4 && p.Buf[p.NetOff+6]&0x40 != 0 {
		d.note(p, EventFragmentDF)
	}
	if g != nil && (len(g.header) != headerLen || p.Version == 6 && g.next != p.Buf[p.TransOff]) {
		d.note(p, EventFragmentProtocol)
	}
	switch {
	case g == nil || g.size < 0:
	case !more && end != g.size, more && end > g.size:
		d.note(p, EventFragmentSize)
	}
	if more && p.IPLen < smallFragment {
		d.note(p, EventFragmentSmall)
	}
	if end > largeFragment {
		d.note(p, EventFragmentLarge)
	}
}

func byVersion(p *Packet, v4, v6 Event) Event {
	if p.Version == 4 {
		return v4
	}
	return v6
}

// begin starts a datagram.
func (f *defragmenter) begin(key datagramKey, p *Packet) *datagram {
	g := f.free
	if g != nil {
		f.free = g.after
		*g = datagram{chunks: g.chunks[:0], pieces: g.pieces[:0], header: g.header[:0]}
	} else {
		g = new(datagram)
	}
	g.key, g.size, g.first = key, -1, p.Now
	g.takeHeader(p)
	g.before = f.newest
	if f.newest != nil {
		f.newest.after = g
	} else {
		f.oldest = g
	}
	f.newest = g
	f.index[key] = g
	f.charge(g, datagramCost+len(g.header))
	return g
}

// takeHeader keeps the headers in front of the fragment's content.
func (g *datagram) takeHeader(p *Packet) {
	g.header = append(g.header[:0], p.Buf[p.NetOff:p.TransOff]...)
	if p.Version == 6 {
		g.next = p.Buf[p.TransOff]
	}
}

func (f *defragmenter) charge(g *datagram, n int) {
	g.cost += n
	f.cost += n
}

// drop forgets a datagram. Its struct is used again, small ones with their lists.
func (f *defragmenter) drop(g *datagram) {
	delete(f.index, g.key)
	f.cost -= g.cost
	if g.before != nil {
		g.before.after = g.after
	} else {
		f.oldest = g.after
	}
	if g.after != nil {
		g.after.before = g.before
	} else {
		f.newest = g.before
	}
	clear(g.chunks)
	if cap(g.chunks) > 64 {
		g.chunks, g.pieces = nil, nil
	}
	g.before, g.after = nil, f.free
	f.free = g
}

// expire gives up what waited for too long. Since the capture clock never goes back, the oldest is first.
func (f *defragmenter) expire(now int64) {
	for f.oldest != nil && now-f.oldest.first > f.opt.FragmentTimeout {
		f.stats.FragmentTimeouts++
		f.drop(f.oldest)
	}
}

// makeRoom gives up the oldest where a limit was passed.
func (f *defragmenter) makeRoom(d *Decoder, p *Packet) {
	for f.oldest != nil && (f.cost > f.opt.MaxFragmentBytes || len(f.index) > f.opt.MaxDatagrams) {
		d.note(p, byVersion(p, EventFragmentLimit, EventFragmentLimit6))
		f.stats.FragmentsCut++
		f.drop(f.oldest)
	}
}

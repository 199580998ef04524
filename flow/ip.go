package flow

import "encoding/binary"

// IP protocol numbers besides those of packet.go.
const (
	protoMobility uint8 = 135
	protoUDPLite  uint8 = 136
	protoHIP      uint8 = 139
	protoShim6    uint8 = 140
	protoEtherIP  uint8 = 97  // RFC 3378
	protoEther    uint8 = 143 // RFC 8986, 10.1
)

func addr4(b []byte) Addr {
	return Addr{10: 0xff, 11: 0xff, 12: b[0], 13: b[1], 14: b[2], 15: b[3]}
}

// ip decodes the IP layer at the cursor and appends it. It tells whether another layer follows, at which it leaves the
// cursor: the content of a tunnel or a datagram put together.
func (d *Decoder) ip(c *cursor, dst []Packet) ([]Packet, bool) {
	dst = d.emit(c, dst)
	p := &dst[len(dst)-1]
	var ok bool
	switch {
	case !c.have(1):
		d.refuse(p, EventIPTruncated)
	case c.buf[c.off]>>4 == 4:
		ok = d.ipv4(c, p)
	case c.buf[c.off]>>4 == 6:
		ok = d.ipv6(c, p)
	default:
		d.refuse(p, wrongVersion(c.ether))
	}
	if !ok {
		return dst, false
	}
	p.HostHash = hostHash(&p.Src, &p.Dst)
	c.marks &^= Defragmented
	if p.Is(Fragment) {
		more := d.fragment(c, p)
		return dst, more
	}
	more := d.transport(c, p)
	return dst, more
}

func wrongVersion(ether uint16) Event {
	switch ether {
	case etherIPv4:
		return EventIPv4Version
	case etherIPv6:
		return EventIPv6Version
	}
	return EventIPVersion
}

// hostHash mixes an unordered pair of addresses.
func hostHash(a, b *Addr) uint64 {
	h := addrHash(a) + addrHash(b)
	h ^= h >> 32
	h *= 0x9fb21c651e98df25
	return h ^ h>>29
}

func addrHash(a *Addr) uint64 {
	h := binary.LittleEndian.Uint64(a[:8])*0x9e3779b97f4a7c15 ^ binary.LittleEndian.Uint64(a[8:])
	h ^= h >> 31
	h *= 0xbf58476d1ce4e5b9
	return h ^ h>>27
}

// ipv4 reads an IPv4 header (RFC 791). It tells whether the packet can be used.
func (d *Decoder) ipv4(c *cursor, p *Packet) bool {
	d.stats.IPv4++
	if !c.have(20) {
		d.refuse(p, EventIPTruncated)
		return false
	}
	h := c.buf[c.off:c.end]
	hlen, total := int(h[0]&15)*4, int(binary.BigEndian.Uint16(h[2:]))
	p.Version, p.Proto, p.TTL = 4, h[9], h[8]
	p.Src, p.Dst = addr4(h[12:]), addr4(h[16:])
	avail := c.wire - c.off
	if total == 0 {
		// Segmentation left to the network card leaves the length empty.
		total = avail
		p.IPLen = uint32(total)
		if !d.opt.Profile.IgnoreChecksums {
			// Nor is its checksum of any use then.
			d.refuse(p, EventIPLengthZero)
			return false
		}
		d.note(p, EventIPLengthZero)
	}
	p.IPLen = uint32(total)
	switch {
	case total > avail:
		d.refuse(p, EventIPv4Short)
		return false
	case hlen < 20:
		d.refuse(p, EventIPv4HeaderSmall)
		return false
	case hlen > total:
		d.refuse(p, EventIPv4HeaderLength)
		return false
	case hlen > len(h):
		d.refuse(p, EventIPv4HeaderTruncated)
		return false
	}
	if !d.trim(c, p, total, EventIPv4Snapped) {
		return false
	}
	if hlen > 20 && !d.ipv4Options(p, h[20:hlen]) {
		return false
	}
	p.TransOff = uint32(c.off + hlen)
	p.PayOff, p.PayLen = p.TransOff, uint32(total-hlen)
	if frag := binary.BigEndian.Uint16(h[6:]); frag&0x3fff != 0 {
		p.Marks |= Fragment
		d.stats.Fragments4++
	}
	return true
}

// trim takes padding and trailers off, and notes what the capture does not hold. It tells whether the packet can be used.
func (d *Decoder) trim(c *cursor, p *Packet, total int, snapped Event) bool {
	c.wire = c.off + total
	if c.end >= c.wire {
		c.end = c.wire
		p.End = uint32(c.end)
		return true
	}
	p.Marks |= Snapped
	d.stats.Snapped++
	if d.wholeOnly {
		d.refuse(p, snapped)
		return false
	}
	d.note(p, snapped)
	return true
}

// ipv4Options checks the options for what Suricata reports (RFC 791, 3.1; lengths of the options' own RFCs). It tells whether the
// packet can be used: to Suricata one with an option that does not fit cannot.
func (d *Decoder) ipv4Options(p *Packet, o []byte) bool {
	var seen [4]uint64
	if len(o)%8 != 0 {
		// Suricata's wording for what may be padding to 8 bytes, though the RFC asks for 4.
		d.note(p, EventIPv4OptPad)
	}
	for len(o) > 0 {
		kind := o[0]
		if kind == 0 {
			return true
		}
		if kind == 1 {
			o = o[1:]
			continue
		}
		if len(o) < 2 {
			d.note(p, EventIPv4OptEOL)
			return true
		}
		n := int(o[1])
		if n < 2 || n > len(o) {
			if d.wholeOnly {
				d.refuse(p, EventIPv4OptLength)
				return false
			}
			d.note(p, EventIPv4OptLength)
			return true
		}
		d.ipv4Option(p, kind, o[:n])
		if bit := uint64(1) << (kind & 63); seen[kind>>6]&bit != 0 {
			d.note(p, EventIPv4OptDuplicate)
		} else {
			seen[kind>>6] |= bit
		}
		o = o[n:]
	}
	return true
}

// ipv4Option checks one option.
func (d *Decoder) ipv4Option(p *Packet, kind byte, o []byte) {
	n := len(o)
	switch kind {
	case 7, 131, 137: // record route and source routes: a pointer and whole addresses
		switch {
		case n < 3:
			d.note(p, EventIPv4OptLength)
		case o[2] < 4 || (o[2]%4) != 0 || int(o[2]) > n+1:
			d.note(p, EventIPv4OptMalformed)
		}
	case 68: // timestamp
		switch {
		case n < 5:
			d.note(p, EventIPv4OptLength)
		case o[2] < 5 || int(o[2]) > n+1:
			d.note(p, EventIPv4OptMalformed)
		}
	case 130: // security
		if n != 11 {
			d.note(p, EventIPv4OptLength)
		}
	case 134: // CIPSO
		if n < 6 {
			d.note(p, EventIPv4OptMalformed)
		}
	case 25: // quick start
		if n != 8 {
			d.note(p, EventIPv4OptLength)
		}
	case 136, 148: // stream id, router alert
		if n != 4 {
			d.note(p, EventIPv4OptLength)
		}
	case 133: // extended security
		if n < 3 {
			d.note(p, EventIPv4OptLength)
		}
	default:
		d.note(p, EventIPv4OptInvalid)
	}
}

// ipv6 reads an IPv6 header and its extension headers (RFC 8200). It tells whether the packet can be used.
func (d *Decoder) ipv6(c *cursor, p *Packet) bool {
	d.stats.IPv6++
	if !c.have(40) {
		d.refuse(p, EventIPv6Truncated)
		return false
	}
	h := c.buf[c.off:c.end]
	p.Version, p.Proto, p.TTL = 6, h[6], h[7]
	p.Src, p.Dst = Addr(h[8:24]), Addr(h[24:40])
	total := 40 + int(binary.BigEndian.Uint16(h[4:]))
	if total == 40 && p.Proto == ProtoHopByHop {
		if n, ok := jumboLength(h[40:]); ok {
			total = 40 + n
		}
	}
	p.IPLen = uint32(total)
	if total > c.wire-c.off {
		d.refuse(p, EventIPv6Short)
		return false
	}
	if !d.trim(c, p, total, EventIPv6Snapped) {
		return false
	}
	p.TransOff = uint32(c.off + 40)
	if isExtension(p.Proto) && !d.extensions(c, p) {
		return false
	}
	p.PayOff, p.PayLen = p.TransOff, uint32(c.wire)-p.TransOff
	return true
}

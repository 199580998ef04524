package flow

import "encoding/binary"

// Flags of a GRE header (RFC 2784, RFC 2890, RFC 1701; version 1: RFC 2637).
const (
	greChecksum = 0x8000
	greRouting  = 0x4000
	greKey      = 0x2000
	greSequence = 0x1000
	greStrict   = 0x0800
	greRecur    = 0x0700
	greAck      = 0x0080
)

// Types of content besides the EtherTypes: wireless frames of Aruba's controllers.
const (
	greAruba1 = 0x8200
	greAruba2 = 0x8210
	greAruba3 = 0x9000
)

// gre opens a GRE header that follows IP.
func (d *Decoder) gre(c *cursor, p *Packet) bool {
	d.mirror = 0
	next, ok := d.greHeader(c, p, int(p.TransOff))
	if !ok || !d.enter(c, p, TunnelGRE, next) {
		return false
	}
	if d.mirror != 0 && d.wholeOnly {
		c.marks |= Mirrored
		c.vlan[0], c.vlans = d.mirror, 1
	}
	return true
}

// greHeader reads a GRE header at off and tells where its content begins; c.link and c.ether say what that is.
func (d *Decoder) greHeader(c *cursor, p *Packet, off int) (int, bool) {
	b := c.buf[off:c.end]
	if len(b) < 4 {
		d.note(p, EventGRETruncated)
		return 0, false
	}
	flags, proto := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	var n int
	switch flags & 7 {
	case 0:
		n = d.gre0(p, b, flags)
	case 1:
		n = d.gre1(p, b, flags, proto)
	default:
		d.note(p, EventGREVersion)
	}
	if n == 0 {
		return 0, false
	}
	return d.greContent(c, p, off+n, flags, proto)
}

// gre0 returns the length of a version 0 header, 0 if it is broken.
func (d *Decoder) gre0(p *Packet, b []byte, flags uint16) int {
	if flags&greRecur != 0 {
		d.note(p, EventGRE0Recursion)
	}
	if flags&0xf8 != 0 {
		d.note(p, EventGRE0Flags)
	}
	n := 4
	if flags&(greChecksum|greRouting) != 0 {
		n += 4
	}
	if flags&greKey != 0 {
		n += 4
	}
	if flags&greSequence != 0 {
		n += 4
	}
	if flags&greRouting != 0 {
		d.note(p, EventGRERouting)
		n = greRoutes(b, n)
	}
	if n > len(b) {
		d.note(p, EventGRE0HeaderBig)
		return 0
	}
	return n
}

// greRoutes passes the source route entries of RFC 1701; what is longer than b is broken.
func greRoutes(b []byte, n int) int {
	for n+4 <= len(b) {
		family, size := binary.BigEndian.Uint16(b[n:]), int(b[n+3])
		n += 4 + size
		if family == 0 && size == 0 {
			return n
		}
	}
	return len(b) + 1
}

// gre1 returns the length of a version 1 header (PPTP), 0 if it is broken.
func (d *Decoder) gre1(p *Packet, b []byte, flags, proto uint16) int {
	for _, f := range [...]struct {
		bad   bool
		event Event
	}{
		{flags&greChecksum != 0, EventGRE1Checksum},
		{flags&greRouting != 0, EventGRE1Route},
		{flags&greStrict != 0, EventGRE1SSR},
		{flags&greRecur != 0, EventGRE1Recursion},
		{flags&0x78 != 0, EventGRE1Flags},
		{proto != etherPPP, EventGRE1Protocol},
		{flags&greKey == 0, EventGRE1NoKey},
	} {
		if f.bad {
			d.note(p, f.event)
			return 0
		}
	}
	n := 8
	if flags&greSequence != 0 {
		n += 4
	}
	if flags&greAck != 0 {
		n += 4
	}
	if n > len(b) {
		d.note(p, EventGRE1HeaderBig)
		return 0
	}
	return n
}

// greContent decides what is behind a GRE header.
func (d *Decoder) greContent(c *cursor, p *Packet, off int, flags, proto uint16) (int, bool) {
	b := c.buf[off:c.end]
	if len(b) == 0 {
		return 0, false // an acknowledgement without content, or a keepalive
	}
	c.link, c.ether = linkNone, proto
	switch proto {
	case etherIPv4, etherIPv6, etherPPP, etherVLAN, etherMPLS, etherMPLSMC, etherNSH, etherTEB:
	case 0:
		return 0, false // a keepalive
	case etherERSPAN, etherSPAN3:
		n, ok := d.erspan(p, b, flags, proto)
		if !ok {
			return 0, false
		}
		off += n
		c.link = LinkEthernet
	case greAruba1, greAruba2, greAruba3:
		c.link = linkWLAN
	default:
		d.note(p, EventGREPayload)
		return 0, false
	}
	return off, true
}

// erspan passes the header of a mirrored frame: type I has none and shows by the missing sequence number
// (draft-foschiano-erspan).
func (d *Decoder) erspan(p *Packet, b []byte, flags, proto uint16) (int, bool) {
	d.stats.ERSPAN++
	if proto == etherERSPAN && flags&greSequence == 0 {
		return 0, true
	}
	n, version := 8, byte(1)
	if proto == etherSPAN3 {
		n, version = 12, 2
	}
	switch {
	case len(b) < n:
		d.note(p, EventERSPANTruncated)
		return 0, false
	case b[0]>>4 != version:
		d.note(p, EventERSPANVersion)
		return 0, false
	}
	if proto == etherERSPAN {
		d.mirror = binary.BigEndian.Uint16(b) & 0xfff
	}
	if proto == etherSPAN3 && b[11]&1 != 0 {
		n += 8
	}
	if len(b) < n+14 {
		d.note(p, EventERSPANTruncated)
		return 0, false
	}
	return n, true
}

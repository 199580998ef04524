package flow

// PPP protocol numbers (IANA ppp-numbers).
const (
	pppIPv4    = 0x0021
	pppVJ      = 0x002d
	pppVJUncmp = 0x002f
	pppIPv6    = 0x0057
	pppMPLS    = 0x0281
	pppMPLSMC  = 0x0283
)

// pppoe reads a PPPoE session header (RFC 2516).
func (d *Decoder) pppoe(c *cursor) bool {
	d.stats.PPPoE++
	if !c.have(8) {
		c.event(EventPPPoETruncated)
		return false
	}
	if c.buf[c.off] != 0x11 || c.buf[c.off+1] != 0 {
		c.event(EventPPPoECode)
	}
	n := int(c.u16(4))
	c.off += 6
	if n > c.wire-c.off {
		c.event(EventPPPoELength)
	}
	// A length that is too small is seen in the wild, with IP whole behind it: IP's own takes padding off.
	return d.pppProtocol(c)
}

// pppoeDiscovery checks the tags of a discovery packet.
func (d *Decoder) pppoeDiscovery(c *cursor) {
	if !c.have(6) {
		c.event(EventPPPoETruncated)
		return
	}
	switch c.buf[c.off+1] {
	case 0x07, 0x09, 0x19, 0x65, 0xa7:
	default:
		c.event(EventPPPoECode)
		return
	}
	n := int(c.u16(4))
	b := c.buf[c.off+6 : c.end]
	if n > len(b) {
		c.event(EventPPPoETags)
		return
	}
	for b = b[:n]; len(b) >= 4; {
		size := 4 + int(b[2])<<8 + int(b[3])
		if size > len(b) {
			c.event(EventPPPoETags)
			return
		}
		b = b[size:]
	}
}

// ppp reads a PPP frame with or without HDLC's address and control (RFC 1661, RFC 1662), or Cisco HDLC, which has a
// link type of its own but is often stored under that of PPP.
func (d *Decoder) ppp(c *cursor) bool {
	d.stats.PPP++
	if !c.have(1) {
		c.event(EventPPPTruncated)
		return false
	}
	switch c.buf[c.off] {
	case 0xff:
		if c.have(2) && c.buf[c.off+1] == 3 {
			c.off += 2
		}
	case 0x0f, 0x8f:
		return d.chdlc(c)
	}
	return d.pppProtocol(c)
}

// pppProtocol reads the protocol field, which may be compressed to a byte.
func (d *Decoder) pppProtocol(c *cursor) bool {
	c.link, c.ether = linkNone, 0
	if !c.have(1) {
		c.event(EventPPPTruncated)
		return false
	}
	proto := int(c.buf[c.off])
	if proto&1 != 0 {
		c.off++
	} else {
		if !c.have(2) {
			c.event(EventPPPTruncated)
			return false
		}
		proto = int(c.u16(0))
		c.off += 2
	}
	switch proto {
	case pppIPv4:
		if !c.have(20) {
			c.event(EventPPPIPv4Truncated)
			return false
		}
		c.ether = etherIPv4
	case pppIPv6:
		if !c.have(40) {
			c.event(EventPPPIPv6Truncated)
			return false
		}
		c.ether = etherIPv6
	case pppVJUncmp:
		// Van Jacobson's uncompressed packets carry a slot number for the protocol: only the worker of that link
		// could tell. The IP header is whole otherwise.
		if !c.have(20) {
			c.event(EventPPPVJTruncated)
			return false
		}
		c.ether = etherIPv4
	case pppMPLS:
		c.ether = etherMPLS
	case pppMPLSMC:
		c.ether = etherMPLSMC
	default:
		if proto == pppVJ || proto < 0x4000 {
			c.event(EventPPPUnsupported)
		} else if proto&0x101 != 1 {
			c.event(EventPPPUnknown)
		}
		return false
	}
	return true
}

// chdlc reads Cisco's HDLC header.
func (d *Decoder) chdlc(c *cursor) bool {
	d.stats.CHDLC++
	if !c.have(4) {
		c.event(EventCHDLCTruncated)
		return false
	}
	c.link, c.ether = linkNone, c.u16(2)
	c.off += 4
	if c.ether == 0xfefe { // OSI: LLC without addresses
		c.ether = 0
		return false
	}
	return c.ether >= 0x600
}

package flow

// pbb reads a provider backbone bridge's I-tag (IEEE 802.1ah), behind which stands a whole frame.
func (d *Decoder) pbb(c *cursor) bool {
	d.stats.PBB++
	if !c.have(4 + 14) {
		c.event(EventPBBTruncated)
		return false
	}
	c.off += 4
	c.link = LinkEthernet
	return true
}

// vntag reads Cisco's VN-Tag (IEEE 802.1BR's forerunner).
func (d *Decoder) vntag(c *cursor) bool {
	d.stats.VNTag++
	if !c.have(6) {
		c.event(EventVNTagTruncated)
		return false
	}
	if !d.etherType(c, 4) {
		c.event(EventVNTagUnknown)
		return false
	}
	return true
}

// fabricPath reads Cisco's FabricPath header: addresses of its own, a tag, then a whole frame. The cursor stands
// behind the type, that is, at the tag's last two bytes.
func (d *Decoder) fabricPath(c *cursor) bool {
	if !c.have(2 + 14) {
		c.event(EventFabricPathTruncated)
		return false
	}
	c.off += 2
	c.link = LinkEthernet
	return true
}

// nsh reads a network service header (RFC 8300).
func (d *Decoder) nsh(c *cursor) bool {
	d.stats.NSH++
	if !c.have(8) {
		c.event(EventNSHTruncated)
		return false
	}
	first := c.u16(0)
	n := int(first&0x3f) * 4
	mdType, next := c.buf[c.off+2]&15, c.buf[c.off+3]
	switch {
	case first>>14 != 0:
		c.event(EventNSHVersion)
		return false
	case n < 8 || !c.have(n):
		c.event(EventNSHLength)
		return false
	case mdType == 0 || mdType == 15:
		c.event(EventNSHReserved)
		return false
	case mdType == 1 && n != 24:
		c.event(EventNSHLength)
		return false
	case mdType > 2:
		c.event(EventNSHType)
		return false
	}
	c.off += n
	switch next {
	case 1:
		c.ether = etherIPv4
	case 2:
		c.ether = etherIPv6
	case 3:
		c.link = LinkEthernet
	case 4:
		c.ether = etherNSH
	case 5:
		c.ether = etherMPLS
	default:
		c.ether = 0
		c.event(EventNSHPayload)
		return false
	}
	return true
}

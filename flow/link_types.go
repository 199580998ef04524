package flow

// linkHeader opens the header of the cursor's link type. It returns false where the way ends.
func (d *Decoder) linkHeader(c *cursor) bool {
	switch c.link {
	case LinkEthernet:
		return d.ethernet(c)
	case LinkRaw, linkRawOld1, linkRawOld2:
		return d.rawIP(c)
	case LinkPPP:
		return d.ppp(c)
	}
	d.stats.UnknownLink++
	c.event(EventUnknownLink)
	return false
}

// rawIP looks at the version of an IP header that comes first.
func (d *Decoder) rawIP(c *cursor) bool {
	d.stats.Raw++
	c.link, c.ether = linkNone, etherIPv4
	if c.have(1) && c.buf[c.off]>>4 == 6 {
		c.ether = etherIPv6
	}
	return true
}

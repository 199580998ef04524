package flow

import "encoding/binary"

// depthEvents are the events of a tunnel that is nested too deeply to be opened.
var depthEvents = [...]Event{
	TunnelNone: EventIPTunnelDepth, TunnelIP: EventIPTunnelDepth, TunnelGRE: EventGREDepth, TunnelERSPAN: EventGREDepth,
	TunnelTeredo: EventTeredoDepth, TunnelVXLAN: EventVXLANDepth, TunnelGENEVE: EventGENEVEDepth,
	TunnelGTPv1: EventGTPDepth, TunnelAYIYA: EventAYIYADepth,
}

// enter opens the tunnel whose content begins at off in the packet at hand; c.link or c.ether say what it is. It
// returns false if the tunnel is nested too deeply, or if its packet's checksum does not allow to trust it.
func (d *Decoder) enter(c *cursor, p *Packet, typ TunnelType, off int) bool {
	if !d.open(c, p, typ) {
		return false
	}
	t, reversed, cut := d.encaps.find(p, typ)
	if cut {
		d.stats.TunnelsCut++
	}
	p.Marks |= TunnelOuter
	c.tunnel = t.settle(p, typ)
	p.Inside = c.tunnel
	d.descend(c, p, off, reversed)
	return true
}

// open checks depth and checksums.
func (d *Decoder) open(c *cursor, p *Packet, typ TunnelType) bool {
	if d.opt.Tunnels != 0 && d.opt.Tunnels&(1<<typ) == 0 {
		return false
	}
	if !d.opt.Profile.IgnoreChecksums && p.Checksum() != EventNone {
		return false
	}
	if p.Tunnel != nil && p.Tunnel.Depth >= d.opt.Profile.MaxTunnelDepth {
		d.note(p, depthEvents[typ])
		d.stats.TunnelDepthCut++
		return false
	}
	return true
}

// descend leaves the cursor at the content of a tunnel.
func (d *Decoder) descend(c *cursor, p *Packet, off int, reversed bool) {
	c.off = off
	c.layer = p.Layer + 1
	c.vlans, c.vlan, c.headers = 0, [3]uint16{}, 0
	c.marks &^= TunnelReversed | Mirrored
	if reversed {
		c.marks |= TunnelReversed
	}
}

// ipInIP opens IP in IP (RFC 2003, RFC 2473, RFC 4213).
func (d *Decoder) ipInIP(c *cursor, p *Packet) bool {
	b := c.buf[p.TransOff:c.end]
	version, size := byte(4), 20
	c.ether = etherIPv4
	if p.Proto == ProtoIPv6 {
		version, size, c.ether = 6, 40, etherIPv6
	}
	c.link = linkNone
	switch {
	case len(b) < size:
		d.note(p, innerEvent(p, EventIPv4InIPv6Truncated, EventIPv6InIPv6Truncated, EventIPTunnelTruncated))
		return false
	case b[0]>>4 != version:
		d.note(p, innerEvent(p, EventIPv4InIPv6Version, EventIPv6InIPv6Version, EventIPTunnelVersion))
		return false
	}
	total := int(binary.BigEndian.Uint16(b[2:]))
	if version == 6 {
		total = 40 + int(binary.BigEndian.Uint16(b[4:]))
	}
	switch have := c.wire - int(p.TransOff); {
	case total > have:
		d.note(p, EventIPTunnelTruncated)
		return false
	case total < have && total > 40:
		d.note(p, EventIPTunnelMismatch)
	}
	if d.enter(c, p, TunnelIP, int(p.TransOff)) {
		d.stats.IPinIP++
		return true
	}
	return false
}

func innerEvent(p *Packet, v4in6, v6in6, other Event) Event {
	switch {
	case p.Version == 6 && p.Proto == ProtoIPIP:
		return v4in6
	case p.Version == 6:
		return v6in6
	}
	return other
}

// etherInIP opens Ethernet that follows an IP header: at once (RFC 8986, 10.1), or after two bytes (RFC 3378).
func (d *Decoder) etherInIP(c *cursor, p *Packet) bool {
	off := int(p.TransOff)
	if p.Proto == protoEtherIP {
		off += 2
		if off > c.end || c.buf[off-2]>>4 != 3 {
			return false
		}
	}
	if !plausibleEtherAt(c, off) {
		return false
	}
	c.link = LinkEthernet
	return d.enter(c, p, TunnelIP, off)
}

func plausibleEtherAt(c *cursor, off int) bool {
	at := *c
	at.off = off
	return plausibleEther(&at, 0)
}

package flow

import "encoding/binary"

// The ports on which tunnels in UDP are looked for (IANA; Teredo may be found on any).
const (
	portGTPU   = 2152
	portTeredo = 3544
	portGRE    = 4754
	portVXLAN  = 4789
	portAYIYA  = 5072
	portGENEVE = 6081
)

// udpTunnel looks for a tunnel in a datagram, and opens it.
func (d *Decoder) udpTunnel(c *cursor, p *Packet) bool {
	var typ TunnelType
	var off int
	switch port := tunnelPort(p); port {
	case 0:
		if !teredoLike(c.buf[p.PayOff:p.End]) {
			return false
		}
		typ, off = d.teredo(c, p, true)
	default:
		d.remember(p)
		if p.Is(Snapped) && p.End-p.PayOff < 8 {
			return false
		}
		typ, off = d.onPort(c, p, port)
	}
	if typ == TunnelNone {
		return false
	}
	c.end, c.wire = int(p.End), int(p.PayOff+p.PayLen)
	if typ == TunnelGRE {
		return d.greOverUDP(c, p, off)
	}
	if !d.enter(c, p, typ, off) {
		return false
	}
	d.countTunnel(typ)
	return true
}

// tunnelPort returns the port that makes p a candidate. The destination's counts first; that of the source only
// where the other is no service's port.
func tunnelPort(p *Packet) uint16 {
	for i, port := range [2]uint16{p.DstPort, p.SrcPort} {
		switch port {
		case portGTPU, portTeredo, portGRE, portVXLAN, portAYIYA, portGENEVE:
			if i == 0 || p.DstPort >= 1024 {
				return port
			}
		}
	}
	return 0
}

// remember notes the first packet of a flow that may be a tunnel, as it names the flow even if it is none itself.
func (d *Decoder) remember(p *Packet) {
	if _, _, cut := d.encaps.find(p, TunnelNone); cut {
		d.stats.TunnelsCut++
	}
}

func (d *Decoder) countTunnel(typ TunnelType) {
	switch typ {
	case TunnelTeredo:
		d.stats.Teredo++
	case TunnelVXLAN:
		d.stats.VXLAN++
	case TunnelGENEVE:
		d.stats.GENEVE++
	case TunnelGTPv1:
		d.stats.GTP++
	case TunnelAYIYA:
		d.stats.AYIYA++
	}
}

func (d *Decoder) onPort(c *cursor, p *Packet, port uint16) (TunnelType, int) {
	b, off := c.buf[p.PayOff:p.End], int(p.PayOff)
	switch port {
	case portTeredo:
		return d.teredo(c, p, false)
	case portVXLAN:
		return d.vxlan(c, p, b, off)
	case portGENEVE:
		return d.geneve(c, p, b, off)
	case portGTPU:
		return gtp(c, b, off)
	case portAYIYA:
		return ayiya(c, b, off)
	}
	return TunnelGRE, off
}

// greOverUDP opens GRE in UDP (RFC 8086). The tunnel is that of the hosts: the ports only spread the load.
func (d *Decoder) greOverUDP(c *cursor, p *Packet, off int) bool {
	next, ok := d.greHeader(c, p, off)
	if !ok || !d.open(c, p, TunnelGRE) {
		return false
	}
	d.stats.GRE++
	q := *p
	q.SrcPort, q.DstPort, q.Proto = 0, 0, ProtoGRE
	t, reversed, cut := d.encaps.find(&q, TunnelGRE)
	if cut {
		d.stats.TunnelsCut++
	}
	p.Marks |= TunnelOuter
	c.tunnel = t.settle(&q, TunnelGRE)
	p.Inside = c.tunnel
	d.descend(c, p, next, reversed)
	return true
}

// vxlan reads a VXLAN header (RFC 7348, 5).
func (d *Decoder) vxlan(c *cursor, p *Packet, b []byte, off int) (TunnelType, int) {
	if len(b) < 8 || b[0]&0x08 == 0 {
		return TunnelNone, 0
	}
	if p.DstPort != portVXLAN && (b[0] != 8 || b[7] != 0) {
		return TunnelNone, 0
	}
	c.link = LinkEthernet
	return TunnelVXLAN, off + 8
}

// geneve reads a GENEVE header and passes its options (RFC 8926, 3.4).
func (d *Decoder) geneve(c *cursor, p *Packet, b []byte, off int) (TunnelType, int) {
	if len(b) < 8 || b[0]>>6 != 0 {
		return TunnelNone, 0
	}
	n := 8 + int(b[0]&0x3f)*4
	if n > len(b) {
		return TunnelNone, 0
	}
	c.link, c.ether = linkNone, binary.BigEndian.Uint16(b[2:])
	switch c.ether {
	case etherTEB, etherIPv4, etherIPv6, etherARP, etherMPLS, etherVLAN, etherNSH:
	default:
		d.note(p, EventGENEVEHeader)
		return TunnelNone, 0
	}
	return TunnelGENEVE, off + n
}

// gtp reads a GTP-U header with its extension headers (3GPP TS 29.281, 5); only user data is a tunnel.
func gtp(c *cursor, b []byte, off int) (TunnelType, int) {
	if len(b) < 8 || b[0]>>5 != 1 || b[0]&0x10 == 0 || b[1] != 255 {
		return TunnelNone, 0
	}
	n := 8
	if b[0]&7 != 0 {
		n += 4
		if n > len(b) {
			return TunnelNone, 0
		}
		next := b[11]
		if b[0]&4 == 0 {
			next = 0
		}
		for next != 0 {
			if n+4 > len(b) || b[n] == 0 {
				return TunnelNone, 0
			}
			size := int(b[n]) * 4
			if n+size > len(b) {
				return TunnelNone, 0
			}
			n += size
			next = b[n-1]
		}
	}
	if !innerIP(c, b[n:]) {
		return TunnelNone, 0
	}
	return TunnelGTPv1, off + n
}

// innerIP tells whether b begins with an IP header that fits it, and notes its version.
func innerIP(c *cursor, b []byte) bool {
	c.link = linkNone
	switch {
	case len(b) >= 20 && b[0]>>4 == 4 && b[0]&15 >= 5:
		c.ether = etherIPv4
		n := int(binary.BigEndian.Uint16(b[2:]))
		return n <= len(b)+c.wire-c.end && n >= 20
	case len(b) >= 40 && b[0]>>4 == 6:
		c.ether = etherIPv6
		return 40+int(binary.BigEndian.Uint16(b[4:])) <= len(b)+c.wire-c.end
	}
	return false
}

// ayiya reads an AYIYA header (draft-massar-v6ops-ayiya); only forwarded packets are a tunnel.
func ayiya(c *cursor, b []byte, off int) (TunnelType, int) {
	if len(b) < 8 || b[2]&15 != 1 {
		return TunnelNone, 0
	}
	n := 8 + 1<<(b[0]>>4) + int(b[1]>>4)*4
	if n > len(b) || b[3] != ProtoIPv6 && b[3] != ProtoIPIP || !innerIP(c, b[n:]) {
		return TunnelNone, 0
	}
	return TunnelAYIYA, off + n
}

// teredoLike is a quick test before a datagram on any port is taken for Teredo.
func teredoLike(b []byte) bool {
	return len(b) >= 40 && (b[0]>>4 == 6 || b[0] == 0 && b[1] <= 1)
}

// teredo reads Teredo's indications and the IPv6 header behind them (RFC 4380, 5.1.1). On a port that is not its own the
// addresses have to be Teredo's as well.
func (d *Decoder) teredo(c *cursor, p *Packet, anyPort bool) (TunnelType, int) {
	b, off := c.buf[p.PayOff:p.End], int(p.PayOff)
	n := teredoIndications(b)
	if n < 0 || len(b) < n+40 || b[n]>>4 != 6 {
		return TunnelNone, 0
	}
	h := b[n:]
	if anyPort && n == 0 && !teredoAddr(h[8:24]) && !teredoAddr(h[24:40]) && (!d.anyTeredo || p.Version != 4 || h[7] == 0) {
		return TunnelNone, 0
	}
	size, have := 40+int(binary.BigEndian.Uint16(h[4:])), int(p.PayLen)-n
	switch {
	case size > have:
		return TunnelNone, 0
	case size < have:
		if h[6] != ProtoNoNext || size != 40 {
			return TunnelNone, 0
		}
		d.note(p, EventTeredoBubble)
	}
	c.link, c.ether = linkNone, etherIPv6
	return TunnelTeredo, off + n
}

// teredoIndications returns the length of the authentication and origin indications, -1 if they are broken.
func teredoIndications(b []byte) int {
	n := 0
	if len(b) >= 4 && b[0] == 0 && b[1] == 1 {
		n = 4 + int(b[2]) + int(b[3]) + 9
	}
	if len(b) >= n+2 && b[n] == 0 && b[n+1] == 0 {
		n += 8
	}
	if n > len(b) {
		return -1
	}
	return n
}

// teredoAddr tells whether an address is in 2001::/32, or a link-local one of a Teredo client (RFC 4380, 5.2.1).
func teredoAddr(a []byte) bool {
	switch binary.BigEndian.Uint32(a) {
	case 0x20010000:
		return true
	case 0xfe800000:
		return binary.BigEndian.Uint32(a[4:]) == 0 && binary.BigEndian.Uint16(a[8:])&0x7fff == 0
	}
	return false
}

package flow

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/pcap"
)

// Headers that capturing programs, rather than networks, put in front of packets.

// perPacket reads the headers of PPI and PKTAP, which name the link type of the packet behind them.
func (d *Decoder) perPacket(c *cursor) bool {
	h := c.buf[c.off:c.end]
	var n, next uint32
	switch {
	case len(h) >= 8 && c.link == linkPPI:
		n, next = uint32(binary.LittleEndian.Uint16(h[2:])), binary.LittleEndian.Uint32(h[4:])
	case len(h) >= 12 && c.link == linkPKTAP:
		n, next = anyEndian(h), anyEndian(h[8:])
	}
	if n < 8 || int64(n) > int64(len(h)) {
		c.event(EventLinkTruncated)
		return false
	}
	c.off += int(n)
	if next >= uint32(linkNone) {
		next = uint32(linkNone) - 1
	}
	c.link = pcap.LinkType(next)
	return true
}

// nflog reads the attributes that Linux' netfilter log puts in front of a packet.
func (d *Decoder) nflog(c *cursor) bool {
	if !c.have(4) {
		c.event(EventNFLOGEmpty)
		return false
	}
	family, version := uint32(c.buf[c.off]), c.buf[c.off+1]
	if version != 0 {
		c.event(EventNFLOGVersion)
		return false
	}
	c.off += 4
	for range maxAttributes {
		b := c.buf[c.off:c.end]
		if len(b) < 4 {
			c.event(EventNFLOGPayload)
			return false
		}
		n, typ := int(binary.LittleEndian.Uint16(b)), binary.LittleEndian.Uint16(b[2:])
		if big := int(binary.BigEndian.Uint16(b)); n > len(b) && big >= 4 && big <= len(b) {
			n, typ = big, binary.BigEndian.Uint16(b[2:])
		}
		if n < 4 || n > len(b) {
			c.event(EventNFLOGTLV)
			return false
		}
		if typ&0x7fff == 9 {
			c.off += 4
			c.end = c.off + n - 4
			if d.setFamily(c, family) {
				return true
			}
			return d.rawIP(c)
		}
		if n = (n + 3) &^ 3; n > len(b) {
			n = len(b)
		}
		c.off += n
	}
	c.event(EventHeaderDepth)
	d.stats.HeadersCut++
	return false
}

// maxAttributes bounds the attributes of one header.
const maxAttributes = 64

// enc reads the header of OpenBSD's IPsec device.
func (d *Decoder) enc(c *cursor) bool { return d.family(c, 0, 4, 12) }

// pflog reads the header of OpenBSD's packet filter log, whose length leaves padding out.
func (d *Decoder) pflog(c *cursor) bool {
	if !c.have(4) {
		c.event(EventLinkTruncated)
		return false
	}
	n := (int(c.buf[c.off]) + 3) &^ 3
	return n >= 4 && d.family(c, 1, 1, n)
}

// slip reads the pseudo header of a serial line. Packets with a compressed TCP header need the line's state: they are
// left alone.
func (d *Decoder) slip(c *cursor) bool {
	c.ether = 0
	if !c.have(16 + 1) {
		c.event(EventLinkTruncated)
		return false
	}
	compression := c.buf[c.off+1]
	c.off += 16
	c.link = linkNone
	if compression&0x80 != 0 {
		return false
	}
	return d.rawIP(c)
}

// juniper reads the header that Juniper's routers put in front of a packet.
func (d *Decoder) juniper(c *cursor) bool {
	link := c.link
	c.link, c.ether = linkNone, 0
	if !c.have(4) || c.u32(0)>>8 != 0x4d4743 {
		c.event(EventLinkTruncated)
		return false
	}
	flags := c.buf[c.off+3]
	c.off += 4
	if flags&0x80 != 0 { // extensions
		if !c.have(2) || !c.have(2+int(c.u16(0))) {
			c.event(EventLinkTruncated)
			return false
		}
		c.off += 2 + int(c.u16(0))
	}
	if flags&2 != 0 { // the link header is left out
		return d.family(c, 0, 4, 4)
	}
	switch link {
	case linkJuniperEther:
		c.link = LinkEthernet
	case linkJuniperPPP:
		c.link = LinkPPP
	case linkJuniperFrelay:
		c.link = linkFrameRelay
	default:
		c.link = linkCHDLC
	}
	return true
}

// erf reads a record header of Endace's cards.
func (d *Decoder) erf(c *cursor) bool {
	c.ether = 0
	if !c.have(16) {
		c.event(EventLinkTruncated)
		return false
	}
	typ := c.buf[c.off+8]
	c.off += 16
	for more, n := typ&0x80 != 0, 0; more; n++ {
		if n == maxHeaders || !c.have(8) {
			c.event(EventLinkTruncated)
			return false
		}
		more = c.buf[c.off]&0x80 != 0
		c.off += 8
	}
	switch typ & 0x7f {
	case 1, 5, 17:
		return d.skip(c, 0, LinkPPP)
	case 2, 11, 16, 20:
		return d.skip(c, 2, LinkEthernet)
	case 22, 23:
		return d.rawIP(c)
	case 4, 18:
		return d.skip(c, 4, linkATM1483)
	}
	c.link = linkNone
	return false
}

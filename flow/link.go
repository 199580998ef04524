package flow

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/pcap"
)

// Link types that the decoder opens (the tcpdump registry of LINKTYPE_ values).
const (
	LinkNull      pcap.LinkType = 0
	LinkEthernet  pcap.LinkType = 1
	LinkTokenRing pcap.LinkType = 6
	LinkPPP       pcap.LinkType = 9
	LinkFDDI      pcap.LinkType = 10
	LinkRaw       pcap.LinkType = 101

	linkRawOld1 pcap.LinkType = 12
	linkRawOld2 pcap.LinkType = 14

	linkNone pcap.LinkType = 0xffff // past the link header: cursor.ether tells
)

// EtherTypes (IEEE 802 numbers).
const (
	etherIPv4   = 0x0800
	etherARP    = 0x0806
	etherFabric = 0x8903
	etherTEB    = 0x6558 // an Ethernet frame in a tunnel
	etherVLAN   = 0x8100
	etherIPv6   = 0x86dd
	etherPPP    = 0x880b
	etherMPLS   = 0x8847
	etherMPLSMC = 0x8848
	etherPPPoED = 0x8863
	etherPPPoES = 0x8864
	etherQinQ   = 0x88a8
	etherPBB    = 0x88e7
	etherERSPAN = 0x88be
	etherVNTag  = 0x8926
	etherNSH    = 0x894f
	etherQinQ1  = 0x9100
	etherQinQ2  = 0x9200
	etherQinQ3  = 0x9300
	etherSPAN3  = 0x22eb
	etherTRILL  = 0x22f3
)

// links opens link headers until the cursor stands at an IP header; false if there is none.
func (d *Decoder) links(c *cursor) bool {
	for {
		if c.link == linkNone && (c.ether == etherIPv4 || c.ether == etherIPv6) {
			return true
		}
		if c.headers == maxHeaders {
			c.event(EventHeaderDepth)
			d.stats.HeadersCut++
			return false
		}
		c.headers++
		if c.link != linkNone {
			if !d.linkHeader(c) {
				return false
			}
		} else if !d.etherHeader(c) {
			return false
		}
	}
}

// etherHeader opens the header that an EtherType other than IP announces. It returns false where the way ends.
func (d *Decoder) etherHeader(c *cursor) bool {
	switch c.ether {
	case etherVLAN, etherQinQ, etherQinQ1, etherQinQ2, etherQinQ3:
		return d.vlan(c)
	case etherMPLS, etherMPLSMC:
		return d.mpls(c)
	case etherPPPoES:
		return d.pppoe(c)
	case etherPPPoED:
		d.stats.PPPoE++
		d.pppoeDiscovery(c)
	case etherPPP:
		return d.ppp(c)
	case etherTEB:
		c.link = LinkEthernet
		return true
	case etherPBB:
		return d.pbb(c)
	case etherVNTag:
		return d.vntag(c)
	case etherNSH:
		return d.nsh(c)
	case etherFabric:
		return d.fabricPath(c)
	case etherARP:
		d.arp(c)
	}
	return false
}

// ethernet reads an Ethernet II or 802.3 header.
func (d *Decoder) ethernet(c *cursor) bool {
	d.stats.Ethernet++
	if !c.have(14) {
		c.event(EventEthernetTruncated)
		return false
	}
	return d.etherType(c, 12)
}

// etherType passes a header whose last two bytes, at at, are an EtherType or the length of an 802.2 frame.
func (d *Decoder) etherType(c *cursor, at int) bool {
	c.link, c.ether = linkNone, c.u16(at)
	c.off += at + 2
	if c.ether >= 0x600 {
		return true
	}
	// 802.3: the length leaves padding out, and an LLC header follows. Some raw IPX has none: ff ff.
	if n := int(c.ether); n > 0 && c.off+n < c.wire {
		c.wire = c.off + n
		c.end = min(c.end, c.wire)
	}
	return d.llc(c)
}

// llc reads an 802.2 header, and the SNAP header behind it where there is one (IEEE 802.2; RFC 1042).
func (d *Decoder) llc(c *cursor) bool {
	if !c.have(3) {
		c.event(EventLLCTruncated)
		return false
	}
	c.link, c.ether = linkNone, 0
	dsap, ssap, control := c.buf[c.off], c.buf[c.off+1], c.buf[c.off+2]
	switch {
	case dsap == 0xaa && ssap == 0xaa && control == 3:
		c.off += 3
		return d.snap(c)
	case dsap == 6 && ssap == 6 && control == 3: // IP by its own SAP
		c.off += 3
		c.ether = etherIPv4
		return true
	}
	return false
}

// vlan reads an 802.1Q or 802.1ad tag. Three are kept; what comes after them is not looked into.
func (d *Decoder) vlan(c *cursor) bool {
	if !c.have(4) {
		c.event(EventVLANTruncated)
		return false
	}
	switch c.vlans {
	case 0:
		d.stats.VLAN++
	case 1:
		d.stats.QinQ++
	case 2:
		d.stats.QinQinQ++
	default:
		c.event(EventVLANDepth)
		return false
	}
	c.vlan[c.vlans] = c.u16(0) & 0xfff
	c.vlans++
	return d.etherType(c, 2)
}

// mpls passes a label stack and guesses what is behind it (RFC 3032; the first nibble as in RFC 4928).
func (d *Decoder) mpls(c *cursor) bool {
	d.stats.MPLS++
	c.ether = 0
	for range maxHeaders {
		if !c.have(4) {
			c.event(EventMPLSTruncated)
			return false
		}
		entry := c.u32(0)
		c.off += 4
		if entry&0x100 != 0 {
			return d.mplsPayload(c, entry>>12)
		}
	}
	c.event(EventHeaderDepth)
	d.stats.HeadersCut++
	return false
}

func (d *Decoder) mplsPayload(c *cursor, label uint32) bool {
	switch {
	case label == 0:
		c.ether = etherIPv4
		return true
	case label == 1:
		c.event(EventMPLSRouterAlert)
	case label == 2:
		c.ether = etherIPv6
		return true
	case label == 3:
		c.event(EventMPLSImplicitNull)
	case label >= 4 && label <= 15:
		c.event(EventMPLSReserved)
	}
	if !c.have(1) {
		c.event(EventMPLSPayloadTruncated)
		return false
	}
	switch c.buf[c.off] >> 4 {
	case 4:
		c.ether = etherIPv4
		return true
	case 6:
		c.ether = etherIPv6
		return true
	case 0: // a pseudowire's control word (RFC 4385), then Ethernet; or Ethernet whose address begins so
		if c.have(4+14) && c.u32(0) == 0 || c.have(4+14) && c.buf[c.off] == 0 && plausibleEther(c, 4) && !plausibleEther(c, 0) {
			c.off += 4
		}
		c.link = LinkEthernet
		return true
	case 1: // an associated channel: no user's traffic
		return false
	}
	if plausibleEther(c, 0) {
		c.link = LinkEthernet
		return true
	}
	c.event(EventMPLSUnknown)
	return false
}

// plausibleEther tells whether what stands n bytes on could be an Ethernet header.
func plausibleEther(c *cursor, n int) bool {
	if !c.have(n + 14) {
		return false
	}
	t := c.u16(n + 12)
	switch t {
	case etherIPv4, etherIPv6, etherARP, etherVLAN, etherQinQ, etherMPLS, etherPPPoES, etherPPPoED:
		return true
	}
	return t >= 0x600 && t < 0xffff || int(t) <= c.wire-c.off-n-14
}

// arp checks an ARP packet for what Suricata reports (RFC 826).
func (d *Decoder) arp(c *cursor) {
	if !c.have(28) {
		c.event(EventARPTruncated)
		return
	}
	h := c.buf[c.off:]
	switch {
	case binary.BigEndian.Uint16(h) != 1:
		c.event(EventARPHardware)
	case binary.BigEndian.Uint16(h[2:]) != etherIPv4:
		c.event(EventARPProtocol)
	case h[4] != 6:
		c.event(EventARPHardwareSize)
	case h[5] != 4:
		c.event(EventARPProtocolSize)
	default:
		switch binary.BigEndian.Uint16(h[6:]) {
		case 1, 2, 3, 4, 8, 9:
		default:
			c.event(EventARPOpcode)
		}
	}
}

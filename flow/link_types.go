package flow

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/pcap"
)

// The long tail of link types.
const (
	linkArcnetBSD     pcap.LinkType = 7
	linkSLIP          pcap.LinkType = 8
	linkRawATM        pcap.LinkType = 11
	linkPPPHDLC       pcap.LinkType = 50
	linkPPPEther      pcap.LinkType = 51
	linkATM1483       pcap.LinkType = 100
	linkCHDLC         pcap.LinkType = 104
	linkWLAN          pcap.LinkType = 105
	linkATMClip       pcap.LinkType = 106
	linkFrameRelay    pcap.LinkType = 107
	linkLoop          pcap.LinkType = 108
	linkEnc           pcap.LinkType = 109
	linkSLL           pcap.LinkType = 113
	linkPFLog         pcap.LinkType = 117
	linkPrism         pcap.LinkType = 119
	linkIPoverFC      pcap.LinkType = 122
	linkSunATM        pcap.LinkType = 123
	linkRadiotap      pcap.LinkType = 127
	linkArcnetLinux   pcap.LinkType = 129
	linkIEEE1394      pcap.LinkType = 138
	linkAVS           pcap.LinkType = 163
	linkPPPD          pcap.LinkType = 166
	linkJuniperEther  pcap.LinkType = 178
	linkJuniperPPP    pcap.LinkType = 179
	linkJuniperFrelay pcap.LinkType = 180
	linkJuniperCHDLC  pcap.LinkType = 181
	linkPPI           pcap.LinkType = 192
	linkERF           pcap.LinkType = 197
	linkPPPDir        pcap.LinkType = 204
	linkCHDLCDir      pcap.LinkType = 205
	linkFrameRelayDir pcap.LinkType = 206
	linkMPLS          pcap.LinkType = 219
	linkIPNet         pcap.LinkType = 226
	linkIPv4          pcap.LinkType = 228
	linkIPv6          pcap.LinkType = 229
	linkNFLOG         pcap.LinkType = 239
	linkNetAnalyzer   pcap.LinkType = 240
	linkNetAnalyzerTr pcap.LinkType = 241
	linkIPoIB         pcap.LinkType = 242
	linkPKTAP         pcap.LinkType = 258
	linkMPacket       pcap.LinkType = 274
	linkSLL2          pcap.LinkType = 276
	linkDSABroadcom   pcap.LinkType = 281
	linkDSAPrepended  pcap.LinkType = 282
	linkDSA           pcap.LinkType = 284
	linkEDSA          pcap.LinkType = 285
)

// linkHeader opens the header of the cursor's link type. It returns false where the way ends.
func (d *Decoder) linkHeader(c *cursor) bool {
	switch c.link {
	case LinkEthernet:
		return d.ethernet(c)
	case LinkRaw, linkRawOld1, linkRawOld2, linkIPv4, linkIPv6:
		return d.rawIP(c)
	case linkSLL:
		return d.sll(c)
	case linkSLL2:
		return d.sll2(c)
	case LinkNull, linkLoop:
		return d.null(c)
	case LinkPPP, linkPPPHDLC:
		return d.ppp(c)
	case linkPPPEther:
		return d.pppoe(c)
	case linkCHDLC:
		return d.chdlc(c)
	case linkWLAN:
		return d.wlan(c)
	case linkRadiotap:
		return d.radiotap(c)
	case linkPrism, linkAVS:
		return d.prism(c)
	}
	return d.rareLink(c)
}

// rareLink opens link headers that are seldom seen.
func (d *Decoder) rareLink(c *cursor) bool {
	switch c.link {
	case linkFrameRelay:
		return d.frameRelay(c)
	case LinkFDDI:
		return d.fddi(c)
	case LinkTokenRing:
		return d.tokenRing(c)
	case linkNFLOG:
		return d.nflog(c)
	case linkPPI, linkPKTAP:
		return d.perPacket(c)
	case linkPPPD, linkPPPDir:
		return d.skip(c, 1, LinkPPP)
	case linkCHDLCDir:
		return d.skip(c, 1, linkCHDLC)
	case linkFrameRelayDir:
		return d.skip(c, 1, linkFrameRelay)
	case linkNetAnalyzer:
		return d.skip(c, 4, LinkEthernet)
	case linkNetAnalyzerTr:
		return d.skip(c, 12, LinkEthernet)
	case linkJuniperEther, linkJuniperPPP, linkJuniperFrelay, linkJuniperCHDLC:
		return d.juniper(c)
	case linkIPNet:
		return d.family(c, 1, 1, 24)
	case linkEnc:
		return d.enc(c)
	case linkPFLog:
		return d.pflog(c)
	case linkSLIP:
		return d.slip(c)
	case linkERF:
		return d.erf(c)
	case linkATM1483, linkATMClip, linkRawATM:
		return d.llcOrIP(c)
	case linkSunATM:
		return c.have(4) && c.buf[c.off]&15 == 2 && d.skip(c, 4, linkATM1483)
	case linkIPoverFC:
		return d.skip(c, 16, linkATM1483)
	case linkIEEE1394, linkDSABroadcom, linkDSA:
		return d.etherTypeAt(c, 16, 18)
	case linkEDSA:
		return d.etherTypeAt(c, 20, 22)
	case linkIPoIB:
		return d.etherTypeAt(c, 40, 44)
	case linkMPacket:
		return d.skip(c, 8, LinkEthernet)
	case linkDSAPrepended:
		return d.skip(c, 4, LinkEthernet)
	case linkMPLS:
		c.link = linkNone
		return d.mpls(c)
	case linkArcnetLinux:
		return d.arcnet(c, 4)
	case linkArcnetBSD:
		return d.arcnet(c, 2)
	}
	d.stats.UnknownLink++
	c.event(EventUnknownLink)
	return false
}

// etherTypeAt passes a header of the given size with an EtherType, or an 802.2 length, at at.
func (d *Decoder) etherTypeAt(c *cursor, at, size int) bool {
	if !c.have(size) {
		c.event(EventLinkTruncated)
		return false
	}
	ok := d.etherType(c, at)
	c.off += size - at - 2
	return ok
}

// skip passes n bytes and goes on with link type next.
func (d *Decoder) skip(c *cursor, n int, next pcap.LinkType) bool {
	if !c.have(n) {
		c.event(EventLinkTruncated)
		return false
	}
	c.off += n
	c.link = next
	return true
}

// rawIP looks at the version of an IP header that comes first.
func (d *Decoder) rawIP(c *cursor) bool {
	d.stats.Raw++
	c.link, c.ether = linkNone, etherIPv4
	if !c.have(1) {
		return true // the IP layer says what is missing
	}
	switch c.buf[c.off] >> 4 {
	case 4:
	case 6:
		c.ether = etherIPv6
	default:
		c.ether = 0
		c.event(EventIPVersion)
		return false
	}
	return true
}

// setFamily goes on with the IP version that an address family of some system names.
func (d *Decoder) setFamily(c *cursor, family uint32) bool {
	c.link = linkNone
	switch family {
	case 2:
		c.ether = etherIPv4
	case 10, 23, 24, 26, 28, 30: // Linux, Windows, NetBSD and OpenBSD, Solaris, FreeBSD, Darwin
		c.ether = etherIPv6
	default:
		c.ether = 0
		return false
	}
	return true
}

// family reads an address family of n bytes at at in a header of the given size.
func (d *Decoder) family(c *cursor, at, n, size int) bool {
	if !c.have(size) {
		c.event(EventLinkTruncated)
		return false
	}
	f := uint32(c.buf[c.off+at])
	if n == 4 {
		f = anyEndian(c.buf[c.off+at:])
	}
	c.off += size
	return d.setFamily(c, f)
}

// anyEndian reads a small number whose byte order is that of the machine that captured.
func anyEndian(b []byte) uint32 {
	return min(binary.LittleEndian.Uint32(b), binary.BigEndian.Uint32(b))
}

// null reads the address family of a loopback device.
func (d *Decoder) null(c *cursor) bool {
	d.stats.Null++
	if !c.have(4) {
		c.event(EventNullTruncated)
		return false
	}
	family := anyEndian(c.buf[c.off:])
	c.off += 4
	if !d.setFamily(c, family) {
		c.event(EventNullUnknown)
		return false
	}
	return true
}

// sll reads the header of Linux' "any" device.
func (d *Decoder) sll(c *cursor) bool {
	d.stats.SLL++
	if !c.have(16) {
		c.event(EventSLLTruncated)
		return false
	}
	hardware, proto := c.u16(2), c.u16(14)
	c.off += 16
	return d.linuxProto(c, hardware, proto)
}

// sll2 reads the second version of that header.
func (d *Decoder) sll2(c *cursor) bool {
	d.stats.SLL2++
	if !c.have(20) {
		c.event(EventSLL2Truncated)
		return false
	}
	proto, hardware := c.u16(0), c.u16(8)
	c.off += 20
	return d.linuxProto(c, hardware, proto)
}

func (d *Decoder) linuxProto(c *cursor, hardware, proto uint16) bool {
	c.link, c.ether = linkNone, proto
	switch {
	case hardware == 803: // ARPHRD_IEEE80211_RADIOTAP
		c.link = linkRadiotap
		return true
	case hardware == 801:
		c.link = linkWLAN
		return true
	case hardware == 824: // netlink
		return false
	case proto >= 0x600:
		return true
	case proto == 4:
		return d.llc(c)
	}
	c.ether = 0
	return false
}

// fddi reads an FDDI frame header (ANSI X3.139) and the LLC header that data frames have.
func (d *Decoder) fddi(c *cursor) bool {
	if !c.have(13 + 3) {
		c.event(EventFDDITruncated)
		return false
	}
	control := c.buf[c.off]
	c.off += 13
	return control&0xf0 == 0x50 && d.llc(c)
}

// tokenRing reads an IEEE 802.5 header with its source routing field.
func (d *Decoder) tokenRing(c *cursor) bool {
	if !c.have(14 + 3) {
		c.event(EventLinkTruncated)
		return false
	}
	control, routed := c.buf[c.off+1], c.buf[c.off+8]&0x80 != 0
	c.off += 14
	if routed {
		n := int(c.buf[c.off] & 0x1f)
		if n < 2 || !c.have(n) {
			c.event(EventLinkTruncated)
			return false
		}
		c.off += n
	}
	return control&0xc0 == 0x40 && d.llc(c)
}

// llcOrIP reads what RFC 2684 puts into ATM: LLC, or IP at once.
func (d *Decoder) llcOrIP(c *cursor) bool {
	if c.have(1) && c.buf[c.off] == 0xaa {
		return d.llc(c)
	}
	c.link = linkNone
	if c.have(20) && (c.buf[c.off] == 0x45 || c.buf[c.off]>>4 == 6) {
		return d.rawIP(c)
	}
	return false
}

// frameRelay reads a Q.922 header (RFC 2427), or Cisco's variant with an EtherType.
func (d *Decoder) frameRelay(c *cursor) bool {
	c.link, c.ether = linkNone, 0
	n := 0
	for {
		if n == 4 || !c.have(n+3) {
			c.event(EventLinkTruncated)
			return false
		}
		n++
		if c.buf[c.off+n-1]&1 != 0 {
			break
		}
	}
	if n < 2 {
		return false
	}
	c.off += n
	if !c.have(2) {
		c.event(EventLinkTruncated)
		return false
	}
	if c.buf[c.off] != 3 {
		return d.etherTypeStrict(c)
	}
	c.off++
	if c.buf[c.off] == 0 { // padding
		c.off++
	}
	if !c.have(1) {
		c.event(EventLinkTruncated)
		return false
	}
	nlpid := c.buf[c.off]
	c.off++
	switch nlpid {
	case 0xcc:
		c.ether = etherIPv4
	case 0x8e:
		c.ether = etherIPv6
	case 0xcf:
		return d.pppProtocol(c)
	case 0x80:
		return d.snap(c)
	default:
		return false
	}
	return true
}

// snap reads the five bytes of a SNAP header without LLC.
func (d *Decoder) snap(c *cursor) bool {
	if !c.have(5) {
		c.event(EventSNAPTruncated)
		return false
	}
	oui, typ := c.u32(0)>>8, c.u16(3)
	c.off += 5
	switch {
	case oui == 0, oui == 0xf8:
		c.ether = typ
		return typ >= 0x600
	case oui == 0x80c2 && (typ == 1 || typ == 7):
		c.link = LinkEthernet
		return true
	}
	return false
}

// etherTypeStrict reads an EtherType alone.
func (d *Decoder) etherTypeStrict(c *cursor) bool {
	c.ether = c.u16(0)
	c.off += 2
	return c.ether >= 0x600
}

// arcnet reads an ARCNET header whose protocol stands at at (RFC 1201; RFC 1051 for the old one).
func (d *Decoder) arcnet(c *cursor, at int) bool {
	c.link, c.ether = linkNone, 0
	if !c.have(at + 4) {
		c.event(EventLinkTruncated)
		return false
	}
	proto, flag := c.buf[c.off+at], c.buf[c.off+at+1]
	switch {
	case proto == 0xf0:
		c.off += at + 1
		c.ether = etherIPv4
	case flag != 0: // a fragment
		return false
	case proto == 0xd4, proto == 0xc4:
		c.off += at + 4
		c.ether = etherIPv4
		if proto == 0xc4 {
			c.ether = etherIPv6
		}
	default:
		return false
	}
	return true
}

package filter

import (
	"fmt"

	"github.com/wirelore/wirelore/pcap"
)

// encoding says how a link layer names the protocol it carries.
type encoding uint8

const (
	encUnknown  encoding = iota // only len, less, greater and link[] work
	encEthernet                 // type or length, LLC and SNAP behind a length
	encType                     // an EtherType, nothing else
	encSLL                      // as Ethernet, with type 4 instead of a length
	encLLC                      // always LLC and SNAP: FDDI, token ring
	encWLAN                     // 802.11: LLC and SNAP in data frames
	encHDLC                     // an EtherType, 0xfefe for ISO
	encPPP
	encFrameRelay
	encFamily     // 32-bit address family, big endian
	encFamilyHost // 32-bit address family in the byte order of the host that captured
	encPF         // 8-bit address family behind a header that says its length
	encIPNet      // 8-bit address family of Solaris
	encArcnet
	encVersion // the IP header itself
	encIPv4    // IPv4 and nothing else
	encIPv6
	encNothing // known to carry no IP
)

// offset is a place in the packet: a constant behind what a register holds.
type offset struct {
	reg uint8
	at  uint32
}

func (o offset) plus(n uint32) offset { return offset{reg: o.reg, at: o.at + n} }

// layer is the link layer that primitives refer to, outermost first; vlan, mpls, pppoes and geneve change it.
type layer struct {
	link    pcap.LinkType
	name    string
	enc     encoding
	header  offset // of the link header
	typ     offset // of the field that names the protocol
	payload offset // what follows the header, an LLC header included
	network uint32 // from payload to the network header
	noSnap  uint32 // from payload to what follows an LLC header without SNAP
	dst     uint32 // of the destination address in the header
	src     uint32
	macs    bool // it has 48-bit addresses at dst and src
	labels  int  // MPLS labels passed
	geneve  bool // what is looked at is inside of Geneve
}

// linkLayer describes a link type (the tcpdump registry of LINKTYPE_ values).
func linkLayer(t pcap.LinkType) layer {
	if l, ok := links[t]; ok {
		l.link = t
		return l
	}
	return layer{link: t, name: fmt.Sprintf("link type %d", t)}
}

func ethernet(at uint32) layer {
	return layer{name: "Ethernet", enc: encEthernet, header: offset{at: at}, typ: offset{at: at + 12},
		payload: offset{at: at + 14}, noSnap: 3, dst: 0, src: 6, macs: true}
}

func plain(name string, enc encoding, typ, payload uint32) layer {
	return layer{name: name, enc: enc, typ: offset{at: typ}, payload: offset{at: payload}}
}

func withLLC(name string, payload, dst, src uint32, macs bool) layer {
	return layer{name: name, enc: encLLC, typ: offset{at: payload}, payload: offset{at: payload},
		network: 8, noSnap: 3, dst: dst, src: src, macs: macs}
}

func wlan(header uint8) layer {
	return layer{name: "802.11", enc: encWLAN, header: offset{reg: header}, payload: offset{reg: regPayload}, network: 8, noSnap: 3}
}

const (
	linkEthernet   = 1
	linkPrism      = 119
	linkRadiotap   = 127
	linkAVS        = 163
	linkPPI        = 192
	linkSLIP       = 8
	linkSLL        = 113
	linkPFLog      = 117
	linkPPPWithDir = 166
	linkSLL2       = 276
)

var links = map[pcap.LinkType]layer{
	0:   plain("BSD loopback", encFamilyHost, 0, 4),
	1:   ethernet(0),
	6:   withLLC("token ring", 14, 2, 8, true),
	7:   plain("ARCNET", encArcnet, 2, 6),
	8:   plain("SLIP", encVersion, 0, 16),
	9:   plain("PPP", encPPP, 2, 4),
	10:  withLLC("FDDI", 13, 1, 7, true),
	12:  plain("raw IP", encVersion, 0, 0),
	14:  plain("raw IP", encVersion, 0, 0),
	50:  plain("PPP in HDLC framing", encPPP, 2, 4),
	51:  plain("PPPoE", encPPP, 6, 8),
	99:  plain("Symantec firewall", encType, 6, 44),
	100: withLLC("RFC 1483 ATM", 0, 0, 0, false),
	101: plain("raw IP", encVersion, 0, 0),
	104: plain("Cisco HDLC", encHDLC, 2, 4),
	105: wlan(regZero),
	106: withLLC("Classical IP over ATM", 0, 0, 0, false),
	107: plain("Frame Relay", encFrameRelay, 0, 0),
	108: plain("OpenBSD loopback", encFamily, 0, 4),
	109: plain("OpenBSD encapsulated IP", encFamilyHost, 0, 12),
	113: plain("Linux cooked v1", encSLL, 14, 16),
	114: plain("LocalTalk", encNothing, 0, 0),
	117: {name: "pf log", enc: encPF, typ: offset{at: 1}, payload: offset{reg: regPayload}},
	119: wlan(regHeader),
	122: withLLC("IP over Fibre Channel", 16, 2, 10, true),
	127: wlan(regHeader),
	129: plain("ARCNET with Linux header", encArcnet, 4, 8),
	138: plain("IP over IEEE 1394", encType, 16, 18),
	163: wlan(regHeader),
	166: plain("PPP with direction", encPPP, 2, 4),
	192: wlan(regHeader),
	226: plain("Solaris ipnet", encIPNet, 1, 24),
	228: plain("raw IPv4", encIPv4, 0, 0),
	229: plain("raw IPv6", encIPv6, 0, 0),
	240: ethernet(4),
	241: ethernet(12),
	276: plain("Linux cooked v2", encType, 0, 20),
}

// radio tells whether a radio header precedes the 802.11 header.
func (l *layer) radio() bool {
	return l.link == linkRadiotap || l.link == linkPrism || l.link == linkAVS
}

// place is what an offset counts from.
type place uint8

const (
	atHeader     place = iota // the link header
	atType                    // the link header's protocol field
	atLLC                     // what follows the link header, which is an LLC header where there is one
	atNoSnap                  // what follows an LLC header without SNAP
	atPayload                 // the network header
	atPrevLabel               // the MPLS label before the network header
	atTransport4              // what follows the IPv4 header
	atTransport6              // what follows the fixed IPv6 header
)

// load prepares the step that reads at a place; relation and value are the caller's.
func (c *compiler) load(p place, off uint32, op opcode) step {
	s := step{op: op, mask: ^uint32(0)}
	l := &c.link
	o := l.payload.plus(l.network)
	switch p {
	case atHeader:
		o = l.header
	case atType:
		o = l.typ
	case atLLC:
		o = l.payload
	case atNoSnap:
		o = l.payload.plus(l.noSnap)
	case atPrevLabel:
		o = o.plus(^uint32(3))
	case atTransport4:
		s.hdr = o.at
	case atTransport6:
		o = o.plus(40)
	}
	if o.reg < regFirst {
		c.used[o.reg] = true
	}
	s.base, s.off = o.reg, o.at+off
	return s
}

func (c *compiler) equal(p place, off uint32, op opcode, val uint32) *cond {
	return c.masked(p, off, op, ^uint32(0), val)
}

// masked compares some bits; none are not even loaded.
func (c *compiler) masked(p place, off uint32, op opcode, mask, val uint32) *cond {
	if mask == 0 {
		return truth(val == 0)
	}
	s := c.load(p, off, op)
	s.rel, s.mask, s.val = relEq, mask, val
	return test(s)
}

func (c *compiler) bits(p place, off uint32, val uint32) *cond {
	s := c.load(p, off, opByte)
	s.rel, s.val = relSet, val
	return test(s)
}

// etherType tests for a protocol by its EtherType, or by its LLC service access point below 256.
func (c *compiler) etherType(proto uint32) *cond {
	if c.link.labels > 0 {
		return c.labelled(proto)
	}
	switch c.link.enc {
	case encUnknown:
		return c.refuse("the headers of %s are not known here, only len, less, greater, byte and link[] can be used", c.link.name)
	case encEthernet:
		return c.ethernetType(proto)
	case encType:
		return c.equal(atType, 0, opHalf, proto)
	case encHDLC:
		if proto == sapISO {
			proto = sapISO<<8 | sapISO
		}
		return c.equal(atType, 0, opHalf, proto)
	case encSLL:
		return c.cookedType(proto)
	case encLLC:
		return c.llcType(proto)
	case encWLAN:
		return and(c.dataFrame(), c.llcType(proto))
	case encPPP:
		return c.pppType(proto)
	case encFrameRelay:
		return c.frameRelayType(proto)
	case encFamily, encFamilyHost, encPF, encIPNet:
		return c.familyType(proto)
	case encArcnet:
		return c.arcnetType(proto)
	case encVersion:
		return c.versionType(proto)
	case encIPv4:
		return truth(proto == typeIPv4)
	case encIPv6:
		return truth(proto == typeIPv6)
	}
	return truth(proto == typeAtalk)
}

func truth(b bool) *cond {
	if b {
		return always
	}
	return never
}

// ethernetType knows the frames of 802.3 too, whose type field is a length (IEEE 802.3, RFC 1042).
func (c *compiler) ethernetType(proto uint32) *cond {
	length := c.load(atType, 0, opHalf)
	length.rel, length.val = relGt, typeMax802
	framed := not(test(length))
	switch proto {
	case sapISO, sapIP, sapNetBEUI:
		return and(framed, c.equal(atLLC, 0, opHalf, proto<<8|proto))
	case sapIPX:
		return or(c.equal(atType, 0, opHalf, typeIPX), and(framed, or(c.snap(0, typeIPX),
			c.equal(atLLC, 0, opByte, sapIPX), c.equal(atLLC, 0, opHalf, 0xffff))))
	case typeAtalk:
		return or(c.equal(atType, 0, opHalf, proto), and(framed, c.snap(0x080007, proto)))
	case typeAARP:
		return or(c.equal(atType, 0, opHalf, proto), and(framed, c.snap(0, proto)))
	}
	if proto <= typeMax802 {
		return and(framed, c.equal(atLLC, 0, opByte, proto))
	}
	return c.equal(atType, 0, opHalf, proto)
}

// snap tests for a SNAP header of an organization.
func (c *compiler) snap(oui, proto uint32) *cond {
	return and(c.equal(atLLC, 4, opWord, oui<<16|proto), c.equal(atLLC, 0, opWord, 0xaaaa0300|oui>>16))
}

// cookedType is the protocol field of Linux cooked captures: 1 is raw 802.3 IPX, 4 is 802.2.
func (c *compiler) cookedType(proto uint32) *cond {
	framed := c.equal(atType, 0, opHalf, 4)
	typed := c.equal(atType, 0, opHalf, proto)
	switch proto {
	case sapISO, sapIP, sapNetBEUI:
		return and(framed, c.equal(atLLC, 0, opHalf, proto<<8|proto))
	case sapIPX:
		return or(c.equal(atType, 0, opHalf, typeIPX), c.equal(atType, 0, opHalf, 1),
			and(framed, or(c.equal(atLLC, 0, opByte, sapIPX), c.snap(0, typeIPX))))
	case typeAtalk:
		return or(typed, and(framed, c.snap(0x080007, proto)))
	case typeAARP:
		return or(typed, and(framed, c.snap(0, proto)))
	}
	if proto <= typeMax802 {
		return and(framed, c.equal(atLLC, 0, opByte, proto))
	}
	return typed
}

// llcType looks at the LLC header, and for EtherTypes at the SNAP header that is taken to follow.
func (c *compiler) llcType(proto uint32) *cond {
	switch proto {
	case sapISO, sapIP, sapNetBEUI:
		return c.equal(atLLC, 0, opHalf, proto<<8|proto)
	case typeAtalk:
		return c.snap(0x080007, proto)
	}
	if proto <= typeMax802 {
		return c.equal(atLLC, 0, opByte, proto)
	}
	return c.equal(atLLC, 6, opHalf, proto)
}

// pppProtocols translates EtherTypes (RFC 1661, IANA PPP numbers).
var pppProtocols = map[uint32]uint32{typeIPv4: 0x21, typeIPv6: 0x57, typeDECnet: 0x27, typeAtalk: 0x29, 0x0600: 0x25,
	sapISO: 0x23, sapSTP: 0x31, sapIPX: 0x2b, typeMPLS: 0x281}

func (c *compiler) pppType(proto uint32) *cond {
	if p, ok := pppProtocols[proto]; ok {
		proto = p
	}
	return c.equal(atType, 0, opHalf, proto)
}

// frameRelayType looks at control field and NLPID behind an address of two bytes (RFC 2427).
func (c *compiler) frameRelayType(proto uint32) *cond {
	is := func(nlpid uint32) *cond { return c.equal(atHeader, 2, opHalf, 0x0300|nlpid) }
	switch proto {
	case typeIPv4:
		return is(0xcc)
	case typeIPv6:
		return is(0x8e)
	case sapISO:
		return or(is(0x81), is(0x82), is(0x83))
	}
	return never
}

const familyIPNet6 = 26

// families are the address families of IPv6 by operating system: Linux, Windows, NetBSD and OpenBSD, Solaris, FreeBSD, macOS.
var families = []uint32{10, 23, 24, familyIPNet6, 28, 30}

// familyType takes every system's numbers, in both byte orders where the capturing host's order was used, since the
// packet does not tell which host that was.
func (c *compiler) familyType(proto uint32) *cond {
	var values []uint32
	switch proto {
	case typeIPv4:
		values = []uint32{2}
	case typeIPv6:
		values = families
	}
	out := never
	for _, v := range values {
		switch c.link.enc {
		case encFamilyHost:
			out = either(out, or(c.equal(atType, 0, opWord, v<<24), c.equal(atType, 0, opWord, v)))
		case encPF:
			out = either(out, c.equal(atType, 0, opByte, v))
		case encIPNet:
			if v == 2 || v == familyIPNet6 {
				out = either(out, c.equal(atType, 0, opByte, v))
			}
		default:
			out = either(out, c.equal(atType, 0, opWord, v))
		}
	}
	return out
}

func either(a, b *cond) *cond {
	if a == never {
		return b
	}
	return or(a, b)
}

// arcnetTypes are the protocol numbers of RFC 1201 and, for IP and ARP, of RFC 1051 too.
var arcnetTypes = map[uint32][]uint32{typeIPv4: {212, 240}, typeIPv6: {196}, typeARP: {213, 241}, typeRARP: {214}, typeAtalk: {221}}

func (c *compiler) arcnetType(proto uint32) *cond {
	out := never
	for _, v := range arcnetTypes[proto] {
		out = either(out, c.equal(atType, 0, opByte, v))
	}
	return out
}

func (c *compiler) versionType(proto uint32) *cond {
	switch proto {
	case typeIPv4:
		return c.masked(atPayload, 0, opByte, 0xf0, 0x40)
	case typeIPv6:
		return c.masked(atPayload, 0, opByte, 0xf0, 0x60)
	}
	return never
}

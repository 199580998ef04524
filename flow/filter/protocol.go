package filter

import (
	"strings"

	"github.com/wirelore/wirelore/pcap"
)

// abbreviation is a protocol's name that stands alone.
func (c *compiler) abbreviation(name string) *cond {
	switch name {
	case "tcp":
		return c.ipProto(ipTCP)
	case "udp":
		return c.ipProto(ipUDP)
	case "sctp":
		return c.ipProto(ipSCTP)
	case "pim":
		return c.ipProto(ipPIM)
	case "ah":
		return c.ipProto(ipAH)
	case "esp":
		return c.ipProto(ipESP)
	case "icmp":
		return c.proto4(ipICMP)
	case "igmp":
		return c.proto4(ipIGMP)
	case "igrp":
		return c.proto4(ipIGRP)
	case "vrrp", "carp":
		return c.proto4(ipVRRP)
	case "icmp6":
		return c.proto6(ipICMPv6)
	case "clnp", "esis", "isis":
		return c.isoProto(isoProtocols[name])
	case "link":
		return c.refuse("%q cannot stand alone", name)
	case "radio":
		return c.refuse("%q can only be used as radio[...]", name)
	}
	if v, ok := etherTypes[name]; ok {
		return c.etherType(v)
	}
	var out *cond
	for _, pdu := range isisTypes[name] {
		out = or(out, c.isisType(pdu))
	}
	return out
}

func (c *compiler) ipProto(v uint32) *cond { return or(c.proto4(v), c.proto6(v)) }

func (c *compiler) proto4(v uint32) *cond {
	return and(c.etherType(typeIPv4), c.equal(atPayload, 9, opByte, v))
}

// proto6 looks behind a fragment header, and no other.
func (c *compiler) proto6(v uint32) *cond {
	return and(c.etherType(typeIPv6), or(c.equal(atPayload, 6, opByte, v),
		and(c.equal(atPayload, 6, opByte, ipFragment), c.equal(atPayload, 40, opByte, v))))
}

func (c *compiler) isoProto(v uint32) *cond {
	if c.link.enc == encFrameRelay {
		return c.equal(atHeader, 2, opHalf, 0x0300|v)
	}
	at := uint32(0)
	if c.link.enc == encHDLC {
		at = 1
	}
	return and(c.etherType(sapISO), c.equal(atNoSnap, at, opByte, v))
}

func (c *compiler) isisType(v uint32) *cond {
	return and(c.isoProto(isoProtocols["isis"]), c.equal(atNoSnap, 4, opByte, v))
}

// proto is "proto V" with its qualifiers.
func (c *compiler) proto(v uint32, q qualifiers) *cond {
	if q.dir != "" {
		return c.refuse("proto has no direction")
	}
	switch q.proto {
	case "":
		return c.ipProto(v)
	case "ip":
		return c.proto4(v)
	case "ip6":
		return c.proto6(v)
	case "iso":
		return c.isoProto(v)
	case "isis":
		return c.isisType(v)
	case "link":
		return c.etherType(v)
	}
	return c.refuse("%s proto is not defined; ip, ip6, ether, iso and isis have it", q.proto)
}

// protochain follows the chain of extension headers.
func (c *compiler) protochain(v uint32, q qualifiers) *cond {
	chain := func(typ uint32, op opcode) *cond {
		s := c.load(atPayload, 0, op)
		s.hdr, s.rel, s.val = v, relEq, v
		return and(c.etherType(typ), test(s))
	}
	switch q.proto {
	case "":
		return or(chain(typeIPv4, opChain4), chain(typeIPv6, opChain6))
	case "ip":
		return chain(typeIPv4, opChain4)
	case "ip6":
		return chain(typeIPv6, opChain6)
	}
	return c.refuse("%s protochain is not defined; ip and ip6 have it", q.proto)
}

// chain4 follows authentication headers from the IPv4 header at a place and returns the protocol where it stops: the
// one looked for, or the first that has no successor. Each header has at least 8 bytes, so the walk ends with the packet.
func chain4(data []byte, at uint64, want uint32) (uint32, bool) {
	next, ok := byteAt(data, at+9)
	if !ok {
		return 0, false
	}
	return chain(data, at+uint64(data[at]&15)*4, next, want, false)
}

// chain6 does the same for IPv6 (RFC 8200, section 4).
func chain6(data []byte, at uint64, want uint32) (uint32, bool) {
	next, ok := byteAt(data, at+6)
	if !ok {
		return 0, false
	}
	return chain(data, at+40, next, want, true)
}

func chain(data []byte, at uint64, next, want uint32, ip6 bool) (uint32, bool) {
	for next != want && next != ipNoNext {
		units, extra := uint64(8), uint64(1)
		switch {
		case next == ipAH:
			units, extra = 4, 2
		case ip6 && (next == 0 || next == 43 || next == ipFragment || next == 60):
		default:
			return next, true
		}
		if at+2 > uint64(len(data)) {
			return 0, false
		}
		next, at = uint32(data[at]), at+(uint64(data[at+1])+extra)*units
	}
	return next, true
}

// fragment tests for an IPv4 fragment that is not the first.
func (c *compiler) fragment() *cond {
	s := c.load(atPayload, 6, opHalf)
	s.rel, s.val = relSet, 0x1fff
	return test(s)
}

// ports is port and portrange. proto is the one that a service name belongs to, or "".
func (c *compiler) ports(first, last uint32, proto string, q qualifiers) *cond {
	protos := []uint32{ipSCTP, ipTCP, ipUDP}
	if q.proto != "" {
		proto = q.proto
	}
	switch proto {
	case "":
	case "tcp":
		protos = protos[1:2]
	case "udp":
		protos = protos[2:]
	case "sctp":
		protos = protos[:1]
	default:
		return c.refuse("%s has no ports; tcp, udp and sctp have", proto)
	}
	if first > 65535 || last > 65535 {
		return c.refuse("port %d is greater than 65535", max(first, last))
	}
	if first > last {
		first, last = last, first
	}
	var in4, in6 *cond
	for _, p := range protos {
		in6 = or(in6, c.port6(p, q.dir, first, last))
		in4 = or(in4, c.port4(p, q.dir, first, last))
	}
	return or(and(c.etherType(typeIPv6), in6), and(c.etherType(typeIPv4), in4))
}

// port4 looks behind the IPv4 header of first fragments.
func (c *compiler) port4(proto uint32, dir string, first, last uint32) *cond {
	return and(c.equal(atPayload, 9, opByte, proto), not(c.fragment()), c.directed(dir, func(src bool) *cond {
		return c.portAt(atTransport4, opTranHalf, src, first, last)
	}))
}

// port6 looks behind the fixed IPv6 header and follows no extension headers, as BPF does not.
func (c *compiler) port6(proto uint32, dir string, first, last uint32) *cond {
	return and(c.equal(atPayload, 6, opByte, proto), c.directed(dir, func(src bool) *cond {
		return c.portAt(atTransport6, opHalf, src, first, last)
	}))
}

func (c *compiler) portAt(p place, op opcode, src bool, first, last uint32) *cond {
	at := uint32(2)
	if src {
		at = 0
	}
	if first == last {
		return c.equal(p, at, op, first)
	}
	low, high := c.load(p, at, op), c.load(p, at, op)
	low.rel, low.val = relGe, first
	high.rel, high.val = relGt, last
	return and(test(low), not(test(high)))
}

// nameID compiles a name: a service, a protocol, or what would have to be looked up.
func (c *compiler) nameID(t *token, q qualifiers) *cond {
	if q.none {
		return c.refuse("%q is not a word of the language, and a name needs a qualifier such as port or proto", t.text)
	}
	switch q.what {
	case "port":
		v, proto, ok := c.service(t.text, q)
		if !ok {
			return c.refuse("unknown port %q; write its number", t.text)
		}
		return c.ports(v, v, proto, q)
	case "portrange":
		return c.namedRange(t.text, q)
	case "proto", "protochain":
		names := protocols
		switch q.proto {
		case "link":
			names = etherTypes
		case "iso":
			names = isoProtocols
		}
		v, ok := names[strings.ToLower(t.text)]
		if !ok {
			return c.refuse("unknown protocol %q; write its number", t.text)
		}
		if q.what == "protochain" {
			return c.protochain(v, q)
		}
		return c.proto(v, q)
	case "gateway":
		return c.refuse("gateway needs host names, and none are looked up; write ether host MAC and not host ADDRESS")
	}
	return c.refuse("%q is a name, and names are not looked up; write the address", t.text)
}

// namedRange splits first-last, either of which may be a name.
func (c *compiler) namedRange(text string, q qualifiers) *cond {
	if v, proto, ok := c.service(text, q); ok {
		return c.ports(v, v, proto, q)
	}
	for i := range len(text) {
		if text[i] != '-' {
			continue
		}
		first, proto, ok1 := c.service(text[:i], q)
		last, proto2, ok2 := c.service(text[i+1:], q)
		if !ok1 || !ok2 {
			continue
		}
		if proto != proto2 {
			proto = ""
		}
		return c.ports(first, last, proto, q)
	}
	return c.refuse("%q is not a range of ports such as 6000-6008", text)
}

// service looks a port up and tells the one protocol that it is for, or "" when it is for several.
func (c *compiler) service(name string, q qualifiers) (uint32, string, bool) {
	if isNumber(name) {
		v, err := number(name)
		return v, "", err == ""
	}
	s, ok := services[name]
	if !ok {
		return 0, "", false
	}
	if s.proto != "" && q.proto != "" && q.proto != s.proto {
		c.refuse("port %s is for %s only", name, s.proto)
	}
	return s.port, s.proto, true
}

// llc tests for an LLC header and for the kind of its control field (IEEE 802.2).
func (c *compiler) llc() *cond {
	var out *cond
	switch c.link.enc {
	case encEthernet:
		length := c.load(atType, 0, opHalf)
		length.rel, length.val = relGt, typeMax802
		out = and(not(test(length)), not(c.equal(atLLC, 0, opHalf, 0xffff)))
	case encLLC:
		out = always
	case encWLAN:
		out = c.dataFrame()
	default:
		return c.refuse("there is no LLC header in %s", c.link.name)
	}
	t := c.peek()
	control, ok := llcTypes[t.text]
	if t.kind != tokName && !t.is("rulenum") || !ok {
		return out
	}
	c.take()
	if control.not {
		return and(out, not(c.bits(atLLC, 2, control.mask)))
	}
	return and(out, c.masked(atLLC, 2, opByte, control.mask, control.val))
}

var llcTypes = map[string]struct {
	mask, val uint32
	not       bool
}{
	"i": {1, 0, true}, "s": {3, 1, false}, "u": {3, 3, false},
	"rr": {15, 1, false}, "rnr": {15, 5, false}, "rulenum": {15, 5, false}, "rej": {15, 9, false},
	"ui": {0xef, 0x03, false}, "ua": {0xef, 0x63, false}, "disc": {0xef, 0x43, false}, "test": {0xef, 0xe3, false},
	"sabme": {0xef, 0x6f, false}, "xid": {0xef, 0xaf, false}, "frmr": {0xef, 0x87, false},
}

// directions are the fields of the link headers that say whether the capturing host sent or received.
var directionFields = map[pcap.LinkType]struct {
	op            opcode
	at, sent, got uint32
	received      bool // got is a value of its own, not everything but sent
}{
	linkSLIP:       {opByte, 0, 1, 0, true},
	linkSLL:        {opHalf, 0, 4, 0, false},
	linkPPPWithDir: {opByte, 0, 1, 0, true},
	linkSLL2:       {opByte, 10, 4, 0, false},
}

// sent is "inbound" and "outbound".
func (c *compiler) sent(outbound bool) *cond {
	d, ok := directionFields[c.link.link]
	switch {
	case !ok:
		return c.refuse("a capture of %s does not say the direction of its packets", c.link.name)
	case outbound:
		return c.equal(atHeader, d.at, d.op, d.sent)
	case d.received:
		return c.equal(atHeader, d.at, d.op, d.got)
	}
	return not(c.equal(atHeader, d.at, d.op, d.sent))
}

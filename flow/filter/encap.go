package filter

import "encoding/binary"

// vlan tests for a tag and moves everything that follows behind it.
func (c *compiler) vlan() *cond {
	id, given := c.optionalNumber("VLAN tag", 4095)
	switch {
	case c.link.labels > 0:
		return c.refuse("vlan cannot follow mpls")
	case c.link.enc != encEthernet && c.link.enc != encWLAN:
		return c.refuse("there are no VLAN tags in %s", c.link.name)
	}
	out := or(c.etherType(typeVLAN), c.etherType(typeQinQ), c.etherType(typeQinQ9))
	if given {
		out = and(out, c.masked(atPayload, 0, opHalf, 0x0fff, id))
	}
	c.link.typ, c.link.payload = c.link.typ.plus(4), c.link.payload.plus(4)
	return out
}

// mpls tests for a label and moves everything that follows behind it (RFC 3032).
func (c *compiler) mpls() *cond {
	label, given := c.optionalNumber("MPLS label", 1<<20-1)
	var out *cond
	switch {
	case c.link.labels > 0:
		out = c.masked(atPrevLabel, 2, opByte, 1, 0)
	case c.link.enc == encEthernet || c.link.enc == encHDLC || c.link.enc == encPPP:
		out = c.etherType(typeMPLS)
	default:
		return c.refuse("there are no MPLS labels in %s", c.link.name)
	}
	if given {
		out = and(out, c.masked(atPayload, 0, opWord, 0xfffff000, label<<12))
	}
	c.link.network += 4
	c.link.noSnap += 4
	c.link.labels++
	return out
}

// labelled tells what follows the last MPLS label by the first nibble.
func (c *compiler) labelled(proto uint32) *cond {
	last := c.masked(atPrevLabel, 2, opByte, 1, 1)
	switch proto {
	case typeIPv4:
		return and(last, c.masked(atPayload, 0, opByte, 0xf0, 0x40))
	case typeIPv6:
		return and(last, c.masked(atPayload, 0, opByte, 0xf0, 0x60))
	}
	return c.refuse("after mpls only IPv4 and IPv6 can be told apart")
}

// pppoes tests for a PPPoE session and makes everything that follows look at the PPP frame inside (RFC 2516).
func (c *compiler) pppoes() *cond {
	session, given := c.optionalNumber("PPPoE session", 1<<16-1)
	out := c.etherType(typePPPoES)
	if given {
		out = and(out, c.masked(atPayload, 0, opWord, 0xffff, session))
	}
	ppp := c.link.payload.plus(c.link.network + 6)
	c.link = layer{link: c.link.link, name: "PPP", enc: encPPP, header: ppp, typ: ppp, payload: ppp.plus(2), geneve: c.link.geneve}
	return out
}

const genevePort = 6081

// geneve tests for a Geneve header and moves everything that follows inside (RFC 8926).
func (c *compiler) geneve() *cond {
	vni, given := c.optionalNumber("Geneve VNI", 1<<24-1)
	if c.regs+4 > regCount/2 {
		return c.refuse("too many levels of geneve")
	}
	reg := c.regs
	c.regs += 4
	find := func(p place, ipType uint32, port *cond, at step) *cond {
		at.rel, at.dst, at.mask = relKeep, reg, ^uint32(0)
		loads := func(op opcode) opcode {
			if p == atTransport4 {
				return op + opTranByte
			}
			return op
		}
		out := and(c.etherType(ipType), port, c.masked(p, 8, loads(opByte), 0xc0, 0))
		if given {
			out = and(out, c.masked(p, 12, loads(opWord), 0xffffff00, vni<<8))
		}
		return and(out, test(at))
	}
	at4 := c.load(atTransport4, 8, opTranAt)
	at6 := c.load(atTransport6, 8, opByte)
	at6.op = opAddress
	out := or(find(atTransport4, typeIPv4, c.port4(ipUDP, "dst", genevePort, genevePort), at4),
		find(atTransport6, typeIPv6, c.port6(ipUDP, "dst", genevePort, genevePort), at6))
	out = and(out, test(step{op: opGeneve, base: reg, dst: reg + 1, rel: relKeep, mask: ^uint32(0)}))
	inner := ethernet(0)
	inner.link, inner.geneve, inner.noSnap = c.link.link, true, 0
	inner.typ, inner.header, inner.payload = offset{reg: reg + 1}, offset{reg: reg + 2}, offset{reg: reg + 3}
	c.link = inner
	return out
}

const geneveEthernet = 0x6558 // transparent Ethernet bridging

// geneve returns where the type of the inner protocol is, which goes to register dst, and fills the two registers behind
// it: where the inner packet starts, and where its network header starts.
func (s *step) geneve(regs *[regCount]uint32, data []byte) (uint32, bool) {
	at := uint64(regs[s.base&regMask])
	if at+4 > uint64(len(data)) {
		return 0, false
	}
	inner := uint32(at) + 8 + uint32(data[at]&0x3f)*4
	typ, payload := uint32(at)+2, inner
	if binary.BigEndian.Uint16(data[typ:]) == geneveEthernet {
		typ, payload = inner+12, inner+14
	}
	regs[(s.dst+1)&regMask], regs[(s.dst+2)&regMask] = inner, payload
	return typ, true
}

// innerCheck tests that there is a link header to look at, which Geneve may carry IP without.
func (l *layer) innerCheck() *cond {
	if !l.geneve || l.enc != encEthernet {
		return nil
	}
	return not(test(step{op: opSub, base: l.header.reg, arg: l.header.reg + 1, rel: relEq, mask: ^uint32(0)}))
}

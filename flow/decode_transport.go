package flow

import "encoding/binary"

// transport reads the transport header of p. It tells whether a tunnel follows, at whose content it leaves the cursor.
func (d *Decoder) transport(c *cursor, p *Packet) bool {
	b := c.buf[p.TransOff:c.end]
	switch p.Proto {
	case ProtoTCP:
		d.stats.TCP++
		d.tcp(p, b)
	case ProtoUDP:
		d.stats.UDP++
		if d.udp(p, b) {
			return d.udpTunnel(c, p)
		}
	case ProtoICMP:
		d.icmp(p, b)
	case ProtoICMPv6:
		d.icmp6(p, b)
	case ProtoSCTP:
		d.stats.SCTP++
		d.sctp(p, b)
	case ProtoESP:
		d.stats.ESP++
		d.esp(p, b)
	case ProtoGRE:
		d.stats.GRE++
		p.Marks |= NoTransport
		return d.gre(c, p)
	case ProtoIPIP, ProtoIPv6:
		p.Marks |= NoTransport
		return d.ipInIP(c, p)
	case protoEther, protoEtherIP:
		p.Marks |= NoTransport
		return d.etherInIP(c, p)
	default:
		d.otherProto(p, b)
	}
	return false
}

// tcp reads a TCP header (RFC 9293, 3.1).
func (d *Decoder) tcp(p *Packet, b []byte) {
	if len(b) < 20 {
		p.Marks |= NoTransport
		d.refuse(p, EventTCPTruncated)
		return
	}
	hlen := uint32(b[12]>>4) * 4
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.Seq, p.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	p.Flags = TCPFlags(b[13])
	p.Window, p.Urgent = binary.BigEndian.Uint16(b[14:]), binary.BigEndian.Uint16(b[18:])
	switch {
	case hlen < 20, hlen > p.PayLen:
		d.refuse(p, EventTCPHeaderLength)
		return
	}
	p.PayLen -= hlen
	p.PayOff = min(p.TransOff+hlen, p.End)
	if hlen > 20 && int(hlen) <= len(b) && (hlen != 32 || binary.BigEndian.Uint32(b[20:]) != plainTimestamp) {
		if o := p.TCPOptions(); o.Fault != EventNone {
			d.note(p, o.Fault)
		}
	}
}

// plainTimestamp is how the options of nearly all segments begin: two bytes of padding and a timestamp.
const plainTimestamp = 0x0101080a

// udp reads a UDP header (RFC 768). It tells whether there is a payload that could be a tunnel's.
func (d *Decoder) udp(p *Packet, b []byte) bool {
	if len(b) < 8 {
		p.Marks |= NoTransport
		d.refuse(p, EventUDPTruncated)
		return false
	}
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	n := uint32(binary.BigEndian.Uint16(b[4:]))
	switch {
	case n == p.PayLen:
	case n == 0 && p.PayLen > 0xffff: // a jumbogram (RFC 2675, 4)
		n = p.PayLen
	case n < 8:
		d.refuse(p, EventUDPHeaderLength)
		return false
	case n > p.PayLen && d.wholeOnly:
		d.refuse(p, EventUDPLengthOver)
		return false
	case n > p.PayLen: // Zeek goes by the IP header
		d.note(p, EventUDPLengthOver)
		n = p.PayLen
	default:
		d.note(p, EventUDPLength)
		p.End = min(p.End, p.TransOff+n)
	}
	p.PayOff = p.TransOff + 8
	p.PayLen = n - 8
	return true
}

// sctp reads the common header (RFC 9260, 3.1).
func (d *Decoder) sctp(p *Packet, b []byte) {
	if len(b) < 12 {
		p.Marks |= NoTransport
		d.refuse(p, EventSCTPTruncated)
		return
	}
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.PayOff += 12
	p.PayLen -= 12
}

// icmp reads an ICMP header (RFC 792).
func (d *Decoder) icmp(p *Packet, b []byte) {
	d.stats.ICMP++
	if p.Version == 6 {
		p.Marks |= NoTransport
		d.note(p, EventIPv6ICMPv4)
		return
	}
	if len(b) < 8 {
		p.Marks |= NoTransport
		d.refuse(p, EventICMPTruncated)
		return
	}
	d.message(p, b)
	known := d.icmpKnown(p)
	if ICMPError(4, p.ICMPType) {
		p.Marks |= FromError
		d.quoteCheck(p, known, EventICMPQuoteTruncated, EventICMPQuoteVersion)
	}
}

// icmp6 reads an ICMPv6 header (RFC 4443, 2.1).
func (d *Decoder) icmp6(p *Packet, b []byte) {
	d.stats.ICMPv6++
	if p.Version == 4 {
		p.Marks |= NoTransport
		d.note(p, EventIPv4ICMPv6)
		return
	}
	if len(b) < 8 {
		p.Marks |= NoTransport
		d.refuse(p, EventICMPv6Truncated)
		return
	}
	d.message(p, b)
	known := d.icmp6Known(p)
	if ICMPError(6, p.ICMPType) {
		p.Marks |= FromError
		d.quoteCheck(p, known, EventICMPv6QuoteTruncated, EventICMPv6QuoteVersion)
	}
}

// message takes over type, code and what serves as ports.
func (d *Decoder) message(p *Packet, b []byte) {
	p.ICMPType, p.ICMPCode = b[0], b[1]
	port, _ := ICMPCounterpart(p.Version, b[0], b[1])
	p.SrcPort, p.DstPort = uint16(b[0]), uint16(port)
	p.PayOff += 8
	p.PayLen -= 8
}

// quoteCheck notes an error with a known code that quotes less than it must.
func (d *Decoder) quoteCheck(p *Packet, known bool, truncated, version Event) {
	b := p.Payload()
	need, v := 20, uint8(4)
	if p.Version == 6 {
		need, v = 40, 6
	}
	switch {
	case !known || p.Is(Snapped) || len(b) == 0:
	case len(b) < need:
		d.note(p, truncated)
	case b[0]>>4 != v:
		d.note(p, version)
	}
}

// icmpKnown notes types and codes that the IANA registry icmp-parameters does not have.
func (d *Decoder) icmpKnown(p *Packet) bool {
	most := -1
	switch p.ICMPType {
	case 0, 4, 8, 10, 13, 14, 15, 16, 17, 18:
		most = 0
	case 3:
		most = 15
	case 5:
		most = 3
	case 9:
		if p.ICMPCode == 16 {
			return true
		}
		most = 0
	case 11:
		most = 1
	case 12:
		most = 2
	}
	switch {
	case most < 0:
		d.note(p, EventICMPUnknownType)
		return false
	case int(p.ICMPCode) > most:
		d.note(p, EventICMPUnknownCode)
		return false
	}
	return true
}

// icmp6Known notes types and codes that the IANA registry icmpv6-parameters does not have.
func (d *Decoder) icmp6Known(p *Packet) bool {
	t, most := p.ICMPType, 0
	switch {
	case t == 1:
		most = 7
	case t == 3:
		most = 1
	case t == 4:
		most = 10
	case t == 0, t >= 5 && t <= 99, t >= 102 && t <= 126, t >= 162 && t <= 199:
		d.note(p, EventICMPv6Unassigned)
		return false
	case t == 100, t == 101, t == 200, t == 201:
		d.note(p, EventICMPv6Experiment)
		return false
	case t == 127, t == 255, t > 201:
		d.note(p, EventICMPv6UnknownType)
		return false
	case t == 138, t == 139, t == 140, t == 157, t >= 155 && t <= 161:
		most = 255
	}
	if int(p.ICMPCode) > most {
		d.note(p, EventICMPv6UnknownCode)
		return false
	}
	// Listener and neighbour messages never cross a router (RFC 2710, 3; RFC 3810, 5).
	if (t >= 130 && t <= 132 || t == 143) && p.TTL != 1 {
		d.note(p, EventICMPv6HopLimit)
	}
	return true
}

func (d *Decoder) esp(p *Packet, b []byte) {
	p.Marks |= NoTransport
	if len(b) < 8 {
		d.refuse(p, EventESPTruncated)
	}
}

// otherProto notes what is known of protocols without ports.
func (d *Decoder) otherProto(p *Packet, b []byte) {
	p.Marks |= NoTransport
	d.stats.OtherProto++
	switch {
	case p.Proto == ProtoNoNext && p.Version == 6:
		// Within Teredo this is a bubble, which is normal.
		if p.Tunnel == nil || p.Tunnel.Type != TunnelTeredo {
			d.note(p, EventIPv6NoNext)
		}
		if p.PayLen > 0 {
			d.note(p, EventIPv6DataAfterNone)
		}
	case p.Proto == ProtoIGMP:
		d.stats.IGMP++
		if len(b) < 8 {
			d.note(p, EventIGMPTruncated)
		}
	case p.Proto == ProtoAH && len(b) < 12:
		d.refuse(p, EventAHTruncated)
	case p.Version == 6 && p.Proto > 143:
		d.note(p, EventIPv6UnknownNext)
	}
}

package flow

import "encoding/binary"

// ICMPCounterpart returns the type that answers, or is answered by, an ICMP message (version 4 or 6), and whether there is
// one. Messages with one are flows with two sides: Zeek's ports of such a packet are its type and the counterpart. For
// all others it returns the code, which is Zeek's responder port of a message that nobody answers.
// Whoever sent the first packet seen is the originator, even of a reply.
func ICMPCounterpart(version, typ, code uint8) (port uint8, twoWay bool) {
	if version == 6 {
		switch typ {
		case 128, 130, 133, 135, 139, 144:
			return typ + 1, true
		case 129, 131, 134, 136, 140, 145:
			return typ - 1, true
		}
		return code, false
	}
	switch typ {
	case 0:
		return 8, true
	case 8:
		return 0, true
	case 9:
		return 10, true
	case 10:
		return 9, true
	case 13, 15, 17:
		return typ + 1, true
	case 14, 16, 18:
		return typ - 1, true
	}
	return code, false
}

// ICMPError tells whether an ICMP message reports an error and quotes the packet that caused it
// (RFC 792; RFC 4443, 2.1).
func ICMPError(version, typ uint8) bool {
	if version == 6 {
		return typ >= 1 && typ <= 4
	}
	switch typ {
	case 3, 4, 5, 11, 12:
		return true
	}
	return false
}

// Quoted is what an ICMP error quotes of the packet that caused it, as that packet was sent.
type Quoted struct {
	Src, Dst         Addr
	SrcPort, DstPort uint16 // as of Packet; 0 when not quoted
	Seq              uint32 // TCP
	Len              uint32 // the packet's length by its header
	Version          uint8
	Proto            uint8
	Fragment         bool // a fragment other than the first: no ports
	Ports            bool // the ports were quoted
}

// Quoted returns the packet that an ICMP error quotes; false if p is none, or if too little of it was quoted or captured.
func (p *Packet) Quoted() (q Quoted, ok bool) {
	if !p.Is(FromError) {
		return q, false
	}
	b := p.Payload()
	var at int
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		at = int(b[0]&15) * 4
		q.Version, q.Proto = 4, b[9]
		q.Src, q.Dst = addr4(b[12:]), addr4(b[16:])
		q.Len = uint32(binary.BigEndian.Uint16(b[2:]))
		q.Fragment = binary.BigEndian.Uint16(b[6:])&0x1fff != 0
	case len(b) >= 40 && b[0]>>4 == 6:
		q.Version = 6
		q.Src, q.Dst = Addr(b[8:24]), Addr(b[24:40])
		q.Len = uint32(binary.BigEndian.Uint16(b[4:])) + 40
		at, q.Proto, q.Fragment = quotedExtensions(b)
	default:
		return q, false
	}
	if at < 20 {
		return q, false
	}
	if !q.Fragment && at+4 <= len(b) {
		q.ports(b[at:])
	}
	return q, true
}

// ports reads the ports at the start of the quoted transport header.
func (q *Quoted) ports(b []byte) {
	switch q.Proto {
	case ProtoTCP, ProtoUDP, ProtoSCTP:
		q.SrcPort, q.DstPort, q.Ports = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:]), true
		if q.Proto == ProtoTCP && len(b) >= 8 {
			q.Seq = binary.BigEndian.Uint32(b[4:])
		}
	case ProtoICMP, ProtoICMPv6:
		version := uint8(4)
		if q.Proto == ProtoICMPv6 {
			version = 6
		}
		port, _ := ICMPCounterpart(version, b[0], b[1])
		q.SrcPort, q.DstPort, q.Ports = uint16(b[0]), uint16(port), true
	}
}

// quotedExtensions walks the extension headers of a quoted IPv6 packet.
func quotedExtensions(b []byte) (at int, proto uint8, fragment bool) {
	at, proto = 40, b[6]
	for range maxExtensions {
		if at+8 > len(b) {
			return at, proto, fragment
		}
		switch proto {
		case ProtoHopByHop, ProtoRouting, ProtoDstOpts, protoMobility, protoHIP, protoShim6:
			proto, at = b[at], at+8+int(b[at+1])*8
		case ProtoAH:
			proto, at = b[at], at+8+int(b[at+1])*4
		case ProtoFragment:
			fragment = fragment || binary.BigEndian.Uint16(b[at+2:])&0xfff8 != 0
			proto, at = b[at], at+8
		default:
			return at, proto, fragment
		}
	}
	return at, proto, fragment
}

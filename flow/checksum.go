package flow

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// Checksum verifies the IP header's checksum and then that of TCP, UDP, ICMP, ICMPv6, SCTP or IGMP, and returns the
// event of the one that is wrong, EventNone if none is. What was not captured wholly cannot be verified and passes,
// as do fragments' contents and UDP over IPv4 without a checksum. It may be called by any goroutine.
func (p *Packet) Checksum() Event {
	if p.Version == 0 || p.Is(Bad) {
		return EventNone
	}
	if p.Version == 4 && !p.Is(Defragmented) && !headerSum(p.Buf[p.NetOff:p.End]) {
		return EventIPChecksum
	}
	return p.TransportChecksum()
}

// TransportChecksum is Checksum without the IP header's.
func (p *Packet) TransportChecksum() Event {
	if p.Version == 0 || p.Is(Bad) {
		return EventNone
	}
	if p.Marks&(Snapped|Fragment) != 0 || p.TransOff >= p.End {
		return EventNone
	}
	b := p.Buf[p.TransOff:p.End]
	switch p.Proto {
	case ProtoTCP:
		return p.pseudoSum(b, 20, EventChecksumTCP)
	case ProtoUDP:
		return p.udpSum(b)
	case ProtoICMP:
		if p.Version == 4 && len(b) >= 8 && fold(sum(b, 0)) != 0xffff {
			return EventChecksumICMP
		}
	case ProtoICMPv6:
		if p.Version == 6 {
			return p.pseudoSum(b, 8, EventChecksumICMPv6)
		}
	case ProtoSCTP:
		return sctpSum(b)
	case ProtoIGMP:
		if len(b) >= 8 && fold(sum(b, 0)) != 0xffff {
			return EventChecksumIGMP
		}
	}
	return EventNone
}

// headerSum verifies an IPv4 header's checksum as far as the header was captured.
func headerSum(h []byte) bool {
	n := 20
	if len(h) > 0 {
		n = int(h[0]&15) * 4
	}
	return n < 20 || n > len(h) || fold(sum(h[:n], 0)) == 0xffff
}

// pseudoSum verifies a checksum that includes addresses, length and protocol (RFC 9293, 3.1; RFC 8200, 8.1).
func (p *Packet) pseudoSum(b []byte, least int, e Event) Event {
	if len(b) < least || fold(sum(b, p.pseudo(len(b)))) == 0xffff {
		return EventNone
	}
	return e
}

func (p *Packet) udpSum(b []byte) Event {
	if len(b) < 8 || b[6]|b[7] == 0 && p.Version == 4 {
		return EventNone
	}
	return p.pseudoSum(b, 8, EventChecksumUDP)
}

// pseudo sums the pseudo header.
func (p *Packet) pseudo(n int) uint64 {
	s := uint64(n)>>16 + uint64(n)&0xffff + uint64(p.Proto)
	// Sums of 16-bit words do not mind the byte order as long as it is one: sum counts in the machine's.
	s = uint64(bits.ReverseBytes16(uint16(fold(s))))
	if p.Version == 4 {
		return sum(p.Dst[12:], sum(p.Src[12:], s))
	}
	return sum(p.Dst[:], sum(p.Src[:], s))
}

// sum adds b to a ones' complement sum kept in little-endian 16-bit words within 64 bits (RFC 1071, 2).
func sum(b []byte, s uint64) uint64 {
	var c uint64
	for len(b) >= 32 {
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(b), 0)
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(b[8:]), c)
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(b[16:]), c)
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(b[24:]), c)
		s, c = bits.Add64(s, 0, c)
		s += c
		b = b[32:]
	}
	for len(b) >= 8 {
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(b), 0)
		s += c
		b = b[8:]
	}
	var last [8]byte
	copy(last[:], b)
	s, c = bits.Add64(s, binary.LittleEndian.Uint64(last[:]), 0)
	return s + c
}

// fold brings a sum to 16 bits.
func fold(s uint64) uint64 {
	s = s>>32 + s&0xffffffff
	s = s>>32 + s&0xffffffff
	s = s>>16 + s&0xffff
	return s>>16 + s&0xffff
}

// sctpSum verifies the CRC32c of a packet whose own field counts as zero (RFC 9260, 6.8). A zero field means that
// none was computed (RFC 9653).
func sctpSum(b []byte) Event {
	if len(b) < 12 {
		return EventNone
	}
	want := binary.LittleEndian.Uint32(b[8:])
	if want == 0 {
		return EventNone
	}
	var zero [4]byte
	crc := crc32.Update(0, castagnoli, b[:8])
	crc = crc32.Update(crc, castagnoli, zero[:])
	crc = crc32.Update(crc, castagnoli, b[12:])
	if crc == want {
		return EventNone
	}
	return EventChecksumSCTP
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

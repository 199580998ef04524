package flow

import (
	"encoding/binary"
	"net/netip"

	"github.com/wirelore/wirelore/pcap"
)

// Packets made by hand, from the inside out, with lengths and checksums as they should be.

func testAddr(s string) Addr { return AddrFromNetip(netip.MustParseAddr(s)) }

func joined(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func be16(v int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(v)) }
func be32(v int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }

// testEther puts an Ethernet header, with VLAN tags, in front of an EtherType's content.
func testEther(typ int, b []byte, tags ...int) []byte {
	h := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}
	for _, t := range tags {
		h = append(h, 0x81, 0)
		h = append(h, be16(t)...)
	}
	return joined(h, be16(typ), b)
}

// slowSum is the checksum of RFC 1071 as plainly as it can be said.
func slowSum(b []byte) uint16 {
	var s uint32
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 != 0 {
		s += uint32(b[len(b)-1]) << 8
	}
	for s>>16 != 0 {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

type testIP struct {
	src, dst string
	proto    uint8
	id       int
	frag     int // flags and offset as in the header; IPv6: offset and M, with a fragment header if not 0
	options  []byte
	ttl      int
}

func (h testIP) make(b []byte) []byte {
	src, dst := testAddr(h.src), testAddr(h.dst)
	if h.ttl == 0 {
		h.ttl = 64
	}
	if src.Is4() {
		n := 20 + len(h.options)
		p := joined([]byte{0x40 | byte(n/4), 0}, be16(n+len(b)), be16(h.id), be16(h.frag), []byte{byte(h.ttl), h.proto, 0, 0}, src[12:], dst[12:], h.options)
		binary.BigEndian.PutUint16(p[10:], slowSum(p))
		return append(p, b...)
	}
	next := h.proto
	if h.frag != 0 {
		b = joined([]byte{h.proto, 0}, be16(h.frag), be32(h.id), b)
		next = ProtoFragment
	}
	if len(h.options) > 0 {
		h.options[0] = next
		next = ProtoHopByHop
		b = joined(h.options, b)
	}
	return joined([]byte{0x60, 0, 0, 0}, be16(len(b)), []byte{next, byte(h.ttl)}, src[:], dst[:], b)
}

// transport makes the header around b, with the checksum over the pseudo header at at (-1: none).
func (h testIP) transport(b []byte, at int) []byte {
	if at < 0 {
		return h.make(b)
	}
	src, dst := testAddr(h.src), testAddr(h.dst)
	pseudo := joined(src[:], dst[:], be32(len(b)), be32(int(h.proto)))
	if src.Is4() {
		pseudo = joined(src[12:], dst[12:], be32(len(b)), be32(int(h.proto)))
		if h.proto == ProtoICMP {
			pseudo = nil
		}
	}
	s := slowSum(joined(pseudo, b))
	if s == 0 && h.proto == ProtoUDP {
		s = 0xffff
	}
	binary.BigEndian.PutUint16(b[at:], s)
	return h.make(b)
}

func testUDP(src, dst string, sport, dport int, b []byte) []byte {
	return testIP{src: src, dst: dst, proto: ProtoUDP}.transport(joined(be16(sport), be16(dport), be16(8+len(b)), be16(0), b), 6)
}

func testTCP(src, dst string, sport, dport int, flags TCPFlags, options, b []byte) []byte {
	h := joined(be16(sport), be16(dport), be32(1000), be32(2000), []byte{byte(20+len(options)) << 2, byte(flags)}, be16(512), be16(0), be16(7), options, b)
	return testIP{src: src, dst: dst, proto: ProtoTCP}.transport(h, 16)
}

func testICMP(src, dst string, typ, code int, b []byte) []byte {
	proto := ProtoICMP
	if !testAddr(src).Is4() {
		proto = ProtoICMPv6
	}
	return testIP{src: src, dst: dst, proto: proto}.transport(joined([]byte{byte(typ), byte(code), 0, 0, 0, 1, 0, 2}, b), 2)
}

// testFrame is a captured frame.
func testFrame(link pcap.LinkType, b []byte) *pcap.Packet {
	return &pcap.Packet{Data: b, Length: uint32(len(b)), Nanos: second, Number: 1, Link: link}
}

// decodeOne decodes a frame with a fresh decoder.
func decodeOne(link pcap.LinkType, b []byte) []Packet {
	return NewDecoder(DecoderOptions{}).Decode(testFrame(link, b), second, nil)
}

package filter

import (
	"encoding/binary"
	"slices"
)

// The packets of the tests are put together here, header by header, outermost first.

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

func eth(typ uint16) []byte {
	return be([]byte{0x02, 0, 0, 0, 0, 0x0b, 0x02, 0, 0, 0, 0, 0x0a}, typ)
}

func be(b []byte, vs ...uint16) []byte {
	for _, v := range vs {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

// ipv4 is a header from 10.0.0.1 to 192.168.1.2; fragment is the word with flags and offset.
func ipv4(proto byte, fragment uint16, payload int, options ...byte) []byte {
	h := be([]byte{byte(0x45 + len(options)/4), 0}, uint16(20+len(options)+payload), 0x1234, fragment)
	h = append(h, 64, proto, 0, 0, 10, 0, 0, 1, 192, 168, 1, 2)
	return append(h, options...)
}

// ipv6 is a header from fe80::1 to ff02::2.
func ipv6(next byte, payload int) []byte {
	h := make([]byte, 40)
	h[0], h[6], h[7], h[8], h[9], h[23], h[24], h[25], h[39] = 0x60, next, 64, 0xfe, 0x80, 1, 0xff, 2, 2
	binary.BigEndian.PutUint16(h[4:], uint16(payload))
	return h
}

func tcp(src, dst uint16, flags byte, payload int) []byte {
	h := be(nil, src, dst, 0, 1, 0, 0)
	h = append(h, 0x50, flags)
	return append(be(h, 1024, 0, 0), make([]byte, payload)...)
}

func udp(src, dst uint16, payload ...byte) []byte {
	return append(be(nil, src, dst, uint16(8+len(payload)), 0), payload...)
}

func arp(op uint16) []byte {
	b := be(nil, 1, 0x0800, 0x0604, op)
	b = append(b, 2, 0, 0, 0, 0, 0x0a, 10, 0, 0, 1)
	return append(b, 0, 0, 0, 0, 0, 0, 192, 168, 1, 2)
}

func tcpPacket(src, dst uint16, flags byte, payload int) []byte {
	t := tcp(src, dst, flags, payload)
	return cat(eth(0x0800), ipv4(6, 0x4000, len(t)), t)
}

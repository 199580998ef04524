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

type sample struct {
	name string
	data []byte
}

var (
	http  = tcp(40000, 80, 0x18, 4)
	syn   = tcp(40000, 443, 0x02, 0)
	dns   = udp(5353, 53, 1, 2, 3, 4)
	echo  = []byte{8, 0, 0, 0, 0, 1, 0, 1}
	ns    = append([]byte{135, 0, 0, 0}, make([]byte, 20)...)
	sctp  = append(be(nil, 5000, 80), make([]byte, 8)...)
	stp   = []byte{0x42, 0x42, 0x03, 0, 0, 0, 0, 0}
	isis  = []byte{0xfe, 0xfe, 0x03, 0x83, 0x1b, 1, 0, 0x0f, 1, 0}
	ipx   = append([]byte{0xff, 0xff, 0, 30}, make([]byte, 30)...)
	atalk = []byte{0xaa, 0xaa, 0x03, 0x08, 0, 0x07, 0x80, 0x9b, 1, 2, 3, 4}
)

// ip4 puts a header before a payload.
func ip4(proto byte, payload []byte) []byte { return cat(ipv4(proto, 0, len(payload)), payload) }

func ip6(next byte, payload []byte) []byte { return cat(ipv6(next, len(payload)), payload) }

// extension is an IPv6 extension header of 8 bytes; as a fragment header it has offset 0.
func extension(next byte) []byte { return []byte{next, 0, 0, 1, 0, 0, 0, 7} }

func label(v uint32, bottom byte) []byte {
	return []byte{byte(v >> 12), byte(v >> 4), byte(v<<4) | bottom, 64}
}

func geneve(vni byte, proto uint16, inner []byte) []byte {
	h := append(be([]byte{0, 0}, proto), 0, 0, vni, 0)
	return ip4(17, udp(50000, 6081, cat(h, inner)...))
}

// dot11 is a header of the given type and direction, with QoS where the type says so.
func dot11(fc0, fc1 byte) []byte {
	h := []byte{fc0, fc1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0}
	if fc0&0x88 == 0x88 {
		h = append(h, 0, 0)
	}
	return h
}

func snap(typ uint16, payload []byte) []byte {
	return cat(be([]byte{0xaa, 0xaa, 0x03, 0, 0, 0}, typ), payload)
}

// radiotap is a header of 16 or 9 bytes with the flags byte, with a timestamp before it or without.
func radiotap(timestamp bool, flags byte) []byte {
	if timestamp {
		return []byte{0, 0, 17, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, flags}
	}
	return []byte{0, 0, 9, 0, 2, 0, 0, 0, flags}
}

func samples() map[uint16][]sample {
	first, later := cat(ipv4(17, 0x2000, 12), dns), cat(ipv4(17, 0x0003, 12), dns)
	options := cat(ipv4(6, 0, len(http), 1, 1, 1, 1), http)
	broadcast := cat([]byte{255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 0x0a, 8, 0}, ip4(17, udp(68, 67, 1)))
	ah := cat([]byte{6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}, http)
	return map[uint16][]sample{
		linkEthernet: {
			{"http", cat(eth(0x0800), ip4(6, http))},
			{"syn", cat(eth(0x0800), ip4(6, syn))},
			{"opts", cat(eth(0x0800), options)},
			{"cut", cat(eth(0x0800), ip4(6, http))[:36]},
			{"dns", cat(eth(0x0800), ip4(17, dns))},
			{"frag1", cat(eth(0x0800), first)},
			{"frag2", cat(eth(0x0800), later)},
			{"echo", cat(eth(0x0800), ip4(1, echo))},
			{"igmp", cat(eth(0x0800), ip4(2, []byte{0x16, 0, 0, 0, 224, 0, 0, 1}))},
			{"sctp", cat(eth(0x0800), ip4(132, sctp))},
			{"ah", cat(eth(0x0800), ip4(51, ah))},
			{"bcast", broadcast},
			{"arp", cat(eth(0x0806), arp(1))},
			{"rarp", cat(eth(0x8035), arp(3))},
			{"http6", cat(eth(0x86dd), ip6(6, http))},
			{"dns6", cat(eth(0x86dd), ip6(17, dns))},
			{"ns6", cat(eth(0x86dd), ip6(58, ns))},
			{"frag6", cat(eth(0x86dd), ip6(44, cat(extension(17), dns)))},
			{"hop6", cat(eth(0x86dd), ip6(0, cat(extension(6), http)))},
			{"vlan", cat(eth(0x8100), be(nil, 0x6064, 0x0800), ip4(6, http))},
			{"vlan6", cat(eth(0x8100), be(nil, 7, 0x86dd), ip6(17, dns))},
			{"qinq", cat(eth(0x88a8), be(nil, 100, 0x8100), be(nil, 200, 0x0800), ip4(6, http))},
			{"mpls", cat(eth(0x8847), label(16, 1), ip4(6, http))},
			{"mpls2", cat(eth(0x8847), label(16, 0), label(1024, 1), ip6(17, dns))},
			{"pppoes", cat(eth(0x8864), be([]byte{0x11, 0}, 39, 100, 0x21), ip4(6, http))},
			{"pppoed", cat(eth(0x8863), be([]byte{0x11, 9}, 0, 4, 0x0101, 0))},
			{"geneve", cat(eth(0x0800), geneve(5, 0x6558, cat(eth(0x0800), ip4(6, http))))},
			{"geneveip", cat(eth(0x0800), geneve(9, 0x0800, ip4(17, dns)))},
			{"stp", cat(eth(uint16(len(stp))), stp)},
			{"isis", cat(eth(uint16(len(isis))), isis)},
			{"ipx", cat(eth(uint16(len(ipx))), ipx)},
			{"atalk", cat(eth(uint16(len(atalk))), atalk)},
			{"lldp", cat([]byte{1, 0x80, 0xc2, 0, 0, 0x0e}, eth(0x88cc)[6:], []byte{2, 7, 4, 1, 2, 3})},
			{"decnet", cat(eth(0x6003), []byte{9, 0, 0x02, 2, 4, 3, 4, 0, 0, 0})},
		},
		linkSLL: {
			{"http", cat(be([]byte{0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, 0x0800), ip4(6, http))},
			{"dns6", cat(be([]byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, 0x86dd), ip6(17, dns))},
			{"stp", cat(be([]byte{0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, 4), stp)},
			{"isis", cat(be([]byte{0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, 4), isis)},
			{"ipx", cat(be([]byte{0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, 1), ipx)},
			{"atalk", cat(be([]byte{0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, 4), atalk)},
		},
		linkSLL2: {
			{"http", cat(be(nil, 0x0800), make([]byte, 8), []byte{4, 6}, make([]byte, 8), ip4(6, http))},
			{"arp", cat(be(nil, 0x0806), make([]byte, 8), []byte{0, 6}, make([]byte, 8), arp(1))},
		},
		101: {{"http", ip4(6, http)}, {"dns6", ip6(17, dns)}, {"frag6", ip6(44, cat(extension(17), dns))}, {"short", []byte{0x45}}},
		228: {{"http", ip4(6, http)}, {"dns", ip4(17, dns)}},
		229: {{"http", ip6(6, http)}, {"ns6", ip6(58, ns)}},
		0:   {{"http", cat([]byte{2, 0, 0, 0}, ip4(6, http))}, {"dns6", cat([]byte{30, 0, 0, 0}, ip6(17, dns))}},
		108: {{"http", cat([]byte{0, 0, 0, 2}, ip4(6, http))}, {"dns6", cat([]byte{0, 0, 0, 24}, ip6(17, dns))}},
		9: {
			{"http", cat(be([]byte{0xff, 3}, 0x21), ip4(6, http))}, {"dns6", cat(be([]byte{0xff, 3}, 0x57), ip6(17, dns))},
			{"mpls", cat(be([]byte{0xff, 3}, 0x281), label(16, 1), ip4(6, http))},
		},
		104: {{"http", cat(be([]byte{0x0f, 0}, 0x0800), ip4(6, http))}, {"isis", cat(be([]byte{0x0f, 0}, 0xfefe), []byte{0x03}, isis[2:])}},
		107: {{"http", cat([]byte{0x18, 0x41, 3, 0xcc}, ip4(6, http))}, {"isis", cat([]byte{0x18, 0x41, 3}, isis[3:])}},
		10:  {{"http", cat([]byte{0x50}, eth(0)[:12], snap(0x0800, ip4(6, http)))}, {"stp", cat([]byte{0x50}, eth(0)[:12], stp)}},
		6:   {{"http", cat([]byte{0x10, 0x40}, eth(0)[:12], snap(0x0800, ip4(6, http)))}},
		105: {
			{"beacon", dot11(0x80, 0)}, {"ack", []byte{0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1}},
			{"http", cat(dot11(0x08, 1), snap(0x0800, ip4(6, http)))}, {"qos", cat(dot11(0x88, 2), snap(0x0800, ip4(17, dns)))},
			{"null", dot11(0x48, 1)},
		},
		linkRadiotap: {
			{"beacon", cat(radiotap(false, 0), dot11(0x80, 0))}, {"http", cat(radiotap(true, 0), dot11(0x08, 1), snap(0x0800, ip4(6, http)))},
			{"pad", cat(radiotap(false, 0x20), dot11(0x88, 2), []byte{0}, snap(0x0800, ip4(6, http)))},
			{"padts", cat(radiotap(true, 0x20), dot11(0x88, 2), []byte{0}, snap(0x0800, ip4(6, http)))},
			{"cut", radiotap(true, 0)[:6]},
		},
		7:   {{"http", cat([]byte{5, 0, 212, 0, 0, 0}, ip4(6, http))}, {"dns6", cat([]byte{5, 6, 196, 0, 0, 0}, ip6(17, dns))}, {"arp", cat([]byte{5, 0, 241, 0, 0, 0}, arp(1))}},
		117: {{"http", cat([]byte{61, 2}, make([]byte, 62), ip4(6, http))}, {"dns6", cat([]byte{61, 10}, make([]byte, 62), ip6(17, dns))}},
		119: {
			{"prism", cat([]byte{0, 0, 0, 0x44}, make([]byte, 140), dot11(0x08, 1), snap(0x0800, ip4(6, http)))},
			{"avs", cat([]byte{0x80, 0x21, 0x10, 1, 0, 0, 0, 64}, make([]byte, 56), dot11(0x08, 1), snap(0x0800, ip4(6, http)))},
		},
		163: {{"http", cat([]byte{0x80, 0x21, 0x10, 1, 0, 0, 0, 64}, make([]byte, 56), dot11(0x88, 1), snap(0x0800, ip4(6, http)))}},
		192: {{"http", cat([]byte{0, 0, 8, 0, 105, 0, 0, 0}, dot11(0x08, 1), snap(0x0800, ip4(6, http)))}},
		226: {{"http", cat([]byte{1, 2}, make([]byte, 22), ip4(6, http))}, {"dns6", cat([]byte{1, 26}, make([]byte, 22), ip6(17, dns))}},
		240: {{"http", cat(make([]byte, 4), eth(0x0800), ip4(6, http))}, {"vlan", cat(make([]byte, 4), eth(0x8100), be(nil, 7, 0x0800), ip4(6, http))}},
	}
}

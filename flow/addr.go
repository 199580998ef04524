package flow

import "net/netip"

// Addr is an IP address in 16 bytes: IPv6 as it is, IPv4 mapped into ::ffff:0:0/96. It holds no pointer, so that tables of
// millions cost the garbage collector nothing. Whether a mapped address was IPv4 on the wire is known from the
// packet's or flow's Version.
type Addr [16]byte

// AddrFrom4 maps an IPv4 address.
func AddrFrom4(b [4]byte) Addr {
	return Addr{10: 0xff, 11: 0xff, 12: b[0], 13: b[1], 14: b[2], 15: b[3]}
}

// AddrFromNetip converts from the standard library's form; a zone is dropped.
func AddrFromNetip(a netip.Addr) Addr { return Addr(a.As16()) }

// Is4 tells whether a is an IPv4-mapped address.
func (a Addr) Is4() bool {
	return a[10] == 0xff && a[11] == 0xff && [10]byte(a[:10]) == [10]byte{}
}

// Netip converts to the standard library's form; a mapped address becomes IPv4.
func (a Addr) Netip() netip.Addr { return netip.AddrFrom16(a).Unmap() }

// String is the usual text form.
func (a Addr) String() string { return a.Netip().String() }

// Compare orders addresses bytewise.
func (a Addr) Compare(b Addr) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}

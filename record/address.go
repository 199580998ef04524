package record

import (
	"net/netip"
	"strconv"
)

// appendEVEAddr appends an address as Suricata writes it: IPv6 with all eight groups, none of them shortened to "::".
func appendEVEAddr(dst []byte, a netip.Addr) []byte {
	if a.Is4() {
		return a.AppendTo(dst)
	}
	b := a.As16()
	for i := 0; i < 16; i += 2 {
		if i > 0 {
			dst = append(dst, ':')
		}
		g := uint64(b[i])<<8 | uint64(b[i+1])
		if g < 0x1000 && g != 0 {
			dst = append(dst, "0000"[:leadingZeros(g)]...)
		} else if g == 0 {
			dst = append(dst, "000"...)
		}
		dst = strconv.AppendUint(dst, g, 16)
	}
	return dst
}

func leadingZeros(g uint64) int {
	n := 0
	for ; g < 0x1000; g <<= 4 {
		n++
	}
	return n
}

// AddrFull writes an address in Suricata's form for IPv6: eight groups of four digits.
func (e *Encoder) AddrFull(a netip.Addr) {
	e.sep()
	e.buf = append(appendEVEAddr(append(e.buf, '"'), a), '"')
}

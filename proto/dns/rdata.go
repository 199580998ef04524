package dns

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// nameAt appends the name at an offset within a record's data; nothing when it is bad.
func (m *Message) nameAt(dst []byte, off uint32) []byte {
	out, _, _ := appendName(dst, m.Raw, int(off))
	return out
}

// lowerAt is nameAt in lower case, as Zeek shows names.
func (m *Message) lowerAt(dst []byte, off uint32) []byte {
	n := len(dst)
	dst = m.nameAt(dst, off)
	lower(dst[n:n], dst[n:])
	return dst
}

// lowerTarget appends the name in a record's data in lower case; at is where it begins.
func (m *Message) lowerTarget(dst []byte, r *RR, at uint32) []byte {
	if r.Target != nil {
		return lower(dst, r.Target)
	}
	return m.lowerAt(dst, r.Off+at)
}

// strings calls fn for each character-string of a record's data.
func characterStrings(b []byte, fn func(s []byte)) {
	for len(b) > 0 {
		n := min(int(b[0]), len(b)-1)
		fn(b[1 : 1+n])
		b = b[1+n:]
	}
}

// addrOf returns the address in an A or AAAA record.
func addrOf(t uint16, b []byte) (netip.Addr, bool) {
	switch {
	case t == typeA && len(b) == 4:
		return netip.AddrFrom4([4]byte(b)), true
	case t == typeAAAA && len(b) == 16:
		return netip.AddrFrom16([16]byte(b)), true
	}
	return netip.Addr{}, false
}

// zeekAnswer appends a record as Zeek's dns.log words it; false for types that it does not list.
func (m *Message) zeekAnswer(dst []byte, r *RR, op uint8) ([]byte, bool) {
	if op == opUpdate {
		return m.update(dst, r), true
	}
	return m.answer(dst, r)
}

// lists tells whether zeekAnswer words a record.
func (m *Message) lists(r *RR, op uint8) bool {
	switch r.Type {
	case typeA:
		return op == opUpdate || r.Len == 4
	case typeAAAA:
		return op == opUpdate || r.Len == 16
	case typeNS, typeCNAME, typePTR, typeSOA, typeTXT, typeHINFO:
		return true
	}
	var buf [256]byte
	_, ok := m.zeekAnswer(buf[:0], r, op)
	return ok
}

func (m *Message) answer(dst []byte, r *RR) ([]byte, bool) {
	b := m.data(r)
	switch r.Type {
	case typeA, typeAAAA:
		a, ok := addrOf(r.Type, b)
		if !ok {
			return dst, false
		}
		return a.AppendTo(dst), true
	case typeNS, typeCNAME, typePTR, typeSOA:
		return m.lowerTarget(dst, r, 0), true
	case typeMX:
		if len(b) < 3 {
			return dst, false
		}
		return m.lowerTarget(dst, r, 2), true
	case typeSRV:
		if len(b) < 7 {
			return dst, false
		}
		return m.lowerTarget(dst, r, 6), true
	case typeTXT, typeSPF:
		return appendStrings(dst, zeekType(r.Type), b), true
	case typeHINFO:
		return append(dst, "HINFO"...), true
	case typeRRSIG:
		if len(b) < 19 {
			return dst, false
		}
		dst = strconv.AppendUint(append(dst, "RRSIG "...), uint64(binary.BigEndian.Uint16(b)), 10)
		return m.lowerAt(append(dst, ' '), r.Off+18), true
	case typeNSEC:
		dst = append(lower(append(dst, "NSEC "...), r.Name), ' ')
		return m.lowerAt(dst, r.Off), true
	}
	return m.rareAnswer(dst, r, b)
}

func (m *Message) rareAnswer(dst []byte, r *RR, b []byte) ([]byte, bool) {
	number := func(n uint64) { dst = strconv.AppendUint(append(dst, ' '), n, 10) }
	switch {
	case r.Type == typeDNSKEY && len(b) >= 4:
		dst = append(dst, "DNSKEY"...)
		number(uint64(b[3]))
	case r.Type == typeDS && len(b) >= 4:
		dst = append(dst, "DS"...)
		number(uint64(b[2]))
		number(uint64(b[3]))
	case r.Type == typeNSEC3:
		dst = append(dst, "NSEC3"...)
	case r.Type == typeNSEC3PARAM:
		dst = append(dst, "NSEC3PARAM"...)
	case r.Type == typeSSHFP && len(b) >= 2:
		dst = append(dst, "SSHFP: "...)
		for _, c := range b[2:] {
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		}
	case r.Type == typeLOC && len(b) >= 16:
		dst = append(dst, "LOC:"...)
		number(uint64(b[1]))
		number(uint64(b[2]))
		number(uint64(b[3]))
	case r.Type == typeCAA && len(b) >= 2 && int(b[1])+2 <= len(b):
		dst = append(dst, "CAA"...)
		number(uint64(b[0]))
		dst = append(append(append(append(dst, ' '), b[2:2+b[1]]...), ' '), b[2+b[1]:]...)
	case r.Type == typeNAPTR && len(b) >= 7:
		return m.naptr(dst, r, b)
	default:
		return dst, false
	}
	return dst, true
}

const hexDigits = "0123456789abcdef"

func (m *Message) naptr(dst []byte, r *RR, b []byte) ([]byte, bool) {
	dst = append(dst, "NAPTR "...)
	dst = strconv.AppendUint(dst, uint64(binary.BigEndian.Uint16(b)), 10)
	dst = strconv.AppendUint(append(dst, ' '), uint64(binary.BigEndian.Uint16(b[2:])), 10)
	off := 4
	for range 3 { // flags, services, regexp
		if off >= len(b) || off+1+int(b[off]) > len(b) {
			return dst, false
		}
		if b[off] > 0 {
			dst = append(append(dst, ' '), b[off+1:off+1+int(b[off])]...)
		}
		off += 1 + int(b[off])
	}
	return m.lowerAt(append(dst, ' '), r.Off+uint32(off)), true
}

func appendStrings(dst []byte, kind string, b []byte) []byte {
	first := true
	characterStrings(b, func(s []byte) {
		if !first {
			dst = append(dst, ' ')
		}
		first = false
		dst = append(append(dst, kind...), ' ')
		dst = strconv.AppendUint(dst, uint64(len(s)), 10)
		dst = append(append(dst, ' '), s...)
	})
	return dst
}

// update words a record of a dynamic update (RFC 2136): what must hold before, what goes, what is added.
func (m *Message) update(dst []byte, r *RR) []byte {
	typ := zeekType(r.Type)
	if r.Type == typeANY {
		typ = "ANY"
	}
	word := func(parts ...string) {
		for i, p := range parts {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, p...)
		}
	}
	if r.Section == Answer {
		switch r.Class {
		case classAny:
			word("pre: RRSet", typ, string(lower(nil, r.Name)))
		case classNone:
			word("pre: NoRRSet", typ, string(lower(nil, r.Name)))
		default:
			word("pre: RR", typ, string(lower(nil, r.Name)))
		}
		return dst
	}
	switch r.Class {
	case classAny:
		word("del: RRSet", typ)
	case classNone:
		word("del: RR", typ, string(lower(nil, r.Name)))
	default:
		word("add:", typ, string(lower(nil, r.Name)))
		dst = append(dst, ' ')
		dst, _ = m.answer(dst, r)
	}
	return dst
}

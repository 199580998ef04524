package ftp

import (
	"bytes"
	"net/netip"
	"strconv"

	"github.com/wirelore/wirelore/flow"
)

// address is an end point that a command or reply names. A zero host is that of the control connection.
type address struct {
	host flow.Addr
	port uint16
	ok   bool
}

// parsePort reads h1,h2,h3,h4,p1,p2 (RFC 959, section 4.1.2).
func parsePort(b []byte) address {
	var n [6]byte
	for i := range n {
		k := 0
		for k < len(b) && k < 4 && b[k] >= '0' && b[k] <= '9' {
			k++
		}
		v, err := strconv.ParseUint(string(b[:k]), 10, 8)
		if err != nil {
			return address{}
		}
		n[i] = byte(v)
		b = b[k:]
		if i < 5 {
			if len(b) == 0 || b[0] != ',' {
				return address{}
			}
			b = bytes.TrimLeft(b[1:], " ")
		}
	}
	port := uint16(n[4])<<8 | uint16(n[5])
	return address{flow.AddrFrom4([4]byte(n[:4])), port, port != 0}
}

// bounced tells whether the host of PORT's argument is another than the client. Suricata wants no more of it than four
// numbers, each with its comma.
func bounced(b []byte, client flow.Addr) bool {
	var ip [4]byte
	for i := range ip {
		k := bytes.IndexByte(b, ',')
		if k < 1 || k > 3 {
			return false
		}
		v, err := strconv.ParseUint(string(b[:k]), 10, 8)
		if err != nil {
			return false
		}
		ip[i], b = byte(v), b[k+1:]
	}
	return flow.AddrFrom4(ip) != client
}

// parsePasv finds the six numbers of a 227 reply, with or without parentheses (RFC 1123, section 4.1.2.6).
func parsePasv(text []byte) address {
	for i := range text {
		if text[i] < '0' || text[i] > '9' || i > 0 && text[i-1] >= '0' && text[i-1] <= '9' {
			continue
		}
		if a := parsePort(text[i:]); a.ok {
			return a
		}
	}
	return address{}
}

// parseEPRT reads |1|address|port| with any delimiter (RFC 2428, section 2).
func parseEPRT(b []byte) address {
	f := fields(b)
	if f == nil || len(f[0]) != 1 || f[0][0] != '1' && f[0][0] != '2' {
		return address{}
	}
	ip, err := netip.ParseAddr(string(f[1]))
	if err != nil || ip.Zone() != "" || ip.Is4() != (f[0][0] == '1') {
		return address{}
	}
	port, err := strconv.ParseUint(string(f[2]), 10, 16)
	return address{flow.AddrFromNetip(ip), uint16(port), err == nil && port != 0}
}

// parseEPSV reads (|||port|) of a 229 reply (RFC 2428, section 3); some servers name the address too.
func parseEPSV(text []byte) address {
	i := bytes.IndexByte(text, '(')
	if i < 0 {
		return address{}
	}
	f := fields(text[i+1:])
	if f == nil {
		return address{}
	}
	port, err := strconv.ParseUint(string(f[2]), 10, 16)
	a := address{port: uint16(port), ok: err == nil && port != 0}
	if len(f[1]) > 0 {
		ip, err := netip.ParseAddr(string(f[1]))
		if err != nil || ip.Zone() != "" {
			return address{}
		}
		a.host = flow.AddrFromNetip(ip)
	}
	return a
}

// fields splits <d>a<d>b<d>c<d> at its delimiter; nil if it is not of that form.
func fields(b []byte) [][]byte {
	if len(b) < 4 || b[0] < 33 || b[0] > 126 {
		return nil
	}
	var out [3][]byte
	d := b[0]
	b = b[1:]
	for i := range out {
		k := bytes.IndexByte(b, d)
		if k < 0 || k > 64 {
			return nil
		}
		out[i], b = b[:k], b[k+1:]
	}
	return out[:]
}

package tlswire

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
)

// AppendJA3 appends the JA3 string of a client hello to dst and returns it: version, cipher suites, extensions, groups
// and point formats in decimal, GREASE left out.
func AppendJA3(dst []byte, h *ClientHello) []byte {
	dst = strconv.AppendUint(dst, uint64(h.Version), 10)
	dst = append(dst, ',')
	if len(h.V2Ciphers) > 0 {
		for i := range len(h.V2Ciphers) / 3 {
			dst = appendDash(dst, i == 0, uint64(h.V2Cipher(i)))
		}
		return append(dst, ",,,"...)
	}
	dst = appendList(dst, h.Ciphers)
	dst = append(dst, ',')
	dst = appendTypes(dst, h.Extensions, true)
	dst = append(dst, ',')
	dst = appendList(dst, h.Groups)
	dst = append(dst, ',')
	for i, f := range h.PointFormats {
		dst = appendDash(dst, i == 0, uint64(f))
	}
	return dst
}

// AppendJA3S appends the JA3S string of a server hello to dst and returns it: version, cipher suite and extensions.
func AppendJA3S(dst []byte, h *ServerHello) []byte {
	dst = strconv.AppendUint(dst, uint64(h.Version), 10)
	dst = append(dst, ',')
	dst = strconv.AppendUint(dst, uint64(h.Cipher), 10)
	dst = append(dst, ',')
	return appendTypes(dst, h.Extensions, false)
}

// AppendMD5 appends the hexadecimal MD5 of s to dst and returns it. It does not allocate when dst has room for 32 bytes.
func AppendMD5(dst, s []byte) []byte {
	sum := md5.Sum(s)
	return hex.AppendEncode(dst, sum[:])
}

func appendList(dst []byte, list U16s) []byte {
	first := true
	for i := range list.Len() {
		v := list.At(i)
		if IsGREASE(v) {
			continue
		}
		dst = appendDash(dst, first, uint64(v))
		first = false
	}
	return dst
}

func appendTypes(dst []byte, list Extensions, skipGREASE bool) []byte {
	first := true
	for e, ok := list.Next(); ok; e, ok = list.Next() {
		if skipGREASE && IsGREASE(e.Type) {
			continue
		}
		dst = appendDash(dst, first, uint64(e.Type))
		first = false
	}
	return dst
}

func appendDash(dst []byte, first bool, v uint64) []byte {
	if !first {
		dst = append(dst, '-')
	}
	return strconv.AppendUint(dst, v, 10)
}

package tlswire

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Carrier is what carries a hello, the first letter of its JA4.
type Carrier byte

// The carriers that JA4 knows.
const (
	OverTCP  Carrier = 't'
	OverQUIC Carrier = 'q'
	OverDTLS Carrier = 'd'
)

// JA4 computes the client fingerprint of FoxIO's JA4 (the TLS client method, BSD-3-Clause specification). It owns the
// memory that it works in, so that computing does not allocate. The zero value is ready; one goroutine at a time.
type JA4 struct {
	// Underscore ends the hashed extensions with an underscore also where no signature algorithms follow, as Suricata
	// has it; the method's specification leaves it out.
	Underscore bool

	codes []uint16
	buf   []byte
}

// Append appends the fingerprint of h to dst and returns it: 36 bytes, as t13d1516h2_8daaf6152771_e5627efa2ab1.
func (j *JA4) Append(dst []byte, h *ClientHello, over Carrier) []byte {
	j.collectCiphers(h)
	ciphers := len(j.codes)
	dst = append(dst, byte(over))
	dst = append(dst, ja4Version(h.Highest())...)
	if h.HasServerName {
		dst = append(dst, 'd')
	} else {
		dst = append(dst, 'i')
	}
	dst = append2(dst, ciphers)
	dst = append2(dst, countExtensions(h.Extensions))
	dst = appendALPN(dst, h.ALPN)

	dst = append(dst, '_')
	slices.Sort(j.codes)
	dst = j.hash(dst, false, nil)

	dst = append(dst, '_')
	j.collectExtensions(h)
	slices.Sort(j.codes)
	return j.hash(dst, true, h.SignatureAlgorithms)
}

func (j *JA4) collectCiphers(h *ClientHello) {
	j.codes = j.codes[:0]
	for i := range h.Ciphers.Len() {
		if v := h.Ciphers.At(i); !IsGREASE(v) {
			j.codes = append(j.codes, v)
		}
	}
}

func (j *JA4) collectExtensions(h *ClientHello) {
	j.codes = j.codes[:0]
	rest := h.Extensions
	for e, ok := rest.Next(); ok; e, ok = rest.Next() {
		if e.Type != ExtServerName && e.Type != ExtALPN && !IsGREASE(e.Type) {
			j.codes = append(j.codes, e.Type)
		}
	}
}

// hash appends the first 12 digits of the SHA-256 of the codes, comma-separated in hexadecimal, with the signature
// algorithms in their own order after an underscore. Nothing to hash gives zeros.
func (j *JA4) hash(dst []byte, extensions bool, algorithms U16s) []byte {
	if len(j.codes) == 0 {
		return append(dst, "000000000000"...)
	}
	j.buf = j.buf[:0]
	for i, v := range j.codes {
		if i > 0 {
			j.buf = append(j.buf, ',')
		}
		j.buf = append4(j.buf, v)
	}
	if j.Underscore && extensions && algorithms.Len() == 0 {
		j.buf = append(j.buf, '_')
	}
	sep := byte('_')
	for i := range algorithms.Len() {
		v := algorithms.At(i)
		if IsGREASE(v) {
			continue
		}
		j.buf = append(j.buf, sep)
		j.buf = append4(j.buf, v)
		sep = ','
	}
	sum := sha256.Sum256(j.buf)
	return hex.AppendEncode(dst, sum[:6])
}

func countExtensions(list Extensions) int {
	n := 0
	for e, ok := list.Next(); ok; e, ok = list.Next() {
		if !IsGREASE(e.Type) {
			n++
		}
	}
	return n
}

// appendALPN appends the first and last character of the first protocol name; where one of them is no letter or
// digit, the first and last digit of the name in hexadecimal; 00 without a name.
func appendALPN(dst []byte, list Names) []byte {
	name := list.First()
	if len(name) == 0 {
		return append(dst, "00"...)
	}
	first, last := name[0], name[len(name)-1]
	if alnum(first) && alnum(last) {
		return append(dst, first, last)
	}
	const digits = "0123456789abcdef"
	return append(dst, digits[first>>4], digits[last&15])
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func ja4Version(v uint16) string {
	switch v {
	case SSL20:
		return "s2"
	case SSL30:
		return "s3"
	case TLS10:
		return "10"
	case TLS11:
		return "11"
	case TLS12:
		return "12"
	case TLS13:
		return "13"
	case DTLS10:
		return "d1"
	case DTLS12:
		return "d2"
	case DTLS13:
		return "d3"
	}
	return "00"
}

// append2 appends a count in two digits; there is no room for more than 99.
func append2(dst []byte, n int) []byte {
	n = min(n, 99)
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

func append4(dst []byte, v uint16) []byte {
	const digits = "0123456789abcdef"
	return append(dst, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}

package quic

import (
	"strconv"

	"github.com/wirelore/wirelore/internal/tlswire"
)

func appendUint(dst []byte, v uint64) []byte { return strconv.AppendUint(dst, v, 10) }

// appendVersion appends EVE's name of a TLS version within QUIC: Tls13, or the number in both forms.
func appendVersion(dst []byte, v uint16) []byte {
	switch v {
	case tlswire.SSL30:
		return append(dst, "Ssl30"...)
	case tlswire.TLS10:
		return append(dst, "Tls10"...)
	case tlswire.TLS11:
		return append(dst, "Tls11"...)
	case tlswire.TLS12:
		return append(dst, "Tls12"...)
	case tlswire.TLS13:
		return append(dst, "Tls13"...)
	}
	dst = append(dst, "TlsVersion("...)
	dst = strconv.AppendUint(dst, uint64(v), 10)
	dst = append(dst, " / 0x"...)
	dst = strconv.AppendUint(dst, uint64(v), 16)
	return append(dst, ')')
}

package tlswire

import (
	"sort"
	"strconv"
)

type codeName struct {
	code uint32
	name string
}

func lookup(table []codeName, code uint32) (string, bool) {
	i := sort.Search(len(table), func(i int) bool { return table[i].code >= code })
	if i < len(table) && table[i].code == code {
		return table[i].name, true
	}
	return "", false
}

func nameOr(table []codeName, code uint32) string {
	if s, ok := lookup(table, code); ok {
		return s
	}
	return "unknown-" + strconv.Itoa(int(code))
}

// CipherName returns the name of a cipher suite, or of an SSLv2 cipher kind; of an unknown one unknown-N in decimal.
func CipherName(code uint32) string { return nameOr(cipherNames[:], code) }

// GroupName returns the name of a group (IANA TLS Supported Groups), unknown-N if there is none.
func GroupName(code uint16) string { return nameOr(groupNames[:], uint32(code)) }

// ExtensionName returns the name of an extension type as ssl logs have it; of an unknown one false.
func ExtensionName(code uint16) (string, bool) { return lookup(extensionNames[:], uint32(code)) }

// AlertName returns the name of an alert description, unknown-N if there is none.
func AlertName(code byte) string { return nameOr(alertNames[:], uint32(code)) }

// VersionName returns the name of a version as ssl.log has it: TLSv12, SSLv3, DTLSv10, TLSv13-draft28, unknown-N.
func VersionName(v uint16) string {
	switch v {
	case SSL20:
		return "SSLv2"
	case SSL30:
		return "SSLv3"
	case TLS10:
		return "TLSv10"
	case TLS11:
		return "TLSv11"
	case TLS12:
		return "TLSv12"
	case TLS13:
		return "TLSv13"
	case DTLS10:
		return "DTLSv10"
	case DTLS12:
		return "DTLSv12"
	case DTLS13:
		return "DTLSv13"
	}
	if v>>8 == 0x7f && v&0xff < 0x7f {
		return "TLSv13-draft" + strconv.Itoa(int(v&0xff))
	}
	return "unknown-" + strconv.Itoa(int(v))
}

// EVEVersion returns the name of a version as EVE has it: "TLS 1.2", "TLSv1", "SSLv3"; of an unknown one 0x and four
// digits.
func EVEVersion(v uint16) string {
	switch v {
	case 0:
		return "UNDETERMINED"
	case SSL20:
		return "SSLv2"
	case SSL30:
		return "SSLv3"
	case TLS10:
		return "TLSv1"
	case TLS11:
		return "TLS 1.1"
	case TLS12:
		return "TLS 1.2"
	case TLS13:
		return "TLS 1.3"
	}
	if v>>8 == 0x7f && v&0xff <= 28 {
		if v&0xff < 16 {
			return "TLS 1.3 draft-<16"
		}
		return "TLS 1.3 draft-" + strconv.Itoa(int(v&0xff))
	}
	if v == 0xfb1a {
		return "TLS 1.3 draft-26-fb"
	}
	const hex = "0123456789abcdef"
	return string([]byte{'0', 'x', hex[v>>12], hex[v>>8&15], hex[v>>4&15], hex[v&15]})
}

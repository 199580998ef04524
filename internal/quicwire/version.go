package quicwire

import "strconv"

// suite is how a family of versions derives its Initial keys.
type suite struct {
	salt            string
	key, iv, header string // labels
}

const (
	saltV1      = "\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a"
	saltV2      = "\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9"
	saltV2Draft = "\xa7\x07\xc2\x03\xa5\x9b\x47\x18\x4a\x1d\x62\xca\x57\x04\x06\xea\x7a\xe3\xe5\xd3"
	saltDraft29 = "\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99"
	saltDraft23 = "\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02"
	saltDraft21 = "\x7f\xbc\xdb\x0e\x7c\x66\xbb\xe9\x2a\x96\xcd\x21\x51\x9e\xbd\x7a\x02\x64\x41\x90"
	saltQ050    = "\x50\x45\x74\xef\xd0\x66\xfe\x2f\x9d\x94\x5c\xfc\xdb\xd3\xa7\xf0\xd3\xb5\x6b\x45"
	saltT050    = "\x7f\xf5\x79\xe5\xac\xd0\x72\x91\x55\x80\x30\x4c\x43\xa2\x36\x7c\x60\x48\x83\x10"
	saltT051    = "\x7a\x4e\xde\xf4\xe7\xcc\xee\x5f\xa4\x50\x6c\x19\x12\x4f\xc8\xcc\xda\x6e\x03\x3d"
)

func isV2(v uint32) bool { return v == V2 || v == 0x709a50c4 || v == 0xff020000 }

// suiteOf returns how a version derives its keys.
func suiteOf(v uint32) (suite, bool) {
	s := suite{key: "quic key", iv: "quic iv", header: "quic hp"}
	switch {
	case v == V1:
		s.salt = saltV1
	case isV2(v):
		s = suite{saltV2, "quicv2 key", "quicv2 iv", "quicv2 hp"}
		if v != V2 {
			s.salt = saltV2Draft
		}
	case v == Q050:
		s.salt = saltQ050
	case v == 0x54303530:
		s.salt = saltT050
	case v == 0x54303531:
		s.salt = saltT051
	case v == 0xfaceb001:
		s.salt = saltDraft21
	case v == 0xfaceb002 || v == 0xfaceb00e || v == 0xfaceb011 || v == 0xfaceb013:
		s.salt = saltDraft23
	case v>>8 == 0xff0000:
		switch n := v & 0xff; {
		case n >= 33 && n <= 34:
			s.salt = saltV1
		case n >= 29:
			s.salt = saltDraft29
		case n >= 23:
			s.salt = saltDraft23
		case n >= 21:
			s.salt = saltDraft21
		}
		if v&0xff > 34 {
			s.salt = ""
		}
	}
	return s, s.salt != ""
}

// Known tells whether the packets of a version can be read.
func Known(v uint32) bool {
	_, ok := suiteOf(v)
	return ok || v>>16 == 0x5130
}

// Reserved tells whether a version is one that clients send to force negotiation (RFC 9000 section 15).
func Reserved(v uint32) bool { return v&0x0f0f0f0f == 0x0a0a0a0a }

// VersionName returns the name of a version as quic.log has it: 1, quicv2, or unknown- and its number in hexadecimal.
func VersionName(v uint32) string {
	switch v {
	case V1:
		return "1"
	case V2:
		return "quicv2"
	}
	return "unknown-" + strconv.FormatUint(uint64(v), 16)
}

// EVEVersion returns the name of a version as EVE has it: 1, v2, Q043, or its number in hexadecimal.
func EVEVersion(v uint32) string {
	switch v {
	case V1:
		return "1"
	case V2:
		return "v2"
	case 0x51303339, Q043, 0x51303434, 0x51303435, Q046:
		return string([]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	}
	return strconv.FormatUint(uint64(v), 16)
}

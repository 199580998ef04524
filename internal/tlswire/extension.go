package tlswire

import "encoding/binary"

// Extension types (IANA TLS ExtensionType) that are looked into.
const (
	ExtServerName          = 0
	ExtStatusRequest       = 5
	ExtSupportedGroups     = 10
	ExtPointFormats        = 11
	ExtSignatureAlgorithms = 13
	ExtHeartbeat           = 15
	ExtALPN                = 16
	ExtEncryptThenMAC      = 22
	ExtExtendedMaster      = 23
	ExtSessionTicket       = 35
	ExtKeyShareOld         = 40
	ExtPreSharedKey        = 41
	ExtEarlyData           = 42
	ExtSupportedVersions   = 43
	ExtCookie              = 44
	ExtPSKModes            = 45
	ExtSignatureAlgsCert   = 50
	ExtKeyShare            = 51
	ExtConnectionIDOld     = 53
	ExtConnectionID        = 54
	ExtQUICParameters      = 57
	ExtQUICParametersDraft = 0xffa5
	ExtNextProtocol        = 13172
	ExtECH                 = 0xfe0d
	ExtESNI                = 0xffce
	ExtRenegotiationInfo   = 0xff01
)

// Extension is one extension of a hello.
type Extension struct {
	// Data is the extension's body, borrowed.
	Data []byte
	Type uint16
}

// Extensions is the body of an extension list, read in place.
type Extensions []byte

// Next cuts the first extension off. false means the end, be it whole or cut: what follows a header whose length
// exceeds the list is no extension, but its type counts and its data are what is there.
func (x *Extensions) Next() (e Extension, ok bool) {
	b := *x
	if len(b) < 4 {
		*x = nil
		return e, false
	}
	e.Type = binary.BigEndian.Uint16(b)
	end := min(4+int(binary.BigEndian.Uint16(b[2:])), len(b))
	e.Data = b[4:end:end]
	*x = b[end:]
	return e, true
}

// Names is a list of strings with a one-byte length each, as ALPN has it, read in place.
type Names []byte

// Next cuts the first name off, borrowed. false means the end.
func (l *Names) Next() (name []byte, ok bool) {
	c := cursor{b: *l}
	n := c.u8()
	name = c.take(n)
	if c.short {
		*l = nil
		return nil, false
	}
	*l = c.b
	return name, true
}

// First returns the first name, nil if there is none.
func (l Names) First() []byte {
	name, _ := l.Next()
	return name
}

// KeyShares is the list of a client's key shares, read in place.
type KeyShares []byte

// Next cuts the first share off and returns its group. false means the end.
func (k *KeyShares) Next() (group uint16, key []byte, ok bool) {
	c := cursor{b: *k}
	group = uint16(c.u16())
	key = c.vec16()
	if c.short {
		*k = nil
		return 0, nil, false
	}
	*k = c.b
	return group, key, true
}

// list16 returns the list in a body that begins with its 16-bit length; a list that claims more than there is gives
// what is there.
func list16(b []byte) []byte {
	c := cursor{b: b}
	return c.vec16()
}

// list8 is list16 for an 8-bit length.
func list8(b []byte) []byte {
	c := cursor{b: b}
	return c.vec8()
}

// hostName returns the first host name of a server_name extension (RFC 6066 section 3).
func hostName(b []byte) []byte {
	c := cursor{b: list16(b)}
	for len(c.b) > 0 {
		kind := c.u8()
		name := c.vec16()
		if kind == 0 && !c.short {
			return name
		}
	}
	return nil
}

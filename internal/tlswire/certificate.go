package tlswire

// Certificates is the list of a certificate message, read in place.
type Certificates struct {
	list []byte
	v13  bool
	cut  bool
}

// ParseCertificates reads the body of a certificate message. v13 tells the form of TLS 1.3, with a request context
// before the list and extensions after each certificate (RFC 8446 section 4.4.2).
func ParseCertificates(body []byte, v13 bool) Certificates {
	c := cursor{b: body}
	if v13 {
		c.vec8()
	}
	list := c.vec24()
	return Certificates{list: list, v13: v13, cut: c.short}
}

// Next cuts the first certificate off, DER, borrowed. false means the end. A cut certificate is not returned.
func (l *Certificates) Next() (der []byte, ok bool) {
	if len(l.list) == 0 {
		return nil, false
	}
	c := cursor{b: l.list}
	der = c.vec24()
	if l.v13 && !c.short {
		c.vec16()
	}
	if c.short {
		l.list, l.cut = nil, true
		return nil, false
	}
	l.list = c.b
	return der, true
}

// Cut tells whether the list ended within a certificate.
func (l *Certificates) Cut() bool { return l.cut }

// ServerCurve returns the named group of a server key exchange with elliptic curves (RFC 8422 section 5.4). ok is
// false for explicit curves and cut messages. Whether the message is of that kind is for the cipher suite to say: see
// [IsECDHE].
func ServerCurve(body []byte) (group uint16, ok bool) {
	c := cursor{b: body}
	kind, group := c.u8(), uint16(c.u16())
	return group, kind == 3 && !c.short
}

// IsECDHE tells whether a cipher suite makes the server send an ephemeral elliptic key.
func IsECDHE(cipher uint16) bool {
	name, ok := lookup(cipherNames[:], uint32(cipher))
	return ok && (hasPrefix(name, "TLS_ECDHE_") || hasPrefix(name, "TLS_ECDH_ANON_"))
}

// StatusResponse returns the OCSP response in a certificate status message (RFC 6066 section 8), borrowed, nil if it
// holds none.
func StatusResponse(body []byte) []byte {
	c := cursor{b: body}
	if kind := c.u8(); kind != 1 {
		return nil
	}
	der := c.vec24()
	if c.short {
		return nil
	}
	return der
}

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

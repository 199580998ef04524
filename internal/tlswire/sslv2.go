package tlswire

import "encoding/binary"

// SSLv2 message types (SSL 2.0 draft, section 2.5).
const (
	V2Error           = 0
	V2ClientHello     = 1
	V2ClientMasterKey = 2
	V2ClientFinished  = 3
	V2ServerHello     = 4
	V2ServerVerify    = 5
	V2ServerFinished  = 6
)

// V2Record is a record of SSLv2.
type V2Record struct {
	// Body is what the record carries without padding, beginning with the message type while nothing is encrypted;
	// borrowed, and shorter than Length when the input ends early.
	Body []byte
	// Length is that of the body as stated, Header that of the header, Padding of what follows the body.
	Length, Header, Padding int
}

// ParseV2Record reads an SSLv2 record (SSL 2.0 draft, section 1.1) and says whether there was a header to read.
func ParseV2Record(b []byte) (r V2Record, ok bool) {
	if len(b) < 3 {
		return r, false
	}
	n := int(binary.BigEndian.Uint16(b))
	r.Header = 2
	if n&0x8000 != 0 {
		n &= 0x7fff
	} else {
		r.Header, r.Padding = 3, int(b[2])
		n &= 0x3fff
	}
	if r.Padding > n {
		r.Padding = n
	}
	r.Length = n - r.Padding
	end := min(r.Header+r.Length, len(b))
	r.Body = b[r.Header:end:end]
	return r, true
}

// V2Probe tells whether b may be the beginning of an SSLv2 client hello, whatever version it offers.
func V2Probe(b []byte) bool {
	if len(b) < 11 || b[0]&0x80 == 0 || b[2] != V2ClientHello {
		return false
	}
	version := binary.BigEndian.Uint16(b[3:])
	if version != SSL20 && version>>8 != 3 {
		return false
	}
	n := int(binary.BigEndian.Uint16(b) & 0x7fff)
	ciphers, session, challenge := int(binary.BigEndian.Uint16(b[5:])), int(binary.BigEndian.Uint16(b[7:])), int(binary.BigEndian.Uint16(b[9:]))
	return ciphers > 0 && ciphers%3 == 0 && challenge >= 16 && challenge <= 32 && (session == 0 || session == 16) &&
		n == 9+ciphers+session+challenge
}

// ParseV2 reads an SSLv2 client hello from a record's body. The cipher kinds that are TLS cipher suites with a zero
// before them are those that later versions may choose; all are in V2Ciphers. Random is the challenge.
func (h *ClientHello) ParseV2(body []byte) error {
	*h = ClientHello{}
	c := cursor{b: body}
	c.u8()
	h.Version = uint16(c.u16())
	ciphers, session, challenge := c.u16(), c.u16(), c.u16()
	h.V2Ciphers = c.upTo(ciphers)
	h.V2Ciphers = h.V2Ciphers[:len(h.V2Ciphers)/3*3]
	h.SessionID = c.upTo(session)
	h.Random = c.upTo(challenge)
	if c.short {
		return ErrTruncated
	}
	return nil
}

// V2Cipher returns SSLv2 cipher kind i.
func (h *ClientHello) V2Cipher(i int) uint32 {
	b := h.V2Ciphers[3*i:]
	return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
}

// V2Server is an SSLv2 server hello.
type V2Server struct {
	Certificate, Ciphers, ConnectionID []byte
	Version                            uint16
	CertificateType                    byte
	// Resumed tells whether the server knew the session.
	Resumed bool
}

// Parse reads an SSLv2 server hello from a record's body, slices borrowed.
func (h *V2Server) Parse(body []byte) error {
	*h = V2Server{}
	c := cursor{b: body}
	c.u8()
	h.Resumed = c.u8() != 0
	h.CertificateType = byte(c.u8())
	h.Version = uint16(c.u16())
	cert, ciphers, id := c.u16(), c.u16(), c.u16()
	h.Certificate = c.upTo(cert)
	h.Ciphers = c.upTo(ciphers)
	h.ConnectionID = c.upTo(id)
	if c.short {
		return ErrTruncated
	}
	return nil
}

package tlswire

import "bytes"

// ClientHello is a client's first message. All slices are borrowed from the parsed message.
type ClientHello struct {
	Random, SessionID []byte
	// Cookie is that of DTLS, empty on the first try.
	Cookie []byte
	// Ciphers are the cipher suites in the client's order. Of SSLv2 hellos see V2Ciphers.
	Ciphers U16s
	// V2Ciphers are the 3-byte cipher kinds of an SSLv2 hello.
	V2Ciphers []byte
	// Compression lists the compression methods.
	Compression []byte
	// Extensions is the raw list; the fields below are read from it.
	Extensions Extensions

	// ServerName is the first host name, as sent.
	ServerName []byte
	ALPN       Names
	// Versions are supported_versions, GREASE included.
	Versions            U16s
	Groups              U16s
	PointFormats        []byte
	SignatureAlgorithms U16s
	KeyShares           KeyShares
	SessionTicket       []byte
	// QUICParameters is the body of quic_transport_parameters, of the draft's number too.
	QUICParameters []byte
	// ECH is the body of encrypted_client_hello.
	ECH []byte
	// ConnectionID is the id that the client wants on the records it receives (RFC 9146).
	ConnectionID []byte

	// Version is the legacy version field: see [ClientHello.Highest].
	Version uint16
	// HasExtensions tells an empty list from none; the Has fields tell an empty extension from none.
	HasExtensions, HasServerName, HasSessionTicket, HasPSK, HasEarlyData, HasECH, HasALPN bool
	// PSKModes tells whether psk_key_exchange_modes is there.
	PSKModes bool
	// HasGroups and HasPointFormats tell of the extensions that JA3 looks at.
	HasGroups, HasPointFormats bool
}

// Parse reads the body of a client hello, dtls telling whether it has the cookie field of DTLS. What h held before is
// forgotten. After an error h holds what was read.
func (h *ClientHello) Parse(body []byte, dtls bool) error {
	*h = ClientHello{}
	c := cursor{b: body}
	h.Version = uint16(c.u16())
	h.Random = c.take(32)
	h.SessionID = c.vec8()
	if dtls {
		h.Cookie = c.vec8()
	}
	ciphers := c.vec16()
	h.Ciphers = U16s(ciphers[:len(ciphers)&^1])
	h.Compression = c.vec8()
	if c.short {
		return ErrTruncated
	}
	if len(c.b) < 2 {
		return nil // SSLv3 and TLS 1.0 know no extensions
	}
	h.HasExtensions = true
	h.Extensions = Extensions(c.vec16())
	err := h.readExtensions()
	if c.short {
		return ErrTruncated
	}
	return err
}

func (h *ClientHello) readExtensions() error {
	rest := h.Extensions
	used := 0
	for e, ok := rest.Next(); ok; e, ok = rest.Next() {
		h.extension(e)
		used += 4 + len(e.Data)
	}
	if used != len(h.Extensions) {
		return ErrMalformed
	}
	return nil
}

func (h *ClientHello) extension(e Extension) {
	switch e.Type {
	case ExtServerName:
		if !h.HasServerName {
			h.HasServerName, h.ServerName = true, hostName(e.Data)
		}
	case ExtALPN:
		h.HasALPN, h.ALPN = true, Names(list16(e.Data))
	case ExtSupportedVersions:
		h.Versions = even(list8(e.Data))
	case ExtSupportedGroups:
		h.HasGroups, h.Groups = true, even(list16(e.Data))
	case ExtPointFormats:
		h.HasPointFormats, h.PointFormats = true, list8(e.Data)
	case ExtSignatureAlgorithms:
		h.SignatureAlgorithms = even(list16(e.Data))
	case ExtKeyShare, ExtKeyShareOld:
		if shares := KeyShares(list16(e.Data)); len(shares) > 0 {
			h.KeyShares = shares
		}
	case ExtSessionTicket:
		h.HasSessionTicket, h.SessionTicket = true, e.Data
	case ExtPreSharedKey:
		h.HasPSK = true
	case ExtEarlyData:
		h.HasEarlyData = true
	case ExtPSKModes:
		h.PSKModes = true
	case ExtECH, ExtESNI:
		h.HasECH, h.ECH = true, e.Data
	case ExtQUICParameters, ExtQUICParametersDraft:
		h.QUICParameters = e.Data
	case ExtConnectionID:
		h.ConnectionID = list8(e.Data)
	}
}

// even drops the odd byte at the end of a list of 16-bit numbers.
func even(b []byte) U16s { return U16s(b[:len(b)&^1]) }

// Highest returns the highest version that the client offers, GREASE apart.
func (h *ClientHello) Highest() uint16 {
	var best uint16
	for i := range h.Versions.Len() {
		v := h.Versions.At(i)
		if IsGREASE(v) {
			continue
		}
		if best == 0 || newer(v, best) {
			best = v
		}
	}
	if best == 0 {
		return h.Version
	}
	return best
}

// newer compares versions of one family; DTLS counts down.
func newer(a, b uint16) bool {
	if IsDTLS(a) && IsDTLS(b) {
		return a < b
	}
	return a > b
}

// ServerHello is a server's first message; a HelloRetryRequest is one too. All slices are borrowed.
type ServerHello struct {
	Random, SessionID []byte
	Extensions        Extensions
	// ALPN holds the chosen protocol, in form a list.
	ALPN Names
	// PointFormats is the server's list.
	PointFormats []byte
	// ConnectionID is the id that the server wants on the records it receives (RFC 9146).
	ConnectionID []byte

	// Version is the legacy version field, SelectedVersion that of supported_versions, 0 if absent.
	Version, SelectedVersion uint16
	Cipher                   uint16
	// Group is that of the key share, 0 without one.
	Group       uint16
	Compression byte

	HasExtensions, HasALPN, HasPSK, HasSessionTicket, HasKeyShare bool
	// Retry marks a HelloRetryRequest: a server hello with a fixed random (RFC 8446 section 4.1.3).
	Retry bool
}

var retryRandom = [32]byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

// Parse reads the body of a server hello, also those of the drafts of TLS 1.3 up to 21, which have no session id and
// no compression method. After an error h holds what was read.
func (h *ServerHello) Parse(body []byte) error {
	*h = ServerHello{}
	c := cursor{b: body}
	h.Version = uint16(c.u16())
	h.Random = c.take(32)
	draft := h.Version == TLS13 || h.Version>>8 == 0x7f
	if !draft {
		h.SessionID = c.vec8()
	}
	h.Cipher = uint16(c.u16())
	if !draft {
		h.Compression = byte(c.u8())
	}
	if c.short {
		return ErrTruncated
	}
	h.Retry = bytes.Equal(h.Random, retryRandom[:])
	return h.readExtensions(&c)
}

// ParseRetry reads a HelloRetryRequest message of the drafts before 22, which had a type of its own.
func (h *ServerHello) ParseRetry(body []byte) error {
	*h = ServerHello{Retry: true}
	c := cursor{b: body}
	h.Version = uint16(c.u16())
	if h.Version>>8 == 0x7f && h.Version&0xff >= 19 {
		h.Cipher = uint16(c.u16())
	}
	if c.short {
		return ErrTruncated
	}
	return h.readExtensions(&c)
}

func (h *ServerHello) readExtensions(c *cursor) error {
	if len(c.b) < 2 {
		return nil
	}
	h.HasExtensions = true
	h.Extensions = Extensions(c.vec16())
	rest := h.Extensions
	used := 0
	for e, ok := rest.Next(); ok; e, ok = rest.Next() {
		h.extension(e)
		used += 4 + len(e.Data)
	}
	if c.short {
		return ErrTruncated
	}
	if used != len(h.Extensions) {
		return ErrMalformed
	}
	return nil
}

func (h *ServerHello) extension(e Extension) {
	switch e.Type {
	case ExtALPN:
		h.HasALPN, h.ALPN = true, Names(list16(e.Data))
	case ExtSupportedVersions:
		if len(e.Data) >= 2 {
			h.SelectedVersion = U16s(e.Data).At(0)
		}
	case ExtKeyShare, ExtKeyShareOld:
		if len(e.Data) >= 2 {
			h.HasKeyShare, h.Group = true, U16s(e.Data).At(0)
		}
	case ExtPreSharedKey:
		h.HasPSK = true
	case ExtSessionTicket:
		h.HasSessionTicket = true
	case ExtPointFormats:
		h.PointFormats = list8(e.Data)
	case ExtConnectionID:
		h.ConnectionID = list8(e.Data)
	}
}

// Chosen returns the version that the connection will speak.
func (h *ServerHello) Chosen() uint16 {
	if h.SelectedVersion != 0 {
		return h.SelectedVersion
	}
	return h.Version
}

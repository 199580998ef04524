// Package tlswire reads the structures of TLS, DTLS and SSLv2 from the wire without copying them, and computes the
// fingerprints that are made of them: JA3, JA3S and JA4.
//
// Every byte slice in a parsed value is a sub-slice of the input and *borrowed* from it: valid as long as the input is.
// Hellos are made to be reused; parsing into one that was used before does not allocate. Values are for one goroutine
// at a time, functions without a receiver for any.
//
// Nothing in here trusts a length: a structure that ends early gives what could be read and [ErrTruncated], one that
// contradicts itself [ErrMalformed]. Nothing panics, and no work exceeds a small multiple of the input.
//
// Sources: RFC 8446 and 5246 (TLS), RFC 9147 and 6347 (DTLS), RFC 6101 (SSLv3), the SSL 2.0 draft, RFC 8701 (GREASE).
package tlswire

import (
	"encoding/binary"
	"errors"
)

var (
	// ErrTruncated says that the input ended within a structure; what came before it was read.
	ErrTruncated = errors.New("tlswire: input ends within a structure: read on with more bytes or use what was read")
	// ErrMalformed says that lengths in the input contradict each other; what came before was read.
	ErrMalformed = errors.New("tlswire: lengths contradict each other: use what was read and distrust the rest")
)

// Version numbers as they stand on the wire.
const (
	SSL20     = 0x0002
	SSL30     = 0x0300
	TLS10     = 0x0301
	TLS11     = 0x0302
	TLS12     = 0x0303
	TLS13     = 0x0304
	DTLS10    = 0xfeff
	DTLS12    = 0xfefd
	DTLS13    = 0xfefc
	DTLS10Old = 0x0100 // OpenSSL's before the standard
)

// Content types of records (RFC 8446 section 5.1, RFC 6520, RFC 9146, RFC 9147).
const (
	ChangeCipherSpec = 20
	Alert            = 21
	Handshake        = 22
	ApplicationData  = 23
	Heartbeat        = 24
	ConnectionID     = 25
	ACK              = 26
)

// Handshake message types (IANA TLS HandshakeType).
const (
	HelloRequest          = 0
	ClientHelloType       = 1
	ServerHelloType       = 2
	HelloVerifyRequest    = 3
	NewSessionTicket      = 4
	EndOfEarlyData        = 5
	HelloRetryRequest     = 6
	EncryptedExtensions   = 8
	CertificateType       = 11
	ServerKeyExchangeType = 12
	CertificateRequest    = 13
	ServerHelloDone       = 14
	CertificateVerify     = 15
	ClientKeyExchange     = 16
	Finished              = 20
	CertificateURL        = 21
	CertificateStatus     = 22
	SupplementalData      = 23
	KeyUpdate             = 24
	CompressedCertificate = 25
	MessageHash           = 254
)

// MaxRecord is the largest length that a record may state: 2^14 of content and the 2048 of expansion that the oldest
// versions allow (RFC 5246 section 6.2.3).
const MaxRecord = 1<<14 + 2048

// IsGREASE tells whether v is one of the sixteen values that clients sprinkle to keep servers tolerant (RFC 8701).
func IsGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// IsDTLS tells whether a version number belongs to DTLS.
func IsDTLS(v uint16) bool { return v>>8 == 0xfe || v == DTLS10Old }

// U16s is a list of big-endian 16-bit numbers, read in place; a last odd byte is not part of it.
type U16s []byte

// Len returns how many numbers there are.
func (u U16s) Len() int { return len(u) / 2 }

// At returns number i, which must be below Len.
func (u U16s) At(i int) uint16 { return binary.BigEndian.Uint16(u[2*i:]) }

// Has tells whether v is in the list.
func (u U16s) Has(v uint16) bool {
	for i := range u.Len() {
		if u.At(i) == v {
			return true
		}
	}
	return false
}

// cursor reads from the front of b. A read beyond the end sets short, gives nothing, and leaves nothing to read.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n > len(c.b) {
		c.b, c.short = nil, true
		return nil
	}
	v := c.b[:n:n]
	c.b = c.b[n:]
	return v
}

// upTo is take, but gives what is there when that is less.
func (c *cursor) upTo(n int) []byte {
	if n > len(c.b) {
		v := c.b[:len(c.b):len(c.b)]
		c.b, c.short = nil, true
		return v
	}
	return c.take(n)
}

func (c *cursor) u8() int {
	v := c.take(1)
	if v == nil {
		return 0
	}
	return int(v[0])
}

func (c *cursor) u16() int {
	v := c.take(2)
	if v == nil {
		return 0
	}
	return int(binary.BigEndian.Uint16(v))
}

func (c *cursor) u24() int {
	v := c.take(3)
	if v == nil {
		return 0
	}
	return int(v[0])<<16 | int(v[1])<<8 | int(v[2])
}

func (c *cursor) vec8() []byte  { return c.upTo(c.u8()) }
func (c *cursor) vec16() []byte { return c.upTo(c.u16()) }
func (c *cursor) vec24() []byte { return c.upTo(c.u24()) }

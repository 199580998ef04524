// Package certs tells what stands in X.509 certificates and OCSP messages as they were sent, with a walker of its own
// that is lenient where the standard library refuses: negative serials, broken names, unknown algorithms and trailing
// bytes are facts here and not errors.
//
// Every byte slice in a parsed value is a sub-slice of the input and *borrowed* from it: valid as long as the input is.
// Values are made to be reused; parsing into one does not allocate. Functions are for any goroutine, values for one.
//
// Not read: indefinite lengths (BER), which DER forbids, and signatures, which are not verified.
//
// Sources: RFC 5280 (certificates), RFC 6960 (OCSP), RFC 4514 (names), RFC 3279, 5480, 8410, 9881 (keys).
package certs

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrBroken says that the structure could not be read to its end; what was read before stands in the value.
	ErrBroken = errors.New("certs: broken structure: use what was read")
	// ErrShort is ErrBroken where the input ends before as much as the lengths of a certificate's outer parts.
	ErrShort = fmt.Errorf("%w: it ends within a length", ErrBroken)
)

// Key types as logs name them.
const (
	RSA   = "rsa"
	DSA   = "dsa"
	ECDSA = "ecdsa"
)

// Certificate holds the facts of one certificate.
type Certificate struct {
	// Raw is the certificate, without what follows it in the input.
	Raw []byte
	// Serial is the content of the serial number, big-endian two's complement, leading zeros included.
	Serial []byte
	// Issuer and Subject are the names.
	Issuer, Subject Name
	// Signature and KeyAlgorithm are the algorithms' identifiers.
	Signature, KeyAlgorithm OID
	// AltNames are the subject's alternative names.
	AltNames AltNames
	// NotBefore and NotAfter are zero where they could not be read.
	NotBefore, NotAfter time.Time
	// KeyType is RSA, DSA, ECDSA, the name of a newer algorithm, or empty; Curve the short name of an EC group.
	KeyType, Curve string
	// Exponent is the public exponent of an RSA key, big-endian without leading zeros.
	Exponent []byte
	// KeyBits is the key's length.
	KeyBits int
	// Version is 1, 2 or 3.
	Version int
	// PathLen is the length constraint, -1 without one.
	PathLen int
	// HasConstraints tells whether basic constraints are there, IsCA what they say.
	HasConstraints, IsCA bool
}

// Parse reads a certificate from the front of der. What c held before is forgotten. After an error, c holds what was
// read.
func (c *Certificate) Parse(der []byte) error {
	*c = Certificate{PathLen: -1}
	outer, _, ok := element(der)
	if !ok || outer.tag != tagSequence {
		c.Raw = der
		if outer.header == 0 {
			return ErrShort
		}
		if outer.tag != tagSequence {
			return ErrBroken
		}
	} else {
		c.Raw = outer.raw
	}
	tbs, rest, whole := element(outer.body)
	if tbs.header == 0 {
		return ErrShort
	}
	if tbs.tag != tagSequence {
		return ErrBroken
	}
	err := c.readTBS(tbs.body)
	if sig, _, found := element(rest); found && sig.tag == tagSequence {
		if id, _, found := element(sig.body); found && id.tag == tagOID {
			c.Signature = OID(id.body)
		}
	} else if whole && err == nil {
		err = ErrBroken
	}
	if !ok || !whole {
		return ErrBroken
	}
	return err
}

// readTBS reads the signed part.
func (c *Certificate) readTBS(b []byte) error {
	w := walker{rest: b}
	c.Version = 1
	if v, ok := w.optional(tagContext0 | constructed); ok {
		if n, _, ok := element(v.body); ok && n.tag == tagInteger && len(n.body) == 1 {
			c.Version = int(n.body[0]) + 1
		}
	}
	c.Serial = w.next(tagInteger).body
	if id, _, ok := element(w.next(tagSequence).body); ok && id.tag == tagOID {
		c.Signature = OID(id.body)
	}
	c.Issuer = Name(w.next(tagSequence).body)
	c.readValidity(w.next(tagSequence).body)
	c.Subject = Name(w.next(tagSequence).body)
	key := w.next(tagSequence)
	if w.broken {
		return ErrBroken
	}
	c.readKey(key.body)
	w.optional(tagContext0 | 1)
	w.optional(tagContext0 | 2)
	if x, ok := w.optional(tagContext0 | constructed | 3); ok {
		list, _, _ := element(x.body)
		c.readExtensions(list.body)
	}
	return nil
}

func (c *Certificate) readValidity(b []byte) {
	from, rest, ok := element(b)
	if !ok {
		return
	}
	c.NotBefore, _ = readTime(from)
	if to, _, ok := element(rest); ok {
		c.NotAfter, _ = readTime(to)
	}
}

func (c *Certificate) readExtensions(b []byte) {
	for len(b) > 0 {
		x, rest, ok := element(b)
		if !ok {
			return
		}
		b = rest
		w := walker{rest: x.body}
		id := w.next(tagOID).body
		w.optional(tagBoolean)
		value := w.next(tagOctets).body
		if w.broken {
			continue
		}
		switch string(id) {
		case "\x55\x1d\x11":
			list, _, _ := element(value)
			c.AltNames = AltNames(list.body)
		case "\x55\x1d\x13":
			c.readConstraints(value)
		}
	}
}

func (c *Certificate) readConstraints(b []byte) {
	seq, _, ok := element(b)
	if !ok || seq.tag != tagSequence {
		return
	}
	c.HasConstraints = true
	w := walker{rest: seq.body}
	if v, ok := w.optional(tagBoolean); ok && len(v.body) == 1 {
		c.IsCA = v.body[0] != 0
	}
	if v, ok := w.optional(tagInteger); ok {
		c.PathLen = smallInt(v.body)
	}
}

// smallInt returns a non-negative integer that fits 31 bits, -1 for any other.
func smallInt(b []byte) int {
	b = magnitude(b)
	if len(b) > 4 || len(b) == 4 && b[0] > 127 {
		return -1
	}
	n := 0
	for _, v := range b {
		n = n<<8 | int(v)
	}
	return n
}

// magnitude drops leading zeros.
func magnitude(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

// SelfSigned tells whether issuer and subject are the same name.
func (c *Certificate) SelfSigned() bool {
	return len(c.Issuer) > 0 && string(c.Issuer) == string(c.Subject)
}

// AppendSerial appends a serial number to dst in upper-case hexadecimal without leading zero bytes, a minus sign
// before a negative one: the form of x509 and ocsp logs.
func AppendSerial(dst, serial []byte) []byte {
	if len(serial) > 0 && serial[0]&0x80 != 0 {
		dst = append(dst, '-')
		return appendHex(dst, negate(serial), upper, 0)
	}
	m := magnitude(serial)
	if len(m) == 0 {
		return append(dst, "00"...)
	}
	return appendHex(dst, m, upper, 0)
}

// negate returns the magnitude of a negative number. It copies: negative serials are rare.
func negate(b []byte) []byte {
	v := make([]byte, len(b))
	carry := 1
	for i := len(b) - 1; i >= 0; i-- {
		n := int(^b[i]) + carry
		v[i], carry = byte(n), n>>8
	}
	return magnitude(v)
}

// AppendSerialColons appends a serial number as it is encoded, in upper-case hexadecimal with a colon between bytes:
// the form of EVE.
func AppendSerialColons(dst, serial []byte) []byte { return appendHex(dst, serial, upper, ':') }

// AppendSHA1Colons appends the SHA-1 of a certificate in hexadecimal with colons, the fingerprint of EVE.
func AppendSHA1Colons(dst, der []byte) []byte {
	sum := sha1.Sum(der)
	return appendHex(dst, sum[:], lower, ':')
}

// SHA256 returns the SHA-256 of a certificate.
func SHA256(der []byte) [32]byte { return sha256.Sum256(der) }

// AppendSHA256 appends the SHA-256 of a certificate in hexadecimal, the fingerprint of x509 logs.
func AppendSHA256(dst, der []byte) []byte {
	sum := SHA256(der)
	return hex.AppendEncode(dst, sum[:])
}

const (
	upper = "0123456789ABCDEF"
	lower = "0123456789abcdef"
)

func appendHex(dst, b []byte, digits string, sep byte) []byte {
	for i, v := range b {
		if i > 0 && sep != 0 {
			dst = append(dst, sep)
		}
		dst = append(dst, digits[v>>4], digits[v&15])
	}
	return dst
}

package certs

import (
	"math/bits"
	"strconv"
)

// AlgorithmName returns the usual long name of a signature or key algorithm, as sha256WithRSAEncryption or
// id-ecPublicKey; of an unknown one its number in dotted form, for which it allocates.
func AlgorithmName(id OID) string {
	if a, ok := find(algorithms[:], id); ok {
		return a.name
	}
	return id.String()
}

// DigestName returns the short name of a digest algorithm, as sha1 or sha256; of an unknown one the dotted form.
func DigestName(id OID) string {
	if a, ok := find(digests[:], id); ok {
		return a.name
	}
	return id.String()
}

// readKey reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
func (c *Certificate) readKey(b []byte) {
	w := walker{rest: b}
	alg := walker{rest: w.next(tagSequence).body}
	c.KeyAlgorithm = OID(alg.next(tagOID).body)
	params, _, _ := element(alg.rest)
	key := w.next(tagBits).body
	if w.broken || len(key) < 1 {
		return
	}
	key = key[1:] // the count of unused bits
	a, ok := find(algorithms[:], c.KeyAlgorithm)
	if !ok {
		return
	}
	switch a.key {
	case keyRSA:
		c.readRSA(key)
	case keyDSA:
		c.KeyType = DSA
		p, _, _ := element(params.body)
		c.KeyBits = bitLen(p.body)
	case keyEC:
		c.KeyType = ECDSA
		c.readCurve(params)
	case keyOpaque:
		c.KeyType = a.name
		c.KeyBits = a.bits
		if a.bits == 0 {
			c.KeyBits = 8 * len(key)
		}
	}
}

func (c *Certificate) readRSA(key []byte) {
	seq, _, _ := element(key)
	w := walker{rest: seq.body}
	n, e := w.next(tagInteger).body, w.next(tagInteger).body
	if w.broken {
		return
	}
	c.KeyType, c.KeyBits, c.Exponent = RSA, bitLen(n), magnitude(e)
}

// readCurve reads the parameters of an EC key: a named curve, or the field of an explicit one (RFC 3279 section 2.3.5).
func (c *Certificate) readCurve(params node) {
	if params.tag == tagOID {
		if a, ok := find(curves[:], OID(params.body)); ok {
			c.Curve, c.KeyBits = a.name, a.bits
		}
		return
	}
	if params.tag != tagSequence {
		return
	}
	w := walker{rest: params.body}
	w.next(tagInteger)
	field := walker{rest: w.next(tagSequence).body}
	field.next(tagOID)
	c.KeyBits = bitLen(field.next(tagInteger).body)
}

func bitLen(b []byte) int {
	b = magnitude(b)
	if len(b) == 0 {
		return 0
	}
	return 8*(len(b)-1) + bits.Len8(b[0])
}

// AppendExponent appends the public exponent in decimal to dst and returns it; nothing where there is none, and a
// hexadecimal number after 0x where it does not fit 64 bits.
func (c *Certificate) AppendExponent(dst []byte) []byte {
	if len(c.Exponent) == 0 {
		return dst
	}
	if len(c.Exponent) > 8 {
		return appendHex(append(dst, "0x"...), c.Exponent, lower, 0)
	}
	var v uint64
	for _, b := range c.Exponent {
		v = v<<8 | uint64(b)
	}
	return strconv.AppendUint(dst, v, 10)
}

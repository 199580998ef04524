// Package quicwire reads QUIC packets from the wire and opens their Initial packets, whose keys follow from what an
// observer sees: versions 1 and 2, the drafts from 22 on, mvfst and Google's Q039 to Q050, T050 and T051.
//
// Byte slices in parsed values are *borrowed* from the input unless they say otherwise. Nothing trusts a length; nothing
// panics. Values are for one goroutine, functions without a receiver for any.
//
// Sources: RFC 8999 (invariants), RFC 9000 (transport), RFC 9001 (protection), RFC 9369 (version 2), the drafts, and
// "QUIC Wire Layout Specification" for Google's versions.
package quicwire

import (
	"encoding/binary"
	"errors"
)

var (
	// ErrTruncated says that the datagram ended within a packet.
	ErrTruncated = errors.New("quicwire: datagram ends within a packet: use what came before")
	// ErrVersion says that the keys of a version are not known.
	ErrVersion = errors.New("quicwire: unknown version: its packets cannot be opened")
	// ErrSealed says that a packet did not authenticate.
	ErrSealed = errors.New("quicwire: packet does not authenticate: wrong keys or not an Initial packet")
)

// Versions with a meaning of their own.
const (
	V1   = 0x00000001
	V2   = 0x6b3343cf
	Q043 = 0x51303433
	Q046 = 0x51303436
	Q050 = 0x51303530
)

// Type is what a packet is, whatever bits its version writes for it.
type Type uint8

// The types.
const (
	Initial Type = iota
	ZeroRTT
	Handshake
	Retry
	Negotiation // a list of versions
	Short       // a packet of the established connection
	Google      // a packet with the public header of Google's versions up to Q043
	Unknown     // a long header of a version of which nothing is known
)

// MaxID is the longest connection id of known versions (RFC 9000 section 17.2).
const MaxID = 20

// Packet is one packet within a datagram.
type Packet struct {
	// Raw is the whole packet, from its first byte.
	Raw []byte
	// DCID and SCID are the connection ids. A short header's id has no length and is not read.
	DCID, SCID []byte
	// Token is that of an Initial or Retry packet.
	Token []byte
	// Versions are the offered versions of a Negotiation packet, 4 bytes each.
	Versions []byte
	// Payload begins, of a long header, at the protected packet number; of Google's, behind its header.
	Payload []byte
	Version uint32
	Type    Type
	// offset is where Payload begins in Raw.
	offset int
}

// varint reads a variable-length integer (RFC 9000 section 16).
func varint(b []byte) (v uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	n := 1 << (b[0] >> 6)
	if len(b) < n {
		return 0, nil, false
	}
	v = uint64(b[0] & 0x3f)
	for _, c := range b[1:n] {
		v = v<<8 | uint64(c)
	}
	return v, b[n:], true
}

func vec8(b []byte) (v, rest []byte, ok bool) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n:n], b[n:], true
}

// IsLong tells whether a packet's first byte announces a long header.
func IsLong(first byte) bool { return first&0x80 != 0 }

// Parse reads the packet at the front of a datagram and returns what follows it.
func Parse(b []byte) (p Packet, rest []byte, err error) {
	if len(b) == 0 {
		return p, nil, ErrTruncated
	}
	if !IsLong(b[0]) {
		p.Type, p.Raw = Short, b
		return p, nil, nil
	}
	if len(b) < 7 {
		return p, nil, ErrTruncated
	}
	p.Version = binary.BigEndian.Uint32(b[1:])
	if p.Version == Q046 || p.Version == 0x51303434 || p.Version == 0x51303435 {
		return parseQ046(b, p.Version)
	}
	dcid, at, ok1 := vec8(b[5:])
	scid, at, ok2 := vec8(at)
	if !ok1 || !ok2 {
		return p, nil, ErrTruncated
	}
	p.DCID, p.SCID = dcid, scid
	if p.Version == 0 {
		p.Type, p.Versions, p.Raw = Negotiation, at[:len(at)&^3], b
		return p, nil, nil
	}
	if !Known(p.Version) {
		p.Type, p.Raw, p.Payload = Unknown, b, at
		return p, nil, nil
	}
	p.Type = longType(b[0], p.Version)
	return parseLong(p, b, at)
}

// parseLong reads the part of a long header that depends on the version.
func parseLong(p Packet, b, at []byte) (Packet, []byte, error) {
	if p.Type == Retry {
		p.Raw, p.Token = b, at
		if len(at) >= 16 {
			p.Token = at[:len(at)-16] // the rest is the integrity tag
		}
		return p, nil, nil
	}
	if p.Type == Initial && !noToken(p.Version) {
		n, after, ok := varint(at)
		if !ok || n > uint64(len(after)) {
			return p, nil, ErrTruncated
		}
		p.Token, at = after[:n:n], after[n:]
	}
	n, at, ok := varint(at)
	if !ok {
		return p, nil, ErrTruncated
	}
	if n > uint64(len(at)) {
		return p, nil, ErrTruncated
	}
	p.offset = len(b) - len(at)
	end := p.offset + int(n)
	p.Raw, p.Payload = b[:end:end], b[p.offset:end:end]
	return p, b[end:], nil
}

// noToken tells of Google's versions with a long header that has no token.
func noToken(v uint32) bool { return v == 0x51303437 || v == 0x51303438 }

func longType(first byte, version uint32) Type {
	t := first >> 4 & 3
	if isV2(version) {
		t = (t - 1) & 3 // RFC 9369 section 3.2: Retry, Initial, 0-RTT, Handshake
	}
	return Type(t)
}

// parseQ046 reads the long header of Google's Q044 to Q046: connection id lengths in one byte, a packet number of its
// own, no protection of the handshake.
func parseQ046(b []byte, version uint32) (p Packet, rest []byte, err error) {
	p = Packet{Version: version, Raw: b, Type: Initial}
	lengths := b[5]
	size := func(n byte) int {
		if n == 0 {
			return 0
		}
		return int(n) + 3
	}
	d, s := size(lengths>>4), size(lengths&15)
	start := 6 + d + s
	number := int(b[0]&3) + 1
	if len(b) < start+number {
		return p, nil, ErrTruncated
	}
	p.DCID, p.SCID = b[6:6+d:6+d], b[6+d:start:start]
	p.offset = start + number
	p.Payload = b[p.offset:]
	return p, nil, nil
}

// ParseGoogle reads a packet with the public header of Google's versions up to Q043, as a client sends it first: with
// an 8-byte connection id and a version.
func ParseGoogle(b []byte) (p Packet, ok bool) {
	if len(b) < 14 || b[0]&0xc1 != 1 || b[0]&8 == 0 {
		return p, false
	}
	p = Packet{Type: Google, Raw: b, DCID: b[1:9:9], Version: binary.BigEndian.Uint32(b[9:])}
	if p.Version>>16 != 0x5130 { // "Q0"
		return p, false
	}
	p.offset = 13
	if b[0]&4 != 0 && b[0]&0x30 != 0 {
		p.offset += 32 // a diversification nonce
	}
	p.offset += max(1, 2*int(b[0]>>4&3))
	if len(b) < p.offset {
		return p, false
	}
	p.Payload = b[p.offset:]
	return p, true
}

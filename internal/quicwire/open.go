package quicwire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
)

// Opener opens the Initial packets of one direction.
type Opener struct {
	aead   cipher.AEAD
	header cipher.Block
	iv     [12]byte
	nonce  [12]byte // scratch, as is mask
	mask   [16]byte
	// version and dcid are what the keys were made of.
	dcid    [MaxID]byte
	idLen   int
	version uint32
	largest uint64
}

// Initials returns the openers of a client's and a server's Initial packets for the destination id of the client's
// first packet (RFC 9001 section 5.2). dcid is borrowed.
func Initials(version uint32, dcid []byte) (client, server *Opener, err error) {
	s, ok := suiteOf(version)
	if !ok || len(dcid) > MaxID {
		return nil, nil, ErrVersion
	}
	secret, err := hkdf.Extract(sha256.New, dcid, []byte(s.salt))
	if err != nil {
		return nil, nil, err
	}
	if client, err = newOpener(s, secret, "client in"); err != nil {
		return nil, nil, err
	}
	if server, err = newOpener(s, secret, "server in"); err != nil {
		return nil, nil, err
	}
	for _, o := range [2]*Opener{client, server} {
		o.version, o.idLen = version, copy(o.dcid[:], dcid)
	}
	return client, server, nil
}

// IsFor tells whether the opener was made for version and id.
func (o *Opener) IsFor(version uint32, dcid []byte) bool {
	return o.version == version && string(o.dcid[:o.idLen]) == string(dcid)
}

func newOpener(s suite, secret []byte, side string) (*Opener, error) {
	secret, err := expand(secret, side, 32)
	if err != nil {
		return nil, err
	}
	o := new(Opener)
	key, err := expand(secret, s.key, 16)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if o.aead, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	iv, err := expand(secret, s.iv, 12)
	if err != nil {
		return nil, err
	}
	copy(o.iv[:], iv)
	hp, err := expand(secret, s.header, 16)
	if err != nil {
		return nil, err
	}
	o.header, err = aes.NewCipher(hp)
	return o, err
}

// expand is HKDF-Expand-Label of RFC 8446 section 7.1 with an empty context.
func expand(secret []byte, label string, n int) ([]byte, error) {
	info := make([]byte, 0, 32)
	info = binary.BigEndian.AppendUint16(info, uint16(n))
	info = append(info, byte(6+len(label)))
	info = append(info, "tls13 "...)
	info = append(append(info, label...), 0)
	return hkdf.Expand(sha256.New, secret, string(info), n)
}

// Open removes the protection of an Initial packet and returns its frames, appended to dst[:0], and its number. dst is
// *owned* by the caller and also serves as room for the header. A packet that does not authenticate gives [ErrSealed].
func (o *Opener) Open(dst []byte, p *Packet) (frames []byte, number uint64, err error) {
	raw, at := p.Raw, p.offset
	if at == 0 || len(raw) < at+20 {
		return nil, 0, ErrTruncated
	}
	mask := &o.mask
	o.header.Encrypt(mask[:], raw[at+4:at+20])
	first := raw[0] ^ mask[0]&0x0f
	n := int(first&3) + 1
	dst = append(dst[:0], raw[:at+n]...)
	dst[0] = first
	var cut uint64
	for i := range n {
		dst[at+i] ^= mask[1+i]
		cut = cut<<8 | uint64(dst[at+i])
	}
	number = expandNumber(o.largest, cut, n)
	o.nonce = o.iv
	for i := range 8 {
		o.nonce[11-i] ^= byte(number >> (8 * i))
	}
	header := len(dst)
	frames, err = o.aead.Open(dst[header:], o.nonce[:], raw[at+n:], dst[:header])
	if err != nil {
		return nil, number, ErrSealed
	}
	o.largest = max(o.largest, number)
	return frames, number, nil
}

// expandNumber restores a packet number from its low bytes (RFC 9000 appendix A.3).
func expandNumber(largest, cut uint64, n int) uint64 {
	window := uint64(1) << (8 * n)
	expected := largest + 1
	v := expected&^(window-1) | cut
	switch {
	case v+window/2 <= expected && v < 1<<62-window:
		return v + window
	case v > expected+window/2 && v >= window:
		return v - window
	}
	return v
}

package quicwire

import "encoding/binary"

// Seal makes a client's Initial packet, the inverse of [Opener.Open]: for tests and for captures that are made up. The
// packet is *owned* by the caller; the other slices are borrowed.
func Seal(version uint32, dcid, frames []byte, number uint32) ([]byte, error) {
	client, _, err := Initials(version, dcid)
	if err != nil {
		return nil, err
	}
	first := byte(0xc3) // an Initial packet with a packet number of four bytes
	if isV2(version) {
		first = 0xd3
	}
	b := binary.BigEndian.AppendUint32([]byte{first}, version)
	b = append(append(b, byte(len(dcid))), dcid...)
	b = append(b, 0, 0) // no source id, no token
	b = binary.BigEndian.AppendUint16(b, uint16(4+len(frames)+16)|0x4000)
	at := len(b)
	b = binary.BigEndian.AppendUint32(b, number)
	nonce := client.iv
	for i := range 4 {
		nonce[11-i] ^= byte(number >> (8 * i))
	}
	b = client.aead.Seal(b, nonce[:], frames, b)
	var mask [16]byte
	client.header.Encrypt(mask[:], b[at+4:at+20])
	b[0] ^= mask[0] & 0x0f
	for i := range 4 {
		b[at+i] ^= mask[1+i]
	}
	return b, nil
}

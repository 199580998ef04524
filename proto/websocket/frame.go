package websocket

import (
	"encoding/binary"
	"errors"
)

// header is a frame's header (RFC 6455, section 5.2).
type header struct {
	op             Opcode
	bits           byte // FIN and RSV where they stand in the first byte
	fin, rsv1, rsv bool // rsv: RSV2 or RSV3
	masked         bool
	long           bool // the length is not in its shortest form
	key            [4]byte
	length         int64
}

var errLength = errors.New("websocket: a frame of 2^63 bytes or more: the stream cannot be followed")

// parseHeader reads the header at the start of b and returns its size; more bytes than there are when they are needed.
func parseHeader(b []byte) (h header, size int, err error) {
	if len(b) < 2 {
		return h, 2, nil
	}
	h = header{
		op: Opcode(b[0] & 15), bits: b[0] & 0xf0, fin: b[0]&0x80 != 0, rsv1: b[0]&0x40 != 0, rsv: b[0]&0x30 != 0,
		masked: b[1]&0x80 != 0, length: int64(b[1] & 127),
	}
	size = 2
	switch h.length {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	at := size
	if h.masked {
		size += 4
	}
	if len(b) < size {
		return h, size, nil
	}
	switch at {
	case 4:
		h.length = int64(binary.BigEndian.Uint16(b[2:]))
		h.long = h.length < 126
	case 10:
		n := binary.BigEndian.Uint64(b[2:])
		if n >= 1<<63 {
			return h, size, errLength
		}
		h.length = int64(n)
		h.long = n < 1<<16
	}
	if h.masked {
		copy(h.key[:], b[at:])
	}
	return h, size, nil
}

// unmask writes src without its mask to dst, which is as long. at is src's place in the frame's payload.
func unmask(dst, src []byte, key [4]byte, at int64) {
	var k [8]byte
	for i := range k {
		k[i] = key[(at+int64(i))&3]
	}
	wide := binary.LittleEndian.Uint64(k[:])
	i := 0
	for ; i+8 <= len(src); i += 8 {
		binary.LittleEndian.PutUint64(dst[i:], binary.LittleEndian.Uint64(src[i:])^wide)
	}
	for ; i < len(src); i++ {
		dst[i] = src[i] ^ k[i&7]
	}
}

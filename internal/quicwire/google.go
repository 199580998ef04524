package quicwire

import (
	"bytes"
	"encoding/binary"
)

// Tags is the tag table of a Google QUIC handshake message (CHLO, SHLO, REJ), read in place.
type Tags struct {
	// Message is the message's tag, as CHLO.
	Message [4]byte
	table   []byte
	values  []byte
	from    uint32
}

// Next returns the next tag and its value, borrowed; false at the end.
func (t *Tags) Next() (tag [4]byte, value []byte, ok bool) {
	if len(t.table) < 8 {
		return tag, nil, false
	}
	copy(tag[:], t.table)
	end := binary.LittleEndian.Uint32(t.table[4:])
	t.table = t.table[8:]
	if end < t.from || int64(end) > int64(len(t.values)) {
		t.table = nil
		return tag, nil, true // the name counts, its value is cut
	}
	value = t.values[t.from:end:end]
	t.from = end
	return tag, value, true
}

// ParseTags reads a handshake message: its tag, the count of its values, and for each a tag and where it ends.
func ParseTags(b []byte) (t Tags, ok bool) {
	if len(b) < 8 {
		return t, false
	}
	copy(t.Message[:], b)
	n := int(binary.LittleEndian.Uint16(b[4:]))
	if n > 128 || len(b) < 8+8*n {
		return t, false
	}
	t.table, t.values = b[8:8+8*n], b[8+8*n:]
	return t, true
}

// FindHandshake looks for a client's handshake message in an unencrypted packet of Google's versions up to Q046: behind
// the 12-byte hash, in the frame of the handshake stream.
func FindHandshake(payload []byte) (t Tags, ok bool) {
	for rest := payload; ; {
		i := bytes.IndexByte(rest, 'C')
		if i < 0 || len(rest) < i+8 {
			return t, false
		}
		if string(rest[i:i+4]) == "CHLO" {
			return ParseTags(rest[i:])
		}
		rest = rest[i+1:]
	}
}

// AppendName appends a tag's letters without the zero bytes that fill it up.
func AppendName(dst []byte, tag [4]byte) []byte {
	for _, c := range tag {
		if c != 0 {
			dst = append(dst, c)
		}
	}
	return dst
}

package flow

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// ID identifies a flow (or whatever else gets a Zeek-like uid). It derives from content: the end points, the number of
// the packet that began it and its time, so the same capture gives the same IDs for any number of workers.
type ID [2]uint64

// MakeID derives an ID. kind keeps flows, files and others apart.
func MakeID(kind byte, src, dst Addr, sport, dport uint16, proto uint8, nanos int64, number uint64, layer uint8) ID {
	var b [60]byte
	b[0], b[1], b[2] = kind, proto, layer
	copy(b[4:], src[:])
	copy(b[20:], dst[:])
	binary.LittleEndian.PutUint16(b[36:], sport)
	binary.LittleEndian.PutUint16(b[38:], dport)
	binary.LittleEndian.PutUint64(b[40:], uint64(nanos))
	binary.LittleEndian.PutUint64(b[48:], number)
	h := xxhash.Sum64(b[:])
	binary.LittleEndian.PutUint32(b[56:], 0x9e3779b9)
	return ID{h, xxhash.Sum64(b[:]) ^ h<<1}
}

// Derive makes the ID of the n-th thing that belongs to id, such as a file of a flow.
func (id ID) Derive(kind byte, n uint64) ID {
	var b [32]byte
	binary.LittleEndian.PutUint64(b[0:], id[0])
	binary.LittleEndian.PutUint64(b[8:], id[1])
	binary.LittleEndian.PutUint64(b[16:], n)
	b[24] = kind
	h := xxhash.Sum64(b[:])
	b[25] = 0x9e
	return ID{h, xxhash.Sum64(b[:])}
}

const base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// AppendUID appends the Zeek form: a prefix letter (C for connections, F for files) and 17 letters and digits.
func (id ID) AppendUID(dst []byte, prefix byte) []byte {
	var b [18]byte
	b[0] = prefix
	hi, lo := id[0], id[1]
	for i := 1; i <= 9; i++ {
		b[i] = base62[hi%62]
		hi /= 62
	}
	for i := 10; i < len(b); i++ {
		b[i] = base62[lo%62]
		lo /= 62
	}
	return append(dst, b[:]...)
}

// UID is AppendUID as a string.
func (id ID) UID(prefix byte) string { return string(id.AppendUID(nil, prefix)) }

// Number is Suricata's flow_id: below 2^51, so that JSON readers which use doubles keep it.
func (id ID) Number() uint64 { return id[0] & (1<<51 - 1) }

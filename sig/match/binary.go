package match

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// The form of a stored set. All numbers are unsigned and little endian:
//
//	magic      8 bytes "wlmatch\x01", the last one being the version
//	checksum   uint32, CRC-32C of all that follows
//	counts     6 × uint32: patterns, recs, text, filter bits (0: no filter), fold (0 or 0x20202020), entries
//	recs       each uint32 text offset, uint32 first id, uint16 length and 256 for NoCase, uint16 0
//	ids        patterns × uint32
//	text       bytes
//	filter     with filter bits: 1<<bits × uint32 words, then (1<<bits)+1 × uint32 starts
//	entries    each uint64 key, uint32 rec, uint8 offset, uint8 low, uint8 high, uint8 0 (see entry)
//
// The tables for patterns of one to three bytes are small and made anew.
const (
	magic      = "wlmatch\x01"
	headerLen  = len(magic) + 4 + 6*4
	recLen     = 12
	entryLen   = 16
	noCaseFlag = 256
)

// ErrFormat is returned by [Load], wrapped, for bytes that are not a stored set of this version.
var ErrFormat = errors.New("match: not a stored set")

func formatError(what string) error { return fmt.Errorf("%w: %s", ErrFormat, what) }

// AppendBinary appends the set's tables for [Load], in a form that is the same on every machine. It may be called by any number of
// goroutines at once. The bytes are the caller's (owned).
func (s *Set) AppendBinary(dst []byte) []byte {
	le := binary.LittleEndian
	began := len(dst)
	g := &s.grams
	bits := 0
	if g.words != nil {
		bits = 32 - int(g.shift)
	}
	dst = append(dst, magic...)
	dst = append(dst, 0, 0, 0, 0)
	for _, n := range []int{s.patterns, len(s.recs), len(s.text), bits, int(g.fold), len(g.entries)} {
		dst = le.AppendUint32(dst, uint32(n))
	}
	for _, r := range s.recs {
		n := uint32(r.n)
		if r.noCase {
			n |= noCaseFlag
		}
		dst = le.AppendUint32(le.AppendUint32(le.AppendUint32(dst, r.text), r.ids), n)
	}
	dst = append(appendUint32s(dst, s.ids), s.text...)
	dst = appendUint32s(appendUint32s(dst, g.words), g.start)
	for _, e := range g.entries {
		dst = le.AppendUint32(le.AppendUint64(dst, e.key), e.rec)
		dst = append(dst, e.off, e.low, e.high, 0)
	}
	le.PutUint32(dst[began+len(magic):], checksum(dst[began:]))
	return dst
}

func appendUint32s(dst []byte, v []uint32) []byte {
	for _, x := range v {
		dst = binary.LittleEndian.AppendUint32(dst, x)
	}
	return dst
}

// checksum covers what is behind the checksum's own place.
func checksum(b []byte) uint32 {
	return crc32.Checksum(b[len(magic)+4:], crc32.MakeTable(crc32.Castagnoli))
}

// Load makes a set of what [Set.AppendBinary] wrote. Bytes are copied. It checks everything, so that bytes from anywhere are safe to
// load and to search with, and allocates no more than a small multiple of their number; what such a set finds is another matter. The error
// wraps [ErrFormat]. A set of 20,000 patterns takes a few milliseconds.
func Load(b []byte) (*Set, error) {
	if len(b) < headerLen || string(b[:len(magic)]) != magic {
		return nil, formatError("no header of this version")
	}
	if binary.LittleEndian.Uint32(b[len(magic):]) != checksum(b) {
		return nil, formatError("checksum")
	}
	h := readUint32s(b[len(magic)+4:], 6)
	patterns, recs, text, bits, fold, entries := h[0], h[1], h[2], h[3], h[4], h[5]
	if bits != 0 && (bits < minFilterBits || bits > maxFilterBits) || fold != 0 && fold != spaces&math.MaxUint32 ||
		bits == 0 && entries != 0 || recs == 0 || patterns > MaxPatterns || recs > patterns+1 {
		return nil, formatError("counts")
	}
	words := uint64(0)
	if bits != 0 {
		words = 1 << bits
	}
	want := uint64(recs)*recLen + uint64(patterns)*4 + uint64(text) + uint64(entries)*entryLen + words*8
	if words != 0 {
		want += 4
	}
	if b = b[headerLen:]; want != uint64(len(b)) {
		return nil, formatError("length")
	}
	s := &Set{patterns: int(patterns)}
	b = s.readRecs(b, int(recs))
	s.ids, b = readUint32s(b, int(patterns)), b[patterns*4:]
	s.text, b = append([]byte(nil), b[:text]...), b[text:]
	if words != 0 {
		g := &s.grams
		g.shift, g.fold = uint8(32-bits), fold
		g.words, b = readUint32s(b, int(words)), b[words*4:]
		g.start, b = readUint32s(b, int(words)+1), b[words*4+4:]
		g.entries = readEntries(b, int(entries))
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	s.setReach()
	s.buildPairs()
	s.buildOnes()
	return s, nil
}

func readUint32s(b []byte, n int) []uint32 {
	v := make([]uint32, n)
	for i := range v {
		v[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return v
}

func (s *Set) readRecs(b []byte, n int) []byte {
	le := binary.LittleEndian
	s.recs = make([]rec, n)
	for i := range s.recs {
		f := b[recLen*i:][:recLen]
		s.recs[i] = rec{text: le.Uint32(f), ids: le.Uint32(f[4:]), n: f[8], noCase: f[9]&(noCaseFlag>>8) != 0}
	}
	return b[recLen*n:]
}

func readEntries(b []byte, n int) []entry {
	le := binary.LittleEndian
	entries := make([]entry, n)
	for i := range entries {
		f := b[entryLen*i:][:entryLen]
		entries[i] = entry{key: le.Uint64(f), rec: le.Uint32(f[8:]), off: f[12], low: f[13], high: f[14]}
	}
	return entries
}

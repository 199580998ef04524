package pcap

import (
	"errors"
	"io"
)

// A slab is the piece of input that packets are sub-slices of. Bytes are written once, by a read into the unused
// tail of buf, and never again: a full slab is left to the garbage collector and whoever still holds a part of it.
const (
	slabSize  = 1 << 20
	slabFirst = 64 << 10 // for inputs of unknown size: most captures in a large collection are small
	slabSmall = 4 << 10
)

// maxEmptyReads is how often in a row a reader may give neither bytes nor an error.
const maxEmptyReads = 100

var errNoProgress = errors.New("the input gives no bytes and no error")

// A slabReader cuts an input into slabs. The bytes not yet consumed are buf[off:].
type slabReader struct {
	buf []byte // buf[:len] is filled, the rest of cap is still to be read into
	off int
	src io.Reader
	pos int64 // offset of buf[0] in src
	err error // why src gives no more
	// pool gives slabs that are used again, and slab is the one that buf is; nil: buf is garbage-collected.
	pool *slabPool
	slab *Slab
}

// newSlabReader reads src, whose size is a hint for the first slab's size, or negative when unknown.
func newSlabReader(src io.Reader, size int64) *slabReader {
	n := int64(slabFirst)
	if size >= 0 {
		n = min(max(size+1, slabSmall), slabSize) // one more, so that the end is seen without another slab
	}
	return &slabReader{src: src, buf: make([]byte, 0, n)}
}

// offset is the position in the input of the next unread byte.
func (s *slabReader) offset() int64 { return s.pos + int64(s.off) }

// peek returns the next n bytes, shared, without consuming them; fewer when the input ends before (see s.err).
func (s *slabReader) peek(n int) []byte {
	if len(s.buf)-s.off < n {
		s.fill(n)
	}
	b := s.buf[s.off:]
	if len(b) > n {
		b = b[:n:n]
	}
	return b
}

// skip consumes n bytes that may not have been read yet, without holding them. It tells whether they were there.
func (s *slabReader) skip(n int64) bool {
	for n > int64(len(s.buf)-s.off) {
		n -= int64(len(s.buf) - s.off)
		s.off = len(s.buf)
		if len(s.peek(1)) == 0 {
			return false
		}
	}
	s.off += int(n)
	return true
}

// fill reads until n bytes lie contiguously at off, or the input ends. Memory follows the bytes that arrive, never n:
// a slab for more than its usual size starts small and doubles.
func (s *slabReader) fill(n int) {
	for empty := 0; len(s.buf)-s.off < n && s.err == nil; {
		if len(s.buf) == cap(s.buf) || cap(s.buf)-s.off < n && cap(s.buf)-s.off <= slabSize {
			s.next()
		}
		m, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
		if m > 0 {
			s.buf, empty = s.buf[:len(s.buf)+m], 0
		} else if empty++; empty == maxEmptyReads && err == nil {
			err = errNoProgress
		}
		s.err = err
	}
}

// next begins a new slab with what is left of the old one.
func (s *slabReader) next() {
	rest := s.buf[s.off:]
	size := slabSize
	for size < 2*len(rest) {
		size *= 2
	}
	old := s.slab
	var room []byte
	if s.slab = nil; s.pool != nil && size == slabSize {
		s.slab = s.pool.get()
		room = s.slab.buf[:0]
	} else {
		room = make([]byte, 0, size)
	}
	buf := append(room, rest...)
	s.pos += int64(s.off)
	s.buf, s.off = buf, 0
	old.Release()
}

package http

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

var errFormat = errors.New("http: neither gzip nor zlib")

// openWrapped reads gzip or zlib, whichever it is. skip tells that a header was refused before: it is passed over, so that
// only raw data could follow, which is refused too.
func openWrapped(r *bufio.Reader, skip bool) (io.Reader, error) {
	h, err := r.Peek(2)
	if err != nil {
		return nil, err
	}
	switch {
	case h[0] == 0x1f && h[1] == 0x8b:
		if skip {
			if f, err := r.Peek(4); err == nil && f[3] != 0 {
				return nil, errFormat
			}
		}
		return &gzipReader{r: r}, nil
	case h[0]&15 == 8 && h[0]>>4 <= 7 && (int(h[0])<<8|int(h[1]))%31 == 0:
		n := 2
		if h[1]&0x20 != 0 {
			n = 6
		}
		_, _ = r.Discard(n)
		return flate.NewReader(r), nil
	}
	return nil, errFormat
}

// openRaw reads raw deflate data; with skip behind a gzip header that has flags, however broken it is.
func openRaw(r *bufio.Reader, skip bool) (io.Reader, error) {
	h, err := r.Peek(4)
	if skip && err == nil && h[0] == 0x1f && h[1] == 0x8b && h[3] != 0 {
		switch {
		case h[3]&0x18 != 0:
			_, _ = r.Discard(10)
			if _, err := r.ReadSlice(0); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				return nil, err
			}
		case h[3]&2 != 0:
			_, _ = r.Discard(12)
		default:
			_, _ = r.Discard(10)
		}
	}
	return flate.NewReader(r), nil
}

// gzipReader reads gzip members (RFC 1952) and checks what zlib checks: flags, header checksum, checksum and length.
type gzipReader struct {
	r    *bufio.Reader
	f    io.ReadCloser
	sum  uint32
	size uint32
}

var (
	errHeader  = errors.New("http: gzip header is broken")
	errTrailer = errors.New("http: gzip checksum or length is wrong")
)

// Read implements io.Reader.
func (g *gzipReader) Read(b []byte) (int, error) {
	for {
		if g.f == nil {
			if err := g.header(); err != nil {
				return 0, err
			}
			g.f, g.sum, g.size = flate.NewReader(g.r), 0, 0
		}
		n, err := g.f.Read(b)
		g.sum = crc32.Update(g.sum, crc32.IEEETable, b[:n])
		g.size += uint32(n)
		if err == nil || err != io.EOF {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		g.f = nil
		var t [8]byte
		if _, err := io.ReadFull(g.r, t[:]); err != nil {
			return 0, io.EOF
		}
		if binary.LittleEndian.Uint32(t[:]) != g.sum || binary.LittleEndian.Uint32(t[4:]) != g.size {
			return 0, errTrailer
		}
		if h, err := g.r.Peek(2); err != nil || h[0] != 0x1f || h[1] != 0x8b {
			return 0, io.EOF
		}
	}
}

// header reads the header of a member (RFC 1952, section 2.3).
func (g *gzipReader) header() error {
	sum := crc32.NewIEEE()
	var h [10]byte
	if err := g.take(sum, h[:]); err != nil {
		return err
	}
	flags := h[3]
	if h[2] != 8 || flags&0xe0 != 0 {
		return errHeader
	}
	if flags&4 != 0 {
		var n [2]byte
		if err := g.take(sum, n[:]); err != nil {
			return err
		}
		if _, err := io.CopyN(sum, g.r, int64(binary.LittleEndian.Uint16(n[:]))); err != nil {
			return err
		}
	}
	for _, bit := range [2]byte{8, 16} {
		for c := [1]byte{1}; flags&bit != 0 && c[0] != 0; {
			if err := g.take(sum, c[:]); err != nil {
				return err
			}
		}
	}
	if flags&2 != 0 {
		want := uint16(sum.Sum32())
		var n [2]byte
		if err := g.take(sum, n[:]); err != nil {
			return err
		}
		if binary.LittleEndian.Uint16(n[:]) != want {
			return errHeader
		}
	}
	return nil
}

// take reads into b and sums it up.
func (g *gzipReader) take(sum io.Writer, b []byte) error {
	_, err := io.ReadFull(g.r, b)
	_, _ = sum.Write(b)
	return err
}

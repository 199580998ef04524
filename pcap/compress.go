package pcap

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz/lzma"
)

// maxLayers of compression around a capture.
const maxLayers = 2

const (
	defaultDecompressed = 1 << 40
	defaultRatio        = 10_000
	ratioFrom           = 256 << 20
)

// A compression is recognised by its first bytes.
type compression struct {
	name, magic string
	open        func(*bufio.Reader) (io.Reader, func() error, error)
}

func compressions() []compression {
	return []compression{
		{"gzip", "\x1f\x8b\x08", openGzip},
		{"zstd", "\x28\xb5\x2f\xfd", openZstd},
		{"xz", xzMagic, openXZ},
		{"bzip2", "BZh", openBzip2},
		{"lz4", "\x04\x22\x4d\x18", openLZ4},
		{"lz4", "\x02\x21\x4c\x18", openLZ4}, // legacy frames, of the Linux kernel
		{"lzma", "\x5d\x00\x00", openLZMA},
	}
}

// decompress takes off the layers of compression.
func (r *Reader) decompress() error {
	var layers []string
	for {
		c, ok := r.compressed()
		if !ok {
			return nil
		}
		if len(layers) == maxLayers {
			return r.broken(ErrLimit, "%s in %s: decompress it, no more than %d layers are taken off", c.name, strings.Join(layers, " in "), maxLayers)
		}
		layers = append([]string{c.name}, layers...)
		raw := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(r.s.buf[r.s.off:]), &ended{r.s}), slabFirst)
		in, closer, err := c.open(raw)
		r.info.Compression = strings.Join(layers, " in ")
		if err != nil {
			r.s.err = err
			return r.unreadable("the file header", 0, 4)
		}
		if closer != nil {
			r.closes = append(r.closes, closer)
		}
		pool := r.s.pool
		r.s = newSlabReader(&bounded{r: r, in: in, name: c.name}, -1)
		r.s.pool = pool
	}
}

func (r *Reader) compressed() (compression, bool) {
	head := r.s.peek(6)
	for _, c := range compressions() {
		if strings.HasPrefix(string(head), c.magic) {
			return c, true
		}
	}
	return compression{}, false
}

// ended reads what a slabReader has not, with the error it met.
type ended struct{ s *slabReader }

func (e *ended) Read(p []byte) (int, error) {
	if e.s.err != nil {
		return 0, e.s.err
	}
	return e.s.src.Read(p)
}

// bounded stops a compressed layer that gives more than the limits allow.
type bounded struct {
	r    *Reader
	in   io.Reader
	name string
	out  int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	b.out += int64(n)
	most, ratio := b.r.opt.MaxDecompressed, int64(b.r.opt.MaxRatio)
	if most == 0 {
		most = defaultDecompressed
	}
	if ratio == 0 {
		ratio = defaultRatio
	}
	switch {
	case most > 0 && b.out > most:
		n -= int(min(b.out-most, int64(n)))
		return n, b.over("gives more than the limit of %d bytes: raise Options.MaxDecompressed if it is to be trusted", most)
	case ratio > 0 && b.out > ratioFrom && b.out/ratio > b.r.done.Load():
		return n, b.over("gives more than %d bytes for each of its own, as a decompression bomb does: raise Options.MaxRatio if it is to be trusted", ratio)
	}
	return n, err
}

func (b *bounded) over(format string, limit int64) error {
	return &Error{Reason: fmt.Sprintf("the "+b.name+" data "+format, limit), Err: ErrLimit}
}

// gzipMembers reads the members of a gzip file (RFC 1952, section 2.2) one after the other.
type gzipMembers struct {
	raw *bufio.Reader
	z   *gzip.Reader
	err error
}

func openGzip(raw *bufio.Reader) (io.Reader, func() error, error) {
	z, err := gzip.NewReader(raw)
	if err != nil {
		return nil, nil, noEOF(err)
	}
	z.Multistream(false)
	return &gzipMembers{raw: raw, z: z}, nil, nil
}

var errTrailing = errors.New("other data follows the compressed data")

func (g *gzipMembers) Read(p []byte) (int, error) {
	for g.err == nil {
		n, err := g.z.Read(p)
		if err != nil && !errors.Is(err, io.EOF) {
			g.err = err
		}
		if errors.Is(err, io.EOF) {
			g.err = g.member()
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, g.err
}

// member begins the next member. Zeros after the last one are padding, as tapes and block devices leave it.
func (g *gzipMembers) member() error {
	for zeros := false; ; zeros = true {
		b, err := g.raw.Peek(1)
		if len(b) == 0 {
			return err
		}
		if b[0] != 0 {
			if b, _ = g.raw.Peek(2); zeros || len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b {
				return errTrailing
			}
			break
		}
		_, _ = g.raw.Discard(1)
	}
	if err := g.z.Reset(g.raw); err != nil {
		return noEOF(err)
	}
	g.z.Multistream(false)
	return nil
}

// noEOF makes an end inside of a header what it is.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func openBzip2(raw *bufio.Reader) (io.Reader, func() error, error) {
	return bzip2.NewReader(raw), nil, nil
}

func openZstd(raw *bufio.Reader) (io.Reader, func() error, error) {
	z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxDictionary))
	if err != nil {
		return nil, nil, noEOF(err)
	}
	return z, func() error { z.Close(); return nil }, nil
}

func openLZ4(raw *bufio.Reader) (io.Reader, func() error, error) {
	return lz4.NewReader(raw), nil, nil
}

// openLZMA reads the format that was before xz. Its magic number is weak; the library checks the rest of the header.
func openLZMA(raw *bufio.Reader) (io.Reader, func() error, error) {
	z, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(raw)
	return z, nil, noEOF(err)
}

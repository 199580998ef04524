package http

import (
	"bufio"
	"bytes"
	"io"
	"iter"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
)

// layer undoes one coding. It looks at the first bytes to tell what really was sent, as browsers do: servers say
// "deflate" for raw deflate and for zlib, and "gzip" for what is not coded at all.
type layer struct {
	kind  coding
	chain *chain
	index int
	head  [headLen]byte
	nhead int
	state layerState
	pull  *puller
}

type layerState uint8

const (
	lHead   layerState = iota // gathers the first bytes
	lDecode                   // decodes
	lPlain                    // passes through
	lDone                     // ended: the rest is dropped
)

// headLen is how many bytes decide on the format.
const headLen = 3

func (l *layer) write(b []byte) {
	if l.state == lHead {
		for l.nhead < headLen && len(b) > 0 {
			l.head[l.nhead] = b[0]
			l.nhead++
			b = b[1:]
		}
		if l.nhead < headLen {
			return
		}
		l.decide()
		l.feed(l.head[:l.nhead])
	}
	if len(b) > 0 {
		l.feed(b)
	}
}

func (l *layer) feed(b []byte) {
	switch l.state {
	case lPlain:
		l.chain.pass(l.index, b)
	case lDecode:
		if rest, err := l.pull.write(b); err != nil {
			l.finish(err, rest)
		}
	}
}

// finish is called when the decoder stopped: at its end, or at an error.
func (l *layer) finish(err error, rest []byte) {
	l.state = lDone
	if err == io.EOF {
		return
	}
	l.chain.failed(0)
	if l.pull.out == 0 {
		// Nothing was decoded: it is passed on as it is.
		l.state = lPlain
		head := l.pull.first
		l.chain.pass(l.index, head)
	}
}

// decide chooses the decoder by the first bytes.
func (l *layer) decide() {
	l.state = lDecode
	h := l.head[:l.nhead]
	gz := h[0] == 0x1f && h[1] == 0x8b
	zl := h[0]&15 == 8 && (int(h[0])<<8|int(h[1]))%31 == 0 && h[0]>>4 <= 7
	switch l.kind {
	case cGzip, cDeflate:
		switch {
		case gz:
			if l.kind == cDeflate {
				l.chain.failed(0)
			}
			l.open(openGzip)
		case zl:
			if l.kind == cGzip {
				l.chain.failed(0)
			}
			l.open(openZlib)
		default:
			if l.kind == cGzip {
				l.chain.failed(0)
			}
			l.open(openFlate)
		}
	case cBrotli:
		l.open(func(r *bufio.Reader) (io.Reader, error) { return brotli.NewReader(r), nil })
	case cZstd:
		l.open(func(r *bufio.Reader) (io.Reader, error) {
			return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
				zstd.WithDecoderMaxWindow(8<<20))
		})
	case cCompress:
		if !bytes.Equal(h[:2], []byte{0x1f, 0x9d}) {
			l.chain.failed(0)
			l.state = lPlain
			return
		}
		l.open(func(r *bufio.Reader) (io.Reader, error) { return newUnLZW(r) })
	case cLZMA:
		l.open(func(r *bufio.Reader) (io.Reader, error) { return lzma.ReaderConfig{DictCap: 1 << 20}.NewReader(r) })
	default:
		l.state = lPlain
	}
}

func (l *layer) open(fn func(r *bufio.Reader) (io.Reader, error)) {
	l.pull = newPuller(fn, func(b []byte) { l.chain.pass(l.index, b) })
}

// end tells that nothing more comes.
func (l *layer) end() {
	if l.state == lHead && l.nhead > 0 {
		l.state = lPlain
		l.chain.pass(l.index, l.head[:l.nhead])
	}
	if l.state == lDecode {
		rest, err := l.pull.close()
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			l.finish(err, rest)
		}
	}
	l.stop()
	l.state = lDone
}

func (l *layer) stop() {
	if l.pull != nil {
		l.pull.stop()
		l.pull = nil
	}
}

// openGzip skips a gzip header, leniently, and reads the deflate stream behind it; further members follow.
func openGzip(r *bufio.Reader) (io.Reader, error) { return &gzipReader{r: r}, nil }

type gzipReader struct {
	r     *bufio.Reader
	f     io.ReadCloser
	count int
}

func (g *gzipReader) Read(b []byte) (int, error) {
	for {
		if g.f == nil {
			if err := g.header(); err != nil {
				return 0, err
			}
			g.f = flate.NewReader(g.r)
		}
		n, err := g.f.Read(b)
		if n > 0 || err != io.EOF {
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
		g.f = nil
		g.count++
		if _, err := io.CopyN(io.Discard, g.r, 8); err != nil {
			return 0, io.EOF
		}
		if h, err := g.r.Peek(2); err != nil || h[0] != 0x1f || h[1] != 0x8b {
			return 0, io.EOF
		}
	}
}

// header skips the header of a gzip member (RFC 1952, section 2.3).
func (g *gzipReader) header() error {
	var h [10]byte
	if _, err := io.ReadFull(g.r, h[:]); err != nil {
		return err
	}
	flags := h[3]
	if flags&4 != 0 {
		lo, err := g.r.ReadByte()
		if err != nil {
			return err
		}
		hi, err := g.r.ReadByte()
		if err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, g.r, int64(hi)<<8|int64(lo)); err != nil {
			return err
		}
	}
	for _, bit := range [2]byte{8, 16} {
		if flags&bit == 0 {
			continue
		}
		for {
			c, err := g.r.ReadByte()
			if err != nil {
				return err
			}
			if c == 0 {
				break
			}
		}
	}
	if flags&2 != 0 {
		_, err := io.CopyN(io.Discard, g.r, 2)
		return err
	}
	return nil
}

func openZlib(r *bufio.Reader) (io.Reader, error) {
	h, err := r.Peek(2)
	if err != nil {
		return nil, err
	}
	n := 2
	if h[1]&0x20 != 0 {
		n = 6
	}
	_, _ = r.Discard(n)
	return flate.NewReader(r), nil
}

func openFlate(r *bufio.Reader) (io.Reader, error) { return flate.NewReader(r), nil }

// puller turns a decoder that reads into one that is written to: it runs as a coroutine that stands still where it
// asks for bytes that have not come yet.
type puller struct {
	in    []byte
	eof   bool
	err   error
	out   int64
	first []byte // the first input, for the case that nothing can be decoded
	next  func() (struct{}, bool)
	halt  func()
	yield func(struct{}) bool
}

// maxFirst bounds the input that is kept until the decoder has given its first byte.
const maxFirst = 64 << 10

func newPuller(open func(r *bufio.Reader) (io.Reader, error), emit func(b []byte)) *puller {
	p := &puller{}
	p.next, p.halt = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		br := bufio.NewReaderSize(p, 512)
		r, err := open(br)
		if err != nil {
			p.err = err
			return
		}
		buf := make([]byte, 16<<10)
		for {
			n, err := r.Read(buf)
			if n > 0 {
				p.out += int64(n)
				p.first = nil
				emit(buf[:n])
			}
			if err != nil {
				p.err = err
				break
			}
		}
		if c, ok := r.(interface{ Close() }); ok {
			c.Close()
		}
	})
	return p
}

// Read implements io.Reader for the decoder.
func (p *puller) Read(b []byte) (int, error) {
	for len(p.in) == 0 {
		if p.eof {
			return 0, io.EOF
		}
		if !p.yield(struct{}{}) {
			return 0, io.ErrClosedPipe
		}
	}
	n := copy(b, p.in)
	p.in = p.in[n:]
	return n, nil
}

// write feeds b. An error tells that the decoder is through.
func (p *puller) write(b []byte) ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	if p.out == 0 && len(p.first) < maxFirst {
		p.first = append(p.first, b...)
	}
	p.in = b
	p.next()
	return p.in, p.err
}

// close tells the decoder that nothing more comes.
func (p *puller) close() ([]byte, error) {
	if p.err == nil {
		p.eof = true
		p.next()
	}
	return nil, p.err
}

func (p *puller) stop() { p.halt() }

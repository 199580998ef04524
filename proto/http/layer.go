package http

import (
	"bufio"
	"errors"
	"io"
	"iter"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
)

// layer undoes one coding. Servers say "deflate" for raw deflate and for zlib, and "gzip" for what is not coded at all: so
// what is announced is tried first, then the other format, and what no decoder understands is passed through, as libhtp
// does. Each failure is an event.
type layer struct {
	kind  coding
	chain *chain
	index int
	state layerState
	try   int // how many decoders failed
	pull  *puller
}

type layerState uint8

const (
	lStart  layerState = iota
	lDecode            // decodes
	lPlain             // passes through
	lDone              // ended: the rest is dropped
)

// maxTries is how many decoders are tried on gzip and deflate.
const maxTries = 4

func (l *layer) write(b []byte) {
	if l.state == lStart {
		l.state = lDecode
		l.open()
	}
	switch l.state {
	case lPlain:
		l.chain.plain(b)
	case lDecode:
		if err := l.pull.write(b); err != nil {
			l.stopped(err)
		}
	}
}

// stopped is called when the decoder ended, or failed: then the next is tried.
func (l *layer) stopped(err error) {
	for {
		if errors.Is(err, io.EOF) {
			l.state = lDone
			return
		}
		l.chain.failed()
		if l.pull.out > 0 {
			l.state = lDone
			return
		}
		first, eof := l.pull.first, l.pull.eof
		l.pull.stop()
		l.try++
		if l.kind != cGzip && l.kind != cDeflate || l.try == maxTries {
			l.state = lPlain
			l.chain.plain(first)
			return
		}
		l.open()
		if err = l.pull.write(first); err == nil {
			if !eof {
				return
			}
			if err = l.pull.close(); err == nil {
				return
			}
		}
	}
}

// open starts the decoder of the current try.
func (l *layer) open() {
	var fn func(r *bufio.Reader) (io.Reader, error)
	switch l.kind {
	case cGzip, cDeflate:
		// gzip: wrapped, wrapped, raw, wrapped; deflate: raw, raw, wrapped, raw. From the second try on a gzip header
		// that no decoder accepts is skipped.
		skip := l.try > 0
		if (l.kind == cGzip) == (l.try != 2) {
			fn = func(r *bufio.Reader) (io.Reader, error) { return openWrapped(r, skip) }
		} else {
			fn = func(r *bufio.Reader) (io.Reader, error) { return openRaw(r, skip) }
		}
	case cBrotli:
		fn = func(r *bufio.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }
	case cZstd:
		fn = func(r *bufio.Reader) (io.Reader, error) {
			return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
				zstd.WithDecoderMaxWindow(8<<20))
		}
	case cCompress:
		fn = func(r *bufio.Reader) (io.Reader, error) { return newUnLZW(r) }
	default:
		fn = func(r *bufio.Reader) (io.Reader, error) {
			return lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(r)
		}
	}
	l.pull = newPuller(fn, func(b []byte) { l.chain.pass(l.index, b) })
}

// maxDictionary bounds what an LZMA stream may ask for: what the usual encoders ask at their default.
const maxDictionary = 8 << 20

// end tells that nothing more comes. A stream that is cut short is no failure.
func (l *layer) end() {
	if l.state == lDecode {
		if err := l.pull.close(); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			l.stopped(err)
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

// puller turns a decoder that reads into one that is written to: it runs as a coroutine that stands still where it
// asks for bytes that have not come yet.
type puller struct {
	in    []byte
	eof   bool
	err   error
	out   int64
	held  []byte // the first output, until it is sure that there is no failure right behind
	first []byte // the first input, for the case that nothing can be decoded
	emit  func(b []byte)
	next  func() (struct{}, bool)
	halt  func()
	yield func(struct{}) bool
}

// maxFirst bounds the input that is kept until the decoder has given its first byte.
const maxFirst = 64 << 10

func newPuller(open func(r *bufio.Reader) (io.Reader, error), emit func(b []byte)) *puller {
	p := &puller{emit: emit}
	p.next, p.halt = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		p.decode(open)
	})
	return p
}

// decode runs the decoder to its end.
func (p *puller) decode(open func(r *bufio.Reader) (io.Reader, error)) {
	r, err := open(bufio.NewReaderSize(p, 512))
	if err != nil {
		p.err = err
		return
	}
	if c, ok := r.(interface{ Close() }); ok {
		defer c.Close()
	}
	buf := make([]byte, 8<<10)
	for {
		n, err := r.Read(buf)
		if p.out == 0 && len(p.held)+n <= cap(buf) {
			p.held = append(p.held, buf[:n]...)
		} else {
			p.flush()
			p.out += int64(n)
			p.emit(buf[:n])
		}
		if err != nil {
			if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errTrailer) {
				p.flush()
			}
			p.err = err
			return
		}
	}
}

// flush hands on the output that was held back.
func (p *puller) flush() {
	if len(p.held) > 0 {
		p.out += int64(len(p.held))
		p.first = nil
		p.emit(p.held)
		p.held = nil
	}
}

// Read implements io.Reader for the decoder.
func (p *puller) Read(b []byte) (int, error) {
	for len(p.in) == 0 {
		p.flush()
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
func (p *puller) write(b []byte) error {
	if p.err != nil {
		return p.err
	}
	if p.out == 0 && len(p.first) < maxFirst {
		p.first = append(p.first, b...)
	}
	p.in = b
	p.next()
	return p.err
}

// close tells the decoder that nothing more comes.
func (p *puller) close() error {
	if p.err == nil {
		p.eof = true
		p.next()
	}
	return p.err
}

func (p *puller) stop() { p.halt() }

package pcap

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// Options limit and direct a Reader. The zero value and nil are the defaults.
type Options struct {
	// MaxPacket is the greatest captured length of a packet in bytes. A longer one is taken for damage, as after it
	// nothing can be trusted. 0: 262144, or 128 MiB for link types of USB, D-Bus and the like, or the
	// snapshot length that the capture declares, up to 128 MiB.
	MaxPacket int
	// MaxBlock is the greatest length of a pcapng block in bytes, 0: MaxPacket's most and 128 KiB for its options.
	MaxBlock int
	// MaxDecompressed is how many bytes a compressed capture may give, 0: 1 TiB, negative: no limit.
	MaxDecompressed int64
	// MaxRatio is how many bytes a byte of compressed input may give on average, looked at after the
	// first 256 MiB. 0: 10,000, negative: no limit.
	MaxRatio int
	// MaxMetadata is how many bytes of secrets, names, comments and other blocks without packets are kept for
	// Info and Secrets. What is beyond is counted in Info.Cut. 0: 64 MiB, negative: nothing is kept.
	MaxMetadata int
	// Recycle uses slabs again whose holders let go, instead of leaving them to the garbage collector. Packet.Data is then
	// borrowed until the next call of Next, or for as long as Packet.Slab is held. It is for programs that read much and
	// know what they hold.
	Recycle bool
	// AnyLink reads a classic capture whose link type is far outside of the registry, rather than to take it for damage.
	AnyLink bool
}

// A Reader reads the packets of one capture in the order of the file.
// It is used by one goroutine at a time; only Position may be called from others at any time.
type Reader struct {
	name   string
	opt    Options
	s      *slabReader
	format format
	count  uint64 // packets returned
	bytes  uint64
	wire   uint64
	err    error

	info    Info
	secrets []Secret
	kept    int // bytes of metadata kept

	done   atomic.Int64
	total  int64
	closes []func() error
}

// A format fills in packets. It returns io.EOF at a clean end.
type format interface {
	next(p *Packet) error
	meta() (PacketMeta, bool)
}

// Open opens the capture file at path, which Close closes. Named pipes and devices can be read as well.
func Open(path string, o *Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{Name: path, Reason: "cannot be opened: " + cause(err).Error(), Err: err}
	}
	return open(path, f, o)
}

// OpenFS opens the named capture file of a file system. Close closes it.
func OpenFS(fsys fs.FS, name string, o *Options) (*Reader, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, &Error{Name: name, Reason: "cannot be opened: " + cause(err).Error(), Err: err}
	}
	return open(name, f, o)
}

func open(name string, f fs.File, o *Options) (*Reader, error) {
	size := int64(-1)
	st, err := f.Stat()
	switch {
	case err != nil:
		_ = f.Close()
		return nil, &Error{Name: name, Reason: "cannot be examined: " + cause(err).Error(), Err: err}
	case st.IsDir():
		_ = f.Close()
		return nil, &Error{Name: name, Reason: "is a directory: name the capture files in it", Err: ErrFormat}
	case st.Mode().IsRegular():
		size = st.Size()
	}
	r, err := newReader(name, f, size, o, f.Close)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return r, nil
}

// cause leaves out the operation and the path of a file system's error.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// NewReader reads a capture from a stream, such as standard input. It waits for the file header, and the first
// Next for the head of the second packet. Close does not close r.
func NewReader(r io.Reader, o *Options) (*Reader, error) {
	name := ""
	if n, ok := r.(interface{ Name() string }); ok {
		name = n.Name()
	}
	return newReader(name, r, -1, o, nil)
}

// NewReaderAt reads a capture of the given size from a place that can be read anywhere, such as a file in memory or a remote
// object. The name is for errors only. Close does not close r.
func NewReaderAt(name string, r io.ReaderAt, size int64, o *Options) (*Reader, error) {
	return newReader(name, io.NewSectionReader(r, 0, size), size, o, nil)
}

func newReader(name string, in io.Reader, size int64, o *Options, closer func() error) (*Reader, error) {
	r := &Reader{name: name, total: size}
	if o != nil {
		r.opt = *o
	}
	r.s = newSlabReader(&countingReader{r: in, n: &r.done}, size)
	if r.opt.Recycle {
		r.s.pool = newSlabPool()
	}
	if err := r.start(); err != nil {
		_ = r.Close()
		return nil, r.header(err)
	}
	if closer != nil {
		r.closes = append(r.closes, closer)
	}
	return r, nil
}

// start takes off compression and recognises the format.
func (r *Reader) start() error {
	if err := r.decompress(); err != nil {
		return err
	}
	head := r.s.peek(4)
	if len(head) < 4 {
		return r.foreign()
	}
	switch v, ok := classicMagic(head); {
	case ok:
		return r.startClassic(v)
	case string(head) == sectionMagic:
		return r.startNG()
	}
	return r.foreign()
}

// Next fills in *p with the next packet. p.Data is shared.
//
// At a clean end of the capture it returns io.EOF. At a break it returns, after all packets before the break, an *Error. Both stay.
// Next does not allocate for a packet; it allocates a slab of 1 MiB for each MiB of input.
func (r *Reader) Next(p *Packet) error {
	if r.err != nil {
		return r.err
	}
	if err := r.format.next(p); err != nil {
		r.err = err
		return err
	}
	p.Slab = r.s.slab
	return nil
}

// Meta tells what the capture says about the packet that Next returned last, beyond its bytes: comments, direction and the other
// options of pcapng, the extra fields of modified pcap. It tells whether there is anything. What it returns is shared.
func (r *Reader) Meta() (PacketMeta, bool) {
	if r.count == 0 {
		return PacketMeta{}, false
	}
	return r.format.meta()
}

// Position tells how many bytes of the input have been read, compressed as it is, and how many there are in total, -1 when that is unknown.
// It is safe for concurrent use.
func (r *Reader) Position() (done, total int64) { return r.done.Load(), r.total }

// Close frees what the Reader holds, and closes the file that Open or OpenFS opened. Packets stay valid.
// Afterwards Next returns fs.ErrClosed.
func (r *Reader) Close() error {
	var first error
	for _, c := range r.closes {
		if err := c(); err != nil && first == nil {
			first = fmt.Errorf("pcap: %w", err)
		}
	}
	r.closes = nil
	if r.err == nil || errors.Is(r.err, io.EOF) {
		r.err = fs.ErrClosed
	}
	return first
}

// countingReader counts what was read, for Position.
type countingReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

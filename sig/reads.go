package sig

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"sync"

	"github.com/cespare/xxhash/v2"
)

// reads is the file system of the lists that rules name. It notes what was read: a stored rule set holds as long as the same
// comes of it.
type reads struct {
	fsys fs.FS

	mu   sync.Mutex
	list map[string]read
	done bool // nothing is read any more
}

// read is what came of reading a file.
type read struct {
	there bool
	sum   digest // of its content; zero when it was asked for only
}

var errFrozen = errors.New("no file is read once the rules are compiled")

func (r *reads) note(name string, x read) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.list[name]; !ok || old.sum == (digest{}) {
		r.list[name] = x
	}
}

// Open implements fs.FS.
func (r *reads) Open(name string) (fs.File, error) {
	r.mu.Lock()
	done := r.done
	r.mu.Unlock()
	if done {
		return nil, errFrozen
	}
	f, err := r.fsys.Open(name)
	if err != nil {
		r.note(name, read{})
		return nil, err
	}
	return &readFile{File: f, r: r, name: name, h: newHasher()}, nil
}

// has tells whether there is a file.
func (r *reads) has(name string) bool {
	_, err := fs.Stat(r.fsys, name)
	r.note(name, read{there: err == nil})
	return err == nil
}

// same tells whether what another set read is still so: what was not read here is read now.
func (r *reads) same(stored map[string]read) bool {
	for name, x := range stored {
		r.mu.Lock()
		_, known := r.list[name]
		r.mu.Unlock()
		switch {
		case known:
		case x.sum == digest{}:
			r.has(name)
		default:
			if f, err := r.Open(name); err == nil {
				_ = f.Close()
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Equal(r.list, stored)
}

// allow tells whether files are read from now on.
func (r *reads) allow(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = !on
}

// readFile hashes a file while it is read.
type readFile struct {
	fs.File
	r    *reads
	name string
	h    *hasher
}

// Read implements fs.File.
func (f *readFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.h.write(b[:n])
	return n, err
}

// Close implements fs.File. What was not read counts too.
func (f *readFile) Close() error {
	_, err := io.Copy(io.Discard, struct{ io.Reader }{f})
	x := read{there: true, sum: f.h.sum()}
	if err != nil {
		x.sum = digest{0, 1} // never the same again
	}
	f.r.note(f.name, x)
	return f.File.Close()
}

// digest is 128 bits of two hashes: equal ones stand for equal content, as long as nobody makes them so on purpose.
type digest [2]uint64

// hasher makes a digest.
type hasher struct{ a, b xxhash.Digest }

func newHasher() *hasher {
	h := new(hasher)
	h.a.ResetWithSeed(0x77697265)
	h.b.ResetWithSeed(0x6c6f7265)
	return h
}

// hashChunk is how much is given to one hash before the other: what both read then comes from the processor's cache.
const hashChunk = 32 << 10

func (h *hasher) write(b []byte) {
	for len(b) > 0 {
		n := min(len(b), hashChunk)
		_, _ = h.a.Write(b[:n])
		_, _ = h.b.Write(b[:n])
		b = b[n:]
	}
}

// text takes in a string that may be long.
func (h *hasher) text(s string) {
	for len(s) > 0 {
		n := min(len(s), hashChunk)
		_, _ = h.a.WriteString(s[:n])
		_, _ = h.b.WriteString(s[:n])
		s = s[n:]
	}
}

func (h *hasher) sum() digest { return digest{h.a.Sum64(), h.b.Sum64()} }

// readList is what was read for the rules; nil when there is nothing to read from. It is a copy.
func (c *compiler) readList() map[string]read {
	if c.reads == nil {
		return nil
	}
	c.reads.mu.Lock()
	defer c.reads.mu.Unlock()
	return maps.Clone(c.reads.list)
}

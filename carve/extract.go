package carve

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wirelore/wirelore/proto"
)

// Extract says which files are written to disk, and how.
//
// A whole file is named by its content, as in Suricata's file-store: Dir/ab/ab12..., the SHA-256 in hexadecimal below its
// first two digits. A file with something missing is Dir/partial/ and its ID, its gaps filled with zeros. No name comes from the
// traffic. A file is written under a temporary name in Dir and gets its own when it is complete; what is there
// already is never written over: the same content once is enough.
type Extract struct {
	// Dir is the directory. It is made when only its last part is missing.
	Dir string
	// MaxSize bounds a file, gaps included; 0: 64 MiB. A longer one is cut there, and counts as partial.
	MaxSize int64
	// Want decides for each file once its type is known. nil: all files, unless Rules is set. i is borrowed.
	Want func(i *proto.FileInfo, mime string) bool
	// Rules writes only what File.Store was called for, besides what Want wants.
	Rules bool
	// Late lets File.Store be called until the file ends: every file is written, and removed unless wanted.
	Late bool
}

const (
	defaultMaxSize = 64 << 20
	// spoolBuffer bytes of a file are held before they are written: most files need one write, and no file stays
	// open, however many are received at a time.
	spoolBuffer = 64 << 10
	// spoolMemory bounds what all files of a worker hold so; past it they are written sooner.
	spoolMemory = 64 << 20
)

func (x *Extract) check() error {
	if err := os.Mkdir(x.Dir, 0o755); err != nil {
		if st, e := os.Stat(x.Dir); e != nil || !st.IsDir() {
			return fmt.Errorf("carve: extraction needs a directory, make another one than %q: %w", x.Dir, err)
		}
	}
	if x.MaxSize < 0 {
		return errors.New("carve: Extract.MaxSize is negative, use 0 for the default")
	}
	return nil
}

func (x *Extract) limit() int64 {
	if x.MaxSize == 0 {
		return defaultMaxSize
	}
	return x.MaxSize
}

// wantStore tells whether f is to be written as far as is known now.
func (f *File) wantStore() bool {
	x := f.fs.opt.Extract
	if f.wantStored || f.fs.forceStore {
		return true
	}
	if x.Want != nil {
		return x.Want(&f.info, f.content.mime)
	}
	return !x.Rules
}

// spool holds a file's bytes on their way to disk.
type spool struct {
	fs   *Files
	buf  []byte
	at   int64  // where buf belongs
	temp string // the file's temporary name, "" while all is in buf
	cut  bool
	err  error
	size int64 // as far as is written
}

// write adds b, which belongs at pos; what lies between is left zero.
func (s *spool) write(pos int64, b []byte) {
	if s.err != nil || s.cut {
		return
	}
	if over := pos + int64(len(b)) - s.fs.opt.Extract.limit(); over > 0 {
		s.cut = true
		if b = b[:max(int64(len(b))-over, 0)]; len(b) == 0 {
			return
		}
	}
	if s.at+int64(len(s.buf)) != pos {
		s.flush()
		s.at = pos
	}
	for len(b) > 0 && s.err == nil {
		n := min(spoolBuffer-len(s.buf), len(b))
		s.buf = append(s.buf, b[:n]...)
		s.fs.spooled += n
		b = b[n:]
		if len(s.buf) == spoolBuffer || s.fs.spooled > spoolMemory {
			s.flush()
		}
	}
	s.size = max(s.size, s.at+int64(len(s.buf)))
}

// flush writes the buffer to the temporary file, which it makes when there is none.
func (s *spool) flush() {
	if s.err != nil || len(s.buf) == 0 {
		return
	}
	var f *os.File
	if s.temp == "" {
		f, s.err = os.CreateTemp(s.fs.opt.Extract.Dir, ".carve-*")
		if s.err == nil {
			s.temp = f.Name()
		}
	} else {
		f, s.err = os.OpenFile(s.temp, os.O_WRONLY, 0)
	}
	if s.err != nil {
		s.fs.fail(s.err)
		return
	}
	_, err := f.WriteAt(s.buf, s.at)
	if s.err = errors.Join(err, f.Close()); s.err != nil {
		s.fs.fail(s.err)
	}
	s.at += int64(len(s.buf))
	s.fs.spooled -= len(s.buf)
	s.buf = s.buf[:0]
}

// drop removes what was written.
func (s *spool) drop() {
	if s.temp != "" {
		if err := os.Remove(s.temp); err != nil {
			s.fs.fail(err)
		}
		s.temp = ""
	}
	s.fs.spooled -= len(s.buf)
	s.buf = nil
}

// extract gives f its final name on disk, if it is wanted there.
func (f *File) extract() {
	c := &f.content
	s := c.spool
	c.spool = nil
	defer s.drop()
	if !f.wantStore() || c.seen == 0 {
		return
	}
	if s.cut {
		f.fs.stats.ExtractCut++
		f.cutStored = true
		f.fs.report(f.flow, "file_extraction_limit")
	}
	s.flush()
	if s.err != nil || s.temp == "" {
		return
	}
	name := filepath.Join("partial", f.ID())
	if f.join != nil {
		name = filepath.Join("partial", f.id.UID('F'))
	}
	if f.complete && c.missing == 0 && !s.cut {
		sum := hex.EncodeToString(c.sums.SHA256[:])
		name = filepath.Join(sum[:2], sum)
	}
	if err := f.fs.place(s, name); err != nil {
		f.fs.fail(err)
		return
	}
	f.stored, f.storedAs, f.storedSize = true, name, s.size
}

// place links the temporary file to its name, unless something bears that name.
func (fs *Files) place(s *spool, name string) error {
	final := filepath.Join(fs.opt.Extract.Dir, name)
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return err
	}
	switch err := os.Link(s.temp, final); {
	case err == nil:
		fs.stats.Extracted++
		return nil
	case exists(final):
		fs.stats.AlreadyThere++
		return nil
	}
	// The file system has no links. Nothing bears the name, but for another worker that writes the same content now.
	if err := os.Rename(s.temp, final); err != nil {
		return err
	}
	s.temp = ""
	fs.stats.Extracted++
	return nil
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

package wirelore

import (
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/wirelore/wirelore/pcap"
)

// Source is one capture to read. It is a value: nothing is opened before a run begins, and a run closes what it opened.
// Sources made from an io.Reader or a gopacket source can be run once.
type Source struct {
	name string
	open func() (*pcap.Reader, error)
}

// recycle makes the engine's readers use their memory again: batches and reassembly hold what they need.
func recycle() *pcap.Options { return &pcap.Options{Recycle: true} }

// Name is what errors, progress and summaries call the capture.
func (s Source) Name() string { return s.name }

// File is the capture at a path, plain or compressed, of any format that package pcap reads.
func File(path string) Source {
	return Source{path, func() (*pcap.Reader, error) { return pcap.Open(path, recycle()) }}
}

// Reader is a capture that is read from r once, such as standard input. r is not closed.
func Reader(name string, r io.Reader) Source {
	return Source{name, func() (*pcap.Reader, error) { return pcap.NewReader(named{r, name}, recycle()) }}
}

// ReaderAt is a capture of size bytes in r.
func ReaderAt(name string, r io.ReaderAt, size int64) Source {
	return Source{name, func() (*pcap.Reader, error) { return pcap.NewReaderAt(name, r, size, recycle()) }}
}

// FS is the capture name in fsys.
func FS(fsys fs.FS, name string) Source {
	return Source{name, func() (*pcap.Reader, error) { return pcap.OpenFS(fsys, name, recycle()) }}
}

// GoPacket reads from a gopacket source, whose packets have link type link; their bytes are copied.
func GoPacket(name string, src gopacket.PacketDataSource, link layers.LinkType) Source {
	return Source{name, func() (*pcap.Reader, error) { return pcap.FromGoPacket(src, link), nil }}
}

// Glob yields the files of fsys that match any of the patterns (path.Match), folder by folder, lazily: nothing is opened,
// and 10,000 names are not gathered first. "**" as a pattern's first element matches any folders.
func Glob(fsys fs.FS, patterns ...string) iter.Seq2[Source, error] {
	return func(yield func(Source, error) bool) {
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				if !yield(Source{name: name}, err) {
					return fs.SkipAll
				}
				return nil
			}
			if d.IsDir() || !slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) }) {
				return nil
			}
			if !yield(FS(fsys, name), nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Source{}, err)
		}
	}
}

func matches(pattern, name string) bool {
	if rest, ok := strings.CutPrefix(pattern, "**/"); ok {
		name, pattern = path.Base(name), rest
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

// named gives a stream the name that errors call it by.
type named struct {
	io.Reader
	name string
}

func (n named) Name() string { return n.name }

package carve

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Options say what is done with files. The zero value identifies, counts and logs them.
type Options struct {
	// Hashes are computed for every file, besides those that the settings ask for (eve.files.force-hash, file-store).
	Hashes Hashes
	// Handlers look into the contents of files of their types.
	Handlers []*proto.FileHandler
	// Extract writes files to disk; nil writes none.
	Extract *Extract
	// Certificates writes X.509 certificates of handshakes to Zeek's files log too; by default they are in x509 alone, as
	// Zeek has it since version 5.
	Certificates bool
	// JoinBuffer bounds the bytes of one file's ranges that wait for what lies before them, 8 MiB when 0; JoinMemory those
	// of all files of a worker, 64 MiB when 0.
	JoinBuffer, JoinMemory int
	// MaxJoined bounds the files that are being joined from ranges, 4096 when 0.
	MaxJoined int
	// GatherMemory bounds what handlers gather at one time on a worker, 64 MiB when 0.
	GatherMemory int
}

// New returns the function that makes a worker's file sink, for proto.RuntimeConfig.Files. o is copied; its handlers are
// shared.
func New(o Options) func(s *proto.Setup) (proto.Files, error) {
	o.JoinBuffer = cmp.Or(o.JoinBuffer, 8<<20)
	o.JoinMemory = cmp.Or(o.JoinMemory, 64<<20)
	o.MaxJoined = cmp.Or(o.MaxJoined, 4096)
	o.GatherMemory = cmp.Or(o.GatherMemory, 64<<20)
	return func(s *proto.Setup) (proto.Files, error) {
		f, err := newFiles(s, &o)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
}

// Stats counts what a worker's sink did and what its limits cut; they add up over workers.
type Stats struct {
	Files     uint64 // opened by parsers
	Bytes     uint64 // written by parsers
	Joined    uint64 // files made of several ranges
	Truncated uint64 // ended before their end, or with gaps
	Unclosed  uint64 // left open by their parser

	JoinCut     uint64 // ranges that came too far ahead of a missing part: not waited for
	JoinEvicted uint64 // files given up early for MaxJoined
	FlowsCut    uint64 // flows of joined files that got no row of their own
	GatherCut   uint64 // contents cut for GatherMemory
	ExtractCut  uint64 // extracted files cut at their limit
	DepthCut    uint64 // files nested too deep
	GapsCut     uint64 // gaps beyond what a list holds

	Extracted    uint64 // files written to disk
	AlreadyThere uint64 // files whose content was there already
	WriteErrors  uint64
}

// maxDepth bounds files inside files, maxHandlers the handlers, which are held as a bit set.
const (
	maxDepth    = 16
	maxHandlers = 64
)

// Files is one worker's file sink. It belongs to the worker's goroutine.
type Files struct {
	opt    *Options
	out    *record.Output
	log    *record.Writer[row]
	hashes Hashes
	magic  bool // EVE: force-magic
	// forceStore writes every file, as file-store's force-filestore asks.
	forceStore bool
	keepOpen   int // slot of the flow's list of open files
	handlers   []handler

	stats    Stats
	err      error
	joins    joins
	heads    [][]byte
	hashers  []*Hasher
	gathered int // bytes that handlers gather
	spooled  int // bytes that wait to be written to disk
	row      row
	header   record.Header
	late     late
}

type handler struct {
	*proto.FileHandler
	call func(f *proto.Flow, i *proto.FileInfo, file proto.File, content []byte, whole bool)
}

func newFiles(s *proto.Setup, o *Options) (*Files, error) {
	fs := &Files{opt: o, out: s.Output, hashes: o.Hashes, log: record.Open(s.Output, Log), keepOpen: s.Slot()}
	fs.joins.byKey = map[string]*join{}
	fs.readSettings(s.Settings)
	var errs []error
	if o.Extract != nil {
		if err := o.Extract.check(); err != nil {
			errs = append(errs, err)
		}
		fs.hashes |= SHA256
	}
	for _, h := range o.Handlers {
		if h == nil || h.Start == nil || len(h.MIME) == 0 {
			errs = append(errs, errors.New("carve: a file handler needs MIME and Start"))
			continue
		}
		if call := h.Start(s); call != nil {
			fs.handlers = append(fs.handlers, handler{h, call})
		}
	}
	if len(fs.handlers) > maxHandlers {
		errs = append(errs, fmt.Errorf("carve: %d file handlers, at most %d are possible", len(fs.handlers), maxHandlers))
	}
	s.OnFlow(nil, fs.flowEnds)
	if s.Profile.ProbeSides && fs.log.WantsEVE() {
		fs.late.slot, fs.late.on = s.Slot(), true
		s.OnPacket(fs.laterPacket)
		s.OnFlow(nil, fs.laterEnd)
	}
	return fs, errors.Join(errs...)
}

// Stats returns the counters so far.
func (fs *Files) Stats() Stats { return fs.stats }

// Err returns the first error in writing files to disk.
func (fs *Files) Err() error { return fs.err }

// Open implements proto.Files.
func (fs *Files) Open(f *proto.Flow, i *proto.FileInfo) proto.File {
	fs.stats.Files++
	file := &File{fs: fs, flow: f, info: *i, start: f.Now(), last: f.Now()}
	file.info.Name = append([]byte(nil), i.Name...)
	file.info.Key = append([]byte(nil), i.Key...)
	if p, ok := i.Parent.(*File); ok && p != nil {
		file.level = p.level + 1
	}
	if file.level > maxDepth {
		fs.stats.DepthCut++
		fs.report(f, "file_nesting_limit")
		file.closed = true
		return file
	}
	file.id = f.ID.Derive('F', f.NextFile())
	if len(i.Key) > 0 {
		file.join = fs.joins.open(fs, file)
	}
	if file.join == nil {
		file.content.begin(file, i.Offset)
	} else {
		file.content.begin(file, 0)
	}
	fs.keep(file)
	return file
}

// keep adds file to its flow's list of open files.
func (fs *Files) keep(file *File) {
	if next, ok := file.flow.Slot(fs.keepOpen).(*File); ok && next != nil {
		file.next, next.prev = next, file
	}
	file.flow.SetSlot(fs.keepOpen, file)
}

// forget takes file off that list.
func (fs *Files) forget(file *File) {
	if file.next != nil {
		file.next.prev = file.prev
	}
	if file.prev != nil {
		file.prev.next = file.next
	} else {
		file.flow.SetSlot(fs.keepOpen, file.next)
	}
	file.next, file.prev = nil, nil
}

// flowEnds closes what a parser left open.
func (fs *Files) flowEnds(f *proto.Flow) {
	for {
		file, ok := f.Slot(fs.keepOpen).(*File)
		if !ok || file == nil {
			return
		}
		fs.stats.Unclosed++
		file.Close(false)
	}
}

// Flush implements proto.Files: files whose ranges never came together are logged as timed out.
func (fs *Files) Flush() { fs.joins.flush(fs) }

// report makes an anomaly of a limit that cut something.
func (fs *Files) report(f *proto.Flow, name string) {
	if f != nil {
		f.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: name, Proto: f.AppProto(), Layer: "proto_parser", Tx: -1})
	}
}

func (fs *Files) fail(err error) {
	fs.stats.WriteErrors++
	if fs.err == nil {
		fs.err = fmt.Errorf("carve: %w", err)
	}
}

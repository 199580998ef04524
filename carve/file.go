package carve

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// File is a file being received: the proto.File that parsers get. It belongs to its flow's worker. Its ID and MIME stay
// readable after Close.
type File struct {
	fs      *Files
	flow    *proto.Flow // nil for a file joined from ranges, but while its last range ends
	info    proto.FileInfo
	id      flow.ID
	uid     string
	content content
	join    *join     // what this is a range of; nil for a whole file
	order   *assembly // for WriteAt; nil without
	sids    []uint32

	start, last int64
	next, prev  *File // of the flow's open files
	level       int
	closed      bool
	complete    bool
	timedOut    bool
	wantStored  bool
	stored      bool
	storedAs    string
	storedSize  int64
	cutStored   bool
}

var _ proto.File = (*File)(nil)

// Write implements proto.File.
func (f *File) Write(b []byte) {
	if f.closed || len(b) == 0 {
		return
	}
	f.touch()
	f.fs.stats.Bytes += uint64(len(b))
	if f.join != nil {
		f.join.write(f.info.Offset+f.content.pos, b, f)
	}
	f.content.write(b)
}

// WriteAt adds b, borrowed, at offset at of the file, for protocols whose clients read and write anywhere (SMB, NFS). Bytes
// may come in any order; what comes ahead waits, within the limits of joined files, and what is still missing at the end is
// a gap. It takes the place of Write and Gap, and is not for files with a Key.
func (f *File) WriteAt(at int64, b []byte) {
	if f.closed || len(b) == 0 || at < 0 || f.join != nil {
		return
	}
	f.touch()
	f.fs.stats.Bytes += uint64(len(b))
	if f.order == nil {
		f.order = &assembly{fs: f.fs, c: &f.content}
	}
	f.order.write(at, b, f.flow)
}

// Gap implements proto.File.
func (f *File) Gap(n int64) {
	if f.closed || n <= 0 {
		return
	}
	f.touch()
	f.content.gap(n)
}

// touch notes the time of what comes now. A file begins with its first byte.
func (f *File) touch() {
	f.last = f.flow.Now()
	if f.content.seen == 0 && f.content.missing == 0 && f.order == nil {
		f.start = f.last
	}
}

// Close implements proto.File.
func (f *File) Close(complete bool) {
	if f.closed {
		return
	}
	f.closed = true
	f.complete = complete
	f.fs.forget(f)
	if f.order != nil {
		f.order.skip(false)
	}
	f.fs.finish(f)
	if f.join != nil {
		f.join.rangeEnds(f)
	}
	f.release()
}

// release drops what only an open file needs, so that who keeps the File keeps little.
func (f *File) release() {
	f.content.release()
	f.flow, f.info.Parent = nil, nil
	f.info.Meta = nil
}

// ID implements proto.File: ranges of one file have one ID.
func (f *File) ID() string {
	if f.join != nil {
		return f.join.file.ID()
	}
	if f.uid == "" && f.id != (flow.ID{}) {
		f.uid = f.id.UID('F')
	}
	return f.uid
}

// MIME implements proto.File.
func (f *File) MIME() string {
	if f.join != nil {
		return f.join.file.content.mime
	}
	return f.content.mime
}

// SetName implements proto.File.
func (f *File) SetName(name []byte) { f.info.Name = append(f.info.Name[:0], name...) }

// SetMeta implements proto.File.
func (f *File) SetMeta(event string, meta func(e *record.Encoder)) {
	f.info.Event, f.info.Meta = event, meta
}

// Store asks that the file be written to disk, as rules do; in vain when Options.Extract is nil, or when the file is
// past its first 4096 bytes and Extract.Late is false.
func (f *File) Store() { f.wantStored = true }

// Stores tells whether it is, or every file is.
func (f *File) Stores() bool { return f.wantStored || f.fs.forceStore }

// AddSID notes a rule that matched on the file, for EVE's fileinfo.sid.
func (f *File) AddSID(sid uint32) {
	if len(f.sids) < 1024 {
		f.sids = append(f.sids, sid)
	}
}

// Seen returns the bytes that came so far, Missing those of gaps between them.
func (f *File) Seen() int64 { return f.content.seen }

// Missing returns the bytes of the gaps so far.
func (f *File) Missing() int64 { return f.content.missing }

// Gaps returns the missing ranges, borrowed; positions count from the first byte written.
func (f *File) Gaps() *Ranges { return &f.content.gaps }

// whole tells that nothing is missing.
func (f *File) whole() bool {
	c := &f.content
	return f.complete && c.missing == 0 && c.overflow == 0 && (f.info.Size < 0 || c.pos >= f.info.Size)
}

// finish ends the content of f, lets handlers look and writes the records.
func (fs *Files) finish(f *File) {
	c := &f.content
	c.finish()
	if !f.complete || c.missing > 0 {
		fs.stats.Truncated++
	}
	c.handle()
	if c.spool != nil {
		f.extract()
	}
	fs.write(f)
}

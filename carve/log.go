package carve

import (
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// row is a file in one flow, as logged.
type row struct {
	f      *File
	flow   *proto.Flow
	header *record.Header
	part   bool
}

// Log declares Zeek's files and EVE's fileinfo.
var Log = &record.Log[row]{
	Path: "files", Event: "fileinfo", Scope: record.Bare,
	Doc:     "files seen in the traffic",
	Columns: columns,
}

type put = func(e *record.Encoder, r *row)

var columns = []record.Column[row]{
	{Zeek: "ts", Type: record.Time, Doc: "when its first byte was seen", Put: func(e *record.Encoder, r *row) { e.Time(r.f.start) }},
	{Zeek: "fuid", Type: record.String, Doc: "the file's identifier", Put: func(e *record.Encoder, r *row) { e.Name(r.f.ID()) }},
	{Zeek: "uid", Type: record.String, Doc: "the connection", Put: func(e *record.Encoder, r *row) {
		if r.header.HasFlow {
			e.Bytes(r.header.UID)
		}
	}},
	{Zeek: "id.orig_h", Type: record.Address, Is: record.IP, Doc: "the originator's address", Put: address(func(h *record.Header, e *record.Encoder) { e.Addr(h.Orig) })},
	{Zeek: "id.orig_p", Type: record.Port, Doc: "the originator's port", Put: address(func(h *record.Header, e *record.Encoder) { e.Uint(uint64(h.OrigPort)) })},
	{Zeek: "id.resp_h", Type: record.Address, Is: record.IP, Doc: "the responder's address", Put: address(func(h *record.Header, e *record.Encoder) { e.Addr(h.Resp) })},
	{Zeek: "id.resp_p", Type: record.Port, Doc: "the responder's port", Put: address(func(h *record.Header, e *record.Encoder) { e.Uint(uint64(h.RespPort)) })},
	{Zeek: "source", Type: record.String, Doc: "the protocol that carried it", Put: func(e *record.Encoder, r *row) { e.Str(r.f.info.Source) }},
	{Zeek: "depth", Type: record.Count, Doc: "which part of its message it is", Put: func(e *record.Encoder, r *row) { e.Uint(uint64(max(r.f.info.Depth, 0))) }},
	{Zeek: "analyzers", Type: record.StringSet, Doc: "what looked at it", Put: putAnalyzers},
	{Zeek: "mime_type", Type: record.String, Doc: "its type by its content", Put: func(e *record.Encoder, r *row) {
		if m := r.f.content.mime; m != "" {
			e.Str(m)
		}
	}},
	{Zeek: "filename", Type: record.String, Is: record.FileName, Doc: "its name, when its protocol says it", Put: func(e *record.Encoder, r *row) {
		if n := r.f.info.Name; len(n) > 0 && !r.f.namedByURL() {
			e.Bytes(n)
		}
	}},
	{Zeek: "duration", Type: record.Interval, Doc: "from the first byte to the last", Put: func(e *record.Encoder, r *row) { e.Interval(r.f.last - r.f.start) }},
	{Zeek: "local_orig", Type: record.Bool, Doc: "whether its sender is local; unset without a list of local networks", Put: func(*record.Encoder, *row) {}},
	{Zeek: "is_orig", Type: record.Bool, Doc: "whether the originator sent it", Put: func(e *record.Encoder, r *row) { e.Bool(r.f.info.Dir == proto.Orig) }},
	{Zeek: "seen_bytes", Type: record.Count, Doc: "bytes that came", Put: count(func(f *File) int64 { return f.content.seen })},
	{Zeek: "total_bytes", Type: record.Count, Doc: "bytes it has by its protocol", Put: func(e *record.Encoder, r *row) {
		if n := r.f.info.Size; n >= 0 {
			e.Uint(uint64(n))
		}
	}},
	{Zeek: "missing_bytes", Type: record.Count, Doc: "bytes missing between those that came", Put: count(func(f *File) int64 { return f.content.missing })},
	{Zeek: "overflow_bytes", Type: record.Count, Doc: "bytes not waited for", Put: count(func(f *File) int64 { return f.content.overflow })},
	{Zeek: "timedout", Type: record.Bool, Doc: "whether it was given up before its end", Put: func(e *record.Encoder, r *row) { e.Bool(r.f.timedOut) }},
	{Zeek: "parent_fuid", Type: record.String, Doc: "the file it came out of", Put: func(e *record.Encoder, r *row) {
		if p := r.f.info.Parent; p != nil {
			e.Str(p.ID())
		}
	}},
	{Zeek: "md5", Type: record.String, Is: record.Hash, Doc: "MD5 of the content", Put: zeekSum(MD5, func(s *Sums) []byte { return s.MD5[:] })},
	{Zeek: "sha1", Type: record.String, Is: record.Hash, Doc: "SHA-1 of the content", Put: zeekSum(SHA1, func(s *Sums) []byte { return s.SHA1[:] })},
	{Zeek: "sha256", Type: record.String, Is: record.Hash, Doc: "SHA-256 of the content", Put: zeekSum(SHA256, func(s *Sums) []byte { return s.SHA256[:] })},
	{Zeek: "extracted", Type: record.String, Doc: "where it was written, below the directory for it", Put: func(e *record.Encoder, r *row) {
		if r.f.stored {
			e.Str(r.f.storedAs)
		}
	}},
	{Zeek: "extracted_cutoff", Type: record.Bool, Doc: "whether it was cut there", Put: func(e *record.Encoder, r *row) {
		if r.f.stored {
			e.Bool(r.f.cutStored)
		}
	}},
	{Zeek: "extracted_size", Type: record.Count, Doc: "its size there", Put: func(e *record.Encoder, r *row) {
		if r.f.stored {
			e.Uint(uint64(r.f.storedSize))
		}
	}},

	{EVE: "app_proto", Type: record.String, Doc: "the protocol that carried it; the record of its transaction stands before", Put: putAppProto},
	{EVE: "fileinfo.filename", Type: record.String, Is: record.FileName, Doc: "its name or path", Put: func(e *record.Encoder, r *row) {
		if n := r.f.info.Name; len(n) > 0 {
			e.Bytes(n)
		}
	}},
	{EVE: "fileinfo.sid", Type: record.Object, Doc: "rules that matched on it", Put: putSIDs},
	{EVE: "fileinfo.magic", Type: record.String, Doc: "its type by its content, when force-magic asks for it", Put: func(e *record.Encoder, r *row) {
		if m := r.f.content.mime; r.f.fs.magic && m != "" {
			e.Str(m)
		}
	}},
	{EVE: "fileinfo.gaps", Type: record.Bool, Doc: "whether something is missing in it", Put: func(e *record.Encoder, r *row) { e.Bool(r.f.hasGaps()) }},
	{EVE: "fileinfo.state", Type: record.String, Doc: "CLOSED or TRUNCATED", Put: func(e *record.Encoder, r *row) { e.Name(r.f.state()) }},
	{EVE: "fileinfo.md5", Type: record.String, Is: record.Hash, Doc: "MD5 of a closed file", Put: eveSum(MD5, true, func(s *Sums) []byte { return s.MD5[:] })},
	{EVE: "fileinfo.sha1", Type: record.String, Is: record.Hash, Doc: "SHA-1 of a closed file", Put: eveSum(SHA1, true, func(s *Sums) []byte { return s.SHA1[:] })},
	{EVE: "fileinfo.sha256", Type: record.String, Is: record.Hash, Doc: "SHA-256 of the bytes that came", Put: eveSum(SHA256, false, func(s *Sums) []byte { return s.SHA256[:] })},
	{EVE: "fileinfo.stored", Type: record.Bool, Doc: "whether it was written to disk", Put: func(e *record.Encoder, r *row) { e.Bool(r.f.stored) }},
	{EVE: "fileinfo.file_id", Type: record.Count, Doc: "a number for the stored file", Put: func(e *record.Encoder, r *row) {
		if r.f.stored {
			e.Uint(r.f.id.Number() & (1<<32 - 1))
		}
	}},
	{EVE: "fileinfo.size", Type: record.Count, Doc: "bytes of it, missing ones included", Put: func(e *record.Encoder, r *row) { e.Uint(uint64(r.f.content.pos)) }},
	{EVE: "fileinfo.start", Type: record.Count, Doc: "a range's first byte", Put: func(e *record.Encoder, r *row) {
		if r.part {
			e.Uint(uint64(r.f.info.Offset))
		}
	}},
	{EVE: "fileinfo.end", Type: record.Count, Doc: "a range's last byte", Put: func(e *record.Encoder, r *row) {
		if r.part {
			e.Uint(uint64(r.f.info.Offset + max(r.f.content.pos-1, 0)))
		}
	}},
	{EVE: "fileinfo.tx_id", Type: record.Count, Doc: "the transaction's number in its flow", Put: func(e *record.Encoder, r *row) { e.Uint(r.f.info.TxID) }},
}

func address(value func(h *record.Header, e *record.Encoder)) put {
	return func(e *record.Encoder, r *row) {
		if r.header.HasAddr {
			value(r.header, e)
		}
	}
}

func count(value func(f *File) int64) put {
	return func(e *record.Encoder, r *row) { e.Uint(uint64(value(r.f))) }
}

// zeekSum writes a hash of the whole content only, as Zeek does.
func zeekSum(h Hashes, value func(s *Sums) []byte) put {
	return func(e *record.Encoder, r *row) {
		if s := r.f.content.sums; s != nil && s.Have&h != 0 && !r.f.hasGaps() && !r.f.timedOut {
			e.Hex(value(s))
		}
	}
}

// eveSum writes a hash, that of a truncated file only where Suricata does so.
func eveSum(h Hashes, closed bool, value func(s *Sums) []byte) put {
	return func(e *record.Encoder, r *row) {
		if s := r.f.content.sums; s != nil && s.Have&h != 0 && (!closed || r.f.state() == "CLOSED") {
			e.Hex(value(s))
		}
	}
}

func (f *File) hasGaps() bool { return f.content.missing > 0 || f.content.overflow > 0 }

func (f *File) state() string {
	if f.complete && !f.hasGaps() {
		return "CLOSED"
	}
	return "TRUNCATED"
}

// namedByURL tells a name that is the path of a request, which Suricata takes for want of a better one, and Zeek does not.
func (f *File) namedByURL() bool { return f.info.Source == "HTTP" && f.info.Name[0] == '/' }

func putAnalyzers(e *record.Encoder, r *row) {
	f := r.f
	e.List()
	if f.stored {
		e.Str("EXTRACT")
	}
	for _, h := range [...]struct {
		h    Hashes
		name string
	}{{MD5, "MD5"}, {SHA1, "SHA1"}, {SHA256, "SHA256"}} {
		if f.content.sums != nil && f.content.sums.Have&h.h != 0 {
			e.Str(h.name)
		}
	}
	for i := range f.fs.handlers {
		if f.content.wanted&(1<<i) != 0 {
			e.Str(f.fs.handlers[i].Name)
		}
	}
	e.EndList()
}

func putSIDs(e *record.Encoder, r *row) {
	if len(r.f.sids) == 0 {
		return
	}
	e.List()
	for _, s := range r.f.sids {
		e.Uint(uint64(s))
	}
	e.EndList()
}

// putAppProto writes the flow's protocol. The transaction's own member comes before it: its name is the file's to say, so
// the column's key is taken back and written again behind it.
func putAppProto(e *record.Encoder, r *row) {
	const key = `,"app_proto":`
	if i := &r.f.info; i.Meta != nil && i.Event != "" {
		e.Cut(e.Mark() - len(key))
		e.Key(i.Event)
		i.Meta(e)
		e.Key("app_proto")
	}
	e.Name(r.flow.AppProto())
}

// wantsZeek tells whether f gets rows in Zeek's log, which knows no empty files.
func (fs *Files) wantsZeek(f *File) bool {
	if !fs.log.WantsZeek() || f.info.HideZeek || f.content.pos == 0 {
		return false
	}
	return fs.opt.Certificates || !strings.HasPrefix(f.info.MIME, "application/x-x509-")
}

// write logs a file that came in one flow, or one range of a file for EVE.
func (fs *Files) write(f *File) {
	if !fs.log.Wanted() {
		return
	}
	fs.header = f.flow.Header()
	h := &fs.header
	h.TxID = -1
	fs.row = row{f: f, flow: f.flow, header: h, part: f.join != nil || f.info.Offset > 0}
	if fs.wantsZeek(f) && f.join == nil {
		now := h.Nanos
		h.Nanos = f.start
		fs.log.WriteZeek(h, &fs.row)
		h.Nanos = now
	}
	if fs.log.WantsEVE() && !f.info.HideEVE {
		h.Swap = f.info.Dir == proto.Resp
		if fs.late.on && !fromSender(f.flow, f.info.Dir) {
			fs.later(f.flow, f.info.Dir)
		} else {
			fs.log.WriteEVE(h, &fs.row)
		}
	}
	fs.row = row{}
}

// finishJoin ends a file made of ranges: for Zeek one row for each of its flows, for EVE a record if it is complete.
func (fs *Files) finishJoin(j *join) {
	f := j.file
	c := &f.content
	c.finish()
	if !f.complete || c.missing > 0 {
		fs.stats.Truncated++
	}
	c.handle()
	if c.spool != nil {
		f.extract()
	}
	if fs.wantsZeek(f) {
		for i := range j.conns {
			h := &j.conns[i].header
			h.UID, h.Nanos = j.conns[i].uid[:], f.start
			fs.row = row{f: f, header: h}
			fs.log.WriteZeek(h, &fs.row)
		}
	}
	if fs.log.WantsEVE() && !f.info.HideEVE && f.flow != nil {
		fs.header = f.flow.Header()
		fs.header.TxID, fs.header.Swap = -1, f.info.Dir == proto.Resp
		fs.row = row{f: f, flow: f.flow, header: &fs.header}
		fs.log.WriteEVE(&fs.header, &fs.row)
	}
	fs.row = row{}
}

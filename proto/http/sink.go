package http

import (
	"github.com/wirelore/wirelore/internal/mime"
	"github.com/wirelore/wirelore/proto"
)

// sink makes files of a decoded body. Zeek and Suricata differ in what a file is: Zeek sees one in every entity of either
// direction, Suricata only in bodies of POST, PUT and responses and in form parts with a file name, and only up to the
// body limit. Where one output alone is wanted its rules hold; otherwise every entity is one file.
type sink struct {
	b       *body
	file    proto.File
	eve     bool
	no      bool // this body is no file
	form    bool // a multipart body
	opened  bool
	left    int64  // bytes up to the body limit
	full    uint64 // the packet with which the limit was reached
	cutAt   uint64 // the later packet that brought more: the file is closed behind it
	limited bool
	span    []byte // Content-Range of the part at hand
	inner   nested
	last    byte // of the body
	// late: the request's file is complete, but Suricata writes its record with what the response's first bytes tell.
	late, whole bool
}

func (k *sink) start(b *body) {
	*k = sink{b: b, eve: b.p.cfg.eveOnly, span: k.span[:0], inner: k.inner}
	k.inner.start(false)
	if n := b.p.cfg.limit[b.dir]; k.eve && n > 0 {
		k.limited, k.left = true, n
	}
	if b.p.cfg.zeekOnly && b.dir == proto.Resp && !b.tx.zeek.reply {
		k.no = true
		return
	}
	ct := b.m.value(fContentType)
	multi := len(ct) >= 10 && equalFold(ct[:10], "multipart/")
	if k.eve {
		post := string(b.tx.Method) == "POST"
		if b.dir == proto.Orig && !post && string(b.tx.Method) != "PUT" {
			k.no = true
			return
		}
		multi = b.dir == proto.Orig && post && len(ct) >= 19 && equalFold(ct[:19], "multipart/form-data")
	}
	k.inner.start(b.p.cfg.zeekOnly && len(ct) >= 8 && equalFold(ct[:8], "message/"))
	if multi && hasBoundary(ct) {
		k.form = true
		if b.form == nil {
			b.form = new(mime.Parser)
		}
		b.form.ResetBody(k, &formLimits, ct)
	}
}

func hasBoundary(ct []byte) bool { return indexFold(ct, "boundary=", false) >= 0 }

// formLimits bound what a form may hold.
var formLimits = mime.Limits{Entities: 1024, Header: 16 << 10, Depth: 8}

func (k *sink) write(data []byte) {
	if k.no {
		return
	}
	k.last = data[len(data)-1]
	k.inner.write(k.b.p, data)
	if k.limited && k.file != nil && proto.Stores(k.file) {
		k.limited = false
	}
	if k.limited {
		if k.left <= 0 {
			// What is decoded comes in many pieces from one packet, and Suricata looks at each.
			if n := k.b.p.packet(); n != k.full || k.b.coding.n > 0 {
				k.cutAt = n
			}
			return
		}
		if int64(len(data)) > k.left {
			data = data[:k.left]
		}
		if k.left -= int64(len(data)); k.left == 0 {
			k.full = k.b.p.packet()
		}
	}
	if k.form {
		k.b.form.Write(data)
		return
	}
	if !k.opened {
		k.openWhole()
	}
	if k.file != nil {
		k.file.Write(data)
	}
}

// cut closes a file that went past the body limit once another packet than the one that brought more is at hand.
func (k *sink) cut(packet uint64) {
	if k.cutAt != 0 && packet != k.cutAt && !k.form && k.file != nil {
		k.close(false)
	}
}

func (k *sink) gap(n int64) {
	if k.no {
		return
	}
	if k.form {
		k.b.form.Gap(n)
		return
	}
	if !k.opened {
		k.openWhole()
	}
	if k.file != nil {
		k.file.Gap(n)
	}
}

func (k *sink) end(whole bool) {
	if k.b == nil || k.no {
		return
	}
	if k.form {
		k.b.form.Close()
		k.whole = k.whole || whole && k.cutAt == 0 // a last part without delimiter ends with the body
	}
	if k.eve && k.b.dir == proto.Orig && k.file != nil {
		if !k.late {
			k.late, k.whole = true, whole
			proto.EndFile(k.file, whole)
		}
	} else {
		k.close(whole && k.cutAt == 0)
	}
	k.pad()
	k.b = nil
}

// pad counts the line end that Zeek adds to the last line of a body that it reads by lines: multipart, or without length
// and without "Connection: close".
func (k *sink) pad() {
	b := k.b
	if k.inner.on && b.m.gzip {
		b.m.padding = -k.inner.ends
		return
	}
	if b.m.Plain == 0 || k.last == '\n' {
		return
	}
	if k.form {
		b.m.padding = 2
		b.p.zeek.unterminated(b.p)
		return
	}
	if b.dir == proto.Resp && b.p.side[b.dir].state == sRest && b.tx.version[proto.Resp] != v09 &&
		!equalFold(b.m.value(fConnection), "close") {
		b.m.padding = 2
	}
}

// openWhole opens the file of a body that is one.
func (k *sink) openWhole() {
	k.opened = true
	b := k.b
	p, tx := b.p, b.tx
	i := proto.FileInfo{Source: "HTTP", Dir: b.dir, Size: -1, TxID: tx.ID, Event: "http", Meta: p.meta[b.dir]}
	if b.length >= 0 && b.coding.n == 0 {
		i.Size = b.length
	}
	name := dispositionName(b.m.value(fContentDisposition))
	if name != nil && b.tx.lostDisposition(b.dir) {
		b.p.zeek.weird(b.p, wMissingEntity, "", "HTTP")
		if b.p.cfg.zeekOnly {
			name = nil
		}
	}
	i.Name = name
	if name == nil && p.cfg.eveWanted {
		i.Name = tx.pathName()
		if k.eve && len(i.Name) == 0 {
			k.no = true
			return
		}
	}
	if b.dir == proto.Resp && b.coding.n == 0 && b.tx.Status == 206 {
		k.rangeOf(&i, b.m.value(fContentRange), b.length)
	}
	k.open(&i, name)
}

// lostDisposition tells whether the disposition came when Zeek had closed the entity it belongs to.
func (tx *Tx) lostDisposition(d proto.Dir) bool {
	if d != proto.Resp || tx.zeek.entityLost == 0 {
		return false
	}
	for i := range tx.Resp.Fields {
		if tx.Resp.Fields[i].id == fContentDisposition {
			return i >= tx.zeek.entityLost-1
		}
	}
	return false
}

// rangeOf notes where in a file a partial response lies, so that its parts come together (RFC 9110, section 14.4).
func (k *sink) rangeOf(i *proto.FileInfo, cr []byte, length int64) {
	if cr == nil {
		return
	}
	r, ok := parseContentRange(cr)
	if !ok || r.start < 0 || r.end < r.start || r.size >= 0 && r.end >= r.size {
		k.b.p.event(k.b.dir, evRangeInvalid)
		return
	}
	if length >= 0 && r.end-r.start+1 != length {
		k.b.p.zeek.weird(k.b.p, wRangeNotMatchingLen, "", "HTTP")
		return
	}
	if r.size < 0 {
		return
	}
	i.Offset, i.Size = r.start, r.size
	i.Key = k.b.tx.rangeKey()
}

func (k *sink) open(i *proto.FileInfo, name []byte) {
	b := k.b
	k.file = b.p.s.File(i)
	if len(b.m.files) < maxLoggedFiles {
		pt := part{file: k.file}
		if name != nil {
			pt.name = b.tx.Keep(name)
		}
		b.m.files = append(b.m.files, pt)
	}
}

// maxLoggedFiles is how many files of one message Zeek's row names.
const maxLoggedFiles = 15

// settle closes a request's file that waits for the response.
func (k *sink) settle() {
	if k.late {
		k.late = false
		k.close(k.whole)
	}
}

func (k *sink) close(whole bool) {
	if k.file != nil {
		k.file.Close(whole)
		k.file = nil
	}
}

// Header implements mime.Handler.
func (k *sink) Header(e *mime.Entity, h mime.Header) {
	if e.Depth > 0 && equalFold(h.Name, "content-range") {
		k.span = append(k.span[:0], h.Value...)
	}
	if e.Depth > 0 && equalFold(h.Name, "transfer-encoding") {
		k.b.p.weird(wNestedTransferEncoding, "")
	}
}

// Begin implements mime.Handler: to Suricata a part with a name is a file from here on.
func (k *sink) Begin(e *mime.Entity) {
	if k.eve && e.Kind == mime.Leaf && len(e.Filename) > 0 {
		k.settle()
		k.openPart(e)
	}
}

// Body implements mime.Handler: a part's file begins with its first byte.
func (k *sink) Body(e *mime.Entity, data []byte) {
	if k.eve && len(e.Filename) == 0 {
		return
	}
	if k.b.tx.form && k.b.dir == proto.Orig && len(e.Filename) > 0 {
		k.b.tx.uploads.write(data)
	}
	k.settle()
	if k.file == nil {
		k.openPart(e)
	}
	k.file.Write(data)
}

func (k *sink) openPart(e *mime.Entity) {
	b := k.b
	i := proto.FileInfo{Source: "HTTP", Dir: b.dir, Size: -1, TxID: b.tx.ID, Event: "http", Meta: b.p.meta[b.dir]}
	if b.dir == proto.Resp && len(k.span) > 0 {
		k.rangeOf(&i, k.span, -1)
	}
	var name []byte
	if len(e.Filename) > 0 {
		name = e.Filename
		i.Name = name
	}
	k.open(&i, name)
}

// Gap implements mime.Handler.
func (k *sink) Gap(e *mime.Entity, n int64) {
	if k.file != nil {
		k.file.Gap(n)
	}
}

// End implements mime.Handler.
func (k *sink) End(e *mime.Entity, closed bool) {
	if e.Kind != mime.Leaf {
		return
	}
	if k.eve && len(e.Filename) > 0 && (k.file == nil || k.late) {
		k.settle()
		k.openPart(e)
	}
	k.span = k.span[:0]
	if k.b.dir == proto.Orig && len(e.Filename) > 0 {
		k.b.tx.uploads.end()
	}
	if k.eve && k.b.dir == proto.Orig && k.file != nil {
		k.late, k.whole = true, closed
		proto.EndFile(k.file, closed)
		return
	}
	k.close(closed)
}

// Defect implements mime.Handler.
func (k *sink) Defect(d mime.Defect) {
	switch d {
	case mime.NoBoundary, mime.LongBoundary, mime.TooDeep, mime.TooManyParts:
		k.b.p.event(k.b.dir, evMultipartGenericError)
	case mime.MalformedHeader, mime.CutHeader:
		k.b.p.event(k.b.dir, evMultipartInvalidHeader)
	}
}

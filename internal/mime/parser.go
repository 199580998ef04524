package mime

import "bytes"

// state is what the next byte belongs to.
type state uint8

const (
	inHeaders state = iota
	inBody
	inDelimiter // the rest of a delimiter's line, before a part
	inTrailer   // the rest of a closing delimiter's line, before the epilogue
)

// longestLine is the longest line of RFC 5322, section 2.1.1, without its end; longestEncoded that of RFC 2045.
const (
	longestLine    = 998
	longestEncoded = 76
)

// Parser takes one message apart. The zero value must be Reset before use; after Close it may be Reset and reused.
type Parser struct {
	h       Handler
	lim     Limits
	state   state
	depth   int      // open entities: stack[:depth]
	stack   []Entity // entities by depth, reused
	leaf    *Entity  // receives the body; nil in preambles, epilogues and after a limit
	offset  int64    // input consumed
	ordinal int
	seen    uint32 // defects reported

	// lines
	eol     byte // 0: not known, LF or CR
	sawCR   bool // eol unknown and the last byte was CR
	lineLen int  // of the current body line
	bol     bool // at the beginning of a line
	endCR   bool // the last piece of a body line ended with CR
	skip    bool // header state: the current line goes on after a gap

	// delimiters
	open      int    // multiparts among stack[:depth]
	candidate []byte // beginning of a line that may yet be a delimiter
	lineStart int64  // where that line begins
	held      [2]byte
	nheld     int // held[:nheld] is a line end that belongs to a delimiter, if one follows

	// headers
	line  []byte // the line so far, when it came in pieces
	field []byte // the field so far, folds as LF
	value []byte // unfolded
	cut   bool   // field was cut
	fresh bool   // no line of this entity's headers seen yet

	dec     decoder
	scratch []byte // decoded output
	names   []byte // backing of the parsed parameters while an entity begins
}

// Reset makes p ready for a message that begins with its headers. The handler h is called from Write, Gap and Close;
// limits may be nil.
func (p *Parser) Reset(h Handler, limits *Limits) {
	*p = Parser{
		h: h, lim: limits.withDefaults(), stack: p.stack, candidate: p.candidate[:0], line: p.line[:0],
		field: p.field[:0], value: p.value[:0], scratch: p.scratch, names: p.names[:0],
		dec: decoder{hold: p.dec.hold[:0]},
	}
	p.bol = true
	p.push()
}

// ResetBody makes p ready for a body whose headers were read elsewhere, as in HTTP: contentType is the value of the
// Content-Type header, copied. Handler methods Header (for it) and Begin are called at once.
func (p *Parser) ResetBody(h Handler, limits *Limits, contentType []byte) {
	p.Reset(h, limits)
	p.field = append(append(p.field[:0], "Content-Type:"...), contentType...)
	p.fresh = false
	p.flushField()
	p.endHeaders()
}

// Write feeds the next bytes of the message; b is borrowed.
func (p *Parser) Write(b []byte) {
	if p.h == nil {
		return
	}
	for len(b) > 0 {
		var n int // each state moves p.offset itself, since it calls back in between
		switch p.state {
		case inHeaders:
			n = p.headers(b)
		case inBody:
			n = p.body(b)
		default:
			n = p.delimiterRest(b)
		}
		b = b[n:]
	}
}

// Gap tells that n bytes of the message were lost. Headers that the gap cut are dropped; bodies go on.
func (p *Parser) Gap(n int64) {
	if n <= 0 || p.h == nil {
		return
	}
	switch p.state {
	case inHeaders:
		p.line = p.line[:0]
		p.candidate = p.candidate[:0]
		p.flushField()
		p.skip, p.fresh = true, false
	case inBody:
		p.releaseCandidate()
		p.releaseHeld()
		p.lineLen = 0
		if p.leaf != nil {
			p.finishDecoder()
			p.dec.reset(p.leaf.Encoding)
			p.h.Gap(p.leaf, n)
		}
	}
	p.bol, p.sawCR = false, false
	p.offset += n
}

// Close ends the message and every entity that is still open. Further calls need a Reset.
func (p *Parser) Close() {
	if p.h == nil {
		return
	}
	if p.state == inHeaders {
		p.finishHeaders()
	}
	p.releaseCandidate()
	if p.state == inBody {
		if p.lim.TrimEnd && p.leaf != nil && len(p.leaf.Filename) > 0 && !p.keepsLineEnd() {
			p.nheld = 0
		}
		p.releaseHeld()
	}
	if p.open > 0 {
		p.defect(Unclosed)
	}
	p.closeTo(0, p.open == 0)
	p.h = nil
}

// Offset returns the number of bytes consumed, gaps included.
func (p *Parser) Offset() int64 { return p.offset }

// InHeaders tells whether the next byte belongs to the headers of the outermost entity.
func (p *Parser) InHeaders() bool { return p.state == inHeaders && p.depth == 1 }

// defect reports d unless it was reported before.
func (p *Parser) defect(d Defect) {
	if p.seen&(1<<d) == 0 {
		p.seen |= 1 << d
		p.h.Defect(d)
	}
}

// push opens an entity below the current one and expects its headers. It reports false when a limit forbids it.
func (p *Parser) push() bool {
	if p.ordinal >= p.lim.Entities {
		p.defect(TooManyParts)
		return false
	}
	if p.depth == len(p.stack) {
		p.stack = append(p.stack, Entity{})
	}
	e := &p.stack[p.depth]
	e.reset()
	p.ordinal++
	e.Ordinal, e.Depth, e.Start = p.ordinal, p.depth, p.offset
	p.depth++
	p.leaf = nil
	p.state, p.fresh, p.skip = inHeaders, true, false
	p.field, p.cut = p.field[:0], false
	return true
}

// reset empties e and keeps its buffers.
func (e *Entity) reset() {
	*e = Entity{
		Type: e.Type[:0], Charset: e.Charset[:0], Disposition: e.Disposition[:0],
		Filename: e.Filename[:0], Field: e.Field[:0], Boundary: e.Boundary[:0],
	}
}

// closeTo ends entities until depth are open. A multipart counts as closed if its closing delimiter came, anything
// else if whole says so.
func (p *Parser) closeTo(depth int, whole bool) {
	for p.depth > depth {
		e := &p.stack[p.depth-1]
		if e == p.leaf {
			p.finishDecoder()
			p.leaf = nil
		}
		p.depth--
		closed := whole
		if e.Kind == Multipart {
			closed = e.finished
			if !e.finished {
				p.open--
			}
		}
		p.h.End(e, closed)
	}
}

// lineEnd finds the end of the line that b goes on with and returns the index after it. The kind of line end is
// learnt from the first line: CR alone is taken as one only if the first line ends so.
func (p *Parser) lineEnd(b []byte) (int, bool) {
	if p.eol != 0 {
		i := bytes.IndexByte(b, p.eol)
		return i + 1, i >= 0
	}
	if p.sawCR {
		p.sawCR = false
		if b[0] == '\n' {
			p.eol = '\n'
			return 1, true
		}
		p.eol = '\r'
		p.defect(BareLineEnd)
		return 0, true
	}
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return 0, false
	case b[i] == '\n':
		p.eol = '\n'
		p.defect(BareLineEnd)
		return i + 1, true
	case i+1 == len(b):
		p.sawCR = true
		return 0, false
	case b[i+1] == '\n':
		p.eol = '\n'
		return i + 2, true
	default:
		p.eol = '\r'
		p.defect(BareLineEnd)
		return i + 1, true
	}
}

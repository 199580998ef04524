// Package http takes HTTP/1 apart: versions 0.9, 1.0 and 1.1 with pipelining, chunked and close-delimited bodies,
// content codings, ranges, form uploads, CONNECT and protocol upgrades.
//
// It reads as leniently as browsers and servers do, since what they accept is what an attacker may send: line feeds
// alone as line ends, white space before colons, folded fields, odd versions, wrong chunk sizes. What is odd is
// reported by the names that Zeek (weird) and Suricata (anomaly) have for it.
//
// Bodies stream through the content codings into files; only what rules want of them is held, up to the body limits. Header
// blocks are bounded by maxHeader.
//
// Sources: RFC 9110, RFC 9112 (and 1945, 2616 for what came before), RFC 7578 (form data), RFC 1950 to 1952 (deflate,
// gzip), RFC 7932 (brotli), RFC 8878 (zstd).
package http

import (
	"github.com/wirelore/wirelore/proto"
)

// The stages of a transaction. With pipelining the request's stages may come long before the response's.
const (
	// RequestLine: method, target and version are known.
	RequestLine proto.Stage = iota + 1
	// RequestHeaders: all request fields are known.
	RequestHeaders
	// RequestBody: more of the request's body came; only for those who want it.
	RequestBody
	// RequestDone: the request is complete, trailer included.
	RequestDone
	// ResponseLine: status and version are known.
	ResponseLine
	// ResponseHeaders: all response fields are known.
	ResponseHeaders
	// ResponseBody: more of the response's body came; only for those who want it.
	ResponseBody
	// ResponseDone: the response is complete: Zeek's row is written.
	ResponseDone
	// Done: both sides are complete, or will never be: the EVE record is written.
	Done
)

// Proto is HTTP/1.
var Proto = proto.Define(proto.Spec[Tx]{
	Name:    "http",
	Doc:     "HTTP/0.9, 1.0 and 1.1",
	Detect:  proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: ports, Probe: probe, Depth: 4096},
	New:     newParser,
	Buffers: buffers,
	Alert:   alert, Trigger: proto.TriggerComplete,
	// RequestDone and ResponseDone are announced whatever ends a message.
	Complete: [2]proto.Stage{RequestDone, ResponseDone},
	Logs: []proto.Log[Tx]{
		{Log: zeekLog, At: zeekRow},
		{Log: eveLog, At: Done, If: (*Tx).loggable},
	},
	Events: events,
	Limits: proto.Limits{OpenTx: 1024, TxKeep: 4 << 20},
})

// zeekRow is the internal stage at which Zeek's row is written: with the response, or at the flow's end.
const zeekRow = Done + 1

// ports are Zeek's likely server ports of HTTP.
var ports = []uint16{80, 81, 631, 1080, 3128, 8000, 8080, 8888}

// Tx is one request with its response; either may be missing.
type Tx struct {
	proto.Tx
	// Depth counts the flow's transactions from 1, as Zeek's trans_depth.
	Depth int
	// Req and Resp are the two messages.
	Req, Resp Message

	// Method, Target and ReqVersion are the request line's parts, as sent.
	Method, Target, Protocol []byte
	// Status is the code, 0 when there is none; StatusText and Reason are as sent.
	Status             int
	StatusText, Reason []byte
	RespProtocol       []byte
	// InfoStatus and InfoReason are those of the last 1xx response.
	InfoStatus int
	InfoReason []byte

	cfg        *config
	host       []byte // libhtp's host name
	port       int    // libhtp's port, -1: none, 0: the fields were not looked at
	uri        []byte // normalised, made when asked for
	infoLine   []byte // of the last 1xx response
	infoText   []byte
	rendered   [2]rendered
	version    [2]version
	zeek       zeekFacts
	user, pass []byte
	connect    bool
	unmatched  bool // a response without a request
	logged     bool // Zeek's row is written
	ended      bool
	requested  bool // nothing more of the request comes
	authority  bool // host is the target's
	put, form  bool // the request's body is one file, or a form that may hold some
	uploads    uploads
}

// Reset makes the transaction new: what is made for rules and the bodies keep some of their memory.
func (t *Tx) Reset() {
	for d := range t.rendered {
		t.rendered[d].reset()
	}
	rendered, req, resp := t.rendered, smallBody(t.Req.Body), smallBody(t.Resp.Body)
	*t = Tx{Tx: t.Tx, rendered: rendered}
	t.Req.Body, t.Resp.Body = req, resp
}

// smallBody empties a body's memory for the next transaction, if it is little.
func smallBody(b []byte) []byte {
	if cap(b) > maxRendered {
		return nil
	}
	return b[:0]
}

// Message is one direction of a transaction. All byte slices belong to the transaction.
type Message struct {
	// Seen: its first line came. Complete: it ended as announced.
	Seen, Complete bool
	// Line is the first line without its line end.
	Line []byte
	// Raw is the header block as sent, without the first line, with the empty line that ends it.
	Raw []byte
	// Fields are the header fields in order, those of the trailer last.
	Fields []Field
	// Wire counts the body's bytes as sent, chunk framing included; Raw body bytes without framing are Plain; Entity
	// are those after the content codings.
	Wire, Plain, Entity int64
	// Body holds the first bytes of the decoded body, when a rule wants them; nil: none came.
	Body []byte
	// Gaps: bytes of the body are missing.
	Gaps bool

	store   [20]Field
	files   []part
	fstore  [2]part
	padding int64 // what Zeek counts besides: a line end behind an unterminated last line
	gzip    bool  // one content coding that Zeek undoes
	headEnd int   // length of Raw behind the header block, later behind the trailer
	headed  bool  // nothing more of the header block comes
	trailed bool  // nor of the trailer
	whole   bool  // nor of a chunked body
	cut     bool  // it ends within a line
	started bool
}

// Field is one header field.
type Field struct {
	// Name is as sent, without white space around it.
	Name []byte
	// Value is unfolded and trimmed.
	Value []byte
	// Merged is the value with those of later fields of the same name, as libhtp joins them; set on the first only.
	Merged []byte
	// Dup: the value was merged into that of an earlier field.
	Dup bool
	// Trailer: it came behind a chunked body.
	Trailer bool
	hash    uint32 // of the name in lower case
	id      fieldID
	noColon bool
	folded  bool
	at, to  int // where in Raw it lies, with what was folded to it
}

func (m *Message) init() {
	m.Fields = m.store[:0]
	m.files = m.fstore[:0]
}

// find returns the first field of a known name, nil when absent.
func (m *Message) find(id fieldID) *Field {
	for i := range m.Fields {
		if m.Fields[i].id == id {
			return &m.Fields[i]
		}
	}
	return nil
}

// last returns the last field of a known name, nil when absent.
func (m *Message) last(id fieldID) *Field {
	for i := len(m.Fields) - 1; i >= 0; i-- {
		if m.Fields[i].id == id {
			return &m.Fields[i]
		}
	}
	return nil
}

// value returns the merged value of a field, nil when absent.
func (m *Message) value(id fieldID) []byte {
	f := m.find(id)
	if f == nil {
		return nil
	}
	if f.Merged != nil {
		return f.Merged
	}
	return f.Value
}

func (tx *Tx) message(d proto.Dir) *Message {
	if d == proto.Orig {
		return &tx.Req
	}
	return &tx.Resp
}

// loggable tells whether Suricata would log the transaction.
func (tx *Tx) loggable() bool { return tx.Req.Seen || tx.Resp.Seen }

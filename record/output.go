package record

import (
	"cmp"
	"net/netip"
	"strings"
)

// Order places a record in the run, the same for any number of workers: by the packet that caused it, or by the
// deadline of a timer that ran out before that packet; First and Layer tell apart what happens at one deadline.
type Order struct {
	Number   uint64 // packet number; math.MaxUint64 for the end of the capture
	Deadline int64  // ns; math.MaxInt64 for what the packet itself caused
	First    uint64 // the flow's first packet (timers), or the packet's layer
	Layer    uint8
}

// Compare orders two places.
func (a Order) Compare(b Order) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Deadline, b.Deadline),
		cmp.Compare(a.First, b.First), cmp.Compare(a.Layer, b.Layer))
}

// Header holds the values that stand before a log's own columns.
type Header struct {
	Nanos int64 // the record's time
	// FlowID is nil-like when HasFlow is false: records that belong to no flow.
	HasFlow bool
	HasAddr bool // end points are known
	UID     []byte
	FlowID  uint64
	// Orig and Resp are the flow's end points.
	Orig, Resp         netip.Addr
	OrigPort, RespPort uint16
	// EVE: source and destination swapped, for records that are about what the responder sent.
	Swap  bool
	Proto string // Suricata's name ("TCP")
	// HasPorts is false for protocols without ports, where EVE leaves them out.
	HasPorts     bool
	ICMP         bool
	ICMPType     uint8
	ICMPCode     uint8
	PacketNumber uint64 // pcap_cnt; 0: left out
	VLAN         []uint16
	CommunityID  []byte
	ParentID     uint64 // flow_id of the flow that this one came from
	TxID         int64  // tx_id; negative: left out
	Ethernet     []byte // Ethernet source and destination (12 bytes: destination first), nil: left out
	PacketSource string // pkt_src; "": left out
	Interface    string
	Tunnel       func(e *Encoder) // writes the tunnel object; nil: none
}

// Entry is one encoded record in an Output's buffer.
type Entry struct {
	Order  Order
	Nanos  int64
	Stream *Stream
	Line   []byte // borrowed from the Output; a whole line without its end
	Repeat Repeat
	Late   Late // nil for most
}

// Stream is one log in one form: what becomes one file (all EVE records share the stream of the event type but usually
// one file). Shared and immutable once made.
type Stream struct {
	Form   Form
	Path   string // Zeek path or EVE event type
	Fields []Field
}

// Field is a column of a stream as its schema says it.
type Field struct {
	Name, EVE, Doc string
	Type           Type
	Is             Indicator
}

// Wants decides which streams an Output gets; nil functions want nothing.
type Wants struct {
	Zeek     func(path string) bool
	ZeekForm Form // TSV or ZeekJSON
	EVE      func(event string) bool
	// PcapFile is EVE's pcap_filename; "" leaves it out.
	PcapFile string
}

// Output gathers the records of one worker, encoded, each with its place. It belongs to one goroutine.
type Output struct {
	// Now is the place of what is written next; the engine sets it.
	Now Order
	// Repeat and Late apply to the next record alone.
	Repeat Repeat
	Late   Late
	wants  Wants
	enc    Encoder
	ents   []entry
}

type entry struct {
	order      Order
	nanos      int64
	stream     *Stream
	start, end int
	repeat     Repeat
	late       Late
}

// NewOutput makes an Output for the wanted streams.
func NewOutput(w Wants) *Output { return &Output{wants: w, enc: Encoder{file: w.PcapFile}} }

// Sibling returns an empty Output for the same streams.
func (o *Output) Sibling() *Output { return NewOutput(o.wants) }

// Len returns the number of records held and their bytes.
func (o *Output) Len() (records, bytes int) { return len(o.ents), len(o.enc.buf) }

// At returns the i-th record held; its Line is borrowed until Reset.
func (o *Output) At(i int) Entry {
	e := &o.ents[i]
	return Entry{e.order, e.nanos, e.stream, o.enc.buf[e.start:e.end], e.repeat, e.late}
}

// Drop takes the i-th record held back.
func (o *Output) Drop(i int) { o.ents[i].stream, o.ents[i].late = nil, nil }

// Reset drops all records and keeps the memory.
func (o *Output) Reset() {
	clear(o.ents) // what is to be decided late is not held
	o.ents, o.enc.buf = o.ents[:0], o.enc.buf[:0]
}

// Swap exchanges what a and b hold, so that one can be written out while the other is filled.
func (o *Output) Swap(b *Output) {
	o.ents, b.ents = b.ents, o.ents
	o.enc.buf, b.enc.buf = b.enc.buf, o.enc.buf
}

// Writer writes the rows of one log to one Output, in each wanted form. It belongs to the Output's goroutine.
type Writer[T any] struct {
	out  *Output
	log  *Log[T]
	zeek *layout[T]
	eve  *layout[T]
}

type layout[T any] struct {
	stream *Stream
	cols   []column[T]
}

type column[T any] struct {
	put  func(*Encoder, *T)
	key  []byte // `"name":`
	path []string
	keep int // how many of path are shared with the column before
}

// Open prepares l for writing to o.
func Open[T any](o *Output, l *Log[T]) *Writer[T] {
	w := &Writer[T]{out: o, log: l}
	if l.Path != "" && o.wants.Zeek != nil && o.wants.Zeek(l.Path) {
		w.zeek = compile(l, o.wants.ZeekForm)
	}
	if l.Event != "" && o.wants.EVE != nil && o.wants.EVE(l.Event) {
		w.eve = compile(l, EVE)
	}
	return w
}

// Wanted tells whether anything is written at all: the work of gathering a row can be saved otherwise.
func (w *Writer[T]) Wanted() bool { return w != nil && (w.zeek != nil || w.eve != nil) }

// WantsEVE and WantsZeek tell for one form.
func (w *Writer[T]) WantsEVE() bool { return w != nil && w.eve != nil }

// WantsZeek tells whether the Zeek log is written.
func (w *Writer[T]) WantsZeek() bool { return w != nil && w.zeek != nil }

// Write encodes one row in all wanted forms. h and t are borrowed.
func (w *Writer[T]) Write(h *Header, t *T) {
	w.WriteZeek(h, t)
	w.WriteEVE(h, t)
}

// WriteZeek encodes the row for the Zeek log alone.
func (w *Writer[T]) WriteZeek(h *Header, t *T) {
	if w.zeek == nil {
		return
	}
	if w.zeek.stream.Form == TSV {
		w.tsv(h, t)
	} else {
		w.zeekJSON(h, t)
	}
}

func compile[T any](l *Log[T], f Form) *layout[T] {
	y := &layout[T]{stream: StreamOf(l, f)}
	var last []string
	for i := range l.Columns {
		c := &l.Columns[i]
		if f != EVE {
			if c.Zeek != "" {
				y.cols = append(y.cols, column[T]{put: c.Put, key: []byte(`"` + c.Zeek + `":`)})
			}
			continue
		}
		if c.EVE == "" {
			continue
		}
		parts := strings.Split(c.EVE, ".")
		path := parts[:len(parts)-1]
		keep := 0
		for keep < len(path) && keep < len(last) && path[keep] == last[keep] {
			keep++
		}
		y.cols = append(y.cols, column[T]{put: c.Put, key: []byte(`"` + parts[len(parts)-1] + `":`), path: path, keep: keep})
		last = path
	}
	return y
}

// StreamOf describes l in form f: its name and fields, those of the header first.
func StreamOf[T any](l *Log[T], f Form) *Stream {
	s := &Stream{Form: f, Path: l.Path}
	if f == EVE {
		s.Path = l.Event
	} else if l.Scope != Bare {
		s.Fields = append(s.Fields, Field{Name: "ts", Type: Time, Doc: "when it happened"})
		if l.Scope == PerFlow {
			s.Fields = append(s.Fields,
				Field{Name: "uid", Type: String, Doc: "the connection"},
				Field{Name: "id.orig_h", Type: Address, Is: IP, Doc: "the originator's address"},
				Field{Name: "id.orig_p", Type: Port, Doc: "the originator's port"},
				Field{Name: "id.resp_h", Type: Address, Is: IP, Doc: "the responder's address"},
				Field{Name: "id.resp_p", Type: Port, Doc: "the responder's port"})
		}
	}
	for i := range l.Columns {
		c := &l.Columns[i]
		if (f == EVE && c.EVE == "") || (f != EVE && c.Zeek == "") {
			continue
		}
		s.Fields = append(s.Fields, Field{Name: c.Zeek, EVE: c.EVE, Doc: c.Doc, Type: c.Type, Is: c.Is})
	}
	return s
}

func (w *Writer[T]) begin(f Form) (*Encoder, int) {
	e := &w.out.enc
	e.form, e.depth, e.items = f, 0, 0
	return e, len(e.buf)
}

func (w *Writer[T]) end(s *Stream, start int, nanos int64) {
	o := w.out
	o.ents = append(o.ents, entry{o.Now, nanos, s, start, len(o.enc.buf), o.Repeat, o.Late})
	o.Repeat, o.Late = Repeat{}, nil
}

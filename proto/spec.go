// Package proto is the contract of a dissector and of an analyzer, and the runtime that drives them.
//
// A protocol is one exported value in one folder: a Spec, made into a Protocol by Define. It says how it is detected,
// how a Parser for one flow is made, which logs its transactions feed, which sticky buffers rules may look at, which
// events it raises. Nothing is registered globally: a list of values is handed to the engine.
//
// Everything here is called on one goroutine per worker; two host's flows always share a worker. Byte slices handed to
// parsers are borrowed for the call: what must live longer is kept with Tx.Keep.
package proto

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// Dir is a direction within a flow.
type Dir = flow.Dir

// The directions.
const (
	Orig = flow.Orig // from the client, to_server
	Resp = flow.Resp // from the server, to_client
)

// Transport is what a protocol runs over.
type Transport uint8

// The transports.
const (
	TCP Transport = iota
	UDP
	ICMP
	SCTP
	OtherIP
	// Nested protocols are never detected: only opened by name (a raw TLS handshake inside QUIC, FTP's data connection).
	Nested
)

// Stage is a point in the life of a transaction, named by its protocol in rising order. Logs, rules and analyzers look at
// the transaction when its parser announces a stage with Session.At.
type Stage uint8

// Spec declares a protocol whose transactions are of type T. T must embed Tx.
type Spec[T any] struct {
	// Name is the lower-case name, Zeek's service name.
	Name string
	// AppProto is Suricata's name in app_proto, Name when empty; "failed" for what Suricata does not know.
	AppProto string
	Doc      string
	Detect   Detect
	// New is called once for each worker and capture, to read settings; what it returns is called for each flow and makes
	// a parser without side effects. A parser with a Reset() method is reused.
	New     func(s *Setup) func() Parser[T]
	Buffers []Buffer[T]
	// Keywords are its rule keywords that are no buffers.
	Keywords []Keyword[T]
	Logs     []Log[T]
	Events   []Event
	Limits   Limits
	// Complete are the stages at which a direction is complete; 0: with the transaction.
	Complete [2]Stage
	// TxID is Suricata's number of a transaction, as seen in a direction, where it is not Tx.ID; nil: it is.
	TxID func(tx *T, d Dir) uint64
	// Trigger tells when rules look at what came of the stream, besides when there is much of it.
	Trigger Trigger
	// Sided: each message is a transaction of its own to Suricata: what was odd about one is not told of the other.
	Sided bool
	// Alert writes what EVE's alerts tell of a transaction in a direction, as members of the object that is open (or nothing: false).
	// nil: what the log says whose Event is AppProto.
	Alert func(e *record.Encoder, tx *T, d Dir) bool
}

// Trigger says when the stream of a direction is looked at (Suricata's raw stream inspection).
type Trigger uint8

// The triggers.
const (
	TriggerNone     Trigger = iota // when there is much of it, or it ends
	TriggerComplete                // when the direction of a transaction is complete
	TriggerProgress                // when a stage was announced in the direction
)

// Parser consumes one flow's bytes. Two methods more are looked for: Reset(), by which a parser is made new for another
// flow; and, for datagrams, Idle() bool, which tells that it and its session may be put away until the next datagram (what
// must survive goes into Flow.Note).
type Parser[T any] interface {
	// Data is offered the unread bytes of direction d: for streams all that has come and was not used, for datagrams one
	// datagram. b is borrowed. An error drops the parser for this flow, with an event.
	Data(s *Session[T], d Dir, b []byte) (Result, error)
	// Gap tells that n bytes of direction d are missing behind what was offered; unread bytes before it were dropped.
	// ErrDone when the parser cannot go on.
	Gap(s *Session[T], d Dir, n int64) error
	// End tells that nothing more will come in direction d (closed, timed out, evicted). It is called once for each
	// direction of every flow. s.Ended() tells that it was the last call of all.
	End(s *Session[T], d Dir)
}

// Result tells how much of the offered bytes is done with.
type Result struct {
	// Used bytes are forgotten. It may exceed what was offered: so many bytes to come are skipped unseen.
	Used int
	// Need asks not to be called again before so many unread bytes exist; 0: as soon as there are more.
	Need int
}

// Verdict is a probe's answer.
type Verdict uint8

// The verdicts.
const (
	No   Verdict = iota // not this protocol
	More                // cannot tell yet
	// Likely is a yes that the port must support: taken only on one of Detect.Ports, elsewhere it is a No.
	Likely
	Yes
)

// Detect says how a protocol is recognised. Ports are hints, the payload decides.
type Detect struct {
	Over []Transport
	// Ports are the servers' usual ports; also what Zeek calls likely server ports.
	Ports []uint16
	// Probe looks at the first bytes of direction d (streams: all so far; datagrams: one whole). onPort tells that the
	// responder's port is one of Ports. It is pure, cheap and does not allocate. b is borrowed.
	Probe func(d Dir, b []byte, onPort bool) Verdict
	// Only are the ports on which Suricata looks for it, nil: all; a list with 0 alone: none.
	Only []uint16
	// AnyPort: Suricata finds it on every port, also when settings name detection ports (TLS, SMB).
	AnyPort bool
	// ProbeSide stands for Probe where Suricata's judgement is asked for, if it is another; nil: it is the same.
	ProbeSide func(d Dir, b []byte, onPort bool) Verdict
	// ClientOnly: what the server says tells nothing to Suricata, whose app_proto_tc then is "failed".
	ClientOnly bool
	// FromServer tells that a flow's first datagram is an answer, which Suricata turns the flow around for; nil: never.
	FromServer func(b []byte) bool
	// Depth bounds the bytes that Probe may answer More to; 0: 1024.
	Depth int
}

// Buffer is a sticky buffer that rules can name.
type Buffer[T any] struct {
	Name string // "http.uri"
	// Modifier is the name of the old content modifier for it ("http_uri"), Aliases are other names of the buffer itself.
	Modifier string
	Aliases  []string
	Dir      Dir
	// At is the first stage at which it is complete.
	At Stage
	// One returns the value (borrowed from the transaction), nil when absent.
	One func(tx *T) []byte
	// Nth is used instead of One for repeated values.
	Nth func(tx *T, i int) ([]byte, bool)
	// Content makes a rule's content, borrowed, one that the buffer can hold (in its case), or says why it never will; nil:
	// contents are taken as they are.
	Content func(content []byte) ([]byte, error)
	// Grows: there is more of it with each announcement of At, until its direction is complete (a body). The value is all
	// that came so far; behind what was looked at once, no more than Window bytes are looked at again. Ready, when set, tells
	// whether enough has come to look at all, before the direction is complete.
	Grows  bool
	Window int
	Ready  func(tx *T) bool
}

// Log binds a record.Log to the stages at which its rows are written.
type Log[T any] struct {
	*record.Log[T]
	// At is the stage at which the row is written.
	At Stage
	// If, when set, decides for each transaction.
	If func(tx *T) bool
	// Time returns the Zeek row's time; nil: the transaction's start. EVE records carry the current packet's time.
	Time func(tx *T) int64
	// Dir is the direction whose sender is the EVE record's source: Orig unless set.
	Dir Dir
	// NoTxID leaves tx_id out of the EVE record.
	NoTxID bool
}

// EventID is the index of an event in Spec.Events.
type EventID int

// Event is something odd that a parser found.
type Event struct {
	// Weird is Zeek's name in weird.log; "" when Zeek has none.
	Weird string
	// Anomaly is Suricata's event name as EVE has it: in upper case ("INVALID_RECORD_TYPE") or, for the protocols that it has
	// in Rust, in lower case ("z_flag_set"). Rules name it in lower case behind the protocol's name. "" when there is none.
	Anomaly string
	Doc     string
}

// Limits bound what one flow may hold. Zero values are the defaults.
type Limits struct {
	OpenTx int // transactions open at once: 1024
	Window int // unread bytes of one direction: 1 MiB
	TxKeep int // bytes kept for one transaction: 1 MiB
}

func (l Limits) withDefaults() Limits {
	if l.OpenTx == 0 {
		l.OpenTx = 1024
	}
	if l.Window == 0 {
		l.Window = 1 << 20
	}
	if l.TxKeep == 0 {
		l.TxKeep = 1 << 20
	}
	return l
}

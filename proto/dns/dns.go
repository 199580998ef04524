// Package dns dissects the Domain Name System over UDP and TCP (RFC 1035 and its successors), with mDNS (RFC 6762), LLMNR
// (RFC 4795) and NetBIOS name queries (RFC 1002), which share its messages.
package dns

import (
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// The stages of a transaction.
const (
	// StageQuery: a request was read.
	StageQuery proto.Stage = iota + 1
	// StageReply: a response was read, with or without its request.
	StageReply
	// StageDone: a request with its response, or without one when none came.
	StageDone
)

// Tx is a request and its response. Either may be missing. Byte slices are the transaction's own.
type Tx struct {
	proto.Tx
	Query, Reply Message
	// Serial counts the flow's messages as Suricata counts transactions, one for each message.
	Serial uint64
	// Question is the one of the query's questions that this transaction is about (EVE and Zeek have a row for each).
	Question int
	ReplyAt  int64 // time of the response in ns, 0: none came
	UDP      bool
	rows     rows
	told     [2]told // by direction
}

// told is what Suricata made of the message that one direction sent.
type told struct {
	serial uint64
	ok     bool // it is a transaction of its own
}

// Reset implements the reuse of transactions: the messages keep their memory, unless it is much.
func (t *Tx) Reset() {
	q, r := t.Query, t.Reply
	*t = Tx{Tx: t.Tx}
	t.Query.reuse(&q)
	t.Reply.reuse(&r)
}

// What a message keeps of its memory for the next.
const (
	keepRecords = 64
	keepNames   = 4 << 10
)

func (m *Message) reuse(old *Message) {
	if cap(old.Questions) <= keepRecords {
		m.Questions = old.Questions[:0]
	}
	if cap(old.Records) <= keepRecords {
		m.Records = old.Records[:0]
	}
	if cap(old.names) <= keepNames {
		m.names = old.names[:0]
	}
}

// held is about how much memory a message takes.
func (m *Message) held() int {
	return len(m.Raw) + 32*len(m.Questions) + 80*len(m.Records) + len(m.names)
}

// Proto is the DNS protocol.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "dns",
	Doc:  "Domain Name System over UDP and TCP, mDNS, LLMNR and NetBIOS name service",
	Detect: proto.Detect{
		Over:  []proto.Transport{proto.UDP, proto.TCP},
		Ports: []uint16{53, 137, 5353, 5355},
		Probe: probe, FromServer: fromServer, Only: []uint16{53},
		Depth: 512,
	},
	New:     newParser,
	Buffers: buffers,
	Sided:   true, Trigger: proto.TriggerComplete,
	Keywords: keywords,
	Logs: []proto.Log[Tx]{
		{Log: zeekLog, At: StageDone},
		{Log: queryLog, At: StageQuery, If: func(t *Tx) bool { return t.rows.query }, NoTxID: true},
		{Log: replyLog, At: StageReply, If: func(t *Tx) bool { return t.rows.reply }, NoTxID: true},
	},
	Events:   events,
	Limits:   proto.Limits{OpenTx: 4096, Window: 66 << 10, TxKeep: 256 << 10},
	Complete: [2]proto.Stage{proto.Orig: StageQuery, proto.Resp: StageReply},
	TxID:     func(t *Tx, d proto.Dir) uint64 { return t.told[d].serial },
	Alert:    func(e *record.Encoder, t *Tx, d proto.Dir) bool { return putAlert(e, t, d) },
})

type encoder = record.Encoder

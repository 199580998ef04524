// Package ftp reads the File Transfer Protocol: commands and replies, the data connections that they announce (PORT,
// EPRT, PASV, EPSV), the files that cross those, AUTH TLS (handed on) and the GSSAPI exchange of GridFTP.
//
// A command and its replies are one [Tx]; so is a greeting without a command. A data connection is a flow of its own,
// announced by the control connection and read by [Data].
//
// Sources: RFC 959 (FTP), RFC 2428 (EPRT, EPSV), RFC 2228 and 4217 (AUTH), RFC 3659 (SIZE, MDTM).
package ftp

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// The stages of a transaction.
const (
	// Request: the command was read.
	Request proto.Stage = iota + 1
	// Done: the command was answered for good, or the connection ended.
	Done
	// Settled: the next command came, so that a transfer over a data connection is known too.
	Settled
	// Over: the command was answered for good, as its own direction is told.
	Over
)

// Tx is a command with its replies.
type Tx struct {
	proto.Tx
	// Command is the verb in upper case, empty for a greeting; Arg what follows it as sent.
	Command, Arg []byte
	// Replies are the lines that the server sent, codes included.
	Replies [][]byte
	// Code is the code of the last reply, 0 before there is one; Text its text.
	Code int
	Text []byte
	// CommandCut and ReplyCut tell that lines were longer than Suricata keeps.
	CommandCut, ReplyCut bool
	// Port is the port of the data connection that the command negotiated, 0 for none.
	Port uint16
	// Bounce tells that PORT or EPRT named another host than the client.
	Bounce bool
	// Bounced is the same as Suricata judges it for the keyword ftpbounce: PORT alone, by its first four numbers.
	Bounced bool

	few      [2][]byte // backing of Replies: most commands have no more
	known    bool
	answered bool
	channel  *channel
	transfer *transfer
	size     int64 // -1: unknown
	ctl      *control
}

// Proto is the control connection.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "ftp", Doc: "FTP control connections: commands, replies and what they transfer",
	Detect: proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{21, 2811}, Probe: probe, Depth: 1024,
		ClientOnly: true},
	New:     setUp,
	Buffers: buffers, Keywords: keywords,
	Logs: []proto.Log[Tx]{
		{Log: zeekLog, At: Settled, If: (*Tx).logged},
		{Log: eveLog, At: Done},
	},
	Events:   events,
	Limits:   proto.Limits{OpenTx: 1100, Window: 64 << 10, TxKeep: 128 << 10},
	Complete: [2]proto.Stage{Over, Done},
})

// The stages of a data connection.
const (
	// Begun: the file's first bytes came.
	Begun proto.Stage = iota + 1
	// Received: nothing more comes in the direction.
	Received
	// Closed: the connection is over.
	Closed
)

// DataTx is what crosses a data connection.
type DataTx struct {
	proto.Tx
	// Command is the one that asked for it (RETR, STOR, APPE, STOU), Filename its argument; shared with the control
	// connection, empty when unknown and for listings.
	Command, Filename []byte
}

// Data is a data connection. It is never detected, only announced by a control connection.
var Data = proto.Define(proto.Spec[DataTx]{
	Name: "ftp-data", Doc: "FTP data connections: the files and listings themselves",
	Detect: proto.Detect{Over: []proto.Transport{proto.Nested}},
	New: func(*proto.Setup) func() proto.Parser[DataTx] {
		return func() proto.Parser[DataTx] { return &dataParser{} }
	},
	Keywords: dataKeywords,
	Logs:     []proto.Log[DataTx]{{Log: dataLog, At: Closed, If: (*DataTx).named}},
	Complete: [2]proto.Stage{Received, Received},
	Alert:    alertData,
})

// The events, in the order of the table.
const (
	evLongCommand proto.EventID = iota
	evLongReply
	evTooMany
	evLongVerb
	evBadADAT
)

var events = []proto.Event{
	evLongCommand: {Anomaly: "request_command_too_long", Doc: "a command line longer than is kept"},
	evLongReply:   {Anomaly: "response_command_too_long", Doc: "a reply line longer than is kept"},
	evTooMany:     {Anomaly: "too_many_transactions", Doc: "too many commands without a reply"},
	evLongVerb:    {Weird: "FTP_max_command_length_exceeded", Doc: "a verb longer than any there is"},
	evBadADAT:     {Weird: "ftp_adat_bad_first_token_encoding", Doc: "the first security token is no base64"},
}

// hour is the inactivity timeout of control connections, as Zeek has it.
const hour = 3600e9

// channel is a negotiated data connection.
type channel struct {
	passive    bool
	orig, resp flow.Addr
	port       uint16
}

// transfer is what goes over one data connection: the command comes from the control connection, the file from the data
// connection. Both flows are the same worker's.
type transfer struct {
	command, filename []byte
	file              proto.File
	port              uint16
	latest            **transfer // of the control connection
}

// current returns the transfer that is under way on the port: the announcement that a data connection was recognised by
// may be an older one, when the port is used again.
func (t *transfer) current() *transfer {
	if l := *t.latest; l != nil && l.port == t.port {
		return l
	}
	return t
}

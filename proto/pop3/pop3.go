// Package pop3 reads the Post Office Protocol, version 3: commands and replies with pipelining, multi-line answers, SASL
// exchanges, STLS (handed on to whatever follows), and the mails that are fetched, whose parts become files.
//
// Sources: RFC 1939 (POP3), RFC 2449 (CAPA), RFC 2595 (STLS), RFC 5034 (AUTH), RFC 6856 (UTF8, LANG).
package pop3

import "github.com/wirelore/wirelore/proto"

// Tx is here for the contract alone: POP3 has no log of its own, so no transaction is ever opened.
type Tx struct{ proto.Tx }

// Proto is the protocol.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "pop3", Doc: "POP3: mail being fetched from a server, its bodies and attachments",
	Detect: proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{110}, Probe: probe, Depth: 1024, Only: []uint16{0}},
	New:    setUp,
	Events: events,
	Limits: proto.Limits{OpenTx: 1, Window: 64 << 10, TxKeep: 1},
})

// The events, in the order of the table.
const (
	evServerUnknown proto.EventID = iota
	evClientUnknown
	evServerCommand
	evClientReply
	evBase64
	evPlain
	evInjected
	evLineCut
	evPending
	evMailBase64
)

var events = []proto.Event{
	evServerUnknown: {Weird: "pop3_server_command_unknown", Doc: "a line of the server that is no reply"},
	evClientUnknown: {Weird: "pop3_client_command_unknown", Doc: "a line of the client that is no command"},
	evServerCommand: {Weird: "pop3_server_sending_client_commands", Doc: "the server sent a command"},
	evClientReply:   {Weird: "pop3_client_sending_server_commands", Doc: "the client sent a reply"},
	evBase64:        {Weird: "pop3_bad_base64_encoding", Doc: "a line of AUTH that is not base64"},
	evPlain:         {Weird: "pop3_malformed_auth_plain", Doc: "credentials of AUTH PLAIN without their two separators"},
	evInjected:      {Weird: "pop3_command_behind_stls", Doc: "a command in the clear was sent behind STLS, before its answer"},
	evLineCut:       {Weird: "pop3_line_cut", Doc: "a line longer than 4096 bytes, of which the beginning was read"},
	evPending:       {Weird: "pop3_excessive_pending_cmds", Doc: "so many commands unanswered that the oldest were forgotten"},
	evMailBase64:    {Weird: "base64_illegal_encoding", Doc: "broken base64 in a mail"},
}

// Package imap follows the Internet Message Access Protocol up to the login or STARTTLS: tagged commands and their
// completion, literals, continuation requests, SASL exchanges. What follows an accepted STARTTLS is handed on.
//
// Sources: RFC 9051 and 3501 (IMAP4rev2, rev1), RFC 7888 (non-synchronizing literals), RFC 3516 (literal8), RFC 2595
// (STARTTLS), RFC 2177 (IDLE).
package imap

import "github.com/wirelore/wirelore/proto"

// Tx is here for the contract alone: IMAP has no log of its own, so no transaction is ever opened.
type Tx struct{ proto.Tx }

// Proto is the protocol.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "imap", Doc: "IMAP: access to mail on a server, up to the login or STARTTLS",
	Detect: proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{143}, Probe: probe, Depth: 512},
	New:    func(*proto.Setup) func() proto.Parser[Tx] { return func() proto.Parser[Tx] { return new(parser) } },
	Events: events,
	Limits: proto.Limits{OpenTx: 1, Window: 64 << 10, TxKeep: 1},
})

// The events, in the order of the table.
const (
	evRefused proto.EventID = iota
	evInjected
	evLineCut
	evLiteral
)

var events = []proto.Event{
	evRefused:  {Weird: "IMAP: server refused StartTLS", Doc: "STARTTLS was not answered with OK"},
	evInjected: {Weird: "imap_command_behind_starttls", Doc: "a command in the clear was sent behind STARTTLS, before its answer"},
	evLineCut:  {Weird: "imap_line_cut", Doc: "a line longer than 8192 bytes, of which the beginning was read"},
	evLiteral:  {Weird: "imap_literal_too_long", Doc: "a literal of more than 1 GiB: the dialogue is no longer followed"},
}

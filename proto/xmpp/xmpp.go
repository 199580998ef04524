// Package xmpp follows the Extensible Messaging and Presence Protocol up to STARTTLS or the login: the XML streams of both
// directions are cut into tags, of which those directly under the stream matter. What follows an accepted STARTTLS is
// handed on.
//
// Sources: RFC 6120 (streams, sections 4 to 6), RFC 3920 (its predecessor), XEP-0138 (compression), XML 1.0.
package xmpp

import "github.com/wirelore/wirelore/proto"

// Tx is here for the contract alone: XMPP has no log of its own, so no transaction is ever opened.
type Tx struct{ proto.Tx }

// Proto is the protocol.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "xmpp", AppProto: "failed", Doc: "XMPP (Jabber): messaging over XML streams, up to STARTTLS or the login",
	Detect: proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{5222, 5269}, Probe: probe, Depth: 1024},
	New:    func(*proto.Setup) func() proto.Parser[Tx] { return func() proto.Parser[Tx] { return new(parser) } },
	Events: events,
	Limits: proto.Limits{OpenTx: 1, Window: 64 << 10, TxKeep: 1},
})

// The events, in the order of the table.
const (
	evProceed proto.EventID = iota
	evTagCut
)

var events = []proto.Event{
	evProceed: {Weird: "XMPP: proceed without starttls", Doc: "the server agreed to a STARTTLS that was not asked for"},
	evTagCut:  {Weird: "xmpp_tag_cut", Doc: "a tag longer than 8192 bytes, of which the beginning was read"},
}

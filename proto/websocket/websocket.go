// Package websocket takes apart what follows an HTTP upgrade to WebSocket: frames of both directions with their masks,
// fragments and control frames, messages compressed by permessage-deflate, and whatever protocol the messages carry.
//
// A flow becomes WebSocket by its handshake alone, which HTTP hands on as a *proto.Upgrade; nothing is guessed from frames.
// Messages are never held: they stream, unmasked and inflated, into a sub-stream in which a protocol is looked for.
//
// Sources: RFC 6455, RFC 7692, Zeek's documentation of websocket.log.
package websocket

import "github.com/wirelore/wirelore/proto"

// The stages of a transaction: the handshake is one, each message and each control frame another.
const (
	// Established: the handshake was accepted and its values are known.
	Established proto.Stage = iota + 1
	// Message: a message (data or control) has ended, or will not go on; only for those who want it.
	Message
)

// Proto is WebSocket. Suricata 7 goes on calling the flow http.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "websocket", AppProto: "http",
	Doc:     "WebSocket behind an HTTP upgrade",
	Detect:  proto.Detect{Over: []proto.Transport{proto.Nested}},
	New:     newParser,
	Buffers: buffers, Keywords: keywords,
	Logs:   []proto.Log[Tx]{{Log: zeekLog, At: Established, Time: func(tx *Tx) int64 { return tx.Time }}},
	Events: events,
	Limits: proto.Limits{OpenTx: 8, TxKeep: 128 << 10},
})

// Tx is the handshake or one message. All byte slices are *borrowed*: they belong to the transaction, or to the flow.
type Tx struct {
	proto.Tx
	// Time is when the server accepted, in ns.
	Time int64
	// Host, URI and UserAgent are the request's; Subprotocol is what the server chose. nil when absent.
	Host, URI, UserAgent, Subprotocol []byte
	// ClientProtocols, ClientExtensions and ServerExtensions are the lists as sent; nil when absent.
	ClientProtocols, ClientExtensions, ServerExtensions [][]byte

	// Dir is who sent the message.
	Dir proto.Dir
	// Opcode is that of its first frame (RFC 6455, section 11.8).
	Opcode Opcode
	// Masked: its first frame had a mask. Compressed: RSV1 says that it is deflated. Whole: its last frame came in full.
	Masked, Compressed, Whole bool
	// Mask is the first frame's, as a number in network order, 0 without one. Flags are FIN (0x80) and RSV (0x70) of the
	// first frame, with FIN of the last.
	Mask  uint32
	Flags uint8
	// Frames counts its frames, Wire its payload bytes as sent.
	Frames int
	Wire   int64
	// Payload is the first keepPayload bytes, unmasked and inflated.
	Payload []byte
	// Code and Reason are those of a close frame, 0 and nil when it has none.
	Code   uint16
	Reason []byte
}

// keepPayload bounds Tx.Payload, as Suricata's max-payload-size does.
const keepPayload = 1<<16 - 1

// Opcode is a frame's type.
type Opcode uint8

// The opcodes.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// Control tells whether o is that of a control frame.
func (o Opcode) Control() bool { return o&8 != 0 }

func (o Opcode) reserved() bool { return o > Binary && o < Close || o > Pong }

const (
	evAccept proto.EventID = iota
	evSubprotocol
	evUnmasked
	evMasked
	evReservedOpcode
	evReservedBits
	evControl
	evCloseCode
	evContinuation
	evUnfinished
	evLength
	evInflate
	evInflateLimit
)

var events = []proto.Event{
	evAccept:         {Weird: "websocket_wrong_accept_key", Doc: "Sec-WebSocket-Accept does not answer Sec-WebSocket-Key"},
	evSubprotocol:    {Weird: "websocket_unrequested_subprotocol", Doc: "the server chose a subprotocol that was not offered"},
	evUnmasked:       {Weird: "websocket_unmasked_client_frame", Doc: "a client's frame without a mask"},
	evMasked:         {Weird: "websocket_masked_server_frame", Doc: "a server's frame with a mask"},
	evReservedOpcode: {Weird: "websocket_reserved_opcode", Doc: "an opcode without meaning"},
	evReservedBits:   {Weird: "websocket_reserved_bits", Doc: "RSV bits that no extension explains"},
	evControl:        {Weird: "websocket_bad_control_frame", Doc: "a control frame in fragments or of more than 125 bytes"},
	evCloseCode:      {Weird: "websocket_bad_close_frame", Doc: "a close frame of one byte, or with a code that must not be sent"},
	evContinuation:   {Weird: "websocket_unexpected_continuation", Doc: "a continuation of no message"},
	evUnfinished:     {Weird: "websocket_unfinished_message", Doc: "a message begins before the last one ended"},
	evLength:         {Weird: "websocket_bad_length", Doc: "a length of 2^63 or more, or not in its shortest form"},
	evInflate:        {Weird: "websocket_bad_deflate", Doc: "a compressed message that does not inflate"},
	evInflateLimit:   {Weird: "websocket_deflate_limit", Doc: "a compressed message beyond the limits: its content is left out"},
}

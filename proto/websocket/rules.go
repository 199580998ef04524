package websocket

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wirelore/wirelore/proto"
)

// buffers are the sticky buffers; Suricata has them from version 8 on.
var buffers = []proto.Buffer[Tx]{payloadOf(proto.Orig), payloadOf(proto.Resp)}

func payloadOf(d proto.Dir) proto.Buffer[Tx] {
	return proto.Buffer[Tx]{Name: "websocket.payload", Dir: d, At: Message, One: func(tx *Tx) []byte {
		if !tx.sentBy(d) {
			return nil
		}
		return tx.Payload
	}}
}

// sentBy tells whether the transaction is a message of direction d; the handshake is none.
func (t *Tx) sentBy(d proto.Dir) bool { return t.Frames > 0 && t.Dir == d }

var keywords = []proto.Keyword[Tx]{
	ofMessage("websocket.opcode", "a number, or text, binary, close, ping, pong, continuation", compileOpcode),
	ofMessage("websocket.mask", "a number of 32 bits", func(arg string) (func(tx *Tx) bool, error) {
		n, err := proto.ParseNumber(arg, 32)
		return func(tx *Tx) bool { return tx.Masked && n.Is(uint64(tx.Mask)) }, err
	}),
	ofMessage("websocket.flags", "a number, or a list of fin and comp, each with ! for its absence", compileFlags),
}

// ofMessage makes a keyword that is judged on messages, in the direction of each.
func ofMessage(name, doc string, compile func(arg string) (func(tx *Tx) bool, error)) proto.Keyword[Tx] {
	return proto.Keyword[Tx]{
		Name: name, Doc: doc, Dirs: [2]bool{true, true}, At: [2]proto.Stage{Message, Message},
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			is, err := compile(strings.TrimSpace(arg))
			if err != nil {
				return nil, err
			}
			return func(tx *Tx, d proto.Dir) bool { return tx.sentBy(d) && is(tx) }, nil
		},
	}
}

func opcodeNamed(name string) (Opcode, bool) {
	switch name {
	case "continuation":
		return Continuation, true
	case "text":
		return Text, true
	case "binary":
		return Binary, true
	case "close", "connection_close":
		return Close, true
	case "ping":
		return Ping, true
	case "pong":
		return Pong, true
	}
	return 0, false
}

func compileOpcode(arg string) (func(tx *Tx) bool, error) {
	name, not := strings.CutPrefix(strings.ToLower(arg), "!")
	if op, ok := opcodeNamed(name); ok {
		return func(tx *Tx) bool { return (tx.Opcode == op) != not }, nil
	}
	n, err := proto.ParseNumber(arg, 8)
	return func(tx *Tx) bool { return n.Is(uint64(tx.Opcode)) }, err
}

// Flags that have names.
const (
	flagFIN  = 0x80
	flagComp = 0x40
)

var errFlags = errors.New("a flag is fin or comp")

func compileFlags(arg string) (func(tx *Tx) bool, error) {
	if n, err := proto.ParseNumber(arg, 8); err == nil {
		return func(tx *Tx) bool { return n.Is(uint64(tx.Flags)) }, nil
	}
	var set, clear uint8
	for name := range strings.SplitSeq(strings.ToLower(arg), ",") {
		name, not := strings.CutPrefix(strings.TrimSpace(name), "!")
		bit := uint8(flagFIN)
		if name == "comp" {
			bit = flagComp
		} else if name != "fin" {
			return nil, fmt.Errorf("%w: %q", errFlags, name)
		}
		if not {
			clear |= bit
		} else {
			set |= bit
		}
	}
	return func(tx *Tx) bool { return tx.Flags&set == set && tx.Flags&clear == 0 }, nil
}

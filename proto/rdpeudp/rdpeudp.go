// Package rdpeudp recognises the Remote Desktop Protocol's UDP transport ([MS-RDPEUDP], [MS-RDPEUDP2]) by its handshake.
// Neither reference logs more of it than that it is there: conn's service.
package rdpeudp

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/proto"
)

// Tx is required of every protocol; this one has no transactions.
type Tx struct{ proto.Tx }

// Proto is RDP's UDP transport.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "rdpeudp",
	// Suricata does not know it.
	AppProto: "failed",
	Doc:      "Remote Desktop Protocol, UDP transport",
	Detect: proto.Detect{
		Over:  []proto.Transport{proto.UDP},
		Ports: []uint16{3389},
		Probe: probe,
	},
	New: func(*proto.Setup) func() proto.Parser[Tx] {
		return func() proto.Parser[Tx] { return new(parser) }
	},
})

// The header of a datagram, big-endian ([MS-RDPEUDP] 2.2.2.1): the latest sequence number received, the receive window,
// flags. A SYN goes on with the first sequence number and the sizes of datagrams in both directions (2.2.2.5).
const (
	headerLen = 8
	synLen    = headerLen + 8

	flagSYN = 0x0001
	flagACK = 0x0004

	// A datagram's size that may be asked for.
	minMTU, maxMTU = 1132, 1232
)

// syn tells whether b is a SYN, and whether it acknowledges one.
func syn(b []byte) (ok, ack bool) {
	if len(b) < synLen {
		return false, false
	}
	flags := binary.BigEndian.Uint16(b[6:])
	up, down := binary.BigEndian.Uint16(b[12:]), binary.BigEndian.Uint16(b[14:])
	if flags&flagSYN == 0 || up < minMTU || up > maxMTU || down < minMTU || down > maxMTU {
		return false, false
	}
	return true, flags&flagACK != 0
}

// noneReceived is what a SYN that answers nothing has for the latest sequence number.
const noneReceived = 0xffffffff

func probe(d proto.Dir, b []byte, _ bool) proto.Verdict {
	ok, ack := syn(b)
	if !ok || ack || d != proto.Orig || binary.BigEndian.Uint32(b) != noneReceived {
		return proto.No
	}
	return proto.Yes
}

// parser waits for the server's answer.
type parser struct {
	asked bool
	first uint32 // the client's first sequence number
}

// Reset implements the reuse of parsers.
func (p *parser) Reset() { *p = parser{} }

// Data implements proto.Parser: a SYN that is acknowledged by its number confirms the protocol, and is all there is to
// learn.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	ok, ack := syn(b)
	switch {
	case d == proto.Orig && ok && !ack:
		p.asked, p.first = true, binary.BigEndian.Uint32(b[headerLen:])
	case d == proto.Resp && p.asked && ok && ack && binary.BigEndian.Uint32(b) == p.first:
		s.Confirm()
		return proto.Result{}, proto.ErrDone
	}
	return proto.Result{Used: len(b)}, nil
}

// Gap implements proto.Parser; datagrams have none.
func (p *parser) Gap(*proto.Session[Tx], proto.Dir, int64) error { return proto.ErrDone }

// End implements proto.Parser.
func (p *parser) End(*proto.Session[Tx], proto.Dir) {}

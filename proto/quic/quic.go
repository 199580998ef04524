// Package quic reads QUIC: version 1 and 2, the drafts, mvfst and Google's own versions. It opens Initial packets, puts
// the handshake in order and gives it to TLS as a stream of its own; of Google's versions it reads the client's hello.
//
// It feeds quic logs (Zeek) and quic records (EVE).
//
// Sources: RFC 8999, 9000, 9001, 9369; Google's wire layout specification; Zeek's documentation of quic.log; observation
// of Suricata 7.
package quic

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/internal/quicwire"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// Stages of a [Tx].
const (
	// StagePacket: a packet of the handshake was read.
	StagePacket proto.Stage = 1 + iota
	// StageEnd: the flow is over; the transaction sums it up.
	StageEnd
)

// Proto is QUIC over UDP.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "quic", Doc: "QUIC and its Initial handshake",
	Detect:  proto.Detect{Over: []proto.Transport{proto.UDP}, Ports: ports[:], Probe: probe, Only: []uint16{443, 80}},
	New:     newParser,
	Buffers: buffers,
	Logs: []proto.Log[Tx]{
		{Log: quicLog, At: StageEnd, Time: started},
		{Log: eveLog, At: StagePacket, NoTxID: true, If: func(t *Tx) bool { return !t.FromServer }},
		{Log: eveLog, At: StagePacket, NoTxID: true, Dir: proto.Resp, If: func(t *Tx) bool { return t.FromServer }},
	},
	Events: events,
	Limits: proto.Limits{OpenTx: 2, TxKeep: 64 << 10},
	// A packet is all that there is of its transaction.
	Complete: [2]proto.Stage{StagePacket, StagePacket},
	TxID:     func(t *Tx, _ proto.Dir) uint64 { return t.number },
})

// buffers are what rules look at, each in the direction of its packet. What sums a connection up has none.
var buffers = []proto.Buffer[Tx]{
	buffer(proto.Orig, (*Tx).versionBytes, "quic.version"),
	buffer(proto.Resp, (*Tx).versionBytes, "quic.version"),
	buffer(proto.Orig, func(t *Tx) []byte { return t.ServerName }, "quic.sni"),
	buffer(proto.Orig, func(t *Tx) []byte { return t.UserAgent }, "quic.ua"),
	buffer(proto.Orig, func(t *Tx) []byte { return t.CYU }, "quic.cyu.string"),
	buffer(proto.Orig, func(t *Tx) []byte { return t.CYUHash }, "quic.cyu.hash"),
	buffer(proto.Orig, func(t *Tx) []byte { return t.JA3Hash }, "ja3.hash", "ja3_hash"),
	buffer(proto.Orig, func(t *Tx) []byte { return t.JA3 }, "ja3.string", "ja3_string"),
	buffer(proto.Resp, func(t *Tx) []byte { return t.JA3Hash }, "ja3s.hash"),
	buffer(proto.Resp, func(t *Tx) []byte { return t.JA3 }, "ja3s.string"),
	buffer(proto.Orig, (*Tx).ruleJA4, "ja4.hash", "ja4_hash"),
}

// versionBytes are those of the packet: 00 00 00 01, Q046.
func (t *Tx) versionBytes() []byte { return t.wireVersion[:] }

func (t *Tx) ruleJA4() []byte {
	if t.w.noJA4 {
		return nil
	}
	return t.JA4
}

func buffer(d proto.Dir, value func(t *Tx) []byte, name string, aliases ...string) proto.Buffer[Tx] {
	return proto.Buffer[Tx]{Name: name, Aliases: aliases, Dir: d, At: StagePacket, One: func(t *Tx) []byte {
		if t.sum || t.FromServer != (d == proto.Resp) {
			return nil
		}
		return value(t)
	}}
}

var ports = [...]uint16{443, 80, 784, 853, 8853, 4433}

// Events, as indices of events.
const (
	evHeader proto.EventID = iota
	evData
	evTooLong
	evManyKeys
)

var events = []proto.Event{
	evHeader:   {Anomaly: "error_on_header", Doc: "a long header that cannot be read"},
	evData:     {Anomaly: "error_on_data", Doc: "an Initial packet that cannot be opened or read"},
	evManyKeys: {Weird: "quic_too_many_keys", Doc: "more new connections in one flow than keys are derived for"},
	evTooLong:  {Anomaly: "crypto_frag_too_long", Doc: "a handshake longer than anything honest"},
}

// started is when the connection began, on Zeek's clock, which shows no time before the first second of 1970.
func started(t *Tx) int64 { return max(t.first, 1e9) }

func side(t *Tx, server bool, b []byte) []byte {
	if t.FromServer != server {
		return nil
	}
	return b
}

// Tx is one packet of the handshake, or at StageEnd the sum of a connection. Byte slices are *borrowed*: valid until the
// transaction is closed.
type Tx struct {
	proto.Tx
	w *worker

	// ServerName is what the client asked for, ClientProtocol the first protocol that it offered.
	ServerName, ClientProtocol []byte
	// UserAgent, CYU and CYUHash are of Google's handshake.
	UserAgent, CYU, CYUHash []byte
	// JA3 is the client's JA3 or the server's JA3S, JA4 the client's.
	JA3, JA3Hash, JA4 []byte
	// ClientDCID, ClientSCID and ServerSCID are connection ids; nil where not seen.
	ClientDCID, ClientSCID, ServerSCID []byte
	// History holds a letter for each packet.
	History     []byte
	versionName []byte
	wireVersion [4]byte
	extensions  tlswire.Extensions
	first       int64
	number      uint64 // counts the flow's packets that have a transaction
	Version     uint32
	FromServer  bool
	hello, sum  bool
}

// probe recognises a long header of a known version, and of an unknown one on a port of QUIC.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	if len(b) < 14 {
		return proto.No
	}
	if !quicwire.IsLong(b[0]) {
		if _, ok := quicwire.ParseGoogle(b); ok {
			return proto.Yes
		}
		return proto.No
	}
	if b[0]&0x40 == 0 {
		return proto.No
	}
	p, _, err := quicwire.Parse(b)
	switch {
	case len(p.DCID) > quicwire.MaxID || len(p.SCID) > quicwire.MaxID:
		return proto.No
	case err != nil && p.DCID == nil:
		return proto.No
	case p.Type == quicwire.Unknown || p.Type == quicwire.Negotiation:
		v := binary.BigEndian.Uint32(b[1:])
		if quicwire.Reserved(v) && len(p.DCID) >= 8 {
			return proto.Yes
		}
		return proto.Likely
	case err != nil:
		return proto.Likely
	}
	return proto.Yes
}

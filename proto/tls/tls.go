// Package tls reads the handshakes of TLS and SSL over TCP, of DTLS over UDP, and of TLS inside QUIC, in every version
// from SSLv2 to TLS 1.3: what was offered and chosen, who it was (names, certificates), how it ended, and the
// fingerprints of both sides. What is encrypted stays so.
//
// It feeds ssl logs (Zeek), tls records (EVE), and hands each certificate and stapled OCSP response on as a file.
//
// Sources: RFC 8446, 5246, 9147, 6347, 6101, 7685, 8422, the SSL 2.0 draft; Zeek's documentation of ssl.log; observation
// of Suricata 7.
package tls

import (
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Stages of a [Tx], in rising order.
const (
	// StageBegun: a message was read, of whichever side; it is announced for both, for rules that look at messages.
	StageBegun proto.Stage = 1 + iota
	// StageFingerprint: there is a fingerprint of the side. It is announced only where no stage of a hello is, that is for a
	// server that asks for another hello. By it the buffers of JA3 tell that rules want them: Suricata then writes them too.
	StageFingerprint
	// StageClientHello: the client's hello is there.
	StageClientHello
	// StageServerHello: the server's hello is there.
	StageServerHello
	// StageCertificate: the server's certificates are there.
	StageCertificate
	// StageAnswered: the server said all that can be read of it, and the client showed its certificate if it was asked
	// to; or the flow is over.
	StageAnswered
	// StageDone: the handshake is over, or the flow before it was.
	StageDone
)

// Proto is TLS and SSL over TCP, also behind STARTTLS and CONNECT.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "ssl", AppProto: "tls", Doc: "TLS and SSL over TCP",
	Detect: proto.Detect{
		Over: []proto.Transport{proto.TCP}, Ports: ports[:], Probe: probe, Depth: 64, AnyPort: true,
	},
	New:     func(s *proto.Setup) func() proto.Parser[Tx] { return newStream(s) },
	Buffers: buffers, Keywords: keywords, Logs: logs, Events: events, Limits: limits, Trigger: proto.TriggerProgress,
	Alert: func(e *record.Encoder, t *Tx, _ proto.Dir) bool {
		record.Embed(e, alertColumns, t)
		return true
	},
})

// DTLS is TLS over datagrams.
var DTLS = proto.Define(proto.Spec[Tx]{
	Name: "dtls", AppProto: "dtls", Doc: "TLS over datagrams",
	Detect: proto.Detect{Over: []proto.Transport{proto.UDP}, Ports: dtlsPorts[:], Probe: probeDTLS, Only: []uint16{0}},
	New:    func(s *proto.Setup) func() proto.Parser[Tx] { return newDatagram(s) },
	Logs:   dtlsLogs, Events: events, Limits: limits,
})

// Handshake is a bare TLS 1.3 handshake without records, as QUIC carries it.
var Handshake = proto.Define(proto.Spec[Tx]{
	Name: "tls_handshake", AppProto: "tls", Doc: "TLS handshake messages without records (QUIC)",
	Detect: proto.Detect{Over: []proto.Transport{proto.Nested}},
	New:    func(s *proto.Setup) func() proto.Parser[Tx] { return newBare(s) },
	Logs:   bareLogs, Events: events, Limits: limits,
})

var (
	limits = proto.Limits{OpenTx: 2, Window: 64 << 10, TxKeep: 512 << 10}
	ports  = [...]uint16{443, 563, 585, 614, 636, 853, 989, 990, 992, 993, 995, 5223}
	// dtlsPorts are those of DTLS itself.
	dtlsPorts = [...]uint16{443}
)

// probe recognises a hello of either side, or an alert that answers one, in a record of TLS, and SSLv2's hellos.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	if len(b) < 3 {
		if len(b) > 0 && b[0] != tlswire.Handshake && b[0] != tlswire.Alert && b[0]&0x80 == 0 {
			return proto.No
		}
		return proto.More
	}
	if b[0] == tlswire.Handshake && b[1] == 3 && b[2] <= 4 {
		return probeHandshake(b)
	}
	if b[0] == tlswire.Alert && b[1] == 3 && b[2] <= 4 {
		if len(b) < 7 {
			return proto.More
		}
		if b[3] == 0 && b[4] == 2 && (b[5] == 1 || b[5] == 2) {
			return proto.Likely
		}
		return proto.No
	}
	if b[0]&0x80 != 0 && b[2] == tlswire.V2ClientHello {
		if len(b) < 11 {
			return proto.More
		}
		if tlswire.V2Probe(b) {
			return proto.Yes
		}
	}
	return proto.No
}

func probeHandshake(b []byte) proto.Verdict {
	if len(b) < 11 {
		return proto.More
	}
	r, _ := tlswire.ParseRecord(b)
	if !r.PlausibleTLS() || r.Length < 4 {
		return proto.No
	}
	message := int(b[6])<<16 | int(b[7])<<8 | int(b[8])
	switch b[5] {
	case tlswire.ClientHelloType, tlswire.ServerHelloType:
		if message >= 34 && message < 1<<17 && (b[9] == 3 || b[9] == 0x7f || b[9] == 0x7e) {
			return proto.Yes
		}
	case tlswire.HelloRequest:
		if message == 0 {
			return proto.Likely
		}
	}
	return proto.No
}

// probeDTLS recognises a handshake record at the front of a datagram.
func probeDTLS(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	r, _, err := tlswire.ParseDTLSRecord(b, 0)
	if err != nil || r.Unified || r.Type != tlswire.Handshake || !r.PlausibleDTLS() || r.Epoch != 0 {
		return proto.No
	}
	f, _, err := tlswire.ParseFragment(r.Payload)
	if err != nil {
		return proto.No
	}
	switch f.Type {
	case tlswire.ClientHelloType, tlswire.ServerHelloType, tlswire.HelloVerifyRequest:
		return proto.Yes
	}
	return proto.No
}

package tls

import (
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// sslLog is Zeek's ssl.log.
var sslLog = &record.Log[Tx]{
	Path: "ssl", Doc: "TLS and SSL handshakes", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{
		{Zeek: "version", Type: record.String, Doc: "the version chosen by the server", Put: func(e *record.Encoder, t *Tx) {
			if t.HasServerHello {
				e.Str(tlswire.VersionName(t.Version))
			}
		}},
		{Zeek: "cipher", Type: record.String, Doc: "the cipher suite chosen by the server", Put: func(e *record.Encoder, t *Tx) {
			if t.HasServerHello && (t.Version != tlswire.SSL20 || t.Cipher != 0) {
				e.Str(tlswire.CipherName(t.Cipher))
			}
		}},
		{Zeek: "curve", Type: record.String, Doc: "the group of an elliptic key exchange", Put: func(e *record.Encoder, t *Tx) {
			if t.HasGroup {
				e.Str(tlswire.GroupName(t.Group))
			}
		}},
		{Zeek: "server_name", Type: record.String, Is: record.Domain, Doc: "the name that the client asked for", Put: func(e *record.Encoder, t *Tx) {
			if t.ServerName != nil {
				e.Bytes(t.ServerName)
			}
		}},
		{Zeek: "resumed", Type: record.Bool, Doc: "whether an older session was taken up", Put: func(e *record.Encoder, t *Tx) {
			e.Bool(t.Resumed)
		}},
		{Zeek: "last_alert", Type: record.String, Doc: "the last alert in the clear", Put: func(e *record.Encoder, t *Tx) {
			if t.HasAlert {
				e.Str(tlswire.AlertName(t.LastAlert))
			}
		}},
		{Zeek: "next_protocol", Type: record.String, Doc: "the protocol that the server chose in the clear (ALPN)", Put: func(e *record.Encoder, t *Tx) {
			if name := t.ServerALPN.First(); name != nil {
				e.Bytes(name)
			}
		}},
		{Zeek: "established", Type: record.Bool, Doc: "whether the handshake was completed", Put: func(e *record.Encoder, t *Tx) {
			e.Bool(t.Established)
		}},
		{Zeek: "ssl_history", Type: record.String, Doc: "a letter for each message, the client's in upper case", Put: func(e *record.Encoder, t *Tx) {
			if t.letters > 0 {
				e.Bytes(t.History())
			}
		}},
		{Zeek: "cert_chain_fps", Type: record.StringVector, Is: record.Certificate, Doc: "SHA-256 of the server's certificates", Put: func(e *record.Encoder, t *Tx) {
			t.putFingerprints(e, server)
		}},
		{Zeek: "client_cert_chain_fps", Type: record.StringVector, Is: record.Certificate, Doc: "SHA-256 of the client's certificates", Put: func(e *record.Encoder, t *Tx) {
			t.putFingerprints(e, client)
		}},
		nameColumn("subject", "whom the server's certificate is for", server, false),
		nameColumn("issuer", "who signed the server's certificate", server, true),
		nameColumn("client_subject", "whom the client's certificate is for", client, false),
		nameColumn("client_issuer", "who signed the client's certificate", client, true),
		{Zeek: "sni_matches_cert", Type: record.Bool, Doc: "whether the certificate is made out for server_name", Put: func(e *record.Encoder, t *Tx) {
			if t.HasSNIMatch {
				e.Bool(t.SNIMatches)
			}
		}},
	},
}

// putFingerprints writes one side's; once either side showed certificates, the other's list is empty and not unset.
func (t *Tx) putFingerprints(e *record.Encoder, role int) {
	if t.Chains[client].Len+t.Chains[server].Len == 0 {
		return
	}
	e.List()
	for fps := t.fps[role]; len(fps) >= 64; fps = fps[64:] {
		e.Bytes(fps[:64])
	}
	e.EndList()
}

func nameColumn(name, doc string, role int, issuer bool) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.String, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
		c := &t.Chains[role]
		n := c.Leaf.Subject
		if issuer {
			n = c.Leaf.Issuer
		}
		if c.Len > 0 && len(n) > 0 {
			t.w.buf = n.AppendRFC2253(t.w.buf[:0])
			e.Bytes(t.w.buf)
		}
	}}
}

// started is when the handshake began, on Zeek's clock, which shows no time before the first second of 1970.
func started(t *Tx) int64 { return max(t.Start, 1e9) }

var (
	sslBinding = proto.Log[Tx]{Log: sslLog, At: StageDone, Time: started}
	// The client is the source of a tls record, whichever side of the flow it is on.
	logs = []proto.Log[Tx]{
		sslBinding,
		{Log: tlsLog, At: StageAnswered, NoTxID: true, If: func(t *Tx) bool { return inEVE(t) && !t.Flipped }},
		{Log: tlsLog, At: StageAnswered, NoTxID: true, Dir: proto.Resp, If: func(t *Tx) bool { return inEVE(t) && t.Flipped }},
	}
	dtlsLogs = []proto.Log[Tx]{
		sslBinding,
		{Log: tlsLog, At: StageAnswered, NoTxID: true, If: func(t *Tx) bool { return !t.w.suricata && inEVE(t) && !t.Flipped }},
		{Log: tlsLog, At: StageAnswered, NoTxID: true, Dir: proto.Resp, If: func(t *Tx) bool { return !t.w.suricata && inEVE(t) && t.Flipped }},
	}
	bareLogs = []proto.Log[Tx]{sslBinding}
)

package tls

import (
	"encoding/base64"
	"time"

	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/record"
)

// inEVE tells whether there is enough for a tls record: a hello, not just an alert.
func inEVE(t *Tx) bool {
	return (t.HasClientHello || t.HasServerHello) && (!t.Resumed || t.w.eve.resumed || t.Version > tlswire.TLS12)
}

// tlsLog is EVE's tls record.
var tlsLog = &record.Log[Tx]{
	Event: "tls", Doc: "TLS and SSL handshakes", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{
		{EVE: "tls.subject", Type: record.String, Doc: "whom the server's certificate is for", Put: func(e *record.Encoder, t *Tx) {
			if c := t.leaf(); t.w.eve.subject && c != nil && len(c.Subject) > 0 {
				t.w.buf = c.Subject.AppendEVE(t.w.buf[:0])
				e.Bytes(t.w.buf)
			}
		}},
		{EVE: "tls.issuerdn", Type: record.String, Doc: "who signed the server's certificate", Put: func(e *record.Encoder, t *Tx) {
			if c := t.leaf(); t.w.eve.issuer && c != nil && len(c.Issuer) > 0 {
				t.w.buf = c.Issuer.AppendEVE(t.w.buf[:0])
				e.Bytes(t.w.buf)
			}
		}},
		{EVE: "tls.session_resumed", Type: record.Bool, Doc: "set when an older session was taken up", Put: func(e *record.Encoder, t *Tx) {
			if t.w.eve.resumed && t.Resumed && t.Version <= tlswire.TLS12 {
				e.Bool(true)
			}
		}},
		{EVE: "tls.serial", Type: record.String, Doc: "the certificate's serial number", Put: func(e *record.Encoder, t *Tx) {
			if c := t.leaf(); t.w.eve.serial && c != nil && len(c.Serial) > 0 {
				t.w.buf = certs.AppendSerialColons(t.w.buf[:0], c.Serial)
				e.Bytes(t.w.buf)
			}
		}},
		{EVE: "tls.fingerprint", Type: record.String, Is: record.Certificate, Doc: "SHA-1 of the certificate", Put: func(e *record.Encoder, t *Tx) {
			if c := t.leaf(); t.w.eve.fingerprint && c != nil {
				t.w.buf = certs.AppendSHA1Colons(t.w.buf[:0], c.Raw)
				e.Bytes(t.w.buf)
			}
		}},
		{EVE: "tls.sni", Type: record.String, Is: record.Domain, Doc: "the name that the client asked for", Put: func(e *record.Encoder, t *Tx) {
			if t.w.eve.sni && t.ServerName != nil {
				e.Bytes(t.ServerName)
			}
		}},
		{EVE: "tls.version", Type: record.String, Doc: "the version chosen by the server", Put: func(e *record.Encoder, t *Tx) {
			if t.w.eve.version {
				e.Str(tlswire.EVEVersion(t.eveVersion()))
			}
		}},
		{EVE: "tls.notbefore", Type: record.String, Doc: "from when the certificate is valid", Put: func(e *record.Encoder, t *Tx) {
			if c := t.leaf(); t.w.eve.notBefore && c != nil {
				t.putTime(e, c.NotBefore)
			}
		}},
		{EVE: "tls.notafter", Type: record.String, Doc: "until when the certificate is valid", Put: func(e *record.Encoder, t *Tx) {
			if c := t.leaf(); t.w.eve.notAfter && c != nil {
				t.putTime(e, c.NotAfter)
			}
		}},
		{EVE: "tls.certificate", Type: record.String, Doc: "the server's certificate in base64", Put: func(e *record.Encoder, t *Tx) {
			if c := t.leaf(); t.w.eve.certificate && !t.w.eve.chain && c != nil {
				t.putBase64(e, c.Raw)
			}
		}},
		{EVE: "tls.chain", Type: record.StringVector, Doc: "the server's certificates in base64", Put: func(e *record.Encoder, t *Tx) {
			if !t.w.eve.chain || t.leaf() == nil {
				return
			}
			e.List()
			list := t.Chains[server].All()
			for der, ok := list.Next(); ok; der, ok = list.Next() {
				t.putBase64(e, der)
			}
			e.EndList()
		}},
		fingerprintColumn("tls.ja3.hash", "MD5 of the JA3 string", func(t *Tx) []byte { return only(t.w.eve.ja3, t.JA3Hash) }),
		fingerprintColumn("tls.ja3.string", "JA3 of the client", func(t *Tx) []byte { return only(t.w.eve.ja3, t.JA3) }),
		fingerprintColumn("tls.ja3s.hash", "MD5 of the JA3S string", func(t *Tx) []byte { return only(t.w.eve.ja3s, t.JA3SHash) }),
		fingerprintColumn("tls.ja3s.string", "JA3S of the server", func(t *Tx) []byte { return only(t.w.eve.ja3s, t.JA3S) }),
		fingerprintColumn("tls.ja4", "JA4 of the client", func(t *Tx) []byte { return only(t.w.eve.ja4, t.JA4) }),
		{EVE: "tls.from_proto", Type: record.String, Doc: "the protocol that TLS took over from", Put: func(e *record.Encoder, t *Tx) {
			if t.FromProto != "" {
				e.Str(t.FromProto)
			}
		}},
		namesColumn("tls.client_alpns", "the protocols that the client offered", func(t *Tx) tlswire.Names { return t.ClientALPN }),
		namesColumn("tls.server_alpns", "the protocol that the server chose", func(t *Tx) tlswire.Names { return t.ServerALPN }),
	},
}

// eveVersion returns the server's version; without its hello that of its records.
func (t *Tx) eveVersion() uint16 {
	if t.HasServerHello {
		return t.Version
	}
	return t.recordVersion
}

// leaf returns the server's certificate as far as it could be read, nil without one.
func (t *Tx) leaf() *certs.Certificate {
	if t.Chains[server].Len == 0 {
		return nil
	}
	return &t.Chains[server].Leaf
}

func only(wanted bool, b []byte) []byte {
	if !wanted {
		return nil
	}
	return b
}

func fingerprintColumn(path, doc string, value func(*Tx) []byte) record.Column[Tx] {
	return record.Column[Tx]{EVE: path, Type: record.String, Is: record.Fingerprint, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
		if b := value(t); b != nil {
			e.Bytes(b)
		}
	}}
}

func namesColumn(path, doc string, value func(*Tx) tlswire.Names) record.Column[Tx] {
	return record.Column[Tx]{EVE: path, Type: record.StringVector, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
		list := value(t)
		if !t.w.eve.alpn || list == nil {
			return
		}
		e.List()
		for name, ok := list.Next(); ok; name, ok = list.Next() {
			e.Bytes(name)
		}
		e.EndList()
	}}
}

func (t *Tx) putTime(e *record.Encoder, at time.Time) {
	if at.IsZero() {
		return
	}
	t.w.buf = at.AppendFormat(t.w.buf[:0], "2006-01-02T15:04:05")
	e.Bytes(t.w.buf)
}

func (t *Tx) putBase64(e *record.Encoder, der []byte) {
	t.w.buf = base64.StdEncoding.AppendEncode(t.w.buf[:0], der)
	e.Bytes(t.w.buf)
}

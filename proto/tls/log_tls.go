package tls

import (
	"slices"

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
	Columns: tlsColumns(func(t *Tx) *eveFields { return &t.w.eve }),
}

// alertColumns is what alerts tell.
var alertColumns = record.PrepareEmbed(&record.Log[Tx]{
	Event: "tls", Doc: "TLS and SSL handshakes", Columns: tlsColumns(func(t *Tx) *eveFields { return &t.w.alert }),
})

// tlsColumns are the members of tls, of which has tells those that are written.
func tlsColumns(has func(t *Tx) *eveFields) []record.Column[Tx] {
	return slices.Concat(certColumns("tls.", "the server's", server, func(t *Tx) *certFields { return &has(t).server }), []record.Column[Tx]{
		{EVE: "tls.session_resumed", Type: record.Bool, Doc: "set when an older session was taken up", Put: func(e *record.Encoder, t *Tx) {
			if has(t).resumed && t.Resumed && t.Version <= tlswire.TLS12 {
				e.Bool(true)
			}
		}},
		{EVE: "tls.sni", Type: record.String, Is: record.Domain, Doc: "the name that the client asked for", Put: func(e *record.Encoder, t *Tx) {
			if has(t).sni && t.ServerName != nil {
				e.Bytes(t.ServerName)
			}
		}},
		{EVE: "tls.version", Type: record.String, Doc: "the version chosen by the server", Put: func(e *record.Encoder, t *Tx) {
			if has(t).version {
				e.Str(t.eveVersion())
			}
		}},
		{EVE: "tls.subjectaltname", Type: record.StringVector, Is: record.Domain, Doc: "alternative names in the server's certificate", Put: func(e *record.Encoder, t *Tx) { putAltNames(e, t, has(t).altNames) }},
		fingerprintColumn("tls.ja3.hash", "MD5 of the JA3 string", func(t *Tx) []byte { return only(has(t).ja3 || has(t).ruledJA3 && t.ruled, t.JA3Hash) }),
		fingerprintColumn("tls.ja3.string", "JA3 of the client", func(t *Tx) []byte { return only(has(t).ja3 || has(t).ruledJA3 && t.ruled, t.JA3) }),
		fingerprintColumn("tls.ja3s.hash", "MD5 of the JA3S string", func(t *Tx) []byte { return only(has(t).ja3s || has(t).ruledJA3S && t.ruled, t.JA3SHash) }),
		fingerprintColumn("tls.ja3s.string", "JA3S of the server", func(t *Tx) []byte { return only(has(t).ja3s || has(t).ruledJA3S && t.ruled, t.JA3S) }),
		fingerprintColumn("tls.ja4", "JA4 of the client", func(t *Tx) []byte { return only(t.showsJA4(has(t)), t.JA4) }),
		{EVE: "tls.from_proto", Type: record.String, Doc: "the protocol that TLS took over from", Put: func(e *record.Encoder, t *Tx) {
			if t.FromProto != "" {
				e.Str(t.FromProto)
			}
		}},
		namesColumn("tls.client_alpns", "the protocols that the client offered", func(t *Tx) tlswire.Names { return onlyNames(has(t).alpn, t.ClientALPN) }),
		namesColumn("tls.server_alpns", "the protocol that the server chose", func(t *Tx) tlswire.Names { return onlyNames(has(t).alpn, t.ServerALPN) }),
	}, certColumns("tls.client.", "the client's", client, func(t *Tx) *certFields { return &has(t).client }))
}

// showsJA4 tells whether JA4 is written. As in Suricata, alerts tell it only when their rule looks at it.
func (t *Tx) showsJA4(f *eveFields) bool {
	if rule := t.Rule(); rule != nil {
		return rule.Looks("ja4.hash")
	}
	return f.ja4 && (!t.w.autoJA4 || t.ruledJA4)
}

// eveVersion returns the name of the server's version; without its hello that of its records.
func (t *Tx) eveVersion() string {
	switch {
	case !t.HasServerHello:
		return tlswire.EVEVersion(t.recordVersion)
	case t.early13:
		return "TLS 1.3 draft-<16"
	}
	return tlswire.EVEVersion(t.Version)
}

func only(wanted bool, b []byte) []byte {
	if !wanted {
		return nil
	}
	return b
}

func onlyNames(wanted bool, n tlswire.Names) tlswire.Names {
	if !wanted {
		return nil
	}
	return n
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
		if list == nil {
			return
		}
		e.List()
		for name, ok := list.Next(); ok; name, ok = list.Next() {
			e.Bytes(name)
		}
		e.EndList()
	}}
}

// putAltNames writes the names, web addresses and mail addresses that the server's certificate is for.
func putAltNames(e *record.Encoder, t *Tx, wanted bool) {
	c := &t.Chains[server]
	if !wanted || c.Len == 0 || len(c.Leaf.AltNames) == 0 {
		return
	}
	e.List()
	list := c.Leaf.AltNames
	for kind, name, ok := list.Next(); ok; kind, name, ok = list.Next() {
		if kind == certs.NameDNS || kind == certs.NameEmail || kind == certs.NameURI {
			e.Bytes(name)
		}
	}
	e.EndList()
}

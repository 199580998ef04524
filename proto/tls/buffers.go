package tls

import (
	"bytes"

	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// buffers are what rules look at, under Suricata's names; tls.alpn and tls.subjectaltname are those of its version 8. What is
// told of a side's certificate is there in that side's direction.
var buffers = append(append([]proto.Buffer[Tx]{
	{Name: "tls.sni", Aliases: []string{"tls_sni"}, Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return t.ServerName }},
	{Name: "ja3.hash", Content: proto.HashContent(32), Aliases: []string{"ja3_hash"}, Dir: proto.Orig, At: StageFingerprint, One: func(t *Tx) []byte { return t.JA3Hash }},
	{Name: "ja3.string", Aliases: []string{"ja3_string"}, Dir: proto.Orig, At: StageFingerprint, One: func(t *Tx) []byte { return t.JA3 }},
	{Name: "ja3s.hash", Content: proto.HashContent(32), Dir: proto.Resp, At: StageFingerprint, One: func(t *Tx) []byte { return t.JA3SHash }},
	{Name: "ja3s.string", Dir: proto.Resp, At: StageFingerprint, One: func(t *Tx) []byte { return t.JA3S }},
	{Name: "ja4.hash", Aliases: []string{"ja4_hash"}, Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return t.JA4 }},
	{Name: "tls.subjectaltname", Dir: proto.Resp, At: StageCertificate, Nth: altName},
}, side(proto.Orig)...), side(proto.Resp)...)

// side returns the buffers that each side has.
func side(d proto.Dir) []proto.Buffer[Tx] {
	// The client's certificates come before the end of what can be read, the server's have a stage of their own.
	hello, chain := StageClientHello, StageAnswered
	if d == proto.Resp {
		hello, chain = StageServerHello, StageCertificate
	}
	random := func(name string, from, to int) proto.Buffer[Tx] {
		return proto.Buffer[Tx]{Name: name, Dir: d, At: hello, One: func(t *Tx) []byte { return span(t.random(d), from, to) }}
	}
	fact := func(f fact, name string, aliases ...string) proto.Buffer[Tx] {
		return proto.Buffer[Tx]{Name: name, Aliases: aliases, Dir: d, At: chain, One: func(t *Tx) []byte { return t.fact(t.role(d), f) }}
	}
	return []proto.Buffer[Tx]{
		random("tls.random", 0, 32), random("tls.random_time", 0, 4), random("tls.random_bytes", 4, 32),
		{Name: "tls.alpn", Dir: d, At: hello, Nth: func(t *Tx, i int) ([]byte, bool) { return t.protocol(d, i) }},
		fact(factSubject, "tls.cert_subject", "tls_cert_subject"), fact(factIssuer, "tls.cert_issuer", "tls_cert_issuer"),
		as(proto.UpperContent, fact(factSerial, "tls.cert_serial", "tls_cert_serial")),
		as(proto.HashContent(59), fact(factFingerprint, "tls.cert_fingerprint", "tls_cert_fingerprint")),
		{Name: "tls.certs", Dir: d, At: chain, Nth: func(t *Tx, i int) ([]byte, bool) { return t.certificate(t.role(d), i) }},
	}
}

// as gives a buffer the form of its contents.
func as(content func([]byte) ([]byte, error), b proto.Buffer[Tx]) proto.Buffer[Tx] {
	b.Content = content
	return b
}

// role tells who sends in direction d.
func (t *Tx) role(d proto.Dir) int {
	if (d == proto.Resp) != t.Flipped {
		return server
	}
	return client
}

// random returns the bytes in a side's hello; as in Suricata, a hello in the form of SSLv2 hides those of both.
func (t *Tx) random(d proto.Dir) []byte {
	if t.helloV2 {
		return nil
	}
	if t.role(d) == server {
		return t.ServerRandom
	}
	return t.ClientRandom
}

func (t *Tx) protocol(d proto.Dir, i int) ([]byte, bool) {
	list := t.ClientALPN
	if t.role(d) == server {
		list = t.ServerALPN
	}
	for name, ok := list.Next(); ok; name, ok = list.Next() {
		if i == 0 {
			return name, true
		}
		i--
	}
	return nil, false
}

func altName(t *Tx, i int) ([]byte, bool) {
	list := t.Chains[server].Leaf.AltNames
	for kind, name, ok := list.Next(); ok; kind, name, ok = list.Next() {
		if kind != certs.NameDNS && kind != certs.NameEmail && kind != certs.NameURI {
			continue
		}
		if i == 0 {
			return name, true
		}
		i--
	}
	return nil, false
}

func (t *Tx) certificate(role, i int) ([]byte, bool) {
	if i >= t.Chains[role].Len || !t.shown(role) {
		return nil, false
	}
	list := t.Chains[role].All()
	for der, ok := list.Next(); ok; der, ok = list.Next() {
		if i == 0 {
			return der, true
		}
		i--
	}
	return nil, false
}

// fact is something that is told of a certificate as text.
type fact int

const (
	factSubject fact = iota
	factIssuer
	factSerial
	factFingerprint
	numFacts
)

// fact returns a fact of a side's first certificate, nil when there is none. It is made once, and then the transaction's. As in
// Suricata, a zero byte in the subject hides all, one in the issuer all but the subject; those of SSLv2 are not seen.
func (t *Tx) fact(role int, f fact) []byte {
	if t.Chains[role].Len == 0 || t.Version == tlswire.SSL20 {
		return nil
	}
	subject := t.text(role, factSubject)
	if bytes.IndexByte(subject, 0) >= 0 {
		return nil
	}
	if f != factSubject && bytes.IndexByte(t.text(role, factIssuer), 0) >= 0 {
		return nil
	}
	return t.text(role, f)
}

// shown tells whether a side's certificates are there to be looked at.
func (t *Tx) shown(role int) bool { return t.fact(role, factFingerprint) != nil }

func (t *Tx) text(role int, f fact) []byte {
	if b := t.facts[role][f]; b != nil {
		return b
	}
	c := &t.Chains[role].Leaf
	b := t.w.buf[:0]
	switch f {
	case factSubject:
		b = c.Subject.AppendEVE(b)
	case factIssuer:
		b = c.Issuer.AppendEVE(b)
	case factSerial:
		b = certs.AppendSerialColons(b, c.Serial)
	case factFingerprint:
		b = certs.AppendSHA1Colons(b, c.Raw)
	}
	t.w.buf = b
	t.facts[role][f] = t.Keep(b)
	return t.facts[role][f]
}

func span(b []byte, from, to int) []byte {
	if len(b) < to {
		return nil
	}
	return b[from:to]
}

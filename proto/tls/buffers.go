package tls

import (
	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// buffers are what rules look at, under Suricata's names. Computed values live in the worker's scratch memory: borrowed
// until the next buffer is asked for.
var buffers = []proto.Buffer[Tx]{
	{Name: "tls.sni", Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return t.ServerName }},
	{Name: "ja3.hash", Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return t.JA3Hash }},
	{Name: "ja3.string", Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return t.JA3 }},
	{Name: "ja4.hash", Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return t.JA4 }},
	{Name: "ja3s.hash", Dir: proto.Resp, At: StageServerHello, One: func(t *Tx) []byte { return t.JA3SHash }},
	{Name: "ja3s.string", Dir: proto.Resp, At: StageServerHello, One: func(t *Tx) []byte { return t.JA3S }},
	{Name: "tls.random", Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return t.ClientRandom }},
	{Name: "tls.random_time", Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return span(t.ClientRandom, 0, 4) }},
	{Name: "tls.random_bytes", Dir: proto.Orig, At: StageClientHello, One: func(t *Tx) []byte { return span(t.ClientRandom, 4, 32) }},
	{Name: "tls.alpn", Dir: proto.Orig, At: StageClientHello, Nth: func(t *Tx, i int) ([]byte, bool) {
		list := t.ClientALPN
		for name, ok := list.Next(); ok; name, ok = list.Next() {
			if i == 0 {
				return name, true
			}
			i--
		}
		return nil, false
	}},
	{Name: "tls.version", Dir: proto.Resp, At: StageServerHello, One: func(t *Tx) []byte {
		if !t.HasServerHello {
			return nil
		}
		t.w.buf = append(t.w.buf[:0], tlswire.EVEVersion(t.Version)...)
		return t.w.buf
	}},
	{Name: "tls.cert_subject", Dir: proto.Resp, At: StageCertificate, One: func(t *Tx) []byte {
		return t.fact(func(dst []byte, c *certs.Certificate) []byte { return c.Subject.AppendEVE(dst) })
	}},
	{Name: "tls.cert_issuer", Dir: proto.Resp, At: StageCertificate, One: func(t *Tx) []byte {
		return t.fact(func(dst []byte, c *certs.Certificate) []byte { return c.Issuer.AppendEVE(dst) })
	}},
	{Name: "tls.cert_serial", Dir: proto.Resp, At: StageCertificate, One: func(t *Tx) []byte {
		return t.fact(func(dst []byte, c *certs.Certificate) []byte { return certs.AppendSerialColons(dst, c.Serial) })
	}},
	{Name: "tls.cert_fingerprint", Dir: proto.Resp, At: StageCertificate, One: func(t *Tx) []byte {
		return t.fact(func(dst []byte, c *certs.Certificate) []byte { return certs.AppendSHA1Colons(dst, c.Raw) })
	}},
	{Name: "tls.cert_notbefore", Dir: proto.Resp, At: StageCertificate, One: func(t *Tx) []byte {
		return t.fact(func(dst []byte, c *certs.Certificate) []byte {
			return c.NotBefore.AppendFormat(dst, "2006-01-02T15:04:05")
		})
	}},
	{Name: "tls.cert_notafter", Dir: proto.Resp, At: StageCertificate, One: func(t *Tx) []byte {
		return t.fact(func(dst []byte, c *certs.Certificate) []byte {
			return c.NotAfter.AppendFormat(dst, "2006-01-02T15:04:05")
		})
	}},
	{Name: "tls.subjectaltname", Dir: proto.Resp, At: StageCertificate, Nth: func(t *Tx, i int) ([]byte, bool) {
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
	}},
	{Name: "tls.certs", Dir: proto.Resp, At: StageCertificate, Nth: func(t *Tx, i int) ([]byte, bool) {
		list := t.Chains[server].All()
		for der, ok := list.Next(); ok; der, ok = list.Next() {
			if i == 0 {
				return der, true
			}
			i--
		}
		return nil, false
	}},
}

func (t *Tx) fact(write func(dst []byte, c *certs.Certificate) []byte) []byte {
	if t.Chains[server].Len == 0 {
		return nil
	}
	t.w.buf = write(t.w.buf[:0], &t.Chains[server].Leaf)
	if len(t.w.buf) == 0 {
		return nil
	}
	return t.w.buf
}

func span(b []byte, from, to int) []byte {
	if len(b) < to {
		return nil
	}
	return b[from:to]
}

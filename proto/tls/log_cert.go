package tls

import (
	"encoding/base64"
	"time"

	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/record"
)

// certFields says which members a tls record has about one side's certificate.
type certFields struct {
	subject, issuer, serial, fingerprint, notBefore, notAfter, certificate, chain bool
}

// certColumns are the members about one side's certificate, under a prefix.
func certColumns(prefix, whose string, role int, of func(*Tx) *certFields) []record.Column[Tx] {
	column := func(name, doc string, is record.Indicator, wanted func(*certFields) bool, value func(dst []byte, c *Chain) []byte) record.Column[Tx] {
		return record.Column[Tx]{EVE: prefix + name, Type: record.String, Is: is, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
			c := &t.Chains[role]
			if c.Len == 0 || !wanted(of(t)) {
				return
			}
			if t.w.buf = value(t.w.buf[:0], c); len(t.w.buf) > 0 {
				e.Bytes(t.w.buf)
			}
		}}
	}
	return []record.Column[Tx]{
		column("subject", "whom "+whose+" certificate is for", record.NotIndicator, func(f *certFields) bool { return f.subject },
			func(dst []byte, c *Chain) []byte { return c.Leaf.Subject.AppendEVE(dst) }),
		column("issuerdn", "who signed "+whose+" certificate", record.NotIndicator, func(f *certFields) bool { return f.issuer },
			func(dst []byte, c *Chain) []byte { return c.Leaf.Issuer.AppendEVE(dst) }),
		column("serial", "serial number of "+whose+" certificate", record.NotIndicator, func(f *certFields) bool { return f.serial },
			func(dst []byte, c *Chain) []byte { return certs.AppendSerialColons(dst, c.Leaf.Serial) }),
		column("fingerprint", "SHA-1 of "+whose+" certificate", record.Certificate, func(f *certFields) bool { return f.fingerprint },
			func(dst []byte, c *Chain) []byte { return certs.AppendSHA1Colons(dst, c.Leaf.Raw) }),
		column("notbefore", "from when "+whose+" certificate is valid", record.NotIndicator, func(f *certFields) bool { return f.notBefore },
			func(dst []byte, c *Chain) []byte { return appendTime(dst, c.Leaf.NotBefore) }),
		column("notafter", "until when "+whose+" certificate is valid", record.NotIndicator, func(f *certFields) bool { return f.notAfter },
			func(dst []byte, c *Chain) []byte { return appendTime(dst, c.Leaf.NotAfter) }),
		column("certificate", whose+" certificate in base64", record.NotIndicator, func(f *certFields) bool { return f.certificate },
			func(dst []byte, c *Chain) []byte { return base64.StdEncoding.AppendEncode(dst, c.Leaf.Raw) }),
		{EVE: prefix + "chain", Type: record.StringVector, Doc: whose + " certificates in base64", Put: func(e *record.Encoder, t *Tx) {
			c := &t.Chains[role]
			if c.Len == 0 || !of(t).chain {
				return
			}
			e.List()
			list := c.All()
			for der, ok := list.Next(); ok; der, ok = list.Next() {
				t.w.buf = base64.StdEncoding.AppendEncode(t.w.buf[:0], der)
				e.Bytes(t.w.buf)
			}
			e.EndList()
		}},
	}
}

func appendTime(dst []byte, at time.Time) []byte {
	if at.IsZero() {
		return dst
	}
	return at.AppendFormat(dst, "2006-01-02T15:04:05")
}

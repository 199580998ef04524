// Package x509 looks into certificates that flows carry, in handshakes or as files, and writes Zeek's x509.log.
//
// Usage: hand [Handler] to carve.Options.Handlers. A certificate that two hosts exchange again within a day is not
// logged again. Broken certificates are logged with what could be read, if that is at least a serial number and a name.
package x509

import (
	"net/netip"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// userCert is the type of the certificate of one side itself, first in its chain.
const userCert = "application/x-x509-user-cert"

// Handler writes a row for each certificate. It is immutable and shared.
var Handler = &proto.FileHandler{
	Name: "x509", Doc: "X.509 certificates",
	MIME: []string{userCert, "application/x-x509-ca-cert", "application/pkix-cert"},
	Max:  256 << 10, Start: start,
}

// Row is one row of x509.log. It is borrowed by the encoder for the call.
type Row struct {
	// Cert holds the facts.
	Cert certs.Certificate
	// HostCert and ClientCert tell that a server or a client showed it as its own.
	HostCert, ClientCert bool
	buf                  []byte
}

const (
	relogAfter = int64(24 * 3600e9)
	maxKnown   = 1 << 15
)

// known tells a certificate between two hosts. Hosts are part of it so that the log does not depend on which worker
// saw what.
type known struct {
	sum  [32]byte
	a, b flow.Addr
}

func start(s *proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
	w := record.Open(s.Output, Log)
	if !w.Wanted() {
		return nil
	}
	seen := map[known]int64{}
	row := new(Row)
	return func(f *proto.Flow, i *proto.FileInfo, _ proto.File, content []byte, whole bool) {
		if err := row.Cert.Parse(content); err != nil && (row.Cert.Serial == nil || len(row.Cert.Issuer) == 0) {
			return
		}
		k := known{sum: certs.SHA256(row.Cert.Raw), a: f.Side[0].Addr, b: f.Side[1].Addr}
		if string(k.a[:]) > string(k.b[:]) {
			k.a, k.b = k.b, k.a
		}
		if at, ok := seen[k]; ok && f.Now()-at < relogAfter {
			return
		}
		if len(seen) >= maxKnown {
			clear(seen)
		}
		seen[k] = f.Now()
		if manyNames(row.Cert.AltNames) {
			f.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: "x509_too_many_names", Source: "X509", Tx: -1})
		}
		row.HostCert = i.MIME == userCert && i.Dir == proto.Resp
		row.ClientCert = i.MIME == userCert && i.Dir == proto.Orig
		h := f.Header()
		w.Write(&h, row)
	}
}

// Log is x509.log.
var Log = &record.Log[Row]{
	Path: "x509", Doc: "X.509 certificates", Scope: record.PerTime,
	Columns: []record.Column[Row]{
		{Zeek: "fingerprint", Type: record.String, Is: record.Certificate, Doc: "SHA-256 of the certificate", Put: func(e *record.Encoder, r *Row) {
			r.buf = certs.AppendSHA256(r.buf[:0], r.Cert.Raw)
			e.Bytes(r.buf)
		}},
		{Zeek: "certificate.version", Type: record.Count, Doc: "version", Put: func(e *record.Encoder, r *Row) {
			e.Uint(uint64(r.Cert.Version))
		}},
		{Zeek: "certificate.serial", Type: record.String, Doc: "serial number", Put: func(e *record.Encoder, r *Row) {
			r.buf = certs.AppendSerial(r.buf[:0], r.Cert.Serial)
			e.Bytes(r.buf)
		}},
		nameColumn("certificate.subject", "whom it is for", func(c *certs.Certificate) certs.Name { return c.Subject }),
		nameColumn("certificate.issuer", "who signed it", func(c *certs.Certificate) certs.Name { return c.Issuer }),
		{Zeek: "certificate.not_valid_before", Type: record.Time, Doc: "from when it is valid", Put: func(e *record.Encoder, r *Row) {
			if !r.Cert.NotBefore.IsZero() {
				e.Time(nanos(r.Cert.NotBefore.Unix()))
			}
		}},
		{Zeek: "certificate.not_valid_after", Type: record.Time, Doc: "until when it is valid", Put: func(e *record.Encoder, r *Row) {
			if !r.Cert.NotAfter.IsZero() {
				e.Time(nanos(r.Cert.NotAfter.Unix()))
			}
		}},
		{Zeek: "certificate.key_alg", Type: record.String, Doc: "the public key's algorithm", Put: func(e *record.Encoder, r *Row) {
			if r.Cert.KeyAlgorithm != nil {
				e.Str(certs.AlgorithmName(r.Cert.KeyAlgorithm))
			}
		}},
		{Zeek: "certificate.sig_alg", Type: record.String, Doc: "the signature's algorithm", Put: func(e *record.Encoder, r *Row) {
			if r.Cert.Signature != nil {
				e.Str(certs.AlgorithmName(r.Cert.Signature))
			}
		}},
		{Zeek: "certificate.key_type", Type: record.String, Doc: "the public key's kind", Put: func(e *record.Encoder, r *Row) {
			if r.Cert.KeyType != "" {
				e.Str(r.Cert.KeyType)
			}
		}},
		{Zeek: "certificate.key_length", Type: record.Count, Doc: "the public key's length in bits", Put: func(e *record.Encoder, r *Row) {
			if r.Cert.KeyBits > 0 {
				e.Uint(uint64(r.Cert.KeyBits))
			}
		}},
		{Zeek: "certificate.exponent", Type: record.String, Doc: "an RSA key's exponent", Put: func(e *record.Encoder, r *Row) {
			if len(r.Cert.Exponent) > 0 {
				r.buf = r.Cert.AppendExponent(r.buf[:0])
				e.Bytes(r.buf)
			}
		}},
		{Zeek: "certificate.curve", Type: record.String, Doc: "an EC key's group", Put: func(e *record.Encoder, r *Row) {
			if r.Cert.Curve != "" {
				e.Str(r.Cert.Curve)
			}
		}},
		altColumn("san.dns", "alternative DNS names", certs.NameDNS, record.StringVector, record.Domain),
		altColumn("san.uri", "alternative URIs", certs.NameURI, record.StringVector, record.URL),
		altColumn("san.email", "alternative mail addresses", certs.NameEmail, record.StringVector, record.Email),
		altColumn("san.ip", "alternative addresses", certs.NameIP, record.AddressVector, record.IP),
		{Zeek: "basic_constraints.ca", Type: record.Bool, Doc: "whether it may sign certificates", Put: func(e *record.Encoder, r *Row) {
			if r.Cert.HasConstraints {
				e.Bool(r.Cert.IsCA)
			}
		}},
		{Zeek: "basic_constraints.path_len", Type: record.Count, Doc: "how long a chain it may head", Put: func(e *record.Encoder, r *Row) {
			if r.Cert.HasConstraints && r.Cert.PathLen >= 0 {
				e.Uint(uint64(r.Cert.PathLen))
			}
		}},
		{Zeek: "host_cert", Type: record.Bool, Doc: "whether a server showed it as its own", Put: func(e *record.Encoder, r *Row) { e.Bool(r.HostCert) }},
		{Zeek: "client_cert", Type: record.Bool, Doc: "whether a client showed it as its own", Put: func(e *record.Encoder, r *Row) { e.Bool(r.ClientCert) }},
	},
}

// nanos turns seconds into what a log's time holds; times beyond it are clamped.
func nanos(seconds int64) int64 {
	const most = 1<<63/1_000_000_000 - 1
	return max(-most, min(most, seconds)) * 1e9
}

func nameColumn(name, doc string, value func(*certs.Certificate) certs.Name) record.Column[Row] {
	return record.Column[Row]{Zeek: name, Type: record.String, Doc: doc, Put: func(e *record.Encoder, r *Row) {
		r.buf = value(&r.Cert).AppendRFC2253(r.buf[:0])
		e.Bytes(r.buf)
	}}
}

// maxNames bounds the names of one kind in a row.
const maxNames = 1024

// manyNames tells whether there may be names that a row leaves out.
func manyNames(list certs.AltNames) bool {
	n := 0
	for _, _, ok := list.Next(); ok && n <= maxNames; _, _, ok = list.Next() {
		n++
	}
	return n > maxNames
}

// altColumn lists the alternative names of one kind; without any it is unset.
func altColumn(name, doc string, kind int, typ record.Type, is record.Indicator) record.Column[Row] {
	return record.Column[Row]{Zeek: name, Type: typ, Is: is, Doc: doc, Put: func(e *record.Encoder, r *Row) {
		n := 0
		list := r.Cert.AltNames
		for k, v, ok := list.Next(); ok && n < maxNames; k, v, ok = list.Next() {
			if k != kind {
				continue
			}
			a, isAddr := netip.AddrFromSlice(v)
			if kind == certs.NameIP && !isAddr {
				continue
			}
			if n == 0 {
				e.List()
			}
			n++
			if kind == certs.NameIP {
				e.Addr(a)
			} else {
				e.Bytes(v)
			}
		}
		if n > 0 {
			e.EndList()
		}
	}}
}

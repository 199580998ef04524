// Package ocsp looks into OCSP responses, fetched over HTTP or stapled to a handshake, and writes Zeek's ocsp.log: a row
// for each certificate that a response speaks of.
//
// Usage: hand [Handler] to carve.Options.Handlers. Requests are not logged: the response repeats what they ask.
package ocsp

import (
	"time"

	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// maxResponses bounds the rows of one response.
const maxResponses = 256

// Handler writes the rows. It is immutable and shared.
var Handler = &proto.FileHandler{
	Name: "ocsp", Doc: "OCSP responses", MIME: []string{"application/ocsp-response"}, Max: 256 << 10, Start: start,
}

// Row is one row of ocsp.log. It is borrowed by the encoder for the call.
type Row struct {
	// ID is the file that the response came in.
	ID string
	certs.SingleResponse
	buf []byte
}

func start(s *proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
	w := record.Open(s.Output, Log)
	if !w.Wanted() {
		return nil
	}
	row := new(Row)
	return func(f *proto.Flow, i *proto.FileInfo, file proto.File, content []byte, whole bool) {
		var r certs.OCSPResponse
		if r.Parse(content) != nil {
			return
		}
		h := f.Header()
		row.ID = file.ID()
		for n := 0; ; n++ {
			single, ok := r.Next()
			if !ok {
				return
			}
			if n == maxResponses {
				f.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: "ocsp_too_many_responses", Source: "OCSP", Tx: -1})
				return
			}
			row.SingleResponse = single
			w.Write(&h, row)
		}
	}
}

// Log is ocsp.log.
var Log = &record.Log[Row]{
	Path: "ocsp", Doc: "the status of certificates as OCSP responders tell it", Scope: record.PerTime,
	Columns: []record.Column[Row]{
		{Zeek: "id", Type: record.String, Doc: "the file of the response", Put: func(e *record.Encoder, r *Row) { e.Str(r.ID) }},
		{Zeek: "hashAlgorithm", Type: record.String, Doc: "the algorithm of the hashes", Put: func(e *record.Encoder, r *Row) {
			e.Str(certs.DigestName(r.HashAlgorithm))
		}},
		hashColumn("issuerNameHash", "hash of the issuer's name", func(r *Row) []byte { return r.IssuerNameHash }),
		hashColumn("issuerKeyHash", "hash of the issuer's key", func(r *Row) []byte { return r.IssuerKeyHash }),
		{Zeek: "serialNumber", Type: record.String, Doc: "the certificate's serial number", Put: func(e *record.Encoder, r *Row) {
			r.buf = certs.AppendSerial(r.buf[:0], r.Serial)
			e.Bytes(r.buf)
		}},
		{Zeek: "certStatus", Type: record.String, Doc: "good, revoked or unknown", Put: func(e *record.Encoder, r *Row) {
			if r.Status != "" {
				e.Str(r.Status)
			}
		}},
		timeColumn("revoketime", "when it was revoked", func(r *Row) time.Time { return r.Revoked }),
		{Zeek: "revokereason", Type: record.String, Doc: "why it was revoked", Put: func(e *record.Encoder, r *Row) {
			if r.Reason != "" {
				e.Str(r.Reason)
			}
		}},
		timeColumn("thisUpdate", "when this was known to be so", func(r *Row) time.Time { return r.ThisUpdate }),
		timeColumn("nextUpdate", "when there will be news", func(r *Row) time.Time { return r.NextUpdate }),
	},
}

func hashColumn(name, doc string, value func(*Row) []byte) record.Column[Row] {
	return record.Column[Row]{Zeek: name, Type: record.String, Doc: doc, Put: func(e *record.Encoder, r *Row) {
		r.buf = certs.AppendHash(r.buf[:0], value(r))
		e.Bytes(r.buf)
	}}
}

func timeColumn(name, doc string, value func(*Row) time.Time) record.Column[Row] {
	return record.Column[Row]{Zeek: name, Type: record.Time, Doc: doc, Put: func(e *record.Encoder, r *Row) {
		if t := value(r); !t.IsZero() {
			e.Time(t.Unix() * 1e9)
		}
	}}
}

package http

import (
	"bytes"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// eveLog is EVE's http record; embedLog are the same columns within a fileinfo record.
var (
	eveLog   = &record.Log[Tx]{Event: "http", Doc: "HTTP requests with their responses", Columns: eveColumns("http.")}
	embedLog = &record.Log[Tx]{Event: "http", Doc: "the transaction that a file came with", Columns: eveColumns("")}
)

func eveColumns(prefix string) []column {
	cols := []column{
		{EVE: "hostname", Type: record.String, Is: record.Domain, Doc: "the host that the request is for",
			Put: func(e *record.Encoder, t *Tx) { optional(e, t.host) }},
		{EVE: "http_port", Type: record.Port, Doc: "the port in target or Host", Put: func(e *record.Encoder, t *Tx) {
			if t.port >= 0 {
				e.Uint(uint64(t.port))
			}
		}},
		{EVE: "url", Type: record.String, Is: record.URL, Doc: "the target as sent",
			Put: func(e *record.Encoder, t *Tx) { optional(e, t.url()) }},
		eveField("http_user_agent", "the User-Agent field", record.UserAgent, proto.Orig, fUserAgent),
		eveField("xff", "the X-Forwarded-For field", record.NotIndicator, proto.Orig, fXFF),
		{EVE: "http_content_type", Type: record.String, Doc: "the response's type without parameters",
			Put: func(e *record.Encoder, t *Tx) {
				if f := t.Resp.find(fContentType); f != nil {
					v, _, _ := bytes.Cut(t.Resp.value(fContentType), []byte{';'})
					e.Bytes(v)
				}
			}},
		{EVE: "content_range", Type: record.Object, Doc: "the response's range", Put: putRange},
		eveField("http_refer", "the Referer field", record.URL, proto.Orig, fReferer),
		{EVE: "http_method", Type: record.String, Doc: "the method",
			Put: func(e *record.Encoder, t *Tx) { optional(e, t.Method) }},
		{EVE: "protocol", Type: record.String, Doc: "the request's version",
			Put: func(e *record.Encoder, t *Tx) { optional(e, t.Protocol) }},
		{EVE: "status", Type: record.Count, Doc: "the response's code", Put: func(e *record.Encoder, t *Tx) {
			if len(t.StatusText) > 0 {
				e.Uint(uint64(t.Status))
			}
		}},
		eveField("redirect", "the Location field", record.URL, proto.Resp, fLocation),
		{EVE: "length", Type: record.Count, Doc: "bytes of the response's body as sent",
			Put: func(e *record.Encoder, t *Tx) { e.Uint(uint64(t.Resp.Wire)) }},
	}
	for i := range cols {
		cols[i].EVE = prefix + cols[i].EVE
	}
	return cols
}

func optional(e *record.Encoder, b []byte) {
	if len(b) > 0 {
		e.Bytes(b)
	}
}

func eveField(name, doc string, is record.Indicator, d proto.Dir, id fieldID) column {
	return column{EVE: name, Type: record.String, Is: is, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
		m := t.message(d)
		optional(e, m.value(id))
	}}
}

func putRange(e *record.Encoder, t *Tx) {
	v := t.Resp.value(fContentRange)
	if v == nil {
		return
	}
	e.Object()
	e.Key("raw")
	e.Bytes(v)
	if r, ok := parseContentRange(v); ok {
		for _, m := range [...]struct {
			key string
			n   int64
		}{{"start", r.start}, {"end", r.end}, {"size", r.size}} {
			if m.n >= 0 {
				e.Key(m.key)
				e.Int(m.n)
			}
		}
	}
	e.EndObject()
}

// customFields reads the additional fields that eve.http.custom names.
func customFields(s proto.Settings) (out []customField) {
	for key, v := range s {
		if !strings.HasPrefix(key, "eve.http.custom") {
			continue
		}
		for _, name := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '[' || r == ']' || r == ' ' }) {
			out = append(out, customField{strings.ReplaceAll(strings.ToLower(name), "-", "_"), strings.ToLower(name)})
		}
	}
	return out
}

package http

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// eveLog is EVE's http record; embedLog are the same columns within a fileinfo record.
var (
	eveLog = &record.Log[Tx]{Event: "http", Doc: "HTTP requests with their responses",
		Columns: eveColumns("http.", slices.Concat(basic(), ifExtended(extended()), optionalColumns()))}
	embedLog = &record.Log[Tx]{Event: "http", Doc: "the transaction that a file came with",
		Columns: eveColumns("", slices.Concat(basic(), extended()))}
)

// alertColumns are embedLog's: alerts embed the same, whatever the options of http records.
var alertColumns = record.PrepareEmbed(embedLog)

// alert writes what EVE's alerts tell of a transaction as far as it came.
func alert(e *record.Encoder, t *Tx, _ proto.Dir) bool {
	e.Key("http")
	e.Object()
	record.Embed(e, alertColumns, t)
	e.EndObject()
	return true
}

func eveColumns(prefix string, cols []column) []column {
	for i := range cols {
		cols[i].EVE = prefix + cols[i].EVE
	}
	return cols
}

// ifExtended makes columns depend on the option "extended".
func ifExtended(cols []column) []column {
	for i := range cols {
		put := cols[i].Put
		cols[i].Put = func(e *record.Encoder, t *Tx) {
			if t.cfg.extended {
				put(e, t)
			}
		}
	}
	return cols
}

// basic are the columns that every record has.
func basic() []column {
	return []column{
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
	}
}

// extended are the columns of the option "extended", which is on by default.
func extended() []column {
	return []column{
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
}

// optionalColumns are those of the options "custom" and "dump-all-headers".
func optionalColumns() []column {
	return []column{
		{EVE: customKey, Type: record.Object, Doc: "the fields that the option custom names, each by its own name", Put: putCustom},
		dumped("request_headers", proto.Orig), dumped("response_headers", proto.Resp),
	}
}

// customKey stands for the custom fields, which have keys of their own.
const customKey = "custom"

// putCustom takes its own key back and writes one member for each field that is there.
func putCustom(e *record.Encoder, t *Tx) {
	if len(t.cfg.custom) == 0 || !t.cfg.extended {
		return // without the columns of extended the object may still be empty
	}
	fresh := true
	for i := range t.cfg.custom {
		f := &t.cfg.custom[i]
		v := t.message(f.dir).named(f.header)
		if len(v) == 0 {
			continue
		}
		if fresh {
			e.Cut(e.Mark() - len(`,"":`) - len(customKey))
			fresh = false
		}
		e.Key(f.key)
		e.Bytes(v)
	}
}

// named returns the value of the field with a lower-case name.
func (m *Message) named(name string) []byte {
	for i := range m.Fields {
		if f := &m.Fields[i]; equalFold(f.Name, name) {
			if f.Merged != nil {
				return f.Merged
			}
			return f.Value
		}
	}
	return nil
}

// dumped is a list of all fields of a message.
func dumped(name string, d proto.Dir) column {
	return column{EVE: name, Type: record.Object, Doc: "all fields, with the option dump-all-headers",
		Put: func(e *record.Encoder, t *Tx) {
			if !t.cfg.dump[d] {
				return
			}
			e.List()
			m := t.message(d)
			for i := range m.Fields {
				f := &m.Fields[i]
				if f.Dup {
					continue
				}
				e.Object()
				e.Key("name")
				e.Bytes(f.Name)
				e.Key("value")
				e.Bytes(m.named(string(toLower(append([]byte(nil), f.Name...)))))
				e.EndObject()
			}
			e.EndList()
		}}
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

// customField is a field that the option custom adds.
type customField struct {
	key, header string
	dir         proto.Dir
}

// responseFields are those of Suricata's custom fields that responses have.
const responseFields = " accept-range age allow connection content-encoding content-language content-length " +
	"content-location content-md5 content-range content-type date etag expires last-modified link location " +
	"proxy-authenticate referrer refresh retry-after server set-cookie trailer transfer-encoding upgrade vary warning " +
	"www-authenticate "

// customFields reads the additional fields that eve.http.custom names, as one list or numbered.
func customFields(s proto.Settings) (out []customField) {
	var keys []string
	for key := range s {
		if strings.HasPrefix(key, "eve.http.custom") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		for _, name := range strings.FieldsFunc(s[key], func(r rune) bool { return strings.ContainsRune(",[] ", r) }) {
			f := customField{header: strings.ToLower(name)}
			f.key = strings.ReplaceAll(f.header, "-", "_")
			if strings.Contains(responseFields, " "+f.header+" ") {
				f.dir = proto.Resp
			}
			out = append(out, f)
		}
	}
	return out
}

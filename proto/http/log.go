package http

import (
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

type column = record.Column[Tx]

// zeekLog is http.log.
var zeekLog = &record.Log[Tx]{
	Path: "http",
	Doc:  "HTTP requests with their responses",
	Columns: []column{
		{Zeek: "trans_depth", Type: record.Count, Doc: "the transaction's number within the connection, from 1",
			Put: func(e *record.Encoder, t *Tx) { e.Uint(uint64(t.Depth)) }},
		{Zeek: "method", Type: record.String, Doc: "the method", Put: func(e *record.Encoder, t *Tx) {
			if t.zeek.request {
				e.Bytes(t.zeek.method)
			}
		}},
		zeekField("host", "the Host field", record.Domain, fHost),
		{Zeek: "uri", Type: record.String, Is: record.URL, Doc: "the target as sent", Put: func(e *record.Encoder, t *Tx) {
			if t.zeek.request {
				e.Bytes(t.zeek.uri)
			}
		}},
		zeekField("referrer", "the Referer field", record.URL, fReferer),
		{Zeek: "version", Type: record.String, Doc: "the response's version", Put: func(e *record.Encoder, t *Tx) {
			if t.zeek.version[0] != 0 {
				e.Bytes(t.zeek.version[:])
			}
		}},
		zeekField("user_agent", "the User-Agent field", record.UserAgent, fUserAgent),
		zeekField("origin", "the Origin field", record.URL, fOrigin),
		{Zeek: "request_body_len", Type: record.Count, Doc: "bytes of the request's body, decoded",
			Put: func(e *record.Encoder, t *Tx) { e.Uint(uint64(t.Req.length())) }},
		{Zeek: "response_body_len", Type: record.Count, Doc: "bytes of the response's body, decoded",
			Put: func(e *record.Encoder, t *Tx) {
				n := int64(0)
				if t.zeek.reply {
					n = t.Resp.length()
				}
				e.Uint(uint64(n))
			}},
		{Zeek: "status_code", Type: record.Count, Doc: "the response's code", Put: func(e *record.Encoder, t *Tx) {
			switch {
			case t.zeek.reply:
				e.Uint(uint64(t.Status))
			case t.InfoStatus != 0:
				e.Uint(uint64(t.InfoStatus))
			}
		}},
		{Zeek: "status_msg", Type: record.String, Doc: "the response's reason", Put: putReason},
		{Zeek: "info_code", Type: record.Count, Doc: "the last 1xx code", Put: func(e *record.Encoder, t *Tx) {
			if n, _ := t.info(); n != 0 {
				e.Uint(uint64(n))
			}
		}},
		{Zeek: "info_msg", Type: record.String, Doc: "the last 1xx reason", Put: func(e *record.Encoder, t *Tx) {
			if n, reason := t.info(); n != 0 {
				e.Bytes(reason)
			}
		}},
		{Zeek: "tags", Type: record.EnumSet, Doc: "marks of detections", Put: func(e *record.Encoder, t *Tx) { e.List(); e.EndList() }},
		{Zeek: "username", Type: record.String, Is: record.UserName, Doc: "of Basic credentials",
			Put: func(e *record.Encoder, t *Tx) {
				if t.user != nil {
					e.Bytes(t.user)
				}
			}},
		{Zeek: "password", Type: record.String, Doc: "of Basic credentials, when asked for",
			Put: func(e *record.Encoder, t *Tx) {
				if t.pass != nil {
					e.Bytes(t.pass)
				}
			}},
		{Zeek: "proxied", Type: record.StringSet, Doc: "fields that tell of a proxy", Put: putProxied},
		fuids("orig_fuids", proto.Orig), names("orig_filenames", proto.Orig), mimes("orig_mime_types", proto.Orig),
		fuids("resp_fuids", proto.Resp), names("resp_filenames", proto.Resp), mimes("resp_mime_types", proto.Resp),
	},
}

// zeekField is a column with the last of a request's fields of one name.
func zeekField(name, doc string, is record.Indicator, id fieldID) column {
	return column{Zeek: name, Type: record.String, Is: is, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
		if !t.zeek.request {
			return
		}
		if f := t.Req.last(id); f != nil {
			e.Bytes(f.Value)
		}
	}}
}

func putReason(e *record.Encoder, t *Tx) {
	switch {
	case t.zeek.noReason:
		e.Name("<empty>")
	case t.zeek.reply && t.Status != 0:
		e.Bytes(t.zeek.reason)
	case t.InfoStatus != 0:
		e.Bytes(t.InfoReason)
	}
}

// info returns the last 1xx status.
func (t *Tx) info() (int, []byte) {
	if t.Status >= 100 && t.Status < 200 {
		return t.Status, t.Reason
	}
	return t.InfoStatus, t.InfoReason
}

// proxyFields tell that a proxy is between.
var proxyFields = [...]struct {
	id   fieldID
	name string
}{
	{fForwarded, "FORWARDED"}, {fXFF, "X-FORWARDED-FOR"}, {fXForwardedFrom, "X-FORWARDED-FROM"},
	{fClientIP, "CLIENT-IP"}, {fVia, "VIA"}, {fXroxy, "XROXY-CONNECTION"}, {fProxyConnection, "PROXY-CONNECTION"},
}

func putProxied(e *record.Encoder, t *Tx) {
	if !t.zeek.request {
		return
	}
	open := false
	for i := range t.Req.Fields {
		f := &t.Req.Fields[i]
		for _, p := range proxyFields {
			if f.id != p.id {
				continue
			}
			if !open {
				e.List()
				open = true
			}
			v := t.Append(nil, []byte(p.name))
			v = t.Append(v, []byte(" -> "))
			e.Bytes(t.Append(v, f.Value))
		}
	}
	if open {
		e.EndList()
	}
}

func fuids(name string, d proto.Dir) column {
	return column{Zeek: name, Type: record.StringVector, Doc: "the files of the message", Put: func(e *record.Encoder, t *Tx) {
		files := t.message(d).files
		if len(files) == 0 {
			return
		}
		e.List()
		for i := range files {
			if id := files[i].file.ID(); i == 0 || id != files[i-1].file.ID() {
				e.Str(id)
			}
		}
		e.EndList()
	}}
}

func names(name string, d proto.Dir) column {
	return column{Zeek: name, Type: record.StringVector, Is: record.FileName, Doc: "the files' names",
		Put: func(e *record.Encoder, t *Tx) {
			files := t.message(d).files
			open := false
			for i := range files {
				if files[i].name == nil {
					continue
				}
				if !open {
					e.List()
					open = true
				}
				e.Bytes(files[i].name)
			}
			if open {
				e.EndList()
			}
		}}
}

func mimes(name string, d proto.Dir) column {
	return column{Zeek: name, Type: record.StringVector, Doc: "the files' types", Put: func(e *record.Encoder, t *Tx) {
		files := t.message(d).files
		open := false
		for i := range files {
			m := files[i].file.MIME()
			if m == "" {
				continue
			}
			if !open {
				e.List()
				open = true
			}
			e.Str(m)
		}
		if open {
			e.EndList()
		}
	}}
}

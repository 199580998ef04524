package http

import (
	"bytes"
	"slices"

	"github.com/wirelore/wirelore/proto"
)

type buffer = proto.Buffer[Tx]

// buffers have Suricata's keyword names.
var buffers = slices.Concat([]buffer{
	one("http.uri", proto.Orig, RequestHeaders, (*Tx).normalURI),
	one("http.uri.raw", proto.Orig, RequestHeaders, func(t *Tx) []byte { return t.url() }),
	one("http.method", proto.Orig, RequestHeaders, func(t *Tx) []byte { return t.Method }),
	one("http.request_line", proto.Orig, RequestHeaders, func(t *Tx) []byte { return t.Req.Line }),
	one("http.host", proto.Orig, RequestHeaders, (*Tx).lowerHost),
	one("http.host.raw", proto.Orig, RequestHeaders, (*Tx).rawHost),
	reqField("http.user_agent", fUserAgent), reqField("http.referer", fReferer), reqField("http.accept", fAccept),
	reqField("http.accept_lang", fAcceptLang), reqField("http.accept_enc", fAcceptEnc),
	one("http.request_header", proto.Orig, RequestHeaders, nil), one("http.response_header", proto.Resp, ResponseHeaders, nil),
	one("http.request_body", proto.Orig, RequestBody, func(t *Tx) []byte { return t.Req.Body }),
	one("http.response_line", proto.Resp, ResponseHeaders, func(t *Tx) []byte { return t.Resp.Line }),
	one("http.stat_code", proto.Resp, ResponseHeaders, func(t *Tx) []byte { return t.StatusText }),
	one("http.stat_msg", proto.Resp, ResponseHeaders, func(t *Tx) []byte { return t.Reason }),
	respField("http.location", fLocation), respField("http.server", fServer),
	one("http.response_body", proto.Resp, ResponseBody, func(t *Tx) []byte { return t.Resp.Body }),
},
	both("http.cookie", func(t *Tx, d proto.Dir) []byte { return t.cookie(d) }),
	both("http.header", func(t *Tx, d proto.Dir) []byte { return t.headerText(d) }),
	both("http.header.raw", func(t *Tx, d proto.Dir) []byte { return t.message(d).rawHeader() }),
	both("http.header_names", func(t *Tx, d proto.Dir) []byte { return t.headerNames(d) }),
	both("http.protocol", func(t *Tx, d proto.Dir) []byte { return t.protocol(d) }),
	both("http.start", func(t *Tx, d proto.Dir) []byte { return t.start(d) }),
	both("http.content_type", func(t *Tx, d proto.Dir) []byte { return t.message(d).value(fContentType) }),
	both("http.content_len", func(t *Tx, d proto.Dir) []byte { return t.message(d).value(fContentLength) }),
	both("http.connection", func(t *Tx, d proto.Dir) []byte { return t.message(d).value(fConnection) }),
)

func one(name string, d proto.Dir, at proto.Stage, get func(*Tx) []byte) buffer {
	if get == nil {
		return buffer{Name: name, Dir: d, At: at, Nth: func(t *Tx, i int) ([]byte, bool) { return t.headerAt(d, i) }}
	}
	return buffer{Name: name, Dir: d, At: at, One: get}
}

// both declares a buffer that exists in either direction: the name alone is the request's, with ".response" behind it the
// response's.
func both(name string, get func(*Tx, proto.Dir) []byte) []buffer {
	return []buffer{
		{Name: name, Dir: proto.Orig, At: RequestHeaders, One: func(t *Tx) []byte { return get(t, proto.Orig) }},
		{Name: name + ".response", Dir: proto.Resp, At: ResponseHeaders,
			One: func(t *Tx) []byte { return get(t, proto.Resp) }},
	}
}

func reqField(name string, id fieldID) buffer {
	return one(name, proto.Orig, RequestHeaders, func(t *Tx) []byte { return t.Req.value(id) })
}

func respField(name string, id fieldID) buffer {
	return one(name, proto.Resp, ResponseHeaders, func(t *Tx) []byte { return t.Resp.value(id) })
}

// lowerHost is the host without port in lower case.
func (t *Tx) lowerHost() []byte {
	if t.hostNorm == nil && t.host != nil {
		t.hostNorm = bytes.ToLower(t.host)
	}
	return t.hostNorm
}

func (t *Tx) rawHost() []byte {
	if v := t.Req.value(fHost); v != nil {
		return v
	}
	return t.host
}

func (t *Tx) cookie(d proto.Dir) []byte {
	if d == proto.Orig {
		return t.Req.value(fCookie)
	}
	return t.Resp.value(fSetCookie)
}

func (t *Tx) protocol(d proto.Dir) []byte {
	if d == proto.Orig {
		return t.Protocol
	}
	return t.RespProtocol
}

// rawHeader is the header block as sent, with the empty line.
func (m *Message) rawHeader() []byte {
	if m.blankEnd > 0 {
		return m.Raw[:m.blankEnd]
	}
	return m.Raw
}

// headerText is the header block with fields of one name joined, without cookies, each ended by CRLF.
func (t *Tx) headerText(d proto.Dir) []byte {
	if t.header[d] != nil {
		return t.header[d]
	}
	m := t.message(d)
	var out []byte
	for i := range m.Fields {
		f := &m.Fields[i]
		if f.Dup || f.id == fCookie && d == proto.Orig || f.id == fSetCookie && d == proto.Resp {
			continue
		}
		v := f.Merged
		if v == nil {
			v = f.Value
		}
		out = append(out, f.Name...)
		out = append(append(append(out, ": "...), v...), "\r\n"...)
	}
	t.header[d] = out
	return out
}

// headerNames lists the names between line ends, with a line end before the first and two behind the last.
func (t *Tx) headerNames(d proto.Dir) []byte {
	if t.names[d] != nil {
		return t.names[d]
	}
	m := t.message(d)
	var out []byte
	for i := range m.Fields {
		if f := &m.Fields[i]; !f.Dup {
			out = append(append(out, "\r\n"...), f.Name...)
		}
	}
	if out != nil {
		out = append(out, "\r\n\r\n"...)
	}
	t.names[d] = out
	return out
}

// headerAt is the i-th field as "Name: value".
func (t *Tx) headerAt(d proto.Dir, i int) ([]byte, bool) {
	m := t.message(d)
	for k := range m.Fields {
		f := &m.Fields[k]
		if f.Dup {
			continue
		}
		if i == 0 {
			v := f.Merged
			if v == nil {
				v = f.Value
			}
			out := append([]byte(nil), f.Name...)
			return append(append(out, ": "...), v...), true
		}
		i--
	}
	return nil, false
}

// start is the first line with the header block.
func (t *Tx) start(d proto.Dir) []byte {
	m := t.message(d)
	if m.Line == nil {
		return nil
	}
	out := append([]byte(nil), m.Line...)
	return append(append(out, "\r\n"...), m.rawHeader()...)
}

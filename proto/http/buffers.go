package http

import (
	"slices"

	"github.com/wirelore/wirelore/proto"
)

type buffer = proto.Buffer[Tx]

// buffers have Suricata's names: the sticky buffer's, that of the content modifier before it ("" when there was none), and
// other spellings.
var buffers = slices.Concat([]buffer{
	one(proto.Orig, RequestLine, (*Tx).normalURI, "http.uri", "http_uri", "http.uri.normalized"),
	one(proto.Orig, RequestLine, (*Tx).url, "http.uri.raw", "http_raw_uri"),
	one(proto.Orig, RequestLine, func(t *Tx) []byte { return t.Method }, "http.method", "http_method"),
	one(proto.Orig, RequestLine, func(t *Tx) []byte { return t.Req.Line }, "http.request_line", "", "http_request_line"),
	one(proto.Orig, RequestHeaders, (*Tx).hostName, "http.host", "http_host"),
	one(proto.Orig, RequestHeaders, (*Tx).rawHost, "http.host.raw", "http_raw_host"),
	field(proto.Orig, fUserAgent, "http.user_agent", "http_user_agent"),
	field(proto.Orig, fReferer, "http.referer", "", "http_referer"),
	field(proto.Orig, fAccept, "http.accept", "", "http_accept"),
	field(proto.Orig, fAcceptLang, "http.accept_lang", "", "http_accept_lang"),
	field(proto.Orig, fAcceptEnc, "http.accept_enc", "", "http_accept_enc"),
	{Name: "http.request_header", Dir: proto.Orig, At: RequestHeaders, Nth: nth(proto.Orig)},
	growing(proto.Orig, (*Tx).requestBody, "http.request_body", "http_client_body"),
	{Name: "file.data", Aliases: []string{"file_data"}, Dir: proto.Orig, At: RequestBody, Nth: (*Tx).upload},
	one(proto.Resp, ResponseLine, (*Tx).responseLine, "http.response_line", "", "http_response_line"),
	one(proto.Resp, ResponseLine, (*Tx).statusText, "http.stat_code", "http_stat_code"),
	one(proto.Resp, ResponseLine, (*Tx).reason, "http.stat_msg", "http_stat_msg"),
	field(proto.Resp, fLocation, "http.location", ""),
	field(proto.Resp, fServer, "http.server", ""),
	{Name: "http.response_header", Dir: proto.Resp, At: ResponseHeaders, Nth: nth(proto.Resp)},
	growing(proto.Resp, (*Tx).responseBody, "http.response_body", "http_server_body"),
	growing(proto.Resp, (*Tx).responseBody, "file.data", "", "file_data"),
},
	both(lines, (*Tx).protocol, "http.protocol", "", "http_protocol"),
	both(blocks, (*Tx).cookie, "http.cookie", "http_cookie"),
	both(blocks, (*Tx).headerText, "http.header", "http_header"),
	both(blocks, (*Tx).rawHeader, "http.header.raw", "http_raw_header"),
	both(blocks, (*Tx).headerNames, "http.header_names", "", "http_header_names"),
	both(blocks, (*Tx).startText, "http.start", "", "http_start"),
	both(blocks, fieldOf(fContentType), "http.content_type", "", "http_content_type"),
	both(blocks, fieldOf(fContentLength), "http.content_len", "", "http_content_len"),
	both(blocks, fieldOf(fConnection), "http.connection", "", "http_connection"),
)

// lines and blocks are the stages from which first lines and header blocks are known, by direction.
var (
	lines  = [2]proto.Stage{RequestLine, ResponseLine}
	blocks = [2]proto.Stage{RequestHeaders, ResponseHeaders}
	bodies = [2]proto.Stage{RequestBody, ResponseBody}
)

func one(d proto.Dir, at proto.Stage, get func(*Tx) []byte, name, modifier string, aliases ...string) buffer {
	return buffer{Name: name, Modifier: modifier, Aliases: aliases, Dir: d, At: at, One: get}
}

// both declares a buffer that either direction has.
func both(at [2]proto.Stage, get func(*Tx, proto.Dir) []byte, name, modifier string, aliases ...string) []buffer {
	return []buffer{
		one(proto.Orig, at[proto.Orig], func(t *Tx) []byte { return get(t, proto.Orig) }, name, modifier, aliases...),
		one(proto.Resp, at[proto.Resp], func(t *Tx) []byte { return get(t, proto.Resp) }, name, modifier, aliases...),
	}
}

// field declares the value of a field that one direction has.
func field(d proto.Dir, id fieldID, name, modifier string, aliases ...string) buffer {
	get := fieldOf(id)
	return one(d, blocks[d], func(t *Tx) []byte { return get(t, d) }, name, modifier, aliases...)
}

func fieldOf(id fieldID) func(*Tx, proto.Dir) []byte {
	return func(t *Tx, d proto.Dir) []byte { return t.message(d).value(id) }
}

// growing declares a body, which grows.
func growing(d proto.Dir, get func(*Tx) []byte, name, modifier string, aliases ...string) buffer {
	b := one(d, bodies[d], get, name, modifier, aliases...)
	b.Grows, b.Window = true, inspectWindow[d]
	b.Ready = func(t *Tx) bool { return t.bodyReady(d) }
	return b
}

// inspectWindow is how much of a body is looked at again when more of it came: the packaged request-body-inspect-window and
// response-body-inspect-window.
var inspectWindow = [2]int{4 << 10, 16 << 10}

// bodyReady tells whether so much of a body came that rules look at it before its message's end.
func (t *Tx) bodyReady(d proto.Dir) bool {
	m, c := t.message(d), t.cfg
	return m.whole || len(m.Body) >= c.inspect[d] || len(m.Body) >= c.keep[d]
}

func (t *Tx) requestBody() []byte { return t.Req.kept() }

func (t *Tx) responseBody() []byte { return t.Resp.kept() }

// kept is what was kept of the body, nil when nothing came.
func (m *Message) kept() []byte {
	if len(m.Body) == 0 {
		return nil
	}
	return m.Body
}

// hostName is the host without port.
func (t *Tx) hostName() []byte {
	if len(t.host) == 0 {
		return nil
	}
	return t.host
}

// rawHost is the target's host, or the Host field as sent.
func (t *Tx) rawHost() []byte {
	if t.authority {
		return t.host
	}
	return t.Req.value(fHost)
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

// responseLine is the status line; until the final response's came it is that of the interim response before it.
func (t *Tx) responseLine() []byte {
	if t.Resp.Line == nil {
		return t.infoLine
	}
	return t.Resp.Line
}

func (t *Tx) statusText() []byte {
	if t.Resp.Line == nil {
		return t.infoText
	}
	return t.StatusText
}

func (t *Tx) reason() []byte {
	if t.Resp.Line == nil {
		return t.InfoReason
	}
	return t.Reason
}

// rawHeader is the header block as sent, with the empty line; behind a chunked body that ended, with its trailer.
func (t *Tx) rawHeader(d proto.Dir) []byte {
	m := t.message(d)
	if !m.headed || m.cut || m.headEnd == 0 {
		return nil
	}
	return m.Raw[:min(m.headEnd, len(m.Raw))]
}

package http

import (
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// TestNames checks that each name that Suricata 7 has for its buffers of HTTP leads to one, in its directions.
func TestNames(t *testing.T) {
	names := map[string]string{}
	for _, b := range buffers {
		for _, n := range append([]string{b.Name, b.Modifier}, b.Aliases...) {
			if n != "" {
				names[n] += arrow(b.Dir)
			}
		}
	}
	for _, k := range []struct{ sides, list string }{
		{"> ", "http.uri http_uri http.uri.normalized http.uri.raw http_raw_uri http.method http_method http.request_line http_request_line " +
			"http.host http_host http.host.raw http_raw_host http.user_agent http_user_agent http.referer http_referer http.accept http_accept " +
			"http.accept_lang http_accept_lang http.accept_enc http_accept_enc http.request_header http.request_body http_client_body"},
		{"< ", "http.response_line http_response_line http.stat_code http_stat_code http.stat_msg http_stat_msg http.location http.server " +
			"http.response_header http.response_body http_server_body"},
		{"> < ", "http.protocol http_protocol http.cookie http_cookie http.header http_header http.header.raw http_raw_header " +
			"http.header_names http_header_names http.start http_start http.content_type http_content_type http.content_len " +
			"http_content_len http.connection http_connection file.data file_data"},
	} {
		for n := range strings.FieldsSeq(k.list) {
			if names[n] != k.sides {
				t.Errorf("%s is a buffer of %q, want %q", n, names[n], k.sides)
			}
			delete(names, n)
		}
	}
	if len(names) > 0 {
		t.Errorf("Suricata has no %v", names)
	}
}

// TestComplete checks that either direction is complete once its message is, however it ended.
func TestComplete(t *testing.T) {
	const ask = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
	for name, k := range map[string]struct {
		chunks []prototest.Chunk
		want   string // for each packet and transaction: which directions are complete
	}{
		"get":        {[]prototest.Chunk{c(ask), s(length("x"))}, "> <>"},
		"head":       {[]prototest.Chunk{c("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n"), s("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")}, "> <>"},
		"304":        {[]prototest.Chunk{c(ask), s("HTTP/1.1 304 NM\r\nETag: x\r\n\r\n")}, "> <>"},
		"post":       {[]prototest.Chunk{c("POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nda"), c("ta"), s(length("x"))}, "- > <>"},
		"early":      {[]prototest.Chunk{c("POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nda"), s(length("x")), c("ta")}, "- < <>"},
		"chunked":    {[]prototest.Chunk{c(ask), s(response("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n")), s("\r\n")}, "> > <>"},
		"close":      {[]prototest.Chunk{c(ask), s(response("", "x"))}, "> >"},
		"interim":    {[]prototest.Chunk{c(ask), s("HTTP/1.1 100 Continue\r\n\r\n"), s(length("x"))}, "> > <>"},
		"connect":    {[]prototest.Chunk{c("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"), s("HTTP/1.1 200 OK\r\n\r\n")}, "> <>"},
		"upgrade":    {[]prototest.Chunk{c(ask), s("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n")}, "> <>"},
		"lone":       {[]prototest.Chunk{s("HTTP/1.1 200 OK\r\nContent-"), s("Length: 0\r\n\r\n")}, "> <>"},
		"pipelined":  {[]prototest.Chunk{c(ask + ask), s(length("x")), s(length("x"))}, "> > <> > <>"},
		"unanswered": {[]prototest.Chunk{c(ask)}, ">"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			over := map[uint64]bool{}
			watch(t, nil, func(tx *proto.Transaction, d proto.Dir) {
				v := tx.Value().(*Tx)
				if over[tx.Number()] {
					return
				}
				state := ""
				if tx.Complete(proto.Resp) {
					state += "<"
				}
				if tx.Complete(proto.Orig) {
					state += ">"
				}
				if over[tx.Number()] = tx.Closed(); over[tx.Number()] && (state != "<>" || !v.requested) {
					t.Errorf("closed, but %q", state)
				}
				if state == "" {
					state = "-"
				}
				got = append(got, state)
			}, k.chunks...)
			if last := len(got) - 1; !strings.HasSuffix(k.want, "<>") && got[last] == "<>" {
				got = got[:last] // by the end of the flow
			}
			if g := strings.Join(got, " "); g != k.want {
				t.Errorf("%q, want %q", g, k.want)
			}
		})
	}
}

// TestAlert checks what alerts tell of a transaction that is under way, whatever the options of http records.
func TestAlert(t *testing.T) {
	var got []string
	watch(t, proto.Settings{"eve.http.extended": "no"}, func(tx *proto.Transaction, d proto.Dir) {
		if !tx.Closed() || d == proto.Resp {
			got = append(got, prototest.Embedded(tx))
		}
	}, c(get), s("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Type: text/plain; charset=x\r\nContent-Length: 5\r\n\r\nhe"), s("llo"))
	const ask = `{"http":{"hostname":"example.com","http_port":8080,"url":"/a/b.txt?x=1","http_user_agent":"test",`
	want := []string{
		ask + `"http_refer":"http://r/","http_method":"GET","protocol":"HTTP/1.1","length":0}}`,
		ask + `"http_content_type":"text/plain","http_refer":"http://r/","http_method":"GET","protocol":"HTTP/1.1","status":302,"redirect":"/x","length":2}}`,
		ask + `"http_content_type":"text/plain","http_refer":"http://r/","http_method":"GET","protocol":"HTTP/1.1","status":302,"redirect":"/x","length":5}}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestEventsHaveTransactions checks that events name the transaction that they are about.
func TestEventsHaveTransactions(t *testing.T) {
	var got []int64
	o := options()
	o.Analyzers = []*proto.Analyzer{{Name: "events", Doc: "notes transactions", Start: func(s *proto.Setup) error {
		s.OnAnomaly(func(a *proto.Anomaly) {
			if a.Name != "" {
				got = append(got, a.Tx)
			}
		})
		return nil
	}}}
	feed(t, o, c(get+"GET / HTTP/1.1\r\n\r\n"), s(length("x")+"HTTP/1.1 abc\r\nno colon\r\nContent-Length: -1\r\n\r\n"))
	if len(got) == 0 || slices.ContainsFunc(got, func(tx int64) bool { return tx != 1 }) {
		t.Errorf("events of the transactions %d, want all of 1", got)
	}
}

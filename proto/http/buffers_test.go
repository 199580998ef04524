package http

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// watch feeds a conversation piece by piece, with EVE alone as rules mostly have it, and calls fn for each transaction that
// an inspector sees.
func watch(t *testing.T, settings proto.Settings, fn func(tx *proto.Transaction, d proto.Dir), chunks ...prototest.Chunk) {
	t.Helper()
	a := &proto.Analyzer{Name: "rules", Doc: "looks at all buffers", Start: func(s *proto.Setup) error {
		for _, b := range buffers {
			s.Want("http", b.Name)
		}
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			for tx := f.Transactions(); tx != nil; tx = tx.Next() {
				fn(tx, d)
			}
		})
		return nil
	}}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Protocols: []proto.Protocol{Proto}, Analyzers: []*proto.Analyzer{a},
		Profile: flow.Suricata(), Settings: settings, Output: record.NewOutput(record.Wants{EVE: func(string) bool { return true }})})
	if err != nil {
		t.Fatal(err)
	}
	rt.Panic = func(v any) { panic(v) }
	orig, resp := flow.Side{Addr: flow.Addr{1}, Port: 1024}, flow.Side{Addr: flow.Addr{2}, Port: 80}
	p := &flow.Packet{Now: 1e18, Src: orig.Addr, Dst: resp.Addr, SrcPort: 1024, DstPort: 80, Version: 4, Proto: flow.ProtoTCP}
	f := &flow.Flow{Start: p.Now, Proto: p.Proto, Version: 4, TCP: &flow.TCP{}}
	f.Side[0], f.Side[1] = orig, resp
	rt.SetPacket(p, p.Now)
	rt.Open(f, p)
	for _, k := range chunks {
		rt.Data(f, k.Dir, k.Bytes)
		rt.Processed(f, k.Dir, p)
	}
	rt.EndOfData(f, proto.Orig)
	rt.EndOfData(f, proto.Resp)
	rt.Close(f)
}

// values are the last values of all buffers: "> name" of requests, "< name" of responses.
func values(t *testing.T, chunks ...prototest.Chunk) map[string][]string {
	t.Helper()
	got := map[string][]string{}
	all := Proto.RuleBuffers()
	watch(t, nil, func(tx *proto.Transaction, d proto.Dir) {
		for i := range all {
			b := &all[i]
			if b.Dir != d || tx.Progress(d) < b.At || b.Grows && !b.Ready(tx) {
				continue
			}
			var list []string
			for k := 0; ; k++ {
				v, ok := b.Get(tx, k)
				if !ok {
					break
				}
				list = append(list, string(v))
			}
			if list != nil {
				got[arrow(d)+b.Name] = list
			}
		}
	}, chunks...)
	return got
}

func arrow(d proto.Dir) string { return [2]string{"> ", "< "}[d] }

// expect compares values; nil: the buffer is absent.
func expect(t *testing.T, got map[string][]string, want map[string][]string) {
	t.Helper()
	for name, w := range want {
		if g := got[name]; !slices.Equal(g, w) {
			t.Errorf("%s = %q, want %q", name, g, w)
		}
	}
}

// TestBuffers checks the sticky buffers of one exchange. The values are Suricata's.
func TestBuffers(t *testing.T) {
	expect(t, values(t, c("POST http://u@Ex.ample:81/a/../%62//c?d=%65#f HTTP/1.1\r\nHost: Ex.ample:81\r\nUser-Agent: ua\r\nX-A: 1\r\n"+
		"Cookie: k=v\r\nx-a:  2\r\nReferer: r\r\nContent-Type: text/x\r\nContent-Length: 4\r\nAccept: */*\r\n\r\nbo"), c("dy"),
		s("HTTP/1.0 404 Not Found here\r\nServer: srv\r\nLocation: /l\r\nSet-Cookie: s=t\r\nContent-Encoding: gzip\r\n"+
			"Connection: close\r\n\r\n"+gz("reply"))),
		map[string][]string{
			"> http.uri": {"/b/c?d=e#f"}, "> http.uri.raw": {"http://u@Ex.ample:81/a/../%62//c?d=%65#f"}, "> http.method": {"POST"},
			"> http.host": {"ex.ample"}, "> http.host.raw": {"ex.ample"}, "> http.user_agent": {"ua"}, "> http.referer": {"r"},
			"> http.accept": {"*/*"}, "> http.accept_enc": nil, "> http.cookie": {"k=v"}, "> http.content_type": {"text/x"},
			"> http.content_len": {"4"}, "> http.protocol": {"HTTP/1.1"}, "> http.request_body": {"body"}, "> file.data": {"body"},
			"> http.connection":   nil,
			"> http.request_line": {"POST http://u@Ex.ample:81/a/../%62//c?d=%65#f HTTP/1.1"},
			"> http.header": {"Host: Ex.ample:81\r\nUser-Agent: ua\r\nX-A: 1, 2\r\nReferer: r\r\nContent-Type: text/x\r\nContent-Length: 4\r\n" +
				"Accept: */*\r\n"},
			"> http.header.raw": {"Host: Ex.ample:81\r\nUser-Agent: ua\r\nX-A: 1\r\nCookie: k=v\r\nx-a:  2\r\nReferer: r\r\n" +
				"Content-Type: text/x\r\nContent-Length: 4\r\nAccept: */*\r\n\r\n"},
			"> http.header_names": {"\r\nHost\r\nUser-Agent\r\nX-A\r\nCookie\r\nReferer\r\nContent-Type\r\nContent-Length\r\nAccept\r\n\r\n"},
			"> http.start": {"POST http://u@Ex.ample:81/a/../%62//c?d=%65#f HTTP/1.1\r\nHost: Ex.ample:81\r\nUser-Agent: ua\r\nX-A: 1, 2\r\n" +
				"Cookie: k=v\r\nReferer: r\r\nContent-Type: text/x\r\nContent-Length: 4\r\nAccept: */*\r\n\r\n"},
			"> http.request_header": {"Host: Ex.ample:81", "User-Agent: ua", "X-A: 1, 2", "Cookie: k=v", "Referer: r", "Content-Type: text/x",
				"Content-Length: 4", "Accept: */*"},
			"< http.header.raw": {"Server: srv\r\nLocation: /l\r\nSet-Cookie: s=t\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"},
			"< http.header":     {"Server: srv\r\nLocation: /l\r\nContent-Encoding: gzip\r\nConnection: close\r\n"}, "< http.response_line": {"HTTP/1.0 404 Not Found here"},
			"< http.stat_code": {"404"}, "< http.stat_msg": {"Not Found here"}, "< http.cookie": {"s=t"}, "< http.server": {"srv"},
			"< http.location": {"/l"}, "< http.protocol": {"HTTP/1.0"}, "< http.connection": {"close"}, "< http.response_body": {"reply"},
			"< file.data": {"reply"}, "< http.content_len": nil,
			"< http.response_header": {"Server: srv", "Location: /l", "Set-Cookie: s=t", "Content-Encoding: gzip", "Connection: close"},
		})
}

// TestOddBuffers checks what Suricata makes of odd messages.
func TestOddBuffers(t *testing.T) {
	const ask, ok = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for name, k := range map[string]struct {
		chunks []prototest.Chunk
		want   map[string][]string
	}{
		"folded": {[]prototest.Chunk{c("GET /a HTTP/1.1\r\nX: a \r\n  b  \r\n\tc\r\n\r\n"), s(ok)},
			map[string][]string{"> http.header": {"X: a   b  \tc\r\n"}}},
		"without colons": {[]prototest.Chunk{c("GET /n HTTP/1.1\r\nHost: h\r\nfoo bar\r\n: empty\r\nbaz\r\n\r\n"), s(ok)},
			map[string][]string{"> http.header": {"Host: h\r\n: foo bar, empty, baz\r\n"}, "> http.header_names": {"\r\nHost\r\n\r\n\r\n"}}},
		"empty value": {[]prototest.Chunk{c("GET /n HTTP/1.1\r\nUser-Agent:\r\n\r\n"), s(ok)},
			map[string][]string{"> http.user_agent": {""}, "> http.referer": nil, "> http.header": {"User-Agent: \r\n"}}},
		"cookie alone": {[]prototest.Chunk{c("GET /a HTTP/1.1\r\nCookie: x\r\n\r\n"), s(ok)},
			map[string][]string{"> http.header": nil, "> http.header_names": {"\r\nCookie\r\n\r\n"}}},
		"no fields": {[]prototest.Chunk{c("GET /a HTTP/1.0\r\n\r\n"), s("HTTP/1.0 200 OK\r\n\r\nbody")},
			map[string][]string{"> http.header": nil, "> http.header.raw": {"\r\n"}, "> http.start": {"GET /a HTTP/1.0\r\n"},
				"< http.header_names": nil, "< http.response_body": {"body"}}},
		"cut request": {[]prototest.Chunk{c("GET /a HTTP/1.1\r\nHost: h\r\nUser-Agent: x")},
			map[string][]string{"> http.header": {"Host: h\r\n"}, "> http.header.raw": {"Host: h\r\nUser-Agent: x"}, "> http.user_agent": nil,
				"> http.start": {"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"}, "> http.host": nil, "> http.uri": {"/a"}}},
		"cut response": {[]prototest.Chunk{c(ask), s("HTTP/1.1 200 OK\r\nServer: x\r\nDate")},
			map[string][]string{"< http.header": nil, "< http.header.raw": nil, "< http.start": nil, "< http.server": {"x"},
				"< http.response_header": {"Server: x"}, "< http.stat_code": {"200"}}},
		"interim": {[]prototest.Chunk{c("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n"), s("HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"),
			c("data"), s(ok)},
			map[string][]string{"< http.stat_code": {"200"}, "< http.header": {"Content-Length: 0\r\n"},
				"< http.header.raw": {"A: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}},
		"interim alone": {[]prototest.Chunk{c(ask), s("HTTP/1.1 100 Continue\r\nA: b\r\n\r\n")},
			map[string][]string{"< http.stat_code": {"100"}, "< http.stat_msg": {"Continue"}, "< http.response_line": {"HTTP/1.1 100 Continue"},
				"< http.header": nil}},
		"trailer": {[]prototest.Chunk{c("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\nHost: x\r\n\r\n"), s(ok)},
			map[string][]string{"> http.header": {"Host: h, x\r\nTransfer-Encoding: chunked\r\nT: v\r\n"}, "> http.request_body": {"abc"},
				"> http.header.raw": {"Host: h\r\nTransfer-Encoding: chunked\r\n\r\nT: v\r\nHost: x\r\n\r\n"}}},
		"connect": {[]prototest.Chunk{c("CONNECT Ab.c:443 HTTP/1.1\r\nHost: Ab.c:443\r\n\r\n"), s("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")},
			map[string][]string{"> http.uri": nil, "> http.uri.raw": {"Ab.c:443"}, "> http.host": {"ab.c"}}},
		"lone response": {[]prototest.Chunk{s(ok)},
			map[string][]string{"> http.uri": nil, "> http.uri.raw": {"/libhtp::request_uri_not_seen"}, "< http.stat_code": {"200"}}},
		"more than announced": {[]prototest.Chunk{c("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab\r\n" + ask), s(ok + ok)},
			map[string][]string{"> http.request_body": {"ab\r\n"}}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, values(t, k.chunks...), k.want) })
	}
}

// TestSplitHead checks that buffers appear with their stage, not before.
func TestSplitHead(t *testing.T) {
	var got []string
	watch(t, nil, func(tx *proto.Transaction, d proto.Dir) {
		v := tx.Value().(*Tx)
		if d == proto.Orig && !tx.Closed() {
			got = append(got, fmt.Sprintf("%d %s %s", tx.Progress(d), v.normalURI(), v.headerText(d)))
		}
	}, c("GET /a HTTP/1.1\r\nHo"), c("st: h\r\n"), c("\r\n"), s("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	if want := []string{"1 /a ", "1 /a ", "4 /a Host: h\r\n"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestBodies checks how much of a body is kept, when it is shown, and that another transaction does not see it.
func TestBodies(t *testing.T) {
	big := strings.Repeat("0123456789", 12000)
	request := func(n int) string { return fmt.Sprintf("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", n) }
	for name, k := range map[string]struct {
		settings proto.Settings
		parts    []int
		want     []int // sizes seen, 0: not ready
	}{
		"packaged": {nil, []int{100, 32668, 60000, 20000}, []int{0, 32768, 92768, 102400}},
		"set": {proto.Settings{libhtp + "request-body-limit": "50kb", libhtp + "request-body-minimal-inspect-size": "1kb"},
			[]int{1000, 24, 100000}, []int{0, 1024, 51200}},
		"limit below": {proto.Settings{libhtp + "request-body-limit": "10"}, []int{9, 1, 100000}, []int{0, 10, 10}},
		"whole":       {nil, []int{5, 5}, []int{0, 10}},
	} {
		n := 0
		for _, p := range k.parts {
			n += p
		}
		chunks := []prototest.Chunk{c(request(n))}
		for _, p := range k.parts {
			chunks = append(chunks, c(big[:p]))
		}
		var got []int
		b := Proto.RuleBuffers()[slices.IndexFunc(buffers, func(b buffer) bool { return b.Name == "http.request_body" })]
		watch(t, k.settings, func(tx *proto.Transaction, d proto.Dir) {
			switch {
			case d == proto.Resp || tx.Closed():
			case !b.Ready(tx):
				got = append(got, 0)
			default:
				v, _ := b.Get(tx, 0)
				got = append(got, len(v))
			}
		}, chunks...)
		if !slices.Equal(got[1:], k.want) {
			t.Errorf("%s: sizes %d, want %d", name, got[1:], k.want)
		}
	}
	// The end of a chunked body is enough; its trailer may never come.
	ready := false
	watch(t, nil, func(tx *proto.Transaction, d proto.Dir) {
		v := tx.Value().(*Tx)
		ready = ready || !tx.Complete(proto.Resp) && v.bodyReady(proto.Resp) && string(v.responseBody()) == "x"
	}, c(get), s(response("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n")))
	if !ready {
		t.Error("a chunked body waits for its trailer")
	}
	expect(t, values(t, c(request(3)+"abc"), s(length("one")), c(get), s(length(""))), map[string][]string{"> http.uri": {"/a/b.txt?x=1"}})
	watch(t, nil, func(tx *proto.Transaction, d proto.Dir) {
		if v := tx.Value().(*Tx); tx.Number() == 1 && (v.requestBody() != nil || v.responseBody() != nil) {
			t.Error("a transaction without bodies has one")
		}
	}, c(request(3)+"abc"), s(length("one")), c(get), s(length("")))
}

// TestUploads checks the files of requests.
func TestUploads(t *testing.T) {
	expect(t, values(t, c(form()), s(length("ok"))), map[string][]string{"> file.data": {"file content"}})
	body := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"1\"\r\n\r\nfirst\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"2\"\r\n\r\nsecond\r\n--b--\r\n"
	for head, want := range map[string][]string{
		"POST /up HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n": {"first", "second"},
		"PUT /up HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n":  {body},
		"POST /up HTTP/1.1\r\n":   {body},
		"DELETE /up HTTP/1.1\r\n": nil,
	} {
		got := values(t, c(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body)), s(length("ok")))
		expect(t, got, map[string][]string{"> file.data": want, "> http.request_body": {body}})
	}
}

// TestGettersDoNotAllocate checks that a buffer is made once.
func TestGettersDoNotAllocate(t *testing.T) {
	all, seen := Proto.RuleBuffers(), false
	watch(t, nil, func(tx *proto.Transaction, d proto.Dir) {
		if !tx.Closed() || seen {
			return
		}
		seen = true
		look := func() {
			for i := range all {
				for k := 0; ; k++ {
					if _, ok := all[i].Get(tx, k); !ok {
						break
					}
				}
			}
		}
		look()
		if n := testing.AllocsPerRun(100, look); n > 0 {
			t.Errorf("%v allocations", n)
		}
	}, c(form()), s(length("hello")))
	if !seen {
		t.Error("no transaction was seen")
	}
}

package http

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

func feed(t *testing.T, o prototest.Options, chunks ...prototest.Chunk) *prototest.Result {
	t.Helper()
	r, err := prototest.Feed(o, prototest.Case{Chunks: chunks})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func has(r *prototest.Result, event string) bool {
	return strings.Contains(strings.Join(r.Anomalies, " "), event)
}

// TestBomb checks that a body that grows too much is cut, with an event.
func TestBomb(t *testing.T) {
	zeros := strings.Repeat("\x00", 64<<20)
	twice := gz(gz(zeros))
	r := feed(t, options(), c(get), s(coded("gzip, gzip", twice)))
	if !has(r, "COMPRESSION_BOMB") {
		t.Errorf("no event: %q", r.Anomalies)
	}
	if has(feed(t, options(), c(get), s(coded("gzip", gz(zeros[:4<<20])))), "BOMB") {
		t.Error("an event for a body that compresses well")
	}
}

// TestLayers checks the limit on content codings.
func TestLayers(t *testing.T) {
	r := feed(t, options(), c(get), s(coded("gzip, gzip, gzip", gz(gz(gz("x"))))))
	if !has(r, "TOO_MANY_ENCODING_LAYERS") {
		t.Errorf("no event: %q", r.Anomalies)
	}
	o := options()
	o.Settings = proto.Settings{libhtp + "response-body-decompress-layer-limit": "0"}
	r = feed(t, o, c(get), s(coded("gzip", gz("x"))))
	if want := fmt.Sprintf(`"sha256":"%s"`, sha(gz("x"))); !strings.Contains(r.EVE["fileinfo"][0], want) {
		t.Errorf("decoded although it is switched off: %q", r.EVE["fileinfo"])
	}
}

// TestLimits checks that no input makes the parser hold more than its limits: each cut leaves an event.
func TestLimits(t *testing.T) {
	long := strings.Repeat("x", maxLine+1000)
	for _, k := range []struct{ name, in, event string }{
		{"request line", long, "REQUEST_FIELD_TOO_LONG"},
		{"field", "GET / HTTP/1.1\r\nX: " + long, "REQUEST_FIELD_TOO_LONG"},
		{"header", "GET / HTTP/1.1\r\n" + strings.Repeat("X: "+long[:1000]+"\r\n", 1000), "REQUEST_FIELD_TOO_LONG"},
		{"fields", "GET / HTTP/1.1\r\n" + strings.Repeat("a:\r\n", 3000) + "\r\n", "REQUEST_TOO_MANY_HEADERS"},
		{"requests", strings.Repeat("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 1000), "TOO_MANY_PENDING"},
	} {
		t.Run(k.name, func(t *testing.T) {
			in := k.in
			if k.name == "request line" {
				in = "GET / HTTP/1.1\r\nHost: h\r\n\r\n" + in
			}
			if r := feed(t, options(), c(in)); !has(r, k.event) {
				t.Errorf("no %s: %q", k.event, r.Anomalies)
			}
		})
	}
}

// TestGap checks that a gap within a body is noted in its file, and that the parser finds its way after any other.
func TestGap(t *testing.T) {
	r := feed(t, options(), c(get), s(response("Content-Length: 10\r\n", "abc")), prototest.Chunk{Dir: proto.Resp, Gap: 4},
		s("hij"), c(get), s(length("next")))
	if rows := r.Zeek["http"]; len(rows) != 2 || !strings.Contains(rows[1], `"status_code":200`) {
		t.Errorf("rows %q", rows)
	}
	if f := r.EVE["fileinfo"]; len(f) != 2 || !strings.Contains(f[0], `"gaps":true`) || strings.Contains(f[1], `"gaps":true`) {
		t.Errorf("files %q", f)
	}
	r = feed(t, options(), c(get), s("HTTP/1.1 200 OK\r\nConte"), prototest.Chunk{Dir: proto.Resp, Gap: 9},
		s("rubbish\r\n\r\n"), c(get), s(length("next")))
	if rows := r.Zeek["http"]; len(rows) != 2 || !strings.Contains(rows[1], `"response_body_len":4`) {
		t.Errorf("rows behind a lost header: %q", rows)
	}
}

// TestHandoff checks that what follows CONNECT and an upgrade is another conversation.
func TestHandoff(t *testing.T) {
	r := feed(t, options(), c("CONNECT inner:80 HTTP/1.1\r\nHost: inner:80\r\n\r\n"), s("HTTP/1.1 200 OK\r\n\r\n"), c(get), s(length("x")))
	if rows := r.Zeek["http"]; len(rows) != 2 || !strings.Contains(rows[1], `"trans_depth":1`) {
		t.Errorf("rows %q", rows)
	}
	r = feed(t, options(), c("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"),
		s("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"), s("\x81\x05hello"), c("\x81\x85...."))
	if rows := r.Zeek["http"]; len(rows) != 1 || !strings.Contains(rows[0], `"info_code":101`) {
		t.Errorf("rows %q", rows)
	}
}

// TestRange checks that the parts of one file come together.
func TestRange(t *testing.T) {
	part := func(from, to int, body string) string {
		return fmt.Sprintf("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/10\r\nContent-Length: %d\r\n\r\n%s",
			from, to, len(body), body)
	}
	r := feed(t, options(), c(get+get), s(part(5, 9, "fghij")+part(0, 4, "abcde")))
	if all := strings.Join(r.EVE["fileinfo"], "\n"); !strings.Contains(all, sha("abcdefghij")) {
		t.Errorf("no joined file: %s", all)
	}
}

// TestProbe checks what is HTTP and what is not.
func TestProbe(t *testing.T) {
	for _, k := range []struct {
		d    proto.Dir
		in   string
		port bool
		want proto.Verdict
	}{
		{proto.Orig, get, false, proto.Yes}, {proto.Orig, "GE", false, proto.More}, {proto.Orig, "get / http/1.0\r\n", false, proto.Yes},
		{proto.Orig, "FOO /x HTTP/1.1\r\n", false, proto.Yes}, {proto.Orig, "GET /x\r\n", false, proto.Yes},
		{proto.Orig, "OPTIONS sip:a@b SIP/2.0\r\n", true, proto.No}, {proto.Orig, "DESCRIBE rtsp://x RTSP/1.0\r\n", true, proto.No},
		{proto.Orig, "SSH-2.0-x\r\n", true, proto.No}, {proto.Orig, "\x16\x03\x01", true, proto.No}, {proto.Orig, "EHLO me\r\n", true, proto.No},
		{proto.Resp, "HTTP/1.1 200 OK\r\n", false, proto.Yes}, {proto.Resp, "HT", false, proto.More}, {proto.Resp, "220 hello\r\n", true, proto.No},
		{proto.Orig, "PRI * HTTP/2.0\r\n\r\n", true, proto.No},
	} {
		if got := probe(k.d, []byte(k.in), k.port); got != k.want {
			t.Errorf("probe(%q) = %v, want %v", k.in, got, k.want)
		}
	}
}

// TestAllocations checks that an exchange without a coded body allocates nothing once the parser is warm.
func TestAllocations(t *testing.T) {
	req, resp := []byte(get), []byte(length("hello"))
	rt, f := conversation(t)
	n := testing.AllocsPerRun(1000, func() {
		rt.Data(f, proto.Orig, req)
		rt.Data(f, proto.Resp, resp)
	})
	if n > 1 {
		t.Errorf("%v allocations for each exchange, want at most 1", n)
	}
}

// conversation opens a flow in a runtime without files or logs.
func conversation(tb testing.TB) (*proto.Runtime, *flow.Flow) {
	return openFlow(tb, proto.RuntimeConfig{Output: record.NewOutput(record.Wants{})})
}

func openFlow(tb testing.TB, cfg proto.RuntimeConfig) (*proto.Runtime, *flow.Flow) {
	out := cfg.Output
	cfg.Protocols, cfg.Profile = []proto.Protocol{Proto}, flow.Default()
	rt, err := proto.NewRuntime(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	p := &flow.Packet{Version: 4, Proto: flow.ProtoTCP, SrcPort: 50000, DstPort: 80, Now: 1}
	f := &flow.Flow{Proto: flow.ProtoTCP, Version: 4, TCP: &flow.TCP{}}
	f.Side[1].Port = 80
	out.Now = record.Order{Number: 1, Deadline: math.MaxInt64}
	rt.SetPacket(p, p.Now)
	rt.Open(f, p)
	return rt, f
}

// alone feeds a conversation with one output only, where the rules of one reference hold, and returns its lines.
func alone(tb testing.TB, eve bool, settings proto.Settings, chunks []prototest.Chunk) (lines []string) {
	all := func(string) bool { return true }
	w := record.Wants{Zeek: all, ZeekForm: record.ZeekJSON}
	if eve {
		w = record.Wants{EVE: all}
	}
	out := record.NewOutput(w)
	rt, f := openFlow(tb, proto.RuntimeConfig{Output: out, Settings: settings, Files: options().Files})
	rt.Panic = func(v any) { panic(v) }
	for i, k := range chunks {
		p := &flow.Packet{Version: 4, Proto: flow.ProtoTCP, Now: int64(i)}
		p.Frame.Number = uint64(i + 1)
		rt.SetPacket(p, p.Now)
		if k.Gap > 0 {
			rt.Gap(f, k.Dir, k.Gap)
		} else {
			rt.Data(f, k.Dir, []byte(string(k.Bytes)))
		}
	}
	rt.EndOfData(f, proto.Orig)
	rt.EndOfData(f, proto.Resp)
	rt.Close(f)
	rt.Finish()
	n, _ := out.Len()
	for i := range n {
		lines = append(lines, string(out.At(i).Line))
	}
	return lines
}

// TestBodyLimit checks that EVE's files end where Suricata's body limit is, and Zeek's do not.
func TestBodyLimit(t *testing.T) {
	chunks := []prototest.Chunk{c(get), s(response("Content-Length: 50\r\n", strings.Repeat("x", 30))), s(strings.Repeat("y", 20))}
	settings := proto.Settings{libhtp + "response-body-limit": "20"}
	if all := strings.Join(alone(t, true, settings, chunks), "\n"); !strings.Contains(all, `"state":"TRUNCATED"`) ||
		!strings.Contains(all, `"size":20`) {
		t.Errorf("EVE: %s", all)
	}
	if all := strings.Join(alone(t, false, settings, chunks), "\n"); !strings.Contains(all, `"seen_bytes":50`) {
		t.Errorf("Zeek: %s", all)
	}
}

// TestOptions checks the options of EVE's http records.
func TestOptions(t *testing.T) {
	for _, k := range []struct {
		settings  proto.Settings
		want, not string
	}{
		{proto.Settings{"eve.http.extended": "no"}, `"http_user_agent":"test"`, `"length"`},
		{proto.Settings{"eve.http.custom": "[Accept, Server]"}, `"length":1,"accept":"a/b","server":"srv"}`, `custom`},
		{proto.Settings{"eve.http.custom.0": "Accept", "eve.http.custom.1": "Via"}, `"length":1,"accept":"a/b"}`, `custom`},
		{proto.Settings{"eve.http.dump-all-headers": "response"}, `"response_headers":[{"name":"Content-Type","value":"text/plain; charset=x"}`, `request_headers`},
	} {
		req := strings.Replace(get, "User-Agent", "Accept: a/b\r\nUser-Agent", 1)
		r := feed(t, prototest.Options{Protocols: options().Protocols, Settings: k.settings}, c(req), s(response("Server: srv\r\nContent-Length: 1\r\n", "x")))
		if all := r.EVE["http"][0]; !strings.Contains(all, k.want) || strings.Contains(all, k.not) {
			t.Errorf("%v: %s", k.settings, all)
		}
	}
}

// TestLibhtp checks what Suricata's parser does and no other: it is what EVE shows when it alone is written.
func TestLibhtp(t *testing.T) {
	for _, k := range []struct{ name, in, want string }{
		{"junk behind a body", length("abc") + "junk", `"length":7`},
		{"lone carriage returns", "HTTP/1.1 200 OK\r\nX: y\rContent-Type: a/b\r\nContent-Length: 1\r\n\r\nx", `"http_content_type":"a/b"`},
		{"folded field", "HTTP/1.1 200 OK\r\nX: y\r\n Content-Type: a/b\r\nContent-Length: 1\r\n\r\nx", `"http_content_type":"a/b"`},
		{"no chunks", response("Transfer-Encoding: chunked\r\n", "xyz"), `"size":3`},
		{"body of 204", "HTTP/1.1 204 None\r\nContent-Length: 3\r\n\r\nxyz", `"size":3`},
		{"something before", "foobar\r\n" + length("abc"), `"size":3`},
	} {
		t.Run(k.name, func(t *testing.T) {
			if all := strings.Join(alone(t, true, nil, []prototest.Chunk{c(get), s(k.in)}), "\n"); !strings.Contains(all, k.want) {
				t.Errorf("no %s: %s", k.want, all)
			}
		})
	}
}

func BenchmarkExchange(b *testing.B) {
	req, resp := []byte(get), []byte(length("hello"))
	rt, f := conversation(b)
	b.SetBytes(int64(len(req) + len(resp)))
	b.ReportAllocs()
	for b.Loop() {
		rt.Data(f, proto.Orig, req)
		rt.Data(f, proto.Resp, resp)
	}
}

func benchmarkBody(b *testing.B, fields string, sent []byte, size int64) {
	rt, f := conversation(b)
	head := []byte(response(fields, ""))
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		rt.Data(f, proto.Orig, []byte(get))
		rt.Data(f, proto.Resp, head)
		for i := 0; i < len(sent); i += 1460 {
			rt.Data(f, proto.Resp, sent[i:min(i+1460, len(sent))])
		}
	}
}

func BenchmarkBody(b *testing.B) {
	body := []byte(strings.Repeat("some text that fills a body\n", 1<<15))
	benchmarkBody(b, fmt.Sprintf("Content-Length: %d\r\n", len(body)), body, int64(len(body)))
}

func BenchmarkChunked(b *testing.B) {
	body := strings.Repeat("1000\r\n"+strings.Repeat("x", 4096)+"\r\n", 200) + "0\r\n\r\n"
	benchmarkBody(b, "Transfer-Encoding: chunked\r\n", []byte(body), int64(len(body)))
}

func BenchmarkGzip(b *testing.B) {
	var text strings.Builder
	for i := range 1 << 15 {
		fmt.Fprintf(&text, "line %d of a body that is not too regular %x\n", i, int64(i)*int64(i)*2654435761)
	}
	sent := []byte(gz(text.String()))
	benchmarkBody(b, fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d\r\n", len(sent)), sent, int64(text.Len()))
}

func FuzzParser(f *testing.F) {
	for _, k := range cases() {
		var in []byte
		for _, chunk := range k.Chunks {
			in = append(append(in, byte(chunk.Dir)), chunk.Bytes...)
			in = append(in, 0xff)
		}
		f.Add(in, uint8(7))
	}
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		var chunks []prototest.Chunk
		for part := range strings.SplitSeq(string(in), "\xff") {
			if len(part) < 2 {
				continue
			}
			d := proto.Dir(part[0] & 1)
			part = part[1:]
			if part[0] == 0xfe {
				chunks = append(chunks, prototest.Chunk{Dir: d, Gap: int64(len(part))})
				continue
			}
			for n := int(size) + 1; len(part) > 0; part = part[min(n, len(part)):] {
				chunks = append(chunks, prototest.Chunk{Dir: d, Bytes: []byte(part[:min(n, len(part))])})
			}
		}
		for _, settings := range []proto.Settings{nil, {libhtp + "response-body-limit": "20", libhtp + "lzma-enabled": "yes"}} {
			o := options()
			o.Settings = settings
			if _, err := prototest.Feed(o, prototest.Case{Chunks: chunks, Port: 80}); err != nil {
				t.Fatal(err)
			}
			alone(t, true, settings, chunks)
			alone(t, false, settings, chunks)
		}
	})
}

package http

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

func options() prototest.Options {
	return prototest.Options{Protocols: []proto.Protocol{Proto}, Files: carve.New(carve.Options{Hashes: carve.SHA256})}
}

var c, s = prototest.C, prototest.S

// get is an ordinary request.
const get = "GET /a/b.txt?x=1 HTTP/1.1\r\nHost: example.com:8080\r\nUser-Agent: test\r\nReferer: http://r/\r\n\r\n"

func response(fields, body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=x\r\n" + fields + "\r\n" + body
}

func length(body string) string {
	return response(fmt.Sprintf("Content-Length: %d\r\n", len(body)), body)
}

func cases() []prototest.Case {
	return []prototest.Case{
		{Name: "get", Chunks: []prototest.Chunk{c(get), s(length("hello"))}},
		{Name: "pipelined", Chunks: []prototest.Chunk{c(get + get + get), s(length("one") + length("two") + length(""))}},
		{Name: "chunked", Chunks: []prototest.Chunk{c(get),
			s(response("Transfer-Encoding: chunked\r\n", "3;a=b\r\nabc\r\n 2 \r\nde\r\n0\r\nX-T: 1\r\n\r\n")), c(get), s(length("x"))}},
		{Name: "close", Chunks: []prototest.Chunk{c(get), s(response("Connection: close\r\n", "until the end"))}},
		{Name: "head", Chunks: []prototest.Chunk{c("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"),
			s(response("Content-Length: 100\r\n", "")), c(get), s(length("x"))}},
		{Name: "continue", Chunks: []prototest.Chunk{c("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"),
			s("HTTP/1.1 100 Continue\r\n\r\n"), c("data"), s(length("x"))}},
		{Name: "folded", Chunks: []prototest.Chunk{c("GET / HTTP/1.1\r\nHost: h\r\nX-A: one\r\n  two\r\nUser-Agent:\r\n\tua\r\n\r\n"), s(length("x"))}},
		{Name: "old", Chunks: []prototest.Chunk{c("GET /old\r\n"), s("<html>old</html>\n")}},
		{Name: "basic", Chunks: []prototest.Chunk{c("GET / HTTP/1.0\r\nAuthorization: Basic dXNlcjpwYTpzcw==\r\nVia: 1.1 p\r\n\r\n"), s(length("x"))}},
		{Name: "broken credentials", Chunks: []prototest.Chunk{c("GET / HTTP/1.0\r\nAuthorization: Basic dXN\r\n\r\n"), s(length("x"))}},
		{Name: "bare line feeds", Chunks: []prototest.Chunk{c(strings.ReplaceAll(get, "\r", "")), s(strings.ReplaceAll(length("x"), "\r", ""))}},
		{Name: "form", Chunks: []prototest.Chunk{c(form()), s(length("ok"))}},
		{Name: "lone response", Chunks: []prototest.Chunk{s(length("nobody asked"))}},
		{Name: "garbage", Chunks: []prototest.Chunk{c(get), s("HTTP/1.1 abc\r\nno colon\r\n\x00x\x01: y\r\nContent-Length: -1\r\n\r\nrest")}},
		{Name: "gzip", Chunks: []prototest.Chunk{c(get), s(coded("gzip", gz("decoded body")))}},
		{Name: "broken gzip", Chunks: []prototest.Chunk{c(get), s(coded("gzip", "not compressed at all"))}},
	}
}

func named(name string) []prototest.Chunk {
	for _, k := range cases() {
		if k.Name == name {
			return k.Chunks
		}
	}
	return nil
}

func form() string {
	body := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"up.txt\"\r\n\r\nfile content\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"g\"\r\n\r\nvalue\r\n--b--\r\n"
	return fmt.Sprintf("POST /up HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s",
		len(body), body)
}

func coded(coding, body string) string {
	return response(fmt.Sprintf("Content-Encoding: %s\r\nContent-Length: %d\r\n", coding, len(body)), body)
}

func gz(v string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(v))
	_ = w.Close()
	return b.String()
}

func zl(v string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(v))
	_ = w.Close()
	return b.String()
}

func raw(v string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	_, _ = w.Write([]byte(v))
	_ = w.Close()
	return b.String()
}

func br(v string) string {
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	_, _ = w.Write([]byte(v))
	_ = w.Close()
	return b.String()
}

func zs(v string) string {
	w, _ := zstd.NewWriter(nil)
	return string(w.EncodeAll([]byte(v), nil))
}

// lzw packs codes of 9 bits as compress(1) does.
func lzw(codes ...uint) string {
	out := []byte{0x1f, 0x9d, 0x90}
	var bits, n uint
	for _, code := range codes {
		bits |= code << n
		for n += 9; n >= 8; n -= 8 {
			out = append(out, byte(bits))
			bits >>= 8
		}
	}
	return string(append(out, byte(bits)))
}

func sha(v string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(v))) }

func TestContract(t *testing.T) { prototest.Run(t, options(), cases()...) }

// TestRows checks what the logs say about one exchange each.
func TestRows(t *testing.T) {
	for _, k := range []struct {
		name      string
		chunks    []prototest.Chunk
		zeek, eve []string // parts that the only row of each log must have
		zeekRows  int
		notInZeek []string
		fileinfos int
	}{
		{name: "get", chunks: []prototest.Chunk{c(get), s(length("hello"))}, zeekRows: 1, fileinfos: 1,
			zeek: []string{`"trans_depth":1`, `"method":"GET"`, `"host":"example.com:8080"`, `"uri":"/a/b.txt?x=1"`, `"referrer":"http://r/"`,
				`"version":"1.1"`, `"user_agent":"test"`, `"response_body_len":5`, `"status_code":200`, `"status_msg":"OK"`, `"resp_fuids":["F`},
			eve: []string{`"http":{"hostname":"example.com","http_port":8080,"url":"/a/b.txt?x=1","http_user_agent":"test",` +
				`"http_content_type":"text/plain","http_refer":"http://r/","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":5}`}},
		{name: "basic", chunks: named("basic"), zeekRows: 1, fileinfos: 1,
			zeek: []string{`"username":"user"`, `"proxied":["VIA -> 1.1 p"]`, `"tags":[]`}, notInZeek: []string{`"password"`}},
		{name: "chunked counts its framing in EVE", zeekRows: 1, fileinfos: 1,
			chunks: []prototest.Chunk{c(get), s(response("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"))},
			zeek:   []string{`"response_body_len":3`}, eve: []string{`"length":11`}},
		{name: "old", chunks: named("old"), zeekRows: 1, fileinfos: 1,
			zeek: []string{`"version":"0.9"`, `"status_code":0`, `"status_msg":"<empty>"`, `"response_body_len":17`}},
		{name: "lone response", chunks: named("lone response"), zeekRows: 1, fileinfos: 1,
			zeek: []string{`"status_code":200`}, notInZeek: []string{`"method"`, `"uri"`},
			eve: []string{`"url":"/libhtp::request_uri_not_seen"`}},
		{name: "form", chunks: named("form"), zeekRows: 1, fileinfos: 3,
			zeek: []string{`"orig_filenames":["up.txt"]`, `"method":"POST"`}},
		{name: "escapes", zeekRows: 1, fileinfos: 1, chunks: []prototest.Chunk{c("GET /%41%20b HTTP/1.1\r\nHost: h\r\n\r\n"), s(length("x"))},
			zeek: []string{`"uri":"/A b"`}, eve: []string{`"url":"/%41%20b"`}},
	} {
		t.Run(k.name, func(t *testing.T) {
			r, err := prototest.Feed(options(), prototest.Case{Chunks: k.chunks})
			if err != nil {
				t.Fatal(err)
			}
			rows := r.Zeek["http"]
			if len(rows) != k.zeekRows || len(r.EVE["http"]) != 1 {
				t.Fatalf("rows %q, records %q", rows, r.EVE["http"])
			}
			if n := len(r.EVE["fileinfo"]); n != k.fileinfos {
				t.Errorf("%d files, want %d: %q", n, k.fileinfos, r.EVE["fileinfo"])
			}
			for _, want := range k.zeek {
				if !strings.Contains(rows[0], want) {
					t.Errorf("row has no %s: %s", want, rows[0])
				}
			}
			for _, not := range k.notInZeek {
				if strings.Contains(rows[0], not) {
					t.Errorf("row has %s: %s", not, rows[0])
				}
			}
			for _, want := range k.eve {
				if !strings.Contains(r.EVE["http"][0], want) {
					t.Errorf("record has no %s: %s", want, r.EVE["http"][0])
				}
			}
		})
	}
}

// TestCodings checks that a body comes out of each coding, and of several, whatever was announced.
func TestCodings(t *testing.T) {
	const body = "the decoded body, the decoded body, the decoded body"
	for _, k := range []struct{ announced, sent, event string }{
		{"gzip", gz(body), ""}, {"x-gzip", gz(body), ""}, {"deflate", raw(body), ""}, {"deflate", zl(body), "GZIP_DECOMPRESSION_FAILED"},
		{"deflate", gz(body), "GZIP_DECOMPRESSION_FAILED"}, {"gzip", raw(body), "GZIP_DECOMPRESSION_FAILED"},
		{"br", br(body), ""}, {"zstd", zs(body), ""}, {"identity", body, ""}, {"gzip", body, "GZIP_DECOMPRESSION_FAILED"},
		{"gzip, br", br(gz(body)), ""}, {"deflate, gzip", gz(raw(body)), ""}, {"gzip gzip", gz(gz(body)), ""},
		{"compress", lzw(97, 257, 258, 259), ""}, {"nonsense", body, "ABNORMAL_CE_HEADER"}, {"br", body, "GZIP_DECOMPRESSION_FAILED"},
	} {
		want := body
		if k.announced == "compress" {
			want = "aaaaaaaaaa"
		}
		t.Run(k.announced, func(t *testing.T) {
			for _, size := range []int{1, 7, 1 << 20} {
				sent := coded(k.announced, k.sent)
				chunks := []prototest.Chunk{c(get)}
				for i := 0; i < len(sent); i += size {
					chunks = append(chunks, s(sent[i:min(i+size, len(sent))]))
				}
				r, err := prototest.Feed(options(), prototest.Case{Chunks: chunks})
				if err != nil {
					t.Fatal(err)
				}
				if len(r.EVE["fileinfo"]) != 1 || !strings.Contains(r.EVE["fileinfo"][0], fmt.Sprintf(`"sha256":"%s"`, sha(want))) {
					t.Errorf("pieces of %d: %q", size, r.EVE["fileinfo"])
				}
				all := strings.Join(r.Anomalies, " ")
				if k.event != "" && !strings.Contains(all, k.event) || k.event == "" && strings.Contains(all, "FAILED") {
					t.Errorf("events %q, want %q", all, k.event)
				}
			}
		})
	}
}

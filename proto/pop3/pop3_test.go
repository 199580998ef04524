package pop3

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/proto/tls"
	"github.com/wirelore/wirelore/record"
)

var (
	c = prototest.C
	s = prototest.S
)

// crlf makes the line ends those of the network.
func crlf(t string) string { return strings.ReplaceAll(t, "\n", "\r\n") }

// hello is a TLS 1.2 client hello without extensions, answer the server's.
var (
	hello  = "\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x04\xc0\x2f\xc0\x30\x01\x00"
	answer = "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("s", 32) + "\x00\xc0\x2f\x00"
)

var mail = crlf(`Subject: =?utf-8?q?a_test?=
Content-Type: multipart/mixed; boundary=zz

--zz
Content-Type: text/plain

+OK this is no reply
..dot
--zz
Content-Type: application/octet-stream
Content-Disposition: attachment; filename=a.bin
Content-Transfer-Encoding: base64

aGVsbG8gd29ybGQ=
--zz--
.
`)

const greeting = "+OK POP3 ready <1.2@a.example>\r\n"

var login = []prototest.Chunk{s(greeting), c("USER a\r\n"), s("+OK\r\n"), c("PASS b\r\n"), s("+OK in\r\n")}

func after(more ...prototest.Chunk) []prototest.Chunk {
	return append(append([]prototest.Chunk(nil), login...), more...)
}

var cases = []prototest.Case{
	{Name: "mail", Port: 110, Chunks: after(c("STAT\r\n"), s("+OK 1 99\r\n"), c("LIST\r\n"), s("+OK\r\n1 99\r\n.\r\n"), c("RETR 1\r\n"), s("+OK 99 octets\r\n"+mail), c("QUIT\r\n"), s("+OK bye\r\n"))},
	{Name: "odd port", Port: 4711, Chunks: []prototest.Chunk{s("+OK hello\r\n"), c("USER a\r\n"), s("-ERR no\r\n")}},
	{Name: "pipelined", Port: 110, Chunks: after(c("UIDL\r\nTOP 1 0\r\nRETR 2\r\nQUIT\r\n"), s("+OK\r\n1 a\r\n.\r\n+OK\r\n"+mail+"-ERR no such\r\n+OK bye\r\n"))},
	{Name: "stls", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("CAPA\r\n"), s("+OK\r\nSTLS\r\nSASL PLAIN\r\n.\r\n"), c("STLS\r\n"), s("+OK go\r\n"), c(hello), s(answer)}},
	{Name: "hello before the answer", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("STLS\r\n" + hello), s("+OK go\r\n" + answer)}},
	{Name: "stls refused", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("STLS\r\n"), s("-ERR no\r\n"), c("USER x\r\n"), s("+OK\r\n")}},
	{Name: "stls injected", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("STLS\r\nUSER x\r\n"), s("+OK go\r\n"), c(hello), s(answer)}},
	{Name: "stls, answer lost", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("STLS\r\n"), {Dir: proto.Resp, Gap: 9}, c(hello), s(answer)}},
	{Name: "auth", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("AUTH\r\n"), s("+OK\r\nPLAIN\r\n.\r\n"), c("AUTH PLAIN\r\n"), s("+ \r\n"), c("AGFAYgBjZA==\r\n"), s("-ERR\r\n"), c("AUTH LOGIN\r\n"), s("+ VXNlcg==\r\n"), c("QUIT\r\n"), s("+ UGFzcw==\r\n"), c("QUIT\r\n"), s("+OK in\r\n")}},
	{Name: "bad auth", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("AUTH PLAIN YWJj\r\n"), s("-ERR\r\n"), c("AUTH LOGIN\r\n"), s("+ \r\n"), c("!!!\r\n"), s("-ERR\r\n")}},
	{Name: "wrong lines", Port: 110, Chunks: after(c("HELO me\r\n"), s("-ERR what\r\n"), c("+OK me too\r\n"), s("-ERR\r\n"), c("NOOP\r\n"), s("USER you\r\n220 hm\r\n+OK\r\n"))},
	{Name: "no greeting", Port: 110, Chunks: []prototest.Chunk{c("CAPA\r\n"), s("+OK list\r\nUSER\r\n.\r\n"), c("RETR 1\r\n"), s("+OK\r\n" + mail)}},
	{Name: "server alone", Port: 110, Chunks: []prototest.Chunk{s(greeting + "+OK\r\n+OK in\r\n+OK 2 99\r\n+OK list\r\n1 2\r\n.\r\n+OK 99 octets\r\n" + mail + "+OK bye\r\n")}},
	{Name: "client alone", Port: 110, Chunks: []prototest.Chunk{c("USER a\r\nPASS b\r\nLIST\r\nRETR 1\r\nQUIT\r\n")}},
	{Name: "gap in mail", Port: 110, Chunks: after(c("RETR 1\r\n"), s("+OK 99 octets\r\n"+mail[:200]), prototest.Chunk{Dir: proto.Resp, Gap: 700}, c("QUIT\r\n"), s("+OK bye\r\n"))},
	{Name: "long line", Port: 110, Chunks: []prototest.Chunk{s(greeting), c("USER " + strings.Repeat("x", 5000) + "\r\n"), s("-ERR long\r\n"), c("QUIT\r\n"), s("+OK\r\n")}},
	{Name: "redis", Port: 6379, Chunks: []prototest.Chunk{c("*1\r\n$4\r\nPING\r\n"), s("+OK\r\n+OK\r\n-ERR unknown\r\n")}},
	{Name: "not pop3", Port: 110, Chunks: []prototest.Chunk{s("+OK\r\n"), c(strings.Repeat("hello\r\n", 20)), s("what\r\n")}},
}

var options = prototest.Options{Protocols: []proto.Protocol{Proto, tls.Proto}}

func TestRun(t *testing.T) { prototest.Run(t, options, cases...) }

func TestOutput(t *testing.T) {
	want := map[string]string{
		"mail": "[pop3] pop3 []", "odd port": "[pop3] pop3 []", "pipelined": "[pop3] pop3 []", "stls": "[pop3 ssl] tls []",
		"hello before the answer": "[pop3 ssl] tls []", "stls refused": "[pop3] pop3 []",
		"stls injected": "[pop3 ssl] tls [pop3_command_behind_stls||]", "stls, answer lost": "[pop3 ssl] tls []",
		"auth": "[pop3] pop3 []", "bad auth": "[pop3] pop3 [pop3_malformed_auth_plain|| pop3_bad_base64_encoding||]",
		"wrong lines": "[pop3] pop3 [pop3_client_command_unknown|| pop3_client_sending_server_commands|| pop3_server_sending_client_commands|| pop3_server_command_unknown||]",
		"no greeting": "[pop3] pop3 []", "server alone": "[pop3] pop3 []", "client alone": "[pop3] pop3 []",
		"gap in mail": "[pop3] pop3 []", "long line": "[pop3] pop3 [pop3_line_cut||]", "redis": "[]  []",
	}
	for _, k := range cases {
		r, err := prototest.Feed(options, k)
		if err != nil {
			t.Fatal(err)
		}
		var own []string
		for _, a := range r.Anomalies {
			if !strings.HasPrefix(a, "|") {
				own = append(own, a)
			}
		}
		if k.Name == "not pop3" {
			if len(r.Services) > 0 || r.Counts.Violations != 1 {
				t.Errorf("%s: %v, %d violations", k.Name, r.Services, r.Counts.Violations)
			}
			continue
		}
		if got := fmt.Sprintf("%v %s %v", r.Services, r.AppProto, own); got != want[k.Name] {
			t.Errorf("%s: %s, want %s (%q)", k.Name, got, want[k.Name], r.Anomalies)
		}
	}
}

func TestProbe(t *testing.T) {
	for _, k := range []struct {
		dir  proto.Dir
		text string
		port bool
		want proto.Verdict
	}{
		{proto.Resp, "+OK POP3\r\n", false, proto.Yes}, {proto.Resp, "+OK <1@b>\r\n", false, proto.Yes}, {proto.Resp, "+OK hi\r\n", true, proto.Likely},
		{proto.Resp, "+OK hi\r\n", false, proto.More}, {proto.Resp, "+OK hi\r\n-ERR ", false, proto.Yes}, {proto.Resp, "+OK hi\r\nx", false, proto.No},
		{proto.Resp, "+OK\r\n", false, proto.No}, {proto.Resp, "+PONG\r\n", true, proto.No}, {proto.Resp, "+OK", false, proto.More},
		{proto.Resp, "220 x\r\n", true, proto.No}, {proto.Resp, "+O", true, proto.More},
		{proto.Orig, "CAPA\r\n", false, proto.Yes}, {proto.Orig, "USER x\r\n", false, proto.Likely}, {proto.Orig, "US", true, proto.More},
		{proto.Orig, "APOP a b\r\n", false, proto.Yes}, {proto.Orig, "GET / HTTP/1.1\r\n", true, proto.No}, {proto.Orig, "\x16\x03\x01", true, proto.No},
	} {
		if got := probe(k.dir, []byte(k.text), k.port); got != k.want {
			t.Errorf("%q: %d, want %d", k.text, got, k.want)
		}
	}
}

// recorder keeps the files that it is given.
type recorder struct{ files []*recorded }

type recorded struct {
	info     proto.FileInfo
	name     string
	data     []byte
	complete bool
}

func (r *recorder) Open(_ *proto.Flow, i *proto.FileInfo) proto.File {
	f := &recorded{info: *i, name: string(i.Name)}
	r.files = append(r.files, f)
	return f
}
func (r *recorder) Flush()                                  {}
func (f *recorded) Write(b []byte)                          { f.data = append(f.data, b...) }
func (f *recorded) Gap(n int64)                             { f.data = append(f.data, fmt.Sprintf("<%d>", n)...) }
func (f *recorded) ID() string                              { return "F" + f.name }
func (f *recorded) MIME() string                            { return "" }
func (f *recorded) SetName(n []byte)                        { f.name = string(n) }
func (f *recorded) SetMeta(string, func(e *record.Encoder)) {}
func (f *recorded) Close(complete bool)                     { f.complete = complete }

func TestFiles(t *testing.T) {
	whole := strings.TrimSuffix(strings.ReplaceAll(mail, "\r\n..", "\r\n."), ".\r\n")
	parts := []string{"a test.eml:" + whole, ":+OK this is no reply\r\n.dot", "a.bin:hello world"}
	for name, want := range map[string][]string{
		"mail": parts, "no greeting": parts, "server alone": parts, "pipelined": parts,
		"gap in mail": {"a test.eml:" + whole[:199] + "<700>"},
	} {
		for _, k := range cases {
			if k.Name != name {
				continue
			}
			var r recorder
			o := options
			o.Files = func(*proto.Setup) (proto.Files, error) { return &r, nil }
			if _, err := prototest.Feed(o, k); err != nil {
				t.Fatal(err)
			}
			var got []string
			if name == "gap in mail" { // what its parts are is the mime parser's matter
				r.files = r.files[:1]
			}
			for _, f := range r.files {
				got = append(got, f.name+":"+string(f.data))
				if complete := name != "pipelined" && name != "gap in mail"; f.complete != complete {
					t.Errorf("%s: %s complete %v", name, f.name, f.complete)
				}
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
				t.Errorf("%s:\n got %q\nwant %q", name, got, want)
			}
		}
	}
}

// nullFiles takes files and keeps nothing.
type nullFiles struct{ f recorded }

func (n *nullFiles) Open(*proto.Flow, *proto.FileInfo) proto.File { return nullFile{&n.f} }
func (n *nullFiles) Flush()                                       {}

type nullFile struct{ *recorded }

func (nullFile) Write([]byte)   {}
func (nullFile) Gap(int64)      {}
func (nullFile) SetName([]byte) {}

// big is a conversation with one large attachment, in segments.
func big(size int) prototest.Case {
	var b strings.Builder
	b.WriteString("+OK\r\nSubject: big\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\nContent-Type: a/b; name=c\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n")
	for b.Len() < size {
		b.WriteString(strings.Repeat("QUJD", 19) + "\r\n")
	}
	b.WriteString("--zz--\r\n.\r\n")
	k := prototest.Case{Port: 110, Chunks: after(c("RETR 1\r\n"))}
	for text := b.String(); len(text) > 0; {
		n := min(1448, len(text))
		k.Chunks = append(k.Chunks, s(text[:n]))
		text = text[n:]
	}
	return k
}

func BenchmarkMail(b *testing.B) {
	const size = 4 << 20
	k := big(size)
	o := prototest.Options{Protocols: []proto.Protocol{Proto}, Files: func(*proto.Setup) (proto.Files, error) { return new(nullFiles), nil }}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := prototest.Feed(o, k); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAllocs: what a mail costs does not grow with its size.
func TestAllocs(t *testing.T) {
	files := func(*proto.Setup) (proto.Files, error) { return new(nullFiles), nil }
	count := func(size int) float64 {
		k := big(size)
		n := testing.AllocsPerRun(3, func() {
			if _, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Proto}, Files: files}, k); err != nil {
				t.Fatal(err)
			}
		})
		return n - float64(len(k.Chunks)) // the test kit copies each chunk once
	}
	if small, large := count(50<<10), count(2<<20); large > small+20 {
		t.Errorf("%v allocations for 2 MiB, %v for 50 KiB", large, small)
	}
}

func FuzzParser(f *testing.F) {
	for _, k := range cases {
		var client, server []byte
		for _, ch := range k.Chunks {
			if ch.Dir == proto.Orig {
				client = append(client, ch.Bytes...)
			} else {
				server = append(server, ch.Bytes...)
			}
		}
		f.Add(client, server, byte(20), byte(3))
	}
	f.Fuzz(func(t *testing.T, client, server []byte, size, gap byte) {
		var chunks []prototest.Chunk
		for i := 0; len(client)+len(server) > 0; i++ {
			n := min(len(server), int(size)+1)
			chunks = append(chunks, prototest.Chunk{Dir: proto.Resp, Bytes: server[:n]})
			server = server[n:]
			if gap > 0 && i == int(gap) {
				chunks = append(chunks, prototest.Chunk{Dir: proto.Dir(gap & 1), Gap: int64(gap)})
			}
			n = min(len(client), int(size)+1)
			chunks = append(chunks, prototest.Chunk{Dir: proto.Orig, Bytes: client[:n]})
			client = client[n:]
		}
		if _, err := prototest.Feed(options, prototest.Case{Port: 110, Chunks: chunks}); err != nil {
			t.Fatal(err)
		}
	})
}

package imap

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/proto/tls"
)

var (
	c = prototest.C
	s = prototest.S
)

const greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS LITERAL+] ready\r\n"

// hello is a TLS 1.2 client hello without extensions, answer the server's.
var (
	hello  = "\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x04\xc0\x2f\xc0\x30\x01\x00"
	answer = "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("s", 32) + "\x00\xc0\x2f\x00"
)

var cases = []prototest.Case{
	{Name: "starttls", Port: 143, Chunks: []prototest.Chunk{s(greeting), c(". CAPABILITY\r\n"), s("* CAPABILITY IMAP4rev1\r\n. OK done\r\n"), c("a.1 starttls\r\n"), s("a.1 OK begin\r\n"), c(hello), s(answer)}},
	{Name: "odd port", Port: 4711, Chunks: []prototest.Chunk{s(greeting), c("x STARTTLS\r\n"), s("x OK begin\r\n"), c(hello), s(answer)}},
	{Name: "hello before the answer", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x STARTTLS\r\n" + hello), s("x OK begin\r\n" + answer)}},
	{Name: "refused", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x STARTTLS\r\n"), s("x NO never\r\n"), c("y LOGIN a b\r\n"), s("y OK in\r\n")}},
	{Name: "refused, by literal", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x LOGIN {5}\r\n"), s("x BAD no\r\n"), c("y STARTTLS\r\n"), s("y OK go\r\n"), c(hello), s(answer)}},
	{Name: "literals", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x LOGIN {14}\r\n"), s("+ go\r\n"), c("z STARTTLS\r\n\r\n {5+}\r\nhello\r\n"), s("x NO bad\r\n* 1 FETCH (BODY[] {8}\r\nz OK g\r\n)\r\n* OK {200}\r\n"), c("y STARTTLS\r\n"), s("y OK go\r\n"), c(hello), s(answer)}},
	{Name: "sasl", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x AUTHENTICATE LOGIN\r\n"), s("+ VXNl\r\n"), c("a STARTTLS\r\n"), s("+ UGFz\r\n"), c("{400}\r\n"), s("x NO sorry\r\n"), c("y STARTTLS\r\n"), s("y OK go\r\n"), c(hello), s(answer)}},
	{Name: "injected", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x STARTTLS\r\ny LOGIN a b\r\n"), s("x OK go\r\n"), c(hello), s(answer)}},
	{Name: "client alone", Port: 143, Chunks: []prototest.Chunk{c("x CAPABILITY\r\n"), c("y STARTTLS\r\n"), c(hello)}},
	{Name: "server alone", Port: 143, Chunks: []prototest.Chunk{s(greeting), s("* CAPABILITY IMAP4rev1\r\nx OK go\r\n")}},
	{Name: "gap", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x STARTTLS\r\n"), {Dir: proto.Resp, Gap: 12}, c(hello), s(answer)}},
	{Name: "long line", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x LOGIN " + strings.Repeat("u", 9000) + " {12+}\r\nz STARTTLS\r\n\r\ny STARTTLS\r\n"), s("x NO\r\ny OK go\r\n"), c(hello), s(answer)}},
	{Name: "huge literal", Port: 143, Chunks: []prototest.Chunk{s(greeting), c("x LOGIN {99999999999999999999}\r\n")}},
	{Name: "not imap", Port: 143, Chunks: []prototest.Chunk{s("* OK so it seems\r\n"), c(strings.Repeat("hello\r\n", 20)), s("bye\r\n")}},
	{Name: "middle", Port: 143, Chunks: []prototest.Chunk{c("a12 UID FETCH 1:* FLAGS\r\n"), s("* 1 FETCH (FLAGS ())\r\na12 OK done\r\n")}},
}

var options = prototest.Options{Protocols: []proto.Protocol{Proto, tls.Proto}}

func TestRun(t *testing.T) { prototest.Run(t, options, cases...) }

func TestOutput(t *testing.T) {
	want := map[string]string{
		"starttls": "[imap ssl] tls []", "odd port": "[imap ssl] tls []", "hello before the answer": "[imap ssl] tls []",
		"refused": "[imap] imap [IMAP: server refused StartTLS||]", "refused, by literal": "[imap ssl] tls []",
		"literals": "[imap ssl] tls []", "sasl": "[imap ssl] tls []", "injected": "[imap ssl] tls [imap_command_behind_starttls||]",
		"client alone": "[imap] tls []", "server alone": "[imap] imap []", "gap": "[imap ssl] tls []",
		"long line": "[imap ssl] tls [imap_line_cut||]", "huge literal": "[imap] imap [imap_literal_too_long||]",
		"not imap": "[] imap []", "middle": "[imap] imap []",
	}
	for _, k := range cases {
		r, err := prototest.Feed(options, k)
		if err != nil {
			t.Fatal(err)
		}
		var own []string
		for _, a := range r.Anomalies {
			if !strings.Contains(a, "TLS_") && !strings.Contains(a, "APPLAYER_") && !strings.HasPrefix(a, "|") {
				own = append(own, a)
			}
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
		{proto.Resp, "* OK ready\r\n", false, proto.Yes},
		{proto.Resp, "* OK", false, proto.More},
		{proto.Resp, "* PREAUTH hi\r\n", false, proto.Yes},
		{proto.Resp, "* BYE busy\r\n", false, proto.Yes},
		{proto.Resp, "* 4 EXISTS\r\n", false, proto.Likely},
		{proto.Resp, "a1 OK done\r\n", true, proto.Likely},
		{proto.Resp, "220 ftp\r\n", true, proto.No},
		{proto.Resp, "+OK pop\r\n", true, proto.No},
		{proto.Resp, "HTTP/1.1 200 OK\r\n", true, proto.No},
		{proto.Resp, ":irc 001 you :* OK\r\n", false, proto.No},
		{proto.Orig, "a1 CAPABILITY\r\n", false, proto.Yes},
		{proto.Orig, "1 capab", false, proto.More},
		{proto.Orig, "a1 LOGIN x y\r\n", false, proto.Likely},
		{proto.Orig, "GET /x HTTP/1.1\r\n", true, proto.No},
		{proto.Orig, "CAPABILITY\r\n", false, proto.No},
		{proto.Orig, "EHLO x\r\n", true, proto.No},
		{proto.Orig, "\x16\x03\x01", true, proto.No},
	} {
		if got := probe(k.dir, []byte(k.text), k.port); got != k.want {
			t.Errorf("%q: %d, want %d", k.text, got, k.want)
		}
	}
}

func TestLiteral(t *testing.T) {
	for line, want := range map[string]string{
		"a {5}": "5 true true", "a ~{7+}": "7 false true", "a {}": "0 false false", "{0}": "0 true true", "a 5}": "0 false false",
		"{x5}": "0 false false", "}": "0 false false", "{5+": "0 false false", "{+}": "0 false false",
		"{99999999999}": fmt.Sprint(maxLiteral+1, " true true"), "{" + strings.Repeat("9", 40) + "}": "0 false false",
	} {
		n, wait, found := literal([]byte(line))
		if got := fmt.Sprint(n, wait, found); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// TestAllocs: nothing is allocated for lines and literals.
func TestAllocs(t *testing.T) {
	p := new(parser)
	sess := new(proto.Session[Tx])
	p.confirmed = true
	b := bytes.Repeat([]byte("* 1 FETCH (BODY[] {4}\r\nabcd)\r\n"), 50)
	if n := testing.AllocsPerRun(100, func() {
		if r, err := p.Data(sess, proto.Resp, b); err != nil || r.Used != len(b) {
			t.Fatal(r, err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkData(b *testing.B) {
	p := new(parser)
	sess := new(proto.Session[Tx])
	p.confirmed = true
	text := bytes.Repeat([]byte("* 1 FETCH (FLAGS (\\Seen) UID 12345 RFC822.SIZE 2048)\r\n"), 500)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Data(sess, proto.Resp, text); err != nil {
			b.Fatal(err)
		}
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
		f.Add(client, server, byte(7), byte(3))
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
		if _, err := prototest.Feed(options, prototest.Case{Port: 143, Chunks: chunks}); err != nil {
			t.Fatal(err)
		}
	})
}

package ftp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

var (
	c = prototest.C
	s = prototest.S
)

var protocols = []proto.Protocol{Proto, Data}

var login = []prototest.Chunk{
	s("220 FTP ready\r\n"), c("USER anonymous\r\n"), s("331 password\r\n"), c("PASS me@\r\n"),
	s("230-welcome\r\n 230 in the text\r\n230-more\r\n230 in\r\n"),
}

func after(more ...prototest.Chunk) []prototest.Chunk {
	return append(append([]prototest.Chunk(nil), login...), more...)
}

var cases = []prototest.Case{
	{Name: "retrieve", Chunks: after(c("CWD /pub\r\n"), s("250 ok\r\n"), c("PASV\r\n"), s("227 Entering Passive Mode (192,0,2,7,4,1).\r\n"),
		c("RETR ../a.txt\r\n"), s("150 open a.txt (77 bytes)\r\n"), s("226 done\r\n"), c("QUIT\r\n"), s("221 bye\r\n"))},
	{Name: "store", Chunks: after(c("PORT 10,0,0,1,4,2\r\n"), s("200 ok\r\n"), c("STOR b\r\n"), s("150 go\r\n226 done\r\n"))},
	{Name: "bounce", Chunks: after(c("PORT 10,9,9,9,0,25\r\n"), s("200 ok\r\n"))},
	{Name: "extended", Chunks: after(c("EPSV\r\n"), s("229 Extended (|||4003|)\r\n"), c("EPRT |2|2001:db8::1|4004|\r\n"), s("200 ok\r\n"))},
	{Name: "pipelined", Chunks: after(c("PASV\r\nRETR x\r\nQUIT\r\n"), s("227 (192,0,2,7,4,5)\r\n150 x\r\n226 done\r\n221 bye\r\n"))},
	{Name: "tls", Chunks: []prototest.Chunk{s("220 FTP\r\n"), c("AUTH TLS\r\n"), s("234 go\r\n"), c("\x16\x03\x01\x00\x05hello")}},
	{Name: "refused", Chunks: []prototest.Chunk{s("220 FTP\r\n"), c("USER bro\r\n"), s("331 p\r\n"), c("PASS x\r\n"), s("530 no\r\n"), c("QUIT\r\n"), s("221 bye\r\n")}},
	{Name: "long", Chunks: after(c("RETR "+strings.Repeat("A", 5000)+"\r\n"), s("550 no\r\n"), c(strings.Repeat("B", 120)+"\r\n"), s("500 what\r\n"))},
	{Name: "no code", Chunks: after(c("SYST\r\n"), s("SYST not supported\r\n"))},
	{Name: "no space", Chunks: []prototest.Chunk{s("220 FTP\r\n"), c("USER a\r\n"), s("331_no_space\r\n")}},
	{Name: "token", Chunks: []prototest.Chunk{s("220 GridFTP\r\n"), c("AUTH GSSAPI\r\n"), s("334 go\r\n"), c("ADAT AB CD\r\n"), s("535 no\r\n")}},
	{Name: "unanswered", Chunks: after(c("NOOP\r\nDELE x\r\n"))},
}

func TestRun(t *testing.T) {
	prototest.Run(t, prototest.Options{Protocols: protocols}, cases...)
}

func feed(t *testing.T, name string) string {
	t.Helper()
	for _, k := range cases {
		if k.Name != name {
			continue
		}
		r, err := prototest.Feed(prototest.Options{Protocols: protocols, TSV: true}, k)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s\n%s\n%q %s %v %d", strings.Join(r.Zeek["ftp"], "\n"), strings.Join(r.EVE["ftp"], "\n"), r.Anomalies, r.AppProto, r.Services, r.Counts.Violations)
	}
	t.Fatalf("no case %s", name)
	return ""
}

func TestOutput(t *testing.T) {
	for _, k := range []struct {
		name string
		want []string
		not  []string
	}{
		{"retrieve", []string{
			"\tanonymous\tme@\tPASV\t-\t-\t-\t227\tEntering Passive Mode (192,0,2,7,4,1).\tT\t10.0.0.1\t192.0.2.7\t1025\t-",
			"\tanonymous\tme@\tRETR\tftp://192.0.2.7/a.txt\t-\t77\t226\tdone\t-\t-\t-\t-\t-",
			`"tx_id":0,"ftp":{"completion_code":["220"],"reply":["FTP ready"],"reply_received":"yes","reply_truncated":false}}`,
			`"ftp":{"command":"PASS","command_data":"me@","command_truncated":false,"completion_code":["230","230","230"],"reply":["welcome"," 230 in the text","more","in"]`,
			`"command":"PASV","completion_code":["227"],"reply":["Entering Passive Mode (192,0,2,7,4,1)."],"dynamic_port":1025,"reply_received"`,
			`"command":"RETR","command_data":"../a.txt","command_truncated":false,"completion_code":["150","226"]`,
			"[] ftp [ftp] 0"}, []string{"\tQUIT\t", "\tCWD\t"}},
		{"store", []string{"\tPORT\t10,0,0,1,4,2\t-\t-\t200\tok\tF\t192.0.2.7\t10.0.0.1\t1026\t-", "\tSTOR\tftp://192.0.2.7/./b\t", `"dynamic_port":1026,"mode":"active"`}, nil},
		{"bounce", []string{"\tF\t192.0.2.7\t10.9.9.9\t25\t-"}, nil},
		{"extended", []string{"\tEPSV\t-\t-\t-\t229\tExtended (|||4003|)\tT\t10.0.0.1\t192.0.2.7\t4003", "\tF\t192.0.2.7\t2001:db8::1\t4004"}, nil},
		{"pipelined", []string{"\tPASV\t", "\tRETR\tftp://192.0.2.7/./x\t-\t-\t226\tdone", `"command":"QUIT","completion_code":["221"]`}, nil},
		{"tls", []string{`"command":"AUTH"`, "[ftp]"}, nil},
		{"refused", []string{"\tbro\t<hidden>\tQUIT\t-\t-\t-\t221\tbye"}, nil},
		{"long", []string{"request_command_too_long", "FTP_max_command_length_exceeded||120 > 100", `"command_truncated":true`, strings.Repeat("A", 4091) + `"`}, []string{strings.Repeat("A", 4092)}},
		{"no code", []string{"[] 1"}, nil},
		{"no space", []string{"[] 1"}, nil},
		{"token", []string{"base64_illegal_encoding||character 32 ignored by Base64 decoding", "ftp_adat_bad_first_token_encoding||"}, nil},
		{"unanswered", []string{"\tDELE\tftp://192.0.2.7/./x\t-\t-\t230\tin", `"command":"NOOP","reply_received":"no"`}, nil},
	} {
		got := feed(t, k.name)
		for _, w := range k.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%.3000s", k.name, w, got)
			}
		}
		for _, w := range k.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: unexpected %q in\n%.3000s", k.name, w, got)
			}
		}
	}
}

// TestGap: lost replies and commands do not shift what is matched with what.
func TestGap(t *testing.T) {
	k := prototest.Case{Chunks: after(c("CWD a\r\n"), prototest.Chunk{Dir: proto.Resp, Gap: 8}, s("ok\r\n"), c("SIZE x\r\n"), s("213 5\r\n"),
		prototest.Chunk{Dir: proto.Orig, Gap: 6}, c("LE y\r\n"), s("250 gone\r\n"), c("RETR z\r\n"), s("150 z\r\n226 done\r\n"))}
	r, err := prototest.Feed(prototest.Options{Protocols: protocols, TSV: true}, k)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(r.Zeek["ftp"], "\n")
	if !strings.Contains(got, "\tRETR\t") || !strings.Contains(got, "\t226\tdone") || r.Counts.Violations > 0 {
		t.Errorf("%s", got)
	}
}

func TestPath(t *testing.T) {
	for _, k := range [][3]string{
		{".", "a", "./a"}, {"./a", "../b", "./b"}, {".", "..", "./.."}, {"./..", "..", "./../.."}, {"/a/b", "/c//d/./e/", "/c/d/e"},
		{"/a", "../../..", "/"}, {"./a/b", "..", "./a"}, {"", "/x", "/x"}, {"./a", "", "./a"},
	} {
		if got := string(appendPath([]byte(k[0]), []byte(k[1]))); got != k[2] {
			t.Errorf("%s + %s: %s, want %s", k[0], k[1], got, k[2])
		}
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"PORT 1,2,3,4,0,80": "1.2.3.4:80", "PORT 1,2,3,4,1": "", "PORT 256,2,3,4,0,80": "", "PORT 1234": "", "PORT 1,2,3,4,0,0": "",
		"227 Entering (1,2,3,4,5,6)": "1.2.3.4:1286", "227 =1,2,3,4,5,6": "1.2.3.4:1286", "227 none": "",
		"EPRT |1|1.2.3.4|80|": "1.2.3.4:80", "EPRT |2|::1|80|": "::1:80", "EPRT |1|::1|80|": "", "EPRT |1|1.2.3.4|80": "", "EPRT ": "",
		"229 x (|||81|)": ":::81", "229 x (||1.2.3.4|81|)": "1.2.3.4:81", "229 81": "", "229 (|||99999|)": "",
	} {
		verb, arg, _ := strings.Cut(in, " ")
		f := map[string]func([]byte) address{"PORT": parsePort, "227": parsePasv, "EPRT": parseEPRT, "229": parseEPSV}[verb]
		got := ""
		if a := f([]byte(arg)); a.ok {
			got = fmt.Sprintf("%s:%d", a.host, a.port)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func BenchmarkCommands(b *testing.B) {
	k := prototest.Case{Chunks: append([]prototest.Chunk(nil), login...)}
	n := 0
	for range 1000 {
		k.Chunks = append(k.Chunks, c("SIZE some/file.txt\r\n"), s("213 12345\r\n"))
		n += 31
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := prototest.Feed(prototest.Options{Protocols: protocols}, k); err != nil {
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
		f.Add(client, server, byte(9))
	}
	f.Fuzz(func(t *testing.T, client, server []byte, size byte) {
		var chunks []prototest.Chunk
		for len(client)+len(server) > 0 {
			n := min(len(server), int(size)+1)
			chunks = append(chunks, prototest.Chunk{Dir: proto.Resp, Bytes: server[:n]})
			server = server[n:]
			n = min(len(client), int(size)+1)
			chunks = append(chunks, prototest.Chunk{Dir: proto.Orig, Bytes: client[:n]})
			client = client[n:]
		}
		if _, err := prototest.Feed(prototest.Options{Protocols: protocols}, prototest.Case{Port: 21, Chunks: chunks}); err != nil {
			t.Fatal(err)
		}
	})
}

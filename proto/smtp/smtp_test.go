package smtp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

var (
	c = prototest.C
	s = prototest.S
)

// crlf makes the line ends those of the network.
func crlf(t string) string { return strings.ReplaceAll(t, "\n", "\r\n") }

const multipart = `Received: from b.example ([198.51.100.9]) by c.example; today
Received: from a.example (a.example [203.0.113.4])
	by b.example; yesterday
From: "A, B" <a@example.org>
To: c@example.org, "D, E" <d@example.org>
Subject: test
Message-ID: <1@x>
X-Mailer: Bat
Content-Type: multipart/mixed; boundary=zz

--zz
Content-Type: text/plain

see http://Example.com/a.exe now
..dot
--zz
Content-Type: application/octet-stream
Content-Disposition: attachment; filename=a.bin
Content-Transfer-Encoding: base64

aGVsbG8gd29ybGQ=
--zz--
.
`

var hello = []prototest.Chunk{
	s("220 mx ESMTP\r\n"), c("EHLO me\r\n"), s("250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n"),
	c("MAIL FROM:<a@example.org> SIZE=5\r\n"), s("250 ok\r\n"), c("RCPT TO:<c@example.org>\r\nRCPT TO:<d@example.org>\r\n"), s("250 ok\r\n250 ok\r\n"),
}

func after(more ...prototest.Chunk) []prototest.Chunk {
	return append(append([]prototest.Chunk(nil), hello...), more...)
}

var cases = []prototest.Case{
	{Name: "mail", Chunks: after(c("DATA\r\n"), s("354 go\r\n"), c(crlf(multipart)), s("250 queued\r\n"), c("QUIT\r\n"), s("221 bye\r\n"))},
	{Name: "pipelined", Chunks: after(c("DATA\r\n"+crlf(multipart)+"RSET\r\nMAIL FROM:<b@x>\r\nQUIT\r\n"), s("354 go\r\n250 queued\r\n250 ok\r\n250 ok\r\n221 bye\r\n"))},
	{Name: "bdat", Chunks: after(c("BDAT 17\r\nSubject: chunk\r\n\r"), s("250 ok\r\n"), c("BDAT 8 LAST\r\n\nbody.\r\n"), s("250 queued\r\n"), c("QUIT\r\n"), s("221 bye\r\n"))},
	{Name: "bad bdat", Chunks: after(c("BDAT 17 FIRST\r\n"), s("501 no\r\n"), c("QUIT\r\n"), s("221 bye\r\n"))},
	{Name: "starttls", Chunks: []prototest.Chunk{s("220 mx\r\n"), c("EHLO me\r\n"), s("250 STARTTLS\r\n"), c("STARTTLS\r\n"), s("220 go\r\n"), c("\x16\x03\x01\x00\x05hello")}},
	{Name: "client alone", Port: 25, Chunks: []prototest.Chunk{c(crlf("ehlo me\nmail from:<a@x>\nrcpt to:<b@x>\ndata\nSubject: 1\n\nx\n.\nmail from:<c@x>\nrcpt to:<d@x>\ndata\nSubject: 2\n\ny\n.\nquit\n"))}},
	{Name: "rejected", Chunks: after(c("DATA\r\n"), s("550 no\r\n"), c("RSET\r\n"), s("250 ok\r\n"), c("MAIL FROM:<e@x>\r\n"), s("250 ok\r\n"))},
	{Name: "auth", Chunks: []prototest.Chunk{s("220 mx\r\n"), c("EHLO me\r\n"), s("250 ok\r\n"), c("AUTH LOGIN\r\n"), s("334 VXNlcm5hbWU6\r\n"), c("DATA\r\n"), s("334 UGFzc3dvcmQ6\r\n"), c("QUIT\r\n"), s("235 ok\r\n"), c("MAIL FROM:<a@x>\r\n"), s("250 ok\r\n")}},
	{Name: "long command", Chunks: []prototest.Chunk{s("220 mx\r\n"), c("EHLO " + strings.Repeat("x", 5000) + "\r\n"), s("500 long\r\n"), c("NOOP\r\n"), s("250 ok\r\n")}},
	{Name: "eager", Chunks: []prototest.Chunk{s("220 mx\r\n"), c("HELO me\r\n"), s("250 ok\r\n"), c("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n"), c("Subject: eager\r\n\r\nx\r\n.\r\n"), s("250 ok\r\n250 ok\r\n354 go\r\n250 done\r\n")}},
	{Name: "bare lf", Chunks: after(c("DATA\n"), s("354 go\n"), c("Subject: lf\n\nx\n.\n"), s("250 ok\n"))},
}

func TestRun(t *testing.T) {
	prototest.Run(t, prototest.Options{Protocols: []proto.Protocol{Proto}}, cases...)
}

// feed runs one case and returns all that came out as one text.
func feed(t *testing.T, name string, settings proto.Settings, files *recorder) string {
	t.Helper()
	for _, k := range cases {
		if k.Name != name {
			continue
		}
		o := prototest.Options{Protocols: []proto.Protocol{Proto}, TSV: true, Settings: settings}
		if files != nil {
			o.Files = func(*proto.Setup) (proto.Files, error) { return files, nil }
		}
		r, err := prototest.Feed(o, k)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s\n%s\n%q %s %v", strings.Join(r.Zeek["smtp"], "\n"), strings.Join(r.EVE["smtp"], "\n"), r.Anomalies, r.AppProto, r.Services)
	}
	t.Fatalf("no case %s", name)
	return ""
}

func TestOutput(t *testing.T) {
	for _, k := range []struct {
		name string
		set  proto.Settings
		want []string
		not  []string
	}{
		{name: "mail", want: []string{
			"\t1\tme\ta@example.org\tc@example.org,d@example.org\t-\t\"A, B\" <a@example.org>\tc@example.org,\"D\\x2c E\" <d@example.org>\t-\t-\t<1@x>\t-\ttest\t-\tfrom a.example (a.example [203.0.113.4])\\x09by b.example; yesterday\tfrom b.example ([198.51.100.9]) by c.example; today\t250 queued\t192.0.2.7,10.0.0.1,198.51.100.9,203.0.113.4\tBat\tF\t",
			`"smtp":{"helo":"me","mail_from":"<a@example.org>","rcpt_to":["<c@example.org>","<d@example.org>"]},"email":{"status":"PARSE_DONE","from":"\"A, B\" <a@example.org>","to":["c@example.org","\"D, E\" <d@example.org>"],"attachment":["a.bin"],"url":["example.com/a.exe"]}}`,
			`"tx_id":1,"smtp":{"helo":"me"}}`, "[] smtp [smtp]"}},
		{name: "mail", set: proto.Settings{"eve.smtp.custom": "[received, subject]", "eve.smtp.md5": "subject,body"}, want: []string{
			`"received":["from a.example (a.example [203.0.113.4])\tby b.example; yesterday","from b.example`, `"subject":"test"`, `"subject_md5":"098f6bcd4621d373cade4e832627b4f6","body_md5":"`}},
		{name: "pipelined", want: []string{"\t1\tme\t", "\t2\tme\tb@x\t", `"tx_id":1,"smtp":{"helo":"me","mail_from":"<b@x>"}}`, "[] smtp"}},
		{name: "bdat", want: []string{"\tchunk\t-\t-\t-\t250 queued\t", `"mail_from":"<a@example.org>"`, "[] smtp"}},
		{name: "bad bdat", want: []string{"smtp_invalid_bdat_command|INVALID_BDAT|BDAT chunk-size followed by junk", "\t221 bye\t"}},
		{name: "starttls", want: []string{"\t220 go\t192.0.2.7,10.0.0.1\t-\tT\t(empty)"}},
		{name: "client alone", want: []string{"\t1\tme\ta@x\tb@x\t-\t-\t-\t-\t-\t-\t-\t1\t", "\t1\tme\tc@x\td@x\t-\t-\t-\t-\t-\t-\t-\t2\t"}},
		{name: "rejected", want: []string{`"email":{"status":"HEADER_READY"}`, "DATA_COMMAND_REJECTED", `"tx_id":1,"smtp":{"helo":"me","mail_from":"<e@x>"}}`}},
		{name: "auth", want: []string{"\ta@x\t"}, not: []string{`"email"`}},
		{name: "long command", want: []string{"TRUNCATED_LINE", strings.Repeat("x", 4091) + `"`}, not: []string{strings.Repeat("x", 4092) + `"`}},
		{name: "eager", want: []string{"\teager\t", "\t250 done\t"}},
		{name: "bare lf", want: []string{"\tlf\t", `"status":"PARSE_DONE"`}},
	} {
		got := feed(t, k.name, k.set, nil)
		for _, w := range k.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", k.name, w, got)
			}
		}
		for _, w := range k.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: unexpected %q in\n%s", k.name, w, got)
			}
		}
	}
}

// recorder keeps the files that it is given.
type recorder struct{ files []*recorded }

type recorded struct {
	info   proto.FileInfo
	name   string
	data   []byte
	closed bool
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
func (f *recorded) Close(complete bool)                     { f.closed = complete }

func TestFiles(t *testing.T) {
	var r recorder
	feed(t, "mail", nil, &r)
	want := strings.TrimSuffix(strings.ReplaceAll(crlf(multipart), "\r\n..", "\r\n."), ".\r\n")
	for i, w := range []recorded{
		{name: "test.eml", data: []byte(want)},
		{name: "", data: []byte("see http://Example.com/a.exe now\r\n.dot")},
		{name: "a.bin", data: []byte("hello world")},
	} {
		if i >= len(r.files) {
			t.Fatalf("%d files", len(r.files))
		}
		if f := r.files[i]; f.name != w.name || string(f.data) != string(w.data) || !f.closed {
			t.Errorf("file %d: %q %q closed %v, want %q %q", i, f.name, f.data, f.closed, w.name, w.data)
		}
	}
	if f := r.files[1]; !f.info.HideEVE || f.info.HideZeek || f.info.Depth != 2 {
		t.Errorf("%+v", f.info)
	}
}

func TestAddresses(t *testing.T) {
	var got []string
	eachAddress([]byte("TO:<a@b> c@d,e@f; @ x@ @y"), func(a []byte) { got = append(got, string(a)) })
	if g := strings.Join(got, "|"); g != "a@b|c@d|e@f" {
		t.Errorf("%s", g)
	}
	got = nil
	eachMailbox([]byte(`"a, b" <c@d>, e@f ,, "open, g`), func(a []byte) { got = append(got, string(a)) })
	if g := strings.Join(got, "|"); g != `"a, b" <c@d>|e@f|"open|g` {
		t.Errorf("%s", g)
	}
}

// nullFiles takes files and keeps nothing.
type nullFiles struct{ f nullFile }

func (n *nullFiles) Open(*proto.Flow, *proto.FileInfo) proto.File { return &n.f }
func (n *nullFiles) Flush()                                       {}

type nullFile struct{ bytes int }

func (f *nullFile) Write(b []byte)                          { f.bytes += len(b) }
func (f *nullFile) Gap(int64)                               {}
func (f *nullFile) ID() string                              { return "F" }
func (f *nullFile) MIME() string                            { return "" }
func (f *nullFile) SetName([]byte)                          {}
func (f *nullFile) SetMeta(string, func(e *record.Encoder)) {}
func (f *nullFile) Close(bool)                              {}

// big is a conversation with one large attachment, in segments.
func big(size int) prototest.Case {
	var b strings.Builder
	b.WriteString("Subject: big\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\nContent-Type: a/b; name=c\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n")
	for b.Len() < size {
		b.WriteString(strings.Repeat("QUJD", 19) + "\r\n")
	}
	b.WriteString("--zz--\r\n.\r\n")
	k := prototest.Case{Chunks: after(c("DATA\r\n"), s("354 go\r\n"))}
	for text := b.String(); len(text) > 0; {
		n := min(1448, len(text))
		k.Chunks = append(k.Chunks, c(text[:n]))
		text = text[n:]
	}
	k.Chunks = append(k.Chunks, s("250 ok\r\n"))
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
		perChunk := testing.AllocsPerRun(3, func() {
			if _, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Proto}, Files: files}, k); err != nil {
				t.Fatal(err)
			}
		})
		return perChunk - float64(len(k.Chunks)) // the test kit copies each chunk once
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
		f.Add(client, server, byte(7))
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
		if _, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Proto}}, prototest.Case{Port: 25, Chunks: chunks}); err != nil {
			t.Fatal(err)
		}
	})
}

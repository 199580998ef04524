package mime

import (
	"encoding/base64"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"
)

// trace records all calls as text, bodies joined.
type trace struct {
	out     strings.Builder
	defects []string
	inBody  bool
}

func (t *trace) event(format string, args ...any) {
	if t.inBody {
		t.out.WriteString("\"\n")
		t.inBody = false
	}
	fmt.Fprintf(&t.out, format+"\n", args...)
}

func (t *trace) Header(e *Entity, h Header) {
	t.event("%d header %s=%q", e.Ordinal, h.Name, h.Value)
}

func (t *trace) Begin(e *Entity) {
	t.event("%d begin depth=%d kind=%d type=%s cs=%s disp=%s file=%q field=%s enc=%s at=%d,%d", e.Ordinal, e.Depth,
		e.Kind, e.Type, e.Charset, e.Disposition, e.Filename, e.Field, e.Encoding, e.Start, e.Body)
}

func (t *trace) Body(e *Entity, b []byte) {
	if len(b) == 0 {
		panic("empty body")
	}
	if !t.inBody {
		fmt.Fprintf(&t.out, "%d body \"", e.Ordinal)
		t.inBody = true
	}
	for i := range b { // one by one, so that a character cut in two looks the same
		s := fmt.Sprintf("%q", b[i:i+1])
		t.out.WriteString(s[1 : len(s)-1])
	}
}

func (t *trace) Gap(e *Entity, n int64) { t.event("%d gap %d", e.Ordinal, n) }
func (t *trace) End(e *Entity, closed bool) {
	t.event("%d end closed=%v size=%d", e.Ordinal, closed, e.Size)
}
func (t *trace) Defect(d Defect) { t.defects = append(t.defects, "defect "+d.String()) }

// String returns the record; the defects, whose place among the bodies depends on chunking, come last.
func (t *trace) String() string {
	slices.Sort(t.defects)
	return t.out.String() + strings.Join(t.defects, "\n")
}

// parse feeds src in pieces of the sizes that next gives.
func parse(src string, lim *Limits, next func() int) string {
	var t trace
	var p Parser
	p.Reset(&t, lim)
	for b := []byte(src); len(b) > 0; {
		n := min(max(next(), 1), len(b))
		piece := append([]byte(nil), b[:n]...)
		p.Write(piece)
		for i := range piece {
			piece[i] = '#' // borrowed bytes must not be kept
		}
		b = b[n:]
	}
	p.Close()
	return t.String()
}

func whole(src string, lim *Limits) string { return parse(src, lim, func() int { return len(src) }) }

// crlf writes a message with CRLF line ends.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

var cases = []struct {
	name string
	src  string
	lim  Limits
	want []string // lines that must be there, in order but for defects
	not  []string
}{
	{name: "plain", src: crlf("Subject: a\n  b\nX:y\n\nline 1\nline 2\n"),
		want: []string{`1 header Subject="a  b"`, `1 header X="y"`, "1 begin depth=0 kind=0 type=text/plain",
			`1 body "line 1\r\nline 2\r\n"`, "1 end closed=true size=16"},
		not: []string{"defect"}},
	{name: "trimmed", src: crlf("Content-Type: a/b; name=c\n\nline\n"), lim: Limits{TrimEnd: true}, want: []string{`1 body "line"`}},
	{name: "not trimmed", src: crlf("A: b\n\nline\n"), lim: Limits{TrimEnd: true}, want: []string{`1 body "line\r\n"`}},
	{name: "lf", src: "A: b\n\nx\n", want: []string{"defect bare_line_end", `1 header A="b"`, `1 body "x\n"`}},
	{name: "cr", src: "A: b\rContent-Type: multipart/mixed; boundary=q\r\r--q\rC: d\r\rx\r--q--\r",
		want: []string{`1 header A="b"`, `2 header C="d"`, `2 body "x"`, "2 end closed=true size=1", "1 end closed=true"}},
	{name: "stray cr", src: "A: b\rX: c\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nx\r\n--q--\r\n",
		want: []string{`2 body "x"`, "1 end closed=true"}},
	{name: "multipart", src: crlf(`Content-Type: multipart/mixed; boundary="a b"
Subject: s

preamble
--a b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

a=3Db=
c=E4  
d=zz
--a b
Content-Disposition: attachment;
 filename="x\"y.bin"
Content-Transfer-Encoding: base64

aGVs
bG8=
--a b--
epilogue
`), want: []string{"1 begin depth=0 kind=1 type=multipart/mixed", "2 begin depth=1 kind=0 type=text/html cs=utf-8",
		`2 body "a=bc\xe4\r\nd=zz"`, "defect invalid_qp", "2 end closed=true", `disp=attachment file="x\"y.bin"`,
		`3 body "hello"`, "3 end closed=true size=5", "1 end closed=true size=0"}},
	{name: "kept line end", src: crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: quoted-printable\n\nx\n--b--\n"),
		lim: Limits{KeepLineEnd: true}, want: []string{`2 body "x\r\n"`}},
	{name: "nested", src: crlf(`Content-Type: multipart/mixed; boundary=aa

--aa
Content-Type: multipart/alternative; boundary=aab

--aab

one
--aabx

two
--aa
Content-Type: message/rfc822

Subject: inner

three
--aa--
`), want: []string{"2 begin depth=1 kind=1", `3 body "one"`, `4 body "two"`, "2 end closed=false",
		"5 begin depth=1 kind=2 type=message/rfc822", `6 header Subject="inner"`, "6 begin depth=2 kind=0",
		`6 body "three"`, "5 end closed=true", "1 end closed=true"}},
	{name: "lookalikes", src: crlf("Content-Type: multipart/mixed; boundary=bound\n\n--bound\n\n-\n--\n--bou\n---\n--boun\nx--bound\n--bound--\n"),
		want: []string{`2 body "-\r\n--\r\n--bou\r\n---\r\n--boun\r\nx--bound"`, "1 end closed=true"}},
	{name: "unclosed", src: crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n"),
		want: []string{`2 body "x\r\n"`, "defect unclosed", "2 end closed=false", "1 end closed=false"}},
	{name: "no boundary", src: crlf("Content-Type: multipart/mixed\n\nx"), want: []string{"defect no_boundary", "1 begin depth=0 kind=0", `1 body "x"`}},
	{name: "delimiter in headers", src: crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\nX: y\n--b\n\nz\n--b--"),
		want: []string{`2 header X="y"`, "2 begin", "2 end closed=true size=0", `3 body "z"`}},
	{name: "encoded message", src: crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"),
		want: []string{"defect encoded_container", "defect malformed_header", "2 begin", `2 body "hello"`}},
	{name: "headers of an encoded message", src: crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: x\n\ny"),
		want: []string{`2 header Subject="x"`, `2 body "y"`}},
	{name: "no headers", src: crlf("just text\nX: y\n\nz"), want: []string{"defect malformed_header", `1 body "just text\r\nX: y\r\n\r\nz"`}, not: []string{"header X"}},
	{name: "bad header", src: crlf("A: b\nnonsense\nC: d\n\n"), want: []string{`header A="b"`, "defect malformed_header", `header C="d"`}},
	{name: "mbox", src: crlf("From a@b Mon\nA: b\n\nc"), want: []string{`1 header A="b"`, `1 body "c"`}},
	{name: "only headers", src: crlf("A: b\nC: d"), want: []string{`header A="b"`, `header C="d"`, "1 begin", "1 end closed=true size=0"}},
	{name: "2231", src: crlf("Content-Disposition: attachment; filename*0*=iso-8859-1''a%E4;\n filename*1=\"b c\"; filename*2*=%2e\n\n"),
		want: []string{`file="aäb c."`}},
	{name: "2231 over plain", src: "Content-Disposition: attachment; filename=plain; filename*=UTF-8''%e2%82%ac\r\n\r\n", want: []string{`file="€"`}},
	{name: "name of type", src: "Content-Type: application/x; name = fn.exe ; x=y\r\n\r\n", want: []string{`file="fn.exe"`}},
	{name: "form", src: "Content-Disposition: form-data; name=\"f\"; filename=\"C:\\dir\\x\"\r\n\r\n", want: []string{`file="C:\\dir\\x" field=f`}},
	{name: "base64 faults", src: crlf("Content-Transfer-Encoding: BASE64\n\naGV*sbG8=aGk\n"),
		want: []string{`1 body "hello`, "defect invalid_base64"}},
	{name: "uuencode", src: crlf("Content-Transfer-Encoding: x-uuencode\n\njunk\nbegin 644 a\n%:&5L;&\\\n`\nend\n"),
		want: []string{`1 body "hello"`}},
	{name: "long lines", src: crlf("Content-Transfer-Encoding: base64\n\n" + strings.Repeat("A", 77) + "\n"), want: []string{"defect long_enc_line"}},
	{name: "line of 76", src: crlf("Content-Transfer-Encoding: base64\n\n" + strings.Repeat("A", 76) + "\n"), not: []string{"defect"}},
	{name: "long header", src: crlf(strings.Repeat("n", 76) + ": " + strings.Repeat("v", 2001) + "\n\n"), want: []string{"defect long_header_name", "defect long_header_value"}},
	{name: "cut header", src: crlf("A: " + strings.Repeat("v", 200) + "\nB: c\n\n"), lim: Limits{Header: 50}, want: []string{"defect cut_header", `header B="c"`}},
	{name: "cut body line", src: strings.Repeat("v", 200) + "\r\n", lim: Limits{Header: 50}, want: []string{"defect malformed_header", strings.Repeat("v", 200)}},
	{name: "too deep", src: crlf("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nA: b\n"), lim: Limits{Depth: 1},
		want: []string{"2 header Content-Type", "defect too_deep", "2 begin depth=1 kind=0", `2 body "A: b\r\n"`}},
	{name: "too many", src: crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--\n"), lim: Limits{Entities: 3},
		want: []string{`2 body "1"`, `3 body "2"`, "defect too_many_parts", "1 end closed=true"}, not: []string{`"3`}},
	{name: "long boundary", src: crlf("Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 300) + "\n\nx"), want: []string{"defect long_boundary", `1 body "x"`}},
	{name: "digest", src: crlf("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: d\n\nx\n--b--"), want: []string{"2 begin depth=1 kind=2 type=message/rfc822", `3 header Subject="d"`}},
	{name: "empty", src: "", want: []string{"1 begin", "1 end closed=true size=0"}},
}

func TestCases(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := whole(c.src, &c.lim)
			rest := got
			for _, w := range c.want {
				if strings.HasPrefix(w, "defect") {
					if !strings.Contains(got, w) {
						t.Fatalf("no %q in\n%s", w, got)
					}
					continue
				}
				i := strings.Index(rest, w)
				if i < 0 {
					t.Fatalf("no %q (in order) in\n%s", w, got)
				}
				rest = rest[i:]
			}
			for _, w := range c.not {
				if strings.Contains(got, w) {
					t.Fatalf("unexpected %q in\n%s", w, got)
				}
			}
		})
	}
}

// TestChunking: however the input is cut, the calls are the same.
func TestChunking(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, c := range cases {
		want := whole(c.src, &c.lim)
		if got := parse(c.src, &c.lim, func() int { return 1 }); got != want {
			t.Errorf("%s: byte by byte:\n%s\nwhole:\n%s", c.name, got, want)
		}
		for range 20 {
			if got := parse(c.src, &c.lim, func() int { return r.Intn(9) + 1 }); got != want {
				t.Fatalf("%s: in pieces:\n%s\nwhole:\n%s", c.name, got, want)
			}
		}
	}
}

// TestGap: a gap at any place neither loses what comes after nor panics.
func TestGap(t *testing.T) {
	for _, c := range cases {
		for cut := range len(c.src) {
			var tr trace
			var p Parser
			p.Reset(&tr, &c.lim)
			p.Write([]byte(c.src[:cut]))
			p.Gap(5)
			p.Write([]byte(c.src[cut:]))
			p.Close()
			if b, e := strings.Count(tr.out.String(), " begin "), strings.Count(tr.out.String(), " end "); b != e {
				t.Fatalf("%s at %d: %d begin, %d end", c.name, cut, b, e)
			}
		}
	}
	src := crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\ntwo\n--b--\n")
	var tr trace
	var p Parser
	p.Reset(&tr, nil)
	i := strings.Index(src, "ne\r\n")
	p.Write([]byte(src[:i]))
	p.Gap(2)
	p.Write([]byte(src[i+2:]))
	p.Close()
	for _, w := range []string{`2 body "o"`, "2 gap 2", `2 body "\r\ntwo"`, "2 end closed=true size=6"} {
		if !strings.Contains(tr.out.String(), w) {
			t.Errorf("no %q in\n%s", w, tr.out.String())
		}
	}
}

func TestResetBody(t *testing.T) {
	var tr trace
	var p Parser
	p.ResetBody(&tr, nil, []byte(`multipart/form-data; boundary=x`))
	p.Write([]byte("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--x--\r\n"))
	p.Close()
	for _, w := range []string{"1 begin depth=0 kind=1", "2 begin depth=1 kind=0 type=text/plain cs= disp=form-data file=\"\" field=a", `2 body "v"`, "1 end closed=true"} {
		if !strings.Contains(tr.out.String(), w) {
			t.Errorf("no %q in\n%s", w, tr.out.String())
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                  "plain",
		"=?utf-8?B?w6Q=?=":                       "ä",
		"=?iso-8859-1?q?a=E4_b?= =?utf-8?Q?c?=":  "aä bc",
		"a =?utf-8?q?b?= c":                      "a b c",
		"=?utf-8*en?q?x?=":                       "x",
		"=?gb2312?B?dGVzdA==?=":                  "=?gb2312?B?dGVzdA==?=",
		"=?windows-1252?q?=80?=":                 "€",
		"=?broken":                               "=?broken",
		"=?utf-8?x?a?=":                          "=?utf-8?x?a?=",
		"=?utf-8?q?a?=\r\n =?utf-8?q?b?=tail =?": "abtail =?",
	} {
		if got := string(AppendWords(nil, []byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestParam(t *testing.T) {
	for _, c := range [][3]string{
		{"text/plain; charset=utf-8", "charset", "utf-8"},
		{"text/plain; (a ; b=c) charset = \"x y\" junk ; q=1", "charset", "x y"},
		{"text/plain; (a) charset=\"x\" q=1", "q", "1"},
		{"a; name=\"open", "name", "open"},
		{"a; name=", "name", ""},
		{"a; =x; name=b", "name", "b"},
		{"a; filename*1=b; filename*0=a", "filename", "ab"},
		{"a; namex=1", "name", "<none>"},
		{"a; NAME=1", "name", "1"},
	} {
		got, ok := AppendParam(nil, []byte(c[0]), c[1])
		if !ok {
			got = []byte("<none>")
		}
		if string(got) != c[2] {
			t.Errorf("%s of %q: %q, want %q", c[1], c[0], got, c[2])
		}
	}
}

// TestHostile: what is quadratic for the naive stays quick.
func TestHostile(t *testing.T) {
	for _, unit := range []string{`x="" `, `name*1=a;`, `name*0*=a;`, "=", `(`, `"`, `;`, `\\`, "=?utf-8?q?x", "=?a"} {
		value := []byte("a/b; " + strings.Repeat(unit, 1<<20/len(unit)))
		start := time.Now()
		AppendParam(nil, value, "name")
		AppendWords(nil, value[:64<<10])
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%q: %v", unit, d)
		}
	}
}

// sink counts and keeps nothing.
type sink struct{ body, ends int }

func (s *sink) Header(*Entity, Header)   {}
func (s *sink) Begin(*Entity)            {}
func (s *sink) Body(_ *Entity, b []byte) { s.body += len(b) }
func (s *sink) Gap(*Entity, int64)       {}
func (s *sink) End(*Entity, bool)        { s.ends++ }
func (s *sink) Defect(Defect)            {}

// mail builds a message with one attachment in the given encoding.
func mail(encoding string, size int) []byte {
	raw := make([]byte, size)
	rand.New(rand.NewSource(2)).Read(raw)
	body := base64.StdEncoding.EncodeToString(raw)
	if encoding == "quoted-printable" {
		body = strings.Repeat("some words and =E4 more", size/24)
	}
	var b strings.Builder
	b.WriteString("Subject: x\r\nContent-Type: multipart/mixed; boundary=\"----=_Part_1\"\r\n\r\n------=_Part_1\r\n" +
		"Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n")
	for len(body) > 0 {
		n := min(76, len(body))
		b.WriteString(body[:n])
		b.WriteString("\r\n")
		body = body[n:]
	}
	b.WriteString("------=_Part_1--\r\n")
	return []byte(b.String())
}

func TestAllocs(t *testing.T) {
	src := mail("base64", 20000)
	var p Parser
	var s sink
	run := func() {
		p.Reset(&s, nil)
		for b := src; len(b) > 0; {
			n := min(1460, len(b))
			p.Write(b[:n])
			b = b[n:]
		}
		p.Close()
	}
	run()
	if n := testing.AllocsPerRun(50, run); n > 0 {
		t.Errorf("%v allocations for one mail, want 0", n)
	}
	if s.ends == 0 || s.body%20000 != 0 {
		t.Errorf("%d bytes in %d entities", s.body, s.ends)
	}
}

func BenchmarkParser(b *testing.B) {
	for _, enc := range []string{"base64", "quoted-printable", "8bit"} {
		b.Run(enc, func(b *testing.B) {
			src := mail(enc, 1<<20)
			var p Parser
			var s sink
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				p.Reset(&s, nil)
				for rest := src; len(rest) > 0; {
					n := min(1460, len(rest))
					p.Write(rest[:n])
					rest = rest[n:]
				}
				p.Close()
			}
		})
	}
}

func FuzzParser(f *testing.F) {
	for _, c := range cases {
		f.Add([]byte(c.src), byte(3))
	}
	f.Fuzz(func(t *testing.T, src []byte, size byte) {
		lim := &Limits{Depth: 5, Entities: 40, Header: 300, TrimEnd: size&1 != 0}
		want := whole(string(src), lim)
		if got := parse(string(src), lim, func() int { return int(size % 7) }); got != want {
			t.Fatalf("in pieces:\n%s\nwhole:\n%s", got, want)
		}
	})
}

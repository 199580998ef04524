package prototest_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// line is the transaction of a protocol of lines, from which the bad ones differ by one fault each.
type line struct {
	proto.Tx
	text []byte
}

type session = proto.Session[line]

type parser struct {
	fault string
	kept  []byte
	all   [][]byte
	first bool
}

func (p *parser) Data(s *session, d proto.Dir, b []byte) (proto.Result, error) {
	s.Confirm()
	used := 0
	switch p.fault {
	case "answers only":
		if d == proto.Resp && !p.first {
			panic("an answer to nothing")
		}
		p.first = true
	case "pieces":
		return proto.Result{Used: len(b)}, p.row(s, b)
	case "unbounded":
		p.all = append(p.all, bytes.Clone(b))
		return proto.Result{Used: len(b)}, nil
	case "short":
		if b[0] == 'h' {
			_ = b[4]
		}
	}
	for {
		i := bytes.IndexByte(b[used:], '\n')
		if i < 0 {
			break
		}
		text := b[used : used+i]
		used += i + 1
		if p.fault == "keeps" {
			// The line before is written, which was never copied.
			text, p.kept = p.kept, text
			if text == nil {
				continue
			}
		}
		if err := p.row(s, text); err != nil {
			return proto.Result{}, err
		}
	}
	if used == 0 && len(b) > 1000 {
		return proto.Result{}, fmt.Errorf("a line without an end")
	}
	return proto.Result{Used: used}, nil
}

func (p *parser) row(s *session, text []byte) error {
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	tx.text = tx.Keep(text)
	s.At(tx, proto.Orig, 1)
	s.Close(tx)
	if p.fault == "allocates" {
		p.kept = bytes.Clone(text)
	}
	return nil
}

func (p *parser) Gap(*session, proto.Dir, int64) error {
	if p.fault == "gap" {
		panic("a gap")
	}
	return nil
}

func (p *parser) End(*session, proto.Dir) {}

func lines(fault string) proto.Protocol {
	put := func(e *record.Encoder, l *line) { e.Bytes(l.text) }
	text := record.Column[line]{Zeek: "text", EVE: "line.text", Doc: "the line", Put: put}
	size := record.Column[line]{Zeek: "size", EVE: "line.size", Type: record.Count, Doc: "its length", Put: func(e *record.Encoder, l *line) {
		e.Uint(uint64(len(l.text)))
	}}
	spec := proto.Spec[line]{Name: "line", Doc: "lines", Detect: proto.Detect{
		Over:  []proto.Transport{proto.TCP},
		Probe: func(proto.Dir, []byte, bool) proto.Verdict { return proto.Yes },
	}, New: func(*proto.Setup) func() proto.Parser[line] {
		return func() proto.Parser[line] { return &parser{fault: fault} }
	}}
	one := func(l *line) []byte { return l.text }
	spec.Buffers = []proto.Buffer[line]{{Name: "line.text", One: one}}
	spec.Events = []proto.Event{{Weird: "odd_line", Doc: "an odd line"}}
	switch fault {
	case "no column doc":
		text.Doc = ""
	case "no event doc":
		spec.Events[0].Doc = ""
	case "event twice":
		spec.Events = append(spec.Events, spec.Events[0])
	case "name":
		spec.Name = "Line Protocol"
	case "buffer":
		spec.Buffers[0].Name = "The Text"
	case "column twice":
		size.Zeek = "text"
	case "two values":
		size.Put = func(e *record.Encoder, l *line) { e.Uint(1); e.Uint(2) }
	case "wrong type":
		size.Put = put
	case "raw":
		text.Put = func(e *record.Encoder, l *line) { e.Name("a\tb") }
	case "undeclared":
		size.EVE, size.Type = "line.more", record.Object
		text.EVE, text.Put = "line.text", func(e *record.Encoder, l *line) { e.Str("x"); e.Key("surprise"); e.Str("y") }
	}
	cols := []record.Column[line]{text, size}
	switch fault {
	case "apart":
		cols = []record.Column[line]{text, {EVE: "other.x", Doc: "x", Put: put}, size}
	case "of every record":
		cols = append(cols, record.Column[line]{EVE: "src_ip", Doc: "x", Put: put})
	}
	spec.Logs = []proto.Log[line]{{Log: &record.Log[line]{Path: "line", Event: "line", Doc: "lines", Scope: record.PerFlow, Columns: cols}, At: 1}}
	return proto.Define(spec)
}

var conversation = prototest.Case{Name: "talk", Chunks: []prototest.Chunk{
	prototest.C("hello\nhow are\n"), prototest.S("fine\n"), prototest.C("bye\nnow\n"), prototest.S("bye\n"),
}}

func options(fault string) prototest.Options {
	return prototest.Options{Protocols: []proto.Protocol{lines(fault)}}
}

const envFault = "PROTOTEST_FAULT"

// TestBad is run by TestRun in a process of its own, where it may fail.
func TestBad(t *testing.T) {
	fault, ok := os.LookupEnv(envFault)
	if !ok {
		t.Skip("run by TestRun")
	}
	if n := prototest.Allocs(t, options(fault), conversation, prototest.C("a line\n")); n > 0 {
		t.Errorf("%v allocations", n)
	}
	prototest.Run(t, options(fault), conversation)
}

// TestRun: the kit finds each fault, and none in a protocol without.
func TestRun(t *testing.T) {
	for fault, want := range map[string]string{
		"":                "",
		"keeps":           "\xdb",
		"pieces":          "in pieces of 1 bytes",
		"answers only":    "panic: an answer to nothing",
		"gap":             "panic: a gap",
		"short":           "index out of range",
		"unbounded":       "a flow holds",
		"allocates":       "1 allocations",
		"no column doc":   "column text has no documentation",
		"no event doc":    "event odd_line| has no documentation",
		"event twice":     "event odd_line| comes twice",
		"name":            "one lower-case word",
		"buffer":          "a name that no rule can have",
		"column twice":    "column text comes twice",
		"two values":      "invalid character",
		"wrong type":      `size is "hello", no count`,
		"raw":             "values for 8 columns",
		"undeclared":      "line.surprise is not in the schema",
		"apart":           "column line.size stands apart",
		"of every record": "column src_ip is one of every record's",
	} {
		t.Run("fault "+fault, func(t *testing.T) {
			c := exec.Command(os.Args[0], "-test.run=^TestBad$", "-test.count=1")
			c.Env = append(os.Environ(), envFault+"="+fault)
			out, err := c.CombinedOutput()
			if fault == "" {
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
				return
			}
			if err == nil {
				t.Error("not found")
			} else if s := string(out); !strings.Contains(s, want) && !strings.Contains(s, `\x`+fmt.Sprintf("%x", want)) {
				t.Errorf("not named %q:\n%s", want, s)
			}
		})
	}
}

// TestGolden writes golden files, finds them equal, and a change in them.
func TestGolden(t *testing.T) {
	if fault, ok := os.LookupEnv(envFault); ok {
		prototest.Golden(t, options(fault), conversation)
		prototest.GoldenCaptures(t, options(fault))
		return
	}
	t.Chdir(t.TempDir())
	writeCapture(t, filepath.Join("testdata", "captured", "in.pcap"))
	run := func(fault string, args ...string) (string, error) {
		c := exec.Command(os.Args[0], append([]string{"-test.run=^TestGolden$"}, args...)...)
		c.Env = append(os.Environ(), envFault+"="+fault)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if out, err := run(""); err == nil || !strings.Contains(out, "go test -update writes it") {
		t.Errorf("missing files: %v\n%s", err, out)
	}
	if out, err := run("", "-update"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := run(""); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := run("pieces")
	if err == nil || !strings.Contains(out, "TestGolden/talk") || !strings.Contains(out, "TestGolden/captured") || !strings.Contains(out, "differs") {
		t.Errorf("a change is not seen: %v\n%s", err, out)
	}
	for _, f := range []string{"talk.golden", "captured/want.golden"} {
		b, err := os.ReadFile(filepath.Join("testdata", f))
		if err != nil || !bytes.Contains(b, []byte("# line.log\n")) || !bytes.Contains(b, []byte(`"text":"hello"`)) {
			t.Errorf("%s: %v\n%s", f, err, b)
		}
	}
}

// writeCapture writes one TCP segment with two lines.
func writeCapture(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const payload = "hello\nagain\n"
	frame := []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00" +
		"\x45\x00\x00\x34\x00\x01\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02" +
		"\x30\x39\x00\x50\x00\x00\x00\x01\x00\x00\x00\x01\x50\x18\x10\x00\x00\x00\x00\x00" + payload)
	frame[17] = byte(len(frame) - 14)
	sum(frame[24:26], frame[14:34], nil)
	sum(frame[50:52], frame[34:], frame[26:34])
	w, err := pcap.NewWriter(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&pcap.Packet{Nanos: 1700000000e9, Data: frame, Length: uint32(len(frame)), Link: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// sum puts the Internet checksum of b, behind a TCP pseudo header with addresses where given, into at.
func sum(at, b, addrs []byte) {
	n := uint32(0)
	if addrs != nil {
		n = 6 + uint32(len(b))
	}
	for _, part := range [][]byte{b, addrs} {
		for i := 0; i+1 < len(part); i += 2 {
			n += uint32(part[i])<<8 | uint32(part[i+1])
		}
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	at[0], at[1] = ^byte(n>>8), ^byte(n)
}

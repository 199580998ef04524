package carve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// bench drives a worker's runtime by hand: flows are opened, and files on them, without a parser.
type testbench struct {
	t      testing.TB
	rt     *proto.Runtime
	out    *record.Output
	files  *Files
	flows  []*proto.Flow
	raw    []*flow.Flow
	now    int64
	number uint64
	weirds []string
}

const second = int64(1e9)

func newBench(t testing.TB, o Options, settings proto.Settings) *testbench {
	t.Helper()
	all := func(string) bool { return true }
	b := &testbench{t: t, now: 1700000000 * second,
		out: record.NewOutput(record.Wants{Zeek: all, ZeekForm: record.ZeekJSON, EVE: all})}
	spy := &proto.Analyzer{Name: "spy", Doc: "sees all", Start: func(s *proto.Setup) error {
		s.OnFlow(func(f *proto.Flow) { b.flows = append(b.flows, f) }, nil)
		s.OnAnomaly(func(a *proto.Anomaly) { b.weirds = append(b.weirds, a.Weird) })
		return nil
	}}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{spy}, Settings: settings,
		Profile: flow.Default(), Output: b.out, Files: func(s *proto.Setup) (proto.Files, error) {
			f, err := New(o)(s)
			b.files, _ = f.(*Files)
			return f, err
		}})
	if err != nil {
		t.Fatal(err)
	}
	rt.Panic = func(v any) { panic(v) }
	b.rt = rt
	return b
}

// flow opens a flow between the same two hosts.
func (b *testbench) flow() *proto.Flow {
	n := uint16(len(b.raw))
	src, dst := flow.AddrFrom4([4]byte{10, 0, 0, 1}), flow.AddrFrom4([4]byte{192, 0, 2, 7})
	p := &flow.Packet{Now: b.now, Src: src, Dst: dst, SrcPort: 50000 + n, DstPort: 80, Version: 4, Proto: flow.ProtoTCP}
	b.tick(0)
	f := &flow.Flow{Start: b.now, Last: b.now, First: b.number, Proto: p.Proto, Version: 4, TCP: &flow.TCP{}}
	f.Side[0].Addr, f.Side[0].Port = src, p.SrcPort
	f.Side[1].Addr, f.Side[1].Port = dst, 80
	f.ID = flow.MakeID('C', src, dst, p.SrcPort, 80, p.Proto, b.now, b.number, 0)
	b.raw = append(b.raw, f)
	b.rt.Open(f, p)
	return b.flows[len(b.flows)-1]
}

func (b *testbench) tick(d int64) {
	b.now += d
	b.number++
	b.out.Now = record.Order{Number: b.number, Deadline: math.MaxInt64}
	b.rt.SetPacket(nil, b.now)
}

func (b *testbench) end() {
	for _, f := range b.raw {
		b.rt.Close(f)
	}
	b.out.Now = record.Order{Number: math.MaxUint64, Deadline: math.MaxInt64}
	b.rt.Finish()
}

// rows returns the decoded records of a form.
func (b *testbench) rows(form record.Form) (rows []map[string]any) {
	n, _ := b.out.Len()
	for i := range n {
		e := b.out.At(i)
		if e.Stream.Form != form {
			continue
		}
		m := map[string]any{}
		d := json.NewDecoder(bytes.NewReader(e.Line))
		d.UseNumber()
		if err := d.Decode(&m); err != nil {
			b.t.Fatalf("%v in %s", err, e.Line)
		}
		rows = append(rows, m)
	}
	return rows
}

// want checks members, those of fileinfo too, by their JSON text; nil: absent.
func (b *testbench) want(row map[string]any, pairs ...any) {
	b.t.Helper()
	if inner, ok := row["fileinfo"].(map[string]any); ok {
		row = inner
	}
	for i := 0; i < len(pairs); i += 2 {
		key := pairs[i].(string)
		got, ok := row[key]
		if pairs[i+1] == nil {
			if ok {
				b.t.Errorf("%s is %v, want it absent", key, got)
			}
			continue
		}
		if fmt.Sprint(got) != fmt.Sprint(pairs[i+1]) {
			b.t.Errorf("%s is %v, want %v", key, got, pairs[i+1])
		}
	}
}

func sum(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

var page = []byte("<html><body>" + strings.Repeat("word ", 2000) + "</body></html>")

func TestWholeFile(t *testing.T) {
	b := newBench(t, Options{Hashes: AllHashes}, nil)
	f := b.flow()
	file := f.File(&proto.FileInfo{Source: "HTTP", Dir: proto.Resp, Name: []byte("a.html"), Size: int64(len(page)), Depth: 2, TxID: 7,
		Event: "http", Meta: func(e *record.Encoder) { e.Object(); e.Key("url"); e.Str("/a"); e.EndObject() }})
	for chunk := range slices.Chunk(page, 1000) {
		b.tick(second)
		chunk = slices.Clone(chunk)
		file.Write(chunk)
		clear(chunk)
	}
	if file.MIME() != "text/html" {
		t.Errorf("type %q before the end", file.MIME())
	}
	file.Close(true)
	file.Close(true)
	file.Write(page)
	if id := file.ID(); len(id) != 18 || id[0] != 'F' || file.MIME() != "text/html" {
		t.Errorf("ID %q type %q after the end", id, file.MIME())
	}
	b.end()
	z, e := b.rows(record.ZeekJSON), b.rows(record.EVE)
	if len(z) != 1 || len(e) != 1 {
		t.Fatalf("%d and %d rows", len(z), len(e))
	}
	b.want(z[0], "fuid", file.ID(), "uid", string(f.UID()), "source", "HTTP", "depth", 2, "mime_type", "text/html", "filename", "a.html",
		"is_orig", false, "seen_bytes", len(page), "total_bytes", len(page), "missing_bytes", 0, "overflow_bytes", 0, "timedout", false,
		"sha256", sum(page), "parent_fuid", nil, "duration", "10.000000", "extracted", nil)
	b.want(e[0], "filename", "a.html", "gaps", false, "state", "CLOSED", "stored", false, "size", len(page), "tx_id", 7, "sha256", sum(page),
		"start", nil, "end", nil, "magic", nil, "file_id", nil, "sid", nil)
	if e[0]["src_ip"] != "192.0.2.7" || e[0]["tx_id"] != nil || fmt.Sprint(e[0]["http"]) != "map[url:/a]" {
		t.Errorf("header of %v", e[0])
	}
	if s := b.files.Stats(); s.Files != 1 || s.Bytes != uint64(len(page)) || s.Truncated != 0 || s.Unclosed != 0 {
		t.Errorf("%+v", s)
	}
}

func TestGap(t *testing.T) {
	b := newBench(t, Options{Hashes: AllHashes}, nil)
	f := b.flow()
	early := f.File(&proto.FileInfo{Source: "HTTP", Size: -1, Name: []byte("/path")})
	early.Write(page[:100])
	early.Gap(50)
	early.Write(page[150:])
	early.Close(true)
	late := f.File(&proto.FileInfo{Source: "HTTP", Size: 9})
	late.Write(page[:5000])
	late.Gap(50)
	late.Gap(10)
	late.Close(true)
	b.end()
	z, e := b.rows(record.ZeekJSON), b.rows(record.EVE)
	b.want(z[0], "mime_type", nil, "missing_bytes", 50, "seen_bytes", len(page)-50, "total_bytes", nil, "md5", nil, "filename", nil)
	b.want(z[1], "mime_type", "text/html", "missing_bytes", 60, "seen_bytes", 5000)
	b.want(e[0], "gaps", true, "state", "TRUNCATED", "size", len(page), "md5", nil, "filename", "/path",
		"sha256", sum(append(slices.Clone(page[:100]), page[150:]...)))
	if g := late.(*File).Gaps(); g.Len() != 1 || g.Nth(0) != (Range{5000, 5060}) {
		t.Errorf("gaps %v", list(g))
	}
}

func TestTruncatedAndForgotten(t *testing.T) {
	b := newBench(t, Options{}, proto.Settings{"eve.files.force-hash": "[sha256, md5]"})
	f := b.flow()
	cut := f.File(&proto.FileInfo{Source: "SMB", Size: 100})
	cut.Write([]byte("only the beginning"))
	cut.Close(false)
	left := []proto.File{f.File(&proto.FileInfo{Source: "A", Size: -1}), f.File(&proto.FileInfo{Source: "B", Size: -1}), f.File(&proto.FileInfo{Source: "C", Size: -1})}
	for _, l := range left {
		l.Write([]byte("left open"))
	}
	left[1].Close(true)
	b.end()
	e := b.rows(record.EVE)
	if len(e) != 4 {
		t.Fatalf("%d records", len(e))
	}
	b.want(e[0], "state", "TRUNCATED", "gaps", false, "size", 18, "md5", nil, "sha256", sum([]byte("only the beginning")))
	b.want(e[1], "state", "CLOSED", "size", 9)
	b.want(e[2], "state", "TRUNCATED")
	if s := b.files.Stats(); s.Unclosed != 2 || s.Truncated != 3 {
		t.Errorf("%+v", s)
	}
}

func TestEmptyAndHidden(t *testing.T) {
	for _, certificates := range []bool{false, true} {
		testEmptyAndHidden(t, certificates)
	}
}

func testEmptyAndHidden(t *testing.T, certificates bool) {
	b := newBench(t, Options{Certificates: certificates}, nil)
	f := b.flow()
	f.File(&proto.FileInfo{Source: "SMTP", Size: -1}).Close(true)
	c := f.File(&proto.FileInfo{Source: "SSL", Size: -1, HideEVE: true, MIME: "application/x-x509-ca-cert"})
	c.Write([]byte("0\x82"))
	c.Close(true)
	h := f.File(&proto.FileInfo{Source: "SSL", Size: -1, HideEVE: true, MIME: "application/ocsp-response"})
	h.Write([]byte("0\x82"))
	h.Close(true)
	z := f.File(&proto.FileInfo{Source: "X", Size: -1, HideZeek: true})
	z.Write([]byte("hello"))
	z.Close(true)
	b.end()
	zeek, eve := b.rows(record.ZeekJSON), b.rows(record.EVE)
	if want := map[bool]int{false: 1, true: 2}[certificates]; len(zeek) != want || len(eve) != 2 {
		t.Fatalf("%d and %d rows", len(zeek), len(eve))
	}
	b.want(zeek[len(zeek)-1], "source", "SSL", "mime_type", "application/ocsp-response")
	b.want(eve[0], "size", 0, "state", "CLOSED")
}

func TestHandlers(t *testing.T) {
	type call struct {
		content string
		whole   bool
	}
	var calls []call
	h := &proto.FileHandler{Name: "HTML", Doc: "pages", MIME: []string{"text/html"}, Max: 11000, Start: func(*proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
		return func(f *proto.Flow, i *proto.FileInfo, file proto.File, content []byte, whole bool) {
			calls = append(calls, call{string(content), whole})
			child := f.File(&proto.FileInfo{Source: "INNER", Size: -1, Parent: file, Dir: i.Dir})
			child.Write([]byte("an inner file"))
			child.Close(true)
		}
	}}
	b := newBench(t, Options{Handlers: []*proto.FileHandler{h}}, nil)
	f := b.flow()
	for _, chunk := range []int{1, 100, 4096, 20000} {
		calls = nil
		file := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
		for c := range slices.Chunk(page, chunk) {
			file.Write(c)
		}
		file.Close(true)
		if len(calls) != 1 || calls[0] != (call{string(page), true}) {
			t.Fatalf("chunks of %d: %d calls, %d bytes", chunk, len(calls), len(calls[0].content))
		}
	}
	z := b.rows(record.ZeekJSON)
	b.want(z[0], "source", "INNER", "parent_fuid", z[1]["fuid"])
	b.want(z[1], "analyzers", "[HTML]")

	calls = nil
	long := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
	long.Write(page)
	long.Write(page)
	long.Close(true)
	gap := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
	gap.Write(page[:5000])
	gap.Gap(1)
	gap.Close(true)
	plain := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
	plain.Write([]byte("this is plain text"))
	plain.Close(true)
	if len(calls) != 2 || len(calls[0].content) != 11000 || calls[0].whole || calls[1].whole {
		t.Errorf("%d calls", len(calls))
	}
	if b.files.gathered != 0 || b.files.Stats().GatherCut != 0 || len(b.weirds) > 0 {
		t.Errorf("%d bytes still gathered, %+v", b.files.gathered, b.files.Stats())
	}
}

func TestGatherMemory(t *testing.T) {
	got := -1
	h := &proto.FileHandler{Name: "ALL", MIME: []string{"*"}, Max: 1 << 20, Start: func(*proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
		return func(f *proto.Flow, i *proto.FileInfo, file proto.File, content []byte, whole bool) {
			if got = len(content); whole {
				t.Error("a cut content is said to be whole")
			}
		}
	}}
	b := newBench(t, Options{Handlers: []*proto.FileHandler{h}, GatherMemory: 6000}, nil)
	f := b.flow()
	file := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
	for c := range slices.Chunk(page, 999) {
		file.Write(c)
	}
	file.Close(true)
	if got != 6000 || b.files.gathered != 0 || b.files.Stats().GatherCut != 1 || !slices.Equal(b.weirds, []string{"file_handler_limit"}) {
		t.Errorf("%d bytes, %d held, %+v %v", got, b.files.gathered, b.files.Stats(), b.weirds)
	}
}

func TestNesting(t *testing.T) {
	b := newBench(t, Options{}, nil)
	f := b.flow()
	var parent proto.File
	for range 40 {
		c := f.File(&proto.FileInfo{Source: "ZIP", Size: -1, Parent: parent})
		c.Write([]byte("x"))
		parent = c
	}
	b.end()
	if s := b.files.Stats(); s.DepthCut != 40-maxDepth-1 && s.DepthCut == 0 {
		t.Errorf("%+v", s)
	}
	if n := len(b.rows(record.ZeekJSON)); n != maxDepth+1 {
		t.Errorf("%d rows", n)
	}
}

// FuzzFiles drives files and ranges by random operations: no panic, no memory left, each file logged once.
func FuzzFiles(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x10\x20\x30\x40"))
	f.Add(noise(300, 1))
	f.Fuzz(func(t *testing.T, ops []byte) {
		b := newBench(t, Options{Hashes: SHA256, JoinBuffer: 3000, JoinMemory: 8000, MaxJoined: 3}, nil)
		flows := []*proto.Flow{b.flow(), b.flow()}
		var open []proto.File
		for len(ops) >= 4 && len(open) < 100 {
			op, x, y, z := ops[0], int(ops[1]), int(ops[2]), int(ops[3])
			ops = ops[4:]
			switch op % 8 {
			case 0, 1:
				i := &proto.FileInfo{Source: "HTTP", Size: int64(x) * 50, Offset: int64(y) * 50, Key: []byte{byte(z % 5)}}
				if op%8 == 1 {
					i.Key, i.Offset = nil, 0
				}
				open = append(open, flows[z%2].File(i))
			case 2, 3, 4:
				if len(open) > 0 {
					if op%8 == 4 {
						open[x%len(open)].(*File).WriteAt(int64(y)*40, page[:z])
					} else {
						open[x%len(open)].Write(page[:y*z%len(page)])
					}
				}
			case 5:
				if len(open) > 0 {
					open[x%len(open)].Gap(int64(y*z) - 10)
				}
			case 6:
				if len(open) > 0 {
					open[x%len(open)].Close(y%2 == 0)
				}
			case 7:
				b.tick(int64(x) * second)
			}
		}
		b.end()
		if b.files.joins.bytes != 0 || b.files.gathered != 0 || len(b.files.joins.byKey) != 0 {
			t.Errorf("%d bytes wait, %d gathered, %d joins", b.files.joins.bytes, b.files.gathered, len(b.files.joins.byKey))
		}
		if n := len(b.rows(record.EVE)); n < len(open) {
			t.Errorf("%d records of %d files", n, len(open))
		}
	})
}

// TestWriteAllocations checks that bytes of a file without hashes, handlers and extraction cost nothing.
func TestWriteAllocations(t *testing.T) {
	b := newBench(t, Options{Hashes: AllHashes}, nil)
	file := b.flow().File(&proto.FileInfo{Source: "HTTP", Size: -1})
	file.Write(page)
	if n := testing.AllocsPerRun(100, func() { file.Write(page[:1460]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkFile(b *testing.B) {
	for _, c := range []struct {
		name string
		o    Options
		size int
	}{{"small", Options{}, 1000}, {"10KiB", Options{}, 10 << 10}, {"10KiB/sha256", Options{Hashes: SHA256}, 10 << 10}} {
		b.Run(c.name, func(b *testing.B) {
			x := newBench(b, c.o, nil)
			f := x.flow()
			body := noise(c.size, 1)
			info := &proto.FileInfo{Source: "HTTP", Size: -1}
			b.ReportAllocs()
			b.SetBytes(int64(c.size))
			for b.Loop() {
				file := f.File(info)
				for c := range slices.Chunk(body, 1460) {
					file.Write(c)
				}
				file.Close(true)
				x.out.Reset()
			}
		})
	}
}

package carve

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"crypto/sha256"

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
	b := newBench(t, Options{}, nil)
	f := b.flow()
	f.File(&proto.FileInfo{Source: "SMTP", Size: -1}).Close(true)
	h := f.File(&proto.FileInfo{Source: "SSL", Size: -1, HideEVE: true, MIME: "application/x-x509-user-cert"})
	h.Write([]byte("0\x82"))
	h.Close(true)
	z := f.File(&proto.FileInfo{Source: "X", Size: -1, HideZeek: true})
	z.Write([]byte("hello"))
	z.Close(true)
	b.end()
	zeek, eve := b.rows(record.ZeekJSON), b.rows(record.EVE)
	if len(zeek) != 1 || len(eve) != 2 {
		t.Fatalf("%d and %d rows", len(zeek), len(eve))
	}
	b.want(zeek[0], "source", "SSL", "mime_type", "application/x-x509-user-cert")
	b.want(eve[0], "size", 0, "state", "CLOSED")
}

func part(f *proto.Flow, b []byte, from, to int, total int64) proto.File {
	file := f.File(&proto.FileInfo{Source: "HTTP", Dir: proto.Resp, Name: []byte("/x"), Size: total, Offset: int64(from), Key: []byte("GET /x")})
	for c := range slices.Chunk(b[from:to], 700) {
		file.Write(slices.Clone(c))
	}
	return file
}

// TestJoin gives the ranges of one file in several orders, in two flows.
func TestJoin(t *testing.T) {
	n := len(page)
	for _, order := range [][][2]int{
		{{0, 3000}, {3000, 7000}, {7000, n}},
		{{7000, n}, {3000, 7000}, {0, 3000}},
		{{3000, 7000}, {0, 4000}, {6500, n}},
		{{3000, 7000}, {3000, 7000}, {2000, 7100}, {0, n}},
	} {
		b := newBench(t, Options{Hashes: SHA256}, nil)
		flows := []*proto.Flow{b.flow(), b.flow()}
		id := ""
		for i, r := range order {
			b.tick(second)
			p := part(flows[i%2], page, r[0], r[1], int64(n))
			if id == "" {
				id = p.ID()
			}
			if p.ID() != id {
				t.Errorf("%v: another ID for part %d", order, i)
			}
			p.Close(true)
		}
		b.end()
		z, e := b.rows(record.ZeekJSON), b.rows(record.EVE)
		if len(z) != 2 || len(e) != len(order)+1 {
			t.Fatalf("%v: %d and %d rows", order, len(z), len(e))
		}
		for i := range z {
			b.want(z[i], "fuid", id, "uid", string(flows[i].UID()), "sha256", sum(page), "mime_type", "text/html", "timedout", false,
				"seen_bytes", n, "total_bytes", n, "missing_bytes", 0, "duration", fmt.Sprintf("%d.000000", len(order)-1))
		}
		b.want(e[0], "start", order[0][0], "end", order[0][1]-1, "size", order[0][1]-order[0][0], "sha256", sum(page[order[0][0]:order[0][1]]))
		b.want(e[len(order)], "start", nil, "size", n, "sha256", sum(page), "state", "CLOSED", "filename", "/x")
		if b.files.joins.bytes != 0 || b.files.Stats().Joined != 1 {
			t.Errorf("%d bytes wait, %+v", b.files.joins.bytes, b.files.Stats())
		}
	}
}

// TestJoinIncomplete is what Zeek logs of concurrent downloads of which only beginnings were seen.
func TestJoinIncomplete(t *testing.T) {
	b := newBench(t, Options{Hashes: SHA256}, nil)
	body := noise(10001, 1)
	for i := range 3 {
		f := b.flow()
		file := f.File(&proto.FileInfo{Source: "HTTP", Dir: proto.Resp, Size: 104857600, Offset: int64(i) * 100000, Key: []byte("k")})
		file.Write(body)
		file.Close(true)
	}
	b.end()
	z := b.rows(record.ZeekJSON)
	if len(z) != 3 || len(b.rows(record.EVE)) != 3 {
		t.Fatalf("%d rows", len(z))
	}
	for _, r := range z {
		b.want(r, "seen_bytes", 30003, "total_bytes", 104857600, "missing_bytes", 179998, "overflow_bytes", 0, "timedout", true, "sha256", nil)
	}
}

func TestJoinLimits(t *testing.T) {
	b := newBench(t, Options{JoinBuffer: 5000, MaxJoined: 2}, nil)
	f := b.flow()
	p := part(f, page, 0, 100, int64(len(page)))
	p.Close(true)
	p = part(f, page, 200, 9000, int64(len(page)))
	p.Close(true)
	if !slices.Contains(b.weirds, "file_reassembly_overflow") {
		t.Error("no event for the cut")
	}
	for i := range 3 {
		x := f.File(&proto.FileInfo{Source: "HTTP", Size: 10, Key: fmt.Append(nil, i)})
		x.Write([]byte("x"))
		x.Close(true)
	}
	b.end()
	s := b.files.Stats()
	if s.JoinCut != 1 || s.JoinEvicted != 2 || b.files.joins.bytes != 0 {
		t.Errorf("%+v, %d bytes", s, b.files.joins.bytes)
	}
	b.want(b.rows(record.ZeekJSON)[0], "seen_bytes", 8900, "overflow_bytes", 100, "missing_bytes", 0)
}

// TestManyGapsAndFlows reaches the limits of lists: counted, reported, and the totals stay right.
func TestManyGapsAndFlows(t *testing.T) {
	b := newBench(t, Options{}, nil)
	file := b.flow().File(&proto.FileInfo{Source: "HTTP", Size: -1})
	for range DefaultRanges + 5 {
		file.Write([]byte("x"))
		file.Gap(2)
	}
	file.Close(true)
	for range maxConns + 3 {
		x := b.flow().File(&proto.FileInfo{Source: "HTTP", Size: 10, Key: []byte("k")})
		x.Write([]byte("x"))
		x.Close(true)
	}
	b.end()
	if s := b.files.Stats(); s.GapsCut != 5 || s.FlowsCut != 3 {
		t.Errorf("%+v", s)
	}
	if !slices.Contains(b.weirds, "file_gap_limit") || !slices.Contains(b.weirds, "file_flow_limit") {
		t.Error(b.weirds)
	}
	z := b.rows(record.ZeekJSON)
	b.want(z[0], "missing_bytes", 2*(DefaultRanges+5), "seen_bytes", DefaultRanges+5)
	if len(z) != 1+maxConns {
		t.Errorf("%d rows", len(z))
	}
}

func TestJoinTimeout(t *testing.T) {
	b := newBench(t, Options{}, nil)
	f := b.flow()
	a := part(f, page, 0, 100, 5000)
	a.Close(true)
	b.tick(121 * second)
	c := part(f, page, 100, 5000, 5000)
	c.Close(true)
	other := part(f, page, 0, 10, 77)
	other.Close(true)
	b.end()
	z := b.rows(record.ZeekJSON)
	if len(z) != 3 || a.ID() == c.ID() || c.ID() == other.ID() {
		t.Fatalf("%d files, %s %s %s", len(z), a.ID(), c.ID(), other.ID())
	}
	b.want(z[0], "seen_bytes", 100, "timedout", true)
	b.want(z[1], "missing_bytes", 100, "mime_type", nil)
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
	if b.files.gathered != 0 || b.files.Stats().GatherCut != 1 || !slices.Contains(b.weirds, "file_handler_limit") {
		t.Errorf("%d bytes still gathered, %+v", b.files.gathered, b.files.Stats())
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

func tree(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			r, _ := filepath.Rel(dir, p)
			names = append(names, filepath.ToSlash(r))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestExtract(t *testing.T) {
	dir := t.TempDir()
	big := noise(200<<10, 4)
	b := newBench(t, Options{Extract: &Extract{Dir: dir, MaxSize: 150 << 10}}, nil)
	f := b.flow()
	send := func(name string, parts ...any) proto.File {
		file := f.File(&proto.FileInfo{Source: "FTP_DATA", Size: -1, Name: []byte(name)})
		for _, p := range parts {
			switch p := p.(type) {
			case []byte:
				for c := range slices.Chunk(p, 1460) {
					file.Write(c)
				}
			case int:
				file.Gap(int64(p))
			}
		}
		file.Close(true)
		return file
	}
	send("../../etc/passwd", page)
	send("again", page)
	mid := send("mid", big[:140<<10])
	long := send("long", big)
	gap := send("gap", page[:100], 70000, page[:50])
	huge := send("huge", page[:10], 1<<40, page)
	send("empty")
	s1, s2 := sum(page), sum(big[:140<<10])
	want := []string{s1[:2] + "/" + s1, s2[:2] + "/" + s2, "partial/" + long.ID(), "partial/" + gap.ID(), "partial/" + huge.ID()}
	got := tree(t, dir)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Fatalf("files %v\nwant %v", got, want)
	}
	check := func(name string, want []byte) {
		t.Helper()
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
	check(s1[:2]+"/"+s1, page)
	check(s2[:2]+"/"+s2, big[:140<<10])
	check("partial/"+long.ID(), big[:150<<10])
	check("partial/"+gap.ID(), slices.Concat(page[:100], make([]byte, 70000), page[:50]))
	check("partial/"+huge.ID(), page[:10])
	_ = mid
	st := b.files.Stats()
	if st.Extracted != 5 || st.AlreadyThere != 1 || st.ExtractCut != 2 || st.WriteErrors != 0 || b.files.Err() != nil {
		t.Errorf("%+v %v", st, b.files.Err())
	}
	z, e := b.rows(record.ZeekJSON), b.rows(record.EVE)
	b.want(z[0], "extracted", filepath.Join(s1[:2], s1), "extracted_cutoff", false, "extracted_size", len(page))
	b.want(z[3], "extracted", filepath.Join("partial", long.ID()), "extracted_cutoff", true, "extracted_size", 150<<10)
	b.want(e[0], "stored", true)
}

func TestExtractChoice(t *testing.T) {
	for _, late := range []bool{false, true} {
		dir := t.TempDir()
		b := newBench(t, Options{Extract: &Extract{Dir: dir, Rules: true, Late: late,
			Want: func(i *proto.FileInfo, mime string) bool { return mime == "application/pdf" }}}, nil)
		f := b.flow()
		pdf := append([]byte("%PDF-1.4\n"), noise(70<<10, 5)...)
		var files []proto.File
		for i, body := range [][]byte{pdf, page, page[:5000], page[:3000]} {
			file := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
			if i == 1 {
				file.(*File).Store()
				file.(*File).AddSID(42)
			}
			file.Write(body)
			if i == 2 {
				file.(*File).Store()
			}
			file.Close(true)
			files = append(files, file)
		}
		want := 2
		if late {
			want = 3
		}
		if got := tree(t, dir); len(got) != want {
			t.Errorf("late %v: %v", late, got)
		}
		e := b.rows(record.EVE)
		b.want(e[0], "stored", true)
		b.want(e[1], "stored", true, "sid", "[42]")
		b.want(e[3], "stored", false, "file_id", nil)
		_ = files
	}
}

func TestBadOptions(t *testing.T) {
	idle := &proto.FileHandler{Name: "idle", MIME: []string{"*"}, Start: func(*proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
		return func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {}
	}}
	for _, o := range []Options{
		{Extract: &Extract{Dir: filepath.Join(t.TempDir(), "none", "below")}},
		{Extract: &Extract{Dir: t.TempDir(), MaxSize: -1}},
		{Handlers: []*proto.FileHandler{{Name: "x"}}},
		{Handlers: slices.Repeat([]*proto.FileHandler{idle}, maxHandlers+1)},
	} {
		_, err := proto.NewRuntime(proto.RuntimeConfig{Profile: flow.Default(), Output: record.NewOutput(record.Wants{}), Files: New(o)})
		if err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestSettings(t *testing.T) {
	for text, want := range map[string]Hashes{"[md5]": MD5, "sha1,sha256": SHA1 | SHA256, "": 0, "MD5": MD5, "sha512": 0} {
		if got := parseHashes(text); got != want {
			t.Errorf("%q: %b", text, got)
		}
	}
	b := newBench(t, Options{}, proto.Settings{"file-store.enabled": "yes", "file-store.force-filestore": "yes", "eve.files.force-magic": "yes"})
	if b.files.hashes != SHA256 || !b.files.forceStore || !b.files.magic {
		t.Errorf("%+v", b.files)
	}
	f := b.flow()
	file := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
	file.Write(page)
	file.Close(true)
	b.want(b.rows(record.EVE)[0], "magic", "text/html", "stored", false)
}

// TestFileStore runs with what a suricata.yaml says, where list elements are numbered.
func TestFileStore(t *testing.T) {
	s := proto.Settings{"outputs.file-store.enabled": "yes", "outputs.file-store.force-filestore": "yes", "eve.files.force-hash.0": "md5"}
	dir := t.TempDir()
	b := newBench(t, FromSettings(s, dir), s)
	if b.files.hashes != MD5|SHA256 {
		t.Errorf("hashes %b", b.files.hashes)
	}
	file := b.flow().File(&proto.FileInfo{Source: "HTTP", Size: -1})
	file.Write(page)
	file.Close(true)
	b.want(b.rows(record.EVE)[0], "stored", true, "sha256", sum(page))
	if got := tree(t, dir); len(got) != 1 || got[0] != "filestore/"+sum(page)[:2]+"/"+sum(page) {
		t.Error(got)
	}
	s["outputs.file-store.force-filestore"] = "no"
	s["outputs.file-store.dir"] = filepath.Join(dir, "other")
	o := FromSettings(s, "elsewhere")
	if o.Extract == nil || !o.Extract.Rules || o.Extract.Dir != filepath.Join(dir, "other") {
		t.Errorf("%+v", o.Extract)
	}
	if o := FromSettings(nil, dir); o.Extract != nil {
		t.Error("files are stored though nothing asks for it")
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
					open[x%len(open)].Write(page[:y*z%len(page)])
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

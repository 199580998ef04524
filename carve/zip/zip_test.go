package zip

import (
	stdzip "archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// sink collects files; archives among them are unpacked again, as carve does.
type sink struct {
	call  func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool)
	files []*got
}

type got struct {
	proto.File
	s        *sink
	f        *proto.Flow
	info     proto.FileInfo
	name     string
	content  []byte
	complete bool
	gaps     carve.Ranges
}

func (s *sink) Open(f *proto.Flow, i *proto.FileInfo) proto.File {
	g := &got{s: s, f: f, info: *i, name: string(i.Name)}
	s.files = append(s.files, g)
	return g
}

func (s *sink) Flush() {}

func (g *got) Write(b []byte)      { g.content = append(g.content, b...) }
func (g *got) Gaps() *carve.Ranges { return &g.gaps }
func (g *got) Close(complete bool) {
	g.complete = complete
	if bytes.HasPrefix(g.content, []byte("PK\x03\x04")) {
		g.s.call(g.f, &g.info, g, g.content, complete)
	}
}

type world struct {
	f      *proto.Flow
	s      *sink
	weirds []string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{s: &sink{}}
	spy := &proto.Analyzer{Name: "spy", Doc: "takes the flow", Start: func(s *proto.Setup) error {
		s.OnFlow(func(f *proto.Flow) { w.f = f }, nil)
		s.OnAnomaly(func(a *proto.Anomaly) { w.weirds = append(w.weirds, a.Weird) })
		w.s.call = Handler.Start(s)
		return nil
	}}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{spy}, Profile: flow.Default(),
		Output: record.NewOutput(record.Wants{}), Files: func(*proto.Setup) (proto.Files, error) { return w.s, nil }})
	if err != nil {
		t.Fatal(err)
	}
	rt.Open(&flow.Flow{Version: 4, Proto: flow.ProtoTCP, TCP: &flow.TCP{}}, &flow.Packet{})
	return w
}

// unpack runs the handler over an archive and returns "name: n bytes complete" of each member.
func (w *world) unpack(b []byte, whole bool, gap int64) (out []string) {
	w.s.files = nil
	g := &got{s: w.s}
	if gap > 0 {
		g.gaps.Add(gap, gap+1)
	}
	w.s.call(w.f, &proto.FileInfo{Source: "HTTP"}, g, b, whole)
	for _, g := range w.s.files {
		out = append(out, fmt.Sprintf("%s: %d %v", g.name, len(g.content), g.complete))
	}
	return out
}

// build makes an archive. Without descriptor the sizes stand in the local headers.
func build(t testing.TB, method uint16, descriptor bool, members map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := stdzip.NewWriter(&b)
	names := []string{}
	for n := range members {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		h := &stdzip.FileHeader{Name: n, Method: method}
		var w io.Writer
		var err error
		if descriptor || method != stdzip.Store {
			w, err = z.CreateHeader(h)
		} else {
			h.UncompressedSize64, h.CompressedSize64 = uint64(len(members[n])), uint64(len(members[n]))
			w, err = z.CreateRaw(h)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, members[n]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var texts = map[string]string{
	"a.txt": strings.Repeat("hello ", 1000), "b/c.bin": "HelloPK\x07\x08World!", "d": "", "e.txt": strings.Repeat("x", 70000),
}

func TestUnpack(t *testing.T) {
	w := newWorld(t)
	want := []string{"a.txt: 6000 true", "b/c.bin: 15 true", "d: 0 true", "e.txt: 70000 true"}
	for _, method := range []uint16{stdzip.Store, stdzip.Deflate} {
		for _, descriptor := range []bool{true, false} {
			got := w.unpack(build(t, method, descriptor, texts), true, 0)
			if !slices.Equal(got, want) {
				t.Errorf("method %d descriptor %v: %q", method, descriptor, got)
			}
			for i, g := range w.s.files {
				if i < len(want) && string(g.content) != texts[g.name] || g.info.Source != "ZIP" || g.info.Parent == nil || !g.info.HideEVE {
					t.Errorf("method %d descriptor %v: %s is wrong", method, descriptor, g.name)
				}
			}
		}
	}
}

func TestTruncated(t *testing.T) {
	w := newWorld(t)
	b := build(t, stdzip.Store, false, texts)
	if got := w.unpack(b[:7000], false, 0); !slices.Equal(got[:2], []string{"a.txt: 6000 true", "b/c.bin: 15 true"}) {
		t.Errorf("%q", got)
	}
	if got := w.unpack(b[:3000], false, 0); !slices.Equal(got, []string{"a.txt: 2965 false"}) {
		t.Errorf("%q", got)
	}
	if got := w.unpack(b, false, 3000); !slices.Equal(got, []string{"a.txt: 2965 false"}) {
		t.Errorf("with a gap: %q", got)
	}
	for n := range b[:200] {
		w.unpack(b[:n], false, 0)
	}
}

func TestRefused(t *testing.T) {
	w := newWorld(t)
	b := build(t, stdzip.Store, false, map[string]string{"a": "secret", "b": "plain", "folder/": ""})
	b[6] |= 1
	if got := w.unpack(b, true, 0); !slices.Equal(got, []string{"b: 5 true"}) {
		t.Errorf("encrypted: %q", got)
	}
	b[6], b[8] = 0, 99
	if got := w.unpack(b, true, 0); !slices.Equal(got, []string{"b: 5 true"}) {
		t.Errorf("unknown method: %q", got)
	}
}

func TestNested(t *testing.T) {
	w := newWorld(t)
	inner := build(t, stdzip.Deflate, true, map[string]string{"x": "inside", "y": "too"})
	outer := build(t, stdzip.Deflate, true, map[string]string{"1.zip": string(inner), "2.zip": string(inner), "3": "end"})
	want := []string{fmt.Sprintf("1.zip: %d true", len(inner)), "x: 6 true", "y: 3 true", fmt.Sprintf("2.zip: %d true", len(inner)), "x: 6 true", "y: 3 true", "3: 3 true"}
	if got := w.unpack(outer, true, 0); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestLimits(t *testing.T) {
	w := newWorld(t)
	many := map[string]string{}
	for i := range maxMembers + 10 {
		many[fmt.Sprint(i)] = "x"
	}
	if got := w.unpack(build(t, stdzip.Store, false, many), true, 0); len(got) != maxMembers || !slices.Contains(w.weirds, "zip_limit") {
		t.Errorf("%d members, %q", len(got), w.weirds)
	}
	w.weirds = nil
	bomb := build(t, stdzip.Deflate, true, map[string]string{"bomb": strings.Repeat("\x00", maxBytes+1), "next": "x"})
	got := w.unpack(bomb, true, 0)
	if len(got) != 1 || w.s.files[0].complete || len(w.s.files[0].content) > maxBytes+64<<10 || len(w.weirds) != 1 {
		t.Errorf("%q, %q", got, w.weirds)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(build(f, stdzip.Deflate, true, map[string]string{"a": "some text", "b": "other"}))
	f.Add(build(f, stdzip.Store, true, map[string]string{"a": "some text", "b": "other"}))
	f.Add(build(f, stdzip.Store, false, map[string]string{"a": "some text", "b": "other"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := newWorld(t)
		w.unpack(b, true, 0)
		if len(w.s.files) > maxMembers {
			t.Errorf("%d files", len(w.s.files))
		}
	})
}

func BenchmarkUnpack(b *testing.B) {
	w := newWorld(b)
	z := build(b, stdzip.Deflate, true, texts)
	b.ReportAllocs()
	b.SetBytes(76015)
	for b.Loop() {
		w.unpack(z, true, 0)
	}
}

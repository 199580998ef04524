package sig

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/wirelore/wirelore/proto/all"
)

// etFile is ET Open, which is not part of this project: benchmarks and one test use it where it is.
const etFile = "../../shared/rules/et-open.rules.gz"

func etOpen(t testing.TB) []File {
	t.Helper()
	f, err := os.Open(etFile)
	if err != nil {
		t.Skip("ET Open is not there")
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return []File{{Name: "et.rules", Text: string(b)}}
}

// restored returns the set as it is when it was stored and read.
func restored(t testing.TB, rs *RuleSet, files []File, o *Options) *RuleSet {
	t.Helper()
	b, err := rs.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(b, files, o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, again) {
		t.Error("a set that was read is stored as something else")
	}
	return got
}

// TestLoadET demands that ET Open gives the same alerts, problems and counts whether it is compiled or read.
func TestLoadET(t *testing.T) {
	files := etOpen(t)
	o := &Options{Protocols: all.Default(), Lazy: true}
	rs, err := CompileFiles(t.Context(), files, o)
	if err != nil {
		t.Fatal(err)
	}
	sameSet(t, rs, restored(t, rs, files, o))
}

func sameSet(t *testing.T, a, b *RuleSet) {
	t.Helper()
	x, y := a.Stats(), b.Stats()
	if y.Cached = false; x != y || a.Len() != b.Len() {
		t.Errorf("%+v, read %+v", x, y)
	}
	if len(a.Problems()) != len(b.Problems()) || len(a.Warnings()) != len(b.Warnings()) {
		t.Error("problems differ")
	}
	for i, p := range a.Problems() {
		if *p != *b.Problems()[i] {
			t.Errorf("%v, read %v", p, b.Problems()[i])
		}
	}
	want := alertsOf(t, a.Analyzer(), 2)
	if got := alertsOf(t, b.Analyzer(), 2); !slices.Equal(got, want) {
		t.Errorf("%d alerts, read %d", len(want), len(got))
	}
}

func BenchmarkCompileET(b *testing.B) {
	files := etOpen(b)
	for b.Loop() {
		if _, err := CompileFiles(b.Context(), files, &Options{Protocols: all.Default(), Lazy: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadET(b *testing.B) {
	files := etOpen(b)
	o := &Options{Protocols: all.Default(), Lazy: true}
	rs, err := CompileFiles(b.Context(), files, o)
	if err != nil {
		b.Fatal(err)
	}
	data, err := rs.AppendBinary(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(data)), "file-bytes")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(data, files, o); err != nil {
			b.Fatal(err)
		}
	}
}

package prototest

import (
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/record"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Golden compares all that comes out of each case with testdata/<case>.golden, which "go test -update" writes: a section for
// each log, its lines in order, anomalies, and what the flow was found to be.
func Golden(t *testing.T, o Options, cases ...Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", strings.ReplaceAll(c.Name, " ", "-")+".golden"), mustFeed(t, o, c).String())
		})
	}
}

// GoldenCaptures compares the logs of every testdata/<case>/in.pcap with testdata/<case>/want.golden in the same way.
func GoldenCaptures(t *testing.T, o Options) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*", "in.pcap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata/*/in.pcap: %v", err)
	}
	for _, f := range files {
		dir := filepath.Dir(f)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			golden(t, filepath.Join(dir, "want.golden"), capture(t, o, f).String())
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(b), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		var g, w string
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Fatalf("%s:%d differs (go test -update rewrites it)\n got %s\nwant %s", path, i+1, g, w)
		}
	}
}

// String is a result as golden files have it.
func (r *Result) String() string {
	var b strings.Builder
	section := func(name string, lines []string) {
		if len(lines) > 0 {
			b.WriteString("# " + name + "\n" + strings.Join(lines, "\n") + "\n\n")
		}
	}
	for _, k := range slices.Sorted(maps.Keys(r.Zeek)) {
		section(k+".log", r.Zeek[k])
	}
	for _, k := range slices.Sorted(maps.Keys(r.EVE)) {
		section("eve: "+k, r.EVE[k])
	}
	section("anomalies", r.Anomalies)
	section("flow", []string{"service " + strings.Join(r.Services, ","), "app_proto " + r.AppProto})
	return b.String()
}

// capture runs a capture through a flow table and a runtime, as the engine does with one worker. Services and AppProto are
// those of the last flow that ended.
func capture(t *testing.T, o Options, path string) *Result {
	t.Helper()
	res := &Result{Zeek: map[string][]string{}, EVE: map[string][]string{}, out: o.output()}
	rt, err := o.runtime(res.out, res.spy())
	if err != nil {
		t.Fatal(err)
	}
	profile := flow.Default()
	table := flow.NewTable(flow.Options{Profile: profile, Order: func(deadline int64, first uint64, layer uint8) {
		rt.SetPacket(nil, deadline)
	}}, rt)
	decoder := flow.NewDecoder(flow.DecoderOptions{Profile: profile})
	r, err := pcap.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var p pcap.Packet
	var layers []flow.Packet
	var now int64
	for {
		if err := r.Next(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		now = max(now, p.Nanos)
		table.Tick(now, p.Number)
		layers = decoder.Decode(&p, now, layers[:0])
		for i := range layers {
			res.out.Now = record.Order{Number: p.Number}
			rt.SetPacket(&layers[i], layers[i].Now)
			table.Process(&layers[i])
		}
	}
	table.Flush()
	rt.Finish()
	res.collect(rt)
	return res
}

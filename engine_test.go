package wirelore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
)

// captured gathers all records of a run as text.
type captured struct{ bytes.Buffer }

func (c *captured) Write(_ context.Context, r *wirelore.Record) error {
	fmt.Fprintf(&c.Buffer, "%s\t%s\n", r.Log(), r.Line)
	return nil
}

func (c *captured) Flush(context.Context) error { return nil }

func engine(t *testing.T, c wirelore.Config) *wirelore.Engine {
	t.Helper()
	if c.Zeek == nil {
		c.Zeek = &wirelore.ZeekOutput{}
	}
	if c.EVE == nil {
		c.EVE = &wirelore.EVEOutput{}
	}
	if c.Files == nil {
		c.Files = carve.New(carve.Options{Hashes: carve.SHA256})
	}
	e, err := wirelore.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSameOutputForAnyNumberOfWorkers(t *testing.T) {
	capture := traffic(t, 400)
	for _, p := range []flow.Profile{flow.Default(), flow.Zeek(), flow.Suricata()} {
		var want string
		for _, n := range []int{1, 2, 3, 8, 64} {
			var got captured
			e := engine(t, wirelore.Config{Profile: &p, Workers: n, Sink: &got})
			sum, err := e.Run(t.Context(), wirelore.ReaderAt("made", bytes.NewReader(capture), int64(len(capture))))
			if err != nil {
				t.Fatal(err)
			}
			if sum.Proto.ParserPanics > 0 || sum.Flow.Flows < 400 {
				t.Errorf("%s, %d workers: %d panics, %d flows", p.Name, n, sum.Proto.ParserPanics, sum.Flow.Flows)
			}
			if n == 1 {
				want = got.String()
				for _, log := range []string{"conn", "dns", "http", "files", "flow", "fileinfo"} {
					if !strings.Contains(want, log+"\t") {
						t.Errorf("%s: no record of %s", p.Name, log)
					}
				}
				continue
			}
			if got.String() != want {
				t.Errorf("%s: %d workers write other records than one", p.Name, n)
			}
		}
	}
}

func TestBrokenCaptureGivesWhatIsBeforeTheBreak(t *testing.T) {
	whole := traffic(t, 20)
	cut := whole[:len(whole)-7]
	var got captured
	e := engine(t, wirelore.Config{Sink: &got})
	sum, err := e.Run(t.Context(), wirelore.Reader("cut", bytes.NewReader(cut)))
	var broken *pcap.Error
	if !errors.As(err, &broken) {
		t.Fatalf("error %v is no *pcap.Error", err)
	}
	if broken.Name != "cut" || broken.Offset <= 0 || broken.Offset > int64(len(cut)) {
		t.Errorf("error names %q at %d", broken.Name, broken.Offset)
	}
	whole2, err := engine(t, wirelore.Config{}).Run(t.Context(), wirelore.Reader("whole", bytes.NewReader(whole)))
	if err != nil {
		t.Fatal(err)
	}
	if sum.Packets != whole2.Packets-1 {
		t.Errorf("%d packets before the break, want %d", sum.Packets, whole2.Packets-1)
	}
	if !strings.Contains(got.String(), "conn\t") {
		t.Error("the records before the break were not written")
	}
}

func TestCancelLeavesNothingBehind(t *testing.T) {
	capture := traffic(t, 3000)
	before := runtime.NumGoroutine()
	dir := t.TempDir()
	for after := range 12 {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		n := 0
		p := wirelore.SinkFunc(func(context.Context, *wirelore.Record) error {
			if n++; n == 1<<after {
				cancel(why)
			}
			return nil
		})
		e := engine(t, wirelore.Config{Workers: 3, Sink: p})
		if _, err := e.Run(ctx, wirelore.Reader("made", bytes.NewReader(capture))); !errors.Is(err, why) {
			t.Errorf("cancelled after %d records: error %v", 1<<after, err)
		}
		cancel(nil)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := engine(t, wirelore.Config{Sink: wirelore.Dir(filepath.Join(dir, "out"), nil)})
	if _, err := e.Run(ctx, wirelore.Reader("made", bytes.NewReader(capture))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: error %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "out", "*")); len(left) > 0 {
		t.Errorf("a cancelled run left %q", left)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestSinkErrorEndsTheRun(t *testing.T) {
	full := errors.New("disk full")
	e := engine(t, wirelore.Config{Workers: 2, Sink: wirelore.SinkFunc(func(context.Context, *wirelore.Record) error { return full })})
	if _, err := e.Run(t.Context(), wirelore.Reader("made", bytes.NewReader(traffic(t, 50)))); !errors.Is(err, full) {
		t.Errorf("error %v, want the sink's", err)
	}
}

func TestRecordsStopsWhenNobodyPulls(t *testing.T) {
	capture := traffic(t, 500)
	e := engine(t, wirelore.Config{})
	n := 0
	for r, err := range e.Records(t.Context(), wirelore.Reader("made", bytes.NewReader(capture))) {
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Line) == 0 || r.Log() == "" {
			t.Fatal("an empty record")
		}
		if n++; n == 10 {
			break
		}
	}
	if n != 10 {
		t.Errorf("%d records", n)
	}
}

func TestDirectoryIsNotOverwrittenUnasked(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "conn.log"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(o *wirelore.DirOptions) error {
		e := engine(t, wirelore.Config{Sink: wirelore.Dir(dir, o)})
		_, err := e.Run(t.Context(), wirelore.Reader("made", bytes.NewReader(traffic(t, 5))))
		return err
	}
	if err := run(nil); err == nil || !strings.Contains(err.Error(), "conn.log exists already") {
		t.Errorf("error %v", err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "conn.log")); string(b) != "mine" {
		t.Error("conn.log was overwritten")
	}
	if err := run(&wirelore.DirOptions{Overwrite: true}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "conn.log"))
	if err != nil || !strings.HasPrefix(string(b), "#separator \\x09\n") || !strings.Contains(string(b), "\n#close\t") {
		t.Errorf("conn.log is no Zeek log: %.60s %v", b, err)
	}
	if parts, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(parts) > 0 {
		t.Errorf("left %q", parts)
	}
}

func TestConfigFaultsComeTogether(t *testing.T) {
	_, err := wirelore.New(wirelore.Config{Workers: -1, Memory: -5, Filter: "tcp port (", Analyzers: []*proto.Analyzer{{}}})
	for _, part := range []string{"workers", "memory", "filter", "analyzer"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not mention %s", err, part)
		}
	}
}

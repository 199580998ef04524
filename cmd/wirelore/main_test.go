package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wirelore/wirelore"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wirelore": main})
}

// TestScripts runs the command as users do; see testdata/script. $CAPTURES holds the captures of the project's testdata.
func TestScripts(t *testing.T) {
	captures, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("CAPTURES", captures)
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, "cache"))
			return os.MkdirAll(filepath.Join(e.WorkDir, "tmp"), 0o777)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"same": same, "oneline": oneline,
		},
	})
}

// same DIR DIR...: all directories hold the same files, byte for byte.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: same DIR DIR...")
	}
	want := tree(ts, args[0])
	if len(want) == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
	for _, dir := range args[1:] {
		got := tree(ts, dir)
		if len(got) != len(want) {
			ts.Fatalf("%s holds %d files, %s %d", args[0], len(want), dir, len(got))
		}
		for name, b := range want {
			if got[name] != b {
				ts.Fatalf("%s differs between %s and %s", name, args[0], dir)
			}
		}
	}
}

func tree(ts *testscript.TestScript, dir string) map[string]string {
	files := map[string]string{}
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files[name] = string(b)
		return err
	}))
	return files
}

// oneline stdout|stderr: the output has exactly one line.
func oneline(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: oneline stdout|stderr")
	}
	out := ts.ReadFile(args[0])
	n := 0
	for _, c := range out {
		if c == '\n' {
			n++
		}
	}
	if n != 1 {
		ts.Fatalf("%d lines instead of one:\n%s", n, out)
	}
}

func TestExitCodes(t *testing.T) {
	const office, broken = "../../testdata/office.pcapng", "../../testdata/broken.pcap"
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		args []string
		want int
	}{
		{t.Context(), []string{"analyze", office}, 0},
		{t.Context(), []string{"analyze", broken}, exitFault},
		{t.Context(), []string{"zeek", "-r", broken, "-o", t.TempDir()}, exitFault},
		{t.Context(), []string{"suricata", "-r", broken, "-l", t.TempDir()}, 0},
		{t.Context(), []string{"analyze", "nothing.pcap"}, exitFault},
		{t.Context(), []string{"analyze", "--nosuchflag"}, exitUsage},
		{t.Context(), []string{"nosuchcommand"}, exitUsage},
		{t.Context(), []string{"analyze", office, "--filter", "((("}, exitUsage},
		{t.Context(), []string{"help"}, 0},
		{cancelled, []string{"analyze", office}, exitInterrupted},
	} {
		var out, errs bytes.Buffer
		if got := execute(c.ctx, c.args, &out, &errs); got != c.want {
			t.Errorf("%q: exit code %d, want %d\n%s", c.args, got, c.want, errs.String())
		}
	}
}

// TestInterrupted makes sure that an interrupted run leaves nothing that looks whole.
func TestInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	go func() {
		b, _ := os.ReadFile("../../testdata/office.pcapng")
		for range 3 { // the pipe stays open: the run waits for more
			_, _ = w.Write(b)
		}
		cancel()
		_ = w.Close()
	}()
	cfg := wirelore.Config{Zeek: &wirelore.ZeekOutput{}, Sink: wirelore.Dir(dir, nil)}
	e, err := wirelore.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(ctx, wirelore.Reader("pipe", r)); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

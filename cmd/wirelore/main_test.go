package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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

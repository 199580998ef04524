package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the outputs in README.md")

// console matches the blocks of README.md that show the command at work: a line with $ and what it prints.
var console = regexp.MustCompile("(?s)```console\n(.*?)```")

// took matches what differs from run to run.
var took = regexp.MustCompile(`(?m)^analyzed in .*$`)

// TestREADME runs what README.md shows and compares the output.
func TestREADME(t *testing.T) {
	readme, err := filepath.Abs("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("../../testdata")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	blocks := 0
	fresh := console.ReplaceAllFunc(text, func(block []byte) []byte {
		blocks++
		old := console.FindSubmatch(block)[1]
		var b bytes.Buffer
		for line := range strings.Lines(string(old)) {
			if call, ok := strings.CutPrefix(line, "$ "); ok {
				b.WriteString(line)
				b.WriteString(show(t, strings.TrimSpace(call)))
			}
		}
		if plainTimes(b.Bytes()) == plainTimes(old) {
			return block // keep the times
		}
		if !*update {
			t.Errorf("README.md shows\n%s\nbut it is (-update rewrites it)\n%s", old, b.Bytes())
		}
		return []byte("```console\n" + b.String() + "```")
	})
	if blocks == 0 {
		t.Fatal("README.md has no console blocks")
	}
	if *update {
		if err := os.WriteFile(readme, fresh, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func plainTimes(b []byte) string { return string(took.ReplaceAll(b, []byte("analyzed"))) }

// show runs one command line and returns what it prints.
func show(t *testing.T, call string) string {
	t.Helper()
	call = strings.TrimPrefix(call, "go run ./cmd/")
	args := strings.Fields(strings.ReplaceAll(call, "'", ""))
	if len(args) < 2 || args[0] != "wirelore" {
		t.Fatalf("README.md shows %q, which is no call of wirelore", call)
	}
	if i := strings.Index(call, "'"); i >= 0 { // one quoted argument, the last
		args = append(strings.Fields(call[:i]), strings.Trim(call[i:], "'"))
	}
	var out bytes.Buffer
	execute(t.Context(), args[1:], &out, &out)
	return out.String()
}

// TestREADMELogs demands that README.md names every log.
func TestREADMELogs(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range schema() {
		if !bytes.Contains(text, []byte("`"+s.Path+"`")) {
			t.Errorf("README.md does not name the log %s", s.Path)
		}
	}
}

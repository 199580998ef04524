package all_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/carve/all"
)

// TestList compares the generated list with the folders: every exported *proto.FileHandler must be in it.
func TestList(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^(?:var )?\s*([A-Z]\w*)\s*=\s*&proto\.FileHandler\b`)
	listed := regexp.MustCompile(`(?m)^\t\t(\w+\.\w+),$`)
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		for _, m := range declared.FindAllSubmatch(b, -1) {
			want = append(want, filepath.Base(filepath.Dir(f))+"."+string(m[1]))
		}
	}
	b, err := os.ReadFile("all.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range listed.FindAllSubmatch(b, -1) {
		got = append(got, string(m[1]))
	}
	slices.Sort(want)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the list is stale, run go generate:\n got %s\nwant %s", got, want)
	}
	if n := len(all.Handlers()); n != len(got) {
		t.Errorf("%d handlers, want %d", n, len(got))
	}
}

// TestDocumented: handlers say what they are, what they take and how much of it.
func TestDocumented(t *testing.T) {
	names := map[string]bool{}
	for _, h := range all.Handlers() {
		if h.Name == "" || h.Doc == "" || h.Start == nil || names[h.Name] {
			t.Errorf("handler %q: %q", h.Name, h.Doc)
		}
		names[h.Name] = true
		if h.Max <= 0 || h.Max > 64<<20 {
			t.Errorf("%s gathers up to %d bytes", h.Name, h.Max)
		}
		for _, m := range h.MIME {
			if strings.Count(m, "/") != 1 || strings.ToLower(m) != m {
				t.Errorf("%s takes %q", h.Name, m)
			}
		}
		if len(h.MIME) == 0 {
			t.Errorf("%s takes nothing", h.Name)
		}
	}
	a, b := all.Handlers(), all.Handlers()
	if a[0] = nil; b[0] == nil {
		t.Error("lists share their memory")
	}
}

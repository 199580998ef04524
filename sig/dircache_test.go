package sig

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirelore/wirelore/proto/all"
)

// TestDirCache compiles once and reads then, whoever asks, and makes do with whatever is in the directory.
func TestDirCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	get := func() *RuleSet {
		t.Helper()
		rs, err := CompileFiles(t.Context(), []File{{"a.rules", explained}}, &Options{Protocols: all.Default(), Cache: DirCache(dir)})
		if err != nil {
			t.Fatal(err)
		}
		return rs
	}
	if first, second := get(), get(); first.Stats().Cached || !second.Stats().Cached {
		t.Error("the second set was not read")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{dir: 0o700, filepath.Dir(dir): 0o700, files[0]: 0o600} {
			if st, err := os.Stat(name); err != nil || st.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", name, st.Mode(), err)
			}
		}
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "nonsense", string(b[:len(b)-1]), string(b[:100]) + strings.Repeat("x", len(b)-100)} {
		if err := os.WriteFile(files[0], []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if get().Stats().Cached || !get().Stats().Cached {
			t.Errorf("%.20q was taken, or not replaced", bad)
		}
	}
}

// TestDirCachePrune demands that few sets stay, those that were used last, and that other files are left alone.
func TestDirCachePrune(t *testing.T) {
	dir := t.TempDir()
	c := DirCache(dir)
	key := func(i int) string { return strings.Repeat("0", 31) + string("0123456789abcdef"[i]) }
	old := time.Now().Add(-48 * time.Hour)
	for _, name := range []string{"mine.rules", "notes", cacheTemp + "1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 12 {
		if err := c.Put(key(i), []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		at := old.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(dirCache(dir).file(key(i)), at, at); err != nil {
			t.Fatal(err)
		}
		if b, err := c.Get(key(0)); err != nil || len(b) != 1 || b[0] != 0 { // it is used all the time, and stays
			t.Fatal(b, err)
		}
	}
	for i := range 12 {
		if _, err := c.Get(key(i)); (err == nil) != (i == 0 || i >= 5) {
			t.Errorf("set %d: %v", i, err)
		}
	}
	for name, there := range map[string]bool{"mine.rules": true, "notes": true, cacheTemp + "1": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failing is a Cache that has nothing and takes nothing.
type failing struct{}

func (failing) Get(string) ([]byte, error) { return nil, errors.New("no") }
func (failing) Put(string, []byte) error   { return errors.New("no") }

// TestCacheFails demands that rules are compiled whatever the cache does.
func TestCacheFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []Cache{failing{}, DirCache(file), DirCache(filepath.Join(file, "below")), DirCache("")} {
		rs, err := CompileFiles(t.Context(), []File{{"a.rules", explained}}, &Options{Protocols: all.Default(), Cache: c})
		if err != nil || rs.Stats().Cached || rs.Len() == 0 {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestDirCacheConcurrent has many compile and read at once.
func TestDirCacheConcurrent(t *testing.T) {
	c := DirCache(t.TempDir())
	want := alertsOf(t, compile(t, explained, Options{}).Analyzer(), 1)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			rs, err := CompileFiles(t.Context(), []File{{"a.rules", explained}}, &Options{Protocols: all.Default(), Cache: c, Lazy: i%2 == 0})
			if err != nil {
				t.Error(err)
				return
			}
			if got := len(alertsIn(t, rs, 2, office)); got != len(want) {
				t.Errorf("%d alerts, want %d", got, len(want))
			}
		})
	}
	wg.Wait()
}

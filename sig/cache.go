package sig

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Cache keeps compiled rule sets: see Options.Cache. Its methods may be called by any number of goroutines at once.
type Cache interface {
	// Get returns what Put was given under the key last; the bytes are owned. Any error means that there is nothing.
	Get(key string) ([]byte, error)
	// Put keeps bytes, borrowed, under a key: 32 characters from 0-9 and a-f.
	Put(key string, b []byte) error
}

// DirCache returns a Cache in a directory, which is made with the first set. Files are written to the side and renamed, so that
// several processes may use it at once, and are readable by their owner only. It holds 8 sets: those that were not used
// for longest are removed. Other files in the directory are left alone.
func DirCache(path string) Cache { return dirCache(path) }

type dirCache string

// Limits of a dirCache.
const (
	cachedSets     = 8
	maxCached      = 512 << 20 // bytes of a set
	cacheTempHours = 1         // a file that was not renamed by then never will be
)

const (
	cacheSuffix = ".rules"
	cacheTemp   = ".wlrules-"
)

// isSet tells whether a file is one of a dirCache.
func isSet(name string) bool {
	key, ok := strings.CutSuffix(name, cacheSuffix)
	return ok && len(key) == 32 && strings.Trim(key, "0123456789abcdef") == ""
}

func (d dirCache) file(key string) string { return filepath.Join(string(d), key+cacheSuffix) }

// Get implements Cache.
func (d dirCache) Get(key string) ([]byte, error) {
	name := d.file(key)
	st, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !st.Mode().IsRegular() || st.Size() > maxCached:
		return nil, fmt.Errorf("sig: %s is no stored rule set", name)
	}
	b, err := os.ReadFile(name)
	if err == nil {
		now := time.Now()
		_ = os.Chtimes(name, now, now) // it was used: others go first
	}
	return b, err
}

// Put implements Cache.
func (d dirCache) Put(key string, b []byte) error {
	if len(b) > maxCached {
		return fmt.Errorf("sig: a rule set of %d bytes is not stored", len(b))
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(string(d), cacheTemp)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), d.file(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d.prune()
	return nil
}

// prune removes sets that are too many, and files that were never renamed.
func (d dirCache) prune() {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return
	}
	var sets []fs.FileInfo
	for _, e := range entries {
		st, err := e.Info()
		switch {
		case err != nil || !st.Mode().IsRegular():
		case isSet(e.Name()):
			sets = append(sets, st)
		case strings.HasPrefix(e.Name(), cacheTemp) && time.Since(st.ModTime()) > cacheTempHours*time.Hour:
			_ = os.Remove(filepath.Join(string(d), e.Name()))
		}
	}
	slices.SortFunc(sets, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	for i := cachedSets; i < len(sets); i++ {
		_ = os.Remove(filepath.Join(string(d), sets[i].Name()))
	}
}

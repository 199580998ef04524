package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/pcap"
)

// input is one capture to analyze; name is that of its directory for results, relative and unique.
type input struct {
	source wirelore.Source
	name   string
}

// gather lists what the arguments name: captures, directories' captures in the order of their names, standard input.
func gather(args []string) ([]input, error) {
	if len(args) == 0 {
		return nil, usagef("no capture: name one or more files or directories, or - for standard input")
	}
	var list []input
	taken := map[string]bool{}
	add := func(path, name string) {
		for base, i := name, 2; taken[name]; i++ {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		taken[name] = true
		list = append(list, input{source(path), name})
	}
	stdin := false
	for _, a := range args {
		if a == "-" {
			if stdin {
				return nil, usagef("standard input can be read only once")
			}
			stdin = true
			add(a, "stdin")
			continue
		}
		st, err := os.Stat(a)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("there is no file or directory %s", a)
		case err != nil:
			return nil, fmt.Errorf("cannot read %s: %w", a, err)
		case !st.IsDir():
			add(a, filepath.Base(a))
			continue
		}
		n := len(list)
		if err := walk(a, add); err != nil {
			return nil, err
		}
		if len(list) == n {
			return nil, fmt.Errorf("%s holds no captures: name a capture or a directory of captures", a)
		}
	}
	return list, nil
}

// walk adds the captures in a directory and below. Files that are none by their content are passed over.
func walk(dir string, add func(path, name string)) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", path, err)
		}
		if path != dir && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || !isCapture(path) {
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			name = d.Name()
		}
		add(path, name)
		return nil
	})
}

// isCapture looks at a file's name and beginning. One that cannot be opened counts as a capture, so that its error is told.
func isCapture(path string) bool {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return false
	}
	switch filepath.Ext(path) {
	case ".pcap", ".pcapng", ".cap":
		return true
	}
	r, err := pcap.Open(path, nil)
	if err != nil {
		return !errors.Is(err, pcap.ErrFormat)
	}
	_ = r.Close()
	return true
}

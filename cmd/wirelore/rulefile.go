package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore/sig"
)

// maxRuleFile bounds a file of rules, unpacked.
const maxRuleFile = 512 << 20

// readRules reads a file of rules, which may be compressed by gzip.
func readRules(name string) (string, error) {
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no rules file %s", name)
	case err != nil:
		return "", fmt.Errorf("cannot read the rules: %w", err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot read the rules: %w", err)
	case st.IsDir():
		return "", fmt.Errorf("%s is a directory: name the rules files in it", name)
	}
	var r io.Reader = bufio.NewReader(f)
	length := st.Size()
	if head, _ := r.(*bufio.Reader).Peek(2); string(head) == "\x1f\x8b" {
		if r, err = gzip.NewReader(r); err != nil {
			return "", fmt.Errorf("cannot unpack the rules of %s: %w", name, err)
		}
		length = unpacked(f, length)
	}
	var text strings.Builder // which makes a string without a copy
	text.Grow(int(min(length, maxRuleFile)))
	if _, err := io.Copy(&text, io.LimitReader(r, maxRuleFile+1)); err != nil {
		return "", fmt.Errorf("cannot read the rules of %s: %w", name, err)
	}
	if text.Len() > maxRuleFile {
		return "", fmt.Errorf("%s holds more than %s: it is no rules file", name, size(maxRuleFile))
	}
	return text.String(), nil
}

// unpacked is how long a file of gzip says it is when it is unpacked, as far as that can be: rules become a tenth at best.
func unpacked(f io.ReaderAt, length int64) int64 {
	var b [4]byte
	if n, _ := f.ReadAt(b[:], length-int64(len(b))); n < len(b) {
		return length
	}
	return min(int64(binary.LittleEndian.Uint32(b[:])), 10*length)
}

// rulesCache is where compiled rules are kept: in a directory, "" for the user's, "off" for nowhere.
func rulesCache(dir string) sig.Cache {
	switch dir {
	case "off":
		return nil
	case "":
		user, err := os.UserCacheDir()
		if err != nil {
			return nil
		}
		dir = filepath.Join(user, "wirelore", "rules")
	}
	return sig.DirCache(dir)
}

// rulesCacheFlag adds the flag that names the directory.
func rulesCacheFlag(c *cobra.Command, dir *string) {
	c.Flags().StringVar(dir, "rules-cache", "", "directory where compiled rules are kept (the user's cache), or off")
	_ = c.MarkFlagDirname("rules-cache")
}

package sig

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// The keywords that test a file's name, type, size and hashes, and filestore.

func (b *builder) file() *fileConditions {
	if b.s.files == nil {
		b.s.files = &fileConditions{}
	}
	return b.s.files
}

func fileName(ext bool) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		p, negated, err := rule.Content(value)
		if err != nil {
			return err
		}
		p = bytes.ToLower(p)
		if ext {
			p = append([]byte("."), p...)
		}
		f := b.file()
		f.tests = append(f.tests, func(f *fileWatch) verdict {
			if len(f.name) == 0 {
				return holdsNot
			}
			var ok bool
			if ext {
				n := len(f.name) - len(p)
				ok = n >= 0 && equalFolded(f.name[n:], p)
			} else {
				ok = indexFold(f.name, p) >= 0
			}
			return yesIf(ok != negated)
		})
		return nil
	}
}

func yesIf(ok bool) verdict {
	if ok {
		return holdsYes
	}
	return holdsNot
}

func fileMagic(b *builder, value string) error {
	p, negated, err := rule.Content(value)
	if err != nil {
		return err
	}
	p = bytes.ToLower(p)
	f := b.file()
	f.magic = true
	f.tests = append(f.tests, func(f *fileWatch) verdict {
		m := f.magic()
		if m == "" && !f.closed {
			return holdsLater
		}
		return yesIf((indexFold([]byte(m), p) >= 0) != negated)
	})
	return nil
}

func fileSize(b *builder, value string) error {
	n, err := proto.ParseNumber(value, 64)
	if err != nil {
		return err
	}
	f := b.file()
	f.tests = append(f.tests, func(f *fileWatch) verdict {
		if f.closed {
			return yesIf(n.Is(uint64(f.size)))
		}
		if n.More(uint64(f.size)) {
			return holdsYes
		}
		return holdsLater
	})
	return nil
}

func fileHash(kind hashKind) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		name, negated, err := rule.Unquote(value)
		if err != nil {
			return err
		}
		list, err := b.c.hashes(name, [...]int{16, 20, 32}[kind])
		if err != nil {
			return err
		}
		f := b.file()
		b.s.eager = true
		f.hash[kind] = true
		f.tests = append(f.tests, func(f *fileWatch) verdict {
			if !f.closed {
				return holdsLater
			}
			if !f.complete || f.gaps {
				return holdsNot
			}
			return yesIf(list[string(f.sum(kind))] != negated)
		})
		return nil
	}
}

// maxHashes bounds a list of hashes.
const maxHashes = 1 << 24

// hashes reads a list of hashes in hexadecimal, one a line.
func (c *compiler) hashes(name string, size int) (map[string]bool, error) {
	if c.data == nil {
		return nil, fmt.Errorf("the list %s cannot be read: there is no Options.Data", name)
	}
	file, err := c.data.Open(strings.TrimPrefix(name, "./"))
	if err != nil {
		return nil, fmt.Errorf("the list cannot be read: %w", err)
	}
	defer func() { _ = file.Close() }()
	list := map[string]bool{}
	sc := bufio.NewScanner(file)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		h, err := hex.DecodeString(strings.Fields(line)[0])
		if err != nil || len(h) != size {
			return nil, fmt.Errorf("%s, line %d: %q is no hash of %d bytes", name, n, line, size)
		}
		if len(list) >= maxHashes {
			return nil, fmt.Errorf("%s holds more than %d hashes", name, maxHashes)
		}
		list[string(h)] = true
	}
	return list, sc.Err()
}

func fileStore(b *builder, value string) error {
	f := b.file()
	if f.store {
		return errors.New("it stands twice in one rule")
	}
	f.store = true
	l := fields(value)
	if value == "" {
		return nil
	}
	f.where = l[0]
	switch l[0] {
	case "request", "to_server", "response", "to_client", "both":
	default:
		return fmt.Errorf("%q is no direction", l[0])
	}
	if len(l) > 1 {
		switch f.scope = l[1]; f.scope {
		case "file", "tx", "ssn", "flow":
		default:
			return fmt.Errorf("%q is no scope: file, tx or flow", l[1])
		}
	}
	return nil
}

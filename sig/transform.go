package sig

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/sig/pcre"
)

// Transform is a rule keyword that changes a sticky buffer before it is looked at. Built-in transforms and a user's own
// are the same.
type Transform struct {
	Name, Doc string
	// Compile reads what stands behind the colon ("" : nothing). What it returns appends the transformed src to dst and
	// returns it, keeps neither, may be called by several goroutines at once, and does not allocate but for dst's growth.
	// Nothing at all, nil, means that there is no such buffer.
	Compile func(arg string) (func(dst, src []byte) []byte, error)
}

// plain makes a transform without a value.
func plain(name, doc string, fn func(dst, src []byte) []byte) Transform {
	return Transform{Name: name, Doc: doc, Compile: func(arg string) (func(dst, src []byte) []byte, error) {
		if arg != "" {
			return nil, errors.New("it takes no value")
		}
		return fn, nil
	}}
}

// Transforms returns the built-in transforms.
func Transforms() []Transform {
	return []Transform{
		plain("compress_whitespace", "runs of white space become one character", compressSpace),
		plain("strip_whitespace", "white space is taken out", stripSpace),
		plain("strip_pseudo_headers", "fields whose name begins with a colon are taken out", stripPseudo),
		plain("to_md5", "the MD5 of the buffer, raw", func(dst, src []byte) []byte { s := md5.Sum(src); return append(dst, s[:]...) }),
		plain("to_sha1", "the SHA-1 of the buffer, raw", func(dst, src []byte) []byte { s := sha1.Sum(src); return append(dst, s[:]...) }),
		plain("to_sha256", "the SHA-256 of the buffer, raw", func(dst, src []byte) []byte { s := sha256.Sum256(src); return append(dst, s[:]...) }),
		plain("dotprefix", "a dot is put before the buffer", func(dst, src []byte) []byte { return append(append(dst, '.'), src...) }),
		plain("url_decode", "%XX and + are decoded", urlDecode),
		plain("header_lowercase", "names of fields in lower case", headerLower),
		plain("to_lowercase", "in lower case", func(dst, src []byte) []byte { return mapBytes(dst, src, 'A', 'Z') }),
		plain("to_uppercase", "in upper case", func(dst, src []byte) []byte { return mapBytes(dst, src, 'a', 'z') }),
		{Name: "xor", Doc: "each byte is combined with a key in hexadecimal", Compile: compileXor},
		{Name: "pcrexform", Doc: "the first group of an expression", Compile: compileExpressionTransform},
		{Name: "from_base64", Doc: "base64 decoded", Compile: compileFromBase64},
		{Name: "subslice", Doc: "a part of the buffer", Compile: compileSubslice},
		plain("domain", "the registered domain of a name", domainOf),
		plain("tld", "the last label of a name", tldOf),
	}
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func compressSpace(dst, src []byte) []byte {
	for i, c := range src {
		if !isSpace(c) || i == 0 || !isSpace(src[i-1]) {
			dst = append(dst, c)
		}
	}
	return dst
}

func stripSpace(dst, src []byte) []byte {
	for _, c := range src {
		if !isSpace(c) {
			dst = append(dst, c)
		}
	}
	return dst
}

// stripPseudo takes lines that begin with a colon out.
func stripPseudo(dst, src []byte) []byte {
	for len(src) > 0 {
		line := src
		if i := bytes.IndexByte(src, '\n'); i >= 0 {
			line = src[:i+1]
		}
		src = src[len(line):]
		if line[0] != ':' {
			dst = append(dst, line...)
		}
	}
	return dst
}

func urlDecode(dst, src []byte) []byte {
	for i := 0; i < len(src); i++ {
		c := src[i]
		if c == '%' && i+2 < len(src) && digit(src[i+1]) < 16 && digit(src[i+2]) < 16 {
			c = byte(digit(src[i+1])<<4 | digit(src[i+2]))
			i += 2
		} else if c == '+' {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

func headerLower(dst, src []byte) []byte {
	name := true
	for _, c := range src {
		switch c {
		case ':':
			name = false
		case '\n':
			name = true
		}
		if name {
			c = lower[c]
		}
		dst = append(dst, c)
	}
	return dst
}

func mapBytes(dst, src []byte, from, to byte) []byte {
	for _, c := range src {
		if c >= from && c <= to {
			c ^= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

func compileXor(arg string) (func(dst, src []byte) []byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(arg))
	if err != nil || len(key) == 0 || len(key) > 255 {
		return nil, fmt.Errorf("%q is no key in hexadecimal", arg)
	}
	return func(dst, src []byte) []byte {
		for i, c := range src {
			dst = append(dst, c^key[i%len(key)])
		}
		return dst
	}, nil
}

func compileExpressionTransform(arg string) (func(dst, src []byte) []byte, error) {
	re, err := pcre.Compile(arg, pcre.Options{MaxSteps: maxExpressionSteps})
	if err != nil {
		return nil, err
	}
	if re.NumSubexp() != 1 {
		return nil, errors.New("the expression needs one group")
	}
	pool := newMachines()
	return func(dst, src []byte) []byte {
		m := pool.get()
		defer pool.put(m)
		loc, ok, err := re.Match(m, src, 0)
		if err != nil || !ok || loc[2] < 0 {
			return append(dst, src...)
		}
		return append(dst, src[loc[2]:loc[3]]...)
	}, nil
}

func compileFromBase64(arg string) (func(dst, src []byte) []byte, error) {
	mode, offset, limit := base64RFC4648, 0, 0
	for _, f := range fields(arg) {
		name, v, _ := strings.Cut(f, " ")
		v = strings.TrimSpace(v)
		var err error
		switch name {
		case "":
		case "bytes":
			limit, err = strconv.Atoi(v)
		case "offset":
			offset, err = strconv.Atoi(v)
		case "mode":
			switch strings.ToLower(v) {
			case "rfc2045":
				mode = base64RFC2045
			case "rfc4648":
			case "strict":
				mode = base64Strict
			default:
				err = fmt.Errorf("unknown mode %q", v)
			}
		default:
			err = fmt.Errorf("unknown option %q", f)
		}
		if err != nil || limit < 0 || offset < 0 {
			return nil, fmt.Errorf("%q: bytes, offset and mode are its options", f)
		}
	}
	return func(dst, src []byte) []byte {
		if offset > len(src) {
			return dst
		}
		src = src[offset:]
		if limit > 0 && limit < len(src) {
			src = src[:limit]
		}
		return appendBase64(dst, src[:min(len(src), maxDecoded)], mode)
	}, nil
}

func compileSubslice(arg string) (func(dst, src []byte) []byte, error) {
	f := fields(arg)
	var at [2]int
	truncate := false
	for i, v := range f {
		if v == "truncate" && i == len(f)-1 {
			truncate = true
			f = f[:i]
			break
		}
		n, err := strconv.Atoi(v)
		if err != nil || i > 1 {
			return nil, fmt.Errorf("%q: offset, size and truncate are its options", v)
		}
		at[i] = n
	}
	if len(f) == 0 {
		return nil, errors.New("give an offset")
	}
	sized := len(f) > 1
	return func(dst, src []byte) []byte {
		from, to := at[0], len(src)
		if from < 0 {
			from += len(src)
		}
		if sized {
			if to = from + at[1]; at[1] < 0 {
				to = len(src) + at[1]
			}
		}
		if to > len(src) && truncate {
			to = len(src)
		}
		if from < 0 || from > to || to > len(src) {
			return dst
		}
		return append(dst, src[from:to]...)
	}, nil
}

func tldOf(dst, src []byte) []byte {
	if i := bytes.LastIndexByte(src, '.'); i >= 0 {
		return append(dst, src[i+1:]...)
	}
	return dst
}

// secondLevel are second labels under which countries register names.
var secondLevel = map[string]bool{"co": true, "com": true, "org": true, "net": true, "gov": true, "edu": true, "ac": true, "go": true,
	"or": true, "ne": true, "mil": true, "gob": true, "nom": true}

// domainOf is the label below the public suffix with that suffix, where the suffix is the last label or a usual pair of a
// country's.
func domainOf(dst, src []byte) []byte {
	l := bytes.Split(src, []byte("."))
	if len(l) < 2 {
		return dst
	}
	n := 2
	if len(l) > 2 && len(l[len(l)-1]) == 2 && secondLevel[string(l[len(l)-2])] {
		n = 3
	}
	return append(dst, bytes.Join(l[len(l)-n:], []byte("."))...)
}

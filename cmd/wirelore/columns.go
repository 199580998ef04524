package main

import (
	"bytes"
	"encoding/json"

	"github.com/wirelore/wirelore/record"
)

// rowReader takes values of chosen columns out of the encoded rows of one Zeek log.
type rowReader struct {
	names [][]byte // of the chosen columns
	index []int    // of each of the log's columns among the chosen, -1
	json  bool
	// values are those of the row read last, borrowed from its line; nil: unset.
	values [][]byte
}

// newRowReader makes a reader of the named columns; those that the log has not stay unset.
func newRowReader(s *record.Stream, names ...string) *rowReader {
	r := &rowReader{json: s.Form == record.ZeekJSON, values: make([][]byte, len(names)), index: make([]int, len(s.Fields))}
	for _, n := range names {
		r.names = append(r.names, []byte(n))
	}
	for i, f := range s.Fields {
		r.index[i] = -1
		for j, n := range names {
			if f.Name == n {
				r.index[i] = j
			}
		}
	}
	return r
}

// read takes a row apart. line is borrowed, and so are the values.
func (r *rowReader) read(line []byte) [][]byte {
	clear(r.values)
	if r.json {
		r.readJSON(line)
	} else {
		r.readTSV(line)
	}
	return r.values
}

func (r *rowReader) readTSV(line []byte) {
	for _, at := range r.index {
		v := line
		if i := bytes.IndexByte(line, '\t'); i >= 0 {
			v, line = line[:i], line[i+1:]
		} else {
			line = nil
		}
		if at >= 0 && len(v) > 0 && string(v) != "-" && string(v) != "(empty)" {
			r.values[at] = v
		}
	}
}

// readJSON walks over the members of a row, whose form is the encoder's: no white space, unescaped keys.
func (r *rowReader) readJSON(line []byte) {
	for rest := bytes.TrimPrefix(line, []byte("{")); ; {
		key, after, ok := bytes.Cut(bytes.TrimPrefix(rest, []byte(`"`)), []byte(`":`))
		if !ok {
			return
		}
		n := valueEnd(after)
		for j, name := range r.names {
			if bytes.Equal(name, key) {
				r.values[j] = unquote(after[:n])
			}
		}
		rest = after[min(n+1, len(after)):] // behind the comma
	}
}

// valueEnd returns the length of the JSON value that b begins with.
func valueEnd(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case depth == 0 && (c == ',' || c == '}'):
			return i
		case c == ']' || c == '}':
			depth--
		}
	}
	return len(b)
}

func unquote(v []byte) []byte {
	if len(v) < 2 || v[0] != '"' {
		return v
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1]
	}
	var s string
	if json.Unmarshal(v, &s) != nil {
		return nil
	}
	return []byte(s)
}

// number reads a count; 0 when it is none.
func number(v []byte) (n uint64) {
	for _, c := range v {
		if c < '0' || c > '9' || n > 1<<60 {
			return n
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

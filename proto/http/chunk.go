package http

import (
	"bytes"
	"math"

	"github.com/wirelore/wirelore/proto"
)

// chunkSize takes the line before a chunk (RFC 9112, section 7.1).
func (p *parser) chunkSize(d proto.Dir, line []byte) error {
	st := &p.side[d]
	st.body.wire(int64(len(line)))
	l := chomp(line)
	if len(trim(l)) == 0 {
		return nil
	}
	n, extension, ok := parseChunkSize(l)
	if extension {
		p.again(d, evRequestChunkExtension)
	}
	if !ok || n == 0 && len(l) > 16 && indexFold(l, "1", false) >= 0 {
		p.zeek.badChunk(p, l)
	}
	if !ok {
		p.badChunk(d, line)
		return nil
	}
	if n == 0 {
		st.state, st.fields, st.folding = sTrailer, 0, false
		st.body.complete()
		return nil
	}
	st.state, st.left = sChunk, n
	return nil
}

// probeChunk looks at the beginning of a chunk's line: white space before it is skipped, and what cannot be a size at all
// begins a body that is not chunked. It reports what it consumed, and false when a size may follow.
func (p *parser) probeChunk(d proto.Dir, b []byte) (int, bool) {
	st := &p.side[d]
	i := 0
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i > 0 {
		st.body.wire(int64(i))
		return i, true
	}
	if unhex(b[0]) >= 0 || b[0] == 0 {
		return 0, false
	}
	st.body.wire(1)
	p.badChunk(d, nil)
	return 0, true
}

// badChunk goes on without chunks, as browsers do: what follows is the body, up to the connection's end.
func (p *parser) badChunk(d proto.Dir, line []byte) {
	st := &p.side[d]
	p.event(d, pick(d, evInvalidRequestChunkLen, evInvalidResponseChunkLen))
	st.state = sRest
	if len(line) > 0 {
		st.body.wire(int64(len(line)))
		st.body.write(line)
	}
}

// parseChunkSize reads a hexadecimal number with white space around it and perhaps an extension behind.
func parseChunkSize(l []byte) (n int64, extension, ok bool) {
	over := false
	for len(l) > 0 && (isSpace(l[0]) || l[0] == 0) {
		l = l[1:]
	}
	i := 0
	for ; i < len(l); i++ {
		v := unhex(l[i])
		if v < 0 {
			break
		}
		over = over || n > math.MaxInt64>>4
		n = n<<4 | int64(v)
	}
	rest := l[i:]
	if len(rest) > 0 && bytes.IndexByte(rest, ';') >= 0 {
		extension = true
	}
	if over && n == 0 {
		// It wraps around to the last chunk's: a server that counts so goes on with what an attacker hides here.
		return 0, extension, true
	}
	if i == 0 || over || n > math.MaxInt32 {
		return 0, extension, false
	}
	return n, extension, true
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// chunkEnd consumes up to the line end behind a chunk.
func (p *parser) chunkEnd(d proto.Dir, b []byte) int {
	st := &p.side[d]
	i := bytes.IndexByte(b, '\n')
	n := i + 1
	if i < 0 {
		n = len(b)
	}
	st.body.wire(int64(n))
	if i >= 0 {
		st.state = sChunkSize
	}
	return n
}

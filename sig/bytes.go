package sig

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
)

// The keywords that read numbers out of the data: byte_test, byte_jump, byte_extract, byte_math, and base64_decode.

// numberAt says where a number stands and how it is written.
type numberAt struct {
	bytes    varInt // how many bytes
	offset   varInt
	relative bool
	little   bool
	text     int    // 0: binary, else the base of the digits
	bits     uint64 // mask, 0: none
	shift    int
	dce      bool
}

// read returns the number and where it ends.
func (n *numberAt) read(st *state) (v uint64, end int, ok bool) {
	off := n.offset.n
	if n.offset.isVar {
		off = int(min(st.vars[off], 1<<30))
	}
	if n.relative {
		off += st.pos
	}
	size := n.bytes.n
	if n.bytes.isVar {
		size = int(min(st.vars[size], 1<<10))
	}
	buf := st.w.buf
	if off < 0 || size < 0 || off+size > len(buf) {
		return 0, 0, false
	}
	b := buf[off : off+size]
	if size == 0 && n.text != 0 { // as strtoull reads on
		if b = buf[off:]; len(b) == 0 {
			return 0, 0, false
		}
	}
	if n.text != 0 {
		v, ok = parseDigits(b, n.text)
		return n.masked(v), off + size, ok
	}
	if size > 8 {
		return 0, 0, false
	}
	var full [8]byte
	if n.little {
		copy(full[:], b)
		v = binary.LittleEndian.Uint64(full[:])
	} else {
		copy(full[8-size:], b)
		v = binary.BigEndian.Uint64(full[:])
	}
	return n.masked(v), off + size, true
}

func (n *numberAt) masked(v uint64) uint64 {
	if n.bits != 0 {
		v = v & n.bits >> n.shift
	}
	return v
}

// parseDigits reads a number as strtoul does: blanks, a sign, and as many digits as there are.
func parseDigits(b []byte, base int) (uint64, bool) {
	for len(b) > 0 && (b[0] == ' ' || b[0] >= '\t' && b[0] <= '\r') {
		b = b[1:]
	}
	if len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	if base == 16 && len(b) > 1 && b[0] == '0' && b[1]|0x20 == 'x' {
		b = b[2:]
	}
	i := 0
	for i < len(b) && digit(b[i]) < base {
		i++
	}
	if i == 0 || i > 24 {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[:i]), base, 64)
	return v, err == nil
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 99
}

// byteTest compares a number with a value.
type byteTest struct {
	numberAt
	op      byte // '<' '>' '=' '&' '^', 'l' for <= and 'g' for >=
	negated bool
	value   varInt
	big     uint64 // the value, when it is no variable
}

func (t *byteTest) isTest() {}

func (st *state) byteTest(t *byteTest) bool {
	v, _, ok := t.read(st)
	if !ok {
		return t.negated // what cannot be read holds in no way
	}
	want := t.big
	if t.value.isVar {
		want = st.vars[t.value.n]
	}
	switch t.op {
	case '<':
		return v < want
	case '>':
		return v > want
	case '=':
		return v == want
	case 'l':
		return v <= want
	case 'g':
		return v >= want
	case '&':
		return v&want != 0
	default:
		return v^want != 0
	}
}

// byteJump moves by a number.
type byteJump struct {
	numberAt
	multiplier int
	post       varInt
	align      bool
	fromBegin  bool
	fromEnd    bool
	fixed      bool // no bytes are read: only the offsets count
}

func (t *byteJump) isTest() {}

func (st *state) byteJump(t *byteJump) bool {
	var v uint64
	var end int
	if t.fixed {
		end = t.offset.n
		if t.relative {
			end += st.pos
		}
	} else {
		var ok bool
		if v, end, ok = t.read(st); !ok {
			return false
		}
	}
	jump := int64(min(v, 1<<31))
	if t.multiplier > 1 {
		jump *= int64(t.multiplier)
	}
	if t.align && jump%4 != 0 {
		jump += 4 - jump%4
	}
	post := int64(t.post.n)
	if t.post.isVar {
		post = int64(int32(uint32(st.vars[t.post.n])))
	}
	at := int64(end) + jump + post
	switch {
	case t.fromBegin:
		at = jump + post
	case t.fromEnd:
		at = int64(len(st.w.buf)) + jump + post
	}
	if at < 0 || at > int64(len(st.w.buf)) {
		return false
	}
	st.pos = int(at)
	return true
}

// byteExtract stores a number.
type byteExtract struct {
	numberAt
	to         int
	multiplier int
	align      int
}

func (t *byteExtract) isTest() {}

func (st *state) byteExtract(t *byteExtract) bool {
	v, end, ok := t.read(st)
	if !ok {
		return false
	}
	if t.multiplier > 1 {
		v *= uint64(t.multiplier)
	}
	if a := uint64(t.align); a > 1 && v%a != 0 {
		v += a - v%a
	}
	st.vars[t.to] = v
	st.pos = end
	return true
}

// byteMath stores the result of an operation with a number.
type byteMath struct {
	numberAt
	to   int
	op   byte // + - * / < >
	with varInt
	big  uint64
}

func (t *byteMath) isTest() {}

func (st *state) byteMath(t *byteMath) bool {
	v, end, ok := t.read(st)
	if !ok {
		return false
	}
	w := t.big
	if t.with.isVar {
		w = st.vars[t.with.n]
	}
	switch t.op {
	case '+':
		v += w
	case '-':
		v -= w
	case '*':
		v *= w
	case '/':
		if w == 0 {
			return false
		}
		v /= w
	case '<':
		v <<= min(w, 64)
	case '>':
		v >>= min(w, 64)
	}
	st.vars[t.to] = v
	st.pos = end
	return true
}

// base64Decode decodes a part of the buffer for base64_data.
type base64Decode struct {
	bytes    int // at most so many encoded bytes, 0: all
	offset   int
	relative bool
}

func (t *base64Decode) isTest() {}

// maxDecoded bounds what base64_decode decodes (Suricata: 65535).
const maxDecoded = 1<<16 - 1

func (st *state) decode64(t *base64Decode) bool {
	at := t.offset
	if t.relative {
		at += st.pos
	}
	if at > len(st.w.buf) {
		return false
	}
	b := st.w.buf[at:]
	if t.bytes > 0 && t.bytes < len(b) {
		b = b[:t.bytes]
	}
	st.b64 = appendBase64(st.m.b64[:0], b[:min(len(b), maxDecoded)], base64RFC4648)
	st.m.b64 = st.b64
	return len(st.b64) > 0
}

// base64Mode says what is done with characters that belong to no alphabet.
type base64Mode uint8

const (
	base64RFC4648 base64Mode = iota // stop
	base64RFC2045                   // pass over
	base64Strict                    // nothing at all
)

var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	return t
}()

// appendBase64 decodes b as far as it goes.
func appendBase64(dst, b []byte, mode base64Mode) []byte {
	if mode == base64Strict {
		n := len(dst)
		dst = append(dst, make([]byte, base64.StdEncoding.DecodedLen(len(b)))...)
		k, err := base64.StdEncoding.Decode(dst[n:], b)
		if err != nil {
			return dst[:n]
		}
		return dst[:n+k]
	}
	var acc uint32
	n := 0
	for _, c := range b {
		v := base64Value[c]
		if v == 0xff {
			if c == '=' || mode == base64RFC4648 && c != ' ' {
				break
			}
			continue
		}
		acc = acc<<6 | uint32(v)
		if n++; n == 4 {
			dst = append(dst, byte(acc>>16), byte(acc>>8), byte(acc))
			acc, n = 0, 0
		}
	}
	switch n {
	case 2:
		dst = append(dst, byte(acc>>4))
	case 3:
		dst = append(dst, byte(acc>>10), byte(acc>>2))
	}
	return dst
}

// base64Data holds the tests on what base64_decode found.
type base64Data struct{ tests []test }

func (t *base64Data) isTest() {}

// bufferSize tests a buffer's length.
type bufferSize struct {
	is func(n uint64) bool
}

func (t *bufferSize) isTest() {}

func (t *bufferSize) holds(w *window) bool {
	if !w.whole {
		return false
	}
	return t.is(uint64(w.base + len(w.buf)))
}

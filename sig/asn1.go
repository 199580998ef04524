package sig

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// asn1Test is the keyword asn1: what is odd about an encoding by the basic rules (X.690).
type asn1Test struct {
	bitstring, double bool
	oversize          int // 0: not asked
	at                int
	relative          bool
}

func (t *asn1Test) isTest() {}

func parseASN1(b *builder, value string) error {
	t := &asn1Test{}
	words := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	for i := 0; i < len(words); i++ {
		num := func() (int, error) {
			if i++; i >= len(words) {
				return 0, errors.New("a number is missing")
			}
			return strconv.Atoi(words[i])
		}
		var err error
		switch words[i] {
		case "bitstring_overflow":
			t.bitstring = true
		case "double_overflow":
			t.double = true
		case "oversize_length":
			t.oversize, err = num()
		case "absolute_offset":
			t.at, err = num()
		case "relative_offset":
			t.relative = true
			t.at, err = num()
		default:
			err = fmt.Errorf("unknown option %q", words[i])
		}
		if err != nil {
			return err
		}
	}
	b.put(t, t.relative)
	return nil
}

// maxASN1 bounds the elements that are looked at, and their nesting (Suricata: asn1-max-frames).
const maxASN1 = 256

func (st *state) asn1(t *asn1Test) bool {
	at := t.at
	if t.relative {
		at += st.pos
	}
	if at < 0 || at >= len(st.w.buf) {
		return false
	}
	return t.odd(st.w.buf[at:])
}

// odd walks over the elements; those that are constructed are walked into.
func (t *asn1Test) odd(b []byte) bool {
	for n := 0; n < maxASN1 && len(b) >= 2; n++ {
		class, constructed, tag := b[0]>>6, b[0]&0x20 != 0, b[0]&31
		i := 1
		if tag == 31 {
			for i < len(b) && b[i]&0x80 != 0 {
				i++
			}
			i++
		}
		if i >= len(b) {
			return false
		}
		length, head := asn1Length(b[i:])
		if head == 0 {
			return false
		}
		if t.oversize > 0 && length > uint64(t.oversize) {
			return true
		}
		body := b[i+head:]
		if class == 0 && t.bitstring && tag == 3 && len(body) > 0 && length > 0 && length <= 1<<32 && length*8 <= uint64(body[0]) {
			return true
		}
		if class == 0 && t.double && tag == 9 && len(body) > 0 && (length > 256 && body[0]&0xc0 == 0 || body[0]&0x80 != 0 && length > 2 && body[0]&3 == 3) {
			return true
		}
		if constructed {
			b = body
			continue
		}
		if length > uint64(len(body)) {
			return false
		}
		b = body[length:]
	}
	return false
}

// asn1Length reads a length and tells how many bytes it takes, 0 when it cannot be read.
func asn1Length(b []byte) (n uint64, size int) {
	if b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	k := int(b[0] & 0x7f)
	if k == 0 {
		return 0, 1 // indefinite: its content follows
	}
	if k > 8 || k >= len(b) {
		return 0, 0
	}
	for _, c := range b[1 : 1+k] {
		n = n<<8 | uint64(c)
	}
	return n, 1 + k
}

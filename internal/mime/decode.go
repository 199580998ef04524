package mime

import "encoding/binary"

// decoder undoes a transfer encoding across chunks. It is lenient: what is no part of the encoding is skipped or
// passed through, and noted in bad.
type decoder struct {
	enc  Encoding
	bad  uint32 // set of 1<<Defect
	acc  uint32 // base64: bits of the current quantum
	n    int    // base64: characters of it
	esc  byte   // quoted-printable: state after an equals sign
	hex  byte   // quoted-printable: the first digit as sent
	data bool   // uuencode: after the begin line
	hold []byte // quoted-printable: white space before a possible line end; uuencode: the current line
}

// Limits of what hold may keep.
const (
	longestBlank = 1000
	longestUU    = 256
)

// reset makes d ready for a new body.
func (d *decoder) reset(enc Encoding) { *d = decoder{enc: enc, hold: d.hold[:0]} }

// decode appends the decoding of src to dst.
func (d *decoder) decode(dst, src []byte) []byte {
	switch d.enc {
	case Base64:
		return d.base64(dst, src)
	case QuotedPrintable:
		return d.quoted(dst, src)
	case UUEncode:
		return d.uu(dst, src)
	default:
		return append(dst, src...)
	}
}

// finish appends what is left at the end of the body.
func (d *decoder) finish(dst []byte) []byte {
	switch d.enc {
	case Base64:
		dst = d.flush64(dst) // missing padding is too common to be a defect
	case QuotedPrintable:
		dst = d.endEscape(append(dst, d.hold...))
	case UUEncode:
		dst = d.uuLine(dst)
	}
	d.hold = d.hold[:0]
	return dst
}

// Values of the base64 tables that are no digits.
const (
	b64Bad   = 1<<24 + iota // outside of the alphabet
	b64Blank                // white space
	b64Pad                  // the equals sign
)

// b64 maps a character to its value, shifted by 18, 12, 6 and 0 bits; never written after its initialisation.
var b64 = makeBase64()

func makeBase64() (t [4][256]uint32) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for k := range t {
		for c := range t[k] {
			t[k][c] = b64Bad
		}
		for _, c := range []byte(" \t\r\n\v\f") {
			t[k][c] = b64Blank
		}
		t[k]['='] = b64Pad
		for v, c := range []byte(alphabet) {
			t[k][c] = uint32(v) << (18 - 6*k)
		}
	}
	return t
}

// base64 decodes RFC 2045, section 6.8. Characters outside of the alphabet are skipped; padding ends a quantum but
// not the body, so concatenated bodies decode too.
func (d *decoder) base64(dst, src []byte) []byte {
	if need := len(dst) + len(src)/4*3 + 8; cap(dst) < need {
		dst = append(make([]byte, 0, max(need, scratchSize)), dst...)
	}
	for len(src) > 0 {
		if d.n == 0 {
			var used int
			dst, used = quads(dst, src)
			if src = src[used:]; len(src) == 0 {
				break
			}
		}
		c := src[0]
		src = src[1:]
		switch v := b64[3][c]; v {
		case b64Blank:
		case b64Pad:
			dst = d.flush64(dst)
		case b64Bad:
			d.bad |= 1 << InvalidBase64
		default:
			d.acc = d.acc<<6 | v
			if d.n++; d.n == 4 {
				dst = append(dst, byte(d.acc>>16), byte(d.acc>>8), byte(d.acc))
				d.acc, d.n = 0, 0
			}
		}
	}
	return dst
}

// quads decodes whole quanta at the beginning of src and returns how much it used. dst must have room for one byte
// more than the output.
func quads(dst, src []byte) ([]byte, int) {
	out := dst[len(dst):cap(dst)]
	i, o := 0, 0
	for ; i+4 <= len(src) && o+4 <= len(out); i, o = i+4, o+3 {
		q := src[i : i+4 : i+4]
		v := b64[0][q[0]] | b64[1][q[1]] | b64[2][q[2]] | b64[3][q[3]]
		if v >= b64Bad {
			break
		}
		binary.BigEndian.PutUint32(out[o:], v<<8)
	}
	return dst[:len(dst)+o], i
}

// flush64 appends the bytes of an unfinished quantum.
func (d *decoder) flush64(dst []byte) []byte {
	switch d.n {
	case 2:
		dst = append(dst, byte(d.acc>>4))
	case 3:
		dst = append(dst, byte(d.acc>>10), byte(d.acc>>2))
	}
	d.acc, d.n = 0, 0
	return dst
}

// States of quoted-printable after an equals sign.
const (
	escNone  byte = iota
	escOpen       // the equals sign alone
	escDigit      // and one hex digit
	escBreak      // and white space or CR: a soft line break, up to the LF
)

// quoted decodes RFC 2045, section 6.7. White space at line ends is removed as the RFC says.
func (d *decoder) quoted(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		c := src[i]
		if d.esc != escNone {
			var used bool
			if dst, used = d.escape(dst, c); used {
				i++
			}
			continue
		}
		switch c {
		case '=':
			dst = append(dst, d.hold...)
			d.hold = d.hold[:0]
			d.esc = escOpen
			i++
		case ' ', '\t':
			if len(d.hold) == longestBlank {
				dst = append(dst, d.hold...)
				d.hold = d.hold[:0]
			}
			d.hold = append(d.hold, c)
			i++
		case '\r', '\n':
			d.hold = d.hold[:0]
			dst = append(dst, c)
			i++
		default:
			if len(d.hold) > 0 {
				dst = append(dst, d.hold...)
				d.hold = d.hold[:0]
			}
			j := i + 1
			for j < len(src) && plain[src[j]] {
				j++
			}
			dst = append(dst, src[i:j]...)
			i = j
		}
	}
	return dst
}

// plain tells the characters that stand for themselves in quoted-printable; never written after its initialisation.
var plain = func() (t [256]bool) {
	for c := range t {
		t[c] = c != '=' && c != ' ' && c != '\t' && c != '\r' && c != '\n'
	}
	return t
}()

// escape goes on with what follows an equals sign; used is false if c is to be read again.
func (d *decoder) escape(dst []byte, c byte) (_ []byte, used bool) {
	switch d.esc {
	case escOpen:
		switch {
		case c == '\n':
			d.esc = escNone
		case c == '\r' || c == ' ' || c == '\t':
			d.esc = escBreak
		case unhex(c) < 16:
			d.esc, d.hex = escDigit, c
		default:
			return d.endEscape(dst), false
		}
	case escDigit:
		if unhex(c) >= 16 {
			return d.endEscape(dst), false
		}
		dst = append(dst, unhex(d.hex)<<4|unhex(c))
		d.esc = escNone
	default: // escBreak
		switch c {
		case '\n':
			d.esc = escNone
		case '\r', ' ', '\t':
		default:
			d.esc = escNone
			return dst, false
		}
	}
	return dst, true
}

// endEscape passes an escape that is none through.
func (d *decoder) endEscape(dst []byte) []byte {
	switch d.esc {
	case escOpen:
		d.bad |= 1 << InvalidQP
		dst = append(dst, '=')
	case escDigit:
		d.bad |= 1 << InvalidQP
		dst = append(dst, '=', d.hex)
	}
	d.esc = escNone
	return dst
}

// unhex returns the value of a hex digit, or a value above 15.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	default:
		return 0xff
	}
}

// uu collects lines of uuencoded text.
func (d *decoder) uu(dst, src []byte) []byte {
	for _, c := range src {
		switch {
		case c == '\n':
			dst = d.uuLine(dst)
		case len(d.hold) < longestUU:
			d.hold = append(d.hold, c)
		}
	}
	return dst
}

// uuLine decodes the collected line: begin, a count and its data, or end.
func (d *decoder) uuLine(dst []byte) []byte {
	line := trimLineEnd(d.hold)
	d.hold = d.hold[:0]
	if !d.data {
		d.data = len(line) > 6 && string(line[:6]) == "begin "
		return dst
	}
	if len(line) == 0 {
		return dst
	}
	if string(line) == "end" {
		d.data = false
		return dst
	}
	count := int(line[0]-' ') & 63
	if line[0] < ' ' || line[0] > '`' {
		d.bad |= 1 << InvalidUU
		return dst
	}
	line = line[1:]
	for count > 0 && len(line) > 0 {
		var q [4]byte
		for i := range q {
			q[i] = ' '
			if i < len(line) {
				q[i] = line[i]
			}
			q[i] = (q[i] - ' ') & 63
		}
		out := [3]byte{q[0]<<2 | q[1]>>4, q[1]<<4 | q[2]>>2, q[2]<<6 | q[3]}
		n := min(count, 3)
		dst = append(dst, out[:n]...)
		count -= n
		line = line[min(4, len(line)):]
	}
	if count > 0 {
		d.bad |= 1 << InvalidUU
	}
	return dst
}

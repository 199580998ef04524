package record

import (
	"strconv"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// empty is a Zeek ASCII field that is set to nothing.
const empty = "(empty)"

// plain marks the bytes that stand for themselves in JSON.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

type text interface{ ~[]byte | ~string }

// appendEscaped appends s for a JSON string. Bytes that are no UTF-8 become \\xNN, as both references write them.
func appendEscaped[S text](dst []byte, s S) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			var b [utf8.UTFMax]byte
			n := copy(b[:], s[i:])
			r, size := utf8.DecodeRune(b[:n])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = append(dst, s[start:i]...)
		dst = appendByte(dst, c)
		i++
		start = i
	}
	return append(dst, s[start:]...)
}

// appendOctets appends b for a JSON string, every byte beyond ASCII as \\xNN.
func appendOctets(dst, b []byte) []byte {
	start := 0
	for i, c := range b {
		if plain[c] {
			continue
		}
		dst = appendByte(append(dst, b[start:i]...), c)
		start = i + 1
	}
	return append(dst, b[start:]...)
}

func appendByte(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	if c < 0x20 || c == 0x7f {
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, '\\', '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
}

// appendTSV appends s as a Zeek ASCII field: separators, control bytes and what is no UTF-8 as \xNN, empty as (empty),
// a lone hyphen as \x2d.
func appendTSV[S text](dst []byte, s S, inList bool) []byte {
	if len(s) == 0 {
		return append(dst, empty...)
	}
	if len(s) == 1 && s[0] == '-' {
		return append(dst, `\x2d`...)
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			var b [utf8.UTFMax]byte
			n := copy(b[:], s[i:])
			if r, size := utf8.DecodeRune(b[:n]); r != utf8.RuneError || size > 1 {
				dst = append(dst, b[:size]...)
				i += size
				continue
			}
		}
		if c == '\\' {
			dst = append(dst, '\\', '\\')
		} else if c < 0x20 || c >= 0x7f || (inList && c == ',') {
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		} else {
			dst = append(dst, c)
		}
		i++
	}
	return dst
}

// appendSeconds appends ns as seconds with six digits.
func appendSeconds(dst []byte, nanos int64) []byte {
	n := uint64(nanos)
	if nanos < 0 {
		dst = append(dst, '-')
		n = -n
	}
	dst = strconv.AppendUint(dst, n/1e9, 10)
	return appendMicros(append(dst, '.'), n%1e9/1e3)
}

func appendMicros(dst []byte, us uint64) []byte {
	var b [6]byte
	for i := 5; i >= 0; i-- {
		b[i] = byte('0' + us%10)
		us /= 10
	}
	return append(dst, b[:]...)
}

// clock formats EVE timestamps; the part up to the second is kept, as records come in order of time.
type clock struct {
	second int64
	text   [20]byte
	n      int
}

func (c *clock) append(dst []byte, nanos int64) []byte {
	s, ns := nanos/1e9, nanos%1e9
	if ns < 0 {
		s, ns = s-1, ns+1e9
	}
	if c.n == 0 || s != c.second {
		c.second = s
		c.n = len(time.Unix(s, 0).UTC().AppendFormat(c.text[:0], "2006-01-02T15:04:05."))
	}
	dst = append(dst, c.text[:c.n]...)
	return append(appendMicros(dst, uint64(ns)/1e3), "+0000"...)
}

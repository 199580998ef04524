package certs

import (
	"strconv"
	"time"
)

// Identifier octets that are met. Only single-byte tags occur in what is read here.
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBits        = 0x03
	tagOctets      = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagEnumerated  = 0x0a
	tagUTF8        = 0x0c
	tagUTCTime     = 0x17
	tagGeneralized = 0x18
	tagSequence    = 0x30
	tagSet         = 0x31
	tagContext0    = 0x80
	constructed    = 0x20
)

// node is one encoded value.
type node struct {
	raw, body []byte
	header    int
	tag       byte
}

// element cuts the first value off b. ok is false where there is none or where it is longer than b: then the node
// holds what there is of it, for those who take what they get.
func element(b []byte) (n node, rest []byte, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return n, nil, false
	}
	length, header := int(b[1]), 2
	if length&0x80 != 0 {
		digits := length & 0x7f
		if digits == 0 || digits > 4 || len(b) < 2+digits {
			return n, nil, false
		}
		var v uint64
		for _, d := range b[2 : 2+digits] {
			v = v<<8 | uint64(d)
		}
		header += digits
		length = int(min(v, 1<<31-1))
	}
	n.tag, n.header = b[0], header
	if length > len(b)-header {
		n.raw, n.body = b, b[header:]
		return n, nil, false
	}
	end := header + length
	n.raw, n.body = b[:end:end], b[header:end:end]
	return n, b[end:], true
}

// walker goes through the fields of a sequence. A field that is not what it should be breaks it for good.
type walker struct {
	rest   []byte
	broken bool
}

func (w *walker) next(tag byte) node {
	n, rest, ok := element(w.rest)
	if w.broken || !ok || n.tag != tag {
		w.broken, w.rest = true, nil
		return node{}
	}
	w.rest = rest
	return n
}

func (w *walker) optional(tag byte) (node, bool) {
	n, rest, ok := element(w.rest)
	if w.broken || !ok || n.tag != tag {
		return node{}, false
	}
	w.rest = rest
	return n, true
}

// OID is the encoded content of an object identifier.
type OID []byte

// AppendDotted appends the identifier's numbers with dots between them to dst and returns it.
func (o OID) AppendDotted(dst []byte) []byte {
	var v uint64
	first := true
	for _, b := range o {
		if v > 1<<56 {
			return append(dst, '?')
		}
		v = v<<7 | uint64(b&0x7f)
		if b&0x80 != 0 {
			continue
		}
		if first {
			top := min(v/40, 2)
			dst = strconv.AppendUint(dst, top, 10)
			v -= 40 * top
			first = false
		}
		dst = append(dst, '.')
		dst = strconv.AppendUint(dst, v, 10)
		v = 0
	}
	return dst
}

// String returns the dotted form.
func (o OID) String() string { return string(o.AppendDotted(nil)) }

// readTime reads a UTCTime or GeneralizedTime, with or without seconds, fraction and zone (RFC 5280 section 4.1.2.5
// allows only one form, certificates hold them all).
func readTime(n node) (time.Time, bool) {
	s := n.body
	year := 0
	switch n.tag {
	case tagUTCTime:
		y, ok := digits(s, 2)
		if !ok {
			return time.Time{}, false
		}
		year, s = y+1900, s[2:]
		if y < 50 {
			year += 100
		}
	case tagGeneralized:
		y, ok := digits(s, 4)
		if !ok {
			return time.Time{}, false
		}
		year, s = y, s[4:]
	default:
		return time.Time{}, false
	}
	var v [5]int // month, day, hour, minute, second
	for i := range v {
		d, ok := digits(s, 2)
		if !ok {
			if i < 4 {
				return time.Time{}, false
			}
			break
		}
		v[i], s = d, s[2:]
	}
	if v[0] < 1 || v[0] > 12 || v[1] < 1 || v[1] > 31 || v[2] > 23 || v[3] > 59 || v[4] > 60 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(v[0]), v[1], v[2], v[3], v[4], 0, time.UTC)
	return t.Add(-zone(s)), true
}

// zone reads what follows the seconds: a fraction, which is passed over, and Z or an offset.
func zone(s []byte) time.Duration {
	for len(s) > 0 && (s[0] == '.' || s[0] == ',' || s[0] >= '0' && s[0] <= '9') {
		s = s[1:]
	}
	if len(s) < 5 || s[0] != '+' && s[0] != '-' {
		return 0
	}
	h, ok1 := digits(s[1:], 2)
	m, ok2 := digits(s[3:], 2)
	if !ok1 || !ok2 {
		return 0
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[0] == '-' {
		return -d
	}
	return d
}

func digits(s []byte, n int) (int, bool) {
	if len(s) < n {
		return 0, false
	}
	v := 0
	for _, c := range s[:n] {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + int(c-'0')
	}
	return v, true
}

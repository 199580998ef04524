package http

import (
	"bytes"

	"github.com/wirelore/wirelore/internal/mime"
)

// contentRange is a Content-Range; -1 stands for what was not given.
type contentRange struct{ start, end, size int64 }

// parseContentRange reads "bytes 0-99/200", "bytes */200" or "bytes 0-99/*" (RFC 9110, section 14.4).
func parseContentRange(v []byte) (contentRange, bool) {
	r := contentRange{-1, -1, -1}
	v = trim(v)
	for len(v) > 0 && !isLWS(v[0]) {
		v = v[1:]
	}
	v = trim(v)
	slash := bytes.IndexByte(v, '/')
	if slash < 0 {
		return r, false
	}
	span, size := v[:slash], v[slash+1:]
	if len(span) == 1 && span[0] == '*' {
		n, ok := number(size)
		r.size = n
		return r, ok
	}
	dash := bytes.IndexByte(span, '-')
	if dash < 0 {
		return r, false
	}
	var ok1, ok2 bool
	r.start, ok1 = number(span[:dash])
	r.end, ok2 = number(span[dash+1:])
	if !ok1 || !ok2 {
		return contentRange{-1, -1, -1}, false
	}
	if len(size) == 1 && size[0] == '*' {
		return r, true
	}
	n, ok := number(size)
	if !ok {
		return contentRange{-1, -1, -1}, false
	}
	r.size = n
	return r, true
}

func number(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 18 {
		return -1, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// rangeKey names the resource that a range is part of: the client, the host and the target.
func (tx *Tx) rangeKey() []byte {
	k := tx.Append(nil, tx.hostHeader())
	k = tx.Append(k, []byte{0})
	return tx.Append(k, tx.Target)
}

func (tx *Tx) hostHeader() []byte {
	if f := tx.Req.last(fHost); f != nil {
		return f.Value
	}
	return nil
}

// dispositionName returns the file name of a Content-Disposition (RFC 6266), nil when there is none. The plain form is
// preferred to the extended one, as both references do.
func dispositionName(v []byte) []byte {
	if v == nil {
		return nil
	}
	name, ok := param(v, "filename")
	if !ok {
		if name, ok = param(v, "filename*"); !ok {
			return nil
		}
		if i := bytes.Index(name, []byte("''")); i >= 0 {
			name = name[i+2:]
		}
	}
	return name
}

// param finds a parameter behind the first semicolon and strips its quotes.
func param(v []byte, name string) ([]byte, bool) {
	for {
		i := indexFold(v, name, false)
		if i < 0 {
			return nil, false
		}
		before := i
		for before > 0 && isSpace(v[before-1]) {
			before--
		}
		rest := v[i+len(name):]
		for len(rest) > 0 && isSpace(rest[0]) {
			rest = rest[1:]
		}
		if before > 0 && v[before-1] != ';' && before == i || len(rest) == 0 || rest[0] != '=' {
			v = v[i+len(name):]
			continue
		}
		return paramValue(trim(rest[1:])), true
	}
}

func paramValue(v []byte) []byte {
	if len(v) > 0 && v[0] == '"' {
		v = v[1:]
		for i := 0; i < len(v); i++ {
			if v[i] == '\\' && i+1 < len(v) {
				i++
				continue
			}
			if v[i] == '"' {
				return v[:i]
			}
		}
		return v
	}
	if i := bytes.IndexByte(v, ';'); i >= 0 {
		v = v[:i]
	}
	return trimEnd(v)
}

var _ mime.Handler = (*sink)(nil)

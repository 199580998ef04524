package mime

import (
	"bytes"
	"strconv"
)

// longestParam bounds a parameter joined from continuations, and segments how many of them are followed.
const (
	longestParam = 8 << 10
	segments     = 256
)

// token returns the first token of a structured header value: everything before a semicolon, comment or white space.
func token(value []byte) []byte {
	value = bytes.TrimLeft(value, " \t")
	if i := bytes.IndexAny(value, "; \t\r\n("); i >= 0 {
		value = value[:i]
	}
	return bytes.Trim(value, `"`)
}

// AppendParam appends the value of a parameter of a structured header (Content-Type, Content-Disposition) to dst and
// tells whether it was there. The name is given in lower case. Continuations and extended values of RFC 2231 are
// joined and decoded to UTF-8. The syntax is taken leniently: white space around the equals sign, missing quotes and
// missing semicolons at the end. The value is borrowed; the result is dst, grown.
func AppendParam(dst, value []byte, name string) ([]byte, bool) {
	var plainValue, extended []byte
	var plainOK, extendedOK, parts bool
	for rest := params(value); len(rest) > 0; {
		var attr, val []byte
		attr, val, rest = nextParam(rest)
		if len(attr) < len(name) || !equalFold(attr[:len(name)], name) {
			continue
		}
		switch suffix := attr[len(name):]; {
		case len(suffix) == 0 && !plainOK:
			plainValue, plainOK = val, true
		case len(suffix) == 1 && suffix[0] == '*' && !extendedOK:
			extended, extendedOK = val, true
		case len(suffix) > 1 && suffix[0] == '*':
			parts = true
		}
	}
	switch {
	case extendedOK:
		return appendExtended(dst, extended), true
	case parts:
		if out, ok := appendSegments(dst, value, name); ok {
			return out, true
		}
	}
	if plainOK {
		return appendUnquoted(dst, plainValue), true
	}
	return dst, false
}

// params returns what follows the first semicolon, or the whole value if it begins with a parameter.
func params(value []byte) []byte {
	i := bytes.IndexByte(value, ';')
	if i < 0 {
		return nil
	}
	return value[i+1:]
}

// nextParam splits the next attribute and value off b. The value keeps its quotes.
func nextParam(b []byte) (attr, val, rest []byte) {
	b = skipBlank(b)
	i := bytes.IndexAny(b, "=;")
	if i < 0 {
		return nil, nil, nil
	}
	if b[i] == ';' {
		return nil, nil, b[i+1:]
	}
	attr = bytes.TrimRight(b[:i], " \t\r\n")
	b = bytes.TrimLeft(b[i+1:], " \t\r\n")
	if len(b) > 0 && b[0] == '"' {
		end := 1
		for end < len(b) && b[end] != '"' {
			if b[end] == '\\' && end+1 < len(b) {
				end++
			}
			end++
		}
		if end < len(b) {
			end++
		}
		val, b = b[:end], b[end:]
		// Anything between the closing quote and the semicolon is noise, unless a parameter begins there.
		switch i = bytes.IndexAny(b, ";="); {
		case i < 0:
			return attr, val, nil
		case b[i] == '=':
			return attr, val, b
		default:
			return attr, val, b[i+1:]
		}
	}
	i = bytes.IndexByte(b, ';')
	if i < 0 {
		return attr, bytes.TrimRight(b, " \t\r\n"), nil
	}
	return attr, bytes.TrimRight(b[:i], " \t\r\n"), b[i+1:]
}

// skipBlank skips white space and comments in parentheses.
func skipBlank(b []byte) []byte {
	for {
		b = bytes.TrimLeft(b, " \t\r\n;")
		if len(b) == 0 || b[0] != '(' {
			return b
		}
		depth, i := 0, 0
		for ; i < len(b); i++ {
			switch b[i] {
			case '\\':
				i++
			case '(':
				depth++
			case ')':
				depth--
			}
			if depth == 0 {
				break
			}
		}
		b = b[min(i+1, len(b)):]
	}
}

// appendUnquoted appends a parameter's value without quotes and backslashes. A backslash stays where it does not
// escape a quote or itself: file names of old Windows clients come unescaped.
func appendUnquoted(dst, val []byte) []byte {
	if len(val) == 0 || val[0] != '"' {
		return append(dst, val...)
	}
	val = val[1:]
	if n := len(val); n > 0 && val[n-1] == '"' {
		val = val[:n-1]
	}
	for i := 0; i < len(val); i++ {
		if val[i] == '\\' && i+1 < len(val) && (val[i+1] == '"' || val[i+1] == '\\') {
			i++
		}
		dst = append(dst, val[i])
	}
	return dst
}

// appendExtended appends charset'language'percent-encoded (RFC 2231, section 4).
func appendExtended(dst, val []byte) []byte {
	val = bytes.Trim(val, `"`)
	charset, text := splitExtended(val)
	start := len(dst)
	dst = appendPercent(dst, text)
	return toUTF8(dst, start, charset)
}

// splitExtended cuts charset and language off an extended value.
func splitExtended(val []byte) (charset, text []byte) {
	i := bytes.IndexByte(val, '\'')
	if i < 0 {
		return nil, val
	}
	j := bytes.IndexByte(val[i+1:], '\'')
	if j < 0 {
		return nil, val
	}
	return val[:i], val[i+1+j+1:]
}

// appendPercent appends val with percent escapes decoded.
func appendPercent(dst, val []byte) []byte {
	for i := 0; i < len(val); i++ {
		if val[i] == '%' && i+2 < len(val) && unhex(val[i+1]) < 16 && unhex(val[i+2]) < 16 {
			dst = append(dst, unhex(val[i+1])<<4|unhex(val[i+2]))
			i += 2
			continue
		}
		dst = append(dst, val[i])
	}
	return dst
}

// appendSegments joins name*0, name*1* and so on (RFC 2231, section 3).
func appendSegments(dst, value []byte, name string) ([]byte, bool) {
	var found [segments]struct {
		val          []byte
		extended, ok bool
	}
	for rest := params(value); len(rest) > 0; {
		var attr, v []byte
		attr, v, rest = nextParam(rest)
		if len(attr) < len(name)+2 || !equalFold(attr[:len(name)], name) || attr[len(name)] != '*' {
			continue
		}
		number, extended := bytes.CutSuffix(attr[len(name)+1:], []byte("*"))
		if k, err := strconv.Atoi(string(number)); err == nil && k >= 0 && k < segments && !found[k].ok {
			found[k].val, found[k].extended, found[k].ok = v, extended, true
		}
	}
	start := len(dst)
	var charset []byte
	for k := range found {
		f := &found[k]
		if !f.ok || len(dst)-start > longestParam {
			break
		}
		if f.extended {
			val := bytes.Trim(f.val, `"`)
			if k == 0 {
				charset, val = splitExtended(val)
			}
			dst = appendPercent(dst, val)
		} else {
			dst = appendUnquoted(dst, f.val)
		}
	}
	return toUTF8(dst[:min(len(dst), start+longestParam)], start, charset), found[0].ok
}

// equalFold compares b with s, which is lower case ASCII, without regard to ASCII case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// appendLower appends b in lower case (ASCII).
func appendLower(dst, b []byte) []byte {
	for _, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

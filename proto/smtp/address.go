package smtp

import (
	"bytes"
	"net/netip"
)

// blankOr tells white space and the bytes of set.
func blankOr(c byte, set string) bool {
	if c == ' ' || c == '\t' {
		return true
	}
	for i := range len(set) {
		if c == set[i] {
			return true
		}
	}
	return false
}

// eachAddress calls fn for each mail address in b: text around an at sign, between angle brackets, commas, colons,
// semicolons, white space or the ends.
func eachAddress(b []byte, fn func(a []byte)) {
	for {
		at := bytes.IndexByte(b, '@')
		if at < 0 {
			return
		}
		start, end := at, at+1
		for start > 0 && !blankOr(b[start-1], "<,:") {
			start--
		}
		for end < len(b) && !blankOr(b[end], ">,;") {
			end++
		}
		if start < at && end > at+1 {
			fn(b[start:end])
		}
		b = b[end:]
	}
}

// firstAddress returns the first address in b, nil if there is none.
func firstAddress(b []byte) (first []byte) {
	eachAddress(b, func(a []byte) {
		if first == nil {
			first = a
		}
	})
	return first
}

// cutORCPT drops the prefix of an ORCPT parameter (RFC 3461).
func cutORCPT(a []byte) []byte {
	const prefix = "ORCPT=RFC822;"
	if hasFold(a, prefix) {
		return a[len(prefix):]
	}
	return a
}

// eachMailbox calls fn for each element of a list of mailboxes (To, Cc): split at commas outside of quotes, trimmed.
func eachMailbox(b []byte, fn func(a []byte)) {
	for len(b) > 0 {
		quoted, i := false, 0
		for ; i < len(b); i++ {
			if b[i] == '"' {
				quoted = !quoted
			}
			if b[i] == ',' && !quoted {
				break
			}
		}
		if quoted { // a quote that is never closed quotes nothing
			if i = bytes.IndexByte(b, ','); i < 0 {
				i = len(b)
			}
		}
		if a := bytes.TrimSpace(b[:i]); len(a) > 0 {
			fn(a)
		}
		b = b[min(i+1, len(b)):]
	}
}

// eachIP calls fn for each IP address in b until it returns false. If wrapped is set, only those in brackets,
// parentheses or quotes count.
func eachIP(b []byte, wrapped bool, fn func(a netip.Addr) bool) {
	for i := 0; i < len(b); {
		if !addressByte(b[i]) {
			i++
			continue
		}
		j := i
		for j < len(b) && addressByte(b[j]) {
			j++
		}
		if j-i <= 45 && (!wrapped || i > 0 && j < len(b) && pair(b[i-1], b[j])) {
			if a, err := netip.ParseAddr(string(b[i:j])); err == nil && !fn(a) {
				return
			}
		}
		i = j
	}
}

// addressByte tells what IP addresses consist of.
func addressByte(c byte) bool {
	return '0' <= c && c <= '9' || c == '.' || c == ':' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// pair tells whether two bytes enclose something.
func pair(l, r byte) bool {
	return l == '[' && r == ']' || l == '(' && r == ')' || l == '"' && r == '"' || l == '<' && r == '>'
}

package http

import "bytes"

// fieldID names the fields that the parser or the logs look at.
type fieldID uint8

const (
	fOther fieldID = iota
	fHost
	fUserAgent
	fReferer
	fOrigin
	fCookie
	fSetCookie
	fContentLength
	fContentType
	fContentEncoding
	fContentRange
	fContentDisposition
	fTransferEncoding
	fConnection
	fUpgrade
	fExpect
	fAuthorization
	fProxyAuthorization
	fLocation
	fServer
	fAccept
	fAcceptEnc
	fAcceptLang
	fXFF
	fForwarded
	fXForwardedFrom
	fClientIP
	fVia
	fXroxy
	fProxyConnection
)

var fieldNames = [...]string{
	fHost: "host", fUserAgent: "user-agent", fReferer: "referer", fOrigin: "origin", fCookie: "cookie",
	fSetCookie: "set-cookie", fContentLength: "content-length", fContentType: "content-type",
	fContentEncoding: "content-encoding", fContentRange: "content-range", fContentDisposition: "content-disposition",
	fTransferEncoding: "transfer-encoding", fConnection: "connection", fUpgrade: "upgrade", fExpect: "expect",
	fAuthorization: "authorization", fProxyAuthorization: "proxy-authorization", fLocation: "location",
	fServer: "server", fAccept: "accept", fAcceptEnc: "accept-encoding", fAcceptLang: "accept-language",
	fXFF: "x-forwarded-for", fForwarded: "forwarded", fXForwardedFrom: "x-forwarded-from", fClientIP: "client-ip",
	fVia: "via", fXroxy: "xroxy-connection", fProxyConnection: "proxy-connection",
}

// byLength lists the field IDs by the length of their names: most names are told apart by it.
var byLength = func() (t [24][]fieldID) {
	for id, name := range fieldNames {
		if name != "" {
			t[len(name)] = append(t[len(name)], fieldID(id))
		}
	}
	return t
}()

// identify finds the ID of a field name. NUL bytes in it do not count: some servers drop them.
func identify(name []byte) fieldID {
	if bytes.IndexByte(name, 0) >= 0 {
		name = bytes.ReplaceAll(name, []byte{0}, nil)
	}
	if len(name) >= len(byLength) {
		return fOther
	}
	for _, id := range byLength[len(name)] {
		if equalFold(name, fieldNames[id]) {
			return id
		}
	}
	return fOther
}

// lower maps ASCII letters to lower case.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// equalFold compares b with s, which is in lower case, ignoring the case of ASCII letters.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if lower(c) != s[i] {
			return false
		}
	}
	return true
}

// hashFold is FNV-1a of a name in lower case.
func hashFold(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(lower(c))) * 16777619
	}
	return h
}

// sameFold compares two names ignoring the case of ASCII letters.
func sameFold(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if lower(c) != lower(b[i]) {
			return false
		}
	}
	return true
}

// indexFold finds s, which is in lower case, in b ignoring case, and NUL bytes in b if noNUL.
func indexFold(b []byte, s string, noNUL bool) int {
	for i := range b {
		if lower(b[i]) != s[0] {
			continue
		}
		j, k := i, 0
		for j < len(b) && k < len(s) {
			if noNUL && b[j] == 0 {
				j++
				continue
			}
			if lower(b[j]) != s[k] {
				break
			}
			j++
			k++
		}
		if k == len(s) {
			return i
		}
	}
	return -1
}

// isLWS is what libhtp takes as white space within lines.
func isLWS(c byte) bool { return c == ' ' || c == '\t' }

// isSpace is C's isspace in the POSIX locale.
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// trim removes white space at both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return trimEnd(b)
}

// trimLWS removes spaces and tabs at both ends.
func trimLWS(b []byte) []byte {
	for len(b) > 0 && isLWS(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isLWS(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func trimEnd(b []byte) []byte {
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// chomp removes the line end.
func chomp(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	for len(b) > 0 && b[len(b)-1] == '\r' {
		b = b[:len(b)-1]
	}
	return b
}

// isToken tells whether c may stand in a token (RFC 9110, section 5.6.2).
func isToken(c byte) bool { return tokens[c] }

var tokens = func() (t [256]bool) {
	for c := byte(0x21); c < 0x7f; c++ {
		switch c {
		case '(', ')', '<', '>', '@', ',', ';', ':', '\\', '"', '/', '[', ']', '?', '=', '{', '}':
		default:
			t[c] = true
		}
	}
	return t
}()

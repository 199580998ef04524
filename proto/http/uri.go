package http

import (
	"bytes"
)

// target is a request target taken apart (RFC 3986, section 3, as leniently as libhtp reads it).
type target struct {
	scheme, user, host, port, path, query, fragment []byte
	hasAuthority, hasQuery, hasFragment             bool
}

// parseTarget takes a target apart. CONNECT's is an authority.
func parseTarget(b []byte, connect bool) (t target) {
	if connect {
		t.authority(b)
		return t
	}
	if len(b) > 0 && b[0] != '/' {
		if i := bytes.IndexByte(b, ':'); i > 0 && !bytes.ContainsAny(b[:i], "/?#") {
			t.scheme, b = b[:i], b[i+1:]
			if bytes.HasPrefix(b, []byte("//")) && !bytes.HasPrefix(b, []byte("///")) {
				b = b[2:]
				end := bytes.IndexAny(b, "/?#")
				if end < 0 {
					end = len(b)
				}
				t.authority(b[:end])
				b = b[end:]
			}
		}
	}
	if i := bytes.IndexByte(b, '#'); i >= 0 {
		t.fragment, t.hasFragment = b[i+1:], true
		b = b[:i]
	}
	if i := bytes.IndexByte(b, '?'); i >= 0 {
		t.query, t.hasQuery = b[i+1:], true
		b = b[:i]
	}
	t.path = b
	return t
}

func (t *target) authority(b []byte) {
	t.hasAuthority = true
	if i := bytes.LastIndexByte(b, '@'); i >= 0 {
		t.user, b = b[:i], b[i+1:]
	}
	t.host, t.port, _ = splitHostPort(b)
}

// splitHostPort divides "host:port"; brackets stay around IPv6 addresses. ok is false when what stands behind the host is
// no port.
func splitHostPort(b []byte) (host, port []byte, ok bool) {
	b = trim(b)
	if len(b) > 0 && b[0] == '[' {
		i := bytes.IndexByte(b, ']')
		if i < 0 {
			return b, nil, false
		}
		host = b[:i+1]
		rest := b[i+1:]
		if len(rest) == 0 {
			return host, nil, true
		}
		if rest[0] != ':' {
			return host, nil, false
		}
		return host, rest[1:], true
	}
	i := bytes.IndexByte(b, ':')
	if i < 0 {
		return trimDots(b), nil, true
	}
	return trimDots(trimEnd(b[:i])), b[i+1:], true
}

func trimDots(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}

// parsePort reads a port, -1 when it is none.
func parsePort(b []byte) int {
	b = trim(b)
	if len(b) == 0 || len(b) > 5 {
		return -1
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if n < 1 || n > 65535 {
		return -1
	}
	return n
}

// validHost tells whether a host name has only what RFC 1123 and practice allow.
func validHost(h []byte) bool {
	if len(h) == 0 || len(h) > 255 {
		return false
	}
	if h[0] == '[' {
		return h[len(h)-1] == ']'
	}
	label := 0
	for i, c := range h {
		switch {
		case c == '.':
			if label == 0 || label > 63 {
				return false
			}
			label = 0
		case c == '-' || c == '_' || c >= '0' && c <= '9' || lower(c) >= 'a' && lower(c) <= 'z':
			label++
		default:
			_ = i
			return false
		}
	}
	return label <= 63
}

// notSeen is the target that libhtp gives to a request that was not seen.
var notSeen = []byte("/libhtp::request_uri_not_seen")

// url is the target as EVE shows it.
func (tx *Tx) url() []byte {
	if tx.unmatched {
		return notSeen
	}
	return tx.Target
}

// pathName is the decoded path, which names a body that has no name of its own.
func (tx *Tx) pathName() []byte {
	u := tx.url()
	if len(u) == 0 {
		return nil
	}
	t := parseTarget(u, tx.connect)
	if len(t.path) == 0 {
		return nil
	}
	return normalizePath(tx.Keep(t.path))
}

// normalURI is the target as rules see it: a decoded, simplified path with a decoded query, without scheme and authority;
// nil for CONNECT, whose target is nothing else.
func (tx *Tx) normalURI() []byte {
	if tx.uri != nil {
		return tx.uri
	}
	if len(tx.Target) == 0 || tx.connect {
		return nil
	}
	t := parseTarget(tx.Target, false)
	// In one piece: it is no longer than the target.
	out := append(tx.Keep(tx.Target)[:0], t.path...)
	out = normalizePath(out)
	if t.hasQuery {
		out = append(out, '?')
		n := len(out)
		out = append(out[:n], unescape(append(out, t.query...)[n:], false)...)
	}
	if t.hasFragment {
		out = append(out, '#')
		n := len(out)
		out = append(out[:n], unescape(append(out, t.fragment...)[n:], true)...)
	}
	if len(out) == 0 {
		return nil
	}
	tx.uri = out
	return out
}

// normalizePath decodes and simplifies a path in place as servers do: percent escapes and %u escapes are decoded,
// backslashes become slashes, runs of slashes one, dot segments go (RFC 3986, section 5.2.4).
func normalizePath(p []byte) []byte {
	return dotSegments(bestFit(decodePath(p)))
}

func decodePath(p []byte) []byte {
	out := p[:0]
	for i := 0; i < len(p); {
		c := p[i]
		n := 1
		if c == '%' {
			if v, k := escape(p[i:]); k > 0 {
				c, n = v, k
			}
		}
		i += n
		if c == '\\' {
			c = '/'
		}
		if c == '/' && len(out) > 0 && out[len(out)-1] == '/' {
			continue
		}
		out = append(out, c)
	}
	return out
}

// escape decodes %XX or %uXXXX; k is 0 when it is neither.
func escape(b []byte) (v byte, k int) {
	if len(b) >= 6 && (b[1] == 'u' || b[1] == 'U') {
		n := 0
		for _, c := range b[2:6] {
			h := unhex(c)
			if h < 0 {
				return 0, 0
			}
			n = n<<4 | h
		}
		return fit(rune(n)), 6
	}
	if len(b) >= 3 {
		h, l := unhex(b[1]), unhex(b[2])
		if h >= 0 && l >= 0 {
			return byte(h<<4 | l), 3
		}
	}
	return 0, 0
}

// dotSegments removes "." and ".." in place. As in libhtp a slash behind one that ends the path goes too.
func dotSegments(p []byte) []byte {
	if !bytes.Contains(p, []byte{'.'}) {
		return p
	}
	rest := p
	for bytes.HasPrefix(rest, []byte("./")) || bytes.HasPrefix(rest, []byte("../")) {
		rest = rest[bytes.IndexByte(rest, '/')+1:]
	}
	if string(rest) == "." || string(rest) == ".." {
		return p[:0]
	}
	out := p[:0]
	for len(rest) > 0 {
		end := len(rest)
		if k := bytes.IndexByte(rest[1:], '/'); k >= 0 {
			end = k + 1
		}
		seg := rest[:end]
		rest = rest[end:]
		switch string(seg) {
		case "/..":
			out = out[:max(bytes.LastIndexByte(out, '/'), 0)]
		case "/.":
		default:
			out = append(out, seg...)
			continue
		}
		if string(rest) == "/" {
			return out
		}
	}
	return out
}

// unescape decodes %XX in place, and %uXXXX when wide.
func unescape(p []byte, wide bool) []byte {
	out := p[:0]
	for i := 0; i < len(p); {
		if p[i] == '%' && (wide || i+1 < len(p) && p[i+1]|0x20 != 'u') {
			if v, k := escape(p[i:]); k > 0 {
				out = append(out, v)
				i += k
				continue
			}
		}
		out = append(out, p[i])
		i++
	}
	return out
}

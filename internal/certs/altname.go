package certs

// Kinds of alternative names: the tag numbers of RFC 5280 section 4.2.1.6.
const (
	NameOther     = 0
	NameEmail     = 1
	NameDNS       = 2
	NameDirectory = 4
	NameURI       = 6
	NameIP        = 7
	NameOID       = 8
)

// AltNames is a list of alternative names, read in place.
type AltNames []byte

// Next cuts the first name off and returns its kind and content, borrowed: text for email, DNS and URI, 4 or 16 bytes
// for an IP address. ok is false at the end.
func (l *AltNames) Next() (kind int, value []byte, ok bool) {
	n, rest, ok := element(*l)
	if !ok {
		*l = nil
		return 0, nil, false
	}
	*l = rest
	return int(n.tag & 0x1f), n.body, true
}

// Matches tells whether a certificate is made out for a host: by its alternative DNS names, or by its common names if
// there are none (RFC 6125, with the partial wildcards of RFC 2818).
func (c *Certificate) Matches(host []byte) bool {
	if len(host) == 0 {
		return false
	}
	found := false
	list := c.AltNames
	for kind, value, ok := list.Next(); ok; kind, value, ok = list.Next() {
		if kind != NameDNS {
			continue
		}
		found = true
		if matchHost(value, host) {
			return true
		}
	}
	if found {
		return false
	}
	var room [maxAttributes]attribute
	for _, a := range c.Subject.attributes(room[:0]) {
		if string(a.id) == "\x55\x04\x03" && matchHost(a.value.body, host) {
			return true
		}
	}
	return false
}

func matchHost(pattern, host []byte) bool {
	if equalFold(pattern, host) {
		return true
	}
	star := validStar(pattern)
	if star < 0 {
		return false
	}
	prefix, suffix := pattern[:star], pattern[star+1:]
	if len(host) < len(prefix)+len(suffix) ||
		!equalFold(prefix, host[:len(prefix)]) || !equalFold(suffix, host[len(host)-len(suffix):]) {
		return false
	}
	middle := host[len(prefix) : len(host)-len(suffix)]
	whole := len(prefix) == 0 && len(suffix) > 0 && suffix[0] == '.'
	if whole && len(middle) == 0 {
		return false
	}
	if !whole && hasFold(host, "xn--") {
		return false // a wildcard must not match part of an encoded label
	}
	for _, c := range middle {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// validStar returns where the wildcard of a pattern stands, -1 if it has none or one in the wrong place: only the
// first label may hold it, and two more must follow.
func validStar(pattern []byte) int {
	star, dots := -1, 0
	for i, c := range pattern {
		switch c {
		case '*':
			if star >= 0 || dots > 0 || i > 0 && pattern[i-1] == '-' {
				return -1
			}
			star = i
		case '.':
			dots++
		}
	}
	if star < 0 || dots < 2 || hasFold(pattern, "xn--") {
		return -1
	}
	return star
}

func equalFold(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if fold(a[i]) != fold(b[i]) {
			return false
		}
	}
	return true
}

func hasFold(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := range prefix {
		if fold(b[i]) != prefix[i] {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

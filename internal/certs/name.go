package certs

import "unicode/utf8"

// Name is the content of a distinguished name: a sequence of sets of attributes (RFC 5280 section 4.1.2.4).
type Name []byte

// attribute is one part of a name.
type attribute struct {
	id    OID
	value node
	// joined marks an attribute of the same set as the one before.
	joined bool
}

// maxAttributes bounds how many parts of a name are rendered; the longest honest names have some fifteen.
const maxAttributes = 64

// attributes reads the parts of a name in the order in which they stand.
func (n Name) attributes(into []attribute) []attribute {
	rest := []byte(n)
	for len(rest) > 0 && len(into) < maxAttributes {
		set, next, ok := element(rest)
		if !ok || set.tag != tagSet {
			break
		}
		rest = next
		members := set.body
		for first := true; len(members) > 0 && len(into) < maxAttributes; first = false {
			seq, next, ok := element(members)
			if !ok || seq.tag != tagSequence {
				break
			}
			members = next
			id, after, ok := element(seq.body)
			if !ok || id.tag != tagOID {
				continue
			}
			value, _, ok := element(after)
			if !ok {
				continue
			}
			into = append(into, attribute{OID(id.body), value, !first})
		}
	}
	return into
}

// AppendRFC2253 appends the name in the form of x509 logs to dst and returns it: the last part first, separated by
// commas, parts of one set by plus signs, escaped as RFC 2253 has it, bytes beyond ASCII as \XX of their UTF-8.
func (n Name) AppendRFC2253(dst []byte) []byte {
	var room [maxAttributes]attribute
	list := n.attributes(room[:0])
	for i := len(list) - 1; i >= 0; i-- {
		a := list[i]
		known, ok := find(attributes[:], a.id)
		if ok {
			dst = append(dst, known.name...)
		} else {
			dst = a.id.AppendDotted(dst)
		}
		dst = append(dst, '=')
		if width := charWidth(a.value.tag); ok && width >= 0 {
			dst = appendEscaped(dst, a.value.body, width)
		} else {
			dst = appendHex(append(dst, '#'), a.value.raw, upper, 0)
		}
		if i == 0 {
			break
		}
		if a.joined {
			dst = append(dst, '+')
		} else {
			dst = append(dst, ',')
		}
	}
	return dst
}

// AppendEVE appends the name in the form of EVE to dst and returns it: the parts in their order, separated by a comma
// and a blank, parts of one set by a plus sign between blanks, nothing escaped.
func (n Name) AppendEVE(dst []byte) []byte {
	var room [maxAttributes]attribute
	for i, a := range n.attributes(room[:0]) {
		switch {
		case i == 0:
		case a.joined:
			dst = append(dst, " + "...)
		default:
			dst = append(dst, ", "...)
		}
		if known, ok := find(attributes[:], a.id); ok {
			dst = append(dst, eveName(known.name)...)
		} else {
			dst = a.id.AppendDotted(dst)
		}
		dst = append(dst, '=')
		if width := charWidth(a.value.tag); width >= 0 {
			dst = appendText(dst, a.value.body, width)
		} else {
			dst = appendHex(append(dst, '#'), a.value.body, lower, 0)
		}
	}
	return dst
}

// eveName returns what EVE calls an attribute where that is not the usual short name.
func eveName(short string) string {
	switch short {
	case "emailAddress":
		return "Email"
	case "street":
		return "streetAddress"
	case "jurisdictionC":
		return "msJurisdictionCountry"
	case "jurisdictionST":
		return "msJurisdictionStateOrProvince"
	case "jurisdictionL":
		return "msJurisdictionLocality"
	}
	return short
}

// CommonName returns the last common name in n, borrowed and undecoded, nil without one.
func (n Name) CommonName() []byte {
	var room [maxAttributes]attribute
	var cn []byte
	for _, a := range n.attributes(room[:0]) {
		if string(a.id) == "\x55\x04\x03" {
			cn = a.value.body
		}
	}
	return cn
}

// charWidth returns how many bytes a character of a string type has, 0 for UTF-8, -1 for types that are no text.
func charWidth(tag byte) int {
	switch tag {
	case tagUTF8:
		return 0
	case 18, 19, 20, 22, tagUTCTime, tagGeneralized, 26:
		return 1
	case 28:
		return 4
	case 30:
		return 2
	}
	return -1
}

// nextChar cuts one character off. In what is called UTF-8 and is not, bytes count as Latin-1.
func nextChar(b []byte, width int) (rune, []byte) {
	switch {
	case width == 0:
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			return rune(b[0]), b[1:]
		}
		return r, b[n:]
	case len(b) < width:
		return rune(b[0]), nil
	case width == 2:
		return rune(b[0])<<8 | rune(b[1]), b[2:]
	case width == 4:
		return rune(b[0])<<24 | rune(b[1])<<16 | rune(b[2])<<8 | rune(b[3]), b[4:]
	}
	return rune(b[0]), b[1:]
}

func appendText(dst, b []byte, width int) []byte {
	for len(b) > 0 {
		var r rune
		r, b = nextChar(b, width)
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// appendEscaped is appendText with the escapes of RFC 2253 section 2.4 and \XX for controls and bytes beyond ASCII.
func appendEscaped(dst, b []byte, width int) []byte {
	for first := true; len(b) > 0; first = false {
		var r rune
		r, b = nextChar(b, width)
		switch {
		case r < 0x20 || r == 0x7f:
			dst = append(dst, '\\', upper[r>>4&15], upper[r&15])
		case r > 0x7f || r < 0:
			var enc [utf8.UTFMax]byte
			for _, c := range enc[:utf8.EncodeRune(enc[:], r)] {
				dst = append(dst, '\\', upper[c>>4], upper[c&15])
			}
		case r == ',' || r == '+' || r == '"' || r == '\\' || r == '<' || r == '>' || r == ';',
			first && (r == ' ' || r == '#'), len(b) == 0 && r == ' ':
			dst = append(dst, '\\', byte(r))
		default:
			dst = append(dst, byte(r))
		}
	}
	return dst
}

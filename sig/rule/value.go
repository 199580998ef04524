package rule

import "strings"

// Content decodes the value of content and its kin: an optional "!", quotes, escapes and |hex| parts. The pattern is
// owned and not empty.
// The error is a *[Problem] whose Column counts from 1 within value.
func Content(value string) (pattern []byte, negated bool, err error) {
	text, at, negated, err := unquote(value)
	if err != nil {
		return nil, false, err
	}
	if value[at] != '"' && (at == 0 || value[at-1] != '"') {
		return nil, false, &Problem{Pos: Pos{Column: at + 1}, Msg: "value is not quoted"}
	}
	b := []byte(text)
	n, bad, msg := decode(b)
	if msg != "" {
		return nil, false, &Problem{Pos: Pos{Column: at + bad + 1}, Msg: msg}
	}
	return b[:n], negated, nil
}

// decode decodes escapes and hex in place. It returns the new length, or the offset of what is wrong, and what is.
//
// Two oddities are Suricata's: "|" is never escaped, and unless something was decoded the length stays, so that the
// pattern of "||" is these two bytes.
func decode(b []byte) (n, at int, wrong string) {
	var hex, escaped, decoded bool
	var open, digits int
	var value byte
	for i, c := range b {
		d, isHex := hexDigit(c)
		switch {
		case c == '|':
			if digits > 0 {
				return 0, i, "hex byte of one digit"
			}
			hex, open = !hex, i
		case !escaped && c == '\\':
			escaped = true
		case hex && isHex:
			value = value<<4 | d
			if digits++; digits == 2 {
				b[n], digits, decoded = value, 0, true
				n++
			}
		case hex && (c == ' ' || c == ','):
		case hex:
			return 0, i, "no hex digit: " + quoted(string(c))
		case escaped && c != ':' && c != ';' && c != '\\' && c != '"':
			return 0, i, `no escape, "\" itself is "\\": ` + quoted(`\`+string(c))
		case !escaped && c == '"':
			return 0, i, "quote without a backslash before it"
		default:
			decoded = decoded || escaped
			escaped = false
			b[n] = c
			n++
		}
	}
	if hex {
		return 0, open, `no "|" after the hex part`
	}
	if !decoded {
		n = len(b)
	}
	return n, 0, ""
}

// hexDigit returns the value of a hex digit.
func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// Unquote takes a "!", the quotes, and the blanks around both from a value. Escapes stay, as most keywords want them. A
// value without quotes is one too; an empty one is an error. Text is shared with value.
// The error is a *[Problem] whose Column counts from 1 within value.
func Unquote(value string) (text string, negated bool, err error) {
	text, _, negated, err = unquote(value)
	return text, negated, err
}

// unquote is Unquote, and tells where in value the text starts.
func unquote(value string) (text string, at int, negated bool, err error) {
	text = strings.TrimLeft(value, blanks)
	if rest, ok := strings.CutPrefix(text, "!"); ok {
		text, negated = strings.TrimLeft(rest, blanks), true
	}
	at = len(value) - len(text)
	text = strings.TrimRight(text, blanks)
	if text != "" && text[0] == '"' {
		if text[len(text)-1] != '"' {
			return "", 0, false, &Problem{Pos: Pos{Column: at + 1}, Msg: "value starts with a quote and does not end with one"}
		}
		if len(text) > 1 { // one quote alone stands for itself
			text = text[1 : len(text)-1]
			at++
		}
	}
	if text == "" {
		return "", 0, false, &Problem{Pos: Pos{Column: at + 1}, Msg: "empty value"}
	}
	return text, at, negated, nil
}

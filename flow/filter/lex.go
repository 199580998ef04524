package filter

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// kind is the kind of a token.
type kind uint8

const (
	tokEnd     kind = iota
	tokSign         // an operator or bracket, in text
	tokKeyword      // a reserved word, in text
	tokNumber       // num
	tokName         // a name that is not reserved, or an escaped one
	tokIPv4         // a dotted number of 2 to 4 parts, in text
	tokIPv6         // addr
	tokMAC          // mac
	tokArcnet       // num
)

type token struct {
	kind kind
	text string
	pos  int
	num  uint32
	addr netip.Addr
	mac  [6]byte
}

func (t *token) is(text string) bool {
	return (t.kind == tokKeyword || t.kind == tokSign) && t.text == text
}

// signs in order of length, since the longest wins.
var signs = []string{"<=", ">=", "!=", "==", "<<", ">>", "&&", "||",
	"(", ")", "[", "]", ":", "+", "-", "*", "/", "%", "^", "&", "|", "=", "<", ">", "!"}

// lex splits an expression into tokens, the last of which is tokEnd.
func lex(expr string) ([]token, error) {
	var out []token
	for pos := 0; ; {
		for pos < len(expr) && strings.IndexByte(" \t\r\n", expr[pos]) >= 0 {
			pos++
		}
		if pos == len(expr) {
			return append(out, token{kind: tokEnd, pos: pos, text: "end of expression"}), nil
		}
		t, n, err := scan(expr[pos:])
		if err != "" {
			return nil, &SyntaxError{Expr: expr, Column: pos + 1, Reason: err}
		}
		t.pos = pos
		out = append(out, t)
		pos += n
	}
}

// scan reads one token and returns its length.
func scan(s string) (token, int, string) {
	if t, n := scanAddress(s); n > 0 {
		return t, n, ""
	}
	if n := wordLength(s); n > 0 {
		t, err := classify(s[:n])
		return t, n, err
	}
	if s[0] == '\\' {
		n := 1
		for n < len(s) && strings.IndexByte(" !()\n\t", s[n]) < 0 {
			n++
		}
		if n > 1 {
			return token{kind: tokName, text: s[1:n]}, n, ""
		}
	}
	if s[0] == '$' {
		n := 1
		for n < len(s) && n < 3 && isHex(s[n]) {
			n++
		}
		if n > 1 {
			v, _ := strconv.ParseUint(s[1:n], 16, 8)
			return token{kind: tokArcnet, text: s[:n], num: uint32(v)}, n, ""
		}
	}
	for _, sign := range signs {
		if strings.HasPrefix(s, sign) {
			return token{kind: tokSign, text: plainSign(sign)}, len(sign), ""
		}
	}
	return token{}, 0, fmt.Sprintf("unexpected character %q", s[0])
}

// plainSign gives the operators that have two spellings one.
func plainSign(sign string) string {
	switch sign {
	case "&&":
		return "and"
	case "||":
		return "or"
	case "!":
		return "not"
	case "==":
		return "="
	}
	return sign
}

// scanAddress reads an IPv6 address or a MAC address written with colons.
func scanAddress(s string) (token, int) {
	n, colons := 0, 0
	for n < len(s) && (isHex(s[n]) || s[n] == ':' || s[n] == '.') {
		if s[n] == ':' {
			colons++
		}
		n++
	}
	if colons < 2 || n < len(s) && isWord(s[n]) {
		return token{}, 0
	}
	if mac, ok := parseMAC(s[:n], ':'); ok {
		return token{kind: tokMAC, text: s[:n], mac: mac}, n
	}
	if addr, err := netip.ParseAddr(s[:n]); err == nil && addr.Is6() {
		return token{kind: tokIPv6, text: s[:n], addr: addr}, n
	}
	return token{}, 0
}

// wordLength measures a word: letters and digits, with dashes, underscores and dots inside.
func wordLength(s string) int {
	if !isAlnum(s[0]) {
		return 0
	}
	n, end := 1, 1
	for n < len(s) && isWord(s[n]) {
		if n++; s[n-1] != '-' && s[n-1] != '_' {
			end = n
		}
	}
	return end
}

// classify tells what a word is.
func classify(w string) (token, string) {
	if mac, ok := bareMAC(w); ok {
		return token{kind: tokMAC, text: w, mac: mac}, ""
	}
	if isNumber(w) {
		v, err := number(w)
		return token{kind: tokNumber, text: w, num: v}, err
	}
	if parts := strings.Split(w, "."); len(parts) >= 2 && len(parts) <= 4 && allNumbers(parts) {
		return token{kind: tokIPv4, text: w}, ""
	}
	if v, ok := constants[w]; ok {
		return token{kind: tokNumber, text: w, num: v}, ""
	}
	if plain, ok := keywords[w]; ok {
		return token{kind: tokKeyword, text: plain}, ""
	}
	return token{kind: tokName, text: w}, ""
}

func allNumbers(parts []string) bool {
	for _, p := range parts {
		if !isNumber(p) {
			return false
		}
	}
	return true
}

// isNumber tells decimal, octal (leading 0) and hexadecimal (0x) numbers from words.
func isNumber(w string) bool {
	if len(w) > 2 && w[0] == '0' && (w[1] == 'x' || w[1] == 'X') {
		for i := 2; i < len(w); i++ {
			if !isHex(w[i]) {
				return false
			}
		}
		return true
	}
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w != ""
}

func number(w string) (uint32, string) {
	digits, base := w, 10
	switch {
	case len(w) > 2 && (w[1] == 'x' || w[1] == 'X'):
		digits, base = w[2:], 16
	case len(w) > 1 && w[0] == '0':
		base = 8
		if strings.ContainsAny(w, "89") {
			return 0, "number " + w + " starts with 0, so it is octal, and has a digit that is not"
		}
	}
	v, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return 0, "number " + w + " does not fit 32 bits"
	}
	return uint32(v), ""
}

// parseMAC reads six groups of one or two hexadecimal digits.
func parseMAC(w string, sep byte) (mac [6]byte, ok bool) {
	parts := strings.Split(w, string(sep))
	if len(parts) != len(mac) {
		return mac, false
	}
	for i, p := range parts {
		if len(p) < 1 || len(p) > 2 {
			return mac, false
		}
		v, err := strconv.ParseUint(p, 16, 8)
		if err != nil {
			return mac, false
		}
		mac[i] = byte(v)
	}
	return mac, true
}

// bareMAC reads the spellings of a MAC address without colons: 1-2-3-4-5-6, 1.2.3.4.5.6, 0102.0304.0506, 010203040506.
func bareMAC(w string) ([6]byte, bool) {
	if mac, ok := parseMAC(w, '-'); ok {
		return mac, true
	}
	if mac, ok := parseMAC(w, '.'); ok {
		return mac, true
	}
	digits := w
	if len(w) == 14 && w[4] == '.' && w[9] == '.' {
		digits = w[:4] + w[5:9] + w[10:]
	}
	if len(digits) != 12 {
		return [6]byte{}, false
	}
	v, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return [6]byte{}, false
	}
	return [6]byte{byte(v >> 40), byte(v >> 32), byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}, true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func isWord(c byte) bool { return isAlnum(c) || c == '-' || c == '_' || c == '.' }

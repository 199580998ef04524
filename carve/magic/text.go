package magic

import (
	"bytes"
	"strings"
)

// plainChars is how many characters a text must begin with.
const plainChars = 10

// isPlain accepts a file that begins with printable ASCII or white space, behind the byte order mark of UTF-8, UTF-16
// or UTF-32, if any.
func isPlain(h head) bool {
	b := h.b
	for _, bom := range [...]string{"\xef\xbb\xbf", "\x00\x00\xfe\xff", "\xff\xfe\x00\x00", "\xfe\xff", "\xff\xfe"} {
		if len(b) >= len(bom) && string(b[:len(bom)]) == bom {
			b = b[len(bom):]
			break
		}
	}
	if len(b) < plainChars {
		return false
	}
	for _, c := range b[:plainChars] {
		if !printable(c) {
			return false
		}
	}
	return true
}

func printable(c byte) bool { return ' ' <= c && c <= '~' || '\t' <= c && c <= '\r' }

func skipBOM(b []byte) []byte {
	if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		return b[3:]
	}
	return b
}

// skipBlank drops leading blanks and line ends.
func skipBlank(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

// firstLine returns b up to its first line feed.
func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i]
	}
	return b
}

func isAlpha(c byte) bool { return 'a' <= lower(c) && lower(c) <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isWord(c byte) bool  { return isAlpha(c) || isDigit(c) || c == '_' }

func hasFold(b []byte, s string) bool { return len(b) >= len(s) && equalFold(b[:len(s)], s) }

// jsonObject accepts a brace, a name, a colon and the start of a value. The name may lack its quotes.
func jsonObject(h head) bool {
	b := skipBlank(h.text[1:])
	if len(b) == 0 {
		return false
	}
	n := 0
	switch {
	case b[0] == '"':
		// The name may hold escaped quotes, so that any quote followed by a colon ends it.
		return quotedName(b[1:])
	case isAlpha(b[0]):
		for n < len(b) && (isWord(b[n]) || b[n] == '\\') {
			n++
		}
	default:
		return false
	}
	return colonValue(b[n:])
}

func quotedName(b []byte) bool {
	i := bytes.IndexByte(b, '"')
	if i < 1 {
		return false
	}
	return colonValue(b[i+1:])
}

func colonValue(b []byte) bool {
	b = skipBlank(b)
	if len(b) == 0 || b[0] != ':' {
		return false
	}
	return jsonValue(skipBlank(b[1:]))
}

func jsonValue(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch c := b[0]; {
	case c == '"', c == '[', c == '{', isDigit(c):
		return true
	}
	return bytes.HasPrefix(b, []byte("true")) || bytes.HasPrefix(b, []byte("false"))
}

// jsonArray accepts a bracket before an object, another array, or a scalar and a comma.
func jsonArray(h head) bool {
	b := skipBlank(h.text[1:])
	if len(b) == 0 {
		return false
	}
	n := 0
	switch {
	case b[0] == '{', b[0] == '[':
		return true
	case b[0] == '"':
		i := bytes.IndexByte(b[1:], '"')
		if i < 1 {
			return false
		}
		n = i + 2
	case isDigit(b[0]):
		n = decimal(b)
	case bytes.HasPrefix(b, []byte("true")):
		n = len("true")
	case bytes.HasPrefix(b, []byte("false")):
		n = len("false")
	default:
		return false
	}
	b = skipBlank(b[n:])
	return len(b) > 0 && b[0] == ','
}

func decimal(b []byte) int {
	n := 0
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	if n+1 < len(b) && b[n] == '.' && isDigit(b[n+1]) {
		for n++; n < len(b) && isDigit(b[n]); n++ {
		}
	}
	return n
}

// onlyBlank accepts a document of nothing but two closing brackets, such as an empty JSON object.
func onlyBlank(h head) bool { return len(skipBlank(h.text[2:])) == 0 }

// behindXML returns what follows an XML declaration on the first line, or the text itself.
func behindXML(h head) []byte {
	b := h.text
	if !bytes.HasPrefix(b, []byte("<?xml ")) {
		return b
	}
	i := bytes.LastIndex(firstLine(b), []byte("?>"))
	if i < 0 {
		return nil
	}
	return skipBlank(b[i+2:])
}

// element returns a check for an element of one of these names behind an optional XML declaration.
func element(names ...string) func(head) bool {
	return func(h head) bool {
		b := behindXML(h)
		if len(b) == 0 || b[0] != '<' {
			return false
		}
		for _, n := range names {
			if hasFold(b[1:], n) {
				return true
			}
		}
		return false
	}
}

// doctype accepts a document type declaration for the root element name behind an optional XML declaration.
func doctype(name string) func(head) bool {
	return func(h head) bool {
		b := behindXML(h)
		if !hasFold(b, "<!doctype ") {
			return false
		}
		b = b[len("<!doctype "):]
		for len(b) > 0 && b[0] == ' ' {
			b = b[1:]
		}
		return hasFold(b, name)
	}
}

// atom accepts a feed of the Atom name space.
func atom(h head) bool {
	b := behindXML(h)
	end := bytes.IndexByte(b, '>')
	if end < 0 {
		return false
	}
	b = b[:end]
	switch {
	case hasFold(b, "<feed"):
		return bytes.Contains(b, []byte("http://www.w3.org/2005/Atom"))
	case hasFold(b, "<rss"):
		return bytes.Contains(b, []byte("xmlns:atom"))
	}
	return false
}

// shebang accepts a first line that starts an interpreter of one of these names.
func shebang(names ...string) func(head) bool {
	return func(h head) bool {
		b := firstLine(h.text)
		i := bytes.Index(b, []byte("bin/"))
		if i < 0 || i > 2+15 {
			return false
		}
		b = b[i+4:]
		if bytes.HasPrefix(b, []byte("env ")) {
			b = skipBlank(b[4:])
		}
		for _, n := range names {
			if bytes.HasPrefix(b, []byte(n)) {
				return true
			}
		}
		return false
	}
}

// firstLineHas returns a check for s anywhere in the first line.
func firstLineHas(s string) func(head) bool {
	p := []byte(s)
	return func(h head) bool { return bytes.Contains(firstLine(h.text), p) }
}

// contains returns a check for s among the first n bytes.
func contains(s string, n int) func(head) bool {
	p := []byte(s)
	return func(h head) bool { return bytes.Contains(h.b[:min(n, len(h.b))], p) }
}

// function accepts the head of a JavaScript function up to its brace.
func function(h head) bool {
	b := h.text[len("function"):]
	open := bytes.IndexByte(b, '(')
	if open < 0 {
		return false
	}
	end := bytes.IndexByte(b[open:], ')')
	if end < 0 {
		return false
	}
	b = skipBlank(b[open+end+1:])
	return len(b) > 0 && b[0] == '{'
}

// assignment accepts a variable's declaration with a value.
func assignment(h head) bool {
	b := h.text[bytes.IndexByte(h.text, ' ')+1:]
	n := 0
	for n < len(b) && (isWord(b[n]) || b[n] == '$' || b[n] == '.') {
		n++
	}
	b = skipBlank(b[n:])
	return n > 0 && len(b) > 1 && b[0] == '=' && b[1] != '='
}

// followed returns a check that the text goes on with one of the bytes of set behind a prefix of n bytes and blanks.
func followed(n int, set string) func(head) bool {
	return func(h head) bool {
		b := skipBlank(h.text[min(n, len(h.text)):])
		return len(b) > 0 && strings.IndexByte(set, b[0]) >= 0
	}
}

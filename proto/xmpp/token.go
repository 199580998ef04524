package xmpp

import "bytes"

// longestTag bounds what is kept of one tag.
const longestTag = 8192

// kind is what a piece of XML is.
type kind uint8

const (
	text    kind = iota
	tag          // an element's start or end
	comment      // up to "-->"
	cdata        // up to "]]>"
	instr        // a processing instruction or declaration, up to "?>"
	partial      // the beginning of nobody knows what
)

// terminators end the kinds that are passed over.
var terminators = [...]string{comment: "-->", cdata: "]]>", instr: "?>"}

// markup tells what begins with the angle bracket that b begins with, and the length of what tells it.
func markup(b []byte) (kind, int) {
	for k, open := range [...]string{comment: "<!--", cdata: "<![CDATA[", instr: "<?"} {
		if open == "" {
			continue
		}
		if len(b) >= len(open) {
			if string(b[:len(open)]) == open {
				return kind(k), len(open)
			}
		} else if string(b) == open[:len(b)] {
			return partial, 0
		}
	}
	return tag, 0
}

// tagEnd searches b for the angle bracket that closes a tag, outside of quotes. quote is the quote that is open before b;
// what is open behind it is returned. The index is -1 if there is none.
func tagEnd(b []byte, quote byte) (int, byte) {
	for i := 0; i < len(b); i++ {
		if quote != 0 {
			k := bytes.IndexByte(b[i:], quote)
			if k < 0 {
				return -1, quote
			}
			i += k
			quote = 0
			continue
		}
		switch b[i] {
		case '>':
			return i, 0
		case '\'', '"':
			quote = b[i]
		}
	}
	return -1, quote
}

// element reads a tag, from its angle bracket on: the local name, whether it opens and whether it closes an element.
func element(b []byte) (name []byte, opens, closes bool) {
	b = b[1:]
	opens = true
	if n := len(b); n > 0 && b[n-1] == '>' {
		b = b[:n-1]
	}
	if n := len(b); n > 0 && b[n-1] == '/' {
		b, closes = b[:n-1], true
	}
	if len(b) > 0 && b[0] == '/' {
		b, opens, closes = b[1:], false, true
	}
	end := 0
	for end < len(b) && !space(b[end]) && b[end] != '/' {
		end++
	}
	name = b[:end]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return name, opens, closes
}

// space tells XML's white space.
func space(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// header tells whether a tag named stream is that of XMPP: it names one of its namespaces.
func header(b []byte) bool {
	return bytes.Contains(b, []byte("etherx.jabber.org")) || bytes.Contains(b, []byte("jabber:"))
}

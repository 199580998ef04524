package mime

import (
	"bytes"
	"unicode/utf8"
)

// AppendWords appends src with its encoded words (RFC 2047) decoded to UTF-8. Words in charsets other than UTF-8,
// US-ASCII, ISO-8859-1, ISO-8859-15 and windows-1252 stay as they are, and so do broken ones. White space between
// adjacent words is dropped. src is borrowed; the result is dst, grown.
func AppendWords(dst, src []byte) []byte {
	afterWord := false
	for len(src) > 0 {
		i := bytes.Index(src, []byte("=?"))
		if i < 0 {
			return append(dst, src...)
		}
		if !afterWord || len(bytes.TrimLeft(src[:i], " \t\r\n")) > 0 {
			dst = append(dst, src[:i]...)
		}
		src = src[i:]
		out, n, ok := appendWord(dst, src)
		if !ok {
			dst = append(dst, src[:2]...)
			src = src[2:]
			afterWord = false
			continue
		}
		dst, src, afterWord = out, src[n:], true
	}
	return dst
}

// longestWord bounds an encoded word; RFC 2047 allows 75 bytes, programs write more.
const longestWord = 4096

// appendWord decodes =?charset?encoding?text?= at the beginning of src and returns its length.
func appendWord(dst, src []byte) (_ []byte, n int, ok bool) {
	charset, rest, ok := bytes.Cut(src[2:], []byte("?"))
	if !ok || len(rest) < 2 || rest[1] != '?' || len(charset) == 0 || bytes.IndexByte(charset, ' ') >= 0 {
		return dst, 0, false
	}
	enc := rest[0] | 0x20
	rest = rest[2:]
	end := bytes.Index(rest[:min(len(rest), longestWord)], []byte("?="))
	if end < 0 || enc != 'b' && enc != 'q' {
		return dst, 0, false
	}
	if i := bytes.IndexByte(charset, '*'); i >= 0 {
		charset = charset[:i] // RFC 2231, section 5: a language tag
	}
	if !knownCharset(charset) {
		return dst, 0, false
	}
	start := len(dst)
	if enc == 'b' {
		d := decoder{enc: Base64}
		dst = d.finish(d.base64(dst, rest[:end]))
	} else {
		dst = appendQ(dst, rest[:end])
	}
	return toUTF8(dst, start, charset), len(src) - len(rest) + end + 2, true
}

// appendQ decodes the Q encoding of RFC 2047, section 4.2.
func appendQ(dst, src []byte) []byte {
	for i := 0; i < len(src); i++ {
		switch {
		case src[i] == '_':
			dst = append(dst, ' ')
		case src[i] == '=' && i+2 < len(src) && unhex(src[i+1]) < 16 && unhex(src[i+2]) < 16:
			dst = append(dst, unhex(src[i+1])<<4|unhex(src[i+2]))
			i += 2
		default:
			dst = append(dst, src[i])
		}
	}
	return dst
}

// singleByte tells the charsets whose bytes are mapped one by one; windows says that 0x80 to 0x9f are graphic.
func singleByte(charset []byte) (windows, ok bool) {
	switch {
	case equalFold(charset, "iso-8859-1"), equalFold(charset, "latin1"), equalFold(charset, "iso-8859-15"):
		return false, true
	case equalFold(charset, "windows-1252"), equalFold(charset, "cp1252"):
		return true, true
	}
	return false, false
}

// knownCharset tells whether text in the charset can be turned into UTF-8.
func knownCharset(charset []byte) bool {
	if _, ok := singleByte(charset); ok {
		return true
	}
	return equalFold(charset, "utf-8") || equalFold(charset, "utf8") || equalFold(charset, "us-ascii")
}

// win1252 maps 0x80 to 0x9f of windows-1252; never written.
var win1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// toUTF8 turns dst[start:] from the charset into UTF-8 if it is a single-byte one that is known.
func toUTF8(dst []byte, start int, charset []byte) []byte {
	windows, ok := singleByte(charset)
	if !ok {
		return dst
	}
	high := 0
	for _, c := range dst[start:] {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	if high == 0 {
		return dst
	}
	text := append([]byte(nil), dst[start:]...)
	dst = dst[:start]
	for _, c := range text {
		switch {
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		case windows && c < 0xa0:
			dst = utf8.AppendRune(dst, win1252[c-0x80])
		case c == 0xa4 && equalFold(charset, "iso-8859-15"):
			dst = utf8.AppendRune(dst, '€')
		default:
			dst = utf8.AppendRune(dst, rune(c))
		}
	}
	return dst
}

package match

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generated makes patterns in the manner of rules (parts of URIs, host names, header fields, binary markers), and traffic in the manner
// of HTTP, half of it compressed bodies, in which a few of them occur. It is the same every time.
func generated(patterns, size int) ([]Pattern, []byte) {
	r := rand.New(rand.NewPCG(uint64(patterns), 42))
	set := make([]Pattern, 0, patterns)
	known := map[string]bool{}
	for len(set) < patterns {
		p := generatedPattern(r)
		if len(p) >= gramLen && len(p) <= MaxLen && !known[p] {
			known[p] = true
			set = append(set, Pattern{Bytes: []byte(p), NoCase: r.IntN(3) > 0})
		}
	}
	b := make([]byte, 0, size+4096)
	for len(b) < size {
		b = appendMessage(b, r, set)
	}
	return set, b[:size]
}

// word joins least to least+3 syllables.
func word(r *rand.Rand, least int) string {
	syllables := []string{"ad", "be", "co", "der", "en", "fi", "gate", "ha", "in", "js", "ka", "load", "mo", "ner", "on", "pro", "qu", "re",
		"st", "ta", "up", "ver", "win", "xe", "you", "zip", "se", "tion", "ing", "er"}
	var s strings.Builder
	for range least + r.IntN(4) {
		s.WriteString(syllables[r.IntN(len(syllables))])
	}
	return s.String()
}

func generatedPattern(r *rand.Rand) string {
	switch r.IntN(8) {
	case 0, 1:
		return "/" + word(r, 2) + "/" + word(r, 2) + ".php?" + word(r, 2) + "="
	case 2, 3:
		return word(r, 2) + "." + word(r, 2) + []string{".com", ".net", ".top", ".ru", ".xyz"}[r.IntN(5)]
	case 4:
		return "User-Agent: " + word(r, 2) + "/" + fmt.Sprint(r.IntN(9))
	case 5:
		return word(r, 2) + "=" + word(r, 2)
	case 6:
		return fmt.Sprintf("%c%c%c%c%c", r.IntN(128), r.IntN(128), r.IntN(32), r.IntN(128), r.IntN(128))
	default:
		return word(r, 4)
	}
}

// appendMessage appends a request, a reply, and a body: text or noise.
func appendMessage(b []byte, r *rand.Rand, set []Pattern) []byte {
	b = fmt.Appendf(b, "GET /%s/%s.html?%s=%d HTTP/1.1\r\nHost: www.%s.org\r\n", word(r, 1), word(r, 1), word(r, 1), r.IntN(1000), word(r, 1))
	b = append(b, "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n"...)
	b = append(b, "HTTP/1.1 200 OK\r\nServer: Apache\r\nContent-Type: text/html\r\nContent-Length: 2048\r\n\r\n"...)
	if r.IntN(2) == 0 {
		for range 512 {
			x := r.Uint32()
			b = append(b, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
		}
		return b
	}
	for end := len(b) + 2048; len(b) < end; {
		b = fmt.Appendf(b, "<div class=\"%s\">%s %s, %s</div>\n", word(r, 1), word(r, 1), word(r, 1), word(r, 1))
		if r.IntN(40) == 0 {
			b = append(b, set[r.IntN(len(set))].Bytes...)
		}
	}
	return b
}

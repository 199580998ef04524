package http

import "slices"

// fitRun says what consecutive characters look like.
type fitRun struct {
	from  rune
	looks string
}

// fitRuns is the best-fit mapping to ASCII that servers on Windows apply to paths, as Suricata 7 was observed to follow it;
// what stands between and beyond looks like nothing.
var fitRuns = []fitRun{
	{0x0100, "AaAaAaCcCcCcCcDd?dEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKk?LlLlLl??LlNnNnNn"},
	{0x014c, "OoOoOo??RrRrRrSsSsSs??TtTtTtUuUuUuUuUuUuWwYy?Z?Zz"}, {0x0180, "b"}, {0x0197, "I??l"}, {0x019f, "OOo"},
	{0x01ab, "t??TUu"}, {0x01b6, "z"}, {0x01c0, "|??!"}, {0x01cd, "AaIiOoUuUuUuUuUu?Aa"}, {0x01e4, "GgGgKkOoOo??j"},
	{0x0261, "g"}, {0x02b9, "'\"?'"}, {0x02c4, "^"}, {0x02c8, "'??`?_"}, {0x0300, "`?^~"}, {0x030e, "\""},
	{0x0331, "__"}, {0x037e, ";"}, {0x0393, "G"}, {0x0398, "T"}, {0x03a3, "S??F??O"}, {0x03b1, "a??de"},
	{0x03c0, "p??st?f"}, {0x04bb, "h"}, {0x0589, ":"}, {0x066a, "%"}, {0x2000, "       "}, {0x2010, "--"},
	{0x2017, "="}, {0x2032, "'??`"}, {0x2044, "/"}, {0x2074, "45678"}, {0x207f, "n0123456789"}, {0x20a7, "P"},
	{0x2102, "C"}, {0x2107, "E??gHHHh?IILl?N??PPQRRR"}, {0x2124, "Z"}, {0x2128, "Z?K?BCeeEF?Mo"},
	{0x2212, "-??/\\*??v"}, {0x221e, "8"}, {0x2223, "|"}, {0x2229, "n"}, {0x2236, ":"}, {0x223c, "~"},
	{0x2261, "=??=="}, {0x2303, "^"}, {0x2320, "()"}, {0x2329, "<>"}, {0x2500, "-"}, {0x250c, "+"}, {0x2510, "+"},
	{0x2514, "+"}, {0x2518, "+"}, {0x251c, "+"}, {0x252c, "-"}, {0x2534, "-"}, {0x253c, "+"},
	{0x2550, "-?++++++++++++"}, {0x2564, "------+++"}, {0x2584, "_"}, {0x2758, "|"}, {0x3000, " "}, {0x3008, "<>"},
	{0x301a, "[]"},
	{0xff01, "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"},
}

// fit is the byte that stands for a character: itself up to U+00FF, else what it looks like, or a question mark.
func fit(r rune) byte {
	if r < 0x100 {
		return byte(r)
	}
	i, ok := slices.BinarySearchFunc(fitRuns, r, func(f fitRun, r rune) int { return int(f.from - r) })
	if !ok {
		i--
	}
	if i < 0 || int(r-fitRuns[i].from) >= len(fitRuns[i].looks) {
		return '?'
	}
	return fitRuns[i].looks[r-fitRuns[i].from]
}

// bestFit replaces in place what is no ASCII, read as UTF-8 by the shortest table of lengths: overlong forms count, as for
// servers that a hidden slash or dot shall reach. What is no character becomes a question mark, a last one that is cut
// short goes.
func bestFit(p []byte) []byte {
	out := p[:0]
	for i := 0; i < len(p); {
		if p[i] < 0x80 {
			out = append(out, p[i])
			i++
			continue
		}
		r, n := character(p[i:])
		switch {
		case r >= 0:
			out = append(out, fit(r))
		case r == noCharacter:
			out = append(out, '?')
		}
		i += n
	}
	return out
}

const (
	noCharacter  rune = -1
	cutCharacter rune = -2
)

// character reads a character of several bytes; n is how many there are or, when it is none, cannot begin another.
func character(b []byte) (r rune, n int) {
	more := 0
	switch c := b[0]; {
	case c >= 0xc0 && c < 0xe0:
		more, r = 1, rune(c&0x1f)
	case c >= 0xe0 && c < 0xf0:
		more, r = 2, rune(c&0x0f)
	case c >= 0xf0 && c < 0xf5:
		more, r = 3, rune(c&0x07)
	default:
		return noCharacter, 1
	}
	for n = 1; n <= more; n++ {
		if n == len(b) {
			return cutCharacter, n
		}
		if b[n]&0xc0 != 0x80 {
			return noCharacter, n
		}
		r = r<<6 | rune(b[n]&0x3f)
	}
	return r, n
}

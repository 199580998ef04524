package match

import (
	"bytes"
	"math/rand/v2"
	"slices"
)

// naive finds every occurrence by comparing every pattern at every offset.
func naive(patterns []Pattern, b []byte) []Hit {
	var hits []Hit
	for i, p := range patterns {
		for end := len(p.Bytes); end <= len(b); end++ {
			text := b[end-len(p.Bytes) : end]
			same := bytes.Equal(text, p.Bytes)
			if p.NoCase && !same {
				same = true
				for k, c := range text {
					same = same && naiveLower(c) == naiveLower(p.Bytes[k])
				}
			}
			if same {
				hits = append(hits, Hit{uint32(i), int64(end)})
			}
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.End != b.End {
			return int(a.End - b.End)
		}
		return int(a.Pattern) - int(b.Pattern)
	})
	return hits
}

func naiveLower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}

// naiveIDs is the patterns among hits, each once, in order.
func naiveIDs(hits []Hit) []uint32 {
	var ids []uint32
	for _, h := range hits {
		ids = append(ids, h.Pattern)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// An alphabet is a kind of input.
type alphabet struct{ name, letters string }

func alphabets() []alphabet {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return []alphabet{
		{"a", "a"}, {"zero", "\x00"}, {"ab", "ab"}, {"aA", "aA"}, {"fold", "aA@`[{zZ\x00 \r-"}, {"text", "aAbBcC/.-=0 "}, {"high", "\xc1\xe1\xff\x7f\xdf"},
		{"all", string(all)},
	}
}

func (a alphabet) bytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = a.letters[r.IntN(len(a.letters))]
	}
	return b
}

// patterns makes n patterns of at most most bytes; some of them lie in b, some are given twice, some in another case.
func (a alphabet) patterns(r *rand.Rand, n, most int, b []byte) []Pattern {
	var patterns []Pattern
	for len(patterns) < n {
		size := 1 + r.IntN(most)
		p := Pattern{Bytes: a.bytes(r, size), NoCase: r.IntN(2) == 0}
		switch k := r.IntN(8); {
		case k < 3 && size <= len(b):
			at := r.IntN(len(b) - size + 1)
			switch k {
			case 1:
				at = 0
			case 2:
				at = len(b) - size
			}
			p.Bytes = bytes.Clone(b[at : at+size])
			if p.NoCase {
				swapCase(r, p.Bytes)
			}
		case k == 3 && len(patterns) > 0:
			p = patterns[r.IntN(len(patterns))]
		case k == 4 && len(patterns) > 0: // nested in another
			q := patterns[r.IntN(len(patterns))].Bytes
			p.Bytes = q[r.IntN(len(q)):]
		}
		patterns = append(patterns, p)
	}
	return patterns
}

func swapCase(r *rand.Rand, b []byte) {
	for i, c := range b {
		if naiveLower(c|0x20) >= 'a' && c|0x20 <= 'z' && c < 0x80 && r.IntN(2) == 0 {
			b[i] = c ^ 0x20
		}
	}
}

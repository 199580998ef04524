package pcre

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes random expressions of few different bytes, so that they often match and often have several ways to.
type generator struct {
	r      *rand.Rand
	rich   bool // with what needs the backtracker
	groups int
	looks  int
	b      strings.Builder
}

func randomExpr(r *rand.Rand, rich bool) string {
	g := &generator{r: r, rich: rich}
	g.alt(3)
	return g.b.String()
}

func (g *generator) pick(s ...string) { g.b.WriteString(s[g.r.IntN(len(s))]) }

func (g *generator) alt(depth int) {
	g.cat(depth)
	for g.r.IntN(3) == 0 {
		g.b.WriteByte('|')
		g.cat(depth)
	}
}

func (g *generator) cat(depth int) {
	for range g.r.IntN(4) {
		g.item(depth)
	}
}

func (g *generator) item(depth int) {
	k := g.r.IntN(20)
	if depth == 0 {
		k = g.r.IntN(10)
	}
	switch {
	case k < 5:
		g.pick("a", "b", "c", "ab", "\\n", "a", "b")
	case k < 8:
		g.pick("[ab]", "[^a]", ".", "\\w", "\\s", "[a-c]", "\\W", "[^\\n]")
	case k < 10:
		if g.r.IntN(2) == 0 {
			g.pick("^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G", "(?=a)", "(?!b)", "(?<=a)", "(?<![bc])")
		} else if g.rich {
			g.richAtom()
		}
		return
	case k < 15:
		g.groups++
		g.b.WriteByte('(')
		g.alt(depth - 1)
		g.b.WriteByte(')')
	case k < 18 || !g.rich:
		g.pick("(?:", "(?:", "(?i:", "(?s:", "(?m:")
		g.alt(depth - 1)
		g.b.WriteByte(')')
	default:
		g.richGroup(depth)
	}
	g.quantifier()
}

func (g *generator) quantifier() {
	if g.r.IntN(2) == 0 {
		return
	}
	g.pick("*", "+", "?", "{2}", "{0,2}", "{1,}", "{2,3}", "{0}", "{2,}")
	switch g.r.IntN(6) {
	case 0, 1:
		g.b.WriteByte('?')
	case 2:
		if g.rich {
			g.b.WriteByte('+')
		}
	}
}

func (g *generator) richAtom() {
	switch g.r.IntN(8) {
	case 0, 1, 2:
		if g.groups > 0 {
			fmt.Fprintf(&g.b, "\\%d", 1+g.r.IntN(min(g.groups, 9)))
		}
	case 3:
		if g.looks == 0 {
			g.pick("\\K")
		}
	case 4:
		if g.groups > 0 {
			fmt.Fprintf(&g.b, "(?%d)", 1+g.r.IntN(g.groups))
		}
	case 5:
		g.pick("(*F)", "\\R", "\\h", "(*COMMIT)", "(*PRUNE)", "(*SKIP)", "\\N", "(?(R)a|b)")
	}
}

func (g *generator) richGroup(depth int) {
	switch g.r.IntN(6) {
	case 0:
		g.b.WriteString("(?>")
	case 1, 2:
		g.pick("(?=", "(?!")
		g.looks++
		defer func() { g.looks-- }()
	case 3:
		g.pick("(?<=", "(?<!")
		g.pick("a", "ab", "a|bc", "^", "(a)", "b\\b", "[ab]{2}|^a")
		if strings.HasSuffix(g.b.String(), "(a)") {
			g.groups++
		}
		g.b.WriteByte(')')
		return
	case 4:
		if g.groups > 0 && g.r.IntN(2) == 0 {
			fmt.Fprintf(&g.b, "(?(%d)", 1+g.r.IntN(g.groups))
		} else {
			g.pick("(?(?=a)", "(?(?!ab)", "(?(?<=b)")
		}
		g.cat(depth - 1)
		if g.r.IntN(2) == 0 {
			g.b.WriteByte('|')
			g.cat(depth - 1)
		}
		g.b.WriteByte(')')
		return
	case 5:
		g.b.WriteString("(?|")
		before := g.groups
		g.cat(depth - 1)
		most := g.groups
		g.groups = before
		g.b.WriteByte('|')
		g.cat(depth - 1)
		g.groups = max(g.groups, most)
		g.b.WriteByte(')')
		return
	}
	g.alt(depth - 1)
	g.b.WriteByte(')')
}

// randomSubject returns a short text of the same bytes.
func randomSubject(r *rand.Rand) []byte {
	b := make([]byte, r.IntN(12))
	for i := range b {
		b[i] = "aaabbbcA\n a"[r.IntN(11)]
	}
	return b
}

func randomFlags(r *rand.Rand) string {
	var s []byte
	for _, f := range "imsxAEG" {
		if r.IntN(7) == 0 {
			s = append(s, byte(f))
		}
	}
	return string(s)
}

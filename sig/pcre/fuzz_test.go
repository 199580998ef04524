package pcre

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzStdlib compares with the standard library on expressions that mean the same in both.
func FuzzStdlib(f *testing.F) {
	for _, c := range goldenCases {
		f.Add(c[0], c[2])
	}
	f.Fuzz(func(t *testing.T, expr, subject string) {
		std := stdlib(expr)
		if std == nil || len(subject) > 1000 || !ascii(subject) {
			return
		}
		re, err := Compile(expr, Options{})
		if err != nil {
			if std.NumSubexp() > 100 || strings.Contains(expr, "{") {
				return
			}
			t.Fatalf("%q: %v", expr, err)
		}
		var m Machine
		loc, ok, err := re.Match(&m, []byte(subject), 0)
		if err != nil {
			t.Fatal(err)
		}
		want := std.FindStringSubmatchIndex(subject)
		if ok != (want != nil) || ok && !slices.Equal(loc, want) {
			t.Fatalf("%q on %q: %v, the standard library says %v", expr, subject, loc, want)
		}
		if re.MatchOnly(&m, []byte(subject)) != ok {
			t.Fatalf("%q on %q: MatchOnly disagrees", expr, subject)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 126 }) < 0
}

var (
	common = regexp.MustCompile(`^(?:[a-zA-Z0-9 ,;:<>=!@#%&~"'/_.^|()*+?\n]|\\[dDwWbBAzfnrt.*+?()|\[\]{}^\\/]|\{(?:0|[1-9]\d?)(?:,(?:|0|[1-9]\d?))?\}|\[\^?[a-z]-[z]?[a-zA-Z0-9 _]*\]|\[\^?[a-zA-Z0-9 _]+\])*$`)
	twice  = regexp.MustCompile(`[*+?}][*+{]|[*+?}]\?[*+?{]|[\^BbAz]\)*[*+?{]|\(\*|\(\?`)
)

// stdlib returns nil for expressions that the two read differently.
func stdlib(expr string) *regexp.Regexp {
	if len(expr) > 200 || !common.MatchString(expr) || twice.MatchString(expr) {
		return nil
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || nullableLoop(tree) {
		return nil
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil
	}
	return re
}

// nullableLoop tells whether a loop may match nothing: the standard library then differs.
func nullableLoop(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpStar, syntax.OpPlus, syntax.OpRepeat, syntax.OpQuest:
		if nullable(re.Sub[0]) {
			return true
		}
	}
	return slices.ContainsFunc(re.Sub, nullableLoop)
}

func nullable(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return !nullable(s) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, nullable)
	case syntax.OpCapture, syntax.OpPlus:
		return nullable(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || nullable(re.Sub[0])
	}
	return true
}

// FuzzCompile feeds hostile expressions: none may panic, take long or grow without bound, and no search in them.
func FuzzCompile(f *testing.F) {
	for _, c := range goldenCases {
		f.Add(c[0], uint8(0), []byte(c[2]))
	}
	for _, e := range hostileExprs() {
		if len(e) < 1<<12 {
			f.Add(e, uint8(255), []byte("aaaaaaaa"))
		}
	}
	f.Fuzz(func(t *testing.T, expr string, bits uint8, b []byte) {
		start := time.Now()
		re, err := Compile(expr, Options{CaseInsensitive: bits&1 != 0, Multiline: bits&2 != 0, DotAll: bits&4 != 0, Extended: bits&8 != 0,
			Anchored: bits&16 != 0, DollarEndOnly: bits&32 != 0, Ungreedy: bits&64 != 0, MaxSteps: 1 << 16})
		if err != nil {
			return
		}
		if len(b) > 1<<12 {
			b = b[:1<<12]
		}
		var m Machine
		loc, ok, err := re.Match(&m, b, 0)
		if ok && (err != nil || len(loc) != 2*re.NumSubexp()+2 || loc[1] < 0 || loc[1] > len(b)) {
			t.Fatalf("%q on %q: %v, %v", expr, b, loc, err)
		}
		if err != nil && re.Linear() && len(b)*len(re.linear) < threadSteps<<16 {
			t.Fatalf("%q on %q: %v, but it is linear", expr, b, err)
		}
		if lit, nocase := re.Literal(); ok && !re.lit.contained(b) {
			t.Fatalf("%q matches %q without its literal %q %v", expr, b, lit, nocase)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Fatalf("%q took %v", expr, d)
		}
	})
}

func (l *literal) contained(b []byte) bool { return len(l.text) == 0 || l.index(b, 0) >= 0 }

// FuzzEngines compares the engines with each other, on random expressions.
func FuzzEngines(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i, "aab\nb", "is", uint8(0))
	}
	f.Fuzz(func(t *testing.T, seed uint64, subject, flags string, from uint8) {
		r := rand.New(rand.NewPCG(seed, 5))
		expr := randomExpr(r, false)
		re, err := Compile(expr, optionsOf(flags))
		if err != nil || len(subject) > 100 || int(from) > len(subject) {
			return
		}
		if !re.Linear() {
			t.Fatalf("/%s/ is not linear", expr)
		}
		var m Machine
		check(t, re, &m, expr, flags, []byte(subject), int(from), answer(re.Match(&m, []byte(subject), int(from))))
	})
}

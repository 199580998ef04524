package pcre

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// hostileExprs are expressions meant to exhaust whoever compiles them.
func hostileExprs() []string {
	return []string{
		"(((a{1000}){1000}){1000})", strings.Repeat("(", 100_000), strings.Repeat("(a", 240) + strings.Repeat(")*", 240),
		strings.Repeat("a", 1<<20), strings.Repeat("a|", 1<<17), strings.Repeat("[^a]", 1<<16), strings.Repeat("()", 1<<16), strings.Repeat("(?<a>", 1<<15),
		strings.Repeat("(?:", 249) + "a" + strings.Repeat("){2}", 249), strings.Repeat("(?:a?){65535}", 4), "a{65535}", "(?:a{65535}){2}", "(?:ab){32000}",
		strings.Repeat(`\1`, 1<<16) + "()", strings.Repeat("(?i)", 1<<16), strings.Repeat("(?=", 249) + strings.Repeat(")", 249), strings.Repeat("(a)(?1)", 1<<12),
		strings.Repeat("(?|()|", 200) + strings.Repeat(")", 200), strings.Repeat("(a*)*", 1<<13), strings.Repeat("(?#)", 1<<16), strings.Repeat(`\Q\E`, 1<<16),
		strings.Repeat("(*ACCEPT)", 1<<14), strings.Repeat("a{0,500}", 100), strings.Repeat("(", 249) + "a*" + strings.Repeat(")*", 249),
		strings.Repeat("[[:", 1<<16), strings.Repeat("(?(?=a)", 200) + strings.Repeat(")", 200), "(?<=" + strings.Repeat("a|bc|", 1<<14) + "a)", strings.Repeat("(?:a|b)?", 1<<13),
	}
}

// TestHostileExpressions compiles each within seconds and little memory.
func TestHostileExpressions(t *testing.T) {
	for _, e := range hostileExprs() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		re, err := Compile(e, Options{})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		name := e[:min(len(e), 24)]
		if took > 5*time.Second {
			t.Errorf("%s… took %v", name, took)
		}
		if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 200 {
			t.Errorf("%s… took %d MiB", name, n)
		}
		if testing.Verbose() {
			t.Logf("%-24s… %8v %5d KiB %v", name, took.Round(time.Microsecond), (after.TotalAlloc-before.TotalAlloc)>>10, err)
		}
		if err != nil {
			continue
		}
		var m Machine
		start = time.Now()
		re.Match(&m, bytes.Repeat([]byte("a"), 200), 0)
		re.MatchOnly(&m, bytes.Repeat([]byte("ab"), 2000))
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s… searched for %v", name, took)
		}
	}
}

// TestHostileSubjects searches for what makes backtracking explode.
func TestHostileSubjects(t *testing.T) {
	as := bytes.Repeat([]byte("a"), 64<<10)
	bad := append(bytes.Clone(as), '!')
	for _, c := range []struct {
		expr   string
		b      []byte
		match  bool
		linear bool
	}{
		{`(a+)+$`, as, true, true}, {`(a+)+$`, bad, false, true}, {`(a|a)*b`, as, false, true}, {`(a*)*b`, bad, false, true}, {`(.*)(.*)(.*)[^a]{2}`, bad, false, true},
		{`^(([a-z])+.)+[A-Z]([a-z])+$`, as, false, true}, {`(?:a?){100}a{100}$`, as[:8<<10], true, true}, {`(a|aa)+$`, bad, false, true}, {`a.*a.*a.*b$`, bad, false, true},
		{`[^x]{1000,}[^y]{1000,}!{2}`, bad, false, true}, {`[^x]{1000,}[^y]{1000,}z?!\W`, bad[56<<10:], false, true}, {`(?:a.?){200,400}!\W|[^a]a`, bad, false, true}, {`(x?a){2000}(x?a){2000,}!.`, bad, false, false}, {`(a+)+\1b$`, bad, false, false}, {`(?=(a+)+b)c?`, as, false, false}, {`(?R)?a`, as, true, false}, {`((a)|(?1)b)*c$`, as, false, false}, {`(?>(a|b)*)*!\1`, bad, false, false},
	} {
		re, err := Compile(c.expr, Options{DotAll: true})
		if err != nil {
			t.Fatal(err)
		}
		if re.Linear() != c.linear {
			t.Errorf("%s: linear %v", c.expr, re.Linear())
		}
		var m Machine
		start := time.Now()
		_, ok, err := re.Match(&m, c.b, 0)
		took := time.Since(start)
		if took > 10*time.Second {
			t.Errorf("%s took %v", c.expr, took)
		}
		t.Logf("%s: %v %v %v", c.expr, ok, err, took)
		if errors.Is(err, ErrLimit) {
			if c.linear && len(re.linear) < 1000 {
				t.Errorf("%s: %v", c.expr, err)
			}
			continue
		}
		if ok != c.match {
			t.Errorf("%s: %v", c.expr, ok)
		}
	}
}

// TestMaxSteps shows that the number of steps is kept.
func TestMaxSteps(t *testing.T) {
	re, err := Compile(`(?=(a+)+b).`, Options{MaxSteps: 100})
	if err != nil {
		t.Fatal(err)
	}
	var m Machine
	if _, ok, err := re.Match(&m, bytes.Repeat([]byte("a"), 50), 0); ok || !errors.Is(err, ErrLimit) {
		t.Error(ok, err)
	}
	if re.MatchOnly(&m, bytes.Repeat([]byte("a"), 50)) {
		t.Error("match after the limit")
	}
	if _, ok, err := re.Match(&m, []byte("ab"), 0); !ok || err != nil {
		t.Error(ok, err)
	}
}

// TestAllocs counts allocations once a machine has grown.
func TestAllocs(t *testing.T) {
	b := []byte(strings.Repeat("GET /index.php?id=0123456789abcdef HTTP/1.1\r\nHost: www.example.com\r\n", 40))
	for _, expr := range []string{`id=([0-9a-f]+)`, `^(?!POST)\w+ (\S+)`, `(\w+)\.\1`, `(?:[a-z]+\d*)+!`, `(?>\w+|\W)+!`, `[a-z]{3,}\.(?:net|org)`, `(\d(?1)?x)`} {
		re, err := Compile(expr, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var m Machine
		run := func() {
			re.Match(&m, b, 0)
			re.Match(&m, b, 17)
			re.MatchOnly(&m, b)
			re.Literal()
		}
		run()
		if n := testing.AllocsPerRun(20, run); n > 0 {
			t.Errorf("%s: %v allocations", expr, n)
		}
	}
}

// TestConcurrent uses one expression from many goroutines; the race detector looks on.
func TestConcurrent(t *testing.T) {
	re, err := Compile(`(?:a+)+(b|c)`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var m Machine
			for range 200 {
				if loc, ok, err := re.Match(&m, []byte("xxaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"), 0); !ok || err != nil || loc[0] != 2 {
					t.Error(loc, ok, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestManyExpressions shows that the automata of a machine stay within bounds.
func TestManyExpressions(t *testing.T) {
	var m Machine
	b := bytes.Repeat([]byte("abcdefgh"), 4000)
	for i := range 400 {
		re, err := Compile(`(?:[a-h]+[a-g]+)+`+strings.Repeat("x", i%7+1)+`|a.{12}[xyz]`, Options{})
		if err != nil {
			t.Fatal(err)
		}
		re.MatchOnly(&m, b)
		if m.dfas.total > maxDFAs+8*maxDFA {
			t.Fatalf("%d numbers in automata", m.dfas.total)
		}
	}
}

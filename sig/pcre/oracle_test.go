package pcre

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// oracle asks the PCRE2 library what it finds, through testdata/oracle.py.
type oracle struct {
	t   testing.TB
	in  *bufio.Writer
	out *bufio.Reader
}

// newOracle skips the test where Python or the library is missing.
func newOracle(t testing.TB) *oracle {
	t.Helper()
	cmd := exec.Command("python3", "testdata/oracle.py")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Skip(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Skip(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip("no oracle:", err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	o := &oracle{t, bufio.NewWriterSize(in, 1<<16), bufio.NewReaderSize(out, 1<<16)}
	if got, err := o.ask("a", "", []byte("a"), 0); err != nil || got != "0 1" {
		t.Skip("no oracle:", got, err)
	}
	return o
}

// ask returns "error ...", "limit ...", "nomatch" or positions.
func (o *oracle) ask(expr, flags string, b []byte, from int) (string, error) {
	fmt.Fprintf(o.in, "%s\t%s\t%s\t%d\n", hex.EncodeToString([]byte(expr)), flags, hex.EncodeToString(b), from)
	o.in.Flush()
	line, err := o.out.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}

// optionsOf reads flags as the oracle takes them.
func optionsOf(flags string) (o Options) {
	for _, f := range flags {
		switch f {
		case 'i':
			o.CaseInsensitive = true
		case 'm':
			o.Multiline = true
		case 's':
			o.DotAll = true
		case 'x':
			o.Extended = true
		case 'A':
			o.Anchored = true
		case 'E':
			o.DollarEndOnly = true
		case 'G':
			o.Ungreedy = true
		}
	}
	return o
}

// answer words a result as the oracle does.
func answer(loc []int, ok bool, err error) string {
	switch {
	case err != nil:
		return "limit"
	case !ok:
		return "nomatch"
	}
	s := make([]string, len(loc))
	for i, p := range loc {
		s[i] = strconv.Itoa(p)
	}
	return strings.Join(s, " ")
}

// engines runs every engine that can search for re, and returns their answers by name.
func engines(re *Regexp, m *Machine, b []byte, from int) map[string]string {
	got := map[string]string{"match": answer(re.Match(m, b, from))}
	t := starts{re: re, b: b, from: from, literal: -1}
	regs, ok, err := re.backtrack(m, &t, from, true, 1<<21)
	got["backtrack"] = words(re, regs, ok, err)
	if from == 0 {
		exists := "nomatch"
		if re.MatchOnly(m, b) {
			exists = "match"
		}
		got["exists"] = exists
	}
	if re.linear != nil && !(re.mode == startSubject && from > 0) {
		if re.exact {
			v := m.pike.search(re, b, from, true, 1<<30)
			got["pike"] = words(re, m.pike.found, v == matched, nil)
		}
		switch m.dfas.search(re, b, from, from) {
		case matched:
			got["dfa"] = "match"
		case noMatch:
			got["dfa"] = "nomatch"
		}
	}
	return got
}

func words(re *Regexp, regs []int32, ok bool, err error) string {
	var loc []int
	if ok {
		for i := 0; i < 2*re.groups; i += 2 {
			if regs[i+1] < 0 {
				loc = append(loc, -1, -1)
			} else {
				loc = append(loc, int(regs[i]), int(regs[i+1]))
			}
		}
	}
	return answer(loc, ok, err)
}

// check compares all engines with what is right.
func check(t testing.TB, re *Regexp, m *Machine, expr, flags string, b []byte, from int, want string) (agree bool) {
	t.Helper()
	agree = true
	for name, got := range engines(re, m, b, from) {
		w := want
		if (name == "dfa" || name == "exists") && w != "nomatch" {
			w = "match"
		}
		if strings.HasPrefix(want, "limit") || got == "limit" && (name == "backtrack" || !re.exact) {
			continue // one of the two gave up: the tests of limits are others
		}
		if name == "exists" && got == "nomatch" && m.back.steps < 0 {
			continue
		}
		if name == "dfa" && got == "match" && !re.exact {
			continue // it may be wrong
		}
		if got != w {
			agree = false
			t.Errorf("%s: /%s/%s on %q from %d: %s, want %s", name, expr, flags, b, from, got, want)
		}
	}
	return agree
}

package pcre

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "ask PCRE2 again for testdata/golden.tsv")

// TestGolden checks all engines against what PCRE2 answered when testdata/golden.tsv was written.
func TestGolden(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	file, err := os.ReadFile("testdata/golden.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var m Machine
	rows := 0
	for line := range strings.Lines(string(file)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		rows++
		expr, err1 := strconv.Unquote(f[0])
		subject, err2 := strconv.Unquote(f[2])
		from, err3 := strconv.Atoi(f[3])
		if err := errors.Join(err1, err2, err3); err != nil || len(f) != 5 {
			t.Fatal(line, err)
		}
		re, err := Compile(expr, optionsOf(f[1]))
		refused := strings.HasPrefix(f[4], "error")
		var se *SyntaxError
		switch {
		case errors.As(err, &se) && se.Unsupported:
			if refused {
				t.Errorf("/%s/: said to be unsupported, but PCRE2 says %s", expr, f[4])
			}
		case refused != (err != nil):
			t.Errorf("/%s/%s: %v, PCRE2: %s", expr, f[1], err, f[4])
		case err == nil:
			check(t, re, &m, expr, f[1], []byte(subject), from, f[4])
		}
	}
	if rows < 700 {
		t.Errorf("only %d rows", rows)
	}
}

func writeGolden(t *testing.T) {
	o := newOracle(t)
	var b bytes.Buffer
	b.WriteString("# expression\tflags\tsubject\tstart\tanswer of PCRE2 10.42: see README.md\n")
	row := func(expr, flags, subject string, from int) {
		ask := flags
		if strings.Contains(expr, "(*") {
			ask += "N"
		}
		got, err := o.ask(expr, ask, []byte(subject), from)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(got, "error") {
			got = "error"
		}
		fmt.Fprintf(&b, "%q\t%s\t%q\t%d\t%s\n", expr, flags, subject, from, got)
	}
	for _, c := range goldenCases {
		for i, subject := range c[2:] {
			row(c[0], c[1], subject, 0)
			if len(subject) > 2 && i == 0 {
				row(c[0], c[1], subject, 1)
			}
		}
	}
	for i := range 1500 {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		expr, flags := randomExpr(r, i%2 == 0), randomFlags(r)
		if calls.MatchString(expr) || strings.Contains(expr, "{0}") || len(expr) > 120 {
			continue // PCRE2 is at odds with its manual about some of these
		}
		row(expr, flags, string(randomSubject(r)), 0)
	}
	if err := os.WriteFile("testdata/golden.tsv", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

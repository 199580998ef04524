package pcre

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

var (
	rulePCRE      = regexp.MustCompile(`pcre:\s*!?"/((?:[^"\\]|\\.)*)/([A-Za-z]*)"`)
	ruleTransform = regexp.MustCompile(`pcrexform:\s*"((?:[^"\\]|\\.)*)"`)
)

// ruleExprs returns the distinct expressions of the rule sets that lie beside the checkout, with the flags that are the library's own.
func ruleExprs(t testing.TB) (list [][2]string) {
	seen := map[[2]string]bool{}
	read := func(r io.Reader) {
		sc := bufio.NewScanner(r)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			for _, m := range rulePCRE.FindAllStringSubmatch(sc.Text(), -1) {
				flags := regexp.MustCompile(`[^imsxAEG]`).ReplaceAllString(m[2], "")
				seen[[2]string{m[1], flags}] = true
			}
			for _, m := range ruleTransform.FindAllStringSubmatch(sc.Text(), -1) {
				seen[[2]string{m[1], ""}] = true
			}
		}
	}
	zipped, _ := filepath.Glob("../../../shared/rules/*.rules.gz")
	for _, name := range zipped {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		read(z)
	}
	plain, _ := filepath.Glob("../../../shared/conformance/suricata-verify/*/*.rules")
	for _, name := range plain {
		f, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		read(bytes.NewReader(f))
	}
	for e := range seen {
		list = append(list, e)
	}
	if len(list) == 0 {
		t.Skip("no rules beside the checkout")
	}
	sort.Slice(list, func(i, j int) bool { return list[i][0]+"/"+list[i][1] < list[j][0]+"/"+list[j][1] })
	return list
}

// TestRules compiles every expression of the rule set and compares what it finds in subjects made from it with PCRE2.
func TestRules(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	list := ruleExprs(t)
	o := newOracle(t)
	var m Machine
	refused, wrongly, linear, subjects, matches, agreed := 0, 0, 0, 0, 0, 0
	r := rand.New(rand.NewPCG(1, 2))
	for _, e := range list {
		re, err := Compile(e[0], optionsOf(e[1]))
		if err != nil {
			refused++
			if got, _ := o.ask(e[0], e[1], nil, 0); !strings.HasPrefix(got, "error") {
				wrongly++
				t.Errorf("/%s/%s: %v", e[0], e[1], err)
			}
			continue
		}
		if re.Linear() {
			linear++
		}
		for i := range 6 {
			b := sample(r, e[0], optionsOf(e[1]))
			if i >= 2 {
				b = mutate(r, b)
			}
			want, err := o.ask(e[0], e[1], b, 0)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(want, "error") {
				t.Errorf("/%s/%s: accepted, PCRE2 says %s", e[0], e[1], want)
				break
			}
			subjects++
			if want != "nomatch" {
				matches++
			}
			if check(t, re, &m, e[0], e[1], b, 0, want) {
				agreed++
			}
		}
	}
	t.Logf("%d expressions: %d refused, %d of them by us alone; %d linear; %d subjects, %d match, %d agree with PCRE2",
		len(list), refused, wrongly, linear, subjects, matches, agreed)
}

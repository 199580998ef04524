package pcre

import (
	"fmt"
	"runtime"
	"sort"
	"testing"
	"time"
)

func TestSlow(t *testing.T) {
	list := ruleExprs(t)
	var ms runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&ms)
	h0 := ms.HeapAlloc
	s0 := time.Now()
	var res []*Regexp
	var ex [][2]string
	for _, e := range list {
		re, err := Compile(e[0], optionsOf(e[1]))
		if err == nil {
			res = append(res, re)
			ex = append(ex, e)
		}
	}
	fmt.Println("compile all", time.Since(s0))
	runtime.GC()
	runtime.ReadMemStats(&ms)
	fmt.Println("heap KiB", (ms.HeapAlloc-h0)>>10)
	lits := 0
	for _, re := range res {
		if l, _ := re.Literal(); l != nil {
			lits++
		}
	}
	fmt.Println("literals", lits, len(res))
	for _, kind := range []string{"uri", "header", "body"} {
		var m Machine
		type r struct {
			d time.Duration
			s string
		}
		var rs []r
		var tot time.Duration
		limit := 0
		for i, re := range res {
			re.Match(&m, benchSubjects[kind], 0)
			s := time.Now()
			_, _, err := re.Match(&m, benchSubjects[kind], 0)
			d := time.Since(s)
			tot += d
			if err != nil {
				limit++
			}
			rs = append(rs, r{d, fmt.Sprint(re.Linear(), " ", ex[i])})
		}
		sort.Slice(rs, func(i, j int) bool { return rs[i].d > rs[j].d })
		fmt.Println(kind, "total", tot, "limits", limit, "dfas", len(m.dfas.byExpr), m.dfas.total)
		for _, x := range rs[:14] {
			fmt.Printf("%v %.180s\n", x.d, x.s)
		}
	}
}

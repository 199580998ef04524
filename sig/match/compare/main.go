//go:build unix

// Command compare searches a payload for patterns with package match and with other modules for Go, in turn, and prints medians of what they
// cost in processor time, which holds on a machine that has other work. It is a module of its own, so that those stay out of the library's.
//
//	go run . [-n ROUNDS] [-patterns N] [-bytes N] PATTERNS_HEX PAYLOAD
//
// PATTERNS_HEX has a pattern in hexadecimal on each line. Patterns and payload are taken in lower case, as the others know no case folding
// that is as exact.
package main

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	bobu "github.com/BobuSumisu/aho-corasick"
	cloudflare "github.com/cloudflare/ahocorasick"
	petar "github.com/petar-dambovaliev/aho-corasick"
	"github.com/wirelore/wirelore/sig/match"
)

// A matcher is one way to search. search returns how much it found.
type matcher struct {
	name   string
	build  func(patterns [][]byte) (search func(text []byte) int)
	search func(text []byte) int
	took   time.Duration
	heap   uint64
	rates  []float64
	found  int
}

func main() {
	rounds := flag.Int("n", 5, "rounds")
	most := flag.Int("patterns", 1<<20, "use so many patterns")
	size := flag.Int("bytes", 4<<20, "search so many bytes")
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	patterns, err := readPatterns(flag.Arg(0), *most)
	if err == nil {
		err = compare(patterns, flag.Arg(1), *size, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(patterns [][]byte, file string, size, rounds int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text = text[:min(size, len(text))]
	lower(text)
	fmt.Printf("%d patterns, %d bytes, %d rounds, %s %s\n", len(patterns), len(text), rounds, runtime.Version(), runtime.GOARCH)
	all := matchers()
	for i := range all {
		m := &all[i]
		before := heap()
		began := used()
		m.search = m.build(patterns)
		m.took = used() - began
		m.heap = heap() - before
	}
	for range rounds {
		for i := range all {
			m := &all[i]
			began := used()
			m.found = m.search(text)
			m.rates = append(m.rates, float64(len(text))/(used()-began).Seconds()/1e6)
		}
	}
	fmt.Printf("%-48s %10s %10s %8s %8s\n", "", "build ms", "heap KiB", "found", "MB/s")
	for _, m := range all {
		slices.Sort(m.rates)
		fmt.Printf("%-48s %10.1f %10d %8d %8.0f\n", m.name, m.took.Seconds()*1000, m.heap>>10, m.found, m.rates[len(m.rates)/2])
	}
	return nil
}

// matchers lists what is compared. cloudflare's reports each pattern once, as FindSet does; the others every occurrence.
func matchers() []matcher {
	return []matcher{
		{name: "match Find", build: buildFind(false)},
		{name: "match Find, NoCase", build: buildFind(true)},
		{name: "match FindSet, NoCase", build: buildFindSet},
		{name: "petar-dambovaliev/aho-corasick, DFA", build: buildPetar(true)},
		{name: "petar-dambovaliev/aho-corasick, NFA", build: buildPetar(false)},
		{name: "BobuSumisu/aho-corasick", build: buildBobu},
		{name: "cloudflare/ahocorasick (each once)", build: buildCloudflare},
	}
}

func compile(patterns [][]byte, noCase bool) *match.Set {
	list := make([]match.Pattern, len(patterns))
	for i, p := range patterns {
		list[i] = match.Pattern{Bytes: p, NoCase: noCase}
	}
	s, err := match.Compile(list, nil)
	if err != nil {
		panic(err)
	}
	return s
}

func buildFind(noCase bool) func([][]byte) func([]byte) int {
	return func(patterns [][]byte) func([]byte) int {
		s := compile(patterns, noCase)
		var hits []match.Hit
		return func(text []byte) int {
			hits = s.Find(text, hits[:0])
			return len(hits)
		}
	}
}

func buildFindSet(patterns [][]byte) func([]byte) int {
	s := compile(patterns, true)
	var seen match.Seen
	var ids []uint32
	return func(text []byte) int {
		ids = s.FindSet(text, &seen, ids[:0])
		return len(ids)
	}
}

func buildPetar(dfa bool) func([][]byte) func([]byte) int {
	return func(patterns [][]byte) func([]byte) int {
		list := make([]string, len(patterns))
		for i, p := range patterns {
			list[i] = string(p)
		}
		b := petar.NewAhoCorasickBuilder(petar.Opts{MatchKind: petar.StandardMatch, DFA: dfa})
		ac := b.Build(list)
		return func(text []byte) int {
			n := 0
			for it := ac.IterOverlapping(string(text)); it.Next() != nil; {
				n++
			}
			return n
		}
	}
}

func buildBobu(patterns [][]byte) func([]byte) int {
	trie := bobu.NewTrieBuilder().AddPatterns(patterns).Build()
	return func(text []byte) int { return len(trie.Match(text)) }
}

func buildCloudflare(patterns [][]byte) func([]byte) int {
	m := cloudflare.NewMatcher(patterns)
	return func(text []byte) int { return len(m.Match(text)) }
}

// readPatterns reads most different patterns in lower case.
func readPatterns(file string, most int) ([][]byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var patterns [][]byte
	known := map[string]bool{}
	for line := range bytes.FieldsSeq(raw) {
		b := make([]byte, hex.DecodedLen(len(line)))
		if _, err := hex.Decode(b, line); err != nil {
			return nil, err
		}
		lower(b)
		if len(b) > 0 && len(b) <= match.MaxLen && !known[string(b)] && len(patterns) < most {
			known[string(b)] = true
			patterns = append(patterns, b)
		}
	}
	return patterns, nil
}

// lower folds ASCII letters in place: bytes.ToLower would change bytes that are not UTF-8.
func lower(b []byte) {
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
}

// used is the processor time of the process so far, collecting garbage included.
func used() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

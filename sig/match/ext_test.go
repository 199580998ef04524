package match

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"testing"
)

// external reads the patterns and the payload named by WIRELORE_MATCH_PATTERNS (hexadecimal, one a line) and WIRELORE_MATCH_PAYLOAD.
func external(tb testing.TB) (patterns []Pattern, payload []byte) {
	tb.Helper()
	raw, err := os.ReadFile(os.Getenv("WIRELORE_MATCH_PATTERNS"))
	if err != nil {
		tb.Skip("no patterns: set WIRELORE_MATCH_PATTERNS and WIRELORE_MATCH_PAYLOAD")
	}
	payload, err = os.ReadFile(os.Getenv("WIRELORE_MATCH_PAYLOAD"))
	if err != nil {
		tb.Skip(err)
	}
	known := map[string]bool{}
	for line := range bytes.FieldsSeq(raw) {
		b := make([]byte, hex.DecodedLen(len(line)))
		if _, err := hex.Decode(b, line); err != nil {
			tb.Fatal(err)
		}
		b = appendLower(b[:0], b)
		if len(b) > MaxLen || known[string(b)] {
			continue
		}
		known[string(b)] = true
		patterns = append(patterns, Pattern{Bytes: b, NoCase: true})
	}
	return patterns, payload
}

func BenchmarkExternal(b *testing.B) {
	patterns, payload := external(b)
	for _, bench := range []struct {
		name string
		n    int
	}{{"all", len(patterns)}, {"5000", 5000}, {"1000", 1000}, {"100", 100}, {"10", 10}} {
		s, err := Compile(patterns[:bench.n], nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bench.name+"/Find", func(b *testing.B) {
			var hits []Hit
			b.SetBytes(int64(len(payload)))
			for b.Loop() {
				hits = s.Find(payload, hits[:0])
			}
			b.ReportMetric(float64(len(hits)), "hits")
			b.ReportMetric(float64(s.Size())/1024, "KiB")
		})
		b.Run(bench.name+"/FindSet", func(b *testing.B) {
			var seen Seen
			var ids []uint32
			b.SetBytes(int64(len(payload)))
			for b.Loop() {
				ids = ids[:0]
				for i := 0; i < len(payload); i += 1460 {
					ids = s.FindSet(payload[i:min(i+1460, len(payload))], &seen, ids)
				}
			}
			b.ReportMetric(float64(len(ids)), "ids")
		})
		b.Run(bench.name+"/Stream", func(b *testing.B) {
			var seen Seen
			var ids []uint32
			st := s.NewStream()
			b.SetBytes(int64(len(payload)))
			for b.Loop() {
				st.Reset()
				seen.Reset()
				ids = ids[:0]
				for i := 0; i < len(payload); i += 1460 {
					ids = st.FindMore(payload[i:min(i+1460, len(payload))], &seen, ids)
				}
			}
			b.ReportMetric(float64(len(ids)), "ids")
		})
	}
	b.Run("Short", func(b *testing.B) {
		s := compile(b, patterns[:min(11000, len(patterns))], nil)
		for _, text := range shortTexts() {
			b.Run(fmt.Sprintf("bytes=%d", len(text)), func(b *testing.B) { benchShort(b, s, []byte(text)) })
		}
	})
	b.Run("Compile", func(b *testing.B) {
		for b.Loop() {
			compile(b, patterns, nil)
		}
	})
	b.Run("Load", func(b *testing.B) {
		stored := compile(b, patterns, nil).AppendBinary(nil)
		b.SetBytes(int64(len(stored)))
		for b.Loop() {
			if _, err := Load(stored); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestExternalEqualsNaive counts what a naive search finds, by way of a map of the texts of each length.
func TestExternalEqualsNaive(t *testing.T) {
	patterns, payload := external(t)
	byLen := map[int]map[string]int{}
	for i, p := range patterns {
		if byLen[len(p.Bytes)] == nil {
			byLen[len(p.Bytes)] = map[string]int{}
		}
		byLen[len(p.Bytes)][string(p.Bytes)] = i
	}
	payload = payload[:min(len(payload), 1<<20)]
	folded := appendLower(nil, payload)
	want := make([]int, len(patterns))
	total := 0
	for n, texts := range byLen {
		for at := 0; at+n <= len(folded); at++ {
			if i, ok := texts[string(folded[at:at+n])]; ok {
				want[i]++
				total++
			}
		}
	}
	hits := compile(t, patterns, nil).Find(payload, nil)
	for _, h := range hits {
		want[h.Pattern]--
	}
	if len(hits) != total || slices.IndexFunc(want, func(n int) bool { return n != 0 }) >= 0 {
		t.Errorf("%d hits, naive search %d, or in other places", len(hits), total)
	}
	t.Logf("%d patterns, %d hits", len(patterns), total)
}

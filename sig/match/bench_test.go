package match

import (
	"fmt"
	"testing"
)

// BenchmarkFind searches generated traffic with sets of several sizes.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 20000, 100000} {
		patterns, text := generated(n, 1<<20)
		s := compile(b, patterns, nil)
		b.Run(fmt.Sprintf("patterns=%d", n), func(b *testing.B) {
			var hits []Hit
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				hits = s.Find(text, hits[:0])
			}
			b.ReportMetric(float64(len(hits)), "hits")
			b.ReportMetric(float64(s.Size())/1024, "KiB")
		})
	}
}

// BenchmarkFindSet searches the same in pieces of the size of a packet.
func BenchmarkFindSet(b *testing.B) {
	for _, n := range []int{100, 20000} {
		patterns, text := generated(n, 1<<20)
		s := compile(b, patterns, nil)
		b.Run(fmt.Sprintf("patterns=%d", n), func(b *testing.B) {
			var ids []uint32
			var seen Seen
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				for i := 0; i < len(text); i += 1448 {
					ids = s.FindSet(text[i:min(i+1448, len(text))], &seen, ids[:0])
				}
			}
		})
	}
}

// BenchmarkStream feeds the same as chunks of a stream.
func BenchmarkStream(b *testing.B) {
	patterns, text := generated(20000, 1<<20)
	st := compile(b, patterns, nil).NewStream()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var hits []Hit
	for b.Loop() {
		st.Reset()
		hits = hits[:0]
		for i := 0; i < len(text); i += 1448 {
			hits = st.Find(text[i:min(i+1448, len(text))], hits)
		}
	}
}

// shortTexts are buffers of the size that rules look at most.
func shortTexts() []string {
	header := "Host: img.kfqzhub.example\r\nAccept: image/webp,*/*\r\nReferer: https://kfqzhub.example/q/9\r\n"
	return []string{
		"cdn-7.kfqzhub.example",
		"/images/products/large/2024/kf8zq/view-7731.webp?w=640&h=480",
		header + header + header + header + header,
	}
}

// BenchmarkShort searches short buffers in which nothing, or little, is found.
func BenchmarkShort(b *testing.B) {
	for _, n := range []int{100, 11000} {
		patterns, _ := generated(n, 0)
		s := compile(b, patterns, nil)
		for _, text := range shortTexts() {
			b.Run(fmt.Sprintf("patterns=%d/bytes=%d", n, len(text)), func(b *testing.B) { benchShort(b, s, []byte(text)) })
		}
	}
}

func benchShort(b *testing.B, s *Set, text []byte) {
	var ids []uint32
	var seen Seen
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		ids = s.FindSet(text, &seen, ids[:0])
	}
	b.ReportMetric(float64(len(ids)), "ids")
}

// BenchmarkRuns searches a buffer of one byte: what filters like least.
func BenchmarkRuns(b *testing.B) {
	patterns, _ := generated(20000, 0)
	for n := range 8 {
		patterns = append(patterns, Pattern{Bytes: make([]byte, 4+n)})
	}
	s := compile(b, patterns, nil)
	text := make([]byte, 4096)
	b.SetBytes(int64(len(text)))
	b.Run("Find", func(b *testing.B) {
		var hits []Hit
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			hits = s.Find(text, hits[:0])
		}
	})
	b.Run("FindSet", func(b *testing.B) { benchShort(b, s, text) })
}

// BenchmarkOneToThree searches for the patterns that have tables of their own.
func BenchmarkOneToThree(b *testing.B) {
	_, text := generated(10, 1<<20)
	for _, c := range []struct {
		name    string
		pattern []string
	}{{"1", []string{"\x01"}}, {"2", []string{"q!", "%%"}}, {"3", []string{"q!x", "%%n", "zqz"}}} {
		var patterns []Pattern
		for _, p := range c.pattern {
			patterns = append(patterns, Pattern{Bytes: []byte(p), NoCase: true})
		}
		s := compile(b, patterns, nil)
		b.Run(c.name, func(b *testing.B) {
			var hits []Hit
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				hits = s.Find(text, hits[:0])
			}
			b.ReportMetric(float64(len(hits)), "hits")
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{100, 20000, 100000} {
		patterns, _ := generated(n, 0)
		b.Run(fmt.Sprintf("patterns=%d", n), func(b *testing.B) {
			for b.Loop() {
				compile(b, patterns, nil)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 20000} {
		patterns, _ := generated(n, 0)
		stored := compile(b, patterns, nil).AppendBinary(nil)
		b.Run(fmt.Sprintf("patterns=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(stored)))
			for b.Loop() {
				if _, err := Load(stored); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

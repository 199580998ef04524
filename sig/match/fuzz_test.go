package match

import (
	"bytes"
	"slices"
	"testing"
)

// fuzzPatterns takes patterns out of data: a byte of length and case before each, until there are none left.
func fuzzPatterns(data []byte) []Pattern {
	var patterns []Pattern
	for len(data) > 1 && len(patterns) < 64 {
		n := min(1+int(data[0]>>1), len(data)-1)
		patterns = append(patterns, Pattern{Bytes: data[1 : 1+n], NoCase: data[0]&1 != 0})
		data = data[1+n:]
	}
	return patterns
}

func FuzzFind(f *testing.F) {
	f.Add([]byte("\x07abcd\x01a\x02bc\x05cde"), []byte("xabcdeABCDE"))
	f.Add([]byte("\x09aaaaa\x07aaaa\x05aaa"), []byte("aaaaaaaaaaaaaaaaaaaaaaaa"))
	f.Add([]byte("\x0f@`[{@`[{\x0e@`[{@`["), []byte("`@{[`@{[@`[{@`[{"))
	f.Fuzz(func(t *testing.T, data, text []byte) {
		if len(text) > 1<<12 {
			return
		}
		patterns := fuzzPatterns(data)
		check(t, compile(t, patterns, nil), patterns, text)
		check(t, compile(t, patterns, &Options{FilterBits: minFilterBits}), patterns, text)
	})
}

func FuzzStream(f *testing.F) {
	f.Add([]byte("\x07abcd\x01a\x02bc\x05cde"), []byte("xabcdeABCDE"), []byte{1, 2, 3})
	f.Add([]byte("\x09aaaaa\x07aaaa\x05aaa"), bytes.Repeat([]byte("a"), 90), []byte{40, 0, 1, 40})
	f.Fuzz(func(t *testing.T, data, text, cuts []byte) {
		if len(text) > 1<<12 {
			return
		}
		patterns := fuzzPatterns(data)
		s := compile(t, patterns, nil)
		st := s.NewStream()
		var got []Hit
		rest := text
		for _, n := range cuts {
			n := min(int(n), len(rest))
			got = st.Find(rest[:n], got)
			rest = rest[n:]
		}
		got = st.Find(rest, got)
		if want := naive(patterns, text); !slices.Equal(got, want) {
			t.Fatalf("%v in %q cut %v:\ngot  %v\nwant %v", patterns, text, cuts, got, want)
		}
	})
}

func FuzzLoad(f *testing.F) {
	small, _ := Compile([]Pattern{{Bytes: []byte("abcd"), NoCase: true}, {Bytes: []byte("ab")}, {Bytes: []byte("a")}}, &Options{FilterBits: 4})
	f.Add(small.AppendBinary(nil), []byte("aAbBcCabcdabcd"))
	f.Fuzz(func(t *testing.T, data, text []byte) {
		if len(data) > 1<<16 || len(text) > 1<<10 {
			return
		}
		data = reseal(bytes.Clone(data))
		s, err := Load(data)
		if err != nil {
			return
		}
		s.Find(text, nil)
		st := s.NewStream()
		st.Find(text[:len(text)/2], nil)
		st.Find(text[len(text)/2:], nil)
		if again, err := Load(s.AppendBinary(nil)); err != nil || again.Len() != s.Len() {
			t.Fatal("a loaded set cannot be stored and loaded: ", err)
		}
	})
}

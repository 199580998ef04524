package pcre

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// benchShapes are made after what rules look for: in addresses, headers and bodies.
var benchShapes = []struct{ name, expr, flags string }{
	{"uri-anchored", `^/[a-z]{4,8}/\d+\.php\?id=[0-9a-f]{16}$`, ""},
	{"uri-literal", `/gate\.php\?[a-z]+=[0-9]+`, ""},
	{"uri-class", `/[a-f0-9]{32}/[a-z]+\.exe$`, "i"},
	{"header-line", `^Host:\s[^\r\n]+\.(?:top|xyz|info)\r?$`, "mi"},
	{"header-alternatives", `User-Agent:\s(?:curl|wget|python-requests|libwww-perl|nikto)/`, "i"},
	{"body-tag", `<object\s+[^>]*classid\s*=\s*["']?\s*clsid\s*:\s*\{?\s*D7A7D7C3-D47F-11D0-89D3-00A0C90833E6`, "si"},
	{"body-bytes", `[^\x00-\x7f]{4}.{2}\x00\x00[^\x00]{8}PE`, "s"},
	{"body-dotstar", `eval\(.+?unescape\(.+?\)`, "s"},
	{"body-number", `\b(?:\d{3}-){2}\d{4}\b`, ""},
}

var benchSubjects = map[string][]byte{
	"uri":    []byte("/static/assets/img/logo-small.png?v=20240112&s=1"),
	"header": []byte(strings.Repeat("Accept: text/html,application/xhtml+xml;q=0.9\r\n", 8) + "Host: www.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n"),
	"body":   bytes.Repeat([]byte("<div class=\"item\"><a href=\"/p/1234\">The quick brown fox</a> jumps over 42 lazy dogs; var x = f(y);</div>\n"), 1000),
}

func eachShape(b *testing.B, run func(b *testing.B, expr, flags string, subject []byte)) {
	for _, s := range benchShapes {
		kind, _, _ := strings.Cut(s.name, "-")
		b.Run(s.name, func(b *testing.B) {
			b.SetBytes(int64(len(benchSubjects[kind])))
			b.ReportAllocs()
			run(b, s.expr, s.flags, benchSubjects[kind])
		})
	}
}

// BenchmarkMatch searches where nothing is found, as nearly all searches of a rule set end.
func BenchmarkMatch(b *testing.B) {
	eachShape(b, func(b *testing.B, expr, flags string, subject []byte) {
		re, err := Compile(expr, optionsOf(flags))
		if err != nil {
			b.Fatal(err)
		}
		var m Machine
		for b.Loop() {
			if _, ok, _ := re.Match(&m, subject, 0); ok {
				b.Fatal("match")
			}
		}
	})
}

// BenchmarkStdlib is BenchmarkMatch with the standard library.
func BenchmarkStdlib(b *testing.B) {
	eachShape(b, func(b *testing.B, expr, flags string, subject []byte) {
		if flags != "" {
			expr = "(?" + flags + ")" + expr
		}
		re := regexp.MustCompile(expr)
		for b.Loop() {
			if re.Match(subject) {
				b.Fatal("match")
			}
		}
	})
}

// BenchmarkHit finds something, with its groups.
func BenchmarkHit(b *testing.B) {
	re, err := Compile(`id=(\d+)&s=(\w+)`, Options{})
	if err != nil {
		b.Fatal(err)
	}
	var m Machine
	subject := []byte("/static/assets/img/logo-small.png?id=20240112&s=abc HTTP/1.1")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok, _ := re.Match(&m, subject, 0); !ok {
			b.Fatal("no match")
		}
	}
}

// BenchmarkBackreference needs the backtracker.
func BenchmarkBackreference(b *testing.B) {
	re, err := Compile(`(\w{4,})\s*=\s*new\s.{0,40}?\1`, Options{DotAll: true})
	if err != nil {
		b.Fatal(err)
	}
	var m Machine
	b.ReportAllocs()
	b.SetBytes(int64(len(benchSubjects["body"])))
	for b.Loop() {
		re.Match(&m, benchSubjects["body"], 0)
	}
}

// BenchmarkPathological is the classic, on 64 KiB.
func BenchmarkPathological(b *testing.B) {
	re, err := Compile(`(a+)+$`, Options{})
	if err != nil {
		b.Fatal(err)
	}
	subject := append(bytes.Repeat([]byte("a"), 64<<10), 'b')
	var m Machine
	b.SetBytes(int64(len(subject)))
	for b.Loop() {
		re.Match(&m, subject, 0)
	}
}

// BenchmarkCompile compiles the shapes.
func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range benchShapes {
			if _, err := Compile(s.expr, optionsOf(s.flags)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkRules searches one subject of each kind for every expression of a rule set, if there is one beside the checkout.
func BenchmarkRules(b *testing.B) {
	var list []*Regexp
	var std []*regexp.Regexp
	for _, e := range ruleExprs(b) {
		re, err := Compile(e[0], optionsOf(e[1]))
		if err != nil || len(std) == 2000 {
			continue
		}
		flags := strings.Map(func(r rune) rune {
			if r == 'i' || r == 'm' || r == 's' {
				return r
			}
			return -1
		}, e[1])
		if flags != "" {
			flags = "(?" + flags + ")"
		}
		if s, err := regexp.Compile(flags + e[0]); err == nil {
			list, std = append(list, re), append(std, s)
		}
	}
	for _, kind := range []string{"uri", "header", "body"} {
		subject := benchSubjects[kind]
		b.Run(kind+"/pcre", func(b *testing.B) {
			var m Machine
			for b.Loop() {
				for _, re := range list {
					re.Match(&m, subject, 0)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/expr")
		})
		b.Run(kind+"/stdlib", func(b *testing.B) {
			for b.Loop() {
				for _, re := range std {
					re.FindSubmatchIndex(subject)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/expr")
		})
	}
}

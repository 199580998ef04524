package rule

import (
	"bytes"
	"errors"
	"testing"
)

// contents are patterns as Suricata 7.0.10 shows them, or what is wrong where it refuses them too.
var contents = map[string]string{
	`"abc"`: "abc", `!"abc"`: "!abc", `! "abc"`: "!abc", "  \"abc\"\t": "abc", `"!abc"`: `\!abc`,
	`"|41|"`: "A", `"|41 42|"`: "AB", `"|4142|"`: "AB", `"|4 1|"`: "A", `"|41,42|"`: "AB", `"|41||42|"`: "AB",
	`"||"`: "||", `"a||b"`: "ab|b", `"||a"`: "a|a", `"| |"`: "| |",
	`"a\;b\:c\"d\\e"`: `a;b:c"d\e`, `"a\"`: `a\`, `"a \"`: `a \`, `"a\\"`: `a\`, `"|41|\"`: "A",
	`"|\41|"`: "A", `"|4\1|"`: "A", `"|41\|\;b"`: `A\;b`, "\"\ta\t\"": "\ta\t", `"a(b)c|fF|"`: "a(b)c\xff",
	`""`: "2: empty value", `!""`: "3: empty value", `!`: "2: empty value", ``: "1: empty value",
	`"`: "1: quote without a backslash before it", `abc`: "1: value is not quoted", `'a'`: "1: value is not quoted",
	`"|4|"`: "4: hex byte of one digit", `"|414|"`: "6: hex byte of one digit",
	`"|41"`: `2: no "|" after the hex part`, `!"a|"`: `4: no "|" after the hex part`,
	`"|41-42|"`: `5: no hex digit: "-"`, "\"|41\t42|\"": `5: no hex digit: "\t"`, `"|\\|"`: `4: no hex digit: "\\"`,
	`"a\nb"`: `4: no escape, "\" itself is "\\": "\\n"`, `"a\|41|b"`: `8: no escape, "\" itself is "\\": "\\b"`,
	`"a"b"`: "3: quote without a backslash before it", `"a",offset 3`: "1: value starts with a quote and does not end with one",
}

func TestContent(t *testing.T) {
	for value, want := range contents {
		pattern, negated, err := Content(value)
		got := string(pattern)
		if negated {
			got = "!" + got
		} else if bytes.HasPrefix(pattern, []byte("!")) {
			got = `\` + got
		}
		if err != nil {
			p := new(Problem)
			if !errors.As(err, &p) {
				t.Fatal(err)
			}
			got = string(rune('0'+p.Column)) + ": " + p.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

func TestUnquote(t *testing.T) {
	for value, want := range map[string]string{
		`"a\;b"`: `a\;b`, ` ! "a" `: "!a", `a b`: "a b", `!a`: "!a", `"`: `"`, `"a"b"`: `a"b`, `"a`: "1", `!"a`: "2", ` `: "2", `!" "`: "! ",
	} {
		text, negated, err := Unquote(value)
		if negated {
			text = "!" + text
		}
		if p := new(Problem); errors.As(err, &p) {
			text = string(rune('0' + p.Column))
		}
		if text != want {
			t.Errorf("%q: %q, want %q", value, text, want)
		}
	}
}

// FuzzContent demands that a pattern, written in hex, is read back.
func FuzzContent(f *testing.F) {
	for value := range contents {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		pattern, negated, err := Content(value)
		if p := new(Problem); errors.As(err, &p) {
			if p.Column < 1 || p.Column > len(value)+1 {
				t.Fatalf("%q: column %d", value, p.Column)
			}
			return
		}
		if len(pattern) == 0 || len(pattern) > len(value) {
			t.Fatalf("%q: %q", value, pattern)
		}
		hex := []byte(`"|`)
		for _, c := range pattern {
			hex = append(hex, "0123456789abcdef"[c>>4], "0123456789ABCDEF"[c&15], ' ')
		}
		again, _, err := Content(string(hex) + `|"`)
		if err != nil || !bytes.Equal(again, pattern) || negated && value[0] == '"' {
			t.Fatalf("%q: %q, then %q %v", value, pattern, again, err)
		}
	})
}

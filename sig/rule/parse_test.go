package rule

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const anyRule = `alert tcp any any -> any any (msg:"a"; sid:1;)`

// TestRule looks at all parts of a rule with odd blanks.
func TestRule(t *testing.T) {
	text := "Alert  TCP-pkt [1.1.1.1, $HOME_NET] any <>\tany [80, !81]  ((msg : \"a\\;\\\"b:\\x\" ;\tContent:!\"|41|\\;\" ; nocase; rev:+3; " +
		"depth: ; sid: 12 ; gid:7 ;) ) \t"
	r, err := ParseLine(text)
	if err != nil {
		t.Fatal(err)
	}
	if r.Action != "alert" || r.Protocol.Text != "tcp-pkt" || !r.Both || r.SID != 12 || r.GID != 7 || r.Rev != 3 || r.Msg != `a;"b:x` {
		t.Errorf("%+v", r)
	}
	for _, f := range []struct {
		Field
		want string
	}{{r.Src, "[1.1.1.1, $HOME_NET]"}, {r.SrcPorts, "any"}, {r.Dst, "any"}, {r.DstPorts, "[80, !81]"},
		{r.Protocol, "tcp-pkt"}} {
		if f.Text != f.want || !strings.EqualFold(r.Text[f.Column-1:][:len(f.Text)], f.want) {
			t.Errorf("%+v, want %q", f.Field, f.want)
		}
	}
	want := []string{`msg="a\;\"b:\x"`, `content=!"|41|\;"`, "nocase", "rev=+3", "depth=", "sid=12", "gid=7"}
	for i, o := range r.Options {
		got := o.Name
		if o.HasValue {
			got += "=" + o.Value
			if r.Text[o.ValueColumn-1:][:len(o.Value)] != o.Value {
				t.Errorf("%s at %d", o.Value, o.ValueColumn)
			}
		} else if o.ValueColumn != 0 {
			t.Errorf("%s has a value at %d", o.Name, o.ValueColumn)
		}
		if got != want[i] || !strings.EqualFold(r.Text[o.Column-1:][:len(o.Name)], o.Name) {
			t.Errorf("%s at %d, want %s", got, o.Column, want[i])
		}
	}
	if len(r.Options) != len(want) || r.Option("rev") != &r.Options[3] || r.Option("no") != nil {
		t.Error(r.Options)
	}
	if !strings.HasSuffix(r.Text, ") )") {
		t.Errorf("text ends in blanks: %q", r.Text)
	}
}

// TestParseLine has what Suricata 7.0.10 takes, and what it refuses with the place and the reason.
func TestParseLine(t *testing.T) {
	options := func(s string) string { return "alert tcp any any -> any any " + s }
	for text, want := range map[string]string{
		anyRule:                                                        "",
		options(`(msg:"a"; sid:1;`):                                    "",
		options(`msg:"a"; sid:1;`):                                     "",
		options(`((msg:"a"; sid:1;)))`):                                "",
		options(`(msg:"a\\;b"; sid:1;)`):                               "",
		options(`(msg:"; sid:1;)`):                                     "",
		options(`(msg:"a"b"; sid:1;)`):                                 "",
		options(`(msg:"a"; sid:1;)`) + "\n":                            "",
		options(`(msg:"a"; sid:1)`):                                    `1:40: sid 1: no ";" after the option`,
		options(`(msg:"a"; sid:1;) x`):                                 `1:46: sid 1: no ";" after the option`,
		options(`(msg:"a"; sid:1;) # x;`):                              ``,
		options(`(msg:"a";; sid:1;)`):                                  `1:39: sid 1: empty option`,
		options(`(msg:"a"; : ; sid:1;)`):                               `1:40: sid 1: empty option`,
		options(`(msg:"a;b"; sid:1;)`):                                 `1:35: sid 1: value starts with a quote and does not end with one: unescaped ";" or missing one?`,
		options(`(msg:"a"x; sid:1;)`):                                  `1:35: sid 1: value starts with a quote and does not end with one: unescaped ";" or missing one?`,
		`alrt tcp any any => any any (requires: version >= 9; sid:1;)`: ``,
		`alrt tcp any any => any any (sid:1;)`:                         `1:1: sid 1: unknown action "alrt"`,
		options(`()`):                                                  `1:32: no options`,
		`alert tcp any any -> any any`:                                 `1:29: no options`,
		`alert tcp any any -> any`:                                     `1:25: no destination ports`,
		`alert tcp any any`:                                            `1:18: no direction`,
		`alert`:                                                        `1:6: no protocol`,
		``:                                                             `1:1: unknown action ""`,
		"foo tcp any any -> any any (sid:9;)":                          `1:1: sid 9: unknown action "foo"`,
		"  log tcp any any -> any any ()":                              `1:3: unknown action "log"`,
		`alert tcp any any(sid:1;)`:                                    `1:26: sid 1: no direction`,
		`alert tcp any any -> any any(sid:1;)`:                         `1:29: sid 1: no space before the options`,
		`alert tcp any any <- any any (sid:1;)`:                        `1:19: sid 1: direction is neither -> nor <>: "<-"`,
		`alert tcp [1.1.1.1 any -> any any (sid:1;)`:                   `1:11: sid 1: "[" without "]"`,
		`alert tcp 1.1.1.1] any -> any any (sid:1;)`:                   `1:18: sid 1: "]" without "["`,
		"alert tcp any\tany -> any any (sid:1;)":                       `1:14: sid 1: tab in the header: only spaces end this field`,
		options("(msg:\"\xff\"; sid:1;)"):                              `1:36: sid 1: not valid UTF-8`,
		options("(msg:\"\x00\"; sid:1;)"):                              `1:36: sid 1: NUL byte`,
		options(`(msg:"` + strings.Repeat("x", 8192) + `"; sid:77;)`):  `1:1: sid 77: rule of 8238 bytes: more than 8191`,
	} {
		r, err := ParseLine(text)
		var p *Problem
		switch {
		case err == nil && want != "":
			t.Errorf("%q is a rule: %+v", text, r)
		case err != nil && (err.Error() != want || !errors.As(err, &p)):
			t.Errorf("%.80q: %v, want %q", text, err, want)
		}
	}
}

// TestParse reads a file of all kinds of lines.
func TestParse(t *testing.T) {
	rule := func(sid int) string { return fmt.Sprintf(`alert tcp any any -> any any (msg:"a"; sid:%d;)`, sid) }
	text := "\ufeff" + rule(1) + "\r\n" +
		"# comment\n#" + rule(2) + "\n## \t" + rule(3) + "\n# alert me \\\n\n \t\n" +
		"alert tcp any any -> any any ( \\\n  msg:\"a\"; \\ \r\n sid:4; )\n" + // lines 8 to 10
		" " + rule(5) + "\n" + // 11
		"  # comment\n" +
		"alert tcp any any -> any any (\\\n msg:\"a\"; sid:6; \\\n x)\n" + // 13 to 15
		rule(7) + "\rsid:2\n" + // 16: a carriage return is a blank
		rule(8) + "\\"
	rules, disabled, problems := Parse("f", text)
	var got []string
	for _, list := range [][]Rule{rules, disabled} {
		for i := range list {
			r := &list[i]
			got = append(got, fmt.Sprint(r.SID, " ", r.Pos, " ", r.Position(r.Option("sid").Column)))
		}
	}
	for _, p := range problems {
		got = append(got, p.Error())
	}
	want := []string{
		"1 f:1:4 f:1:43", "4 f:8:1 f:10:2", "2 f:3:2 f:3:41", "3 f:4:5 f:4:44",
		"f:11:1: sid 5: line starts with a blank: Suricata ignores it",
		`f:15:2: sid 6: no ";" after the option`,
		`f:16:46: sid 7: no ";" after the option`,
		"f:17:1: sid 8: the file ends where a backslash continues the line",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestLong refuses long rules and goes on, however they are written.
func TestLong(t *testing.T) {
	fits := `alert tcp any any -> any any (sid:2; msg:"`
	fits += strings.Repeat("x", MaxRule-len(fits)-3) + `";)`
	text := "alert tcp any any -> any any (" + strings.Repeat("content:\"a\"; ", 1<<17) + "sid:1;)\n" +
		"# " + strings.Repeat("x", 1<<20) + "\n" + fits + "\r\n" +
		"alert tcp any any -> any any (" + strings.Repeat("content:\"a\"; \\\n", 1<<16) + "sid:3;)\n" + anyRule
	rules, disabled, problems := Parse("", text)
	if len(rules) != 2 || len(disabled) != 0 || len(problems) != 2 {
		t.Fatal(len(rules), len(disabled), problems)
	}
	if p := problems[0].Error(); p != "1:1: sid 1: rule of 1703973 bytes: more than 8191" {
		t.Error(p)
	}
}

func TestDeduplicate(t *testing.T) {
	var text strings.Builder
	for _, o := range []string{"sid:1; rev:1;", "sid:2;", "sid:1; rev:2;", "sid:1; rev:2;", "sid:1; gid:2;", "sid:2;", "rev:1;", "rev:1;"} {
		text.WriteString("alert ip any any -> any any (" + o + ")\n")
	}
	rules, _, problems := Parse("f", text.String())
	kept, twice := Deduplicate(rules)
	got := fmt.Sprint(len(problems))
	for _, r := range kept {
		got += fmt.Sprint(" ", r.Line)
	}
	if got != "0 2 3 5 7 8" {
		t.Error(got)
	}
	expect(t, twice, []string{
		"f:1:1: sid 1: replaced by revision 2 at f:3:1",
		"f:4:1: sid 1: duplicate of the rule at f:3:1",
		"f:6:1: sid 2: duplicate of the rule at f:2:1",
	})
	if !twice[0].Warning || twice[1].Warning {
		t.Error(twice[0].Warning, twice[1].Warning)
	}
}

// TestVerify reads the rules of suricata-verify, which lie beside the project, if they do.
func TestVerify(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/conformance/suricata-verify/*/*.rules")
	if len(files) == 0 {
		t.Skip("no rules")
	}
	n := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rules, disabled, problems := Parse(filepath.Join(filepath.Base(filepath.Dir(f)), filepath.Base(f)), string(b))
		n += len(rules) + len(disabled)
		for _, p := range problems {
			if !strings.HasSuffix(p.Msg, `"=>"`) { // Suricata 8 has that
				t.Error(p)
			}
		}
	}
	t.Log(len(files), "files", n, "rules")
}

// FuzzParse demands that places lead back to the text, and that nothing is lost or made twice.
func FuzzParse(f *testing.F) {
	f.Add(anyRule + "\n#" + anyRule + "\r\n" + anyRule[:20] + "\\\n" + anyRule[20:])
	f.Add("alert http [1.2.3.4, !$A] any <> any any (content:!\"a|41|\\;\"; sid:1; )")
	f.Fuzz(func(t *testing.T, text string) {
		rules, disabled, problems := Parse("f", text)
		lines := strings.SplitAfter(text, "\n")
		if n := len(rules) + len(disabled) + len(problems); n > len(lines) {
			t.Fatal(n, "of", len(lines))
		}
		for i, r := range append(rules, disabled...) {
			for _, o := range r.Options {
				p := r.Position(o.Column)
				at := p.Column - 1
				if line := lines[p.Line-1]; at >= len(line) || lower(line[at:at+1]) != o.Name[:1] {
					t.Fatalf("%q is not at %v", o.Name, p)
				}
				if o.ValueColumn > 0 && r.Text[o.ValueColumn-1:][:len(o.Value)] != o.Value {
					t.Fatalf("%q is not at %d", o.Value, o.ValueColumn)
				}
			}
			if i < len(rules) && len(r.Text) > MaxRule {
				t.Fatal(len(r.Text))
			}
			again, err := ParseLine(r.Text)
			if err != nil || len(again.Options) != len(r.Options) {
				t.Fatal(err, r.Text)
			}
		}
	})
}

// emergingThreats returns the rules of Emerging Threats Open, which lie beside the project, if they do.
func emergingThreats(tb testing.TB) string {
	f, err := os.Open("../../../shared/rules/et-open.rules.gz")
	if err != nil {
		tb.Skip("no rules: ", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// TestEmergingThreats reads all rules there are, those that are switched off too.
func TestEmergingThreats(t *testing.T) {
	rules, disabled, problems := Parse("et", emergingThreats(t))
	for _, p := range problems {
		t.Error(p)
	}
	if len(rules) != 38385 || len(disabled) != 14974 {
		t.Errorf("%d rules and %d disabled ones, want 38385 and 14974", len(rules), len(disabled))
	}
	vars := DefaultVars()
	addresses, ports, contents := map[string]bool{}, map[string]bool{}, 0
	for _, r := range append(rules, disabled...) {
		if r.SID == 0 || r.GID != 1 || r.Msg == "" {
			t.Errorf("%v: sid %d gid %d msg %q", r.Pos, r.SID, r.GID, r.Msg)
		}
		for _, f := range []Field{r.Src, r.Dst} {
			if !addresses[f.Text] {
				addresses[f.Text] = true
				if _, err := vars.AddressSet(f.Text); err != nil {
					t.Errorf("%v: %q: %v", r.Pos, f.Text, err)
				}
			}
		}
		for _, f := range []Field{r.SrcPorts, r.DstPorts} {
			if !ports[f.Text] {
				ports[f.Text] = true
				if _, err := vars.PortSet(f.Text); err != nil {
					t.Errorf("%v: %q: %v", r.Pos, f.Text, err)
				}
			}
		}
		for _, o := range r.Options {
			if o.Name == "content" {
				contents++
				if _, _, err := Content(o.Value); err != nil {
					t.Errorf("%v: %q: %v", r.Position(o.ValueColumn), o.Value, err)
				}
			}
		}
	}
	t.Log(len(addresses), "addresses,", len(ports), "ports,", contents, "contents")
}

func BenchmarkParse(b *testing.B) {
	text := emergingThreats(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if rules, _, _ := Parse("et", text); len(rules) == 0 {
			b.Fatal("no rules")
		}
	}
}

// TestLinear reads much text of kinds that repeat what is looked for. Where work is not linear, it does not end.
func TestLinear(t *testing.T) {
	v := testVars()
	for _, part := range []string{"sid", "sid:", "#", "# alert ", "alert ", ";", "a;", "\\;", "\\\n", "a\\\n", "(", ")", " ", "\n", "[", "]", "\"", ":", "!", ",", "\x00", "\xff", "|", "alert tcp any any -> any any (sid:1;)\n"} {
		for _, start := range []string{"", anyRule[:len(anyRule)-1], "suppress gen_id 1, sig_id 2, track by_src, ip ", "config classification:"} {
			text := start + strings.Repeat(part, 1<<17)
			Parse("", text)
			_, _ = ParseLine(text)
			_, _, _ = Content(`"` + text + `"`)
			_, _ = v.AddressSet(text)
			_, _ = v.PortSet(text)
			v.ParseThresholds("", text)
			ParseClassifications("", text)
			ParseReferences("", text)
		}
	}
}

// TestScan demands that Scan gives the rules that Parse gives, and that each is found again where it stands.
func TestScan(t *testing.T) {
	text := "\ufeff" + anyRule + "\n# alert tcp any any -> any any (msg:\"off\"; sid:2;)\r\n\nalert tcp any any \\\n -> any any \\\r\n (sid:3; rev:1;)\n" +
		"alert tcp broken\n# a comment\n" + anyRule + "\nalert udp any any -> any any (sid:5;)"
	on, off, problems := Parse("f", text)
	if len(on) != 4 || len(off) != 1 || len(problems) != 1 {
		t.Fatal(len(on), len(off), problems)
	}
	for _, disabled := range []bool{false, true} {
		var reader Reader
		want := slices.Clone(on)
		if disabled {
			want = append(want, off...)
		}
		var got []Rule
		bad := Scan("f", text, disabled, func(r *Rule, _ bool) {
			r.Options = slices.Clone(r.Options)
			got = append(got, *r)
		})
		slices.SortFunc(got, func(a, b Rule) int { return a.Line - b.Line })
		slices.SortFunc(want, func(a, b Rule) int { return a.Line - b.Line })
		if !reflect.DeepEqual(got, want) || len(bad) != 1 || *bad[0] != *problems[0] {
			t.Errorf("%+v, want %+v", got, want)
		}
		for i := range want {
			if r, ok := reader.At("f", text, want[i].Offset, want[i].Line); !ok || !reflect.DeepEqual(*r, want[i]) {
				t.Errorf("%+v, want %+v", r, want[i])
			}
		}
	}
	for _, at := range []int{-1, len(text), len(text) + 1, strings.Index(text, "\n\n") + 1, strings.Index(text, "alert tcp broken")} {
		if r, ok := new(Reader).At("f", text, at, 1); ok {
			t.Errorf("at %d is %+v", at, r)
		}
	}
}

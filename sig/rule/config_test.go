package rule

import (
	"fmt"
	"strings"
	"testing"
)

func TestClassifications(t *testing.T) {
	all, problems := ParseClassifications("f", "# comment\n\n\tconfig  classification : foo-bar_1 , Some, thing ,3\r\n"+
		"config classification:FOO-bar_1,other,1\nCONFIG classification: a,b,1\nconfig classification: foo bar,b,1\n"+
		"config classification: a,b\nconfig classification: a,b,-1\nconfig classification: A,b,256 # x\nconfig classification: A,b,256")
	if fmt.Sprint(all) != "map[a:{A b 256} foo-bar_1:{foo-bar_1 Some, thing 3}]" {
		t.Error(all)
	}
	want := []string{
		`f:5:1: line does not start with "config classification:"`,
		`f:6:27: no name of letters, digits, "-" and "_" before ","`,
		`f:7:26: no description before another ","`,
		`f:8:28: no priority: "-1"`,
		`f:9:28: no priority: "256 # x"`,
	}
	expect(t, problems, want)
	if d := DefaultClassifications(); len(d) != 43 || d["trojan-activity"] != (Classification{"trojan-activity", "A Network Trojan was detected", 1}) {
		t.Error(len(d), d["trojan-activity"])
	}
}

func TestReferences(t *testing.T) {
	all, problems := ParseReferences("f", "config reference: arachNIDS\thttp://a b\nconfig reference:ARACHnids http://c\n"+
		"foo\nconfig reference: foo\nconfig reference: a.b http://\n # x")
	if fmt.Sprint(all) != "map[arachnids:http://a b]" {
		t.Error(all)
	}
	expect(t, problems, []string{
		`f:3:1: line does not start with "config reference:"`,
		"f:4:22: no name and URL with a blank between them",
		"f:5:20: no name and URL with a blank between them",
	})
	if d := DefaultReferences(); len(d) < 15 || d["secunia"] != "http://www.secunia.com/advisories/" {
		t.Error(d)
	}
}

// expect compares problems with their text.
func expect(t *testing.T, problems []*Problem, want []string) {
	t.Helper()
	var got []string
	for _, p := range problems {
		got = append(got, p.Error())
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// thresholds has a line for each form, and what becomes of it.
var thresholds = []struct{ line, want string }{
	{"suppress gen_id 1, sig_id 2", "f:1:1 suppress 1:2 0"},
	{"\tsuppress  gen_id 0 ,sig_id 0 ", "f:1:2 suppress 0:0 0"},
	{"suppress gen_id 1, sig_id 2, track by_src, ip [1.2.3.4, 1.2.3.5]", "f:1:1 suppress 1:2 1 1.2.3.4-1.2.3.5"},
	{"suppress gen_id 1, sig_id 2, track by_either, ip 1.2.3.4, 1.2.3.6", "f:1:1 suppress 1:2 3 1.2.3.4-1.2.3.4 1.2.3.6-1.2.3.6"},
	{"suppress gen_id 1, \\\n sig_id 2, track by_dst, ip $A", "f:1:1 suppress 1:2 2 10.0.0.1-10.0.0.2"},
	{"threshold gen_id 1, sig_id 2, type limit, track by_src, count 3, seconds 60", "f:1:1 limit 1:2 1 3/60"},
	{"event_filter gen_id 1,sig_id 2,type threshold,track by_dst,count 3,seconds 0", "f:1:1 threshold 1:2 2 3/0"},
	{"threshold gen_id 1, sig_id 0, type both, track by_rule, count 3, seconds 60", "f:1:1 both 1:0 4 3/60"},
	{"rate_filter gen_id 1, sig_id 2, track by_both, count 3, seconds 60, new_action drop, timeout 30", "f:1:1 rate 1:2 5 3/60 drop 30"},
	{"SUPPRESS gen_id 1, sig_id 1", `f:1:1: sid 1: line is none of suppress, threshold, event_filter and rate_filter: "SUPPRESS"`},
	{"suppress", "f:1:9: no gen_id"},
	{"suppress gen_id 1", `f:1:18: no "," and sig_id`},
	{"suppress gen_id 0, sig_id 2", "f:1:1: sid 2: sig_id without gen_id"},
	{"suppress gen_id 1, sig_id 4294967296", `f:1:27: no number: "4294967296"`},
	{"suppress gen_id 1, sig_id 2;", `f:1:27: no number: "2;"`},
	{"suppress gen_id 1, sig_id 2 # x", `f:1:29: sid 2: no "," and track`},
	{"suppress gen_id 1, sig_id 2, track by_src", `f:1:42: sid 2: no "," and ip`},
	{"suppress gen_id 1, sig_id 2, track by_both, ip 1.2.3.4", `f:1:36: sid 2: track is none of by_src, by_dst, by_either: "by_both"`},
	{"suppress gen_id 1, sig_id 2, \\\n  track by_src, ip [1.1.1.1,x]", `f:2:29: sid 2: no address: "x"`},
	{"threshold gen_id 1, sig_id 2, type limit, track by_src, seconds 60, count 3", "f:1:57: sid 2: no count"},
	{"threshold gen_id 1, sig_id 2, type limit, track by_src, count 0, seconds 60", "f:1:63: sid 2: count is 0"},
	{"threshold gen_id 1, sig_id 2, type foo, track by_src, count 3, seconds 60", `f:1:36: sid 2: type is none of limit, threshold, both: "foo"`},
	{"threshold gen_id 1, sig_id 2, type limit, track by_src, count 3, seconds 60 x", `f:1:77: sid 2: more than the line should have: "x"`},
	{"rate_filter gen_id 1, sig_id 2, track by_src, count 3, seconds 60, new_action drop", `f:1:83: sid 2: no "," and timeout`},
	{"rate_filter gen_id 1, sig_id 2, track by_src, count 3, seconds 60, new_action x, timeout 3",
		`f:1:79: sid 2: new_action is none of alert, drop, pass, reject, log, sdrop: "x"`},
}

func TestThresholds(t *testing.T) {
	v := testVars()
	kinds := [...]string{Suppress: "suppress", Limit: "limit", ThresholdAfter: "threshold", Both: "both", RateFilter: "rate"}
	for _, c := range thresholds {
		all, problems := v.ParseThresholds("f", c.line+"\n# suppress\n")
		var got string
		switch {
		case len(all)+len(problems) != 1:
			t.Errorf("%q: %v %v", c.line, all, problems)
			continue
		case len(problems) == 1:
			got = problems[0].Error()
		default:
			h := all[0]
			got = fmt.Sprintf("%v %s %d:%d %d", h.Pos, kinds[h.Kind], h.GID, h.SID, h.Track)
			if h.Addresses != nil {
				got += " " + show(h.Addresses)
			}
			if h.Count > 0 {
				got += fmt.Sprintf(" %d/%d", h.Count, h.Seconds)
			}
			if h.NewAction != "" {
				got += fmt.Sprint(" ", h.NewAction, " ", h.Timeout)
			}
		}
		if got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}

// FuzzThresholds demands that each result and each problem has a line of the file.
func FuzzThresholds(f *testing.F) {
	for _, c := range thresholds {
		f.Add(c.line)
	}
	f.Add("config classification: a,b,1\nconfig reference: a http://")
	f.Fuzz(func(t *testing.T, text string) {
		v := testVars()
		lines := strings.Count(text, "\n") + 1
		all, problems := v.ParseThresholds("f", text)
		_, more := ParseClassifications("f", text)
		_, most := ParseReferences("f", text)
		if len(all)+len(problems) > lines || len(more) > lines || len(most) > lines {
			t.Fatal("more results than lines")
		}
		for _, p := range append(append(problems, more...), most...) {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Column > len(text)+1 {
				t.Fatalf("%q: %v", text, p)
			}
		}
		for _, h := range all {
			if h.Kind == 0 || h.Kind != Suppress && (h.Count == 0 || h.Track == TrackNone) || (h.Addresses != nil) != (h.Kind == Suppress && h.Track != TrackNone) {
				t.Fatalf("%q: %+v", text, h)
			}
		}
	})
}

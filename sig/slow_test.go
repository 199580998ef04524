package sig

import (
	"strings"
	"testing"
)

func TestSlow(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{`alert tcp any any -> any any (flags:S; sid:1;)`, "no content, so that it is judged for every packet of tcp: add a content if there is one, or name the ports"},
		{`alert udp any any -> any 53 (dsize:5; sid:1;)`, "for every packet of udp on its ports"},
		{`alert http any any -> any any (http.uri; bsize:5; sid:1;)`, "for every transaction of http"},
		{`alert http any any -> any any (http.uri; content:!"abc"; sid:1;)`, "negated contents only"},
		{`alert tcp any any -> any any (content:"ab"; sid:1;)`, `it is found by "ab", whose 2 bytes`},
		{`alert tcp any any -> any any (content:"|00 00 00|"; sid:1;)`, `it is found by "|00 00 00|", which stands in most traffic`},
		{`alert http any any -> any any (http.method; content:"GET"; sid:1;)`, "stands in most traffic: give it a longer content"},
		{`alert http any any -> any any (http.method; content:"GET"; fast_pattern; http.uri; content:"/rare/stuff"; sid:1;)`, `move fast_pattern to "/rare/stuff"`},
		{`alert tcp any any -> any any (content:"abcdef"; pcre:"/(a+)b\1/"; sid:1;)`, "needs backtracking"},
		{`alert http any any -> any any (http.uri; content:"abcdef"; http.host; pcre:"/[a-z]+\d/"; sid:1;)`, "every place of http.host is tried"},
		{`alert tcp any any -> any any (pcre:"/[a-z]+\d/"; sid:1;)`, "an expression is run each time"},
		{`alert tcp any any -> any any (pcre:"/[a-z]+\d/"; sid:1;)`, "on the stream has no fixed text"},
		{`alert tcp any any -> any any (content:"abcdef"; pcre:"/^[a-z]+\d/"; sid:1;)`, ""},
		{`alert http any any -> any any (http.uri; content:"/rare/stuff"; sid:1;)`, ""},
		{`alert ip 192.0.2.1 any -> any any (sid:1;)`, ""},
		{`alert http any any -> any any (app-layer-event:http.request_field_missing_colon; sid:1;)`, ""},
	} {
		var all []string
		for _, s := range compile(t, c.rule, Options{}).Slow() {
			all = append(all, s.Reason)
			if s.SID != 1 || s.Pos.Line != 1 || s.Pos.File != "test.rules" {
				t.Errorf("%+v", s)
			}
		}
		if got := strings.Join(all, "\n"); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s\n\t%q, want %q", c.rule, got, c.want)
		}
	}
}

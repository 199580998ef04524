package sig

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/wirelore/wirelore/sig/rule"
)

// crowd is a capture in which seven clients ask eleven servers in turn, so that all flows of one host are spread over
// workers: words by UDP, and pages by TCP. There are more packets than go into one batch.
func crowd(t testing.TB) []byte {
	g := newWire(t)
	words := []string{"mark", "ask", "ask", "unmark", "ask", "knock", "knock", "knock"}
	for i := range 700 {
		from, to := fmt.Sprintf("10.0.0.%d:%d", 1+i%7, 10000+i), fmt.Sprintf("10.1.0.%d", 1+i%11)
		g.wait(0.2)
		if i%4 > 0 {
			g.udp(from, to+":7000", words[(i*5+i/13)%len(words)])
			continue
		}
		x := g.dial(from, to+":80")
		x.say(client, fmt.Sprintf("GET /page/%d HTTP/1.1\r\nHost: a\r\nUser-Agent: agent%d\r\n\r\n", i, i/3%29))
		x.say(server, page("a page"))
		x.hangup(client)
	}
	return g.capture()
}

// spanning are rules whose alerts depend on flows of several workers.
var spanning = []struct{ name, rules, thresholds string }{
	{"limit by source", `alert udp any any -> any any (content:"knock"; threshold:type limit, track by_src, count 1, seconds 20; sid:1;)`, ""},
	{"threshold by destination", `alert udp any any -> any any (content:"knock"; threshold:type threshold, track by_dst, count 5, seconds 60; sid:1;)`, ""},
	{"both by rule", `alert udp any any -> any any (content:"knock"; threshold:type both, track by_rule, count 4, seconds 3; sid:1;)`, ""},
	{"filter by destination", `alert udp any any -> any any (content:"knock"; detection_filter:track by_dst, count 3, seconds 30; sid:1;)`, ""},
	{"filter by source", `alert http any any -> any any (http.uri; content:"/page/"; detection_filter:track by_src, count 3, seconds 30; sid:1;)`, ""},
	{"threshold.config", `alert udp any any -> any any (content:"knock"; sid:1;)`,
		"threshold gen_id 1, sig_id 1, type limit, track by_src, count 2, seconds 30"},
	{"rate_filter", `alert udp any any -> any any (content:"knock"; sid:1;)`,
		"rate_filter gen_id 1, sig_id 1, track by_src, count 3, seconds 30, new_action pass, timeout 5"},
	{"bits of sources", `
alert udp any any -> any any (content:"mark"; startswith; xbits:set,m,track ip_src,expire 6; noalert; sid:1;)
alert udp any any -> any any (content:"unmark"; xbits:unset,m,track ip_src; noalert; sid:2;)
alert udp any any -> any any (content:"ask"; xbits:isset,m,track ip_src; sid:3;)
alert http any any -> any any (http.uri; content:"/page/"; xbits:isnotset,m,track ip_src; sid:4;)`, ""},
	{"bits of hosts", `
alert udp any any -> any any (content:"mark"; startswith; hostbits:toggle,m,dst; noalert; sid:1;)
alert udp any any -> any any (content:"ask"; hostbits:isset,m,dst; sid:2;)
alert http any any -> any any (flow:to_client; http.stat_code; content:"200"; hostbits:isset,m,src; sid:3;)`, ""},
	{"what depends on a bit of a host", `
alert udp any any -> any any (content:"mark"; startswith; hostbits:set,m,src; noalert; sid:1;)
alert http any any -> any any (http.method; content:"GET"; hostbits:isset,m,src; flowbits:set,f; noalert; sid:2;)
alert http any any -> any any (flow:to_client; http.stat_code; content:"200"; flowbits:isset,f; sid:3;)`, ""},
	{"a set that rules fill", `
alert http any any -> any any (http.user_agent; dataset:set,agents,type string; sid:1;)
alert http any any -> any any (flow:to_server; http.user_agent; content:"agent"; dataset:isset,agents; threshold:type limit, track by_rule, count 3, seconds 10; sid:2;)`, ""},
	{"tagged hosts", `alert udp any any -> any any (content:"unmark"; tag:host,4,packets,src; sid:1;)`, ""},
}

// TestSameForAnyNumberOfWorkers: all records, alerts among them, are the same byte for byte.
func TestSameForAnyNumberOfWorkers(t *testing.T) {
	capture := crowd(t)
	for _, c := range spanning {
		t.Run(c.name, func(t *testing.T) {
			o := Options{}
			vars := rule.DefaultVars()
			o.Thresholds, _ = vars.ParseThresholds("threshold.config", c.thresholds)
			rs := compile(t, c.rules, o)
			want := eveOf(t, rs, capture, 1)
			alerts := bytes.Count(want, []byte(`"event_type":"alert"`))
			if all := bytes.Count(want, []byte(`"event_type":"flow"`)); alerts < 5 || alerts > all {
				t.Fatalf("%d alerts in %d flows", alerts, all)
			}
			for _, workers := range []int{2, 3, 8} {
				if got := eveOf(t, rs, capture, workers); !bytes.Equal(got, want) {
					t.Errorf("%d workers: %s", workers, firstDifference(got, want))
				}
			}
		})
	}
}

// TestAlertedFlows: a flow's record tells that it had an alert if and only if one was told of it, late or not.
func TestAlertedFlows(t *testing.T) {
	rs := compile(t, spanning[0].rules, Options{})
	eve := eveOf(t, rs, crowd(t), 3, "alert", "flow")
	alerted := map[string]bool{}
	ids := func(line []byte) string {
		_, rest, _ := bytes.Cut(line, []byte(`"flow_id":`))
		id, _, _ := bytes.Cut(rest, []byte(","))
		return string(id)
	}
	flows, yes := 0, 0
	for line := range bytes.Lines(eve) {
		switch {
		case bytes.Contains(line, []byte(`"event_type":"alert"`)):
			alerted[ids(line)] = true
		case bytes.Contains(line, []byte(`"event_type":"flow"`)):
			flows++
			told := bytes.Contains(line, []byte(`"alerted":true`))
			if told {
				yes++
			}
			if told != alerted[ids(line)] {
				t.Fatalf("alert: %v: %s", alerted[ids(line)], line)
			}
		}
	}
	if flows < 500 || yes != len(alerted) || yes < 10 {
		t.Errorf("%d flows, %d alerted, %d alerts", flows, yes, len(alerted))
	}
}

func firstDifference(got, want []byte) string {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return fmt.Sprintf("record %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d records instead of %d", len(g), len(w))
}

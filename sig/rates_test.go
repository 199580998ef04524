package sig

import (
	"fmt"
	"testing"
)

// knocks is a capture in which hosts ask each other: 10.0.0.1 asks .11, .12 and .13 in turn, .2 asks .11 alone; after
// packet 12 a minute goes by, and all happens once more.
func knocks(t testing.TB) []byte {
	g := newWire(t)
	for round := range 2 {
		for i := range 6 {
			g.udp("10.0.0.1:1000", fmt.Sprintf("10.0.0.%d:7000", 11+i%3), "knock")
			g.udp("10.0.0.2:1000", "10.0.0.11:7000", "knock")
		}
		if round == 0 {
			g.wait(61)
		}
	}
	return g.capture()
}

// TestThreshold: threshold and detection_filter by all that they count by.
func TestThreshold(t *testing.T) {
	capture := knocks(t)
	for _, c := range []struct{ option, want string }{
		{"threshold:type limit, track by_src, count 2, seconds 60;", "1@1 1@2 1@3 1@4 1@13 1@14 1@15 1@16"},
		{"threshold:type limit, track by_dst, count 2, seconds 60;", "1@1 1@2 1@3 1@5 1@9 1@11 1@13 1@14 1@15 1@17 1@21 1@23"},
		{"threshold:type limit, track by_both, count 1, seconds 60;", "1@1 1@2 1@3 1@5 1@13 1@14 1@15 1@17"},
		{"threshold:type limit, track by_rule, count 3, seconds 60;", "1@1 1@2 1@3 1@13 1@14 1@15"},
		{"threshold:type threshold, track by_src, count 3, seconds 60;", "1@5 1@6 1@11 1@12 1@17 1@18 1@23 1@24"},
		{"threshold:type threshold, track by_dst, count 4, seconds 60;", "1@6 1@12 1@18 1@24"},
		{"threshold:type threshold, track by_rule, count 5, seconds 600;", "1@5 1@10 1@15 1@20"},
		{"threshold:type both, track by_src, count 3, seconds 60;", "1@5 1@6 1@17 1@18"},
		{"threshold:type both, track by_dst, count 5, seconds 60;", "1@7 1@19"},
		{"threshold:type both, track by_both, count 2, seconds 60;", "1@4 1@7 1@9 1@11 1@16 1@19 1@21 1@23"},
		{"detection_filter:track by_src, count 4, seconds 60;", "1@9 1@10 1@11 1@12 1@21 1@22 1@23 1@24"},
		{"detection_filter:track by_dst, count 6, seconds 60;", "1@10 1@12 1@22 1@24"},
	} {
		t.Run(c.option, func(t *testing.T) {
			trial{rules: `alert udp any any -> any any (content:"knock"; ` + c.option + " sid:1;)\n", want: c.want}.check(t, capture)
		})
	}
}

// TestThresholdLater: what Suricata 8 has.
func TestThresholdLater(t *testing.T) {
	capture := knocks(t)
	for _, c := range []struct{ option, want string }{
		{"threshold:type limit, track by_flow, count 2, seconds 60;", "1@1 1@2 1@3 1@4 1@5 1@7 1@9 1@11 1@13 1@14 1@15 1@16 1@17 1@19 1@21 1@23"},
		{"threshold:type backoff, track by_flow, count 1, multiplier 2;", "1@1 1@2 1@3 1@4 1@5 1@7 1@8 1@9 1@11 1@13 1@14 1@15 1@16 1@17 1@19 1@20 1@21 1@23"},
		{"threshold:type backoff, track by_flow, count 2, multiplier 1;", "1@4 1@6 1@7 1@8 1@9 1@10 1@11 1@12 1@16 1@18 1@19 1@20 1@21 1@22 1@23 1@24"},
		{"detection_filter:track by_rule, count 10, seconds 60;", "1@11 1@12 1@23 1@24"},
		{"detection_filter:track by_both, count 4, seconds 60;", "1@10 1@12 1@22 1@24"},
		{"detection_filter:track by_flow, count 4, seconds 60;", "1@10 1@12 1@22 1@24"},
	} {
		t.Run(c.option, func(t *testing.T) {
			trial{rules: `alert udp any any -> any any (content:"knock"; ` + c.option + " sid:1;)\n", want: c.want, differs: "7.0 does not know it"}.check(t, capture)
		})
	}
}

// TestThresholdConfig: what a threshold.config says of rules.
func TestThresholdConfig(t *testing.T) {
	capture := knocks(t)
	const two = `
alert udp any any -> any any (content:"knock"; sid:1;)
alert udp any any -> any 7000 (content:"kno"; threshold:type limit, track by_src, count 1, seconds 600; sid:2;)
`
	for _, c := range []struct{ config, want string }{
		{"suppress gen_id 1, sig_id 1", "2@1 2@2"},
		{"suppress gen_id 1, sig_id 1, track by_src, ip 10.0.0.1", "2@1 1@2 2@2 1@4 1@6 1@8 1@10 1@12 1@14 1@16 1@18 1@20 1@22 1@24"},
		{"suppress gen_id 1, sig_id 1, track by_dst, ip [10.0.0.12,10.0.0.11]", "2@1 2@2 1@5 1@11 1@17 1@23"},
		{"suppress gen_id 1, sig_id 1, track by_either, ip 10.0.0.0/29", "2@1 2@2"},
		{"suppress gen_id 0, sig_id 0, track by_src, ip 10.0.0.2", "1@1 2@1 1@3 1@5 1@7 1@9 1@11 1@13 1@15 1@17 1@19 1@21 1@23"},
		{"threshold gen_id 1, sig_id 1, type limit, track by_src, count 1, seconds 60", "1@1 2@1 1@2 2@2 1@13 1@14"},
		{"threshold gen_id 1, sig_id 2, type limit, track by_dst, count 1, seconds 60", "1@1 2@1 1@2 1@3 2@3 1@4 1@5 2@5 1@6 1@7 1@8 1@9 1@10 1@11 1@12 1@13 2@13 1@14 1@15 2@15 1@16 1@17 2@17 1@18 1@19 1@20 1@21 1@22 1@23 1@24"},
		{"event_filter gen_id 1, sig_id 1, type both, track by_rule, count 12, seconds 60", "2@1 2@2 1@12 1@24"},
		{"threshold gen_id 1, sig_id 0, type limit, track by_src, count 3, seconds 600", "1@1 2@1 1@2 2@2 1@3 1@4 1@5 1@6"},
	} {
		t.Run(c.config, func(t *testing.T) {
			trial{rules: two, thresholds: c.config + "\n", want: c.want}.check(t, capture)
		})
	}
}

// TestPeriods: a period ends in the nanosecond; it does not begin anew with each whole second.
func TestPeriods(t *testing.T) {
	g := newWire(t)
	for _, wait := range []float64{0.9, 1.2, 0.1, 0.75, 0, 0, 0} { // 0.9, 2.1, 2.2, 2.95 and on
		g.wait(wait)
		g.udp("10.0.0.1:1000", "10.0.0.2:7000", "knock")
	}
	trial{rules: `
alert udp any any -> any any (content:"knock"; threshold:type limit, track by_src, count 1, seconds 2; sid:1;)
alert udp any any -> any any (content:"knock"; threshold:type limit, track by_src, count 1, seconds 1; sid:2;)
alert udp any any -> any any (content:"knock"; threshold:type both, track by_src, count 2, seconds 2; sid:3;)
alert udp any any -> any any (content:"knock"; threshold:type threshold, track by_src, count 3, seconds 2; sid:4;)
alert udp any any -> any any (content:"knock"; detection_filter:track by_src, count 2, seconds 2; sid:5;)
alert udp any any -> any any (content:"knock"; detection_filter:track by_src, count 1, seconds 1; sid:6;)
`, want: "1@1 2@1 2@2 3@2 4@3 5@3 6@3 1@4 6@4 3@5 6@5 4@6 5@6 6@6 5@7 6@7"}.check(t, g.capture())
}

// TestRateFilter: while a rate_filter's pass is in force nothing counts, up to the end of its last second.
func TestRateFilter(t *testing.T) {
	capture := knocks(t)
	for _, c := range []struct{ config, want string }{
		{"track by_src, count 1, seconds 200, new_action pass, timeout 10", "1@1 1@2 1@13 1@14"},
		{"track by_dst, count 2, seconds 200, new_action pass, timeout 100", "1@1 1@2 1@3 1@5 1@9 1@11"},
		{"track by_both, count 2, seconds 200, new_action pass, timeout 61", "1@1 1@2 1@3 1@4 1@5 1@7 1@9 1@11"},
		{"track by_rule, count 10, seconds 100, new_action pass, timeout 61", "1@1 1@2 1@3 1@4 1@5 1@6 1@7 1@8 1@9 1@10"},
		{"track by_rule, count 13, seconds 61, new_action pass, timeout 60", "1@1 1@2 1@3 1@4 1@5 1@6 1@7 1@8 1@9 1@10 1@11 1@12 1@13 1@14 1@15 1@16 1@17 1@18 1@19 1@20 1@21 1@22 1@23 1@24"},
		{"track by_rule, count 13, seconds 62, new_action pass, timeout 0", "1@1 1@2 1@3 1@4 1@5 1@6 1@7 1@8 1@9 1@10 1@11 1@12 1@13"},
		{"track by_rule, count 3, seconds 62, new_action alert, timeout 60", "1@1 1@2 1@3 1@4 1@5 1@6 1@7 1@8 1@9 1@10 1@11 1@12 1@13 1@14 1@15 1@16 1@17 1@18 1@19 1@20 1@21 1@22 1@23 1@24"},
	} {
		t.Run(c.config, func(t *testing.T) {
			trial{rules: `alert udp any any -> any any (content:"knock"; sid:1;)` + "\n", thresholds: "rate_filter gen_id 1, sig_id 1, " + c.config + "\n", want: c.want}.check(t, capture)
		})
	}
}

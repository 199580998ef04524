package sig

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
)

const office = "../testdata/office.pcapng"

// compile compiles rules that must all be good.
func compile(t testing.TB, rules string, o Options) *RuleSet {
	t.Helper()
	o.Protocols = all.Default()
	rs, err := CompileFiles(t.Context(), []File{{Name: "test.rules", Text: rules}}, &o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range rs.Problems() {
		t.Fatal(p)
	}
	return rs
}

// alertsOf runs an analyzer over the capture and returns the alert records, in their order.
func alertsOf(t testing.TB, a *proto.Analyzer, workers int) (lines []string) {
	t.Helper()
	p := flow.Suricata()
	e, err := wirelore.New(wirelore.Config{Analyzers: append(wirelore.Analyzers(), a), Profile: &p, Workers: workers,
		EVE: &wirelore.EVEOutput{Types: func(event string) bool { return event == "alert" }}})
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range e.Records(t.Context(), wirelore.File(office)) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(r.Line))
	}
	return lines
}

// explained are rules that match in office.pcapng in every way there is: by packets, streams, transactions, files, bits,
// thresholds.
const explained = `
alert http any any -> any any (msg:"a"; http.method; content:"GET"; sid:1;)
alert http any any -> any any (msg:"b"; flow:established,to_client; http.stat_code; content:"200"; sid:2;)
alert tcp any any -> any any (msg:"c"; flags:S; sid:3;)
alert tcp any any -> any 80 (msg:"d"; content:"GET "; depth:4; content:"HTTP/1.1"; distance:1; sid:4;)
alert dns any any -> any any (msg:"e"; dns.query; content:".example"; endswith; sid:5;)
alert udp any any -> any 53 (msg:"f"; content:"|01 00 00 01|"; offset:2; depth:4; sid:6;)
alert ip any any -> 10.1.0.40 any (msg:"g"; sid:7;)
alert icmp any any -> any any (msg:"h"; itype:8; sid:8;)
alert tls any any -> any any (msg:"i"; tls.sni; pcre:"/^[a-z]+\./"; sid:9;)
alert http any any -> any any (msg:"j"; flow:to_client; file.data; content:"html"; nocase; sid:10;)
alert tcp any any -> any any (msg:"k"; flow:to_server,established; content:"SSH-2.0"; startswith; flowbits:set,ssh; noalert; sid:11;)
alert tcp any any -> any any (msg:"l"; flow:to_client,established; content:"SSH-2.0"; flowbits:isset,ssh; sid:12;)
alert tcp any any -> any any (msg:"m"; flags:S; threshold:type limit, track by_src, count 1, seconds 600; sid:13;)
alert tcp any any -> any any (msg:"n"; flags:S; detection_filter:track by_src, count 5, seconds 600; sid:14;)
alert smtp any any -> any any (msg:"o"; content:"MAIL FROM"; sid:15;)
alert http any any -> any any (msg:"p"; http.uri; content:!"zzz"; sid:16;)
alert dns any any -> any any (msg:"q"; dns.query; content:"a1b2c3"; hostbits:set,seen,src; sid:17;)
alert tcp any any -> any any (msg:"r"; flags:S; hostbits:isset,seen,src; sid:18;)
alert tcp any any -> any any (msg:"s"; flow:established; dsize:>100; sid:19;)
alert smtp any any -> any any (msg:"t"; flow:to_server; file.data; content:"%PDF"; sid:20;)
alert http any any -> any any (msg:"u"; app-layer-event:http.request_field_missing_colon; sid:21;)
alert ftp any any -> any any (msg:"v"; flow:to_server; content:"USER"; pcre:"/^USER\s+\w+/"; sid:22;)
`

// TestExplainSame demands that an explained run gives the same alerts, that it counts them, and that trying all conditions
// one by one on everything finds the very rules that the search for patterns finds.
func TestExplainSame(t *testing.T) {
	rs := compile(t, explained, Options{})
	want := alertsOf(t, rs.Analyzer(), 1)
	if len(want) == 0 {
		t.Fatal("no alerts")
	}
	for _, workers := range []int{1, 3} {
		x := Explain{check: true}
		if got := alertsOf(t, rs.ExplainAnalyzer(&x), workers); !slices.Equal(got, want) {
			t.Fatalf("%d alerts instead of %d", len(got), len(want))
		}
		counts, first := countAlerts(t, want)
		for _, e := range x.Rules() {
			i := slices.IndexFunc(rs.facts, func(f facts) bool { return f.sid == e.SID })
			if e.Alerts != counts[e.SID] || e.Alerts > 0 && e.Packet != first[e.SID] {
				t.Errorf("rule %d: %d alerts, first by packet %d; records: %d, %d", e.SID, e.Alerts, e.Packet, counts[e.SID], first[e.SID])
			}
			if held := x.rules[i].held; held != (e.Matches > 0) && !rs.sig(uint32(i)).ipOnly {
				t.Errorf("rule %d matched %d times, but tried one by one: %v (%s)", e.SID, e.Matches, held, e.Reason)
			}
		}
	}
}

func countAlerts(t *testing.T, lines []string) (n, first map[uint32]uint64) {
	n, first = map[uint32]uint64{}, map[uint32]uint64{}
	for _, l := range lines {
		var r struct {
			Packet uint64 `json:"pcap_cnt"`
			Alert  struct {
				SID uint32 `json:"signature_id"`
			} `json:"alert"`
		}
		if err := json.Unmarshal([]byte(l), &r); err != nil {
			t.Fatal(err)
		}
		if n[r.Alert.SID]++; n[r.Alert.SID] == 1 {
			first[r.Alert.SID] = r.Packet
		}
	}
	return n, first
}

// TestExplainReasons demands that the reason names what is wrong with a rule.
func TestExplainReasons(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{`alert sctp any any -> any any (content:"abc"; sid:1;)`, "no sctp traffic (header), in any"},
		{`alert tcp any any -> any 8089 (content:"abc"; sid:1;)`, "no tcp traffic to port 8089 (header), in any flow"},
		{`alert tcp 192.0.2.77 any -> any any (content:"abc"; sid:1;)`, "no tcp traffic from 192.0.2.77 to any (header)"},
		{`alert modbus any any -> any any (content:"abc"; sid:1;)`, "not modbus"},
		{`alert ssh any any -> any 80 (ssh.software; content:"abc"; sid:1;)`, "no ssh transaction: the flow's protocol is "},
		{`alert http any any -> any 80 (http.uri; content:"nosuch"; sid:1;)`, `pattern "nosuch" not in http.uri, in `},
		{`alert http any 80 -> any any (http.uri; content:"index"; sid:1;)`, "the flow is to_client but the rule wants to_server"},
		{`alert http any any -> any any (http.request_line; content:"GET"; content:"|0d 0d|"; distance:0; sid:1;)`,
			"content 2 of 2 (|0d 0d|) not found behind the match of content 1 in http.request_line"},
		{`alert http any any -> any any (http.method; content:"ET"; startswith; sid:1;)`, `pattern "ET" stands in http.method, but not at its place`},
		{`alert http any any -> any any (http.method; content:"GET"; content:!"G"; sid:1;)`, "must not stand in http.method, but does"},
		{`alert tcp any any -> any 80 (flow:to_server; content:"GET /"; flowbits:isset,nobody; sid:1;)`, "flowbits isset nobody: never set: no rule here sets it, in "},
		{`alert http any any -> any any (http.method; content:"GET"; bsize:9; sid:1;)`, "bsize:9 does not hold on http.method"},
		{`alert http any any -> any any (http.uri; pcre:"/^nosuch$/"; sid:1;)`, `does not hold on http.uri`},
		{`alert tcp any any -> any any (flags:S; ttl:3; sid:1;)`, "ttl:3 does not hold, in "},
		{`alert tcp any any -> any 80 (flags:S; content:"abc"; sid:1;)`, "nothing in the payload to look at"},
		{`alert dns any any -> any any (dns.query; content:"example"; dns.opcode:7; sid:1;)`, "dns.opcode:7 does not hold"},
		{`alert tcp any any -> any any (flags:S; noalert; sid:1;)`, "but has noalert"},
		{`pass tcp any any -> any any (flags:S; sid:1;)`, "pass rules give no alerts"},
		{`alert tcp any any -> any any (flags:S; threshold:type threshold, track by_src, count 9999, seconds 1; sid:1;)`, "its threshold of 9999 within 1 seconds was not reached"},
		{`alert tcp any any -> any any (flags:S; hostbits:isset,x,src; sid:1;)`, "hostbits isset x: never set"},
		{`alert tcp any any -> any any (flow:established; flags:S; sid:1;)`, "flow does not hold: established, in "},
	} {
		rs := compile(t, c.rule, Options{})
		var x Explain
		alertsOf(t, rs.ExplainAnalyzer(&x), 1)
		if e := x.Rules()[0]; e.Alerts != 0 || !strings.Contains(e.Reason, c.want) {
			t.Errorf("%s\n\t%d alerts, %q, want %q", c.rule, e.Alerts, e.Reason, c.want)
		}
	}
}

// TestExplainOne demands that a single rule is explained alone.
func TestExplainOne(t *testing.T) {
	rs := compile(t, explained, Options{})
	x := Explain{SID: 5}
	alertsOf(t, rs.ExplainAnalyzer(&x), 1)
	if l := x.Rules(); len(l) != 1 || l[0].SID != 5 || l[0].Alerts == 0 || l[0].Packet == 0 || l[0].Reason != "" {
		t.Errorf("%+v", l)
	}
}

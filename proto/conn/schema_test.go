package conn_test

import (
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/conn"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// TestSchema: Zeek's columns stand in Zeek's order, and all are documented.
func TestSchema(t *testing.T) {
	for _, l := range conn.Analyzer.Logs {
		for _, f := range []record.Form{record.TSV, record.EVE} {
			if s := l.Describe(f); s != nil {
				prototest.CheckStream(t, s)
			}
		}
	}
	var names []string
	for _, f := range conn.Analyzer.Logs[0].Describe(record.TSV).Fields {
		names = append(names, f.Name)
	}
	const want = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp " +
		"missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestRow writes one row for each flow, whatever its transport, when it ends.
func TestRow(t *testing.T) {
	for over, want := range map[proto.Transport]string{proto.TCP: `"proto":"tcp"`, proto.UDP: `"proto":"udp"`, proto.ICMP: `"proto":"icmp"`} {
		r, err := prototest.Feed(prototest.Options{Analyzers: []*proto.Analyzer{conn.Analyzer}},
			prototest.Case{Over: over, Port: 80, Chunks: []prototest.Chunk{prototest.C("hello"), prototest.S("there")}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Zeek["conn"]) != 1 || !strings.Contains(r.Zeek["conn"][0], want) || !strings.HasPrefix(r.Zeek["conn"][0], `{"ts":1700000000.000000,`) {
			t.Errorf("%q", r.Zeek["conn"])
		}
		if len(r.EVE["flow"]) != 1 || !strings.Contains(r.EVE["flow"][0], `"timestamp":"2023-11-14T22:13:20.002000+0000"`) {
			t.Errorf("%q", r.EVE["flow"])
		}
		if has := strings.Contains(r.EVE["flow"][0], `"tcp":{`); has != (over == proto.TCP) {
			t.Errorf("%q", r.EVE["flow"])
		}
	}
}

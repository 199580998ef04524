package dns

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// alertLog writes what alerts tell of a transaction.
var alertLog = &record.Log[proto.Transaction]{
	Event: "told", Doc: "what alerts tell", Columns: []record.Column[proto.Transaction]{toldBy("orig", proto.Orig), toldBy("resp", proto.Resp)},
}

func toldBy(name string, d proto.Dir) record.Column[proto.Transaction] {
	return record.Column[proto.Transaction]{EVE: name, Type: record.Object, Put: func(e *record.Encoder, t *proto.Transaction) {
		e.Object()
		putAlert(e, t.Value().(*Tx), d)
		e.EndObject()
	}}
}

// look returns what rules see of a conversation: values as "tx_id direction buffer value", and what alerts tell.
func look(t *testing.T, c prototest.Case) (values, alerts []string) {
	t.Helper()
	o := options1
	o.Analyzers = []*proto.Analyzer{{Name: "rules", Doc: "looks at what rules look at", Start: func(s *proto.Setup) error {
		w := record.Open(s.Output, alertLog)
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			for tx := f.Transactions(); tx != nil; tx = tx.Next() {
				values = append(values, seen(tx, d)...)
				h := f.Header()
				w.WriteEVE(&h, tx)
			}
		})
		return nil
	}}}
	r, err := prototest.Feed(o, c)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(values)
	return slices.Compact(values), r.EVE["told"]
}

func seen(tx *proto.Transaction, d proto.Dir) (out []string) {
	buffers := Proto.RuleBuffers()
	for i := range buffers {
		b := &buffers[i]
		if b.Dir != d || tx.Progress(d) < b.At {
			continue
		}
		for n := 0; ; n++ {
			v, ok := b.Get(tx, n)
			if !ok {
				break
			}
			out = append(out, fmt.Sprint(tx.Value().(*Tx).told[d].serial, " ", d, " ", b.Name, " ", string(v)))
		}
	}
	return out
}

func TestRuleBuffers(t *testing.T) {
	two := message(7, 0x0100, 2).question("a.example", typeA).question("b.example", typeMX)
	values, alerts := look(t, udp("", up(two.b), down(answer(7, "www.example.com", typeA))))
	for _, want := range []string{"0 0 dns.query a.example", "0 0 dns.query b.example", "0 0 dns.queries.rrname b.example",
		"1 1 dns.queries.rrname www.example.com", "1 1 dns.answers.rrname www.example.com", "1 1 dns.answers.rrname edge.example.com",
		"1 1 dns.response.rrname edge.example.com"} {
		if !slices.Contains(values, want) {
			t.Errorf("no %q in %q", want, values)
		}
	}
	if slices.ContainsFunc(values, func(s string) bool {
		return strings.Contains(s, "dns.query www") || strings.HasPrefix(s, "1 1 dns.query ")
	}) {
		t.Errorf("dns.query of a response: %q", values)
	}
	last := alerts[len(alerts)-1]
	contains(t, []string{last}, 1, `"dns":{"version":2,"query":[{"type":"query","id":7,"rrname":"a.example","rrtype":"A","tx_id":0,"opcode":0},{"type":"query","id":7,"rrname":"b.example"`)
	contains(t, []string{last}, 1, `"dns":{"version":2,"answer":{"version":2,"type":"answer","id":7,`, `"rcode":"NOERROR"}`)
	if strings.Contains(last, "grouped") {
		t.Errorf("alerts have %s", last)
	}
}

// What Suricata makes no transaction of is nothing for rules: a response from the client, a message that cannot be read.
func TestRuleNoTransaction(t *testing.T) {
	cut := query(7, "www.example.com", typeA)
	values, _ := look(t, udp("", up(cut[:len(cut)-2])))
	if len(values) > 0 {
		t.Errorf("%q", values)
	}
}

func TestRuleSections(t *testing.T) {
	m := message(5, 0x8580, 1, 1, 1, 1).question("q.example", typeA).rr(wire("an.example"), typeA, 1, 1, "1234").
		rr(wire("ns.example"), typeNS, 1, 1, string(wire("host.example"))).rr(wire("ad.example"), typeA, 1, 1, "1234")
	values, _ := look(t, udp("", up(query(5, "q.example", typeA)), down(m.b)))
	for _, want := range []string{"answers.rrname an.example", "authorities.rrname ns.example", "additionals.rrname ad.example",
		"response.rrname q.example", "response.rrname host.example", "response.rrname ad.example"} {
		if !slices.Contains(values, "1 1 dns."+want) {
			t.Errorf("no %q in %q", want, values)
		}
	}
}

func TestRuleKeywords(t *testing.T) {
	tx := Tx{told: [2]told{{0, true}, {1, true}}}
	tx.Query.parse(query(5, "a", typeMX))
	tx.Reply.parse(message(5, 0x9583, 1, 1).question("a", typeMX).rr(nil, typeCNAME, 1, 1, "\x01x\x00").b)
	for _, c := range []struct {
		name, arg string
		dir       proto.Dir
		want      bool
	}{
		{"dns.opcode", "0", proto.Orig, true}, {"dns.opcode", "2", proto.Resp, true}, {"dns.opcode", "!2", proto.Resp, false},
		{"dns.opcode", "! 2", proto.Orig, true}, {"dns.rcode", "3", proto.Resp, true}, {"dns.rcode", "NXDOMAIN", proto.Resp, true},
		{"dns.rcode", "!nxdomain", proto.Resp, false}, {"dns.rcode", "0", proto.Orig, true}, {"dns.rrtype", "MX", proto.Orig, true},
		{"dns.rrtype", "15", proto.Orig, true}, {"dns.rrtype", "5", proto.Resp, true}, {"dns.rrtype", ">100", proto.Resp, false},
	} {
		for _, k := range Proto.Spec().Keywords {
			if k.Name != c.name {
				continue
			}
			is, err := k.Compile(c.arg)
			if err != nil {
				t.Fatal(err)
			}
			if is(&tx, c.dir) != c.want {
				t.Errorf("%s:%s in direction %d is not %v", c.name, c.arg, c.dir, c.want)
			}
			if n := testing.AllocsPerRun(10, func() { is(&tx, c.dir) }); n > 0 {
				t.Errorf("%s:%s: %v allocations", c.name, c.arg, n)
			}
		}
	}
	for _, k := range Proto.Spec().Keywords {
		for _, arg := range []string{"", "x", "70000", `"0"`} {
			if _, err := k.Compile(arg); err == nil {
				t.Errorf("%s:%s is accepted", k.Name, arg)
			}
		}
	}
}

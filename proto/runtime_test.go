package proto_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

func addr(last byte) flow.Addr { return flow.AddrFrom4([4]byte{10, 9, 8, last}) }

// TestExpect announces flows and looks which are taken for them.
func TestExpect(t *testing.T) {
	for _, c := range []struct {
		name     string
		from     flow.Addr
		over     proto.Transport
		src, dst flow.Addr
		sport    uint16
		dport    uint16
		wait     int64
		taken    bool
	}{
		{"as announced", addr(1), proto.TCP, addr(1), addr(2), 999, 2000, 0, true},
		{"from anybody", flow.Addr{}, proto.TCP, addr(77), addr(2), 999, 2000, 0, true},
		{"seen from behind", addr(1), proto.TCP, addr(2), addr(1), 2000, 999, 0, true},
		{"from another", addr(1), proto.TCP, addr(3), addr(2), 999, 2000, 0, false},
		{"to another", addr(1), proto.TCP, addr(1), addr(3), 999, 2000, 0, false},
		{"another port", addr(1), proto.TCP, addr(1), addr(2), 999, 2001, 0, false},
		{"another transport", addr(1), proto.UDP, addr(1), addr(2), 999, 2000, 0, false},
		{"in time", addr(1), proto.TCP, addr(1), addr(2), 999, 2000, 299e9, true},
		{"too late", addr(1), proto.TCP, addr(1), addr(2), 999, 2000, 301e9, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log []string
			parent := scripted("parent", proto.Detect{Probe: starts("parent")}, script{data: func(s *session, _ proto.Dir, b []byte) (result, error) {
				s.Expect("child", proto.TCP, c.from, addr(2), 2000, "the data")
				return result{Used: len(b)}, nil
			}})
			child := scripted("child", proto.Detect{Over: []proto.Transport{proto.Nested}}, script{log: &log,
				data: func(s *session, _ proto.Dir, b []byte) (result, error) {
					log = append(log, fmt.Sprint(s.Expected(), " ", s.Header().ParentID))
					return result{Used: len(b)}, nil
				}})
			r := newRig(t, protocols(parent, child))
			first := r.open(proto.TCP, 21).send("c:parent")
			r.now += c.wait
			second := r.between(c.over, c.src, c.sport, c.dst, c.dport).send("c:x")
			f := second.app()
			if taken := f.AppProto() == "child"; taken != c.taken {
				t.Errorf("app_proto %q", f.AppProto())
			}
			if c.taken {
				equal(t, log, "0 x", fmt.Sprint("the data ", first.f.ID.Number()))
			}
			// Once only.
			if third := r.between(c.over, c.src, c.sport, c.dst, c.dport).send("c:x"); c.taken && third.app().AppProto() != "" {
				t.Errorf("taken twice: %q", third.app().AppProto())
			}
		})
	}
}

// TestExpectLimit announces more flows than are remembered.
func TestExpectLimit(t *testing.T) {
	p := scripted("x", anywhere, script{})
	r := newRig(t, protocols(p))
	f := r.open(proto.TCP, 21).app()
	for i := range 5000 {
		f.Expect("x", proto.TCP, flow.Addr{}, addr(byte(i>>8)), uint16(i), nil)
	}
	if got := r.Counts.ExpectedLimit; got != 5000-4096 {
		t.Errorf("%d announcements over the limit", got)
	}
	r.now += 301e9
	r.SetPacket(nil, r.now)
	for i := range 100 {
		f.Expect("x", proto.TCP, flow.Addr{}, addr(200), uint16(i), nil)
	}
	if got := r.Counts.ExpectedLimit; got != 5000-4096 {
		t.Errorf("what is over makes no room: %d", got)
	}
}

// TestPanic has parsers fail in each of their methods: the flow and the other flows go on.
func TestPanic(t *testing.T) {
	for _, in := range []string{"data", "gap", "end"} {
		for _, over := range over {
			if in == "gap" && over == proto.UDP {
				continue
			}
			var log []string
			boom := func() { panic("boom " + in) }
			p := script{log: &log}
			switch in {
			case "data":
				p.data = func(s *session, _ proto.Dir, b []byte) (result, error) {
					if strings.HasSuffix(string(b), "*") {
						_, _ = s.Begin()
						boom()
					}
					return result{}, nil
				}
			case "gap":
				p.gap = func(*session, proto.Dir, int64) error { boom(); return nil }
			case "end":
				p.end = func(*session, proto.Dir) { boom() }
			}
			closed := 0
			c := protocols(scripted("x", anywhere, p))
			c.Analyzers = []*proto.Analyzer{{Name: "n", Start: func(s *proto.Setup) error {
				s.OnFlow(nil, func(*proto.Flow) { closed++ })
				return nil
			}}}
			r := newRig(t, c)
			r.panics = true
			v := r.open(over, 1)
			v.send("c:held", "c:*")
			if over == proto.TCP {
				v.send("c+3")
			}
			v.send("c:more", "s:more").close()
			if r.Counts.ParserPanics != 1 {
				t.Errorf("%s: %d panics counted", in, r.Counts.ParserPanics)
			}
			equal(t, r.seen, "parser_panic|PARSER_PANIC|")
			if in == "data" && (log[len(log)-1] == "0 more" || closed != 1) {
				t.Errorf("%q, %d flows closed", log, closed)
			}
			log = nil
			r.open(over, 1).send("c:fine").close()
			if len(log) == 0 || log[0] != "0 fine" {
				t.Errorf("%s: the next flow is not parsed: %q", in, log)
			}
		}
	}
}

// lazy is a parser of datagrams that can be put away; number tells instances apart.
type lazy struct {
	number int
	log    *[]string
	busy   bool
	resets int
}

func (p *lazy) Data(s *session, d proto.Dir, b []byte) (result, error) {
	s.Note++
	*p.log = append(*p.log, fmt.Sprintf("%s note %d", b, s.Note))
	p.busy = b[0] == 'b'
	if b[0] == 't' {
		if _, err := s.Begin(); err != nil {
			return result{}, err
		}
	}
	return result{Used: len(b)}, nil
}
func (p *lazy) Gap(*session, proto.Dir, int64) error { return nil }
func (p *lazy) End(*session, proto.Dir)              { *p.log = append(*p.log, "end") }
func (p *lazy) Reset()                               { p.resets++; p.busy = false }
func (p *lazy) Idle() bool                           { return !p.busy }

func lazyProtocol(made *int, log *[]string) *proto.Def[note] {
	return define(proto.Spec[note]{Name: "lazy", Detect: anywhere, New: func(*proto.Setup) func() proto.Parser[note] {
		return func() proto.Parser[note] { *made++; return &lazy{number: *made, log: log} }
	}}, script{})
}

// TestIdle: waiting flows share one parser, and busy ones keep theirs.
func TestIdle(t *testing.T) {
	var made int
	var log []string
	r := newRig(t, protocols(lazyProtocol(&made, &log)))
	var flows []*conversation
	for i := range 100 {
		flows = append(flows, r.between(proto.UDP, addr(1), uint16(i), addr(2), 53).send("c:q"))
	}
	for _, v := range flows {
		v.send("s:a")
		if got := v.app().AppProto(); got != "lazy" {
			t.Fatalf("%q", got)
		}
	}
	if made != 1 {
		t.Errorf("%d parsers for flows that wait", made)
	}
	equal(t, slices.Compact(slices.Clone(log)), "q note 1", "a note 2")
	for _, v := range flows[:50] {
		v.send("c:busy")
	}
	for _, v := range flows[50:] {
		v.send("c:tx open")
	}
	if made != 100 {
		t.Errorf("%d parsers for 100 busy flows", made)
	}
	log = nil
	for _, v := range flows {
		v.close()
	}
	if len(log) != 200 {
		t.Errorf("%d ends of 100 busy flows", len(log))
	}
	log = nil
	r.open(proto.TCP, 1).send("c:q", "c:r").close()
	equal(t, log, "q note 1", "r note 2", "end", "end")
}

// TestReset: a parser with Reset serves flow after flow, one without is new for each.
func TestReset(t *testing.T) {
	var made int
	var log []string
	r := newRig(t, protocols(lazyProtocol(&made, &log)))
	for range 10 {
		r.open(proto.TCP, 1).send("c:q").close()
	}
	if made != 1 {
		t.Errorf("%d parsers made for 10 flows, one after the other", made)
	}
	plain := 0
	p := define(proto.Spec[note]{Name: "x", Detect: anywhere, New: func(*proto.Setup) func() proto.Parser[note] {
		return func() proto.Parser[note] { plain++; return &script{} }
	}}, script{})
	r = newRig(t, protocols(p))
	for range 10 {
		r.open(proto.TCP, 1).send("c:q").close()
	}
	if plain != 10 {
		t.Errorf("%d parsers made for 10 flows", plain)
	}
}

// TestHooks records what analyzers are told, in order.
func TestHooks(t *testing.T) {
	const done = proto.Stage(3)
	var log []string
	say := func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }
	p := define(proto.Spec[note]{Name: "x", Detect: anywhere, Events: []proto.Event{{Weird: "odd"}, {Anomaly: "ODD"}}},
		script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
			tx, err := s.Begin()
			if err != nil {
				return result{}, err
			}
			tx.text, tx.dir = tx.Keep(b), d
			if !s.Wants(done) || s.Wants(done+1) {
				t.Error("Wants")
			}
			s.At(tx, d, done-1)
			s.At(tx, d, done)
			s.EventTx(tx, 0, "more")
			s.EventAddl(1, "this")
			s.Event(1)
			s.Tunneled(flow.TunnelType(3))
			s.Close(tx)
			if string(b) == "bad" {
				return result{}, errors.New("bad")
			}
			return result{Used: len(b)}, nil
		}})
	var slot int
	spy := &proto.Analyzer{Name: "s", Start: func(s *proto.Setup) error {
		s.Slot()
		slot = s.Slot()
		s.OnFlow(func(f *proto.Flow) { say("open %d", f.First); f.SetSlot(slot, f.First) }, func(f *proto.Flow) { say("close %v", f.Slot(slot)) })
		s.OnFlow(nil, nil)
		s.OnPacket(func(f *proto.Flow, d proto.Dir, p *flow.Packet) { say("packet %d", d) })
		s.OnStream(func(f *proto.Flow, d proto.Dir, b []byte, gap int64) { say("stream %d %s %d", d, b, gap) })
		s.OnAnomaly(func(a *proto.Anomaly) { say("anomaly %s %s %s %s %d", a.Weird, a.Name, a.Addl, a.Source, a.Tx) })
		s.OnViolation(func(f *proto.Flow, p proto.Protocol, err error) { say("violation %s %v", p.Name(), err) })
		s.OnTunnel(func(f *proto.Flow, typ flow.TunnelType) { say("tunnel %d", typ) })
		proto.OnTx(s, p, done, func(f *proto.Flow, tx *note) { say("tx %d %s", tx.ID, tx.text) })
		s.AtEnd(func() { say("finish") })
		return nil
	}}
	c := protocols(p)
	c.Analyzers = []*proto.Analyzer{spy}
	r := newRig(t, c)
	v := r.open(proto.TCP, 1)
	r.Packet(v.f, orig, v.p)
	v.send("c:one", "s+4", "s:bad")
	v.close()
	r.Finish()
	about := func(n int) []string {
		return []string{fmt.Sprintf("anomaly odd  more X %d", n), "anomaly  ODD this X -1", "anomaly  ODD  X -1", "tunnel 3"}
	}
	want := []string{"open 1", "packet 0", "stream 0 one 0", "tx 0 one"}
	want = append(want, about(0)...)
	want = append(want, "stream 1  4", "stream 1 bad 0", "tx 1 bad")
	want = append(want, about(1)...)
	want = append(want, "violation x bad", "close 1", "finish")
	equal(t, log, want...)
	if got := r.Counts; got.Flows != 1 || got.Transactions != 2 || got.Anomalies != 6 || got.Violations != 1 {
		t.Errorf("%+v", got)
	}
}

// TestCounts: all counters add up.
func TestCounts(t *testing.T) {
	a := proto.Counts{Flows: 1, Transactions: 2, Files: 3, Anomalies: 4, TxLimit: 5, WindowLimit: 6, NestingLimit: 7, Violations: 8,
		ParserPanics: 9, ExpectedLimit: 10, Alerts: 11, AlertLimit: 12, ExpressionLimit: 13, RawLimit: 14, VariableLimit: 15}
	sum := a
	sum.Add(a)
	var got, want []string
	for _, c := range []struct {
		c   proto.Counts
		by  uint64
		out *[]string
	}{{a, 2, &want}, {sum, 1, &got}} {
		for n := range strings.FieldsSeq(strings.Trim(fmt.Sprint(c.c), "{}")) {
			var v uint64
			fmt.Sscan(n, &v)
			*c.out = append(*c.out, fmt.Sprint(v*c.by))
		}
	}
	equal(t, got, want...)
	if slices.Contains(want, "0") {
		t.Error("a counter is missing in this test")
	}
}

func TestServices(t *testing.T) {
	r := newRig(t, protocols(scripted("x", anywhere, script{data: func(s *session, _ proto.Dir, b []byte) (result, error) {
		s.Confirm()
		s.Confirm()
		return result{Used: len(b)}, nil
	}})))
	f := r.open(proto.TCP, 1).send("c:a").app()
	var want []string
	want = append(want, "x")
	for i := range 20 {
		name := fmt.Sprint("service", i)
		f.AddService(name)
		if len(want) < 8 {
			want = append(want, name)
		}
	}
	equal(t, f.Services(), want...)
	f.RemoveService("service1")
	f.RemoveService("nobody")
	f.AddService("late")
	want = append(slices.Delete(want, 2, 3), "late")
	equal(t, f.Services(), want...)
	for i := range 400 { // more names than a runtime remembers
		f.AddService(fmt.Sprint("many", i))
		f.RemoveService(fmt.Sprint("many", i))
	}
	equal(t, f.Services(), want...)
}

// TestLogs writes rows at their stages.
func TestLogs(t *testing.T) {
	text := []record.Column[note]{{Zeek: "text", EVE: "x.text", Doc: "t", Put: func(e *record.Encoder, n *note) { e.Bytes(n.text) }}}
	p := define(proto.Spec[note]{Name: "x", Detect: anywhere, Logs: []proto.Log[note]{
		{Log: &record.Log[note]{Path: "one", Event: "one", Scope: record.PerFlow, Columns: text}, At: 1},
		{Log: &record.Log[note]{Path: "two", Event: "two", Scope: record.PerTime, Columns: text}, At: 2, Dir: resp, NoTxID: true,
			If: func(n *note) bool { return n.text[0] == 'y' }, Time: func(n *note) int64 { return 5e9 }},
	}}, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
		tx, err := s.Begin()
		if err != nil {
			return result{}, err
		}
		tx.text = tx.Keep(b)
		s.At(tx, d, 1)
		s.At(tx, d, 2)
		s.Close(tx)
		return result{Used: len(b)}, nil
	}})
	r := newRig(t, protocols(p))
	v := r.open(proto.TCP, 80).send("c:no", "c:yes")
	v.close()
	id := v.f.ID
	uid := string(id.AppendUID(nil, 'C'))
	flowID := fmt.Sprint(id.Number())
	equal(t, r.lines(record.ZeekJSON, "one"),
		`{"ts":1700000000.001000,"uid":"`+uid+`","id.orig_h":"10.0.0.1","id.orig_p":50000,"id.resp_h":"192.0.2.7","id.resp_p":80,"text":"no"}`,
		`{"ts":1700000000.002000,"uid":"`+uid+`","id.orig_h":"10.0.0.1","id.orig_p":50000,"id.resp_h":"192.0.2.7","id.resp_p":80,"text":"yes"}`)
	equal(t, r.lines(record.ZeekJSON, "two"), `{"ts":5.000000,"text":"yes"}`)
	equal(t, r.lines(record.EVE, "one"),
		`{"timestamp":"2023-11-14T22:13:20.001000+0000","flow_id":`+flowID+`,"pcap_cnt":2,"event_type":"one","src_ip":"10.0.0.1","src_port":50000,"dest_ip":"192.0.2.7","dest_port":80,"proto":"TCP","tx_id":0,"x":{"text":"no"}}`,
		`{"timestamp":"2023-11-14T22:13:20.002000+0000","flow_id":`+flowID+`,"pcap_cnt":3,"event_type":"one","src_ip":"10.0.0.1","src_port":50000,"dest_ip":"192.0.2.7","dest_port":80,"proto":"TCP","tx_id":1,"x":{"text":"yes"}}`)
	equal(t, r.lines(record.EVE, "two"),
		`{"timestamp":"2023-11-14T22:13:20.002000+0000","flow_id":`+flowID+`,"pcap_cnt":3,"event_type":"two","src_ip":"192.0.2.7","src_port":80,"dest_ip":"10.0.0.1","dest_port":50000,"proto":"TCP","x":{"text":"yes"}}`)
}

// TestTimeouts passes on what a parser asks for.
func TestTimeouts(t *testing.T) {
	r := newRig(t, protocols(scripted("x", anywhere, script{data: func(s *session, _ proto.Dir, b []byte) (result, error) {
		s.SetTimeout(3600e9)
		s.SetParent(9)
		return result{Used: len(b)}, nil
	}})))
	v := r.open(proto.TCP, 1)
	if got := r.InactivityTimeout(v.f); got != 0 {
		t.Errorf("%d", got)
	}
	v.send("c:x")
	if got := r.InactivityTimeout(v.f); got != 3600e9 {
		t.Errorf("%d", got)
	}
	if h := v.app().Header(); h.ParentID != 9 {
		t.Errorf("%d", h.ParentID)
	}
}

// TestStartFaults joins the faults of all analyzers.
func TestStartFaults(t *testing.T) {
	fail := func(name string) *proto.Analyzer {
		return &proto.Analyzer{Name: name, Start: func(*proto.Setup) error { return errors.New("no " + name) }}
	}
	_, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{fail("a"), fail("b")}, Output: record.NewOutput(record.Wants{})})
	if err == nil || !strings.Contains(err.Error(), "analyzer a: no a") || !strings.Contains(err.Error(), "analyzer b: no b") {
		t.Errorf("%v", err)
	}
}

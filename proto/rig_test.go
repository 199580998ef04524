package proto_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

const (
	orig = proto.Orig
	resp = proto.Resp
)

// note is the transaction of the protocols of these tests.
type note struct {
	proto.Tx
	text []byte
	dir  proto.Dir
}

type (
	session = proto.Session[note]
	result  = proto.Result
)

// script is a parser whose methods are the test's; nil: it uses all and says nothing. It logs every call.
type script struct {
	log  *[]string
	data func(s *session, d proto.Dir, b []byte) (result, error)
	gap  func(s *session, d proto.Dir, n int64) error
	end  func(s *session, d proto.Dir)
}

func (p *script) say(format string, args ...any) {
	if p.log == nil {
		return
	}
	*p.log = append(*p.log, fmt.Sprintf(format, args...))
}

func (p *script) Data(s *session, d proto.Dir, b []byte) (result, error) {
	if p.log != nil {
		p.say("%d %s", d, b)
	}
	if p.data == nil {
		return result{Used: len(b)}, nil
	}
	return p.data(s, d, b)
}

func (p *script) Gap(s *session, d proto.Dir, n int64) error {
	p.say("%d gap %d", d, n)
	if p.gap == nil {
		return nil
	}
	return p.gap(s, d, n)
}

func (p *script) End(s *session, d proto.Dir) {
	if s.Ended() {
		p.say("%d end, last", d)
	} else {
		p.say("%d end", d)
	}
	if p.end != nil {
		p.end(s, d)
	}
}

func yes(proto.Dir, []byte, bool) proto.Verdict { return proto.Yes }
func no(proto.Dir, []byte, bool) proto.Verdict  { return proto.No }

// starts makes a probe for streams that begin with s.
func starts(s string) func(proto.Dir, []byte, bool) proto.Verdict {
	return func(_ proto.Dir, b []byte, _ bool) proto.Verdict {
		switch {
		case strings.HasPrefix(string(b), s):
			return proto.Yes
		case strings.HasPrefix(s, string(b)):
			return proto.More
		}
		return proto.No
	}
}

var over = []proto.Transport{proto.TCP, proto.UDP}

// scripted makes a protocol whose every flow is parsed by a copy of p.
func scripted(name string, d proto.Detect, p script) *proto.Def[note] {
	return define(proto.Spec[note]{Name: name, Detect: d}, p)
}

func define(s proto.Spec[note], p script) *proto.Def[note] {
	s.Doc = "a protocol of tests"
	if s.Detect.Over == nil {
		s.Detect.Over = over
	}
	if s.New == nil {
		s.New = func(*proto.Setup) func() proto.Parser[note] {
			return func() proto.Parser[note] { c := p; return &c }
		}
	}
	return proto.Define(s)
}

// rig drives a runtime as the engine does.
type rig struct {
	*proto.Runtime
	out    *record.Output
	seen   []string // anomalies
	broken []string // violations
	panics bool     // are expected
	now    int64
	number uint64
}

func newRig(t testing.TB, c proto.RuntimeConfig) *rig {
	t.Helper()
	r := &rig{now: 1700000000e9}
	all := func(string) bool { return true }
	r.out = record.NewOutput(record.Wants{Zeek: all, ZeekForm: record.ZeekJSON, EVE: all})
	c.Output = r.out
	if c.Profile.Name == "" {
		c.Profile = flow.Default()
	}
	c.Analyzers = append(c.Analyzers, &proto.Analyzer{Name: "spy", Start: func(s *proto.Setup) error {
		s.OnAnomaly(func(a *proto.Anomaly) { r.seen = append(r.seen, a.Weird+"|"+a.Name+"|"+a.Addl) })
		s.OnViolation(func(f *proto.Flow, p proto.Protocol, err error) {
			r.broken = append(r.broken, p.Name()+": "+err.Error())
		})
		return nil
	}})
	rt, err := proto.NewRuntime(c)
	if err != nil {
		t.Fatal(err)
	}
	r.Runtime = rt
	rt.Panic = func(v any) {
		if !r.panics {
			panic(v)
		}
	}
	return r
}

func protocols(p ...proto.Protocol) proto.RuntimeConfig { return proto.RuntimeConfig{Protocols: p} }

// conversation is one flow of a rig.
type conversation struct {
	*rig
	f *flow.Flow
	p *flow.Packet
}

func (r *rig) open(over proto.Transport, port uint16) *conversation {
	return r.between(over, flow.AddrFrom4([4]byte{10, 0, 0, 1}), 50000, flow.AddrFrom4([4]byte{192, 0, 2, 7}), port)
}

func (r *rig) between(over proto.Transport, src flow.Addr, sport uint16, dst flow.Addr, dport uint16) *conversation {
	r.number++
	ip := map[proto.Transport]uint8{proto.TCP: flow.ProtoTCP, proto.UDP: flow.ProtoUDP, proto.ICMP: flow.ProtoICMP,
		proto.SCTP: flow.ProtoSCTP, proto.OtherIP: flow.ProtoGRE}[over]
	c := &conversation{rig: r}
	c.p = &flow.Packet{Now: r.now, Src: src, Dst: dst, SrcPort: sport, DstPort: dport, Version: 4, Proto: ip}
	c.p.Frame.Nanos, c.p.Frame.Number = r.now, r.number
	c.f = &flow.Flow{Start: r.now, Last: r.now, First: r.number, Proto: ip, Version: 4}
	c.f.Side[0] = flow.Side{Addr: src, Port: sport}
	c.f.Side[1] = flow.Side{Addr: dst, Port: dport}
	c.f.ID = flow.MakeID('C', src, dst, sport, dport, ip, r.now, r.number, 0)
	if ip == flow.ProtoTCP {
		c.f.TCP = &flow.TCP{}
	}
	r.SetPacket(c.p, r.now)
	r.Open(c.f, c.p)
	return c
}

// send delivers text: "c:..." from the client, "s:..." from the server, "c+3" a gap of 3 bytes, "c." the end of a direction.
func (c *conversation) send(pieces ...string) *conversation {
	for _, s := range pieces {
		d := orig
		if s[0] == 's' {
			d = resp
		}
		c.now += 1e6
		c.number++
		c.p.Now, c.p.Frame.Number = c.now, c.number
		c.f.Last = c.now
		c.SetPacket(c.p, c.now)
		switch b := []byte(s[2:]); {
		case s[1] == '.':
			c.EndOfData(c.f, d)
		case s[1] == '+':
			var n int64
			fmt.Sscan(s[2:], &n)
			c.Gap(c.f, d, n)
		case c.f.Proto == flow.ProtoTCP:
			c.Data(c.f, d, b)
			scratch(b)
		default:
			c.Datagram(c.f, d, c.p, b)
			scratch(b)
		}
	}
	return c
}

// scratch overwrites what was lent.
func scratch(b []byte) {
	for i := range b {
		b[i] = '!'
	}
}

// app returns the flow as the application layer has it.
func (c *conversation) app() *proto.Flow { return c.f.App.(*proto.Flow) }

// close ends the flow as the flow table does.
func (c *conversation) close() {
	if c.f.Proto == flow.ProtoTCP {
		c.send("c.", "s.")
	}
	c.Close(c.f)
}

// lines returns what was written to a log so far.
func (r *rig) lines(form record.Form, path string) (lines []string) {
	n, _ := r.out.Len()
	for i := range n {
		if e := r.out.At(i); e.Stream.Form == form && e.Stream.Path == path {
			lines = append(lines, string(e.Line))
		}
	}
	return lines
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("step %d is %.80q, want %.80q (all: %.600q)", i, g, w, got)
			return
		}
	}
}

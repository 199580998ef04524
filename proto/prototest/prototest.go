// Package prototest is the test kit for authors of protocols. Feed gives a conversation to a protocol and returns what came
// out. Run checks what must hold for every protocol; Check that it is documented; Allocs counts what a message costs; Golden
// compares all output with what was reviewed before.
package prototest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Chunk is a piece of a conversation: bytes in one direction, or a gap.
type Chunk struct {
	Dir   proto.Dir
	Bytes []byte
	Gap   int64
}

// C makes a chunk sent by the client, S one sent by the server.
func C(s string) Chunk { return Chunk{Dir: proto.Orig, Bytes: []byte(s)} }

// S makes a chunk sent by the server.
func S(s string) Chunk { return Chunk{Dir: proto.Resp, Bytes: []byte(s)} }

// Case is one conversation.
type Case struct {
	Name string
	// Over is the transport (TCP unless set), Port the responder's port.
	Over   proto.Transport
	Port   uint16
	Chunks []Chunk
}

// Options set up a feeding.
type Options struct {
	// Protocols are those that may be found, the first being the one under test.
	Protocols []proto.Protocol
	Analyzers []*proto.Analyzer
	Settings  proto.Settings
	Files     func(s *proto.Setup) (proto.Files, error)
	// TSV writes Zeek logs as TSV instead of JSON.
	TSV bool
}

// Result is what came out.
type Result struct {
	Zeek      map[string][]string // lines by log
	EVE       map[string][]string // lines by event type
	Anomalies []string            // "weird|ANOMALY|addl"
	Services  []string
	AppProto  string
	Counts    proto.Counts

	out *record.Output
}

// Feed runs one conversation through a runtime and returns what came out. A parser's panic is a panic of Feed.
func Feed(o Options, c Case) (*Result, error) {
	res := &Result{Zeek: map[string][]string{}, EVE: map[string][]string{}, out: o.output()}
	rt, err := o.runtime(res.out, res.spy())
	if err != nil {
		return nil, err
	}
	feed(rt, res.out, c)
	res.collect(rt)
	return res, nil
}

// spy notes what no log has.
func (r *Result) spy() *proto.Analyzer {
	return &proto.Analyzer{Name: "prototest", Doc: "sees all", Start: func(s *proto.Setup) error {
		s.OnAnomaly(func(a *proto.Anomaly) {
			r.Anomalies = append(r.Anomalies, fmt.Sprintf("%s|%s|%s", a.Weird, a.Name, a.Addl))
		})
		s.OnFlow(nil, func(f *proto.Flow) {
			r.Services, r.AppProto = slices.Clone(f.Services()), f.AppProto()
		})
		return nil
	}}
}

// collect takes the lines and counts.
func (r *Result) collect(rt *proto.Runtime) {
	for i := range mustLen(r.out) {
		e := r.out.At(i)
		if e.Stream.Form == record.EVE {
			r.EVE[e.Stream.Path] = append(r.EVE[e.Stream.Path], string(e.Line))
		} else {
			r.Zeek[e.Stream.Path] = append(r.Zeek[e.Stream.Path], string(e.Line))
		}
	}
	r.Counts = rt.Counts
}

// output makes an output that takes everything.
func (o *Options) output() *record.Output {
	all := func(string) bool { return true }
	w := record.Wants{Zeek: all, ZeekForm: record.ZeekJSON, EVE: all}
	if o.TSV {
		w.ZeekForm = record.TSV
	}
	return record.NewOutput(w)
}

// runtime makes a runtime in which a parser's panic is one.
func (o *Options) runtime(out *record.Output, more ...*proto.Analyzer) (*proto.Runtime, error) {
	rt, err := proto.NewRuntime(proto.RuntimeConfig{
		Protocols: o.Protocols, Analyzers: append(more, o.Analyzers...), Files: o.Files,
		Settings: o.Settings, Profile: flow.Default(), Output: out,
	})
	if err != nil {
		return nil, err
	}
	rt.Panic = func(v any) { panic(v) }
	return rt, nil
}

func mustLen(o *record.Output) int { n, _ := o.Len(); return n }

var ipProto = map[proto.Transport]uint8{proto.TCP: flow.ProtoTCP, proto.UDP: flow.ProtoUDP, proto.ICMP: flow.ProtoICMP, proto.SCTP: flow.ProtoSCTP}

func feed(rt *proto.Runtime, out *record.Output, c Case) {
	w := begin(rt, out, c)
	for _, k := range c.Chunks {
		w.chunk(k)
	}
	w.end()
	rt.Finish()
}

// wire is one flow on its way into a runtime.
type wire struct {
	rt  *proto.Runtime
	out *record.Output
	f   *flow.Flow
	p   *flow.Packet
}

func begin(rt *proto.Runtime, out *record.Output, c Case) *wire {
	f, p := newFlow(c)
	rt.SetPacket(p, p.Now)
	rt.Open(f, p)
	return &wire{rt, out, f, p}
}

func (w *wire) chunk(k Chunk) {
	p := w.p
	p.Frame.Number++
	p.Now += 1e6
	p.Frame.Nanos = p.Now
	w.f.Last = p.Now
	w.out.Now = record.Order{Number: p.Frame.Number, Deadline: math.MaxInt64}
	w.rt.SetPacket(p, p.Now)
	if k.Gap > 0 {
		w.rt.Gap(w.f, k.Dir, k.Gap)
		return
	}
	b := slices.Clone(k.Bytes)
	w.lend(k.Dir, b)
	poison(b)
}

// lend delivers bytes of direction d.
func (w *wire) lend(d proto.Dir, b []byte) {
	if w.f.Proto == flow.ProtoTCP {
		w.rt.Data(w.f, d, b)
	} else {
		w.rt.Datagram(w.f, d, w.p, b)
	}
}

func (w *wire) end() {
	w.out.Now = record.Order{Number: math.MaxUint64}
	if w.f.Proto == flow.ProtoTCP {
		w.rt.EndOfData(w.f, proto.Orig)
		w.rt.EndOfData(w.f, proto.Resp)
	}
	w.rt.Close(w.f)
}

// poison overwrites what was only lent: a parser that kept it shows wrong output.
func poison(b []byte) {
	for i := range b {
		b[i] = 0xdb
	}
}

func newFlow(c Case) (*flow.Flow, *flow.Packet) {
	src, dst := flow.AddrFrom4([4]byte{10, 0, 0, 1}), flow.AddrFrom4([4]byte{192, 0, 2, 7})
	port := c.Port
	if port == 0 {
		port = 40000
	}
	start := int64(1700000000e9)
	p := &flow.Packet{Now: start, Src: src, Dst: dst, SrcPort: 50000, DstPort: port, Version: 4, Proto: ipProto[c.Over]}
	p.Frame.Nanos, p.Frame.Number = start, 1
	f := &flow.Flow{Start: start, Last: start, First: 1, Proto: p.Proto, Version: 4}
	f.Side[0].Addr, f.Side[0].Port = src, p.SrcPort
	f.Side[1].Addr, f.Side[1].Port = dst, port
	f.ID = flow.MakeID('C', src, dst, p.SrcPort, port, p.Proto, start, 1, 0)
	if f.Proto == flow.ProtoTCP {
		f.TCP = &flow.TCP{}
	}
	return f, p
}

// Same fails the test when two results differ in more than their times.
func Same(t *testing.T, how string, want, got *Result) {
	t.Helper()
	same(t, how+": zeek", want.Zeek, got.Zeek)
	same(t, how+": eve", want.EVE, got.EVE)
	if !slices.Equal(want.Anomalies, got.Anomalies) {
		t.Errorf("%s: anomalies %q, want %q", how, got.Anomalies, want.Anomalies)
	}
	if !slices.Equal(want.Services, got.Services) || want.AppProto != got.AppProto {
		t.Errorf("%s: services %q %q, want %q %q", how, got.Services, got.AppProto, want.Services, want.AppProto)
	}
}

func same(t *testing.T, how string, want, got map[string][]string) {
	t.Helper()
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: unexpected %s: %q", how, k, got[k])
		}
	}
	for k, w := range want {
		g := got[k]
		if len(g) != len(w) {
			t.Errorf("%s: %d rows of %s, want %d", how, len(g), k, len(w))
			continue
		}
		for i := range w {
			if timeless(w[i]) != timeless(g[i]) {
				t.Errorf("%s: %s\n got %s\nwant %s", how, k, g[i], w[i])
			}
		}
	}
}

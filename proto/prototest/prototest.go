// Package prototest is the test kit for authors of protocols: it feeds a protocol with conversations and returns what
// came out, and Run checks what must hold for every protocol, however its bytes are cut into segments.
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
}

// Feed runs one conversation through a runtime and returns what came out. A parser's panic is a panic of Feed.
func Feed(o Options, c Case) (*Result, error) {
	res := &Result{Zeek: map[string][]string{}, EVE: map[string][]string{}}
	all := func(string) bool { return true }
	w := record.Wants{Zeek: all, ZeekForm: record.ZeekJSON, EVE: all}
	if o.TSV {
		w.ZeekForm = record.TSV
	}
	out := record.NewOutput(w)
	spy := &proto.Analyzer{Name: "prototest", Doc: "sees all", Start: func(s *proto.Setup) error {
		s.OnAnomaly(func(a *proto.Anomaly) {
			res.Anomalies = append(res.Anomalies, fmt.Sprintf("%s|%s|%s", a.Weird, a.Name, a.Addl))
		})
		s.OnFlow(nil, func(f *proto.Flow) {
			res.Services, res.AppProto = slices.Clone(f.Services()), f.AppProto()
		})
		return nil
	}}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{
		Protocols: o.Protocols, Analyzers: append([]*proto.Analyzer{spy}, o.Analyzers...), Files: o.Files,
		Settings: o.Settings, Profile: flow.Default(), Output: out,
	})
	if err != nil {
		return nil, err
	}
	rt.Panic = func(v any) { panic(v) }
	feed(rt, out, c)
	for i := range mustLen(out) {
		e := out.At(i)
		if e.Stream.Form == record.EVE {
			res.EVE[e.Stream.Path] = append(res.EVE[e.Stream.Path], string(e.Line))
		} else {
			res.Zeek[e.Stream.Path] = append(res.Zeek[e.Stream.Path], string(e.Line))
		}
	}
	res.Counts = rt.Counts
	return res, nil
}

func mustLen(o *record.Output) int { n, _ := o.Len(); return n }

var ipProto = map[proto.Transport]uint8{proto.TCP: flow.ProtoTCP, proto.UDP: flow.ProtoUDP, proto.ICMP: flow.ProtoICMP, proto.SCTP: flow.ProtoSCTP}

func feed(rt *proto.Runtime, out *record.Output, c Case) {
	f, p := newFlow(c)
	rt.SetPacket(p, p.Now)
	rt.Open(f, p)
	for i, k := range c.Chunks {
		p.Frame.Number++
		p.Now += 1e6
		p.Frame.Nanos = p.Now
		f.Last = p.Now
		out.Now = record.Order{Number: p.Frame.Number, Deadline: math.MaxInt64, First: uint64(i)}
		rt.SetPacket(p, p.Now)
		switch {
		case k.Gap > 0:
			rt.Gap(f, k.Dir, k.Gap)
		case f.Proto == flow.ProtoTCP:
			b := slices.Clone(k.Bytes)
			rt.Data(f, k.Dir, b)
			poison(b)
		default:
			b := slices.Clone(k.Bytes)
			rt.Datagram(f, k.Dir, p, b)
			poison(b)
		}
	}
	out.Now = record.Order{Number: math.MaxUint64}
	if f.Proto == flow.ProtoTCP {
		rt.EndOfData(f, proto.Orig)
		rt.EndOfData(f, proto.Resp)
	}
	rt.Close(f)
	rt.Finish()
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

// Run checks what must hold for the first of o.Protocols over each case: the same logs, events and service for every way
// to cut streams into segments (whole, byte by byte, at seeded places); no panic at any gap or truncation.
func Run(t *testing.T, o Options, cases ...Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			want, err := Feed(o, c)
			if err != nil {
				t.Fatal(err)
			}
			if c.Over == proto.TCP {
				for _, size := range []int{1, 2, 3, 7, 64} {
					got, err := Feed(o, split(c, size))
					if err != nil {
						t.Fatal(err)
					}
					Same(t, fmt.Sprintf("in pieces of %d bytes", size), want, got)
				}
			}
			hurt(t, o, c)
		})
	}
}

// split cuts every chunk into pieces of size bytes.
func split(c Case, size int) Case {
	var out []Chunk
	for _, k := range c.Chunks {
		if k.Gap > 0 {
			out = append(out, k)
			continue
		}
		for piece := range slices.Chunk(k.Bytes, size) {
			out = append(out, Chunk{Dir: k.Dir, Bytes: piece})
		}
	}
	c.Chunks = out
	return c
}

// hurt truncates and tears the conversation at many places: nothing may panic.
func hurt(t *testing.T, o Options, c Case) {
	t.Helper()
	for i, k := range c.Chunks {
		step := max(1, len(k.Bytes)/64)
		for at := 0; at < len(k.Bytes); at += step {
			cut := c
			cut.Chunks = append(slices.Clone(c.Chunks[:i]), Chunk{Dir: k.Dir, Bytes: k.Bytes[:at]})
			torn := cut
			torn.Chunks = append(slices.Clone(cut.Chunks), Chunk{Dir: k.Dir, Gap: 3},
				Chunk{Dir: k.Dir, Bytes: k.Bytes[min(at+3, len(k.Bytes)):]})
			torn.Chunks = append(torn.Chunks, c.Chunks[i+1:]...)
			for _, h := range []Case{cut, torn} {
				if c.Over != proto.TCP {
					h.Chunks = slices.DeleteFunc(h.Chunks, func(k Chunk) bool { return k.Gap > 0 })
				}
				if _, err := Feed(o, h); err != nil {
					t.Fatalf("cut at %d of chunk %d: %v", at, i, err)
				}
			}
		}
	}
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

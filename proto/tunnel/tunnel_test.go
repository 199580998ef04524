package tunnel

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// world runs the analyzer over packets that a test makes up.
type world struct {
	rt  *proto.Runtime
	out *record.Output
	n   uint64
}

func newWorld(t testing.TB) *world {
	all := func(string) bool { return true }
	w := &world{out: record.NewOutput(record.Wants{Zeek: all, ZeekForm: record.TSV})}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{Analyzer}, Profile: flow.Default(), Output: w.out})
	if err != nil {
		t.Fatal(err)
	}
	w.rt = rt
	return w
}

// rows returns what was written as "orig:port resp:port type action".
func (w *world) rows() (rows []string) {
	n, _ := w.out.Len()
	for i := range n {
		f := strings.Split(string(w.out.At(i).Line), "\t")
		rows = append(rows, f[2]+":"+f[3]+" "+f[4]+":"+f[5]+" "+f[6]+" "+f[7])
	}
	return rows
}

func outer(at int64, proto uint8, typ flow.TunnelType, reverse bool) *flow.Packet {
	a, b := flow.AddrFrom4([4]byte{192, 0, 2, 1}), flow.AddrFrom4([4]byte{198, 51, 100, 9})
	p := &flow.Packet{Now: at, Src: a, Dst: b, Version: 4, Proto: proto, Marks: flow.TunnelOuter}
	p.Frame.Nanos = at
	p.Inside = &flow.Encap{Type: typ, Src: a, Dst: b, Version: 4, Proto: proto}
	if proto == flow.ProtoUDP {
		p.SrcPort, p.DstPort = 4000, 4789
	}
	p.Inside.SrcPort, p.Inside.DstPort = p.SrcPort, p.DstPort
	p.Inside.ID = flow.FlowID(p)
	if reverse {
		p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	}
	return p
}

func (w *world) packet(f *flow.Flow, d flow.Dir, p *flow.Packet) {
	w.n++
	p.Frame.Number = w.n
	w.out.Now = record.Order{Number: w.n, Deadline: math.MaxInt64}
	w.rt.SetPacket(p, p.Now)
	w.rt.Packet(f, d, p)
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFlow(t *testing.T) {
	w := newWorld(t)
	p := outer(1e9, flow.ProtoUDP, flow.TunnelVXLAN, false)
	f := &flow.Flow{Start: 1e9, Last: 2e9, Proto: flow.ProtoUDP, Version: 4}
	f.Side[0].Addr, f.Side[0].Port, f.Side[1].Addr, f.Side[1].Port = p.Src, p.SrcPort, p.Dst, p.DstPort
	w.rt.SetPacket(p, p.Now)
	w.rt.Open(f, p)
	plain := *p
	plain.Marks, plain.Inside = 0, nil
	w.packet(f, flow.Orig, &plain)
	same(t, w.rows(), nil)
	w.packet(f, flow.Orig, p)
	w.packet(f, flow.Resp, outer(2e9, flow.ProtoUDP, flow.TunnelVXLAN, true))
	if s := f.App.(*proto.Flow).Services(); !slices.Equal(s, []string{"vxlan"}) {
		t.Errorf("services %q", s)
	}
	w.rt.Close(f)
	same(t, w.rows(), []string{
		"192.0.2.1:4000 198.51.100.9:4789 Tunnel::VXLAN Tunnel::DISCOVER",
		"192.0.2.1:4000 198.51.100.9:4789 Tunnel::VXLAN Tunnel::CLOSE",
	})
}

func TestHosts(t *testing.T) {
	w := newWorld(t)
	first := outer(1e9, flow.ProtoGRE, flow.TunnelERSPAN, false)
	w.packet(nil, flow.Orig, first)
	for _, at := range []int64{2e9, 2e9 + 2*idle} {
		p := outer(at, flow.ProtoGRE, flow.TunnelERSPAN, true)
		p.Inside = first.Inside
		w.packet(nil, flow.Orig, p)
	}
	row := "192.0.2.1:0 198.51.100.9:0 Tunnel::GRE Tunnel::"
	same(t, w.rows(), []string{row + "DISCOVER", row + "EXPIRE", row + "DISCOVER"})
}

func TestTold(t *testing.T) {
	w := newWorld(t)
	p := outer(1e9, flow.ProtoTCP, flow.TunnelNone, false)
	f := &flow.Flow{Start: 1e9, Proto: flow.ProtoTCP, Version: 4, TCP: &flow.TCP{}}
	f.Side[0].Addr, f.Side[0].Port, f.Side[1].Addr, f.Side[1].Port = p.Src, 5000, p.Dst, 1080
	w.rt.SetPacket(p, p.Now)
	w.rt.Open(f, p)
	f.App.(*proto.Flow).Tunneled(flow.TunnelSOCKS)
	w.rt.Close(f)
	same(t, w.rows(), []string{"192.0.2.1:0 198.51.100.9:1080 Tunnel::SOCKS Tunnel::DISCOVER"})
}

// What is remembered of tunnels without ports is bounded.
func TestBounded(t *testing.T) {
	w := &watcher{seen: map[flow.ID]int64{}}
	for i := range maxSeen + 10 {
		p := flow.Packet{Now: int64(i), Src: flow.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1})}
		if len(w.seen) >= maxSeen {
			w.forget(p.Now)
		}
		w.seen[flow.FlowID(&p)] = p.Now
	}
	if len(w.seen) > maxSeen {
		t.Errorf("%d tunnels remembered, want %d at most", len(w.seen), maxSeen)
	}
}

func TestAllocs(t *testing.T) {
	w := newWorld(t)
	p := outer(1e9, flow.ProtoGRE, flow.TunnelGRE, false)
	w.packet(nil, flow.Orig, p)
	if n := testing.AllocsPerRun(100, func() { w.packet(nil, flow.Orig, p) }); n > 0 {
		t.Errorf("%v allocations for a packet of a known tunnel", n)
	}
}

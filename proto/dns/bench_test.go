package dns

import (
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// rig feeds one UDP flow's datagrams into a runtime that writes to nowhere.
type rig struct {
	rt  *proto.Runtime
	out *record.Output
	f   flow.Flow
	p   flow.Packet
}

func newRig(tb testing.TB, zeek, eve bool) *rig {
	want := func(on bool) func(string) bool { return func(string) bool { return on } }
	r := &rig{out: record.NewOutput(record.Wants{Zeek: want(zeek), EVE: want(eve)})}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Protocols: []proto.Protocol{Proto}, Profile: flow.Default(), Output: r.out})
	if err != nil {
		tb.Fatal(err)
	}
	r.rt = rt
	src, dst := flow.AddrFrom4([4]byte{10, 0, 0, 1}), flow.AddrFrom4([4]byte{192, 0, 2, 53})
	r.p = flow.Packet{Now: 1, Src: src, Dst: dst, SrcPort: 50000, DstPort: 53, Version: 4, Proto: flow.ProtoUDP}
	r.p.Frame.Number = 1
	r.f = flow.Flow{Start: 1, Last: 1, First: 1, Proto: flow.ProtoUDP, Version: 4}
	r.f.Side[0].Addr, r.f.Side[0].Port = src, 50000
	r.f.Side[1].Addr, r.f.Side[1].Port = dst, 53
	return r
}

// transaction is a whole flow with a question and its answer.
func (r *rig) transaction(query, answer []byte) {
	r.rt.SetPacket(&r.p, r.p.Now)
	r.rt.Open(&r.f, &r.p)
	r.rt.Datagram(&r.f, proto.Orig, &r.p, query)
	r.rt.Datagram(&r.f, proto.Resp, &r.p, answer)
	r.rt.Close(&r.f)
}

func TestAllocs(t *testing.T) {
	q, a := query(7, "www.example.com", typeA), answer(7, "www.example.com", typeA)
	r := newRig(t, true, true)
	n := testing.AllocsPerRun(500, func() {
		r.transaction(q, a)
		r.out.Reset()
	})
	if n > 0 {
		t.Errorf("%v allocations for one transaction, want 0", n)
	}
}

func BenchmarkTransaction(b *testing.B) {
	for _, c := range []struct {
		name      string
		zeek, eve bool
	}{{"none", false, false}, {"zeek", true, false}, {"eve", false, true}} {
		b.Run(c.name, func(b *testing.B) {
			q, a := query(7, "www.example.com", typeA), answer(7, "www.example.com", typeA)
			r := newRig(b, c.zeek, c.eve)
			b.ReportAllocs()
			b.SetBytes(int64(len(q) + len(a)))
			for b.Loop() {
				r.transaction(q, a)
				r.out.Reset()
			}
		})
	}
}

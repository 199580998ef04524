package weird

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

type world struct {
	rt  *proto.Runtime
	out *record.Output
	f   *flow.Flow
	p   *flow.Packet
	// once is what the engine's merge does.
	once record.Repeats
}

func newWorld(t testing.TB, s proto.Settings) *world {
	all := func(string) bool { return true }
	w := &world{out: record.NewOutput(record.Wants{Zeek: all, ZeekForm: record.TSV, EVE: all})}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{Analyzer}, Settings: s, Profile: flow.Default(), Output: w.out})
	if err != nil {
		t.Fatal(err)
	}
	w.rt = rt
	a, b := flow.AddrFrom4([4]byte{192, 0, 2, 1}), flow.AddrFrom4([4]byte{198, 51, 100, 9})
	w.p = &flow.Packet{Now: 1e9, Src: a, Dst: b, SrcPort: 5000, DstPort: 80, Version: 4, Proto: flow.ProtoTCP}
	w.p.Frame.Number, w.p.Frame.Link, w.p.Frame.Data = 1, 1, []byte(strings.Repeat("d", 60))
	w.open()
	return w
}

func (w *world) open() {
	w.f = &flow.Flow{Start: 1e9, Proto: flow.ProtoTCP, Version: 4, TCP: &flow.TCP{}}
	w.f.Side[0].Addr, w.f.Side[0].Port, w.f.Side[1].Addr, w.f.Side[1].Port = w.p.Src, w.p.SrcPort, w.p.Dst, w.p.DstPort
	w.rt.SetPacket(w.p, w.p.Now)
	w.out.Now = record.Order{Number: 1, Deadline: math.MaxInt64}
	w.rt.Open(w.f, w.p)
}

func (w *world) at(nanos int64) { w.p.Now = nanos; w.rt.SetPacket(w.p, nanos) }

// weird reports one of the flow's.
func (w *world) weird(name string) {
	w.f.App.(*proto.Flow).Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: name, PerFlow: true, Tx: -1})
}

// rows returns weird.log as "uid? ports name".
func (w *world) rows() (rows []string) {
	n, _ := w.out.Len()
	for i := range n {
		e := w.out.At(i)
		if w.once.Skip(&e) {
			continue
		}
		if e.Stream.Form == record.EVE {
			continue
		}
		f := strings.Split(string(e.Line), "\t")
		uid := "uid"
		if f[1] == "-" {
			uid = "-"
		}
		rows = append(rows, strings.Join([]string{uid, f[3], f[5], f[6]}, " "))
	}
	w.out.Reset()
	return rows
}

func (w *world) want(t *testing.T, rows ...string) {
	t.Helper()
	if got := w.rows(); !slices.Equal(got, rows) {
		t.Errorf("got %q, want %q", got, rows)
	}
}

func TestConnection(t *testing.T) {
	w := newWorld(t, nil)
	for range 3 {
		w.weird("odd")
	}
	w.weird("other")
	w.want(t, "uid 5000 80 odd", "uid 5000 80 other")
	w.at(1e9 + repeatAfter)
	w.weird("odd")
	w.want(t, "uid 5000 80 odd")
	w.rt.Close(w.f)
	w.open()
	w.weird("odd")
	w.want(t, "uid 5000 80 odd")
}

func TestPolicies(t *testing.T) {
	w := newWorld(t, nil)
	w.weird("spontaneous_FIN")
	w.weird("bad_TCP_checksum")
	w.rt.Close(w.f)
	w.open()
	w.at(1e9 + repeatAfter)
	w.weird("bad_TCP_checksum")
	w.want(t, "uid 5000 80 bad_TCP_checksum")
	w.at(2e9 + repeatOrigAfter)
	w.weird("bad_TCP_checksum")
	w.want(t, "uid 5000 80 bad_TCP_checksum")
}

func TestHosts(t *testing.T) {
	w := newWorld(t, nil)
	for range 2 {
		w.rt.Event(nil, 0, w.p, flow.EventFragmentLarge)
		w.rt.Event(nil, 0, w.p, flow.EventIPTruncated)
	}
	w.want(t, "- 0 0 excessively_large_fragment", "- - - truncated_IP")
	w.p.Tunnel = &flow.Encap{Type: flow.TunnelVXLAN}
	w.rt.Event(nil, 0, w.p, flow.EventFragmentLarge)
	w.want(t, "- 0 0 excessively_large_fragment_in_tunnel")
}

func TestKindsOfEVE(t *testing.T) {
	lines := func(s proto.Settings) string {
		w := newWorld(t, s)
		w.rt.Event(w.f, 0, w.p, flow.EventTCPOptDuplicate)
		w.rt.Event(nil, 0, w.p, flow.EventIPTruncated)
		p := w.p
		p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort // from the server
		w.f.App.(*proto.Flow).Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Name: "odd", Proto: "x", Layer: "proto_parser", Tx: 4, Dir: proto.Resp})
		var b strings.Builder
		for i, n := 0, func() int { n, _ := w.out.Len(); return n }(); i < n; i++ {
			if e := w.out.At(i); e.Stream.Form == record.EVE {
				b.Write(e.Line)
				b.WriteByte('\n')
			}
		}
		return b.String()
	}
	got := lines(nil)
	if strings.Count(got, "\n") != 1 || !strings.Contains(got, `"src_port":80`) || !strings.Contains(got, `"tx_id":4`) ||
		!strings.Contains(got, `"anomaly":{"app_proto":"x","type":"applayer","event":"odd","layer":"proto_parser"}`) {
		t.Errorf("by default %s", got)
	}
	got = lines(proto.Settings{"eve.anomaly.types.decode": "yes", "eve.anomaly.types.applayer": "no", "eve.anomaly.packethdr": "yes"})
	if strings.Count(got, "\n") != 2 || !strings.Contains(got, `"event":"decoder.tcp.opt_duplicate"`) || strings.Contains(got, `"odd"`) ||
		strings.Count(got, `"src_ip"`) != 1 || strings.Count(got, `"packet":"ZGRk`) != 2 || !strings.Contains(got, `"packet_info":{"linktype":1}`) {
		t.Errorf("decode alone: %s", got)
	}
}

func TestBounded(t *testing.T) {
	w := newWorld(t, nil)
	v := &writer{rt: w.rt, seen: map[key]int64{}}
	for i := range maxSeen + 100 {
		v.new(key{src: flow.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i)})}, 1)
	}
	if len(v.seen) > maxSeen {
		t.Errorf("%d weirds remembered", len(v.seen))
	}
	for i := range 1000 {
		w.weird("odd" + strings.Repeat("x", i))
	}
	if n := len(w.rows()); n != 1000 {
		t.Errorf("%d rows, want 1000: a bound must not lose any", n)
	}
}

func BenchmarkKnown(b *testing.B) {
	w := newWorld(b, nil)
	w.weird("odd")
	b.ReportAllocs()
	for b.Loop() {
		w.weird("odd")
	}
}

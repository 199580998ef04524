package conn_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/conn"
	"github.com/wirelore/wirelore/record"
)

// rig drives the analyzer as the engine does.
type rig struct {
	*proto.Runtime
	out *record.Output
	f   *flow.Flow
}

func newRig(t testing.TB, s proto.Settings, f *flow.Flow) *rig {
	t.Helper()
	all := func(string) bool { return true }
	r := &rig{out: record.NewOutput(record.Wants{Zeek: all, ZeekForm: record.ZeekJSON, EVE: all}), f: f}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{conn.Analyzer}, Settings: s,
		Profile: flow.Suricata(), Output: r.out, PacketSource: "wire/pcap"})
	if err != nil {
		t.Fatal(err)
	}
	r.Runtime = rt
	f.Version = 4
	f.Side[0].Addr, f.Side[1].Addr = flow.AddrFrom4([4]byte{10, 0, 0, 1}), flow.AddrFrom4([4]byte{192, 0, 2, 7})
	f.Start, f.Last = 1700000000e9, 1700000002e9+5
	rt.SetPacket(nil, f.Start)
	rt.Open(f, nil)
	return r
}

// packet counts a packet of n bytes.
func (r *rig) packet(d flow.Dir, n int, ttl uint8, macs string) {
	p := &flow.Packet{Src: r.f.Side[d].Addr, Dst: r.f.Side[d^1].Addr, Proto: r.f.Proto, Version: 4, TTL: ttl}
	p.Frame.Link, p.Frame.Data, p.Frame.Number = 1, []byte(macs), 1
	r.f.Side[d].Packets++
	r.f.Side[d].FrameBytes += uint64(n)
	r.SetPacket(p, r.f.Last)
	r.Packet(r.f, d, p)
}

// end closes the flow and returns the records of a type.
func (r *rig) end(event string) (rows []string) {
	r.SetPacket(nil, r.f.Last)
	r.Close(r.f)
	n, _ := r.out.Len()
	for i := range n {
		if e := r.out.At(i); e.Stream.Path == event {
			rows = append(rows, string(e.Line))
		}
	}
	return rows
}

// has checks that row is JSON and has all parts.
func has(t *testing.T, row string, parts ...string) {
	t.Helper()
	if !json.Valid([]byte(row)) {
		t.Fatalf("no JSON: %s", row)
	}
	for _, p := range parts {
		if !strings.Contains(row, p) {
			t.Errorf("%s is not in %s", p, row)
		}
	}
}

func hasNot(t *testing.T, row string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(row, p) {
			t.Errorf("%s is in %s", p, row)
		}
	}
}

func tcpFlow() *flow.Flow {
	f := &flow.Flow{Proto: flow.ProtoTCP, TCP: &flow.TCP{Session: flow.SessionClosed}}
	f.Side[0].Port, f.Side[1].Port = 40000, 80
	f.TCP.Side[0].Flags, f.TCP.Side[1].Flags = flow.SYN|flow.ACK|flow.FIN, flow.SYN|flow.ACK|flow.PSH
	return f
}

func TestFlow(t *testing.T) {
	r := newRig(t, nil, tcpFlow())
	r.f.Missed[1] = 9
	r.packet(0, 100, 64, "")
	r.packet(1, 60, 50, "")
	rows := r.end("flow")
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	has(t, rows[0], `"flow":{"pkts_toserver":1,"pkts_toclient":1,"bytes_toserver":100,"bytes_toclient":60,`, `"age":2,`,
		`"alerted":false`, `"tcp":{"tcp_flags":"1b","tcp_flags_ts":"13","tcp_flags_tc":"1a","syn":true,"fin":true,"psh":true,"ack":true,`,
		`"state":"closed","tc_gap":true,"ts_max_regions":1,"tc_max_regions":1}`)
	hasNot(t, rows[0], "ether", "pcap_cnt", "pkt_src", "app_proto", "icmp", "spi", "ts_gap")
}

func TestNetflow(t *testing.T) {
	r := newRig(t, nil, tcpFlow())
	r.packet(0, 100, 64, "")
	r.packet(0, 100, 63, "")
	r.packet(1, 60, 50, "")
	rows := r.end("netflow")
	if len(rows) != 2 {
		t.Fatalf("%d rows, want one for each direction", len(rows))
	}
	has(t, rows[0], `"src_ip":"10.0.0.1","src_port":40000,`, `"netflow":{"pkts":2,"bytes":200,`, `"min_ttl":63,"max_ttl":64}`, `"tcp_flags":"13"`)
	has(t, rows[1], `"src_ip":"192.0.2.7","src_port":80,`, `"netflow":{"pkts":1,"bytes":60,`, `"min_ttl":50,"max_ttl":50}`, `"tcp_flags":"1a"`)
}

func TestNetflowOneWay(t *testing.T) {
	r := newRig(t, nil, &flow.Flow{Proto: flow.ProtoUDP})
	r.packet(0, 100, 64, "")
	if rows := r.end("netflow"); len(rows) != 1 {
		t.Errorf("%d rows, want one", len(rows))
	} else {
		hasNot(t, rows[0], "tcp_flags")
	}
}

func TestEthernet(t *testing.T) {
	on := proto.Settings{"outputs.eve-log.ethernet": "yes"}
	r := newRig(t, on, &flow.Flow{Proto: flow.ProtoUDP})
	const a, b, c = "\x02\x00\x00\x00\x00\x0a", "\x02\x00\x00\x00\x00\x0b", "\x02\x00\x00\x00\x00\x0c"
	r.packet(0, 100, 64, b+a)
	r.packet(0, 100, 64, c+a)
	r.packet(1, 100, 64, a+c)
	r.packet(1, 100, 64, "short")
	rows := r.end("flow")
	has(t, rows[0], `"ether":{"dest_macs":["02:00:00:00:00:0b","02:00:00:00:00:0c"],"src_macs":["02:00:00:00:00:0a"]}`)
}

// TestEthernetLimit checks that a flow between ever new addresses does not grow without bounds.
func TestEthernetLimit(t *testing.T) {
	r := newRig(t, proto.Settings{"outputs.eve-log.ethernet": "yes"}, &flow.Flow{Proto: flow.ProtoUDP})
	for i := range 100 {
		r.packet(0, 100, 64, "\x02\x00\x00\x00\x00\x0b\x02\x00\x00\x00\x01"+string(rune(i)))
	}
	if n := strings.Count(r.end("flow")[0], "02:00:00:00:01:"); n != 10 {
		t.Errorf("%d addresses, want 10", n)
	}
}

func TestICMP(t *testing.T) {
	r := newRig(t, nil, &flow.Flow{Proto: flow.ProtoICMP, ICMPType: 8, ICMPReplied: true})
	r.packet(0, 98, 64, "")
	has(t, r.end("flow")[0], `"icmp_type":8,"icmp_code":0`, `"response_icmp_type":0,"response_icmp_code":0`)
}

func TestESP(t *testing.T) {
	f := &flow.Flow{Proto: flow.ProtoESP}
	f.Side[0].Port, f.Side[1].Port = 0x8906, 0x0100
	r := newRig(t, nil, f)
	r.packet(0, 222, 64, "")
	row := r.end("flow")[0]
	has(t, row, `"proto":"ESP"`, `"spi":2298872064`)
	hasNot(t, row, "src_port")
}

func TestZeekUnmeasured(t *testing.T) {
	f := &flow.Flow{Proto: flow.ProtoUDP}
	r := newRig(t, nil, f)
	r.packet(0, 100, 64, "")
	row := r.end("conn")[0]
	has(t, row, `"proto":"udp"`, `"orig_pkts":1`)
	hasNot(t, row, "duration", "orig_bytes", "resp_bytes")
}

func BenchmarkEnd(b *testing.B) {
	r := newRig(b, nil, tcpFlow())
	b.ReportAllocs()
	for b.Loop() {
		r.Close(r.f)
		r.out.Reset()
		r.Open(r.f, nil)
	}
}

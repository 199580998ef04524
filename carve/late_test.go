package carve

import (
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// TestLate checks with which packet the record of a file is written under Suricata's profile.
func TestLate(t *testing.T) {
	for _, c := range []struct {
		name   string
		closes flow.Dir   // who sends the packet that ends the file, which the server sends
		then   []flow.Dir // what comes after
		number string     // "" : that of no packet
	}{
		{"the sender's packet", flow.Resp, nil, `"pcap_cnt":10,`},
		{"next of the sender", flow.Orig, []flow.Dir{flow.Orig, flow.Resp, flow.Resp}, `"pcap_cnt":12,`},
		{"the flow's end", flow.Orig, []flow.Dir{flow.Orig}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := record.NewOutput(record.Wants{EVE: func(e string) bool { return e == "fileinfo" }})
			var pf *proto.Flow
			spy := &proto.Analyzer{Name: "spy", Start: func(s *proto.Setup) error {
				s.OnFlow(func(f *proto.Flow) { pf = f }, nil)
				return nil
			}}
			rt, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{spy}, Profile: flow.Suricata(),
				Output: out, Files: New(Options{}), PacketSource: "wire/pcap"})
			if err != nil {
				t.Fatal(err)
			}
			f := &flow.Flow{Proto: flow.ProtoTCP, Version: 4, TCP: &flow.TCP{}}
			f.Side[0] = flow.Side{Addr: flow.AddrFrom4([4]byte{10, 0, 0, 1}), Port: 40000}
			f.Side[1] = flow.Side{Addr: flow.AddrFrom4([4]byte{192, 0, 2, 7}), Port: 80}
			number := uint64(9)
			packet := func(d flow.Dir) {
				number++
				p := &flow.Packet{Src: f.Side[d].Addr, SrcPort: f.Side[d].Port, Dst: f.Side[d^1].Addr, DstPort: f.Side[d^1].Port}
				p.Frame.Number = number
				rt.SetPacket(p, int64(number)*1e9)
				rt.Packet(f, d, p)
			}
			rt.Open(f, nil)
			packet(c.closes)
			file := pf.File(&proto.FileInfo{Source: "HTTP", Dir: flow.Resp, Name: []byte("a.txt"), Size: 3, Event: "http",
				Meta: func(e *record.Encoder) { e.Object(); e.Key("url"); e.Str("/a"); e.EndObject() }})
			file.Write([]byte("abc"))
			file.Close(true)
			for _, d := range c.then {
				packet(d)
			}
			rt.SetPacket(nil, 99e9)
			rt.Close(f)
			if n, _ := out.Len(); n != 1 {
				t.Fatalf("%d records, want 1", n)
			}
			line := string(out.At(0).Line)
			want := []string{`"src_ip":"192.0.2.7","src_port":80,`, `"http":{"url":"/a"},"app_proto":`, `"size":3`, c.number}
			if c.number == "" {
				want = append(want, `"pkt_src":"stream (flow timeout)"`)
			}
			for _, w := range want {
				if !strings.Contains(line, w) {
					t.Errorf("%s is not in %s", w, line)
				}
			}
			if c.number == "" && strings.Contains(line, "pcap_cnt") {
				t.Errorf("a packet's number in %s", line)
			}
		})
	}
}

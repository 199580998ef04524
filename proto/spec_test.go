package proto_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

func TestSettings(t *testing.T) {
	s := proto.Settings{"a": "x", "empty": "", "n": "12", "size": "4 KiB", "bad": "12q", "min": "-3"}
	for k := range s {
		if !s.Has(k) || s.Has(k+"?") {
			t.Errorf("Has(%s)", k)
		}
	}
	if s.String("a", "d") != "x" || s.String("none", "d") != "d" || s.String("empty", "d") != "" {
		t.Error("String")
	}
	for key, want := range map[string]int64{"n": 12, "size": 4096, "bad": 7, "none": 7, "min": -3, "empty": 7} {
		if got := s.Int(key, 7); got != want {
			t.Errorf("Int(%s) is %d, want %d", key, got, want)
		}
	}
	for v, want := range map[string]string{"yes": "true true", "True": "true true", "ON": "true true", "1": "true true", "no": "false false",
		"False": "false false", "off": "false false", "0": "false false", "detection-only": "false false", "": "true false", "maybe": "true false"} {
		s := proto.Settings{"k": v}
		if got := fmt.Sprint(s.Bool("k", true), s.Bool("k", false)); got != want {
			t.Errorf("%q is %s, want %s", v, got, want)
		}
	}
	var none proto.Settings
	if none.Has("x") || none.String("x", "d") != "d" || !none.Bool("x", true) || none.Int("x", 3) != 3 {
		t.Error("nil settings do not give the defaults")
	}
}

func TestParseSize(t *testing.T) {
	for v, want := range map[string]int64{"0": 0, "1": 1, "1b": 1, "2kb": 2048, "2KiB": 2048, " 3 mb ": 3 << 20, "1gb": 1 << 30, "1G": 1 << 30,
		"-5": -5, "-1kb": -1024, "9223372036854775807": math.MaxInt64, "9223372036854775808": -1,
		"4294967296gb": 1 << 62, "8589934592gb": -1, "": -1, "kb": -1, "1tb": -1, "1.5kb": -1, "1k b": -1, "--1": -1, "0x10": -1,
		"99999999999999999999": -1, "-9223372036854775808": math.MinInt64, "-9223372036854775808kb": -1, "-9223372036854775807b": math.MinInt64 + 1} {
		got, ok := proto.ParseSize(v)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q is %d, want %d", v, got, want)
		}
	}
}

// TestDefine refuses protocols that are not whole.
func TestDefine(t *testing.T) {
	whole := func() proto.Spec[note] {
		return proto.Spec[note]{Name: "whole", Doc: "d", New: func(*proto.Setup) func() proto.Parser[note] { return nil }}
	}
	one := func(n *note) []byte { return n.text }
	nth := func(n *note, i int) ([]byte, bool) { return nil, false }
	for want, change := range map[string]func(s *proto.Spec[note]){
		"needs Name":     func(s *proto.Spec[note]) { s.Name = "" },
		"Doc and New":    func(s *proto.Spec[note]) { s.Doc = "" },
		"a Spec needs":   func(s *proto.Spec[note]) { s.New = nil },
		"needs either":   func(s *proto.Spec[note]) { s.Buffers = []proto.Buffer[note]{{Name: "b"}} },
		"b needs either": func(s *proto.Spec[note]) { s.Buffers = []proto.Buffer[note]{{Name: "b", One: one, Nth: nth}} },
		"b twice": func(s *proto.Spec[note]) {
			s.Buffers = []proto.Buffer[note]{{Name: "b", One: one}, {Name: "b", Nth: nth}}
		},
		"event 1 has no name": func(s *proto.Spec[note]) { s.Events = []proto.Event{{Weird: "x"}, {Doc: "nameless"}} },
	} {
		func() {
			defer func() {
				if v := fmt.Sprint(recover()); !strings.Contains(v, want) {
					t.Errorf("%q, want %q", v, want)
				}
			}()
			s := whole()
			change(&s)
			proto.Define(s)
		}()
	}
	s := whole()
	s.Buffers = []proto.Buffer[note]{{Name: "b", One: one}, {Name: "c", Nth: nth}}
	s.Events = []proto.Event{{Weird: "w"}}
	s.Detect.Ports = []uint16{5}
	l := &record.Log[note]{Path: "z", Columns: []record.Column[note]{{Zeek: "a"}, {EVE: "b"}}}
	e := &record.Log[note]{Event: "e", Columns: []record.Column[note]{{Zeek: "a"}, {EVE: "b"}}}
	s.Logs = []proto.Log[note]{{Log: l}, {Log: e}}
	p := proto.Define(s)
	if p.Name() != "whole" || p.AppProto() != "whole" || p.Doc() != "d" || !slices.Equal(p.Buffers(), []string{"b", "c"}) ||
		len(p.Events()) != 1 || p.Detect().Depth != 1024 || p.Detect().Ports[0] != 5 {
		t.Errorf("%+v", p.Spec())
	}
	if got := p.Spec().Limits; got != (proto.Limits{OpenTx: 1024, Window: 1 << 20, TxKeep: 1 << 20}) {
		t.Errorf("%+v", got)
	}
	zeek, eve := p.Logs(record.TSV), p.Logs(record.EVE)
	if len(zeek) != 1 || zeek[0].Path != "z" || len(eve) != 1 || eve[0].Path != "e" {
		t.Errorf("%v %v", zeek, eve)
	}
	s.AppProto, s.Limits = "other", proto.Limits{OpenTx: 1, Window: 2, TxKeep: 3}
	if p := proto.Define(s); p.AppProto() != "other" || p.Spec().Limits != s.Limits {
		t.Errorf("%+v", p.Spec())
	}
}

func TestProtoName(t *testing.T) {
	for p, want := range map[uint8]string{flow.ProtoTCP: "TCP", flow.ProtoUDP: "UDP", flow.ProtoICMP: "ICMP", flow.ProtoICMPv6: "IPv6-ICMP",
		flow.ProtoSCTP: "SCTP", flow.ProtoGRE: "GRE", flow.ProtoESP: "ESP", flow.ProtoIGMP: "IGMP", flow.ProtoIPIP: "IP-in-IP",
		flow.ProtoIPv6: "IPv6", flow.ProtoAH: "AH", 0: "HOPOPT", 255: "255", 89: "OSPF"} {
		if got := proto.ProtoName(p); got != want {
			t.Errorf("%d is %s, want %s", p, got, want)
		}
	}
}

// TestHeaders fills what the configuration asks for.
func TestHeaders(t *testing.T) {
	r := newRig(t, proto.RuntimeConfig{CommunityID: true, Ethernet: true, PacketSource: "wire/pcap"})
	v := r.open(proto.TCP, 80)
	v.p.Frame.Link, v.p.Frame.Data = 1, []byte("destinsource....")
	v.f.Tunnel = &flow.Encap{Src: addr(1), Dst: addr(2), SrcPort: 3, DstPort: 4, Version: 4, Proto: flow.ProtoUDP, Depth: 2}
	v.f.VLANs, v.f.VLAN[0] = 1, 7
	h := v.app().Header()
	if string(h.Ethernet) != "destinsource" || h.PacketSource != "wire/pcap" || !strings.HasPrefix(string(h.CommunityID), "1:") ||
		len(h.VLAN) != 1 || h.PacketNumber != 1 || !h.HasPorts || h.TxID != -1 || h.Tunnel == nil {
		t.Errorf("%+v", h)
	}
	o := record.NewOutput(record.Wants{EVE: func(string) bool { return true }})
	h.HasFlow, h.HasAddr, h.VLAN, h.CommunityID, h.Ethernet, h.PacketSource = false, false, nil, nil, nil, ""
	record.Open(o, &record.Log[int]{Event: "x"}).Write(&h, new(int))
	want := `{"timestamp":"2023-11-14T22:13:20.000000+0000","pcap_cnt":1,"event_type":"x","tunnel":{"src_ip":"10.9.8.1","src_port":3,` +
		`"dest_ip":"10.9.8.2","dest_port":4,"proto":"UDP","depth":1}}`
	if got := string(o.At(0).Line); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	h = r.FlowHeader(v.p)
	if h.HasFlow || !h.HasAddr || h.Orig.String() != "10.0.0.1" || h.RespPort != 80 || h.Proto != "TCP" || !h.HasPorts || h.PacketNumber != 1 {
		t.Errorf("%+v", h)
	}
	if h = r.FlowHeader(nil); h.HasAddr || h.HasFlow || h.PacketNumber != 0 {
		t.Errorf("%+v", h)
	}
	plain := newRig(t, proto.RuntimeConfig{}).open(proto.ICMP, 0)
	if h = plain.app().Header(); h.CommunityID != nil || h.Ethernet != nil || h.HasPorts || !h.ICMP || h.PacketSource != "" || h.VLAN == nil && len(h.VLAN) > 0 {
		t.Errorf("%+v", h)
	}
}

// TestFiles opens files where nobody wants them.
func TestFiles(t *testing.T) {
	r := newRig(t, protocols(scripted("x", anywhere, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
		f := s.File(&proto.FileInfo{Source: "X", Dir: d, Size: -1})
		f.Write(b)
		f.Gap(3)
		f.SetName(b)
		f.SetMeta("x", nil)
		f.Close(true)
		if f.ID() != "" || f.MIME() != "" {
			t.Errorf("%q %q", f.ID(), f.MIME())
		}
		return result{Used: len(b)}, nil
	}})))
	v := r.open(proto.TCP, 1).send("c:a", "s:b")
	if n := v.app().NextFile(); n != 2 {
		t.Errorf("%d files", n)
	}
}

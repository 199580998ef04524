package pcap

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// source gives packets in one buffer that it overwrites.
type source struct {
	n   int
	buf [100]byte
	err error
}

func (s *source) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	if s.n == 3 {
		return nil, gopacket.CaptureInfo{}, s.err
	}
	s.n++
	for i := range s.buf {
		s.buf[i] = byte(s.n)
	}
	ci := gopacket.CaptureInfo{Timestamp: time.Unix(int64(s.n), 5), CaptureLength: 100, Length: 200, InterfaceIndex: s.n}
	if s.n == 3 {
		ci.AncillaryData = []any{layers.LinkTypeLinuxSLL}
	}
	return s.buf[:], ci, nil
}

func TestFromGoPacket(t *testing.T) {
	r := FromGoPacket(&source{err: io.EOF}, layers.LinkTypeEthernet)
	var ps []Packet
	var p Packet
	for r.Next(&p) == nil {
		ps = append(ps, p)
	}
	if len(ps) != 3 || ps[2].Link != LinkSLL || ps[1].Link != LinkEthernet || ps[0].Nanos != 1_000_000_005 || ps[0].Length != 200 || ps[1].Interface != 2 {
		t.Fatalf("%+v", ps)
	}
	for i, p := range ps {
		if !bytes.Equal(p.Data, bytes.Repeat([]byte{byte(i + 1)}, 100)) {
			t.Errorf("packet %d was overwritten", p.Number)
		}
	}
	if i := r.Info(); i.Packets != 3 || i.Bytes != 300 || i.WireBytes != 600 || i.Format != "gopacket" {
		t.Errorf("%+v", i)
	}
	if done, total := r.Position(); done != 300 || total != -1 {
		t.Error(done, total)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	r = FromGoPacket(&source{err: errBroken}, layers.LinkTypeEthernet)
	err := error(nil)
	for err == nil {
		err = r.Next(&p)
	}
	var e *Error
	if !errors.As(err, &e) || e.Packet != 4 || !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

// udp is an IPv4 packet.
func udp(t *testing.T, first ...gopacket.SerializableLayer) []byte {
	t.Helper()
	ip := &layers.IPv4{Version: 4, TTL: 9, Protocol: layers.IPProtocolUDP, SrcIP: []byte{10, 0, 0, 1}, DstIP: []byte{10, 0, 0, 2}}
	u := &layers.UDP{SrcPort: 1000, DstPort: 2000}
	_ = u.SetNetworkLayerForChecksum(ip)
	buf := gopacket.NewSerializeBuffer()
	all := append(first, ip, u, gopacket.Payload("hello"))
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestGoPacket(t *testing.T) {
	eth := &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv4}
	sll2 := append([]byte{8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6}, make([]byte, 8)...)
	for link, data := range map[LinkType][]byte{LinkEthernet: udp(t, eth), LinkRaw: udp(t), LinkIPv4: udp(t), LinkSLL2: append(sll2, udp(t)...)} {
		for _, opts := range []gopacket.DecodeOptions{{}, {Lazy: true}} {
			p := Packet{Data: data, Nanos: 7e9, Number: 1, Length: uint32(len(data)), Interface: 4, Link: link}
			g := GoPacket(&p, opts)
			u, ok := g.Layer(layers.LayerTypeUDP).(*layers.UDP)
			if !ok || u.DstPort != 2000 || g.NetworkLayer() == nil {
				t.Fatalf("%v: %v", link, g)
			}
			m := g.Metadata()
			if m.CaptureLength != len(data) || m.Length != len(data) || m.Timestamp.Unix() != 7 || m.InterfaceIndex != 4 || m.Truncated {
				t.Errorf("%v: %+v", link, m)
			}
			if &g.Data()[0] != &data[0] {
				t.Errorf("%v: data was copied", link)
			}
		}
	}
	for _, p := range []Packet{{Data: []byte{1}, Link: 9999, Length: 1}, {Data: []byte{1}, Link: LinkSLL2, Length: 9}, {Data: []byte{1, 2}, Link: 250, Length: 2}} {
		g := GoPacket(&p, gopacket.DecodeOptions{})
		if g.ErrorLayer() == nil || g.Metadata().Truncated != (p.Link == LinkSLL2) {
			t.Errorf("%v: %v", p.Link, g)
		}
	}
}

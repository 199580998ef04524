package filter

import (
	"testing"

	"github.com/wirelore/wirelore/pcap"
)

func TestSet(t *testing.T) {
	s, err := New("tcp port 80")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range []uint16{linkEthernet, 101, linkSLL, linkEthernet, linkRadiotap} {
		for _, p := range samples()[link] {
			want := p.name == "http" || link == linkEthernet && (p.name == "opts" || p.name == "http6") ||
				link == linkRadiotap && (p.name == "pad" || p.name == "padts")
			got := s.Match(&pcap.Packet{Data: p.data, Length: uint32(len(p.data)), Link: pcap.LinkType(link)})
			if got != want {
				t.Errorf("link type %d, %s: %v, want %v", link, p.name, got, want)
			}
		}
	}
	if s.Err() != nil {
		t.Errorf("Err before an unknown link type: %v", s.Err())
	}
	if s.Match(&pcap.Packet{Data: []byte{1}, Link: 9999}) || s.Err() == nil {
		t.Errorf("an unknown link type matched, or left no error")
	}
	if s.String() != "tcp port 80" {
		t.Errorf("String: %q", s.String())
	}
}

func TestNewRefuses(t *testing.T) {
	for expr, ok := range map[string]bool{"type mgt subtype beacon": true, "radio[0] = 0": true, "inbound": true, "": true,
		"host example.org": false, "tcp port": false, "mpls and vlan": false} {
		if _, err := New(expr); (err == nil) != ok {
			t.Errorf("%q: %v", expr, err)
		}
	}
}

func TestSetAllocations(t *testing.T) {
	s, err := New("udp or tcp port 80")
	if err != nil {
		t.Fatal(err)
	}
	data := tcpPacket(40000, 80, 2, 100)
	p := pcap.Packet{Data: data, Length: uint32(len(data)), Link: linkEthernet}
	if n := testing.AllocsPerRun(100, func() { s.Match(&p) }); n != 0 {
		t.Errorf("%v allocations a match, want 0", n)
	}
}

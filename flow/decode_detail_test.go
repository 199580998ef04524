package flow

import "testing"

func TestEventDetail(t *testing.T) {
	p := decodeOne(linkNFLOG, []byte{2, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0})[0]
	if got := p.EventDetail(p.Events[0]); got != "(256 > 8)" {
		t.Errorf("nflog: %q", got)
	}
	p = decodeOne(LinkRaw, testGRE(5, etherIPv4, make([]byte, 20)))[0]
	if got := p.EventDetail(p.Events[0]); got != "version=5" {
		t.Errorf("gre: %q", got)
	}
	if got := p.EventDetail(EventIPTruncated); got != "" {
		t.Errorf("nothing more is known, got %q", got)
	}
}

func TestUnknownProtocol(t *testing.T) {
	for _, c := range []struct {
		data []byte
		want string
		id   uint32
	}{
		{testEther(0x88cc, []byte("lldp")), "ETHERNET", 0x88cc},
		{testEther(0x88cc, []byte("lldp"), 4), "VLAN", 0x88cc},
		{testEther(etherIPv4, testIP{src: a4, dst: b4, proto: ProtoSCTP}.make(make([]byte, 20))), "UNKNOWN_IP_TRANSPORT", 132},
		{testEther(etherIPv4, testUDP(a4, b4, 1, 2, nil)), "", 0},
		{testEther(etherARP, make([]byte, 28)), "", 0},
	} {
		p := decodeOne(LinkEthernet, c.data)[0]
		u, ok := p.UnknownProtocol()
		if ok != (c.want != "") || u.Analyzer != c.want || u.ID != c.id {
			t.Errorf("%s: %+v", describe([]Packet{p}), u)
		}
	}
}

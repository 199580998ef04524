package flow

import "testing"

// other processes a packet of a protocol without ports.
func (k *talk) other(d Dir, proto uint8, payload string, with func(p *Packet)) {
	p := k.packet(d, proto, []byte(payload))
	p.SrcPort, p.DstPort = 0, 0
	if with != nil {
		with(p)
	}
	k.table.Process(p)
	k.now += 1e6
}

// TestFlowsOfESP checks that Suricata's flows of ESP are told apart by their SPI.
func TestFlowsOfESP(t *testing.T) {
	k := newTalk(t, Suricata())
	bare := func(p *Packet) { p.Marks |= NoTransport }
	for _, spi := range []string{"\x00\x00\x00\x01", "\x00\x00\x00\x02", "\x00\x00\x00\x01"} {
		k.other(Orig, ProtoESP, spi+"sequence", bare)
	}
	k.other(Orig, ProtoGRE, "........", bare)
	k.end()
	if got := k.table.Stats().Flows; got != 2 {
		t.Errorf("%d flows, want 2", got)
	}
}

// TestFlowsOfErrors checks which ICMP errors begin flows under Suricata's profile: none of version 4; of version 6 one for
// each type, whatever its codes.
func TestFlowsOfErrors(t *testing.T) {
	icmp := func(version, typ, code uint8) func(p *Packet) {
		return func(p *Packet) {
			port, _ := ICMPCounterpart(version, typ, code)
			p.Version, p.ICMPType, p.ICMPCode, p.SrcPort, p.DstPort = version, typ, code, uint16(typ), uint16(port)
		}
	}
	k := newTalk(t, Suricata())
	for _, typ := range []uint8{3, 4, 5, 11, 12} {
		k.other(Orig, ProtoICMP, "....", icmp(4, typ, 0))
	}
	if got := k.table.Stats(); got.Flows != 0 || got.Outside != 5 {
		t.Errorf("%d flows of errors, %d packets outside; want 0, 5", got.Flows, got.Outside)
	}
	k.other(Orig, ProtoICMPv6, "....", icmp(6, 1, 4))
	k.other(Orig, ProtoICMPv6, "....", icmp(6, 1, 0))
	k.other(Resp, ProtoICMPv6, "....", icmp(6, 1, 0))
	k.other(Orig, ProtoICMPv6, "....", icmp(6, 3, 0))
	k.end()
	if got := k.table.Stats().Flows; got != 3 {
		t.Errorf("%d flows, want 3: two types one way, one the other", got)
	}
}

package flow

import (
	"encoding/binary"
	"fmt"
)

// EventDetail returns what Zeek's weird.log has in its addl column about an event of p, "" for most. It is worked out
// from the packet's bytes when asked for.
func (p *Packet) EventDetail(e Event) string {
	switch e {
	case EventNFLOGTLV:
		if b := p.Buf[p.NetOff:p.End]; len(b) >= 2 {
			return fmt.Sprintf("(%d > %d)", binary.LittleEndian.Uint16(b), len(b))
		}
	case EventGREVersion:
		if b := p.Buf[p.TransOff:p.End]; len(b) >= 2 {
			return fmt.Sprintf("version=%d", b[1]&7)
		}
	case EventGRE1Protocol:
		if b := p.Buf[p.TransOff:p.End]; len(b) >= 4 {
			return fmt.Sprintf("proto=%d", binary.BigEndian.Uint16(b[2:]))
		}
	}
	return ""
}

// Unknown is a protocol that the decoder does not look into, as Zeek's unknown_protocols.log shows it.
type Unknown struct {
	Analyzer string // Zeek's name of the layer that met it
	ID       uint32 // an EtherType or an IP protocol
	Content  []byte // what follows as far as captured, shared
}

// UnknownProtocol returns the protocol that p ends with if no analyzer of Zeek's knows it.
func (p *Packet) UnknownProtocol() (u Unknown, ok bool) {
	switch {
	case p.Is(Bad) || p.Is(Fragment):
		return u, false
	case p.Version != 0:
		switch p.Proto {
		case ProtoTCP, ProtoUDP, ProtoICMP, ProtoICMPv6, ProtoIGMP, ProtoGRE, ProtoIPIP, ProtoIPv6, ProtoESP, ProtoNoNext:
			return u, false
		}
		return Unknown{"UNKNOWN_IP_TRANSPORT", uint32(p.Proto), p.Buf[p.TransOff:p.End]}, true
	case p.EtherType < 0x600 || p.NetOff >= p.End:
		return u, false
	}
	switch p.EtherType {
	case etherIPv4, etherIPv6, etherARP, etherVLAN, etherQinQ, etherQinQ1, etherQinQ2, etherQinQ3, etherMPLS, etherMPLSMC,
		etherPPPoED, etherPPPoES, etherPBB, etherVNTag, etherNSH, etherFabric, etherTEB:
		return u, false
	}
	return Unknown{p.linkAnalyzer(), uint32(p.EtherType), p.Buf[p.NetOff:p.End]}, true
}

// linkAnalyzer names the layer that announced EtherType.
func (p *Packet) linkAnalyzer() string {
	switch {
	case p.VLANs > 0:
		return "VLAN"
	case p.Tunnel != nil:
		return "ETHERNET"
	}
	switch p.Frame.Link {
	case linkSLL:
		return "LINUXSLL"
	case linkSLL2:
		return "LINUXSLL2"
	case linkWLAN, linkRadiotap, linkPrism, linkAVS:
		return "IEEE802_11"
	}
	return "ETHERNET"
}

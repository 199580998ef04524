package flow

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
)

// CommunityID appends version 1 of the Community ID of a flow ("1:" and base64 of a SHA-1, corelight/community-id-spec).
// TCP, UDP and SCTP count with their ports; ICMP and ICMPv6 with Packet's or Flow's ports, which are type and counterpart;
// other protocols without any. The result is the same for both directions, but for ICMP messages that nobody
// answers. It may be called by any goroutine, and dst is owned by the caller.
func CommunityID(dst []byte, seed uint16, version uint8, src, snk Addr, sport, dport uint16, proto uint8) []byte {
	oneWay := false
	ports := true
	switch proto {
	case ProtoICMP, ProtoICMPv6:
		v := uint8(4)
		if proto == ProtoICMPv6 {
			v = 6
		}
		_, twoWay := ICMPCounterpart(v, uint8(sport), uint8(dport))
		oneWay = !twoWay
	case ProtoTCP, ProtoUDP, ProtoSCTP:
	default:
		ports = false
		sport, dport = 0, 0
	}
	if c := src.Compare(snk); !oneWay && (c > 0 || c == 0 && sport > dport) {
		src, snk, sport, dport = snk, src, dport, sport
	}
	var b [40]byte
	binary.BigEndian.PutUint16(b[:], seed)
	n := 2
	if version == 4 {
		n += copy(b[n:], src[12:])
		n += copy(b[n:], snk[12:])
	} else {
		n += copy(b[n:], src[:])
		n += copy(b[n:], snk[:])
	}
	b[n] = proto
	n += 2
	if ports {
		binary.BigEndian.PutUint16(b[n:], sport)
		binary.BigEndian.PutUint16(b[n+2:], dport)
		n += 4
	}
	h := sha1.Sum(b[:n])
	return base64.StdEncoding.AppendEncode(append(dst, "1:"...), h[:])
}

// CommunityID appends the flow's Community ID, computed from its ends as the originator sent.
func (f *Flow) CommunityID(dst []byte, seed uint16) []byte {
	return CommunityID(dst, seed, f.Version, f.Side[0].Addr, f.Side[1].Addr, f.Side[0].Port, f.Side[1].Port, f.Proto)
}

// CommunityID appends the Community ID of the flow that p belongs to.
func (p *Packet) CommunityID(dst []byte, seed uint16) []byte {
	return CommunityID(dst, seed, p.Version, p.Src, p.Dst, p.SrcPort, p.DstPort, p.Proto)
}

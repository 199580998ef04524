// Package icmp looks into ICMPv6 messages for what is odd about them: options of neighbour discovery and records of
// multicast listeners that are cut short. It is an analyzer like any user's. What ICMP says as a flow, its types and codes,
// is in the flow's own record.
//
// Sources: RFC 4443, 4861, 3810; observation of Zeek's weird.log.
package icmp

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// Analyzer reports what is odd about ICMPv6 messages.
var Analyzer = &proto.Analyzer{
	Name:  "icmp",
	Doc:   "what is odd about ICMPv6 messages: weird.log",
	Start: start,
}

func start(s *proto.Setup) error {
	verify := !s.Profile.IgnoreChecksums
	s.OnPacket(func(f *proto.Flow, d proto.Dir, p *flow.Packet) {
		if f == nil || p.Proto != flow.ProtoICMPv6 || p.Is(flow.Snapped) {
			return
		}
		weird := odd(p.ICMPType, p.Transport())
		if weird == "" || verify && p.Checksum() != flow.EventNone {
			return
		}
		f.Anomaly(&proto.Anomaly{Dir: d, Packet: p, Kind: proto.DecodeAnomaly, Weird: weird, Source: "ICMP", PerFlow: true, Tx: -1})
	})
	return nil
}

// Message types (RFC 4861, 4; RFC 3810, 5.2).
const (
	routerSolicitation    = 133
	routerAdvertisement   = 134
	neighborSolicitation  = 135
	neighborAdvertisement = 136
	redirect              = 137
	listenerReport2       = 143
)

// odd names what is odd about a message, which begins with its ICMP header; "" when nothing is.
func odd(typ uint8, b []byte) string {
	switch typ {
	case routerSolicitation:
		return options(b, 8)
	case routerAdvertisement:
		return options(b, 16)
	case neighborSolicitation, neighborAdvertisement:
		return options(b, 24)
	case redirect:
		return options(b, 40)
	case listenerReport2:
		return records(b)
	}
	return ""
}

// options walks the options of neighbour discovery, which begin at off (RFC 4861, 4.6).
func options(b []byte, off int) string {
	if off > len(b) {
		return ""
	}
	for b = b[off:]; len(b) > 0; {
		if len(b) < 2 {
			return "truncated_ICMPv6_ND_options"
		}
		n := 8 * int(b[1])
		if n == 0 {
			return "zero_length_ICMPv6_ND_option"
		}
		if n > len(b) {
			return "truncated_ICMPv6_ND_options"
		}
		b = b[n:]
	}
	return ""
}

// records walks the multicast address records of a report (RFC 3810, 5.2): type, length of auxiliary data in words, number
// of sources, the group; then sources and auxiliary data.
func records(b []byte) string {
	const (
		header   = 8
		record   = 20
		truncate = "truncated_ICMPv6_MLDv2_record"
	)
	if len(b) < header {
		return ""
	}
	count := binary.BigEndian.Uint16(b[6:])
	b = b[header:]
	for range count {
		if len(b) < record {
			return truncate
		}
		n := record + 16*int(binary.BigEndian.Uint16(b[2:])) + 4*int(b[1])
		if n > len(b) {
			return truncate
		}
		b = b[n:]
	}
	return ""
}

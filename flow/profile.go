package flow

import "net/netip"

// Profile gathers what the two references do differently with packets and flows. Logs and parsers never ask which
// reference they serve: they ask the flow, and the flow asked its profile.
type Profile struct {
	Name string

	// Timeouts in ns.
	TCPNew, TCPEstablished, TCPClosed          int64 // Suricata's states; for Zeek see the following
	TCPAttempt, TCPClose, TCPReset, TCPPartial int64 // Zeek's tcp_* delays; 0: not used
	UDPNew, UDPEstablished                     int64
	ICMPNew, ICMPEstablished                   int64
	OtherNew, OtherEstablished                 int64

	// FixedTimeouts does not ask protocols for theirs (Suricata).
	FixedTimeouts bool

	// ProbeSides looks for the protocol in each side's first data apart: they may differ, and of datagrams only the first of
	// each side counts (Suricata).
	ProbeSides bool

	// VLANKey makes the VLAN ids part of a flow's key (Suricata's vlan.use-for-tracking).
	VLANKey bool
	// TunnelKey makes the tunnel depth part of the key (Suricata's recursion level).
	TunnelKey bool
	// DeliverOnAck hands stream bytes on when the other side acknowledged them (Suricata), so that the policy can choose
	// between different bytes for the same place; otherwise they are handed on as they come in order (Zeek).
	DeliverOnAck bool
	// Midstream allows flows without a handshake to be reassembled; Async those of which only one side is seen.
	Midstream, Async bool
	// FlipByPort lets a midstream flow's originator be chosen by likely server ports (Zeek).
	FlipByPort bool
	// FlipSYNACK makes the receiver of a SYN-ACK that begins a flow the originator where Midstream is allowed, without
	// FlipByPort.
	FlipSYNACK bool
	// Reuse lets a SYN with a new number on an open flow begin another (Zeek).
	Reuse bool
	// Linger is the time after a flow's last packet within which its reuse is odd (Zeek tcp_connection_linger).
	Linger int64
	// OtherFlows makes flows of what is neither TCP, UDP nor ICMP; SCTPPorts tells those of SCTP apart by port.
	OtherFlows, SCTPPorts bool
	// SecurityFlows makes flows of SCTP and of ESP, those of ESP by their SPI (Suricata).
	SecurityFlows bool
	// ErrorsToFlow counts ICMP errors that say unreachable with the flow that they quote (Suricata). Packets must then be
	// dealt to workers by DealHash.
	ErrorsToFlow bool
	// RawLength counts IP packets by their headers even when segmentation offload left 0 there (Zeek).
	RawLength bool
	// TunnelChanges is how often a flow may change between tunnels before it is no longer analyzed, 0: any (Zeek).
	TunnelChanges int
	// CountBadChecksums counts packets with bad checksums with their flow's (Suricata); they are never used.
	CountBadChecksums bool
	// WholeSeconds lets a flow run out when a full second more than the timeout went by since the second of its last
	// packet (Suricata).
	WholeSeconds bool
	// FlushPending hands on what waits behind holes when a flow ends.
	FlushPending bool
	// AboveHole and Unacked bound what waits behind a hole while nothing, or nothing more, is acknowledged, in bytes,
	// 0: no limit. Past them reassembly of the direction stops (Zeek).
	AboveHole, Unacked int64
	// SuricataWindow applies Suricata's sequence and window checks: segments outside are events and not used.
	SuricataWindow bool
	// Overlap names the policy for overlapping segments and fragments.
	Overlap Policy
	// HostOverlap are the policies of hosts for the streams that they receive, where they are others than Overlap.
	HostOverlap []HostPolicy
	// UrgentOOB takes the urgent byte of a segment out of the stream (Suricata's urgent policy oob); otherwise it stays.
	// It needs DeliverOnAck.
	UrgentOOB bool
	// CheckOverlap compares the bytes of segments that overlap and tells when they differ.
	CheckOverlap bool
	// Depth limits reassembly for each direction in bytes, 0: no limit (Suricata stream.reassembly.depth).
	Depth int64
	// MaxTunnelDepth bounds nested tunnels (Zeek 2, Suricata more).
	MaxTunnelDepth int
	// OuterFlows tells whether the outer datagrams of UDP tunnels are flows of their own (both references: yes).
	OuterFlows bool
	// StreamChecksums leaves out of use only what has a bad TCP checksum (Suricata); other bad checksums are events.
	StreamChecksums bool
	// IgnoreChecksums uses packets whatever their checksums say (Zeek -C, Suricata -k none).
	IgnoreChecksums bool
}

// HostPolicy is the policy of the hosts in a prefix (IPv4 in its own form).
type HostPolicy struct {
	Hosts  netip.Prefix
	Policy Policy
}

// overlapAt is the policy of the host that receives p: that of the longest prefix.
func (o *Profile) overlapAt(p *Packet) Policy {
	best, bits := o.Overlap, -1
	if len(o.HostOverlap) == 0 {
		return best
	}
	host := netip.AddrFrom16(p.Dst)
	if p.Version == 4 {
		host = host.Unmap()
	}
	for i := range o.HostOverlap {
		if h := &o.HostOverlap[i]; h.Hosts.Bits() > bits && h.Hosts.Contains(host) {
			best, bits = h.Policy, h.Hosts.Bits()
		}
	}
	return best
}

// Policy chooses which bytes win where segments or fragments overlap.
type Policy uint8

// The policies, named as Suricata's host-os-policy and Zeek's behaviour.
const (
	PolicyFirst Policy = iota // what came first stays (Zeek)
	PolicyBSD
	PolicyBSDRight
	PolicyLinux
	PolicyOldLinux
	PolicySolaris
	PolicyHPUX10
	PolicyHPUX11
	PolicyIRIX
	PolicyMacOS
	PolicyWindows
	PolicyWindows2003
	PolicyVista
	PolicyLast
)

const second = int64(1e9)

// Zeek returns the profile that behaves as Zeek does with its default scripts.
func Zeek() Profile {
	return Profile{
		Name:       "zeek",
		TCPNew:     5 * second,
		TCPAttempt: 5 * second, TCPClose: 5 * second, TCPReset: 5 * second, TCPPartial: 3 * second,
		TCPEstablished: 300 * second,
		UDPNew:         60 * second, UDPEstablished: 60 * second,
		ICMPNew: 60 * second, ICMPEstablished: 60 * second,
		OtherNew: 60 * second, OtherEstablished: 60 * second,
		Midstream: true, Async: true, FlipByPort: true,
		Reuse: true, Linger: 5 * second, OtherFlows: true, RawLength: true, TunnelChanges: 5,
		AboveHole: 16 << 10, Unacked: 10 << 20,
		CheckOverlap: true, Overlap: PolicyFirst, MaxTunnelDepth: 2, OuterFlows: true,
	}
}

// Suricata returns the profile that behaves as Suricata 7 does offline with its packaged default configuration.
func Suricata() Profile {
	return Profile{
		Name:   "suricata",
		TCPNew: 60 * second, TCPEstablished: 600 * second, TCPClosed: 60 * second,
		UDPNew: 30 * second, UDPEstablished: 300 * second,
		ICMPNew: 30 * second, ICMPEstablished: 300 * second,
		OtherNew: 30 * second, OtherEstablished: 300 * second,
		VLANKey: true, TunnelKey: true, DeliverOnAck: true, SuricataWindow: true,
		ProbeSides: true, UrgentOOB: true, SCTPPorts: true, SecurityFlows: true, Reuse: true, CountBadChecksums: true, StreamChecksums: true, WholeSeconds: true, FixedTimeouts: true, ErrorsToFlow: true, FlipSYNACK: true, FlushPending: true,
		CheckOverlap: true, Overlap: PolicyBSD, Depth: 1 << 20, MaxTunnelDepth: 16, OuterFlows: true,
	}
}

// Default returns the profile of a run that serves both: Zeek's view of flows with Suricata's patience.
func Default() Profile {
	p := Zeek()
	p.Name = "wirelore"
	p.TunnelKey = true
	p.MaxTunnelDepth = 8
	p.SCTPPorts, p.FlushPending, p.RawLength = true, true, false
	return p
}

package flow

import "github.com/wirelore/wirelore/pcap"

// IP protocol numbers that the package names (IANA protocol-numbers).
const (
	ProtoHopByHop uint8 = 0
	ProtoICMP     uint8 = 1
	ProtoIGMP     uint8 = 2
	ProtoIPIP     uint8 = 4
	ProtoTCP      uint8 = 6
	ProtoUDP      uint8 = 17
	ProtoIPv6     uint8 = 41
	ProtoRouting  uint8 = 43
	ProtoFragment uint8 = 44
	ProtoGRE      uint8 = 47
	ProtoESP      uint8 = 50
	ProtoAH       uint8 = 51
	ProtoICMPv6   uint8 = 58
	ProtoNoNext   uint8 = 59
	ProtoDstOpts  uint8 = 60
	ProtoSCTP     uint8 = 132
)

// TCPFlags are the flag bits of a TCP header, NS excluded (RFC 9293, 3.1).
type TCPFlags uint8

// The flags.
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// Has tells whether all flags of m are set.
func (f TCPFlags) Has(m TCPFlags) bool { return f&m == m }

// Mark says what is special about a packet.
type Mark uint16

// The marks.
const (
	// Fragment: an IP fragment as captured. Its datagram comes as a packet of its own when it is complete; the
	// fragment itself belongs to no flow.
	Fragment Mark = 1 << iota
	// Defragmented: a datagram put together from fragments; Buf is not Frame.Data.
	Defragmented
	// Snapped: the capture holds less of the packet than its headers announce.
	Snapped
	// NoTransport: the IP payload is not, or not wholly, a transport header that we know: no ports.
	NoTransport
	// TunnelOuter: a packet whose payload was taken out as a packet of its own, which follows it. With UDP it still
	// belongs to a flow; with GRE and IP in IP it does not.
	TunnelOuter
	// Bad: the headers contradict themselves; Events says how. The packet is counted and goes no further.
	Bad
	// TunnelReversed: a packet in a tunnel that went from Tunnel.Dst to Tunnel.Src.
	TunnelReversed
	// FromError: an ICMP error that quotes another packet; Quoted reads the quoted end points.
	FromError
	// Streamed: the payload was accepted into its flow's stream; set by the table.
	Streamed
	// Mirrored: a packet in a frame behind a header of ERSPAN type II, whose VLAN is the first of VLAN (Suricata).
	Mirrored
)

// Packet is one decoded layer of IP (or one frame without any): a frame in a tunnel yields one Packet for each IP layer,
// the outermost first. It is a reused value of about 250 bytes without own memory: Buf is shared as pcap.Packet.Data is,
// offsets count from its start, and Src to Dst are as sent.
type Packet struct {
	Frame pcap.Packet
	// Now is the capture clock: the greatest time of any packet so far, in ns. All timers run on it.
	Now int64
	// Buf is what offsets count in: Frame.Data, or a datagram that was put together from fragments (it starts with the
	// IP header and is owned by nobody else).
	Buf []byte

	Src, Dst         Addr
	SrcPort, DstPort uint16 // TCP, UDP, SCTP; ICMP: type and ICMPCounterpart, as Zeek has them
	HostHash         uint64 // of the unordered host pair: equal for both directions
	Tunnel           *Encap // what this packet came out of; nil outside of tunnels
	Inside           *Encap // TunnelOuter: the tunnel as which its payload was opened

	NetOff   uint32 // IP header
	TransOff uint32 // transport header (after IPv6 extension headers)
	PayOff   uint32 // transport payload
	End      uint32 // end of what was captured of the payload: padding and trailers excluded
	IPLen    uint32 // length of the IP packet as its header says (TSO: as captured)
	PayLen   uint32 // length of the transport payload as the headers say; End-PayOff when all was captured

	Seq, Ack       uint32 // TCP
	Window, Urgent uint16

	EtherType uint16 // of the innermost Ethernet-like header
	VLAN      [3]uint16
	Marks     Mark
	Flags     TCPFlags
	Version   uint8 // 4, 6, or 0 for a frame without IP
	Proto     uint8 // IP protocol of what is at TransOff
	TTL       uint8
	ICMPType  uint8
	ICMPCode  uint8
	VLANs     uint8 // how many of VLAN are set
	Layer     uint8 // 0 for the outermost IP layer of the frame, then 1, 2 ...
	NEvents   uint8 // how many of Events are set
	Events    [4]Event
}

// Network returns the IP header and all behind it as far as captured, shared.
func (p *Packet) Network() []byte { return p.Buf[p.NetOff:p.End] }

// Transport returns the transport header and its payload as far as captured, shared.
func (p *Packet) Transport() []byte { return p.Buf[p.TransOff:p.End] }

// Payload returns the transport payload as far as captured, shared.
func (p *Packet) Payload() []byte { return p.Buf[p.PayOff:p.End] }

// Is tells whether all marks of m are set.
func (p *Packet) Is(m Mark) bool { return p.Marks&m == m }

// AddEvent notes a decode event; more than the packet has room for are dropped (the first tell most).
func (p *Packet) AddEvent(e Event) {
	if int(p.NEvents) < len(p.Events) {
		p.Events[p.NEvents] = e
		p.NEvents++
	}
}

// Encap is one tunnel as seen from the packets inside: shared by them all, immutable, made by the decoder once for each
// tunnel's outer end points. Src is the end that sent first.
type Encap struct {
	Type             TunnelType
	Src, Dst         Addr
	SrcPort, DstPort uint16
	Version, Proto   uint8 // IP version and protocol of the outer packet; GRE for GRE in UDP
	// ID is the content-derived identifier of the outer flow (see ID), for tunnel_parents.
	ID    ID
	Outer *Encap // the tunnel around this one
	Depth int    // 1 for a tunnel that is in no other
}

// TunnelType names how a packet was encapsulated.
type TunnelType uint8

// The tunnels that the decoder opens.
const (
	TunnelNone TunnelType = iota
	TunnelIP              // IP in IP, 6in4, 4in6 (protocols 4 and 41)
	TunnelGRE
	TunnelTeredo
	TunnelVXLAN
	TunnelGENEVE
	TunnelGTPv1
	TunnelERSPAN
	TunnelAYIYA
	TunnelSOCKS
	TunnelHTTP
)

package flow

// DecodeStats counts what a Decoder saw. Packets are counted for each layer, so that a frame with a tunnel counts twice.
type DecodeStats struct {
	Frames, Bytes                      uint64
	NoIP                               uint64 // frames, or contents of tunnels, without IP
	Invalid                            uint64 // packets that contradict themselves
	Snapped                            uint64 // packets of which the capture holds a part
	UnknownLink                        uint64 // frames of a link type that is not decoded
	Ethernet, VLAN, MPLS, PPPoE, PPP   uint64
	SLL, SLL2, Raw, Null, WLAN, CHDLC  uint64
	VNTag, PBB, NSH, ARP               uint64
	QinQ, QinQinQ                      uint64 // frames with two and three VLAN tags
	IPv4, IPv6                         uint64
	TCP, UDP, SCTP, ICMP, ICMPv6, IGMP uint64
	ESP, OtherProto                    uint64
	GRE, ERSPAN, Teredo, VXLAN, GENEVE uint64
	GTP, AYIYA, IPinIP                 uint64
	Fragments4, Fragments6             uint64
	Datagrams4, Datagrams6             uint64 // put together
	FragmentTimeouts                   uint64 // datagrams given up as they were not complete in time
	FragmentsCut                       uint64 // datagrams given up as a limit was reached
	TunnelsCut                         uint64 // tunnels forgotten as a limit was reached
	TunnelDepthCut                     uint64 // tunnels left closed as they were nested too deeply
	HeadersCut                         uint64 // frames with more link headers than are opened
	EventsCut                          uint64 // events for which a packet had no room
	Events                             [eventCount]uint64
}

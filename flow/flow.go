package flow

// Dir is a direction within a flow: from the originator (client, to_server) or from the responder (server, to_client).
type Dir uint8

// The two directions; they index Flow.Side.
const (
	Orig Dir = 0
	Resp Dir = 1
)

// Other returns the opposite direction.
func (d Dir) Other() Dir { return d ^ 1 }

// Side holds what one side of a flow sent.
type Side struct {
	Addr Addr
	Port uint16
	// Packets and IPBytes count IP packets and their lengths by the IP header; FrameBytes the frames as captured on the
	// wire (Suricata's bytes_toserver): the whole frame for the outermost layer, the IP packet for those inside.
	Packets, IPBytes, FrameBytes uint64
	// Payload counts transport payload bytes by the headers. For TCP see also TCPSide, which counts by sequence.
	Payload uint64
	// First and Last are the times of this side's first and last packet, 0 if there was none.
	First, Last int64
}

// Flow is everything that is known of one conversation. The table owns it: it is valid in the Handler's calls between
// Open and Close of this flow, on the worker that owns the table, and is reused afterwards.
//
// The columns of Zeek's conn.log come from: ts Start; id Side[].Addr and Port; proto TransportName; duration, orig_bytes
// and resp_bytes Duration and Bytes, all three unset when Duration is 0; conn_state ConnState; missed_bytes Missed;
// history History.Bytes, unset when empty; *_pkts and *_ip_bytes Side[].Packets and IPBytes; tunnel_parents Tunnel and Tunnels;
// ip_proto Proto. Those of Suricata's flow record come from: pkts and bytes Side[].Packets and FrameBytes; start Start;
// end Last; state StateName; reason Reason; the tcp object TCP.StateName, TCP.Side[].Flags, TCP.Side[].Regions.
type Flow struct {
	ID      ID
	Side    [2]Side
	Start   int64 // time of the first packet
	Last    int64 // the latest time of a packet
	LastSub int64 // time of the latest packet that prolonged the flow (bad checksums do not), 0 if none did
	First   uint64
	Layer   uint8
	Proto   uint8
	Version uint8
	VLANs   uint8
	VLAN    [3]uint16
	Tunnel  *Encap // what the first packet came out of, nil if none; see also Tunnels
	TCP     *TCP   // nil but for TCP

	// ICMP: type and code of the first packet; the ports of Side are Zeek's (type, counterpart or code).
	ICMPType, ICMPCode         uint8
	ICMPReplyType, ICMPReplyCo uint8
	ICMPReplied                bool

	// Midstream: picked up without the handshake. Flipped: the first packet seen came from the responder.
	Midstream, Flipped bool
	// Established is Suricata's flow state, from traffic in both directions.
	Established bool
	// Reason says why the flow ended, in Close.
	Reason Reason
	// Missed counts bytes of content gaps by direction.
	Missed [2]uint64

	History History

	// App is the handler's own state for the flow.
	App any

	deadline int64  // the flow ends when the capture clock reaches it
	linked   int64  // the deadline by which the timer wheel holds it: not later than deadline
	tag      uint32 // in the index
	index    uint32 // of the flow itself in its pool
	next     uint32 // in the wheel's list, or in the free list
	prev     uint32
	slot     int32 // the wheel's list
	badSums  [2]uint32
	seen     uint8 // histories of datagrams: one bit for each side
	oneWay   bool  // ICMP without a counterpart: the opposite direction is another flow
	open     bool
	skipped  bool
	swap     bool         // asked for by Swap
	moved    *tunnelsSeen // nil as long as all packets came through Tunnel
}

// Reason says why a flow was closed.
type Reason uint8

// The reasons.
const (
	Timeout  Reason = iota // ran out (Suricata: "timeout")
	Shutdown               // the capture ended (Suricata: "shutdown")
	Forced                 // a limit made room (Suricata: "forced")
	Reused                 // the same end points began a new connection
)

// String is Suricata's name for the reason.
func (r Reason) String() string {
	switch r {
	case Shutdown:
		return "shutdown"
	case Forced:
		return "forced"
	case Reused:
		return "tcp_reuse"
	default:
		return "timeout"
	}
}

// Stats are a table's counters.
type Stats struct {
	Flows, Packets, Expired, Evicted, Reused uint64
	BadChecksums                             uint64
	Segments, OutOfOrder, Retransmitted      uint64
	Gaps, GapBytes                           uint64
	ReassemblyCut, ReassemblyCutBytes        uint64 // what limits of memory or depth left out
	Fragments, Datagrams, FragmentsCut       uint64
	Open, MaxOpen                            uint64 // flows open now, and at most
	Held, MaxHeld                            int64  // bytes that reassembly holds now, and at most
	Outside                                  uint64 // packets that belong to no flow
}

// Handler receives what a table finds. All calls come from the goroutine that drives the table. Byte slices are
// borrowed for the call, but for Packet.Frame.Data, which is shared.
type Handler interface {
	// Open: f is new; p is its first packet.
	Open(f *Flow, p *Packet)
	// Packet: p belongs to f; its data has not been delivered yet. f is nil for packets outside of flows.
	Packet(f *Flow, d Dir, p *Packet)
	// Processed: all that p brought to f was handed on. d is p's direction by then: the flow may have been turned around.
	Processed(f *Flow, d Dir, p *Packet)
	// Datagram: the payload of a UDP, ICMP, SCTP or other packet that is no stream.
	Datagram(f *Flow, d Dir, p *Packet, b []byte)
	// Data: the next bytes of a TCP stream in order. b is shared when it lies in the capture's slab.
	Data(f *Flow, d Dir, b []byte)
	// Gap: n bytes of the stream are missing and will not come.
	Gap(f *Flow, d Dir, n int64)
	// EndOfData: no more data will come in direction d (FIN delivered, RST, or the flow ends).
	EndOfData(f *Flow, d Dir)
	// Close: f ended (f.Reason); it is gone after the call.
	Close(f *Flow)
	// Event: something odd; f is nil outside of flows, p is nil for what no packet caused (timers).
	Event(f *Flow, d Dir, p *Packet, e Event)
	// LikelyServer tells whether a port is one of a known protocol's servers, for deciding who originated a flow that
	// was picked up in the middle.
	LikelyServer(proto uint8, port uint16) bool
	// InactivityTimeout returns the timeout that the protocol found on f asks for, in ns, 0 for the profile's. It is
	// asked after each packet.
	InactivityTimeout(f *Flow) int64
}

// Duration is the time in ns from the first packet to the last that counts, 0 when there is nothing to measure. Zeek
// leaves duration, orig_bytes and resp_bytes unset together then.
func (f *Flow) Duration() int64 {
	if f.LastSub <= f.Start {
		return 0
	}
	return f.LastSub - f.Start
}

// Bytes is the payload of one direction as Zeek counts it: by sequence numbers for TCP, by lengths for UDP and ICMP, and
// none for protocols whose header it does not know.
func (f *Flow) Bytes(d Dir) uint64 {
	switch f.Proto {
	case ProtoTCP:
		if f.TCP == nil {
			return 0
		}
		return f.TCP.Side[d].Size
	case ProtoUDP, ProtoICMP, ProtoICMPv6:
		return f.Side[d].Payload
	default:
		return 0
	}
}

// TransportName is Zeek's name for the transport: tcp, udp, icmp or unknown_transport.
func (f *Flow) TransportName() string {
	switch f.Proto {
	case ProtoTCP:
		return "tcp"
	case ProtoUDP:
		return "udp"
	case ProtoICMP, ProtoICMPv6:
		return "icmp"
	default:
		return "unknown_transport"
	}
}

// Turn exchanges originator and responder at once, while one of the flow's datagrams is handed on.
func (f *Flow) Turn() { f.swapSides() }

// Swap exchanges originator and responder once the packet in hand is done with: a protocol calls it when a flow that was
// picked up in the middle turns out to be the other way around.
func (f *Flow) Swap() { f.swap = true }

func (f *Flow) swapSides() {
	f.swap = false
	f.Side[0], f.Side[1] = f.Side[1], f.Side[0]
	f.Missed[0], f.Missed[1] = f.Missed[1], f.Missed[0]
	f.badSums[0], f.badSums[1] = f.badSums[1], f.badSums[0]
	f.seen = f.seen>>1&1 | f.seen&1<<1
	f.Flipped = !f.Flipped
	f.History.flip()
	if c := f.TCP; c != nil {
		c.Side[0], c.Side[1] = c.Side[1], c.Side[0]
		c.stream[0], c.stream[1] = c.stream[1], c.stream[0]
		if s := c.sess; s != nil {
			s.side[0], s.side[1] = s.side[1], s.side[0]
		}
	}
}

// StateName is Suricata's flow.state: new, established or closed.
func (f *Flow) StateName() string {
	switch {
	case f.TCP != nil && f.TCP.closed():
		return "closed"
	case f.Established:
		return "established"
	default:
		return "new"
	}
}

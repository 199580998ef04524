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
	// wire (Suricata's bytes_toserver).
	Packets, IPBytes, FrameBytes uint64
	// Payload counts transport payload bytes by the headers. For TCP see also TCPSide, which counts by sequence.
	Payload uint64
	// First and Last are the times of this side's first and last packet, 0 if there was none.
	First, Last int64
}

// Flow is everything that is known of one conversation. The table owns it: it is valid in the Handler's calls between
// Open and Close of this flow, on the worker that owns the table, and is reused afterwards.
type Flow struct {
	ID      ID
	Side    [2]Side
	Start   int64 // time of the first packet
	Last    int64 // time of the last packet
	LastSub int64 // Last of the latest packet that prolonged the flow (bad checksums do not)
	First   uint64
	Layer   uint8
	Proto   uint8
	Version uint8
	VLANs   uint8
	VLAN    [3]uint16
	Tunnel  *Encap
	TCP     *TCP // nil but for TCP

	// ICMP: type and code of the first packet; the ports of Side are Zeek's (type, counterpart or code).
	ICMPType, ICMPCode         uint8
	ICMPReplyType, ICMPReplyCo uint8
	ICMPReplied                bool

	// Midstream: picked up without the handshake. Flipped: the first packet seen came from the responder.
	Midstream, Flipped bool
	// Established is Suricata's flow state, from traffic in both directions.
	Established bool
	// Missed counts bytes of content gaps by direction.
	Missed [2]uint64
	// Reason says why the flow ended, in Close.
	Reason Reason

	History History

	// App is the handler's own state for the flow.
	App any

	deadline int64
	hash     uint64
	next     uint32 // index in table slabs and timer lists
	prev     uint32
	index    uint32
	slot     int32
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

// Bytes counted by the table under memory limits and other cuts are in Stats.
type Stats struct {
	Flows, Packets, Expired, Evicted, Reused uint64
	BadChecksums                             uint64
	Segments, OutOfOrder, Retransmitted      uint64
	Gaps, GapBytes                           uint64
	ReassemblyCut, ReassemblyCutBytes        uint64 // what limits of memory or depth left out
	Fragments, Datagrams, FragmentsCut       uint64
}

// History is Zeek's conn history as it grows: at most 32 letters are kept.
type History struct {
	n int8
	b [32]byte
}

// Add appends a letter.
func (h *History) Add(c byte) {
	if int(h.n) < len(h.b) {
		h.b[h.n] = c
		h.n++
	}
}

// Bytes returns the letters, borrowed until the history changes.
func (h *History) Bytes() []byte { return h.b[:h.n] }

// Handler receives what a table finds. All calls come from the goroutine that drives the table. Byte slices are
// borrowed for the call, but for Packet.Frame.Data, which is shared.
type Handler interface {
	// Open: f is new; p is its first packet.
	Open(f *Flow, p *Packet)
	// Packet: p belongs to f; its data has not been delivered yet. f is nil for packets outside of flows.
	Packet(f *Flow, d Dir, p *Packet)
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
	// InactivityTimeout returns the timeout that the protocol found on f asks for, in ns, 0 for the profile's.
	InactivityTimeout(f *Flow) int64
}

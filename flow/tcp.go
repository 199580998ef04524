package flow

// TCPState is one side's state as Zeek sees it.
type TCPState uint8

// The states.
const (
	TCPInactive TCPState = iota
	TCPSynSent
	TCPSynAckSent
	TCPPartial
	TCPEstablished
	TCPClosed
	TCPReset
)

// TCP is the state of a TCP flow.
type TCP struct {
	Side [2]TCPSide
}

// TCPSide is the state of one direction.
type TCPSide struct {
	State TCPState
	// Flags gathers all flags this side sent.
	Flags TCPFlags
	// Size is the number of payload bytes by sequence numbers (Zeek's orig_bytes and resp_bytes).
	Size uint64
}

package flow

// The events. Those of the decoder come first, then those of defragmentation and of TCP.
const (
	EventNone Event = iota
)

var eventTable = [...]EventInfo{
	EventNone: {},
}

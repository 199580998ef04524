package flow

// The events of TCP streams and of flows, from tcpEventBase on.
const (
	EventTCPNone Event = tcpEventBase + iota
)

var tcpEventTable = [...]EventInfo{
	EventTCPNone - tcpEventBase: {},
}

// tcpEventInfo describes an event from tcpEventBase on.
func tcpEventInfo(e Event) EventInfo {
	if i := int(e - tcpEventBase); i < len(tcpEventTable) {
		return tcpEventTable[i]
	}
	return EventInfo{}
}

package flow

import "sync"

// Event is something odd about a packet or a stream. Broken traffic is data: each event is what Zeek calls a weird and
// Suricata a decoder or stream anomaly; either name may be missing.
type Event uint16

// tcpEventBase is the first of the events of TCP streams and flows, whose table is kept beside the TCP code.
const tcpEventBase Event = 400

// EventInfo describes an event.
type EventInfo struct {
	// Weird is the name in weird.log, Source its source column ("IP", "TCP" ...), Weird "" when Zeek has none.
	Weird, Source string
	// Anomaly is Suricata's name without prefix kind ("decoder.ipv4.pkt_too_small", "stream.3whs_wrong_seq_wrong_ack").
	Anomaly string
	// PerFlow: Zeek reports it once for each connection (conn weird); otherwise once for each host pair or each packet.
	PerFlow bool
	// NoAddr: the weird's row shows no addresses, as the packet's could not be trusted yet.
	NoAddr bool
}

// Info returns the description of e.
func (e Event) Info() EventInfo {
	if e >= tcpEventBase {
		return tcpEventInfo(e)
	}
	if int(e) < len(eventTable) {
		return eventTable[e]
	}
	return EventInfo{}
}

// EventNamed returns the event of Suricata's name ("stream.est_packet_out_of_window"); false when there is none.
func EventNamed(name string) (Event, bool) {
	e, ok := eventsByName()[name]
	return e, ok
}

var eventsByName = sync.OnceValue(func() map[string]Event {
	m := map[string]Event{}
	for e := EventNone + 1; e < 2*tcpEventBase; e++ {
		if n := e.Info().Anomaly; n != "" {
			m[n] = e
		}
	}
	return m
})

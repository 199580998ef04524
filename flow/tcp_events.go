package flow

// The events of TCP streams and of flows, from tcpEventBase on.
const (
	EventTCPNone Event = tcpEventBase + iota
	// Connections, as Zeek sees them.
	EventSeqUnderflow
	EventAckUnderflow
	EventSYNSeqJump
	EventSYNInside
	EventSplitRouting
	EventChristmas
	EventBaroqueSYN
	EventSYNData
	EventFINStorm
	EventRSTStorm
	EventWindowRecision
	EventSpontaneousFIN
	EventSpontaneousRST
	EventDataWithoutSYNACK
	EventOriginatorSYNACK
	EventBadSYNACK
	EventUnsolicitedSYN
	EventRepeatedSYNWithACK
	EventRepeatedSYNReply
	EventInappropriateFIN
	EventDataBeforeEstablished
	EventSYNAfterPartial
	EventSYNAfterClose
	EventFINAdvanced
	EventSYNAfterReset
	EventFINAfterReset
	EventDataAfterReset
	EventActiveReuse
	EventPrematureReuse
	EventTruncatedPayload
	// Reassembly.
	EventAboveHole
	EventUnackedData
	EventGap
	EventOverlapDifferent
	EventDepth
	EventReassemblyMemory
	EventSegmentCount
	EventBeforeBase
	EventNoSegment
	EventFlowLimit

	tcpEventEnd
)

var tcpEventTable = [...]EventInfo{
	EventTCPNone - tcpEventBase: {},

	EventSeqUnderflow - tcpEventBase:          tcpWeird("TCP_seq_underflow_or_misorder"),
	EventAckUnderflow - tcpEventBase:          tcpWeird("TCP_ack_underflow_or_misorder"),
	EventSYNSeqJump - tcpEventBase:            tcpWeird("SYN_seq_jump"),
	EventSYNInside - tcpEventBase:             tcpWeird("SYN_inside_connection"),
	EventSplitRouting - tcpEventBase:          tcpWeird("possible_split_routing"),
	EventChristmas - tcpEventBase:             tcpWeird("TCP_christmas"),
	EventBaroqueSYN - tcpEventBase:            tcpWeird("baroque_SYN"),
	EventSYNData - tcpEventBase:               tcpWeird("SYN_with_data"),
	EventFINStorm - tcpEventBase:              tcpWeird("FIN_storm"),
	EventRSTStorm - tcpEventBase:              tcpWeird("RST_storm"),
	EventWindowRecision - tcpEventBase:        tcpWeird("window_recision"),
	EventSpontaneousFIN - tcpEventBase:        tcpWeird("spontaneous_FIN"),
	EventSpontaneousRST - tcpEventBase:        tcpWeird("spontaneous_RST"),
	EventDataWithoutSYNACK - tcpEventBase:     tcpWeird("data_without_SYN_ACK"),
	EventOriginatorSYNACK - tcpEventBase:      tcpWeird("connection_originator_SYN_ack"),
	EventBadSYNACK - tcpEventBase:             tcpWeird("bad_SYN_ack"),
	EventUnsolicitedSYN - tcpEventBase:        tcpWeird("unsolicited_SYN_response"),
	EventRepeatedSYNWithACK - tcpEventBase:    tcpWeird("repeated_SYN_with_ack"),
	EventRepeatedSYNReply - tcpEventBase:      tcpWeird("repeated_SYN_reply_wo_ack"),
	EventInappropriateFIN - tcpEventBase:      tcpWeird("inappropriate_FIN"),
	EventDataBeforeEstablished - tcpEventBase: tcpWeird("data_before_established"),
	EventSYNAfterPartial - tcpEventBase:       tcpWeird("SYN_after_partial"),
	EventSYNAfterClose - tcpEventBase:         tcpWeird("SYN_after_close"),
	EventFINAdvanced - tcpEventBase:           tcpWeird("FIN_advanced_last_seq"),
	EventSYNAfterReset - tcpEventBase:         tcpWeird("SYN_after_reset"),
	EventFINAfterReset - tcpEventBase:         tcpWeird("FIN_after_reset"),
	EventDataAfterReset - tcpEventBase:        tcpWeird("data_after_reset"),
	EventActiveReuse - tcpEventBase:           tcpWeird("active_connection_reuse"),
	EventPrematureReuse - tcpEventBase:        tcpWeird("premature_connection_reuse"),
	EventTruncatedPayload - tcpEventBase:      tcpWeird("truncated_tcp_payload"),

	EventAboveHole - tcpEventBase:        tcpWeird("above_hole_data_without_any_acks"),
	EventUnackedData - tcpEventBase:      tcpWeird("excessive_data_without_further_acks"),
	EventGap - tcpEventBase:              tcpAnomaly("reassembly_seq_gap"),
	EventOverlapDifferent - tcpEventBase: tcpAnomaly("reassembly_overlap_different_data"),
	EventDepth - tcpEventBase:            tcpAnomaly("reassembly_depth_reached"),
	EventReassemblyMemory - tcpEventBase: tcpAnomaly("reassembly_insert_memcap"),
	EventSegmentCount - tcpEventBase:     tcpAnomaly("reassembly_insert_limit"),
	EventBeforeBase - tcpEventBase:       tcpAnomaly("reassembly_segment_before_base_seq"),
	EventNoSegment - tcpEventBase:        tcpAnomaly("reassembly_no_segment"),
	EventFlowLimit - tcpEventBase:        {Anomaly: "flow.limit", Weird: "flow_limit", Source: "FLOW"},
}

func tcpWeird(name string) EventInfo { return EventInfo{Weird: name, Source: "TCP", PerFlow: true} }

func tcpAnomaly(name string) EventInfo { return EventInfo{Anomaly: "stream." + name, PerFlow: true} }

// tcpEventInfo describes an event from tcpEventBase on.
func tcpEventInfo(e Event) EventInfo {
	if i := int(e - tcpEventBase); i < len(tcpEventTable) {
		return tcpEventTable[i]
	}
	return EventInfo{}
}

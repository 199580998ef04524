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
	// Sessions, as Suricata sees them.
	EventRSTNoSession
	EventFINNoSession
	EventBrokenAck
	EventAsyncWrongSeq
	EventFourWayWrongAck
	EventFourWayWrongSYN
	EventFourWayWrongSeq
	EventFourWayInvalidAck
	EventSYNACKWrongDirection
	EventSYNACKWrongAck
	EventSYNToClientSynRecv
	EventSYNResendDiffSeqSynRecv
	EventAckWrongDirection
	EventSYNACKToServerSynRecv
	EventSYNACKResendDiffAck
	EventSYNACKFlood
	EventRightSeqWrongAck
	EventWrongSeqWrongAck
	EventEstSYNACKToServer
	EventEstSYNACKDiffAck
	EventEstSYNACKDiffSeq
	EventEstSYNACKResend
	EventEstSYNToClient
	EventEstSYNDiffSeq
	EventEstSYNResend
	EventEstInvalidAck
	EventEstBeforeLastAck
	EventEstOutOfWindow
	EventShutdownSYN
	EventInvalidAck
	EventInvalidTimestamp
	EventRSTData
	EventFINSYN
	EventRetransmission
	EventSpurious
	EventBadWindowUpdate
	EventFINInvalidAck
	EventFINOutOfWindow
	EventFin1FINWrongSeq
	EventFin1AckWrongSeq
	EventFin1InvalidAck
	EventFin2FINWrongSeq
	EventFin2AckWrongSeq
	EventFin2InvalidAck
	EventCloseWaitFINOutOfWindow
	EventCloseWaitAckOutOfWindow
	EventCloseWaitBeforeLastAck
	EventCloseWaitInvalidAck
	EventLastAckWrongSeq
	EventLastAckInvalidAck
	EventTimeWaitWrongSeq
	EventTimeWaitInvalidAck
	EventRSTInvalidAck

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

	EventRSTNoSession - tcpEventBase:            tcpAnomaly("rst_but_no_session"),
	EventFINNoSession - tcpEventBase:            tcpAnomaly("fin_but_no_session"),
	EventBrokenAck - tcpEventBase:               tcpAnomaly("pkt_broken_ack"),
	EventAsyncWrongSeq - tcpEventBase:           tcpAnomaly("3whs_async_wrong_seq"),
	EventFourWayWrongAck - tcpEventBase:         tcpAnomaly("4whs_synack_with_wrong_ack"),
	EventFourWayWrongSYN - tcpEventBase:         tcpAnomaly("4whs_synack_with_wrong_syn"),
	EventFourWayWrongSeq - tcpEventBase:         tcpAnomaly("4whs_wrong_seq"),
	EventFourWayInvalidAck - tcpEventBase:       tcpAnomaly("4whs_invalid_ack"),
	EventSYNACKWrongDirection - tcpEventBase:    tcpAnomaly("3whs_synack_in_wrong_direction"),
	EventSYNACKWrongAck - tcpEventBase:          tcpAnomaly("3whs_synack_with_wrong_ack"),
	EventSYNToClientSynRecv - tcpEventBase:      tcpAnomaly("3whs_syn_toclient_on_syn_recv"),
	EventSYNResendDiffSeqSynRecv - tcpEventBase: tcpAnomaly("3whs_syn_resend_diff_seq_on_syn_recv"),
	EventAckWrongDirection - tcpEventBase:       tcpAnomaly("3whs_ack_in_wrong_dir"),
	EventSYNACKToServerSynRecv - tcpEventBase:   tcpAnomaly("3whs_synack_toserver_on_syn_recv"),
	EventSYNACKResendDiffAck - tcpEventBase:     tcpAnomaly("3whs_synack_resend_with_diff_ack"),
	EventSYNACKFlood - tcpEventBase:             tcpAnomaly("3whs_synack_flood"),
	EventRightSeqWrongAck - tcpEventBase:        tcpAnomaly("3whs_right_seq_wrong_ack_evasion"),
	EventWrongSeqWrongAck - tcpEventBase:        tcpAnomaly("3whs_wrong_seq_wrong_ack"),
	EventEstSYNACKToServer - tcpEventBase:       tcpAnomaly("est_synack_toserver"),
	EventEstSYNACKDiffAck - tcpEventBase:        tcpAnomaly("est_synack_resend_with_diff_ack"),
	EventEstSYNACKDiffSeq - tcpEventBase:        tcpAnomaly("est_synack_resend_with_diff_seq"),
	EventEstSYNACKResend - tcpEventBase:         tcpAnomaly("est_synack_resend"),
	EventEstSYNToClient - tcpEventBase:          tcpAnomaly("est_syn_toclient"),
	EventEstSYNDiffSeq - tcpEventBase:           tcpAnomaly("est_syn_resend_diff_seq"),
	EventEstSYNResend - tcpEventBase:            tcpAnomaly("est_syn_resend"),
	EventEstInvalidAck - tcpEventBase:           tcpAnomaly("est_invalid_ack"),
	EventEstBeforeLastAck - tcpEventBase:        tcpAnomaly("est_pkt_before_last_ack"),
	EventEstOutOfWindow - tcpEventBase:          tcpAnomaly("est_packet_out_of_window"),
	EventShutdownSYN - tcpEventBase:             tcpAnomaly("shutdown_syn_resend"),
	EventInvalidAck - tcpEventBase:              tcpAnomaly("pkt_invalid_ack"),
	EventInvalidTimestamp - tcpEventBase:        tcpAnomaly("pkt_invalid_timestamp"),
	EventRetransmission - tcpEventBase:          tcpAnomaly("pkt_retransmission"),
	EventFINSYN - tcpEventBase:                  tcpAnomaly("fin_syn"),
	EventRSTData - tcpEventBase:                 tcpAnomaly("rst_with_data"),
	EventSpurious - tcpEventBase:                tcpAnomaly("pkt_spurious_retransmission"),
	EventBadWindowUpdate - tcpEventBase:         tcpAnomaly("pkt_bad_window_update"),
	EventFINInvalidAck - tcpEventBase:           tcpAnomaly("fin_invalid_ack"),
	EventFINOutOfWindow - tcpEventBase:          tcpAnomaly("fin_out_of_window"),
	EventFin1FINWrongSeq - tcpEventBase:         tcpAnomaly("fin1_fin_wrong_seq"),
	EventFin1AckWrongSeq - tcpEventBase:         tcpAnomaly("fin1_ack_wrong_seq"),
	EventFin1InvalidAck - tcpEventBase:          tcpAnomaly("fin1_invalid_ack"),
	EventFin2FINWrongSeq - tcpEventBase:         tcpAnomaly("fin2_fin_wrong_seq"),
	EventFin2AckWrongSeq - tcpEventBase:         tcpAnomaly("fin2_ack_wrong_seq"),
	EventFin2InvalidAck - tcpEventBase:          tcpAnomaly("fin2_invalid_ack"),
	EventCloseWaitFINOutOfWindow - tcpEventBase: tcpAnomaly("closewait_fin_out_of_window"),
	EventCloseWaitAckOutOfWindow - tcpEventBase: tcpAnomaly("closewait_ack_out_of_window"),
	EventCloseWaitBeforeLastAck - tcpEventBase:  tcpAnomaly("closewait_pkt_before_last_ack"),
	EventCloseWaitInvalidAck - tcpEventBase:     tcpAnomaly("closewait_invalid_ack"),
	EventLastAckWrongSeq - tcpEventBase:         tcpAnomaly("lastack_ack_wrong_seq"),
	EventLastAckInvalidAck - tcpEventBase:       tcpAnomaly("lastack_invalid_ack"),
	EventTimeWaitWrongSeq - tcpEventBase:        tcpAnomaly("timewait_ack_wrong_seq"),
	EventTimeWaitInvalidAck - tcpEventBase:      tcpAnomaly("timewait_invalid_ack"),
	EventRSTInvalidAck - tcpEventBase:           tcpAnomaly("rst_invalid_ack"),
}

func tcpWeird(name string) EventInfo { return EventInfo{Weird: name, Source: "TCP", PerFlow: true} }

func tcpAnomaly(name string) EventInfo { return EventInfo{Anomaly: "stream." + name} }

// tcpEventInfo describes an event from tcpEventBase on.
func tcpEventInfo(e Event) EventInfo {
	if i := int(e - tcpEventBase); i < len(tcpEventTable) {
		return tcpEventTable[i]
	}
	return EventInfo{}
}

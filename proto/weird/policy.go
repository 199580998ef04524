package weird

// policy says how often Zeek logs a weird; the zero value: whenever it is new in its connection, between its hosts, or at
// all.
type policy uint8

const (
	always policy = iota
	ignore
	once
	// perOrig: once for each originator. Here it is once for each pair of hosts: their packets share a worker, which makes
	// the log the same for any number of workers.
	perOrig
)

// policies are Zeek's defaults where they differ from always.
var policies = map[string]policy{
	"FIN_after_reset":          ignore,
	"spontaneous_FIN":          ignore,
	"spontaneous_RST":          ignore,
	"unsolicited_SYN_response": ignore,

	"non_IPv4_packet": once,

	"bad_ICMP_checksum":                 perOrig,
	"bad_IP_checksum":                   perOrig,
	"bad_RPC":                           perOrig,
	"bad_TCP_checksum":                  perOrig,
	"bad_UDP_checksum":                  perOrig,
	"connection_originator_SYN_ack":     perOrig,
	"corrupt_tcp_options":               perOrig,
	"DNS_label_forward_compress_offset": perOrig,
	"DNS_label_len_gt_name_len":         perOrig,
	"DNS_label_len_gt_pkt":              perOrig,
	"DNS_label_too_long":                perOrig,
	"dns_changed_number_of_responses":   perOrig,
	"dns_reply_seen_after_done":         perOrig,
	"excess_RPC":                        perOrig,
	"excessive_RPC_len":                 perOrig,
	"excessively_small_fragment":        perOrig,
	"FIN_storm":                         perOrig,
	"fragment_inconsistency":            perOrig,
	"fragment_overlap":                  perOrig,
	"fragment_size_inconsistency":       perOrig,
	"multiple_RPCs":                     perOrig,
	"originator_RPC_reply":              perOrig,
	"partial_RPC":                       perOrig,
	"responder_RPC_call":                perOrig,
	"RPC_rexmit_inconsistency":          perOrig,
	"RPC_underflow":                     perOrig,
	"simultaneous_HTTP_req":             perOrig,
	"SYN_after_partial":                 perOrig,
	"SYN_with_data":                     perOrig,
	"UDP_datagram_length_mismatch":      perOrig,

	"successful_RPC_reply_to_invalid_request": perOrig,
}

package flow

// The events of the decoder and of defragmentation. Those of streams and flows begin at tcpEventBase.
const (
	EventNone Event = iota

	// Link layers.
	EventEthernetTruncated
	EventFabricPathTruncated
	EventHeaderDepth
	EventUnknownLink
	EventVLANTruncated
	EventVLANUnknown
	EventVLANDepth
	EventPBBTruncated
	EventVNTagTruncated
	EventVNTagUnknown
	EventMPLSTruncated
	EventMPLSPayloadTruncated
	EventMPLSUnknown
	EventMPLSRouterAlert
	EventMPLSImplicitNull
	EventMPLSReserved
	EventPPPoETruncated
	EventPPPoECode
	EventPPPoETags
	EventPPPoELength
	EventPPPTruncated
	EventPPPVJTruncated
	EventPPPIPv4Truncated
	EventPPPIPv6Truncated
	EventPPPUnsupported
	EventPPPUnknown
	EventSLLTruncated
	EventSLL2Truncated
	EventNullTruncated
	EventNullUnknown
	EventRawVersion
	EventCHDLCTruncated
	EventFDDITruncated
	EventWLANTruncated
	EventRadiotapTruncated
	EventLLCTruncated
	EventSNAPTruncated
	EventNFLOGEmpty
	EventNFLOGTLV
	EventNFLOGPayload
	EventNFLOGVersion
	EventNSHTruncated
	EventNSHVersion
	EventNSHLength
	EventNSHReserved
	EventNSHType
	EventNSHPayload
	EventARPTruncated
	EventARPHardware
	EventARPProtocol
	EventARPHardwareSize
	EventARPProtocolSize
	EventARPOpcode
	EventLinkTruncated

	// IPv4.
	EventIPTruncated
	EventIPVersion
	EventIPv4Version
	EventIPv4Short
	EventIPv4Snapped
	EventIPv4HeaderLength
	EventIPv4HeaderSmall
	EventIPv4HeaderTruncated
	EventIPLengthZero
	EventIPChecksum
	EventIPv4OptLength
	EventIPv4OptInvalid
	EventIPv4OptMalformed
	EventIPv4OptPad
	EventIPv4OptEOL
	EventIPv4OptDuplicate
	EventIPv4OptUnknown
	EventIPv4ICMPv6

	// IPv6.
	EventIPv6Truncated
	EventIPv6Version
	EventIPv6Short
	EventIPv6Snapped
	EventIPv6ExtTruncated
	EventIPv6ExtEmpty
	EventIPv6Routing0
	EventIPv6Routing0Length
	EventIPv6RoutingUnknown
	EventIPv6NoNext
	EventIPv6DataAfterNone
	EventIPv6DupFragment
	EventIPv6UselessFragment
	EventIPv6FragmentReserved
	EventIPv6FragmentLength
	EventIPv6DupRouting
	EventIPv6DupHopByHop
	EventIPv6DupDstOpts
	EventIPv6DupAH
	EventIPv6DupESP
	EventIPv6AHReserved
	EventIPv6OptLength
	EventIPv6ZeroPadN
	EventIPv6HopUnknownOpt
	EventIPv6HopOnlyPadding
	EventIPv6DstUnknownOpt
	EventIPv6DstOnlyPadding
	EventIPv6ICMPv4
	EventIPv6UnknownNext
	EventIPv6ManyExtensions

	// Transport.
	EventTCPTruncated
	EventTCPHeaderLength
	EventTCPOptLength
	EventTCPOptDuplicate
	EventUDPTruncated
	EventUDPLength
	EventUDPLengthOver
	EventUDPHeaderLength
	EventICMPTruncated
	EventICMPUnknownType
	EventICMPUnknownCode
	EventICMPQuoteTruncated
	EventICMPQuoteVersion
	EventICMPv6Truncated
	EventICMPv6UnknownType
	EventICMPv6UnknownCode
	EventICMPv6QuoteTruncated
	EventICMPv6QuoteVersion
	EventICMPv6HopLimit
	EventICMPv6Unassigned
	EventICMPv6Experiment
	EventSCTPTruncated
	EventESPTruncated
	EventAHTruncated
	EventIGMPTruncated

	// Checksums, verified by the workers.
	EventChecksumTCP
	EventChecksumUDP
	EventChecksumICMP
	EventChecksumICMPv6
	EventChecksumSCTP
	EventChecksumIGMP

	// Tunnels.
	EventIPTunnelDepth
	EventIPTunnelVersion
	EventIPTunnelTruncated
	EventIPTunnelMismatch
	EventIPv4InIPv6Truncated
	EventIPv4InIPv6Version
	EventIPv6InIPv6Truncated
	EventIPv6InIPv6Version
	EventGREDepth
	EventGRETruncated
	EventGREVersion
	EventGRERouting
	EventGRE0Recursion
	EventGRE0Flags
	EventGRE0HeaderBig
	EventGRE1Checksum
	EventGRE1Route
	EventGRE1SSR
	EventGRE1Recursion
	EventGRE1Flags
	EventGRE1NoKey
	EventGRE1Protocol
	EventGRE1SRE
	EventGRE1HeaderBig
	EventGREPayload
	EventERSPANTruncated
	EventERSPANVersion
	EventERSPANVLAN
	EventTeredoDepth
	EventTeredoBubble
	EventVXLANDepth
	EventVXLANHeader
	EventGENEVEDepth
	EventGENEVEHeader
	EventGTPDepth
	EventAYIYADepth

	// Fragments.
	EventFragmentIncomplete
	EventFragmentDF
	EventFragmentSmall
	EventFragmentLarge
	EventFragmentOver
	EventFragmentOver6
	EventFragmentSize
	EventFragmentOverlap
	EventFragmentOverlap6
	EventFragmentInconsistent
	EventFragmentInconsistent6
	EventFragmentProtocol
	EventFragmentLimit
	EventFragmentLimit6

	eventCount
)

var eventTable = [eventCount]EventInfo{
	EventEthernetTruncated:     {Weird: "truncated_ethernet_frame", Source: "ETHERNET", Anomaly: "decoder.ethernet.pkt_too_small", NoAddr: true},
	EventFabricPathTruncated:   {Weird: "truncated_link_header_cfp", Source: "ETHERNET", NoAddr: true},
	EventHeaderDepth:           {Weird: "max_packet_analyzer_depth_exceeded", Source: "ETHERNET", Anomaly: "decoder.too_many_layers", NoAddr: true},
	EventUnknownLink:           {Weird: "unknown_link_type", Source: "ROOT", NoAddr: true},
	EventVLANTruncated:         {Weird: "truncated_VLAN_frame", Source: "VLAN", Anomaly: "decoder.vlan.header_too_small", NoAddr: true},
	EventVLANUnknown:           {Anomaly: "decoder.vlan.unknown_type"},
	EventVLANDepth:             {Anomaly: "decoder.vlan.too_many_layers"},
	EventPBBTruncated:          {Weird: "truncated_PBB_frame", Source: "PBB", Anomaly: "decoder.ieee8021ah.header_too_small", NoAddr: true},
	EventVNTagTruncated:        {Weird: "truncated_VNTag_frame", Source: "VNTAG", Anomaly: "decoder.vntag.header_too_small", NoAddr: true},
	EventVNTagUnknown:          {Anomaly: "decoder.vntag.unknown_type"},
	EventMPLSTruncated:         {Weird: "no_mpls_payload", Source: "MPLS", Anomaly: "decoder.mpls.header_too_small", NoAddr: true},
	EventMPLSPayloadTruncated:  {Anomaly: "decoder.mpls.pkt_too_small"},
	EventMPLSUnknown:           {Anomaly: "decoder.mpls.unknown_payload_type"},
	EventMPLSRouterAlert:       {Anomaly: "decoder.mpls.bad_label_router_alert"},
	EventMPLSImplicitNull:      {Anomaly: "decoder.mpls.bad_label_implicit_null"},
	EventMPLSReserved:          {Anomaly: "decoder.mpls.bad_label_reserved"},
	EventPPPoETruncated:        {Weird: "truncated_pppoe_header", Source: "PPPOE", Anomaly: "decoder.pppoe.pkt_too_small", NoAddr: true},
	EventPPPoECode:             {Anomaly: "decoder.pppoe.wrong_code"},
	EventPPPoETags:             {Anomaly: "decoder.pppoe.malformed_tags"},
	EventPPPoELength:           {Weird: "pppoe_truncated_payload", Source: "PPPOE", NoAddr: true},
	EventPPPTruncated:          {Weird: "truncated_ppp_serial_header", Source: "PPPSERIAL", Anomaly: "decoder.ppp.pkt_too_small", NoAddr: true},
	EventPPPVJTruncated:        {Anomaly: "decoder.ppp.vju_pkt_too_small"},
	EventPPPIPv4Truncated:      {Anomaly: "decoder.ppp.ip4_pkt_too_small"},
	EventPPPIPv6Truncated:      {Anomaly: "decoder.ppp.ip6_pkt_too_small"},
	EventPPPUnsupported:        {Anomaly: "decoder.ppp.unsup_proto"},
	EventPPPUnknown:            {Anomaly: "decoder.ppp.wrong_type"},
	EventSLLTruncated:          {Weird: "truncated_Linux_SLL_header", Source: "LINUXSLL", Anomaly: "decoder.sll.pkt_too_small", NoAddr: true},
	EventSLL2Truncated:         {Weird: "truncated_Linux_SLL2_header", Source: "LINUXSLL2", Anomaly: "decoder.sll2.pkt_too_small", NoAddr: true},
	EventNullTruncated:         {Weird: "null_analyzer_failed", Source: "NULL", Anomaly: "decoder.ltnull.pkt_too_small", NoAddr: true},
	EventNullUnknown:           {Anomaly: "decoder.ltnull.unsupported_type"},
	EventRawVersion:            {Anomaly: "decoder.ipraw.invalid_ip_version"},
	EventCHDLCTruncated:        {Anomaly: "decoder.chdlc.pkt_too_small"},
	EventFDDITruncated:         {Weird: "FDDI_analyzer_failed", Source: "FDDI", NoAddr: true},
	EventWLANTruncated:         {Weird: "truncated_802_11_header", Source: "IEEE802_11", NoAddr: true},
	EventRadiotapTruncated:     {Weird: "truncated_radiotap_header", Source: "IEEE802_11_RADIO", NoAddr: true},
	EventLLCTruncated:          {Weird: "truncated_llc_header", Source: "LLC", NoAddr: true},
	EventSNAPTruncated:         {Weird: "truncated_snap_llc_header", Source: "SNAP", NoAddr: true},
	EventNFLOGEmpty:            {Weird: "empty_nflog_header", Source: "NFLOG", NoAddr: true},
	EventNFLOGTLV:              {Weird: "nflog_bad_tlv_len", Source: "NFLOG", NoAddr: true},
	EventNFLOGPayload:          {Weird: "nflog_no_pcap_payload", Source: "NFLOG", NoAddr: true},
	EventNFLOGVersion:          {Weird: "unknown_nflog_version", Source: "NFLOG", NoAddr: true},
	EventNSHTruncated:          {Anomaly: "decoder.nsh.header_too_small"},
	EventNSHVersion:            {Anomaly: "decoder.nsh.unsupported_version"},
	EventNSHLength:             {Anomaly: "decoder.nsh.bad_header_length"},
	EventNSHReserved:           {Anomaly: "decoder.nsh.reserved_type"},
	EventNSHType:               {Anomaly: "decoder.nsh.unsupported_type"},
	EventNSHPayload:            {Anomaly: "decoder.nsh.unknown_payload"},
	EventARPTruncated:          {Weird: "truncated_ARP", Source: "ARP", Anomaly: "decoder.arp.pkt_too_small", NoAddr: true},
	EventARPHardware:           {Anomaly: "decoder.arp.unsupported_hardware"},
	EventARPProtocol:           {Anomaly: "decoder.arp.unsupported_protocol"},
	EventARPHardwareSize:       {Anomaly: "decoder.arp.invalid_hardware_size"},
	EventARPProtocolSize:       {Anomaly: "decoder.arp.invalid_protocol_size"},
	EventARPOpcode:             {Anomaly: "decoder.arp.unsupported_opcode"},
	EventLinkTruncated:         {Weird: "truncated_link_header", Source: "ROOT", NoAddr: true},
	EventIPTruncated:           {Weird: "truncated_IP", Source: "IP", Anomaly: "decoder.ipv4.pkt_too_small", NoAddr: true},
	EventIPVersion:             {Weird: "unknown_ip_version", Source: "IP", Anomaly: "decoder.ipraw.invalid_ip_version", NoAddr: true},
	EventIPv4Version:           {Weird: "unknown_ip_version", Source: "IP", Anomaly: "decoder.ipv4.wrong_ip_version", NoAddr: true},
	EventIPv4Short:             {Weird: "truncated_IP_len", Source: "IP", Anomaly: "decoder.ipv4.trunc_pkt", NoAddr: true},
	EventIPv4Snapped:           {Anomaly: "decoder.ipv4.trunc_pkt", NoAddr: true},
	EventIPv4HeaderLength:      {Weird: "invalid_IP_header_size", Source: "IP", Anomaly: "decoder.ipv4.iplen_smaller_than_hlen", NoAddr: true},
	EventIPv4HeaderSmall:       {Weird: "invalid_IP_header_size", Source: "IP", Anomaly: "decoder.ipv4.hlen_too_small", NoAddr: true},
	EventIPv4HeaderTruncated:   {Weird: "internally_truncated_header", Source: "IP", Anomaly: "decoder.ipv4.trunc_pkt", NoAddr: true},
	EventIPLengthZero:          {Weird: "ip_hdr_len_zero", Source: "IP", Anomaly: "decoder.ipv4.iplen_smaller_than_hlen", NoAddr: true},
	EventIPChecksum:            {Weird: "bad_IP_checksum", Source: "IP", NoAddr: true},
	EventIPv4OptLength:         {Anomaly: "decoder.ipv4.opt_invalid_len"},
	EventIPv4OptInvalid:        {Anomaly: "decoder.ipv4.opt_invalid"},
	EventIPv4OptMalformed:      {Anomaly: "decoder.ipv4.opt_malformed"},
	EventIPv4OptPad:            {Anomaly: "decoder.ipv4.opt_pad_required"},
	EventIPv4OptEOL:            {Anomaly: "decoder.ipv4.opt_eol_required"},
	EventIPv4OptDuplicate:      {Anomaly: "decoder.ipv4.opt_duplicate"},
	EventIPv4OptUnknown:        {Anomaly: "decoder.ipv4.opt_unknown"},
	EventIPv4ICMPv6:            {Anomaly: "decoder.ipv4.icmpv6"},
	EventIPv6Truncated:         {Weird: "truncated_IP", Source: "IP", Anomaly: "decoder.ipv6.pkt_too_small", NoAddr: true},
	EventIPv6Version:           {Weird: "unknown_ip_version", Source: "IP", Anomaly: "decoder.ipv6.wrong_ip_version", NoAddr: true},
	EventIPv6Short:             {Weird: "truncated_IP_len", Source: "IP", Anomaly: "decoder.ipv6.trunc_pkt", NoAddr: true},
	EventIPv6Snapped:           {Anomaly: "decoder.ipv6.trunc_pkt", NoAddr: true},
	EventIPv6ExtTruncated:      {Weird: "internally_truncated_header", Source: "IP", Anomaly: "decoder.ipv6.trunc_exthdr"},
	EventIPv6ExtEmpty:          {Anomaly: "decoder.ipv6.trunc_exthdr"},
	EventIPv6Routing0:          {Weird: "routing0_hdr", Anomaly: "decoder.ipv6.rh_type_0"},
	EventIPv6Routing0Length:    {Weird: "odd_routing0_len"},
	EventIPv6RoutingUnknown:    {Weird: "unknown_routing_type"},
	EventIPv6NoNext:            {Weird: "ipv6_no_next", Source: "IP"},
	EventIPv6DataAfterNone:     {Anomaly: "decoder.ipv6.data_after_none_header"},
	EventIPv6DupFragment:       {Anomaly: "decoder.ipv6.exthdr_dupl_fh"},
	EventIPv6UselessFragment:   {Anomaly: "decoder.ipv6.exthdr_useless_fh"},
	EventIPv6FragmentReserved:  {Anomaly: "decoder.ipv6.fh_non_zero_reserved_field"},
	EventIPv6FragmentLength:    {Anomaly: "decoder.ipv6.frag_invalid_length"},
	EventIPv6DupRouting:        {Anomaly: "decoder.ipv6.exthdr_dupl_rh"},
	EventIPv6DupHopByHop:       {Anomaly: "decoder.ipv6.exthdr_dupl_hh"},
	EventIPv6DupDstOpts:        {Anomaly: "decoder.ipv6.exthdr_dupl_dh"},
	EventIPv6DupAH:             {Anomaly: "decoder.ipv6.exthdr_dupl_ah"},
	EventIPv6DupESP:            {Anomaly: "decoder.ipv6.exthdr_dupl_eh"},
	EventIPv6AHReserved:        {Anomaly: "decoder.ipv6.exthdr_ah_res_not_null"},
	EventIPv6OptLength:         {Anomaly: "decoder.ipv6.exthdr_invalid_optlen"},
	EventIPv6ZeroPadN:          {Anomaly: "decoder.ipv6.zero_len_padn"},
	EventIPv6HopUnknownOpt:     {Anomaly: "decoder.ipv6.hopopts_unknown_opt"},
	EventIPv6HopOnlyPadding:    {Anomaly: "decoder.ipv6.hopopts_only_padding"},
	EventIPv6DstUnknownOpt:     {Anomaly: "decoder.ipv6.dstopts_unknown_opt"},
	EventIPv6DstOnlyPadding:    {Anomaly: "decoder.ipv6.dstopts_only_padding"},
	EventIPv6ICMPv4:            {Anomaly: "decoder.ipv6.icmpv4"},
	EventIPv6UnknownNext:       {Anomaly: "decoder.ipv6.unknown_next_header"},
	EventIPv6ManyExtensions:    {Anomaly: "decoder.too_many_layers"},
	EventTCPTruncated:          {Weird: "internally_truncated_header", Source: "TCP", Anomaly: "decoder.tcp.pkt_too_small"},
	EventTCPHeaderLength:       {Weird: "bad_TCP_header_len", Source: "TCP", Anomaly: "decoder.tcp.hlen_too_small", PerFlow: true},
	EventTCPOptLength:          {Anomaly: "decoder.tcp.opt_invalid_len"},
	EventTCPOptDuplicate:       {Anomaly: "decoder.tcp.opt_duplicate"},
	EventUDPTruncated:          {Weird: "internally_truncated_header", Source: "UDP", Anomaly: "decoder.udp.hlen_too_small"},
	EventUDPLength:             {Weird: "UDP_datagram_length_mismatch", Source: "UDP", PerFlow: true},
	EventUDPLengthOver:         {Weird: "UDP_datagram_length_mismatch", Source: "UDP", Anomaly: "decoder.udp.pkt_too_small", PerFlow: true},
	EventUDPHeaderLength:       {Weird: "UDP_datagram_length_mismatch", Source: "UDP", Anomaly: "decoder.udp.len_invalid", PerFlow: true},
	EventICMPTruncated:         {Weird: "internally_truncated_header", Source: "ICMP", Anomaly: "decoder.icmpv4.pkt_too_small"},
	EventICMPUnknownType:       {Anomaly: "decoder.icmpv4.unknown_type"},
	EventICMPUnknownCode:       {Anomaly: "decoder.icmpv4.unknown_code"},
	EventICMPQuoteTruncated:    {Anomaly: "decoder.icmpv4.ipv4_trunc_pkt"},
	EventICMPQuoteVersion:      {Anomaly: "decoder.icmpv4.ipv4_unknown_ver"},
	EventICMPv6Truncated:       {Weird: "internally_truncated_header", Source: "ICMP", Anomaly: "decoder.icmpv6.pkt_too_small"},
	EventICMPv6UnknownType:     {Anomaly: "decoder.icmpv6.unknown_type"},
	EventICMPv6UnknownCode:     {Anomaly: "decoder.icmpv6.unknown_code"},
	EventICMPv6QuoteTruncated:  {Anomaly: "decoder.icmpv6.ipv6_trunc_pkt"},
	EventICMPv6QuoteVersion:    {Anomaly: "decoder.icmpv6.ipv6_unknown_version"},
	EventICMPv6HopLimit:        {Anomaly: "decoder.icmpv6.mld_message_with_invalid_hl"},
	EventICMPv6Unassigned:      {Anomaly: "decoder.icmpv6.unassigned_type"},
	EventICMPv6Experiment:      {Anomaly: "decoder.icmpv6.experimentation_type"},
	EventSCTPTruncated:         {Weird: "internally_truncated_header", Source: "SCTP", Anomaly: "decoder.sctp.pkt_too_small"},
	EventESPTruncated:          {Anomaly: "decoder.esp.pkt_too_small"},
	EventAHTruncated:           {Weird: "internally_truncated_header", Source: "IP"},
	EventIGMPTruncated:         {Anomaly: "decoder.igmp.pkt_too_small"},
	EventChecksumTCP:           {Weird: "bad_TCP_checksum", Source: "TCP", Anomaly: "decoder.tcp.checksum", PerFlow: true},
	EventChecksumUDP:           {Weird: "bad_UDP_checksum", Source: "UDP", Anomaly: "decoder.udp.checksum", PerFlow: true},
	EventChecksumICMP:          {Weird: "bad_ICMP_checksum", Source: "ICMP", Anomaly: "decoder.icmpv4.checksum", PerFlow: true},
	EventChecksumICMPv6:        {Weird: "bad_ICMP_checksum", Source: "ICMP", Anomaly: "decoder.icmpv6.checksum", PerFlow: true},
	EventChecksumSCTP:          {Weird: "bad_SCTP_checksum", Source: "SCTP", Anomaly: "decoder.sctp.checksum", PerFlow: true},
	EventChecksumIGMP:          {Weird: "igmp_invalid_checksum", Source: "IGMP", Anomaly: "decoder.igmp.checksum"},
	EventIPTunnelDepth:         {Weird: "exceeded_tunnel_max_depth", Source: "IPTUNNEL", Anomaly: "decoder.too_many_layers"},
	EventIPTunnelVersion:       {Weird: "invalid_inner_IP_version", Source: "IPTUNNEL"},
	EventIPTunnelTruncated:     {Weird: "truncated_inner_IP", Source: "IPTUNNEL"},
	EventIPTunnelMismatch:      {Weird: "inner_IP_payload_mismatch", Source: "IPTUNNEL"},
	EventIPv4InIPv6Truncated:   {Weird: "truncated_inner_IP", Source: "IPTUNNEL", Anomaly: "decoder.ipv6.ipv4_in_ipv6_too_small"},
	EventIPv4InIPv6Version:     {Weird: "invalid_inner_IP_version", Source: "IPTUNNEL", Anomaly: "decoder.ipv6.ipv4_in_ipv6_wrong_version"},
	EventIPv6InIPv6Truncated:   {Weird: "truncated_inner_IP", Source: "IPTUNNEL", Anomaly: "decoder.ipv6.ipv6_in_ipv6_too_small"},
	EventIPv6InIPv6Version:     {Weird: "invalid_inner_IP_version", Source: "IPTUNNEL", Anomaly: "decoder.ipv6.ipv6_in_ipv6_wrong_version"},
	EventGREDepth:              {Weird: "exceeded_tunnel_max_depth", Source: "GRE", Anomaly: "decoder.too_many_layers"},
	EventGRETruncated:          {Weird: "truncated_GRE", Source: "GRE", Anomaly: "decoder.gre.pkt_too_small"},
	EventGREVersion:            {Weird: "unknown_gre_version", Source: "GRE", Anomaly: "decoder.gre.wrong_version"},
	EventGRERouting:            {Weird: "gre_routing", Source: "GRE"},
	EventGRE0Recursion:         {Anomaly: "decoder.gre.version0_recur"},
	EventGRE0Flags:             {Anomaly: "decoder.gre.version0_flags"},
	EventGRE0HeaderBig:         {Weird: "truncated_GRE", Source: "GRE", Anomaly: "decoder.gre.version0_hdr_too_big"},
	EventGRE1Checksum:          {Anomaly: "decoder.gre.version1_chksum"},
	EventGRE1Route:             {Anomaly: "decoder.gre.version1_route"},
	EventGRE1SSR:               {Anomaly: "decoder.gre.version1_ssr"},
	EventGRE1Recursion:         {Anomaly: "decoder.gre.version1_recur"},
	EventGRE1Flags:             {Anomaly: "decoder.gre.version1_flags"},
	EventGRE1NoKey:             {Anomaly: "decoder.gre.version1_no_key"},
	EventGRE1Protocol:          {Weird: "egre_protocol_type", Source: "GRE", Anomaly: "decoder.gre.version1_wrong_protocol"},
	EventGRE1SRE:               {Weird: "malformed_gre_sre", Source: "GRE", Anomaly: "decoder.gre.version1_malformed_sre_hdr"},
	EventGRE1HeaderBig:         {Weird: "truncated_GRE", Source: "GRE", Anomaly: "decoder.gre.version1_hdr_too_big"},
	EventGREPayload:            {Weird: "non_ip_packet_in_encap", Source: "GRE"},
	EventERSPANTruncated:       {Weird: "truncated_GRE", Source: "GRE", Anomaly: "decoder.erspan.header_too_small"},
	EventERSPANVersion:         {Anomaly: "decoder.erspan.unsupported_version"},
	EventERSPANVLAN:            {Anomaly: "decoder.erspan.too_many_vlan_layers"},
	EventTeredoDepth:           {Weird: "exceeded_tunnel_max_depth", Source: "TEREDO", Anomaly: "decoder.too_many_layers"},
	EventTeredoBubble:          {Weird: "Teredo_bubble_with_payload", Source: "TEREDO", PerFlow: true},
	EventVXLANDepth:            {Weird: "exceeded_tunnel_max_depth", Source: "VXLAN", Anomaly: "decoder.too_many_layers"},
	EventVXLANHeader:           {Anomaly: "decoder.vxlan.unknown_payload_type"},
	EventGENEVEDepth:           {Weird: "exceeded_tunnel_max_depth", Source: "GENEVE", Anomaly: "decoder.too_many_layers"},
	EventGENEVEHeader:          {Anomaly: "decoder.geneve.unknown_payload_type"},
	EventGTPDepth:              {Weird: "exceeded_tunnel_max_depth", Source: "GTPV1", Anomaly: "decoder.too_many_layers"},
	EventAYIYADepth:            {Weird: "exceeded_tunnel_max_depth", Source: "AYIYA", Anomaly: "decoder.too_many_layers"},
	EventFragmentIncomplete:    {Weird: "incompletely_captured_fragment", Source: "IP"},
	EventFragmentDF:            {Weird: "fragment_with_DF"},
	EventFragmentSmall:         {Weird: "excessively_small_fragment"},
	EventFragmentLarge:         {Weird: "excessively_large_fragment"},
	EventFragmentOver:          {Weird: "invalid_IP_header_size", Source: "IP", Anomaly: "decoder.ipv4.frag_pkt_too_large"},
	EventFragmentOver6:         {Weird: "invalid_IP_header_size", Source: "IP", Anomaly: "decoder.ipv6.frag_pkt_too_large"},
	EventFragmentSize:          {Weird: "fragment_size_inconsistency"},
	EventFragmentOverlap:       {Weird: "fragment_overlap", Anomaly: "decoder.ipv4.frag_overlap"},
	EventFragmentOverlap6:      {Weird: "fragment_overlap", Anomaly: "decoder.ipv6.frag_overlap"},
	EventFragmentInconsistent:  {Weird: "fragment_inconsistency", Anomaly: "decoder.ipv4.frag_overlap"},
	EventFragmentInconsistent6: {Weird: "fragment_inconsistency", Anomaly: "decoder.ipv6.frag_overlap"},
	EventFragmentProtocol:      {Weird: "fragment_protocol_inconsistency"},
	EventFragmentLimit:         {Anomaly: "decoder.ipv4.frag_ignored"},
	EventFragmentLimit6:        {Anomaly: "decoder.ipv6.frag_ignored"},
}

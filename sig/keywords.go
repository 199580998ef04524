package sig

import (
	"github.com/wirelore/wirelore/flow"
)

// keywords are those of the language itself; protocols bring theirs.
var keywords map[string]keyword

func init() {
	keywords = map[string]keyword{
		"msg": {parseMsg, 1}, "sid": {parseSID, 1}, "rev": {parseNumberInto(func(b *builder) *uint32 { return &b.s.about.rev }), 1},
		"gid":      {parseNumberInto(func(b *builder) *uint32 { return &b.s.about.gid }), 1},
		"priority": {parsePriority, 1}, "classtype": {parseClassType, 1}, "reference": {parseReference, 1},
		"metadata": {parseMetadata, 0}, "target": {parseTarget, 1}, "noalert": {parseNoAlert, -1}, "alert": {ignored, -1},
		"requires": {parseRequires, 1}, "bypass": {ignored, -1}, "prefilter": {parsePrefilter, -1}, "tag": {parseTag, 1},
		"config": {parseConfig, 1}, "threshold": {parseThreshold, 1}, "detection_filter": {parseDetectionFilter, 1},

		"content": {parseContent, 1}, "uricontent": {parseURIContent, 1}, "nocase": {onContent(setNoCase), -1},
		"offset": {onContent(setOffset), 1}, "depth": {onContent(setDepth), 1}, "distance": {onContent(setDistance), 1},
		"within": {onContent(setWithin), 1}, "startswith": {onContent(setStartsWith), -1}, "endswith": {onContent(setEndsWith), -1},
		"rawbytes": {onContent(setRaw), -1}, "fast_pattern": {onContent(setFast), 0}, "pcre": {parsePCRE, 1},
		"isdataat": {parseIsDataAt, 1}, "bsize": {parseBufferSize, 1}, "dsize": {parseDataSize, 1}, "urilen": {parseURILen, 1},
		"byte_test": {parseByteTest, 1}, "byte_jump": {parseByteJump, 1}, "byte_extract": {parseByteExtract, 1},
		"byte_math": {parseByteMath, 1}, "rpc": {parseRPC, 1}, "base64_decode": {parseBase64Decode, 0},
		"base64_data": {parseBase64Data, -1}, "pkt_data": {parsePktData, -1}, "absent": {parseAbsent, 0}, "entropy": {parseEntropy, 1},
		"asn1": {parseASN1, 1}, "flowvar": {parseFlowVar(flowVar), 1}, "pktvar": {parseFlowVar(packetVar), 1},

		"flow": {parseFlow, 1}, "flowbits": {parseFlowBits, 1}, "flowint": {parseFlowInt, 1}, "hostbits": {parseHostBits, 1},
		"xbits": {parseXBits, 1}, "stream_size": {parseStreamSize, 1}, "app-layer-protocol": {parseAppProtocol, 1},
		"flow.age":   {flowNumber(32, func(c *subject) uint64 { return uint64(max(c.f.Last-c.f.Start, 0) / 1e9) }), 1},
		"flow.pkts":  {sidedFlowNumber(func(s *flow.Side) uint64 { return s.Packets }), 1},
		"flow.bytes": {sidedFlowNumber(func(s *flow.Side) uint64 { return s.FrameBytes }), 1},
		"dataset":    {parseDataset, 1}, "datarep": {parseDatarep, 1}, "iprep": {parseIPRep, 1}, "geoip": {parseGeoIP, 1},
		"flow.pkts_toserver":  {flowNumber(32, func(c *subject) uint64 { return c.f.Side[0].Packets }), 1},
		"flow.pkts_toclient":  {flowNumber(32, func(c *subject) uint64 { return c.f.Side[1].Packets }), 1},
		"flow.bytes_toserver": {flowNumber(64, func(c *subject) uint64 { return c.f.Side[0].FrameBytes }), 1},
		"flow.bytes_toclient": {flowNumber(64, func(c *subject) uint64 { return c.f.Side[1].FrameBytes }), 1},

		"ttl": {packetNumber(8, ttlOf), 1}, "id": {packetNumber(16, idOf), 1}, "tos": {packetNumber(8, tosOf), 1},
		"itype": {packetNumber(8, icmpType), 1}, "icode": {packetNumber(8, icmpCode), 1}, "icmp_id": {packetNumber(16, icmpWord(4)), 1},
		"icmp_seq": {packetNumber(16, icmpWord(6)), 1}, "icmpv6.mtu": {packetNumber(32, icmpMTU), 1},
		"seq": {packetNumber(32, seqOf), 1}, "ack": {packetNumber(32, ackOf), 1}, "window": {packetNumber(16, windowOf), 1},
		"tcp.seq": {packetNumber(32, seqOf), 1}, "tcp.ack": {packetNumber(32, ackOf), 1}, "tcp.window": {packetNumber(16, windowOf), 1},
		"tcp.mss": {packetNumber(16, mssOf), 1}, "flags": {parseFlags, 1}, "tcp.flags": {parseFlags, 1},
		"fragbits": {parseFragBits, 1}, "fragoffset": {packetNumber(16, fragOffset), 1}, "sameip": {parseSameIP, -1},
		"ip_proto": {parseIPProto, 1}, "l3_proto": {parseL3Proto, 1}, "ipopts": {parseIPOpts, 1},
		"ipv4-csum": {checksum(4, 0), 1}, "tcpv4-csum": {checksum(4, flow.ProtoTCP), 1}, "tcpv6-csum": {checksum(6, flow.ProtoTCP), 1},
		"udpv4-csum": {checksum(4, flow.ProtoUDP), 1}, "udpv6-csum": {checksum(6, flow.ProtoUDP), 1},
		"icmpv4-csum": {checksum(4, flow.ProtoICMP), 1}, "icmpv6-csum": {checksum(6, flow.ProtoICMPv6), 1},
		"igmp-csum": {checksum(4, flow.ProtoIGMP), 1}, "vlan.id": {vlanID, 1}, "vlan.layers": {packetNumber(8, vlanLayers), 1},
		"igmp.type":    {packetNumber(8, igmpType), 1},
		"decode-event": {decodeEvent("decoder."), 1}, "stream-event": {decodeEvent("stream."), 1}, "engine-event": {decodeEvent("decoder."), 1},
		"app-layer-event": {parseAppEvent, 1}, "frame": {parseFrame, 1},

		"filename": {fileName(false), 1}, "fileext": {fileName(true), 1}, "filemagic": {fileMagic, 1}, "filesize": {fileSize, 1},
		"filemd5": {fileHash(hashMD5), 1}, "filesha1": {fileHash(hashSHA1), 1}, "filesha256": {fileHash(hashSHA256), 1},
		"filestore": {fileStore, 0},
	}
	packetBuffers["ip.src"] = addressBuffer(false)
	packetBuffers["ip.dst"] = addressBuffer(true)
}

func igmpType(p *flow.Packet) (uint64, bool) {
	if h := transport(p, flow.ProtoIGMP, 1); h != nil {
		return uint64(h[0]), true
	}
	if p.Version != 0 && p.Proto == flow.ProtoIGMP && int(p.TransOff) < len(p.Buf) {
		return uint64(p.Buf[p.TransOff]), true
	}
	return 0, false
}

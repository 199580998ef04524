package dns

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/proto"
)

// probe recognises a DNS message. On a usual port the header must make sense; elsewhere the question as well, to its end.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	if v := probeMessage(b, onPort); v != proto.No {
		return v
	}
	// Over TCP a length stands before the message.
	if len(b) < 2 {
		return proto.More
	}
	n := int(binary.BigEndian.Uint16(b))
	if n < headerLen {
		return proto.No
	}
	if len(b) < 2+headerLen {
		return proto.More
	}
	if len(b) < 2+n {
		if !plausible(b[2:]) {
			return proto.No
		}
		if onPort {
			return proto.Yes
		}
		return proto.More
	}
	return probeMessage(b[2:2+n], onPort)
}

func probeMessage(b []byte, onPort bool) proto.Verdict {
	if len(b) < headerLen || !plausible(b) {
		return proto.No
	}
	if onPort {
		return proto.Likely
	}
	var h Header
	h.read(b)
	if h.Opcode != 0 || h.QDCount != 1 || h.Z&^3 != 0 {
		return proto.No
	}
	n := skipName(b, headerLen, -1)
	if n < 0 || n+4 > len(b) || n == headerLen+1 {
		return proto.No
	}
	typ, class := binary.BigEndian.Uint16(b[n:]), binary.BigEndian.Uint16(b[n+2:])
	if typ == 0 || typ > 260 || class != 1 || (!h.QR && (h.ANCount != 0 || h.NSCount != 0)) {
		return proto.No
	}
	if !h.QR && h.ARCount == 0 && n+4 != len(b) {
		return proto.No
	}
	return proto.Yes
}

// plausible tells whether a header can be one of DNS.
func plausible(b []byte) bool {
	var h Header
	h.read(b)
	if h.Opcode > 9 || int(h.QDCount)+int(h.ANCount)+int(h.NSCount)+int(h.ARCount) == 0 && !h.QR {
		return false
	}
	return int(h.QDCount)*5+(int(h.ANCount)+int(h.NSCount)+int(h.ARCount))*11 <= max(len(b), 512)*2
}

// fromServer tells whether a datagram is an answer.
func fromServer(b []byte) bool { return len(b) > 2 && b[2]&0x80 != 0 }

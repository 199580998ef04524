package sig

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// buffer is a sticky buffer with the transforms on it, as rules name it. Buffers are shared by all rules that name the
// same, so that each is made once for a transaction.
type buffer struct {
	name       string
	transforms []transformStep
	key        string
	// sources are where it comes from in transactions: one for each protocol and direction that has it.
	sources []bufferSource
	// packet makes it from a packet; nil for those of transactions.
	packet func(c *subject) []byte
	// file: it comes from files.
	file  fileBuffer
	multi bool
}

// bufferSource is one protocol's value for a buffer.
type bufferSource struct {
	app string // Suricata's name of the protocol
	def proto.RuleBuffer
	p   proto.Protocol
}

type transformStep struct {
	text  string
	apply func(dst, src []byte) []byte
}

// transform runs the transforms over b; the result is borrowed from the matcher until the next buffer is made.
func (m *Matcher) transform(b *buffer, v []byte) []byte {
	for i := range b.transforms {
		out := b.transforms[i].apply(m.scratch[i&1][:0], v)
		m.scratch[i&1] = out[:0]
		v = out
	}
	return v
}

// packetSection is a section on a part of the packet.
type packetSection struct {
	buffer *buffer
	tests  []test
}

// packetBuffers are the buffers that packets have.
var packetBuffers = map[string]func(c *subject) []byte{
	"ipv4.hdr": func(c *subject) []byte {
		if c.p == nil || c.p.Version != 4 {
			return nil
		}
		return span(c.p.Buf, c.p.NetOff, c.p.TransOff)
	},
	"ipv6.hdr": func(c *subject) []byte {
		if c.p == nil || c.p.Version != 6 {
			return nil
		}
		return span(c.p.Buf, c.p.NetOff, c.p.TransOff)
	},
	"tcp.hdr":    transportHeader(flow.ProtoTCP),
	"udp.hdr":    transportHeader(flow.ProtoUDP),
	"sctp.hdr":   transportHeader(flow.ProtoSCTP),
	"icmpv6.hdr": transportHeader(flow.ProtoICMPv6),
	"icmpv4.hdr": transportHeader(flow.ProtoICMP),
	"igmp.hdr":   transportHeader(flow.ProtoIGMP),
}

func transportHeader(p uint8) func(c *subject) []byte {
	return func(c *subject) []byte {
		if c.p == nil || c.p.Proto != p || c.p.Version == 0 {
			return nil
		}
		end := max(c.p.PayOff, c.p.TransOff)
		switch {
		case p != flow.ProtoICMP || c.p.Version != 4:
		case c.p.ICMPType == 9: // a router advertisement is all header
			end = c.p.End
		case c.p.ICMPType >= 13 && c.p.ICMPType <= 18:
			end = min(c.p.End, c.p.TransOff+20)
		}
		return span(c.p.Buf, c.p.TransOff, end)
	}
}

func span(b []byte, from, to uint32) []byte {
	if from >= to || int(to) > len(b) {
		return nil
	}
	return b[from:to]
}

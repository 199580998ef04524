package sig

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// The keywords about a packet's headers.

// payloadless are the marks of packets whose payload is not looked at.
const payloadless = flow.Bad | flow.NoTransport | flow.Fragment

// packetNumber makes a keyword on a number of the packet; get tells whether the packet has it.
func packetNumber(bits int, get func(p *flow.Packet) (uint64, bool)) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		value, negated, err := rule.Unquote(value)
		if err != nil {
			return err
		}
		if negated {
			value = "!" + value
		}
		n, err := proto.ParseNumber(value, bits)
		if err != nil {
			return err
		}
		b.onPacket(func(p *flow.Packet) bool {
			v, ok := get(p)
			return ok && n.Is(v)
		})
		return nil
	}
}

// onPacket adds a condition on the packet in hand; the rule then sees packets.
func (b *builder) onPacket(holds func(p *flow.Packet) bool) {
	b.s.onPacket, b.s.packetOnly = true, true
	b.condition(func(_ *Matcher, c *subject) bool { return c.p != nil && holds(c.p) })
}

// ipv4Header returns the IPv4 header, nil when there is none.
func ipv4Header(p *flow.Packet) []byte {
	if p.Version != 4 || int(p.NetOff)+20 > len(p.Buf) {
		return nil
	}
	return p.Buf[p.NetOff:]
}

func transport(p *flow.Packet, want uint8, n int) []byte {
	if p.Version == 0 || p.Proto != want || p.Marks&payloadless != 0 || int(p.TransOff)+n > len(p.Buf) {
		return nil
	}
	return p.Buf[p.TransOff:]
}

func ttlOf(p *flow.Packet) (uint64, bool) { return uint64(p.TTL), p.Version != 0 }

func idOf(p *flow.Packet) (uint64, bool) {
	h := ipv4Header(p)
	if h == nil {
		return 0, false
	}
	return uint64(binary.BigEndian.Uint16(h[4:])), true
}

func tosOf(p *flow.Packet) (uint64, bool) {
	switch {
	case p.Version == 4 && int(p.NetOff)+2 <= len(p.Buf):
		return uint64(p.Buf[p.NetOff+1]), true
	case p.Version == 6 && int(p.NetOff)+2 <= len(p.Buf):
		return uint64(p.Buf[p.NetOff]<<4 | p.Buf[p.NetOff+1]>>4), true
	}
	return 0, false
}

func isICMP(p *flow.Packet) bool {
	return (p.Proto == flow.ProtoICMP || p.Proto == flow.ProtoICMPv6) && p.Version != 0 && p.Marks&payloadless == 0
}

func icmpType(p *flow.Packet) (uint64, bool) { return uint64(p.ICMPType), isICMP(p) }
func icmpCode(p *flow.Packet) (uint64, bool) { return uint64(p.ICMPCode), isICMP(p) }

// icmpWord returns a 16-bit word of the ICMP header of messages that have an identifier.
func icmpWord(at int) func(p *flow.Packet) (uint64, bool) {
	return func(p *flow.Packet) (uint64, bool) {
		if !isICMP(p) || int(p.TransOff)+8 > len(p.Buf) {
			return 0, false
		}
		switch {
		case p.Version == 4 && (p.ICMPType == 0 || p.ICMPType == 8 || p.ICMPType >= 13 && p.ICMPType <= 18):
		case p.Version == 6 && (p.ICMPType == 128 || p.ICMPType == 129):
		default:
			return 0, false
		}
		return uint64(binary.BigEndian.Uint16(p.Buf[int(p.TransOff)+at:])), true
	}
}

func icmpMTU(p *flow.Packet) (uint64, bool) {
	if !isICMP(p) || p.Version != 6 || p.ICMPType != 2 || int(p.TransOff)+8 > len(p.Buf) {
		return 0, false
	}
	return uint64(binary.BigEndian.Uint32(p.Buf[p.TransOff+4:])), true
}

func isTCP(p *flow.Packet) bool {
	return p.Proto == flow.ProtoTCP && p.Version != 0 && p.Marks&payloadless == 0
}

func seqOf(p *flow.Packet) (uint64, bool)    { return uint64(p.Seq), isTCP(p) }
func ackOf(p *flow.Packet) (uint64, bool)    { return uint64(p.Ack), isTCP(p) }
func windowOf(p *flow.Packet) (uint64, bool) { return uint64(p.Window), isTCP(p) }

func mssOf(p *flow.Packet) (uint64, bool) {
	if h := transport(p, flow.ProtoTCP, 20); h != nil {
		for o := h[20:min(len(h), int(h[12]>>4)*4)]; len(o) >= 2; {
			switch {
			case o[0] == 0:
				return 0, false
			case o[0] == 1:
				o = o[1:]
				continue
			case o[0] == 2 && o[1] == 4 && len(o) >= 4:
				return uint64(binary.BigEndian.Uint16(o[2:])), true
			case o[1] < 2 || int(o[1]) > len(o):
				return 0, false
			}
			o = o[o[1]:]
		}
	}
	return 0, false
}

func fragOffset(p *flow.Packet) (uint64, bool) {
	if h := ipv4Header(p); h != nil {
		return uint64(binary.BigEndian.Uint16(h[6:]) & 0x1fff), true
	}
	if p.Version == 6 && p.Is(flow.Fragment) && int(p.TransOff)+4 <= len(p.Buf) {
		return uint64(binary.BigEndian.Uint16(p.Buf[p.TransOff+2:]) >> 3), true
	}
	return 0, false
}

func parseSameIP(b *builder, _ string) error {
	b.onPacket(func(p *flow.Packet) bool { return p.Version != 0 && p.Src == p.Dst })
	return nil
}

var ipProtoNames = map[string]uint8{"icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "egp": 8, "igp": 9, "udp": 17, "dccp": 33, "ipv6": 41,
	"rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "eigrp": 88, "ospf": 89, "pim": 103, "ipcomp": 108, "vrrp": 112,
	"l2tp": 115, "sctp": 132, "fc": 133, "mpls-in-ip": 137, "ipv6-nonxt": 59, "ipv6-opts": 60, "ipv6-route": 43, "ipv6-frag": 44, "ip": 0, "hopopt": 0}

func parseIPProto(b *builder, value string) error {
	text, negated, err := rule.Unquote(value)
	if err != nil {
		return err
	}
	op := byte('=')
	if negated {
		op = '!'
	}
	if text != "" && strings.IndexByte("!<>", text[0]) >= 0 {
		op, text = text[0], strings.TrimSpace(text[1:])
	}
	n, ok := ipProtoNames[strings.ToLower(text)]
	if !ok {
		v, err := strconv.ParseUint(text, 10, 8)
		if err != nil {
			return fmt.Errorf("%q is no IP protocol", text)
		}
		n = uint8(v)
	}
	b.condition(func(_ *Matcher, c *subject) bool {
		if c.p == nil || c.p.Version == 0 {
			return false
		}
		switch op {
		case '!':
			return c.p.Proto != n
		case '<':
			return c.p.Proto < n
		case '>':
			return c.p.Proto > n
		}
		return c.p.Proto == n
	})
	return nil
}

func parseL3Proto(b *builder, value string) error {
	want := uint8(4)
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "ipv4", "ip4", "ip":
	case "ipv6", "ip6":
		want = 6
	default:
		return fmt.Errorf("%q is neither ipv4 nor ipv6", value)
	}
	b.s.header.version = want
	return nil
}

var ipOptionNames = map[string]uint8{"rr": 7, "lsrr": 131, "lsrre": 131, "ssrr": 137, "ts": 68, "sec": 130, "satid": 136, "cipso": 134,
	"esec": 133, "eol": 0, "nop": 1}

func parseIPOpts(b *builder, value string) error {
	name := strings.ToLower(strings.TrimSpace(value))
	want, ok := ipOptionNames[name]
	if !ok && name != "any" {
		return fmt.Errorf("unknown option %q", value)
	}
	b.onPacket(func(p *flow.Packet) bool {
		h := ipv4Header(p)
		if h == nil {
			return false
		}
		o := h[20:max(20, min(len(h), int(h[0]&15)*4))]
		if name == "any" {
			return len(o) > 0
		}
		for len(o) > 0 {
			if o[0] == want {
				return true
			}
			if o[0] == 0 {
				return false
			}
			if o[0] == 1 {
				o = o[1:]
				continue
			}
			if len(o) < 2 || o[1] < 2 || int(o[1]) > len(o) {
				return false
			}
			o = o[o[1]:]
		}
		return false
	})
	return nil
}

// checksum makes a keyword like tcpv4-csum: valid or invalid.
func checksum(version, protocol uint8) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		text, err := unquoted(value)
		if err != nil {
			return err
		}
		var want bool
		switch text {
		case "valid":
			want = true
		case "invalid":
		default:
			return fmt.Errorf("%q is neither valid nor invalid", text)
		}
		b.onPacket(func(p *flow.Packet) bool {
			if p.Version != version || protocol != 0 && p.Proto != protocol || p.Is(flow.Fragment) {
				return false
			}
			if protocol == 0 {
				return (p.Checksum() != flow.EventIPChecksum) == want
			}
			return (p.TransportChecksum() == flow.EventNone) == want
		})
		return nil
	}
}

func vlanID(b *builder, value string) error {
	layer := -1
	text, at, ok := strings.Cut(value, ",")
	if ok {
		switch at = strings.TrimSpace(at); at {
		case "any", "all":
		default:
			n, err := strconv.Atoi(at)
			if err != nil || n < -3 || n > 2 {
				return fmt.Errorf("%q is no layer", at)
			}
			layer = n
		}
	}
	n, err := proto.ParseNumber(text, 16)
	if err != nil {
		return err
	}
	b.onPacket(func(p *flow.Packet) bool {
		if at == "all" {
			for _, v := range p.VLAN[:p.VLANs] {
				if !n.Is(uint64(v & 0xfff)) {
					return false
				}
			}
			return p.VLANs > 0
		}
		if ok && at != "any" {
			i := layer
			if i < 0 {
				i += int(p.VLANs)
			}
			return i >= 0 && i < int(p.VLANs) && n.Is(uint64(p.VLAN[i]&0xfff))
		}
		for _, v := range p.VLAN[:p.VLANs] {
			if n.Is(uint64(v & 0xfff)) {
				return true
			}
		}
		return false
	})
	return nil
}

func vlanLayers(p *flow.Packet) (uint64, bool) { return uint64(p.VLANs), true }

// addressKeyword is ip.src or ip.dst: it begins a buffer of the address.
func addressBuffer(dst bool) func(c *subject) []byte {
	return func(c *subject) []byte {
		if c.p == nil || c.p.Version == 0 {
			return nil
		}
		a := &c.p.Src
		if dst {
			a = &c.p.Dst
		}
		if c.p.Version == 4 {
			return a[12:]
		}
		return a[:]
	}
}

// decodeEvent makes decode-event, stream-event or engine-event.
func decodeEvent(prefix string) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		name := strings.TrimSpace(value)
		name = prefix + strings.TrimPrefix(name, prefix)
		if !knownEvent(name) {
			return fmt.Errorf("there is no event %s", value)
		}
		id := b.c.intern("e:" + name)
		b.s.onPacket, b.s.packetOnly = true, true
		b.s.packet = append(b.s.packet, eventTest(id))
		return nil
	}
}

// eventTest is a condition on the events of the packet in hand.
type eventTest uint32

func (t eventTest) holds(m *Matcher, _ *subject) bool {
	return slices.Contains(m.events, uint32(t))
}

func parseGeoIP(b *builder, value string) error {
	if b.c.opts.Country == nil {
		return errors.New("there is no database of countries: set Options.Country")
	}
	f := fields(value)
	src, dst := true, true
	both := false
	switch f[0] {
	case "src":
		dst, f = false, f[1:]
	case "dst":
		src, f = false, f[1:]
	case "both":
		both, f = true, f[1:]
	case "any":
		f = f[1:]
	}
	if len(f) == 0 {
		return errors.New("no country")
	}
	want := map[string]bool{}
	negated := false
	for _, name := range f {
		name, not := strings.CutPrefix(name, "!")
		negated = negated || not
		want[strings.ToUpper(name)] = true
	}
	country := b.c.opts.Country
	is := func(a flow.Addr, v uint8) bool {
		name, ok := country(netip(a, v))
		return ok && want[name] != negated
	}
	b.condition(func(_ *Matcher, c *subject) bool {
		if c.p == nil || c.p.Version == 0 {
			return false
		}
		s := src && is(c.p.Src, c.p.Version)
		d := dst && is(c.p.Dst, c.p.Version)
		if both {
			return s && d
		}
		return s || d
	})
	return nil
}

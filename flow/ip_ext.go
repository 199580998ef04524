package flow

import "encoding/binary"

// maxExtensions bounds the extension headers that are walked; sane packets have two or three.
const maxExtensions = 64

// isExtension tells whether an IPv6 next header is an extension header (RFC 8200, 4; RFC 7045).
func isExtension(proto uint8) bool {
	switch proto {
	case ProtoHopByHop, ProtoRouting, ProtoFragment, ProtoDstOpts, ProtoAH, protoMobility, protoHIP, protoShim6:
		return true
	}
	return false
}

// jumboLength finds the payload length of a jumbogram in a hop-by-hop header (RFC 2675).
func jumboLength(b []byte) (int, bool) {
	if len(b) < 8 {
		return 0, false
	}
	n := 8 + int(b[1])*8
	o := b[2:min(n, len(b))]
	for len(o) >= 2 {
		switch {
		case o[0] == 0:
			o = o[1:]
			continue
		case 2+int(o[1]) > len(o):
			return 0, false
		case o[0] == 0xc2 && o[1] == 4:
			v := binary.BigEndian.Uint32(o[2:])
			return int(v), v > 0xffff && v < 1<<30
		}
		o = o[2+int(o[1]):]
	}
	return 0, false
}

// extensions walks the extension headers and leaves p at what follows them. It stops in front of a fragment header that
// really is of a fragment.
func (d *Decoder) extensions(c *cursor, p *Packet) bool {
	var hop, routing, dst, ah, frag int
	for range maxExtensions {
		at := int(p.TransOff)
		if !isExtension(p.Proto) {
			if c.end-at < 2 {
				d.note(p, EventIPv6ExtEmpty)
			}
			return true
		}
		if c.wire-at < 8 || c.end-at < 8 {
			d.refuse(p, EventIPv6ExtTruncated)
			return false
		}
		h := c.buf[at:c.end]
		n := 8 + int(h[1])*8
		switch p.Proto {
		case ProtoAH:
			n = 8 + int(h[1])*4
			d.authentication(p, h, &ah)
		case ProtoFragment:
			n = 8
			if d.fragmentHeader(p, h, &frag) {
				return true
			}
		case protoMobility:
			// Signalling that carries no transport, though its header has the form of the others (RFC 6275, 6.1.1).
			p.Marks |= NoTransport
			return true
		}
		if n > c.wire-at || n > len(h) {
			d.refuse(p, EventIPv6ExtTruncated)
			return false
		}
		switch p.Proto {
		case ProtoHopByHop:
			d.repeated(p, &hop, 1, EventIPv6DupHopByHop)
			d.options6(p, h[2:n], EventIPv6HopUnknownOpt, EventIPv6HopOnlyPadding)
		case ProtoDstOpts:
			d.repeated(p, &dst, 2, EventIPv6DupDstOpts)
			d.options6(p, h[2:n], EventIPv6DstUnknownOpt, EventIPv6DstOnlyPadding)
		case ProtoRouting:
			d.repeated(p, &routing, 1, EventIPv6DupRouting)
			d.routing(p, h[:n])
		}
		p.Proto = h[0]
		p.TransOff = uint32(at + n)
	}
	d.refuse(p, EventIPv6ManyExtensions)
	return false
}

// repeated counts a header and notes one that comes more often than it may.
func (d *Decoder) repeated(p *Packet, n *int, most int, e Event) {
	*n++
	if *n == most+1 {
		d.note(p, e)
	}
}

func (d *Decoder) authentication(p *Packet, h []byte, n *int) {
	d.repeated(p, n, 1, EventIPv6DupAH)
	if h[2]|h[3] != 0 {
		d.note(p, EventIPv6AHReserved)
	}
}

// fragmentHeader tells whether the header is that of a fragment: an atomic one (RFC 6946) is not.
func (d *Decoder) fragmentHeader(p *Packet, h []byte, n *int) bool {
	d.repeated(p, n, 1, EventIPv6DupFragment)
	if h[1] != 0 {
		d.note(p, EventIPv6FragmentReserved)
	}
	if binary.BigEndian.Uint16(h[2:])&0xfff9 == 0 {
		d.note(p, EventIPv6UselessFragment)
		return false
	}
	p.Marks |= Fragment
	d.stats.Fragments6++
	return true
}

// routing reads a routing header. With type 0 (RFC 2460; deprecated by RFC 5095) and 2 (RFC 6275) the last
// address in it is the destination that counts, for checksums as for flows, while it has segments left.
func (d *Decoder) routing(p *Packet, h []byte) {
	switch h[2] {
	case 0:
		n := int(h[1])
		switch {
		case n > 0 && n%2 == 0:
			if h[3] > 0 {
				p.Dst = Addr(h[len(h)-16:])
			}
		default:
			d.note(p, EventIPv6Routing0Length)
		}
		d.note(p, EventIPv6Routing0)
	case 2:
		if h[1] == 2 && h[3] > 0 {
			p.Dst = Addr(h[8:24])
		}
	case 3, 4: // RPL source routes and segment routing: the last segment stands first
		if h[2] == 4 && h[3] > 0 && len(h) >= 24 {
			p.Dst = Addr(h[8:24])
		}
	default:
		d.note(p, EventIPv6RoutingUnknown)
	}
}

// options6 checks the options of a hop-by-hop or destination options header (RFC 8200, 4.2).
func (d *Decoder) options6(p *Packet, o []byte, unknown, onlyPadding Event) {
	padding := true
	for len(o) > 0 {
		if o[0] == 0 {
			o = o[1:]
			continue
		}
		if len(o) < 2 || 2+int(o[1]) > len(o) {
			d.note(p, EventIPv6OptLength)
			return
		}
		n := int(o[1])
		switch o[0] {
		case 1:
			if n == 0 {
				d.note(p, EventIPv6ZeroPadN)
			}
		case 0xc9: // home address: the source that counts (RFC 6275, 6.3)
			padding = false
			if n == 16 {
				p.Src = Addr(o[2:18])
			}
		case 0x05, 0xc2, 0x04, 0x63, 0x23, 0x22, 0x07, 0x26, 0x8a, 0x8b, 0x8c, 0xee, 0x0f, 0x08, 0x31, 0x30:
			padding = false
		default:
			padding = false
			d.note(p, unknown)
		}
		o = o[2+n:]
	}
	if padding {
		d.note(p, onlyPadding)
	}
}

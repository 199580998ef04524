package filter

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strings"
)

// identifier compiles the value that qualifiers stand before.
func (c *compiler) identifier(q qualifiers) *cond {
	t := c.take()
	switch t.kind {
	case tokIPv4:
		return c.ipv4ID(t, q)
	case tokIPv6:
		return c.ipv6ID(t, q)
	case tokMAC:
		if q.proto != "link" || q.what != "" && q.what != "host" {
			return c.refuse("a MAC address needs one of the qualifiers ether host, ether src, ether dst")
		}
		return c.macHost(t.mac, q.dir)
	case tokArcnet:
		if q.proto != "link" || q.what != "" && q.what != "host" || c.link.enc != encArcnet {
			return c.refuse("%s is an ARCNET address, this is %s", t.text, c.link.name)
		}
		return c.directed(q.dir, func(src bool) *cond {
			if src {
				return c.equal(atHeader, 0, opByte, t.num)
			}
			return c.equal(atHeader, 1, opByte, t.num)
		})
	}
	return c.nameID(t, q)
}

// ipv4ID is a dotted number, with a mask or without.
func (c *compiler) ipv4ID(t *token, q qualifiers) *cond {
	if q.proto == "decnet" {
		return c.numberID(0, t.text, q)
	}
	addr, width, ok := dotted(t.text)
	if !ok {
		return c.refuse("%s is not an IPv4 address", t.text)
	}
	mask, masked := uint32(0), false
	switch {
	case c.accept("/"):
		n := c.take()
		if n.kind != tokNumber || n.num > 32 {
			return c.fail(n.pos, "expected a mask length of at most 32, found %q", n.text)
		}
		mask, masked = ^uint32(0)<<(32-n.num), true
	case c.accept("mask"):
		n := c.take()
		m, w, ok := dotted(n.text)
		if n.kind != tokIPv4 || !ok {
			return c.fail(n.pos, "expected a mask such as 255.255.255.0, found %q", n.text)
		}
		mask, masked = m<<(32-w), true
	}
	if !masked {
		return c.numberID(addr, t.text, q)
	}
	if q.what != "net" {
		return c.refuse("a mask needs the qualifier net")
	}
	if addr <<= 32 - width; addr&^mask != 0 {
		return c.refuse("%s has bits outside of its mask", t.text)
	}
	return c.host4(addr, mask, q)
}

// dotted reads 2 to 4 numbers of a byte each; width is the number of bits that they have.
func dotted(s string) (v uint32, width int, ok bool) {
	for part := range strings.SplitSeq(s, ".") {
		n, err := number(part)
		if err != "" || n > 255 {
			return 0, 0, false
		}
		v, width = v<<8|n, width+8
	}
	return v, width, width <= 32
}

// numberID compiles a bare number, or a dotted one whose text is given.
func (c *compiler) numberID(v uint32, text string, q qualifiers) *cond {
	if q.none {
		return c.refuse("a value needs a qualifier such as host, net, port or proto")
	}
	switch q.what {
	case "", "host", "net":
		return c.numberHost(v, text, q)
	case "port", "portrange":
		if text != "" {
			return c.refuse("%s is not a port", text)
		}
		return c.ports(v, v, "", q)
	case "proto":
		return c.proto(v, q)
	case "protochain":
		return c.protochain(v, q)
	}
	return c.refuse("gateway needs host names, and none are looked up; write ether host MAC and not host ADDRESS")
}

func (c *compiler) numberHost(v uint32, text string, q qualifiers) *cond {
	switch q.proto {
	case "decnet":
		if area, node, ok := strings.Cut(text, "."); ok && !strings.Contains(node, ".") {
			a, _ := number(area)
			n, _ := number(node)
			if a > 63 || n > 1023 {
				return c.refuse("%s is not a DECnet address, which is at most 63.1023", text)
			}
			v = a<<10 | n
		}
		return c.decnetHost(v, q.dir)
	case "link":
		return c.refuse("expected a MAC address after ether")
	}
	width := 32
	if text != "" {
		_, width, _ = dotted(text)
	}
	mask := ^uint32(0) // a bare net number has as many bytes as it needs
	switch {
	case text != "":
		v, mask = v<<(32-width), mask<<(32-width)
	case q.what == "net" && v != 0:
		shift := bits.LeadingZeros32(v) &^ 7
		v, mask = v<<shift, mask<<shift
	}
	return c.host4(v, mask, q)
}

// directed builds a test of source, destination, either or both.
func (c *compiler) directed(dir string, is func(src bool) *cond) *cond {
	switch dir {
	case "src":
		return is(true)
	case "dst":
		return is(false)
	case "src and dst":
		return and(is(true), is(false))
	case "", "src or dst":
		return or(is(true), is(false))
	}
	return c.refuse("%s is for MAC addresses of 802.11", dir)
}

// host4 looks for an IPv4 address in IPv4, ARP and RARP headers.
func (c *compiler) host4(addr, mask uint32, q qualifiers) *cond {
	in := func(proto, src, dst uint32) *cond {
		return c.directed(q.dir, func(isSrc bool) *cond {
			at := dst
			if isSrc {
				at = src
			}
			return and(c.etherType(proto), c.masked(atPayload, at, opWord, mask, addr))
		})
	}
	switch q.proto {
	case "":
		if c.link.labels > 0 {
			return in(typeIPv4, 12, 16)
		}
		return or(in(typeIPv4, 12, 16), in(typeARP, 14, 24), in(typeRARP, 14, 24))
	case "ip":
		return in(typeIPv4, 12, 16)
	case "arp":
		return in(typeARP, 14, 24)
	case "rarp":
		return in(typeRARP, 14, 24)
	}
	return c.refuse("%s has no IPv4 addresses of its own; write %s and host ADDRESS", q.proto, q.proto)
}

// ipv6ID is an IPv6 address, with a mask length or without.
func (c *compiler) ipv6ID(t *token, q qualifiers) *cond {
	length, masked := uint32(128), false
	if c.accept("/") {
		n := c.take()
		if n.kind != tokNumber || n.num > 128 {
			return c.fail(n.pos, "expected a mask length of at most 128, found %q", n.text)
		}
		length, masked = n.num, n.num != 128
	}
	switch {
	case q.none:
		return c.refuse("a value needs a qualifier such as host or net")
	case masked && q.what != "net":
		return c.refuse("a mask needs the qualifier net")
	case q.what != "" && q.what != "host" && q.what != "net":
		return c.refuse("%s does not take an IPv6 address", q.what)
	case q.proto != "" && q.proto != "ip6":
		return c.refuse("%s has no IPv6 addresses of its own; write %s and host ADDRESS", q.proto, q.proto)
	case netip.PrefixFrom(t.addr, int(length)).Masked().Addr() != t.addr:
		return c.refuse("%s has bits outside of its mask", t.text)
	}
	addr := t.addr.As16()
	return c.directed(q.dir, func(src bool) *cond {
		at := uint32(24)
		if src {
			at = 8
		}
		out := c.etherType(typeIPv6)
		for i := range uint32(4) {
			mask := ^uint32(0)
			if rest := int(length) - int(i)*32; rest < 32 {
				mask <<= uint(32 - max(rest, 0))
			}
			out = and(out, c.masked(atPayload, at+4*i, opWord, mask, binary.BigEndian.Uint32(addr[4*i:])))
		}
		return out
	})
}

// macHost looks for a MAC address in the link header.
func (c *compiler) macHost(mac [6]byte, dir string) *cond {
	is := func(at uint32) *cond { return c.macAt(at, mac) }
	switch {
	case c.link.enc == encWLAN && dir != "" && !strings.Contains(dir, "src") && dir != "dst":
		return c.wlanAddress(dir, is)
	case c.link.enc == encWLAN:
		return c.directed(dir, func(src bool) *cond {
			if src {
				return c.wlanSrc(is)
			}
			return c.wlanDst(is)
		})
	case !c.link.macs:
		return c.refuse("there are no MAC addresses in %s", c.link.name)
	}
	return and(c.link.innerCheck(), c.directed(dir, func(src bool) *cond {
		if src {
			return is(c.link.src)
		}
		return is(c.link.dst)
	}))
}

// macAt compares the six bytes at a place of the link header.
func (c *compiler) macAt(at uint32, mac [6]byte) *cond {
	return and(c.equal(atHeader, at+2, opWord, binary.BigEndian.Uint32(mac[2:])),
		c.equal(atHeader, at, opHalf, uint32(binary.BigEndian.Uint16(mac[:]))))
}

var everyone = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// cast is broadcast and multicast, of the link or of IP.
func (c *compiler) cast(proto, what string) *cond {
	broadcast := what == "broadcast"
	switch {
	case proto == "" || proto == "link":
		return c.linkCast(what, broadcast)
	case proto == "ip" && broadcast:
		return and(c.etherType(typeIPv4), or(c.equal(atPayload, 16, opWord, 0), c.equal(atPayload, 16, opWord, 0xffffffff)))
	case proto == "ip":
		s := c.load(atPayload, 16, opByte)
		s.rel, s.val = relGe, 224
		return and(c.etherType(typeIPv4), test(s))
	case proto == "ip6" && !broadcast:
		return and(c.etherType(typeIPv6), c.equal(atPayload, 24, opByte, 0xff))
	}
	return c.refuse("there is no %s in %s; ether and ip have it", what, proto)
}

func (c *compiler) linkCast(what string, broadcast bool) *cond {
	is := func(at uint32) *cond {
		if broadcast {
			return c.macAt(at, everyone)
		}
		return c.bits(atHeader, at, 1)
	}
	switch {
	case c.link.enc == encWLAN:
		return c.wlanDst(is)
	case c.link.enc == encArcnet:
		return c.equal(atHeader, 1, opByte, 0)
	case c.link.macs:
		return and(c.link.innerCheck(), is(c.link.dst))
	}
	return c.refuse("there is no %s in %s", what, c.link.name)
}

// decnetHost looks for a DECnet address in the four forms of the routing header (DNA routing layer, phase IV).
func (c *compiler) decnetHost(addr uint32, dir string) *cond {
	wire := uint32(bits.ReverseBytes16(uint16(addr)))
	return c.directed(dir, func(src bool) *cond {
		short, long := uint32(3), uint32(9)
		if src {
			short, long = 5, 17
		}
		return and(c.etherType(typeDECnet), or(
			and(c.masked(atPayload, 2, opByte, 7, 2), c.equal(atPayload, short, opHalf, wire)),
			and(c.masked(atPayload, 2, opHalf, 0xff07, 0x8102), c.equal(atPayload, short+1, opHalf, wire)),
			and(c.masked(atPayload, 2, opByte, 7, 6), c.equal(atPayload, long, opHalf, wire)),
			and(c.masked(atPayload, 2, opHalf, 0xff07, 0x8106), c.equal(atPayload, long+1, opHalf, wire))))
	})
}

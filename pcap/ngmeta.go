package pcap

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"strconv"
)

// Blocks that hold no packet, and options.

const (
	optEnd     = 0
	optComment = 1
)

// walkOptions calls f with each option's code and value until the end of options, the list's end or a fault. It tells whether there was none.
func (n *ng) walkOptions(b []byte, f func(code uint16, v []byte)) bool {
	for len(b) >= 4 {
		code, size := n.u16(b), int(n.u16(b[2:]))
		if code == optEnd {
			return true
		}
		if size > len(b)-4 {
			return false
		}
		f(code, b[4:4+size:4+size])
		b = b[min(4+(size+3)&^3, len(b)):]
	}
	return len(b) == 0
}

// eachOption is walkOptions with a count of bad lists.
func (n *ng) eachOption(b []byte, f func(code uint16, v []byte)) {
	if !n.walkOptions(b, f) {
		n.r.info.Odd.BadOptions++
	}
}

// text copies a string option, counting it as metadata; NUL bytes at its end are not part of it.
func (n *ng) text(v []byte) string {
	if !n.r.keep(len(v)) {
		n.r.info.Cut.Options++
		return ""
	}
	return string(bytes.TrimRight(v, "\x00"))
}

// addInterface reads an Interface Description Block (section 4.2): link(2) reserved(2) snapshot length(4) options.
func (n *ng) addInterface(b []byte) error {
	if len(b) < 8 {
		return n.r.broken(nil, "an interface description of %d bytes is too short: the file is damaged here", len(b))
	}
	i := Interface{RawLink: LinkType(n.u16(b)), SnapLen: n.u32(b[4:]), Section: n.section, FCSLen: -1, Resolution: Microseconds}
	i.Link = registered(i.RawLink)
	n.eachOption(b[8:], func(code uint16, v []byte) { n.interfaceOption(&i, code, v) })
	if len(n.faces) >= maxInterfaces {
		n.lost++
		n.r.info.Cut.Interfaces++
		return nil
	}
	snap := i.SnapLen
	if snap == 0 {
		snap = math.MaxUint32
	}
	n.faces = append(n.faces, ngInterface{
		clock: newClock(i.Resolution, i.Offset), limit: uint32(n.r.packetLimit(i.Link, i.SnapLen)), snap: snap, link: i.Link,
	})
	info := &n.r.info
	if len(info.Interfaces) == 0 {
		info.Resolution = i.Resolution
	}
	if len(info.Interfaces) < n.base+len(n.faces)-1 || !n.r.keep(256) {
		info.Cut.Interfaces++ // all after the first one cut, as the index counts them
		return nil
	}
	info.Interfaces = append(info.Interfaces, i)
	return nil
}

func (n *ng) interfaceOption(i *Interface, code uint16, v []byte) {
	switch {
	case code == optComment:
		n.r.comment("interface", n.r.count, v)
	case code == 2:
		i.Name = n.text(v)
	case code == 3:
		i.Description = n.text(v)
	case code == 4 && len(v) == 8:
		mask := n.maskBits(v[4:8])
		n.address(i, netip.AddrFrom4([4]byte(v[:4])), mask)
	case code == 5 && len(v) == 17:
		n.address(i, netip.AddrFrom16([16]byte(v[:16])), int(v[16]))
	case code == 6 && len(v) == 6, code == 7 && len(v) == 8:
		i.MAC = bytes.Clone(v)
	case code == 8 && len(v) == 8:
		i.Speed = n.u64(v)
	case code == 9 && len(v) >= 1:
		i.Resolution = Resolution(v[0])
	case code == 10 && len(v) >= 4:
		i.TimeZone = strconv.Itoa(int(int32(n.u32(v))))
	case code == 11 && len(v) >= 1:
		if v[0] == 0 {
			i.Filter = n.text(v[1:])
		} else {
			i.Filter = fmt.Sprintf("BPF of %d bytes", len(v)-1)
		}
	case code == 12:
		i.OS = n.text(v)
	case code == 13 && len(v) >= 1:
		i.FCSLen = int(v[0])
	case code == 14 && len(v) == 8:
		i.Offset = int64(n.u64(v))
	case code == 15:
		i.Hardware = n.text(v)
	case code == 16 && len(v) == 8:
		i.TxSpeed = n.u64(v)
	case code == 17 && len(v) == 8:
		i.RxSpeed = n.u64(v)
	case code == 18:
		i.TimeZone = n.text(v)
	}
}

// maskBits counts the leading ones of an IPv4 netmask.
func (n *ng) maskBits(m []byte) int {
	ones := 0
	for _, b := range m {
		for ; b&0x80 != 0; b <<= 1 {
			ones++
		}
		if ones%8 != 0 {
			break
		}
	}
	return ones
}

func (n *ng) address(i *Interface, a netip.Addr, ones int) {
	if ones <= a.BitLen() && n.r.keep(32) {
		i.Addresses = append(i.Addresses, netip.PrefixFrom(a, ones))
	}
}

// metadata reads the body of a block without a packet.
func (n *ng) metadata(typ uint32, b []byte) {
	ok := true
	switch typ {
	case blockNames:
		ok = n.names(b)
	case blockStats:
		ok = n.statistics(b)
	case blockSecrets:
		ok = n.secret(b)
	case blockCustom, blockCustomDCB:
		ok = n.custom(b, typ == blockCustom)
	case blockJournal:
		if !n.r.keep(len(b)) {
			n.r.info.Cut.Journal++
			return
		}
		n.r.info.Journal = append(n.r.info.Journal, bytes.Clone(bytes.TrimRight(b, "\x00")))
	}
	if !ok {
		n.r.info.Odd.BadBlocks++
	}
}

// names reads a Name Resolution Block (section 4.5): records of type(2) length(2) value, padded to 4, then options.
func (n *ng) names(b []byte) bool {
	for len(b) >= 4 {
		typ, size := n.u16(b), int(n.u16(b[2:]))
		if typ == 0 {
			n.eachOption(b[4:], func(code uint16, v []byte) {
				if code == optComment {
					n.r.comment("names", n.r.count, v)
				}
			})
			return true
		}
		if size > len(b)-4 {
			return false
		}
		n.name(typ, b[4:4+size])
		b = b[min(4+(size+3)&^3, len(b)):]
	}
	return len(b) == 0
}

func (n *ng) name(typ uint16, v []byte) {
	size := map[uint16]int{1: 4, 2: 16, 3: 6, 4: 8}[typ]
	if size == 0 || len(v) < size {
		if size > 0 {
			n.r.info.Odd.BadBlocks++
		}
		return
	}
	if !n.r.keep(2 * len(v)) {
		n.r.info.Cut.Names++
		return
	}
	var rec Name
	switch typ {
	case 1:
		rec.Addr = netip.AddrFrom4([4]byte(v[:4]))
	case 2:
		rec.Addr = netip.AddrFrom16([16]byte(v[:16]))
	default:
		rec.MAC = bytes.Clone(v[:size])
	}
	for name := range bytes.SplitSeq(v[size:], []byte{0}) {
		if len(name) == 0 {
			continue
		}
		if len(rec.Names) > 0 && !n.r.keep(0) {
			n.r.info.Cut.Names++
			break
		}
		rec.Names = append(rec.Names, string(name))
	}
	n.r.info.Names = append(n.r.info.Names, rec)
}

// statistics reads an Interface Statistics Block (section 4.6): interface(4) time(8) options.
func (n *ng) statistics(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	face := n.u32(b)
	if uint64(face) >= uint64(len(n.faces)) {
		return false
	}
	clock := &n.faces[face].clock
	stamp := func(v []byte) int64 {
		t, _ := clock.nanos(uint64(n.u32(v))<<32 | uint64(n.u32(v[4:])))
		return t
	}
	st := Statistics{Interface: uint32(n.base) + face, Nanos: stamp(b[4:])}
	n.eachOption(b[12:], func(code uint16, v []byte) {
		if code == optComment {
			n.r.comment("statistics", n.r.count, v)
			return
		}
		if len(v) != 8 {
			return
		}
		switch count := n.u64(v); code {
		case 2:
			st.Start = stamp(v)
		case 3:
			st.End = stamp(v)
		case 4:
			st.Received = &count
		case 5:
			st.Dropped = &count
		case 6:
			st.Accepted = &count
		case 7:
			st.DroppedByOS = &count
		case 8:
			st.Delivered = &count
		}
	})
	if !n.r.keep(128) {
		n.r.info.Cut.Statistics++
		return true
	}
	n.r.info.Statistics = append(n.r.info.Statistics, st)
	return true
}

// secret reads a Decryption Secrets Block (section 4.7): type(4) length(4) data, padded to 4, options.
func (n *ng) secret(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	typ, size := n.u32(b), n.u32(b[4:])
	if uint64(size) > uint64(len(b)-8) {
		return false
	}
	if !n.r.keep(int(size)) {
		n.r.info.Cut.Secrets++
		return true
	}
	n.r.secrets = append(n.r.secrets, Secret{Type: SecretType(typ), Section: n.section, Data: bytes.Clone(b[8 : 8+size])})
	n.eachOption(b[min(8+(int(size)+3)&^3, len(b)):], func(code uint16, v []byte) {
		if code == optComment {
			n.r.comment("secrets", n.r.count, v)
		}
	})
	return true
}

// custom reads a Custom Block (section 4.8): Private Enterprise Number(4), anything.
func (n *ng) custom(b []byte, copyable bool) bool {
	if len(b) < 4 {
		return false
	}
	if !n.r.keep(len(b)) {
		n.r.info.Cut.Custom++
		return true
	}
	n.r.info.Custom = append(n.r.info.Custom, CustomBlock{Enterprise: n.u32(b), Section: n.section, Copyable: copyable, Data: bytes.Clone(b[4:])})
	return true
}

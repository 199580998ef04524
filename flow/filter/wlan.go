package filter

import "encoding/binary"

// The frame control field of 802.11 (IEEE 802.11-2020, 9.2.4.1).
const (
	wlanData    = 0x08 // byte 0
	wlanControl = 0x04
	wlanQoS     = 0x80
	wlanToDS    = 0x01 // byte 1
	wlanFromDS  = 0x02
)

func (c *compiler) dataFrame() *cond {
	return and(not(c.bits(atHeader, 0, wlanControl)), c.bits(atHeader, 0, wlanData))
}

// wlanDst applies a test to the destination address, which is the first or the third.
func (c *compiler) wlanDst(is func(at uint32) *cond) *cond {
	data, toDS := c.bits(atHeader, 0, wlanData), c.bits(atHeader, 1, wlanToDS)
	return and(not(c.bits(atHeader, 0, wlanControl)), or(and(not(data), is(4)),
		and(data, or(and(not(toDS), is(4)), and(toDS, is(16))))))
}

// wlanSrc applies a test to the source address, which is the second, third or fourth.
func (c *compiler) wlanSrc(is func(at uint32) *cond) *cond {
	data, toDS, fromDS := c.bits(atHeader, 0, wlanData), c.bits(atHeader, 1, wlanToDS), c.bits(atHeader, 1, wlanFromDS)
	relayed := or(and(not(toDS), is(16)), and(toDS, is(24)))
	return and(not(c.bits(atHeader, 0, wlanControl)), or(and(not(data), is(10)),
		and(data, or(and(not(fromDS), is(10)), and(fromDS, relayed)))))
}

// wlanAddress tests one of the four addresses, where the frame has it.
func (c *compiler) wlanAddress(which string, is func(at uint32) *cond) *cond {
	control := c.masked(atHeader, 0, opByte, 0x0c, 0x04)
	short := or(c.masked(atHeader, 0, opByte, 0xf0, 0xc0), c.masked(atHeader, 0, opByte, 0xf0, 0xd0))
	second := and(not(and(control, short)), is(10))
	switch which {
	case "ra":
		return and(c.bits(atHeader, 0, wlanData), is(4))
	case "ta":
		return and(c.bits(atHeader, 0, wlanData), second)
	case "addr1":
		return is(4)
	case "addr2":
		return second
	case "addr3":
		return and(not(control), is(16))
	}
	return and(c.masked(atHeader, 1, opByte, 3, 3), is(24))
}

var wlanTypes = map[string]uint32{"mgt": 0x00, "ctl": 0x04, "data": 0x08}

var wlanSubtypes = map[uint32]map[string]uint32{
	0x00: {"assoc-req": 0x00, "assocreq": 0x00, "assoc-resp": 0x10, "assocresp": 0x10, "reassoc-req": 0x20,
		"reassocreq": 0x20, "reassoc-resp": 0x30, "reassocresp": 0x30, "probe-req": 0x40, "probereq": 0x40,
		"probe-resp": 0x50, "proberesp": 0x50, "beacon": 0x80, "atim": 0x90, "disassoc": 0xa0, "disassociation": 0xa0,
		"auth": 0xb0, "authentication": 0xb0, "deauth": 0xc0, "deauthentication": 0xc0},
	0x04: {"ps-poll": 0xa0, "rts": 0xb0, "cts": 0xc0, "ack": 0xd0, "cf-end": 0xe0,
		"cf-end-ack": 0xf0},
	0x08: {"data": 0x00, "data-cf-ack": 0x10, "data-cf-poll": 0x20, "data-cf-ack-poll": 0x30, "null": 0x40,
		"cf-ack": 0x50, "cf-poll": 0x60, "cf-ack-poll": 0x70, "qos-data": 0x80, "qos-data-cf-ack": 0x90,
		"qos-data-cf-poll": 0xa0, "qos-data-cf-ack-poll": 0xb0, "qos": 0xc0, "qos-cf-poll": 0xe0, "qos-cf-ack-poll": 0xf0},
}

func (c *compiler) needWLAN(what string) bool {
	if c.link.enc != encWLAN {
		c.refuse("%q needs 802.11, and this is %s", what, c.link.name)
	}
	return c.link.enc == encWLAN
}

// wlanType is "type T" and "type T subtype S".
func (c *compiler) wlanType() *cond {
	c.needWLAN("type")
	typ := c.frameValue("type", wlanTypes, 0x0c)
	if !c.accept("subtype") {
		return c.masked(atHeader, 0, opByte, 0x0c, typ)
	}
	return c.masked(atHeader, 0, opByte, 0xfc, typ|c.frameValue("subtype", wlanSubtypes[typ], 0xf0))
}

// wlanSubtype is "subtype S" alone, whose name tells the type.
func (c *compiler) wlanSubtype() *cond {
	c.needWLAN("subtype")
	t := c.take()
	for _, typ := range []uint32{0x00, 0x04, 0x08} {
		if v, ok := wlanSubtypes[typ][t.text]; ok && t.kind == tokName {
			return c.masked(atHeader, 0, opByte, 0xfc, typ|v)
		}
	}
	return c.fail(t.pos, "unknown 802.11 frame subtype %q", t.text)
}

// frameValue reads a name or the number as it stands in the frame control field.
func (c *compiler) frameValue(what string, names map[string]uint32, mask uint32) uint32 {
	t := c.take()
	if v, ok := names[t.text]; ok && t.kind == tokName {
		return v
	}
	if t.kind != tokNumber || t.num&^mask != 0 {
		c.fail(t.pos, "unknown 802.11 frame %s %q", what, t.text)
	}
	return t.num
}

var wlanDirections = map[string]uint32{"nods": 0, "tods": 1, "fromds": 2, "dstods": 3}

func (c *compiler) wlanDirection() *cond {
	c.needWLAN("dir")
	t := c.take()
	v, ok := wlanDirections[t.text]
	if t.kind == tokNumber {
		v, ok = t.num, true
	}
	if !ok {
		return c.fail(t.pos, "unknown 802.11 direction %q, known are nods, tods, fromds, dstods", t.text)
	}
	return c.masked(atHeader, 1, opByte, 3, v)
}

// prismLength tells a Prism header, of 144 bytes, from an AVS header that says its length.
func prismLength(data []byte) (uint32, bool) {
	cookie, ok := wordAt(data, 0)
	if !ok {
		return 0, false
	}
	if cookie&0xfffff000 == 0x80211000 {
		return wordAt(data, 4)
	}
	return 144, true
}

const (
	radiotapFlags   = 0x02000000 // the present word, read big endian
	radiotapMore    = 0x00000080
	radiotapTSFT    = 0x01000000
	radiotapDataPad = 0x20
)

// wlanPayload returns where the data of the frame at start begins: 24 bytes in, 26 with QoS, and on a multiple of four where
// radiotap's flags say that the hardware padded it.
func wlanPayload(data []byte, start uint32, radiotap bool) (uint32, bool) {
	fc, ok := byteAt(data, uint64(start))
	if !ok {
		return 0, false
	}
	end := start + 24
	if fc&wlanData == 0 || fc&wlanControl != 0 {
		return end, true
	}
	if fc&wlanQoS != 0 {
		end += 2
	}
	if !radiotap {
		return end, true
	}
	if len(data) < 8 {
		return 0, false
	}
	present := binary.BigEndian.Uint32(data[4:])
	if present&radiotapFlags == 0 || present&radiotapMore != 0 {
		return end, true
	}
	at := uint64(8)
	if present&radiotapTSFT != 0 {
		at = 16
	}
	flags, ok := byteAt(data, at)
	if flags&radiotapDataPad != 0 {
		end = (end + 3) &^ 3
	}
	return end, ok
}

package flow

import "encoding/binary"

// radiotap reads the header that wireless drivers put in front of a frame, of which the flag for padding
// behind the 802.11 header matters (radiotap.org).
func (d *Decoder) radiotap(c *cursor) bool {
	if !c.have(8) {
		c.event(EventRadiotapTruncated)
		return false
	}
	h := c.buf[c.off:c.end]
	n := int(binary.LittleEndian.Uint16(h[2:]))
	if n < 8 || n > len(h) {
		c.event(EventRadiotapTruncated)
		return false
	}
	padded := radiotapFlags(h[:n])&0x20 != 0
	c.off += n
	return d.wlanFrame(c, padded)
}

// radiotapFlags returns the flags field, 0 where there is none.
func radiotapFlags(h []byte) byte {
	present := binary.LittleEndian.Uint32(h[4:])
	at, word := 8, present
	for n := 0; word&(1<<31) != 0; n++ {
		if n == maxHeaders || at+4 > len(h) {
			return 0
		}
		word = binary.LittleEndian.Uint32(h[at:])
		at += 4
	}
	if present&1 != 0 {
		at = (at+7)&^7 + 8
	}
	if present&2 == 0 || at >= len(h) {
		return 0
	}
	return h[at]
}

// prism reads the Prism header or the AVS header, which both are in use under either link type.
func (d *Decoder) prism(c *cursor) bool {
	if !c.have(8) {
		c.event(EventRadiotapTruncated)
		return false
	}
	h := c.buf[c.off:c.end]
	n := 144
	if binary.BigEndian.Uint32(h)&^0xf == 0x80211000 {
		n = int(min(binary.BigEndian.Uint32(h[4:]), 1<<16))
	} else if v := anyEndian(h[4:]); v >= 8 && v <= 1<<12 {
		n = int(v)
	}
	if n < 8 || n > len(h) {
		c.event(EventRadiotapTruncated)
		return false
	}
	c.off += n
	return d.wlanFrame(c, false)
}

func (d *Decoder) wlan(c *cursor) bool { return d.wlanFrame(c, false) }

// wlanFrame reads an 802.11 header and goes on with the content of a data frame that is neither encrypted
// nor a fragment (IEEE 802.11, 9.2 and 9.3.2).
func (d *Decoder) wlanFrame(c *cursor, padded bool) bool {
	d.stats.WLAN++
	c.link, c.ether = linkNone, 0
	if !c.have(2) {
		c.event(EventWLANTruncated)
		return false
	}
	control, flags := c.buf[c.off], c.buf[c.off+1]
	if control&0x0c != 0x08 || control&0x40 != 0 || flags&0x40 != 0 {
		return false // not data, data without content, encrypted
	}
	n := 24
	if flags&3 == 3 {
		n += 6
	}
	aggregate := false
	if control&0x80 != 0 {
		if !c.have(n + 2) {
			c.event(EventWLANTruncated)
			return false
		}
		aggregate = c.buf[c.off+n]&0x80 != 0
		n += 2
		if flags&0x80 != 0 {
			n += 4
		}
	}
	if padded {
		n = (n + 3) &^ 3
	}
	if !c.have(n) {
		c.event(EventWLANTruncated)
		return false
	}
	if c.buf[c.off+22]&0x0f != 0 {
		return false // a fragment that is not the first
	}
	c.off += n
	if aggregate {
		return d.subframe(c)
	}
	return d.llc(c)
}

// subframe reads the first frame of an aggregate (A-MSDU).
func (d *Decoder) subframe(c *cursor) bool {
	if !c.have(14) {
		c.event(EventWLANTruncated)
		return false
	}
	n := int(c.u16(12))
	c.off += 14
	if n < c.wire-c.off {
		c.wire = c.off + n
		c.end = min(c.end, c.wire)
	}
	return d.llc(c)
}

package pcap

import (
	"errors"
	"io"
)

// A layout is how a record header looks. Several variants share a magic number, so the records decide.
type layout struct {
	name     string
	size     int
	modified bool // interface index, protocol and packet type follow the lengths
}

var (
	standardLayout = layout{size: recordHeader}
	modifiedLayout = layout{name: "modified (ss991029)", size: 24, modified: true}
)

// others are the layouts tried when the usual one of the magic number does not fit. Files of the standard magic with
// modified headers come from the patch ss990417, Nokia's with four bytes more from IPSO; ss990915 added the processor.
func (c *classic) others() []layout {
	switch {
	case c.magic == magicModified:
		return []layout{{name: "modified (ss990915)", size: 28, modified: true}}
	case c.magic == magicMicro && c.r.info.Variant == "":
		return []layout{{name: "modified (ss990417)", size: 24, modified: true}, {name: "nokia", size: 20}}
	}
	return nil
}

const (
	layoutRecords = 8       // looked at for each layout
	layoutBytes   = 1 << 20 // and at most this much input
)

// decide chooses the layout by the first records. The usual one only needs a plausible second record, since every other one
// would misplace it; another must fit at least two records in a row. With a single record nothing tells a variant
// from a file that was cut a few bytes behind it.
func (c *classic) decide() {
	c.decided = true
	others := c.others()
	if len(others) == 0 {
		c.named()
		return
	}
	best, most := c.layout, c.fits(c.layout, 2)
	if most < 2 {
		for _, l := range others {
			if n := c.fits(l, layoutRecords); n >= 2 && n > most {
				best, most = l, n
			}
		}
	}
	c.layout = best
	c.named()
}

func (c *classic) named() {
	if c.layout.name != "" {
		c.r.info.Variant = c.layout.name
	}
}

// fits counts the records from the unread position on that make sense in a layout, up to most. An input that
// ends exactly after two or more fits fully.
func (c *classic) fits(l layout, most int) int {
	s := c.r.s
	at := 0
	for n := range most {
		b := s.peek(at + l.size)
		if len(b) == at && errors.Is(s.err, io.EOF) && n > 1 {
			return most
		}
		if len(b) < at+l.size {
			return n
		}
		frac, captured, wire := c.u32(b[at+4:]), c.u32(b[at+8:]), c.u32(b[at+12:])
		if c.eitherFirst && captured > wire {
			captured, wire = wire, captured
		}
		if frac >= 1e6 || captured > c.limit || captured > wire || wire > packetLarge {
			return n
		}
		if at += l.size + int(captured); at > layoutBytes {
			return most
		}
	}
	return most
}

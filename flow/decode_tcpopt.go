package flow

import "encoding/binary"

// TCPOptions are the options of a TCP header that decide how a connection goes on.
type TCPOptions struct {
	MSS           uint16
	WindowScale   uint8 // as sent; more than 14 counts as 14 (RFC 7323, 2.3)
	HasMSS        bool
	HasScale      bool
	SACKPermitted bool
	HasTimestamp  bool
	TSVal, TSEcr  uint32 // RFC 7323, 3
	SACK          []byte // blocks of two sequence numbers of 4 bytes each (RFC 2018), shared; nil without
	// Fault is the first thing that is wrong, EventNone if nothing is.
	Fault Event
}

// TCPOptions reads the options without allocation. What is not wholly captured is left out.
func (p *Packet) TCPOptions() TCPOptions {
	var o TCPOptions
	seen := uint32(0)
	for it := p.TCPOptionIter(); it.Next(); {
		if it.Broken {
			o.fault(EventTCPOptLength)
			break
		}
		if it.Kind < 32 {
			if seen&(1<<it.Kind) != 0 {
				o.fault(EventTCPOptDuplicate)
				continue
			}
			seen |= 1 << it.Kind
		}
		o.set(it.Kind, it.Data)
	}
	return o
}

func (o *TCPOptions) fault(e Event) {
	if o.Fault == EventNone {
		o.Fault = e
	}
}

// set takes over one option of the right length.
func (o *TCPOptions) set(kind uint8, b []byte) {
	switch {
	case kind == 2 && len(b) == 2:
		o.MSS, o.HasMSS = binary.BigEndian.Uint16(b), true
	case kind == 3 && len(b) == 1:
		o.WindowScale, o.HasScale = b[0], true
	case kind == 4 && len(b) == 0:
		o.SACKPermitted = true
	case kind == 5 && len(b)%8 == 0 && len(b) <= 32: // one without blocks is useless, but harmless
		o.SACK = b
	case kind == 8 && len(b) == 8:
		o.TSVal, o.TSEcr, o.HasTimestamp = binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:]), true
	case kind == 2, kind == 3, kind == 4, kind == 5, kind == 8:
		o.fault(EventTCPOptLength)
	}
}

// TCPOptionIter walks the options of a TCP header in order (RFC 9293, 3.1); it is used by value.
type TCPOptionIter struct {
	Kind uint8  // of the option at hand; padding and the end are passed over
	Data []byte // its content, shared
	// Broken: the options end with a length that does not fit. Kind is that of the broken one then, Data empty.
	Broken bool

	rest []byte
}

// TCPOptionIter returns an iterator in front of the first option.
func (p *Packet) TCPOptionIter() TCPOptionIter {
	if p.Proto != ProtoTCP || p.PayOff < p.TransOff+20 || p.PayOff > p.End {
		return TCPOptionIter{}
	}
	return TCPOptionIter{rest: p.Buf[p.TransOff+20 : p.PayOff]}
}

// Next goes to the next option; false at the end.
func (it *TCPOptionIter) Next() bool {
	if it.Broken {
		return false
	}
	b := it.rest
	for len(b) > 0 && b[0] == 1 {
		b = b[1:]
	}
	if len(b) == 0 || b[0] == 0 {
		it.rest = nil
		return false
	}
	it.Kind = b[0]
	if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
		it.Broken, it.Data, it.rest = true, nil, nil
		return true
	}
	it.Data, it.rest = b[2:b[1]], b[b[1]:]
	return true
}

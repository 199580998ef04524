package flow

import "encoding/binary"

// Kinds of TCP options (IANA tcp-parameters).
const (
	optEnd       = 0
	optNop       = 1
	optScale     = 3
	optTimestamp = 8
	optFastOpen  = 34
)

// scanOption returns the value of a TCP option, nil if the header has none of that kind (RFC 9293, 3.1).
func scanOption(p *Packet, kind byte) []byte {
	if p.PayOff <= p.TransOff+20 || p.PayOff > p.End {
		return nil
	}
	o := p.Buf[p.TransOff+20 : p.PayOff]
	for len(o) > 0 {
		switch o[0] {
		case optEnd:
			return nil
		case optNop:
			o = o[1:]
			continue
		}
		if len(o) < 2 || o[1] < 2 || int(o[1]) > len(o) {
			return nil
		}
		if o[0] == kind {
			return o[2:o[1]]
		}
		o = o[o[1]:]
	}
	return nil
}

// windowScale returns the window scale option of a SYN, -1 if it has none (RFC 7323, 2.2).
func windowScale(p *Packet) int {
	if v := scanOption(p, optScale); len(v) == 1 {
		return int(min(v[0], 14))
	}
	return -1
}

// timestamp returns the TSval of the timestamps option (RFC 7323, 3.2).
func timestamp(p *Packet) (val uint32, ok bool) {
	if v := scanOption(p, optTimestamp); len(v) == 8 {
		return binary.BigEndian.Uint32(v), true
	}
	return 0, false
}

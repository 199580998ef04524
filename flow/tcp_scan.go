package flow

import "encoding/binary"

// Kinds of TCP options that sessions look at (IANA tcp-parameters).
const (
	optScale     = 3
	optTimestamp = 8
	optFastOpen  = 34
	optTrial     = 254 // RFC 6994: an identifier of two bytes follows
)

// scanOption returns the value of a TCP option, nil if the header has none of that kind.
func scanOption(p *Packet, kind byte) []byte {
	for it := p.TCPOptionIter(); it.Next(); {
		if it.Kind == kind && !it.Broken {
			return it.Data
		}
	}
	return nil
}

// fastOpen tells whether a SYN asks for data in it to be used at once (RFC 7413, 4.1.1; before it as experiment 0xf989).
func fastOpen(p *Packet) bool {
	if scanOption(p, optFastOpen) != nil {
		return true
	}
	v := scanOption(p, optTrial)
	return len(v) >= 2 && v[0] == 0xf9 && v[1] == 0x89
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

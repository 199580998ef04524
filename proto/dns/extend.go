package dns

import (
	"encoding/binary"
	"strconv"

	"github.com/wirelore/wirelore/proto"
)

// Address families of the client subnet option (RFC 7871, 6).
const (
	optionECS = 8
	familyV4  = 1
	familyV6  = 2
)

// edns walks the options of an OPT record (RFC 6891, 6.1.2).
func (p *parser) edns(s *proto.Session[Tx], b []byte) {
	for len(b) > 0 {
		if len(b) < 4 {
			s.Event(eventOption)
			return
		}
		code, n := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		b = b[4:]
		if n > len(b) {
			s.Event(eventOption)
			return
		}
		if code == optionECS {
			p.ecs(s, b[:n])
		}
		b = b[n:]
	}
}

// ecs checks a client subnet: family, prefix lengths, as many octets of the address as the prefix needs.
func (p *parser) ecs(s *proto.Session[Tx], b []byte) {
	if len(b) < 4 {
		s.Event(eventECSLength)
		return
	}
	bits, prefix, short := 32, eventECS4Prefix, eventECS4
	switch binary.BigEndian.Uint16(b) {
	case familyV4:
	case familyV6:
		bits, prefix, short = 128, eventECS6Prefix, eventECS6
	default:
		return
	}
	need, have := int(b[2]), 8*(len(b)-4)
	switch {
	case need > bits:
		s.EventAddl(prefix, strconv.Itoa(need)+" bits")
	case need > have:
		s.EventAddl(short, "need "+strconv.Itoa(need)+" bits, have "+strconv.Itoa(have)+" bits")
	}
}

// Keys of service parameters (RFC 9460, 14.3.2).
const (
	svcALPN  = 1
	svcPort  = 3
	svcHint4 = 4
	svcHint6 = 6
)

// svcb checks a service binding (RFC 9460, 2.2): priority, target, parameters. The first thing wrong is named.
func (m *Message) svcb(r *RR) (wrong proto.EventID, ok bool) {
	b := m.data(r)
	if len(b) < 3 {
		return eventSVCBLength, false
	}
	// The target is not compressed.
	at := skipName(b, 2, -1)
	if at < 0 || at > len(b) {
		return eventSVCBLength, false
	}
	for b = b[at:]; len(b) > 0; {
		if len(b) < 4 {
			return eventSVCBLength, false
		}
		key, n := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		b = b[4:]
		if n > len(b) {
			return eventSVCBLength, false
		}
		if id, ok := parameter(key, b[:n]); !ok {
			return id, false
		}
		b = b[n:]
	}
	return 0, true
}

func parameter(key uint16, v []byte) (wrong proto.EventID, ok bool) {
	switch key {
	case svcALPN:
		for len(v) > 0 {
			n := 1 + int(v[0])
			if n > len(v) {
				return eventSVCBALPN, false
			}
			v = v[n:]
		}
	case svcPort:
		return eventSVCBPort, len(v) == 2
	case svcHint4:
		return eventSVCBHint4, len(v) > 0 && len(v)%4 == 0
	case svcHint6:
		return eventSVCBHint6, len(v) > 0 && len(v)%16 == 0
	}
	return 0, true
}

package dns

import (
	"encoding/binary"
	"strings"
)

// builder makes messages for tests.
type builder struct{ b []byte }

func message(id, flags uint16, counts ...uint16) *builder {
	m := &builder{binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, id), flags)}
	for i := range 4 {
		n := uint16(0)
		if i < len(counts) {
			n = counts[i]
		}
		m.b = binary.BigEndian.AppendUint16(m.b, n)
	}
	return m
}

func wire(name string) []byte {
	var b []byte
	for l := range strings.SplitSeq(name, ".") {
		if l != "" {
			b = append(append(b, byte(len(l))), l...)
		}
	}
	return append(b, 0)
}

func (m *builder) question(name string, typ uint16) *builder {
	m.b = append(m.b, wire(name)...)
	m.b = binary.BigEndian.AppendUint16(m.b, typ)
	m.b = binary.BigEndian.AppendUint16(m.b, 1)
	return m
}

// rr appends a record; name nil stands for a pointer to the first question.
func (m *builder) rr(name []byte, typ, class uint16, ttl uint32, data string) *builder {
	if name == nil {
		name = []byte{0xc0, headerLen}
	}
	m.b = append(m.b, name...)
	m.b = binary.BigEndian.AppendUint16(m.b, typ)
	m.b = binary.BigEndian.AppendUint16(m.b, class)
	m.b = binary.BigEndian.AppendUint32(m.b, ttl)
	m.b = binary.BigEndian.AppendUint16(m.b, uint16(len(data)))
	m.b = append(m.b, data...)
	return m
}

func query(id uint16, name string, typ uint16) []byte {
	return message(id, 0x0100, 1).question(name, typ).b
}

func answer(id uint16, name string, typ uint16) []byte {
	return message(id, 0x8180, 1, 2).question(name, typ).
		rr(nil, typeCNAME, 1, 60, "\x04edge"+"\xc0\x10").rr([]byte{0xc0, 0x2d}, typeA, 1, 30, "\xc0\x00\x02\x01").b
}

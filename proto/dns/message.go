package dns

import "encoding/binary"

// Header is a message's header (RFC 1035, 4.1.1).
type Header struct {
	ID, Flags          uint16
	QDCount, ANCount   uint16
	NSCount, ARCount   uint16
	Opcode, RCode      uint8
	QR, AA, TC, RD, RA bool
	Z                  uint8 // the three bits after RA
}

const headerLen = 12

func (h *Header) read(b []byte) {
	f := binary.BigEndian.Uint16(b[2:])
	*h = Header{
		ID: binary.BigEndian.Uint16(b), Flags: f,
		QDCount: binary.BigEndian.Uint16(b[4:]), ANCount: binary.BigEndian.Uint16(b[6:]),
		NSCount: binary.BigEndian.Uint16(b[8:]), ARCount: binary.BigEndian.Uint16(b[10:]),
		QR: f&0x8000 != 0, Opcode: uint8(f >> 11 & 15), AA: f&0x400 != 0, TC: f&0x200 != 0, RD: f&0x100 != 0,
		RA: f&0x80 != 0, Z: uint8(f >> 4 & 7), RCode: uint8(f & 15),
	}
}

// Question is one entry of the question section.
type Question struct {
	Name        []byte // as text, without the final dot
	Type, Class uint16
}

// Section tells where a resource record stands.
type Section uint8

// The sections.
const (
	Answer Section = iota
	Authority
	Additional
)

// RR is a resource record. Data lies in the message (Off to Off+len), as names in it may point anywhere.
type RR struct {
	Name        []byte // as text
	Type, Class uint16
	TTL         uint32
	Off, Len    uint32
	Section     Section
}

// Message is one message. Raw is the transaction's own copy of it.
type Message struct {
	Header
	Raw       []byte
	Questions []Question
	Records   []RR
	// Broken: the message ended before its counts were satisfied, or a name in it was bad.
	Broken bool
	names  []byte
}

// maxRecords bounds the records read of one message: 65,535 octets hold no more that are of use.
const maxRecords = 4096

// parse reads raw, which the message keeps, as far as it goes.
func (m *Message) parse(raw []byte) (faults fault) {
	m.Raw, m.Broken = raw, false
	m.Questions, m.Records, m.names = m.Questions[:0], m.Records[:0], m.names[:0]
	if len(raw) < headerLen {
		m.Broken = true
		return 0
	}
	m.Header.read(raw)
	off := headerLen
	for range min(int(m.QDCount), maxRecords) {
		name, n, f := m.name(off)
		faults |= f
		if n < 0 || n+4 > len(raw) {
			m.Broken = true
			return faults
		}
		m.Questions = append(m.Questions, Question{name, binary.BigEndian.Uint16(raw[n:]), binary.BigEndian.Uint16(raw[n+2:])})
		off = n + 4
	}
	for s, count := range [3]uint16{m.ANCount, m.NSCount, m.ARCount} {
		for range count {
			if len(m.Records) == maxRecords {
				m.Broken = true
				return faults
			}
			name, n, f := m.name(off)
			faults |= f
			if n < 0 || n+10 > len(raw) {
				m.Broken = true
				return faults
			}
			r := RR{Name: name, Type: binary.BigEndian.Uint16(raw[n:]), Class: binary.BigEndian.Uint16(raw[n+2:]),
				TTL: binary.BigEndian.Uint32(raw[n+4:]), Len: uint32(binary.BigEndian.Uint16(raw[n+8:])), Section: Section(s)}
			r.Off = uint32(n + 10)
			off = n + 10 + int(r.Len)
			if off > len(raw) {
				m.Broken = true
				return faults
			}
			m.Records = append(m.Records, r)
		}
	}
	return faults
}

// data returns a record's data.
func (m *Message) data(r *RR) []byte { return m.Raw[r.Off : r.Off+r.Len] }

// fault gathers what is wrong with names.
type fault uint8

const (
	faultLong fault = 1 << iota
	faultLabels
	faultPointer
)

// name reads the name at off into the message's store of names; next is the offset behind it, negative when it runs out of
// the message. The text has no final dot; the root is empty.
func (m *Message) name(off int) (text []byte, next int, f fault) {
	start := len(m.names)
	m.names, next, f = appendName(m.names, m.Raw, off)
	return m.names[start:len(m.names):len(m.names)], next, f
}

const (
	maxName     = 1025 // text octets; names on the wire have 255, escapes none here
	maxPointers = 255
)

// appendName appends the name at off as text. Labels keep their bytes; loops and forward pointers end it.
func appendName(dst, msg []byte, off int) (out []byte, next int, f fault) {
	start, jumps, next := len(dst), 0, -1
	for {
		if off >= len(msg) {
			return dst, -1, f
		}
		c := int(msg[off])
		switch {
		case c == 0:
			if next < 0 {
				next = off + 1
			}
			return dst, next, f
		case c&0xc0 == 0xc0:
			if off+2 > len(msg) {
				return dst, -1, f
			}
			if next < 0 {
				next = off + 2
			}
			to := int(binary.BigEndian.Uint16(msg[off:]) & 0x3fff)
			if jumps++; jumps > maxPointers || to == off {
				return dst, next, f | faultLabels
			}
			if to >= len(msg) {
				return dst, next, f | faultPointer
			}
			off = to
		case c&0xc0 != 0:
			return dst, -1, f | faultPointer
		default:
			if off+1+c > len(msg) {
				return dst, -1, f
			}
			if len(dst)-start+c+1 > maxName {
				return dst, skipName(msg, off, next), f | faultLong
			}
			if len(dst) > start {
				dst = append(dst, '.')
			}
			dst = append(dst, msg[off+1:off+1+c]...)
			off += 1 + c
		}
	}
}

// skipName finds the end of a name that is not read further.
func skipName(msg []byte, off, next int) int {
	if next >= 0 {
		return next
	}
	for off < len(msg) {
		c := int(msg[off])
		switch {
		case c == 0:
			return off + 1
		case c&0xc0 == 0xc0:
			return min(off+2, len(msg))
		default:
			off += 1 + c
		}
	}
	return -1
}

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

// RR is a resource record. Data lies in the message (Off to Off+Len), as names in it may point anywhere.
type RR struct {
	Name []byte // as text
	// Target is the name in the data of NS, CNAME, PTR, MX and SRV records, and the first one of SOA, as text; nil for others.
	Target      []byte
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
	// Broken: the message ended before its counts were satisfied, or a name in it was bad. Partial: the same, but in the
	// additional section, which most readers ignore.
	Broken, Partial bool
	names           []byte
}

// maxRecords bounds the records read of one message: 65,535 octets hold no more that are of use.
const maxRecords = 4096

// parse reads raw, which the message keeps, as far as it goes.
func (m *Message) parse(raw []byte) (faults fault) {
	m.Raw, m.Broken, m.Partial = raw, false, false
	m.Questions, m.Records, m.names = m.Questions[:0], m.Records[:0], m.names[:0]
	if len(raw) < headerLen {
		m.Broken = true
		return 0
	}
	m.Header.read(raw)
	off := headerLen
	for range min(int(m.QDCount), maxRecords) {
		name, n, f := m.name(off, len(raw))
		faults |= f
		if n < 0 || n+4 > len(raw) {
			m.Broken = true
			if n >= 0 {
				faults |= faultShortQuestion
			}
			return faults
		}
		m.Questions = append(m.Questions, Question{name, binary.BigEndian.Uint16(raw[n:]), binary.BigEndian.Uint16(raw[n+2:])})
		off = n + 4
	}
	for s, count := range [3]uint16{m.ANCount, m.NSCount, m.ARCount} {
		for range count {
			next, f := m.record(off, Section(s))
			faults |= f
			if next < 0 {
				m.Broken, m.Partial = Section(s) != Additional, Section(s) == Additional
				return faults
			}
			off = next
		}
	}
	return faults
}

// record reads the record at off; next is negative when it cannot be read.
func (m *Message) record(off int, s Section) (next int, f fault) {
	raw := m.Raw
	if len(m.Records) == maxRecords {
		return -1, 0
	}
	name, n, f := m.name(off, len(raw))
	if n < 0 {
		return -1, f
	}
	if n+10 > len(raw) {
		return -1, f | faultShortAnswer
	}
	r := RR{Name: name, Type: binary.BigEndian.Uint16(raw[n:]), Class: binary.BigEndian.Uint16(raw[n+2:]),
		TTL: binary.BigEndian.Uint32(raw[n+4:]), Len: uint32(binary.BigEndian.Uint16(raw[n+8:])), Section: s}
	r.Off = uint32(n + 10)
	next = n + 10 + int(r.Len)
	if next > len(raw) {
		return -1, f | faultRDLength
	}
	if s != Additional {
		f |= m.target(&r, next)
	}
	m.Records = append(m.Records, r)
	return next, f
}

// target reads the name in a record's data, which ends at end, and tells whether the data has what its type needs.
func (m *Message) target(r *RR, end int) (f fault) {
	at := targetAt(r.Type)
	switch {
	case r.Len == 0, at > int(r.Len), r.Type == typeSSHFP && r.Len < 2:
		return faultTarget
	case at < 0:
		return 0
	case at == int(r.Len):
		r.Target = []byte{}
		return 0
	}
	var next int
	r.Target, next, f = m.name(int(r.Off)+at, end)
	if next > 0 && r.Type == typeSOA {
		_, next, _ = m.name(next, end-20)
	}
	if next < 0 {
		f |= faultTarget
	}
	return f
}

// targetAt is where in a record's data a name begins, negative for types without one.
func targetAt(typ uint16) int {
	switch typ {
	case typeNS, typeCNAME, typePTR, typeSOA:
		return 0
	case typeMX:
		return 2
	case typeSRV:
		return 6
	}
	return -1
}

// data returns a record's data.
func (m *Message) data(r *RR) []byte { return m.Raw[r.Off : r.Off+r.Len] }

// fault gathers what is wrong with a message.
type fault uint16

const (
	faultLong          fault = 1 << iota // a name is longer than maxName
	faultLabels                          // more than maxLabels labels and pointers in a name
	faultLoop                            // a pointer to itself
	faultForward                         // a pointer to itself or to what comes later
	faultLabel                           // a label of a kind that does not exist
	faultPastEnd                         // a label runs out of the message
	faultLong255                         // a name is longer than RFC 1035 allows
	faultTarget                          // the name in a record's data cannot be read
	faultShortQuestion                   // the message ends within a question
	faultShortAnswer                     // the message ends within a record's head
	faultRDLength                        // a record's data is longer than what is left
)

// name reads the name at off into the message's store of names; it must begin before end. next is the offset behind it,
// negative when it runs out of the message. The text has no final dot; the root is empty.
func (m *Message) name(off, end int) (text []byte, next int, f fault) {
	start := len(m.names)
	m.names, next, f = appendName(m.names, m.Raw, off)
	if next > end {
		next = -1
	}
	return m.names[start:len(m.names):len(m.names)], next, f
}

const (
	maxName   = 1025 // text octets; names on the wire have 255, escapes none here
	maxLabels = 255
)

// appendName appends the name at off as text. Labels keep their bytes; loops end it.
func appendName(dst, msg []byte, off int) (out []byte, next int, f fault) {
	start, next := len(dst), -1
	for steps := 0; off < len(msg); steps++ {
		c := int(msg[off])
		switch {
		case steps > maxLabels:
			return dst, next, f | faultLabels // next tells whether it was in circles by pointers
		case c == 0:
			if next < 0 {
				next = off + 1
			}
			return dst, next, f
		case c&0xc0 == 0xc0:
			if off+2 > len(msg) {
				return dst, -1, f
			}
			to := int(binary.BigEndian.Uint16(msg[off:]) & 0x3fff)
			if to == off {
				return dst, next, f | faultLoop | faultForward
			}
			if next < 0 {
				next = off + 2
			}
			if to > off {
				f |= faultForward
			}
			if to > len(msg) {
				return dst, -1, f
			}
			off = to
		case c&0xc0 != 0:
			return dst, -1, f | faultLabel
		default:
			if off+1+c > len(msg) {
				return dst, -1, f | faultPastEnd
			}
			if f&faultLong == 0 {
				if len(dst) > start {
					dst = append(dst, '.')
				}
				dst = append(dst, msg[off+1:off+1+c]...)
				if n := len(dst) - start; n >= 255 {
					f |= faultLong255
					if n > maxName {
						dst = dst[:start+maxName]
						f |= faultLong
					}
				}
			}
			off += 1 + c
		}
	}
	return dst, -1, f
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

package tlswire

import "encoding/binary"

// Record is the header of one record with its payload.
type Record struct {
	// Payload is what the record carries, borrowed from the input; shorter than Length when the input ends early.
	Payload []byte
	// Seq is the 48-bit sequence number (DTLS; its visible low bits in the unified header of DTLS 1.3).
	Seq uint64
	// Length is the payload's length as stated.
	Length int
	// Header is the header's length.
	Header int
	// Version is the record's version, 0 with the unified header, which has none.
	Version uint16
	// Epoch counts key changes (DTLS; its low two bits in the unified header).
	Epoch uint16
	// Type is the content type; of the unified header, whose true type is encrypted, ApplicationData.
	Type byte
	// Unified marks the header of encrypted DTLS 1.3 records (RFC 9147 section 4).
	Unified bool
}

// Complete tells whether the whole payload was in the input.
func (r *Record) Complete() bool { return len(r.Payload) == r.Length }

// ParseRecord reads a TLS or SSLv3 record from the front of b (RFC 8446 section 5.1). With fewer than 5 bytes it
// returns false. It does not judge type, version and length: see [Record.PlausibleTLS].
func ParseRecord(b []byte) (r Record, ok bool) {
	if len(b) < 5 {
		return r, false
	}
	r = Record{
		Type: b[0], Version: binary.BigEndian.Uint16(b[1:]), Length: int(binary.BigEndian.Uint16(b[3:])), Header: 5,
	}
	end := min(5+r.Length, len(b))
	r.Payload = b[5:end:end]
	return r, true
}

// PlausibleTLS tells whether type, version and length may stand in a TLS record header.
func (r *Record) PlausibleTLS() bool {
	return r.Type >= ChangeCipherSpec && r.Type <= Heartbeat && r.Version>>8 == 3 && r.Length <= MaxRecord
}

// PlausibleDTLS tells whether type, version and length may stand in a DTLS record header.
func (r *Record) PlausibleDTLS() bool {
	if r.Unified {
		return true
	}
	return r.Type >= ChangeCipherSpec && r.Type <= ACK && IsDTLS(r.Version) && r.Length <= MaxRecord
}

// ParseDTLSRecord reads the record at the front of a datagram and returns how many bytes it takes. cid is the length
// of the connection ids that the receiver chose (RFC 9146), 0 without. It returns [ErrTruncated] where the header is
// cut; a cut payload shows in [Record.Complete].
func ParseDTLSRecord(b []byte, cid int) (r Record, n int, err error) {
	if len(b) == 0 {
		return r, 0, ErrTruncated
	}
	if b[0]>>5 == 1 {
		return parseUnified(b, cid)
	}
	r.Header = 13
	if b[0] == ConnectionID {
		r.Header += cid
	}
	if len(b) < r.Header {
		return r, 0, ErrTruncated
	}
	r.Type, r.Version = b[0], binary.BigEndian.Uint16(b[1:])
	r.Epoch = binary.BigEndian.Uint16(b[3:])
	r.Seq = binary.BigEndian.Uint64(b[3:]) & (1<<48 - 1)
	r.Length = int(binary.BigEndian.Uint16(b[r.Header-2:]))
	end := min(r.Header+r.Length, len(b))
	r.Payload = b[r.Header:end:end]
	return r, end, nil
}

// parseUnified reads the variable header of RFC 9147 section 4: 001CSLEE.
func parseUnified(b []byte, cid int) (r Record, n int, err error) {
	c := cursor{b: b}
	first := c.u8()
	r.Unified, r.Type, r.Epoch = true, ApplicationData, uint16(first&3)
	if first&0x10 != 0 {
		c.take(cid)
	}
	if first&8 != 0 {
		r.Seq = uint64(c.u16())
	} else {
		r.Seq = uint64(c.u8())
	}
	stated := first&4 != 0
	if stated {
		r.Length = c.u16()
	} else {
		r.Length = len(c.b)
	}
	if c.short {
		return r, 0, ErrTruncated
	}
	r.Header = len(b) - len(c.b)
	r.Payload = c.upTo(r.Length)
	return r, r.Header + len(r.Payload), nil
}

// AlertMessage reads the two bytes of an alert. ok is false for anything else, as an encrypted alert.
func AlertMessage(payload []byte) (level, description byte, ok bool) {
	if len(payload) != 2 || payload[0] < 1 || payload[0] > 2 {
		return 0, 0, false
	}
	return payload[0], payload[1], true
}

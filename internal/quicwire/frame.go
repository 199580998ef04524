package quicwire

// Kind is a frame's kind, as far as an Initial packet may hold it (RFC 9000 section 12.4).
type Kind uint8

// The kinds.
const (
	Padding Kind = iota
	Ping
	Ack
	Crypto
	CloseFrame
	Other // and all that follows is not read
)

// Frame is one frame of an Initial packet.
type Frame struct {
	// Data is what a crypto frame carries, or the reason of a close.
	Data []byte
	// Offset is where Data stands in the handshake, Code the error of a close.
	Offset, Code uint64
	Kind         Kind
}

// Frames is the content of an Initial packet, read in place.
type Frames []byte

// Next cuts the next frame off, a run of padding being one. false means the end, or that the rest is broken.
func (f *Frames) Next() (x Frame, ok bool) {
	b := *f
	if len(b) == 0 {
		return x, false
	}
	kind, rest := b[0], b[1:]
	switch kind {
	case 0:
		for len(rest) > 0 && rest[0] == 0 {
			rest = rest[1:]
		}
	case 1:
		x.Kind = Ping
	case 2, 3:
		x.Kind = Ack
		rest, ok = skipAck(rest, kind == 3)
		if !ok {
			*f = nil
			return x, false
		}
	case 6, googleCrypto:
		x.Kind = Crypto
		x.Offset, rest, ok = varint(rest)
		if ok {
			x.Data, rest, ok = vector(rest)
		}
		if !ok {
			*f = nil
			return x, false
		}
	case 0x1c:
		x.Kind = CloseFrame
		x.Code, rest, ok = varint(rest)
		if ok {
			_, rest, ok = varint(rest)
		}
		if ok {
			x.Data, rest, ok = vector(rest)
		}
		if !ok {
			*f = nil
			return x, false
		}
	default:
		x.Kind, rest = Other, nil
		if kind&0xe0 == googleAck {
			x.Kind = Ack
			rest, ok = skipGoogleAck(kind, b[1:])
			if !ok {
				*f = nil
				return x, false
			}
		}
	}
	*f = rest
	return x, true
}

// Frames of Google's Q050 and T05x, whose numbers an Initial packet of other versions cannot hold.
const (
	googleCrypto = 0x08
	googleAck    = 0x40 // 010nLLMM
)

// skipGoogleAck passes over an ACK frame of Google's layout: the largest number, a delay, blocks and timestamps.
func skipGoogleAck(kind byte, b []byte) ([]byte, bool) {
	sizes := [4]int{1, 2, 4, 6}
	block := sizes[kind&3]
	n := sizes[kind>>2&3] + 2
	blocks := 0
	if kind&0x10 != 0 {
		if len(b) <= n {
			return nil, false
		}
		blocks = int(b[n])
		n++
	}
	n += block + blocks*(1+block)
	if len(b) <= n {
		return nil, false
	}
	if times := int(b[n]); times > 0 {
		n += 5 + 3*(times-1)
	}
	if n++; len(b) < n {
		return nil, false
	}
	return b[n:], true
}

func vector(b []byte) (v, rest []byte, ok bool) {
	n, rest, ok := varint(b)
	if !ok || n > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:n:n], rest[n:], true
}

// skipAck passes over an ACK frame (RFC 9000 section 19.3). Each range takes two bytes, which bounds the work.
func skipAck(b []byte, ecn bool) ([]byte, bool) {
	var v [4]uint64
	var ok bool
	for i := range v { // largest, delay, count of ranges, first range
		if v[i], b, ok = varint(b); !ok {
			return nil, false
		}
	}
	more := 2 * v[2]
	if v[2] > uint64(len(b)) {
		return nil, false
	}
	if ecn {
		more += 3
	}
	for range more {
		if _, b, ok = varint(b); !ok {
			return nil, false
		}
	}
	return b, true
}

package quicwire

// Limits of what a [Stream] holds.
const (
	// MaxStream is how far a handshake's bytes may reach; a client hello with post-quantum keys has some 2 KiB.
	MaxStream = 64 << 10
	maxPieces = 64
)

// Stream puts the pieces of a handshake in order, which come in any order, repeated and overlapping. The zero value is
// ready to use.
type Stream struct {
	buf    []byte
	pieces []piece // beyond next, in order and apart
	next   int
	// Cut counts pieces that a limit kept out.
	Cut int
}

type piece struct{ from, to int }

// Reset forgets everything and keeps the memory, unless it is much.
func (s *Stream) Reset() {
	if cap(s.buf) > 8<<10 {
		s.buf = nil
	}
	*s = Stream{buf: s.buf[:0], pieces: s.pieces[:0]}
}

// Add takes a piece in and returns the bytes that are in order now and were not before, borrowed until the next call.
func (s *Stream) Add(offset uint64, data []byte) []byte {
	if offset > MaxStream || offset+uint64(len(data)) > MaxStream {
		s.Cut++
		return nil
	}
	from, to := int(offset), int(offset)+len(data)
	if to <= s.next {
		return nil
	}
	if to > len(s.buf) {
		s.buf = append(s.buf, make([]byte, to-len(s.buf))...)
	}
	// What was handed out stays as it was: the first copy counts.
	if from < s.next {
		data, from = data[s.next-from:], s.next
	}
	copy(s.buf[from:], data)
	if from > s.next {
		s.insert(from, to)
		return nil
	}
	start := s.next
	s.next = to
	for len(s.pieces) > 0 && s.pieces[0].from <= s.next {
		s.next = max(s.next, s.pieces[0].to)
		s.pieces = append(s.pieces[:0], s.pieces[1:]...)
	}
	return s.buf[start:s.next]
}

// Waiting tells whether pieces are held behind a hole.
func (s *Stream) Waiting() bool { return len(s.pieces) > 0 }

// Next returns how many bytes came in order.
func (s *Stream) Next() int { return s.next }

func (s *Stream) insert(from, to int) {
	i := 0
	for i < len(s.pieces) && s.pieces[i].to < from {
		i++
	}
	j := i
	for j < len(s.pieces) && s.pieces[j].from <= to {
		from, to = min(from, s.pieces[j].from), max(to, s.pieces[j].to)
		j++
	}
	if i < j {
		s.pieces[i] = piece{from, to}
		s.pieces = append(s.pieces[:i+1], s.pieces[j:]...)
		return
	}
	if len(s.pieces) == maxPieces {
		s.Cut++
		return
	}
	s.pieces = append(s.pieces, piece{})
	copy(s.pieces[i+1:], s.pieces[i:])
	s.pieces[i] = piece{from, to}
}

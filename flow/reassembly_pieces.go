package flow

import (
	"slices"

	"github.com/wirelore/wirelore/pcap"
)

// piece is a run of bytes that waits for its turn.
type piece struct {
	at      uint64
	data    []byte     // shared, or owned when it was copied out
	snapped uint32     // bytes behind data that the capture does not hold
	slab    *pcap.Slab // held when data lies in it
	next    uint32
	class   int8 // size class of an owned buffer, -1 when data is shared
	urgent  bool // sent out of band
}

// piecePool keeps pieces and, for those that are copied out of the capture, buffers. A number names a piece; 0 is none.
type piecePool struct {
	chunks [][]piece
	free   uint32
	used   uint32
	refs   int // pieces that refer to a packet
	bufs   [len(bufClasses)][][]byte
}

const (
	pieceChunk = 256
	pieceCost  = 64
	// refCost is what a reference to a packet is charged: pieces of one flow mostly lie in few slabs.
	refCost = 1 << 10
)

// bufClasses are the sizes of buffers for bytes copied out of the capture.
var bufClasses = [...]int{128, 512, 2 << 10, 9 << 10, 64 << 10}

func (q *piecePool) at(i uint32) *piece {
	i--
	return &q.chunks[i/pieceChunk][i%pieceChunk]
}

func (q *piecePool) get() uint32 {
	if q.free != 0 {
		i := q.free
		q.free = q.at(i).next
		return i
	}
	if q.used == uint32(len(q.chunks))*pieceChunk {
		q.chunks = append(q.chunks, make([]piece, pieceChunk))
	}
	q.used++
	return q.used
}

// cost is what a piece counts as against Options.Memory.
func (pc *piece) cost() int64 {
	if pc.class >= 0 {
		return pieceCost + int64(bufClasses[pc.class])
	}
	return pieceCost + refCost + int64(len(pc.data))
}

// make makes a piece of b, which lies in slab (nil: in memory of its own). Past a share of the memory that slabs may be
// pinned for, or when b is another piece's buffer (lent), it copies b out.
func (q *piecePool) make(t *Table, at uint64, b []byte, snapped uint32, slab *pcap.Slab, lent bool) uint32 {
	i := q.get()
	pc := q.at(i)
	*pc = piece{at: at, data: b, snapped: snapped, class: -1}
	if q.refs >= t.maxRefs || lent {
		if c := classOf(len(b)); c >= 0 {
			buf := q.buffer(c)
			pc.data, pc.class = append(buf[:0], b...), int8(c)
		}
	}
	if pc.class < 0 {
		q.refs++
		if lent { // too long for a buffer of the stock
			pc.data = slices.Clone(b)
		} else {
			pc.slab = slab
			slab.Hold()
		}
	}
	t.stats.Held += pc.cost()
	t.stats.MaxHeld = max(t.stats.MaxHeld, t.stats.Held)
	return i
}

// classOf returns the smallest class of buffers for n bytes, -1 when there is none.
func classOf(n int) int {
	for c, size := range bufClasses {
		if n <= size {
			return c
		}
	}
	return -1
}

func (q *piecePool) buffer(c int) []byte {
	if l := len(q.bufs[c]); l > 0 {
		b := q.bufs[c][l-1]
		q.bufs[c] = q.bufs[c][:l-1]
		return b
	}
	return make([]byte, 0, bufClasses[c])
}

// release takes a piece back that is in no list.
func (q *piecePool) release(t *Table, i uint32) {
	pc := q.at(i)
	t.stats.Held -= pc.cost()
	if pc.class < 0 {
		q.refs--
		pc.slab.Release()
	} else {
		q.bufs[pc.class] = append(q.bufs[pc.class], pc.data[:0])
	}
	*pc = piece{next: q.free}
	q.free = i
}

// span is how many bytes a piece stands for.
func (pc *piece) span() uint32 { return uint32(len(pc.data)) + pc.snapped }

func (pc *piece) end() uint64 { return pc.at + uint64(pc.span()) }

// unlinkFirst takes the first piece out of a stream. Its bytes stay good until it is released.
func (q *piecePool) unlinkFirst(t *Table, s *stream) uint32 {
	i := s.head
	pc := q.at(i)
	s.head = pc.next
	if s.head == 0 {
		s.tail = 0
	}
	s.held -= pc.span()
	s.pieces--
	return i
}

// drop forgets all pieces of a stream.
func (q *piecePool) drop(t *Table, s *stream) {
	for s.head != 0 {
		q.release(t, q.unlinkFirst(t, s))
	}
}

// front takes n bytes off the front of a stream's first piece.
func (q *piecePool) front(t *Table, s *stream, n uint64) {
	pc := q.at(s.head)
	q.trimFront(t, pc, n)
	s.held -= uint32(n)
}

// trimFront shortens a piece that keeps its place in the list.
func (q *piecePool) trimFront(t *Table, pc *piece, n uint64) {
	t.stats.Held -= pc.cost()
	pc.at += n
	k := min(n, uint64(len(pc.data)))
	if pc.class >= 0 {
		// The buffer must begin where it was given out: only the bytes move.
		pc.data = pc.data[:copy(pc.data, pc.data[k:])]
	} else {
		pc.data = pc.data[k:]
	}
	pc.snapped -= uint32(n - k)
	t.stats.Held += pc.cost()
}

// trimBack keeps the first n bytes of a piece.
func (q *piecePool) trimBack(t *Table, pc *piece, n uint64) {
	t.stats.Held -= pc.cost()
	if k := uint64(len(pc.data)); n <= k {
		pc.data, pc.snapped = pc.data[:n], 0
	} else {
		pc.snapped = uint32(n - k)
	}
	t.stats.Held += pc.cost()
}

// end is the position behind the last piece.
func (q *piecePool) end(s *stream) uint64 {
	if s.tail == 0 {
		return s.next
	}
	return q.at(s.tail).end()
}

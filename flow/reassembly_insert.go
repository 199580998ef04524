package flow

import (
	"bytes"

	"github.com/wirelore/wirelore/pcap"
)

// insert puts bytes among those that wait. Where they overlap older ones, the profile's policy says which stay.
func (t *Table) insert(f *Flow, d Dir, p *Packet, at uint64, b []byte, n uint32) {
	s := &f.TCP.stream[d]
	if !t.room(f, d, p, n) {
		return
	}
	in := incoming{at: at, end: at + uint64(n), b: b, from: at}
	if s.tail == 0 || t.pieces.at(s.tail).end() <= at {
		far := at-t.pieces.end(s) > regionHole
		t.link(s, s.tail, in, in.end)
		if far {
			s.regions = max(s.regions, t.regions(s))
		}
		return
	}
	prev := uint32(0)
	for i := s.head; i != 0 && in.at < in.end; {
		pc := t.pieces.at(i)
		switch {
		case pc.end() <= in.at: // wholly before
			prev, i = i, pc.next
			continue
		case pc.at >= in.end: // wholly behind
			t.link(s, prev, in, in.end)
			return
		case pc.at > in.at: // what lies before the piece is new
			prev = t.link(s, prev, in, pc.at)
			in.skip(pc.at)
		}
		prev, i = t.overlap(f, d, p, prev, i, &in)
	}
	if in.at < in.end {
		t.link(s, prev, in, in.end)
	}
}

// incoming is what remains of a segment while it is put among the pieces.
type incoming struct {
	at, end uint64
	b       []byte // from at on, may end before end
	from    uint64 // where the segment began
}

// skip moves the beginning forward.
func (in *incoming) skip(to uint64) {
	n := to - in.at
	in.b = in.b[min(n, uint64(len(in.b))):]
	in.at = to
}

// overlap settles what the piece i and the segment both have; the segment begins within the piece, and prev is the piece
// before. It returns the places from which to go on.
func (t *Table) overlap(f *Flow, d Dir, p *Packet, prev, i uint32, in *incoming) (uint32, uint32) {
	s := &f.TCP.stream[d]
	pc := t.pieces.at(i)
	end := min(in.end, pc.end())
	t.compare(f, d, p, pc, in, end)
	next := pc.next
	if !t.o.Profile.overlapAt(p).newWins(in.from, in.end, pc.at, pc.end()) {
		// Bytes that the capture does not hold never win over bytes that it does.
		if held := pc.at + uint64(len(pc.data)); held < end && in.at >= held && len(in.b) > 0 {
			return t.replace(s, prev, i, in, end)
		}
		in.skip(end)
		return i, next
	}
	return t.replace(s, prev, i, in, end)
}

// replace gives the bytes up to end to the segment and keeps what is left of piece i on both sides.
func (t *Table) replace(s *stream, prev, i uint32, in *incoming, end uint64) (uint32, uint32) {
	pc := t.pieces.at(i)
	next := pc.next
	if pc.end() > end {
		// What lies behind becomes a piece of its own.
		k := end - pc.at
		data := pc.data[min(k, uint64(len(pc.data))):]
		j := t.pieces.make(t, end, data, uint32(pc.end()-end)-uint32(len(data)), pc.slab, pc.class >= 0)
		pc = t.pieces.at(i)
		t.pieces.at(j).next = next
		pc.next, next = j, j
		if s.tail == i {
			s.tail = j
		}
		s.pieces++
		t.pieces.trimBack(t, pc, k)
	}
	if pc.at < in.at {
		s.held -= uint32(pc.end() - in.at)
		t.pieces.trimBack(t, pc, in.at-pc.at)
		prev = i
	} else {
		s.held -= pc.span()
		s.pieces--
		if prev == 0 {
			s.head = next
		} else {
			t.pieces.at(prev).next = next
		}
		if s.tail == i {
			s.tail = prev
		}
		t.pieces.release(t, i)
	}
	prev = t.link(s, prev, *in, end)
	in.skip(end)
	return prev, next
}

// compare tells when bytes for one place differ.
func (t *Table) compare(f *Flow, d Dir, p *Packet, pc *piece, in *incoming, end uint64) {
	s := &f.TCP.stream[d]
	if s.noted&notedOverlap != 0 || !t.o.Profile.CheckOverlap {
		return
	}
	old := pc.data[min(in.at-pc.at, uint64(len(pc.data))):]
	n := min(end-in.at, uint64(len(old)), uint64(len(in.b)))
	if !bytes.Equal(old[:n], in.b[:n]) {
		s.noted |= notedOverlap
		t.event(f, d, p, EventOverlapDifferent)
	}
}

// link makes a piece of what the segment holds before end and puts it behind prev. It returns the piece.
func (t *Table) link(s *stream, prev uint32, in incoming, end uint64) uint32 {
	n := end - in.at
	b := in.b[:min(n, uint64(len(in.b)))]
	i := t.pieces.make(t, in.at, b, uint32(n)-uint32(len(b)), t.slab(), false)
	pc := t.pieces.at(i)
	pc.urgent = t.urgent
	if prev == 0 {
		pc.next, s.head = s.head, i
	} else {
		q := t.pieces.at(prev)
		pc.next, q.next = q.next, i
	}
	if pc.next == 0 {
		s.tail = i
	}
	s.held += uint32(n)
	s.pieces++
	return i
}

// regionHole is the greatest hole within a region, after Suricata.
const regionHole = 256 << 10

// regions counts the runs of bytes that wait, and the one that was handed on. It stops counting at a limit.
func (t *Table) regions(s *stream) uint16 {
	const most = 1024
	n, end := uint16(1), s.next
	for i := s.head; i != 0 && n < most; {
		pc := t.pieces.at(i)
		if pc.at > end+regionHole {
			n++
		}
		end, i = pc.end(), pc.next
	}
	return n
}

// room makes sure that another segment may wait; it gives up a hole, or the segment, when limits say no.
func (t *Table) room(f *Flow, d Dir, p *Packet, n uint32) bool {
	s := &f.TCP.stream[d]
	if s.pieces >= maxPieces {
		if s.noted&notedCount == 0 {
			s.noted |= notedCount
			t.event(f, d, p, EventSegmentCount)
		}
		t.upTo(f, d, t.pieces.end(s))
	}
	if t.stats.Held+int64(n)+pieceCost+refCost <= t.o.Memory {
		return true
	}
	if s.noted&notedMemory == 0 {
		s.noted |= notedMemory
		t.event(f, d, p, EventReassemblyMemory)
	}
	if s.head != 0 {
		t.cut(int64(s.held))
		t.upTo(f, d, t.pieces.end(s))
	}
	if t.stats.Held+int64(n)+pieceCost+refCost <= t.o.Memory {
		return true
	}
	t.cut(int64(n))
	return false
}

// slab is what the packet in hand lies in; nil for memory of its own.
func (t *Table) slab() *pcap.Slab {
	if t.cur == nil || t.cur.Is(Defragmented) {
		return nil
	}
	return t.cur.Frame.Slab
}

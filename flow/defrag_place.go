package flow

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"
)

// place enters chunk n. Where it overlaps, the policy decides which bytes stay; it tells whether there was an overlap,
// and whether the bytes differ.
func (g *datagram) place(n int, policy Policy) (overlap, differs bool) {
	c := &g.chunks[n]
	if k := len(g.pieces); k == 0 || g.pieces[k-1].end <= c.start {
		g.pieces = append(g.pieces, extent{c.start, c.end, n})
		g.covered += c.end - c.start
		return false, false
	}
	first := sort.Search(len(g.pieces), func(i int) bool { return g.pieces[i].end > c.start })
	var room [16]extent
	out := room[:0]
	at, last := c.start, first
	for ; last < len(g.pieces) && g.pieces[last].start < c.end; last++ {
		q := g.pieces[last]
		if at < q.start {
			out = append(out, extent{at, q.start, n})
			g.covered += q.start - at
		}
		lo, hi := max(q.start, c.start), min(q.end, c.end)
		overlap = true
		old := &g.chunks[q.chunk]
		differs = differs || !bytes.Equal(old.data[lo-old.start:hi-old.start], c.data[lo-c.start:hi-c.start])
		if newWins(policy, old, c) {
			out = appendExtent(out, extent{q.start, lo, q.chunk})
			out = appendExtent(out, extent{lo, hi, n})
			out = appendExtent(out, extent{hi, q.end, q.chunk})
		} else {
			out = append(out, q)
		}
		at = hi
	}
	if at < c.end {
		out = append(out, extent{at, c.end, n})
		g.covered += c.end - at
	}
	g.pieces = slices.Replace(g.pieces, first, last, out...)
	return overlap, differs
}

func appendExtent(out []extent, p extent) []extent {
	if p.start < p.end {
		return append(out, p)
	}
	return out
}

// newWins tells whether the newer of two overlapping fragments gives the bytes that both have (Novak, Target-Based
// Fragmentation Reassembly, 2005; the names are those of Suricata's host-os-policy).
func newWins(policy Policy, old, c *chunk) bool {
	switch policy {
	case PolicyLast:
		return true
	case PolicyBSD, PolicyHPUX10, PolicyIRIX:
		return old.start > c.start
	case PolicyBSDRight:
		return old.start <= c.start
	case PolicyLinux, PolicyOldLinux:
		return old.start >= c.start
	case PolicyWindows, PolicyWindows2003, PolicyVista:
		return old.start > c.start && old.end < c.end
	case PolicySolaris:
		return old.start > c.start && old.end <= c.end
	}
	return false
}

// complete tells whether no byte is missing.
func (g *datagram) complete() bool {
	if g.size < 0 || g.covered < g.size || !g.fromStart {
		return false
	}
	at := 0
	for i := range g.pieces {
		if g.pieces[i].start != at {
			return false
		}
		if at = g.pieces[i].end; at >= g.size {
			return true
		}
	}
	return false
}

// assemble returns the datagram with a header as if it had never been in fragments.
func (g *datagram) assemble() []byte {
	buf := make([]byte, 0, len(g.header)+g.size)
	buf = append(buf, g.header...)
	for _, q := range g.pieces {
		if q.start >= g.size {
			break
		}
		c := &g.chunks[q.chunk]
		buf = append(buf, c.data[q.start-c.start:min(q.end, g.size)-c.start]...)
	}
	if g.key.version == 4 {
		binary.BigEndian.PutUint16(buf[2:], uint16(len(buf)))
		buf[6], buf[7], buf[10], buf[11] = 0, 0, 0, 0
		s := ^uint16(fold(sum(buf[:len(g.header)], 0)))
		binary.LittleEndian.PutUint16(buf[10:], s)
		return buf
	}
	binary.BigEndian.PutUint16(buf[4:], uint16(len(buf)-40))
	g.linkNext(buf)
	return buf
}

// linkNext names the content's protocol in the header that named the fragment header.
func (g *datagram) linkNext(buf []byte) {
	field, at := 6, 40
	for at < len(g.header) && buf[field] != ProtoFragment {
		n := 8 + int(buf[at+1])*8
		if buf[field] == ProtoAH {
			n = 8 + int(buf[at+1])*4
		}
		field, at = at, at+n
	}
	buf[field] = g.next
}

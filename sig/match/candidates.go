package match

// A lookup is a candidate: an offset that passed the filter, with the entries to try there.
type lookup struct {
	window   uint64 // folded
	at       int
	low, end uint32 // entries
}

// lookup finds the entries for the gram at an offset of b.
func (g *grams) lookup(b []byte, at int) lookup {
	x := fold(window(b, at), g.fold64())
	h := uint32(x>>(8*windowBefore)) * gramHash >> (g.shift & 31)
	return lookup{x, at, g.start[h], g.start[h+1]}
}

// try tries the entries of the grams at some offsets from an offset on. It looks one candidate ahead, so that the processor fetches
// the next one's entries while this one's are tried.
func (f *finder) try(t *text, from int, candidates []uint16) {
	if len(candidates) == 0 {
		return
	}
	g := &f.s.grams
	m := memo{n: len(memo{}.entries) + 1}
	next := g.lookup(t.b, from+int(candidates[0]))
	for i := range candidates {
		l := next
		if i+1 < len(candidates) {
			next = g.lookup(t.b, from+int(candidates[i+1]))
		}
		if l.window == m.window && m.n <= len(m.entries) {
			for _, k := range m.entries[:m.n] {
				e := &g.entries[k]
				f.verify(t, e.rec, l.at-int(e.off))
			}
			continue
		}
		m.window, m.n = l.window, 0
		entries := g.entries[l.low:l.end]
		for i := range entries {
			if e := &entries[i]; l.window&e.mask() == e.key {
				f.verify(t, e.rec, l.at-int(e.off))
				if f.seen == nil || !f.seen.has(e.rec) {
					m.add(l.low + uint32(i))
				}
			}
		}
	}
}

// A memo remembers which entries fitted the last window and may matter again. It is for runs of one byte or two, whose entries can be
// many.
type memo struct {
	window  uint64
	n       int // more than there is room for: not all are known
	entries [28]uint32
}

func (m *memo) add(k uint32) {
	if m.n < len(m.entries) {
		m.entries[m.n] = k
	}
	m.n++
}

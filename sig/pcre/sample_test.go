package pcre

import "math/rand/v2"

// sampler makes subjects that an expression is likely to match, from its tree.
type sampler struct {
	r      *rand.Rand
	out    []byte
	groups map[int32][2]int
	nodes  map[int32]*node
	depth  int
}

// sample returns a subject for the expression, nil if it does not parse.
func sample(r *rand.Rand, expr string, o Options) []byte {
	p, err := parse(expr, o)
	if err != nil {
		return nil
	}
	s := &sampler{r: r, groups: map[int32][2]int{}, nodes: map[int32]*node{0: p.root}}
	s.survey(p.root)
	s.node(p.root)
	return s.out
}

func (s *sampler) survey(n *node) {
	if n.kind == nGroup {
		s.nodes[n.ref] = n
	}
	for _, sub := range n.subs {
		s.survey(sub)
	}
}

func (s *sampler) node(n *node) {
	if len(s.out) > 4000 {
		return
	}
	switch n.kind {
	case nByte:
		c := n.c
		if n.fold && s.r.IntN(4) == 0 {
			c ^= 0x20
		}
		s.out = append(s.out, c)
	case nSet:
		s.set(n.set)
	case nCat, nAtomic:
		for _, sub := range n.subs {
			s.node(sub)
		}
	case nAlt:
		s.node(n.subs[s.r.IntN(len(n.subs))])
	case nGroup:
		start := len(s.out)
		s.node(n.subs[0])
		s.groups[n.ref] = [2]int{start, len(s.out)}
	case nRepeat:
		most := n.min + int32(s.r.IntN(4))
		if n.max >= 0 {
			most = min(most, n.max)
		}
		for range most {
			s.node(n.subs[0])
		}
	case nBackref:
		g := s.groups[n.ref]
		s.out = append(s.out, s.out[g[0]:g[1]]...)
	case nLook:
		if !n.neg && !n.behind && s.r.IntN(3) == 0 {
			s.node(n.subs[0])
		}
	case nCond:
		s.node(n.subs[s.r.IntN(2)])
	case nCall:
		if s.depth++; s.depth < 20 {
			s.node(s.nodes[n.ref])
		}
	case nAssert:
		if op := opcode(n.c); (op == opLineStart || op == opLineEnd) && s.r.IntN(2) == 0 {
			s.out = append(s.out, '\n')
		}
	}
}

func (s *sampler) set(set *byteSet) {
	for range 8 {
		c := byte(' ' + s.r.IntN(95))
		if s.r.IntN(6) == 0 {
			c = byte(s.r.IntN(256))
		}
		if set.has(c) {
			s.out = append(s.out, c)
			return
		}
	}
	if n := set.count(); n > 0 {
		n = s.r.IntN(n)
		for c := range 256 {
			if set.has(byte(c)) {
				if n--; n < 0 {
					s.out = append(s.out, byte(c))
					return
				}
			}
		}
	}
}

// mutate changes a subject a little: what matched may still, or just not.
func mutate(r *rand.Rand, b []byte) []byte {
	b = append([]byte(nil), b...)
	for range 1 + r.IntN(3) {
		i := 0
		if len(b) > 0 {
			i = r.IntN(len(b))
		}
		switch k := r.IntN(8); {
		case k == 0:
			b = append([]byte("xy\n"), b...)
		case k == 1:
			b = append(b, "\n"[0])
		case k == 2:
			b = append(b, b...)
		case len(b) == 0:
		case k == 3:
			b = append(b[:i], b[i+1:]...)
		case k == 4:
			b[i] = byte(r.IntN(256))
		case k == 5:
			b[i] ^= 0x20
		case k == 6:
			b = b[:i]
		case k == 7:
			b = append(b[:i:i], append([]byte{b[i]}, b[i:]...)...)
		}
		if len(b) > 8000 {
			b = b[:8000]
		}
	}
	return b
}

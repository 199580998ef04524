package pcre

// simplify rewrites n to an equivalent that is cheaper to search for: sequences in sequences become one, and neighbouring branches of
// one byte become a set.
func simplify(n *node) *node {
	for i, s := range n.subs {
		n.subs[i] = simplify(s)
	}
	switch n.kind {
	case nCat:
		return flatten(n)
	case nAlt:
		return joinBranches(n)
	}
	return n
}

func flatten(n *node) *node {
	deep := false
	for _, s := range n.subs {
		deep = deep || s.kind == nCat || s.kind == nEmpty
	}
	if deep {
		var subs []*node
		for _, s := range n.subs {
			switch s.kind {
			case nCat:
				subs = append(subs, s.subs...)
			case nEmpty:
			default:
				subs = append(subs, s)
			}
		}
		n.subs = subs
	}
	if len(n.subs) == 1 {
		return n.subs[0]
	}
	return n
}

func joinBranches(n *node) *node {
	subs := n.subs[:0]
	for _, s := range n.subs {
		a, ok := s.single()
		if ok && len(subs) > 0 {
			if b, ok := subs[len(subs)-1].single(); ok {
				b.addSet(&a)
				subs[len(subs)-1] = &node{kind: nSet, pos: s.pos, set: &b}
				continue
			}
		}
		subs = append(subs, s)
	}
	n.subs = subs
	if len(subs) == 1 {
		return subs[0]
	}
	return n
}

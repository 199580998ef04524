package sig

import (
	"bytes"
	"slices"

	"github.com/wirelore/wirelore/flow"
)

// Variables: bits and integers of flows, bits of host pairs. What belongs to single hosts spans flows of several workers:
// rules that ask for it are decided late (see late.go).

// pairKey is an unordered pair of hosts with a bit's name.
type pairKey struct {
	a, b flow.Addr
	name uint32
}

// pairBits are the bits of host pairs with when they run out.
type pairBits struct{ until map[pairKey]int64 }

const maxPairBits = 1 << 18

func keyOfPair(p *flow.Packet, name uint32) pairKey {
	k := pairKey{p.Src, p.Dst, name}
	if bytes.Compare(k.a[:], k.b[:]) > 0 {
		k.a, k.b = k.b, k.a
	}
	return k
}

// bitsHold judges the conditions on variables, but for those that are decided late.
func (m *Matcher) bitsHold(s *signature, c *subject) bool {
	if s.late {
		return true
	}
	for i := range s.bits {
		if !m.bitHolds(&s.bits[i], c) {
			return false
		}
	}
	return true
}

func (m *Matcher) bitHolds(o *bitOp, c *subject) bool {
	switch o.kind {
	case flowBit:
		return c.f != nil && c.fs.bitHolds(o)
	case flowInt:
		return c.f != nil && c.fs.intHolds(o)
	case pairBit:
		until, ok := m.pairs.until[keyOfPair(c.p, o.names[0])]
		return (ok && until >= m.now(c)) == (o.do == bitIsSet)
	}
	return true
}

func (fs *flowState) bitHolds(o *bitOp) bool {
	for _, n := range o.names {
		if fs.hasBit(n) == (o.do == bitIsSet) {
			return true
		}
	}
	return false
}

func (fs *flowState) hasBit(name uint32) bool {
	if fs != nil {
		if slices.Contains(fs.bits, name) {
			return true
		}
	}
	return false
}

func (fs *flowState) integer(name uint32) *flowInteger {
	if fs != nil {
		for i := range fs.ints {
			if fs.ints[i].name == name {
				return &fs.ints[i]
			}
		}
	}
	return nil
}

func (fs *flowState) intHolds(o *bitOp) bool {
	v := fs.integer(o.names[0])
	switch o.do {
	case bitIsSet:
		return v != nil
	case bitIsNotSet:
		return v == nil
	}
	want := o.value
	if o.byName {
		w := fs.integer(o.other)
		if w == nil {
			return false
		}
		want = w.value
	}
	if v == nil {
		return false
	}
	switch o.cmp {
	case '<':
		return v.value < want
	case '>':
		return v.value > want
	case '=':
		return v.value == want
	case '!':
		return v.value != want
	case 'l':
		return v.value <= want
	default:
		return v.value >= want
	}
}

// setBits does what a rule that matched does to variables.
func (m *Matcher) setBits(s *signature, c *subject) {
	for i := range s.sets {
		o := &s.sets[i]
		switch o.kind {
		case flowBit:
			if c.f != nil {
				m.state(c).setBit(o, &m.counts)
			}
		case flowInt:
			if c.f != nil {
				m.state(c).setInt(o, &m.counts)
			}
		case pairBit:
			m.setPair(o, c)
		}
	}
}

func (fs *flowState) setBit(o *bitOp, n *Counts) {
	name := o.names[0]
	for i, b := range fs.bits {
		if b == name {
			if o.do != bitSet {
				fs.bits = append(fs.bits[:i], fs.bits[i+1:]...)
			}
			return
		}
	}
	if o.do == bitUnset {
		return
	}
	if len(fs.bits) >= maxBits {
		n.BitLimit++
		return
	}
	fs.bits = append(fs.bits, name)
}

func (fs *flowState) setInt(o *bitOp, n *Counts) {
	v := fs.integer(o.names[0])
	by := o.value
	if o.byName {
		w := fs.integer(o.other)
		if w == nil {
			return
		}
		by = w.value
	}
	if v == nil {
		if o.do == intSub {
			return
		}
		if len(fs.ints) >= maxBits {
			n.BitLimit++
			return
		}
		fs.ints = append(fs.ints, flowInteger{o.names[0], by})
		return
	}
	switch o.do {
	case intSet:
		v.value = by
	case intAdd:
		v.value += by
	case intSub:
		v.value -= min(by, v.value)
	}
}

func (m *Matcher) setPair(o *bitOp, c *subject) {
	k := keyOfPair(c.p, o.names[0])
	now := m.now(c)
	until, ok := m.pairs.until[k]
	if on := ok && until >= now; o.do == bitUnset || o.do == bitToggle && on {
		delete(m.pairs.until, k)
		return
	}
	if m.pairs.until == nil {
		m.pairs.until = map[pairKey]int64{}
	}
	if !ok && len(m.pairs.until) >= maxPairBits {
		for x, t := range m.pairs.until {
			if t < now {
				delete(m.pairs.until, x)
			}
		}
		if len(m.pairs.until) >= maxPairBits {
			m.counts.BitLimit++
			return
		}
	}
	m.pairs.until[k] = now + o.expire
}

func (m *Matcher) now(c *subject) int64 {
	if c.f != nil {
		return c.f.Now()
	}
	return c.p.Frame.Nanos
}

// closeLate finds the rules that are decided late: those that ask for what belongs to single hosts or to a set that rules
// change, and those that ask for what such rules set.
func closeLate(sigs []*signature) {
	late := map[uint32]bool{}
	for _, s := range sigs {
		for i := range s.bits {
			if k := s.bits[i].kind; k == hostBit || k == dataBit {
				s.late = true
			}
		}
		for i := range s.sets {
			if k := s.sets[i].kind; k == dataBit {
				s.late = true
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, s := range sigs {
			if !s.late {
				for i := range s.bits {
					for _, n := range s.bits[i].names {
						s.late = s.late || late[n]
					}
				}
				changed = changed || s.late
			}
			if s.late {
				for i := range s.sets {
					for _, n := range s.sets[i].names {
						if !late[n] {
							late[n], changed = true, true
						}
					}
				}
			}
		}
	}
	for _, s := range sigs {
		for i := range s.sets {
			o := &s.sets[i]
			if o.kind == hostBit {
				s.noteLate = true
			}
			for _, n := range o.names {
				s.noteLate = s.noteLate || late[n]
			}
		}
	}
}

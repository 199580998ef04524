package flow

import "math/bits"

// index is an open-addressing hash table from flow keys to flows. A slot holds 32 bits of the key's hash beside the flow's
// number, so that a look-up touches one flow: the one that it finds.
type index struct {
	slots []indexSlot
	mask  uint32
	n     int
}

type indexSlot struct{ tag, ref uint32 } // ref is the flow's number plus 1, 0 for an empty slot

const firstIndex = 1 << 10

func newIndex() index {
	return index{slots: make([]indexSlot, firstIndex), mask: firstIndex - 1}
}

// add enters a flow, whose key must not be there.
func (x *index) add(tag, flow uint32) {
	if x.n >= len(x.slots)/8*5 {
		x.grow()
	}
	x.put(indexSlot{tag, flow + 1})
	x.n++
}

func (x *index) put(s indexSlot) {
	i := s.tag & x.mask
	for x.slots[i].ref != 0 {
		i = (i + 1) & x.mask
	}
	x.slots[i] = s
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]indexSlot, 2*len(old))
	x.mask = uint32(len(x.slots) - 1)
	for _, s := range old {
		if s.ref != 0 {
			x.put(s)
		}
	}
}

// remove takes a flow out. The slots behind it move up, so that no marks of removed ones slow down later look-ups.
func (x *index) remove(tag, flow uint32) {
	i := tag & x.mask
	for x.slots[i].ref != flow+1 {
		if x.slots[i].ref == 0 {
			return
		}
		i = (i + 1) & x.mask
	}
	x.n--
	for j := i; ; {
		j = (j + 1) & x.mask
		s := x.slots[j]
		if s.ref == 0 {
			break
		}
		// s may move to i unless its home lies behind i on the way to j.
		if (j-s.tag)&x.mask >= (j-i)&x.mask {
			x.slots[i] = s
			i = j
		}
	}
	x.slots[i] = indexSlot{}
}

// mix folds the parts of a key into the 32 bits that the index uses. seed is the table's own and random, so that nobody
// can prepare a capture whose keys collide.
func mix(seed, hosts, rest uint64) uint32 {
	hi, lo := bits.Mul64(hosts^seed, rest^0x9e3779b97f4a7c15)
	h := hi ^ lo
	hi, lo = bits.Mul64(h^0xd6e8feb86659fd93, seed|1)
	return uint32(hi ^ lo)
}

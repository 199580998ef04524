package sig

import (
	"bytes"
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/sig/rule"
)

// ipIndex finds rules that test nothing but addresses, by whichever side of them is the smaller.
type ipIndex struct {
	src, dst ranges
}

// ranges finds what ranges of addresses hold one.
type ranges struct {
	list []addrRange
	max  [][16]byte // the greatest end up to each
}

type addrRange struct {
	lo, hi [16]byte
	num    uint32
}

// size estimates how many addresses a set has, as the number of its ranges and their widths.
func size(s *rule.AddressSet) float64 {
	if s.Any() {
		return 1e300
	}
	n := 0.0
	for lo, hi := range s.Ranges() {
		w := 1.0
		for i := range lo {
			w += (float64(hi[i]) - float64(lo[i])) * pow256[15-i]
		}
		n += w
	}
	return n
}

var pow256 = func() (t [16]float64) {
	t[0] = 1
	for i := 1; i < 16; i++ {
		t[i] = t[i-1] * 256
	}
	return t
}()

func (x *ipIndex) add(s *signature) {
	h := &s.header
	add := func(to *ranges, set *rule.AddressSet) {
		if set.Any() {
			var hi [16]byte
			for i := range hi {
				hi[i] = 0xff
			}
			to.list = append(to.list, addrRange{hi: hi, num: s.num})
			return
		}
		for lo, hi := range set.Ranges() {
			to.list = append(to.list, addrRange{lo, hi, s.num})
		}
	}
	if h.both {
		// Either side may be the source: both are looked up.
		add(&x.src, h.src)
		add(&x.dst, h.src)
		return
	}
	if size(h.src) <= size(h.dst) {
		add(&x.src, h.src)
	} else {
		add(&x.dst, h.dst)
	}
}

func (x *ipIndex) build() {
	x.src.build()
	x.dst.build()
}

func (r *ranges) build() {
	slices.SortFunc(r.list, func(a, b addrRange) int { return bytes.Compare(a.lo[:], b.lo[:]) })
	r.max = make([][16]byte, len(r.list))
	for i := range r.list {
		r.max[i] = r.list[i].hi
		if i > 0 && bytes.Compare(r.max[i-1][:], r.max[i][:]) > 0 {
			r.max[i] = r.max[i-1]
		}
	}
}

// find appends the rules whose ranges hold a.
func (r *ranges) find(a *flow.Addr, nums []uint32) []uint32 {
	lo, hi := 0, len(r.list)
	for lo < hi {
		m := (lo + hi) / 2
		if bytes.Compare(r.list[m].lo[:], a[:]) <= 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	for i := lo - 1; i >= 0 && bytes.Compare(r.max[i][:], a[:]) >= 0; i-- {
		if bytes.Compare(r.list[i].hi[:], a[:]) >= 0 {
			nums = append(nums, r.list[i].num)
		}
	}
	return nums
}

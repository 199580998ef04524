package rule

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// u128 is an address, or a port in its low half.
type u128 struct{ hi, lo uint64 }

// u128Of returns an address as a number.
func u128Of(a [16]byte) u128 {
	return u128{binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])}
}

// bytes returns a number as an address.
func (a u128) bytes() (b [16]byte) {
	binary.BigEndian.PutUint64(b[:8], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	return b
}

// less tells whether a is the lower number.
func (a u128) less(b u128) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// compare orders numbers for sorting.
func (a u128) compare(b u128) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

// next returns the number one higher; the highest one wraps.
func (a u128) next() u128 {
	lo, carry := bits.Add64(a.lo, 1, 0)
	return u128{a.hi + carry, lo}
}

// prev returns the number one lower; zero wraps.
func (a u128) prev() u128 {
	lo, borrow := bits.Sub64(a.lo, 1, 0)
	return u128{a.hi - borrow, lo}
}

// span is a range of numbers, both ends in it.
type span struct{ low, high u128 }

// spans are sorted when normal: disjoint, and not adjacent either.
type spans []span

// normal sorts spans and joins those that touch, in the same memory.
func (s spans) normal() spans {
	slices.SortFunc(s, func(a, b span) int { return a.low.compare(b.low) })
	out := s[:0]
	for _, next := range s {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if !last.high.less(next.low) || last.high.next() == next.low {
				if last.high.less(next.high) {
					last.high = next.high
				}
				continue
			}
		}
		out = append(out, next)
	}
	return out
}

// without returns what is in s and not in cut, both normal.
func (s spans) without(cut spans) spans {
	if len(cut) == 0 {
		return s
	}
	out := make(spans, 0, len(s))
	for _, rest := range s {
		for len(cut) > 0 && cut[0].high.less(rest.low) {
			cut = cut[1:]
		}
		whole := true
		for _, c := range cut {
			if rest.high.less(c.low) {
				break
			}
			if rest.low.less(c.low) {
				out = append(out, span{rest.low, c.low.prev()})
			}
			if whole = c.high.less(rest.high); !whole {
				break
			}
			rest.low = c.high.next()
		}
		if whole {
			out = append(out, rest)
		}
	}
	return out
}

// find returns whether a number is in one of the spans, which are normal.
func (s spans) find(a u128) bool {
	low, high := 0, len(s)
	for low < high {
		mid := int(uint(low+high) >> 1)
		if s[mid].high.less(a) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low < len(s) && !a.less(s[low].low)
}

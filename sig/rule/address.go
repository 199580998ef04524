package rule

import (
	"iter"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
)

// All addresses of IPv4, as ::ffff:0:0/96, and of IPv6.
var (
	wholeV4 = span{u128{0, 0xffff << 32}, u128{0, 0xffff<<32 | 0xffffffff}}
	wholeV6 = span{u128{}, u128{1<<64 - 1, 1<<64 - 1}}
)

// AddressSet is an immutable set of addresses, those of IPv4 as ::ffff:a.b.c.d. Any goroutine may use it.
type AddressSet struct{ spans spans }

// newAddressSet joins both IP versions: what is written as IPv6 holds no IPv4 address.
func newAddressSet(g group) *AddressSet {
	all := append(g[1].without(spans{wholeV4}), g[0]...)
	return &AddressSet{all.normal()}
}

// Contains tells whether an address is in the set. The time it takes is logarithmic; nothing is allocated.
func (s *AddressSet) Contains(a [16]byte) bool { return s.spans.find(u128Of(a)) }

// Any tells whether all addresses of IPv4 and IPv6 are in the set.
func (s *AddressSet) Any() bool { return len(s.spans) == 1 && s.spans[0] == wholeV6 }

// Len returns the number of ranges: see [AddressSet.Ranges].
func (s *AddressSet) Len() int { return len(s.spans) }

// Ranges goes through the first and the last address of each range. Ranges are sorted and do not touch each other.
func (s *AddressSet) Ranges() iter.Seq2[[16]byte, [16]byte] {
	return func(yield func(first, last [16]byte) bool) {
		for _, r := range s.spans {
			if !yield(r.low.bytes(), r.high.bytes()) {
				return
			}
		}
	}
}

// addressItem reads "any", an address, a prefix or a range. wrong tells what is wrong.
func addressItem(text string) (g group, wrong string) {
	if strings.EqualFold(text, "any") {
		return group{{wholeV4}, {wholeV6}}, ""
	}
	var low, high netip.Addr
	var ok bool
	if prefix, mask, is := strings.Cut(text, "/"); is {
		if low, ok = parseAddr(prefix); !ok {
			return g, "no address: " + quoted(prefix)
		}
		n, msg := maskBits(mask, low.Is4())
		if msg != "" {
			return g, msg
		}
		s := prefixSpan(low, n)
		g[family(low)] = spans{s}
		return g, ""
	}
	first, last, is := strings.Cut(text, "-")
	if low, ok = parseAddr(first); !ok {
		return g, "no address: " + quoted(first)
	}
	high = low
	if is {
		if high, ok = parseAddr(last); !ok || high.Is4() != low.Is4() {
			return g, "no address of the same kind: " + quoted(last)
		}
		if high.Less(low) {
			return g, "range ends before it starts: " + quoted(text)
		}
	}
	g[family(low)] = spans{{u128Of(low.As16()), u128Of(high.As16())}}
	return g, ""
}

// parseAddr reads an address without a zone.
func parseAddr(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.Zone() == ""
}

// family returns where in a group an address belongs, by how it is written.
func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// maskBits reads the length of a prefix, as a number or as an IPv4 mask.
func maskBits(text string, v4 bool) (n int, wrong string) {
	limit := 128
	if v4 {
		limit = 32
	}
	if v4 && strings.IndexByte(text, '.') >= 0 {
		mask, ok := parseAddr(text)
		if !ok || !mask.Is4() {
			return 0, "no netmask: " + quoted(text)
		}
		m := uint32(u128Of(mask.As16()).lo)
		if n = bits.LeadingZeros32(^m); m<<n != 0 {
			return 0, "netmask is no prefix: " + quoted(text)
		}
		return n, ""
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, "no prefix length: " + quoted(text)
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > limit {
		return 0, "no prefix length: " + quoted(text)
	}
	return n, ""
}

// prefixSpan returns the addresses of a prefix, whatever the bits behind it are.
func prefixSpan(a netip.Addr, n int) span {
	if a.Is4() {
		n += 96
	}
	low := u128Of(a.As16())
	mask := u128{^uint64(0) >> min(n, 64), ^uint64(0) >> max(n-64, 0)} // the bits that vary
	low.hi &^= mask.hi
	low.lo &^= mask.lo
	return span{low, u128{low.hi | mask.hi, low.lo | mask.lo}}
}

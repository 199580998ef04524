package rule

import (
	"iter"
	"strconv"
	"strings"
)

// wholePorts are all ports.
var wholePorts = span{u128{}, u128{0, 65535}}

// PortSet is an immutable set of ports. Any goroutine may use it.
type PortSet struct{ spans spans }

// Contains tells whether a port is in the set. The time it takes is logarithmic; nothing is allocated.
func (s *PortSet) Contains(p uint16) bool { return s.spans.find(u128{0, uint64(p)}) }

// Any tells whether all ports are in the set.
func (s *PortSet) Any() bool { return len(s.spans) == 1 && s.spans[0] == wholePorts }

// Len returns the number of ranges: see [PortSet.Ranges].
func (s *PortSet) Len() int { return len(s.spans) }

// Ranges goes through the first and the last port of each range. Ranges are sorted and do not touch each other.
func (s *PortSet) Ranges() iter.Seq2[uint16, uint16] {
	return func(yield func(first, last uint16) bool) {
		for _, r := range s.spans {
			if !yield(uint16(r.low.lo), uint16(r.high.lo)) {
				return
			}
		}
	}
}

// portItem reads "any", a port or a range. wrong tells what is wrong.
func portItem(text string) (g group, wrong string) {
	if strings.EqualFold(text, "any") {
		return group{{wholePorts}}, ""
	}
	s := wholePorts
	first, last, is := strings.Cut(text, ":")
	if !is {
		last = first
	}
	for _, end := range [...]struct {
		text string
		to   *uint64
	}{{first, &s.low.lo}, {last, &s.high.lo}} {
		digits := strings.TrimLeft(end.text, spaces)
		if is && end.text == "" {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimPrefix(digits, "+"), 10, 16)
		if err != nil {
			return g, "no port: " + quoted(end.text)
		}
		*end.to = n
	}
	if s.high.less(s.low) {
		return g, "range ends before it starts: " + quoted(text)
	}
	return group{{s}}, ""
}

package carve

import (
	"iter"
	"slices"
	"sort"
)

// A Range is the bytes from Start up to but not including End, counted from 0.
type Range struct{ Start, End int64 }

// Len returns the number of bytes of the range.
func (r Range) Len() int64 { return r.End - r.Start }

// DefaultRanges is how many ranges a Ranges holds unless told otherwise.
const DefaultRanges = 1024

// Ranges is a set of bytes kept as few ranges, in order and merged where they touch: the gaps of a file, or the parts of it
// that came. It holds a limited number of them; what comes beyond is counted and not kept. The zero value is empty and
// ready. Not safe for concurrent use.
type Ranges struct {
	// Limit is the number of ranges that are kept, DefaultRanges when 0.
	Limit int

	list         []Range
	dropped      int64
	droppedBytes int64
}

// Reset empties the set and keeps its memory and limit.
func (s *Ranges) Reset() { *s = Ranges{Limit: s.Limit, list: s.list[:0]} }

// Add adds the bytes from start up to end, and reports whether they were kept: a range that touches no other is
// dropped and counted once the limit is reached. An empty or negative range is ignored.
func (s *Ranges) Add(start, end int64) bool {
	if start < 0 || end <= start {
		return true
	}
	i, j := s.touching(start, end)
	if i < j {
		s.list[i] = Range{min(start, s.list[i].Start), max(end, s.list[j-1].End)}
		s.list = slices.Delete(s.list, i+1, j)
		return true
	}
	limit := s.Limit
	if limit <= 0 {
		limit = DefaultRanges
	}
	if len(s.list) >= limit {
		s.dropped++
		s.droppedBytes += end - start
		return false
	}
	s.list = slices.Insert(s.list, i, Range{start, end})
	return true
}

// touching returns the indexes of the first range that [start, end) touches and of the one behind the last. The common
// case, at the end of the list, is looked at first.
func (s *Ranges) touching(start, end int64) (i, j int) {
	n := len(s.list)
	if n == 0 || s.list[n-1].End < start {
		return n, n
	}
	i = sort.Search(n, func(i int) bool { return s.list[i].End >= start })
	for j = i; j < n && s.list[j].Start <= end; j++ {
	}
	return i, j
}

// Remove takes the bytes from start up to end out of the set, as when a gap was filled later. Where this would split a range
// beyond the limit, the smaller rest is dropped and counted.
func (s *Ranges) Remove(start, end int64) {
	if end <= start {
		return
	}
	i := sort.Search(len(s.list), func(i int) bool { return s.list[i].End > start })
	j := i
	var left, right Range
	for ; j < len(s.list) && s.list[j].Start < end; j++ {
		if r := s.list[j]; r.Start < start {
			left = Range{r.Start, start}
		}
		if r := s.list[j]; r.End > end {
			right = Range{end, r.End}
		}
	}
	if i == j {
		return
	}
	s.list = slices.Delete(s.list, i, j)
	if right.End > right.Start {
		s.list = slices.Insert(s.list, i, right)
	}
	if left.End > left.Start {
		if ok := s.Add(left.Start, left.End); !ok && right.Len() > 0 && right.Len() < left.Len() {
			s.swap(i, left)
		}
	}
}

// swap puts r in the place of the range at i, which is counted as dropped in r's stead.
func (s *Ranges) swap(i int, r Range) {
	s.droppedBytes += s.list[i].Len() - r.Len()
	s.list[i] = r
}

// Covers reports whether every byte from start up to end is in the set.
func (s *Ranges) Covers(start, end int64) bool {
	if end <= start {
		return true
	}
	i := sort.Search(len(s.list), func(i int) bool { return s.list[i].End >= end })
	return i < len(s.list) && s.list[i].Start <= start
}

// Len returns the number of ranges.
func (s *Ranges) Len() int { return len(s.list) }

// Bytes returns how many bytes are in the ranges.
func (s *Ranges) Bytes() int64 {
	var n int64
	for _, r := range s.list {
		n += r.Len()
	}
	return n
}

// Dropped returns how many ranges the limit cut off, and their bytes. Ranges that overlap are counted each time.
func (s *Ranges) Dropped() (ranges, bytes int64) { return s.dropped, s.droppedBytes }

// All yields the ranges in order.
func (s *Ranges) All() iter.Seq[Range] { return slices.Values(s.list) }

// Nth returns the range at index i, which must be less than Len.
func (s *Ranges) Nth(i int) Range { return s.list[i] }

// Missing yields the ranges below size that are not in the set.
func (s *Ranges) Missing(size int64) iter.Seq[Range] {
	return func(yield func(Range) bool) {
		var at int64
		for _, r := range s.list {
			if r.Start >= size {
				break
			}
			if r.Start > at && !yield(Range{at, r.Start}) {
				return
			}
			at = r.End
		}
		if at < size {
			yield(Range{at, size})
		}
	}
}

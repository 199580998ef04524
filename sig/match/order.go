package match

import (
	"cmp"
	"slices"
)

// order sorts hits by end and then by pattern. They are nearly in order as a rule, and moved one by one; when that takes too long,
// they are sorted.
func order(hits []Hit) {
	budget := 16*len(hits) + 64
	for i := 1; i < len(hits); i++ {
		h := hits[i]
		j := i
		for ; j > 0 && before(h, hits[j-1]); j-- {
			hits[j] = hits[j-1]
		}
		hits[j] = h
		if budget -= i - j; budget < 0 {
			slices.SortFunc(hits, compare)
			return
		}
	}
}

func before(a, b Hit) bool { return a.End < b.End || a.End == b.End && a.Pattern < b.Pattern }

func compare(a, b Hit) int {
	if c := cmp.Compare(a.End, b.End); c != 0 {
		return c
	}
	return cmp.Compare(a.Pattern, b.Pattern)
}

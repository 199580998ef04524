package main

import (
	"cmp"
	"slices"
	"strings"
)

// tally counts by key and keeps the greatest: when there are more than twice keep keys, the lesser half is forgotten. What
// it is fed in one order gives one result.
type tally struct {
	entries map[string]*entry
	keep    int
	dropped uint64 // keys forgotten so far
}

// entry is what is known of one key. Weight orders; the meaning of all is the tally's owner's.
type entry struct {
	key     string
	weight  uint64
	a, b    uint64
	sources uint64 // a set of bits
}

// tallyKeep bounds a tally's memory to some 30 MiB in the worst case.
const tallyKeep = 1 << 16

func newTally() *tally { return &tally{entries: map[string]*entry{}, keep: tallyKeep} }

// at returns key's entry, new if need be. key is borrowed.
func (t *tally) at(key []byte) *entry {
	if e, ok := t.entries[string(key)]; ok {
		return e
	}
	if len(t.entries) >= 2*t.keep {
		t.prune()
	}
	e := &entry{key: string(key)}
	t.entries[e.key] = e
	return e
}

func (t *tally) prune() {
	list := t.sorted()
	for _, e := range list[t.keep:] {
		delete(t.entries, e.key)
	}
	t.dropped += uint64(len(list) - t.keep)
}

// sorted returns all entries, the heaviest first.
func (t *tally) sorted() []*entry {
	list := make([]*entry, 0, len(t.entries))
	for _, e := range t.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y *entry) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(y.a, x.a), strings.Compare(x.key, y.key))
	})
	return list
}

// top returns the n heaviest.
func (t *tally) top(n int) []*entry {
	list := t.sorted()
	return list[:min(n, len(list))]
}

// number is how many keys there were, at least.
func (t *tally) number() uint64 { return uint64(len(t.entries)) + t.dropped }

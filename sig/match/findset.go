package match

// FindSet appends the index of each pattern that occurs in b to ids, once, in an order that is always the same for the same set and the
// same b. It is faster than [Set.Find], as a pattern that was found is not compared again. b is borrowed; seen is scratch, whose former
// content does not matter. Nothing is allocated but for ids and seen to grow.
func (s *Set) FindSet(b []byte, seen *Seen, ids []uint32) []uint32 {
	seen.use(s)
	seen.Reset()
	return s.FindMore(b, seen, ids)
}

// FindMore is FindSet for one more buffer: it leaves out the patterns that the calls since FindSet or [Seen.Reset], with the same set,
// have found.
func (s *Set) FindMore(b []byte, seen *Seen, ids []uint32) []uint32 {
	seen.use(s)
	f := finder{s: s, ids: ids, seen: seen}
	f.run(&text{b: b}, 0, len(b))
	return f.ids
}

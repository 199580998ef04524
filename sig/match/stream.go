package match

// A Stream finds the patterns of a set in data that comes in chunks, those that lie across chunks included. It keeps the last bytes of
// what it saw, one less than the longest pattern has, hence 254 at most (copied). One goroutine at a time uses it; any number of streams
// share a set.
type Stream struct {
	set  *Set
	tail []byte
	n    int64 // bytes seen
}

// NewStream returns a stream at its start.
func (s *Set) NewStream() *Stream {
	return &Stream{set: s, tail: make([]byte, 0, max(s.maxLen-1, 0))}
}

// Reset begins a new stream.
func (st *Stream) Reset() { st.tail, st.n = st.tail[:0], 0 }

// Find appends every occurrence that ends in the chunk to hits, as [Set.Find] does; the ends count from the start of the stream. The
// chunk is borrowed.
func (st *Stream) Find(chunk []byte, hits []Hit) []Hit {
	f := finder{s: st.set, hits: hits}
	st.run(&f, chunk)
	order(f.hits[len(hits):])
	return f.hits
}

// FindMore appends the index of each pattern that ends in the chunk and was not found since the last [Seen.Reset] to ids, as
// [Set.FindMore] does. The chunk is borrowed. Give each stream a [Seen] of its own, or reset it for each chunk.
func (st *Stream) FindMore(chunk []byte, seen *Seen, ids []uint32) []uint32 {
	seen.use(st.set)
	f := finder{s: st.set, ids: ids, seen: seen}
	st.run(&f, chunk)
	return f.ids
}

// run finds what ends in the chunk. Grams are looked for at the offsets that are even from the start of the chunk. Those before it, as far
// as a pattern that ends in the chunk may have one, are looked for in joint: the tail and the start of the chunk. So are those at the first
// two offsets, as the window of a gram begins before it.
func (st *Stream) run(f *finder, chunk []byte) {
	if len(chunk) == 0 {
		return
	}
	whole := text{b: chunk, base: st.n}
	from, n := 0, len(st.tail)
	var joint [2 * MaxLen]byte // the tail, and all of the patterns that begin at the first two offsets
	if n > 0 {
		from = 2
		b := joint[:copy(joint[:], st.tail)+copy(joint[n:], chunk[:min(len(chunk), st.set.maxLen+1)])]
		whole.joint, whole.n = b, n
		t := text{b: b, base: st.n - int64(n), skip: n}
		end := min(n+from, len(b))
		f.runGrams(&t, n-min(n, st.set.grams.reach)&^1, end)
		f.runPairs(&t, max(n-2, 0), end)
		f.runOnes(&t, n, end)
	}
	f.run(&whole, from, len(chunk))
	st.n += int64(len(chunk))
	st.keep(chunk)
}

// keep makes the tail the last bytes of the stream.
func (st *Stream) keep(chunk []byte) {
	most := st.set.maxLen - 1
	if len(chunk) >= most {
		st.tail = append(st.tail[:0], chunk[len(chunk)-max(most, 0):]...)
		return
	}
	if over := len(st.tail) + len(chunk) - most; over > 0 {
		st.tail = st.tail[:copy(st.tail, st.tail[over:])]
	}
	st.tail = append(st.tail, chunk...)
}

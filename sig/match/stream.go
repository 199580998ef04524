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

// run searches the end of what was seen together with the start of the chunk, and then, unless that is all of it, the chunk.
func (st *Stream) run(f *finder, chunk []byte) {
	keep := max(st.set.maxLen-1, 0)
	rest := true
	if n := len(st.tail); n > 0 && len(chunk) > 0 {
		var joint [2 * (MaxLen - 1)]byte
		b := joint[:copy(joint[:], st.tail)+copy(joint[n:], chunk[:min(len(chunk), keep)])]
		f.base, f.skip, f.until = st.n-int64(n), n, len(b)
		if rest = len(chunk) > keep; rest { // only what began before the chunk
			f.until = n
		}
		f.run(b)
	}
	if rest {
		f.base, f.skip, f.until = st.n, 0, len(chunk)
		f.run(chunk)
	}
	st.n += int64(len(chunk))
	if len(chunk) >= keep {
		st.tail = append(st.tail[:0], chunk[len(chunk)-keep:]...)
		return
	}
	if over := len(st.tail) + len(chunk) - keep; over > 0 {
		st.tail = st.tail[:copy(st.tail, st.tail[over:])]
	}
	st.tail = append(st.tail, chunk...)
}

package record

// Repeat limits how often a record is written over all workers. They cannot tell, as each sees its own hosts: whoever
// brings their records together drops one when its like with the same Key was written less than Period ns before. A zero
// Key is no limit.
type Repeat struct {
	Key    uint64
	Period int64
}

// Repeats remembers what was written under a Repeat. It belongs to one goroutine; the zero value is ready.
type Repeats struct{ written map[uint64]int64 }

// maxRepeats bounds what is remembered; past it all is forgotten, and some records may come twice.
const maxRepeats = 1 << 16

// Skip tells whether a record comes too soon after its like, and notes it otherwise. Records are to be asked about in
// their final order.
func (r *Repeats) Skip(e *Entry) bool {
	if e.Repeat.Key == 0 {
		return false
	}
	if at, ok := r.written[e.Repeat.Key]; ok && e.Nanos-at < e.Repeat.Period {
		return true
	}
	if r.written == nil || len(r.written) >= maxRepeats {
		r.written = map[uint64]int64{}
	}
	r.written[e.Repeat.Key] = e.Nanos
	return false
}

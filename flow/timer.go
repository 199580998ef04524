package flow

// wheel holds the open flows by deadline, in lists whose links lie in the flows. The first ring has a list for each
// quarter of a second, the second for each time the first goes round; what lies further ahead waits in one more.
// A flow whose deadline moves away stays where it is and is looked at again when its list is due, so that packets of
// a flow cost the wheel nothing.
type wheel struct {
	pool    *flowPool
	started bool
	cur     int64 // in units: lists of the first ring before it are empty
	head    [2*ringSize + 1]uint32
}

const (
	unitShift = 28 // a unit is 2^28 ns, about 0.27 s
	ringBits  = 9
	ringSize  = 1 << ringBits
	farList   = 2 * ringSize
	noFlow    = ^uint32(0)
	unlinked  = -1 // Flow.slot of one that is in no list
	farAhead  = ringSize << ringBits
)

func (w *wheel) init(pool *flowPool) {
	w.pool = pool
	for i := range w.head {
		w.head[i] = noFlow
	}
}

// start sets the wheel's clock, once.
func (w *wheel) start(now int64) {
	if !w.started {
		w.started, w.cur = true, now>>unitShift
	}
}

// list returns the list for a deadline.
func (w *wheel) list(deadline int64) int32 {
	u := deadline >> unitShift
	switch {
	case u <= w.cur:
		return int32(w.cur & (ringSize - 1))
	case u-w.cur < ringSize:
		return int32(u & (ringSize - 1))
	case u>>ringBits-w.cur>>ringBits < ringSize:
		return int32(ringSize + u>>ringBits&(ringSize-1))
	default:
		return farList
	}
}

// add links a flow by its deadline.
func (w *wheel) add(f *Flow) {
	l := w.list(f.deadline)
	f.linked, f.slot, f.prev, f.next = f.deadline, l, noFlow, w.head[l]
	if f.next != noFlow {
		w.pool.at(f.next).prev = f.index
	}
	w.head[l] = f.index
}

// remove unlinks a flow.
func (w *wheel) remove(f *Flow) {
	if f.prev == noFlow {
		w.head[f.slot] = f.next
	} else {
		w.pool.at(f.prev).next = f.next
	}
	if f.next != noFlow {
		w.pool.at(f.next).prev = f.prev
	}
}

// moved tells the wheel that a flow's deadline changed. Only one that comes nearer costs something.
func (w *wheel) moved(f *Flow) {
	if f.deadline < f.linked {
		w.remove(f)
		w.add(f)
	}
}

// due unlinks the flows whose deadline is at most now and appends them to dst, in no order.
func (w *wheel) due(now int64, dst []uint32) []uint32 {
	to := now >> unitShift
	if to-w.cur >= farAhead {
		return w.all(now, dst)
	}
	for {
		dst = w.sift(int32(w.cur&(ringSize-1)), now, dst)
		if w.cur >= to {
			return dst
		}
		w.cur++
		if w.cur&(ringSize-1) == 0 {
			dst = w.turn(now, dst)
		}
	}
}

// turn fills the first ring from the list of the second that is now at hand.
func (w *wheel) turn(now int64, dst []uint32) []uint32 {
	round := w.cur >> ringBits
	dst = w.sift(int32(ringSize+round&(ringSize-1)), now, dst)
	if round&(ringSize-1) == 0 {
		dst = w.sift(farList, now, dst)
	}
	return dst
}

// all looks at every flow: the clock leaps by more than the rings hold.
func (w *wheel) all(now int64, dst []uint32) []uint32 {
	w.cur = now >> unitShift
	for l := range w.head {
		dst = w.sift(int32(l), now, dst)
	}
	return dst
}

// sift takes a list apart: what is due goes to dst, the rest is linked anew.
func (w *wheel) sift(l int32, now int64, dst []uint32) []uint32 {
	i := w.head[l]
	w.head[l] = noFlow
	for i != noFlow {
		f := w.pool.at(i)
		next := f.next
		if f.deadline <= now {
			f.slot = unlinked
			dst = append(dst, i)
		} else {
			w.add(f)
		}
		i = next
	}
	return dst
}

// nearest returns an open flow that is among those to run out first, or noFlow: whom to close when room is needed.
func (w *wheel) nearest() uint32 {
	for i := range int64(ringSize) {
		if f := w.soonest(int32((w.cur + i) & (ringSize - 1))); f != noFlow {
			return f
		}
	}
	for i := range int64(ringSize) {
		if f := w.soonest(int32(ringSize + (w.cur>>ringBits+i)&(ringSize-1))); f != noFlow {
			return f
		}
	}
	return w.soonest(farList)
}

// soonest returns the flow with the earliest deadline among the first of a list. Flows that moved on are linked anew.
func (w *wheel) soonest(l int32) uint32 {
	const look = 64
	best, at := noFlow, int64(0)
	i := w.head[l]
	for n := 0; i != noFlow && n < look; n++ {
		f := w.pool.at(i)
		i = f.next
		if f.deadline > f.linked {
			w.remove(f)
			w.add(f)
			if f.slot != l {
				continue
			}
		}
		if best == noFlow || f.deadline < at {
			best, at = f.index, f.deadline
		}
	}
	return best
}

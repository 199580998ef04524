package wirelore

import (
	"fmt"
	"math"
	"runtime/debug"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// worker analyses the flows of the host pairs dealt to it. Everything in it belongs to its goroutine while it runs.
type worker struct {
	id    int
	in    chan *batch
	out   *record.Output
	rt    *proto.Runtime
	table *flow.Table
	spare <-chan *record.Output
	// tail takes the records of the capture's end piece by piece: a million open flows make more than one result should
	// hold.
	tail    chan *record.Output
	closing bool
	number  uint64 // of the tick or packet being worked on
	last    int64
}

// tailBytes is about the size of a piece.
const tailBytes = 1 << 20

func newWorker(id int, c *Config, shared *proto.Shared, spare <-chan *record.Output) (*worker, error) {
	w := &worker{id: id, spare: spare, in: make(chan *batch, 4), tail: make(chan *record.Output, 1), out: record.NewOutput(c.wants())}
	rc := proto.RuntimeConfig{Protocols: c.Protocols, Analyzers: c.Analyzers, Files: c.Files, Settings: c.Settings,
		Profile: *c.Profile, Output: w.out, Shared: shared}
	if e := c.EVE; e != nil {
		rc.PacketSource, rc.CommunityID, rc.CommunitySeed, rc.Ethernet = e.PacketSource, e.CommunityID, e.CommunitySeed, e.Ethernet
	}
	rt, err := proto.NewRuntime(rc)
	if err != nil {
		return nil, err
	}
	w.rt = rt
	// The share of memory is the same for any number of workers only while no limit is hit: limits are announced cuts.
	w.table = flow.NewTable(flow.Options{Profile: *c.Profile, Order: w.timer, Memory: c.Memory / 4 / int64(c.Workers)}, rt)
	return w, nil
}

// timer is called by the flow table before a flow ends by its deadline or with the capture.
func (w *worker) timer(deadline int64, first uint64, layer uint8) {
	if _, n := w.out.Len(); w.closing && n >= tailBytes {
		w.tail <- w.take()
	}
	w.out.Now = record.Order{Number: w.number, Deadline: deadline, First: first, Layer: layer}
	w.rt.SetPacket(nil, deadline)
}

// take returns what was written so far and leaves an empty output.
func (w *worker) take() *record.Output {
	var o *record.Output
	select {
	case o = <-w.spare:
	default:
		o = record.NewOutput(record.Wants{})
	}
	w.out.Swap(o)
	return o
}

// run works through batches until its channel closes, sends a result for each, and then the capture's end.
func (w *worker) run(results chan<- *result) {
	defer close(w.tail)
	var failed error
	for b := range w.in {
		if failed == nil {
			failed = w.guard(func() { w.work(b) })
		}
		last := b.last
		results <- &result{worker: w.id, batch: b, out: w.take(), err: failed}
		if last && failed == nil {
			w.closing = true
			if err := w.guard(w.end); err != nil {
				results <- &result{worker: w.id, err: err}
				return
			}
			w.tail <- w.take()
		}
	}
}

// guard runs fn. A panic in it is a fault of ours that no flow's guard caught: it ends the run with an error, not the host
// program.
func (w *worker) guard(fn func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("wirelore: internal fault at packet %d: %v\n%s", w.number, v, debug.Stack())
		}
	}()
	fn()
	return nil
}

// work does one batch.
func (w *worker) work(b *batch) {
	for _, s := range b.deals[w.id] {
		if s.tick {
			t := b.ticks[s.index]
			w.number, w.last = t.number, t.now
			w.out.Now = record.Order{Number: t.number, Deadline: math.MinInt64}
			w.table.Tick(t.now, t.number)
			continue
		}
		p := &b.packets[s.index]
		w.number, w.last = p.Frame.Number, p.Now
		w.out.Now = record.Order{Number: p.Frame.Number, Deadline: math.MaxInt64, First: uint64(p.Layer)}
		w.rt.SetPacket(p, p.Frame.Nanos)
		w.table.Process(p)
	}
}

// end closes all flows and files.
func (w *worker) end() {
	w.number = math.MaxUint64
	w.table.Flush()
	w.out.Now = endOrder
	w.rt.SetPacket(nil, w.last)
	w.rt.Finish()
}

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
	id     int
	in     chan *batch
	out    *record.Output
	rt     *proto.Runtime
	table  *flow.Table
	number uint64 // of the tick or packet being worked on
	last   int64
}

func newWorker(id int, c *Config) (*worker, error) {
	w := &worker{id: id, in: make(chan *batch, 4), out: record.NewOutput(c.wants())}
	rc := proto.RuntimeConfig{Protocols: c.Protocols, Analyzers: c.Analyzers, Files: c.Files, Settings: c.Settings,
		Profile: *c.Profile, Output: w.out}
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
	w.out.Now = record.Order{Number: w.number, Deadline: deadline, First: first, Layer: layer}
	w.rt.SetPacket(nil, deadline)
}

// run works through batches until its channel closes, and sends a result for each.
func (w *worker) run(results chan<- *result, spare <-chan *record.Output) {
	var failed error
	for b := range w.in {
		r := &result{worker: w.id, batch: b}
		if failed == nil {
			failed = w.work(b)
		}
		r.err = failed
		select {
		case r.out = <-spare:
		default:
			r.out = record.NewOutput(record.Wants{})
		}
		w.out.Swap(r.out)
		results <- r
	}
}

// work does one batch. A panic here is a fault of ours that no flow's guard caught: it ends the run with an error, not the
// host program.
func (w *worker) work(b *batch) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("wirelore: internal fault at packet %d: %v\n%s", w.number, v, debug.Stack())
		}
	}()
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
	if b.last {
		w.number = math.MaxUint64
		w.table.Flush()
		w.out.Now = endOrder
		w.out.Now.Layer = 255
		w.rt.SetPacket(nil, w.last)
		w.rt.Finish()
	}
	return nil
}

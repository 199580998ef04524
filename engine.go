package wirelore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/flow/filter"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// batchesInFlight bounds how far the reader may be ahead of the slowest worker.
const batchesInFlight = 6

// run is one analysis of one capture.
type run struct {
	cfg     *Config
	name    string
	reader  *pcap.Reader
	filter  *filter.Set
	decoder *flow.Decoder
	workers []*worker
	shared  *proto.Shared
	results chan *result
	free    chan *batch
	spare   chan *record.Output
	sum     Summary
	drains  sync.WaitGroup
	readErr error // the capture's fault, or the context's
	stage   *stages
}

// Run analyses one capture to its end. The Summary holds what was done, also when there is an error: a broken capture
// gives everything before the break, then *pcap.Error; a cancelled context gives its error. No goroutine outlives the
// call.
func (e *Engine) Run(ctx context.Context, src Source) (Summary, error) {
	return e.run(ctx, src, e.cfg.Sink)
}

func (e *Engine) run(ctx context.Context, src Source, sink Sink) (sum Summary, err error) {
	began := time.Now()
	r, err := e.start(src)
	if err != nil {
		abort(sink)
		return Summary{Name: src.name}, err
	}
	defer func() { _ = r.reader.Close() }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var wg sync.WaitGroup
	wg.Go(func() { r.read(ctx) })
	var workers sync.WaitGroup
	m := &merger{sink: sink, spare: r.spare, logs: map[*record.Stream]uint64{}}
	for _, w := range r.workers {
		workers.Go(func() { w.run(r.results) })
	}
	wg.Go(func() { workers.Wait(); close(r.results) })

	err = r.collect(ctx, m, cancel)
	wg.Wait()
	r.drains.Wait()
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err == nil && sink != nil {
		r.stage.begin("write")
		err = sink.Flush(ctx)
	}
	if err != nil {
		abort(sink)
	} else {
		err = r.readErr
	}
	r.summarize(m, began)
	r.stage.end(r.sum.Packets)
	return r.sum, err
}

func abort(s Sink) {
	if a, ok := s.(Aborter); ok {
		a.Abort()
	}
}

func (e *Engine) start(src Source) (*run, error) {
	r := &run{cfg: &e.cfg, name: src.name}
	if src.open == nil {
		return nil, errors.New("wirelore: an empty Source: make one with File, Reader, ReaderAt, FS or GoPacket")
	}
	var err error
	if e.cfg.Filter != "" {
		if r.filter, err = filter.New(e.cfg.Filter); err != nil {
			return nil, err
		}
	}
	r.decoder = flow.NewDecoder(flow.DecoderOptions{Profile: *e.cfg.Profile})
	r.results = make(chan *result, e.cfg.Workers*2)
	r.spare = make(chan *record.Output, e.cfg.Workers*2)
	r.free = make(chan *batch, batchesInFlight)
	for range batchesInFlight {
		r.free <- newBatch(e.cfg.Workers)
	}
	r.shared = new(proto.Shared)
	for i := range e.cfg.Workers {
		w, err := newWorker(i, &e.cfg, r.shared, r.spare)
		if err != nil {
			return nil, err
		}
		r.workers = append(r.workers, w)
	}
	if r.reader, err = src.open(); err != nil {
		return nil, err
	}
	r.stage = newStages(e.cfg.Progress, src.name, r.reader)
	return r, nil
}

// read fills batches until the capture ends, and closes the workers' channels. It runs on its own goroutine.
func (r *run) read(ctx context.Context) {
	defer func() {
		for _, w := range r.workers {
			close(w.in)
		}
	}()
	r.stage.begin("analyse")
	var c clock
	for done := false; !done; {
		var b *batch
		select {
		case b = <-r.free:
		case <-ctx.Done():
			return
		}
		b.reset()
		done = r.batch(b, &c)
		b.last = done
		r.stage.packets(r.sum.Packets)
		for _, w := range r.workers {
			w.in <- b
		}
	}
}

// batch fills b and tells whether the capture has ended.
func (r *run) batch(b *batch, c *clock) bool {
	var p pcap.Packet
	for len(b.packets) < batchPackets && b.bytes < batchBytes {
		if err := r.reader.Next(&p); err != nil {
			if !errors.Is(err, io.EOF) {
				r.readErr = err
			}
			return true
		}
		r.sum.count(&p)
		if r.filter != nil && !r.filter.Match(&p) {
			r.sum.Filtered++
			continue
		}
		b.fill(&p, c, r.decoder, r.cfg.Profile)
	}
	return false
}

// collect merges finished batches until all workers have stopped.
func (r *run) collect(ctx context.Context, m *merger, cancel context.CancelCauseFunc) (failed error) {
	fail := func(err error) {
		if failed == nil && err != nil {
			failed = err
			cancel(err)
		}
	}
	for res := range r.results {
		fail(res.err)
		b := res.batch
		if b == nil {
			continue
		}
		b.results[res.worker] = res
		if b.left++; b.left < len(r.workers) {
			continue
		}
		b.left = 0
		if failed == nil && ctx.Err() == nil {
			fail(writing(m.merge(ctx, b)))
		}
		if b.last {
			if failed == nil && ctx.Err() == nil {
				fail(writing(m.end(ctx, r.workers)))
			}
			for _, w := range r.workers { // a run that failed leaves its end unread
				r.drains.Go(func() { drain(w.tail) })
			}
		}
		b.letGo()
		r.free <- b
	}
	return failed
}

func writing(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("wirelore: writing records: %w", err)
}

func drain(c <-chan *record.Output) {
	for range c {
	}
}

package wirelore

import (
	"context"
	"errors"
	"iter"
	"slices"
)

// errStopped ends a run whose records nobody pulls any more.
var errStopped = errors.New("wirelore: stopped")

// Records analyses one capture and yields its records in order. Each Record's Line is the caller's own. After the last
// comes, when there is one, the run's error with a zero Record. Breaking out of the loop ends the run and frees
// everything. Config.Sink is not used.
func (e *Engine) Records(ctx context.Context, src Source) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		ch := make(chan Record, 256)
		failed := make(chan error, 1)
		go func() {
			defer close(ch)
			_, err := e.run(ctx, src, SinkFunc(func(ctx context.Context, r *Record) error {
				own := *r
				own.Line = slices.Clone(r.Line)
				select {
				case ch <- own:
					return nil
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}))
			failed <- err
		}()
		stopped := false
		for r := range ch {
			if !stopped && !yield(r, nil) {
				stopped = true
				cancel(errStopped)
			}
		}
		if err := <-failed; err != nil && !stopped {
			yield(Record{}, err)
		}
	}
}

// RunAll analyses captures one after the other, each on all workers, and yields a Summary for each with the error of its
// run, if any: one broken capture does not end the loop, a cancelled context does. Records go to what sink returns
// for a source; a nil sink: to Config.Sink.
func (e *Engine) RunAll(ctx context.Context, in iter.Seq2[Source, error], sink func(Source) (Sink, error)) iter.Seq2[Summary, error] {
	return func(yield func(Summary, error) bool) {
		for src, err := range in {
			sum := Summary{Name: src.name}
			if err == nil {
				to := e.cfg.Sink
				if sink != nil {
					to, err = sink(src)
				}
				if err == nil {
					sum, err = e.run(ctx, src, to)
				}
			}
			if !yield(sum, err) || ctx.Err() != nil {
				return
			}
		}
	}
}

package wirelore

import (
	"context"
	"time"

	"github.com/wirelore/wirelore/record"
)

// Record is one row of a log, encoded.
type Record struct {
	// Stream says which log in which form, and its columns.
	Stream *record.Stream
	// Line is the encoded row without its line end: borrowed, valid during Sink.Write; owned by the caller when it came from
	// Engine.Records.
	Line []byte
	// Nanos is the record's time in ns since the Unix epoch.
	Nanos int64
	// Packet is the number of the packet that caused it; greater than any packet's at the capture's end.
	Packet uint64
}

// Log is the log's name: the Zeek path or the EVE event type.
func (r *Record) Log() string { return r.Stream.Path }

// Time is the record's time.
func (r *Record) Time() time.Time { return time.Unix(0, r.Nanos).UTC() }

// Sink takes the records of one run in their final order, from one goroutine. An error ends the run.
type Sink interface {
	// Write takes one record; r and what it points to are borrowed.
	Write(ctx context.Context, r *Record) error
	// Flush is called once when the capture has ended, broken captures included, but not when the run was cancelled or
	// the sink failed.
	Flush(ctx context.Context) error
}

// Aborter is implemented by sinks that must clean up when a run does not get to Flush.
type Aborter interface{ Abort() }

// SinkFunc makes a Sink of a function.
type SinkFunc func(ctx context.Context, r *Record) error

// Write implements Sink.
func (f SinkFunc) Write(ctx context.Context, r *Record) error { return f(ctx, r) }

// Flush implements Sink.
func (SinkFunc) Flush(context.Context) error { return nil }

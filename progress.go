package wirelore

import (
	"sync"
	"time"

	"github.com/wirelore/wirelore/pcap"
)

// Progress tells how far a run is.
type Progress struct {
	// Name is the capture, Stage what is being done: "analyse", then "write", then "done".
	Name, Stage string
	// Done and Total count bytes of the input as stored; Total is -1 when it is not known (pipes).
	Done, Total int64
	Packets     uint64
	Elapsed     time.Duration
}

// Rate returns the bytes per second so far.
func (p Progress) Rate() float64 {
	if p.Elapsed <= 0 {
		return 0
	}
	return float64(p.Done) / p.Elapsed.Seconds()
}

// Remaining estimates the time to go; ok is false when it cannot be told.
func (p Progress) Remaining() (left time.Duration, ok bool) {
	if p.Total <= 0 || p.Done <= 0 || p.Done > p.Total {
		return 0, false
	}
	return time.Duration(float64(p.Elapsed) * float64(p.Total-p.Done) / float64(p.Done)), true
}

// progressEvery is the least time between two calls of Config.Progress within a stage.
const progressEvery = 100 * time.Millisecond

// stages reports a run's progress.
type stages struct {
	fn     func(Progress)
	reader *pcap.Reader
	began  time.Time

	mu sync.Mutex // guards what follows, and keeps calls of fn apart
	at Progress
	// last is when fn was called last.
	last time.Time
}

func newStages(fn func(Progress), name string, r *pcap.Reader) *stages {
	return &stages{fn: fn, reader: r, began: time.Now(), at: Progress{Name: name}}
}

func (s *stages) begin(stage string) {
	if s.fn == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at.Stage = stage
	s.report(time.Now())
}

func (s *stages) packets(n uint64) {
	if s.fn == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at.Packets = n
	if now := time.Now(); now.Sub(s.last) >= progressEvery {
		s.report(now)
	}
}

func (s *stages) end(packets uint64) {
	if s.fn == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at.Stage, s.at.Packets = "done", packets
	s.report(time.Now())
}

// report calls fn; the caller holds mu.
func (s *stages) report(now time.Time) {
	s.last = now
	s.at.Done, s.at.Total = s.reader.Position()
	s.at.Elapsed = now.Sub(s.began)
	s.fn(s.at)
}

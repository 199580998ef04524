package proto

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// Setup is where a protocol, an analyzer or a file handler gets what it needs for one worker and one capture, and where
// it hangs its hooks. Not to be kept beyond the Start or New call, but for Settings and Profile.
type Setup struct {
	Settings Settings
	Profile  *flow.Profile
	// Output takes records: record.Open(s.Output, log).
	Output *record.Output
	rt     *Runtime
}

// Runtime returns the worker's runtime, for parts of the engine that make sessions themselves.
func (s *Setup) Runtime() *Runtime { return s.rt }

// OnFlow calls open for each new flow and end when it is over; either may be nil.
func (s *Setup) OnFlow(open, end func(f *Flow)) {
	if open != nil {
		s.rt.hooks.open = append(s.rt.hooks.open, open)
	}
	if end != nil {
		s.rt.hooks.close = append(s.rt.hooks.close, end)
	}
}

// OnPacket calls fn for each packet, before its data is parsed. f is nil for packets outside of flows. Both borrowed.
func (s *Setup) OnPacket(fn func(f *Flow, d Dir, p *flow.Packet)) {
	s.rt.hooks.packet = append(s.rt.hooks.packet, fn)
}

// OnAnomaly calls fn for everything odd. a is borrowed.
func (s *Setup) OnAnomaly(fn func(a *Anomaly)) { s.rt.hooks.anomaly = append(s.rt.hooks.anomaly, fn) }

// OnViolation calls fn when a parser gave up on a flow that does not follow its protocol.
func (s *Setup) OnViolation(fn func(f *Flow, p Protocol, err error)) {
	s.rt.hooks.violation = append(s.rt.hooks.violation, fn)
}

// OnStream calls fn for each piece of a TCP stream in order; b is borrowed, nil with n > 0 for a gap of n bytes.
func (s *Setup) OnStream(fn func(f *Flow, d Dir, b []byte, gap int64)) {
	s.rt.hooks.stream = append(s.rt.hooks.stream, fn)
}

// OnTunnel calls fn when a parser found that its flow carries another conversation from here on; see Flow.Tunneled.
func (s *Setup) OnTunnel(fn func(f *Flow, t flow.TunnelType)) {
	s.rt.hooks.tunnel = append(s.rt.hooks.tunnel, fn)
}

// AtEnd calls fn once when the capture has ended and all flows are closed.
func (s *Setup) AtEnd(fn func()) { s.rt.hooks.end = append(s.rt.hooks.end, fn) }

// Shared returns the one value that all workers of a run have under key, made by the first that asks. It is for what is
// used where the workers' records meet (record.Late), or is safe for concurrent use.
func (s *Setup) Shared(key any, make func() any) any { return s.rt.cfg.Shared.get(key, make) }

// Slot reserves a place in every Flow for the caller's own state; see Flow.Slot.
func (s *Setup) Slot() int { s.rt.slots++; return s.rt.slots - 1 }

// OnTx calls fn when a transaction of protocol d reaches a stage. f and tx are borrowed.
func OnTx[T any](s *Setup, d *Def[T], at Stage, fn func(f *Flow, tx *T)) {
	if b, ok := s.rt.bindings[d.spec.Name].(*binding[T]); ok {
		b.subs = append(b.subs, sub[T]{at, fn})
	}
}

// Analyzer looks at flows, transactions, packets, files and events by hooks, and may write records of its own. The
// built-in logs of flows and anomalies are Analyzers like any user's.
type Analyzer struct {
	Name, Doc string
	// Start is called once for each worker and capture: state lives in closures, without locks.
	Start func(s *Setup) error
	// Logs describes the logs it writes, for the schema; see Describe.
	Logs []Described
}

// Described is a log's description without its row type.
type Described interface {
	Describe(f record.Form) *record.Stream
}

// Describe wraps a log for Analyzer.Logs.
func Describe[T any](l *record.Log[T]) Described { return described[T]{l} }

type described[T any] struct{ l *record.Log[T] }

func (d described[T]) Describe(f record.Form) *record.Stream {
	if (f == record.EVE && d.l.Event == "") || (f != record.EVE && d.l.Path == "") {
		return nil
	}
	return record.StreamOf(d.l, f)
}

// Anomaly is one thing odd: Zeek's weird, Suricata's anomaly. Borrowed by hooks for the call.
type Anomaly struct {
	Flow   *Flow // nil outside of flows
	Dir    Dir
	Packet *flow.Packet // what caused it; nil for timers
	Kind   AnomalyKind
	Event  flow.Event // for decode and stream events
	Weird  string     // "" : none
	Name   string     // Suricata's; "" : none
	Addl   string     // Zeek's addl column
	Source string     // Zeek's source column
	// PerFlow: Zeek reports it once for each connection.
	PerFlow bool
	// Proto is the application protocol, and Tx the transaction (-1: none), of application-layer anomalies.
	Proto string
	Layer string // EVE: "proto_parser" or "proto_detect"
	// Data is the direction of the data in which it was found, of application-layer anomalies.
	Data Dir
	Tx   int64
}

// AnomalyKind says which part noticed it.
type AnomalyKind uint8

// The kinds, as EVE's anomaly.type.
const (
	DecodeAnomaly AnomalyKind = iota
	StreamAnomaly
	AppAnomaly
)

package proto

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// Protocol is a defined protocol of whatever transaction type; only Define makes one.
type Protocol interface {
	// Name is the protocol's lower-case name.
	Name() string
	// AppProto is Suricata's name.
	AppProto() string
	// Doc says what it is.
	Doc() string
	// Detect says how it is recognised.
	Detect() Detect
	// Events are its anomalies.
	Events() []Event
	// Buffers are the names of its sticky buffers.
	Buffers() []string
	// RuleBuffers and RuleKeywords are what rules may look at.
	RuleBuffers() []RuleBuffer
	RuleKeywords() []RuleKeyword
	// Logs describes its logs in a form.
	Logs(f record.Form) []*record.Stream
	// Sided tells that each message is a transaction of its own to rules; see Spec.
	Sided() bool
	trigger() Trigger
	bind(rt *Runtime) protoBinding
	complete() [2]Stage
	txID(value any, base *Tx, d Dir) uint64
	embed(e *record.Encoder, value any, d Dir) bool
}

// Def is a defined protocol; immutable and shared. It implements Protocol.
type Def[T any] struct {
	spec   Spec[T]
	source string
	alert  *record.Embedded[T] // what alerts tell of a transaction; nil: nothing
}

// Define checks a Spec and makes it a Protocol. It panics on a fault of the program: a Spec is a constant of its folder,
// and its test runs Check.
func Define[T any](s Spec[T]) *Def[T] {
	if err := check(&s); err != nil {
		panic("proto: " + s.Name + ": " + err.Error())
	}
	if s.AppProto == "" {
		s.AppProto = s.Name
	}
	if s.Detect.Depth == 0 {
		s.Detect.Depth = 1024
	}
	s.Limits = s.Limits.withDefaults()
	d := &Def[T]{spec: s, source: strings.ToUpper(s.Name)}
	for _, l := range s.Logs {
		if l.Event == s.AppProto && d.alert == nil {
			d.alert = record.PrepareEmbed(l.Log)
		}
	}
	return d
}

func check[T any](s *Spec[T]) error {
	var t T
	if _, ok := any(&t).(embedsTx); !ok {
		return fmt.Errorf("%T does not embed proto.Tx", t)
	}
	if s.Name == "" || s.Doc == "" || s.New == nil {
		return errors.New("a Spec needs Name, Doc and New")
	}
	var names []string
	for i := range s.Buffers {
		b := &s.Buffers[i]
		if (b.One == nil) == (b.Nth == nil) {
			return fmt.Errorf("buffer %s needs either One or Nth", b.Name)
		}
		key := fmt.Sprint(b.Name, b.Dir) // one name may stand for a buffer of each side
		if slices.Contains(names, key) {
			return fmt.Errorf("buffer %s twice in one direction", b.Name)
		}
		names = append(names, key)
	}
	for i, e := range s.Events {
		if e.Weird == "" && e.Anomaly == "" {
			return fmt.Errorf("event %d has no name", i)
		}
	}
	return nil
}

// Name implements Protocol.
func (d *Def[T]) Name() string { return d.spec.Name }

// AppProto implements Protocol.
func (d *Def[T]) AppProto() string { return d.spec.AppProto }

// Doc implements Protocol.
func (d *Def[T]) Doc() string { return d.spec.Doc }

// Detect implements Protocol.
func (d *Def[T]) Detect() Detect { return d.spec.Detect }

// Events implements Protocol.
func (d *Def[T]) Events() []Event { return d.spec.Events }

func (d *Def[T]) trigger() Trigger { return d.spec.Trigger }

// Sided implements Protocol.
func (d *Def[T]) Sided() bool { return d.spec.Sided }

// Spec returns a copy of the declaration, for tests and documentation.
func (d *Def[T]) Spec() Spec[T] { return d.spec }

// Buffers implements Protocol.
func (d *Def[T]) Buffers() []string {
	names := make([]string, 0, len(d.spec.Buffers))
	for i := range d.spec.Buffers {
		names = append(names, d.spec.Buffers[i].Name)
	}
	return names
}

// Logs implements Protocol.
func (d *Def[T]) Logs(f record.Form) []*record.Stream {
	var out []*record.Stream
	for _, l := range d.spec.Logs {
		if s := Describe(l.Log).Describe(f); s != nil {
			out = append(out, s)
		}
	}
	return out
}

func (d *Def[T]) bind(rt *Runtime) protoBinding {
	b := &binding[T]{def: d, rt: rt, events: d.spec.Events}
	for _, l := range d.spec.Logs {
		if w := record.Open(rt.setup.Output, l.Log); w.Wanted() {
			b.logs = append(b.logs, boundLog[T]{l, w})
		}
	}
	return b
}

// start makes the parser constructor; apart from bind so that every protocol is bound before any reads others' names.
func (b *binding[T]) start(s *Setup) { b.newParser = b.def.spec.New(s) }

type protoBinding interface {
	start(s *Setup)
	open(c *conv) session
	protocol() Protocol
	want(buffer string)
	recycleAny(tx any)
}

type binding[T any] struct {
	def       *Def[T]
	rt        *Runtime
	newParser func() Parser[T]
	logs      []boundLog[T]
	subs      []sub[T]
	events    []Event
	sessions  []*Session[T]
	free      []*T
	wanted    [256]bool // by stage: a rule looks at a buffer of it
	lookedAt  map[string]bool
}

type boundLog[T any] struct {
	Log[T]
	w *record.Writer[T]
}

type sub[T any] struct {
	at Stage
	fn func(*Flow, *T)
}

func (b *binding[T]) protocol() Protocol { return b.def }

func hasPorts(p uint8) bool {
	return p == flow.ProtoTCP || p == flow.ProtoUDP || p == flow.ProtoSCTP
}

// weirdSource is Zeek's source column for the protocol's weirds: the analyzer's name in upper case.
func (d *Def[T]) weirdSource() string { return d.source }

package proto

import (
	"math"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// Transaction is a transaction of any protocol as an inspector sees it, packet by packet: what rules look at. There are
// none without an inspector (Setup.OnInspect). It is valid until it is closed and was inspected in both directions, or its
// flow ends; it belongs to the flow's worker.
type Transaction struct {
	// State is the inspector's own; nil in a new transaction. A Release method of it is called when the transaction goes.
	State any

	flow     *Flow
	base     *Tx
	value    any // *T
	bind     protoBinding
	next     *Transaction // in the flow's ring
	prev     *Transaction
	later    *Transaction // in the flow's list of those that changed
	listed   bool         // it is in that list
	progress [2]Stage
	closed   bool
	seen     [2]bool
	changed  [2]bool
	gone     bool
	quiet    bool
	nested   bool
}

// rowOf is where in the Output a row of a live transaction is.
type rowOf struct {
	t  *Transaction
	at int
}

// StageClosed is the progress of a transaction that is over.
const StageClosed Stage = math.MaxUint8

// Transactions returns the flow's first live transaction, nil when there is none; Next leads to the others, in the order in
// which they began.
func (f *Flow) Transactions() *Transaction {
	if f.live == nil {
		return nil
	}
	return f.live.next
}

// Changed returns the first of the flow's transactions that changed in either direction since it was inspected last, nil
// when there is none; Transaction.NextChanged leads to the others, in the order in which they changed.
func (f *Flow) Changed() *Transaction { return f.changed }

// NextChanged returns the next of the flow's transactions that changed; see Flow.Changed.
func (t *Transaction) NextChanged() *Transaction { return t.later }

// Progressed tells whether any of the flow's transactions changed in direction d since the direction was inspected last.
func (f *Flow) Progressed(d Dir) bool { return f.fresh>>d&1 != 0 }

// Next returns the flow's next live transaction, nil behind the last.
func (t *Transaction) Next() *Transaction {
	if t == t.flow.live {
		return nil
	}
	return t.next
}

// ID is Suricata's tx_id, counted from 0 in the flow, as seen in direction d.
func (t *Transaction) ID(d Dir) uint64 { return t.bind.protocol().txID(t.value, t.base, d) }

// Triggers tells that, by what the transaction came to, rules look at the stream in direction d now; see Trigger.
func (t *Transaction) Triggers(d Dir) bool {
	switch t.bind.protocol().trigger() {
	case TriggerProgress:
		return t.changed[d]
	case TriggerComplete:
		return t.changed[d] && t.Complete(d)
	default:
		return false
	}
}

// Nested tells that its protocol runs inside the flow's (the handshake of TLS in QUIC), not instead of it.
func (t *Transaction) Nested() bool { return t.nested }

// Number counts the flow's transactions from 0: FileInfo.TxID.
func (t *Transaction) Number() uint64 { return t.base.ID }

// Protocol is the protocol whose transaction it is.
func (t *Transaction) Protocol() Protocol { return t.bind.protocol() }

// Progress is the greatest stage that was announced by direction d; StageClosed when the transaction is over.
func (t *Transaction) Progress(d Dir) Stage {
	if t.closed {
		return StageClosed
	}
	return t.progress[d]
}

// Begun tells that a stage was announced in direction d.
func (t *Transaction) Begun(d Dir) bool { return t.progress[d] != 0 }

// Closed tells that nothing more comes in either direction.
func (t *Transaction) Closed() bool { return t.closed }

// Complete tells that nothing more comes in direction d.
func (t *Transaction) Complete(d Dir) bool {
	if t.closed {
		return true
	}
	c := t.bind.protocol().complete()[d]
	return c != 0 && t.progress[d] >= c
}

// Changed tells whether a stage was announced in direction d since the direction was inspected last.
func (t *Transaction) Changed(d Dir) bool { return t.changed[d] }

// Quiet keeps the transaction out of the logs from here on: what the packet in hand brought, too, as rules look first.
func (t *Transaction) Quiet() { t.quiet = true }

// Value is the protocol's own transaction, a pointer.
func (t *Transaction) Value() any { return t.value }

// Embed writes what alerts of a rule in direction d tell of the transaction: members of the object that is open. It tells whether
// there were any. rule may be nil.
func (t *Transaction) Embed(e *record.Encoder, d Dir, rule Looker) bool {
	t.base.rule = rule
	ok := t.bind.protocol().embed(e, t.value, d)
	t.base.rule = nil
	return ok
}

// OnInspect calls fn for each packet when all that it brought was parsed: by then rules can be judged as Suricata does, on
// the packet, on the stream and on the flow's transactions, in the packet's direction d. f is nil for packets outside of
// flows. When a flow ends, fn is called without a packet for either direction (Suricata's pseudo packets). Everything is
// borrowed. While there is an inspector, transactions live on until they were inspected.
func (s *Setup) OnInspect(fn func(f *Flow, d Dir, p *flow.Packet)) {
	s.rt.hooks.inspect = append(s.rt.hooks.inspect, fn)
}

// Want tells the protocol named name that one of its buffers or keywords is looked at, so that it is made.
func (s *Setup) Want(name, buffer string) {
	if b, ok := s.rt.bindings[name]; ok {
		b.want(buffer)
	}
}

// track begins a Transaction for tx, if anybody inspects.
func (s *Session[T]) track(tx *T, base *Tx) {
	rt := s.rt
	if len(rt.hooks.inspect) == 0 {
		return
	}
	var t *Transaction
	if n := len(rt.idleTx); n > 0 {
		t, rt.idleTx = rt.idleTx[n-1], rt.idleTx[:n-1]
	} else {
		t = new(Transaction)
	}
	*t = Transaction{flow: s.Flow, base: base, value: tx, bind: s.b, nested: s.conv.parentSub}
	base.live = t
	// The list is a ring, by its last.
	if last := s.live; last != nil {
		t.next, t.prev = last.next, last
		last.next.prev, last.next = t, t
	} else {
		t.next, t.prev = t, t
	}
	s.live = t
}

// reach notes the stage that tx reached.
func (t *Transaction) reach(d Dir, st Stage) {
	if st > t.progress[d] {
		t.progress[d] = st
	}
	if t.seen[d] { // it was complete, and is not looked at again
		return
	}
	t.changed[d] = true
	t.list(1 << d)
}

// over notes that the transaction is closed, and tells whether it is in the inspectors' care: given back at once when they saw
// it whole, later when not.
func (t *Transaction) over() bool {
	if t == nil {
		return false
	}
	if t.gone {
		return false
	}
	t.closed = true
	var rest uint8
	sided := t.bind.protocol().Sided()
	for d := range t.seen {
		switch {
		case t.seen[d]:
		case sided && t.progress[d] == 0: // a message of the other direction: there is nothing to look at
			t.seen[d] = true
		default:
			t.changed[d] = true
			rest |= 1 << d
		}
	}
	if rest == 0 {
		t.flow.rt.letGo(t)
	} else {
		t.list(rest)
	}
	return true
}

// inspect runs the inspectors for one packet of a flow, and lets go of transactions that were seen whole.
func (rt *Runtime) inspect(f *Flow, d Dir, p *flow.Packet) {
	for _, fn := range rt.hooks.inspect {
		fn(f, d, p)
	}
	for _, r := range rt.rows { // as in Suricata, rules come before the logs
		if r.t.quiet {
			rt.cfg.Output.Drop(r.at)
		}
	}
	rt.rows = rt.rows[:0]
	if f == nil {
		return
	}
	if f.fresh>>d&1 == 0 {
		return
	}
	f.fresh &^= 1 << d
	rt.seen(f, d)
}

// touch makes the transaction one that changed.
func (t *Transaction) touch() {
	t.changed, t.seen = [2]bool{true, true}, [2]bool{}
	t.list(3)
}

// list puts the transaction into its flow's list of those that changed.
func (t *Transaction) list(dirs uint8) {
	f := t.flow
	f.fresh |= dirs
	if t.listed {
		return
	}
	t.listed = true
	at := &f.changed
	for *at != nil {
		at = &(*at).later
	}
	*at = t
}

// seen notes that a flow's transactions were inspected in direction d, and lets go of those that were seen whole.
func (rt *Runtime) seen(f *Flow, d Dir) {
	at := &f.changed
	for *at != nil {
		t := *at
		t.changed[d] = false
		if t.Complete(d) {
			t.seen[d] = true
		}
		over := t.closed && t.seen[0] && t.seen[1]
		if t.changed[d.Other()] && !over {
			at = &t.later
			continue
		}
		*at, t.later, t.listed = t.later, nil, false
		if over {
			rt.letGo(t)
		}
	}
}

// unlink takes the transaction out of its flow's ring.
func (t *Transaction) unlink() {
	if t.next == t {
		t.flow.live = nil
		return
	}
	t.prev.next, t.next.prev = t.next, t.prev
	if t.flow.live == t {
		t.flow.live = t.prev
	}
}

func (rt *Runtime) letGo(t *Transaction) {
	for at := &t.flow.changed; t.listed && *at != nil; at = &(*at).later {
		if *at == t {
			*at = t.later
			break
		}
	}
	t.unlink()
	t.base.live = nil
	t.bind.recycleAny(t.value)
	if r, ok := t.State.(interface{ Release() }); ok {
		r.Release()
	}
	*t = Transaction{gone: true}
	if len(rt.idleTx) < 4096 {
		rt.idleTx = append(rt.idleTx, t)
	}
}

// inspectEnd is the last inspection of a flow, in both directions.
func (rt *Runtime) inspectEnd(f *Flow) {
	if len(rt.hooks.inspect) == 0 {
		return
	}
	for t := f.Transactions(); t != nil; t = t.Next() {
		t.closed = true
		for d := range t.seen {
			if !t.seen[d] {
				t.changed[d] = true
				t.list(1 << d)
			}
		}
	}
	rt.inspect(f, Orig, nil)
	rt.inspect(f, Resp, nil)
	for f.live != nil { // nothing is left, but if an inspector ended in a panic
		rt.letGo(f.live)
	}
	f.changed = nil
}

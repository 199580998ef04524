package proto

// Session is a parser's door to the engine, one for each parsed flow. It embeds the Flow.
type Session[T any] struct {
	*Flow
	b      *binding[T]
	conv   *conv
	parser Parser[T]
	open   []*T
	ended  [2]bool
}

// session is Session without its type.
type session interface {
	data(d Dir, b []byte) (Result, error)
	gap(d Dir, n int64) error
	end(d Dir)
	close()
	window() int
	binding() protoBinding
	idle() bool
}

func (b *binding[T]) open(c *conv) session {
	var s *Session[T]
	if n := len(b.sessions); n > 0 {
		s, b.sessions = b.sessions[n-1], b.sessions[:n-1]
		if r, ok := s.parser.(interface{ Reset() }); ok {
			r.Reset()
		} else {
			s.parser = b.newParser()
		}
	} else {
		s = &Session[T]{b: b, parser: b.newParser()}
	}
	s.Flow, s.conv, s.ended = c.flow, c, [2]bool{}
	return s
}

func (s *Session[T]) data(d Dir, b []byte) (Result, error) {
	if !poisoned {
		return s.parser.Data(s, d, b)
	}
	rt := s.rt
	b = rt.loans.lend(b)
	defer rt.loans.reclaim(b)
	return s.parser.Data(s, d, b)
}

func (s *Session[T]) gap(d Dir, n int64) error { return s.parser.Gap(s, d, n) }
func (s *Session[T]) window() int              { return s.b.def.spec.Limits.Window }
func (s *Session[T]) binding() protoBinding    { return s.b }

func (s *Session[T]) end(d Dir) {
	if s.ended[d] {
		return
	}
	s.ended[d] = true
	s.parser.End(s, d)
}

// idle tells whether the parser holds nothing that the next datagram needs.
func (s *Session[T]) idle() bool {
	i, ok := s.parser.(interface{ Idle() bool })
	return ok && len(s.open) == 0 && i.Idle()
}

// close drops what is left open and gives the session back.
func (s *Session[T]) close() {
	for _, t := range s.open {
		s.b.drop(t)
	}
	clear(s.open)
	s.open = s.open[:0]
	s.Flow, s.conv = nil, nil
	if len(s.b.sessions) < 1024 {
		s.b.sessions = append(s.b.sessions, s)
	}
}

// Ended tells whether both directions have ended: the call to End under way is the last of all.
func (s *Session[T]) Ended() bool { return s.ended[0] && s.ended[1] }

// Expected returns what HandoffWith told this protocol or, without that, Flow.Expect announced this flow with; nil if neither.
func (s *Session[T]) Expected() any {
	if s.conv.told != nil {
		return s.conv.told
	}
	if s.rare == nil {
		return nil
	}
	return s.rare.expected
}

// Begin opens a transaction, zero but for its Tx; a T with a Reset() method is reset by it instead, so that it can keep
// its slices' memory. ErrLimit when Limits.OpenTx are open: a parser returns it, and is dropped
// with an event. Transactions are reused after Close: no pointer to one may live longer.
func (s *Session[T]) Begin() (*T, error) {
	spec := &s.b.def.spec
	if len(s.open) >= spec.Limits.OpenTx {
		s.rt.Counts.TxLimit++
		return nil, ErrLimit
	}
	var t *T
	if n := len(s.b.free); n > 0 {
		t, s.b.free = s.b.free[n-1], s.b.free[:n-1]
	} else {
		t = new(T)
	}
	base := any(t).(embedsTx).base()
	arena := base.arena
	if r, ok := any(t).(interface{ Reset() }); ok {
		r.Reset()
	} else {
		var zero T
		*t = zero
	}
	base.restart(arena, uint64(s.txs), s.rt.now, spec.Limits.TxKeep)
	s.txs++
	s.rt.Counts.Transactions++
	base.slot = len(s.open)
	s.open = append(s.open, t)
	s.track(t, base)
	return t, nil
}

// At announces that tx reached a stage by what direction d sent: logs are written, rules and analyzers look now.
func (s *Session[T]) At(tx *T, d Dir, st Stage) {
	if len(s.rt.hooks.inspect) > 0 {
		if t := any(tx).(embedsTx).base().live; t != nil {
			t.reach(d, st)
			if t.quiet {
				return
			}
		}
	}
	for i := range s.b.logs {
		if l := &s.b.logs[i]; l.At == st && (l.If == nil || l.If(tx)) {
			s.write(l, tx)
		}
	}
	for i := range s.b.subs {
		if s.b.subs[i].at == st {
			s.b.subs[i].fn(s.Flow, tx)
		}
	}
}

func (s *Session[T]) write(l *boundLog[T], tx *T) {
	base := any(tx).(embedsTx).base()
	s.rt.head = s.Header()
	h := &s.rt.head
	first, _ := s.rt.cfg.Output.Len()
	if l.w.WantsEVE() {
		h.Swap = l.Dir == Resp
		if !l.NoTxID {
			h.TxID = int64(base.ID)
		}
		l.w.WriteEVE(h, tx)
	}
	if l.w.WantsZeek() {
		h.Nanos = base.Start
		if l.Time != nil {
			h.Nanos = l.Time(tx)
		}
		l.w.WriteZeek(h, tx)
	}
	if base.live != nil {
		for end, _ := s.rt.cfg.Output.Len(); first < end; first++ {
			s.rt.rows = append(s.rt.rows, rowOf{base.live, first})
		}
	}
}

// Wants tells whether any log, rule or analyzer takes transactions of this protocol at stage st.
func (s *Session[T]) Wants(st Stage) bool {
	for i := range s.b.logs {
		if s.b.logs[i].At == st {
			return true
		}
	}
	for i := range s.b.subs {
		if s.b.subs[i].at == st {
			return true
		}
	}
	return s.b.wanted[st]
}

// WantsBuffer tells whether a rule looks at the buffer of that name.
func (s *Session[T]) WantsBuffer(name string) bool { return s.b.lookedAt[name] }

// Close ends a transaction: it is reused.
func (s *Session[T]) Close(tx *T) {
	i := any(tx).(embedsTx).base().slot
	if i >= len(s.open) || s.open[i] != tx {
		return // closed already
	}
	last := len(s.open) - 1
	s.open[i] = s.open[last]
	any(s.open[i]).(embedsTx).base().slot = i
	s.open[last] = nil
	s.open = s.open[:last]
	s.b.drop(tx)
}

// drop gives a transaction that is over back, unless an inspector has yet to see it.
func (b *binding[T]) drop(t *T) {
	if !any(t).(embedsTx).base().live.over() {
		b.recycle(t)
	}
}

func (b *binding[T]) recycleAny(t any) { b.recycle(t.(*T)) }

// want notes that a buffer is looked at.
func (b *binding[T]) want(name string) {
	for i := range b.def.spec.Buffers {
		if f := &b.def.spec.Buffers[i]; f.Name == name {
			b.wanted[f.At] = true
			if b.lookedAt == nil {
				b.lookedAt = map[string]bool{}
			}
			b.lookedAt[name] = true
		}
	}
	for i := range b.def.spec.Keywords {
		if k := &b.def.spec.Keywords[i]; k.Name == name {
			b.wanted[k.At[Orig]], b.wanted[k.At[Resp]] = true, true
		}
	}
}

func (b *binding[T]) recycle(t *T) {
	base := any(t).(embedsTx).base()
	overwrite(base.arena[:cap(base.arena)])
	base.forget()
	if len(b.free) < 4096 {
		b.free = append(b.free, t)
	}
}

// Confirm tells that the flow surely speaks this protocol: conn's service gets its name.
func (s *Session[T]) Confirm() { s.AddService(s.b.def.spec.Name) }

// Event reports something odd at the current packet.
func (s *Session[T]) Event(id EventID) { s.EventTx(nil, id, "") }

// EventAddl is Event with Zeek's additional text.
func (s *Session[T]) EventAddl(id EventID, addl string) { s.EventTx(nil, id, addl) }

// EventTx reports something odd about a transaction (nil: none).
func (s *Session[T]) EventTx(tx *T, id EventID, addl string) {
	e := &s.b.events[id]
	a := Anomaly{
		Kind: AppAnomaly, Weird: e.Weird, Name: e.Anomaly, Addl: addl, Source: s.b.def.weirdSource(), PerFlow: true,
		Proto: s.b.def.spec.AppProto, Layer: "proto_parser", Tx: -1,
	}
	if tx != nil {
		base := any(tx).(embedsTx).base()
		a.Tx = int64(base.ID)
		if base.live != nil {
			base.live.touch()
		}
	}
	s.Flow.Anomaly(&a)
}

// Handoff gives all further bytes of both directions, unread ones included, to whatever protocol is found in them
// (STARTTLS, CONNECT, upgrade). The parser gets nothing but End from now on. name, when not empty, names the protocol
// instead of detecting it.
func (s *Session[T]) Handoff(name string) { s.conv.handoff(name, nil) }

// HandoffWith is Handoff that tells the protocol something, which its session returns from Expected: *Upgrade behind an
// HTTP upgrade. data is kept as long as the flow: bytes in it are owned.
func (s *Session[T]) HandoffWith(name string, data any) { s.conv.handoff(name, data) }

// Sub opens a sub-stream that is fed by the parser: a TLS handshake inside QUIC, a pipe inside SMB. name as for Handoff.
func (s *Session[T]) Sub(name string) *Sub { return s.conv.sub(name) }

// Sub is a stream inside a stream. It is detected and parsed like a flow and ends with its parent.
type Sub struct{ c *conv }

// Data feeds the next bytes of direction d, borrowed.
func (u *Sub) Data(d Dir, b []byte) { u.c.feed(d, b) }

// Gap tells that n bytes of direction d are missing.
func (u *Sub) Gap(d Dir, n int64) { u.c.gap(d, n) }

// Alive tells whether anybody still reads what is fed: a parent need not prepare what no one looks at.
func (u *Sub) Alive() bool { return u.c.child != nil || !u.c.dead }

// End tells that direction d is complete.
func (u *Sub) End(d Dir) { u.c.end(d) }

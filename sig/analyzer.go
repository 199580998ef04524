package sig

import (
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Logs describes the logs that rules write, for the schema.
func Logs() []proto.Described {
	return []proto.Described{proto.Describe(alertLog), proto.Describe(packetLog)}
}

// Analyzer returns the analyzer that judges the rules on all traffic and writes EVE's alert records. One RuleSet may serve
// any number of runs at once.
func (rs *RuleSet) Analyzer() *proto.Analyzer {
	return &proto.Analyzer{
		Name: "rules", Doc: "alerts by Suricata's rules",
		Logs:  Logs(),
		Start: func(s *proto.Setup) error { return rs.start(s, nil) },
	}
}

// Alert is a rule that matched. It is borrowed for the call that it is handed to.
type Alert struct {
	SID, GID, Rev uint32
	Msg, Class    string
	Priority      int
	// Flow and Packet are what it matched on; Packet is nil at the end of a flow.
	Flow   *proto.Flow
	Packet *flow.Packet
	// Dir is the packet's direction in the flow.
	Dir proto.Dir
	// Tx is the transaction it matched on, nil for none.
	Tx *proto.Transaction
	// Late tells that whether the alert is written is decided later: by a threshold, or by a bit of a host.
	Late bool
}

// AnalyzerFunc is Analyzer with a function that is called for each alert, on the worker that found it: fn is called by
// several goroutines at once.
func (rs *RuleSet) AnalyzerFunc(fn func(a *Alert)) *proto.Analyzer {
	a := rs.Analyzer()
	a.Start = func(s *proto.Setup) error { return rs.start(s, fn) }
	return a
}

// worker judges rules for one worker of a run.
type worker struct {
	*Matcher
	rs      *RuleSet
	log     *record.Writer[alertRow]
	packets *record.Writer[packetRow]
	out     *record.Output
	slot    int
	meet    *meeting
	rt      *proto.Runtime
	opts    eveOptions
	row     alertRow
	report  func(a *Alert)
	detail  Alert
}

func (rs *RuleSet) start(s *proto.Setup, tell func(a *Alert)) error {
	rs.worker(s, tell)
	return nil
}

// worker makes what judges the rules for one worker, and hangs its hooks.
func (rs *RuleSet) worker(s *proto.Setup, tell func(a *Alert)) *worker {
	w := &worker{Matcher: rs.NewMatcher(), rs: rs, log: record.Open(s.Output, alertLog), packets: record.Open(s.Output, packetLog), out: s.Output, slot: s.Slot(), report: tell}
	w.meet, _ = s.Shared(rs, func() any { return newMeeting(rs, s.Output) }).(*meeting)
	w.opts = readOptions(s.Settings)
	w.Matcher.slot, w.rt = w.slot, s.Runtime()
	for _, want := range rs.wants {
		s.Want(want.protocol, want.buffer)
	}
	s.OnInspect(w.inspect)
	s.OnAnomaly(w.anomaly)
	if rs.wantsStream {
		s.OnStream(w.stream)
	}
	if rs.files[0].any || rs.files[1].any {
		s.OnFile(w.watch)
	}
	s.OnFlow(nil, w.closed)
	s.AtEnd(func() { w.counts.AddTo(&w.rt.Counts) })
	return w
}

// stream keeps what comes of a TCP stream until it is judged.
func (w *worker) stream(f *proto.Flow, d proto.Dir, b []byte, gap int64) {
	if f.PayloadStopped() || f.InspectionStopped() || f.Marks&markPass != 0 {
		return
	}
	w.addRaw(w.stateOf(f), d, b, gap)
}

// anomaly notes events that rules may ask for.
func (w *worker) anomaly(a *proto.Anomaly) {
	if a.Name == "" {
		return
	}
	if a.Kind != proto.AppAnomaly || a.Layer == "proto_detect" { // what is told of a packet
		if id, ok := w.rs.nameIDs["e:"+a.Name]; ok && len(w.events) < maxAppEvents {
			w.events = append(w.events, id)
		}
		return
	}
	if a.Flow == nil || !w.rs.wantsEvents {
		return
	}
	fs := w.stateOf(a.Flow)
	app := appName(a.Proto)
	tx := a.Tx
	if tx < 0 { // the transaction that is being read, if there is one
		for t := a.Flow.Transactions(); t != nil; t = t.Next() {
			tx = int64(t.Number())
		}
	}
	if len(fs.events) < maxAppEvents {
		fs.events = append(fs.events, appEvent{app: app, name: strings.ToLower(a.Name), tx: tx, dir: a.Data,
			sided: a.Packet == nil || w.rs.sided[app]})
	}
}

// inspect judges the rules for a packet, or for the end of a direction.
func (w *worker) inspect(f *proto.Flow, d proto.Dir, p *flow.Packet) {
	m := w.Matcher
	c := &m.ctx
	*c = subject{f: f, d: d, p: p, stream: c.stream[:0]}
	if f != nil && (f.Marks&markPass != 0 || p != nil && m.halted(f)) {
		if m.explain != nil {
			m.explain.passed(f, d, p)
		}
		m.events = m.events[:0]
		return
	}
	if p == nil {
		if f.Transactions() == nil && f.Slot(w.slot) == nil {
			return
		}
		c.end = true
		c.p = m.pseudoPacket(f, d)
	} else {
		c.inStream = p.Marks&flow.Streamed != 0
		c.real = true
	}
	if f != nil {
		m.seal(c)
		c.fs, _ = f.Slot(w.slot).(*flowState)
		if c.fs != nil {
			m.trigger(c)
			m.ripe(c)
		}
	}
	m.judge(c)
	if m.explain != nil {
		m.explain.look(c)
	}
	for i := range m.finalize(c) {
		w.write(c, &m.alerts[i])
	}
	for i := range m.noted {
		l := m.lateOf(w.meet, m.noted[i].s, c, false)
		l.data = m.noted[i].data
		w.out.Note(l)
	}
	w.tagPacket(c)
	m.events = m.events[:0]
	if c.fs != nil {
		c.drained()
		if c.fs.files != nil {
			c.fs.files.seen(d)
		}
		if f.Transactions() == nil && c.fs.empty() { // a flow that rests needs none
			m.dropState(f, c.fs)
		}
	}
}

// halted tells that packets of the flow are not looked at any more; the one that brought it about still is.
func (m *Matcher) halted(f *proto.Flow) bool {
	if !f.InspectionStopped() {
		return false
	}
	if f.Marks&markStopped == 0 {
		f.Marks |= markStopped
		return false
	}
	return true
}

// seal finds out whether the payload of the flow is still looked at. With the packet that ended it, what came of the stream
// in its direction is judged; what came in the other never is, as in Suricata.
func (m *Matcher) seal(c *subject) {
	if !c.f.PayloadStopped() {
		return
	}
	if c.f.Marks&markStopped == 0 {
		c.f.Marks |= markStopped
		c.sealing = true
		return
	}
	c.sealed = true
}

// trigger makes the stream ripe when a transaction of the direction was completed.
func (m *Matcher) trigger(c *subject) {
	if !c.f.Progressed(c.d) || len(c.fs.raw[c.d].buf) == 0 {
		return
	}
	for tx := c.f.Changed(); tx != nil; tx = tx.NextChanged() {
		if tx.Triggers(c.d) {
			c.fs.triggered[c.d] = true
			return
		}
	}
}

// pseudoPacket stands for the packet that ends a direction.
func (m *Matcher) pseudoPacket(f *proto.Flow, d proto.Dir) *flow.Packet {
	s, r := &f.Side[d], &f.Side[d.Other()]
	m.pseudo = flow.Packet{Src: s.Addr, Dst: r.Addr, SrcPort: s.Port, DstPort: r.Port, Proto: f.Proto, Version: f.Version, Layer: f.Layer}
	m.pseudo.Frame.Nanos = f.Now()
	return &m.pseudo
}

// stateOf returns the state of a flow, a new one if there is none.
func (m *Matcher) stateOf(f *proto.Flow) *flowState {
	if fs, ok := f.Slot(m.slot).(*flowState); ok {
		return fs
	}
	var fs *flowState
	if n := len(m.idle); n > 0 {
		fs, m.idle = m.idle[n-1], m.idle[:n-1]
	} else {
		fs = new(flowState)
	}
	f.SetSlot(m.slot, fs)
	return fs
}

// state is stateOf for the flow in hand.
func (m *Matcher) state(c *subject) *flowState {
	if c.fs == nil {
		c.fs = m.stateOf(c.f)
	}
	return c.fs
}

// closed gives the flow's state back.
func (w *worker) closed(f *proto.Flow) {
	fs, ok := f.Slot(w.slot).(*flowState)
	if !ok {
		return
	}
	w.dropState(f, fs)
}

// dropState gives the state of a flow back.
func (m *Matcher) dropState(f *proto.Flow, fs *flowState) {
	f.SetSlot(m.slot, nil)
	fs.release()
	if len(m.idle) < 4096 {
		m.idle = append(m.idle, fs)
	}
}

// write writes one alert, or leaves it to be decided late.
func (w *worker) write(c *subject, a *alert) {
	if w.rs.suppressed(a.s, &c.p.Src, &c.p.Dst) {
		if w.explain != nil {
			w.explain.rules[a.s.num].suppressed++
		}
		return
	}
	w.counts.Alerts++
	late := w.rs.needsMeeting(a.s)
	if w.report != nil {
		w.detail = a.s.alert(c, a.tx, late)
		w.report(&w.detail)
	}
	if late {
		l := w.lateOf(w.meet, a.s, c, true)
		l.data = a.data
		if w.explain != nil {
			w.explain.written(a.s, c, l)
		}
		if c.f != nil {
			c.f.SettleLate(&lateFlag{w.meet, l.flow})
		}
		if !w.log.WantsEVE() {
			w.out.Note(l)
			return
		}
		w.out.Late = l
	} else {
		if w.explain != nil {
			w.explain.written(a.s, c, nil)
		}
		if c.f != nil {
			c.f.Alerted = true
		}
	}
	if w.log.WantsEVE() {
		w.encode(c, a)
	}
}

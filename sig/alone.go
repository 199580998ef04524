package sig

import (
	"iter"
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// Packet judges the rules on one packet that belongs to no flow: its headers and its payload. Rules that ask for a flow, a
// stream or a transaction do not match. Alerts come in the order in which rules are judged; thresholds and bits of hosts,
// which need more than one packet, are not applied (Alert.Late tells of them). p is borrowed for the loop, and so is each
// alert; the matcher must not be used within it.
func (m *Matcher) Packet(p *flow.Packet) iter.Seq[*Alert] {
	return func(yield func(*Alert) bool) {
		c := &m.ctx
		*c = subject{p: p, real: true, stream: c.stream[:0]}
		m.judge(c)
		m.tell(c, m.finalize(c), yield)
		m.events = m.events[:0]
	}
}

// View is one transaction as the caller has it: buffers by their names, without any of the engine's types.
type View struct {
	// Protocol is the name by which rules know the protocol: "http".
	Protocol string
	// Dir is the direction whose buffers there are.
	Dir proto.Dir
	// Buffer returns the i-th value of a buffer ("http.uri"), false when there are not so many. Values are borrowed for
	// the call of Matcher.View. It may be asked for one several times.
	Buffer func(name string, i int) ([]byte, bool)
	// Packet, when set, is what the header of rules is compared with.
	Packet *flow.Packet
}

// View judges the rules on one transaction: those that are about buffers of its protocol. Conditions on packets, flows and
// variables are taken to hold, but those of the header when v.Packet is set; keywords of protocols that are no buffers do
// not. v is borrowed for the loop, and so is each alert; the matcher must not be used within it.
func (m *Matcher) View(v *View) iter.Seq[*Alert] {
	return func(yield func(*Alert) bool) {
		m.view = v
		defer func() { m.view = nil }()
		c := &m.ctx
		*c = subject{p: v.Packet, d: v.Dir, stream: c.stream[:0]}
		m.alerts, m.txCand = m.alerts[:0], m.txCand[:0]
		m.counts.Packets++
		g := m.rs.apps[appName(v.Protocol)]
		if g == nil {
			return
		}
		ts := &txState{m: m, group: g}
		m.searchBuffers(c, nil, ts, &g.dirs[v.Dir])
		for _, l := range g.dirs[v.Dir].loose {
			m.txCand = append(m.txCand, l.num)
		}
		slices.Sort(m.txCand)
		for _, n := range slices.Compact(m.txCand) {
			m.judgeView(c, ts, n)
		}
		m.tell(c, m.finalize(c), yield)
	}
}

func (m *Matcher) judgeView(c *subject, ts *txState, num uint32) {
	s := m.rs.sig(num)
	if !s.fits(ts.group.app) || s.dirs>>c.d&1 == 0 || s.files != nil || len(s.events) > 0 || len(s.payload) > 0 {
		return
	}
	if c.p != nil && !s.header.holds(c.p) {
		return
	}
	var done uint64
	if m.txHolds(c, nil, ts, s, ts.group.app, &done) == holdsYes && !s.noalert {
		m.alerts = append(m.alerts, alert{s: s})
	}
}

// tell hands alerts on.
func (m *Matcher) tell(c *subject, alerts []alert, yield func(*Alert) bool) {
	for i := range alerts {
		a := alerts[i].s.alert(c, alerts[i].tx, m.rs.needsMeeting(alerts[i].s))
		if !yield(&a) {
			return
		}
	}
}

// alert is what callers see of the rule.
func (s *signature) alert(c *subject, tx *proto.Transaction, late bool) Alert {
	a := s.about
	out := Alert{SID: a.sid, GID: a.gid, Rev: a.rev, Msg: a.msg, Class: a.class, Priority: a.priority, Flow: c.f, Dir: c.d, Tx: tx, Late: late}
	if !c.end {
		out.Packet = c.p
	}
	return out
}

// What a transaction is asked for; a View is complete from the beginning.

func (m *Matcher) progress(tx *proto.Transaction, d proto.Dir) proto.Stage {
	if m.view != nil {
		return proto.StageClosed
	}
	return tx.Progress(d)
}

func (m *Matcher) complete(tx *proto.Transaction, d proto.Dir) bool {
	return m.view != nil || tx.Complete(d)
}

func (m *Matcher) ready(src *bufferSource, tx *proto.Transaction) bool {
	return m.view != nil || src.def.Ready(tx)
}

func (m *Matcher) get(src *bufferSource, tx *proto.Transaction, i int) ([]byte, bool) {
	if m.view != nil {
		return m.view.Buffer(src.def.Name, i)
	}
	return src.def.Get(tx, i)
}

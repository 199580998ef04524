package sig

import (
	"slices"
	"sync"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// Explain finds out what became of each rule in a run: how often it fired, and if it did not, how far any packet or
// transaction got. The zero value is ready, for one run. Beside the judgement itself, which stays as it is, each rule's
// conditions are tried on all that fits its header, one by one and without a search for patterns: that is slow for large
// sets and captures, where SID helps.
type Explain struct {
	// SID is the only rule to be explained; 0: all.
	SID uint32

	mu    sync.Mutex
	rs    *RuleSet
	rules []traced
	check bool // rules that matched are tried too, for tests
}

// Explanation tells what became of a rule. It is owned.
type Explanation struct {
	SID, GID, Rev uint32
	Pos           rule.Pos
	Msg           string
	// Action is alert, pass, drop, reject or config.
	Action string
	// Matches is how often all that the rule asks for held, Alerts how many alerts came of that: thresholds, pass rules
	// and the like take some away.
	Matches, Alerts uint64
	// Packet is the number of the packet of the first alert, or else of the first match; 0: none, or the end of a flow.
	Packet uint64
	// Reason tells why there was no alert; "" when there was one.
	Reason string
}

// ExplainAnalyzer is Analyzer for a run that x explains. Alerts are the same.
func (rs *RuleSet) ExplainAnalyzer(x *Explain) *proto.Analyzer {
	x.rs, x.rules = rs, make([]traced, rs.Len())
	a := rs.Analyzer()
	a.Start = func(s *proto.Setup) error {
		w := rs.worker(s, nil)
		w.explain = newExplainer(x, w)
		s.OnFlow(nil, w.explain.closed)
		s.AtEnd(w.explain.merge)
		return nil
	}
	return a
}

// Rules returns what became of the rules, in the order of files and lines; the list is owned. It is for the time after the run.
func (x *Explain) Rules() []Explanation {
	x.mu.Lock()
	defer x.mu.Unlock()
	var list []Explanation
	t := newTeller(x)
	for i := range x.rules {
		if !x.wants(x.rs.facts[i].sid) {
			continue
		}
		s := x.rs.sig(uint32(i))
		a, r := s.about, &x.rules[i]
		e := Explanation{SID: a.sid, GID: a.gid, Rev: a.rev, Pos: a.pos, Msg: a.msg, Action: actionNames[s.action],
			Matches: r.matches, Alerts: r.alerts, Packet: r.firstAlert}
		if e.Alerts == 0 {
			e.Packet, e.Reason = r.firstMatch, t.reason(s, r)
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b Explanation) int { return comparePos(a.Pos, b.Pos) })
	return list
}

// Has tells whether a rule of that SID was loaded.
func (rs *RuleSet) Has(sid uint32) bool {
	return slices.ContainsFunc(rs.facts, func(f facts) bool { return f.sid == sid })
}

func (x *Explain) wants(sid uint32) bool { return x.SID == 0 || x.SID == sid }

var actionNames = [...]string{actionAlert: "alert", actionPass: "pass", actionDrop: "drop", actionReject: "reject", actionConfig: "config"}

// traced is what is known of one rule.
type traced struct {
	matches, alerts, suppressed uint64
	firstMatch, firstAlert      uint64
	best                        attempt
	held                        bool // all conditions held, tried one by one
}

// attempt is how far packets or transactions got.
type attempt struct {
	score  int // 0: there was nothing
	unit   unit
	number uint64 // of those that got as far
	packet uint64 // the first of them
	misses []miss // what did not hold there
}

// unit is what rules are tried on.
type unit uint8

const (
	unitPacket unit = iota
	unitFlow
	unitTransaction
	unitFlowEnd
)

// earlier is the smaller of two packet numbers, of which 0 is none.
func earlier(a, b uint64) uint64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// add adds what another worker found.
func (t *traced) add(o *traced) {
	if o.matches > 0 {
		t.firstMatch = earlier(t.firstMatch, o.firstMatch)
	}
	if o.alerts > 0 {
		t.firstAlert = earlier(t.firstAlert, o.firstAlert)
	}
	t.matches += o.matches
	t.alerts += o.alerts
	t.suppressed += o.suppressed
	t.held = t.held || o.held
	a, b := &t.best, &o.best
	switch {
	case b.score > a.score || b.score == a.score && b.packet < a.packet:
		n := uint64(0)
		if b.score == a.score {
			n = a.number
		}
		*a = *b
		a.number += n
	case b.score == a.score:
		a.number += b.number
	}
}

// matched notes a rule that matched.
func (x *explainer) matched(s *signature, c *subject) {
	t := &x.rules[s.num]
	if t.matches == 0 {
		t.firstMatch = packetNumber64(c)
	}
	t.matches++
}

// packetNumber64 is the number of the packet in hand, 0 at the end of a flow.
func packetNumber64(c *subject) uint64 {
	if !c.real {
		return 0
	}
	return c.p.Frame.Number
}

// written notes an alert that is written, or decided later.
func (x *explainer) written(s *signature, c *subject, l *lateAlert) {
	at := packetNumber64(c)
	if l != nil {
		l.told = func() { x.all.told(s, at) }
		return
	}
	t := &x.rules[s.num]
	if t.alerts++; t.alerts == 1 {
		t.firstAlert = at
	}
}

// told notes an alert that was decided late.
func (x *Explain) told(s *signature, at uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	t := &x.rules[s.num]
	if t.alerts++; t.alerts == 1 {
		t.firstAlert = at
	}
}

// merge adds what one worker found to what all found.
func (x *explainer) merge() {
	x.all.mu.Lock()
	defer x.all.mu.Unlock()
	for i := range x.rules {
		x.all.rules[i].add(&x.rules[i])
	}
}

// passed notes that a flow is not looked at any more, by a pass rule.
func (x *explainer) passed(f *proto.Flow, d proto.Dir, p *flow.Packet) {
	e := x.flows[f.ID.Number()]
	if e == nil || e.passed[d] || p == nil {
		return
	}
	e.passed[d] = true
	for _, n := range e.fit[d] {
		x.misses = append(x.misses[:0], miss{kind: missPassed})
		x.note(n, rankPassed, 0, 0, unitFlow, p.Frame.Number)
	}
}

package sig

import (
	"slices"

	"github.com/wirelore/wirelore/proto"
)

// txState is what a matcher keeps of a transaction.
type txState struct {
	m      *Matcher
	group  *appGroup
	done   [2]uint64 // buffers that were searched, as bits
	loose  [2]int    // how many of the loose rules were tried
	pos    [2][]growth
	rules  []stored
	events []uint32
}

// growth is how far a growing buffer was searched.
type growth struct {
	src   *bufferSource
	pos   int // how far it was looked at
	from  int // from where on in this round
	round uint64
	fresh bool
}

// stored is a rule that matched in part, or was judged to its end.
type stored struct {
	num  uint32
	dir  proto.Dir
	over bool
	done uint64 // sections and keywords that hold
}

// Release gives the state back.
func (ts *txState) Release() {
	m := ts.m
	*ts = txState{rules: ts.rules[:0], events: ts.events[:0], pos: [2][]growth{ts.pos[0][:0], ts.pos[1][:0]}}
	if len(m.idleTx) < 4096 {
		m.idleTx = append(m.idleTx, ts)
	}
}

func (m *Matcher) txState(tx *proto.Transaction) *txState {
	if ts, ok := tx.State.(*txState); ok {
		return ts
	}
	var ts *txState
	if n := len(m.idleTx); n > 0 {
		ts, m.idleTx = m.idleTx[n-1], m.idleTx[:n-1]
	} else {
		ts = new(txState)
	}
	ts.m = m
	ts.group = m.rs.apps[appOf(tx.Protocol())]
	if ts.group == nil || tx.Nested() {
		ts.group = noGroup
	}
	tx.State = ts
	return ts
}

var noGroup = &appGroup{}

// appOf is the name by which rules name a protocol: its own, if that is one of Suricata's of any version.
func appOf(p proto.Protocol) string {
	if a := p.AppProto(); a != "failed" && !slices.Contains(knownApps, p.Name()) {
		return a
	}
	return appName(p.Name())
}

// transactions judges the rules on the flow's transactions in the direction of c.
func (m *Matcher) transactions(c *subject) {
	files := c.fs != nil && c.fs.files != nil && m.rs.files[c.d].any
	if !c.f.Progressed(c.d) && len(m.streamTx) == 0 && !files {
		return
	}
	if len(m.streamTx) > 0 || files { // what is new may be of any of them
		for tx := c.f.Transactions(); tx != nil; tx = tx.Next() {
			m.transaction(c, tx)
		}
		return
	}
	for tx := c.f.Changed(); tx != nil; tx = tx.NextChanged() {
		if tx.Changed(c.d) {
			m.transaction(c, tx)
		}
	}
}

// transaction judges rules on one transaction.
func (m *Matcher) transaction(c *subject, tx *proto.Transaction) {
	ts := m.txState(tx)
	if tx.Nested() {
		return
	}
	g := &ts.group.dirs[c.d]
	m.txCand = m.txCand[:0]
	if g.any {
		m.searchBuffers(c, tx, ts, g)
		progress := tx.Progress(c.d)
		for ts.loose[c.d] < len(g.loose) && g.loose[ts.loose[c.d]].at <= progress {
			m.txCand = append(m.txCand, g.loose[ts.loose[c.d]].num)
			ts.loose[c.d]++
		}
	}
	if c.fs != nil && m.rs.files[c.d].any {
		m.searchFiles(c, tx)
	}
	m.txCand = append(m.txCand, m.streamTx...)
	for i := range ts.rules {
		if r := &ts.rules[i]; r.dir == c.d && !r.over {
			m.txCand = append(m.txCand, r.num)
		}
	}
	if len(m.txCand) == 0 {
		return
	}
	slices.Sort(m.txCand)
	cand := slices.Compact(m.txCand)
	m.counts.Candidates += uint64(len(cand))
	for _, n := range cand {
		m.judgeTx(c, tx, ts, m.rs.sig(n))
	}
}

// searchBuffers looks for patterns in what came since.
func (m *Matcher) searchBuffers(c *subject, tx *proto.Transaction, ts *txState, g *dirGroup) {
	progress := m.progress(tx, c.d)
	for i := range g.buffers {
		b := &g.buffers[i]
		if b.src.def.At > progress || i < 64 && ts.done[c.d]>>i&1 != 0 {
			continue
		}
		if b.src.def.Grows {
			m.searchGrowing(c, tx, ts, b)
			continue
		}
		if i < 64 && (progress > b.src.def.At || m.complete(tx, c.d)) { // until then it may still change
			ts.done[c.d] |= 1 << i
		}
		for k := 0; ; k++ {
			v, ok := m.get(b.src, tx, k)
			if !ok {
				break
			}
			if len(b.buf.transforms) > 0 {
				if v = m.transform(b.buf, v); v == nil {
					continue
				}
			}
			m.searchTx(&b.patternSet, v)
		}
	}
}

func (m *Matcher) searchTx(p *patternSet, v []byte) {
	if p.set == nil || len(v) == 0 {
		return
	}
	m.hits = p.set.FindSet(v, &m.seen, m.hits[:0])
	for _, h := range m.hits {
		m.txCand = append(m.txCand, p.rules[h]...)
	}
}

// searchGrowing looks at what is new in a body.
func (m *Matcher) searchGrowing(c *subject, tx *proto.Transaction, ts *txState, b *txBuffer) {
	if !m.ready(b.src, tx) {
		return
	}
	v, ok := m.get(b.src, tx, 0)
	if !ok {
		return
	}
	if len(b.buf.transforms) > 0 {
		v = m.transform(b.buf, v)
	} else {
		from, fresh := m.window(ts, c.d, b.src, len(v))
		if !fresh {
			return
		}
		v = v[from:]
	}
	m.searchTx(&b.patternSet, v)
}

// window tells from where on a growing buffer is looked at in this round: what is new, and a part of what came before. It
// is the same for all rules. fresh is false when nothing is new.
func (m *Matcher) window(ts *txState, d proto.Dir, src *bufferSource, n int) (from int, fresh bool) {
	var g *growth
	for i := range ts.pos[d] {
		if ts.pos[d][i].src == src {
			g = &ts.pos[d][i]
		}
	}
	if g == nil {
		ts.pos[d] = append(ts.pos[d], growth{src: src, pos: -1})
		g = &ts.pos[d][len(ts.pos[d])-1]
	}
	if g.round != m.counts.Packets {
		g.round, g.fresh = m.counts.Packets, g.pos != n
		if g.from = 0; g.pos > wholeBelow {
			g.from = max(0, min(g.pos, n)-max(src.def.Window, minWindow))
		}
		g.pos = n
	}
	return min(g.from, n), g.fresh
}

// minWindow is how much of what was looked at before is looked at again, at least.
const minWindow = 1024

// wholeBelow is up to where all that came before is looked at again (Suricata's minimal inspection size).
const wholeBelow = 40 << 10

// verdict is what came of a test.
type verdict uint8

const (
	holdsNot verdict = iota
	holdsYes
	holdsLater // more may come
)

// judgeTx judges one rule on a transaction, from where it was left.
func (m *Matcher) judgeTx(c *subject, tx *proto.Transaction, ts *txState, s *signature) {
	app := ts.group.app
	if app == "" {
		app = appOf(tx.Protocol())
	}
	var r *stored
	for i := range ts.rules {
		if x := &ts.rules[i]; x.num == s.num && x.dir == c.d {
			r = x
		}
	}
	var done uint64
	if r != nil {
		if r.over {
			return
		}
		done = r.done
	} else if !s.fits(app) || !m.headedTx(s, c) || !m.packetHolds(s, c) {
		return
	}
	m.lateData = m.lateData[:0]
	v := m.txHolds(c, tx, ts, s, app, &done)
	switch {
	case v == holdsYes:
		// A rule on files matches on each file of the transaction.
		m.store(ts, r, s, c.d, done, s.files == nil || m.complete(tx, c.d))
		m.matched(s, c, tx)
	case v == holdsLater && (done != 0 || r != nil || s.partial()):
		m.store(ts, r, s, c.d, done, false)
	case r != nil || done != 0 && v == holdsNot:
		m.store(ts, r, s, c.d, done, true)
	}
}

// partial tells that a rule waits for what comes later even though nothing of it holds yet.
func (s *signature) partial() bool { return true }

func (m *Matcher) store(ts *txState, r *stored, s *signature, d proto.Dir, done uint64, over bool) {
	if r == nil {
		ts.rules = append(ts.rules, stored{num: s.num, dir: d})
		r = &ts.rules[len(ts.rules)-1]
	}
	r.done, r.over = done, over
}

// headedTx is headed for a rule on transactions.
func (m *Matcher) headedTx(s *signature, c *subject) bool {
	return s.dirs>>c.d&1 != 0 && s.header.holds(c.p) && s.conn.holds(c)
}

// txHolds judges what is not done yet of a rule's sections, keywords, files, events and payload.
func (m *Matcher) txHolds(c *subject, tx *proto.Transaction, ts *txState, s *signature, app string, done *uint64) verdict {
	worst := holdsYes
	for i := range s.sections {
		x := &s.sections[i]
		if *done>>x.id&1 != 0 {
			continue
		}
		v := m.sectionHolds(c, tx, ts, x, app)
		if v == holdsNot {
			return holdsNot
		}
		if v == holdsYes {
			*done |= 1 << x.id
		} else {
			worst = holdsLater
		}
	}
	for i := range s.keywords {
		k := &s.keywords[i]
		if *done>>k.id&1 != 0 {
			continue
		}
		switch {
		case !sameApp(k.app, app):
			return holdsNot
		case m.progress(tx, c.d) < k.at[c.d]:
			worst = holdsLater
		case m.view == nil && k.holds(tx, c.d) != k.negated:
			*done |= 1 << k.id
		case m.complete(tx, c.d):
			return holdsNot
		default:
			worst = holdsLater
		}
	}
	for i := range s.events {
		if !m.eventHolds(c, tx, ts, &s.events[i]) {
			if m.complete(tx, c.d) {
				return holdsNot
			}
			worst = holdsLater
		}
	}
	if worst == holdsYes && s.files != nil {
		worst = m.filesHold(c, tx, s)
	}
	if worst != holdsYes || len(s.payload) == 0 {
		return worst
	}
	if m.payloadHolds(s, c) {
		return holdsYes
	}
	return holdsLater
}

// sectionHolds judges the tests on one buffer.
func (m *Matcher) sectionHolds(c *subject, tx *proto.Transaction, ts *txState, x *section, app string) verdict {
	src := x.buffer.source(app, c.d)
	if src == nil {
		if x.buffer.file != fileNone {
			return m.fileSection(c, tx, x)
		}
		return holdsNot
	}
	if m.progress(tx, c.d) < src.def.At {
		return holdsLater
	}
	whole := !src.def.Grows || m.complete(tx, c.d)
	final := whole && (m.progress(tx, c.d) > src.def.At || m.complete(tx, c.d))
	if src.def.Grows && !m.ready(src, tx) {
		return holdsLater
	}
	found := false
	for i := 0; ; i++ {
		v, ok := m.get(src, tx, i)
		if !ok {
			break
		}
		base := 0
		if len(x.buffer.transforms) > 0 {
			if v = m.transform(x.buffer, v); v == nil {
				continue
			}
		} else if src.def.Grows {
			base, _ = m.window(ts, c.d, src, len(v))
			v = v[base:]
		}
		found = true
		if x.absent {
			break
		}
		if m.inspect(x.tests, window{buf: v, base: base, whole: whole}) {
			return holdsYes
		}
	}
	switch {
	case x.absent && !found, x.absentOr && !found:
		return holdsYes
	case !final && !x.absent:
		return holdsLater
	}
	return holdsNot
}

// eventHolds tells whether an event of a parser was raised for the transaction, or for its flow.
func (m *Matcher) eventHolds(c *subject, tx *proto.Transaction, ts *txState, e *eventCondition) bool {
	if c.fs == nil {
		return false
	}
	for i := range c.fs.events {
		x := &c.fs.events[i]
		if x.app == e.app && x.name == e.name && (!x.sided || x.dir == c.d) && (x.tx < 0 || x.tx == int64(tx.Number())) {
			return true
		}
	}
	return false
}

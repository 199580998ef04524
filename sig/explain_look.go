package sig

import (
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// explainer tries rules one condition after the other for one worker.
type explainer struct {
	all    *Explain
	w      *worker
	m      *Matcher // of its own, so that nothing is changed that the judgement depends on
	only   []uint32 // the rules that are explained
	rules  []traced
	flows  map[uint64]*explainedFlow
	misses []miss
	held   int // conditions that hold
	depth  int // tests that hold of those that fail
	fit    []uint32
	lists  map[uint64][][]uint32 // lists of rules whose headers fit, by their hash: most flows share one
}

// explainedFlow is what is known of an open flow.
type explainedFlow struct {
	scanned, passed [2]bool
	fit             [2][]uint32 // rules whose header fits
	seen            [2]map[uint64]bool
	apps            []string // of its transactions
}

// How far a rule gets on something.
const (
	rankProtocol = 1 + iota
	rankAddress
	rankPort
	rankDirection
	rankPassed
	rankApp
	rankConditions
)

func newExplainer(all *Explain, w *worker) *explainer {
	x := &explainer{all: all, w: w, m: w.rs.NewMatcher(), rules: make([]traced, w.rs.Len()), flows: map[uint64]*explainedFlow{},
		lists: map[uint64][][]uint32{}}
	for n := range w.rs.facts {
		if all.wants(w.rs.facts[n].sid) {
			x.only = append(x.only, uint32(n))
		}
	}
	return x
}

// note takes in an attempt, whose misses are in x.misses.
func (x *explainer) note(num uint32, rank, held, depth int, u unit, packet uint64) {
	score := rank<<24 | min(held, 1<<10-1)<<12 | min(depth, 1<<12-1)
	b := &x.rules[num].best
	switch {
	case score > b.score:
		*b = attempt{score: score, unit: u, number: 1, packet: packet, misses: append(b.misses[:0], x.misses...)}
	case score == b.score:
		b.number++
	}
}

// look tries the rules on what was just judged.
func (x *explainer) look(c *subject) {
	for _, n := range x.fitting(c) {
		s := x.w.rs.sig(n)
		if t := &x.rules[n]; s.appOnly || s.ipOnly || t.matches > 0 && (!x.all.check || t.held) {
			continue
		}
		x.packet(c, s)
	}
	if c.f == nil {
		return
	}
	e := x.flows[c.f.ID.Number()]
	if e == nil {
		return
	}
	for tx := c.f.Transactions(); tx != nil; tx = tx.Next() {
		x.transaction(c, tx, e)
	}
}

// fitting returns the rules whose header fits, borrowed, and notes why others do not.
func (x *explainer) fitting(c *subject) []uint32 {
	if c.f == nil {
		x.fit = x.scan(c, x.fit[:0], unitPacket)
		return x.fit
	}
	id := c.f.ID.Number()
	e := x.flows[id]
	if e == nil {
		if c.end {
			return nil
		}
		e = &explainedFlow{}
		x.flows[id] = e
	}
	if !e.scanned[c.d] && !c.end {
		e.scanned[c.d] = true
		x.fit = x.scan(c, x.fit[:0], unitFlow)
		e.fit[c.d] = x.share(x.fit)
	}
	return e.fit[c.d]
}

// share returns a list like l that lasts, one for all that are equal.
func (x *explainer) share(l []uint32) []uint32 {
	h := uint64(14695981039346656037)
	for _, n := range l {
		h = (h ^ uint64(n)) * 1099511628211
	}
	for _, old := range x.lists[h] {
		if slices.Equal(old, l) {
			return old
		}
	}
	l = slices.Clone(l)
	x.lists[h] = append(x.lists[h], l)
	return l
}

func (x *explainer) scan(c *subject, fit []uint32, u unit) []uint32 {
	for _, n := range x.only {
		s := x.w.rs.sig(n)
		rank, why := s.header.miss(c.p)
		if rank == 0 && s.dirs>>c.d&1 == 0 && (c.f != nil || s.dirs != bothDirs) {
			rank, why = rankDirection, miss{kind: missDirection, i: int(c.d)}
		}
		if rank == 0 {
			fit = append(fit, n)
			continue
		}
		x.misses = append(x.misses[:0], why)
		x.note(n, rank, 0, 0, u, packetNumber64(c))
	}
	return fit
}

// miss tells what of a header does not fit a packet; rank 0: all does.
func (h *header) miss(p *flow.Packet) (rank int, why miss) {
	switch {
	case h.holds(p):
		return 0, miss{}
	case !h.protos.has(p.Proto) || h.version != 0 && h.version != p.Version || p.Version == 0:
		return rankProtocol, miss{kind: missProtocol}
	}
	addresses := func(src, dst *flow.Addr) bool { return h.anyAddr || h.src.Contains(*src) && h.dst.Contains(*dst) }
	why = miss{kind: missAddress, elsewhere: h.ends(p, &p.Dst, &p.Src, p.DstPort, p.SrcPort)}
	if addresses(&p.Src, &p.Dst) || h.both && addresses(&p.Dst, &p.Src) {
		why.kind = missPort
		return rankPort, why
	}
	return rankAddress, why
}

// begin makes room for another attempt.
func (x *explainer) begin() { x.misses, x.held, x.depth = x.misses[:0], 0, 0 }

// cond takes in whether a condition holds.
func (x *explainer) cond(ok bool, why miss) {
	if ok {
		x.held++
		return
	}
	x.misses = append(x.misses, why)
}

// packet tries a rule on a packet or on the stream.
func (x *explainer) packet(c *subject, s *signature) {
	if c.end && (!s.needStream || len(c.stream) == 0) {
		return
	}
	x.begin()
	if len(s.apps) > 0 && (c.f == nil || !s.fits(c.f.AppProto()) && !s.fits(c.f.AppProtoOf(c.d))) {
		app := ""
		if c.f != nil {
			app = c.f.AppProto()
		}
		x.misses = append(x.misses, miss{kind: missApp, app: app})
		x.note(s.num, rankApp, 0, 0, unitPacket, packetNumber64(c))
		return
	}
	x.common(c, s)
	x.payload(c, s)
	u := unitPacket
	if c.end {
		u = unitFlowEnd
	}
	x.end(c, s, u)
}

// end notes the attempt in hand.
func (x *explainer) end(c *subject, s *signature, u unit) {
	if len(x.misses) == 0 {
		x.rules[s.num].held = true
		x.misses = append(x.misses, miss{kind: missTiming})
	}
	x.note(s.num, rankConditions, x.held, x.depth, u, packetNumber64(c))
}

// common tries what all rules may have: the keyword flow, variables, conditions on the packet, parts of the packet.
func (x *explainer) common(c *subject, s *signature) {
	x.cond(s.conn.holds(c), miss{kind: missFlow})
	if !s.late {
		for i := range s.bits {
			x.cond(x.w.bitHolds(&s.bits[i], c), miss{kind: missBit, i: i})
		}
	}
	for i, t := range s.packet {
		x.cond(t.holds(x.w.Matcher, c), miss{kind: missPacket, i: i})
	}
	for i := range s.headers {
		h := &s.headers[i]
		v := h.buffer.packet(c)
		if v == nil {
			x.cond(false, miss{kind: missHeader, i: i, test: -1})
			continue
		}
		if len(h.buffer.transforms) > 0 {
			v = x.m.transform(h.buffer, v)
		}
		x.tests(h.tests, []window{{buf: v, whole: true}}, miss{kind: missHeader, i: i})
	}
}

// tests tries tests on each of some values: all must hold on one of them.
func (x *explainer) tests(tests []test, values []window, why miss) {
	best := -1
	for i := range values {
		n := x.reach(tests, values[i])
		if n == len(tests) {
			x.held++
			x.depth += n + 1
			return
		}
		if n > best {
			best = n
			why.test, why.elsewhere = n, elsewhere(tests[n], values[i].buf)
		}
	}
	if best < 0 {
		why.test = -1
	}
	x.depth += best + 1
	x.misses = append(x.misses, why)
}

// reach tells how many of the tests hold, from the first on.
func (x *explainer) reach(tests []test, w window) int {
	x.m.packetVars, x.m.lateData = x.m.packetVars[:0], x.m.lateData[:0]
	if x.m.inspect(tests, w) {
		return len(tests)
	}
	for n := range tests {
		if !x.m.inspect(tests[:n+1], w) {
			return n
		}
	}
	return len(tests) - 1
}

// elsewhere tells that a content is there, but not where it must be.
func elsewhere(t test, b []byte) bool {
	c, ok := t.(*content)
	return ok && !c.negated && c.find(b) >= 0
}

// payload tries the tests on the payload and the stream.
func (x *explainer) payload(c *subject, s *signature) {
	if len(s.payload) == 0 {
		if s.conn.onlyStream {
			x.cond(c.inStream, miss{kind: missStream})
		}
		return
	}
	if x.w.sealed(c) {
		x.cond(false, miss{kind: missSealed})
		return
	}
	var values []window
	if s.needStream {
		values = append(values, c.stream...)
	}
	if b := payload(c); !c.end && len(b) > 0 && s.seesPacket(c) {
		values = append(values, window{buf: b, whole: true})
	}
	x.tests(s.payload, values, miss{kind: missPayload})
}

// seesPacket tells whether tests on the payload look at the packet in hand beside the stream.
func (s *signature) seesPacket(c *subject) bool {
	return !s.needStream || (s.onPacket || !c.inStream) && !s.conn.onlyStream
}

// transaction tries the rules on a transaction that is complete in the direction, those on files whenever there is one.
func (x *explainer) transaction(c *subject, tx *proto.Transaction, e *explainedFlow) {
	app := appOf(tx.Protocol())
	if !slices.Contains(e.apps, app) {
		e.apps = append(e.apps, app)
	}
	files := c.fs != nil && c.fs.files != nil
	whole := tx.Complete(c.d) && (tx.Changed(c.d) || c.end) && !e.seen[c.d][tx.Number()]
	if !whole && !files {
		return
	}
	if whole && !tx.Closed() {
		if e.seen[c.d] == nil {
			e.seen[c.d] = map[uint64]bool{}
		}
		e.seen[c.d][tx.Number()] = true
	}
	for _, n := range e.fit[c.d] {
		s := x.w.rs.sig(n)
		t := &x.rules[n]
		if !s.appOnly || !s.fits(app) || !whole && !s.usesFiles() || t.matches > 0 && (!x.all.check || t.held) {
			continue
		}
		x.begin()
		x.common(c, s)
		x.txConditions(c, tx, s, app)
		if len(s.payload) > 0 {
			x.payload(c, s)
		}
		x.end(c, s, unitTransaction)
	}
}

// txConditions tries what a rule asks of a transaction.
func (x *explainer) txConditions(c *subject, tx *proto.Transaction, s *signature, app string) {
	for i := range s.sections {
		x.section(c, tx, &s.sections[i], app, i)
	}
	for i := range s.keywords {
		k := &s.keywords[i]
		ok := sameApp(k.app, app) && tx.Progress(c.d) >= k.at[c.d] && k.holds(tx, c.d) != k.negated
		x.cond(ok, miss{kind: missKeyword, i: i})
	}
	for i := range s.events {
		x.cond(x.w.eventHolds(c, tx, nil, &s.events[i]), miss{kind: missEvent, i: i})
	}
	if s.files != nil {
		x.files(c, tx, s)
	}
}

// section tries the tests on one buffer, on all of it that came.
func (x *explainer) section(c *subject, tx *proto.Transaction, sec *section, app string, i int) {
	why := miss{kind: missSection, i: i}
	src := sec.buffer.source(app, c.d)
	var values []window
	switch {
	case src != nil && tx.Progress(c.d) >= src.def.At:
		for k := 0; ; k++ {
			v, ok := src.def.Get(tx, k)
			if !ok {
				break
			}
			values = x.value(values, sec.buffer, v, !src.def.Grows || tx.Complete(c.d))
		}
	case src == nil && sec.buffer.file != fileNone:
		values = x.fileValues(c, tx, sec.buffer)
	}
	switch {
	case sec.absent:
		x.cond(len(values) == 0, miss{kind: missAbsent, i: i})
	case sec.absentOr && len(values) == 0:
		x.held++
	default:
		x.tests(sec.tests, values, why)
	}
}

// value adds a value, transformed and copied.
func (x *explainer) value(values []window, b *buffer, v []byte, whole bool) []window {
	if len(b.transforms) > 0 {
		if v = x.m.transform(b, v); v == nil {
			return values
		}
	}
	return append(values, window{buf: slices.Clone(v), whole: whole})
}

// fileValues are a buffer's values of the transaction's files.
func (x *explainer) fileValues(c *subject, tx *proto.Transaction, b *buffer) (values []window) {
	x.eachFile(c, tx, func(f *fileWatch) {
		v := f.data
		switch {
		case b.file == fileNameBuffer:
			v = f.name
		case b.file == fileMagicBuffer:
			v = []byte(f.magic())
		case f.source == "HTTP":
			return
		}
		if len(v) > 0 {
			values = x.value(values, b, v, f.closed || b.file != fileData)
		}
	})
	return values
}

func (x *explainer) eachFile(c *subject, tx *proto.Transaction, fn func(f *fileWatch)) {
	if c.fs == nil || c.fs.files == nil {
		return
	}
	for f := c.fs.files.first; f != nil; f = f.next {
		if f.dir == c.d && f.tx == tx.Number() {
			fn(f)
		}
	}
}

// files tries the conditions on files: all must hold on one.
func (x *explainer) files(c *subject, tx *proto.Transaction, s *signature) {
	best, held := miss{kind: missFile, i: -1}, -1
	x.eachFile(c, tx, func(f *fileWatch) {
		n, first := 0, -1
		for i, t := range s.files.tests {
			if t(f) == holdsYes {
				n++
			} else if first < 0 {
				first = i
			}
		}
		if n > held {
			held, best.i = n, first
		}
	})
	x.depth += held + 1
	x.cond(held == len(s.files.tests), best)
}

// closed notes which rules on transactions found none in a flow, and forgets it.
func (x *explainer) closed(f *proto.Flow) {
	id := f.ID.Number()
	e := x.flows[id]
	if e == nil {
		return
	}
	delete(x.flows, id)
	for d := range e.fit {
		for _, n := range e.fit[d] {
			s := x.w.rs.sig(n)
			if !s.appOnly || e.passed[d] || slices.ContainsFunc(e.apps, s.fits) {
				continue
			}
			x.misses = append(x.misses[:0], miss{kind: missNoTransaction, app: f.AppProto()})
			x.note(n, rankApp, 0, 0, unitFlow, 0)
		}
	}
}

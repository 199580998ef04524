package sig

import (
	"bytes"
	"math"
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
	"github.com/wirelore/wirelore/sig/rule"
)

// What spans hosts is decided where the workers' records meet, in the capture's order: thresholds, bits of single hosts, sets
// that rules change, and all that depends on them. A worker judges everything else and leaves a lateAlert.

// meeting is the state of one run where its records meet. It belongs to whoever merges.
type meeting struct {
	rs       *RuleSet
	rates    map[rateOf]*rate
	bits     map[hostKey]int64
	flows    map[uint64]*lateFlow
	alerted  map[uint64]bool
	sets     map[setValue]bool
	count    Counts
	hostTags map[flow.Addr]*tags
	out      *record.Output
	packets  *record.Writer[packetRow]
}

// lateFlow are the flow variables that late rules set.
type lateFlow struct{ state flowState }

// hostKey is a bit of one address.
type hostKey struct {
	host flow.Addr
	name uint32
}

// rateOf says what is counted together.
type rateOf struct {
	rule uint64 // gid and sid
	line int32  // which of the rule's limits
	host flow.Addr
	peer flow.Addr
	flow uint64
}

// rate is a count within a period.
type rate struct {
	from  int64 // when it began, or the filter was set
	count uint32
	until int64 // rate_filter: its action holds up to here
	span  int64
	next  uint64 // backoff: the count that is told next; it grows no further once no count reaches it
}

// Limits of what is remembered; past them what is old goes first.
const (
	maxRates     = 1 << 20
	maxHostBits  = 1 << 20
	maxLateFlows = 1 << 18
)

func newMeeting(rs *RuleSet, o *record.Output) *meeting {
	m := &meeting{rs: rs, rates: map[rateOf]*rate{}, bits: map[hostKey]int64{}, flows: map[uint64]*lateFlow{}, alerted: map[uint64]bool{}, sets: map[setValue]bool{}, hostTags: map[flow.Addr]*tags{}, out: o.Sibling()}
	m.packets = record.Open(m.out, packetLog)
	return m
}

// AddTo implements proto.Counter.
func (m *meeting) AddTo(c *proto.Counts) { m.count.AddTo(c) }

// lateAlert is a rule that matched but for what is decided late. It implements record.Late.
type lateAlert struct {
	m        *meeting
	s        *signature
	src, dst flow.Addr
	flow     uint64
	now      int64
	data     []lateData // values for sets that rules change
	record   bool
	told     func() // when set, is called when the alert is told
}

// Decide implements record.Late.
func (l *lateAlert) Decide(e *record.Entry) bool {
	m := l.m
	if l.s.late && !m.bitsHold(l) {
		return false
	}
	if l.s.late || l.s.noteLate {
		m.setBits(l)
	}
	if !l.record {
		return false
	}
	if !m.passes(l) {
		return false
	}
	m.alerted[l.flow] = true
	if l.told != nil {
		l.told()
	}
	return true
}

func (m *meeting) bitsHold(l *lateAlert) bool {
	for i := range l.s.bits {
		o := &l.s.bits[i]
		switch o.kind {
		case hostBit:
			until, ok := m.bits[l.host(o)]
			if (ok && until >= l.now) != (o.do == bitIsSet) {
				return false
			}
		case flowBit, flowInt:
			var fs *flowState
			if f := m.flows[l.flow]; f != nil {
				fs = &f.state
			}
			if o.kind == flowBit && !fs.bitHolds(o) || o.kind == flowInt && !fs.intHolds(o) {
				return false
			}
		}
	}
	return m.dataHolds(l)
}

func (l *lateAlert) host(o *bitOp) hostKey {
	if o.dst {
		return hostKey{l.dst, o.names[0]}
	}
	return hostKey{l.src, o.names[0]}
}

func (m *meeting) setBits(l *lateAlert) {
	for i := range l.s.sets {
		o := &l.s.sets[i]
		switch o.kind {
		case hostBit:
			m.setHostBit(l, o)
		case flowBit, flowInt:
			f := m.flows[l.flow]
			if f == nil {
				if len(m.flows) >= maxLateFlows {
					m.count.BitLimit++
					continue
				}
				f = &lateFlow{}
				m.flows[l.flow] = f
			}
			if o.kind == flowBit {
				f.state.setBit(o, &m.count)
			} else {
				f.state.setInt(o, &m.count)
			}
		}
	}
}

func (m *meeting) setHostBit(l *lateAlert, o *bitOp) {
	k := l.host(o)
	until, ok := m.bits[k]
	if on := ok && until >= l.now; o.do == bitUnset || o.do == bitToggle && on {
		delete(m.bits, k)
		return
	}
	if !ok && len(m.bits) >= maxHostBits {
		for x, t := range m.bits {
			if t < l.now {
				delete(m.bits, x)
			}
		}
		if len(m.bits) >= maxHostBits {
			m.count.BitLimit++
			return
		}
	}
	m.bits[k] = l.now + o.expire
}

// passes applies thresholds: the rule's own, unless threshold.config has some for it, then those for all rules.
func (m *meeting) passes(l *lateAlert) bool {
	s := l.s
	list := m.rs.limitsOf[uint64(s.about.gid)<<32|uint64(s.about.sid)]
	own := s.threshold != nil
	for i := range list {
		t := &list[i]
		switch t.Kind {
		case rule.Suppress:
		case rule.RateFilter:
			if m.filter(l, t, int32(i)) && t.NewAction == "pass" {
				return false
			}
		default:
			own = false
			if !m.limit(l, int32(i), t.Kind, t.Track, t.Count, t.Seconds, false) {
				return false
			}
		}
	}
	if own && s.threshold.kind == backoff {
		return m.backoff(l, s.threshold)
	}
	if own {
		t := s.threshold
		return m.limit(l, -1, t.kind, t.track, t.count, t.seconds, t.filter)
	}
	if len(list) > 0 {
		return true
	}
	for i := range m.rs.global {
		t := &m.rs.global[i]
		if t.Kind == rule.Suppress || t.Kind == rule.RateFilter || t.GID != 0 && t.GID != s.about.gid {
			continue
		}
		if !m.limit(l, int32(-2-i), t.Kind, t.Track, t.Count, t.Seconds, false) {
			return false
		}
	}
	return true
}

func (m *meeting) key(l *lateAlert, line int32, track rule.Track) rateOf {
	k := rateOf{rule: uint64(l.s.about.gid)<<32 | uint64(l.s.about.sid), line: line}
	switch track {
	case rule.BySrc:
		k.host = l.src
	case rule.ByDst:
		k.host = l.dst
	case rule.ByBoth:
		k.host, k.peer = l.src, l.dst
		if bytes.Compare(k.host[:], k.peer[:]) > 0 {
			k.host, k.peer = k.peer, k.host
		}
	case trackByFlow:
		k.flow = l.flow
	}
	return k
}

// rate returns what was counted for a key, or begins to count.
func (m *meeting) rate(k rateOf, now, span int64) *rate {
	r := m.rates[k]
	if r == nil {
		if len(m.rates) >= maxRates {
			m.forget(now)
		}
		r = &rate{from: now, span: span}
		m.rates[k] = r
	}
	return r
}

// backoff counts an alert of a flow and tells whether it is told: each time the next is further away.
func (m *meeting) backoff(l *lateAlert, t *rateSpec) bool {
	r := m.rate(m.key(l, -1, t.track), l.now, math.MaxInt64)
	if r.next == 0 {
		r.next = uint64(t.count)
	}
	if r.count++; uint64(r.count) < r.next {
		return false
	}
	// One match at a time: a multiplier of 1 tells all from count on.
	r.next = max(r.next*uint64(t.growth), uint64(r.count)+1)
	return true
}

// limit counts an alert and tells whether it is told.
func (m *meeting) limit(l *lateAlert, line int32, kind rule.Kind, track rule.Track, count, seconds uint32, filter bool) bool {
	r := m.rate(m.key(l, line, track), l.now, int64(seconds)*1e9)
	expired := l.now-r.from > r.span
	if filter { // detection_filter: those beyond count within the period
		if expired {
			r.from, r.count = l.now, 1
			return false
		}
		r.count++
		return r.count > count
	}
	switch kind {
	case rule.Limit:
		if expired {
			r.from, r.count = l.now, 1
			return true
		}
		r.count++
		return r.count <= count
	case rule.ThresholdAfter:
		if expired {
			r.from, r.count = l.now, 1
			return count == 1
		}
		if r.count++; r.count >= count {
			r.from, r.count = l.now, 0
			return true
		}
		return false
	default: // both
		if expired {
			r.from, r.count = l.now, 1
			return count == 1
		}
		r.count++
		return r.count == count
	}
}

// filter is rate_filter: past the count the rule's action is another for a while, which it tells.
func (m *meeting) filter(l *lateAlert, t *rule.Threshold, line int32) bool {
	r := m.rate(m.key(l, line, t.Track), l.now, int64(max(t.Seconds, t.Timeout))*1e9)
	switch {
	case r.until != 0: // nothing is counted meanwhile
		if r.until < l.now {
			r.until = 0
			return false
		}
		return true
	case l.now-r.from >= int64(t.Seconds)*1e9:
		r.from, r.count = l.now, 0
	}
	if r.count++; r.count <= t.Count {
		return false
	}
	r.until = (l.now/1e9+int64(t.Timeout)+1)*1e9 - 1 // whole seconds, as in Suricata
	return true
}

// forget makes room: rates whose period is over go, and when that is not enough, all.
func (m *meeting) forget(now int64) {
	for k, r := range m.rates {
		if now-r.from > r.span {
			delete(m.rates, k)
		}
	}
	if len(m.rates) >= maxRates {
		m.count.BitLimit += uint64(len(m.rates))
		clear(m.rates)
	}
}

// suppressed tells whether threshold.config silences a rule for an alert's addresses.
func (rs *RuleSet) suppressed(s *signature, src, dst *flow.Addr) bool {
	return suppresses(rs.limitsOf[uint64(s.about.gid)<<32|uint64(s.about.sid)], s, src, dst) || suppresses(rs.global, s, src, dst)
}

func suppresses(list []rule.Threshold, s *signature, src, dst *flow.Addr) bool {
	return slices.ContainsFunc(list, func(t rule.Threshold) bool {
		if t.Kind != rule.Suppress || t.GID != 0 && t.GID != s.about.gid {
			return false
		}
		switch t.Track {
		case rule.TrackNone:
			return true
		case rule.BySrc:
			return t.Addresses.Contains(*src)
		case rule.ByDst:
			return t.Addresses.Contains(*dst)
		default:
			return t.Addresses.Contains(*src) || t.Addresses.Contains(*dst)
		}
	})
}

// needsMeeting tells whether an alert of s is decided late.
func (rs *RuleSet) needsMeeting(s *signature) bool {
	if s.late || s.noteLate || s.threshold != nil {
		return true
	}
	for _, t := range rs.limitsOf[uint64(s.about.gid)<<32|uint64(s.about.sid)] {
		if t.Kind != rule.Suppress {
			return true
		}
	}
	for i := range rs.global {
		if rs.global[i].Kind != rule.Suppress {
			return true
		}
	}
	return false
}

// lateFlag tells the flow's record that it had an alert, once that is known. It implements record.Late.
type lateFlag struct {
	m    *meeting
	flow uint64
}

var notAlerted, isAlerted = []byte(`"alerted":false`), []byte(`"alerted":true`)

// Decide implements record.Late.
func (l *lateFlag) Decide(e *record.Entry) bool {
	if l.m.alerted[l.flow] && bytes.Contains(e.Line, notAlerted) {
		e.Line = bytes.Replace(e.Line, notAlerted, isAlerted, 1)
	}
	return true
}

// lateOf makes a lateAlert of what matched.
func (m *Matcher) lateOf(mt *meeting, s *signature, c *subject, rec bool) *lateAlert {
	l := &lateAlert{m: mt, s: s, src: c.p.Src, dst: c.p.Dst, now: m.now(c), record: rec}
	if c.f != nil {
		l.flow = c.f.ID.Number()
	}
	return l
}

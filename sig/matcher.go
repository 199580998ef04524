package sig

import (
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/match"
	"github.com/wirelore/wirelore/sig/pcre"
)

// Matcher judges rules. It belongs to one goroutine; any number share a RuleSet.
type Matcher struct {
	rs                *RuleSet
	machine           pcre.Machine
	vars              [maxVars]uint64
	scratch           [2][]byte
	b64               []byte
	seen              match.Seen
	hits              []uint32
	cand              []uint32
	txCand            []uint32
	streamTx          []uint32 // rules on transactions that the payload or stream led to
	events            []uint32
	alerts            []alert
	ctx               subject
	pseudo            flow.Packet
	packetVars        []namedValue
	pairs             pairBits
	idle              []*flowState
	idleTx            []*txState
	counts            Counts
	lateData          []lateData // values of the rule in hand for sets that rules change
	slot              int        // of the state in flows
	view              *View      // what is judged instead of a transaction; nil within the engine
	noted             []alert    // late rules without alerts
	newTags, hostTags []*tagAction
	explain           *explainer // nil but for runs that are explained
}

// Counts are what a matcher counts; they add up over workers.
type Counts struct {
	Packets, Alerts uint64
	// Candidates are the rules that patterns led to.
	Candidates uint64
	// ExpressionLimit counts expressions that were given up, AlertLimit alerts beyond those of one packet.
	ExpressionLimit, AlertLimit uint64
	// RawLimit counts bytes of streams that were not kept for rules, BitLimit variables that were not kept.
	RawLimit, BitLimit uint64
}

// AddTo adds them to the counts of a run.
func (n *Counts) AddTo(c *proto.Counts) {
	c.Alerts += n.Alerts
	c.AlertLimit += n.AlertLimit
	c.ExpressionLimit += n.ExpressionLimit
	c.RawLimit += n.RawLimit
	c.VariableLimit += n.BitLimit
}

// Counts returns what was counted so far.
func (m *Matcher) Counts() Counts { return m.counts }

// NewMatcher returns a matcher.
func (rs *RuleSet) NewMatcher() *Matcher { return &Matcher{rs: rs} }

// alert is a rule that matched.
type alert struct {
	s      *signature
	tx     *proto.Transaction
	stream bool
	app    bool
	data   []lateData
}

// judge judges all rules on one packet, or on the end of a direction, and leaves what matched in m.alerts.
func (m *Matcher) judge(c *subject) {
	m.alerts, m.streamTx, m.noted = m.alerts[:0], m.streamTx[:0], m.noted[:0]
	m.packetVars = m.packetVars[:0]
	m.counts.Packets++
	m.cand = m.cand[:0]
	m.gather(c)
	slices.Sort(m.cand)
	m.cand = slices.Compact(m.cand)
	m.counts.Candidates += uint64(len(m.cand))
	for _, n := range m.cand {
		s := m.rs.sig(n)
		if s.appOnly {
			m.streamTx = append(m.streamTx, n)
			continue
		}
		if m.holds(s, c) {
			m.matched(s, c, nil)
		}
	}
	if c.f != nil {
		m.transactions(c)
	}
}

// gather collects the rules that may match by the packet or the stream.
func (m *Matcher) gather(c *subject) {
	for _, e := range m.events {
		m.cand = append(m.cand, m.rs.events[e]...)
	}
	p := c.p
	if p.Version == 0 {
		m.cand = append(m.cand, m.rs.outside...)
		return
	}
	if !c.end {
		m.addresses(c)
	}
	g := &m.rs.groups[kindOf(p)][c.d]
	m.bundle(c, &g.any)
	if g.dst != nil {
		for _, b := range g.dst[p.DstPort] {
			m.bundle(c, b)
		}
	}
	if g.src != nil {
		for _, b := range g.src[p.SrcPort] {
			m.bundle(c, b)
		}
	}
}

func (m *Matcher) bundle(c *subject, b *bundle) {
	if !c.end {
		m.cand = append(m.cand, b.loose...)
		if data := payload(c); len(data) > 0 && !m.sealed(c) {
			m.scan(&b.packet, data)
			if !c.inStream {
				m.scan(&b.stream, data)
			}
		}
	} else if len(c.stream) > 0 {
		for _, n := range b.loose {
			if m.rs.needStream(n) {
				m.cand = append(m.cand, n)
			}
		}
	}
	for i := range c.stream {
		m.scan(&b.stream, c.stream[i].buf)
	}
}

// sealed tells that the payload of the flow is not looked at any more: it is encrypted.
func (m *Matcher) sealed(c *subject) bool { return c.sealed }

// scan adds the rules whose pattern is in b to the candidates.
func (m *Matcher) scan(p *patternSet, b []byte) {
	if p.set == nil || len(b) == 0 {
		return
	}
	m.hits = p.set.FindSet(b, &m.seen, m.hits[:0])
	for _, h := range m.hits {
		m.cand = append(m.cand, p.rules[h]...)
	}
}

// Marks of a flow, in proto.Flow.Marks.
const (
	markAddresses uint8 = 1 << iota // rules on addresses were judged, to the server
	markAddressesBack
	markPass    // a rule let the flow pass
	markStopped // its payload, or all of it, is not looked at any more
)

// addresses adds rules that test addresses alone, once for each direction of a flow.
func (m *Matcher) addresses(c *subject) {
	if f := c.f; f != nil {
		mark := markAddresses << c.d
		if f.Marks&mark != 0 {
			return
		}
		f.Marks |= mark
	}
	x := &m.rs.ips
	m.cand = x.src.find(&c.p.Src, m.cand)
	m.cand = x.dst.find(&c.p.Dst, m.cand)
}

// holds tells whether all that a rule asks of packet, flow and stream holds; transactions are judged apart.
func (m *Matcher) holds(s *signature, c *subject) bool {
	m.lateData = m.lateData[:0]
	return m.headed(s, c) && m.packetHolds(s, c)
}

// headed judges what is quick: direction, header, protocol, the keyword flow.
func (m *Matcher) headed(s *signature, c *subject) bool {
	if s.dirs>>c.d&1 == 0 && (c.f != nil || s.dirs != bothDirs) {
		return false
	}
	if !s.header.holds(c.p) {
		return false
	}
	if len(s.apps) > 0 && (c.f == nil || !s.fits(c.f.AppProto()) && !s.fits(c.f.AppProtoOf(c.d))) {
		return false
	}
	return s.conn.holds(c)
}

// holds judges the keyword flow, but for its part on streams.
func (k *connection) holds(c *subject) bool {
	if *k == (connection{}) {
		return true
	}
	if k.noFrag && c.p.Is(flow.Defragmented) || k.onlyFrag && !c.p.Is(flow.Defragmented) {
		return false
	}
	if c.f == nil {
		return !(k.toServer || k.toClient || k.established || k.onlyStream)
	}
	if k.established && !established(c.f) || k.notEst && established(c.f) {
		return false
	}
	return true
}

// established tells whether Suricata has a flow for established: both sides spoke, and TCP's handshake is complete.
func established(f *proto.Flow) bool {
	if f.TCP != nil {
		return f.TCP.Session >= flow.SessionEstablished || f.TCP.Session == flow.SessionNone && f.Established
	}
	return f.Side[0].Packets > 0 && f.Side[1].Packets > 0
}

// packetHolds judges variables, conditions, parts of the packet, and the payload.
func (m *Matcher) packetHolds(s *signature, c *subject) bool {
	if !m.bitsHold(s, c) {
		return false
	}
	for _, t := range s.packet {
		if !t.holds(m, c) {
			return false
		}
	}
	for i := range s.headers {
		h := &s.headers[i]
		v := h.buffer.packet(c)
		if v == nil {
			return false
		}
		if len(h.buffer.transforms) > 0 {
			v = m.transform(h.buffer, v)
		}
		if !m.inspect(h.tests, window{buf: v, whole: true}) {
			return false
		}
	}
	if s.appOnly {
		return true
	}
	return m.payloadHolds(s, c)
}

// payloadHolds judges the tests on payload or stream.
func (m *Matcher) payloadHolds(s *signature, c *subject) bool {
	c.streamMatch = false
	if len(s.payload) == 0 {
		return !(s.conn.onlyStream && !c.inStream)
	}
	if s.needStream {
		for i := range c.stream {
			if m.inspect(s.payload, c.stream[i]) {
				c.streamMatch = true
				return true
			}
		}
		if !s.onPacket && c.inStream || s.conn.onlyStream {
			return false
		}
	}
	if c.end || m.sealed(c) {
		return false
	}
	b := payload(c)
	return len(b) > 0 && m.inspect(s.payload, window{buf: b, whole: true})
}

// matched does what a rule that matched asks for.
func (m *Matcher) matched(s *signature, c *subject, tx *proto.Transaction) {
	if m.explain != nil {
		m.explain.matched(s, c)
	}
	c.tx = tx
	m.setBits(s, c)
	for _, a := range s.post {
		a.do(m, c, s)
	}
	c.tx = nil
	if s.noalert && s.action != actionPass {
		if s.late || s.noteLate {
			m.noted = append(m.noted, alert{s: s, data: slices.Clone(m.lateData)})
		}
		return
	}
	a := alert{s: s, tx: tx, stream: c.streamMatch, app: tx != nil}
	if s.late {
		a.data = slices.Clone(m.lateData)
	}
	m.alerts = append(m.alerts, a)
}

// finalize puts a packet's alerts into order and drops those that are not to be told. It returns what is left, borrowed.
func (m *Matcher) finalize(c *subject) []alert {
	if len(m.alerts) == 0 {
		return nil
	}
	slices.SortStableFunc(m.alerts, func(a, b alert) int { return int(a.s.num) - int(b.s.num) })
	if n := m.rs.opts.AlertsPerPacket; len(m.alerts) > n {
		m.counts.AlertLimit += uint64(len(m.alerts) - n)
		m.limited(c, "rule_alert_limit")
		m.alerts = m.alerts[:n]
	}
	for i := range m.alerts {
		s := m.alerts[i].s
		if s.action != actionPass {
			continue
		}
		if c.f != nil && s.passesFlow(&m.alerts[i]) {
			c.f.Marks |= markPass
			c.f.SetAction("pass")
		}
		m.alerts = m.alerts[:i]
		c.passed = true
		break
	}
	return m.alerts
}

// limited tells of a limit of rules that cut something, as an event of the flow.
func (m *Matcher) limited(c *subject, name string) {
	if c.f != nil && m.view == nil {
		c.f.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: name, Proto: c.f.AppProto(), Layer: "proto_parser", Tx: -1, PerFlow: true})
	}
}

// passesFlow tells whether a pass rule is about the flow and not about one packet.
func (s *signature) passesFlow(a *alert) bool {
	return s.appOnly || a.stream || s.ipOnly || len(s.apps) > 0 || s.needStream && len(s.payload) > 0
}

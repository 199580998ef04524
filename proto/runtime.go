package proto

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// RuntimeConfig says what one worker's runtime does.
type RuntimeConfig struct {
	Protocols []Protocol
	Analyzers []*Analyzer
	// Files makes the worker's file sink; nil: files are not looked at.
	Files    func(s *Setup) (Files, error)
	Settings Settings
	Profile  flow.Profile
	Output   *record.Output
	// PacketSource is EVE's pkt_src; "" leaves it out.
	PacketSource string
	// CommunityID adds community_id with CommunitySeed; Ethernet adds ether.
	CommunityID, Ethernet bool
	CommunitySeed         uint16
	// Shared is what the runtimes of one run have in common; nil: each has its own.
	Shared *Shared
}

// Counts are what the application layer counts; they add up over workers.
type Counts struct {
	Flows, Transactions, Files, Anomalies   uint64
	TxLimit, WindowLimit, NestingLimit      uint64
	Violations, ParserPanics, ExpectedLimit uint64
	// Alerts are rules that matched. AlertLimit counts those beyond what one packet may have, ExpressionLimit expressions that
	// were given up, RawLimit bytes of streams that rules did not see, VariableLimit variables and counters of rules that were
	// not kept.
	Alerts, AlertLimit, ExpressionLimit, RawLimit, VariableLimit uint64
}

// Add adds o's counts.
func (c *Counts) Add(o Counts) {
	c.Flows += o.Flows
	c.Transactions += o.Transactions
	c.Files += o.Files
	c.Anomalies += o.Anomalies
	c.TxLimit += o.TxLimit
	c.WindowLimit += o.WindowLimit
	c.NestingLimit += o.NestingLimit
	c.Violations += o.Violations
	c.ParserPanics += o.ParserPanics
	c.ExpectedLimit += o.ExpectedLimit
	c.Alerts += o.Alerts
	c.AlertLimit += o.AlertLimit
	c.ExpressionLimit += o.ExpressionLimit
	c.RawLimit += o.RawLimit
	c.VariableLimit += o.VariableLimit
}

// Runtime drives protocols and analyzers over one worker's flows. It is the flow.Handler of the worker's flow table and
// belongs to its goroutine.
type Runtime struct {
	Counts Counts

	cfg          RuntimeConfig
	setup        Setup
	bindings     map[string]protoBinding
	detectors    [Nested]detector
	files        Files
	hooks        hooks
	flows        []*Flow
	convs        []*conv
	order        []protoBinding // by index, for Flow.idle
	names        []string       // see nameID
	services     []string       // scratch of Flow.Services
	expected     map[expectKey]expectation
	buffers      [][]byte
	packet       *flow.Packet
	now          int64
	packetSource string
	suricata     bool // records are Suricata's and no more
	slots        int
	dataDir      Dir // of what is being parsed
	idleTx       []*Transaction
	rows         []rowOf       // written since the last inspection
	uid, cid     []byte        // scratch of Flow.Header
	head         record.Header // scratch of sessions
	loans        loans
	// Panic, when set, is told of a parser's panic instead of counting it: tests fail on it.
	Panic func(v any)
}

type hooks struct {
	open, close []func(*Flow)
	packet      []func(*Flow, Dir, *flow.Packet)
	stream      []func(*Flow, Dir, []byte, int64)
	anomaly     []func(*Anomaly)
	violation   []func(*Flow, Protocol, error)
	tunnel      []func(*Flow, flow.TunnelType)
	end         []func()
	inspect     []func(*Flow, Dir, *flow.Packet)
	file        []func(*Flow, *FileInfo, File) FileWatcher
}

// NewRuntime binds protocols and analyzers for one worker and one capture. All faults are joined.
func NewRuntime(c RuntimeConfig) (*Runtime, error) {
	rt := &Runtime{cfg: c, bindings: map[string]protoBinding{}, expected: map[expectKey]expectation{}, files: noFiles{},
		packetSource: c.PacketSource, names: []string{"", "failed"}}
	rt.suricata = c.Profile.Name == "suricata"
	if rt.cfg.Shared == nil {
		rt.cfg.Shared = new(Shared)
	}
	rt.setup = Setup{Settings: c.Settings, Profile: &rt.cfg.Profile, Output: c.Output, rt: rt}
	var errs []error
	for _, p := range c.Protocols {
		if _, dup := rt.bindings[p.Name()]; dup {
			errs = append(errs, fmt.Errorf("proto: two protocols are named %s", p.Name()))
			continue
		}
		b := p.bind(rt)
		rt.bindings[p.Name()] = b
		rt.order = append(rt.order, b)
		if !c.Settings.Bool("app-layer.protocols."+p.AppProto()+".enabled", true) {
			continue
		}
		for _, t := range p.Detect().Over {
			if t < Nested && !rt.detectors[t].add(b, t, c.Settings, c.Profile.ProbeSides) {
				errs = append(errs, fmt.Errorf("proto: more than %d protocols over one transport", maxCandidates))
			}
		}
	}
	if c.Files != nil {
		f, err := c.Files(&rt.setup)
		errs = append(errs, err)
		if f != nil {
			rt.files = f
		}
	}
	for _, p := range c.Protocols {
		rt.bindings[p.Name()].start(&rt.setup)
	}
	for _, a := range c.Analyzers {
		if err := a.Start(&rt.setup); err != nil {
			errs = append(errs, fmt.Errorf("proto: analyzer %s: %w", a.Name, err))
		}
	}
	return rt, errors.Join(errs...)
}

// SetPacket tells which packet is being worked on (nil: a timer, or the end) and the time of what happens now. The engine
// calls it before the flow table's Process, Tick and Flush.
func (rt *Runtime) SetPacket(p *flow.Packet, now int64) {
	rt.packet, rt.now, rt.rows = p, now, rt.rows[:0]
}

// Now is the time of the packet or timer being worked on, in ns.
func (rt *Runtime) Now() int64 { return rt.now }

// Finish ends files and runs the analyzers' AtEnd hooks, after the table's Flush.
func (rt *Runtime) Finish() {
	rt.files.Flush()
	for _, fn := range rt.hooks.end {
		fn()
	}
}

func (rt *Runtime) transport(c *conv) Transport {
	if c.depth > 0 && !c.datagrams {
		return TCP
	}
	return transportOf(c.flow.Proto)
}

func transportOf(p uint8) Transport {
	switch p {
	case flow.ProtoTCP:
		return TCP
	case flow.ProtoUDP:
		return UDP
	case flow.ProtoICMP, flow.ProtoICMPv6:
		return ICMP
	case flow.ProtoSCTP:
		return SCTP
	}
	return OtherIP
}

// buffer returns a buffer of at least n bytes' room from the worker's stock.
func (rt *Runtime) buffer(n int) []byte {
	if k := len(rt.buffers); k > 0 {
		b := rt.buffers[k-1]
		rt.buffers = rt.buffers[:k-1]
		return b[:0]
	}
	return make([]byte, 0, max(n, 2048))
}

func (rt *Runtime) giveBack(b []byte) {
	if cap(b) >= 512 && cap(b) <= 64<<10 && len(rt.buffers) < 256 {
		rt.buffers = append(rt.buffers, b)
	}
}

// violation is called when a parser gave up on its flow.
func (rt *Runtime) violation(c *conv, err error) {
	rt.Counts.Violations++
	for _, fn := range rt.hooks.violation {
		fn(c.flow, c.sess.binding().protocol(), err)
	}
}

func (rt *Runtime) anomaly(a *Anomaly) {
	rt.Counts.Anomalies++
	if a.Packet == nil {
		a.Packet = rt.packet
	}
	a.Data = rt.dataDir
	if a.Kind == AppAnomaly && a.Flow != nil && a.Packet != nil { // EVE names the ends as the packet in hand has them
		if a.Dir = Orig; a.Packet.Src == a.Flow.Side[Resp].Addr && a.Packet.SrcPort == a.Flow.Side[Resp].Port {
			a.Dir = Resp
		}
	}
	for _, fn := range rt.hooks.anomaly {
		fn(a)
	}
}

func netipOf(a flow.Addr, version uint8) netip.Addr {
	n := netip.AddrFrom16(a)
	if version == 4 {
		return n.Unmap()
	}
	return n
}

func (f *Flow) netip(a flow.Addr) netip.Addr { return netipOf(a, f.Version) }

// decorate adds to a header what the configuration asks for.
func (rt *Runtime) decorate(f *Flow, h *record.Header) {
	if rt.cfg.CommunityID {
		if c, ok := any(f.Flow).(interface{ CommunityID([]byte, uint16) []byte }); ok {
			rt.cid = c.CommunityID(rt.cid[:0], rt.cfg.CommunitySeed)
			h.CommunityID = rt.cid
		}
	}
	rt.ethernet(h)
}

// ethernet adds the addresses of the packet in hand, if they are asked for.
func (rt *Runtime) ethernet(h *record.Header) {
	if p := rt.packet; rt.cfg.Ethernet && p != nil && p.Frame.Link == linkEthernet && len(p.Frame.Data) >= 12 {
		h.Ethernet = p.Frame.Data[:12]
	}
}

const linkEthernet = 1

// Alert makes h the header of an alert, which tells of the tunnel that the packet came out of.
func (f *Flow) Alert(h *record.Header) {
	if f.Tunnel != nil {
		h.Tunnel = f.tunnel
	}
}

// tunnel writes EVE's tunnel object.
func (f *Flow) tunnel(e *record.Encoder) {
	t := f.Tunnel
	e.Object()
	e.Key("src_ip")
	e.AddrFull(netipOf(t.Src, t.Version))
	e.Key("src_port")
	e.Uint(uint64(t.SrcPort))
	e.Key("dest_ip")
	e.AddrFull(netipOf(t.Dst, t.Version))
	e.Key("dest_port")
	e.Uint(uint64(t.DstPort))
	e.Key("proto")
	e.Name(ProtoName(t.Proto))
	e.Key("depth")
	if !f.rt.suricata {
		e.Uint(uint64(t.Depth - 1))
		e.EndObject()
		return
	}
	e.Uint(uint64(t.Depth))
	if p := f.rt.packet; p != nil && f.rt.packetSource != "" {
		e.Key("pcap_cnt")
		e.Uint(p.Frame.Number)
		e.Key("pkt_src")
		e.Str(f.rt.packetSource)
	}
	e.EndObject()
}

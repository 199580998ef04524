package flow

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// Options sets up a table.
type Options struct {
	Profile Profile
	// MaxFlows bounds the flows open at once, 0: 4 Mi. Past it one that would run out next is closed (Forced).
	MaxFlows int
	// Memory bounds what reassembly holds, in bytes, 0: 256 MiB. Past it a stream's gap is given up.
	Memory int64
	// Order is called before the callbacks of each flow that a timer or Flush ends, with what these callbacks are ordered
	// by; nil: not called. A flow's other callbacks belong to the packet in hand.
	Order func(deadline int64, first uint64, layer uint8)
}

// Defaults of Options.
const (
	defaultMaxFlows = 4 << 20
	defaultMemory   = 256 << 20
	slabCost        = 1 << 20 // what a reference to a packet may pin
)

// Table finds the flow of each packet and keeps the flows' states. It belongs to one goroutine. What it tells of a flow
// depends on the packets of that flow and on the capture clock alone, whatever other flows it holds, but for limits.
type Table struct {
	o       Options
	h       Handler
	seed    uint64
	index   index
	pool    flowPool
	tcps    tcpPool
	sess    sessionPool
	pieces  piecePool
	wheel   wheel
	stats   Stats
	maxRefs int
	cur     *Packet // in hand, nil for what timers do
	urgent  bool    // what is inserted is out of band
	before  int64   // when the sender of the packet in hand sent its previous one
	due     []uint32
}

// NewTable makes a table that reports to h.
func NewTable(o Options, h Handler) *Table {
	if o.MaxFlows <= 0 {
		o.MaxFlows = defaultMaxFlows
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	t := &Table{o: o, h: h, index: newIndex(), maxRefs: int(max(16, o.Memory/2/slabCost))}
	t.seed = maphash.Bytes(maphash.MakeSeed(), []byte("flow"))
	t.pool.free = noFlow
	t.wheel.init(&t.pool)
	return t
}

// Stats returns the counters.
func (t *Table) Stats() Stats {
	t.stats.Open = uint64(t.index.n)
	return t.stats
}

// Process takes one decoded packet layer. It verifies the transport checksum unless the profile ignores them.
func (t *Table) Process(p *Packet) {
	t.stats.Packets++
	t.wheel.start(p.Now)
	t.cur = p
	if t.outside(p) {
		t.stats.Outside++
		t.h.Packet(nil, Orig, p)
		return
	}
	sum := t.checksum(p)
	if sum == EventIPChecksum && !t.o.Profile.CountBadChecksums {
		t.stats.Outside++
		t.event(nil, Orig, p, sum)
		t.h.Packet(nil, Orig, p)
		return
	}
	if t.o.Profile.ErrorsToFlow && p.Proto == ProtoICMP && ICMPError(4, p.ICMPType) {
		if !p.Is(FromError) || !t.errorOf(p, sum) {
			t.stats.Outside++
			t.h.Packet(nil, Orig, p)
		}
		return
	}
	tag := t.tag(p)
	f, d := t.find(tag, p)
	if f != nil && f.deadline <= p.Now {
		t.expire(f)
		f = nil
	}
	t.cur = p
	flip := true
	if f != nil && t.o.Profile.Reuse && sum == EventNone && t.reuse(f, d, p) {
		flip = f.LastSub != 0 // after nothing but bad checksums the end points are as this packet says
		t.stats.Reused++
		t.close(f, Reused)
		f = nil
	}
	if f == nil {
		f, d = t.begun(tag, p, flip)
	}
	if p.Tunnel != f.Tunnel || f.moved != nil {
		t.tunnelChanged(f, p)
	}
	flipped := f.Flipped
	t.packet(f, d, p, sum)
	if f.Flipped != flipped {
		d = d.Other()
	}
	t.h.Processed(f, d, p)
	t.settle(f)
}

// settle does what a packet leaves to do for its flow.
func (t *Table) settle(f *Flow) {
	if f.swap {
		f.swapSides()
	}
	f.deadline = t.deadline(f)
	t.wheel.moved(f)
}

// outside tells whether a packet belongs to no flow.
func (t *Table) outside(p *Packet) bool {
	if p.Version == 0 || p.Marks&(Bad|Fragment) != 0 {
		return true
	}
	if p.Marks&TunnelOuter != 0 && (p.Proto != ProtoUDP && p.Proto != ProtoTCP || !t.o.Profile.OuterFlows) {
		return true
	}
	if p.Marks&NoTransport != 0 || p.Proto != ProtoTCP && p.Proto != ProtoUDP && p.Proto != ProtoICMP && p.Proto != ProtoICMPv6 {
		if t.o.Profile.SecurityFlows && (p.Proto == ProtoSCTP && p.Marks&NoTransport == 0 || p.Proto == ProtoESP) {
			return false
		}
		return !t.o.Profile.OtherFlows || p.Proto == ProtoNoNext
	}
	return false
}

// packet runs a packet through its flow. sum is what is wrong with its checksums.
func (t *Table) packet(f *Flow, d Dir, p *Packet, sum Event) {
	bad := sum != EventNone
	if bad {
		t.badChecksum(f, d, p, sum)
		bad = sum == EventChecksumTCP || !t.o.Profile.StreamChecksums
	} else if p.Proto == ProtoTCP && cutHeader(p) {
		t.h.Packet(f, d, p)
		return
	}
	if !bad || t.o.Profile.CountBadChecksums {
		s := t.count(f, d, p)
		if !bad {
			s.Payload += uint64(p.PayLen)
		}
	}
	t.h.Packet(f, d, p)
	switch {
	case bad:
	case f.TCP != nil:
		t.tcp(f, d, p)
	default:
		t.datagram(f, d, p)
	}
}

// count adds a packet to its side's counters.
func (t *Table) count(f *Flow, d Dir, p *Packet) *Side {
	s := &f.Side[d]
	s.Packets++
	s.IPBytes += uint64(t.ipLength(p))
	s.FrameBytes += frameBytes(p)
	if s.First == 0 {
		s.First = p.Frame.Nanos
	}
	t.before = s.Last
	s.Last, f.Last = p.Frame.Nanos, max(f.Last, p.Frame.Nanos)
	return s
}

// ipLength is the length of an IP packet that counts.
func (t *Table) ipLength(p *Packet) uint32 {
	if h := p.Network(); t.o.Profile.RawLength && p.Version == 4 && len(h) >= 4 && h[2]|h[3] == 0 {
		return 0
	}
	return p.IPLen
}

// cutHeader tells whether the capture lacks a part of the TCP header's options. Zeek knows the flow but uses nothing of it.
func cutHeader(p *Packet) bool {
	b := p.Transport()
	return p.Is(Snapped) && len(b) > 12 && int(b[12]>>4)*4 > len(b)
}

// frameBytes is the size of a packet as Suricata counts it: what was captured of the frame, or the packet within a tunnel.
func frameBytes(p *Packet) uint64 {
	if p.Marks&Defragmented != 0 {
		return uint64(p.IPLen) + linkHeader(p)
	}
	if p.Layer == 0 {
		return uint64(len(p.Frame.Data))
	}
	n := uint64(p.IPLen)
	if t := p.Tunnel; t != nil && t.Type == TunnelGENEVE {
		n += 14 + 4*uint64(p.VLANs) // it carries Ethernet
	}
	if p.Is(Mirrored) {
		n += 8 + 14 + 4*uint64(p.VLANs-1)
	}
	return n
}

// linkHeader is the size of the link header of a datagram that was put together, as far as it can be told.
func linkHeader(p *Packet) uint64 {
	if p.Layer != 0 || p.Frame.Link != LinkEthernet {
		return 0
	}
	return 14 + 4*uint64(p.VLANs)
}

// ports gives what a flow's key has for ports.
func (t *Table) ports(p *Packet) (src, dst uint16) {
	switch p.Proto {
	case ProtoTCP, ProtoUDP:
		return p.SrcPort, p.DstPort
	case ProtoICMP, ProtoICMPv6:
		if _, twoWay := ICMPCounterpart(p.Version, p.ICMPType, p.ICMPCode); !twoWay && t.o.Profile.SecurityFlows {
			return p.SrcPort, 0
		}
		return p.SrcPort, p.DstPort
	case ProtoSCTP:
		if t.o.Profile.SCTPPorts {
			return p.SrcPort, p.DstPort
		}
	case ProtoESP:
		if b := p.Transport(); t.o.Profile.SecurityFlows && len(b) >= 4 {
			return binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		}
	}
	return 0, 0
}

// tag hashes a packet's key, which is the same for both directions.
func (t *Table) tag(p *Packet) uint32 {
	a, b := t.ports(p)
	if a > b {
		a, b = b, a
	}
	rest := uint64(a) | uint64(b)<<16 | uint64(p.Proto)<<32
	if t.o.Profile.VLANKey {
		for _, v := range p.VLAN[:p.VLANs] {
			rest = (rest ^ uint64(v&0xfff)<<40) * 0x9e3779b97f4a7c15
		}
	}
	if t.o.Profile.TunnelKey {
		rest ^= uint64(p.Layer) << 56
	}
	return mix(t.seed, p.HostHash, rest)
}

// find returns the open flow of a packet and the packet's direction in it, or nil.
func (t *Table) find(tag uint32, p *Packet) (*Flow, Dir) {
	src, dst := t.ports(p)
	x := &t.index
	for i := tag & x.mask; ; i = (i + 1) & x.mask {
		s := x.slots[i]
		if s.ref == 0 {
			return nil, Orig
		}
		if s.tag != tag {
			continue
		}
		f := t.pool.at(s.ref - 1)
		if f.Proto != p.Proto || !t.sameLink(f, p) {
			continue
		}
		o, r := &f.Side[Orig], &f.Side[Resp]
		if f.oneWay && t.o.Profile.SecurityFlows { // the code does not tell flows apart
			if src == o.Port && p.Src == o.Addr && p.Dst == r.Addr {
				return f, Orig
			}
			continue
		}
		if src == o.Port && dst == r.Port && p.Src == o.Addr && p.Dst == r.Addr {
			return f, Orig
		}
		if src == r.Port && dst == o.Port && p.Src == r.Addr && p.Dst == o.Addr && !f.oneWay {
			return f, Resp
		}
	}
}

// sameLink compares what of the lower layers belongs to the key.
func (t *Table) sameLink(f *Flow, p *Packet) bool {
	if t.o.Profile.TunnelKey && f.Layer != p.Layer {
		return false
	}
	if !t.o.Profile.VLANKey {
		return true
	}
	if f.VLANs != p.VLANs {
		return false
	}
	for i := range p.VLANs {
		if (f.VLAN[i]^p.VLAN[i])&0xfff != 0 {
			return false
		}
	}
	return true
}

// event passes an event on.
func (t *Table) event(f *Flow, d Dir, p *Packet, e Event) { t.h.Event(f, d, p, e) }

// Tick tells that the capture clock passed now, in ns, a moment that is the same for all workers: all flows whose deadline
// has come are closed, in the order of deadline, first packet and layer. number is that of the packet that moved the clock.
func (t *Table) Tick(now int64, number uint64) {
	t.wheel.start(now)
	t.due = t.wheel.due(now, t.due[:0])
	slices.SortFunc(t.due, func(a, b uint32) int {
		f, g := t.pool.at(a), t.pool.at(b)
		return cmp.Or(cmp.Compare(f.deadline, g.deadline), cmp.Compare(f.First, g.First), cmp.Compare(f.Layer, g.Layer))
	})
	t.cur = nil
	for _, i := range t.due {
		f := t.pool.at(i)
		t.expire(f)
	}
}

// Flush closes all flows at the end of the capture, in the order of start, first packet and layer.
func (t *Table) Flush() {
	t.due = t.due[:0]
	for i := range t.pool.used {
		if t.pool.at(i).open {
			t.due = append(t.due, i)
		}
	}
	slices.SortFunc(t.due, func(a, b uint32) int {
		f, g := t.pool.at(a), t.pool.at(b)
		return cmp.Or(cmp.Compare(f.Start, g.Start), cmp.Compare(f.First, g.First), cmp.Compare(f.Layer, g.Layer))
	})
	t.cur = nil
	for _, i := range t.due {
		f := t.pool.at(i)
		t.order(f, f.Start)
		t.close(f, Shutdown)
	}
}

func (t *Table) order(f *Flow, at int64) {
	if t.o.Order != nil {
		t.o.Order(at, f.First, f.Layer)
	}
}

// expire closes a flow as of its deadline.
func (t *Table) expire(f *Flow) {
	t.cur = nil
	t.stats.Expired++
	t.order(f, f.deadline)
	t.close(f, Timeout)
}

// evict closes a flow to make room.
func (t *Table) evict() {
	i := t.wheel.nearest()
	if i == noFlow {
		return
	}
	f := t.pool.at(i)
	t.stats.Evicted++
	t.event(f, Orig, nil, EventFlowLimit)
	t.close(f, Forced)
}

// close ends a flow and forgets it.
func (t *Table) close(f *Flow, why Reason) {
	f.Reason = why
	if f.TCP != nil {
		t.finish(f)
	}
	t.h.Close(f)
	t.index.remove(f.tag, f.index)
	if f.slot != unlinked {
		t.wheel.remove(f)
	}
	if f.TCP != nil {
		if f.TCP.sess != nil {
			t.sess.put(f.TCP.sess)
		}
		t.tcps.put(f.TCP)
	}
	t.pool.put(f)
}

package proto

import (
	"slices"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// Flow is a flow as parsers, logs and analyzers see it: the network's view with what the application layer found. It is
// valid while the flow is open, on its worker.
type Flow struct {
	*flow.Flow
	rt   *Runtime
	root *conv      // nil: nothing was offered yet, or nothing is parsed any more (over)
	rare *flowExtra // nil for most flows
	// Note is room for a number of the flow's parser, which outlives an idle parser.
	Note    uint64
	live    *Transaction // the last of those that inspectors look at
	changed *Transaction // the first of them that changed

	txs      uint32
	files    uint32
	services [maxServices]nameID
	appProto [4]nameID // by direction, as chosen, and before the last change
	heard    [2]uint32 // bytes of each side's stream
	idle     uint8     // index behind 1 of the binding whose session was put away; 0: none
	over     bool
	sealed   bool // see StopPayload
	halted   bool // see StopInspection
	// Alerted tells that a rule fired on the flow.
	Alerted bool
	// Marks is room for the inspector's flags.
	Marks uint8
	fresh uint8 // directions in which a transaction changed, as bits
}

// flowExtra holds what few flows have, so that the others are small: a capture may have millions open at once.
type flowExtra struct {
	expected any
	parentID uint64
	timeout  int64
	slots    []any
	late     record.Late
	action   string
}

func (f *Flow) extra() *flowExtra {
	if f.rare == nil {
		f.rare = new(flowExtra)
	}
	return f.rare
}

// maxServices bounds the services of one flow.
const maxServices = 8

// nameID is the index of a name in the runtime's table; 0 is no name.
type nameID uint8

func (rt *Runtime) nameID(name string) nameID {
	if i := slices.Index(rt.names, name); i >= 0 {
		return nameID(i)
	}
	if len(rt.names) > 255 {
		return 0
	}
	rt.names = append(rt.names, name)
	return nameID(len(rt.names) - 1)
}

// UID returns Zeek's uid, borrowed until the next call of UID or Header on the worker.
func (f *Flow) UID() []byte {
	f.rt.uid = f.ID.AppendUID(f.rt.uid[:0], 'C')
	return f.rt.uid
}

// Now is the time of the packet or timer being worked on, in ns.
func (f *Flow) Now() int64 { return f.rt.now }

// Packet is the packet being worked on; nil when a timer or the capture's end drives. Borrowed.
func (f *Flow) Packet() *flow.Packet { return f.rt.packet }

// Services returns Zeek's service names in the order in which they were confirmed, borrowed until the next call on the
// worker.
func (f *Flow) Services() []string {
	list := f.rt.services[:0]
	for _, id := range f.services {
		if id != 0 {
			list = append(list, f.rt.names[id])
		}
	}
	f.rt.services = list
	return list
}

// AddService adds a name to conn's service; a flow has at most 8.
func (f *Flow) AddService(name string) {
	id := f.rt.nameID(name)
	for i, have := range f.services {
		if have == id {
			return
		}
		if have == 0 {
			f.services[i] = id
			return
		}
	}
}

// RemoveService takes a name back, after a violation.
func (f *Flow) RemoveService(name string) {
	id := f.rt.nameID(name)
	for i, have := range f.services {
		if have == id && id != 0 {
			copy(f.services[i:], f.services[i+1:])
			f.services[maxServices-1] = 0
			return
		}
	}
}

// AppProto returns Suricata's app_proto: the protocol's name, "failed" when detection gave up on data, "" when there was
// none to look at.
func (f *Flow) AppProto() string {
	if f.failed() {
		return f.rt.names[failedID]
	}
	return f.rt.names[f.appProto[2]]
}

// AppProtoOf returns what was detected in direction d alone, "" when nothing was, "failed" when what was detected in the other
// direction was not found in this one.
func (f *Flow) AppProtoOf(d Dir) string { return f.rt.names[f.appProto[d]] }

// AppProtoOrig returns the protocol before the last change (STARTTLS, CONNECT), "" when there was none.
func (f *Flow) AppProtoOrig() string { return f.rt.names[f.appProto[3]] }

// SetTimeout sets the flow's inactivity timeout in ns (Zeek gives SSH, FTP and telnet an hour).
func (f *Flow) SetTimeout(ns int64) { f.extra().timeout = ns }

// StopPayload tells that what the flow carries from here on is encrypted: rules do not look into the payload of the packets
// behind this one, nor into the streams. A parser calls it.
func (f *Flow) StopPayload() { f.sealed = true }

// StopInspection tells that nothing of what follows in the flow is worth a look: rules are judged again when it ends, on what
// came before. A parser calls it.
func (f *Flow) StopInspection() { f.halted = true }

// InspectionStopped tells whether StopInspection was called.
func (f *Flow) InspectionStopped() bool { return f.halted }

// PayloadStopped tells whether StopPayload was called.
func (f *Flow) PayloadStopped() bool { return f.sealed }

// SetParent notes the flow that this one belongs to (FTP data), for EVE's parent_id.
func (f *Flow) SetParent(flowID uint64) { f.extra().parentID = flowID }

// Tunneled tells that the flow is a tunnel from here on: an HTTP proxy connected it, a SOCKS server granted it. A parser
// calls it once, beside Handoff.
func (f *Flow) Tunneled(t flow.TunnelType) {
	for _, fn := range f.rt.hooks.tunnel {
		fn(f, t)
	}
}

// SetAction notes that a rule lets the flow pass, or drops it, for its record.
func (f *Flow) SetAction(name string) { f.extra().action = name }

// Action is what SetAction was given, "" when nothing.
func (f *Flow) Action() string {
	if f.rare == nil {
		return ""
	}
	return f.rare.action
}

// SettleLate makes l decide about the flow's own record: whether a rule fired on it is known late.
func (f *Flow) SettleLate(l record.Late) { f.extra().late = l }

// Late is what SettleLate was given, nil when nothing.
func (f *Flow) Late() record.Late {
	if f.rare == nil {
		return nil
	}
	return f.rare.late
}

// Slot returns what SetSlot put into place i (from Setup.Slot), nil when nothing.
func (f *Flow) Slot(i int) any {
	if f.rare == nil || i >= len(f.rare.slots) {
		return nil
	}
	return f.rare.slots[i]
}

// SetSlot stores v for the flow's life.
func (f *Flow) SetSlot(i int, v any) {
	x := f.extra()
	for len(x.slots) <= i {
		x.slots = append(x.slots, nil)
	}
	x.slots[i] = v
}

// File begins a file in direction i.Dir. i is borrowed.
func (f *Flow) File(i *FileInfo) File {
	f.files++
	if p, ok := i.Parent.(*watchedFile); ok {
		i.Parent = p.File
	}
	file := f.rt.files.Open(f, i)
	if len(f.rt.hooks.file) == 0 {
		return file
	}
	return f.rt.watch(f, i, file)
}

// NextFile returns a number that tells this flow's files apart, from 1.
func (f *Flow) NextFile() uint64 { return uint64(f.files) }

// Anomaly reports something odd that no parser's event table holds. a.Flow is set.
func (f *Flow) Anomaly(a *Anomaly) {
	a.Flow = f
	f.rt.anomaly(a)
}

// Expect announces a flow that this one negotiated (FTP's data connection): the next flow to host:port over t is parsed by
// the protocol named name, whose session gets data from Expected. from limits who may open it; the zero address: anybody.
// It is forgotten after five minutes.
func (f *Flow) Expect(name string, t Transport, from, host flow.Addr, port uint16, data any) {
	f.rt.expect(expectation{key: expectKey{host, port, t}, from: from, name: name, data: data,
		parent: f.ID.Number(), until: f.rt.now + 300e9})
}

// Header returns the values that stand before a log's own columns; a copy that the caller may change. Its byte slices are
// borrowed until the next call of UID or Header on the worker.
func (f *Flow) Header() record.Header {
	o, r := &f.Side[0], &f.Side[1]
	h := record.Header{
		Nanos: f.rt.now, HasFlow: true, HasAddr: true, UID: f.UID(), FlowID: f.ID.Number(),
		Orig: f.netip(o.Addr), Resp: f.netip(r.Addr), OrigPort: o.Port, RespPort: r.Port,
		Proto: ProtoName(f.Proto), TxID: -1, HasPorts: hasPorts(f.Proto),
		ICMP: f.Proto == flow.ProtoICMP || f.Proto == flow.ProtoICMPv6, ICMPType: f.ICMPType, ICMPCode: f.ICMPCode,
		VLAN: f.VLAN[:f.VLANs], PacketSource: f.rt.packetSource,
	}
	if f.rare != nil {
		h.ParentID = f.rare.parentID
	}
	if p := f.rt.packet; p != nil {
		f.rt.origin(&h, p)
	} else if h.PacketSource != "" {
		h.PacketSource = "stream (flow timeout)" // Suricata's name for what no packet caused
	}
	if f.Tunnel != nil && !f.rt.suricata {
		h.Tunnel = f.tunnel
	}
	f.rt.decorate(f, &h)
	return h
}

// origin tells where a packet came from. Those that Suricata makes itself, out of tunnels and of fragments, have no number
// in its records.
func (rt *Runtime) origin(h *record.Header, p *flow.Packet) {
	h.PacketNumber = p.Frame.Number
	if h.PacketSource == "" {
		return
	}
	switch {
	case p.Is(flow.Defragmented):
		h.PacketSource, h.PacketNumber = "defrag", 0
	case p.Layer > 0 && p.Tunnel != nil:
		h.PacketSource, h.PacketNumber = tunnelSource(p), 0
	}
}

// tunnelSource is Suricata's name for where a packet in a tunnel comes from.
func tunnelSource(p *flow.Packet) string {
	switch p.Tunnel.Type {
	case flow.TunnelGRE, flow.TunnelERSPAN:
		return "gre tunnel"
	case flow.TunnelTeredo:
		return "teredo tunnel"
	case flow.TunnelVXLAN:
		return "vxlan encapsulation"
	case flow.TunnelGENEVE:
		return "geneve encapsulation"
	default:
		if p.Tunnel.Version == 6 {
			return "ipv6 tunnel"
		}
		return "ipv4 tunnel"
	}
}

// refused tells that the packet's IP header was not taken, so that it has no addresses in Suricata's records.
func refused(p *flow.Packet) bool {
	if !p.Is(flow.Bad) {
		return false
	}
	for _, e := range p.Events[:p.NEvents] {
		if i := e.Info(); i.NoAddr || strings.HasPrefix(i.Anomaly, "decoder.ipv4.opt_") {
			return true
		}
	}
	return false
}

// FlowHeader returns the header for packets outside of flows.
func (rt *Runtime) FlowHeader(p *flow.Packet) record.Header {
	h := record.Header{Nanos: rt.now, TxID: -1, PacketSource: rt.packetSource}
	if p == nil {
		return h
	}
	rt.origin(&h, p)
	rt.ethernet(&h)
	h.VLAN = p.VLAN[:p.VLANs]
	if p.Version != 0 && (h.PacketSource == "" || !refused(p)) {
		h.HasAddr = true
		h.Orig, h.Resp = netipOf(p.Src, p.Version), netipOf(p.Dst, p.Version)
		h.OrigPort, h.RespPort = p.SrcPort, p.DstPort
		h.Proto = ProtoName(p.Proto)
		h.HasPorts = hasPorts(p.Proto)
		h.ICMP = p.Proto == flow.ProtoICMP || p.Proto == flow.ProtoICMPv6
		h.ICMPType, h.ICMPCode = p.ICMPType, p.ICMPCode
	}
	return h
}

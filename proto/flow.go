package proto

import (
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// Flow is a flow as parsers, logs and analyzers see it: the network's view with what the application layer found. It is
// valid while the flow is open, on its worker.
type Flow struct {
	*flow.Flow
	// Alerted tells that a rule fired on the flow.
	Alerted bool

	rt       *Runtime
	root     conv
	services []string
	appProto [3]string // by direction, and as chosen
	appOrig  string
	expected any
	parentID uint64
	timeout  int64
	files    uint64
	txs      uint64
	slots    []any
	// Note is room for a number of the flow's parser, which outlives an idle parser.
	Note uint64
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

// Services returns Zeek's service names in the order in which they were confirmed, borrowed.
func (f *Flow) Services() []string { return f.services }

// AddService adds a name to conn's service.
func (f *Flow) AddService(name string) {
	if !slices.Contains(f.services, name) {
		f.services = append(f.services, name)
	}
}

// RemoveService takes a name back, after a violation.
func (f *Flow) RemoveService(name string) {
	if i := slices.Index(f.services, name); i >= 0 {
		f.services = slices.Delete(f.services, i, i+1)
	}
}

// AppProto returns Suricata's app_proto: the protocol's name, "failed" when detection gave up on data, "" when there was
// none to look at.
func (f *Flow) AppProto() string { return f.appProto[2] }

// AppProtoOf returns what was detected in direction d alone, "" when nothing was.
func (f *Flow) AppProtoOf(d Dir) string { return f.appProto[d] }

// AppProtoOrig returns the protocol before the last change (STARTTLS, CONNECT), "" when there was none.
func (f *Flow) AppProtoOrig() string { return f.appOrig }

// SetTimeout sets the flow's inactivity timeout in ns (Zeek gives SSH, FTP and telnet an hour).
func (f *Flow) SetTimeout(ns int64) { f.timeout = ns }

// SetParent notes the flow that this one belongs to (FTP data), for EVE's parent_id.
func (f *Flow) SetParent(flowID uint64) { f.parentID = flowID }

// Slot returns what SetSlot put into place i (from Setup.Slot), nil when nothing.
func (f *Flow) Slot(i int) any {
	if i >= len(f.slots) {
		return nil
	}
	return f.slots[i]
}

// SetSlot stores v for the flow's life.
func (f *Flow) SetSlot(i int, v any) {
	for len(f.slots) <= i {
		f.slots = append(f.slots, nil)
	}
	f.slots[i] = v
}

// File begins a file in direction i.Dir. i is borrowed.
func (f *Flow) File(i *FileInfo) File {
	f.files++
	return f.rt.files.Open(f, i)
}

// NextFile returns a number that tells this flow's files apart, from 1.
func (f *Flow) NextFile() uint64 { return f.files }

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
		Nanos: f.rt.now, HasFlow: true, HasAddr: true, UID: f.UID(), FlowID: f.ID.Number(), ParentID: f.parentID,
		Orig: f.netip(o.Addr), Resp: f.netip(r.Addr), OrigPort: o.Port, RespPort: r.Port,
		Proto: ProtoName(f.Proto, f.Version), TxID: -1, HasPorts: hasPorts(f.Proto),
		ICMP: f.Proto == flow.ProtoICMP || f.Proto == flow.ProtoICMPv6, ICMPType: f.ICMPType, ICMPCode: f.ICMPCode,
		VLAN: f.VLAN[:f.VLANs], PacketSource: f.rt.packetSource,
	}
	if p := f.rt.packet; p != nil {
		h.PacketNumber = p.Frame.Number
	}
	if f.Tunnel != nil {
		h.Tunnel = f.tunnel
	}
	f.rt.decorate(f, &h)
	return h
}

// FlowHeader returns the header for packets outside of flows.
func (rt *Runtime) FlowHeader(p *flow.Packet) record.Header {
	h := record.Header{Nanos: rt.now, TxID: -1, PacketSource: rt.packetSource}
	if p == nil {
		return h
	}
	h.PacketNumber = p.Frame.Number
	h.VLAN = p.VLAN[:p.VLANs]
	if p.Version != 0 {
		h.HasAddr = true
		h.Orig, h.Resp = netipOf(p.Src, p.Version), netipOf(p.Dst, p.Version)
		h.OrigPort, h.RespPort = p.SrcPort, p.DstPort
		h.Proto = ProtoName(p.Proto, p.Version)
		h.HasPorts = hasPorts(p.Proto)
	}
	return h
}

// Package conn writes a record for each flow when it ends: Zeek's conn.log, Suricata's flow event and, where it is asked for,
// a netflow event for each direction. It is an analyzer like any user's.
package conn

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Analyzer writes conn.log, flow and netflow.
var Analyzer = &proto.Analyzer{
	Name:  "conn",
	Doc:   "one record for each flow, when it ends: conn.log, flow, netflow",
	Start: start,
	Logs:  []proto.Described{proto.Describe(Log), proto.Describe(Netflow)},
}

// Row is a flow at its end.
type Row struct {
	*proto.Flow
	seen *seen    // nil when nothing asked for it
	dir  flow.Dir // netflow: the direction
}

func start(s *proto.Setup) error {
	w := writer{log: record.Open(s.Output, Log), netflow: record.Open(s.Output, Netflow), slot: s.Slot(), out: s.Output}
	if !w.log.Wanted() && !w.netflow.Wanted() {
		return nil
	}
	macs := w.log.WantsEVE() && s.Settings.Bool("outputs.eve-log.ethernet", false)
	if macs || w.netflow.Wanted() {
		s.OnPacket(func(f *proto.Flow, d flow.Dir, p *flow.Packet) {
			if f != nil {
				w.see(f, d, p, macs)
			}
		})
	}
	s.OnFlow(nil, w.end)
	return nil
}

// writer belongs to one worker.
type writer struct {
	log, netflow *record.Writer[Row]
	out          *record.Output
	slot         int
	row          Row
}

func (w *writer) end(f *proto.Flow) {
	h := f.Header()
	h.PacketNumber, h.PacketSource, h.Ethernet = 0, "", nil
	w.row = Row{Flow: f}
	w.row.seen, _ = f.Slot(w.slot).(*seen)
	if w.log.WantsEVE() {
		h.Nanos = f.Last
		w.out.Late = f.Late()
		w.log.WriteEVE(&h, &w.row)
	}
	if w.log.WantsZeek() {
		h.Nanos = f.Start
		w.log.WriteZeek(&h, &w.row)
	}
	if w.netflow.WantsEVE() {
		w.eachWay(&h)
	}
	w.row = Row{}
}

// Log describes the record. Its rows are flows at their end.
var Log = &record.Log[Row]{
	Path: "conn", Event: "flow",
	Doc:     "connections: who spoke with whom, when, how much, over which protocol, and how it ended",
	Scope:   record.PerFlow,
	Columns: append(zeekColumns(), eveColumns()...),
}

type encoder = record.Encoder

func zeekColumns() []record.Column[Row] {
	count := func(n func(f *Row) uint64) func(*encoder, *Row) {
		return func(e *encoder, f *Row) { e.Uint(n(f)) }
	}
	// Zeek leaves duration and both byte counts unset together when there is nothing to measure.
	measured := func(put func(*encoder, *Row)) func(*encoder, *Row) {
		return func(e *encoder, f *Row) {
			if f.Duration() > 0 {
				put(e, f)
			}
		}
	}
	return []record.Column[Row]{
		{Zeek: "proto", Type: record.Enum, Doc: "transport", Put: func(e *encoder, f *Row) { e.Name(f.TransportName()) }},
		{Zeek: "service", Type: record.String, Doc: "application protocols that parsers confirmed", Put: putServices},
		{Zeek: "duration", Type: record.Interval, Doc: "from the first packet to the last",
			Put: measured(func(e *encoder, f *Row) { e.Interval(f.Duration()) })},
		{Zeek: "orig_bytes", Type: record.Count, Doc: "payload bytes of the originator, by sequence numbers for TCP",
			Put: measured(count(func(f *Row) uint64 { return f.Bytes(flow.Orig) }))},
		{Zeek: "resp_bytes", Type: record.Count, Doc: "payload bytes of the responder",
			Put: measured(count(func(f *Row) uint64 { return f.Bytes(flow.Resp) }))},
		{Zeek: "conn_state", Type: record.String, Doc: "how the connection went", Put: func(e *encoder, f *Row) { e.Name(f.ConnState()) }},
		{Zeek: "local_orig", Type: record.Bool, Doc: "the originator has a private address", Put: putLocal(flow.Orig)},
		{Zeek: "local_resp", Type: record.Bool, Doc: "the responder has a private address", Put: putLocal(flow.Resp)},
		{Zeek: "missed_bytes", Type: record.Count, Doc: "bytes in content gaps",
			Put: count(func(f *Row) uint64 { return f.Missed[0] + f.Missed[1] })},
		{Zeek: "history", Type: record.String, Doc: "what happened, a letter each; upper case: the originator", Put: putHistory},
		{Zeek: "orig_pkts", Type: record.Count, Doc: "packets of the originator",
			Put: count(func(f *Row) uint64 { return f.Side[0].Packets })},
		{Zeek: "orig_ip_bytes", Type: record.Count, Doc: "their lengths by the IP header",
			Put: count(func(f *Row) uint64 { return f.Side[0].IPBytes })},
		{Zeek: "resp_pkts", Type: record.Count, Doc: "packets of the responder",
			Put: count(func(f *Row) uint64 { return f.Side[1].Packets })},
		{Zeek: "resp_ip_bytes", Type: record.Count, Doc: "their lengths by the IP header",
			Put: count(func(f *Row) uint64 { return f.Side[1].IPBytes })},
		{Zeek: "tunnel_parents", Type: record.StringSet, Doc: "the connections that this one came out of", Put: putParents},
		{Zeek: "ip_proto", Type: record.Count, Doc: "number of the IP protocol",
			Put: count(func(f *Row) uint64 { return uint64(f.Proto) })},
	}
}

func putServices(e *encoder, f *Row) {
	s := f.Services()
	if len(s) == 0 {
		return
	}
	if len(s) == 1 {
		e.Name(s[0])
		return
	}
	joined := make([]byte, 0, 64)
	for i, n := range s {
		if i > 0 {
			joined = append(joined, ',')
		}
		joined = append(joined, n...)
	}
	e.Bytes(joined)
}

func putLocal(d flow.Dir) func(*encoder, *Row) {
	return func(e *encoder, f *Row) {
		a := f.Side[d].Addr.Netip()
		e.Bool(a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast())
	}
}

func putHistory(e *encoder, f *Row) {
	if h := f.History.Bytes(); len(h) > 0 {
		e.Bytes(h)
	}
}

func putParents(e *encoder, f *Row) {
	more := f.Tunnels()
	if f.Tunnel == nil && len(more) == 0 {
		return
	}
	uid := make([]byte, 0, 18)
	e.List()
	if f.Tunnel != nil {
		e.Bytes(f.Tunnel.ID.AppendUID(uid, 'C'))
	}
	for _, t := range more {
		if t != nil {
			e.Bytes(t.ID.AppendUID(uid, 'C'))
		}
	}
	e.EndList()
}

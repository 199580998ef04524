// Package conn writes a record for each flow when it ends: Zeek's conn.log and Suricata's flow event. It is an analyzer
// like any user's.
package conn

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Analyzer writes conn.log and flow.
var Analyzer = &proto.Analyzer{
	Name:  "conn",
	Doc:   "one record for each flow, when it ends: conn.log, flow",
	Start: start,
	Logs:  []proto.Described{proto.Describe(Log)},
}

func start(s *proto.Setup) error {
	w := record.Open(s.Output, Log)
	if !w.Wanted() {
		return nil
	}
	s.OnFlow(nil, func(f *proto.Flow) {
		h := f.Header()
		h.PacketNumber, h.PacketSource = 0, ""
		if w.WantsEVE() {
			h.Nanos = f.Last
			w.WriteEVE(&h, f)
		}
		h.Nanos = f.Start
		w.WriteZeek(&h, f)
	})
	return nil
}

// Log describes the record. Its rows are flows at their end.
var Log = &record.Log[proto.Flow]{
	Path: "conn", Event: "flow",
	Doc:     "connections: who spoke with whom, when, how much, over which protocol, and how it ended",
	Scope:   record.PerFlow,
	Columns: append(zeekColumns(), eveColumns()...),
}

type encoder = record.Encoder

func zeekColumns() []record.Column[proto.Flow] {
	count := func(n func(f *proto.Flow) uint64) func(*encoder, *proto.Flow) {
		return func(e *encoder, f *proto.Flow) { e.Uint(n(f)) }
	}
	// Zeek leaves duration and both byte counts unset together when there is nothing to measure.
	measured := func(put func(*encoder, *proto.Flow)) func(*encoder, *proto.Flow) {
		return func(e *encoder, f *proto.Flow) {
			if f.Duration() > 0 {
				put(e, f)
			}
		}
	}
	return []record.Column[proto.Flow]{
		{Zeek: "proto", Type: record.Enum, Doc: "transport", Put: func(e *encoder, f *proto.Flow) { e.Name(f.TransportName()) }},
		{Zeek: "service", Type: record.String, Doc: "application protocols that parsers confirmed", Put: putServices},
		{Zeek: "duration", Type: record.Interval, Doc: "from the first packet to the last",
			Put: measured(func(e *encoder, f *proto.Flow) { e.Interval(f.Duration()) })},
		{Zeek: "orig_bytes", Type: record.Count, Doc: "payload bytes of the originator, by sequence numbers for TCP",
			Put: measured(count(func(f *proto.Flow) uint64 { return f.Bytes(flow.Orig) }))},
		{Zeek: "resp_bytes", Type: record.Count, Doc: "payload bytes of the responder",
			Put: measured(count(func(f *proto.Flow) uint64 { return f.Bytes(flow.Resp) }))},
		{Zeek: "conn_state", Type: record.String, Doc: "how the connection went", Put: func(e *encoder, f *proto.Flow) { e.Name(f.ConnState()) }},
		{Zeek: "local_orig", Type: record.Bool, Doc: "the originator has a private address", Put: putLocal(flow.Orig)},
		{Zeek: "local_resp", Type: record.Bool, Doc: "the responder has a private address", Put: putLocal(flow.Resp)},
		{Zeek: "missed_bytes", Type: record.Count, Doc: "bytes in content gaps",
			Put: count(func(f *proto.Flow) uint64 { return f.Missed[0] + f.Missed[1] })},
		{Zeek: "history", Type: record.String, Doc: "what happened, a letter each; upper case: the originator", Put: putHistory},
		{Zeek: "orig_pkts", Type: record.Count, Doc: "packets of the originator",
			Put: count(func(f *proto.Flow) uint64 { return f.Side[0].Packets })},
		{Zeek: "orig_ip_bytes", Type: record.Count, Doc: "their lengths by the IP header",
			Put: count(func(f *proto.Flow) uint64 { return f.Side[0].IPBytes })},
		{Zeek: "resp_pkts", Type: record.Count, Doc: "packets of the responder",
			Put: count(func(f *proto.Flow) uint64 { return f.Side[1].Packets })},
		{Zeek: "resp_ip_bytes", Type: record.Count, Doc: "their lengths by the IP header",
			Put: count(func(f *proto.Flow) uint64 { return f.Side[1].IPBytes })},
		{Zeek: "tunnel_parents", Type: record.StringSet, Doc: "the connection that this one came out of", Put: putParents},
		{Zeek: "ip_proto", Type: record.Count, Doc: "number of the IP protocol",
			Put: count(func(f *proto.Flow) uint64 { return uint64(f.Proto) })},
	}
}

func putServices(e *encoder, f *proto.Flow) {
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

func putLocal(d flow.Dir) func(*encoder, *proto.Flow) {
	return func(e *encoder, f *proto.Flow) {
		a := f.Side[d].Addr.Netip()
		e.Bool(a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast())
	}
}

func putHistory(e *encoder, f *proto.Flow) {
	if h := f.History.Bytes(); len(h) > 0 {
		e.Bytes(h)
	}
}

func putParents(e *encoder, f *proto.Flow) {
	if f.Tunnel == nil {
		return
	}
	e.List()
	e.Bytes(f.Tunnel.ID.AppendUID(make([]byte, 0, 18), 'C'))
	e.EndList()
}

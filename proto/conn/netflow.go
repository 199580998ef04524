package conn

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

// Netflow describes the netflow event: one record for each direction that had packets.
var Netflow = &record.Log[Row]{
	Event: "netflow", Doc: "one direction of a flow", Scope: record.PerFlow,
	Columns: netflowColumns(),
}

func netflowColumns() []record.Column[Row] {
	count := func(path, doc string, n func(f *Row) uint64) record.Column[Row] {
		return record.Column[Row]{EVE: path, Type: record.Count, Doc: doc, Put: func(e *encoder, f *Row) { e.Uint(n(f)) }}
	}
	return []record.Column[Row]{
		{EVE: "app_proto", Type: record.String, Doc: "application protocol found", Put: putName((*Row).AppProto)},
		{EVE: "app_proto_ts", Type: record.String, Doc: "what the client's data told, where it differs", Put: putSide(flow.Orig)},
		{EVE: "app_proto_tc", Type: record.String, Doc: "what the server's data told, where it differs", Put: putSide(flow.Resp)},
		{EVE: "app_proto_orig", Type: record.String, Doc: "protocol before the last change", Put: putName((*Row).AppProtoOrig)},
		count("netflow.pkts", "packets", func(f *Row) uint64 { return f.Side[f.dir].Packets }),
		count("netflow.bytes", "their bytes on the wire", func(f *Row) uint64 { return f.Side[f.dir].FrameBytes }),
		{EVE: "netflow.start", Type: record.Time, Doc: "the flow's first packet", Put: func(e *encoder, f *Row) { e.Time(f.Start) }},
		{EVE: "netflow.end", Type: record.Time, Doc: "the flow's last packet", Put: func(e *encoder, f *Row) { e.Time(f.Last) }},
		count("netflow.age", "seconds between them", (*Row).age),
		count("netflow.min_ttl", "smallest time to live", func(f *Row) uint64 { return uint64(f.ttl()[0]) }),
		count("netflow.max_ttl", "greatest time to live", func(f *Row) uint64 { return uint64(f.ttl()[1]) }),
		{EVE: "tcp", Type: record.Object, Doc: "flags seen", Put: func(e *encoder, f *Row) {
			if f.TCP == nil {
				return
			}
			e.Object()
			flags := f.TCP.Side[f.dir].Flags
			putHex(e, "tcp_flags", flags)
			putFlags(e, flags)
			e.EndObject()
		}},
	}
}

func (f *Row) age() uint64 { return uint64(max(0, f.Last/1e9-f.Start/1e9)) }

func (f *Row) ttl() [2]uint8 {
	if f.seen == nil {
		return [2]uint8{}
	}
	return f.seen.ttl[f.dir]
}

// eachWay writes the netflow records of the row's flow.
func (w *writer) eachWay(h *record.Header) {
	h.Nanos = w.row.Last
	for d := flow.Orig; d <= flow.Resp; d++ {
		if d == flow.Resp && w.row.Side[d].Packets == 0 {
			return
		}
		w.row.dir, h.Swap = d, d == flow.Resp
		if d == flow.Resp {
			h.ICMPType, h.ICMPCode = w.row.ICMPReplyType, w.row.ICMPReplyCo
		}
		w.netflow.WriteEVE(h, &w.row)
	}
}

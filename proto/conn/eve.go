package conn

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

func eveColumns() []record.Column[proto.Flow] {
	count := func(path, doc string, n func(f *proto.Flow) uint64) record.Column[proto.Flow] {
		return record.Column[proto.Flow]{EVE: path, Type: record.Count, Doc: doc,
			Put: func(e *encoder, f *proto.Flow) { e.Uint(n(f)) }}
	}
	return []record.Column[proto.Flow]{
		{EVE: "app_proto", Type: record.String, Doc: "application protocol found", Put: putName((*proto.Flow).AppProto)},
		{EVE: "app_proto_orig", Type: record.String, Doc: "protocol before the last change", Put: putName((*proto.Flow).AppProtoOrig)},
		count("flow.pkts_toserver", "packets of the client", func(f *proto.Flow) uint64 { return f.Side[0].Packets }),
		count("flow.pkts_toclient", "packets of the server", func(f *proto.Flow) uint64 { return f.Side[1].Packets }),
		count("flow.bytes_toserver", "their bytes on the wire", func(f *proto.Flow) uint64 { return f.Side[0].FrameBytes }),
		count("flow.bytes_toclient", "their bytes on the wire", func(f *proto.Flow) uint64 { return f.Side[1].FrameBytes }),
		{EVE: "flow.start", Type: record.Time, Doc: "first packet", Put: func(e *encoder, f *proto.Flow) { e.Time(f.Start) }},
		{EVE: "flow.end", Type: record.Time, Doc: "last packet", Put: func(e *encoder, f *proto.Flow) { e.Time(f.Last) }},
		{EVE: "flow.age", Type: record.Count, Doc: "seconds between them", Put: func(e *encoder, f *proto.Flow) {
			e.Uint(uint64(max(0, f.Last/1e9-f.Start/1e9)))
		}},
		{EVE: "flow.state", Type: record.String, Doc: "new, established or closed",
			Put: func(e *encoder, f *proto.Flow) { e.Name(f.StateName()) }},
		{EVE: "flow.reason", Type: record.String, Doc: "why the flow ended",
			Put: func(e *encoder, f *proto.Flow) { e.Name(f.Reason.String()) }},
		{EVE: "flow.alerted", Type: record.Bool, Doc: "a rule fired on it",
			Put: func(e *encoder, f *proto.Flow) { e.Bool(f.Alerted) }},
		{EVE: "tcp", Type: record.Object, Doc: "flags seen and state of TCP", Put: putTCP},
	}
}

func putName(get func(*proto.Flow) string) func(*encoder, *proto.Flow) {
	return func(e *encoder, f *proto.Flow) {
		if n := get(f); n != "" {
			e.Name(n)
		}
	}
}

var flagNames = [8]struct {
	flag flow.TCPFlags
	name string
}{
	{flow.SYN, "syn"}, {flow.FIN, "fin"}, {flow.RST, "rst"}, {flow.PSH, "psh"}, {flow.ACK, "ack"}, {flow.URG, "urg"},
	{flow.ECE, "ecn"}, {flow.CWR, "cwr"},
}

func putTCP(e *encoder, f *proto.Flow) {
	if f.Proto != flow.ProtoTCP {
		return
	}
	e.Object()
	var flags [2]flow.TCPFlags
	if f.TCP != nil {
		flags = [2]flow.TCPFlags{f.TCP.Side[0].Flags, f.TCP.Side[1].Flags}
	}
	both := flags[0] | flags[1]
	hex := func(key string, v flow.TCPFlags) { e.Key(key); e.Hex([]byte{byte(v)}) }
	hex("tcp_flags", both)
	hex("tcp_flags_ts", flags[0])
	hex("tcp_flags_tc", flags[1])
	for _, n := range flagNames {
		if both.Has(n.flag) {
			e.Key(n.name)
			e.Bool(true)
		}
	}
	if f.TCP != nil && f.TCP.Session != flow.SessionNone {
		putSession(e, f)
	}
	e.EndObject()
}

func putSession(e *encoder, f *proto.Flow) {
	e.Key("state")
	e.Name(f.TCP.Session.String())
	keys := [2][2]string{{"ts_gap", "tc_gap"}, {"ts_max_regions", "tc_max_regions"}}
	for _, d := range [...]flow.Dir{flow.Orig, flow.Resp} {
		if f.Missed[d] > 0 {
			e.Key(keys[0][d])
			e.Bool(true)
		}
	}
	for _, d := range [...]flow.Dir{flow.Orig, flow.Resp} {
		e.Key(keys[1][d])
		e.Uint(uint64(f.TCP.Regions(d)))
	}
}

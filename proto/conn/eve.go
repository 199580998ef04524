package conn

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

func eveColumns() []record.Column[Row] {
	count := func(path, doc string, n func(f *Row) uint64) record.Column[Row] {
		return record.Column[Row]{EVE: path, Type: record.Count, Doc: doc,
			Put: func(e *encoder, f *Row) { e.Uint(n(f)) }}
	}
	return []record.Column[Row]{
		{EVE: "ether", Type: record.Object, Doc: "Ethernet addresses of the flow's packets, if they are asked for", Put: putEther},
		{EVE: "response_icmp_type", Type: record.Count, Doc: "type of the first answer", Put: putReply(func(f *Row) uint8 { return f.ICMPReplyType })},
		{EVE: "response_icmp_code", Type: record.Count, Doc: "its code", Put: putReply(func(f *Row) uint8 { return f.ICMPReplyCo })},
		{EVE: "spi", Type: record.Count, Doc: "security parameter index of ESP", Put: putSPI},
		{EVE: "app_proto", Type: record.String, Doc: "application protocol found", Put: putName((*Row).AppProto)},
		{EVE: "app_proto_ts", Type: record.String, Doc: "what the client's data told, where it differs", Put: putSide(flow.Orig)},
		{EVE: "app_proto_tc", Type: record.String, Doc: "what the server's data told, where it differs", Put: putSide(flow.Resp)},
		{EVE: "app_proto_orig", Type: record.String, Doc: "protocol before the last change", Put: putName((*Row).AppProtoOrig)},
		count("flow.pkts_toserver", "packets of the client", func(f *Row) uint64 { return f.Side[0].Packets }),
		count("flow.pkts_toclient", "packets of the server", func(f *Row) uint64 { return f.Side[1].Packets }),
		count("flow.bytes_toserver", "their bytes on the wire", func(f *Row) uint64 { return f.Side[0].FrameBytes }),
		count("flow.bytes_toclient", "their bytes on the wire", func(f *Row) uint64 { return f.Side[1].FrameBytes }),
		{EVE: "flow.start", Type: record.Time, Doc: "first packet", Put: func(e *encoder, f *Row) { e.Time(f.Start) }},
		{EVE: "flow.end", Type: record.Time, Doc: "last packet", Put: func(e *encoder, f *Row) { e.Time(f.Last) }},
		{EVE: "flow.age", Type: record.Count, Doc: "seconds between them", Put: func(e *encoder, f *Row) {
			e.Uint(f.age())
		}},
		{EVE: "flow.state", Type: record.String, Doc: "new, established or closed",
			Put: func(e *encoder, f *Row) { e.Name(f.StateName()) }},
		{EVE: "flow.reason", Type: record.String, Doc: "why the flow ended",
			Put: func(e *encoder, f *Row) { e.Name(f.Reason.String()) }},
		{EVE: "flow.action", Type: record.String, Doc: "what a rule that passes or drops did with it",
			Put: func(e *encoder, f *Row) {
				if a := f.Action(); a != "" {
					e.Name(a)
				}
			}},
		{EVE: "flow.alerted", Type: record.Bool, Doc: "a rule fired on it",
			Put: func(e *encoder, f *Row) { e.Bool(f.Alerted) }},
		{EVE: "tcp", Type: record.Object, Doc: "flags seen and state of TCP", Put: putTCP},
	}
}

func putName(get func(*Row) string) func(*encoder, *Row) {
	return func(e *encoder, f *Row) {
		if n := get(f); n != "" {
			e.Name(n)
		}
	}
}

func putSide(d flow.Dir) func(*encoder, *Row) {
	return func(e *encoder, f *Row) {
		if n := f.AppProtoOf(d); n != "" && n != f.AppProto() {
			e.Name(n)
		}
	}
}

func putReply(get func(*Row) uint8) func(*encoder, *Row) {
	return func(e *encoder, f *Row) {
		if f.ICMPReplied {
			e.Uint(uint64(get(f)))
		}
	}
}

// putSPI writes what stands in the place of ports in the key of an ESP flow.
func putSPI(e *encoder, f *Row) {
	if f.Proto == flow.ProtoESP {
		o := &f.Side[flow.Orig]
		e.Uint(uint64(o.Port)<<16 | uint64(f.Side[flow.Resp].Port))
	}
}

var flagNames = [8]struct {
	flag flow.TCPFlags
	name string
}{
	{flow.SYN, "syn"}, {flow.FIN, "fin"}, {flow.RST, "rst"}, {flow.PSH, "psh"}, {flow.ACK, "ack"}, {flow.URG, "urg"},
	{flow.ECE, "ecn"}, {flow.CWR, "cwr"},
}

func putTCP(e *encoder, f *Row) {
	if f.Proto != flow.ProtoTCP {
		return
	}
	e.Object()
	var flags [2]flow.TCPFlags
	if f.TCP != nil {
		flags = [2]flow.TCPFlags{f.TCP.Side[0].Flags, f.TCP.Side[1].Flags}
	}
	both := flags[0] | flags[1]
	putHex(e, "tcp_flags", both)
	putHex(e, "tcp_flags_ts", flags[0])
	putHex(e, "tcp_flags_tc", flags[1])
	putFlags(e, both)
	if f.TCP != nil && f.TCP.Session != flow.SessionNone {
		putSession(e, f)
	}
	e.EndObject()
}

func putHex(e *encoder, key string, v flow.TCPFlags) {
	e.Key(key)
	e.Hex([]byte{byte(v)})
}

func putFlags(e *encoder, v flow.TCPFlags) {
	for _, n := range flagNames {
		if v.Has(n.flag) {
			e.Key(n.name)
			e.Bool(true)
		}
	}
}

func putSession(e *encoder, f *Row) {
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

// Package weird writes what is odd about packets, streams and application protocols: Zeek's weird.log and Suricata's
// anomaly event. It is an analyzer like any user's.
package weird

import (
	"github.com/cespare/xxhash/v2"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Analyzer writes weird.log and anomaly.
var Analyzer = &proto.Analyzer{
	Name:  "weird",
	Doc:   "what is odd about the traffic: weird.log, anomaly",
	Start: start,
	Logs:  []proto.Described{proto.Describe(Log), proto.Describe(Anomalies)},
}

func start(s *proto.Setup) error {
	w := &writer{zeek: record.Open(s.Output, Log), eve: record.Open(s.Output, Anomalies), rt: s.Runtime(), out: s.Output, slot: s.Slot(),
		seen: map[key]int64{}, kinds: kindsFrom(s.Settings), headers: s.Settings.Bool("eve.anomaly.packethdr", false)}
	if w.zeek.Wanted() || w.eve.Wanted() {
		s.OnAnomaly(w.write)
	}
	return nil
}

// kindsFrom reads which kinds EVE gets: Suricata's anomaly.types.
func kindsFrom(s proto.Settings) (k [3]bool) {
	k[proto.DecodeAnomaly] = s.Bool("eve.anomaly.types.decode", false)
	k[proto.StreamAnomaly] = s.Bool("eve.anomaly.types.stream", false)
	k[proto.AppAnomaly] = s.Bool("eve.anomaly.types.applayer", true)
	return k
}

// writer belongs to one worker.
type writer struct {
	zeek    *record.Writer[Row]
	eve     *record.Writer[Row]
	rt      *proto.Runtime
	out     *record.Output
	slot    int
	seen    map[key]int64 // when a weird outside of connections was reported
	kinds   [3]bool
	headers bool
	row     Row
}

// Row is an anomaly as it is written. Borrowed by the logs for the call.
type Row struct {
	*proto.Anomaly
	// Name is Zeek's name, with what the place adds to it.
	Name string
	// Packet is the start of the packet for EVE, nil when it is not wanted.
	Packet []byte
}

// packetBytes is how much of a packet EVE shows.
const packetBytes = 32

func (w *writer) write(a *proto.Anomaly) {
	w.row = Row{Anomaly: a, Name: a.Weird}
	if a.Name != "" && w.kinds[a.Kind] && w.eve.Wanted() {
		if w.headers && a.Kind != proto.AppAnomaly && a.Packet != nil {
			w.row.Packet = a.Packet.Frame.Data[:min(packetBytes, len(a.Packet.Frame.Data))]
		}
		h := w.packetHeader(a)
		w.eve.WriteEVE(&h, &w.row)
	}
	if a.Weird != "" && w.zeek.Wanted() {
		w.weird(a)
	}
	w.row = Row{}
}

// packetHeader is EVE's: source and destination as of the packet.
func (w *writer) packetHeader(a *proto.Anomaly) record.Header {
	if a.Flow == nil {
		h := w.rt.FlowHeader(a.Packet)
		if a.Event.Info().NoAddr {
			h.HasAddr, h.HasPorts, h.Proto = false, false, ""
		}
		return h
	}
	h := a.Flow.Header()
	h.Swap = a.Dir == proto.Resp
	h.TxID = a.Tx
	return h
}

// weird writes a row of weird.log if it is new. Zeek tells apart weirds of connections, of two hosts, and of nobody.
func (w *writer) weird(a *proto.Anomaly) {
	var h record.Header
	switch i := a.Event.Info(); {
	case a.Flow != nil && (a.PerFlow || a.Kind == proto.AppAnomaly):
		if !w.newInFlow(a) {
			return
		}
		h = a.Flow.Header()
	case i.NoAddr || a.Packet == nil || a.Packet.Version == 0:
		w.once(a.Weird, repeatAfter)
		h = w.rt.FlowHeader(nil)
	default:
		if a.Packet.Tunnel != nil {
			w.row.Name += "_in_tunnel"
		}
		if !w.newOfHosts(a) {
			return
		}
		h = w.rt.FlowHeader(a.Packet)
		h.OrigPort, h.RespPort = 0, 0
	}
	w.zeek.WriteZeek(&h, &w.row)
}

// Zeek's periods in ns: how long a weird is not repeated for the same connection, hosts or nobody, and for the same
// originator where it is logged once for each.
const (
	repeatAfter     = 600e9
	repeatOrigAfter = 24 * 3600e9
)

// key is what a weird outside of connections is known by, or one that is reported once for each pair of hosts.
type key struct {
	name     string
	src, dst flow.Addr
}

// maxSeen bounds what is remembered; past it everything is forgotten, and some weirds may come twice.
const maxSeen = 1 << 16

// new tells whether k was not reported within the period, and notes it.
func (w *writer) new(k key, period int64) bool {
	now := w.rt.Now()
	if at, ok := w.seen[k]; ok && now-at < period {
		return false
	}
	if len(w.seen) >= maxSeen {
		clear(w.seen)
	}
	w.seen[k] = now
	return true
}

func (w *writer) newOfHosts(a *proto.Anomaly) bool {
	k := key{w.row.Name, a.Packet.Src, a.Packet.Dst}
	switch policies[a.Weird] {
	case ignore:
		return false
	case once:
		w.once(a.Weird, repeatOrigAfter)
		return true
	case perOrig:
		return w.new(k, repeatOrigAfter)
	}
	return w.new(k, repeatAfter)
}

// once lets the row that is written next through only when there was none with this name within the period, on whatever
// worker.
func (w *writer) once(name string, period int64) {
	w.out.Repeat = record.Repeat{Key: xxhash.Sum64String(name) | 1, Period: period}
}

// mark is a weird that a connection had.
type mark struct {
	name string
	at   int64
}

// maxMarks bounds the weirds that are remembered of one connection.
const maxMarks = 64

// newInFlow tells whether the flow did not have the weird lately.
func (w *writer) newInFlow(a *proto.Anomaly) bool {
	switch policies[a.Weird] {
	case ignore:
		return false
	case perOrig:
		return w.new(key{a.Weird, a.Flow.Side[0].Addr, a.Flow.Side[1].Addr}, repeatOrigAfter)
	}
	marks, _ := a.Flow.Slot(w.slot).(*[]mark)
	if marks == nil {
		marks = new([]mark)
		a.Flow.SetSlot(w.slot, marks)
	}
	now := w.rt.Now()
	for i := range *marks {
		m := &(*marks)[i]
		if m.name != a.Weird {
			continue
		}
		if now-m.at < repeatAfter {
			return false
		}
		m.at = now
		return true
	}
	if len(*marks) < maxMarks {
		*marks = append(*marks, mark{a.Weird, now})
	}
	return true
}

type encoder = record.Encoder

// Log describes weird.log.
var Log = &record.Log[Row]{
	Path: "weird", Doc: "what is odd about the traffic", Scope: record.PerFlow,
	Columns: []record.Column[Row]{
		{Zeek: "name", Type: record.String, Doc: "what is odd", Put: func(e *encoder, r *Row) { e.Str(r.Name) }},
		{Zeek: "addl", Type: record.String, Doc: "more about it", Put: func(e *encoder, r *Row) {
			if r.Addl != "" {
				e.Str(r.Addl)
			}
		}},
		{Zeek: "notice", Type: record.Bool, Doc: "whether it was raised as a notice", Put: func(e *encoder, r *Row) { e.Bool(false) }},
		{Zeek: "peer", Type: record.String, Doc: "who found it", Put: func(e *encoder, r *Row) { e.Name("zeek") }}, // the name of a lone Zeek process
		{Zeek: "source", Type: record.String, Doc: "the part that noticed it", Put: func(e *encoder, r *Row) {
			if r.Source != "" {
				e.Name(r.Source)
			}
		}},
	},
}

// Anomalies describes the anomaly event.
var Anomalies = &record.Log[Row]{
	Event: "anomaly", Doc: "what is odd about the traffic", Scope: record.PerFlow,
	Columns: []record.Column[Row]{
		{EVE: "anomaly.app_proto", Type: record.String, Doc: "application protocol", Put: func(e *encoder, r *Row) {
			if r.Kind == proto.AppAnomaly && r.Proto != "" {
				e.Name(r.Proto)
			}
		}},
		{EVE: "anomaly.type", Type: record.String, Doc: "decode, stream or applayer", Put: func(e *encoder, r *Row) {
			e.Name([...]string{"decode", "stream", "applayer"}[r.Kind])
		}},
		{EVE: "anomaly.event", Type: record.String, Doc: "what is odd", Put: func(e *encoder, r *Row) {
			e.Str(r.Anomaly.Name)
		}},
		{EVE: "anomaly.layer", Type: record.String, Doc: "the part that noticed it", Put: func(e *encoder, r *Row) {
			if r.Layer != "" {
				e.Name(r.Layer)
			}
		}},
		{EVE: "packet", Type: record.String, Doc: "the packet's first bytes, in base64", Put: func(e *encoder, r *Row) {
			if r.Packet != nil {
				e.Base64(r.Packet)
			}
		}},
		{EVE: "packet_info.linktype", Type: record.Count, Doc: "link type of the packet", Put: func(e *encoder, r *Row) {
			if r.Packet != nil {
				e.Uint(uint64(r.Anomaly.Packet.Frame.Link))
			}
		}},
	},
}

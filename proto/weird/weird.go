// Package weird writes what is odd about packets, streams and application protocols: Zeek's weird.log and Suricata's
// anomaly event. It is an analyzer like any user's.
package weird

import (
	"strings"

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
	w := &writer{zeek: record.Open(s.Output, Log), eve: record.Open(s.Output, Anomalies), rt: s.Runtime(), slot: s.Slot(),
		seen: map[key]struct{}{}, kinds: kindsFrom(s.Settings)}
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
	zeek  *record.Writer[proto.Anomaly]
	eve   *record.Writer[proto.Anomaly]
	rt    *proto.Runtime
	slot  int
	seen  map[key]struct{}
	kinds [3]bool
}

// key is a weird outside of connections, which is reported once for each host pair.
type key struct {
	name     string
	src, dst [16]byte
}

// maxSeen bounds what is remembered of weirds outside of connections.
const maxSeen = 1 << 16

func (w *writer) write(a *proto.Anomaly) {
	h := w.header(a)
	if a.Name != "" && w.kinds[a.Kind] && w.eve.Wanted() {
		w.eve.WriteEVE(&h, a)
	}
	if a.Weird != "" && w.zeek.Wanted() && w.first(a) {
		w.zeek.WriteZeek(&h, a)
	}
}

func (w *writer) header(a *proto.Anomaly) record.Header {
	if a.Flow == nil {
		return w.rt.FlowHeader(a.Packet)
	}
	h := a.Flow.Header()
	h.Swap = a.Dir == proto.Resp
	h.TxID = a.Tx
	return h
}

// first tells whether a weird is new where Zeek reports it once.
func (w *writer) first(a *proto.Anomaly) bool {
	if a.Flow != nil {
		if !a.PerFlow {
			return true
		}
		names, _ := a.Flow.Slot(w.slot).(*[]string)
		if names == nil {
			names = new([]string)
			a.Flow.SetSlot(w.slot, names)
		}
		for _, n := range *names {
			if n == a.Weird {
				return false
			}
		}
		*names = append(*names, a.Weird)
		return true
	}
	if !a.PerFlow || a.Packet == nil {
		return true
	}
	k := key{a.Weird, a.Packet.Src, a.Packet.Dst}
	if _, ok := w.seen[k]; ok {
		return false
	}
	if len(w.seen) < maxSeen {
		w.seen[k] = struct{}{}
	}
	return true
}

type encoder = record.Encoder

// Log describes weird.log.
var Log = &record.Log[proto.Anomaly]{
	Path: "weird", Doc: "what is odd about the traffic", Scope: record.PerFlow,
	Columns: []record.Column[proto.Anomaly]{
		{Zeek: "name", Type: record.String, Doc: "what is odd", Put: func(e *encoder, a *proto.Anomaly) { e.Str(a.Weird) }},
		{Zeek: "addl", Type: record.String, Doc: "more about it", Put: func(e *encoder, a *proto.Anomaly) {
			if a.Addl != "" {
				e.Str(a.Addl)
			}
		}},
		{Zeek: "notice", Type: record.Bool, Doc: "whether it was raised as a notice", Put: func(e *encoder, a *proto.Anomaly) { e.Bool(false) }},
		{Zeek: "peer", Type: record.String, Doc: "who found it", Put: func(e *encoder, a *proto.Anomaly) { e.Name("zeek") }}, // the name of a lone Zeek process
		{Zeek: "source", Type: record.String, Doc: "the part that noticed it", Put: func(e *encoder, a *proto.Anomaly) {
			if a.Source != "" {
				e.Name(a.Source)
			}
		}},
	},
}

// Anomalies describes the anomaly event.
var Anomalies = &record.Log[proto.Anomaly]{
	Event: "anomaly", Doc: "what is odd about the traffic", Scope: record.PerFlow,
	Columns: []record.Column[proto.Anomaly]{
		{EVE: "anomaly.app_proto", Type: record.String, Doc: "application protocol", Put: func(e *encoder, a *proto.Anomaly) {
			if a.Kind == proto.AppAnomaly && a.Proto != "" {
				e.Name(a.Proto)
			}
		}},
		{EVE: "anomaly.type", Type: record.String, Doc: "decode, stream or applayer", Put: func(e *encoder, a *proto.Anomaly) {
			e.Name([...]string{"decode", "stream", "applayer"}[a.Kind])
		}},
		{EVE: "anomaly.event", Type: record.String, Doc: "what is odd", Put: func(e *encoder, a *proto.Anomaly) {
			e.Str(eventName(a))
		}},
		{EVE: "anomaly.layer", Type: record.String, Doc: "the part that noticed it", Put: func(e *encoder, a *proto.Anomaly) {
			if a.Layer != "" {
				e.Name(a.Layer)
			}
		}},
	},
}

// eventName writes an application's event in upper case and without prefix, as Suricata does.
func eventName(a *proto.Anomaly) string {
	if a.Kind != proto.AppAnomaly {
		return a.Name
	}
	return strings.ToUpper(a.Name)
}

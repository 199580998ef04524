// Package tunnel writes Zeek's tunnel.log: a row when a tunnel is found, and one when the flow that carried it ends. It is
// an analyzer like any user's. It also names the tunnels in conn's service.
//
// For any number of workers each row is written by one of them, as what tells of a tunnel is always the outer packet:
// packets of two hosts are on one worker, and so are all outer packets of a tunnel. What was inside may be anywhere.
package tunnel

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Analyzer writes tunnel.log.
var Analyzer = &proto.Analyzer{
	Name:  "tunnel",
	Doc:   "tunnels as they appear and end: tunnel.log",
	Start: start,
	Logs:  []proto.Described{proto.Describe(Log)},
}

func start(s *proto.Setup) error {
	w := &watcher{out: record.Open(s.Output, Log), rt: s.Runtime(), slot: s.Slot(), seen: map[flow.ID]int64{}}
	s.OnPacket(w.packet)
	if w.out.Wanted() {
		s.OnFlow(nil, w.end)
		s.OnTunnel(w.opened)
	}
	return nil
}

// Row is a row of tunnel.log. Borrowed by the log for the call.
type Row struct {
	Type   flow.TunnelType
	Action string
}

// The actions.
const (
	discover = "Tunnel::DISCOVER"
	closed   = "Tunnel::CLOSE"
	expired  = "Tunnel::EXPIRE"
)

// watcher belongs to one worker.
type watcher struct {
	out  *record.Writer[Row]
	rt   *proto.Runtime
	slot int
	seen map[flow.ID]int64 // tunnels without ports, and the time of their latest packet
}

const (
	// idle is how long a tunnel without ports is remembered, in ns (Zeek's Tunnel::expiration_interval).
	idle = 3600e9
	// maxSeen bounds the tunnels without ports that a worker remembers.
	maxSeen = 1 << 16
)

// packet looks for packets that carried a tunnel's content.
func (w *watcher) packet(f *proto.Flow, _ proto.Dir, p *flow.Packet) {
	t := p.Inside
	if t == nil || p.Marks&flow.TunnelOuter == 0 {
		return
	}
	if t.Proto != flow.ProtoUDP || f == nil {
		w.hosts(t, p)
		return
	}
	if f.Slot(w.slot) != nil {
		return
	}
	f.SetSlot(w.slot, t)
	if s := services[t.Type]; s != "" {
		f.AddService(s)
	}
	if w.out.Wanted() {
		h := f.Header()
		w.out.WriteZeek(&h, &Row{t.Type, discover})
	}
}

// services are Zeek's names of the analyzers of tunnels over UDP.
var services = [...]string{
	flow.TunnelTeredo: "teredo", flow.TunnelVXLAN: "vxlan", flow.TunnelGENEVE: "geneve", flow.TunnelGTPv1: "gtpv1",
	flow.TunnelAYIYA: "ayiya", flow.TunnelHTTP: "",
}

// hosts handles a tunnel between two hosts without ports. No flow stands for it, so nothing closes it.
func (w *watcher) hosts(t *flow.Encap, p *flow.Packet) {
	if !w.out.Wanted() {
		return
	}
	last, known := w.seen[t.ID]
	if known && p.Now-last > idle {
		w.write(t, expired, last+idle)
		known = false
	}
	if !known {
		if len(w.seen) >= maxSeen {
			w.forget(p.Now)
		}
		w.write(t, discover, p.Frame.Nanos)
	}
	w.seen[t.ID] = p.Now
}

// forget makes room: tunnels that ran out, or any when there are none.
func (w *watcher) forget(now int64) {
	for id, last := range w.seen {
		if now-last > idle {
			delete(w.seen, id)
		}
	}
	for id := range w.seen {
		if len(w.seen) < maxSeen {
			break
		}
		delete(w.seen, id)
	}
}

func (w *watcher) write(t *flow.Encap, action string, at int64) {
	h := record.Header{
		Nanos: at, HasFlow: true, HasAddr: true, UID: t.ID.AppendUID(make([]byte, 0, 24), 'C'), FlowID: t.ID.Number(),
		Orig: t.Src.Netip(), Resp: t.Dst.Netip(), TxID: -1,
	}
	w.out.WriteZeek(&h, &Row{t.Type, action})
}

// end closes the tunnel that a flow carried.
func (w *watcher) end(f *proto.Flow) {
	t, _ := f.Slot(w.slot).(*flow.Encap)
	if t == nil {
		return
	}
	h := f.Header()
	h.Nanos = max(h.Nanos, f.Last)
	w.out.WriteZeek(&h, &Row{t.Type, closed})
}

// opened takes what parsers tell of tunnels within TCP. Zeek names them by the server, as any client may use it: the port
// of the originator is 0, and nothing closes the row.
func (w *watcher) opened(f *proto.Flow, t flow.TunnelType) {
	h := f.Header()
	h.HasFlow, h.UID, h.OrigPort = false, nil, 0
	w.out.WriteZeek(&h, &Row{t, discover})
}

type encoder = record.Encoder

// Log describes tunnel.log.
var Log = &record.Log[Row]{
	Path: "tunnel", Doc: "tunnels", Scope: record.PerFlow,
	Columns: []record.Column[Row]{
		{Zeek: "tunnel_type", Type: record.Enum, Doc: "kind of tunnel", Put: func(e *encoder, r *Row) { e.Name(types[r.Type]) }},
		{Zeek: "action", Type: record.Enum, Doc: "what happened to it", Put: func(e *encoder, r *Row) { e.Name(r.Action) }},
	},
}

// types are Zeek's names; ERSPAN is GRE with content of its own.
var types = [...]string{
	flow.TunnelNone: "Tunnel::NONE", flow.TunnelIP: "Tunnel::IP", flow.TunnelGRE: "Tunnel::GRE",
	flow.TunnelTeredo: "Tunnel::TEREDO", flow.TunnelVXLAN: "Tunnel::VXLAN", flow.TunnelGENEVE: "Tunnel::GENEVE",
	flow.TunnelGTPv1: "Tunnel::GTPv1", flow.TunnelERSPAN: "Tunnel::GRE", flow.TunnelAYIYA: "Tunnel::AYIYA",
	flow.TunnelSOCKS: "Tunnel::SOCKS", flow.TunnelHTTP: "Tunnel::HTTP",
}

package proto

import "github.com/wirelore/wirelore/flow"

var _ flow.Handler = (*Runtime)(nil)

func (rt *Runtime) flowOf(f *flow.Flow) *Flow {
	if f == nil {
		return nil
	}
	pf, _ := f.App.(*Flow) // nil before Open and after Close
	return pf
}

// Open implements flow.Handler.
func (rt *Runtime) Open(f *flow.Flow, p *flow.Packet) {
	rt.Counts.Flows++
	var pf *Flow
	if n := len(rt.flows); n > 0 {
		pf, rt.flows = rt.flows[n-1], rt.flows[:n-1]
	} else {
		pf = new(Flow)
	}
	services := pf.services[:0]
	clear(pf.slots)
	*pf = Flow{Flow: f, rt: rt, services: services, slots: pf.slots}
	pf.root = conv{flow: pf, datagrams: f.Proto != flow.ProtoTCP}
	f.App = pf
	rt.meet(pf)
	for _, fn := range rt.hooks.open {
		fn(pf)
	}
}

// Packet implements flow.Handler.
func (rt *Runtime) Packet(f *flow.Flow, d flow.Dir, p *flow.Packet) {
	if len(rt.hooks.packet) == 0 {
		return
	}
	pf := rt.flowOf(f)
	for _, fn := range rt.hooks.packet {
		fn(pf, d, p)
	}
}

// Datagram implements flow.Handler.
func (rt *Runtime) Datagram(f *flow.Flow, d flow.Dir, p *flow.Packet, b []byte) {
	if len(b) > 0 {
		rt.guard(rt.flowOf(f), func(c *conv) { c.feed(d, b) })
	}
}

// Data implements flow.Handler.
func (rt *Runtime) Data(f *flow.Flow, d flow.Dir, b []byte) {
	pf := rt.flowOf(f)
	for _, fn := range rt.hooks.stream {
		fn(pf, d, b, 0)
	}
	rt.guard(pf, func(c *conv) { c.feed(d, b) })
}

// Gap implements flow.Handler.
func (rt *Runtime) Gap(f *flow.Flow, d flow.Dir, n int64) {
	pf := rt.flowOf(f)
	for _, fn := range rt.hooks.stream {
		fn(pf, d, nil, n)
	}
	rt.guard(pf, func(c *conv) { c.gap(d, n) })
}

// EndOfData implements flow.Handler.
func (rt *Runtime) EndOfData(f *flow.Flow, d flow.Dir) {
	rt.guard(rt.flowOf(f), func(c *conv) {
		c.end(d)
		if c.ended == [2]bool{true, true} {
			c.close() // what it holds is of use to others while the flow lingers
		}
	})
}

// Close implements flow.Handler.
func (rt *Runtime) Close(f *flow.Flow) {
	pf := rt.flowOf(f)
	rt.guard(pf, (*conv).close)
	for _, fn := range rt.hooks.close {
		fn(pf)
	}
	f.App = nil
	if len(rt.flows) < 1<<16 {
		rt.flows = append(rt.flows, pf)
	}
}

// Event implements flow.Handler.
func (rt *Runtime) Event(f *flow.Flow, d flow.Dir, p *flow.Packet, e flow.Event) {
	i := e.Info()
	a := Anomaly{Flow: rt.flowOf(f), Dir: d, Packet: p, Event: e, Weird: i.Weird, Name: i.Anomaly, Source: i.Source,
		PerFlow: i.PerFlow, Kind: DecodeAnomaly, Tx: -1}
	if len(i.Anomaly) > 7 && i.Anomaly[:7] == "stream." {
		a.Kind = StreamAnomaly
	}
	rt.anomaly(&a)
}

// LikelyServer implements flow.Handler.
func (rt *Runtime) LikelyServer(proto uint8, port uint16) bool {
	switch proto {
	case flow.ProtoTCP:
		return rt.detectors[TCP].ports[port] != 0
	case flow.ProtoUDP:
		return rt.detectors[UDP].ports[port] != 0
	}
	return false
}

// InactivityTimeout implements flow.Handler.
func (rt *Runtime) InactivityTimeout(f *flow.Flow) int64 {
	if pf := rt.flowOf(f); pf != nil {
		return pf.timeout
	}
	return 0
}

// guard runs fn on the flow's conversation. A panic in a parser costs its flow's parser, not the run: it is counted and
// an anomaly; tests make it fail by Runtime.Panic.
func (rt *Runtime) guard(pf *Flow, fn func(c *conv)) {
	c := &pf.root
	defer func() {
		if v := recover(); v != nil {
			rt.Counts.ParserPanics++
			if rt.Panic != nil {
				rt.Panic(v)
			}
			c.dead, c.sess, c.child = true, nil, nil
			pf.Anomaly(&Anomaly{Kind: AppAnomaly, Weird: "parser_panic", Name: "PARSER_PANIC", Proto: pf.appProto[2],
				Layer: "proto_parser", Tx: -1})
		}
	}()
	fn(c)
}

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
	*pf = Flow{Flow: f, rt: rt}
	f.App = pf
	rt.meet(pf)
	for _, fn := range rt.hooks.open {
		fn(pf)
	}
}

// Packet implements flow.Handler. What the decoder found odd about the packet is told here, where its flow is known.
func (rt *Runtime) Packet(f *flow.Flow, d flow.Dir, p *flow.Packet) {
	for _, e := range p.Events[:p.NEvents] {
		rt.Event(f, d, p, e)
	}
	pf := rt.flowOf(f)
	for _, fn := range rt.hooks.packet {
		fn(pf, d, p)
	}
	if f == nil && len(rt.hooks.inspect) > 0 {
		rt.inspect(nil, d, p)
	}
}

// Processed implements flow.Handler.
func (rt *Runtime) Processed(f *flow.Flow, d flow.Dir, p *flow.Packet) {
	if len(rt.hooks.inspect) > 0 {
		rt.inspect(rt.flowOf(f), d, p)
	}
}

// Datagram implements flow.Handler.
func (rt *Runtime) Datagram(f *flow.Flow, d flow.Dir, p *flow.Packet, b []byte) {
	if len(b) == 0 {
		rt.flowOf(f).silent(d)
	} else {
		rt.dataDir = d
		rt.guard(rt.flowOf(f), func(c *conv) { c.feed(d, b) })
	}
}

// Data implements flow.Handler.
func (rt *Runtime) Data(f *flow.Flow, d flow.Dir, b []byte) {
	pf := rt.flowOf(f)
	pf.hear(d, int64(len(b)))
	rt.dataDir = d
	for _, fn := range rt.hooks.stream {
		fn(pf, d, b, 0)
	}
	rt.guard(pf, func(c *conv) { c.feed(d, b) })
}

// Gap implements flow.Handler.
func (rt *Runtime) Gap(f *flow.Flow, d flow.Dir, n int64) {
	pf := rt.flowOf(f)
	pf.hear(d, n)
	rt.dataDir = d
	for _, fn := range rt.hooks.stream {
		fn(pf, d, nil, n)
	}
	rt.guard(pf, func(c *conv) { c.gap(d, n) })
}

// EndOfData implements flow.Handler.
func (rt *Runtime) EndOfData(f *flow.Flow, d flow.Dir) {
	if pf := rt.flowOf(f); pf.root != nil {
		rt.dataDir = d
		rt.guard(pf, func(c *conv) { c.end(d) })
	}
}

// Close implements flow.Handler.
func (rt *Runtime) Close(f *flow.Flow) {
	pf := rt.flowOf(f)
	if pf.root != nil {
		rt.guard(pf, (*conv).close)
	}
	pf.over = true
	rt.settle(pf)
	rt.inspectEnd(pf)
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
		return rt.detectors[UDP].ports[port] != 0 || tunnelPort(port)
	}
	return false
}

// tunnelPort tells whether a UDP port is that of a tunnel, which the decoder opens without a protocol's help.
func tunnelPort(port uint16) bool {
	switch port {
	case 2123, 2152, 3544, 4789, 5072, 6081: // GTP, Teredo, VXLAN, AYIYA, GENEVE
		return true
	}
	return false
}

// InactivityTimeout implements flow.Handler.
func (rt *Runtime) InactivityTimeout(f *flow.Flow) int64 {
	if pf := rt.flowOf(f); pf != nil && pf.rare != nil {
		return pf.rare.timeout
	}
	return 0
}

// guard runs fn on the flow's conversation. A panic in a parser costs its flow's parser, not the run: it is counted and
// an anomaly; tests make it fail by Runtime.Panic.
func (rt *Runtime) guard(pf *Flow, fn func(c *conv)) {
	if pf.over {
		return
	}
	if pf.root == nil {
		rt.wake(pf)
	}
	c := pf.root
	defer func() {
		if v := recover(); v != nil {
			rt.Counts.ParserPanics++
			if rt.Panic != nil {
				rt.Panic(v)
			}
			c.dead, c.sess, c.child, c.subs = true, nil, nil, nil
			pf.Anomaly(&Anomaly{Kind: AppAnomaly, Weird: "parser_panic", Name: "PARSER_PANIC", Proto: pf.AppProto(),
				Layer: "proto_parser", Tx: -1})
		}
	}()
	fn(c)
	rt.settle(pf)
}

// conv returns a fresh root conversation for pf.
func (rt *Runtime) conv(pf *Flow) *conv {
	var c *conv
	if n := len(rt.convs); n > 0 {
		c, rt.convs = rt.convs[n-1], rt.convs[:n-1]
	} else {
		c = new(conv)
	}
	*c = conv{flow: pf, datagrams: pf.Proto != flow.ProtoTCP, subs: c.subs[:0]}
	return c
}

// wake gives a flow its conversation, with the parser that was put away if there is one.
func (rt *Runtime) wake(pf *Flow) {
	pf.root = rt.conv(pf)
	if pf.idle > 0 {
		pf.root.sess = rt.order[pf.idle-1].open(pf.root)
		pf.idle = 0
	}
}

// settle puts a conversation away that has ended, failed, or rests.
func (rt *Runtime) settle(pf *Flow) {
	c := pf.root
	if c == nil {
		return
	}
	switch {
	case pf.over:
	case c.child == nil && c.ended == [2]bool{true, true}:
		c.close()
		pf.over = true
	case c.dead && c.sess == nil && c.child == nil:
		pf.over = true
	case c.restful():
		b := c.sess.binding()
		for i, o := range rt.order {
			if o == b && i < 255 {
				pf.idle = uint8(i + 1)
			}
		}
		if pf.idle == 0 {
			return
		}
		c.sess.close()
		c.sess = nil
	default:
		return
	}
	c.release()
	c.flow, c.sess, c.child = nil, nil, nil
	clear(c.subs)
	pf.root = nil
	if len(rt.convs) < 1024 {
		rt.convs = append(rt.convs, c)
	}
}

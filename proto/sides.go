package proto

import "github.com/wirelore/wirelore/flow"

// Suricata looks for a protocol in each side's data apart. What one side speaks need not be what the other does: EVE says so
// in app_proto_ts and app_proto_tc, and by anomalies.

// enough is how many bytes of a side must have come before its data counts as that of no protocol: the client's, the server's
// (observed).
var enough = [2]int{17, 8}

// tooMuch is how many bytes of one side end the search in the other.
const tooMuch = 100000

// compared tells whether direction d's data may be read by the parser: its first bytes were compared with the protocol that
// the other direction's told.
func (c *conv) compared(d Dir, b []byte) bool {
	if c.pending&(1<<d) == 0 {
		return true
	}
	f := c.flow
	own := c.sess.binding()
	p := own.protocol()
	t := &f.rt.detectors[f.rt.transport(c)]
	on := t.ports[f.Side[Resp].Port] | t.ports[f.Side[Orig].Port]
	verdict := No
	bit := uint64(0)
	for i := range t.list {
		if t.list[i].binding == own {
			bit = 1 << i
		}
	}
	if det := p.Detect(); det.Probe != nil && (d == Orig || !det.ClientOnly) {
		verdict = det.Probe(d, b, on&bit != 0)
	}
	if verdict >= Likely {
		c.pending, f.appProto[d] = 0, f.appProto[2]
		return true
	}
	if len(b) < enough[d] {
		return false
	}
	gone := bit
	if d == Resp {
		gone |= t.client
	}
	name := "APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION"
	f.appProto[d] = failedID
	if found, _ := t.probe(d, b, on, gone); found != nil {
		if id := f.rt.nameID(found.protocol().AppProto()); id != f.appProto[2] {
			f.appProto[d] = id
			name = "APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS"
		}
	}
	c.pending = 0
	f.Anomaly(&Anomaly{Kind: AppAnomaly, Name: name, Proto: p.AppProto(), Layer: "proto_detect", Tx: -1})
	return true
}

// answers returns the candidates on the sender's port that take a flow's first datagram for an answer, as a bit set.
func (c *conv) answers(t *detector, d Dir, b []byte) (set uint64) {
	if !c.datagrams || d == Resp || c.depth > 0 || !c.flow.rt.cfg.Profile.ProbeSides {
		return 0
	}
	for i := range t.list {
		if bit := uint64(1) << i; t.ports[c.flow.Side[Orig].Port]&bit != 0 {
			if from := t.list[i].binding.protocol().Detect().FromServer; from != nil && from(b) {
				set |= bit
			}
		}
	}
	return set
}

// turn turns a flow around whose first datagram proves to be an answer.
func (c *conv) turn(found protoBinding, d Dir, b []byte) bool {
	f := c.flow
	if !c.datagrams || d == Resp || c.depth > 0 || !f.rt.cfg.Profile.ProbeSides || f.Side[Orig].Packets+f.Side[Resp].Packets > 1 {
		return false
	}
	from := found.protocol().Detect().FromServer
	if from == nil || !from(b) {
		return false
	}
	f.Turn()
	return true
}

// silent notes a datagram without data, in which Suricata finds no protocol.
func (f *Flow) silent(d Dir) {
	if f.Proto != flow.ProtoUDP || f.appProto[d] != 0 || !f.rt.cfg.Profile.ProbeSides {
		return
	}
	f.appProto[d] = failedID
	if f.appProto[2] == 0 {
		f.appProto[2] = failedID
	}
}

// change begins the search for what follows a hand-off: n bytes have come in direction d.
func (f *Flow) change(d Dir, n int) {
	if f.appProto[2] == 0 || f.appProto[2] == failedID {
		return
	}
	f.appProto = [4]nameID{3: f.appProto[2]}
	f.heard = [2]uint32{}
	f.heard[d] = uint32(n)
}

// reverse looks whether a flow that was picked up in the middle begins with what a server says; if so it is turned around
// behind the packet in hand.
func (c *conv) reverse(t *detector, d Dir, b []byte, on uint64) bool {
	f := c.flow
	if d == Resp || !f.Midstream || c.depth > 0 || c.parentSub || !f.rt.cfg.Profile.ProbeSides || len(c.in[Resp].held) > 0 {
		return false
	}
	found, _ := t.probe(Resp, b, on, t.client)
	if found == nil {
		return false
	}
	c.reversed, c.flippedWas = found, f.Flipped
	f.Swap()
	c.hold(d, b)
	return true
}

// turned begins what reverse found as soon as the flow has been turned.
func (c *conv) turned() {
	f := c.flow
	if c.reversed == nil || f.Flipped == c.flippedWas {
		return
	}
	found := c.reversed
	c.reversed = nil
	c.in[0], c.in[1] = c.in[1], c.in[0]
	c.ended[0], c.ended[1] = c.ended[1], c.ended[0]
	c.gone = [2]uint64{}
	f.heard[0], f.heard[1] = f.heard[1], f.heard[0]
	c.adopt(found, Resp)
	c.pending = 1 << Orig
	held := c.in[Resp].held
	c.in[Resp].held = nil
	c.run(Resp, held)
}

// hear counts the bytes of a stream that protocols were looked for in.
func (f *Flow) hear(d Dir, n int64) {
	was := f.heard[d]
	f.heard[d] = uint32(min(int64(was)+n, 1<<31))
	if was <= tooMuch && f.heard[d] > tooMuch && f.appProto[2] == 0 && f.heard[d.Other()] < uint32(enough[d.Other()]) &&
		f.rt.cfg.Profile.ProbeSides {
		f.Anomaly(&Anomaly{Kind: AppAnomaly, Name: "APPLAYER_PROTO_DETECTION_SKIPPED", Layer: "proto_detect", Tx: -1})
	}
}

// failed tells whether so much of a stream came without a protocol being found that none will be.
func (f *Flow) failed() bool {
	return f.Proto == flow.ProtoTCP && f.appProto[2] == 0 && (f.heard[0] >= uint32(enough[0]) && f.heard[1] >= uint32(enough[1]) ||
		f.heard[0] > tooMuch || f.heard[1] > tooMuch)
}

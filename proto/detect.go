package proto

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/flow"
)

// detector holds the protocols of one transport, in the order in which they were given to the engine.
type detector struct {
	list  []candidate
	ports map[uint16]uint64 // which candidates name a port, as a bit set
	// strict candidates are asked on their ports alone: settings named detection ports.
	strict uint64
	// client candidates are known by what the client says alone (Detect.ClientOnly).
	client uint64
}

type candidate struct {
	binding protoBinding
	probe   func(d Dir, b []byte, onPort bool) Verdict
	depth   int
}

// maxCandidates bounds the protocols of one transport: they are bits of a word.
const maxCandidates = 64

func (t *detector) add(b protoBinding, over Transport, s Settings, sides bool) bool {
	det := b.protocol().Detect()
	if len(t.list) == maxCandidates {
		return false
	}
	if t.ports == nil {
		t.ports = map[uint16]uint64{}
	}
	bit := uint64(1) << len(t.list)
	probe := det.Probe
	if sides && det.ProbeSide != nil {
		probe = det.ProbeSide
	}
	t.list = append(t.list, candidate{b, probe, det.Depth})
	if det.ClientOnly {
		t.client |= bit
	}
	ports := det.Ports
	if det.Only != nil && sides {
		ports = det.Only
		t.strict |= bit
	}
	if named := detectionPorts(s, b.protocol().AppProto(), over); named != nil {
		ports = named
		if !det.AnyPort {
			t.strict |= bit
		}
	}
	for _, p := range ports {
		t.ports[p] |= bit
	}
	return true
}

// detectionPorts reads app-layer.protocols.NAME.detection-ports.dp, or that of NAME.TRANSPORT, a list such as "53, 5353";
// nil when unset.
func detectionPorts(s Settings, name string, over Transport) []uint16 {
	kind := "tcp"
	if over == UDP {
		kind = "udp"
	}
	const key = ".detection-ports.dp"
	v := s.String("app-layer.protocols."+name+key, s.String("app-layer.protocols."+name+"."+kind+key, ""))
	var ports []uint16
	for part := range strings.SplitSeq(strings.Trim(v, "[] "), ",") {
		if n, err := strconv.ParseUint(strings.TrimSpace(part), 10, 16); err == nil {
			ports = append(ports, uint16(n))
		}
	}
	return ports
}

// probe asks the candidates that are not in gone, those on the port first. It returns the one that says yes, and which
// have said no so far.
func (t *detector) probe(d Dir, b []byte, on, gone uint64) (protoBinding, uint64) {
	for _, set := range [2]uint64{on &^ gone, (1<<len(t.list) - 1) &^ on &^ gone &^ t.strict} {
		for ; set != 0; set &= set - 1 {
			i := bits.TrailingZeros64(set)
			c := &t.list[i]
			bit := uint64(1) << i
			if c.probe == nil {
				gone |= bit
				continue
			}
			switch c.probe(d, b, on&bit != 0) {
			case Yes:
				return c.binding, gone
			case Likely:
				if on&bit != 0 {
					return c.binding, gone
				}
				gone |= bit
			case No:
				gone |= bit
			case More:
				if len(b) >= c.depth {
					gone |= bit
				}
			}
		}
	}
	return nil, gone
}

// undetected bounds the bytes of one direction that wait for the other's to tell the protocol.
const undetected = 16 << 10

// detect looks for the protocol in b, the unread bytes of direction d. It tells whether there is a parser now.
func (c *conv) detect(d Dir, b []byte) bool {
	rt := c.flow.rt
	t := &rt.detectors[rt.transport(c)]
	// Where settings name ports they are the responder's alone, as with Suricata.
	on := t.ports[c.flow.Side[Resp].Port] | t.ports[c.flow.Side[Orig].Port]&^t.strict
	on |= c.answers(t, d, b)
	all := uint64(1)<<len(t.list) - 1
	all &^= t.strict &^ on
	if c.depth == 0 && !c.parentSub && c.gone == [2]uint64{} {
		// Where data waits for its acknowledgement, the announcement may be read after the flow began.
		if e, ok := rt.announced(c.flow); ok {
			c.open(e)
			return !c.dead
		}
	}
	if c.depth > 0 && !c.parentSub && !c.changed {
		c.changed = true
		c.flow.change(d, len(b))
	}
	if sides := rt.cfg.Profile.ProbeSides; sides && c.datagrams && c.flow.appProto[d] == failedID {
		return false
	} else if sides && d == Resp {
		c.gone[d] |= t.client
	}
	found, gone := t.probe(d, b, on, c.gone[d])
	c.gone[d] = gone
	if found == nil {
		if c.datagrams {
			c.unknown(d)
			return false
		}
		if c.reverse(t, d, b, on) {
			return false
		}
		if gone&all == all && (c.gone[d.Other()]&all == all || len(b) > undetected) {
			c.giveUp(d)
			return false
		}
		c.hold(d, b)
		return false
	}
	if c.turn(found, d, b) {
		c.adopt(found, Resp)
		c.run(Resp, b)
		return false
	}
	c.adopt(found, d)
	if rt.cfg.Profile.ProbeSides && c.depth == 0 && !c.datagrams && !c.parentSub {
		c.pending = 1 << d.Other()
	}
	// What the other side sent before came first.
	if held := c.in[d.Other()].held; len(held) > 0 && !c.datagrams && c.compared(d.Other(), held) {
		c.in[d.Other()].held = nil
		mine := len(c.in[d].held) > 0
		c.run(d.Other(), held)
		if c.child != nil {
			// The hand-off happened before these bytes; those that were held are poured already.
			if !mine {
				c.child.feed(d, b)
			}
			return false
		}
	}
	return !c.dead
}

// maxDatagramTries is how many datagrams of a flow are tried before it counts as unknown.
const maxDatagramTries = 32

// adopt makes b's protocol that of the conversation.
func (c *conv) adopt(b protoBinding, d Dir) {
	c.sess = b.open(c)
	f := c.flow
	if c.parentSub {
		return
	}
	id := f.rt.nameID(b.protocol().AppProto())
	f.appProto[d] = id
	if was := f.appProto[2]; was != 0 && was != id && was != failedID {
		f.appProto[3], f.appProto[d.Other()] = was, id
	}
	f.appProto[2] = id
}

// giveUp ends detection without a find.
func (c *conv) giveUp(Dir) {
	c.dead = true
	c.release()
}

// unknown notes that no protocol claimed a datagram.
func (c *conv) unknown(d Dir) {
	f := c.flow
	c.gone[d] = 0
	c.tries++
	once := f.rt.cfg.Profile.ProbeSides
	if !c.parentSub && f.Proto == flow.ProtoUDP {
		if f.appProto[2] == 0 {
			f.appProto[2] = failedID
		}
		if f.appProto[d] == 0 && once {
			f.appProto[d] = failedID
		}
	}
	c.dead = c.tries >= maxDatagramTries || once && (f.appProto[d.Other()] != 0 || c.depth > 0)
}

// failedID is the place of "failed" in a runtime's table of names.
const failedID nameID = 1

// openNamed opens the protocol that was asked for by name.
func (c *conv) openNamed(name string) {
	b, ok := c.flow.rt.bindings[name]
	if !ok {
		c.dead = true
		return
	}
	c.adopt(b, Orig)
}

package sig

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// The keyword tag: the packets that follow an alert, of its flow or of one of its hosts, become records of their own. A flow's
// tags are its worker's. A host's packets are spread over workers: which of them are told is decided where the workers meet.

// packetRow is a tagged packet.
type packetRow struct{ p *flow.Packet }

// packetLog is EVE's record of a tagged packet.
var packetLog = &record.Log[packetRow]{
	Event: "packet", Doc: "packets behind an alert whose rule has a tag",
	Columns: []record.Column[packetRow]{
		{EVE: "packet", Type: record.String, Doc: "the packet in base64", Put: func(e *record.Encoder, r *packetRow) { e.Base64(frame(r.p)) }},
		{EVE: "packet_info.linktype", Type: record.Count, Doc: "its link type", Put: func(e *record.Encoder, r *packetRow) { e.Uint(linkType(r.p)) }},
	},
}

// tagging is a tag that is in force.
type tagging struct {
	metric  string
	limit   uint64 // 0: none
	began   int64
	packets uint64
	bytes   uint64
}

// tags are those of one flow or host.
type tags []tagging

// maxTags bounds the tags of one flow or host (Suricata: 50).
const maxTags = 50

func (t *tags) add(a *tagAction, now int64, size uint64) {
	if len(*t) < maxTags {
		*t = append(*t, tagging{metric: a.metric, limit: uint64(a.count), began: now, packets: 1, bytes: size})
	}
}

// count takes a further packet into account and tells whether it is tagged.
func (t *tags) count(now int64, size uint64) bool {
	keep := (*t)[:0]
	for _, x := range *t {
		x.packets++
		x.bytes += size
		over := false
		switch x.metric {
		case "seconds":
			over = now-x.began > int64(x.limit)*1e9
		case "bytes":
			over = x.bytes > x.limit
		default:
			over = x.packets > x.limit
		}
		if over && x.limit > 0 {
			continue
		}
		keep = append(keep, x)
	}
	*t = keep
	return len(keep) > 0
}

// tag puts a tag on the flow in hand, or has one put on a host.
func (m *Matcher) tag(c *subject, _ *signature, a *tagAction) {
	if a.host {
		m.hostTags = append(m.hostTags, a)
		return
	}
	if c.f != nil {
		m.newTags = append(m.newTags, a)
	}
}

// tagPacket writes the packet in hand if its flow is tagged, and hands it on to where hosts' tags are known.
func (w *worker) tagPacket(c *subject) {
	if !c.real || !w.rs.tags {
		return
	}
	m, now, size := w.Matcher, c.p.Frame.Nanos, uint64(len(c.p.Frame.Data))
	told := false
	if c.fs != nil && len(c.fs.tags) > 0 && c.fs.tags.count(now, size) {
		told = true
		h := w.header(c)
		w.packets.WriteEVE(&h, &packetRow{c.p})
	}
	if w.rs.hostTags {
		w.out.Note(&latePacket{m: w.meet, p: c.p, h: w.header(c), add: clone(m.hostTags), told: told, size: size})
	}
	for _, a := range m.newTags {
		m.state(c).tags.add(a, now, size)
	}
	m.newTags, m.hostTags = m.newTags[:0], m.hostTags[:0]
}

func clone(l []*tagAction) []*tagAction { return append([]*tagAction(nil), l...) }

// header is the header of a record about the packet in hand.
func (w *worker) header(c *subject) record.Header {
	if c.f == nil {
		return w.rt.FlowHeader(c.p)
	}
	h := c.f.Header()
	h.Swap = c.d == proto.Resp
	return h
}

// latePacket is a packet whose hosts may be tagged. The packet is shared as long as its batch is merged. It implements
// record.Late.
type latePacket struct {
	m    *meeting
	p    *flow.Packet
	h    record.Header
	add  []*tagAction
	told bool
	size uint64
}

// Decide implements record.Late.
func (l *latePacket) Decide(e *record.Entry) bool {
	tagged := l.m.tagged(l.p.Src, l) || l.m.tagged(l.p.Dst, l) && l.p.Src != l.p.Dst
	for _, a := range l.add {
		host := l.p.Src
		if a.dst {
			host = l.p.Dst
		}
		t := l.m.hostTags[host]
		if t == nil {
			if len(l.m.hostTags) >= maxHostBits {
				l.m.count.BitLimit++
				continue
			}
			t = new(tags)
			l.m.hostTags[host] = t
		}
		t.add(a, l.p.Frame.Nanos, l.size)
	}
	if !tagged || l.told || !l.m.packets.WantsEVE() {
		return false
	}
	l.m.out.Reset()
	l.m.packets.WriteEVE(&l.h, &packetRow{l.p})
	x := l.m.out.At(0)
	e.Stream, e.Line, e.Nanos = x.Stream, x.Line, x.Nanos
	return true
}

func (m *meeting) tagged(host flow.Addr, l *latePacket) bool {
	t := m.hostTags[host]
	if t == nil {
		return false
	}
	if !t.count(l.p.Frame.Nanos, l.size) {
		delete(m.hostTags, host)
		return false
	}
	return true
}

package sig

import (
	"bytes"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// flowState is what a matcher keeps of a flow. Most flows have none.
type flowState struct {
	raw    [2]rawStream
	bits   []uint32 // flowbits that are set
	ints   []flowInteger
	vars   []namedValue
	events []appEvent
	files  *watched
	// triggered: a transaction's direction was completed, so that what came of the stream is judged at once.
	triggered [2]bool
	tags      tags
}

type flowInteger struct {
	name  uint32
	value uint32
}

// namedValue is a variable that an expression set.
type namedValue struct {
	name  uint32
	value []byte
}

// appEvent is an event that a parser raised.
type appEvent struct {
	app, name string
	tx        int64     // the transaction's number, -1 for none
	dir       proto.Dir // of the data
	sided     bool      // it is seen in that direction alone
}

// rawStream is what came of a direction of a TCP stream and was not judged yet.
type rawStream struct {
	buf  []byte
	cuts []cut // gaps
	over bool  // nothing more is looked at
}

// cut is a gap in what is kept of a stream.
type cut struct {
	at      int
	missing int64
}

// Limits of what a flow keeps.
const (
	rawChunk      = 2560 // Suricata's toserver and toclient chunk size
	maxRaw        = 1 << 20
	maxBits       = 1024
	maxAppEvents  = 64
	maxVarsOfFlow = 256
)

func (fs *flowState) release() {
	for d := range fs.raw {
		r := &fs.raw[d]
		if cap(r.buf) > 16<<10 {
			r.buf = nil
		}
		*r = rawStream{buf: r.buf[:0], cuts: r.cuts[:0]}
	}
	*fs = flowState{tags: fs.tags[:0], raw: fs.raw, bits: fs.bits[:0], ints: fs.ints[:0], vars: fs.vars[:0], events: fs.events[:0]}
}

// empty tells that the state says nothing.
func (fs *flowState) empty() bool {
	return len(fs.raw[0].buf)+len(fs.raw[1].buf)+len(fs.raw[0].cuts)+len(fs.raw[1].cuts) == 0 && len(fs.bits)+len(fs.ints)+len(fs.vars)+
		len(fs.events)+len(fs.tags) == 0 && (fs.files == nil || fs.files.first == nil) && !fs.raw[0].over && !fs.raw[1].over
}

// addRaw keeps the next bytes of a direction.
func (m *Matcher) addRaw(fs *flowState, d proto.Dir, b []byte, gap int64) {
	r := &fs.raw[d]
	if r.over {
		return
	}
	if gap > 0 {
		if n := len(r.cuts); n > 0 && r.cuts[n-1].at == len(r.buf) {
			r.cuts[n-1].missing += gap
		} else {
			r.cuts = append(r.cuts, cut{len(r.buf), gap})
		}
		return
	}
	if room := maxRaw - len(r.buf); len(b) > room {
		m.counts.RawLimit += uint64(len(b) - room)
		b = b[:room]
	}
	r.buf = append(r.buf, b...)
}

// ripe puts the chunks of the stream that are to be judged now into c.
func (m *Matcher) ripe(c *subject) {
	c.stream = c.stream[:0]
	if c.fs == nil {
		return
	}
	r := &c.fs.raw[c.d]
	if len(r.buf) == 0 {
		return
	}
	if c.sealed {
		r.buf, r.cuts = r.buf[:0], r.cuts[:0]
		return
	}
	if len(r.buf) < rawChunk && !c.fs.triggered[c.d] && !c.end && !closed(c.f) && !c.sealing {
		return
	}
	from := 0
	for _, x := range r.cuts {
		if x.at > from {
			c.stream = append(c.stream, window{buf: r.buf[from:x.at], whole: true})
		}
		from = x.at
	}
	if len(r.buf) > from {
		c.stream = append(c.stream, window{buf: r.buf[from:], whole: true})
	}
}

// drained forgets what was judged.
func (c *subject) drained() {
	if len(c.stream) > 0 {
		r := &c.fs.raw[c.d]
		r.buf, r.cuts = r.buf[:0], r.cuts[:0]
		if cap(r.buf) > 64<<10 {
			r.buf = nil
		}
		c.stream = c.stream[:0]
	}
	if c.fs != nil {
		c.fs.triggered[c.d] = false
	}
}

// closed tells whether a connection is so far that what came of its streams is judged at once: the client sent its FIN first,
// or both sides are done (Suricata: a state beyond TIME_WAIT).
func closed(f *proto.Flow) bool {
	return f.TCP != nil && f.TCP.Session >= flow.SessionLastAck
}

// keepVar stores what an expression captured.
func (m *Matcher) keepVar(kind varKind, name uint32, v []byte) {
	list := &m.packetVars
	if kind == flowVar {
		if m.ctx.f == nil {
			return
		}
		list = &m.state(&m.ctx).vars
	}
	for i := range *list {
		if (*list)[i].name == name {
			(*list)[i].value = append((*list)[i].value[:0], v...)
			return
		}
	}
	if len(*list) >= maxVarsOfFlow {
		m.counts.BitLimit++
		return
	}
	*list = append(*list, namedValue{name, bytes.Clone(v)})
}

func (m *Matcher) variable(c *subject, kind varKind, name uint32) ([]byte, bool) {
	list := m.packetVars
	if kind == flowVar {
		if c.fs == nil {
			return nil, false
		}
		list = c.fs.vars
	}
	for i := range list {
		if list[i].name == name {
			return list[i].value, true
		}
	}
	return nil, false
}

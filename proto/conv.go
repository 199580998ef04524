package proto

import "errors"

// conv is a conversation: two directions of bytes, the protocol found in them, and what that protocol opened inside. The
// root conversation is a flow's payload.
type conv struct {
	flow  *Flow
	sess  session
	child *conv   // a hand-off: all further bytes go there
	subs  []*conv // sub-streams, for ending
	name  string  // the protocol that was asked for; "" : detect
	told  any     // what HandoffWith said
	in    [2]window
	ended [2]bool
	dead  bool
	depth uint8
	tries uint8
	// pending: directions whose first data was not compared with the protocol found in the other, as a bit set.
	pending uint8
	// reversed is the protocol by which a flow picked up in the middle proved to be the other way around: it is begun when
	// the flow has been turned, which flippedWas tells.
	reversed   protoBinding
	flippedWas bool
	// changed: a hand-off whose first bytes have come.
	changed bool
	// datagrams: each piece stands alone. parentSub: a sub-stream, whose protocol is not the flow's.
	datagrams, parentSub bool
	gone                 [2]uint64 // candidates that said No, as a bit set: a retry asks only the others
}

// maxNesting bounds conversations inside conversations.
const maxNesting = 8

// window holds a direction's unread bytes.
type window struct {
	held []byte
	need int
	skip int64
}

func (c *conv) feed(d Dir, b []byte) {
	if c.child != nil {
		c.child.feed(d, b)
		return
	}
	c.turned()
	if c.dead || c.ended[d] || len(b) == 0 {
		return
	}
	w := &c.in[d]
	if w.skip > 0 {
		n := min(w.skip, int64(len(b)))
		w.skip -= n
		if b = b[n:]; len(b) == 0 {
			return
		}
	}
	if len(w.held) > 0 {
		w.held = append(w.held, b...)
		b = w.held
	}
	if len(b) < w.need {
		c.hold(d, b)
		return
	}
	if c.reversed != nil {
		c.hold(d, b)
		return
	}
	if c.sess == nil {
		if !c.detect(d, b) {
			return
		}
	} else if !c.compared(d, b) {
		c.hold(d, b)
		return
	}
	c.run(d, b)
}

// run offers b to the parser until it asks for more than there is.
func (c *conv) run(d Dir, b []byte) {
	for !c.dead && c.child == nil {
		r, err := c.sess.data(d, b)
		if c.dead {
			return
		}
		if c.child != nil {
			used := min(r.Used, len(b))
			c.in[d].held, c.in[d].skip = c.in[d].held[:0], int64(r.Used-used)
			c.pour(d, b[used:])
			return
		}
		if err != nil {
			c.fail(err)
			return
		}
		if c.datagrams {
			return
		}
		w := &c.in[d]
		if r.Used >= len(b) {
			w.skip = int64(r.Used - len(b))
			w.need = r.Need
			w.held = w.held[:0]
			return
		}
		b = b[r.Used:]
		if r.Used == 0 || r.Need > len(b) {
			w.need = r.Need
			c.hold(d, b)
			return
		}
	}
}

// restful tells whether a datagram flow's conversation may be put away until the next datagram: a million waiting flows
// need none.
func (c *conv) restful() bool {
	return c.datagrams && c.depth == 0 && c.sess != nil && c.child == nil && len(c.subs) == 0 && c.sess.idle()
}

// pour gives what both directions hold unread to the child, that of the other direction (which came earlier) first, with
// what is still to be passed over; and tells it what has ended.
func (c *conv) pour(d Dir, rest []byte) {
	for _, x := range [2]Dir{d.Other(), d} {
		w := &c.in[x]
		held := w.held
		if x == d && len(rest) > 0 {
			held = rest
		}
		c.last().in[x].skip += w.skip
		w.held, w.skip = nil, 0
		c.child.feed(x, held)
		if c.ended[x] {
			c.child.end(x)
		}
	}
}

// last is the conversation at the end of all hand-offs.
func (c *conv) last() *conv {
	for c.child != nil {
		c = c.child
	}
	return c
}

// hold keeps b, which may be (the end of) what is held already.
func (c *conv) hold(d Dir, b []byte) {
	w := &c.in[d]
	limit := 64 << 10
	if c.sess != nil {
		limit = c.sess.window()
	}
	if len(b) > limit {
		c.flow.rt.Counts.WindowLimit++
		c.fail(ErrLimit)
		return
	}
	if len(w.held) > 0 {
		w.held = w.held[:copy(w.held, b)]
		return
	}
	if w.held == nil {
		w.held = c.flow.rt.buffer(len(b))
	}
	w.held = append(w.held[:0], b...)
}

func (c *conv) gap(d Dir, n int64) {
	if c.child != nil {
		c.child.gap(d, n)
		return
	}
	c.turned()
	if c.dead || c.ended[d] {
		return
	}
	w := &c.in[d]
	w.held, w.need = w.held[:0], 0
	if w.skip > 0 {
		k := min(w.skip, n)
		w.skip -= k
		if n -= k; n == 0 {
			return
		}
	}
	if c.sess == nil {
		// What begins in the middle cannot be told.
		if c.name == "" {
			c.giveUp(d)
		}
		return
	}
	c.pending &^= 1 << d
	if err := c.sess.gap(d, n); err != nil {
		c.fail(err)
	} else if c.child != nil {
		c.pour(d, nil)
	}
}

func (c *conv) end(d Dir) {
	if c.child != nil {
		c.child.end(d)
	}
	c.turned()
	if c.ended[d] {
		return
	}
	if held := c.in[d].held; len(held) > 0 && c.pending&(1<<d) != 0 && !c.dead {
		c.pending = 0
		c.run(d, held)
	}
	c.ended[d] = true
	for _, s := range c.subs {
		s.end(d)
	}
	if c.sess == nil {
		return
	}
	before := c.child
	if c.sess.end(d); c.child != before {
		c.pour(d, nil)
	}
}

// fail drops the parser for the rest of the flow. One that is done ends at once, so that a long flow holds nothing of it;
// one that was wrong ends with the flow, as what it found may still be of use.
func (c *conv) fail(err error) {
	c.dead = true
	c.release()
	switch {
	case c.sess == nil:
	case errors.Is(err, ErrDone):
		c.retire()
	default:
		c.flow.rt.violation(c, err)
	}
}

// retire ends the session and what it opened.
func (c *conv) retire() {
	for _, s := range c.subs {
		s.close()
	}
	c.subs = c.subs[:0]
	s := c.sess
	s.end(Orig)
	s.end(Resp)
	s.close()
	c.sess = nil
}

func (c *conv) release() {
	for d := range c.in {
		if b := c.in[d].held; b != nil {
			c.flow.rt.giveBack(b)
		}
		c.in[d] = window{}
	}
}

// close ends all, children first, and gives everything back.
func (c *conv) close() {
	c.end(Orig)
	c.end(Resp)
	for _, s := range c.subs {
		s.close()
	}
	if c.child != nil {
		c.child.close()
	}
	c.release()
	if c.sess != nil {
		c.sess.close()
		c.sess, c.dead = nil, true
	}
}

func (c *conv) nested(name string, sub bool) *conv {
	n := &conv{flow: c.flow, name: name, depth: c.depth + 1, parentSub: sub || c.parentSub}
	// What a flow of datagrams hands off to gets datagrams.
	n.datagrams = c.datagrams && !sub
	if n.depth > maxNesting {
		c.flow.rt.Counts.NestingLimit++
		n.dead = true
	} else if name != "" {
		n.openNamed(name)
	}
	return n
}

func (c *conv) handoff(name string, told any) {
	if c.child == nil {
		// What follows counts its transactions from 0, as in Suricata.
		c.flow.txs = 0
		c.child = c.nested(name, false)
		c.child.told = told
	}
}

func (c *conv) sub(name string) *Sub {
	n := c.nested(name, true)
	c.subs = append(c.subs, n)
	return &Sub{n}
}

package proto

import "github.com/wirelore/wirelore/flow"

type expectKey struct {
	host flow.Addr
	port uint16
	t    Transport
}

type expectation struct {
	key    expectKey
	from   flow.Addr
	name   string
	data   any
	parent uint64
	until  int64
}

// maxExpected bounds the announced flows of one worker.
const maxExpected = 4096

func (rt *Runtime) expect(e expectation) {
	if len(rt.expected) >= maxExpected {
		for k, old := range rt.expected {
			if old.until < rt.now {
				delete(rt.expected, k)
			}
		}
		if len(rt.expected) >= maxExpected {
			rt.Counts.ExpectedLimit++
			return
		}
	}
	rt.expected[e.key] = e
}

// meet looks whether a new flow was announced; if so its protocol is known.
func (rt *Runtime) meet(f *Flow) {
	if e, ok := rt.announced(f); ok {
		f.root = rt.conv(f)
		f.root.open(e)
	}
}

// open begins the protocol that was announced.
func (c *conv) open(e expectation) {
	x := c.flow.extra()
	x.expected, x.parentID = e.data, e.parent
	c.name = e.name
	c.openNamed(e.name)
}

// announced takes the announcement of a flow, if there is one.
func (rt *Runtime) announced(f *Flow) (expectation, bool) {
	if len(rt.expected) == 0 {
		return expectation{}, false
	}
	t := transportOf(f.Proto)
	for _, d := range [2]Dir{Resp, Orig} {
		k := expectKey{f.Side[d].Addr, f.Side[d].Port, t}
		e, ok := rt.expected[k]
		if !ok || e.from != (flow.Addr{}) && e.from != f.Side[d.Other()].Addr {
			continue
		}
		delete(rt.expected, k)
		if e.until >= rt.now {
			return e, true
		}
	}
	return expectation{}, false
}

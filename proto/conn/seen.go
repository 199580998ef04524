package conn

import (
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// seen is what only some outputs need to know of a flow's packets.
type seen struct {
	ttl  [2][2]uint8 // by direction: smallest, greatest
	macs [2][]mac    // of the client, of the server
}

type mac [6]byte

// maxMACs bounds the Ethernet addresses of one side that are kept (Suricata keeps as many).
const maxMACs = 10

func (w *writer) see(f *proto.Flow, d flow.Dir, p *flow.Packet, macs bool) {
	s, _ := f.Slot(w.slot).(*seen)
	if s == nil {
		s = &seen{ttl: [2][2]uint8{{255, 0}, {255, 0}}}
		f.SetSlot(w.slot, s)
	}
	t := &s.ttl[d]
	t[0], t[1] = min(t[0], p.TTL), max(t[1], p.TTL)
	if b := p.Frame.Data; macs && p.Frame.Link == linkEthernet && len(b) >= 12 {
		s.macs[d] = add(s.macs[d], mac(b[6:12]))
		s.macs[d.Other()] = add(s.macs[d.Other()], mac(b[:6]))
	}
}

const linkEthernet = 1

func add(list []mac, m mac) []mac {
	if len(list) >= maxMACs || slices.Contains(list, m) {
		return list
	}
	return append(list, m)
}

func putEther(e *encoder, f *Row) {
	if f.seen == nil || len(f.seen.macs[0])+len(f.seen.macs[1]) == 0 {
		return
	}
	e.Object()
	for i, key := range [2]string{"dest_macs", "src_macs"} {
		e.Key(key)
		e.List()
		for _, m := range f.seen.macs[1-i] {
			e.Str(m.String())
		}
		e.EndList()
	}
	e.EndObject()
}

func (m mac) String() string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, 17)
	for i, c := range m {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, hex[c>>4], hex[c&15])
	}
	return string(b)
}

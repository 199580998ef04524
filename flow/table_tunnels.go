package flow

import "slices"

// maxTunnels bounds the tunnels noted for one flow.
const maxTunnels = 8

// tunnelsSeen is kept for the few flows whose packets come through more than one tunnel.
type tunnelsSeen struct {
	latest  *Encap
	changes int
	more    []*Encap
}

// Tunnels returns the tunnels besides Tunnel that packets of the flow came out of, at most 8, borrowed until the flow's
// next packet. Zeek's tunnel_parents names them all.
func (f *Flow) Tunnels() []*Encap {
	if f.moved == nil {
		return nil
	}
	return f.moved.more
}

// tunnelChanged notes that a packet of the flow came through another tunnel than the first.
func (t *Table) tunnelChanged(f *Flow, p *Packet) {
	m := f.moved
	if m == nil {
		m = &tunnelsSeen{latest: f.Tunnel}
		f.moved = m
	}
	if p.Tunnel == m.latest {
		return
	}
	m.latest = p.Tunnel
	m.changes++
	if most := t.o.Profile.TunnelChanges; most > 0 && m.changes > most {
		f.Skipped()
	}
	switch {
	case p.Tunnel == nil || p.Tunnel == f.Tunnel || slices.Contains(m.more, p.Tunnel):
	case f.Tunnel == nil && len(m.more) == 0:
		f.Tunnel = p.Tunnel
	case len(m.more) < maxTunnels:
		m.more = append(m.more, p.Tunnel)
	}
}

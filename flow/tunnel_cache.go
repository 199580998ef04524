package flow

// encapKey names a tunnel by its outer end points, the lesser first.
type encapKey struct {
	a, b   Addr
	ap, bp uint16
	vlan   uint16
	layer  uint8
	proto  uint8
}

// encapEntry is a tunnel that is remembered, or a flow that could become one.
type encapEntry struct {
	key        encapKey
	encap      *Encap
	last       int64
	bothSides  bool
	prev, next int32 // by time of use: the list begins and ends at entry 0
}

// encapCache remembers tunnels, so that all packets inside share one Encap. It lives as long as the outer flow would in
// the flow table, so that both give the same ID.
type encapCache struct {
	max     int
	index   map[encapKey]int32
	entries []encapEntry // entry 0 is the list's head
	profile Profile
}

// ipTunnelTimeout is how long a tunnel without ports lives without packets (Zeek's Tunnel::ip_tunnel_timeout).
const ipTunnelTimeout = 24 * 3600 * second

func (e *encapCache) init(n int, p Profile) {
	e.max, e.profile = n, p
	e.index = make(map[encapKey]int32)
	e.entries = make([]encapEntry, 1, 16)
}

// find returns the tunnel that p's end points make, and begins it if it is new. reversed tells that p goes against the
// direction of the first packet; cut that another tunnel was forgotten to make room.
func (e *encapCache) find(p *Packet, typ TunnelType) (entry *encapEntry, reversed, cut bool) {
	key := e.key(p)
	i, ok := e.index[key]
	if ok && p.Now-e.entries[i].last >= e.timeout(&e.entries[i]) {
		e.unlink(i)
		e.begin(&e.entries[i], p, typ)
		e.push(i)
		return &e.entries[i], false, false
	}
	if ok {
		t := &e.entries[i]
		t.last = max(t.last, p.Now)
		reversed = t.encap.Src != p.Src || t.encap.SrcPort != p.SrcPort
		t.bothSides = t.bothSides || reversed
		e.unlink(i)
		e.push(i)
		return t, reversed, false
	}

	if len(e.index) < e.max {
		e.entries = append(e.entries, encapEntry{})
		i = int32(len(e.entries) - 1)
	} else {
		i = e.entries[0].next
		delete(e.index, e.entries[i].key)
		e.unlink(i)
		cut = true
	}
	t := &e.entries[i]
	t.key = key
	e.begin(t, p, typ)
	e.index[key] = i
	e.push(i)
	return t, false, cut
}

func (e *encapCache) key(p *Packet) encapKey {
	k := encapKey{a: p.Src, b: p.Dst, proto: p.Proto}
	if p.Proto == ProtoUDP {
		k.ap, k.bp = p.SrcPort, p.DstPort
		if e.profile.TunnelKey {
			k.layer = p.Layer
		}
		if e.profile.VLANKey {
			k.vlan = p.VLAN[0]
		}
	} else {
		k.proto = 0 // one tunnel for each pair of hosts, however it is made
	}
	if c := k.a.Compare(k.b); c > 0 || c == 0 && k.ap > k.bp {
		k.a, k.b, k.ap, k.bp = k.b, k.a, k.bp, k.ap

	}
	return k
}

func (e *encapCache) begin(t *encapEntry, p *Packet, typ TunnelType) {
	depth := 1
	if p.Tunnel != nil {
		depth = p.Tunnel.Depth + 1
	}
	t.encap = &Encap{
		Type: typ, Src: p.Src, Dst: p.Dst, SrcPort: p.SrcPort, DstPort: p.DstPort, Version: p.Version, Proto: p.Proto,
		ID: FlowID(p), Outer: p.Tunnel, Depth: depth,
	}
	t.last, t.bothSides = p.Now, false
}

// settle makes sure that the entry's Encap is of the given type and in the given outer tunnel. One that is in use by
// packets is never changed: a new one takes its place.
func (t *encapEntry) settle(p *Packet, typ TunnelType) *Encap {
	e := t.encap
	if e.Proto != ProtoUDP && e.Type != TunnelNone {
		typ = e.Type // Zeek keeps to what it saw first between two hosts
	}
	if e.Type == typ && e.Outer == p.Tunnel {
		return e
	}
	n := *e
	n.Type, n.Outer, n.Depth = typ, p.Tunnel, 1
	if p.Tunnel != nil {
		n.Depth = p.Tunnel.Depth + 1
	}
	t.encap = &n
	return t.encap
}

func (e *encapCache) timeout(t *encapEntry) int64 {
	if t.key.proto != ProtoUDP {
		return ipTunnelTimeout
	}
	if t.bothSides {
		return e.profile.UDPEstablished
	}
	return e.profile.UDPNew
}

func (e *encapCache) unlink(i int32) {
	t := &e.entries[i]
	e.entries[t.prev].next, e.entries[t.next].prev = t.next, t.prev
}

// push puts an entry at the end: it was used last.
func (e *encapCache) push(i int32) {
	last := e.entries[0].prev
	e.entries[i].prev, e.entries[i].next = last, 0
	e.entries[last].next, e.entries[0].prev = i, i
}

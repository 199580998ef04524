package flow

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/pcap"
)

// DecoderOptions set up a Decoder. The zero value is usable.
type DecoderOptions struct {
	// Profile decides the overlap policy of fragments, the depth of tunnels and whether checksums matter. A zero
	// Profile is Default().
	Profile Profile
	// MaxDatagrams bounds the datagrams of which fragments are awaited at once, 0: 65536. Past it the oldest is given up.
	MaxDatagrams int
	// MaxFragmentBytes bounds what these hold in bytes, 0: 32 MiB. Past it the oldest is given up.
	MaxFragmentBytes int
	// FragmentTimeout is how long fragments are waited for, in ns of capture time, 0: 60 s.
	FragmentTimeout int64
	// MaxTunnels bounds the tunnels that are remembered, 0: 65536. Past it the one idle for longest is forgotten, and
	// begins anew when it is seen again.
	MaxTunnels int
	// Tunnels is the set of tunnel types to open, a bit 1<<type for each; 0: all that the profile's reference opens.
	Tunnels uint32
}

// suricataName is the name of the profile whose decoder is the stricter one.
const suricataName = "suricata"

// suricataTunnels are those of which Suricata's decoder knows.
const suricataTunnels = 1<<TunnelIP | 1<<TunnelGRE | 1<<TunnelERSPAN | 1<<TunnelTeredo | 1<<TunnelVXLAN | 1<<TunnelGENEVE

func (o DecoderOptions) withDefaults() DecoderOptions {
	if o.Profile.Name == "" && o.Profile.MaxTunnelDepth == 0 {
		o.Profile = Default()
	}
	if o.MaxDatagrams <= 0 {
		o.MaxDatagrams = 1 << 16
	}
	if o.MaxFragmentBytes <= 0 {
		o.MaxFragmentBytes = 32 << 20
	}
	if o.FragmentTimeout <= 0 {
		o.FragmentTimeout = 60 * second
	}
	if o.Tunnels == 0 && o.Profile.Name == suricataName {
		o.Tunnels = suricataTunnels
	}
	if o.MaxTunnels <= 0 {
		o.MaxTunnels = 1 << 16
	}
	return o
}

// Decoder turns frames into packets: it opens link layers, IP, tunnels, and puts fragments together. One goroutine uses
// it at a time. Common frames cost it no allocation.
type Decoder struct {
	opt    DecoderOptions
	stats  DecodeStats
	encaps encapCache
	frags  defragmenter
	// wholeOnly refuses packets that were not captured wholly, anyTeredo takes any IPv6 in a datagram that fits
	// exactly for Teredo: both are what Suricata does.
	wholeOnly, anyTeredo bool
	mirror               uint16 // the VLAN of the ERSPAN header in hand, 0: none
}

// NewDecoder returns a decoder for one capture.
func NewDecoder(o DecoderOptions) *Decoder {
	o = o.withDefaults()
	suricata := o.Profile.Name == suricataName
	d := &Decoder{opt: o, wholeOnly: suricata, anyTeredo: suricata}
	d.encaps.init(o.MaxTunnels, o.Profile)
	d.frags.init(o, &d.stats)
	return d
}

// Stats returns what was counted so far.
func (d *Decoder) Stats() DecodeStats { return d.stats }

// Bounds on what one frame may make the decoder do. Suricata's decoder.max-layers is 16 as well; Zeek allows more
// analyzers on a packet, so the bound is on headers of link layers, of which a frame has few.
const (
	maxHeaders = 24
	maxLayers  = 32
	maxWire    = 1 << 30 // what a frame's length on the wire is believed to be at most
)

// cursor is a place in a frame on the way down its headers.
type cursor struct {
	frame *pcap.Packet
	now   int64
	buf   []byte // what off, end and wire count in
	off   int    // the next header
	end   int    // end of what was captured
	wire  int    // end of what was on the wire: not before end
	link  pcap.LinkType
	// ether is the EtherType of the header at off once link is linkNone.
	ether   uint16
	headers uint8 // link headers passed so far in this frame
	layer   uint8
	vlans   uint8
	nevents uint8
	marks   Mark
	vlan    [3]uint16
	events  [4]Event
	tunnel  *Encap
}

func (c *cursor) event(e Event) {
	if int(c.nevents) < len(c.events) {
		c.events[c.nevents] = e
		c.nevents++
	}
}

// have tells whether n more bytes were captured.
func (c *cursor) have(n int) bool { return c.end-c.off >= n }

func (c *cursor) u16(at int) uint16 { return binary.BigEndian.Uint16(c.buf[c.off+at:]) }
func (c *cursor) u32(at int) uint32 { return binary.BigEndian.Uint32(c.buf[c.off+at:]) }

// Decode appends the layers of frame f to dst: one Packet for each IP layer, outermost first, or one with Version 0
// where there is none. A datagram that f completes follows its last fragment. now is the capture clock in ns: the greatest
// time of any packet so far. The appended packets share the bytes of f, which must stay unchanged.
func (d *Decoder) Decode(f *pcap.Packet, now int64, dst []Packet) []Packet {
	d.stats.Frames++
	d.stats.Bytes += uint64(len(f.Data))
	c := cursor{frame: f, now: now, buf: f.Data, end: len(f.Data), wire: len(f.Data), link: f.Link}
	if n := min(f.Length, maxWire); int(n) > c.wire {
		c.wire = int(n)
	}
	if len(f.Data) >= 34 && f.Link == LinkEthernet && f.Data[12] == 8 && f.Data[13] == 0 {
		d.stats.Ethernet++
		c.off, c.ether, c.link = 14, etherIPv4, linkNone
	}
	for range maxLayers {
		var more bool
		if d.links(&c) {
			dst, more = d.ip(&c, dst)
		} else {
			dst = d.frameOnly(&c, dst)
		}
		if !more {
			break
		}
	}
	return dst
}

// emit appends a packet with what the cursor knows.
func (d *Decoder) emit(c *cursor, dst []Packet) []Packet {
	// Filled in place, field by field: a literal would be built aside and copied.
	n := len(dst)
	if n < cap(dst) {
		dst = dst[:n+1]
	} else {
		dst = append(dst, Packet{})
	}
	p := &dst[n]
	*p = Packet{}
	c.off = min(c.off, c.end)
	p.Frame, p.Now, p.Buf, p.Tunnel = *c.frame, c.now, c.buf, c.tunnel
	off := uint32(c.off)
	p.NetOff, p.TransOff, p.PayOff, p.End = off, off, off, uint32(c.end)
	p.EtherType, p.VLAN, p.VLANs, p.Marks, p.Layer = c.ether, c.vlan, c.vlans, c.marks, c.layer
	if c.nevents > 0 {
		for _, e := range c.events[:c.nevents] {
			d.note(p, e)
		}
		c.nevents = 0
	}
	return dst
}

// note counts an event and adds it to the packet.
func (d *Decoder) note(p *Packet, e Event) {
	d.stats.Events[e]++
	if int(p.NEvents) == len(p.Events) {
		d.stats.EventsCut++
	}
	p.AddEvent(e)
}

// refuse notes an event that makes the packet unusable.
func (d *Decoder) refuse(p *Packet, e Event) {
	if !p.Is(Bad) {
		d.stats.Invalid++
	}
	p.Marks |= Bad
	d.note(p, e)
}

// frameOnly appends a frame, or a tunnel's content, that has no IP layer.
func (d *Decoder) frameOnly(c *cursor, dst []Packet) []Packet {
	d.stats.NoIP++
	if c.ether == etherARP {
		d.stats.ARP++
	}
	return d.emit(c, dst)
}

// FlowID returns the identifier of a flow that p begins. Tunnels are named by the same function, so that the packets
// inside name the flow of the packets outside.
func FlowID(p *Packet) ID {
	return MakeID('C', p.Src, p.Dst, p.SrcPort, p.DstPort, p.Proto, p.Frame.Nanos, p.Frame.Number, p.Layer)
}

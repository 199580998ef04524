// Package pcap reads and writes packet captures: classic pcap and pcapng in all their variants, plain or compressed.
// It knows file formats and nothing of networks.
package pcap

import "time"

// LinkType is the link-layer header type of a packet, a LINKTYPE_ value of the tcpdump registry.
type LinkType uint16

// Packet is one captured packet. It is a small value that is copied freely.
type Packet struct {
	// Data holds the captured bytes, shared: they are never rewritten and stay valid for as long as someone
	// holds them, on any goroutine. A Packet pins the slab it was read into. Only with Options.Recycle they are borrowed:
	// valid while Slab is held.
	Data []byte
	// Slab is what Data lies in when the Reader uses slabs again (Options.Recycle); otherwise nil.
	Slab *Slab
	// Nanos is the capture time in nanoseconds since the Unix epoch, 0 for packets without a time. Times outside of what it
	// can hold are clamped.
	Nanos int64
	// Number counts the packets of the capture from 1.
	Number uint64
	// Length is the packet's length on the wire, which may be greater than len(Data).
	Length uint32
	// Interface is the index of the interface within the capture (0 for classic pcap).
	Interface uint32
	// Link is the type of the first header in Data.
	Link LinkType
}

// Time returns the capture time in UTC.
func (p *Packet) Time() time.Time { return time.Unix(0, p.Nanos).UTC() }

// Truncated tells whether bytes that were on the wire are missing from Data.
func (p *Packet) Truncated() bool { return uint64(p.Length) > uint64(len(p.Data)) }

package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// FromGoPacket reads packets from a gopacket source, such as a live capture. They are copied, since who owns them
// is unknown. The link type is the source's; a packet's own in CaptureInfo.AncillaryData, as pcapgo gives it, goes before.
func FromGoPacket(src gopacket.PacketDataSource, link layers.LinkType) *Reader {
	r := &Reader{total: -1}
	r.info.Format = "gopacket"
	r.info.Resolution = Nanoseconds
	r.info.Interfaces = []Interface{{Link: registered(LinkType(link)), RawLink: LinkType(link), FCSLen: -1, Resolution: Nanoseconds}}
	r.s = &slabReader{}
	r.format = &foreignSource{r: r, src: src, link: registered(LinkType(link))}
	return r
}

// foreignSource copies the packets of a gopacket source.
type foreignSource struct {
	r     *Reader
	src   gopacket.PacketDataSource
	link  LinkType
	arena []byte
}

func (f *foreignSource) next(p *Packet) error {
	data, ci, err := f.src.ReadPacketData()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	r := f.r
	if err != nil {
		return &Error{Packet: r.count + 1, Offset: int64(r.bytes), Reason: "the packet source failed: " + err.Error(), Err: err}
	}
	if uint64(len(data)) > math.MaxUint32 {
		return &Error{Packet: r.count + 1, Offset: int64(r.bytes), Reason: fmt.Sprintf("the packet source gave a packet of %d bytes", len(data)), Err: ErrLimit}
	}
	link := f.link
	if len(ci.AncillaryData) > 0 {
		if l, ok := ci.AncillaryData[0].(layers.LinkType); ok {
			link = registered(LinkType(l))
		}
	}
	wire := uint32(min(uint64(max(ci.Length, len(data))), math.MaxUint32))
	r.count++
	r.bytes += uint64(len(data))
	r.wire += uint64(wire)
	r.done.Add(int64(len(data)))
	*p = Packet{
		Data: f.copied(data), Nanos: ci.Timestamp.UnixNano(), Number: r.count, Length: wire,
		Interface: uint32(max(ci.InterfaceIndex, 0)), Link: link,
	}
	return nil
}

func (f *foreignSource) meta() (PacketMeta, bool) { return PacketMeta{}, false }

// copied copies a packet to the end of the current slab.
func (f *foreignSource) copied(b []byte) []byte {
	if len(b) > slabFirst {
		return append(make([]byte, 0, len(b)), b...)
	}
	if len(b) > cap(f.arena)-len(f.arena) {
		f.arena = make([]byte, 0, slabFirst)
	}
	at := len(f.arena)
	f.arena = append(f.arena, b...)
	return f.arena[at:len(f.arena):len(f.arena)]
}

// GoPacket returns our packet as gopacket's, decoded from its link type on. As p.Data is never rewritten it is used as it is,
// whatever opts.NoCopy says. A link type that gopacket does not know gives a packet with an error layer.
func GoPacket(p *Packet, opts gopacket.DecodeOptions) gopacket.Packet {
	opts.NoCopy = true
	g := gopacket.NewPacket(p.Data, decoder(p.Link), opts)
	m := g.Metadata()
	m.CaptureInfo = gopacket.CaptureInfo{
		Timestamp: p.Time(), CaptureLength: len(p.Data), Length: int(p.Length), InterfaceIndex: int(p.Interface),
	}
	m.Truncated = m.Truncated || p.Truncated()
	return g
}

func decoder(l LinkType) gopacket.Decoder {
	switch {
	case l == LinkIPv4: // numbered in gopacket, but without a decoder
		return layers.LayerTypeIPv4
	case l == LinkIPv6:
		return layers.LayerTypeIPv6
	case l == LinkSLL2:
		return gopacket.DecodeFunc(decodeSLL2)
	case l <= math.MaxUint8:
		return layers.LinkType(l)
	}
	return gopacket.DecodeFunc(func([]byte, gopacket.PacketBuilder) error {
		return fmt.Errorf("pcap: gopacket has no decoder for link type %d", l)
	})
}

// decodeSLL2 goes past the header of LINKTYPE_LINUX_SLL2, for which gopacket has no layer: protocol(2), reserved(2),
// interface index(4), ARPHRD type(2), packet type(1), address length(1), address(8).
func decodeSLL2(b []byte, pb gopacket.PacketBuilder) error {
	const header = 20
	if len(b) < header {
		pb.SetTruncated()
		return fmt.Errorf("pcap: %d bytes are too few for a Linux cooked header", len(b))
	}
	return layers.EthernetType(binary.BigEndian.Uint16(b)).Decode(b[header:], pb)
}

package sig

import (
	"bytes"
	"encoding/binary"
	stdnetip "net/netip"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
)

// wire writes a small capture packet by packet, a millisecond apart, with right checksums. Ends are written like
// "10.0.0.1:1000". The fields of head stand in all IPv4 headers that follow.
type wire struct {
	tb   testing.TB
	buf  bytes.Buffer
	w    *pcap.Writer
	now  int64
	n    uint64
	head struct {
		ttl, tos byte
		id, frag uint16
		options  []byte
	}
	vlans []uint16
}

func newWire(tb testing.TB) *wire {
	tb.Helper()
	g := &wire{tb: tb, now: 1_700_000_000e9}
	g.head.ttl = 64
	var err error
	if g.w, err = pcap.NewWriter(&g.buf, &pcap.WriterOptions{Format: "pcap", Link: pcap.LinkEthernet, HasLink: true}); err != nil {
		tb.Fatal(err)
	}
	return g
}

// capture ends the capture and returns it.
func (g *wire) capture() []byte {
	g.tb.Helper()
	if err := g.w.Flush(); err != nil {
		g.tb.Fatal(err)
	}
	return g.buf.Bytes()
}

// wait lets time pass.
func (g *wire) wait(seconds float64) { g.now += int64(seconds * 1e9) }

func (g *wire) frame(b []byte) {
	g.tb.Helper()
	g.now += 1e6
	g.n++
	if err := g.w.Write(&pcap.Packet{Data: b, Nanos: g.now, Number: g.n, Length: uint32(len(b)), Link: pcap.LinkEthernet}); err != nil {
		g.tb.Fatal(err)
	}
}

// ip writes an IP packet; the checksum of body, at offset sum in it, is set unless sum is negative.
func (g *wire) ip(src, dst stdnetip.Addr, proto byte, body []byte, sum int) {
	g.tb.Helper()
	if sum >= 0 {
		pseudo := append(src.AsSlice(), dst.AsSlice()...)
		pseudo = binary.BigEndian.AppendUint32(pseudo, uint32(len(body)))
		pseudo = append(pseudo, 0, 0, 0, proto)
		if proto == flow.ProtoICMP {
			pseudo = nil
		}
		binary.BigEndian.PutUint16(body[sum:], internetSum(append(pseudo, body...)))
	}
	frame := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}
	for _, v := range g.vlans {
		frame = append(frame, 0x81, 0, byte(v>>8), byte(v))
	}
	if src.Is4() {
		h := []byte{0x45 + byte(len(g.head.options)/4), g.head.tos, 0, 0, 0, 0, 0, 0, g.head.ttl, proto, 0, 0}
		binary.BigEndian.PutUint16(h[2:], uint16(20+len(g.head.options)+len(body)))
		binary.BigEndian.PutUint16(h[4:], g.head.id)
		binary.BigEndian.PutUint16(h[6:], g.head.frag)
		h = append(append(append(h, src.AsSlice()...), dst.AsSlice()...), g.head.options...)
		binary.BigEndian.PutUint16(h[10:], internetSum(h))
		frame = append(append(frame, 8, 0), h...)
	} else {
		h := []byte{0x60, 0, 0, 0, 0, 0, proto, g.head.ttl}
		binary.BigEndian.PutUint16(h[4:], uint16(len(body)))
		frame = append(append(append(append(frame, 0x86, 0xdd), h...), src.AsSlice()...), dst.AsSlice()...)
	}
	g.frame(append(frame, body...))
}

func (g *wire) udp(from, to, payload string) {
	g.tb.Helper()
	src, dst := stdnetip.MustParseAddrPort(from), stdnetip.MustParseAddrPort(to)
	b := binary.BigEndian.AppendUint16(nil, src.Port())
	b = binary.BigEndian.AppendUint16(b, dst.Port())
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	g.ip(src.Addr(), dst.Addr(), flow.ProtoUDP, append(append(b, 0, 0), payload...), 6)
}

func (g *wire) icmp(from, to string, kind, code byte, rest string) {
	g.tb.Helper()
	src, dst, proto := stdnetip.MustParseAddr(from), stdnetip.MustParseAddr(to), flow.ProtoICMP
	if src.Is6() {
		proto = flow.ProtoICMPv6
	}
	g.ip(src, dst, proto, append([]byte{kind, code, 0, 0}, rest...), 2)
}

// TCP flags, and the sides of a connection.
const (
	fin, syn, rst, psh, ack = 1, 2, 4, 8, 16
	client, server          = 0, 1
)

// talk is a TCP connection in progress.
type talk struct {
	g    *wire
	ends [2]stdnetip.AddrPort
	seq  [2]uint32
	mss  uint16 // an option of the SYN, 0: none
}

// dial writes a handshake of three packets.
func (g *wire) dial(from, to string) *talk {
	g.tb.Helper()
	x := g.silent(from, to)
	x.segment(client, syn, "")
	x.segment(server, syn|ack, "")
	x.segment(client, ack, "")
	return x
}

// silent is a connection of which nothing was written yet.
func (g *wire) silent(from, to string) *talk {
	return &talk{g: g, ends: [2]stdnetip.AddrPort{stdnetip.MustParseAddrPort(from), stdnetip.MustParseAddrPort(to)}, seq: [2]uint32{1000, 5000}}
}

func (x *talk) segment(side int, flags byte, payload string) {
	x.g.tb.Helper()
	x.at(side, flags, x.seq[side], payload)
	x.seq[side] += uint32(len(payload))
	if flags&(syn|fin) != 0 {
		x.seq[side]++
	}
}

// at writes a segment anywhere in the stream.
func (x *talk) at(side int, flags byte, seq uint32, payload string) {
	x.g.tb.Helper()
	from, to := x.ends[side], x.ends[1-side]
	b := binary.BigEndian.AppendUint16(nil, from.Port())
	b = binary.BigEndian.AppendUint16(b, to.Port())
	b = binary.BigEndian.AppendUint32(b, seq)
	acked := x.seq[1-side]
	if flags&ack == 0 {
		acked = 0
	}
	b = binary.BigEndian.AppendUint32(b, acked)
	b = append(b, 5<<4, flags, 0xfa, 0xf0, 0, 0, 0, 0)
	if x.mss != 0 && flags&syn != 0 {
		b[12] = 6 << 4
		b = append(b, 2, 4, byte(x.mss>>8), byte(x.mss))
	}
	x.g.ip(from.Addr(), to.Addr(), flow.ProtoTCP, append(b, payload...), 16)
}

// say writes a segment and its acknowledgement: two packets.
func (x *talk) say(side int, payload string) {
	x.g.tb.Helper()
	x.segment(side, psh|ack, payload)
	x.segment(1-side, ack, "")
}

// hangup writes an orderly end of three packets, begun by side.
func (x *talk) hangup(side int) {
	x.g.tb.Helper()
	x.segment(side, fin|ack, "")
	x.segment(1-side, fin|ack, "")
	x.segment(side, ack, "")
}

// internetSum is the checksum of RFC 1071.
func internetSum(b []byte) uint16 {
	var sum uint32
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

package main

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/wirelore/wirelore/pcap"
)

// endpoint is an address with a port.
type endpoint struct {
	ip   netip.Addr
	port uint16
}

func at(ip string, port uint16) endpoint { return endpoint{netip.MustParseAddr(ip), port} }

// capture gathers packets; they are put in order of time when written.
type capture struct {
	packets []pcap.Packet
	ids     uint16
}

func (c *capture) add(t time.Time, frame []byte) {
	c.packets = append(c.packets, pcap.Packet{Nanos: t.UnixNano(), Data: frame, Length: uint32(len(frame)), Link: pcap.LinkEthernet})
}

func (c *capture) sorted() []pcap.Packet {
	slices.SortStableFunc(c.packets, func(a, b pcap.Packet) int { return int(a.Nanos - b.Nanos) })
	return c.packets
}

const (
	protoICMP = 1
	protoTCP  = 6
	protoUDP  = 17
)

// mac derives a locally administered address from an IP address.
func mac(ip netip.Addr) []byte {
	b := ip.As16()
	return append([]byte{0x02, 0x00}, b[12:]...)
}

// ip puts an IP packet with body from a to b into an Ethernet frame; the checksum of body, at offset sum in it, is set.
func (c *capture) ip(t time.Time, a, b netip.Addr, proto byte, body []byte, sum int) {
	pseudo := append(a.AsSlice(), b.AsSlice()...)
	pseudo = binary.BigEndian.AppendUint32(pseudo, uint32(len(body)))
	pseudo = append(pseudo, 0, 0, 0, proto)
	if proto == protoICMP {
		pseudo = nil
	}
	binary.BigEndian.PutUint16(body[sum:], checksum(append(pseudo, body...)))
	frame := append(mac(b), mac(a)...)
	if a.Is4() {
		c.ids++
		head := []byte{0x45, 0, 0, 0, byte(c.ids >> 8), byte(c.ids), 0x40, 0, 64, proto, 0, 0}
		binary.BigEndian.PutUint16(head[2:], uint16(20+len(body)))
		head = append(append(head, a.AsSlice()...), b.AsSlice()...)
		binary.BigEndian.PutUint16(head[10:], checksum(head))
		frame = append(append(frame, 0x08, 0x00), head...)
	} else {
		head := []byte{0x60, 0, 0, 0, 0, 0, proto, 64}
		binary.BigEndian.PutUint16(head[4:], uint16(len(body)))
		frame = append(append(append(append(frame, 0x86, 0xdd), head...), a.AsSlice()...), b.AsSlice()...)
	}
	c.add(t, append(frame, body...))
}

// checksum is the Internet checksum, RFC 1071.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		sum += uint32(b[len(b)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

func (c *capture) udp(t time.Time, from, to endpoint, payload []byte) {
	b := binary.BigEndian.AppendUint16(nil, from.port)
	b = binary.BigEndian.AppendUint16(b, to.port)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	c.ip(t, from.ip, to.ip, protoUDP, append(append(b, 0, 0), payload...), 6)
}

func (c *capture) ping(t time.Time, a, b netip.Addr, seq uint16) {
	for i, kind := range []byte{8, 0} {
		body := []byte{kind, 0, 0, 0, 0x12, 0x34, byte(seq >> 8), byte(seq)}
		body = append(body, "wirelore test data 0123456789"...)
		c.ip(t.Add(time.Duration(i)*9*time.Millisecond), a, b, protoICMP, body, 2)
		a, b = b, a
	}
}

// TCP flags.
const (
	fin = 1
	syn = 2
	rst = 4
	psh = 8
	ack = 16
)

// conn is a TCP connection being written; its clock goes on with each packet.
type conn struct {
	c    *capture
	now  time.Time
	ends [2]endpoint // client, server
	seq  [2]uint32
	trip time.Duration
}

const (
	client = 0
	server = 1
	mss    = 1448
)

// dial writes a handshake.
func (c *capture) dial(t time.Time, from, to endpoint) *conn {
	x := &conn{c: c, now: t, ends: [2]endpoint{from, to}, seq: [2]uint32{uint32(from.port) * 65537, uint32(from.port)*31 + 7777}, trip: 12 * time.Millisecond}
	x.segment(client, syn, nil)
	x.segment(server, syn|ack, nil)
	x.segment(client, ack, nil)
	return x
}

func (x *conn) segment(side int, flags byte, payload []byte) {
	from, to := x.ends[side], x.ends[1-side]
	b := binary.BigEndian.AppendUint16(nil, from.port)
	b = binary.BigEndian.AppendUint16(b, to.port)
	b = binary.BigEndian.AppendUint32(b, x.seq[side])
	acked := x.seq[1-side]
	if flags&ack == 0 {
		acked = 0
	}
	b = binary.BigEndian.AppendUint32(b, acked)
	b = append(b, 5<<4, flags, 0xfa, 0xf0, 0, 0, 0, 0)
	x.c.ip(x.now, from.ip, to.ip, protoTCP, append(b, payload...), 16)
	x.seq[side] += uint32(len(payload))
	if flags&(syn|fin) != 0 {
		x.seq[side]++
	}
	x.now = x.now.Add(x.trip / 4)
}

// send writes data in segments, acknowledged by the other side.
func (x *conn) send(side int, data string) {
	x.now = x.now.Add(x.trip)
	for i := 0; i < len(data); i += mss {
		x.segment(side, psh|ack, []byte(data[i:min(i+mss, len(data))]))
		x.segment(1-side, ack, nil)
	}
}

// hangup writes an orderly end, begun by side.
func (x *conn) hangup(side int) {
	x.now = x.now.Add(x.trip)
	x.segment(side, fin|ack, nil)
	x.segment(1-side, fin|ack, nil)
	x.segment(side, ack, nil)
}

// refused writes a SYN and the reset that answers it.
func (c *capture) refused(t time.Time, from, to endpoint) {
	x := &conn{c: c, now: t, ends: [2]endpoint{from, to}, seq: [2]uint32{uint32(to.port) * 99991, 0}, trip: 8 * time.Millisecond}
	x.segment(client, syn, nil)
	x.segment(server, rst|ack, nil)
}

package wirelore_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/wirelore/wirelore/pcap"
)

// traffic makes a capture of n conversations: DNS and HTTP by turns between many hosts, some of them interleaved, some
// refused or cut short, with right checksums.
func traffic(tb testing.TB, n int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := pcap.NewWriter(&buf, &pcap.WriterOptions{Format: "pcap", Link: 1, HasLink: true})
	if err != nil {
		tb.Fatal(err)
	}
	g := &maker{tb: tb, w: w, now: 1_700_000_000e9}
	for i := range n {
		client := [4]byte{10, byte(i / 250), byte(i % 13), byte(i%250 + 1)}
		server := [4]byte{192, 0, 2, byte(i%40 + 1)}
		switch i % 4 {
		case 0, 1:
			g.dns(client, server, uint16(20000+i), i)
		case 2:
			g.http(client, server, uint16(30000+i), i)
		default:
			g.refused(client, server, uint16(40000+i))
		}
		if i%97 == 0 {
			g.now += 7e9 // timers run out in between
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// maker writes packets.
type maker struct {
	tb  testing.TB
	w   *pcap.Writer
	now int64
	n   uint64
}

func (g *maker) dns(c, s [4]byte, port uint16, i int) {
	name := fmt.Sprintf("\x04host\x03%03d\x07example\x00", i%1000)
	q := fmt.Sprintf("%c%c\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00%s\x00\x01\x00\x01", byte(i>>8&0x7f), byte(i&0x7f), name)
	g.udp(c, s, port, 53, []byte(q))
	if i%8 == 4 {
		return // unanswered
	}
	a := []byte(q + "\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x00\x00\x04\xc6\x33\x64\x07")
	a[2], a[3], a[7] = 0x81, 0x80, 1
	g.udp(s, c, 53, port, a)
}

func (g *maker) http(c, s [4]byte, port uint16, i int) {
	req := fmt.Sprintf("GET /item/%d HTTP/1.1\r\nHost: shop%d.example\r\nUser-Agent: test\r\n\r\n", i, i%9)
	body := fmt.Sprintf("<html><body>item %d</body></html>", i)
	res := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	const syn, ack, fin, psh = 2, 16, 1, 8
	cs, ss := uint32(1000), uint32(5000)
	g.tcp(c, s, port, 80, cs, 0, syn, nil)
	g.tcp(s, c, 80, port, ss, cs+1, syn|ack, nil)
	g.tcp(c, s, port, 80, cs+1, ss+1, ack, nil)
	g.tcp(c, s, port, 80, cs+1, ss+1, psh|ack, []byte(req))
	cs += 1 + uint32(len(req))
	half := len(res) / 2
	g.tcp(s, c, 80, port, ss+1+uint32(half), cs, psh|ack, []byte(res[half:])) // out of order
	g.tcp(s, c, 80, port, ss+1, cs, ack, []byte(res[:half]))
	ss += 1 + uint32(len(res))
	g.tcp(c, s, port, 80, cs, ss, ack, nil)
	if i%3 == 0 {
		return // never closed
	}
	g.tcp(c, s, port, 80, cs, ss, fin|ack, nil)
	g.tcp(s, c, 80, port, ss, cs+1, fin|ack, nil)
	g.tcp(c, s, port, 80, cs+1, ss+1, ack, nil)
}

func (g *maker) refused(c, s [4]byte, port uint16) {
	g.tcp(c, s, port, 443, 77, 0, 2, nil)
	g.tcp(s, c, 443, port, 0, 78, 4|16, nil)
}

func (g *maker) udp(src, dst [4]byte, sport, dport uint16, b []byte) {
	h := binary.BigEndian.AppendUint16(nil, sport)
	h = binary.BigEndian.AppendUint16(h, dport)
	h = binary.BigEndian.AppendUint16(h, uint16(8+len(b)))
	h = append(binary.BigEndian.AppendUint16(h, 0), b...)
	binary.BigEndian.PutUint16(h[6:], checksum(pseudo(src, dst, 17, len(h)), h))
	g.ip(src, dst, 17, h)
}

func (g *maker) tcp(src, dst [4]byte, sport, dport uint16, seq, ack uint32, flags byte, b []byte) {
	h := binary.BigEndian.AppendUint16(nil, sport)
	h = binary.BigEndian.AppendUint16(h, dport)
	h = binary.BigEndian.AppendUint32(h, seq)
	h = binary.BigEndian.AppendUint32(h, ack)
	h = append(h, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
	h = append(h, b...)
	binary.BigEndian.PutUint16(h[16:], checksum(pseudo(src, dst, 6, len(h)), h))
	g.ip(src, dst, 6, h)
}

func (g *maker) ip(src, dst [4]byte, proto byte, payload []byte) {
	h := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, proto, 0, 0}
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(payload)))
	h = append(append(h, src[:]...), dst[:]...)
	binary.BigEndian.PutUint16(h[10:], checksum(0, h))
	frame := append([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0}, h...)
	frame = append(frame, payload...)
	g.now += 1e6
	g.n++
	p := pcap.Packet{Data: frame, Nanos: g.now, Number: g.n, Length: uint32(len(frame)), Link: 1}
	if err := g.w.Write(&p); err != nil {
		g.tb.Fatal(err)
	}
}

func pseudo(src, dst [4]byte, proto byte, n int) uint32 {
	return uint32(binary.BigEndian.Uint16(src[0:])) + uint32(binary.BigEndian.Uint16(src[2:])) +
		uint32(binary.BigEndian.Uint16(dst[0:])) + uint32(binary.BigEndian.Uint16(dst[2:])) + uint32(proto) + uint32(n)
}

func checksum(sum uint32, b []byte) uint16 {
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

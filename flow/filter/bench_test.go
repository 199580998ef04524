package filter

import (
	"testing"

	"github.com/wirelore/wirelore/pcap"
)

func BenchmarkMatch(b *testing.B) {
	packet := tcpPacket(40000, 443, 0x18, 1000)
	for _, expr := range []string{"tcp port 80", "port 80", "host 10.0.0.1", "net 192.168.0.0/16", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
		"tcp port 443 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)", "ip6", "len > 1000"} {
		b.Run(expr, func(b *testing.B) {
			f, err := Compile(expr, linkEthernet)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				f.Match(packet, len(packet))
			}
		})
	}
}

func BenchmarkSet(b *testing.B) {
	s, err := New("tcp port 80")
	if err != nil {
		b.Fatal(err)
	}
	packet := tcpPacket(40000, 443, 0x18, 1000)
	p := pcap.Packet{Data: packet, Length: uint32(len(packet)), Link: linkEthernet}
	b.ReportAllocs()
	for b.Loop() {
		s.Match(&p)
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile("tcp port 80 and (host 10.0.0.1 or net 192.168.0.0/16) and tcp[13] & 2 != 0", linkEthernet); err != nil {
			b.Fatal(err)
		}
	}
}

package flow

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand"
	"testing"
)

func TestChecksum(t *testing.T) {
	body := []byte("an odd number of bytes!")
	sctp := joined(be16(1), be16(2), be32(3), be32(0), body)
	binary.LittleEndian.PutUint32(sctp[8:], crc32.Checksum(sctp, crc32.MakeTable(crc32.Castagnoli)))
	noSum := testUDP(a4, b4, 1, 2, body)
	noSum[26], noSum[27] = 0, 0
	noSum6 := testUDP(a6, b6, 1, 2, body)
	noSum6[46], noSum6[47] = 0, 0
	for _, c := range []struct {
		name string
		data []byte
		bad  Event // when the last byte changes
		now  Event
	}{
		{"tcp", testTCP(a4, b4, 1, 2, ACK, nil, body), EventChecksumTCP, 0},
		{"tcp 6", testTCP(a6, b6, 1, 2, ACK, nil, body), EventChecksumTCP, 0},
		{"udp", testUDP(a4, b4, 1, 2, body), EventChecksumUDP, 0},
		{"udp 6", testUDP(a6, b6, 1, 2, body), EventChecksumUDP, 0},
		{"udp without", noSum, EventNone, 0},
		{"udp 6 without", noSum6, EventChecksumUDP, EventChecksumUDP},
		{"icmp", testICMP(a4, b4, 8, 0, body), EventChecksumICMP, 0},
		{"icmpv6", testICMP(a6, b6, 128, 0, body), EventChecksumICMPv6, 0},
		{"sctp", testIP{src: a4, dst: b4, proto: ProtoSCTP}.make(sctp), EventChecksumSCTP, 0},
		{"sctp 6", testIP{src: a6, dst: b6, proto: ProtoSCTP}.make(sctp), EventChecksumSCTP, 0},
		{"other", testIP{src: a6, dst: b6, proto: 99}.make(body), EventNone, 0},
	} {
		if p := decodeOne(LinkRaw, c.data)[0]; p.Checksum() != c.now {
			t.Errorf("%s: %v, want %v", c.name, p.Checksum().Info(), c.now.Info())
		}
		c.data[len(c.data)-1] ^= 0x40
		if p := decodeOne(LinkRaw, c.data)[0]; p.Checksum() != c.bad {
			t.Errorf("%s changed: %v, want %v", c.name, p.Checksum().Info(), c.bad.Info())
		}
		if c.data[0]>>4 == 4 {
			c.data[8]--
			if p := decodeOne(LinkRaw, c.data)[0]; p.Checksum() != EventIPChecksum {
				t.Errorf("%s: a changed IP header gives %v", c.name, p.Checksum().Info())
			}
		}
	}
}

// The fast sum equals the plain one for any bytes and lengths.
func TestSum(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	b := make([]byte, 300)
	for n := range b {
		r.Read(b[:n])
		if n%3 == 0 {
			for i := range b[:n] {
				b[i] = 0xff
			}
		}
		var w [2]byte
		binary.LittleEndian.PutUint16(w[:], ^uint16(fold(sum(b[:n], 0))))
		if got, want := binary.BigEndian.Uint16(w[:]), slowSum(b[:n]); got != want {
			t.Fatalf("sum of %x is %04x, want %04x", b[:n], got, want)
		}
	}
}

package flow

import "testing"

// FuzzTable feeds a table with arbitrary packets of few hosts. The handler of talk fails when a report breaks the rules: each
// flow opens and closes once, nothing comes after the end of data, and gaps and data add up.
func FuzzTable(f *testing.F) {
	f.Add([]byte{0, 2, 10, 0, 0, 1, 18, 20, 11, 0, 0, 16, 11, 21, 5, 0, 24, 11, 21, 9}, uint8(0))
	f.Add([]byte{0, 2, 10, 0, 0, 1, 18, 20, 11, 0, 0, 16, 11, 21, 5, 0, 17, 11, 21, 9, 1, 17, 21, 12, 3}, uint8(1))
	f.Add([]byte{2, 0, 10, 0, 0, 3, 18, 20, 11, 200, 4, 16, 11, 21, 5, 8, 24, 11, 21, 9}, uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, mode uint8) {
		pr := [...]Profile{Zeek(), Suricata(), Default()}[mode%3]
		pr.Overlap = Policy(mode>>2) % (PolicyLast + 1)
		if mode&0x40 != 0 {
			pr.Midstream, pr.Async = true, mode&0x80 != 0
		}
		k := newTalk(t, pr)
		k.table.o.MaxFlows, k.table.o.Memory, k.table.maxRefs = 6, 30_000, 2
		text := make([]byte, 1<<13)
		for n := 0; len(b) >= 5 && n < 500; n++ {
			what := b[0]
			d := Dir(what & 1)
			k.ap = 1000 + uint16(what>>1&3)
			proto := [...]uint8{ProtoTCP, ProtoTCP, ProtoTCP, ProtoUDP}[what>>3&3]
			size := int(b[4]) * (1 + int(what>>6)*5)
			p := k.packet(d, proto, text[n:n+size])
			p.Flags, p.Seq, p.Ack = TCPFlags(b[1]), uint32(b[2])<<3-64, uint32(b[3])<<3
			p.Window, p.Urgent = uint16(b[3])<<4, uint16(b[2]&31)
			if what&0x20 != 0 {
				p.PayLen += uint32(b[2])
				p.Marks |= Snapped
			}
			k.table.Process(p)
			k.now += int64(b[4]) << 22
			if b[3]&7 == 7 {
				k.now += int64(b[2]) * second
				k.table.Tick(k.now, k.number)
			}
			b = b[5:]
		}
		k.end()
		s := k.table.Stats()
		if int(s.Flows) != len(k.closed) || s.Open != 0 || s.Held != 0 {
			t.Fatalf("%d closed: %+v", len(k.closed), s)
		}
	})
}

package flow

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestWorkers deals the same packets to one table and to several: what is told of the flows is the same.
func TestWorkers(t *testing.T) {
	run := func(pr Profile, tables int) (flows, order []string) {
		var ks []*talk
		for range tables {
			ks = append(ks, newTalk(t, pr))
		}
		r := rand.New(rand.NewPCG(5, 5))
		now, tick := testStart, testStart
		for number := range uint64(20000) {
			now += r.Int64N(50e6)
			if now/second != tick/second {
				tick = now / second * second
				for _, k := range ks {
					k.table.Tick(tick, number)
				}
			}
			hosts := r.IntN(40)
			k := ks[hosts%tables]
			k.a[15], k.b[15] = byte(hosts), byte(200+hosts)
			k.ap, k.now, k.number = uint16(1000+r.IntN(3)), now, number
			flags := [...]TCPFlags{SYN, SYN | ACK, ACK, PSH | ACK, PSH | ACK, FIN | ACK, RST}[r.IntN(7)]
			p := k.tcp(Dir(r.IntN(2)), flags, uint32(r.IntN(50)), uint32(r.IntN(50)), strings.Repeat("x", r.IntN(20)))
			p.HostHash = uint64(hosts) * 0x9e3779b97f4a7c15
			k.table.Process(p)
		}
		for _, k := range ks {
			k.end()
			flows, order = append(flows, k.closed...), append(order, k.order...)
		}
		slices.Sort(flows)
		slices.Sort(order)
		return flows, order
	}
	for _, pr := range []Profile{Zeek(), Suricata()} {
		flows1, order1 := run(pr, 1)
		flows3, order3 := run(pr, 3)
		if len(flows1) < 300 {
			t.Fatalf("%s: only %d flows", pr.Name, len(flows1))
		}
		if !slices.Equal(flows1, flows3) {
			t.Errorf("%s: other flows with three workers", pr.Name)
		}
		if !slices.Equal(order1, order3) {
			t.Errorf("%s: another order with three workers", pr.Name)
		}
	}
}

package wirelore

import (
	"math"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/record"
)

// batchPackets is how many frames travel together from the reader to the workers; batchBytes bounds them by size, so that
// few slabs are held at once.
const (
	batchPackets = 2048
	batchBytes   = 4 << 20
)

// batch is what the reader hands to all workers at once. Workers read its packets; each walks its own deal.
type batch struct {
	packets []flow.Packet
	deals   [][]step // by worker
	ticks   []tick
	slabs   []*pcap.Slab // what the packets lie in, held
	frames  uint64
	bytes   uint64
	last    bool
	left    int // results missing; the merger's
	results []*result
}

// step is one thing for a worker to do, in order: a packet (index into packets) or a tick (index into ticks).
type step struct {
	index uint32
	tick  bool
}

// tick is a point of the capture clock at which every worker lets its timers run out: before the packet with this number.
type tick struct {
	now    int64
	number uint64
}

// tickEvery is the clock's grain in ns.
const tickEvery = 100e6

func newBatch(workers int) *batch {
	return &batch{packets: make([]flow.Packet, 0, batchPackets+64), deals: make([][]step, workers),
		results: make([]*result, workers)}
}

func (b *batch) reset() {
	b.letGo()
	b.ticks = b.ticks[:0]
	b.frames, b.bytes, b.last = 0, 0, false
	for i := range b.deals {
		b.deals[i] = b.deals[i][:0]
		b.results[i] = nil
	}
}

// letGo forgets the packets: their slabs can be used again.
func (b *batch) letGo() {
	clear(b.packets)
	b.packets = b.packets[:0]
	for _, s := range b.slabs {
		s.Release()
	}
	b.slabs = b.slabs[:0]
}

// hold keeps the slab that p lies in until the batch is done.
func (b *batch) hold(p *pcap.Packet) {
	if n := len(b.slabs); p.Slab != nil && (n == 0 || b.slabs[n-1] != p.Slab) {
		p.Slab.Hold()
		b.slabs = append(b.slabs, p.Slab)
	}
}

// clock is the capture's: the greatest time so far, with ticks at multiples of tickEvery.
type clock struct {
	now, next int64
	begun     bool
}

// advance takes a packet's time and tells whether a tick has come.
func (c *clock) advance(nanos int64) bool {
	if !c.begun {
		c.begun = true
		c.now = nanos
		c.next = nanos - nanos%tickEvery + tickEvery
		return false
	}
	if nanos <= c.now {
		return false
	}
	c.now = nanos
	if nanos < c.next {
		return false
	}
	c.next = nanos - nanos%tickEvery + tickEvery
	return true
}

// fill puts one frame into the batch.
func (b *batch) fill(p *pcap.Packet, c *clock, d *flow.Decoder, profile *flow.Profile) {
	if c.advance(p.Nanos) {
		b.ticks = append(b.ticks, tick{c.now, p.Number})
		for i := range b.deals {
			b.deals[i] = append(b.deals[i], step{uint32(len(b.ticks) - 1), true})
		}
	}
	b.hold(p)
	from := len(b.packets)
	b.packets = d.Decode(p, c.now, b.packets)
	for i := from; i < len(b.packets); i++ {
		w := 0
		if n := uint64(len(b.deals)); n > 1 {
			w = int(profile.DealHash(&b.packets[i]) % n)
		}
		b.deals[w] = append(b.deals[w], step{index: uint32(i)})
	}
	b.frames++
	b.bytes += uint64(len(p.Data))
}

// result is what one worker made of one batch.
type result struct {
	worker int
	batch  *batch
	out    *record.Output
	err    error
}

// endOrder is the place of what happens when the capture has ended.
var endOrder = record.Order{Number: math.MaxUint64, Deadline: math.MaxInt64, First: math.MaxUint64, Layer: math.MaxUint8}

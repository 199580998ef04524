package wirelore

import (
	"context"

	"github.com/wirelore/wirelore/record"
)

// merger brings the workers' records of each batch into one order and hands them to the sink. Batches are merged in
// their order; all records of a batch stand before all of the next, as every timer and packet has its place in one.
type merger struct {
	sink  Sink
	spare chan *record.Output
	free  chan *batch
	heads []head
	logs  map[*record.Stream]uint64
	rec   Record
}

type head struct {
	out  *record.Output
	i, n int
	at   record.Order
}

// merge writes one batch's results and gives everything back.
func (m *merger) merge(ctx context.Context, b *batch) error {
	m.heads = m.heads[:0]
	for _, r := range b.results {
		if n, _ := r.out.Len(); n > 0 {
			m.heads = append(m.heads, head{out: r.out, n: n, at: r.out.At(0).Order})
		}
	}
	for len(m.heads) > 0 {
		k := 0
		for i := 1; i < len(m.heads); i++ {
			if m.heads[i].at.Compare(m.heads[k].at) < 0 {
				k = i
			}
		}
		if err := m.write(ctx, &m.heads[k]); err != nil {
			return err
		}
		if m.heads[k].i == m.heads[k].n {
			m.heads = append(m.heads[:k], m.heads[k+1:]...)
		}
	}
	for _, r := range b.results {
		r.out.Reset()
		select {
		case m.spare <- r.out:
		default:
		}
	}
	return nil
}

// write hands on h's records up to the first whose place is another: what one packet or timer caused stays together.
func (m *merger) write(ctx context.Context, h *head) error {
	at := h.at
	for h.i < h.n {
		e := h.out.At(h.i)
		if len(m.heads) > 1 && e.Order != at {
			h.at = e.Order
			return nil
		}
		m.logs[e.Stream]++
		h.i++
		if m.sink == nil {
			continue
		}
		m.rec = Record{Stream: e.Stream, Line: e.Line, Nanos: e.Nanos, Packet: e.Order.Number}
		if err := m.sink.Write(ctx, &m.rec); err != nil {
			return err
		}
	}
	return nil
}

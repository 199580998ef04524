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
	heads []head
	once  record.Repeats
	logs  map[*record.Stream]uint64
	rec   Record
}

// head is where the merge stands in one worker's records.
type head struct {
	out  *record.Output
	i, n int
	at   record.Order
	more <-chan *record.Output // further pieces; nil: out is all
}

// merge writes one batch's results and gives everything back.
func (m *merger) merge(ctx context.Context, b *batch) error {
	m.heads = m.heads[:0]
	for _, r := range b.results {
		m.add(head{out: r.out})
	}
	return m.run(ctx)
}

// end writes what the workers send of the capture's end, as it comes.
func (m *merger) end(ctx context.Context, workers []*worker) error {
	m.heads = m.heads[:0]
	for _, w := range workers {
		m.add(head{more: w.tail})
	}
	return m.run(ctx)
}

// add takes a source of records into the merge if there are any.
func (m *merger) add(h head) {
	if m.next(&h) {
		m.heads = append(m.heads, h)
	}
}

// next moves h to its next record that is not written, in a further piece if need be; false when there is none.
func (m *merger) next(h *head) bool {
	for {
		if h.out != nil {
			if h.n, _ = h.out.Len(); h.i < h.n {
				h.at = h.out.At(h.i).Order
				return true
			}
			m.giveBack(h.out)
			h.out = nil
		}
		if h.more == nil {
			return false
		}
		out, ok := <-h.more
		if !ok {
			return false
		}
		h.out, h.i = out, 0
	}
}

func (m *merger) giveBack(o *record.Output) {
	o.Reset()
	select {
	case m.spare <- o:
	default:
	}
}

func (m *merger) run(ctx context.Context) error {
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
		if !m.next(&m.heads[k]) {
			m.heads = append(m.heads[:k], m.heads[k+1:]...)
		}
	}
	return nil
}

// write hands on the records of h that have the place of its first: what one packet or timer caused stays together. When
// nobody else has any, it hands on all.
func (m *merger) write(ctx context.Context, h *head) error {
	at := h.at
	for h.i < h.n {
		e := h.out.At(h.i)
		if len(m.heads) > 1 && e.Order != at {
			return nil
		}
		h.i++
		if m.once.Skip(&e) {
			continue
		}
		if e.Late != nil && !e.Late.Decide(&e) || e.Stream == nil {
			continue
		}
		m.logs[e.Stream]++
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

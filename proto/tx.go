package proto

import "errors"

// ErrDone tells from Parser.Data or Gap that the parser has seen all it wants; the flow goes on without it, and that is no
// fault.
var ErrDone = errors.New("proto: done with this flow")

// ErrLimit tells that one of Limits was reached.
var ErrLimit = errors.New("proto: limit reached")

// Tx is what every transaction has; a protocol's transaction type embeds it.
type Tx struct {
	// ID counts the flow's transactions from 0 (EVE tx_id).
	ID uint64
	// Start is the time of the packet at which it began, in ns.
	Start int64

	arena []byte
	kept  int
	limit int
	cut   int
	slot  int // place in Session.open
	live  *Transaction
	rule  Looker // while an alert tells of the transaction
}

// Looker is a rule as far as what its alerts tell depends on it.
type Looker interface {
	// Looks tells whether it looks at the buffer of that name.
	Looks(buffer string) bool
}

// Rule is the rule whose alert is being written, nil otherwise.
func (t *Tx) Rule() Looker { return t.rule }

func (t *Tx) base() *Tx { return t }

type embedsTx interface{ base() *Tx }

// Keep copies b and returns the copy, valid until the transaction is closed. Past Limits.TxKeep it keeps what fits, and Cut
// counts the rest.
func (t *Tx) Keep(b []byte) []byte { return t.Append(nil, b) }

// Append appends b to kept, which came from Keep or Append (or is nil), in the transaction's memory.
func (t *Tx) Append(kept, b []byte) []byte {
	if over := t.kept + len(b) - t.limit; over > 0 {
		over = min(over, len(b))
		t.cut += over
		b = b[:len(b)-over]
	}
	if len(b) == 0 {
		if kept == nil {
			return []byte{}
		}
		return kept
	}
	t.kept += len(b)
	n := len(t.arena)
	// kept is the arena's last piece: it grows in place.
	if len(kept) > 0 && n >= len(kept) && &t.arena[n-1] == &kept[len(kept)-1] && n+len(b) <= cap(t.arena) {
		t.arena = append(t.arena, b...)
		return t.arena[n-len(kept) : n+len(b) : n+len(b)]
	}
	if need := len(kept) + len(b); n+need > cap(t.arena) {
		// Room for others up to what is reused, and for a piece that grows to grow on. Pieces that grow in turn move to and fro:
		// to double each time would have no end.
		if len(kept) > 0 {
			need *= 2
		}
		t.arena = make([]byte, 0, max(need, min(2*cap(t.arena), reused), 128))
		n = 0
	}
	t.arena = append(append(t.arena, kept...), b...)
	return t.arena[n:len(t.arena):len(t.arena)]
}

// Cut returns how many bytes Keep left out.
func (t *Tx) Cut() int { return t.cut }

// reused bounds the memory that a closed transaction keeps for the next: what few need is not kept for all.
const reused = 4 << 10

// forget lets go of much memory, when the transaction is closed.
func (t *Tx) forget() {
	if cap(t.arena) > reused {
		t.arena = nil
	}
}

// restart makes the transaction new; its arena stays.
func (t *Tx) restart(arena []byte, id uint64, start int64, limit int) {
	*t = Tx{ID: id, Start: start, arena: arena[:0], limit: limit}
}

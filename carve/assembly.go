package carve

import (
	"cmp"
	"slices"

	"github.com/wirelore/wirelore/proto"
)

// maxPending bounds the pieces of one file that wait, pendingCost is what one costs besides its bytes.
const (
	maxPending  = 4096
	pendingCost = 64
)

// assembly puts pieces of a content in order.
type assembly struct {
	fs      *Files
	c       *content
	pending []piece // in order of their places; they may overlap
	bytes   int
}

// piece is a part of a file ahead of something missing.
type piece struct {
	at int64
	b  []byte
}

// write adds b at its place. What came before wins over what repeats it. f is where a cut is reported.
func (a *assembly) write(at int64, b []byte, f *proto.Flow) {
	if at > a.c.pos {
		a.wait(at, b, f)
		return
	}
	if at+int64(len(b)) <= a.c.pos {
		return // a repetition
	}
	a.c.write(b[a.c.pos-at:])
	a.drain()
}

// drain delivers what waited and is next now.
func (a *assembly) drain() {
	n := 0
	for ; n < len(a.pending) && a.pending[n].at <= a.c.pos; n++ {
		if p := a.pending[n]; p.at+int64(len(p.b)) > a.c.pos {
			a.c.write(p.b[a.c.pos-p.at:])
		}
		a.forget(a.pending[n])
	}
	if n > 0 {
		a.pending = slices.Delete(a.pending, 0, n)
	}
}

func (a *assembly) forget(p piece) { a.charge(-len(p.b) - pendingCost) }

func (a *assembly) charge(n int) {
	a.bytes += n
	a.fs.joins.bytes += n
}

// wait keeps bytes that came ahead. Where that is too much, the file goes on behind what is missing.
func (a *assembly) wait(at int64, b []byte, f *proto.Flow) {
	o := a.fs.opt
	if cost := len(b) + pendingCost; len(a.pending) >= maxPending || a.bytes+cost > o.JoinBuffer || a.fs.joins.bytes+cost > o.JoinMemory {
		a.fs.stats.JoinCut++
		a.fs.report(f, "file_reassembly_overflow")
		a.skip(true)
		if at > a.c.pos {
			a.skipTo(at, true)
		}
		a.write(at, b, f)
		return
	}
	i, _ := slices.BinarySearchFunc(a.pending, at+1, func(p piece, at int64) int { return cmp.Compare(p.at, at) })
	if i > 0 {
		if p := &a.pending[i-1]; p.at+int64(len(p.b)) == at {
			p.b = append(p.b, b...)
			a.charge(len(b))
			return
		}
	}
	a.pending = slices.Insert(a.pending, i, piece{at, slices.Clone(b)})
	a.charge(len(b) + pendingCost)
}

// skip delivers all that waits, with gaps between.
func (a *assembly) skip(overflow bool) {
	for len(a.pending) > 0 {
		if at := a.pending[0].at; at > a.c.pos {
			a.skipTo(at, overflow)
		}
		a.drain()
	}
}

func (a *assembly) skipTo(at int64, overflow bool) {
	n := at - a.c.pos
	a.c.gap(n)
	if overflow {
		a.c.missing -= n
		a.c.overflow += n
	}
}

// drop forgets what still waits.
func (a *assembly) drop() {
	for _, p := range a.pending {
		a.forget(p)
	}
	a.pending = nil
}

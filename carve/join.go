package carve

import (
	"cmp"
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// joinTimeout is after how long without a byte a file of ranges is given up, Zeek's default.
const joinTimeout = int64(120e9)

// maxPending bounds the pieces of one file that wait, pendingCost is what one costs besides its bytes; maxConns bounds the
// flows for which a file is logged.
const (
	maxPending  = 4096
	pendingCost = 64
	maxConns    = 256
)

// joins are the files of a worker that are made of ranges.
type joins struct {
	byKey map[string]*join
	queue []*join // in the order in which they began; closed ones leave late
	bytes int     // that wait, in all
	key   []byte
}

// join is a file that comes in ranges, in any order, in one flow or several between the same two hosts.
type join struct {
	fs      *Files
	key     string
	file    *File // what the ranges make; its flow is nil, but while a range ends
	conns   []conn
	pending []piece // in order; they may overlap
	bytes   int
	closed  bool
	first   record.Order // where the flow of its first range began
}

// conn is a flow that carried ranges, for Zeek's row.
type conn struct {
	id     flow.ID
	header record.Header
	uid    [18]byte
}

// piece is a part of the file ahead of something missing.
type piece struct {
	at int64
	b  []byte
}

// open returns the file that part is a range of.
func (js *joins) open(fs *Files, part *File) *join {
	f := part.flow
	js.key = append(append(append(js.key[:0], f.Side[0].Addr[:]...), f.Side[1].Addr[:]...), part.info.Key...)
	j := js.byKey[string(js.key)]
	if j != nil && (f.Now()-j.file.last > joinTimeout || j.otherSize(part.info.Size)) {
		j.giveUp()
		j = nil
	}
	if j == nil {
		js.makeRoom(fs, f)
		j = &join{fs: fs, key: string(js.key), first: record.Order{First: f.First, Layer: f.Layer}}
		j.file = &File{fs: fs, info: part.info, id: part.id, start: part.start, last: part.start, level: part.level}
		j.file.info.Meta, j.file.info.Offset = nil, 0
		j.file.info.Name = slices.Clone(part.info.Name)
		j.file.content.begin(j.file, 0)
		js.byKey[j.key] = j
		js.queue = append(js.queue, j)
	}
	j.meet(part)
	return j
}

func (j *join) otherSize(size int64) bool {
	return size >= 0 && j.file.info.Size >= 0 && size != j.file.info.Size
}

// makeRoom gives up the oldest file when there are too many.
func (js *joins) makeRoom(fs *Files, f *proto.Flow) {
	for len(js.byKey) >= fs.opt.MaxJoined && len(js.queue) > 0 {
		old := js.queue[0]
		js.queue = js.queue[1:]
		if !old.closed {
			fs.stats.JoinEvicted++
			fs.report(f, "file_join_limit")
			old.giveUp()
		}
	}
	if len(js.queue) > 2*len(js.byKey)+16 {
		js.queue = slices.DeleteFunc(js.queue, func(j *join) bool { return j.closed })
	}
}

// meet notes the flow of a range.
func (j *join) meet(part *File) {
	if part.info.Size >= 0 {
		j.file.info.Size = part.info.Size
	}
	for i := range j.conns {
		if j.conns[i].id == part.flow.ID {
			return
		}
	}
	if len(j.conns) >= maxConns {
		j.fs.stats.FlowsCut++
		j.fs.report(part.flow, "file_flow_limit")
		return
	}
	h := part.flow.Header()
	j.conns = append(j.conns, conn{id: part.flow.ID, header: record.Header{HasFlow: h.HasFlow, HasAddr: h.HasAddr,
		Orig: h.Orig, Resp: h.Resp, OrigPort: h.OrigPort, RespPort: h.RespPort, Proto: h.Proto, TxID: -1}})
	copy(j.conns[len(j.conns)-1].uid[:], h.UID)
}

// write adds bytes of part at their place in the file.
func (j *join) write(at int64, b []byte, part *File) {
	if j.closed {
		return
	}
	c := &j.file.content
	j.file.last = part.last
	if c.pos == 0 && len(j.pending) == 0 {
		j.file.start = part.last
	}
	if at > c.pos {
		j.wait(at, b, part)
		return
	}
	if at+int64(len(b)) <= c.pos {
		return // a repetition
	}
	c.write(b[c.pos-at:])
	j.drain()
}

// drain delivers what waited and is next now.
func (j *join) drain() {
	c := &j.file.content
	n := 0
	for ; n < len(j.pending) && j.pending[n].at <= c.pos; n++ {
		if p := j.pending[n]; p.at+int64(len(p.b)) > c.pos {
			c.write(p.b[c.pos-p.at:])
		}
		j.forget(j.pending[n])
	}
	if n > 0 {
		j.pending = slices.Delete(j.pending, 0, n)
	}
}

func (j *join) forget(p piece) {
	j.bytes -= len(p.b) + pendingCost
	j.fs.joins.bytes -= len(p.b) + pendingCost
}

// wait keeps bytes that came ahead. Where that is too much, the file goes on behind what is missing.
func (j *join) wait(at int64, b []byte, part *File) {
	o := j.fs.opt
	if cost := len(b) + pendingCost; len(j.pending) >= maxPending || j.bytes+cost > o.JoinBuffer || j.fs.joins.bytes+cost > o.JoinMemory {
		j.fs.stats.JoinCut++
		j.fs.report(part.flow, "file_reassembly_overflow")
		j.skip(true)
		if at > j.file.content.pos {
			j.skipTo(at, true)
		}
		j.write(at, b, part)
		return
	}
	i, _ := slices.BinarySearchFunc(j.pending, at+1, func(p piece, at int64) int { return cmp.Compare(p.at, at) })
	if i > 0 {
		if p := &j.pending[i-1]; p.at+int64(len(p.b)) == at {
			p.b = append(p.b, b...)
			j.bytes += len(b)
			j.fs.joins.bytes += len(b)
			return
		}
	}
	j.pending = slices.Insert(j.pending, i, piece{at, slices.Clone(b)})
	j.bytes += len(b) + pendingCost
	j.fs.joins.bytes += len(b) + pendingCost
}

// skip delivers all that waits, with gaps between.
func (j *join) skip(overflow bool) {
	for len(j.pending) > 0 {
		if at := j.pending[0].at; at > j.file.content.pos {
			j.skipTo(at, overflow)
		}
		j.drain()
	}
}

func (j *join) skipTo(at int64, overflow bool) {
	c := &j.file.content
	n := at - c.pos
	c.gap(n)
	if overflow {
		c.missing -= n
		c.overflow += n
	}
}

// rangeEnds closes the file when its last byte has come. Its records belong to the range that completed it.
func (j *join) rangeEnds(part *File) {
	size := j.file.info.Size
	if j.closed || size < 0 || j.file.content.pos < size {
		return
	}
	j.file.flow = part.flow
	j.file.info.Event, j.file.info.Meta, j.file.info.TxID = part.info.Event, part.info.Meta, part.info.TxID
	j.file.complete = true
	j.end()
}

// giveUp closes a file that stays incomplete.
func (j *join) giveUp() {
	j.skip(false)
	j.file.timedOut = true
	j.end()
}

func (j *join) end() {
	j.closed = true
	delete(j.fs.joins.byKey, j.key)
	j.fs.stats.Joined++
	j.file.closed = true
	j.fs.finishJoin(j)
	j.file.release()
	for _, p := range j.pending { // beyond the file's size
		j.forget(p)
	}
	j.pending, j.conns = nil, nil
}

// flush gives up all files, each at its deadline.
func (js *joins) flush(fs *Files) {
	now := fs.out.Now
	for _, j := range js.queue {
		if j.closed {
			continue
		}
		fs.out.Now.Deadline = j.file.last + joinTimeout
		fs.out.Now.First, fs.out.Now.Layer = j.first.First, j.first.Layer
		j.giveUp()
	}
	fs.out.Now = now
	js.queue = nil
}

package carve

import (
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// joinTimeout is after how long without a byte a file of ranges is given up, Zeek's default.
const joinTimeout = int64(120e9)

// maxConns bounds the flows for which one file is logged.
const maxConns = 256

// joins are the files of a worker that are made of ranges.
type joins struct {
	byKey map[string]*join
	queue []*join // in the order in which they began; closed ones leave late
	bytes int     // that wait, in all assemblies
	key   []byte
}

// join is a file that comes in ranges, in any order, in one flow or several between the same two hosts.
type join struct {
	key   string
	file  *File // what the ranges make; its flow is nil, but while a range ends
	conns []conn
	assembly
	closed bool
	first  record.Order // where the flow of its first range began
}

// conn is a flow that carried ranges, for Zeek's row.
type conn struct {
	id     flow.ID
	header record.Header
	uid    [18]byte
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
		j = &join{key: string(js.key), first: record.Order{First: f.First, Layer: f.Layer}}
		j.file = &File{fs: fs, info: part.info, id: part.id, start: part.start, last: part.start, level: part.level}
		j.file.info.Meta, j.file.info.Offset = nil, 0
		j.file.info.Name = slices.Clone(part.info.Name)
		j.file.content.begin(j.file, 0)
		j.assembly = assembly{fs: fs, c: &j.file.content}
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
	j.file.last = part.last
	if j.file.content.pos == 0 && len(j.pending) == 0 {
		j.file.start = part.last
	}
	j.assembly.write(at, b, part.flow)
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
	j.drop()
	j.conns = nil
}

// flush gives up all files when the capture has ended, in the order in which their first flows began: behind all flows, and
// the same for any number of workers.
func (js *joins) flush(fs *Files) {
	now := fs.out.Now
	open := slices.DeleteFunc(js.queue, func(j *join) bool { return j.closed })
	slices.SortStableFunc(open, func(a, b *join) int { return a.first.Compare(b.first) })
	for _, j := range open {
		fs.out.Now.First, fs.out.Now.Layer = j.first.First, j.first.Layer
		j.giveUp()
	}
	fs.out.Now = now
	js.queue = nil
}

package carve

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// late tells of the records that wait for a packet: Suricata writes fileinfo when it works on a packet of the file's sender,
// while a file mostly ends with the receiver's acknowledgement.
type late struct {
	on      bool
	slot    int
	waiting int // records of all flows
}

// lateRow is a record that waits.
type lateRow struct {
	dir  proto.Dir
	body []byte
}

// fromSender tells whether the packet being worked on goes in direction d, or there is none.
func fromSender(f *proto.Flow, d proto.Dir) bool {
	p := f.Packet()
	if p == nil {
		return true
	}
	s := &f.Side[d]
	return p.Src == s.Addr && p.SrcPort == s.Port
}

// later keeps the row in hand until the next packet in direction d.
func (fs *Files) later(f *proto.Flow, d proto.Dir) {
	list, _ := f.Slot(fs.late.slot).([]lateRow)
	f.SetSlot(fs.late.slot, append(list, lateRow{d, fs.log.EncodeEVE(&fs.row)}))
	fs.late.waiting++
}

// laterPacket writes the records that waited for a packet in direction d.
func (fs *Files) laterPacket(f *proto.Flow, d flow.Dir, _ *flow.Packet) {
	if fs.late.waiting == 0 || f == nil {
		return
	}
	list, _ := f.Slot(fs.late.slot).([]lateRow)
	if len(list) == 0 {
		return
	}
	kept := list[:0]
	for _, r := range list {
		if r.dir != d {
			kept = append(kept, r)
			continue
		}
		fs.writeLate(f, r)
	}
	clear(list[len(kept):])
	f.SetSlot(fs.late.slot, kept)
}

// laterEnd writes what still waits when the flow ends.
func (fs *Files) laterEnd(f *proto.Flow) {
	list, _ := f.Slot(fs.late.slot).([]lateRow)
	for _, r := range list {
		fs.writeLate(f, r)
	}
	if list != nil {
		f.SetSlot(fs.late.slot, []lateRow(nil))
	}
}

func (fs *Files) writeLate(f *proto.Flow, r lateRow) {
	fs.late.waiting--
	fs.header = f.Header()
	fs.header.TxID, fs.header.Swap = -1, r.dir == proto.Resp
	fs.log.WriteEncoded(&fs.header, r.body)
}

package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/bits"
)

// pcapng (draft-ietf-opsawg-pcapng): blocks of
//
//	type(4) total length(4) body, padded to 4  total length(4)
//
// A section header begins a section and shows its byte order; interfaces are numbered from 0 in each section.
const (
	blockSection   = 0x0a0d0d0a // the same in both byte orders
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockNames     = 4
	blockStats     = 5
	blockEnhanced  = 6
	blockJournal   = 9
	blockSecrets   = 10
	blockCustom    = 0x00000bad
	blockCustomDCB = 0x40000bad // not to be copied by tools that do not understand it

	sectionMagic = "\x0a\x0d\x0d\x0a"
	orderMagic   = uint32(0x1a2b3c4d)
	blockFrame   = 12 // type and both lengths
)

const (
	maxInterfaces = 1 << 20 // in a section, 40 bytes each
	maxBlockTypes = 256     // told apart in Info.Blocks
)

// ng reads the blocks of pcapng.
type ng struct {
	r       *Reader
	swapped bool // the section is big-endian
	inside  bool // a section has begun
	base    int  // interfaces of the sections before
	section int
	faces   []ngInterface
	lost    uint64 // interfaces of this section beyond maxInterfaces
	blocks  map[uint32]uint64
	counts  [blockEnhanced + 1]uint64
	options []byte // of the last packet, shared
	drops   uint16 // of the last packet, if it came in an obsolete block
	legacy  bool   // the last packet was an obsolete packet block
}

// ngInterface is what is needed of an interface for each packet.
type ngInterface struct {
	clock clock
	limit uint32
	snap  uint32
	link  LinkType
}

func (r *Reader) startNG() error {
	n := &ng{r: r, blocks: map[uint32]uint64{}}
	r.format = n
	r.info.Format = "pcapng"
	b := r.s.peek(16)
	if len(b) < 16 {
		return r.unreadable("the section header", len(b), 16)
	}
	if err := n.startSection(b); err != nil {
		return err
	}
	return n.leading()
}

// leading reads the interfaces that stand at the beginning and are here already, so that Info has them before the first packet.
func (n *ng) leading() error {
	s := n.r.s
	for {
		b := s.buf[s.off:]
		if len(b) < blockFrame || n.u32(b) != blockInterface {
			return nil
		}
		total := n.u32(b[4:])
		if total < blockFrame || uint64(total) > uint64(len(b)) {
			return nil
		}
		if err := n.block(b, nil); err != nil {
			n.r.err = err // after the packets before it, of which there are none
			return nil
		}
	}
}

func (n *ng) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if n.swapped {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (n *ng) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if n.swapped {
		v = bits.ReverseBytes16(v)
	}
	return v
}

func (n *ng) u64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if n.swapped {
		v = bits.ReverseBytes64(v)
	}
	return v
}

func (n *ng) next(p *Packet) error {
	s := n.r.s
	for before := n.r.count; ; {
		b := s.buf[s.off:]
		if len(b) < blockFrame {
			if b = s.peek(blockFrame); len(b) < blockFrame {
				return n.end(b)
			}
		}
		if n.u32(b) == blockEnhanced {
			if total := n.u32(b[4:]); total&3 == 0 && total >= enhancedFrame && uint64(total) <= uint64(len(b)) {
				return n.enhanced(b[:total:total], p)
			}
		}
		if err := n.block(b, p); err != nil {
			return err
		}
		if n.r.count > before {
			return nil
		}
	}
}

func (n *ng) end(b []byte) error {
	if len(b) == 0 && errors.Is(n.r.s.err, io.EOF) {
		return io.EOF
	}
	return n.r.unreadable("a block", len(b), blockFrame)
}

// block reads the block that begins with b and consumes it. Only a block with a packet fills in p.
func (n *ng) block(b []byte, p *Packet) error {
	typ := n.u32(b)
	if typ == blockSection {
		if b = n.r.s.peek(16); len(b) < 16 {
			return n.r.unreadable("the section header", len(b), 16)
		}
		return n.startSection(b)
	}
	total := n.u32(b[4:])
	padded, err := n.blockLength(b, typ, total)
	if err != nil {
		return err
	}
	if n.unknown(typ) {
		return n.skipBlock(typ, total, padded)
	}
	s := n.r.s
	if b = s.peek(padded); len(b) < padded {
		return n.r.unreadable("a block", len(b), padded)
	}
	if err := n.trailer(b[padded-4:], total, padded); err != nil {
		return err
	}
	switch typ {
	case blockEnhanced:
		return n.enhanced(b, p) // consumes it, as it is on the hot path
	case blockSimple:
		err = n.simple(b, p)
	case blockPacket:
		err = n.obsolete(b, p)
	case blockInterface:
		err = n.addInterface(b[8 : padded-4])
	default:
		n.metadata(typ, b[8:padded-4])
	}
	if err != nil {
		return err
	}
	n.count(typ)
	s.off += padded
	return nil
}

// blockLength checks a total length and returns it padded.
func (n *ng) blockLength(b []byte, typ, total uint32) (int, error) {
	most := n.r.opt.MaxBlock
	if most <= 0 {
		most = packetLarge + blockSlack
		if n.r.opt.MaxPacket > 0 {
			most = min(n.r.opt.MaxPacket, 1<<30) + blockSlack
		}
	}
	if _, ok := classicMagic(b); ok {
		return 0, n.r.broken(ErrFormat, joined)
	}
	switch {
	case typ == blockEnhanced && total < enhancedFrame, total < blockFrame:
		return 0, n.r.broken(nil, "a block of type %#x claims a length of %d, less than its header: the file is damaged here", typ, total)
	case uint64(total) > uint64(most):
		return 0, n.r.broken(ErrLimit, "a block of type %#x claims a length of %d, more than the limit of %d: the file is damaged here, "+
			"or other data was put between its blocks", typ, total, most)
	}
	padded := (int(total) + 3) &^ 3
	if padded != int(total) {
		n.r.info.Odd.UnpaddedBlocks++
	}
	return padded, nil
}

// trailer compares the second length.
func (n *ng) trailer(b []byte, total uint32, padded int) error {
	if again := n.u32(b); again != total && again != uint32(padded) {
		return n.r.broken(nil, "a block's two lengths differ, %d and %d: the file is damaged here", total, again)
	}
	return nil
}

// unknown tells which blocks are counted and skipped.
func (n *ng) unknown(typ uint32) bool {
	switch typ {
	case blockInterface, blockPacket, blockSimple, blockNames, blockStats, blockEnhanced, blockJournal, blockSecrets, blockCustom, blockCustomDCB:
		return false
	}
	return true
}

// skipBlock passes over a block without holding it.
func (n *ng) skipBlock(typ, total uint32, padded int) error {
	s := n.r.s
	start := s.offset()
	if !s.skip(int64(padded - 4)) {
		return n.at(start, n.r.unreadable("a block", int(s.offset()-start), padded))
	}
	b := s.peek(4)
	if len(b) < 4 {
		return n.at(start, n.r.unreadable("a block", int(s.offset()-start)+len(b), padded))
	}
	if err := n.trailer(b, total, padded); err != nil {
		return n.at(start, err)
	}
	s.off += 4
	n.count(typ)
	return nil
}

// at sets the offset of an error to where its block begins.
func (n *ng) at(start int64, err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Offset = start
	}
	return err
}

func (n *ng) count(typ uint32) {
	if typ < uint32(len(n.counts)) {
		n.counts[typ]++
		return
	}
	if _, ok := n.blocks[typ]; !ok && len(n.blocks) >= maxBlockTypes {
		typ = 0
	}
	n.blocks[typ]++
}

// countBlocks puts all counts together for Info.
func (n *ng) countBlocks() {
	m := make(map[uint32]uint64, len(n.blocks)+len(n.counts))
	maps.Copy(m, n.blocks)
	for t, c := range n.counts {
		if c > 0 {
			m[uint32(t)] += c
		}
	}
	n.r.info.Blocks = m
}

// startSection reads a section header, of which b holds the first 16 bytes.
func (n *ng) startSection(b []byte) error {
	switch orderMagic {
	case binary.LittleEndian.Uint32(b[8:]):
		n.swapped = false
	case binary.BigEndian.Uint32(b[8:]):
		n.swapped = true
	default:
		return n.r.broken(ErrFormat, "a section header's byte-order magic is % x, not 1a 2b 3c 4d in either order: the file is damaged here, or was converted as text", b[8:12])
	}
	total := n.u32(b[4:])
	if total < 28 {
		return n.r.broken(nil, "a section header claims a length of %d, less than the 28 it needs: the file is damaged here", total)
	}
	if major, minor := n.u16(b[12:]), n.u16(b[14:]); major != 1 {
		return n.r.broken(ErrFormat, "pcapng version %d.%d is unknown: only version 1 exists", major, minor)
	}
	padded, err := n.blockLength(b, blockSection, total)
	if err != nil {
		return err
	}
	s := n.r.s
	if b = s.peek(padded); len(b) < padded {
		return n.r.unreadable("the section header", len(b), padded)
	}
	if err := n.trailer(b[padded-4:], total, padded); err != nil {
		return err
	}
	n.addSection(b[8 : padded-4])
	n.count(blockSection)
	s.off += padded
	return nil
}

func (n *ng) addSection(b []byte) {
	info := &n.r.info
	if n.inside {
		n.section++
	}
	n.inside = true
	n.base += len(n.faces)
	n.faces = n.faces[:0]
	n.lost = 0
	sec := Section{Offset: n.r.s.offset(), Length: int64(n.u64(b[8:])), BigEndian: n.swapped, Version: fmt.Sprintf("%d.%d", n.u16(b[4:]), n.u16(b[6:]))}
	switch order := byteOrderName(n.swapped); info.ByteOrder {
	case "":
		info.ByteOrder, info.Version = order, sec.Version
	case order:
	default:
		info.ByteOrder = "mixed"
	}
	n.eachOption(b[16:], func(code uint16, v []byte) {
		switch code {
		case optComment:
			n.r.comment("section", n.r.count, v)
		case 2:
			sec.Hardware = n.text(v)
		case 3:
			sec.OS = n.text(v)
		case 4:
			sec.Application = n.text(v)
		}
	})
	if !n.r.keep(64) {
		info.Cut.Sections++
		return
	}
	info.Sections = append(info.Sections, sec)
}

package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// WriterOptions say what a Writer writes. The zero value and nil are pcapng in nanoseconds, little-endian.
type WriterOptions struct {
	// Format is "pcapng" (also when empty) or "pcap".
	Format string
	// Resolution is Nanoseconds (also when 0) or Microseconds.
	Resolution Resolution
	// BigEndian chooses the byte order.
	BigEndian bool
	// SnapLen is declared as the greatest length of a packet, 0: 262144. It cuts nothing.
	SnapLen uint32
	// Link is the link type of a classic pcap, which its header needs; without HasLink that of the first packet.
	Link    LinkType
	HasLink bool
	// KeepInterfaces makes each pair of Packet.Interface and Packet.Link an interface of the pcapng, in order of appearance.
	// Otherwise there is one for each link type.
	KeepInterfaces bool
	// Describe gives what is known of the interface of a packet, for pcapng. Link, resolution and offset are the Writer's. nil: nothing is known.
	Describe func(index uint32) Interface
	// Hardware, OS, Application and Comment describe the capture, for pcapng.
	Hardware, OS, Application, Comment string
}

// A Writer writes a capture. It is used by one goroutine at a time. Call Flush at the end.
type Writer struct {
	w       io.Writer
	opt     WriterOptions
	order   binary.AppendByteOrder
	buf     []byte
	err     error
	ng      bool
	begun   bool
	link    LinkType
	faces   map[faceKey]uint32
	packets uint64
}

type faceKey struct {
	index uint32
	link  LinkType
}

const writeBuffer = 64 << 10

// ErrLinkType is wrapped by the error for a packet whose link type a classic pcap file cannot hold beside its own.
var ErrLinkType = errors.New("classic pcap holds one link type only")

// NewWriter begins a capture. The header is written with the first packet, or by Flush.
func NewWriter(w io.Writer, o *WriterOptions) (*Writer, error) {
	wr := &Writer{w: w, order: binary.LittleEndian, faces: map[faceKey]uint32{}}
	if o != nil {
		wr.opt = *o
	}
	if wr.opt.BigEndian {
		wr.order = binary.BigEndian
	}
	switch wr.opt.Format {
	case "", "pcapng":
		wr.ng = true
	case "pcap":
	default:
		return nil, fmt.Errorf("pcap: cannot write format %q: use \"pcapng\" or \"pcap\"", wr.opt.Format)
	}
	switch wr.opt.Resolution {
	case 0:
		wr.opt.Resolution = Nanoseconds
	case Microseconds, Nanoseconds:
	default:
		return nil, fmt.Errorf("pcap: cannot write times in %v: use microseconds or nanoseconds", wr.opt.Resolution)
	}
	if wr.opt.SnapLen == 0 {
		wr.opt.SnapLen = packetStandard
	}
	wr.buf = make([]byte, 0, writeBuffer)
	return wr, nil
}

// Write appends a packet; p and its Data are borrowed. Length is raised to what is captured. After an error of the
// underlying writer all calls return it; a packet that is refused leaves the capture as it was.
func (w *Writer) Write(p *Packet) error { return w.WriteMeta(p, nil) }

// WriteMeta is Write with what is to be said about the packet, in pcapng. Classic pcap cannot hold it and leaves it out.
func (w *Writer) WriteMeta(p *Packet, m *PacketMeta) error {
	if w.err != nil {
		return w.err
	}
	if most := packetLimit(p.Link, w.opt.SnapLen); len(p.Data) > most {
		return fmt.Errorf("pcap: packet %d: %d bytes are more than readers accept, which is %d: raise WriterOptions.SnapLen, up to %d",
			w.packets+1, len(p.Data), most, packetLarge)
	}
	if p.Nanos < 0 {
		return fmt.Errorf("pcap: packet %d: its time %v is before 1970, which captures cannot hold", w.packets+1, p.Time())
	}
	var err error
	if w.ng {
		err = w.enhanced(p, m)
	} else {
		err = w.record(p)
	}
	if err != nil {
		return err
	}
	w.packets++
	if len(w.buf) >= writeBuffer {
		return w.drain()
	}
	return nil
}

// WriteSecret adds decryption secrets, before the packets that they decrypt. Classic pcap cannot hold them and refuses. s is borrowed.
func (w *Writer) WriteSecret(s *Secret) error {
	if w.err != nil {
		return w.err
	}
	if !w.ng {
		return errors.New("pcap: classic pcap cannot hold secrets: write pcapng, or a key log file beside it")
	}
	if len(s.Data) > packetLarge {
		return fmt.Errorf("pcap: %d bytes of secrets are more than a capture can hold, which is %d", len(s.Data), packetLarge)
	}
	w.begin()
	w.secret(s)
	if len(w.buf) >= writeBuffer {
		return w.drain()
	}
	return nil
}

// Flush writes out all that is buffered, and the header of a capture without packets.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if !w.begun {
		if w.ng {
			w.begin()
		} else {
			w.header(w.firstLink(1))
		}
	}
	return w.drain()
}

func (w *Writer) drain() error {
	n, err := w.w.Write(w.buf)
	if err == nil && n < len(w.buf) {
		err = io.ErrShortWrite
	}
	if err != nil {
		w.err = fmt.Errorf("pcap: writing failed after %d packets: %w", w.packets, err)
	}
	if cap(w.buf) > 16*writeBuffer {
		w.buf = make([]byte, 0, writeBuffer) // after a packet of unusual size
	}
	w.buf = w.buf[:0]
	return w.err
}

func (w *Writer) firstLink(l LinkType) LinkType {
	if w.opt.HasLink {
		return w.opt.Link
	}
	return l
}

// header writes the file header of classic pcap.
func (w *Writer) header(link LinkType) {
	magic := uint32(magicNano)
	if w.opt.Resolution == Microseconds {
		magic = magicMicro
	}
	w.begun, w.link = true, link
	w.u32(magic)
	w.u16(2)
	w.u16(4)
	w.u32(0)
	w.u32(0)
	w.u32(w.opt.SnapLen)
	w.u32(uint32(link))
}

// record writes a packet of classic pcap.
func (w *Writer) record(p *Packet) error {
	sec, frac := p.Nanos/1e9, p.Nanos%1e9
	if sec > math.MaxUint32 {
		return fmt.Errorf("pcap: packet %d: its time %v is after 2106, which classic pcap cannot hold: write pcapng", w.packets+1, p.Time())
	}
	if link := w.firstLink(p.Link); w.begun && p.Link != w.link || !w.begun && p.Link != link {
		if w.begun {
			link = w.link
		}
		return fmt.Errorf("pcap: packet %d of link type %d in a file of link type %d: %w: write pcapng", w.packets+1, p.Link, link, ErrLinkType)
	}
	if !w.begun {
		w.header(p.Link)
	}
	if w.opt.Resolution == Microseconds {
		frac /= 1e3
	}
	w.u32(uint32(sec))
	w.u32(uint32(frac))
	w.u32(uint32(len(p.Data)))
	w.u32(max(p.Length, uint32(len(p.Data))))
	w.buf = append(w.buf, p.Data...)
	return nil
}

func (w *Writer) u16(v uint16) { w.buf = w.order.AppendUint16(w.buf, v) }
func (w *Writer) u32(v uint32) { w.buf = w.order.AppendUint32(w.buf, v) }
func (w *Writer) u64(v uint64) { w.buf = w.order.AppendUint64(w.buf, v) }

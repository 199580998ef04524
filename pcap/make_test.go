package pcap

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// The tests' own generator, which shares nothing with the Writer.

type sample struct {
	sec, frac uint32
	data      []byte
	wire      uint32
}

func samples() []sample {
	var out []sample
	for i, n := range []int{60, 0, 1514, 54, 1, 3, 333} {
		data := make([]byte, n)
		for j := range data {
			data[j] = byte(i*31 + j)
		}
		out = append(out, sample{sec: 1_700_000_000 + uint32(i), frac: 123_456 + uint32(i), data: data, wire: uint32(n + i%2*10)})
	}
	return out
}

type classicFile struct {
	order        binary.AppendByteOrder
	magic        uint32
	major, minor uint16
	snap, link   uint32
	extra        []byte // after the file header
	head         func(b []byte, s sample) []byte
}

func (f classicFile) bytes(ss []sample) []byte {
	if f.order == nil {
		f.order = binary.LittleEndian
	}
	o := f.order
	if f.major == 0 {
		f.major, f.minor = 2, 4
	}
	b := o.AppendUint32(nil, f.magic)
	b = o.AppendUint16(b, f.major)
	b = o.AppendUint16(b, f.minor)
	b = append(b, make([]byte, 8)...)
	b = o.AppendUint32(b, f.snap)
	b = o.AppendUint32(b, f.link)
	b = append(b, f.extra...)
	for _, s := range ss {
		if f.head != nil {
			b = f.head(b, s)
		} else {
			b = recordHead(o, b, s, nil)
		}
		b = append(b, s.data...)
	}
	return b
}

func recordHead(o binary.AppendByteOrder, b []byte, s sample, more []byte) []byte {
	b = o.AppendUint32(b, s.sec)
	b = o.AppendUint32(b, s.frac)
	b = o.AppendUint32(b, uint32(len(s.data)))
	b = o.AppendUint32(b, s.wire)
	return append(b, more...)
}

// ngFile builds pcapng blocks.
type ngFile struct {
	o binary.AppendByteOrder
	b []byte
}

func (f *ngFile) block(typ uint32, body []byte) {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	total := uint32(len(body) + 12)
	f.b = f.o.AppendUint32(f.b, typ)
	f.b = f.o.AppendUint32(f.b, total)
	f.b = append(f.b, body...)
	f.b = f.o.AppendUint32(f.b, total)
}

func (f *ngFile) option(b []byte, code uint16, v []byte) []byte {
	b = f.o.AppendUint16(b, code)
	b = f.o.AppendUint16(b, uint16(len(v)))
	b = append(b, v...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (f *ngFile) section(options []byte) {
	b := f.o.AppendUint32(nil, orderMagic)
	b = f.o.AppendUint16(b, 1)
	b = f.o.AppendUint16(b, 0)
	b = f.o.AppendUint64(b, 1<<64-1)
	f.block(blockSection, append(b, options...))
}

func (f *ngFile) iface(link uint16, snap uint32, options []byte) {
	b := f.o.AppendUint16(nil, link)
	b = f.o.AppendUint16(b, 0)
	b = f.o.AppendUint32(b, snap)
	f.block(blockInterface, append(b, options...))
}

func (f *ngFile) packet(face uint32, ticks uint64, data []byte, wire uint32, options []byte) {
	b := f.o.AppendUint32(nil, face)
	b = f.o.AppendUint32(b, uint32(ticks>>32))
	b = f.o.AppendUint32(b, uint32(ticks))
	b = f.o.AppendUint32(b, uint32(len(data)))
	b = f.o.AppendUint32(b, wire)
	b = append(b, data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	f.block(blockEnhanced, append(b, options...))
}

func (f *ngFile) samples(ss []sample) {
	for _, s := range ss {
		f.packet(0, uint64(s.sec)*1e6+uint64(s.frac), s.data, s.wire, nil)
	}
}

// plainNG is a small pcapng capture of the samples.
func plainNG(o binary.AppendByteOrder) []byte {
	f := ngFile{o: o}
	f.section(nil)
	f.iface(1, 65535, nil)
	f.samples(samples())
	return f.b
}

func plain() []byte { return classicFile{magic: magicMicro, snap: 65535, link: 1}.bytes(samples()) }

// readAll reads a capture to its end.
func readAll(tb testing.TB, in io.Reader, o *Options) ([]Packet, *Reader, error) {
	tb.Helper()
	r, err := NewReader(in, o)
	if err != nil {
		return nil, nil, err
	}
	tb.Cleanup(func() { _ = r.Close() })
	var out []Packet
	for {
		var p Packet
		if err := r.Next(&p); err != nil {
			if again := r.Next(&p); again != err {
				tb.Errorf("after %v, Next returns %v", err, again)
			}
			if err == io.EOF {
				err = nil
			}
			return out, r, err
		}
		out = append(out, p)
	}
}

func mustRead(tb testing.TB, b []byte) ([]Packet, *Reader) {
	tb.Helper()
	ps, r, err := readAll(tb, bytes.NewReader(b), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return ps, r
}

// check compares packets with the samples, times to units of unit nanoseconds.
func check(tb testing.TB, ps []Packet, ss []sample, unit int64) {
	tb.Helper()
	if len(ps) != len(ss) {
		tb.Fatalf("%d packets, not %d", len(ps), len(ss))
	}
	for i, s := range ss {
		p := ps[i]
		if !bytes.Equal(p.Data, s.data) || p.Length != s.wire || p.Number != uint64(i+1) || p.Nanos != int64(s.sec)*1e9+int64(s.frac)*unit {
			tb.Errorf("packet %d is %d bytes of %d at %d, not %d of %d at %d.%d", p.Number, len(p.Data), p.Length, p.Nanos, len(s.data), s.wire, s.sec, s.frac)
		}
	}
}

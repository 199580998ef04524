package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestClassicVariants(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	modified := func(o binary.AppendByteOrder, size int) func([]byte, sample) []byte {
		return func(b []byte, s sample) []byte {
			more := o.AppendUint32(nil, 7)
			more = o.AppendUint16(more, 0x800)
			more = append(more, 4)
			return recordHead(o, b, s, append(more, make([]byte, size-7)...))
		}
	}
	swapped := func(b []byte, s sample) []byte {
		b = le.AppendUint32(b, s.sec)
		b = le.AppendUint32(b, s.frac)
		b = le.AppendUint32(b, s.wire)
		return le.AppendUint32(b, uint32(len(s.data)))
	}
	for _, c := range []struct {
		name    string
		file    classicFile
		unit    int64
		variant string
		link    LinkType
		ifindex uint32
	}{
		{"le", classicFile{magic: magicMicro, snap: 65535, link: 1}, 1000, "", 1, 0},
		{"be", classicFile{order: be, magic: magicMicro, snap: 65535, link: 1}, 1000, "", 1, 0},
		{"le nano", classicFile{magic: magicNano, snap: 65535, link: 113}, 1, "", 113, 0},
		{"be nano", classicFile{order: be, magic: magicNano, snap: 65535, link: 276}, 1, "", 276, 0},
		{"snaplen 0", classicFile{magic: magicMicro, link: 1}, 1000, "", 1, 0},
		{"fcs", classicFile{magic: magicMicro, link: 1 | 1<<26 | 2<<28}, 1000, "", 1, 0},
		{"raw of openbsd", classicFile{magic: magicMicro, link: 14}, 1000, "", 101, 0},
		{"ss991029", classicFile{magic: magicModified, snap: 65535, link: 1, head: modified(le, 8)}, 1000, "modified (ss991029)", 1, 7},
		{"ss991029 be", classicFile{order: be, magic: magicModified, snap: 65535, link: 1, head: modified(be, 8)}, 1000, "modified (ss991029)", 1, 7},
		{"ss990915", classicFile{magic: magicModified, snap: 65535, link: 1, head: modified(le, 12)}, 1000, "modified (ss990915)", 1, 7},
		{"ss990915 be", classicFile{order: be, magic: magicModified, snap: 65535, link: 1, head: modified(be, 12)}, 1000, "modified (ss990915)", 1, 7},
		{"ss990417", classicFile{magic: magicMicro, snap: 65535, link: 1, head: modified(le, 8)}, 1000, "modified (ss990417)", 1, 7},
		{"nokia", classicFile{magic: magicMicro, snap: 65535, link: 1, head: func(b []byte, s sample) []byte {
			return recordHead(le, b, s, []byte{9, 9, 9, 9})
		}}, 1000, "nokia", 1, 0},
		{"ixia", classicFile{magic: magicIxiaHW, snap: 65535, link: 1, extra: make([]byte, 4)}, 1000, "ixia hardware", 1, 0},
		{"aix", classicFile{magic: magicMicro, major: 2, minor: 2, snap: 65535, link: 6}, 1, "aix", 1, 0},
		{"aix swapped", classicFile{magic: magicMicro, major: 2, minor: 2, snap: 65535, link: 24, head: swapped}, 1, "aix", 0, 0},
		{"ixia software", classicFile{magic: magicIxiaSW, snap: 65535, link: 1, extra: make([]byte, 4)}, 1000, "ixia software", 1, 0},
		{"version 2.2", classicFile{magic: magicMicro, major: 2, minor: 2, snap: 65535, link: 1, head: swapped}, 1000, "", 1, 0},
		{"version 2.3 swapped", classicFile{magic: magicMicro, major: 2, minor: 3, snap: 65535, link: 1, head: swapped}, 1000, "", 1, 0},
		{"version 2.3", classicFile{magic: magicMicro, major: 2, minor: 3, snap: 65535, link: 1}, 1000, "", 1, 0},
		{"dg/ux", classicFile{magic: magicMicro, major: 543, minor: 0, snap: 65535, link: 1, head: swapped}, 1000, "", 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			ss := samples()
			ps, r := mustRead(t, c.file.bytes(ss))
			check(t, ps, ss, c.unit)
			if ps[0].Link != c.link {
				t.Errorf("link type %v, not %v", ps[0].Link, c.link)
			}
			i := r.Info()
			if i.Variant != c.variant || i.Packets != uint64(len(ss)) || len(i.Interfaces) != 1 || i.Interfaces[0].RawLink != LinkType(c.file.link) && c.variant != "aix" {
				t.Errorf("info %+v", i)
			}
			m, ok := r.Meta()
			if ok != (c.ifindex > 0) || ok && *m.Modified != (ModifiedHeader{Ifindex: 7, Protocol: 0x800, PacketType: 4}) {
				t.Errorf("meta %+v %v", m, ok)
			}
			if c.name == "fcs" && i.Interfaces[0].FCSLen != 4 {
				t.Errorf("FCS length %d", i.Interfaces[0].FCSLen)
			}
		})
	}
}

func TestClassicOdd(t *testing.T) {
	s := sample{sec: 1, data: make([]byte, 100), wire: 60}
	ps, r := mustRead(t, classicFile{magic: magicMicro, snap: 96, link: 1}.bytes([]sample{s, s, {sec: 2, frac: 5_000_000, data: []byte{1}, wire: 1}}))
	if len(ps) != 3 || ps[0].Length != 100 || ps[2].Nanos != 7e9 {
		t.Fatalf("%+v", ps)
	}
	if o := r.Info().Odd; o.OverLength != 2 || o.OverSnapshot != 2 {
		t.Errorf("%+v", o)
	}
}

// At every cut there are the packets before it, and the error says where.
func TestClassicCut(t *testing.T) {
	whole := plain()
	ends := []int{classicHeader}
	for _, s := range samples() {
		ends = append(ends, ends[len(ends)-1]+recordHeader+len(s.data))
	}
	for n := range len(whole) {
		ps, _, err := readAll(t, bytes.NewReader(whole[:n]), nil)
		if n < classicHeader {
			if err == nil {
				t.Fatalf("cut at %d: no error", n)
			}
			continue
		}
		k := 0
		for ends[k+1] <= n {
			k++
		}
		var e *Error
		switch {
		case len(ps) != k:
			t.Fatalf("cut at %d: %d packets, not %d", n, len(ps), k)
		case n == ends[k]:
			if err != nil {
				t.Fatalf("cut at %d: %v", n, err)
			}
		case !errors.As(err, &e) || e.Offset != int64(ends[k]) || e.Packet != uint64(k+1) || !errors.Is(err, io.ErrUnexpectedEOF):
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

func TestClassicDamage(t *testing.T) {
	ss := samples()
	good := plain()
	for _, c := range []struct {
		name, want string
		b          []byte
		o          *Options
	}{
		{"long", "a record claims 300000 bytes", binary.LittleEndian.AppendUint32(append(good[:len(good):len(good)], make([]byte, 8)...), 300_000), nil},
		{"joined", "another pcap file begins", append(good[:len(good):len(good)], good...), nil},
		{"limit", "limit of 1000", good, &Options{MaxPacket: 1000}},
	} {
		if c.name == "long" {
			c.b = append(c.b, 0, 0, 0, 0)
		}
		ps, _, err := readAll(t, bytes.NewReader(c.b), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.o == nil && len(ps) != len(ss) || c.o != nil && (len(ps) != 2 || !errors.Is(err, ErrLimit)) {
			t.Errorf("%s: %d packets, %v", c.name, len(ps), err)
		}
	}
	if _, err := NewReader(bytes.NewReader(classicFile{magic: magicMicro, link: 9999}.bytes(ss)), nil); !errors.Is(err, ErrFormat) {
		t.Errorf("unknown link type: %v", err)
	}
	ps, _, err := readAll(t, bytes.NewReader(classicFile{magic: magicMicro, link: 9999}.bytes(ss)), &Options{AnyLink: true})
	if err != nil || len(ps) != len(ss) || ps[0].Link != 9999 {
		t.Errorf("any link type: %d packets, %v", len(ps), err)
	}
}

// USB and big declared snapshot lengths allow what Ethernet does not.
func TestLargePackets(t *testing.T) {
	s := sample{sec: 1, data: make([]byte, 3<<20), wire: 3 << 20}
	for i := range s.data {
		s.data[i] = byte(i * 7)
	}
	for _, f := range []classicFile{{magic: magicMicro, link: 249, snap: 65535}, {magic: magicMicro, link: 1, snap: 4 << 20}} {
		ss := []sample{s, samples()[0], s}
		ps, _ := mustRead(t, f.bytes(ss))
		check(t, ps, ss, 1000)
	}
	if _, _, err := readAll(t, bytes.NewReader(classicFile{magic: magicMicro, link: 1, snap: 65535}.bytes([]sample{s})), nil); err == nil {
		t.Error("no error")
	}
}

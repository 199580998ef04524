package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

func orders() map[string]binary.AppendByteOrder {
	return map[string]binary.AppendByteOrder{"le": binary.LittleEndian, "be": binary.BigEndian}
}

func TestNGPlain(t *testing.T) {
	for name, o := range orders() {
		ps, r := mustRead(t, plainNG(o))
		check(t, ps, samples(), 1000)
		want := map[uint32]uint64{blockSection: 1, blockInterface: 1, blockEnhanced: 7}
		if i := r.Info(); !reflect.DeepEqual(i.Blocks, want) || i.Version != "1.0" || i.ByteOrder != byteOrderName(name == "be") {
			t.Errorf("%s: %+v", name, i)
		}
	}
}

// Every block and option once.
func TestNGEverything(t *testing.T) {
	for name, o := range orders() {
		t.Run(name, func(t *testing.T) {
			ps, r := mustRead(t, everything(o))
			i := r.Info()
			if len(ps) != 4 {
				t.Fatalf("%d packets", len(ps))
			}
			times := []int64{1_700_000_000_000_000_000 + 3600e9, 0, 1_600_000_000_123_000_000, 1_700_000_000_500_000_000}
			for k, p := range ps {
				if p.Nanos != times[k] {
					t.Errorf("packet %d at %d, not %d", p.Number, p.Nanos, times[k])
				}
			}
			if ps[1].Length != 9 || len(ps[1].Data) != 5 || ps[2].Interface != 1 || ps[2].Link != 113 || ps[3].Interface != 2 {
				t.Errorf("packets %+v", ps)
			}
			checkInfo(t, i)
			if s := r.Secrets(); len(s) != 1 || s[0].Type != SecretTLS || string(s[0].Data) != "CLIENT_RANDOM a b" {
				t.Errorf("secrets %+v", s)
			}
		})
	}
}

func everything(o binary.AppendByteOrder) []byte {
	f := ngFile{o: o}
	u32, u64 := func(v uint32) []byte { return o.AppendUint32(nil, v) }, func(v uint64) []byte { return o.AppendUint64(nil, v) }
	end := []byte{0, 0, 0, 0}
	opts := func(kv ...any) (b []byte) {
		for i := 0; i < len(kv); i += 2 {
			v, ok := kv[i+1].([]byte)
			if !ok {
				v = []byte(kv[i+1].(string))
			}
			b = f.option(b, uint16(kv[i].(int)), v)
		}
		return append(b, end...)
	}
	f.section(opts(1, "hello", 2, "box", 3, "Plan 9", 4, "tapper\x00"))
	f.block(blockJournal, []byte("MESSAGE=up\n\n"))
	f.iface(1, 5, opts(2, "eth0", 3, "uplink", 4, "\x0a\x00\x00\x01\xff\xff\xff\x00", 5, "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x40",
		6, "\x02\x00\x00\x00\x00\x01", 8, u64(1e9), 9, "\x09", 10, u32(3600), 11, "\x00tcp", 12, "Plan 9", 13, "\x04", 14, u64(3600), 15, "chip", 16, u64(1), 17, u64(2)))
	f.iface(113, 0, opts(9, "\x03", 18, "Europe/Vienna"))
	f.block(blockSecrets, append(append(u32(uint32(SecretTLS)), u32(17)...), "CLIENT_RANDOM a b"...))
	f.packet(0, 1_700_000_000_000_000_000, []byte{1, 2, 3}, 3, opts(1, "look", 2, u32(1), 3, "\x02abcd", 4, u64(8), 5, u64(77), 6, u32(3), 7, "\x00v", 8, append(u32(10), u32(11)...)))
	f.block(blockSimple, append(u32(9), 1, 2, 3, 4, 5, 6, 7, 8, 9))
	old := append(o.AppendUint16(nil, 1), o.AppendUint16(nil, 4)...)
	for _, v := range []uint32{uint32(1_600_000_000_123 >> 32), uint32(1_600_000_000_123 & math.MaxUint32), 2, 2} {
		old = o.AppendUint32(old, v)
	}
	f.block(blockPacket, append(append(old, 5, 6, 0, 0), opts(1, "old", 2, u32(2))...))
	names := func(typ uint16, v string) []byte { return f.option(nil, typ, []byte(v)) }
	nrb := names(1, "\x0a\x00\x00\x01host\x00alias\x00")
	nrb = append(nrb, names(2, strings.Repeat("\x00", 15)+"\x01six\x00")...)
	nrb = append(nrb, names(3, "\x02\x00\x00\x00\x00\x01mac\x00")...)
	nrb = append(nrb, names(99, "?")...)
	f.block(blockNames, append(append(nrb, end...), opts(1, "resolved")...))
	f.block(blockStats, append(append(u32(0), 0, 0, 0, 0, 0, 0, 0, 0), opts(4, u64(100), 5, u64(2), 1, "few")...))
	f.block(blockCustom, append(u32(32473), "mine"...))
	f.block(blockCustomDCB, append(u32(32473), "alone"...))
	f.block(0x12345678, make([]byte, 100))
	second := ngFile{o: binary.LittleEndian}
	second.section(nil)
	second.iface(1, 0, second.option(nil, 9, []byte{0x80 | 10})) // 2^-10
	second.packet(0, 1_700_000_000<<10|512, []byte{9}, 1, nil)
	return append(f.b, second.b...)
}

func checkInfo(t *testing.T, i *Info) {
	t.Helper()
	if len(i.Sections) != 2 || len(i.Interfaces) != 3 {
		t.Fatalf("%d sections, %d interfaces", len(i.Sections), len(i.Interfaces))
	}
	s := i.Sections[0]
	if s.Hardware != "box" || s.OS != "Plan 9" || s.Application != "tapper" || s.Length != -1 {
		t.Errorf("section %+v", s)
	}
	want := Interface{
		Link: 1, RawLink: 1, SnapLen: 5, FCSLen: 4, Resolution: Nanoseconds, Offset: 3600, Name: "eth0", Description: "uplink", Hardware: "chip", OS: "Plan 9",
		Filter: "tcp", Addresses: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24"), netip.MustParsePrefix("2001:db8::1/64")},
		MAC: []byte{2, 0, 0, 0, 0, 1}, Speed: 1e9, TxSpeed: 1, RxSpeed: 2, TimeZone: "3600",
	}
	if !reflect.DeepEqual(i.Interfaces[0], want) {
		t.Errorf("interface %+v, not %+v", i.Interfaces[0], want)
	}
	if j := i.Interfaces[1]; j.TimeZone != "Europe/Vienna" || j.Resolution != 3 || i.Interfaces[2].Resolution.String() != "2^-10 s" {
		t.Errorf("interfaces %+v", i.Interfaces)
	}
	var said []string
	for _, c := range i.Comments {
		said = append(said, c.On+" "+c.Text)
	}
	if got := strings.Join(said, ", "); got != "section hello, packet look, packet old, names resolved, statistics few" {
		t.Errorf("comments %s", got)
	}
	if len(i.Names) != 3 || !reflect.DeepEqual(i.Names[0], Name{Addr: netip.MustParseAddr("10.0.0.1"), Names: []string{"host", "alias"}}) || i.Names[2].Names[0] != "mac" {
		t.Errorf("names %+v", i.Names)
	}
	if len(i.Statistics) != 1 || *i.Statistics[0].Received != 100 || *i.Statistics[0].Dropped != 2 || i.Statistics[0].Delivered != nil {
		t.Errorf("statistics %+v", i.Statistics)
	}
	if len(i.Custom) != 2 || i.Custom[0].Enterprise != 32473 || !i.Custom[0].Copyable || i.Custom[1].Copyable || len(i.Journal) != 1 {
		t.Errorf("custom %+v, journal %q", i.Custom, i.Journal)
	}
	if i.Blocks[0x12345678] != 1 || i.Blocks[blockSection] != 2 || i.Odd != (Odd{NoTime: 1}) || i.Cut != (Cut{}) {
		t.Errorf("blocks %v, odd %+v, cut %+v", i.Blocks, i.Odd, i.Cut)
	}
}

func TestNGMeta(t *testing.T) {
	r, err := NewReader(bytes.NewReader(everything(binary.BigEndian)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Meta(); ok {
		t.Error("meta before the first packet")
	}
	var p Packet
	var metas []PacketMeta
	for r.Next(&p) == nil {
		if m, ok := r.Meta(); ok {
			metas = append(metas, m)
		}
	}
	if len(metas) != 2 {
		t.Fatalf("%+v", metas)
	}
	id, q, pid, tid := uint64(77), uint32(3), uint32(10), uint32(11)
	want := PacketMeta{
		Comments: []string{"look"}, Flags: 1, Dropped: 8, ID: &id, Queue: &q, Process: &pid, Thread: &tid,
		Hashes: [][]byte{[]byte("\x02abcd")}, Verdicts: [][]byte{[]byte("\x00v")},
	}
	if !reflect.DeepEqual(metas[0], want) {
		t.Errorf("%+v", metas[0])
	}
	if m := metas[1]; m.Dropped != 4 || m.Flags != 2 || m.Comments[0] != "old" {
		t.Errorf("%+v", m)
	}
}

// At every cut there are the packets before it.
func TestNGCut(t *testing.T) {
	whole := plainNG(binary.LittleEndian)
	for n := 28; n < len(whole); n++ {
		ps, _, err := readAll(t, bytes.NewReader(whole[:n]), nil)
		full, at := 0, 28
		for at+8 <= n {
			total := int(binary.LittleEndian.Uint32(whole[at+4:]))
			if at+total > n {
				break
			}
			if at += total; at > 48 {
				full++
			}
		}
		var e *Error
		if len(ps) != full || (err == nil) != (n == at) || err != nil && (!errors.As(err, &e) || e.Offset != int64(at) || !errors.Is(err, io.ErrUnexpectedEOF)) {
			t.Fatalf("cut at %d: %d packets, not %d: %v", n, len(ps), full, err)
		}
	}
}

func TestNGDamage(t *testing.T) {
	le := binary.LittleEndian
	good := plainNG(le)
	bad := func(more func(f *ngFile)) []byte {
		f := ngFile{o: le, b: bytes.Clone(good)}
		more(&f)
		return f.b
	}
	for _, c := range []struct {
		name, want string
		b          []byte
		o          *Options
	}{
		{"interface", "a packet of interface 7", bad(func(f *ngFile) { f.packet(7, 1, nil, 0, nil) }), nil},
		{"simple without interface", "a packet of interface 0", bad(func(f *ngFile) { f.section(nil); f.block(blockSimple, make([]byte, 8)) }), nil},
		{"captured", "a packet of 5000 bytes is said", bad(func(f *ngFile) { f.packet(0, 1, make([]byte, 10), 9, nil); le.PutUint32(f.b[len(f.b)-28+4:], 5000) }), nil},
		{"trailer", "two lengths differ", bad(func(f *ngFile) { f.packet(0, 1, nil, 0, nil); f.b[len(f.b)-4]++ }), nil},
		{"unknown trailer", "two lengths differ", bad(func(f *ngFile) { f.block(0x999, nil); f.b[len(f.b)-4]++ }), nil},
		{"zero length", "a length of 0", bad(func(f *ngFile) { f.b = append(f.b, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) }), nil},
		{"huge", "a length of 4294967292", bad(func(f *ngFile) { f.b = append(f.b, 6, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0) }), nil},
		{"short interface", "an interface description of 4", bad(func(f *ngFile) { f.block(blockInterface, make([]byte, 4)) }), nil},
		{"short simple", "a simple packet block of 12", bad(func(f *ngFile) { f.block(blockSimple, nil) }), nil},
		{"short old", "a packet block of 16", bad(func(f *ngFile) { f.block(blockPacket, make([]byte, 4)) }), nil},
		{"version", "pcapng version 2.0", bad(func(f *ngFile) { n := len(f.b); f.section(nil); f.b[n+12] = 2 }), nil},
		{"order", "byte-order magic is 00 2b 3c 4d", bad(func(f *ngFile) {
			n := len(f.b)
			f.section(nil)
			copy(f.b[n+8:], "\x00\x2b\x3c\x4d")
		}), nil},
		{"pcap", "another pcap file begins", bad(func(f *ngFile) { f.b = append(f.b, plain()...) }), nil},
		{"long packet", "more than the limit of 262144", bad(func(f *ngFile) { f.packet(0, 1, make([]byte, 300_000), 9, nil) }), nil},
		{"max packet", "more than the limit of 2000", bad(func(f *ngFile) { f.packet(0, 1, make([]byte, 3000), 9, nil) }), &Options{MaxPacket: 2000}},
		{"max block", "more than the limit of 2000", bad(func(f *ngFile) { f.block(0x999, make([]byte, 3000)) }), &Options{MaxBlock: 2000}},
	} {
		ps, _, err := readAll(t, bytes.NewReader(c.b), c.o)
		var e *Error
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, &e) || e.Packet != uint64(len(ps)+1) {
			t.Errorf("%s: %v", c.name, err)
		}
		check(t, ps, samples(), 1000)
		if strings.HasPrefix(c.name, "max") && !errors.Is(err, ErrLimit) {
			t.Errorf("%s: no ErrLimit", c.name)
		}
	}
}

// What is wrong beside the packets is counted and read past.
func TestNGTolerance(t *testing.T) {
	f := ngFile{o: binary.LittleEndian}
	f.section([]byte{1, 0, 0xff, 0xff, 'x', 0, 0, 0})
	f.iface(1, 0, nil)
	f.block(blockSecrets, []byte{1})
	f.block(blockStats, make([]byte, 4))
	f.block(blockNames, []byte{1, 0, 0xff, 0xff})
	f.packet(0, math.MaxUint64, []byte{1, 2}, 1, []byte{1, 0, 9, 0, 'x', 0, 0, 0})
	// A block length that is no multiple of 4.
	n := len(f.b)
	f.packet(0, 5, []byte{1, 2, 3}, 3, nil)
	f.b[n+4]--
	f.b[len(f.b)-4]--
	ps, r := mustRead(t, f.b)
	if len(ps) != 2 || ps[0].Nanos != math.MaxInt64 || len(ps[1].Data) != 3 {
		t.Fatalf("%+v", ps)
	}
	want := Odd{OverLength: 1, BadOptions: 2, BadBlocks: 3, UnpaddedBlocks: 1, BadTime: 1}
	if o := r.Info().Odd; o != want {
		t.Errorf("%+v", o)
	}
}

func TestNGMetadataLimit(t *testing.T) {
	f := ngFile{o: binary.LittleEndian}
	f.section(nil)
	f.iface(1, 0, nil)
	for range 100 {
		f.block(blockSecrets, append(f.o.AppendUint32(nil, 1), append(f.o.AppendUint32(nil, 1000), make([]byte, 1000)...)...))
		f.block(blockCustom, make([]byte, 1000))
		f.block(blockJournal, make([]byte, 1000))
		f.iface(1, 0, f.option(nil, 2, make([]byte, 500)))
		f.block(blockStats, make([]byte, 12))
		f.block(blockNames, f.option(nil, 1, make([]byte, 500)))
		f.packet(0, 1, nil, 0, f.option(nil, 1, make([]byte, 500)))
		f.section(nil)
		f.iface(7, 0, nil)
	}
	f.packet(0, 1, []byte{1}, 1, nil)
	ps, r, err := readAll(t, bytes.NewReader(f.b), &Options{MaxMetadata: 10_000})
	if err != nil || len(ps) != 101 || ps[100].Link != 7 || ps[100].Interface != 200 {
		t.Fatalf("%d packets, last %+v, %v", len(ps), ps[len(ps)-1], err)
	}
	i := r.Info()
	c := i.Cut
	for name, n := range map[string]uint64{
		"interfaces": c.Interfaces, "sections": c.Sections, "comments": c.Comments, "options": c.Options, "names": c.Names,
		"statistics": c.Statistics, "custom": c.Custom, "journal": c.Journal, "secrets": c.Secrets,
	} {
		if n == 0 {
			t.Errorf("nothing cut of %s", name)
		}
	}
	if uint64(len(i.Interfaces))+c.Interfaces != 201 || uint64(len(i.Comments))+c.Comments != 100 {
		t.Errorf("%d interfaces and %d cut, %d comments and %d cut", len(i.Interfaces), c.Interfaces, len(i.Comments), c.Comments)
	}
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		res    Resolution
		offset int64
		ticks  uint64
		want   int64
		exact  bool
	}{
		{0, 0, 1, 1e9, true},
		{6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000, true},
		{9, 5, 7, 5e9 + 7, true},
		{9, -5, 7, -5e9 + 7, true},
		{9, 0, math.MaxUint64, math.MaxInt64, false},
		{12, 0, 1_999, 1, true},
		{28, 0, math.MaxUint64, 1, true},
		{29, 0, math.MaxUint64, 0, true},
		{127, 0, math.MaxUint64, 0, true},
		{0x80, 0, 3, 3e9, true},
		{0x80, 0, math.MaxUint64, math.MaxInt64, false},
		{0x80 | 1, 0, 3, 1.5e9, true},
		{0x80 | 10, 0, 1_000, 976_562_500, true},
		{0x80 | 63, 0, math.MaxUint64, 1_999_999_999, true},
		{0x80 | 64, 0, math.MaxUint64, 999_999_999, true},
		{0x80 | 65, 0, math.MaxUint64, 499_999_999, true},
		{0xff, 0, math.MaxUint64, 0, true},
		{6, math.MaxInt64, 1, math.MaxInt64, false},
		{6, math.MinInt64, 1, math.MinInt64, false},
		{6, 9_223_372_036, 1e6, math.MaxInt64, false},
	} {
		k := newClock(c.res, c.offset)
		if got, exact := k.nanos(c.ticks); got != c.want || exact != c.exact {
			t.Errorf("%d ticks of %v, offset %d: %d %v, not %d %v", c.ticks, c.res, c.offset, got, exact, c.want, c.exact)
		}
	}
}

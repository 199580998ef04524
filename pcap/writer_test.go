package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// randomPackets has sizes and times of all kinds.
func randomPackets(seed uint64, n int) []Packet {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var ps []Packet
	for i := range n {
		data := make([]byte, rnd.IntN(2000)*rnd.IntN(2))
		for j := range data {
			data[j] = byte(rnd.Uint32())
		}
		ps = append(ps, Packet{Data: data, Nanos: rnd.Int64N(4e18), Number: uint64(i + 1), Length: uint32(len(data) + rnd.IntN(2)*rnd.IntN(100)), Link: 1})
	}
	return ps
}

func write(tb testing.TB, o *WriterOptions, ps []Packet) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, o)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range ps {
		if err := w.Write(&ps[i]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// What is written is read again, and written again gives the same bytes.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(5) {
		ps := randomPackets(seed, 300)
		for _, o := range []WriterOptions{
			{}, {BigEndian: true}, {Resolution: Microseconds}, {Format: "pcap"}, {Format: "pcap", BigEndian: true}, {Format: "pcap", Resolution: Microseconds},
		} {
			b := write(t, &o, ps)
			got, r := mustRead(t, b)
			if len(got) != len(ps) {
				t.Fatalf("%+v: %d packets", o, len(got))
			}
			unit := r.Info().Resolution.Duration().Nanoseconds()
			for i, p := range got {
				want := ps[i]
				want.Nanos -= want.Nanos % unit
				if !bytes.Equal(p.Data, want.Data) || p.Nanos != want.Nanos || p.Length != want.Length || p.Number != want.Number || p.Link != want.Link {
					t.Fatalf("%+v: packet %d: %d bytes of %d at %d, not %d of %d at %d", o, i+1, len(p.Data), p.Length, p.Nanos, len(want.Data), want.Length, want.Nanos)
				}
			}
			if !bytes.Equal(write(t, &o, got), b) {
				t.Errorf("%+v: written again, it differs", o)
			}
		}
	}
}

func TestWriterNG(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewWriter(&buf, &WriterOptions{
		KeepInterfaces: true, Hardware: "box", OS: "Plan 9", Application: "tapper", Comment: "hello",
		Describe: func(i uint32) Interface {
			return Interface{Name: "eth" + string(rune('0'+i)), Description: "d", Filter: "tcp", OS: "o", Hardware: "h", FCSLen: 4}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	secret := Secret{Type: SecretTLS, Data: []byte("CLIENT_RANDOM a b")}
	id, q, pid, tid := uint64(77), uint32(3), uint32(10), uint32(11)
	meta := PacketMeta{
		Comments: []string{"look", "again"}, Flags: 1, Dropped: 8, ID: &id, Queue: &q, Process: &pid, Thread: &tid,
		Hashes: [][]byte{[]byte("\x02abcd")}, Verdicts: [][]byte{[]byte("\x00v")},
	}
	for _, err := range []error{
		w.WriteSecret(&secret), w.Write(&Packet{Data: []byte{1}, Link: 1, Interface: 3}), w.Write(&Packet{Data: []byte{1}, Link: 1, Interface: 1}),
		w.Write(&Packet{Data: []byte{1}, Link: 113, Interface: 3}), w.WriteMeta(&Packet{Data: []byte{1}, Link: 1, Interface: 3}, &meta), w.Flush(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ps, r := mustRead(t, buf.Bytes())
	i := r.Info()
	if len(ps) != 4 || ps[0].Interface != 0 || ps[1].Interface != 1 || ps[2].Interface != 2 || ps[2].Link != 113 || ps[3].Interface != 0 {
		t.Errorf("packets %+v", ps)
	}
	if len(i.Interfaces) != 3 || i.Interfaces[0].Name != "eth3" || i.Interfaces[1].Filter != "tcp" || i.Interfaces[2].FCSLen != 4 {
		t.Errorf("interfaces %+v", i.Interfaces)
	}
	if s := i.Sections[0]; s.Hardware != "box" || s.OS != "Plan 9" || s.Application != "tapper" || i.Comments[0].Text != "hello" || len(i.Comments) != 3 {
		t.Errorf("section %+v, comments %+v", s, i.Comments)
	}
	if m, _ := r.Meta(); !reflect.DeepEqual(m, meta) {
		t.Errorf("meta %+v", m)
	}
	if s := r.Secrets(); len(s) != 1 || string(s[0].Data) != string(secret.Data) {
		t.Errorf("secrets %+v", s)
	}
}

// Without interfaces to keep there is one for each link type.
func TestWriterLinkTypes(t *testing.T) {
	b := write(t, nil, []Packet{{Link: 1, Interface: 5}, {Link: 101}, {Link: 1}, {Link: 101, Interface: 9}})
	ps, r := mustRead(t, b)
	if len(r.Info().Interfaces) != 2 || ps[3].Interface != 1 || ps[3].Link != 101 || ps[2].Interface != 0 {
		t.Errorf("%+v", ps)
	}
}

func TestWriterEmpty(t *testing.T) {
	for _, o := range []*WriterOptions{nil, {Format: "pcap"}, {Format: "pcap", Link: 113, HasLink: true}} {
		ps, r := mustRead(t, write(t, o, nil))
		if len(ps) != 0 {
			t.Error(len(ps))
		}
		if o != nil && o.HasLink && r.Info().Interfaces[0].Link != 113 {
			t.Errorf("%+v", r.Info())
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	for _, o := range []WriterOptions{{Format: "snoop"}, {Resolution: 3}} {
		if _, err := NewWriter(io.Discard, &o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	var buf bytes.Buffer
	w, err := NewWriter(&buf, &WriterOptions{Format: "pcap"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Packet{Link: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Packet{Link: 101}); !errors.Is(err, ErrLinkType) || !strings.Contains(err.Error(), "write pcapng") {
		t.Error(err)
	}
	for name, p := range map[string]Packet{"before 1970": {Link: 1, Nanos: -1}, "after 2106": {Link: 1, Nanos: 5e18}, "raise WriterOptions.SnapLen": {Link: 1, Data: make([]byte, 300_000)}} {
		if err := w.Write(&p); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.WriteSecret(&Secret{}); err == nil {
		t.Error("secret in classic pcap")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if ps, _ := mustRead(t, buf.Bytes()); len(ps) != 1 {
		t.Errorf("%d packets after refusals", len(ps))
	}
	w, _ = NewWriter(&buf, &WriterOptions{Format: "pcap", Link: 113, HasLink: true})
	if err := w.Write(&Packet{Link: 1}); !errors.Is(err, ErrLinkType) {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterFails(t *testing.T) {
	w, _ := NewWriter(failing{}, nil)
	if err := w.Write(&Packet{Data: make([]byte, 100_000), Link: 1}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	for _, err := range []error{w.Write(&Packet{}), w.Flush(), w.WriteSecret(&Secret{})} {
		if !errors.Is(err, errBroken) {
			t.Error(err)
		}
	}
}

func TestWriterAllocations(t *testing.T) {
	for _, o := range []*WriterOptions{nil, {Format: "pcap"}} {
		w, _ := NewWriter(io.Discard, o)
		p := Packet{Data: make([]byte, 1000), Link: 1}
		if n := testing.AllocsPerRun(1000, func() { _ = w.Write(&p) }); n != 0 {
			t.Errorf("%+v: %v allocations", o, n)
		}
	}
}

// Bytes as the specification has them, so that reader and writer cannot be wrong together.
func TestWriterBytes(t *testing.T) {
	p := []Packet{{Data: []byte{0xaa}, Nanos: 1_000_000_002, Length: 2, Link: 1}}
	le := binary.LittleEndian
	want := le.AppendUint32(nil, 0xa1b23c4d)
	want = append(want, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0)
	want = append(want, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0xaa)
	if got := write(t, &WriterOptions{Format: "pcap"}, p); !bytes.Equal(got, want) {
		t.Errorf("% x", got)
	}
	f := ngFile{o: le}
	f.section(nil)
	f.iface(1, 262144, append(f.option(nil, 9, []byte{9}), 0, 0, 0, 0))
	f.packet(0, 1_000_000_002, []byte{0xaa}, 2, nil)
	if got := write(t, nil, p); !bytes.Equal(got, f.b) {
		t.Errorf("% x", got)
	}
}

func BenchmarkWrite(b *testing.B) {
	for name, o := range map[string]*WriterOptions{"pcap": {Format: "pcap"}, "pcapng": nil} {
		b.Run(name, func(b *testing.B) {
			w, _ := NewWriter(io.Discard, o)
			p := Packet{Data: make([]byte, 600), Nanos: 1, Link: 1}
			b.SetBytes(600)
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(&p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

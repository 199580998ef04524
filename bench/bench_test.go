// Package bench measures each stage, and the whole, over traffic held in memory. See README.md.
package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"
	"testing"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/record"
)

// copies is how often the office is at work at once.
const copies = 200

// traffic is the capture to measure with, and its packets.
var traffic = sync.OnceValues(func() ([]byte, []pcap.Packet) {
	if name := os.Getenv("WIRELORE_CAPTURE"); name != "" {
		b, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		return b, packets(b)
	}
	b, err := os.ReadFile("../testdata/office.pcapng")
	if err != nil {
		panic(err)
	}
	b = multiply(packets(b))
	return b, packets(b)
})

func packets(capture []byte) (list []pcap.Packet) {
	r, err := pcap.NewReader(bytes.NewReader(capture), nil)
	if err != nil {
		panic(err)
	}
	var p pcap.Packet
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
		list = append(list, p)
	}
	if !errors.Is(err, io.EOF) {
		panic(err)
	}
	return list
}

// multiply writes a capture of many offices: in each the addresses 10.1.0.x are 10.1.n.x, the checksums corrected.
func multiply(office []pcap.Packet) []byte {
	var out bytes.Buffer
	w, err := pcap.NewWriter(&out, nil)
	if err != nil {
		panic(err)
	}
	for i := range office {
		for n := range copies {
			p := office[i]
			p.Data = move(bytes.Clone(p.Data), byte(n))
			p.Nanos += int64(n) * 1000
			if err := w.Write(&p); err != nil {
				panic(err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// move changes the addresses of an Ethernet frame. Both checksums take the difference (RFC 1624).
func move(b []byte, n byte) []byte {
	const ip = 14
	if len(b) < ip+40 || b[12] != 8 || b[13] != 0 {
		return b
	}
	sums := []int{ip + 10}
	switch b[ip+9] {
	case flow.ProtoTCP:
		sums = append(sums, ip+36)
	case flow.ProtoUDP:
		sums = append(sums, ip+26)
	}
	for _, at := range []int{ip + 12, ip + 16} {
		if b[at] != 10 {
			continue
		}
		b[at+2] = n // was 0
		for _, sum := range sums {
			s := uint32(^binary.BigEndian.Uint16(b[sum:])) + uint32(n)<<8
			binary.BigEndian.PutUint16(b[sum:], ^uint16(s+s>>16))
		}
	}
	return b
}

// report sets the rates of a benchmark that goes once over all packets in each round.
func report(b *testing.B, list []pcap.Packet) {
	var n int64
	for i := range list {
		n += int64(len(list[i].Data))
	}
	b.SetBytes(n)
	b.ReportAllocs()
	b.Cleanup(func() {
		b.ReportMetric(float64(len(list))*float64(b.N)/b.Elapsed().Seconds(), "packets/s")
	})
}

func BenchmarkRead(b *testing.B) {
	capture, list := traffic()
	report(b, list)
	for b.Loop() {
		r, err := pcap.NewReaderAt("bench", bytes.NewReader(capture), int64(len(capture)), nil)
		if err != nil {
			b.Fatal(err)
		}
		var p pcap.Packet
		for err = r.Next(&p); err == nil; err = r.Next(&p) {
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	_, list := traffic()
	report(b, list)
	var layers []flow.Packet
	for b.Loop() {
		d := flow.NewDecoder(flow.DecoderOptions{})
		for i := range list {
			layers = d.Decode(&list[i], list[i].Nanos, layers[:0])
		}
	}
}

// BenchmarkFlows is decoding, flows and reassembly, with nobody to listen.
func BenchmarkFlows(b *testing.B) { through(b, nil, record.Wants{}) }

// BenchmarkProtocols is the same with all protocols, and rows of both forms, on one core.
func BenchmarkProtocols(b *testing.B) {
	every := func(string) bool { return true }
	b.Run("parse", func(b *testing.B) { through(b, all.Default(), record.Wants{}) })
	b.Run("zeek", func(b *testing.B) { through(b, all.Default(), record.Wants{Zeek: every}) })
	b.Run("eve", func(b *testing.B) { through(b, all.Default(), record.Wants{EVE: every}) })
}

func through(b *testing.B, protocols []proto.Protocol, wants record.Wants) {
	_, list := traffic()
	report(b, list)
	p := flow.Default()
	for b.Loop() {
		out := record.NewOutput(wants)
		rt, err := proto.NewRuntime(proto.RuntimeConfig{Protocols: protocols, Analyzers: wirelore.Analyzers(), Profile: p, Output: out})
		if err != nil {
			b.Fatal(err)
		}
		d, t := flow.NewDecoder(flow.DecoderOptions{Profile: p}), flow.NewTable(flow.Options{Profile: p}, rt)
		var layers []flow.Packet
		for i := range list {
			layers = d.Decode(&list[i], list[i].Nanos, layers[:0])
			for k := range layers {
				rt.SetPacket(&layers[k], list[i].Nanos)
				t.Process(&layers[k])
			}
			if i%1000 == 0 {
				t.Tick(list[i].Nanos, list[i].Number)
				out.Reset()
			}
		}
		t.Flush()
		rt.Finish()
	}
}

// BenchmarkEngine is the whole, on all cores, into a sink that drops what it gets.
func BenchmarkEngine(b *testing.B) {
	nowhere := wirelore.SinkFunc(func(context.Context, *wirelore.Record) error { return nil })
	for _, c := range []struct {
		name   string
		config wirelore.Config
	}{
		{"nothing", wirelore.Config{}},
		{"zeek", wirelore.Config{Zeek: &wirelore.ZeekOutput{}}},
		{"eve", wirelore.Config{EVE: &wirelore.EVEOutput{}}},
		{"both", wirelore.Config{Zeek: &wirelore.ZeekOutput{}, EVE: &wirelore.EVEOutput{}}},
		{"files", wirelore.Config{Zeek: &wirelore.ZeekOutput{}, Files: carve.New(carve.Options{Hashes: carve.AllHashes})}},
	} {
		b.Run(c.name, func(b *testing.B) {
			capture, list := traffic()
			report(b, list)
			c.config.Sink = nowhere
			e, err := wirelore.New(c.config)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := e.Run(b.Context(), wirelore.ReaderAt("bench", bytes.NewReader(capture), int64(len(capture)))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestTraffic makes sure that what is measured is sound: no checksum is wrong but the office's one, in each copy.
func TestTraffic(t *testing.T) {
	if os.Getenv("WIRELORE_CAPTURE") != "" {
		t.Skip("a capture of somebody's own")
	}
	capture, list := traffic()
	e, err := wirelore.New(wirelore.Config{})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := e.Run(t.Context(), wirelore.Reader("bench", bytes.NewReader(capture)))
	if err != nil {
		t.Fatal(err)
	}
	if sum.Packets != uint64(len(list)) || sum.Flow.BadChecksums != copies {
		t.Errorf("%d packets of %d, %d bad checksums instead of %d", sum.Packets, len(list), sum.Flow.BadChecksums, copies)
	}
}

package pcap

import (
	"bytes"
	"io"
	"testing"
)

// big is a synthetic capture of n packets whose sizes are those of a usual mix: acknowledgements, medium, full.
func big(tb testing.TB, n int, o *WriterOptions) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, o)
	if err != nil {
		tb.Fatal(err)
	}
	data := make([]byte, 1514)
	for i := range data {
		data[i] = byte(i)
	}
	sizes := []int{60, 1514, 66, 1514, 200, 54, 600}
	for i := range n {
		size := sizes[i%len(sizes)]
		p := Packet{Data: data[:size], Nanos: 1_700_000_000_000_000_000 + int64(i)*12_345, Length: uint32(size), Link: 1}
		if err := w.Write(&p); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func benchmarkNext(b *testing.B, o *WriterOptions) {
	const n = 100_000
	data := big(b, n, o)
	b.SetBytes(int64(len(data)) / n)
	b.ReportAllocs()
	for done := 0; done < b.N; {
		r, err := NewReaderAt("big", bytes.NewReader(data), int64(len(data)), nil)
		if err != nil {
			b.Fatal(err)
		}
		var p Packet
		for err = r.Next(&p); err == nil && done < b.N; err = r.Next(&p) {
			done++
		}
		if err != nil && err != io.EOF {
			b.Fatal(err)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	b.Run("pcap", func(b *testing.B) { benchmarkNext(b, &WriterOptions{Format: "pcap"}) })
	b.Run("pcap-swapped", func(b *testing.B) { benchmarkNext(b, &WriterOptions{Format: "pcap", BigEndian: true}) })
	b.Run("pcapng", func(b *testing.B) { benchmarkNext(b, nil) })
}

// BenchmarkNextLoop is Next alone, without reading: the same slab again and again.
func BenchmarkNextLoop(b *testing.B) {
	for name, o := range map[string]*WriterOptions{"pcap": {Format: "pcap"}, "pcap-swapped": {Format: "pcap", BigEndian: true}, "pcapng": nil} {
		b.Run(name, func(b *testing.B) {
			data := big(b, 1000, o)
			r, err := NewReaderAt(name, bytes.NewReader(data), int64(len(data)), nil)
			if err != nil {
				b.Fatal(err)
			}
			var p Packet
			if err := r.Next(&p); err != nil {
				b.Fatal(err)
			}
			start := r.s.off
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Next(&p); err != nil {
					b.Fatal(err)
				}
				if p.Number%999 == 0 {
					r.s.off = start
				}
			}
		})
	}
}

func BenchmarkCompressed(b *testing.B) {
	data := big(b, 20_000, &WriterOptions{Format: "pcap"})
	for _, c := range packers() {
		packed := pack(b, c, data)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if ps, _, err := readAll(b, bytes.NewReader(packed), nil); err != nil || len(ps) != 20_000 {
					b.Fatal(len(ps), err)
				}
			}
		})
	}
}

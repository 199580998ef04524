package pcap

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

type packer struct {
	name string
	open func(io.Writer) (io.WriteCloser, error)
}

func packers() []packer {
	const dict = 1 << 16 // small, as each reader allocates it
	return []packer{
		{"gzip", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }},
		{"zstd", func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }},
		{"xz", func(w io.Writer) (io.WriteCloser, error) { return xz.WriterConfig{DictCap: dict}.NewWriter(w) }},
		{"xz crc32", func(w io.Writer) (io.WriteCloser, error) {
			return xz.WriterConfig{DictCap: dict, CheckSum: xz.CRC32}.NewWriter(w)
		}},
		{"xz sha256", func(w io.Writer) (io.WriteCloser, error) {
			return xz.WriterConfig{DictCap: dict, CheckSum: xz.SHA256}.NewWriter(w)
		}},
		{"xz unchecked, blocks", func(w io.Writer) (io.WriteCloser, error) {
			return xz.WriterConfig{DictCap: dict, NoCheckSum: true, BlockSize: 500}.NewWriter(w)
		}},
		{"xz blocks", func(w io.Writer) (io.WriteCloser, error) {
			return xz.WriterConfig{DictCap: dict, BlockSize: 1000}.NewWriter(w)
		}},
		{"lzma", func(w io.Writer) (io.WriteCloser, error) { return lzma.WriterConfig{DictCap: dict}.NewWriter(w) }},
		{"lz4", func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil }},
		{"lz4 legacy", func(w io.Writer) (io.WriteCloser, error) {
			z := lz4.NewWriter(w)
			return z, z.Apply(lz4.LegacyOption(true))
		}},
	}
}

func pack(tb testing.TB, p packer, b []byte) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := p.open(&buf)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func TestCompressed(t *testing.T) {
	for _, p := range packers() {
		t.Run(p.name, func(t *testing.T) {
			ss := samples()
			packed := pack(t, p, plain())
			goroutines := runtime.NumGoroutine()
			ps, r := mustRead(t, packed)
			if n := runtime.NumGoroutine(); n > goroutines {
				t.Errorf("%d goroutines were started", n-goroutines)
			}
			check(t, ps, ss, 1000)
			if c := r.Info().Compression; !strings.HasPrefix(p.name, c) || c == "" {
				t.Errorf("compression %q", c)
			}
			ps, _ = mustRead(t, pack(t, p, plainNG(binary.BigEndian)))
			check(t, ps, ss, 1000)
		})
	}
}

// Every pair of layers is taken off; a third is refused.
func TestNested(t *testing.T) {
	for _, outer := range packers() {
		for _, inner := range packers() {
			ps, r := mustRead(t, pack(t, outer, pack(t, inner, plain())))
			check(t, ps, samples(), 1000)
			if c := r.Info().Compression; !strings.Contains(c, " in ") {
				t.Errorf("compression %q", c)
			}
		}
	}
	gz := packers()[0]
	if _, err := NewReader(bytes.NewReader(pack(t, gz, pack(t, gz, pack(t, gz, plain())))), nil); !errors.Is(err, ErrLimit) {
		t.Errorf("three layers: %v", err)
	}
}

// Files of several members, joined byte by byte.
func TestMembers(t *testing.T) {
	b := plain()
	for _, p := range packers() {
		if p.name == "lzma" {
			continue // has no members
		}
		joined := append(pack(t, p, b[:700]), pack(t, p, b[700:])...)
		ps, _, err := readAll(t, bytes.NewReader(joined), nil)
		if err != nil {
			t.Errorf("%s: %v", p.name, err)
			continue
		}
		check(t, ps, samples(), 1000)
	}
}

func TestTrailing(t *testing.T) {
	for _, p := range packers() {
		packed := pack(t, p, plain())
		zeros := append(bytes.Clone(packed), make([]byte, 512)...)
		ps, _, err := readAll(t, bytes.NewReader(zeros), nil)
		check(t, ps, samples(), 1000)
		if err != nil && (p.name == "gzip" || strings.HasPrefix(p.name, "xz")) {
			t.Errorf("%s with padding: %v", p.name, err)
		}
		garbage := append(bytes.Clone(packed), "garbage behind the data"...)
		ps, _, err = readAll(t, bytes.NewReader(garbage), nil)
		check(t, ps, samples(), 1000)
		if err == nil && p.name != "lzma" { // ends at a marker; nothing can follow
			t.Errorf("%s with garbage: no error", p.name)
		}
	}
}

// A cut file gives a part of the packets, never a wrong one, and an error.
func TestCompressedCut(t *testing.T) {
	ss := samples()
	for _, p := range packers() {
		packed := pack(t, p, plain())
		for n := 1; n < len(packed); n += 13 {
			ps, _, err := readAll(t, bytes.NewReader(packed[:n]), nil)
			if err == nil {
				t.Errorf("%s cut at %d of %d: no error", p.name, n, len(packed))
			}
			check(t, ps, ss[:len(ps)], 1000)
		}
	}
	// In a stream, what was there before the cut comes out.
	big := big(t, 20_000, &WriterOptions{Format: "pcap"})
	for _, p := range packers() {
		if strings.Contains(p.name, " ") {
			continue // the same, with another check sum; or thousands of blocks
		}
		packed := pack(t, p, big)
		ps, _, err := readAll(t, bytes.NewReader(packed[:len(packed)*9/10]), nil)
		if err == nil || len(ps) < 10_000 {
			t.Errorf("%s: %d packets, %v", p.name, len(ps), err)
		}
		var e *Error
		if !errors.As(err, &e) || e.Packet != uint64(len(ps)+1) || !strings.Contains(e.Reason, "data is") {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

// No damage of a byte leads to a panic or to silence where there is a check sum.
func TestCompressedDamage(t *testing.T) {
	for _, p := range packers() {
		packed := pack(t, p, plain())
		for n := len(packed) % 7; n < len(packed); n += 7 {
			bad := bytes.Clone(packed)
			bad[n] ^= 0x55
			_, _, _ = readAll(t, bytes.NewReader(bad), nil)
			if half := len(packed) / 2; n/7 == half/7 && p.name != "lzma" && p.name != "lz4 legacy" && p.name != "xz unchecked, blocks" {
				if _, _, err := readAll(t, bytes.NewReader(bad), nil); err == nil {
					t.Errorf("%s: no error", p.name)
				}
			}
		}
	}
}

// bzip2 of plain(), by bzip2 1.0.8, since Go writes none.
const bzip2Plain = "QlpoOTFBWSZTWeHM+DwAA2B/////////////////////////////////////////////wALXDiCQCTAATAAEwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAMZVM1MaIyYmAjCaYCYAI0DARhMAAAAAAjCaDJgAAAAJpkwAmJo0wJgAABMAAAAjIAV+qlQ000xGQMhiDTQAYjTTCaeoNGjIaGgAZGQMCMEZMgGTBGjTTIN" +
	"NMI0NNGgaA0aNMjQZMTRo0yaBgRoyZAGgKpUlNqaMj0amjZQMymmjNQ2kBtRo0wIGINAAxNGgA00GJ6mJ6mAjCHqeoxMmwo0AMgDAQGgyPRND0JpieUyeIPU" +
	"CGTAjBCAdCEAg0AwdQ/AMIxn+AKKNAOAFAEIgQdAABRQCBGhECAABASESJCpkOmSiJRC300rBwDgYJ2UloKKtcNBQSstBScQLGJgcLMiZHEjg+KEwOLHGDjR" +
	"ZBZRNCbHHCzDjxZxyA5EWgWkTg5IcmOUFqE6LWOVHLDlxORHMRHMxHNRFsiJ4GIGMGQGUMWDMGMBMGAxoJgxwY8MgDOFrQmQM6DIiLSlkgtDQDlkwSygJNIJ" +
	"NQJZUEssCWXBrDMBmQzQNgW5GbBsDOBnQzwZ8NAFgGiDRhpA0oNoN0RfIjtYjtoiXvsR247gdyO6HdjvB3ol4jvhNjvx4Avw8EX8eEPDHiDxRgBgRgh4wnx4" +
	"4wYwgwo8gUA8kTWGE+MOMQMSMUMWMYPKHljGjHDHjIDzB5o84UI88UQ9AeiMiKGIyURk4j0ojKRGViPTCNC8cUI5CER6EI4ISASIS3HCRCSDkByQ5QSYcsJQ" +
	"OYHNCVDnBzw6AdEOkHe6YXEOoHVDrB1w7AZ2IzyJuRnxoB84+gfSPqH1j7BUfaOHH3D7x+A0Q0Y/EfkKcaQaUfmNMP0H6j9hT1AsQ041A1I/caofwNWNYNaP" +
	"5FSKoUtHR0lNS039CqGuGvH9irFYK0TzYCrGxGyGzEkbQV2skyZMmc2o9sbYbcbgf4P9H/DcjdD/xuxvBvRvd8Jffi7kinChIcOZ8Hg="

func TestBzip2(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString(bzip2Plain)
	if err != nil {
		t.Fatal(err)
	}
	ps, r := mustRead(t, b)
	check(t, ps, samples(), 1000)
	if c := r.Info().Compression; c != "bzip2" {
		t.Errorf("compression %q", c)
	}
	ps, _, err = readAll(t, bytes.NewReader(b[:len(b)-20]), nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(ps) > 0 && len(ps) > len(samples()) {
		t.Errorf("%d packets, %v", len(ps), err)
	}
	ps, _ = mustRead(t, append(bytes.Clone(b), pack(t, packers()[0], nil)[:0]...))
	check(t, ps, samples(), 1000)
}

func TestDecompressionLimits(t *testing.T) {
	gz := packers()[0]
	b := pack(t, gz, big(t, 5000, &WriterOptions{Format: "pcap"}))
	ps, _, err := readAll(t, bytes.NewReader(b), &Options{MaxDecompressed: 1 << 20})
	if !errors.Is(err, ErrLimit) || len(ps) == 0 || !strings.Contains(err.Error(), "MaxDecompressed") {
		t.Errorf("%d packets, %v", len(ps), err)
	}
	if _, _, err := readAll(t, bytes.NewReader(b), &Options{MaxDecompressed: -1}); err != nil {
		t.Error(err)
	}
}

// A bomb within a bomb is stopped by its ratio.
func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 300 MiB of zeros")
	}
	zeros := func(w io.Writer) {
		block := make([]byte, 1<<20)
		_, _ = w.Write(plain())
		for range 300 {
			_, _ = w.Write(block)
		}
	}
	var inner bytes.Buffer
	z, err := zstd.NewWriter(&inner)
	if err != nil {
		t.Fatal(err)
	}
	zeros(z)
	_ = z.Close()
	r, err := NewReader(bytes.NewReader(pack(t, packers()[0], inner.Bytes())), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var p Packet
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
	}
	if !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "MaxRatio") {
		t.Error(err)
	}
}

// A dictionary is not allocated because a header says so.
func TestXZDictionary(t *testing.T) {
	for _, c := range []struct {
		code byte
		ok   bool
	}{{24, true}, {30, true}, {31, false}, {40, false}, {41, false}} {
		body := []byte{0, xzLZMA2, 1, c.code, 0, 0, 0}
		if _, err := xzDictionary(body); (err == nil) != c.ok {
			t.Errorf("code %d: %v", c.code, err)
		}
	}
	if n, err := xzDictionary([]byte{0xc0, 99, 0x80, 0x80, 4, xzLZMA2, 1, 30}); n != 1<<16 || err != nil {
		t.Errorf("of a block of 64 KiB: %d, %v", n, err)
	}
	x := xzReader{raw: &countingBytes{n: 1000}}
	for range 10 {
		if err := x.afford(1 << 20); err != nil {
			t.Error(err)
		}
	}
	for range 300 {
		_ = x.afford(1 << 20)
	}
	if err := x.afford(1 << 20); !errors.Is(err, ErrLimit) {
		t.Errorf("many dictionaries: %v", err)
	}
	for name, body := range map[string][]byte{
		"delta": {1, 3, 1, 0, xzLZMA2, 1, 24}, "x86": {0, 4, 0}, "reserved": {4, xzLZMA2, 1, 24}, "empty": {}, "cut": {0, xzLZMA2}, "sizes": {0xc0, 0x80},
	} {
		if _, err := xzDictionary(body); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
)

// chunks reads in pieces of changing odd sizes.
type chunks struct {
	r io.Reader
	n int
}

func (c *chunks) Read(p []byte) (int, error) {
	c.n = (c.n*7 + 3) % 1021
	return c.r.Read(p[:min(len(p), c.n+1)])
}

// inputs is one capture of each kind, among them broken ones.
func inputs(tb testing.TB) map[string][]byte {
	le := binary.LittleEndian
	nokia := classicFile{magic: magicMicro, snap: 65535, link: 1, head: func(b []byte, s sample) []byte { return recordHead(le, b, s, []byte{9, 9, 9, 9}) }}
	m := map[string][]byte{
		"pcap": plain(), "pcapng": plainNG(binary.BigEndian), "everything": everything(le), "nokia": nokia.bytes(samples()),
		"cut": plain()[:500], "ng cut": plainNG(le)[:500], "joined": append(plain(), plain()...),
		"big": big(tb, 5000, nil), "big pcap": big(tb, 5000, &WriterOptions{Format: "pcap", BigEndian: true}), "text": []byte("hello"), "empty": nil,
	}
	for _, p := range packers()[:4] {
		m[p.name] = pack(tb, p, plain())
	}
	m["cut gzip"] = m["gzip"][:400]
	return m
}

// How the input is cut into reads makes no difference: same packets, same error, same Info.
func TestChunking(t *testing.T) {
	for name, b := range inputs(t) {
		want, wr, wantErr := readAll(t, bytes.NewReader(b), nil)
		for how, in := range map[string]io.Reader{
			"chunks": &chunks{r: bytes.NewReader(b)}, "one byte": iotest.OneByteReader(bytes.NewReader(b)),
			"half": iotest.HalfReader(bytes.NewReader(b)), "data and error": iotest.DataErrReader(bytes.NewReader(b)),
		} {
			got, gr, err := readAll(t, in, nil)
			if !reflect.DeepEqual(got, want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Errorf("%s, %s: %d packets and %v, not %d and %v", name, how, len(got), err, len(want), wantErr)
			}
			if (gr == nil) != (wr == nil) || gr != nil && !reflect.DeepEqual(gr.Info(), wr.Info()) {
				t.Errorf("%s, %s: Info differs", name, how)
			}
		}
	}
}

// Packets are not rewritten by what is read after them, and cannot grow into each other.
func TestShared(t *testing.T) {
	for _, o := range []*WriterOptions{nil, {Format: "pcap"}} {
		b := big(t, 10_000, o)
		ps, _, err := readAll(t, &chunks{r: bytes.NewReader(b)}, nil)
		if err != nil || len(ps) != 10_000 {
			t.Fatal(len(ps), err)
		}
		for _, p := range ps {
			if cap(p.Data) != len(p.Data) {
				t.Fatalf("packet %d can grow", p.Number)
			}
			for i, c := range p.Data {
				if c != byte(i) {
					t.Fatalf("packet %d was rewritten", p.Number)
				}
			}
		}
	}
}

// Memory follows the input, not its length fields.
func TestNoAllocationByLength(t *testing.T) {
	le := binary.LittleEndian
	f := ngFile{o: le}
	f.section(nil)
	f.iface(1, 0, nil)
	lie := append(f.b, 6, 0, 0, 0)
	lie = le.AppendUint32(lie, 100<<20)
	lie = append(lie, make([]byte, 100)...)
	usb := classicFile{magic: magicMicro, link: 249}.bytes(nil)
	usb = append(usb, make([]byte, 8)...)
	usb = le.AppendUint32(usb, 100<<20)
	usb = append(usb, make([]byte, 100)...)
	for name, b := range map[string][]byte{"pcapng": lie, "pcap": usb} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, _, err := readAll(t, struct{ io.Reader }{bytes.NewReader(b)}, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 3<<20 {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
	}
}

func TestAllocations(t *testing.T) {
	f := ngFile{o: binary.LittleEndian}
	f.section(nil)
	f.iface(1, 0, nil)
	for range 3000 {
		f.packet(0, 1, []byte{1, 2, 3}, 3, f.option(nil, 2, []byte{1, 0, 0, 0}))
	}
	for name, b := range map[string][]byte{
		"pcap": big(t, 3000, &WriterOptions{Format: "pcap"}), "pcapng": big(t, 3000, nil), "options": f.b, "simple": simples(3000),
	} {
		r, err := NewReaderAt(name, bytes.NewReader(b), int64(len(b)), nil)
		if err != nil {
			t.Fatal(err)
		}
		var p Packet
		if n := testing.AllocsPerRun(2000, func() {
			if err := r.Next(&p); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a packet", name, n)
		}
	}
}

func simples(n int) []byte {
	f := ngFile{o: binary.LittleEndian}
	f.section(nil)
	f.iface(1, 0, nil)
	for range n {
		f.block(blockSimple, []byte{1, 0, 0, 0, 5})
	}
	return f.b
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.bin")
	if err := os.WriteFile(path, plain(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var p Packet
	if err := r.Next(&p); err != nil {
		t.Fatal(err)
	}
	if done, total := r.Position(); total != int64(len(plain())) || done == 0 || done > total {
		t.Errorf("position %d of %d", done, total)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Next(&p); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := Open(dir, nil); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(dir, "none"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	fsys := fstest.MapFS{"a.pcap": {Data: plain()}, "b.pcap": {Data: []byte("text")}}
	r, err = OpenFS(fsys, "a.pcap", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Next(&p); err != nil || p.Time().Year() != 2023 {
		t.Error(p.Time(), err)
	}
	_ = r.Close()
	var e *Error
	if _, err := OpenFS(fsys, "b.pcap", nil); !errors.As(err, &e) || e.Name != "b.pcap" {
		t.Error(err)
	}
	if _, err := OpenFS(fsys, "c.pcap", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

var errBroken = errors.New("disk on fire")

func TestReadErrors(t *testing.T) {
	b := plain()
	for n := range len(b) {
		in := io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(errBroken))
		if _, _, err := readAll(t, in, nil); !errors.Is(err, errBroken) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
	gz := pack(t, packers()[0], b)
	if _, _, err := readAll(t, io.MultiReader(bytes.NewReader(gz[:300]), iotest.ErrReader(errBroken)), nil); !errors.Is(err, errBroken) {
		t.Errorf("gzip: %v", err)
	}
	if _, _, err := readAll(t, struct{ io.Reader }{stuck{}}, nil); err == nil || !strings.Contains(err.Error(), "no bytes and no error") {
		t.Errorf("stuck: %v", err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// What an input is, if no capture.
func TestForeign(t *testing.T) {
	tar := append(make([]byte, 257), "ustar\x0000"...)
	for in, want := range map[string]string{
		"":                                  "is empty",
		"PK\x03\x04rest":                    "is a Zip archive, not a pcap or pcapng capture: unpack",
		"7z\xbc\xaf\x27\x1c\x00\x04":        "7-Zip",
		string(tar):                         "is a tar archive",
		"snoop\x00\x00\x00\x00\x00\x00\x02": "is a snoop capture, not a pcap or pcapng capture: not supported: convert",
		"GMBU\x00\x02":                      "Network Monitor 2",
		"<!DOCTYPE html>":                   "is an HTML page",
		"just some words\n":                 "is text",
		"gr\u00fc\u00dfe":                   "is text",
		"\x00\x00\x00\x00\x00\x00":          "begins with zeros",
		"\xde\xad\xbe\xef\x00":              "it begins with de ad be ef",
		"\xd4\xc3":                          "it begins with d4 c3",
		"\xd4\xc3\xb2\xa1\x02":              "header is cut short, 5 of 24",
		"\x0a\x0d\x0d\x0a\x1c\x00":          "section header is cut short",
		"\x0a\x0d\x0a\x1c":                  "lost bytes",
		"\x0d\x0a\x0d\x0d\x0a\x1c":          "gained bytes",
		"\x1f\x8b\x08\x00":                  "gzip data is cut short",
		"\x1f\x8b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff": "gzip data is",
		"\xfd7zXZ\x00\x00\x00\x00\x00\x00\x00":             "xz data is damaged",
		string(pack(t, packers()[0], []byte("hello"))):     "decompressed from gzip, it is text",
		string(pack(t, packers()[2], nil)):                 "decompressed from xz, it is empty",
	} {
		_, err := NewReader(strings.NewReader(in), nil)
		var e *Error
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &e) || e.Packet != 0 {
			t.Errorf("%q: %v", in[:min(len(in), 20)], err)
		}
	}
}

func TestErrorMessage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "cut.pcap")
	if err := os.WriteFile(path, plain()[:130], 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var p Packet
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
	}
	for _, part := range []string{"pcap: ", path, "packet 3 at offset 116", "14 of 16 bytes", "ends in the middle of a packet", "packets read before it: 2"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
}

// The numbers that differ between systems.
func TestLinkNumbers(t *testing.T) {
	for in, want := range map[LinkType]LinkType{11: 100, 12: 101, 14: 101, 1: 1, 101: 101} {
		if got := registered(in); got != want {
			t.Errorf("%d: %d, not %d", in, got, want)
		}
	}
	for in, want := range map[LinkType]LinkType{6: 1, 9: 6, 15: 10, 24: 0} {
		if got := in; !aixLink(&got) || got != want {
			t.Errorf("AIX %d: %d, not %d", in, got, want)
		}
	}
	seen := map[string]LinkType{}
	for l := range LinkType(400) {
		s := l.String()
		if other, ok := seen[s]; ok {
			t.Errorf("%d and %d are both %s", l, other, s)
		}
		seen[s] = l
	}
}

func TestNames(t *testing.T) {
	for l, want := range map[LinkType]string{1: "ETHERNET", 276: "LINUX_SLL2", 147: "USER0", 162: "USER15", 9999: "9999"} {
		if got := l.String(); got != want {
			t.Errorf("%d: %s", l, got)
		}
	}
	if LinkType(123).PseudoHeader() != 4 || LinkEthernet.PseudoHeader() != 0 {
		t.Error("pseudo headers")
	}
	for r, want := range map[Resolution]string{0: "seconds", 3: "milliseconds", 6: "microseconds", 9: "nanoseconds", 7: "10^-7 s", 0x8a: "2^-10 s"} {
		if got := r.String(); got != want {
			t.Errorf("%d: %s", r, got)
		}
	}
	if Microseconds.Duration().String() != "1µs" || Resolution(0x81).Duration().String() != "500ms" || Resolution(100).Duration() != 1 {
		t.Error("durations")
	}
}

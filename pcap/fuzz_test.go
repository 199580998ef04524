package pcap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
)

// fuzzOne reads b whole and in small pieces and compares; no input may panic, hang, or give what is not in it.
func fuzzOne(t *testing.T, b []byte, compressed bool) {
	o := &Options{MaxDecompressed: 1 << 20, MaxMetadata: 1 << 16}
	one, err := fuzzRead(t, bytes.NewReader(b), o, len(b), compressed)
	two, err2 := fuzzRead(t, iotest.HalfReader(bytes.NewReader(b)), o, len(b), compressed)
	if one != two || fmt.Sprint(err) != fmt.Sprint(err2) {
		t.Fatalf("%s, %v; in pieces %s, %v", one, err, two, err2)
	}
}

func fuzzRead(t *testing.T, in io.Reader, o *Options, size int, compressed bool) (string, error) {
	r, err := NewReader(in, o)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var p Packet
	var sum uint32
	bytes := 0
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
		bytes += len(p.Data)
		for _, c := range p.Data {
			sum = sum*31 + uint32(c)
		}
		sum += uint32(p.Nanos) + p.Length + p.Interface
		if int(p.Length) < len(p.Data) {
			t.Fatalf("packet %d: %d bytes of %d", p.Number, len(p.Data), p.Length)
		}
		_, _ = r.Meta()
	}
	i := r.Info()
	if !compressed && bytes > size || i.Bytes != uint64(bytes) {
		t.Fatalf("%d bytes of packets from %d, Info %d", bytes, size, i.Bytes)
	}
	return fmt.Sprintf("%d packets, %d bytes, %x, %v", i.Packets, bytes, sum, i.Blocks), err
}

func FuzzPcap(f *testing.F) {
	for name, b := range inputs(f) {
		if len(b) < 10_000 && len(b) > 24 && name != "gzip" {
			f.Add(b)
		}
	}
	for _, magic := range []uint32{magicMicro, magicNano, magicModified, magicIxiaHW} {
		f.Add(classicFile{magic: magic, major: 2, minor: 2, link: 6}.bytes(samples()[3:]))
		f.Add(classicFile{order: binary.BigEndian, magic: magic, major: 2, minor: 3, link: 1}.bytes(samples()[3:]))
	}
	f.Fuzz(func(t *testing.T, b []byte) { fuzzOne(t, b, true) })
}

func FuzzPcapng(f *testing.F) {
	for _, o := range orders() {
		f.Add(everything(o))
		f.Add(plainNG(o))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzzOne(t, append([]byte(sectionMagic), b...), false)
		fuzzOne(t, b, true)
	})
}

func FuzzCompressed(f *testing.F) {
	for _, p := range packers() {
		f.Add(pack(f, p, plain()))
	}
	f.Add(pack(f, packers()[0], pack(f, packers()[2], plain())))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzOne(t, b, true) })
}

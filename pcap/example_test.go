package pcap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/wirelore/wirelore/pcap"
)

func ExampleOpen() {
	path := filepath.Join(os.TempDir(), "wirelore-example.pcap")
	defer os.Remove(path)
	if err := os.WriteFile(path, capture(), 0o600); err != nil {
		log.Fatal(err)
	}

	r, err := pcap.Open(path, nil)
	if err != nil {
		log.Fatal(err) // no capture: the error says what it is instead
	}
	defer r.Close()
	var p pcap.Packet
	for {
		err := r.Next(&p)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err) // damaged: all packets before the damage have been seen
		}
		fmt.Println(p.Number, p.Time().Format(time.RFC3339Nano), p.Link, len(p.Data), "of", p.Length)
	}
	fmt.Println(r.Info().Format, r.Info().Resolution)
	// Output:
	// 1 2023-11-14T22:13:20.000000001Z ETHERNET 3 of 3
	// 2 2023-11-14T22:13:21Z RAW 2 of 1500
	// pcapng nanoseconds
}

func ExampleNewWriter() {
	var buf bytes.Buffer
	w, err := pcap.NewWriter(&buf, &pcap.WriterOptions{Format: "pcap", Resolution: pcap.Microseconds})
	if err != nil {
		log.Fatal(err)
	}
	if err := w.Write(&pcap.Packet{Data: []byte{1, 2, 3}, Link: pcap.LinkEthernet}); err != nil {
		log.Fatal(err)
	}
	err = w.Write(&pcap.Packet{Data: []byte{1, 2, 3}, Link: pcap.LinkRaw})
	fmt.Println(errors.Is(err, pcap.ErrLinkType)) // pcapng could hold both
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(buf.Len(), "bytes")
	// Output:
	// true
	// 43 bytes
}

// A broken file gives its packets, then an error that tells the place.
func ExampleError() {
	b := capture()
	r, err := pcap.NewReader(bytes.NewReader(b[:len(b)-10]), nil)
	if err != nil {
		log.Fatal(err)
	}
	var p pcap.Packet
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
	}
	var e *pcap.Error
	if errors.As(err, &e) {
		fmt.Println("packets read:", e.Packet-1, "broken at:", e.Offset)
	}
	// Output:
	// packets read: 1 broken at: 128
}

func capture() []byte {
	var buf bytes.Buffer
	w, err := pcap.NewWriter(&buf, nil)
	if err != nil {
		log.Fatal(err)
	}
	start := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC).UnixNano()
	for _, p := range []pcap.Packet{
		{Data: []byte{1, 2, 3}, Nanos: start + 1, Length: 3, Link: pcap.LinkEthernet},
		{Data: []byte{4, 5}, Nanos: start + 1e9, Length: 1500, Link: pcap.LinkRaw},
	} {
		if err := w.Write(&p); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	return buf.Bytes()
}

package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/wirelore/wirelore"
)

func TestBar(t *testing.T) {
	var out bytes.Buffer
	b := &bar{w: &out}
	p := wirelore.Progress{Name: "dir/x.pcap", Stage: "analyse", Done: 500e6, Total: 1000e6, Packets: 1234567, Elapsed: 10 * time.Second}
	b.draw(p)
	want := "\r\x1b[Kanalyse  [############------------]  50 %  500.0 MB of 1.0 GB  1,234,567 packets  50.0 MB/s  10s to go"
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
	out.Reset()
	p.Total = -1 // a pipe
	b.names = true
	b.draw(p)
	if want := "\r\x1b[Kanalyse x.pcap  500.0 MB  1,234,567 packets  50.0 MB/s"; out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
	out.Reset()
	p.Stage = "done"
	b.draw(p)
	b.clear()
	if out.String() != "\r\x1b[K" {
		t.Errorf("the line is not cleared once: %q", out.String())
	}
}

func TestNoBar(t *testing.T) {
	var b *bar // nobody would see it
	if b.progress() != nil {
		t.Error("progress is reported to nobody")
	}
	b.clear()
}

func TestUnits(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1234567: "1.2 MB", 5e15: "5000.0 TB"} {
		if got := size(n); got != want {
			t.Errorf("size %d: %s, want %s", n, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands %d: %s, want %s", n, got, want)
		}
	}
	for s, want := range map[float64]string{0.0000015: "2µs", 1.5: "1.5s", 269.004: "4m29s", 100000: "1d 3h46m40s"} {
		if got := span(s); got != want {
			t.Errorf("span %v: %s, want %s", s, got, want)
		}
	}
	if !strings.HasPrefix(timeText(0), "1970-01-01T00:00:00.000000Z") {
		t.Error(timeText(0))
	}
}

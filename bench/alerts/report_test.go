//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func eve(t *testing.T, lines ...string) []alert {
	t.Helper()
	name := filepath.Join(t.TempDir(), "eve.json")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := readEVE(name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	one = `{"event_type":"alert","pcap_cnt":7,"src_ip":"10.0.0.1","src_port":1,"dest_ip":"10.0.0.2","dest_port":80,"proto":"TCP",` +
		`"app_proto":"http","alert":{"signature_id":1,"signature":"one"}}`
	back = `{"event_type":"alert","pcap_cnt":8,"src_ip":"10.0.0.2","src_port":80,"dest_ip":"10.0.0.1","dest_port":1,"proto":"TCP",` +
		`"alert":{"signature_id":1,"signature":"one"}}`
	shares = `{"event_type":"alert","src_ip":"10.0.0.1","src_port":9,"dest_ip":"10.0.0.2","dest_port":445,"proto":"TCP",` +
		`"app_proto":"smb","alert":{"signature_id":2,"signature":"two"}}`
	other = `{"event_type":"flow","src_ip":"10.0.0.1"}`
)

func TestReportCountsMultisets(t *testing.T) {
	r := newReport([]string{"smb"})
	r.add("a.pcap", eve(t, one, one, back, other), eve(t, one, back, back, shares))
	if want := (count{common: 2, ours: 1, theirs: 2}); r.all != want {
		t.Errorf("all: %+v, want %+v", r.all, want)
	}
	if want := (count{common: 2, ours: 1, theirs: 1}); r.built != want {
		t.Errorf("without smb: %+v, want %+v", r.built, want)
	}
	if c := r.byApp["http"]; c == nil || *c != r.built { // the way back counts with its flow
		t.Errorf("http: %+v", c)
	}
	if r.differ != 1 || len(r.details) != 3 || r.byRule[2].theirs != 1 {
		t.Errorf("differ %d, details %v", r.differ, r.details)
	}
	r.add("b.pcap", eve(t, one), eve(t, one))
	if r.differ != 1 || r.captures != 2 {
		t.Errorf("equal captures count as different")
	}
}

func TestMarkCapture(t *testing.T) {
	b := markCapture()
	sum := uint32(0)
	for i := 40; i < 60; i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if sum = sum&0xffff + sum>>16; sum != 0xffff {
		t.Errorf("the IP header's checksum is wrong: %#x", sum)
	}
}

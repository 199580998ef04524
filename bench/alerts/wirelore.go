//go:build unix

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// markSID is the sid of the rule that finds our own captures.
const markSID = 999999999

const mark = "wirelore-alerts-mark"

// runWirelore returns wirelore's alerts of each capture. The captures go through few processes, as links in a folder; between them
// stand captures of one packet that a rule of ours finds. When a process fails, the capture it stopped in is told and left out.
func runWirelore(o *options, dir string, captures []capture, r *report) ([][]alert, error) {
	text, err := os.ReadFile(o.rules)
	if err != nil {
		return nil, err
	}
	rules := filepath.Join(dir, "rules")
	text = fmt.Appendf(text, "\nalert udp any any -> any 9 (msg:%q; content:%q; startswith; sid:%d;)\n", mark, mark, markSID)
	if err := os.WriteFile(rules, text, 0o644); err != nil {
		return nil, err
	}
	marker := filepath.Join(dir, "mark.pcap")
	if err := os.WriteFile(marker, markCapture(), 0o644); err != nil {
		return nil, err
	}
	out := make([][]alert, len(captures))
	const batch = 400
	for at := 0; at < len(captures); {
		n := min(batch, len(captures)-at)
		parts, err := oneProcess(o, dir, rules, marker, captures[at:at+n])
		if len(parts) > n {
			return nil, fmt.Errorf("%d captures gave %d parts", n, len(parts))
		}
		copy(out[at:], parts)
		at += len(parts)
		switch {
		case err == nil && len(parts) < n:
			return nil, fmt.Errorf("%d captures gave %d parts", n, len(parts))
		case err != nil && len(parts) < n:
			r.failed = append(r.failed, fmt.Sprintf("%s: %v", captures[at].name, err))
			at++
		}
	}
	return out, nil
}

// oneProcess returns the alerts of as many captures as one process came through.
func oneProcess(o *options, dir, rules, marker string, captures []capture) ([][]alert, error) {
	in, eve := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	for _, d := range []string{in, eve} {
		if err := os.RemoveAll(d); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	for i, c := range captures {
		if err := os.Symlink(c.path, filepath.Join(in, fmt.Sprintf("%06d.pcap", 2*i))); err != nil {
			return nil, err
		}
		if err := os.Symlink(marker, filepath.Join(in, fmt.Sprintf("%06d.pcap", 2*i+1))); err != nil {
			return nil, err
		}
	}
	args := append(strings.Fields(o.wirelore), "-S", rules, "-l", eve, "-r", in)
	cmd := exec.Command(args[0], args[1:]...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	ran := cmd.Run()
	alerts, err := readEVE(filepath.Join(eve, "eve.json"))
	if err != nil {
		return nil, errors.Join(ran, err, errors.New(stderr.String()))
	}
	var parts [][]alert
	var part []alert
	for _, a := range alerts {
		if a.SID == markSID {
			parts = append(parts, part)
			part = nil
			continue
		}
		part = append(part, a)
	}
	if ran != nil {
		text := stderr.String()
		if i := strings.Index(text, "panic:"); i >= 0 {
			text = text[i:min(len(text), i+300)]
		}
		ran = fmt.Errorf("%w: %s", ran, text)
	}
	return parts, ran
}

// markCapture is a capture of one UDP packet with the mark.
func markCapture() []byte {
	le, be := binary.LittleEndian, binary.BigEndian
	udp := be.AppendUint16(nil, 9)
	udp = be.AppendUint16(udp, 9)
	udp = be.AppendUint16(udp, uint16(8+len(mark)))
	udp = append(udp, 0, 0) // no checksum
	udp = append(udp, mark...)
	ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	be.PutUint16(ip[2:], uint16(len(ip)+len(udp)))
	sum := uint32(0)
	for i := 0; i < len(ip); i += 2 {
		sum += uint32(be.Uint16(ip[i:]))
	}
	be.PutUint16(ip[10:], ^uint16(sum+sum>>16))
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = le.AppendUint32(b, 2|4<<16)
	for _, v := range []uint32{0, 0, 65535, 101} { // raw IP
		b = le.AppendUint32(b, v)
	}
	for _, v := range []uint32{1, 0, uint32(len(ip) + len(udp)), uint32(len(ip) + len(udp))} {
		b = le.AppendUint32(b, v)
	}
	return append(append(b, ip...), udp...)
}

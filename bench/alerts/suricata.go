//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// runSuricata returns Suricata's alerts of each capture. It is started only when a capture is not in the cache.
func runSuricata(o *options, dir string, captures []capture) ([][]alert, error) {
	cache := o.cache
	if cache == "" {
		cache = dir
	}
	sum, err := hashFile(o.rules, o.suricata)
	if err != nil {
		return nil, err
	}
	cache = filepath.Join(cache, sum)
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	var s *suricata
	defer func() { s.close() }()
	out := make([][]alert, len(captures))
	for i, c := range captures {
		name := filepath.Join(cache, c.sum+".json")
		_, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			if s == nil {
				if s, err = startSuricata(o, dir); err != nil {
					return nil, err
				}
			}
			err = s.read(c.path, name)
		}
		if err == nil {
			out[i], err = readEVE(name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return out, nil
}

// suricata is a process that reads captures as its command socket says.
type suricata struct {
	cmd  *exec.Cmd
	conn net.Conn
	in   *bufio.Reader
	dir  string
}

func startSuricata(o *options, dir string) (*suricata, error) {
	rules, err := filepath.Abs(o.rules)
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "suricata")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "socket")
	args := append(strings.Fields(o.suricata), "-S", rules, "-l", dir, "--unix-socket="+socket)
	s := &suricata{cmd: exec.Command(args[0], args[1:]...), dir: dir}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 1200 { // it loads its rules first
		time.Sleep(250 * time.Millisecond)
		if s.conn, err = net.Dial("unix", socket); err == nil {
			break
		}
	}
	if err == nil {
		s.in = bufio.NewReader(s.conn)
		_, err = s.ask(map[string]any{"version": "0.2"})
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close ends the process.
func (s *suricata) close() {
	if s == nil {
		return
	}
	if s.conn != nil {
		_, _ = s.ask(map[string]any{"command": "shutdown"})
		_ = s.conn.Close()
	} else {
		_ = s.cmd.Process.Kill()
	}
	_ = s.cmd.Wait()
}

func (s *suricata) ask(request any) (any, error) {
	b, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	if _, err := s.conn.Write(append(b, '\n')); err != nil {
		return nil, err
	}
	line, err := s.in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var a struct {
		Return  string `json:"return"`
		Message any    `json:"message"`
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, err
	}
	if a.Return != "OK" {
		return nil, fmt.Errorf("the socket says %v", a.Message)
	}
	return a.Message, nil
}

// read lets Suricata read a capture and keeps the alerts.
func (s *suricata) read(path, name string) error {
	dir := filepath.Join(s.dir, "out")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	args := map[string]any{"filename": path, "output-dir": dir}
	if _, err := s.ask(map[string]any{"command": "pcap-file", "arguments": args}); err != nil {
		return err
	}
	for {
		time.Sleep(30 * time.Millisecond)
		waiting, err := s.ask(map[string]any{"command": "pcap-file-number"})
		if err != nil {
			return err
		}
		current, err := s.ask(map[string]any{"command": "pcap-current"})
		if err != nil {
			return err
		}
		if waiting == float64(0) && current == "None" {
			break
		}
	}
	in, err := os.Open(filepath.Join(dir, "eve.json"))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	var kept []byte
	err = lines(in, func(line []byte) error {
		if isAlert(line) {
			kept = append(kept, line...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return os.WriteFile(name, kept, 0o644)
}

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// key is what has to agree.
type key struct {
	SID              uint32
	Proto            string
	SrcIP, DestIP    string
	SrcPort, DstPort uint16
}

func (k key) String() string {
	return fmt.Sprintf("%d %s %s:%d -> %s:%d", k.SID, k.Proto, k.SrcIP, k.SrcPort, k.DestIP, k.DstPort)
}

// alert is one alert of an eve.json.
type alert struct {
	key
	Msg      string
	AppProto string
	Packet   uint64
}

// isAlert tells whether a line may be an alert, without parsing it.
func isAlert(line []byte) bool { return bytes.Contains(line, []byte(`"event_type":"alert"`)) }

// readEVE returns the alerts of an eve.json.
func readEVE(name string) ([]alert, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var out []alert
	err = lines(f, func(line []byte) error {
		if !isAlert(line) {
			return nil
		}
		a, err := parseAlert(line)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

func parseAlert(line []byte) (alert, error) {
	var e struct {
		Proto    string `json:"proto"`
		SrcIP    string `json:"src_ip"`
		DestIP   string `json:"dest_ip"`
		SrcPort  uint16 `json:"src_port"`
		DestPort uint16 `json:"dest_port"`
		AppProto string `json:"app_proto"`
		Packet   uint64 `json:"pcap_cnt"`
		Alert    struct {
			SID uint32 `json:"signature_id"`
			Msg string `json:"signature"`
		} `json:"alert"`
	}
	err := json.Unmarshal(line, &e)
	return alert{
		key: key{SID: e.Alert.SID, Proto: e.Proto, SrcIP: e.SrcIP, DestIP: e.DestIP, SrcPort: e.SrcPort, DstPort: e.DestPort},
		Msg: e.Alert.Msg, AppProto: e.AppProto, Packet: e.Packet,
	}, err
}

// lines calls fn with each line, borrowed.
func lines(r io.Reader, fn func(line []byte) error) error {
	b := bufio.NewReaderSize(r, 1<<20)
	var long []byte
	for {
		part, err := b.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, part...)
			continue
		case len(long) > 0:
			long = append(long, part...)
			part = long
		}
		if len(part) > 0 {
			if err := fn(part); err != nil {
				return err
			}
		}
		long = long[:0]
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// hashFile is a short name for the content of a file and some text.
func hashFile(path, text string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	if text != "" {
		_, _ = h.Write([]byte("\x00" + text))
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

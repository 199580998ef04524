package sig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/sig/rule"
)

// trial is rules on a capture with the alerts that must come. WIRELORE_SURICATA, the path of a Suricata 7.0, has it asked
// for the same: what these tests expect is what it was observed to do, but for trials that say otherwise.
type trial struct {
	rules      string
	want       string            // as outcome writes it
	thresholds string            // a threshold.config
	lists      map[string]string // files that rules name
	limit      int               // AlertsPerPacket; 0: no limit
	order      []string          // ActionOrder
	differs    string            // why Suricata is not asked
}

func (x *trial) options(t testing.TB) Options {
	t.Helper()
	o := Options{AlertsPerPacket: x.limit, ActionOrder: x.order}
	if o.AlertsPerPacket == 0 {
		o.AlertsPerPacket = 1 << 12
	}
	vars := rule.DefaultVars()
	var bad []*rule.Problem
	if o.Thresholds, bad = vars.ParseThresholds("threshold.config", x.thresholds); len(bad) > 0 {
		t.Fatal(bad[0])
	}
	data := fstest.MapFS{}
	for name, text := range x.lists {
		data[name] = &fstest.MapFile{Data: []byte(text)}
	}
	o.Data = data
	return o
}

// check demands the alerts, of one worker and of three.
func (x trial) check(t *testing.T, capture []byte) {
	t.Helper()
	rs := compile(t, x.rules, x.options(t))
	for _, workers := range []int{1, 3} {
		if got := outcome(t, eveOf(t, rs, capture, workers, "alert", "packet")); got != x.want {
			t.Errorf("%d workers:\n got %s\nwant %s", workers, got, x.want)
		}
	}
	if x.differs == "" {
		if got, ok := x.suricata(t, capture); ok && got != x.want {
			t.Errorf("Suricata:\n got %s\nwant %s", got, x.want)
		}
	}
}

// eveOf runs rules over a capture and returns the EVE records of the types, all for none.
func eveOf(t testing.TB, rs *RuleSet, capture []byte, workers int, types ...string) []byte {
	t.Helper()
	p := flow.Suricata()
	var out bytes.Buffer
	e, err := wirelore.New(wirelore.Config{Analyzers: append(wirelore.Analyzers(), rs.Analyzer()), Profile: &p, Workers: workers,
		EVE: &wirelore.EVEOutput{Types: func(event string) bool { return len(types) == 0 || slices.Contains(types, event) }},
		Sink: wirelore.SinkFunc(func(_ context.Context, r *wirelore.Record) error {
			out.Write(r.Line)
			out.WriteByte('\n')
			return nil
		})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(t.Context(), wirelore.Reader("made", bytes.NewReader(capture))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// outcome writes EVE's records of alerts as sid@packet, with /tx where there is a transaction, and tagged packets as
// tag@packet, in the order of packets. A packet of 0 is the end of a direction.
func outcome(t testing.TB, eve []byte) string {
	t.Helper()
	type item struct {
		packet uint64
		sid    uint32
		text   string
	}
	var all []item
	for line := range bytes.Lines(eve) {
		var r struct {
			Event  string  `json:"event_type"`
			Packet uint64  `json:"pcap_cnt"`
			Tx     *uint64 `json:"tx_id"`
			Alert  struct {
				SID uint32 `json:"signature_id"`
			} `json:"alert"`
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		i := item{packet: r.Packet, sid: r.Alert.SID, text: fmt.Sprintf("%d@%d", r.Alert.SID, r.Packet)}
		switch {
		case r.Event == "packet":
			i.text = fmt.Sprintf("tag@%d", r.Packet)
		case r.Event != "alert":
			continue
		case r.Tx != nil:
			i.text += fmt.Sprintf("/%d", *r.Tx)
		}
		all = append(all, i)
	}
	slices.SortStableFunc(all, func(a, b item) int {
		if a.packet != b.packet {
			return int(a.packet) - int(b.packet)
		}
		return int(a.sid) - int(b.sid)
	})
	var b strings.Builder
	for i := range all {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(all[i].text)
	}
	return b.String()
}

// suricata asks Suricata, if it is there.
func (x *trial) suricata(t testing.TB, capture []byte) (string, bool) {
	t.Helper()
	program := os.Getenv("WIRELORE_SURICATA")
	if program == "" {
		return "", false
	}
	dir := t.TempDir()
	files := map[string]string{"in.pcap": string(capture), "test.rules": x.rules, "threshold.config": x.thresholds}
	maps.Copy(files, x.lists)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	limit := x.limit
	if limit == 0 {
		limit = 255
	}
	args := []string{"-r", "in.pcap", "-S", "test.rules", "-l", ".", "-k", "none", "--runmode", "single", "--set", "threshold-file=threshold.config",
		"--set", fmt.Sprintf("packet-alert-max=%d", limit)}
	c := exec.Command(program, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("<Error>")) || bytes.Contains(out, []byte("E: ")) {
		t.Errorf("Suricata: %v\n%s", err, out)
	}
	eve, err := os.ReadFile(filepath.Join(dir, "eve.json"))
	if err != nil {
		t.Fatal(err)
	}
	return outcome(t, eve), true
}

// lines judges rules that differ in their options alone, one a line. Those behind a + must match somewhere in the capture,
// those behind a - must not.
func lines(t *testing.T, capture []byte, header, text string) {
	t.Helper()
	var x trial
	options := map[string]string{}
	wanted := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		sid := fmt.Sprint(len(options) + 1)
		options[sid], wanted[sid] = line[2:], line[0] == '+'
		x.rules += fmt.Sprintf("alert %s (%s sid:%s;)\n", header, line[2:], sid)
	}
	judged := func(who, got string) {
		found := map[string]bool{}
		for f := range strings.FieldsSeq(got) {
			sid, _, _ := strings.Cut(f, "@")
			found[sid] = true
		}
		for n := range len(options) {
			sid := fmt.Sprint(n + 1)
			if found[sid] != wanted[sid] {
				t.Errorf("%s: matched is %v, not %v: %s", who, found[sid], wanted[sid], options[sid])
			}
		}
	}
	rs := compile(t, x.rules, x.options(t))
	judged("here", outcome(t, eveOf(t, rs, capture, 1, "alert")))
	if got, ok := x.suricata(t, capture); ok {
		judged("Suricata", got)
	}
}

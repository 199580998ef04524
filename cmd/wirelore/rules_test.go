package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// checked runs "rules check --json" on a file of that content, and demands that it takes a bounded time.
func checked(t *testing.T, name string, text []byte, flags ...string) (rep checkReport, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	began := time.Now()
	code = execute(t.Context(), append([]string{"rules", "check", "--json", file}, flags...), &out, &errs)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if err := json.Unmarshal(out.Bytes(), &rep); err != nil {
		t.Fatalf("exit code %d, %s: %v", code, errs.String(), err)
	}
	return rep, code
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const rareRule = "alert tcp any any -> any any (msg:\"x\"; content:\"rare stuff\"; sid:7;)\n"

// TestCheckHostile demands a report, whatever the file holds.
func TestCheckHostile(t *testing.T) {
	noise := make([]byte, 1<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	rule := func(option string) string {
		return "alert tcp any any -> any any (content:\"rare stuff\"; " + option + " sid:9;)\n"
	}
	for _, c := range []struct {
		name    string
		text    []byte
		loaded  int
		refused int // -1: some
		reason  string
		slow    string
	}{
		{"noise", noise, 0, -1, "", ""},
		{"zeros", make([]byte, 1<<20), 0, 1, "bytes", ""},
		{"long", []byte(rareRule + rule("content:\""+strings.Repeat("a", 1<<20)+"\";")), 1, 1, "more than 8191", ""},
		{"options", []byte(rule(strings.Repeat("content:\"ab\";", 700)) + rareRule), 1, 1, "more than 8191", ""},
		{"brackets", []byte("alert tcp " + strings.Repeat("[", 4000) + " any -> any any (sid:1;)\n" + rareRule), 1, 1, "", ""},
		{"backtracking", []byte(rule(`pcre:"/(a+)+(b+)+\1$/";`)), 1, 0, "", "needs backtracking"},
		{"nested", []byte(rule(`pcre:"/((((a{1,500}){1,500}){1,500}){1,500})/";`) + rareRule), 1, 1, "pcre", ""},
		{"none", nil, 0, 0, "", ""},
		{"gzip", packed(t, rareRule+rule("nosuch;")), 1, 1, "there is no keyword nosuch", ""},
		{"x.rules.gz", packed(t, rareRule), 1, 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			rep, code := checked(t, c.name, c.text)
			if want := min(len(rep.Refused), 1); code != want {
				t.Errorf("exit code %d", code)
			}
			if rep.Loaded != c.loaded || c.refused >= 0 && len(rep.Refused) != c.refused || c.refused < 0 && len(rep.Refused) == 0 {
				t.Fatalf("%d loaded, %d refused", rep.Loaded, len(rep.Refused))
			}
			if len(rep.Refused) > 0 && (!strings.Contains(rep.Refused[0].Reason, c.reason) || rep.Refused[0].Line == 0) {
				t.Errorf("%.300v", rep.Refused[0])
			}
			if c.slow != "" && (len(rep.Slow) == 0 || !strings.Contains(rep.Slow[0].Reason, c.slow)) {
				t.Errorf("%v", rep.Slow)
			}
		})
	}
}

// TestCheckCyclic demands that variables that lead to each other are told of.
func TestCheckCyclic(t *testing.T) {
	conf := filepath.Join(t.TempDir(), "suricata.yaml")
	text := "vars:\n  address-groups:\n    HOME_NET: \"[$A,$A]\"\n    A: \"[$B,$B]\"\n    B: \"[$HOME_NET,$HOME_NET]\"\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	rep, code := checked(t, "x.rules", []byte("alert tcp $HOME_NET any -> any any (content:\"abc\"; sid:1;)\n"), "-c", conf)
	if code != 1 || rep.Loaded != 0 || len(rep.Refused) != 1 {
		t.Errorf("exit code %d, %+v", code, rep)
	}
}

// TestTruncatedGzip demands an error that names the file.
func TestTruncatedGzip(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.rules.gz")
	b := packed(t, rareRule)
	if err := os.WriteFile(file, b[:len(b)-6], 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"rules", "check", file}, &out, &errs); code != 1 || !strings.Contains(errs.String(), file) {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}

// TestSuricataGzip demands that the other commands read such files too.
func TestSuricataGzip(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.rules.gz")
	if err := os.WriteFile(file, packed(t, "alert dns any any -> any any (msg:\"q\"; dns.query; content:\"example\"; sid:5;)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"suricata", "-r", "../../testdata/office.pcapng", "-S", file, "-l", dir}, &out, &errs); code != 0 {
		t.Fatal(errs.String())
	}
	eve, err := os.ReadFile(filepath.Join(dir, "eve.json"))
	if err != nil || !bytes.Contains(eve, []byte(`"signature_id":5`)) {
		t.Errorf("no alert: %v", err)
	}
}

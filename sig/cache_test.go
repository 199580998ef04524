package sig

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	stdnetip "net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/cespare/xxhash/v2"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/sig/rule"
)

// etFile is ET Open, which is not part of this project: benchmarks and one test use it where it is.
const etFile = "../../shared/rules/et-open.rules.gz"

func etOpen(t testing.TB) []File {
	t.Helper()
	f, err := os.Open(etFile)
	if err != nil {
		t.Skip("ET Open is not there")
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return []File{{Name: "et.rules", Text: string(b)}}
}

// restored returns the set as it is when it was stored and read.
func restored(t testing.TB, rs *RuleSet, files []File, o *Options) *RuleSet {
	t.Helper()
	b, err := rs.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(b, files, o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, again) {
		t.Error("a set that was read is stored as something else")
	}
	return got
}

// alertsIn runs an analyzer over captures and returns the alert records, in their order.
func alertsIn(t testing.TB, rs *RuleSet, workers int, captures ...string) (lines []string) {
	t.Helper()
	p := flow.Suricata()
	e, err := wirelore.New(wirelore.Config{Analyzers: append(wirelore.Analyzers(), rs.Analyzer()), Profile: &p, Workers: workers,
		EVE: &wirelore.EVEOutput{Types: func(event string) bool { return event == "alert" }}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range captures {
		for r, err := range e.Records(t.Context(), wirelore.File(name)) {
			if err != nil { // a capture may be broken: what was read counts
				break
			}
			lines = append(lines, string(r.Line))
		}
	}
	return lines
}

// sameSet demands that a set that was read is what the compiled one is.
func sameSet(t *testing.T, a, b *RuleSet, captures ...string) (alerts int) {
	t.Helper()
	x, y := a.Stats(), b.Stats()
	if !y.Cached || x.Cached {
		t.Error("Cached is not told right")
	}
	if y.Cached = false; x != y || a.Len() != b.Len() {
		t.Errorf("%+v, read %+v", x, y)
	}
	same := func(a, b []*rule.Problem) {
		t.Helper()
		if !slices.EqualFunc(a, b, func(x, y *rule.Problem) bool { return *x == *y }) {
			t.Errorf("%v, read %v", a, b)
		}
	}
	same(a.Problems(), b.Problems())
	same(a.Warnings(), b.Warnings())
	want := alertsIn(t, a, 2, captures...)
	if got := alertsIn(t, b, 2, captures...); !slices.Equal(got, want) {
		t.Errorf("%d alerts, read %d", len(want), len(got))
	}
	return len(want)
}

// TestLoad demands that all kinds of rules do the same whether they are compiled or read.
func TestLoad(t *testing.T) {
	files := []File{{"a.rules", "\ufeff" + explained}, {"b.rules", cachedRules}}
	for _, lazy := range []bool{false, true} {
		for _, disabled := range []bool{false, true} {
			o := &Options{Protocols: all.Default(), Lazy: lazy, Disabled: disabled, Data: lists()}
			rs, err := CompileFiles(t.Context(), files, o)
			if err != nil {
				t.Fatal(err)
			}
			got := restored(t, rs, files, o)
			if sameSet(t, rs, got, office) < 100 {
				t.Error("there are too few alerts to compare")
			}
			for n := range uint32(rs.Len()) {
				a, b := rs.sig(n), got.sig(n)
				if a.about.text != b.about.text || a.about.pos != b.about.pos || a.late != b.late || a.noteLate != b.noteLate || factsOf(a) != factsOf(b) {
					t.Errorf("%v is read as %v", a.about.pos, b.about.pos)
				}
			}
			if len(rs.Warnings()) == 0 || len(rs.Problems()) == 0 || !slices.Equal(rs.Slow(), got.Slow()) {
				t.Error("there are no findings to compare, or they differ")
			}
		}
	}
}

// cachedRules are what explained has none of: rules in several lines, commented out, refused, replaced, with lists and sets.
const cachedRules = `
alert tcp any any -> any any \
  (msg:"x"; flags:S; \
  sid:101;)
#alert tcp any any -> any 80:90 (msg:"off"; content:"GET"; sid:102;)
alert http any any -> any any (msg:"y"; http.host; dotprefix; to_lowercase; content:".example"; sid:103;)
alert http any any -> any any (msg:"y"; http.host; xor:"20"; content:"a:b"; sid:104;)
alert dns any any -> any any (msg:"z"; dns.query; dataset:isnotset,names,type string,load names.list; sid:105;)
alert dns any any -> any any (msg:"s"; dns.query; dataset:set,seen,type string; sid:106;)
alert dns any any -> any any (msg:"t"; dns.query; dataset:isset,seen,type string; sid:107;)
alert http any any -> any any (msg:"f"; flow:to_client; filesha256:!hashes.list; sid:108;)
alert http any any -> any any (msg:"missing"; flow:to_client; filesha256:missing.list; sid:109;)
alert tcp any any -> any any (msg:"wrong"; nonsense; sid:110;)
alert tcp any any -> any any (msg:"old"; flags:S; rev:1; sid:111;)
alert tcp any any -> any any (msg:"new"; flags:S; rev:2; sid:111;)
alert tcp any any -> any any (msg:"class"; flags:F; classtype:never-heard-of; sid:112;)
alert pkthdr any any -> any any (msg:"event"; decode-event:ipv4.pkt_too_small; sid:113;)
alert tcp [10.0.0.0/8,!10.1.0.7] any -> any [80,443] (msg:"ports"; flow:established; content:"HTTP"; sid:114;)
alert tcp any 80 <> any any (msg:"both"; content:"HTTP"; sid:115;)
alert tcp any any -> any any (msg:"requires"; requires:version >= 99; flags:S; sid:116;)
pass tcp any any -> any 9 (msg:"pass"; sid:117;)
alert tcp any any -> any any (msg:"tag"; flags:S; tag:host,2,packets,src; sid:118;)
alert http any any -> any any (msg:"var"; flow:to_server; pcre:"/GET (?P<flow_what>\S+)/"; sid:119;)
alert http any any -> any any (msg:"name"; filename; content:"index"; sid:120;)
`

func lists() fstest.MapFS {
	return fstest.MapFS{"names.list": {Data: []byte("d3d3\n")}, "hashes.list": {Data: []byte(strings.Repeat("ab", 32) + "\n")}}
}

// TestLoadET demands that ET Open gives the same alerts, problems and counts whether it is compiled or read.
func TestLoadET(t *testing.T) {
	files := etOpen(t)
	o := &Options{Protocols: all.Default(), Lazy: true}
	rs, err := CompileFiles(t.Context(), files, o)
	if err != nil {
		t.Fatal(err)
	}
	captures, _ := filepath.Glob("../../shared/conformance/suricata-verify/*/*.pcap")
	captures = append(captures[:min(len(captures), 300)], office, "../testdata/broken.pcap")
	t.Logf("%d alerts in %d captures", sameSet(t, rs, restored(t, rs, files, o), captures...), len(captures))
}

// TestLoadStale demands that a set is not taken for one of other rules or options.
func TestLoadStale(t *testing.T) {
	files := []File{{"a.rules", explained}, {"b.rules", cachedRules}}
	base := func() *Options { return &Options{Protocols: all.Default(), Data: lists()} }
	rs, err := CompileFiles(t.Context(), files, base())
	if err != nil {
		t.Fatal(err)
	}
	b, err := rs.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(b, files, &Options{Protocols: all.Default(), Data: lists(), Workers: 1, AlertsPerPacket: 1, Thresholds: []rule.Threshold{{SID: 1}}}); err != nil {
		t.Errorf("what is not compiled in makes it stale: %v", err)
	}
	vars := rule.DefaultVars()
	vars.Addresses["HOME_NET"] = "10.0.0.0/8"
	data := func(change func(m fstest.MapFS)) func(o *Options) {
		return func(o *Options) { m := lists(); change(m); o.Data = m }
	}
	for name, change := range map[string]func(o *Options){
		"vars":       func(o *Options) { o.Vars = &vars },
		"protocols":  func(o *Options) { o.Protocols = o.Protocols[1:] },
		"classes":    func(o *Options) { o.Classifications = map[string]rule.Classification{"a": {Name: "a", Priority: 1}} },
		"references": func(o *Options) { o.References = map[string]string{} },
		"keyword": func(o *Options) {
			o.Keywords = []Keyword{{Name: "own", Compile: func(string) (func([]byte) bool, error) { return nil, nil }}}
		},
		"transform":  func(o *Options) { o.Transforms = []Transform{{Name: "own"}} },
		"country":    func(o *Options) { o.Country = func(stdnetip.Addr) (string, bool) { return "", false } },
		"reputation": func(o *Options) { o.Reputation = func(string, stdnetip.Addr) (int, bool) { return 0, false } },
		"dataset":    func(o *Options) { o.Datasets = []Dataset{{Name: "d", Type: "ip"}} },
		"order":      func(o *Options) { o.ActionOrder = []string{"alert", "pass", "drop", "reject"} },
		"disabled":   func(o *Options) { o.Disabled = true },
		"lazy":       func(o *Options) { o.Lazy = true },
		"no data":    func(o *Options) { o.Data = nil },
		"values":     data(func(m fstest.MapFS) { m["names.list"] = &fstest.MapFile{Data: []byte("d3d4\n")} }),
		"hashes":     data(func(m fstest.MapFS) { m["hashes.list"] = &fstest.MapFile{Data: []byte("nonsense\n")} }),
		"gone":       data(func(m fstest.MapFS) { delete(m, "hashes.list") }),
		"come":       data(func(m fstest.MapFS) { m["missing.list"] = m["hashes.list"] }),
	} {
		o := base()
		change(o)
		if _, err := Load(b, files, o); !errors.Is(err, ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, other := range map[string][]File{
		"text": {files[0], {"b.rules", cachedRules + " "}}, "name": {files[0], {"c.rules", cachedRules}}, "fewer": files[:1],
		"order": {files[1], files[0]}, "joined": {{"a.rules", explained + "b.rules" + cachedRules}},
	} {
		if _, err := Load(b, other, base()); !errors.Is(err, ErrStale) {
			t.Errorf("files, %s: %v", name, err)
		}
	}
}

// TestLoadCorrupt changes bytes, and cuts: what is not as it was written is refused.
func TestLoadCorrupt(t *testing.T) {
	files, o, b := smallSet(t)
	for i := 0; i < len(b); i += 1 + i/storeHeader {
		c := slices.Clone(b)
		c[i] ^= 1 << (i % 8)
		if _, err := Load(c, files, o); !errors.Is(err, ErrFormat) {
			t.Fatalf("byte %d: %v", i, err)
		}
		if _, err := Load(b[:i], files, o); !errors.Is(err, ErrFormat) {
			t.Fatalf("%d bytes: %v", i, err)
		}
	}
	if _, err := Load(append(slices.Clone(b), 0), files, o); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	// With a checksum that is right, what does not fit is found, or is harmless.
	step := 1 + len(b)/300
	for i := storeHeader; i < len(b); i += step {
		for _, v := range []byte{0, 1, 0x80, 0xff} {
			c := slices.Clone(b)
			c[i] = v
			use(t, seal(c), files, o)
		}
		use(t, seal(slices.Clone(b[:i])), files, o)
	}
}

// smallSet is a stored set that has some of everything.
func smallSet(t testing.TB) ([]File, *Options, []byte) {
	t.Helper()
	files, o := []File{{"b.rules", cachedRules}}, &Options{Protocols: all.Default(), Data: lists(), Workers: 1}
	rs, err := CompileFiles(t.Context(), files, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := rs.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return files, o, b
}

// seal gives bytes the length and the checksum that fit.
func seal(b []byte) []byte {
	binary.LittleEndian.PutUint64(b[16:], uint64(len(b)))
	binary.LittleEndian.PutUint64(b[8:], xxhash.Sum64(b[16:]))
	return b
}

// use loads a set and judges its rules, if it is one.
func use(t testing.TB, b []byte, files []File, o *Options) {
	t.Helper()
	rs, err := Load(b, files, o)
	if err != nil {
		if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrStale) {
			t.Fatal(err)
		}
		return
	}
	m := rs.NewMatcher()
	for _, p := range []byte{flow.ProtoTCP, flow.ProtoUDP, flow.ProtoICMP, 0} {
		buf := []byte("GET /index.html HTTP/1.1")
		for range m.Packet(&flow.Packet{Version: 4, Proto: p, SrcPort: 80, DstPort: 80, Buf: buf, End: uint32(len(buf))}) {
			break
		}
	}
	v := View{Protocol: "http", Buffer: func(_ string, i int) ([]byte, bool) { return []byte("www.example"), i == 0 }}
	for range m.View(&v) {
		break
	}
	for range rs.all() {
	}
}

// FuzzLoad looks for bytes that do harm.
func FuzzLoad(f *testing.F) {
	files, o, b := smallSet(f)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < storeHeader {
			_, _ = Load(b, files, o)
			return
		}
		c := slices.Clone(b)
		copy(c, storeMagic)
		key := mustKey(t, files, o)
		binary.LittleEndian.PutUint64(c[24:], key[0])
		binary.LittleEndian.PutUint64(c[32:], key[1])
		use(t, seal(c), files, o)
	})
}

func mustKey(t testing.TB, files []File, o *Options) digest {
	c, err := newCompiler(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.key(files)
}

// TestLoadConcurrent has one set used by many at once, whose rules are built meanwhile.
func TestLoadConcurrent(t *testing.T) {
	files, o, b := smallSet(t)
	rs, err := Load(b, files, o)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	got := make([][]*signature, 8)
	for i := range got {
		wg.Go(func() {
			if i%4 == 0 {
				alertsIn(t, rs, 2, office)
			}
			got[i] = slices.Collect(rs.all())
		})
	}
	wg.Wait()
	for i := range got {
		if !slices.Equal(got[i], got[0]) {
			t.Error("not all have the same rules")
		}
	}
}

// TestLanguage fails when rules are stored in another way: then language must grow if sets that were stored before would not do any more, and
// the new digest goes here.
func TestLanguage(t *testing.T) {
	const want = "1-84f6e5587d7d86d1"
	rs, err := CompileFiles(t.Context(), []File{{"a", languageRules}}, &Options{Workers: 1, Data: lists()})
	if err != nil || len(rs.Problems()) > 0 {
		t.Fatal(err, rs.Problems())
	}
	b, err := rs.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%d-%x", language, xxhash.Sum64(b[storeHeader:])); got != want {
		t.Errorf("%s, was %s: see key.go", got, want)
	}
}

const languageRules = `
alert tcp any any -> any any (content:"GET"; sid:1;)
alert tcp any any -> any 80 (content:"GET"; nocase; depth:3; sid:2;)
alert udp any 53 -> any any (content:"abcdef"; content:"gh"; fast_pattern; sid:3;)
alert ip 10.0.0.0/8 any -> any any (sid:4;)
alert tcp any any -> any any (flags:S; hostbits:set,a,src; sid:5;)
alert tcp any any -> any any (flags:F; hostbits:isset,a,src; flowbits:set,b; sid:6;)
alert tcp any any -> any any (flags:F; flowbits:isset,b; threshold:type limit,track by_src,count 1,seconds 2; sid:7;)
alert pkthdr any any -> any any (decode-event:ipv4.pkt_too_small; sid:8;)
alert tcp any any -> any any (file.name; content:"x"; sid:9;)
alert tcp any any -> any any (filesha256:hashes.list; sid:10;)
alert icmp any any -> any any (itype:8; sid:11;)
pass tcp any any -> any [1,2] (msg:"x"; priority:1; sid:12;)
alert tcp any any -> any any (file.data; content:"y"; sid:13;)
`

func BenchmarkCompileET(b *testing.B) {
	files := etOpen(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := CompileFiles(b.Context(), files, &Options{Protocols: all.Default(), Lazy: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadET(b *testing.B) {
	files := etOpen(b)
	o := &Options{Protocols: all.Default(), Lazy: true}
	rs, err := CompileFiles(b.Context(), files, o)
	if err != nil {
		b.Fatal(err)
	}
	data, err := rs.AppendBinary(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(data, files, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data)), "file-bytes")
}

package sig

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/record"
)

// FuzzCompile: no text makes the compiler panic, each refusal tells where it is, and what compiles judges a packet.
func FuzzCompile(f *testing.F) {
	for _, s := range samples {
		f.Add("alert ip any any -> any any (" + s + "; sid:1;)")
	}
	for _, c := range refusals {
		f.Add(strings.ReplaceAll(c.rule, "§", ""))
	}
	f.Add(explained)
	f.Add("0 0 0 0 0 0 0 requires:version A;")
	o := sampleOptions()
	p := datagram("a payload")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 16<<10 {
			return
		}
		rs, err := CompileFiles(t.Context(), []File{{Name: "a.rules", Text: text}}, &o)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range rs.Problems() {
			if p.File != "a.rules" || p.Line <= 0 || p.Column <= 0 || p.Msg == "" {
				t.Errorf("%+v", p)
			}
		}
		for range rs.NewMatcher().Packet(&p) { // it must not panic
		}
	})
}

// datagram is a decoded packet from 10.0.0.1:1000 to 10.0.0.2:7000.
func datagram(payload string) flow.Packet {
	frame := []byte{0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 3, 0xe8, 0x1b, 0x58, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(frame[2:], uint16(len(frame)+len(payload)))
	binary.BigEndian.PutUint16(frame[24:], uint16(8+len(payload)))
	binary.BigEndian.PutUint16(frame[10:], internetSum(frame[:20]))
	frame = append(frame, payload...)
	d := flow.NewDecoder(flow.DecoderOptions{Profile: flow.Suricata()})
	return d.Decode(&pcap.Packet{Data: frame, Link: 101, Number: 1, Length: uint32(len(frame))}, 0, nil)[0]
}

// naive is a test of bytes in the simplest form. Those that are not relative begin a chain.
type naive struct {
	pattern                          string // "": isdataat
	negated, nocase, ends            bool
	relative                         bool
	offset, depth, distance, within  int
	hasDepth, hasDistance, hasWithin bool
	at                               int
}

func (n *naive) String() string {
	not := map[bool]string{true: "!"}[n.negated]
	if n.pattern == "" {
		if n.relative {
			return fmt.Sprintf("isdataat:%s%d,relative; ", not, n.at)
		}
		return fmt.Sprintf("isdataat:%s%d; ", not, n.at)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "content:%s%q; ", not, n.pattern)
	put := func(on bool, format string, v ...any) {
		if on {
			fmt.Fprintf(&b, format, v...)
		}
	}
	put(n.nocase, "nocase; ")
	put(n.ends, "endswith; ")
	put(n.offset > 0, "offset:%d; ", n.offset)
	put(n.hasDepth, "depth:%d; ", n.depth)
	put(n.hasDistance, "distance:%d; ", n.distance)
	put(n.hasWithin, "within:%d; ", n.within)
	return b.String()
}

// lies tells whether the pattern may stand at from, and does.
func (n *naive) lies(buf string, pos, from int) bool {
	end := from + len(n.pattern)
	if end > len(buf) {
		return false
	}
	switch got := buf[from:end]; {
	case n.nocase && !strings.EqualFold(got, n.pattern), !n.nocase && got != n.pattern:
		return false
	case n.ends && end != len(buf):
		return false
	case !n.relative:
		return from >= n.offset && (!n.hasDepth || end <= n.offset+n.depth)
	}
	return from >= pos+n.distance && (!n.hasWithin || end <= pos+n.distance+n.within)
}

// naively tells whether there are places for all contents so that every test holds.
func naively(tests []*naive, buf string, pos int) bool {
	if len(tests) == 0 {
		return true
	}
	n := tests[0]
	if n.pattern == "" {
		there := n.at < len(buf)
		if n.relative {
			there = pos+n.at <= len(buf)
		}
		return there != n.negated && naively(tests[1:], buf, pos)
	}
	for from := range len(buf) {
		if n.lies(buf, pos, from) && (n.negated || naively(tests[1:], buf, from+len(n.pattern))) {
			return !n.negated
		}
	}
	return n.negated && naively(tests[1:], buf, pos)
}

// naiveRule reads tests from bytes: chains of relative ones behind one that is not, then some that are alone.
func naiveRule(b []byte) (tests []*naive) {
	next := func(n int) int {
		if len(b) == 0 {
			return 0
		}
		v := int(b[0])
		b = b[1:]
		return v % n
	}
	alone := false
	for i := 0; i < 6 && len(b) > 0; i++ {
		n := &naive{at: next(9)}
		kind := next(8)
		n.relative = i > 0 && !alone && kind < 5
		n.negated = i > 0 && next(4) == 0
		if n.negated && !n.relative {
			alone = true // nothing relative stands behind it
		}
		if i == 0 || next(4) > 0 {
			for range 1 + next(2) {
				n.pattern += string("abA"[next(3)])
			}
			n.nocase, n.ends = next(4) == 0, next(6) == 0
			if n.relative {
				n.hasDistance, n.hasWithin = next(2) == 0, next(2) == 0
				n.hasDistance = n.hasDistance || !n.hasWithin
				if n.hasDistance {
					n.distance = next(9) - 3
				}
				n.within = len(n.pattern) + next(6)
			} else {
				n.hasDepth = next(2) == 0
				n.offset, n.depth = next(3)*next(6), len(n.pattern)+next(9)
			}
		} else if !n.relative {
			alone = true
		}
		tests = append(tests, n)
	}
	return tests
}

// FuzzInspect compares the judgement of contents with places with the naive one.
func FuzzInspect(f *testing.F) {
	f.Add([]byte{0, 7, 2, 0, 1, 1, 1, 1, 0, 0, 0, 0}, "abAabaab")
	f.Add([]byte{1, 6, 1, 0, 0, 1, 1, 1, 0, 0, 5, 2, 0, 1, 1, 0, 1, 1, 0, 3, 0, 3, 2}, "aabbaabab")
	f.Add([]byte("many tests of all kinds, one behind the other, with places"), "abababaabbaabAaAbab")
	f.Fuzz(inspectLikeNaive)
}

// TestInspect is FuzzInspect on rules by chance.
func TestInspect(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	held := 0
	for range 3000 {
		rule, payload := make([]byte, 8+r.IntN(60)), make([]byte, 1+r.IntN(20))
		for i := range rule {
			rule[i] = byte(r.Uint32())
		}
		for i := range payload {
			payload[i] = byte(r.IntN(3))
		}
		if inspectLikeNaive(t, rule, string(payload)); t.Failed() {
			return
		}
		if naively(naiveRule(rule), asLetters(string(payload)), 0) {
			held++
		}
	}
	if held < 300 || held > 2700 {
		t.Errorf("%d of 3000 rules hold", held)
	}
}

func asLetters(payload string) string {
	return strings.Map(func(r rune) rune { return rune("abA"[uint32(r)%3]) }, payload)
}

func inspectLikeNaive(t *testing.T, rule []byte, payload string) {
	tests := naiveRule(rule)
	if len(tests) == 0 || len(payload) > 24 || payload == "" {
		return
	}
	payload = asLetters(payload)
	var text strings.Builder
	for _, n := range tests {
		text.WriteString(n.String())
	}
	rs, err := CompileFiles(t.Context(), []File{{Name: "a.rules", Text: "alert udp any any -> any any (" + text.String() + "sid:1;)"}}, nil)
	if err != nil || len(rs.Problems()) > 0 {
		t.Fatal(text.String(), err, rs.Problems())
	}
	p := datagram(payload)
	got := false
	for range rs.NewMatcher().Packet(&p) {
		got = true
	}
	if want := naively(tests, payload, 0); got != want {
		t.Errorf("%v instead of %v: %s on %q", got, want, text.String(), payload)
	}
}

// pipe leads frames through decoder, flow table and runtime to the rules, as a worker does. A panic is one.
type pipe struct {
	rt      *proto.Runtime
	table   *flow.Table
	decoder *flow.Decoder
	out     *record.Output
	layers  []flow.Packet
	frame   pcap.Packet
}

func newPipe(tb testing.TB, rs *RuleSet, protocols []proto.Protocol, wants ...string) *pipe {
	tb.Helper()
	x := &pipe{out: record.NewOutput(record.Wants{EVE: func(event string) bool { return strings.Contains(strings.Join(wants, " "), event) }})}
	profile := flow.Suricata()
	var err error
	x.rt, err = proto.NewRuntime(proto.RuntimeConfig{Protocols: protocols, Analyzers: []*proto.Analyzer{rs.Analyzer()}, Profile: profile, Output: x.out})
	if err != nil {
		tb.Fatal(err)
	}
	x.rt.Panic = func(v any) { panic(v) }
	x.table = flow.NewTable(flow.Options{Profile: profile, Order: func(deadline int64, _ uint64, _ uint8) { x.rt.SetPacket(nil, deadline) }}, x.rt)
	x.decoder = flow.NewDecoder(flow.DecoderOptions{Profile: profile})
	return x
}

// feed leads a frame through; b is borrowed.
func (x *pipe) feed(b []byte, now int64) {
	x.frame = pcap.Packet{Data: b, Length: uint32(len(b)), Link: pcap.LinkEthernet, Nanos: now, Number: x.frame.Number + 1}
	x.table.Tick(now, x.frame.Number)
	x.layers = x.decoder.Decode(&x.frame, now, x.layers[:0])
	for i := range x.layers {
		p := &x.layers[i]
		x.out.Now = record.Order{Number: x.frame.Number, Deadline: math.MaxInt64, First: uint64(p.Layer)}
		x.rt.SetPacket(p, now)
		x.table.Process(p)
	}
}

// settle decides what is decided late and drops all records; it returns how many would have been written.
func (x *pipe) settle() (written int) {
	n, _ := x.out.Len()
	for i := range n {
		if e := x.out.At(i); (e.Late == nil || e.Late.Decide(&e)) && e.Stream != nil {
			written++
		}
	}
	x.out.Reset()
	return written
}

func (x *pipe) end() {
	x.table.Flush()
	x.rt.Finish()
}

// framesOf takes the frames of a capture.
func framesOf(tb testing.TB, capture []byte) (all [][]byte) {
	tb.Helper()
	r, err := pcap.NewReader(bytes.NewReader(capture), nil)
	if err != nil {
		tb.Fatal(err)
	}
	var p pcap.Packet
	for r.Next(&p) == nil {
		all = append(all, bytes.Clone(p.Data))
	}
	return all
}

// everything are rules of all kinds, for arbitrary traffic.
func everything() string {
	all := []string{strings.TrimSpace(explained)}
	for _, c := range spanning {
		for line := range strings.Lines(strings.TrimSpace(c.rules)) {
			all = append(all, strings.TrimSpace(line))
		}
	}
	for name, s := range samples {
		if s != "" && name != "gid" && name != "requires" {
			all = append(all, "alert ip any any -> any any ("+s+"; sid:1;)")
		}
	}
	for i, r := range all {
		all[i] = strings.ReplaceAll(r, "sid:1;", fmt.Sprintf("sid:%d;", 1000+i))
	}
	return strings.Join(all, "\n")
}

// FuzzPacket: no packets make the rules panic, and what rules keep of them is bounded.
func FuzzPacket(f *testing.F) {
	o := sampleOptions()
	rs, err := CompileFiles(f.Context(), []File{{Name: "a.rules", Text: everything()}}, &o)
	if err != nil {
		f.Fatal(err)
	}
	if len(rs.Problems()) > 40 || rs.Len() < 100 {
		f.Fatal(rs.Len(), rs.Problems())
	}
	g := newWire(f)
	g.icmp("10.0.0.1", "10.0.0.2", 8, 0, "\x00\x2a\x00\x07data")
	x := g.dial("10.0.0.1:1000", "10.0.0.2:80")
	x.say(client, "GET /abc HTTP/1.1\r\nHost: a\r\nReferer: x\r\n\r\n")
	x.say(server, page("%PDF-1.4 abc"))
	x.hangup(client)
	g.udp("10.0.0.1:1000", "10.0.0.53:53", "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03abc\x07example\x00\x00\x01\x00\x01")
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "knock abc mark")
	var seed []byte
	for _, b := range framesOf(f, g.capture()) {
		seed = append(binary.BigEndian.AppendUint16(seed, uint16(len(b))), b...)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)/2])
	f.Add(append(bytes.Clone(seed[len(seed)/3:]), seed...))
	protocols := all.Default()
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 16<<10 {
			return
		}
		x := newPipe(t, rs, protocols, "alert", "packet", "flow")
		now := int64(1_700_000_000e9)
		for len(b) > 2 { // a length, a frame
			n := min(int(binary.BigEndian.Uint16(b)), len(b)-2)
			x.feed(b[2:2+n], now)
			b = b[2+n:]
			now += 1e7
		}
		x.end()
		if _, size := x.out.Len(); size > 8<<20 {
			t.Errorf("records of %d bytes", size)
		}
		x.settle()
	})
}

// TestHeldOfStreams: what is kept of streams that never become ripe, and of hosts with bits, is bounded.
func TestHeldOfStreams(t *testing.T) {
	rs := compile(t, `
alert tcp any any -> any any (content:"never there"; sid:1;)
alert tcp any any -> any any (content:"xx"; flowbits:set,a; noalert; sid:2;)
alert http any any -> any any (file.data; content:"nor here"; sid:3;)
`, Options{})
	p := newPipe(t, rs, all.Default(), "alert")
	g := newWire(t)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:7000")
	for _, b := range framesOf(t, g.capture()) {
		p.feed(b, 1)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	payload := strings.Repeat("x", 1400)
	for i := range 20_000 { // 28 MB in one direction, some of it missing
		g.buf.Reset()
		g.w, _ = pcap.NewWriter(&g.buf, &pcap.WriterOptions{Format: "pcap", Link: pcap.LinkEthernet, HasLink: true})
		x.segment(client, psh|ack, payload)
		if i%100 == 99 {
			x.seq[client] += 1400
		}
		x.segment(server, ack, "")
		for _, b := range framesOf(t, g.capture()) {
			p.feed(b, int64(i)*1e5)
		}
		p.settle()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 8<<20 {
		t.Errorf("%d KiB are held", held>>10)
	}
	p.end()
}

package sig

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto/all"
)

// generated are rules with contents by chance, most of them rare: for packets, streams and HTTP.
func generated(n int) string {
	r := rand.New(rand.NewPCG(5, 6))
	word := func() string {
		b := make([]byte, 4+r.IntN(9))
		for i := range b {
			b[i] = byte('a' + r.IntN(26))
		}
		return string(b)
	}
	var b strings.Builder
	for i := range n {
		sid := i + 1
		switch i % 5 {
		case 0:
			fmt.Fprintf(&b, "alert udp any any -> any any (content:%q; content:%q; distance:0; sid:%d;)\n", word(), word(), sid)
		case 1:
			fmt.Fprintf(&b, "alert tcp any any -> any any (flow:established,to_server; content:%q; nocase; pcre:\"/%s\\d+/\"; sid:%d;)\n", word(), word(), sid)
		case 2:
			fmt.Fprintf(&b, "alert http any any -> any any (flow:to_server; http.uri; content:\"/%s\"; sid:%d;)\n", word(), sid)
		case 3:
			fmt.Fprintf(&b, "alert http any any -> any any (flow:to_client; http.response_body; content:%q; content:%q; within:50; sid:%d;)\n", word(), word(), sid)
		default:
			fmt.Fprintf(&b, "alert http any any -> any any (http.host; dotprefix; content:\".%s.example\"; endswith; http.user_agent; content:%q; sid:%d;)\n", word(), word(), sid)
		}
	}
	return b.String()
}

// filler is text in which no generated rule matches.
func filler(n int) string { return strings.Repeat("0123456789 ABCDEF. ", n/19+1)[:n] }

// exchanges are the frames of n HTTP transactions on one connection, without its handshake.
func exchanges(tb testing.TB, n int, body string) (handshake, rest [][]byte) {
	g := newWire(tb)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:80")
	for i := range n {
		x.say(client, fmt.Sprintf("GET /ITEM/%d HTTP/1.1\r\nHost: SHOP.EXAMPLE\r\nUser-Agent: TEST\r\nAccept: */*\r\n\r\n", i%100))
		x.say(server, page(body))
	}
	all := framesOf(tb, g.capture())
	return all[:3], all[3:]
}

// stream are the frames of n segments of one connection, none of them of a known protocol.
func stream(tb testing.TB, n int) (handshake, rest [][]byte) {
	g := newWire(tb)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:7000")
	for range n {
		x.say(client, filler(1400))
	}
	all := framesOf(tb, g.capture())
	return all[:3], all[3:]
}

func feeder(tb testing.TB, handshake [][]byte) *pipe {
	p := newPipe(tb, compile(tb, generated(1000), Options{}), all.Default(), "alert")
	for _, b := range handshake {
		p.feed(b, 1)
	}
	return p
}

// TestAllocs: what matches nothing allocates nothing, once a flow has seen some of it.
func TestAllocs(t *testing.T) {
	demand := func(name string, p *pipe, frames [][]byte, each int) {
		t.Helper()
		now, next := int64(1e9), 0
		round := func() {
			for range each {
				p.feed(frames[next%len(frames)], now)
				now += 1e6
				next++
			}
		}
		for range 200 {
			round()
		}
		if n := testing.AllocsPerRun(300, round); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
		if n := p.settle(); n > 0 {
			t.Errorf("%s: %d alerts", name, n)
		}
	}
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", filler(500))
	g.udp("10.0.0.2:7000", "10.0.0.1:1000", filler(500))
	demand("a datagram", feeder(t, nil), framesOf(t, g.capture()), 1)

	first, rest := stream(t, 600)
	demand("a segment", feeder(t, first), rest, 2)
	first, rest = exchanges(t, 600, "") // a body is a file, which allocates
	demand("a transaction", feeder(t, first), rest, 4)

	m, p := compile(t, generated(1000), Options{}).NewMatcher(), datagram(filler(500))
	if n := testing.AllocsPerRun(300, func() {
		for range m.Packet(&p) {
			t.Error("an alert")
		}
	}); n > 0 {
		t.Errorf("a packet alone: %v allocations", n)
	}
}

// benchmark feeds frames, so many for each operation, to 1000 rules that match nothing. A connection that is over begins anew.
func benchmark(b *testing.B, handshake, frames [][]byte, each int) {
	size := 0
	for _, f := range frames[:each] {
		size += len(f)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	p, now, next := feeder(b, handshake), int64(1), 0
	for b.Loop() {
		if next+each > len(frames) {
			b.StopTimer()
			p, next = feeder(b, handshake), 0
			b.StartTimer()
		}
		for range each {
			p.feed(frames[next], now)
			now += 1e5
			next++
		}
	}
	if n := p.settle(); n > 0 {
		b.Errorf("%d alerts", n)
	}
}

func BenchmarkPacketNoHit(b *testing.B) {
	g := newWire(b)
	for range 1000 {
		g.udp("10.0.0.1:1000", "10.0.0.2:7000", filler(500))
	}
	benchmark(b, nil, framesOf(b, g.capture()), 1)
}

func BenchmarkHTTPTransaction(b *testing.B) {
	first, rest := exchanges(b, 5000, filler(800))
	benchmark(b, first, rest, 4)
}

func BenchmarkStreamChunk(b *testing.B) {
	first, rest := stream(b, 5000)
	benchmark(b, first, rest, 2)
}

func BenchmarkCompile(b *testing.B) {
	text := generated(1000)
	b.ReportAllocs()
	for b.Loop() {
		compile(b, text, Options{})
	}
}

// BenchmarkEmergingThreats runs the rules of Emerging Threats Open, which lie beside the project, if they do, over testdata.
func BenchmarkEmergingThreats(b *testing.B) {
	f, err := os.Open("../../shared/rules/et-open.rules.gz")
	if err != nil {
		b.Skip("no rules: ", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	rs, err := CompileFiles(b.Context(), []File{{Name: "et", Text: string(text)}}, &Options{Protocols: all.Default()})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d rules, %d refused", rs.Len(), len(rs.Problems()))
	capture, err := os.ReadFile(office)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(capture)))
	profile := flow.Suricata()
	e, err := wirelore.New(wirelore.Config{Analyzers: append(wirelore.Analyzers(), rs.Analyzer()), Profile: &profile, Workers: 1, EVE: &wirelore.EVEOutput{}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := e.Run(b.Context(), wirelore.ReaderAt("office", bytes.NewReader(capture), int64(len(capture)))); err != nil {
			b.Fatal(err)
		}
	}
}

package quic

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/internal/quicwire"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/proto/tls"
)

// look returns what rules see of a conversation's packets, as "number direction buffer value".
func look(t *testing.T, chunks ...prototest.Chunk) (out []string) {
	t.Helper()
	a := &proto.Analyzer{Name: "rules", Doc: "looks at what rules look at", Start: func(s *proto.Setup) error {
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			for tx := f.Transactions(); tx != nil; tx = tx.Next() {
				if tx.Protocol().Name() == Proto.Name() {
					out = append(out, values(tx, d)...)
				}
			}
		})
		return nil
	}}
	_, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Proto, tls.Handshake}, Analyzers: []*proto.Analyzer{a}},
		prototest.Case{Over: proto.UDP, Port: 443, Chunks: chunks})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func values(tx *proto.Transaction, d proto.Dir) (out []string) {
	buffers := Proto.RuleBuffers()
	for i := range buffers {
		b := &buffers[i]
		if b.Dir != d || tx.Progress(d) < b.At {
			continue
		}
		if v, ok := b.Get(tx, 0); ok {
			out = append(out, fmt.Sprint(tx.ID(proto.Orig), " ", d, " ", b.Name, " ", string(v)))
		}
	}
	return out
}

func TestRuleBuffers(t *testing.T) {
	h := hello()
	got := look(t, seal(t, quicwire.V1, dcid, crypto(h, 40, len(h)), 0), seal(t, quicwire.V1, dcid, crypto(h, 0, 40)+"\x01\x00", 1), server(t))
	for _, want := range []string{"0 0 quic.version \x00\x00\x00\x01", "1 0 quic.sni a.example", "1 0 ja3.string 771,4865,0-16-43-13,,", "2 1 quic.version \x00\x00\x00\x01"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	for _, prefix := range []string{"1 0 ja3.hash ", "1 0 ja4.hash q13d0104h3_", "2 1 ja3s.hash ", "2 1 ja3s.string 771,"} {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, prefix) }) {
			t.Errorf("nothing begins with %q in %q", prefix, got)
		}
	}
	// Neither the sum of the connection nor packets of the other direction count.
	for _, s := range got {
		if strings.HasPrefix(s, "3 ") || strings.HasPrefix(s, "2 0 ") || strings.HasPrefix(s, "0 1 ") {
			t.Errorf("unexpected %q", s)
		}
	}
}

func TestRuleBuffersGoogle(t *testing.T) {
	msg := "CHLO\x02\x00\x00\x00SNI\x00\x09\x00\x00\x00UAID\x0d\x00\x00\x00a.exampleUser"
	got := look(t, prototest.C("\xc3Q046\x5012345678\x00\x00\x00\x01"+strings.Repeat("h", 12)+"\xa0\x01\x04\x00"+msg))
	for _, want := range []string{"0 0 quic.version Q046", "0 0 quic.ua User", "0 0 quic.cyu.string 46,SNI-UAID", "0 0 quic.sni a.example"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}

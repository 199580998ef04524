package rdpeudp

import (
	"slices"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// Made by hand after [MS-RDPEUDP] 2.2.2.
const (
	asks    = "\xff\xff\xff\xff\x00\x40\x18\x01\x0b\x12\x7f\x15\x04\xd0\x04\xd0\x00\x00\x00\x00"
	answers = "\x0b\x12\x7f\x15\x00\x40\x10\x05\x0f\x94\xea\x0b\x04\xd0\x04\xd0\x00\x01\x00\x02"
	other   = "\x0b\x12\x7f\x14\x00\x40\x10\x05\x0f\x94\xea\x0b\x04\xd0\x04\xd0\x00\x01\x00\x02"
)

var options = prototest.Options{Protocols: []proto.Protocol{Proto}}

func conversation(chunks ...prototest.Chunk) prototest.Case {
	return prototest.Case{Name: "handshake", Over: proto.UDP, Port: 3389, Chunks: chunks}
}

func TestContract(t *testing.T) {
	prototest.Run(t, options, conversation(prototest.C(asks), prototest.S(answers), prototest.C("data")))
}

func TestService(t *testing.T) {
	for _, c := range []struct {
		name   string
		chunks []prototest.Chunk
		want   []string
	}{
		{"answered", []prototest.Chunk{prototest.C(asks), prototest.S(answers)}, []string{"rdpeudp"}},
		{"repeated", []prototest.Chunk{prototest.C(asks), prototest.C(asks), prototest.S(answers)}, []string{"rdpeudp"}},
		{"not answered", []prototest.Chunk{prototest.C(asks)}, nil},
		{"another number", []prototest.Chunk{prototest.C(asks), prototest.S(other)}, nil},
		{"too large a datagram", []prototest.Chunk{prototest.C(asks[:12] + "\x05\xd0\x04\xd0"), prototest.S(answers)}, nil},
		{"cut", []prototest.Chunk{prototest.C(asks[:15]), prototest.S(answers)}, nil},
		{"the server first", []prototest.Chunk{prototest.S(answers), prototest.C(asks)}, nil},
	} {
		got, err := prototest.Feed(options, conversation(c.chunks...))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Services, c.want) && len(got.Services)+len(c.want) > 0 {
			t.Errorf("%s: services %q, want %q", c.name, got.Services, c.want)
		}
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(asks), []byte(answers))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if _, err := prototest.Feed(options, conversation(prototest.C(asks), prototest.C(string(a)), prototest.S(string(b)))); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkProbe(b *testing.B) {
	data := []byte(asks)
	b.ReportAllocs()
	for b.Loop() {
		if probe(proto.Orig, data, true) != proto.Yes {
			b.Fatal("not recognised")
		}
	}
}

package proto_test

import (
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
)

// cheap is a parser that does next to nothing: what is measured is the runtime.
type cheap struct{ n int }

func (p *cheap) Data(_ *session, _ proto.Dir, b []byte) (result, error) {
	p.n += len(b)
	if len(b) < 8 {
		return result{Need: 8}, nil
	}
	return result{Used: len(b)}, nil
}
func (p *cheap) Gap(*session, proto.Dir, int64) error { return nil }
func (p *cheap) End(*session, proto.Dir)              {}
func (p *cheap) Reset()                               { p.n = 0 }
func (p *cheap) Idle() bool                           { return true }

var cheapProtocol = define(proto.Spec[note]{Name: "cheap", Detect: proto.Detect{Probe: yes, Ports: []uint16{9}},
	New: func(*proto.Setup) func() proto.Parser[note] { return func() proto.Parser[note] { return new(cheap) } }}, script{})

// work is one thing that the runtime does over and over.
type work struct {
	name string
	make func(tb testing.TB) func()
}

var works = []work{
	{"datagram", func(tb testing.TB) func() {
		v := newRig(tb, protocols(cheapProtocol)).open(proto.UDP, 9)
		b := []byte("a datagram")
		return func() { v.Datagram(v.f, orig, v.p, b) }
	}},
	{"stream", func(tb testing.TB) func() {
		v := newRig(tb, protocols(cheapProtocol)).open(proto.TCP, 9)
		b := []byte(strings.Repeat("x", 1460))
		return func() { v.Data(v.f, orig, b) }
	}},
	{"stream in bits", func(tb testing.TB) func() {
		v := newRig(tb, protocols(cheapProtocol)).open(proto.TCP, 9)
		b := []byte("bits.")
		return func() { v.Data(v.f, orig, b) }
	}},
	{"flow of datagrams", func(tb testing.TB) func() {
		v := newRig(tb, protocols(cheapProtocol)).open(proto.UDP, 9)
		v.Close(v.f)
		b := []byte("a datagram")
		return func() {
			v.Open(v.f, v.p)
			v.Datagram(v.f, orig, v.p, b)
			v.Datagram(v.f, resp, v.p, b)
			v.Close(v.f)
		}
	}},
	{"flow of a stream", func(tb testing.TB) func() {
		v := newRig(tb, protocols(cheapProtocol)).open(proto.TCP, 9)
		v.Close(v.f)
		b := []byte("a segment")
		return func() {
			v.Open(v.f, v.p)
			v.Data(v.f, orig, b)
			v.Data(v.f, resp, b)
			v.EndOfData(v.f, orig)
			v.EndOfData(v.f, resp)
			v.Close(v.f)
		}
	}},
	{"transaction", func(tb testing.TB) func() {
		p := define(proto.Spec[note]{Name: "x", Detect: anywhere}, script{data: func(s *session, _ proto.Dir, b []byte) (result, error) {
			tx, err := s.Begin()
			if err != nil {
				return result{}, err
			}
			tx.text = tx.Append(tx.Keep(b), b)
			s.At(tx, orig, 1)
			s.Close(tx)
			return result{Used: len(b)}, nil
		}})
		v := newRig(tb, protocols(p)).open(proto.TCP, 9)
		b := []byte("a message")
		return func() { v.Data(v.f, orig, b) }
	}},
	{"undetected", func(tb testing.TB) func() {
		c := proto.RuntimeConfig{}
		for i := range 30 {
			c.Protocols = append(c.Protocols, scripted("p"+string(rune('0'+i)), proto.Detect{Probe: no}, script{}))
		}
		v := newRig(tb, c).open(proto.TCP, 9)
		v.Close(v.f)
		b := []byte("nobody's")
		return func() {
			v.Open(v.f, v.p)
			v.Data(v.f, orig, b)
			v.Data(v.f, resp, b)
			v.Close(v.f)
		}
	}},
}

// TestAllocs: the runtime takes no memory for what goes on and on.
func TestAllocs(t *testing.T) {
	for _, w := range works {
		do := w.make(t)
		for range 100 {
			do()
		}
		if n := testing.AllocsPerRun(500, do); n > 0 {
			t.Errorf("%s: %v allocations", w.name, n)
		}
	}
}

func BenchmarkRuntime(b *testing.B) {
	for _, w := range works {
		b.Run(w.name, func(b *testing.B) {
			do := w.make(b)
			b.ReportAllocs()
			for b.Loop() {
				do()
			}
		})
	}
}

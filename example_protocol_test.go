package wirelore_test

import (
	"bytes"
	"fmt"
	"log"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// A whole protocol in one file: Pingx, by which a client sends "PINGX <name>" in a line and a server answers "PONGX <number>".
// In a folder of its own below proto this would be package pingx, and "go generate ./proto/all" would take it up.

// Stages of a transaction, in rising order.
const (
	StageRequest proto.Stage = iota + 1
	StageReply
)

// Tx is a request with its reply. Byte slices are borrowed: valid until the transaction is closed.
type Tx struct {
	proto.Tx
	Name, Number []byte
}

// Events, as indexes into the list below.
const (
	eventLine proto.EventID = iota
	eventReply
)

// Pingx is the protocol: the one exported value.
var Pingx = proto.Define(proto.Spec[Tx]{
	Name: "pingx", Doc: "Pingx, which shows every part of a protocol once",
	Detect:  proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{6900}, Probe: probe, Depth: len("PINGX ")},
	New:     func(*proto.Setup) func() proto.Parser[Tx] { return func() proto.Parser[Tx] { return new(parser) } },
	Buffers: []proto.Buffer[Tx]{{Name: "pingx.name", At: StageRequest, One: func(t *Tx) []byte { return t.Name }}},
	Logs:    []proto.Log[Tx]{{Log: pingxLog, At: StageReply}},
	Events: []proto.Event{
		eventLine:  {Weird: "pingx_long_line", Anomaly: "LONG_LINE", Doc: "a line is longer than the protocol allows"},
		eventReply: {Weird: "pingx_reply_without_request", Anomaly: "REPLY_WITHOUT_REQUEST", Doc: "nothing was asked"},
	},
	Limits: proto.Limits{OpenTx: 64, Window: maxLine},
})

// pingxLog declares the columns once: pingx.log for Zeek, the event type pingx for EVE.
var pingxLog = &record.Log[Tx]{
	Path: "pingx", Event: "pingx", Doc: "pings with their answers",
	Columns: []record.Column[Tx]{
		{Zeek: "name", EVE: "pingx.name", Type: record.String, Is: record.Domain, Doc: "name asked for",
			Put: func(e *record.Encoder, t *Tx) { e.Bytes(t.Name) }},
		{Zeek: "number", EVE: "pingx.number", Type: record.String, Doc: "what was answered",
			Put: func(e *record.Encoder, t *Tx) { e.Bytes(t.Number) }},
	},
}

// probe recognises a client's first line; it is pure, and asks for more while it cannot tell.
func probe(d proto.Dir, b []byte, _ bool) proto.Verdict {
	const begin = "PINGX "
	n := min(len(b), len(begin))
	switch {
	case d != proto.Orig || string(b[:n]) != begin[:n]:
		return proto.No
	case n < len(begin):
		return proto.More
	}
	return proto.Yes
}

const maxLine = 512

// parser is the state of one flow.
type parser struct {
	waiting []*Tx
	lost    bool // the order of requests and replies, in a gap
}

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	used := 0
	for {
		line, _, ok := bytes.Cut(b[used:], []byte("\n"))
		if !ok {
			if len(line) > maxLine {
				s.Event(eventLine)
				return proto.Result{}, proto.ErrDone
			}
			return proto.Result{Used: used}, nil // the rest comes again, with more
		}
		used += len(line) + 1
		if err := p.line(s, d, bytes.TrimSuffix(line, []byte("\r"))); err != nil {
			return proto.Result{Used: used}, err
		}
	}
}

func (p *parser) line(s *proto.Session[Tx], d proto.Dir, line []byte) error {
	verb, rest, _ := bytes.Cut(line, []byte(" "))
	switch {
	case d == proto.Orig && string(verb) == "PINGX":
		t, err := s.Begin()
		if err != nil {
			return err // too many are open: the flow goes on without a parser, and an event says why
		}
		t.Name = t.Keep(rest) // rest is borrowed
		p.waiting = append(p.waiting, t)
		s.At(t, d, StageRequest)
		return nil
	case d == proto.Resp && string(verb) == "PONGX":
		if len(p.waiting) == 0 {
			if !p.lost {
				s.Event(eventReply)
			}
			return nil
		}
		s.Confirm() // both sides speak it: conn.log names it as the service
		t := p.waiting[0]
		p.waiting = p.waiting[1:]
		t.Number = t.Keep(rest)
		s.At(t, d, StageReply)
		s.Close(t)
		return nil
	}
	return fmt.Errorf("no line of Pingx: %.20q", line)
}

// Gap implements proto.Parser: lines begin anew behind it, but which reply belongs to which request is lost.
func (p *parser) Gap(s *proto.Session[Tx], _ proto.Dir, _ int64) error {
	for _, t := range p.waiting {
		s.Close(t)
	}
	p.waiting, p.lost = nil, true
	return nil
}

// End implements proto.Parser: what was never answered is logged as well.
func (p *parser) End(s *proto.Session[Tx], d proto.Dir) {
	if !s.Ended() {
		return
	}
	for _, t := range p.waiting {
		s.At(t, d, StageReply)
		s.Close(t)
	}
	p.waiting = nil
}

// What comes out of a conversation.
func Example_protocol() {
	r, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Pingx}, TSV: true}, pingxCases[0])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Services)
	for _, row := range r.Zeek["pingx"] {
		f := bytes.Split([]byte(row), []byte("\t"))
		fmt.Printf("%s %s\n", f[6], f[7])
	}
	// Output:
	// [pingx]
	// one 1
	// two 2
}

var pingxCases = []prototest.Case{
	{Name: "two", Port: 6900, Chunks: []prototest.Chunk{
		prototest.C("PINGX one\r\nPINGX two\r\n"), prototest.S("PONGX 1\r\n"), prototest.S("PONGX 2\r\n"),
	}},
	{Name: "any port", Port: 80, Chunks: []prototest.Chunk{prototest.C("PINGX one\n"), prototest.S("PONGX 1\n")}},
	{Name: "unanswered", Port: 6900, Chunks: []prototest.Chunk{prototest.C("PINGX one\n")}},
	{Name: "unasked", Port: 6900, Chunks: []prototest.Chunk{
		prototest.C("PINGX one\n"), prototest.S("PONGX 1\nPONGX 2\n"),
	}},
	{Name: "something else", Port: 6900, Chunks: []prototest.Chunk{prototest.C("GET / HTTP/1.0\r\n\r\n")}},
}

// TestPingx is all that most tests of a protocol need: every case is cut in every way, with gaps and truncated.
func TestPingx(t *testing.T) {
	prototest.Run(t, prototest.Options{Protocols: []proto.Protocol{Pingx}}, pingxCases...)

	r, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Pingx}}, pingxCases[3])
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Anomalies) != 1 || r.Anomalies[0] != "pingx_reply_without_request|REPLY_WITHOUT_REQUEST|" {
		t.Errorf("anomalies: %q", r.Anomalies)
	}
}

// FuzzPingx feeds whatever comes, in two directions.
func FuzzPingx(f *testing.F) {
	f.Add("PINGX a\n", "PONGX 1\n")
	f.Add("PINGX ", "\n\n\n")
	f.Fuzz(func(t *testing.T, client, server string) {
		c := prototest.Case{Port: 6900, Chunks: []prototest.Chunk{prototest.C(client), prototest.S(server), prototest.C(client)}}
		if _, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Pingx}}, c); err != nil {
			t.Fatal(err)
		}
	})
}

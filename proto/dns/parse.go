package dns

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// parser reads the messages of one flow and pairs requests with responses.
//
// Flow.Note outlives the parser of an idle flow: its lowest bit tells that a message was seen, the rest counts messages as
// Suricata counts transactions.
type parser struct {
	opt     *options
	waiting []*Tx // from first on, requests without a response, oldest first
	first   int
	held    int // bytes of them
	torn    [2]bool
	gone    uint64 // transactions of packets before, which Suricata has let go of
}

// options are the settings, read once for each worker.
type options struct {
	queries, replies bool
	types            map[uint16]bool
	detailed         bool
	grouped          bool
}

func newParser(s *proto.Setup) func() proto.Parser[Tx] {
	o := &options{
		queries: s.Settings.Bool("eve.dns.requests", s.Settings.Bool("eve.dns.query", true)),
		replies: s.Settings.Bool("eve.dns.responses", s.Settings.Bool("eve.dns.answer", true)),
	}
	o.detailed, o.grouped = formats(s.Settings)
	o.types = wantedTypes(s.Settings)
	return func() proto.Parser[Tx] { return &parser{opt: o} }
}

// Reset makes the parser new for another flow.
func (p *parser) Reset() {
	w := p.waiting[:0]
	*p = parser{opt: p.opt, waiting: w}
}

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	p.gone = s.Note >> 1
	if s.Proto != flow.ProtoTCP {
		return proto.Result{Used: len(b)}, p.datagram(s, d, b)
	}
	used := 0
	for len(b)-used >= 2 {
		n := int(binary.BigEndian.Uint16(b[used:]))
		if p.torn[d] && n < headerLen {
			return proto.Result{}, proto.ErrDone // not where a message begins
		}
		if len(b)-used < 2+n {
			return proto.Result{Used: used, Need: 2 + n}, nil
		}
		m := b[used+2 : used+2+n]
		if p.torn[d] && !plausible(m) {
			return proto.Result{}, proto.ErrDone
		}
		p.torn[d] = false
		if err := p.message(s, d, m); err != nil {
			return proto.Result{}, err
		}
		used += 2 + n
	}
	return proto.Result{Used: used, Need: 2}, nil
}

// datagram reads one datagram. If the first one of a flow is a response, its sender is the server.
func (p *parser) datagram(s *proto.Session[Tx], d proto.Dir, b []byte) error {
	if s.Note != 0 || d != proto.Orig || len(b) < headerLen || b[2]&0x80 == 0 || s.Side[proto.Orig].Port == netbiosPort ||
		s.Side[proto.Resp].Port == mdnsPort {
		return p.message(s, d, b)
	}
	s.Turn()
	return p.message(s, proto.Resp, b)
}

const (
	mdnsPort    = 5353
	netbiosPort = 137
)

// message reads one message.
func (p *parser) message(s *proto.Session[Tx], d proto.Dir, b []byte) error {
	s.Note |= 1
	if len(b) < headerLen {
		s.Event(eventShort)
		return nil
	}
	if b[2]&0x80 == 0 {
		return p.request(s, d, b)
	}
	return p.response(s, d, b)
}

func (p *parser) request(s *proto.Session[Tx], d proto.Dir, b []byte) error {
	t, err := s.Begin()
	if err != nil {
		return err
	}
	t.UDP = s.Proto == flow.ProtoUDP
	f := t.Query.parse(t.Keep(b))
	shown := p.judge(s, d, t, &t.Query, f)
	t.tell(d, shown)
	p.weirds(s, &t.Query, f)
	s.Confirm()
	t.rows = p.opt.shows(&t.Query, shown && d == proto.Orig)
	for i := range max(1, len(t.Query.Questions)) {
		t.Question = i
		s.At(t, d, StageQuery)
	}
	t.Question = 0
	if !s.Wants(StageDone) { // nobody wants to see it with its response
		s.Close(t)
		return nil
	}
	p.waiting = append(p.waiting, t)
	p.held += t.Query.held()
	for n := len(p.waiting) - p.first; n > maxWaiting || n > 1 && p.held > maxHeld; n-- {
		p.finish(s, p.first)
	}
	return nil
}

// maxWaiting and maxHeld bound the requests of a flow that wait for a response, and their bytes; past them the oldest counts
// as unanswered.
const (
	maxWaiting = 1024
	maxHeld    = 1 << 20
)

func (p *parser) response(s *proto.Session[Tx], d proto.Dir, b []byte) error {
	i := p.find(binary.BigEndian.Uint16(b), s)
	var t *Tx
	if i >= 0 {
		t = p.waiting[i]
	} else {
		var err error
		if t, err = s.Begin(); err != nil {
			return err
		}
		t.UDP = s.Proto == flow.ProtoUDP
	}
	t.ReplyAt = s.Now()
	f := t.Reply.parse(t.Keep(b))
	shown := p.judge(s, d, t, &t.Reply, f)
	t.tell(d, shown)
	p.weirds(s, &t.Reply, f)
	s.Confirm()
	t.rows = p.opt.shows(&t.Reply, shown && d == proto.Resp)
	s.At(t, d, StageReply)
	if i >= 0 {
		p.finish(s, i)
		return nil
	}
	s.At(t, d, StageDone)
	s.Close(t)
	return nil
}

// find returns the oldest request that a response answers, -1 when there is none. mDNS responses answer nobody's request
// in particular (RFC 6762, 6).
func (p *parser) find(id uint16, s *proto.Session[Tx]) int {
	if s.Side[proto.Resp].Port == mdnsPort {
		return -1
	}
	for i := p.first; i < len(p.waiting); i++ {
		if p.waiting[i].Query.ID == id {
			return i
		}
	}
	return -1
}

// finish ends the i-th waiting transaction: its rows are written. Mostly it is the oldest, whose place at the front is
// taken back when the list runs empty or half of it is such places.
func (p *parser) finish(s *proto.Session[Tx], i int) {
	t := p.waiting[i]
	p.held -= t.Query.held()
	copy(p.waiting[p.first+1:i+1], p.waiting[p.first:i])
	p.waiting[p.first] = nil
	p.first++
	switch {
	case p.first == len(p.waiting):
		p.waiting, p.first = p.waiting[:0], 0
	case p.first > maxWaiting:
		p.waiting, p.first = p.waiting[:copy(p.waiting, p.waiting[p.first:])], 0
	}
	for q := range max(1, len(t.Query.Questions)) {
		t.Question = q
		s.At(t, proto.Orig, StageDone)
	}
	s.Close(t)
}

// Gap implements proto.Parser: over TCP the next message's begin is lost. What follows is tried once, as most messages fill
// segments of their own.
func (p *parser) Gap(_ *proto.Session[Tx], d proto.Dir, _ int64) error {
	p.torn[d] = true
	return nil
}

// End implements proto.Parser.
func (p *parser) End(s *proto.Session[Tx], _ proto.Dir) {
	if !s.Ended() {
		return
	}
	for len(p.waiting) > 0 {
		p.finish(s, p.first)
	}
}

// Idle tells that no request waits: the next datagram finds all it needs in the flow.
func (p *parser) Idle() bool { return len(p.waiting) == 0 }

package dns

import (
	"encoding/binary"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// The events.
const (
	eventMalformed proto.EventID = iota
	eventNotRequest
	eventNotResponse
	eventZFlag
	eventOpcode
	eventNameLong
	eventLabels
	eventPointer
	eventUnknownOpcode
)

var events = []proto.Event{
	eventMalformed:     {Anomaly: "MALFORMED_DATA", Doc: "a message is cut short or contradicts itself"},
	eventNotRequest:    {Anomaly: "NOT_REQUEST", Doc: "the client sent a response"},
	eventNotResponse:   {Anomaly: "NOT_RESPONSE", Doc: "the server sent a request"},
	eventZFlag:         {Anomaly: "Z_FLAG_SET", Doc: "the reserved bit is set"},
	eventOpcode:        {Anomaly: "INVALID_OPCODE", Doc: "the operation is not assigned"},
	eventNameLong:      {Anomaly: "NAME_TOO_LONG", Weird: "DNS_NAME_too_long", Doc: "a name is longer than names may be"},
	eventLabels:        {Anomaly: "TOO_MANY_LABELS", Weird: "DNS_label_forward_compress_offset", Doc: "compression pointers go round in circles"},
	eventPointer:       {Anomaly: "INFINITE_LOOP", Weird: "DNS_label_len_gt_pkt", Doc: "a compression pointer points nowhere"},
	eventUnknownOpcode: {Weird: "DNS_unknown_opcode", Doc: "the operation is not known"},
}

// parser reads the messages of one flow and pairs requests with responses.
type parser struct {
	opt     options
	waiting []*Tx // requests without a response, oldest first
}

// options are the settings, read once for each worker.
type options struct {
	queries, replies bool
	types            map[uint16]bool
	detailed         bool
	grouped          bool
}

func newParser(s *proto.Setup) func() proto.Parser[Tx] {
	o := options{
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
	if s.Proto != flow.ProtoTCP {
		return proto.Result{Used: len(b)}, p.message(s, d, b)
	}
	used := 0
	for len(b)-used >= 2 {
		n := int(binary.BigEndian.Uint16(b[used:]))
		if len(b)-used < 2+n {
			return proto.Result{Used: used, Need: 2 + n}, nil
		}
		if err := p.message(s, d, b[used+2:used+2+n]); err != nil {
			return proto.Result{}, err
		}
		used += 2 + n
	}
	return proto.Result{Used: used, Need: 2}, nil
}

// message reads one message.
func (p *parser) message(s *proto.Session[Tx], d proto.Dir, b []byte) error {
	if len(b) < headerLen {
		s.Event(eventMalformed)
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
	t.Serial = s.Note
	s.Note++
	f := t.Query.parse(t.Keep(b))
	p.judge(s, t, &t.Query, f)
	if d == proto.Resp {
		s.EventTx(t, eventNotResponse, "")
	}
	s.Confirm()
	t.rows.wanted(&p.opt, t, s)
	for i := range max(1, len(t.Query.Questions)) {
		t.Question = i
		s.At(t, d, StageQuery)
	}
	t.Question = 0
	p.waiting = append(p.waiting, t)
	if len(p.waiting) > maxWaiting {
		p.finish(s, 0)
	}
	return nil
}

// maxWaiting bounds the requests of a flow that wait for a response; past it the oldest counts as unanswered.
const maxWaiting = 1024

func (p *parser) response(s *proto.Session[Tx], d proto.Dir, b []byte) error {
	var h Header
	h.read(b)
	i := p.find(&h, s)
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
	t.Serial = s.Note
	s.Note++
	t.ReplyAt = s.Now()
	f := t.Reply.parse(t.Keep(b))
	p.judge(s, t, &t.Reply, f)
	if d == proto.Orig {
		s.EventTx(t, eventNotRequest, "")
	}
	s.Confirm()
	t.rows.wanted(&p.opt, t, s)
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
func (p *parser) find(h *Header, s *proto.Session[Tx]) int {
	if s.Side[proto.Resp].Port == mdnsPort {
		return -1
	}
	for i, t := range p.waiting {
		if t.Query.ID == h.ID {
			return i
		}
	}
	return -1
}

const mdnsPort = 5353

// judge reports what is wrong with a message.
func (p *parser) judge(s *proto.Session[Tx], t *Tx, m *Message, f fault) {
	if m.Z&4 != 0 {
		s.EventTx(t, eventZFlag, "")
	}
	if m.Opcode >= 7 || m.Opcode == 3 {
		s.EventTx(t, eventOpcode, "")
	}
	for _, x := range [...]struct {
		bit fault
		id  proto.EventID
	}{{faultLong, eventNameLong}, {faultLabels, eventLabels}, {faultPointer, eventPointer}} {
		if f&x.bit != 0 {
			s.EventTx(t, x.id, "")
		}
	}
	if m.Broken {
		s.EventTx(t, eventMalformed, "")
	}
}

// finish ends the i-th waiting transaction: its rows are written.
func (p *parser) finish(s *proto.Session[Tx], i int) {
	t := p.waiting[i]
	copy(p.waiting[i:], p.waiting[i+1:])
	p.waiting = p.waiting[:len(p.waiting)-1]
	for q := range max(1, len(t.Query.Questions)) {
		t.Question = q
		s.At(t, proto.Orig, StageDone)
	}
	s.Close(t)
}

// Gap implements proto.Parser: over TCP the next message's begin is lost.
func (p *parser) Gap(*proto.Session[Tx], proto.Dir, int64) error { return proto.ErrDone }

// End implements proto.Parser.
func (p *parser) End(s *proto.Session[Tx], _ proto.Dir) {
	if !s.Ended() {
		return
	}
	for len(p.waiting) > 0 {
		p.finish(s, 0)
	}
}

// Idle tells that no request waits: the next datagram finds all it needs in the flow.
func (p *parser) Idle() bool { return len(p.waiting) == 0 }

package http

import (
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// state says what the next byte of a direction belongs to.
type state uint8

const (
	sLine      state = iota // a request or status line
	sHeaders                // header fields
	sLength                 // a body of known length
	sChunkSize              // the line with a chunk's size
	sChunk                  // a chunk
	sChunkEnd               // the line end behind a chunk
	sTrailer                // fields behind the last chunk
	sRest                   // a body up to the end of the connection
	sAfter                  // behind a message, with more bytes at hand: they may belong to its body
	sLost                   // after a gap: looks for the next first line
	sIgnore                 // nothing more is read
)

const (
	// maxLine bounds one line, maxHeader a header block, maxFields their number; more ends the parser's work on the
	// direction.
	maxLine   = 128 << 10
	maxHeader = 512 << 10
	maxFields = 1024
	// longLine is where libhtp reports a line as too long.
	longLine = 18000
	// maxQueue bounds the pipelined requests that wait for their responses.
	maxQueue = 512
)

// side is the state of one direction.
type side struct {
	state   state
	tx      *Tx   // the message being read; nil between messages
	left    int64 // bytes to come of a body or chunk
	line    []byte
	body    body
	fields  int
	at      int // where in Raw the line at hand begins
	folding bool
	bareLF  bool   // the line before ended with LF alone
	warned  uint64 // events reported for the message, by EventID
	events  int    // other events of the message
}

// parser parses one flow.
type parser struct {
	cfg    *config
	s      *proto.Session[Tx]
	side   [2]side
	queue  []*Tx // requests waiting for their responses, oldest first
	count  int   // transactions begun
	tunnel bool  // all further bytes belong to another protocol
	zeek   zeekState
	meta   [2]func(e *record.Encoder)
	embed  *record.Embedded[Tx]
	// more: the bytes at hand go on behind the line or body being worked on, with ahead.
	more  bool
	ahead byte
}

func newParser(s *proto.Setup) func() proto.Parser[Tx] {
	c := readConfig(s)
	embed := record.PrepareEmbed(embedLog)
	return func() proto.Parser[Tx] {
		p := &parser{cfg: c, embed: embed}
		for d := range p.side {
			d := proto.Dir(d)
			p.meta[d] = func(e *record.Encoder) {
				e.Object()
				if tx := p.side[d].body.tx; tx != nil {
					record.Embed(e, p.embed, tx)
				}
				e.EndObject()
			}
			p.side[d].body.p = p
			p.side[d].body.dir = d
		}
		return p
	}
}

// Reset makes the parser ready for another flow; its buffers stay.
func (p *parser) Reset() {
	for d := range p.side {
		st := &p.side[d]
		st.body.abort()
		line := st.line[:0]
		if cap(line) > 16<<10 {
			line = nil
		}
		st.body.clear()
		*st = side{line: line, body: st.body}
	}
	clear(p.queue)
	*p = parser{cfg: p.cfg, side: p.side, queue: p.queue[:0], meta: p.meta, embed: p.embed}
	for d := range p.side {
		p.side[d].body.p = p
	}
}

// Data implements proto.Parser: all bytes are used, the beginning of a line is kept by the parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	p.s = s
	if out := &p.side[d].body.out; out.cutAt != 0 {
		out.cut(p.packet())
	}
	used := 0
	for used < len(b) && !p.tunnel {
		n, err := p.step(d, b[used:])
		used += n
		if err != nil {
			return proto.Result{Used: used}, err
		}
	}
	if d == proto.Resp {
		p.side[proto.Orig].body.out.settle()
	}
	return proto.Result{Used: used}, nil
}

// packet is the number of the packet being worked on, 0 for none.
func (p *parser) packet() uint64 {
	if k := p.s.Packet(); k != nil {
		return k.Frame.Number
	}
	return 0
}

// step consumes some of b, which is not empty.
func (p *parser) step(d proto.Dir, b []byte) (int, error) {
	st := &p.side[d]
	switch st.state {
	case sChunkSize:
		if len(st.line) == 0 {
			if n, ok := p.probeChunk(d, b); ok {
				return n, nil
			}
		}
		fallthrough
	case sLine, sHeaders, sTrailer, sAfter:
		line, n, ok := st.take(b)
		if !ok {
			if len(st.line) > p.lineLimit() {
				return n, p.tooLong(d)
			}
			if st.state == sLine && d == proto.Resp {
				n += p.peekResponse(st)
			}
			return n, nil
		}
		if p.more = n < len(b); p.more {
			p.ahead = b[n]
		}
		err := p.gotLine(d, line)
		st.line = st.line[:0]
		return n, err
	case sLength:
		n := int(min(st.left, int64(len(b))))
		st.left -= int64(n)
		st.body.wire(int64(n))
		st.body.write(b[:n])
		if st.left == 0 {
			p.more = n < len(b)
			p.endMessage(d, true)
		}
		return n, nil
	case sChunk:
		n := int(min(st.left, int64(len(b))))
		st.left -= int64(n)
		st.body.wire(int64(n))
		st.body.write(b[:n])
		if st.left == 0 {
			st.state = sChunkEnd
		}
		return n, nil
	case sChunkEnd:
		return p.chunkEnd(d, b), nil
	case sRest:
		st.body.wire(int64(len(b)))
		st.body.write(b)
		return len(b), nil
	case sLost:
		return p.resync(d, b), nil
	}
	return len(b), nil
}

// event reports e for the message being read in direction d, once for each message.
func (p *parser) event(d proto.Dir, e proto.EventID) {
	st := &p.side[d]
	if st.warned&(1<<e) == 0 {
		st.warned |= 1 << e
		p.s.EventTx(st.tx, e, "")
	}
}

// maxEvents bounds the events of one message that are reported each time they happen.
const maxEvents = 64

// again reports e each time it happens.
func (p *parser) again(d proto.Dir, e proto.EventID) {
	st := &p.side[d]
	if st.events++; st.events <= maxEvents {
		p.s.EventTx(st.tx, e, "")
	} else {
		p.event(d, evTooManyWarnings)
	}
}

// weird reports one of Zeek's.
func (p *parser) weird(e proto.EventID, addl string) { p.s.EventAddl(e, addl) }

// Gap implements proto.Parser. A gap inside a body of known length is noted in its file; any other makes the parser
// look for the next first line.
func (p *parser) Gap(s *proto.Session[Tx], d proto.Dir, n int64) error {
	p.s, p.more = s, false
	st := &p.side[d]
	st.line = st.line[:0]
	switch st.state {
	case sLength, sChunk:
		k := min(n, st.left)
		st.left -= k
		st.body.wire(k)
		st.body.gap(k)
		n -= k
		if st.left > 0 {
			return nil
		}
		if st.state == sChunk {
			if n > 0 {
				p.lose(d)
				return nil
			}
			st.state = sChunkEnd
			return nil
		}
		p.endMessage(d, true)
		if n > 0 && !p.tunnel {
			p.side[d].state = sLost
		}
	case sRest:
		st.body.wire(n)
		st.body.gap(n)
	case sIgnore:
	default:
		p.lose(d)
	}
	return nil
}

// lose gives up the message being read after a gap that hides where it ends.
func (p *parser) lose(d proto.Dir) {
	st := &p.side[d]
	if st.tx != nil {
		p.endMessage(d, false)
	}
	if !p.tunnel {
		st.state = sLost
	}
}

// End implements proto.Parser.
func (p *parser) End(s *proto.Session[Tx], d proto.Dir) {
	p.s, p.more = s, false
	st := &p.side[d]
	if !p.tunnel {
		p.lastLine(d)
		if st.tx != nil {
			p.endMessage(d, st.state == sRest || p.cfg.eveOnly)
		}
		st.state = sIgnore
	}
	if s.Ended() {
		p.finish()
	}
}

// finish closes everything at the end of the flow.
func (p *parser) finish() {
	for d := range p.side {
		if st := &p.side[d]; st.tx != nil {
			p.endMessage(proto.Dir(d), false)
		}
	}
	for _, tx := range p.queue {
		p.settleFile(tx)
		p.s.At(tx, proto.Orig, Done)
		p.zeek.row(p, tx)
		p.s.Close(tx)
	}
	clear(p.queue)
	p.queue = p.queue[:0]
	for d := range p.side {
		p.side[d].body.abort()
	}
}

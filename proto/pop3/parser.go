package pop3

import (
	"bytes"
	"errors"

	"github.com/wirelore/wirelore/proto"
)

// Limits of what a connection may make us keep.
const (
	longestLine = 4096 // of a command or reply; RFC 2449 allows 512
	maxPending  = 1024 // commands without an answer
	maxOdd      = 8    // lines that are no POP3 before anything was
)

var errNotPOP3 = errors.New("pop3: the lines of this flow are neither commands nor replies")

// side is the state of one direction.
type side struct {
	scanned int  // bytes of the unread line already searched for its end
	discard bool // up to the next line end
	torn    bool // the next line may lack its beginning
	seen    bool
	proof   uint8 // lines that POP3 has
	odd     uint8
}

// parser follows one connection.
type parser struct {
	s    *proto.Session[Tx]
	side [2]side

	pending  []command
	exchange bool // the client's lines are SASL's
	mech     mechanism
	scratch  []byte

	greeted, confirmed bool
	stls               bool // asked for and not answered
	lost               bool // a gap: replies can no longer be matched for sure
	agreed             bool // the last line of the server was a +OK to nothing known
	done               bool

	body message
}

func setUp(s *proto.Setup) func() proto.Parser[Tx] {
	keep, messages := s.Profile.Name == "zeek", s.Settings.Bool("pop3.messages", true)
	return func() proto.Parser[Tx] { return &parser{body: message{keepLineEnd: keep, messages: messages}} }
}

// Reset makes p ready for another connection.
func (p *parser) Reset() {
	*p = parser{pending: p.pending[:0], scratch: p.scratch[:0],
		body: message{mime: p.body.mime, keepLineEnd: p.body.keepLineEnd, messages: p.body.messages}}
}

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	p.s = s
	p.side[d].seen = true
	used := 0
	for used < len(b) && !p.done {
		if p.stls && !(d == proto.Resp && p.body.open) && !p.side[d].discard && secured(b[used]) {
			if d == proto.Orig && p.side[proto.Resp].seen && !p.lost {
				break // the answer to STLS is still to be read
			}
			p.handoff()
			break
		}
		n, err := p.step(d, b[used:])
		if err != nil {
			return proto.Result{}, err
		}
		if n == 0 {
			break
		}
		used += n
	}
	return proto.Result{Used: used}, nil
}

// secured tells the first byte of a TLS handshake, or an SSLv2 hello, from text.
func secured(c byte) bool { return c == 0x16 || c >= 0x80 }

// step consumes one line or one stretch of a body and returns its length, 0 when it is not complete.
func (p *parser) step(d proto.Dir, b []byte) (int, error) {
	if d == proto.Resp && p.body.open {
		if p.body.suspect {
			if !p.resume(b) {
				return 0, nil
			}
		}
		if p.body.open {
			return p.consume(b), nil
		}
	}
	line, n := p.line(d, b)
	if n == 0 || line == nil {
		return n, nil
	}
	if d == proto.Resp && p.agreed && p.blind() {
		if st, _ := statusOf(line); st == none {
			// An answer of several lines to a command that was not seen.
			c := listing
			if headerLike(line) {
				c = retr
			}
			p.agreed = false
			p.open(c)
			return p.consume(b), nil
		}
	}
	return n, p.take(d, line)
}

// line cuts the next line off b: without its end, cut to longestLine. n is what to consume, 0 if the line goes on; line is
// nil when there is nothing to look at.
func (p *parser) line(d proto.Dir, b []byte) (line []byte, n int) {
	sd := &p.side[d]
	from := min(sd.scanned, len(b))
	i := bytes.IndexByte(b[from:], '\n')
	if sd.discard {
		if i < 0 {
			return nil, len(b)
		}
		sd.discard, sd.scanned = false, 0
		return nil, from + i + 1
	}
	if i < 0 && len(b) < longestLine {
		sd.scanned = len(b)
		return nil, 0
	}
	sd.scanned = 0
	n = from + i + 1
	if i < 0 {
		n, sd.discard = len(b), true
	}
	if i < 0 || n > longestLine {
		p.s.Event(evLineCut)
		return b[:longestLine], n
	}
	line = b[:n-1]
	if k := len(line); k > 0 && line[k-1] == '\r' {
		line = line[:k-1]
	}
	return line[:len(line):len(line)], n
}

// take looks at a line.
func (p *parser) take(d proto.Dir, line []byte) error {
	sd := &p.side[d]
	torn := sd.torn
	sd.torn = false
	line = bytes.TrimSpace(line)
	if len(line) == 0 && !(d == proto.Orig && p.exchange) {
		return nil
	}
	proof := false
	if d == proto.Orig {
		proof = p.request(line, torn)
	} else {
		proof = p.reply(line, torn)
	}
	switch {
	case proof:
		sd.odd, sd.proof = 0, min(sd.proof+1, 2)
		p.confirm()
	case torn || d == proto.Orig && p.exchange:
	default:
		if sd.odd++; sd.odd >= maxOdd {
			if p.confirmed {
				return proto.ErrDone
			}
			return errNotPOP3
		}
	}
	return nil
}

// confirm counts the proofs: one of each side, or two where one side alone is seen.
func (p *parser) confirm() {
	o, r := &p.side[proto.Orig], &p.side[proto.Resp]
	if !p.confirmed && o.proof+r.proof >= 2 && (o.proof > 0 && r.proof > 0 || !o.seen || !r.seen || p.lost) {
		p.confirmed = true
		p.s.Confirm()
	}
}

// request takes a line of the client; it tells whether it surely is a command.
func (p *parser) request(line []byte, torn bool) bool {
	c := commandOf(line)
	if p.exchange {
		if c == unknown || p.side[proto.Resp].seen && !p.lost {
			p.credentials(line)
			return false
		}
		p.exchange = false // nobody saw how it ended
	}
	if c == unknown {
		if st, _ := statusOf(line); st == ok || st == bad {
			p.s.Event(evClientReply)
		} else if !torn {
			p.s.Event(evClientUnknown)
		}
		p.push(single)
		return false
	}
	if p.stls {
		p.s.Event(evInjected)
	}
	// Who asks for more without a need to wait has got the body's end, if it may have been in a gap.
	p.body.suspect = p.body.open && p.body.torn && len(p.pending) == 0
	switch c {
	case stls:
		p.stls = true
	case auth:
		p.beginAuth(line)
	}
	p.push(c)
	return true
}

// beginAuth takes AUTH with its mechanism and, perhaps, the first line of the exchange.
func (p *parser) beginAuth(line []byte) {
	_, arg := split(line)
	name, initial := split(arg)
	var buf [8]byte
	p.exchange = true
	switch string(upper(&buf, name)) {
	case "PLAIN":
		p.mech = plain
	case "LOGIN":
		p.mech = loginMechanism
	default:
		p.mech = otherMechanism
	}
	if len(initial) > 0 {
		p.credentials(initial)
	}
}

// reply takes a line of the server outside of bodies; it tells whether it surely is a reply.
func (p *parser) reply(line []byte, torn bool) bool {
	st, text := statusOf(line)
	p.agreed = false
	switch st {
	case none:
		p.strange(line, torn)
		return false
	case asked:
		return p.exchange || p.confirmed
	}
	if !p.greeted {
		p.greeted = true
		if len(p.pending) == 0 || greets(text) {
			return true
		}
	}
	if len(p.pending) == 0 {
		p.agreed = st == ok
		p.exchange = false
		return true
	}
	c := p.pending[0]
	p.pending = p.pending[:copy(p.pending, p.pending[1:])]
	switch c {
	case stls:
		p.stls = false
		if st == ok {
			p.handoff()
		}
	case auth:
		p.exchange = false
	case listing, retr, top:
		if st == ok {
			p.open(c)
		}
	}
	return true
}

// strange takes a line of the server that is no reply. Where commands are missing it may be part of an answer.
func (p *parser) strange(line []byte, torn bool) {
	switch {
	case torn || p.blind():
	case commandOf(line) != unknown:
		p.s.Event(evServerCommand)
	default:
		p.s.Event(evServerUnknown)
	}
}

// blind tells whether there may be commands that were not seen.
func (p *parser) blind() bool { return p.lost || !p.side[proto.Orig].seen }

// push notes a command whose answer is to come.
func (p *parser) push(c command) {
	if len(p.pending) >= maxPending {
		if p.side[proto.Resp].seen {
			p.s.Event(evPending)
			p.lost = true
		}
		p.pending = p.pending[:copy(p.pending, p.pending[1:])]
	}
	p.pending = append(p.pending, c)
}

// handoff gives the connection to TLS.
func (p *parser) handoff() {
	if !p.confirmed {
		p.confirmed = true
		p.s.Confirm()
	}
	p.done = true
	p.s.Handoff("")
}

// Gap implements proto.Parser.
func (p *parser) Gap(s *proto.Session[Tx], d proto.Dir, n int64) error {
	p.s = s
	sd := &p.side[d]
	sd.scanned, sd.discard, sd.seen = 0, false, true
	if d == proto.Resp && p.body.open {
		p.gapInBody(n)
		return nil
	}
	sd.torn, p.lost = true, true
	if d == proto.Resp {
		p.pending = p.pending[:0]
	}
	return nil
}

// End implements proto.Parser.
func (p *parser) End(s *proto.Session[Tx], d proto.Dir) {
	if p.s = s; d == proto.Resp && p.body.open {
		p.close(false)
	}
}

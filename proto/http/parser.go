package http

import (
	"bytes"

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
	blank   int64 // white space before a chunk's size
	body    body
	fields  int
	folding bool
	bareLF  bool // the line before ended with LF alone
	lines   int
	warned  uint64 // events reported for the message, by EventID
	events  int    // other events of the message
}

// parser parses one flow.
type parser struct {
	cfg   *config
	s     *proto.Session[Tx]
	side  [2]side
	queue []*Tx // requests waiting for their responses, oldest first
	count int   // transactions begun
	// replied: some response came. tunnel: all further bytes belong to another protocol.
	replied, tunnel bool
	zeek            zeekState
	meta            [2]func(e *record.Encoder)
	embed           *record.Embedded[Tx]
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
			if len(st.line) > maxLine {
				p.tooLong(d)
			} else if st.state == sLine && d == proto.Resp {
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

// take returns the next line with its line end, which may be borrowed from b. When it is not complete yet all of b is
// kept.
func (st *side) take(b []byte) (line []byte, n int, ok bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		st.line = append(st.line, b...)
		return nil, len(b), false
	}
	if len(st.line) == 0 {
		return b[:i+1], i + 1, true
	}
	st.line = append(st.line, b[:i+1]...)
	return st.line, i + 1, true
}

func (p *parser) gotLine(d proto.Dir, line []byte) error {
	st := &p.side[d]
	st.lines++
	switch st.state {
	case sLine, sHeaders, sTrailer:
		if d == proto.Orig {
			if st.state == sLine {
				return p.requestLine(line)
			}
			return p.headerLine(d, line)
		}
		return p.responseLines(line)
	case sAfter:
		return p.afterLine(d, line)
	default:
		return p.chunkSize(d, line)
	}
}

// responseLines divides a line of a response at carriage returns that stand alone.
func (p *parser) responseLines(line []byte) error {
	d := proto.Resp
	st := &p.side[d]
	for {
		if st.bareLF && line[0] == '\r' && len(line) > 1 && line[1] != '\n' {
			line = line[1:] // LF CR ended the line before
		}
		rest := []byte(nil)
		if k := loneCR(line); k >= 0 {
			p.zeek.loneCR(p)
			line, rest = line[:k+1], line[k+1:]
		}
		st.bareLF = st.state != sLine && len(line) > 1 && line[len(line)-1] == '\n' && line[len(line)-2] != '\r'
		var err error
		switch {
		case st.state != sLine:
			err = p.headerLine(d, line)
		case len(rest) > 0:
			ahead, more := p.ahead, p.more
			p.ahead, p.more = rest[0], true
			err = p.statusLine(line)
			p.ahead, p.more = ahead, more
		default:
			err = p.statusLine(line)
		}
		if err != nil || len(rest) == 0 || p.tunnel {
			return err
		}
		if st.state != sLine && st.state != sHeaders && st.state != sTrailer {
			st.body.wire(int64(len(rest)))
			st.body.write(rest)
			return nil
		}
		line = rest
	}
}

// loneCR finds a carriage return that ends a line by itself, as browsers take it in response headers; -1: none.
func loneCR(line []byte) int {
	for i := 1; i+1 < len(line); i++ {
		k := bytes.IndexByte(line[i:len(line)-1], '\r')
		if k < 0 {
			return -1
		}
		i += k
		if c := line[i+1]; c != '\r' && c != '\n' {
			return i
		}
	}
	return -1
}

// tooLong ends the work on a direction whose line has no end.
func (p *parser) tooLong(d proto.Dir) {
	st := &p.side[d]
	if d == proto.Orig {
		p.event(d, evRequestFieldTooLong)
	} else {
		p.event(d, evResponseFieldTooLong)
	}
	st.line = nil
	p.zeek.limit(p, d)
	st.state = sIgnore
}

// begin opens a transaction.
func (p *parser) begin() (*Tx, error) {
	tx, err := p.s.Begin()
	if err != nil {
		return nil, err
	}
	p.count++
	tx.Depth = p.count
	tx.cfg = p.cfg
	tx.Req.init()
	tx.Resp.init()
	return tx, nil
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

// endMessage closes the message being read in direction d. whole tells that it ended as announced.
func (p *parser) endMessage(d proto.Dir, whole bool) {
	st := &p.side[d]
	tx := st.tx
	if p.mayGoOn(d, tx) {
		st.state = sAfter
		return
	}
	st.body.end(whole)
	m := tx.message(d)
	m.Complete = whole
	if d == proto.Orig {
		p.endRequest(tx)
	} else {
		p.endResponse(tx)
	}
}

// mayGoOn tells whether what follows a message at once is looked at first: libhtp takes it as more of the body unless it
// is another first line.
func (p *parser) mayGoOn(d proto.Dir, tx *Tx) bool {
	if !p.more || !p.cfg.eveOnly || p.side[d].state == sAfter {
		return false
	}
	return d == proto.Orig && !tx.connect || d == proto.Resp && !p.interimStatus(tx) && !tx.switches()
}

// afterLine takes a line behind a message.
func (p *parser) afterLine(d proto.Dir, line []byte) error {
	st := &p.side[d]
	if d == proto.Resp && looksLikeStatus(line) {
		p.more = false
		p.endMessage(d, true)
		if !p.tunnel {
			return p.statusLine(line)
		}
		return nil
	}
	if d == proto.Orig {
		if first := firstWord(line); len(first) == 0 || knownMethod(first) {
			p.more = false
			p.endMessage(d, true)
			return p.requestLine(line)
		}
		p.again(d, evRequestBodyUnexpected)
	}
	if !st.body.open {
		p.startBody(st.tx, d, -1)
	}
	st.body.wire(int64(len(line)))
	st.body.write(line)
	if !p.more {
		p.endMessage(d, true)
	}
	return nil
}

// firstWord is what stands before the first white space, behind leading one.
func firstWord(line []byte) []byte {
	line = trim(line)
	for i, c := range line {
		if isSpace(c) {
			return line[:i]
		}
	}
	return line
}

func (p *parser) endRequest(tx *Tx) {
	st := &p.side[proto.Orig]
	st.next()
	p.zeek.requestDone(p, tx)
	p.s.At(tx, proto.Orig, RequestDone)
	if tx.ended {
		p.close(tx, proto.Orig)
	}
	if tx.connect {
		// Whether a tunnel follows is for the response to tell.
		st.state = sLine
	}
}

func (p *parser) endResponse(tx *Tx) {
	st := &p.side[proto.Resp]
	if p.interimStatus(tx) {
		p.interim(tx)
		return
	}
	st.next()
	if len(p.queue) > 0 && p.queue[0] == tx {
		copy(p.queue, p.queue[1:])
		p.queue = p.queue[:len(p.queue)-1]
	}
	p.s.At(tx, proto.Resp, ResponseDone)
	p.zeek.responseDone(p, tx)
	tx.ended = true
	if tx.switches() && p.side[proto.Orig].tx != tx {
		inner := ""
		if f := tx.Resp.find(fUpgrade); tx.Status == 101 && f != nil && equalFold(trim(f.Value), "websocket") {
			inner = "websocket"
		}
		p.tunnel = true
		p.close(tx, proto.Resp)
		p.s.Handoff(inner)
		return
	}
	if p.side[proto.Orig].tx != tx {
		p.close(tx, proto.Resp)
	}
}

// interim ends a 1xx response: the final one is still to come for the same request.
func (p *parser) interim(tx *Tx) {
	st := &p.side[proto.Resp]
	tx.InfoStatus, tx.InfoReason = tx.Status, tx.Reason
	if tx.Status == 100 && tx.Resp.started {
		p.event(proto.Resp, ev100ContinueAlreadySeen)
	}
	tx.Resp = Message{started: true}
	tx.Resp.init()
	tx.Status, tx.StatusText, tx.Reason = 0, nil, nil
	tx.header[proto.Resp], tx.names[proto.Resp] = nil, nil
	warned := st.warned
	st.next()
	st.warned = warned
	st.tx = nil
}

// close announces the last stage and gives the transaction back.
func (p *parser) close(tx *Tx, d proto.Dir) {
	p.settleFile(tx)
	p.zeek.row(p, tx)
	p.s.At(tx, d, Done)
	p.s.Close(tx)
}

// settleFile closes what is still open of a transaction that goes.
func (p *parser) settleFile(tx *Tx) {
	if b := &p.side[proto.Orig].body; b.tx == tx {
		b.out.settle()
	}
}

// next makes the direction ready for another message.
func (st *side) next() {
	st.state, st.tx, st.left, st.fields, st.folding, st.warned, st.events = sLine, nil, 0, 0, false, 0, 0
}

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

// resync looks for the next first line after a gap.
func (p *parser) resync(d proto.Dir, b []byte) int {
	st := &p.side[d]
	line, n, ok := st.take(b)
	if !ok {
		if len(st.line) > 4096 {
			st.line = st.line[:0]
		}
		return n
	}
	var first bool
	if d == proto.Orig {
		first = hasVersion(line)
	} else {
		first = len(line) > 9 && equalFold(line[:5], "http/") && line[5] >= '0' && line[5] <= '9'
	}
	if first {
		st.state = sLine
		if d == proto.Orig {
			_ = p.requestLine(line)
		} else {
			_ = p.statusLine(line)
		}
	}
	st.line = st.line[:0]
	return n
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

// lastLine takes what came of a line that never ended.
func (p *parser) lastLine(d proto.Dir) {
	st := &p.side[d]
	if len(st.line) == 0 {
		return
	}
	line := st.line
	st.line = nil
	switch st.state {
	case sLine, sHeaders, sTrailer:
		p.zeek.unterminated(p)
		_ = p.gotLine(d, line)
	case sChunkSize:
		st.body.wire(int64(len(line)))
		st.body.write(line)
	case sAfter:
		_ = p.afterLine(d, line)
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

package smtp

import (
	"bytes"
	"crypto/md5"
	"hash"

	"github.com/wirelore/wirelore/internal/mime"
	"github.com/wirelore/wirelore/proto"
)

// Limits of what a connection may make us keep.
const (
	longestLine = 4096 // of a command or reply; Suricata's
	maxPending  = 1024 // commands without a reply
	maxRcpt     = 2048 // recipients kept for one mail
	maxOpen     = 64   // files of one mail whose records wait for its end
)

// mode is what the client's bytes are.
type mode uint8

const (
	commands  mode = iota
	undecided      // behind DATA, before its reply
	inData
	inChunk
	inAuth
)

// command is what a reply is an answer to.
type command uint8

const (
	other command = iota
	startTLS
	data
	chunk
	lastChunk
	reset
	auth
	endOfData
)

// parser follows one connection.
type parser struct {
	s   *proto.Session[Tx]
	cfg *config

	tx      *Tx // the latest transaction; stays open until the next begins
	helo    []byte
	pending []command
	mode    mode

	greeted               bool // the server's greeting was seen
	pipelining, multiline bool
	lost                  bool // a gap in the server's replies: they are matched loosely
	resetting             bool // RSET was sent and not answered
	secured               bool
	early                 int     // mails whose row was written before their reply, since the next one began
	discard               [2]bool // up to the next line end
	torn                  [2]bool // the next line may lack its beginning
	scanned               [2]int  // bytes of the unread line already searched

	mail message
	row  row
}

// config is what the settings say, for one worker.
type config struct {
	mime, urls, schemeShown, bodyMD5, subjectMD5, messages bool

	keepLineEnd bool // of quoted-printable parts, as Zeek counts

	schemes []string
	fields  []*emailField // extra ones to write
}

func setUp(s *proto.Setup) func() proto.Parser[Tx] {
	cfg := readConfig(s.Settings)
	cfg.keepLineEnd = s.Profile.Name == "zeek"
	return func() proto.Parser[Tx] { return &parser{cfg: cfg} }
}

// Reset makes p ready for another connection.
func (p *parser) Reset() {
	*p = parser{cfg: p.cfg, helo: p.helo[:0], pending: p.pending[:0], mail: message{mime: p.mail.mime, md5: p.mail.md5}, row: p.row}
	p.row.clear()
}

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	p.s = s
	if p.row.start == 0 {
		p.openRow()
	}
	used := 0
	for used < len(b) && !p.secured {
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

// step consumes one line or one stretch of a body and returns its length, 0 when it is not complete.
func (p *parser) step(d proto.Dir, b []byte) (int, error) {
	if d == proto.Orig {
		switch p.mode {
		case inData:
			return p.data(b), nil
		case inChunk:
			return p.chunk(b), nil
		}
	}
	line, n, cut := p.line(d, b)
	if n == 0 || line == nil {
		return n, nil
	}
	if p.torn[d] {
		p.torn[d] = false
		if !p.sensible(d, line) {
			return n, nil
		}
	}
	if d == proto.Resp {
		if cut {
			p.s.EventTx(p.tx, evTruncated, "")
		}
		return n, p.reply(line)
	}
	if p.mode == undecided && !p.knownVerb(line) {
		// The client did not wait for 354: this is the mail.
		p.mode = inData
		return p.data(b), nil
	}
	return n, p.request(line, cut)
}

// sensible tells whether a line behind a gap is whole.
func (p *parser) sensible(d proto.Dir, line []byte) bool {
	if d == proto.Resp {
		_, ok := replyCode(line)
		return ok
	}
	return p.knownVerb(line)
}

// line cuts the next line off b: without its end, cut to longestLine. n is what to consume, 0 if the line goes on; line
// is nil when there is nothing to look at.
func (p *parser) line(d proto.Dir, b []byte) (line []byte, n int, cut bool) {
	from := min(p.scanned[d], len(b))
	i := bytes.IndexByte(b[from:], '\n')
	if p.discard[d] {
		if i < 0 {
			return nil, len(b), false
		}
		p.discard[d], p.scanned[d] = false, 0
		return nil, from + i + 1, false
	}
	if i < 0 && len(b) < longestLine {
		p.scanned[d] = len(b)
		return nil, 0, false
	}
	p.scanned[d] = 0
	if n = from + i + 1; i < 0 {
		p.discard[d] = true
		n = len(b)
	}
	if n > longestLine || i < 0 {
		return b[:longestLine], n, true
	}
	line = b[:n-1]
	if k := len(line); k > 0 && line[k-1] == '\r' {
		line = line[:k-1]
	}
	return line[:len(line):len(line)], n, false
}

// Gap implements proto.Parser.
func (p *parser) Gap(s *proto.Session[Tx], d proto.Dir, n int64) error {
	p.s = s
	p.scanned[d] = 0
	if d == proto.Resp {
		p.lost, p.torn[d] = true, true
		return nil
	}
	switch p.mode {
	case inData:
		p.mailGap(n)
	case inChunk:
		p.mailGap(n)
		if p.mail.left -= n; p.mail.left <= 0 {
			// The gap may have held the last chunk and more: what comes next belongs to nobody knows whom.
			p.mail.torn = p.mail.left < 0
			p.row.torn = p.mail.torn
			p.mode = commands
			if p.mail.last {
				p.endMail(lastChunk)
			}
		}
	default:
		p.lost, p.torn[d] = true, true
	}
	return nil
}

// End implements proto.Parser.
func (p *parser) End(s *proto.Session[Tx], _ proto.Dir) {
	if !s.Ended() {
		return
	}
	p.s = s
	if p.mail.open {
		p.closeMail(false)
	}
	if p.tx != nil {
		p.finish(p.tx, proto.Orig)
		p.flushRow()
	}
}

// finish announces that the client is done with tx.
func (p *parser) finish(tx *Tx, d proto.Dir) {
	if !tx.done {
		tx.done = true
		p.s.At(tx, d, Done)
		p.s.At(tx, proto.Orig, Over)
		p.s.At(tx, proto.Resp, Over)
	}
}

// begin opens a transaction, ending the one before.
func (p *parser) begin() error {
	if p.tx != nil {
		p.finish(p.tx, proto.Orig)
		p.s.Close(p.tx)
		p.tx = nil
	}
	tx, err := p.s.Begin()
	if err != nil {
		return err
	}
	tx.cfg = p.cfg
	tx.greeted = len(p.helo) > 0 || p.row.helo != nil
	tx.Helo = tx.Keep(p.helo)
	p.tx = tx
	if tx.greeted {
		p.s.At(tx, proto.Orig, Greeted)
	}
	return nil
}

// push notes a command whose reply is to come.
func (p *parser) push(c command) {
	if k := len(p.pending); k > 0 && c != endOfData && (p.pending[k-1] == data || p.pending[k-1] == startTLS) {
		p.s.EventTx(p.tx, evPipelined, "")
	}
	if len(p.pending) >= maxPending {
		p.s.EventTx(p.tx, evPendingCommands, "")
		p.pending = p.pending[:copy(p.pending, p.pending[1:])]
	}
	p.pending = append(p.pending, c)
}

// pop takes the oldest command.
func (p *parser) pop() (command, bool) {
	if len(p.pending) == 0 {
		return other, false
	}
	c := p.pending[0]
	p.pending = p.pending[:copy(p.pending, p.pending[1:])]
	return c, true
}

// message is the mail being received.
type message struct {
	mime mime.Parser
	open bool
	bol  bool // DATA: at the beginning of a line

	left int64 // BDAT: bytes of the chunk to come
	last bool  // BDAT: of the last chunk
	torn bool

	file    proto.File   // of the current part
	waiting []proto.File // complete, their records wait for the end of the mail
	whole   proto.File   // the mail itself

	entity  bool  // the current part is text whose URLs are wanted
	bodyAt  int64 // where the body begins, once the headers ended
	md5     hash.Hash
	hashing bool
	urlTail []byte // the beginning of a URL, or what may be one, at the end of a piece
}

// mailGap tells the mail that n bytes of it are missing. Behind a gap in the headers nobody knows what is body, so the
// gap is one of the first part.
func (p *parser) mailGap(n int64) {
	m := &p.mail
	if !m.open || !p.cfg.mime {
		return
	}
	if m.mime.InHeaders() {
		p.openPart(nil, p.row.entities+1).Gap(n)
	}
	m.bol = false
	m.mime.Gap(n)
	if m.whole != nil {
		m.whole.Gap(n)
	}
	m.urlTail = m.urlTail[:0]
}

// newMD5 returns a hash to use again and again.
func newMD5() hash.Hash { return md5.New() }

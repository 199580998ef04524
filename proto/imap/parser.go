package imap

import (
	"bytes"
	"errors"

	"github.com/wirelore/wirelore/proto"
)

// Limits of what is followed.
const (
	longestLine = 8192 // RFC 9051, section 7.1.1 asks servers for so much
	maxLiteral  = 1 << 30
	maxDigits   = 20
	tail        = 32 // what of an endless line is kept to see a literal's announcement
	maxOdd      = 8  // lines that are no IMAP before anything was
)

var errNotIMAP = errors.New("imap: the lines of this flow are neither commands nor responses")

// side is the state of one direction.
type side struct {
	scanned int   // bytes of the unread line already searched for its end
	left    int64 // bytes of a literal to come
	within  bool  // the next line continues one that a literal interrupted
	over    bool  // inside a line that was too long and whose beginning was read
	torn    bool  // the next line may lack its beginning
	text    bool  // the line ends in free text, which announces no literal
	seen    bool
	proof   uint8 // lines that only IMAP has
	odd     uint8
}

// parser follows one connection.
type parser struct {
	s    *proto.Session[Tx]
	side [2]side

	command  []byte // the tag of the command being sent
	starttls []byte // the tag of STARTTLS, until it is answered
	auth     []byte // the tag of LOGIN or AUTHENTICATE, until it is answered

	waiting   bool // a literal waits to be asked for
	exchange  bool // the client's lines are SASL's
	lost      bool // a gap in the server's answers
	confirmed bool
	done      bool
}

// Reset makes p ready for another connection.
func (p *parser) Reset() {
	*p = parser{command: p.command[:0], starttls: p.starttls[:0], auth: p.auth[:0]}
}

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	p.s = s
	sd := &p.side[d]
	sd.seen = true
	used := 0
	for used < len(b) && !p.done {
		if sd.left > 0 {
			used += int(sd.left)
			sd.left, p.waiting = 0, p.waiting && d != proto.Orig
			continue
		}
		if len(p.starttls) > 0 && !sd.within && !sd.over && secured(b[used]) {
			if d == proto.Orig && p.side[proto.Resp].seen && !p.lost {
				break // the answer to STARTTLS is still to be read
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

// step consumes a line, or a part of one that is too long, and returns its length, 0 when it is not complete.
func (p *parser) step(d proto.Dir, b []byte) (int, error) {
	sd := &p.side[d]
	from := min(sd.scanned, len(b))
	i := bytes.IndexByte(b[from:], '\n')
	if i < 0 && len(b) < longestLine && !sd.over {
		sd.scanned = len(b)
		return 0, nil
	}
	sd.scanned = 0
	n := from + i + 1
	if i < 0 {
		n = max(len(b)-tail, 0)
	}
	line := b[:n]
	if i >= 0 {
		line = trim(b[:n])
	}
	if !sd.over && !sd.within {
		if len(line) > longestLine {
			line = line[:longestLine]
		}
		if i < 0 || n > longestLine {
			p.s.Event(evLineCut)
		}
		if err := p.take(d, line); err != nil || p.done {
			return n, err
		}
	}
	if i < 0 {
		sd.over = true
		return n, nil
	}
	return n, p.ended(d, trim(b[:n]))
}

// trim cuts the end off a line.
func trim(line []byte) []byte {
	line = line[:len(line)-1]
	if k := len(line); k > 0 && line[k-1] == '\r' {
		line = line[:k-1]
	}
	return line
}

// ended follows the end of a line: a literal may come.
func (p *parser) ended(d proto.Dir, line []byte) error {
	sd := &p.side[d]
	sd.over, sd.within = false, false
	if sd.text || d == proto.Orig && p.exchange {
		return nil
	}
	n, wait, found := literal(line)
	switch {
	case !found:
		return nil
	case n > maxLiteral:
		p.s.Event(evLiteral)
		return proto.ErrDone
	}
	sd.left, sd.within = n, true
	if d == proto.Orig {
		p.waiting = wait
	}
	return nil
}

// take looks at a line that begins a command or a response.
func (p *parser) take(d proto.Dir, line []byte) error {
	sd := &p.side[d]
	torn := sd.torn
	sd.torn, sd.text = false, false
	if len(line) == 0 {
		return nil
	}
	var proof bool
	var err error
	if d == proto.Orig {
		proof = p.request(line)
	} else {
		proof, err = p.response(line)
	}
	switch {
	case err != nil:
		return err
	case proof:
		sd.proof = min(sd.proof+1, 2)
		p.confirm()
	case !torn && !p.confirmed && !p.exchange:
		if sd.odd++; sd.odd >= maxOdd {
			return errNotIMAP
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

// request takes a command; it tells whether it surely is one.
func (p *parser) request(line []byte) bool {
	tag, rest := word(line)
	w, arg := word(rest)
	v := unknown
	if isTag(tag) {
		v = verbOf(w)
	}
	if p.exchange {
		if v == unknown || p.side[proto.Resp].seen && !p.lost {
			return false
		}
		p.exchange = false // nobody saw how it ended
	}
	if v == unknown {
		return false
	}
	if len(p.starttls) > 0 {
		p.s.Event(evInjected)
	}
	p.command = append(p.command[:0], tag...)
	switch v {
	case startTLS:
		if len(arg) == 0 {
			p.starttls = append(p.starttls[:0], tag...)
		}
	case authenticate, login:
		p.auth = append(p.auth[:0], tag...)
		p.exchange = v == authenticate
	}
	return true
}

// response takes a line of the server; it tells whether it surely is a response.
func (p *parser) response(line []byte) (bool, error) {
	tag, rest := word(line)
	w, _ := word(rest)
	st := statusOf(w)
	sd := &p.side[proto.Resp]
	sd.text = st != noStatus
	switch {
	case line[0] == '+':
		sd.text = true
		return false, nil
	case len(tag) == 1 && tag[0] == '*':
		return st != noStatus || untagged(w), nil
	case !isTag(tag) || st == noStatus || st == bye:
		return false, nil
	}
	if st == no && p.waiting && bytes.Equal(tag, p.command) {
		// Refused before it was sent.
		o := &p.side[proto.Orig]
		p.waiting, o.left, o.within = false, 0, false
	}
	if len(p.starttls) > 0 && bytes.Equal(tag, p.starttls) {
		p.starttls = p.starttls[:0]
		if st != ok {
			p.s.Event(evRefused)
			return true, nil
		}
		p.handoff()
		return true, nil
	}
	if len(p.auth) > 0 && bytes.Equal(tag, p.auth) {
		p.auth, p.exchange = p.auth[:0], false
		if st == ok {
			p.sure()
			return true, proto.ErrDone // there is no STARTTLS behind a login
		}
	}
	return true, nil
}

// sure confirms: an answer that fits its command is proof enough.
func (p *parser) sure() {
	p.confirmed = true
	p.s.Confirm()
}

// handoff gives the connection to TLS.
func (p *parser) handoff() {
	p.sure()
	p.done = true
	p.s.Handoff("")
}

// Gap implements proto.Parser.
func (p *parser) Gap(s *proto.Session[Tx], d proto.Dir, n int64) error {
	p.s = s
	sd := &p.side[d]
	sd.scanned, sd.seen = 0, true
	if d == proto.Resp {
		p.lost = true
	}
	k := min(sd.left, n)
	if sd.left -= k; n == k {
		return nil
	}
	sd.torn, sd.within, sd.over = true, false, false
	return nil
}

// End implements proto.Parser.
func (p *parser) End(*proto.Session[Tx], proto.Dir) {}

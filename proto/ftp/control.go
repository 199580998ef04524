package ftp

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// Limits of what a control connection may make us keep.
const (
	longestLine = 4096 // Suricata's
	longestVerb = 100  // Zeek's
	maxReplies  = 256  // lines kept for one command
	maxName     = 1024 // of a user name, password or path
	maxPending  = 1024 // commands without a reply, Suricata's max-tx
)

// What breaks the protocol for good; the words are Zeek's.
var (
	errReplyLine = errors.New("invalid reply line")
	errReplyCode = errors.New("non-numeric reply code")
)

// control follows one control connection.
type control struct {
	s       *proto.Session[Tx]
	pending []*Tx // commands without their final reply
	last    *Tx   // answered, waits for the next command

	user, password, cwd   []byte
	code                  int // of the last reply
	text                  []byte
	hasUser, hasPassword  bool
	loggedIn, refused     bool
	greeted               bool
	multi                 int        // code of the reply whose lines go on, 0: none
	at                    int        // which of pending the current reply is about
	torn                  [2]bool    // the next line may lack its beginning
	next                  **transfer // what the next command about files transfers; shared with data connections
	gssapi, token, secure bool
	overlong              bool
	discard               [2]bool
	scanned               [2]int
	longest               int
}

func setUp(s *proto.Setup) func() proto.Parser[Tx] {
	longest := int(min(max(s.Settings.Int("app-layer.protocols.ftp.max-line-length", longestLine), 64), 32<<10))
	return func() proto.Parser[Tx] { return &control{longest: longest} }
}

// Reset makes c ready for another connection.
func (c *control) Reset() {
	clear(c.pending)
	*c = control{pending: c.pending[:0], user: c.user[:0], password: c.password[:0], cwd: c.cwd[:0], text: c.text[:0], longest: c.longest}
}

// Data implements proto.Parser.
func (c *control) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	if c.s == nil {
		s.SetTimeout(hour)
		c.cwd = append(c.cwd[:0], '.')
	}
	c.s = s
	used := 0
	for used < len(b) && !c.secure {
		line, n, cut := c.line(d, b[used:])
		if n == 0 {
			break
		}
		used += n
		if line == nil {
			continue
		}
		if c.torn[d] {
			c.torn[d] = false
			if !sensible(d, line) {
				continue
			}
		}
		var err error
		if d == proto.Orig {
			err = c.request(line, cut)
		} else {
			err = c.reply(line, cut)
		}
		if err != nil {
			return proto.Result{}, err
		}
	}
	return proto.Result{Used: used}, nil
}

// line cuts the next line off b: without its end, cut to the longest that is kept. n is what to consume, 0 if the line
// goes on; line is nil when there is nothing to look at.
func (c *control) line(d proto.Dir, b []byte) (line []byte, n int, cut bool) {
	from := min(c.scanned[d], len(b))
	i := bytes.IndexByte(b[from:], '\n')
	if c.discard[d] {
		if i < 0 {
			return nil, len(b), false
		}
		c.discard[d], c.scanned[d] = false, 0
		return nil, from + i + 1, false
	}
	if i < 0 && len(b) < c.longest {
		c.scanned[d] = len(b)
		return nil, 0, false
	}
	c.scanned[d] = 0
	if n = from + i + 1; i < 0 {
		c.discard[d] = true
		n = len(b)
	}
	if n > c.longest || i < 0 {
		return b[:c.longest], n, true
	}
	line = trimCR(b[:n-1])
	return line[:len(line):len(line)], n, false
}

// sensible tells whether a line behind a gap is whole.
func sensible(d proto.Dir, line []byte) bool {
	if d == proto.Resp {
		code, _ := splitReply(line)
		return code != nil
	}
	verb, _ := split(line)
	return knownCommand(verb)
}

// Gap implements proto.Parser: a line behind it that makes no sense is passed over.
func (c *control) Gap(s *proto.Session[Tx], d proto.Dir, _ int64) error {
	c.s = s
	c.scanned[d], c.torn[d] = 0, true
	return nil
}

// End implements proto.Parser.
func (c *control) End(s *proto.Session[Tx], _ proto.Dir) {
	if !s.Ended() || c.s == nil {
		return
	}
	c.s = s
	c.settle()
	for _, tx := range c.pending {
		if tx.Code == 0 { // as Zeek: the session's last reply stands in
			tx.Code, tx.Text = c.code, tx.Keep(c.text)
		}
		s.At(tx, proto.Orig, Done)
		c.log(tx)
	}
	clear(c.pending)
	c.pending = c.pending[:0]
}

// begin opens a transaction.
func (c *control) begin() (*Tx, error) {
	tx, err := c.s.Begin()
	if err != nil {
		return nil, err
	}
	tx.ctl, tx.size = c, -1
	return tx, nil
}

// log announces a transaction whose transfer is known, and closes it.
func (c *control) log(tx *Tx) {
	c.s.At(tx, proto.Resp, Settled)
	c.s.Close(tx)
}

// settle logs the command that was answered last.
func (c *control) settle() {
	if c.last != nil {
		tx := c.last
		c.last = nil
		c.log(tx)
	}
}

// request takes a command line.
func (c *control) request(line []byte, cut bool) error {
	c.settle()
	if len(c.pending) >= maxPending {
		c.s.Event(evTooMany)
		return proto.ErrLimit
	}
	tx, err := c.begin()
	if err != nil {
		return err
	}
	c.pending = append(c.pending, tx)
	verb, arg := split(line)
	if len(verb) > longestVerb {
		c.s.EventTx(tx, evLongVerb, strconv.Itoa(len(verb))+" > "+strconv.Itoa(longestVerb))
		if !c.overlong { // Zeek stops here, and says so in the history; to go on costs nothing and hides less
			c.overlong = true
			c.s.History.Add('X')
		}
	}
	if cut {
		tx.CommandCut = true
		c.s.EventTx(tx, evLongCommand, "")
	}
	tx.Command, tx.Arg = tx.Keep(verb), tx.Keep(arg)
	upper(tx.Command)
	tx.known = knownCommand(verb)
	c.understand(tx)
	c.s.At(tx, proto.Orig, Request)
	return nil
}

// upper turns b into upper case in place.
func upper(b []byte) {
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - ('a' - 'A')
		}
	}
}

// understand keeps what a command says about the session.
func (c *control) understand(tx *Tx) {
	arg := bytes.TrimSpace(tx.Arg)
	switch string(tx.Command) {
	case "USER":
		c.user, c.hasUser = keepName(c.user, arg), true
	case "PASS":
		c.password, c.hasPassword = keepName(c.password, arg), true
	case "PORT":
		tx.Bounced = bounced(arg, c.s.Side[proto.Orig].Addr)
		c.active(tx, parsePort(arg))
	case "EPRT":
		c.active(tx, parseEPRT(arg))
	case "RETR", "STOR", "APPE", "STOU", "LIST", "NLST", "MLSD":
		if c.next != nil {
			t := *c.next
			t.command, t.filename = bytes.Clone(tx.Command), keepName(nil, arg)
			tx.transfer = t
		}
	case "AUTH":
		c.gssapi = is(arg, "GSSAPI")
		c.s.Confirm()
	case "ADAT":
		if c.gssapi && !c.token {
			c.token = true
			c.checkToken(tx, arg)
		}
	}
}

// keepName copies b into kept, within maxName.
func keepName(kept, b []byte) []byte { return append(kept[:0], b[:min(len(b), maxName)]...) }

// checkToken looks at the first security token of a GridFTP client, which Zeek decodes.
func (c *control) checkToken(tx *Tx, arg []byte) {
	for _, ch := range arg {
		if isBase64(ch) {
			continue
		}
		c.s.Flow.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: "base64_illegal_encoding", PerFlow: true, Tx: -1,
			Addl: "character " + strconv.Itoa(int(ch)) + " ignored by Base64 decoding"})
		c.s.Flow.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: "ftp_adat_bad_first_token_encoding",
			Source: "FTP_ADAT", PerFlow: true, Tx: -1})
		return
	}
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

// active takes the address that PORT or EPRT names: the server will connect to it.
func (c *control) active(tx *Tx, a address) {
	if !a.ok {
		return
	}
	client, server := c.s.Side[proto.Orig].Addr, c.s.Side[proto.Resp].Addr
	tx.Port, tx.Bounce = a.port, a.host != client
	tx.channel = &channel{orig: server, resp: a.host, port: a.port}
	from := server
	if tx.Bounce {
		from = flow.Addr{} // who will connect is not known
	}
	c.expect(from, a)
}

// passive takes the address at which the server waits.
func (c *control) passive(tx *Tx, a address) {
	if !a.ok {
		return
	}
	client, server := c.s.Side[proto.Orig].Addr, c.s.Side[proto.Resp].Addr
	tx.Port = a.port
	if a.host == (flow.Addr{}) {
		a.host = server
	}
	tx.channel = &channel{passive: true, orig: client, resp: a.host, port: a.port}
	c.expect(client, a)
	if a.host != server { // behind address translation the reply names what the client does not use
		c.s.Expect("ftp-data", proto.TCP, client, server, a.port, *c.next)
	}
}

// expect announces the data connection.
func (c *control) expect(from flow.Addr, a address) {
	if c.next == nil {
		c.next = new(*transfer)
	}
	*c.next = &transfer{port: a.port, latest: c.next}
	c.s.Expect("ftp-data", proto.TCP, from, a.host, a.port, *c.next)
}

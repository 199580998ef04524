package ftp

import (
	"bytes"
	"strconv"

	"github.com/wirelore/wirelore/proto"
)

// splitReply cuts a reply line into its code, nil if it has none, and the text.
func splitReply(line []byte) (code, text []byte) {
	if len(line) >= 3 && digits(line[:3]) && (len(line) == 3 || line[3] == ' ' || line[3] == '-') {
		return line[:3], line[min(4, len(line)):]
	}
	return nil, line
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// reply takes one line of the server.
func (c *control) reply(line []byte, cut bool) error {
	digit, text := splitReply(line)
	code := 0
	if digit != nil {
		code, _ = strconv.Atoi(string(digit))
	}
	if c.multi != 0 && c.at >= len(c.pending) && len(c.pending) > 0 {
		c.at = 0
	}
	if c.multi != 0 {
		final := code == c.multi && (len(line) == 3 || line[3] == ' ')
		c.keep(line, cut)
		if final {
			c.multi = 0
			c.answer(code, text)
		}
		return nil
	}
	if digit == nil {
		return c.violation(line)
	}
	if err := c.receive(); err != nil {
		return err
	}
	c.at = c.choose(digit, text)
	c.keep(line, cut)
	if len(line) > 3 && line[3] == '-' {
		c.multi = code
		return nil
	}
	c.answer(code, text)
	return nil
}

// violation ends the parsing of something that is no FTP.
func (c *control) violation(line []byte) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	c.s.RemoveService("ftp")
	if len(line) >= 3 && digits(line[:3]) {
		return errReplyLine
	}
	return errReplyCode
}

// current is the transaction that the server's next line is about.
func (c *control) current() *Tx {
	if len(c.pending) > 0 {
		return c.pending[min(c.at, len(c.pending)-1)]
	}
	return c.last
}

// receive sees to it that there is a transaction for a reply: the greeting has no command.
func (c *control) receive() error {
	if c.current() != nil || c.greeted {
		return nil
	}
	tx, err := c.begin()
	if err != nil {
		return err
	}
	c.pending = append(c.pending, tx)
	return nil
}

// keep adds a line to the transaction's replies.
func (c *control) keep(line []byte, cut bool) {
	tx := c.current()
	if tx == nil {
		return
	}
	if cut {
		tx.ReplyCut = true
		c.s.EventTx(tx, evLongReply, "")
	}
	if tx.Replies == nil {
		tx.Replies = tx.few[:0]
	}
	if len(tx.Replies) < maxReplies {
		tx.Replies = append(tx.Replies, tx.Keep(line))
	}
}

// answer takes a complete reply.
func (c *control) answer(code int, text []byte) {
	c.greeted = true
	tx := c.current()
	if tx == nil {
		return
	}
	tx.Code, tx.Text = code, tx.Keep(text)
	c.code, c.text = code, keepName(c.text, text)
	c.learn(tx, code, text)
	if code < 200 || len(c.pending) == 0 {
		return
	}
	tx.answered = true
	at := min(c.at, len(c.pending)-1)
	c.pending = append(c.pending[:at], c.pending[at+1:]...)
	c.s.At(tx, proto.Resp, Done)
	c.s.At(tx, proto.Orig, Over)
	switch {
	case len(tx.Command) == 0:
		c.s.Close(tx)
	case len(c.pending) > 0:
		c.log(tx) // the next command is there already
	default:
		c.last = tx
	}
	if c.secure {
		c.s.Handoff("")
	}
}

// learn keeps what a reply says about the session.
func (c *control) learn(tx *Tx, code int, text []byte) {
	switch string(tx.Command) {
	case "USER", "PASS":
		c.login(code)
	case "PASV":
		if code == 227 {
			c.passive(tx, parsePasv(text))
		}
	case "EPSV":
		if code == 229 {
			c.passive(tx, parseEPSV(text))
		}
	case "CWD", "XCWD":
		if code == 250 {
			c.cwd = appendPath(c.cwd, bytes.TrimSpace(tx.Arg))
		}
	case "CDUP", "XCUP":
		if code == 200 || code == 250 {
			c.cwd = appendPath(c.cwd, []byte(".."))
		}
	case "PWD", "XPWD":
		if dir := quoted(text); code == 257 && dir != nil {
			c.cwd = appendPath(nil, dir)
		}
	case "RETR":
		if code == 150 || code == 125 {
			tx.size = announcedSize(text)
		}
	case "SIZE":
		if n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64); code == 213 && err == nil {
			tx.size = n
		}
	case "AUTH":
		c.secure = code == 234 && !c.gssapi
	}
}

// login takes a reply to USER or PASS.
func (c *control) login(code int) {
	switch code / 100 {
	case 2:
		c.loggedIn = true
		c.s.Confirm()
	case 3:
		c.s.Confirm()
	case 5:
		c.refused = true
		c.s.Confirm()
	}
}

// quoted returns the path between the quotes of a 257 reply, nil if there is none.
func quoted(text []byte) []byte {
	i := bytes.IndexByte(text, '"')
	j := bytes.LastIndexByte(text, '"')
	if i < 0 || j <= i {
		return nil
	}
	return text[i+1 : j]
}

// announcedSize reads "(77 bytes)" from a 150 reply, -1 if it is not there.
func announcedSize(text []byte) int64 {
	for {
		i := bytes.IndexByte(text, '(')
		if i < 0 {
			return -1
		}
		text = text[i+1:]
		n := 0
		for n < len(text) && text[n] >= '0' && text[n] <= '9' {
			n++
		}
		if n > 0 && n < len(text) && (text[n] == ' ' || text[n] == '\t') {
			if v, err := strconv.ParseInt(string(text[:n]), 10, 64); err == nil {
				return v
			}
		}
	}
}

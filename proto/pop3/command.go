package pop3

import (
	"bytes"
	"encoding/base64"
)

// command is what a client asked for, as far as its answer depends on it.
type command uint8

const (
	unknown command = iota
	single          // answered by one line
	listing         // answered by lines up to a dot
	retr            // answered by a mail
	top             // answered by the beginning of a mail
	auth            // begins a SASL exchange
	stls
)

// split cuts a line into its first word and the rest.
func split(line []byte) (verb, arg []byte) {
	i := bytes.IndexByte(line, ' ')
	if i < 0 {
		return line, nil
	}
	return line[:i], bytes.TrimSpace(line[i+1:])
}

// upper folds a word into buf, nil when it is too long for a keyword.
func upper(buf *[8]byte, w []byte) []byte {
	if len(w) > len(buf) {
		return nil
	}
	for i, c := range w {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:len(w)]
}

// commandOf tells what a line of the client asks for.
func commandOf(line []byte) command {
	verb, arg := split(line)
	var buf [8]byte
	switch string(upper(&buf, verb)) {
	case "RETR":
		return retr
	case "TOP":
		return top
	case "CAPA", "XTND":
		return listing
	case "LIST", "UIDL", "LANG":
		if len(arg) == 0 {
			return listing
		}
		return single
	case "AUTH":
		if len(arg) == 0 {
			return listing // the mechanisms, before RFC 5034
		}
		return auth
	case "STLS":
		return stls
	case "USER", "PASS", "APOP", "STAT", "DELE", "RSET", "NOOP", "LAST", "QUIT", "XSENDER", "UTF8", "RPOP":
		return single
	}
	return unknown
}

// status is what a line of the server says.
type status uint8

const (
	none  status = iota
	ok           // +OK
	bad          // -ERR
	asked        // + and a challenge
)

// statusOf reads a line of the server.
func statusOf(line []byte) (status, []byte) {
	word, text := split(line)
	var buf [8]byte
	switch string(upper(&buf, word)) {
	case "+OK":
		return ok, text
	case "-ERR":
		return bad, text
	case "+":
		return asked, text
	}
	return none, nil
}

// greets tells whether the text of a reply is that of a server's greeting: it names the protocol, or has a timestamp for APOP.
func greets(text []byte) bool {
	for i := 0; i+3 <= len(text); i++ {
		if text[i]|0x20 == 'p' && text[i+1]|0x20 == 'o' && text[i+2]|0x20 == 'p' {
			return true
		}
	}
	i := bytes.IndexByte(text, '<')
	if i < 0 {
		return false
	}
	at := bytes.IndexByte(text[i:], '@')
	return at > 0 && bytes.IndexByte(text[i+at:], '>') > 0
}

// mechanism is a SASL mechanism whose lines are looked at.
type mechanism uint8

const (
	otherMechanism mechanism = iota
	plain
	loginMechanism
)

// credentials checks a line of a SASL exchange; nothing of it is kept.
func (p *parser) credentials(line []byte) {
	if p.mech == otherMechanism || len(line) == 1 && (line[0] == '*' || line[0] == '=') {
		return
	}
	p.scratch = append(p.scratch[:0], line...)
	n, err := base64.StdEncoding.Decode(p.scratch, line)
	switch {
	case err != nil:
		p.s.Event(evBase64)
	case p.mech == plain && bytes.Count(p.scratch[:n], []byte{0}) != 2:
		p.s.Event(evPlain)
	}
	clear(p.scratch)
}

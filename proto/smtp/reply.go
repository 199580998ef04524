package smtp

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// reply takes one line of the server.
func (p *parser) reply(line []byte) error {
	code, ok := replyCode(line)
	if !ok {
		p.s.EventTx(p.tx, evInvalidReply, "")
		return nil
	}
	continued := len(line) > 3 && line[3] == '-'
	p.multiline = continued
	var text []byte
	if len(line) > 4 {
		text = line[4:]
	}
	p.row.reply(code, text)
	if !p.greeted {
		if !continued {
			p.greeted = true
		}
		if code == 220 || len(p.pending) == 0 {
			if code != 220 && code != 554 && code != 421 {
				p.s.EventTx(p.tx, evInvalidReply, "")
			}
			return nil
		}
	}
	if code == 250 && hasFold(text, "PIPELINING") {
		p.pipelining = true
	}
	if continued {
		return nil
	}
	p.answer(code)
	return nil
}

// answer matches a complete reply with the command that it is about.
func (p *parser) answer(code int) {
	c, ok := p.pop()
	if p.lost && code == 354 {
		for ok && c != data {
			c, ok = p.pop()
		}
		if !ok && p.mode == commands && p.tx != nil {
			p.openMail(false) // the gap swallowed DATA too
			p.mode = inData
			return
		}
	}
	if !ok {
		if code != 421 && !p.lost && p.mode == commands { // 421 may come at any time
			p.s.EventTx(p.tx, evUnmatchedReply, "")
		}
		return
	}
	switch c {
	case startTLS:
		p.tlsReply(code)
	case data:
		p.dataReply(code)
	case reset:
		if code == 250 && p.resetting {
			p.resetting = false
			p.finish(p.tx, proto.Resp)
		}
	case auth:
		p.authReply(code)
	case lastChunk, endOfData:
		if p.early > 0 {
			p.early--
			return
		}
		p.row.mails++
		p.flushRow()
	case chunk, other:
	}
}

// tlsReply takes the reply to STARTTLS: after 220 the connection belongs to TLS.
func (p *parser) tlsReply(code int) {
	if code != 220 {
		p.s.EventTx(p.tx, evTLSRejected, "")
		return
	}
	p.row.tls, p.row.active = true, true
	p.finish(p.tx, proto.Resp)
	p.secured = true
	p.s.Handoff("")
}

// dataReply takes the reply to DATA.
func (p *parser) dataReply(code int) {
	if code == 354 {
		if p.mode == undecided {
			p.mode = inData
		}
		return
	}
	p.s.EventTx(p.tx, evDataRejected, "")
	if p.mode == undecided || p.mode == inData {
		p.mode = commands
		p.abortMail()
	}
}

// authReply follows an AUTH exchange: as long as the server asks on, the client's lines are no commands.
func (p *parser) authReply(code int) {
	switch {
	case code == 334 && p.mode == commands:
		p.mode = inAuth
	case code != 334 && p.mode == inAuth:
		p.mode = commands
	}
}

// replyCode reads the three digits that a reply begins with.
func replyCode(line []byte) (int, bool) {
	line = bytes.TrimRight(line, " ")
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, false
	}
	code := 0
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, false
		}
		code = code*10 + int(c-'0')
	}
	return code, code >= 200 && code < 600
}

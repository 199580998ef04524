package smtp

import (
	"bytes"
	"math"
	"slices"
	"strconv"

	"github.com/wirelore/wirelore/proto"
)

// verbs are the commands that are told from mail when a client does not wait for the reply to DATA.
var verbs = []string{"RSET", "QUIT", "MAIL", "RCPT", "NOOP", "EHLO", "HELO", "DATA", "BDAT", "VRFY", "EXPN", "AUTH", "HELP", "STARTTLS"}

// knownVerb tells whether line is a command.
func (p *parser) knownVerb(line []byte) bool {
	verb, _ := split(line)
	return slices.ContainsFunc(verbs, func(v string) bool { return len(v) == len(verb) && hasFold(verb, v) })
}

// split cuts a command line into its verb and the rest.
func split(line []byte) (verb, arg []byte) {
	i := bytes.IndexByte(line, ' ')
	if i < 0 {
		return line, nil
	}
	return line[:i], bytes.TrimLeft(line[i+1:], " \t")
}

// request takes one line of the client.
func (p *parser) request(line []byte, cut bool) error {
	verb, arg := split(line)
	if p.mode == inAuth {
		p.push(auth)
		return nil
	}
	if p.mode == undecided {
		p.mode = commands
	}
	if p.needsTx(verb) {
		if err := p.begin(); err != nil {
			return err
		}
	}
	if cut {
		p.s.EventTx(p.tx, evTruncated, "")
	}
	if !p.greeted && !p.lost {
		p.s.EventTx(p.tx, evNoWelcome, "")
	}
	is := func(v string) bool { return len(v) == len(verb) && hasFold(verb, v) }
	switch {
	case is("EHLO"), is("HELO"), is("LHLO"):
		p.hello(line, arg)
	case is("MAIL"):
		p.mailFrom(line, arg)
	case is("RCPT"):
		p.rcptTo(line, arg)
	case is("DATA"):
		p.dataCommand()
	case is("BDAT"):
		p.bdat(line)
	case is("RSET"):
		p.resetting = true
		p.push(reset)
	case is("STARTTLS"), is("X-ANONYMOUSTLS"):
		p.push(startTLS)
	case is("AUTH"):
		p.push(auth)
	default:
		p.push(other)
	}
	return nil
}

// needsTx tells whether the command begins a transaction. RSET belongs to the one that it ends.
func (p *parser) needsTx(verb []byte) bool {
	if p.tx == nil {
		return true
	}
	if p.resetting && len(verb) == 4 && hasFold(verb, "MAIL") {
		return true
	}
	return p.tx.done && !(len(verb) == 4 && hasFold(verb, "RSET"))
}

// param returns the word behind a command of n bytes, as Suricata takes it.
func param(line []byte, n int) []byte {
	if len(line) <= n+1 {
		return nil
	}
	v := bytes.TrimLeft(line[n+1:], " ")
	if i := bytes.IndexByte(v, ' '); i >= 0 {
		v = v[:i]
	}
	return v
}

// hello takes EHLO and HELO.
func (p *parser) hello(line, arg []byte) {
	if p.tx.greeted {
		p.s.EventTx(p.tx, evDuplicate, "")
	} else {
		p.helo = append(p.helo[:0], param(line, 4)...)
		p.tx.Helo, p.tx.greeted = p.tx.Keep(p.helo), true
		p.s.At(p.tx, proto.Orig, Greeted)
	}
	p.row.setHelo(arg)
	p.push(other)
	if p.greeted || p.lost || !p.serverSeen() {
		p.s.Confirm()
	}
}

// serverSeen tells whether the server said anything so far.
func (p *parser) serverSeen() bool { return p.greeted || p.multiline }

// mailFrom takes MAIL FROM.
func (p *parser) mailFrom(line, arg []byte) {
	p.resetting = false
	if hasFold(arg, "FROM:") {
		if p.serverSeen() && slices.Contains(p.pending, endOfData) ||
			p.serverSeen() && slices.Contains(p.pending, lastChunk) {
			p.early++
			p.row.mails++
		}
		p.flushRow()
		p.row.active = true
		if a := firstAddress(arg); a != nil {
			p.row.set(&p.row.mailFrom, a)
		}
	}
	if hasFold(line, "MAIL FROM") {
		if p.tx.MailFrom != nil {
			p.s.EventTx(p.tx, evDuplicate, "")
		} else {
			p.tx.MailFrom = p.tx.Keep(param(line, 9))
			p.s.At(p.tx, proto.Orig, Sender)
		}
	}
	p.push(other)
}

// rcptTo takes RCPT TO.
func (p *parser) rcptTo(line, arg []byte) {
	if hasFold(arg, "TO:") {
		p.row.active = true
		eachAddress(arg, func(a []byte) {
			p.row.add(&p.row.rcptTo, cutORCPT(a))
		})
	}
	if hasFold(line, "RCPT TO") && len(p.tx.RcptTo) < maxRcpt {
		p.tx.RcptTo = append(p.tx.RcptTo, p.tx.Keep(param(line, 7)))
	}
	p.push(other)
}

// dataCommand takes DATA. Where the reply cannot be waited for, because the server takes pipelined commands or because
// its side was not captured, the mail is taken to follow at once.
func (p *parser) dataCommand() {
	p.push(data)
	if p.tx.data {
		p.s.EventTx(p.tx, evUnparsable, "")
		if p.mail.open {
			p.closeMail(false)
		}
	}
	if p.mail.left > 0 || p.mail.torn {
		p.s.EventTx(p.tx, evBDATRemaining, "")
		p.s.Flow.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: "smtp_bdat_undelivered_at_done",
			Source: "SMTP_BDAT", PerFlow: true, Tx: -1})
		p.closeMail(false)
	}
	p.openMail(false)
	p.s.At(p.tx, proto.Orig, Envelope)
	p.mode = undecided
	if p.pipelining || !p.serverSeen() {
		p.mode = inData
	}
}

// bdat takes BDAT (RFC 3030, section 2): a size, and LAST for the last chunk of a mail.
func (p *parser) bdat(line []byte) {
	size, last, fault := parseBDAT(line)
	switch {
	case fault != "":
		p.push(other)
		p.s.EventTx(p.tx, evInvalidBDAT, fault)
		return
	case size > math.MaxInt64/2:
		p.push(other)
		p.s.EventTx(p.tx, evHugeBDAT, strconv.FormatUint(size, 10))
		p.s.EventTx(p.tx, evChunk, "")
		return
	}
	if last {
		p.push(lastChunk)
	} else {
		p.push(chunk)
	}
	if !p.mail.open {
		p.openMail(true)
		p.s.At(p.tx, proto.Orig, Envelope)
	}
	p.mail.left, p.mail.last = int64(size), last
	p.mode = inChunk
	if size == 0 {
		p.chunkDone()
	}
}

// parseBDAT reads the arguments of BDAT; fault is Zeek's text for what is wrong.
func parseBDAT(line []byte) (size uint64, last bool, fault string) {
	_, arg := split(line)
	if len(arg) == 0 {
		return 0, false, "BDAT argument bad length"
	}
	n := 0
	for n < len(arg) && arg[n] >= '0' && arg[n] <= '9' {
		n++
	}
	if n == 0 {
		return 0, false, "BDAT not followed by a valid chunk-size"
	}
	size, err := strconv.ParseUint(string(arg[:n]), 10, 64)
	if err != nil {
		return 0, false, "BDAT argument bad length"
	}
	rest := bytes.TrimSpace(arg[n:])
	switch {
	case len(rest) == 0 && (n == len(arg) || arg[n] == ' '):
		return size, false, ""
	case len(rest) == 4 && hasFold(rest, "LAST") && arg[n] == ' ':
		return size, true, ""
	}
	return 0, false, "BDAT chunk-size followed by junk"
}

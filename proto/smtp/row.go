package smtp

import (
	"bytes"
	"net/netip"

	"github.com/wirelore/wirelore/internal/mime"
	"github.com/wirelore/wirelore/proto"
)

// maxRow bounds the bytes kept for a row.
const maxRow = 256 << 10

// row is a mail as Zeek logs it. It lives across transactions.
type row struct {
	start    int64
	depth    uint64 // of this mail among those of the connection
	mails    uint64 // answered so far
	active   bool   // the client did something that is worth a row
	tls      bool
	torn     bool // headers cannot be trusted, see parser.Gap
	cut      bool // something was left out
	entities int  // of all mails of the connection

	helo, mailFrom, date, from, replyTo, msgID, inReplyTo, subject []byte
	first, second, userAgent                                       []byte
	lastReply                                                      []byte
	rcptTo, to, cc                                                 [][]byte
	originating                                                    netip.Addr
	path                                                           []netip.Addr
	fuids                                                          []string

	heloAll []byte // the connection's, for every row
	arena   []byte
	kept    int
}

// clear empties the row for another connection.
func (r *row) clear() {
	*r = row{
		rcptTo: r.rcptTo[:0], to: r.to[:0], cc: r.cc[:0], path: r.path[:0], fuids: r.fuids[:0], arena: r.arena[:0],
		heloAll: r.heloAll[:0], lastReply: r.lastReply[:0],
	}
	if cap(r.arena) > 64<<10 {
		r.arena = nil
	}
}

// openRow begins a row.
func (p *parser) openRow() {
	r := &p.row
	mails, entities, helo, had := r.mails, r.entities, r.heloAll, r.helo != nil
	torn := r.torn && p.mail.torn
	r.clear()
	r.mails, r.entities, r.heloAll, r.torn = mails, entities, helo, torn
	if had {
		r.helo = r.heloAll
	}
	r.start, r.depth = p.s.Now(), mails+1
	h := p.s.Header()
	r.path = append(r.path, h.Resp, h.Orig)
}

// flushRow writes the row if there is something in it, and begins another.
func (p *parser) flushRow() {
	if p.row.active && p.tx != nil {
		if p.row.cut {
			p.s.EventTx(p.tx, evRowCut, "")
		}
		p.tx.row = &p.row
		p.s.At(p.tx, proto.Resp, Mailed)
		p.tx.row = nil
	}
	p.openRow()
}

// keep copies b into the row.
func (r *row) keep(b []byte) []byte {
	if r.kept+len(b) > maxRow {
		r.cut = true
		b = b[:max(maxRow-r.kept, 0)]
	}
	r.kept += len(b)
	if len(r.arena)+len(b) > cap(r.arena) {
		r.arena = make([]byte, 0, max(len(b), 2*cap(r.arena), 1024))
	}
	n := len(r.arena)
	r.arena = append(r.arena, b...)
	return r.arena[n:len(r.arena):len(r.arena)]
}

// set keeps a value.
func (r *row) set(field *[]byte, b []byte) { *field = r.keep(b) }

// add keeps an element of a set.
func (r *row) add(set *[][]byte, b []byte) {
	if len(b) == 0 {
		return
	}
	if len(*set) >= maxRcpt {
		r.cut = true
		return
	}
	for _, have := range *set {
		if bytes.Equal(have, b) {
			return
		}
	}
	*set = append(*set, r.keep(b))
}

// setHelo notes the client's name, which stays for the connection's other mails.
func (r *row) setHelo(arg []byte) {
	r.heloAll = append(r.heloAll[:0], arg...)
	r.helo = r.heloAll
}

// reply notes the server's latest line.
func (r *row) reply(code int, text []byte) {
	r.lastReply = append(r.lastReply[:0], byte('0'+code/100), byte('0'+code/10%10), byte('0'+code%10), ' ')
	r.lastReply = append(r.lastReply, text...)
}

// fuid notes a file of the mail.
func (r *row) fuid(id string) {
	if len(r.fuids) >= maxRcpt {
		r.cut = true
		return
	}
	r.fuids = append(r.fuids, id)
}

// header takes one header of any part of the mail, as Zeek does.
func (r *row) header(h *mime.Header) {
	if r.torn {
		return
	}
	r.active = true
	v := h.Value
	switch is := func(s string) bool { return len(h.Name) == len(s) && hasFold(h.Name, s) }; {
	case is("MESSAGE-ID"):
		r.set(&r.msgID, v)
	case is("RECEIVED"):
		r.second = r.first
		r.set(&r.first, v)
		r.hop(v)
	case is("IN-REPLY-TO"):
		r.set(&r.inReplyTo, v)
	case is("SUBJECT"):
		r.set(&r.subject, v)
	case is("FROM"):
		r.set(&r.from, v)
	case is("REPLY-TO"):
		r.set(&r.replyTo, v)
	case is("DATE"):
		r.set(&r.date, v)
	case is("TO"):
		eachMailbox(v, func(b []byte) { r.add(&r.to, b) })
	case is("CC"):
		eachMailbox(v, func(b []byte) { r.add(&r.cc, b) })
	case is("X-ORIGINATING-IP"):
		eachIP(v, false, func(a netip.Addr) bool { r.originating = a; return false })
	case is("X-MAILER"), is("USER-AGENT"), is("X-USER-AGENT"):
		r.set(&r.userAgent, v)
	}
}

// hop adds the host that a Received header names to the path: the second address in it if there are two.
func (r *row) hop(v []byte) {
	if len(r.path) == 0 || len(r.path) >= 128 {
		return
	}
	var a netip.Addr
	n := 0
	eachIP(v, true, func(ip netip.Addr) bool {
		a = ip
		n++
		return n < 2
	})
	if n > 0 && r.path[len(r.path)-1] != a {
		r.path = append(r.path, a)
	}
}

package smtp

import (
	"net/netip"

	"github.com/wirelore/wirelore/record"
)

type encoder = record.Encoder

// zeekLog declares Zeek's smtp.log: one row for each mail.
var zeekLog = &record.Log[Tx]{
	Path: "smtp", Scope: record.PerFlow, Doc: "mails sent over SMTP",
	Columns: []record.Column[Tx]{
		{Zeek: "trans_depth", Type: record.Count, Doc: "which mail of the connection, from 1", Put: func(e *encoder, t *Tx) { e.Uint(t.row.depth) }},
		text("helo", record.Domain, "the client's name for itself", func(r *row) []byte { return r.helo }),
		text("mailfrom", record.Email, "sender of the envelope", func(r *row) []byte { return r.mailFrom }),
		set("rcptto", "recipients of the envelope", func(r *row) [][]byte { return r.rcptTo }),
		text("date", record.NotIndicator, "Date header", func(r *row) []byte { return r.date }),
		text("from", record.Email, "From header", func(r *row) []byte { return r.from }),
		set("to", "To headers", func(r *row) [][]byte { return r.to }),
		set("cc", "Cc headers", func(r *row) [][]byte { return r.cc }),
		text("reply_to", record.Email, "Reply-To header", func(r *row) []byte { return r.replyTo }),
		text("msg_id", record.NotIndicator, "Message-ID header", func(r *row) []byte { return r.msgID }),
		text("in_reply_to", record.NotIndicator, "In-Reply-To header", func(r *row) []byte { return r.inReplyTo }),
		text("subject", record.NotIndicator, "Subject header, encoded words as they are", func(r *row) []byte { return r.subject }),
		{Zeek: "x_originating_ip", Type: record.Address, Is: record.IP, Doc: "address in the X-Originating-IP header", Put: func(e *encoder, t *Tx) {
			if t.row.originating.IsValid() {
				e.Addr(t.row.originating)
			}
		}},
		text("first_received", record.NotIndicator, "last Received header of the mail, the first hop", func(r *row) []byte { return r.first }),
		text("second_received", record.NotIndicator, "the Received header above it", func(r *row) []byte { return r.second }),
		text("last_reply", record.NotIndicator, "last line that the server sent", func(r *row) []byte { return some(r.lastReply) }),
		{Zeek: "path", Type: record.AddressVector, Is: record.IP, Doc: "hosts that the mail passed, the latest first", Put: func(e *encoder, t *Tx) {
			addresses(e, t.row.path)
		}},
		text("user_agent", record.UserAgent, "the mail program", func(r *row) []byte { return r.userAgent }),
		{Zeek: "tls", Type: record.Bool, Doc: "whether the connection went on over TLS", Put: func(e *encoder, t *Tx) { e.Bool(t.row.tls) }},
		{Zeek: "fuids", Type: record.StringVector, Doc: "files of the mail", Put: func(e *encoder, t *Tx) {
			e.List()
			for _, id := range t.row.fuids {
				e.Str(id)
			}
			e.EndList()
		}},
	},
}

func some(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

func addresses(e *encoder, list []netip.Addr) {
	e.List()
	for _, a := range list {
		e.Addr(a)
	}
	e.EndList()
}

// text is a column that is unset where the value is nil.
func text(name string, is record.Indicator, doc string, value func(r *row) []byte) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.String, Is: is, Doc: doc, Put: func(e *encoder, t *Tx) {
		if v := value(t.row); v != nil {
			e.Bytes(v)
		}
	}}
}

// set is a column that is unset where the list is empty.
func set(name, doc string, list func(r *row) [][]byte) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.StringSet, Is: record.Email, Doc: doc, Put: func(e *encoder, t *Tx) {
		if l := list(t.row); len(l) > 0 {
			putList(e, l)
		}
	}}
}

func putList(e *encoder, list [][]byte) {
	e.List()
	for _, v := range list {
		e.Bytes(v)
	}
	e.EndList()
}

// eveLog declares Suricata's smtp record: one for each transaction.
var eveLog = &record.Log[Tx]{
	Event: "smtp", Scope: record.PerFlow, Doc: "SMTP transactions and their mails",
	Columns: []record.Column[Tx]{
		{EVE: "smtp", Type: record.Object, Is: record.Email, Doc: "helo, mail_from and rcpt_to of the envelope", Put: putEnvelope},
		{EVE: "email", Type: record.Object, Doc: "the mail: status, from, to, cc, attachment, url and what the settings ask for", Put: func(e *encoder, t *Tx) {
			if t.Email.Status != "" {
				putEmail(e, t)
			}
		}},
	},
}

// embed writes a transaction into a file's record: the value of smtp, and email behind it.
func embed(e *encoder, t *Tx) {
	putEnvelope(e, t)
	if t.Email.Status != "" {
		e.Key("email")
		putEmail(e, t)
	}
}

func putEnvelope(e *encoder, t *Tx) {
	e.Object()
	if t.greeted {
		e.Key("helo")
		e.Bytes(t.Helo)
	}
	if t.MailFrom != nil {
		e.Key("mail_from")
		e.Bytes(t.MailFrom)
	}
	if len(t.RcptTo) > 0 {
		e.Key("rcpt_to")
		putList(e, t.RcptTo)
	}
	e.EndObject()
}

func putEmail(e *encoder, t *Tx) {
	m := &t.Email
	e.Object()
	e.Key("status")
	e.Name(m.Status)
	if v := m.last("from"); v != nil {
		e.Key("from")
		e.Bytes(v)
	}
	putCommas(e, "to", m.last("to"))
	putCommas(e, "cc", m.last("cc"))
	if len(m.Attachments) > 0 {
		e.Key("attachment")
		putList(e, m.Attachments)
	}
	if len(m.URLs) > 0 {
		e.Key("url")
		putList(e, m.URLs)
	}
	if t.cfg != nil {
		putExtra(e, t)
	}
	e.EndObject()
}

// putExtra writes what the settings ask for.
func putExtra(e *encoder, t *Tx) {
	m := &t.Email
	for _, f := range t.cfg.fields {
		switch f.list {
		case ',':
			putCommas(e, f.key, m.last(f.header))
		case 'a':
			if l := m.all(f.header); len(l) > 0 {
				e.Key(f.key)
				putList(e, l)
			}
		default:
			if v := m.last(f.header); v != nil {
				e.Key(f.key)
				e.Bytes(v)
			}
		}
	}
	if t.cfg.subjectMD5 {
		if sum, ok := m.subjectMD5(); ok {
			e.Key("subject_md5")
			e.Hex(sum[:])
		}
	}
	if len(m.BodyMD5) > 0 {
		e.Key("body_md5")
		e.Hex(m.BodyMD5)
	}
}

// putCommas writes a list that is separated by commas.
func putCommas(e *encoder, key string, v []byte) {
	if len(v) == 0 {
		return
	}
	e.Key(key)
	e.List()
	eachMailbox(v, func(a []byte) { e.Bytes(a) })
	e.EndList()
}

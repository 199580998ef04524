package smtp

import (
	"encoding/hex"

	"github.com/wirelore/wirelore/proto"
)

// buffers are the sticky buffers; Suricata has them from version 8 on. What version 7 looks at are events and files.
var buffers = []proto.Buffer[Tx]{
	{Name: "smtp.helo", Dir: proto.Orig, At: Greeted, One: func(tx *Tx) []byte {
		if !tx.greeted {
			return nil
		}
		return tx.Helo
	}},
	{Name: "smtp.mail_from", Dir: proto.Orig, At: Sender, One: func(tx *Tx) []byte { return tx.MailFrom }},
	{Name: "smtp.rcpt_to", Dir: proto.Orig, At: Envelope, Nth: func(tx *Tx, i int) ([]byte, bool) { return nth(tx.RcptTo, i) }},
	{Name: "email.from", Dir: proto.Orig, At: Done, One: header("from")},
	{Name: "email.to", Dir: proto.Orig, At: Done, One: header("to")},
	{Name: "email.cc", Dir: proto.Orig, At: Done, One: header("cc")},
	{Name: "email.subject", Dir: proto.Orig, At: Done, One: header("subject")},
	{Name: "email.date", Dir: proto.Orig, At: Done, One: header("date")},
	{Name: "email.message_id", Dir: proto.Orig, At: Done, One: header("message-id")},
	{Name: "email.x_mailer", Dir: proto.Orig, At: Done, One: header("x-mailer")},
	{Name: "email.received", Dir: proto.Orig, At: Done, Nth: func(tx *Tx, i int) ([]byte, bool) { return tx.Email.nth("received", i) }},
	{Name: "email.url", Dir: proto.Orig, At: Done, Nth: func(tx *Tx, i int) ([]byte, bool) { return nth(tx.Email.URLs, i) }},
	{Name: "email.body_md5", Dir: proto.Orig, At: Done, One: (*Tx).bodyMD5},
}

func nth(list [][]byte, i int) ([]byte, bool) {
	if i < len(list) {
		return list[i], true
	}
	return nil, false
}

func header(name string) func(tx *Tx) []byte {
	return func(tx *Tx) []byte { return tx.Email.last(name) }
}

// nth returns the i-th header of a name, counted from the last as in records.
func (m *Email) nth(name string, i int) ([]byte, bool) {
	for k := len(m.Fields) - 1; k >= 0; k-- {
		if !equalFold(m.Fields[k].Name, name) {
			continue
		}
		if i == 0 {
			return m.Fields[k].Value, true
		}
		i--
	}
	return nil, false
}

// bodyMD5 is the hash of the mail's body in hexadecimal, when the settings ask for it.
func (t *Tx) bodyMD5() []byte {
	sum := t.Email.BodyMD5
	if len(sum) == 0 {
		return nil
	}
	if len(t.hash) == 0 {
		t.hash = hex.AppendEncode(t.hash, sum)
	}
	return t.hash
}

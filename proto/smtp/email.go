package smtp

import (
	"bytes"
	"crypto/md5"
	"strings"

	"github.com/wirelore/wirelore/internal/mime"
	"github.com/wirelore/wirelore/proto"
)

// maxFields, maxAttachments and maxURLs bound what is kept of one mail.
const (
	maxFields      = 512
	maxAttachments = 256
	maxURLs        = 1024
)

// Email is what the mail of a transaction says about itself. Everything is kept with the transaction.
type Email struct {
	// Status is how far reading came, in Suricata's words; "" when there was no mail.
	Status string
	// Fields are the headers of the mail that somebody may want, in their order.
	Fields []Field
	// Attachments are the names of the files in it.
	Attachments [][]byte
	// URLs are those found in its texts, in lower case as found.
	URLs [][]byte
	// BodyMD5 is the MD5 of the mail behind its headers, when it was asked for.
	BodyMD5 []byte
}

// Field is one header of a mail, unfolded.
type Field struct{ Name, Value []byte }

// emailField is a header that EVE records can show.
type emailField struct {
	header, key string
	list        byte // 0: one value; ',': split at commas; 'a': one element for each header
	extended    bool
}

// emailFields are those beyond from, to and cc.
var emailFields = []emailField{
	{"reply-to", "reply_to", 0, false},
	{"bcc", "bcc", ',', true},
	{"message-id", "message_id", 0, true},
	{"subject", "subject", 0, true},
	{"x-mailer", "x_mailer", 0, true},
	{"user-agent", "user_agent", 0, true},
	{"received", "received", 'a', false},
	{"x-originating-ip", "x_originating_ip", 0, false},
	{"in-reply-to", "in_reply_to", 0, false},
	{"references", "references", 0, false},
	{"importance", "importance", 0, false},
	{"priority", "priority", 0, false},
	{"sensitivity", "sensitivity", 0, false},
	{"organization", "organization", 0, false},
	{"content-md5", "content_md5", 0, false},
	{"date", "date", 0, false},
}

// kept tells whether a header is wanted by a record or a buffer.
func kept(name []byte) bool {
	for _, n := range [...]string{"FROM", "TO", "CC"} {
		if len(name) == len(n) && hasFold(name, n) {
			return true
		}
	}
	for i := range emailFields {
		if f := &emailFields[i]; len(f.header) == len(name) && equalFold(name, f.header) {
			return true
		}
	}
	return false
}

// equalFold compares b with lower-case ASCII.
func equalFold(b []byte, s string) bool {
	return len(b) == len(s) && strings.EqualFold(string(b), s)
}

// header keeps a header of the mail.
func (m *Email) header(tx *Tx, h *mime.Header) {
	if len(m.Fields) < maxFields && kept(h.Name) {
		m.Fields = append(m.Fields, Field{tx.Keep(h.Name), tx.Keep(h.Value)})
	}
}

// last returns the last header of a name, as Suricata does, nil if there is none.
func (m *Email) last(name string) []byte {
	for i := len(m.Fields) - 1; i >= 0; i-- {
		if equalFold(m.Fields[i].Name, name) {
			return m.Fields[i].Value
		}
	}
	return nil
}

// all returns the headers of a name, the last first, as Suricata does.
func (m *Email) all(name string) (list [][]byte) {
	for i := len(m.Fields) - 1; i >= 0; i-- {
		if equalFold(m.Fields[i].Name, name) {
			list = append(list, m.Fields[i].Value)
		}
	}
	return list
}

// attach keeps the name of a file.
func (m *Email) attach(tx *Tx, name []byte) {
	if len(m.Attachments) < maxAttachments {
		m.Attachments = append(m.Attachments, tx.Keep(name))
	}
}

// subjectMD5 hashes the subject.
func (m *Email) subjectMD5() ([16]byte, bool) {
	s := m.last("subject")
	return md5.Sum(s), s != nil
}

// readConfig reads the settings, with Suricata's names and defaults.
func readConfig(s proto.Settings) *config {
	const base = "app-layer.protocols.smtp.mime."
	c := &config{
		mime: s.Bool(base+"decode-mime", true), urls: s.Bool(base+"extract-urls", true),
		schemeShown: s.Bool(base+"log-url-scheme", false), bodyMD5: s.Bool(base+"body-md5", false),
		messages: s.Bool("smtp.messages", true), schemes: settingList(s, base+"extract-urls-schemes"),
	}
	if len(c.schemes) == 0 {
		c.schemes = []string{"http"}
	}
	for _, v := range settingList(s, "eve.smtp.md5") {
		c.subjectMD5 = c.subjectMD5 || v == "subject"
		c.bodyMD5 = c.bodyMD5 || v == "body"
	}
	extended := s.Bool("eve.smtp.extended", false)
	custom := settingList(s, "eve.smtp.custom")
	for i := range emailFields {
		f := &emailFields[i]
		want := extended && f.extended
		for _, v := range custom {
			want = want || v == f.header
		}
		if want {
			c.fields = append(c.fields, f)
		}
	}
	return c
}

// settingList reads a list: "[a, b]" or "a, b" under its key, or one value each under key.0, key.1 and so on.
func settingList(s proto.Settings, key string) (list []string) {
	for v := range strings.SplitSeq(strings.Trim(s.String(key, ""), "[] "), ",") {
		if v = strings.ToLower(strings.TrimSpace(v)); v != "" {
			list = append(list, v)
		}
	}
	for i := range 64 {
		v := s.String(key+"."+string(itoa(i)), "")
		if v == "" {
			break
		}
		list = append(list, strings.ToLower(v))
	}
	return list
}

func itoa(i int) []byte {
	if i < 10 {
		return []byte{byte('0' + i)}
	}
	return []byte{byte('0' + i/10), byte('0' + i%10)}
}

// urls looks for URLs in a piece of text. What may go on in the next piece is kept.
func (p *parser) urls(b []byte) {
	m := &p.mail
	if len(m.urlTail) > 0 {
		room := min(len(b), maxURL)
		end := bytes.IndexFunc(b[:room], func(r rune) bool { return r < 0x80 && urlEnds(byte(r)) })
		if end < 0 {
			end = room
		}
		m.urlTail = append(m.urlTail, b[:end]...)
		b = b[end:]
		if len(b) == 0 && len(m.urlTail) < maxURL {
			return
		}
		p.scanURLs(m.urlTail)
		m.urlTail = m.urlTail[:0]
	}
	if tail := p.openTail(b); tail < len(b) {
		m.urlTail = append(m.urlTail[:0], b[tail:]...)
		b = b[:tail]
	}
	p.scanURLs(b)
}

// maxURL bounds the length of a URL.
const maxURL = 2048

// openTail returns where a word begins at the end of b that may be, or become, a URL.
func (p *parser) openTail(b []byte) int {
	i := len(b)
	for i > 0 && len(b)-i < maxURL && !urlEnds(b[i-1]) {
		i--
	}
	return i
}

// urlEnds tells the bytes that no URL in a text contains.
func urlEnds(c byte) bool {
	switch c {
	case ' ', '"', '\'', '<', '>', ']', '\t', '\r', '\n':
		return true
	}
	return false
}

// scanURLs takes the URLs out of b.
func (p *parser) scanURLs(b []byte) {
	for {
		i := bytes.Index(b, []byte("://"))
		if i < 0 {
			return
		}
		start := p.schemeStart(b[:i])
		end := i + 3
		for end < len(b) && !urlEnds(b[end]) {
			end++
		}
		if start >= 0 && end > i+3 && len(p.tx.Email.URLs) < maxURLs {
			if !p.cfg.schemeShown {
				start = i + 3
			}
			p.tx.Email.URLs = append(p.tx.Email.URLs, bytes.ToLower(b[start:min(end, start+maxURL)]))
		}
		b = b[end:]
	}
}

// schemeStart returns where a wanted scheme begins that b ends with, -1 if there is none.
func (p *parser) schemeStart(b []byte) int {
	for _, s := range p.cfg.schemes {
		s = strings.TrimSuffix(s, "://")
		if n := len(b) - len(s); n >= 0 && strings.EqualFold(string(b[n:]), s) {
			return n
		}
	}
	return -1
}

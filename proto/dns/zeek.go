package dns

import (
	"github.com/wirelore/wirelore/record"
)

// zeekLog is Zeek's dns.log: a row for each question with its answers.
var zeekLog = &record.Log[Tx]{
	Path: "dns", Doc: "DNS requests with their responses", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{
		{Zeek: "proto", Type: record.Enum, Doc: "transport", Put: func(e *encoder, t *Tx) {
			if t.UDP {
				e.Name("udp")
			} else {
				e.Name("tcp")
			}
		}},
		{Zeek: "trans_id", Type: record.Count, Doc: "identifier of the request", Put: func(e *encoder, t *Tx) { e.Uint(uint64(t.any().ID)) }},
		{Zeek: "rtt", Type: record.Interval, Doc: "from the request to the response", Put: func(e *encoder, t *Tx) {
			if t.asked() && t.answered() && t.ReplyAt > t.Start {
				e.Interval(t.ReplyAt - t.Start)
			}
		}},
		{Zeek: "query", Type: record.String, Is: record.Domain, Doc: "name asked for", Put: putQuery},
		{Zeek: "qclass", Type: record.Count, Doc: "class asked for", Put: question(func(e *encoder, q *Question) { e.Uint(uint64(q.Class)) })},
		{Zeek: "qclass_name", Type: record.String, Doc: "its name", Put: question(func(e *encoder, q *Question) { e.Str(className(q.Class)) })},
		{Zeek: "qtype", Type: record.Count, Doc: "type asked for", Put: question(func(e *encoder, q *Question) { e.Uint(uint64(q.Type)) })},
		{Zeek: "qtype_name", Type: record.String, Doc: "its name", Put: question(func(e *encoder, q *Question) { e.Str(zeekType(q.Type)) })},
		{Zeek: "rcode", Type: record.Count, Doc: "response code", Put: reply(func(e *encoder, m *Message) { e.Uint(uint64(m.RCode)) })},
		{Zeek: "rcode_name", Type: record.String, Doc: "its name", Put: reply(func(e *encoder, m *Message) { e.Str(rcodeName(m.RCode)) })},
		{Zeek: "AA", Type: record.Bool, Doc: "the server is the name's authority", Put: flag(func(t *Tx) bool { return t.answered() && t.Reply.AA })},
		{Zeek: "TC", Type: record.Bool, Doc: "the message was truncated", Put: flag(func(t *Tx) bool { return t.asks() && t.Query.TC })},
		{Zeek: "RD", Type: record.Bool, Doc: "recursion is desired", Put: flag(func(t *Tx) bool { return t.asks() && t.Query.RD })},
		{Zeek: "RA", Type: record.Bool, Doc: "recursion is available", Put: flag(func(t *Tx) bool { return t.answered() && t.Reply.RA })},
		{Zeek: "Z", Type: record.Count, Doc: "reserved bits", Put: func(e *encoder, t *Tx) {
			if t.asks() {
				e.Uint(uint64(t.Query.Z))
			} else {
				e.Uint(0)
			}
		}},
		{Zeek: "answers", Type: record.StringVector, Doc: "the answers", Put: putAnswers},
		{Zeek: "TTLs", Type: record.IntervalVector, Doc: "their times to live", Put: putTTLs},
		{Zeek: "rejected", Type: record.Bool, Doc: "the server refused", Put: flag(func(t *Tx) bool {
			m := &t.Reply
			return t.ReplyAt != 0 && m.QDCount > 0 && m.ANCount == 0 && m.NSCount == 0 && m.ARCount == 0
		})},
		{Zeek: "opcode", Type: record.Count, Doc: "operation", Put: func(e *encoder, t *Tx) { e.Uint(uint64(t.any().Opcode)) }},
		{Zeek: "opcode_name", Type: record.String, Doc: "its name", Put: func(e *encoder, t *Tx) { e.Str(opcodeName(t.any().Opcode)) }},
	},
}

// any is the request, or the response when no request was seen.
func (t *Tx) any() *Message {
	if t.asked() || t.ReplyAt == 0 {
		return &t.Query
	}
	return &t.Reply
}

func (t *Tx) asked() bool { return len(t.Query.Raw) > 0 }

// asks tells whether the request has a question of the standard kind, which is where Zeek takes flags from.
func (t *Tx) asks() bool { return len(t.Query.Questions) > 0 && t.Query.Opcode == 0 }

// answered tells whether the response holds an answer, which is where Zeek takes its flags from.
func (t *Tx) answered() bool {
	if t.ReplyAt == 0 {
		return false
	}
	for i := range t.Reply.Records {
		if r := &t.Reply.Records[i]; r.Section == Answer && r.Type != typeOPT {
			return true
		}
	}
	return false
}

func putQuery(e *encoder, t *Tx) {
	var buf [256]byte
	switch {
	case t.any().Opcode == opUpdate:
		// The zone stands where questions do: what is updated is named by the first record.
		t.rowsOf(func(_ *Message, r *RR) bool {
			e.Bytes(lower(buf[:0], r.Name))
			return false
		})
	case len(t.Query.Questions) > 0:
		q := &t.Query.Questions[t.Question]
		if len(q.Name) > 0 || t.asks() {
			e.Bytes(lower(buf[:0], displayName(q.Name, q.Type)))
		}
	case t.answered():
		for i := range t.Reply.Records {
			if r := &t.Reply.Records[i]; r.Section == Answer {
				e.Bytes(lower(buf[:0], r.Name))
				return
			}
		}
	}
}

// lower appends a name in lower case, as Zeek shows names.
func lower(dst, name []byte) []byte {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func question(put func(*encoder, *Question)) func(*encoder, *Tx) {
	return func(e *encoder, t *Tx) {
		if t.asks() {
			put(e, &t.Query.Questions[t.Question])
		}
	}
}

func reply(put func(*encoder, *Message)) func(*encoder, *Tx) {
	return func(e *encoder, t *Tx) {
		if t.ReplyAt != 0 {
			put(e, &t.Reply)
		}
	}
}

func flag(get func(t *Tx) bool) func(*encoder, *Tx) {
	return func(e *encoder, t *Tx) { e.Bool(get(t)) }
}

// rows calls fn for the records that Zeek lists as answers, until it returns false.
func (t *Tx) rowsOf(fn func(m *Message, r *RR) bool) {
	m := &t.Reply
	update := t.any().Opcode == opUpdate
	if update && t.asked() {
		m = &t.Query
	}
	for i := range m.Records {
		r := &m.Records[i]
		if r.Type == typeOPT || r.Type == typeTSIG {
			continue
		}
		if (r.Section == Answer || update && r.Section != Additional) && !fn(m, r) {
			return
		}
	}
}

func putAnswers(e *encoder, t *Tx) {
	if t.ReplyAt == 0 {
		return
	}
	mark, n := e.Mark(), 0
	var buf [256]byte
	t.rowsOf(func(m *Message, r *RR) bool {
		text, ok := m.zeekAnswer(buf[:0], r, t.any().Opcode)
		if !ok {
			return true
		}
		if n == 0 {
			e.List()
		}
		n++
		e.Bytes(text)
		return true
	})
	if n == 0 {
		e.Cut(mark)
		return
	}
	e.EndList()
}

func putTTLs(e *encoder, t *Tx) {
	if t.ReplyAt == 0 {
		return
	}
	n := 0
	t.rowsOf(func(m *Message, r *RR) bool {
		if !m.lists(r, t.any().Opcode) {
			return true
		}
		if n == 0 {
			e.List()
		}
		n++
		e.Interval(int64(r.TTL) * 1e9)
		return true
	})
	if n > 0 {
		e.EndList()
	}
}

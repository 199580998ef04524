package dns

import (
	"fmt"
	"sort"
	"strings"

	"github.com/miekg/dns"

	"github.com/wirelore/wirelore/proto"
)

// tell notes whether Suricata has a transaction of the message that d sent just now.
func (t *Tx) tell(d proto.Dir, ok bool) {
	if ok {
		t.told[d] = told{t.Serial, true}
	}
}

// said returns the message that direction d sent, nil when Suricata has no transaction of it.
func (t *Tx) said(d proto.Dir) *Message {
	switch {
	case !t.told[d].ok:
		return nil
	case d == proto.Orig || t.Reply.Raw == nil: // or a request that the server sent
		return &t.Query
	}
	return &t.Reply
}

// buffers are what rules look at, under the names of Suricata; all but dns.query are those of its version 8.
var buffers = append([]proto.Buffer[Tx]{
	{Name: "dns.query", Aliases: []string{"dns_query"}, Dir: proto.Orig, At: StageQuery, Nth: func(t *Tx, i int) ([]byte, bool) {
		return t.question(proto.Orig, i)
	}},
	{Name: "dns.response.rrname", Dir: proto.Resp, At: StageReply, Nth: (*Tx).anyName},
}, bothSides()...)

func bothSides() (out []proto.Buffer[Tx]) {
	for d, at := range [2]proto.Stage{StageQuery, StageReply} {
		d := proto.Dir(d)
		in := func(s Section) func(t *Tx, i int) ([]byte, bool) {
			return func(t *Tx, i int) ([]byte, bool) { return t.owner(d, s, i) }
		}
		out = append(out,
			proto.Buffer[Tx]{Name: "dns.queries.rrname", Aliases: []string{"dns.query.name"}, Dir: d, At: at,
				Nth: func(t *Tx, i int) ([]byte, bool) { return t.question(d, i) }},
			proto.Buffer[Tx]{Name: "dns.answers.rrname", Aliases: []string{"dns.answer.name"}, Dir: d, At: at, Nth: in(Answer)},
			proto.Buffer[Tx]{Name: "dns.authorities.rrname", Dir: d, At: at, Nth: in(Authority)},
			proto.Buffer[Tx]{Name: "dns.additionals.rrname", Dir: d, At: at, Nth: in(Additional)})
	}
	return out
}

// question returns the name of the i-th question of what d sent.
func (t *Tx) question(d proto.Dir, i int) ([]byte, bool) {
	m := t.said(d)
	if m == nil || i >= len(m.Questions) {
		return nil, false
	}
	return m.Questions[i].Name, true
}

// owner returns the name of the i-th record of a section of what d sent.
func (t *Tx) owner(d proto.Dir, s Section, i int) ([]byte, bool) {
	m := t.said(d)
	if m == nil {
		return nil, false
	}
	i += sort.Search(len(m.Records), func(k int) bool { return m.Records[k].Section >= s })
	if i >= len(m.Records) || m.Records[i].Section != s {
		return nil, false
	}
	return m.Records[i].Name, true
}

// anyName returns the i-th of all names in a response: those of its questions, of its records, and in its records' data. A
// record without a name in its data counts its own again, so that a name is found by its place.
func (t *Tx) anyName(i int) ([]byte, bool) {
	m := t.said(proto.Resp)
	if m == nil {
		return nil, false
	}
	if i < len(m.Questions) {
		return m.Questions[i].Name, true
	}
	if i -= len(m.Questions); i < len(m.Records) {
		return m.Records[i].Name, true
	}
	if i -= len(m.Records); i >= len(m.Records) {
		return nil, false
	}
	if r := &m.Records[i]; r.Target != nil {
		return r.Target, true
	}
	return m.Records[i].Name, true
}

var keywords = []proto.Keyword[Tx]{
	number("dns.opcode", "the operation of a message", 8, nil, func(m *Message, _ proto.Dir, is func(uint64) bool) bool {
		return is(uint64(m.Opcode))
	}),
	number("dns.rcode", "the result in a message's header", 16, codes(dns.StringToRcode), func(m *Message, _ proto.Dir, is func(uint64) bool) bool {
		return is(uint64(m.RCode))
	}),
	number("dns.rrtype", "the type of a question of the client, of an answer of the server", 16, codes(dns.StringToType), hasType),
}

func hasType(m *Message, d proto.Dir, is func(uint64) bool) bool {
	if d == proto.Orig {
		for i := range m.Questions {
			if is(uint64(m.Questions[i].Type)) {
				return true
			}
		}
		return false
	}
	for i := range m.Records {
		if r := &m.Records[i]; r.Section == Answer && is(uint64(r.Type)) {
			return true
		}
	}
	return false
}

// codes makes a search of a table of names.
func codes[C uint16 | int](table map[string]C) func(name string) (uint64, bool) {
	return func(name string) (uint64, bool) {
		c, ok := table[strings.ToUpper(name)]
		return uint64(c), ok
	}
}

// number makes a keyword of a number in the message of either side, whose values may have names.
func number(name, doc string, bits int, named func(string) (uint64, bool), holds func(m *Message, d proto.Dir, is func(uint64) bool) bool) proto.Keyword[Tx] {
	return proto.Keyword[Tx]{Name: name, Doc: doc, Dirs: [2]bool{true, true}, At: [2]proto.Stage{StageQuery, StageReply},
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			arg = strings.TrimSpace(arg)
			not, bare := "", arg
			if rest, ok := strings.CutPrefix(arg, "!"); ok {
				not, bare = "!", strings.TrimSpace(rest)
			}
			if named != nil {
				if v, ok := named(bare); ok {
					arg = fmt.Sprint(not, v)
				}
			}
			n, err := proto.ParseNumber(arg, bits)
			if err != nil {
				return nil, err
			}
			is := n.Is
			return func(t *Tx, d proto.Dir) bool {
				m := t.said(d)
				return m != nil && holds(m, d, is)
			}, nil
		}}
}

// putAlert writes what alerts tell of the message that d sent.
func putAlert(e *encoder, t *Tx, d proto.Dir) bool {
	m := t.said(d)
	if m == nil {
		return false
	}
	e.Key("dns")
	e.Object()
	version(e)
	if m.QR {
		e.Key("answer")
		t.putAnswer(e, m, false, false)
		e.EndObject()
		return true
	}
	e.Key("query")
	e.List()
	for i := range m.Questions {
		e.Object()
		t.putQuestion(e, i, t.told[d].serial)
	}
	e.EndList()
	e.EndObject()
	return true
}

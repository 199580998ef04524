package dns

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// queryLog and replyLog are EVE's dns records, version 2: one for each question of a request, one for each response.
var queryLog = &record.Log[Tx]{
	Event: "dns", Doc: "DNS questions", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{{EVE: "dns", Type: record.Object, Doc: "the question", Put: putEVEQuery}},
}

var replyLog = &record.Log[Tx]{
	Event: "dns", Doc: "DNS responses", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{{EVE: "dns", Type: record.Object, Doc: "the response", Put: putEVEReply}},
}

// rows is what the settings decide for one transaction.
type rows struct{ query, reply, detailed, grouped bool }

// shows decides which EVE records a message gets; ok tells whether it may have any.
func (o *options) shows(m *Message, ok bool) rows {
	if ok && o.types != nil && len(m.Questions) > 0 && !o.types[m.Questions[0].Type] {
		ok = false
	}
	return rows{ok && o.queries, ok && o.replies, o.detailed, o.grouped}
}

func formats(s proto.Settings) (detailed, grouped bool) {
	any := false
	for k, v := range s {
		if strings.HasPrefix(k, "eve.dns.formats") {
			any = true
			detailed = detailed || strings.Contains(v, "detailed")
			grouped = grouped || strings.Contains(v, "grouped")
		}
	}
	return detailed || !any, grouped || !any
}

// wantedTypes reads eve.dns.types; nil: all.
func wantedTypes(s proto.Settings) map[uint16]bool {
	var types map[uint16]bool
	for k, v := range s {
		if !strings.HasPrefix(k, "eve.dns.types") && !strings.HasPrefix(k, "eve.dns.custom") {
			continue
		}
		if types == nil {
			types = map[uint16]bool{}
		}
		for name := range strings.FieldsFuncSeq(v, func(r rune) bool { return strings.ContainsRune("[], ", r) }) {
			if t, ok := dns.StringToType[strings.ToUpper(name)]; ok {
				types[t] = true
			}
		}
	}
	return types
}

func putEVEQuery(e *encoder, t *Tx) {
	e.Object()
	version(e)
	t.putQuestion(e, t.Question, t.Serial)
}

// putQuestion writes what is told of the i-th question of the query, and ends the object.
func (t *Tx) putQuestion(e *encoder, i int, serial uint64) {
	m := &t.Query
	head(e, "query", m)
	if i < len(m.Questions) {
		q := &m.Questions[i]
		putName(e, "rrname", "rrname_truncated", q.Name)
		e.Key("rrtype")
		e.Name(typeName(q.Type))
	}
	e.Key("tx_id")
	e.Uint(serial)
	if m.Z&4 != 0 {
		e.Key("z")
		e.Bool(true)
	}
	e.Key("opcode")
	e.Uint(uint64(m.Opcode))
	e.EndObject()
}

// putName writes a name, and whether it was too long to be kept.
func putName(e *encoder, key, truncated string, name []byte) {
	e.Key(key)
	e.Octets(name)
	if len(name) >= maxName {
		e.Key(truncated)
		e.Bool(true)
	}
}

func version(e *encoder) {
	e.Key("version")
	e.Uint(2)
}

func head(e *encoder, kind string, m *Message) {
	e.Key("type")
	e.Name(kind)
	e.Key("id")
	e.Uint(uint64(m.ID))
}

func putEVEReply(e *encoder, t *Tx) { t.putAnswer(e, &t.Reply, t.rows.detailed, t.rows.grouped) }

// putAnswer writes a response, with its answers one by one, or by their types, or without.
func (t *Tx) putAnswer(e *encoder, m *Message, detailed, byType bool) {
	e.Object()
	version(e)
	head(e, "answer", m)
	e.Key("flags")
	var hex [4]byte
	for i := range hex {
		hex[i] = hexDigits[m.Flags>>(12-4*i)&15]
	}
	e.Bytes(trimZeros(hex[:]))
	for _, f := range [...]struct {
		key string
		set bool
	}{{"qr", m.QR}, {"aa", m.AA}, {"tc", m.TC}, {"rd", m.RD}, {"ra", m.RA}, {"z", m.Z&4 != 0}} {
		if f.set {
			e.Key(f.key)
			e.Bool(true)
		}
	}
	e.Key("opcode")
	e.Uint(uint64(m.Opcode))
	if len(m.Questions) > 0 {
		q := &m.Questions[0]
		putName(e, "rrname", "rrname_truncated", q.Name)
		e.Key("rrtype")
		e.Name(typeName(q.Type))
	}
	e.Key("rcode")
	e.Str(rcodeName(m.RCode))
	if detailed {
		section(e, m, "answers", Answer)
	}
	if byType {
		grouped(e, m)
	}
	section(e, m, "authorities", Authority)
	e.EndObject()
}

// trimZeros leaves out leading zeros, as %x does.
func trimZeros(b []byte) []byte {
	for len(b) > 1 && b[0] == '0' {
		b = b[1:]
	}
	return b
}

// section writes the records of one section as an array of objects, nothing when there are none.
func section(e *encoder, m *Message, key string, s Section) {
	open := false
	for i := range m.Records {
		r := &m.Records[i]
		if r.Section != s {
			continue
		}
		if !open {
			open = true
			e.Key(key)
			e.List()
		}
		if r.Type == typeTXT {
			texts(e, r, m.data(r))
			continue
		}
		recordHead(e, r)
		if grouping(r.Type) > 0 {
			e.Key(valueKey(r.Type))
			m.putValue(e, r)
			if r.Type != typeSOA && r.Type != typeSRV && len(r.Target) >= maxName {
				e.Key("rdata_truncated")
				e.Bool(true)
			}
		}
		e.EndObject()
	}
	if open {
		e.EndList()
	}
}

func recordHead(e *encoder, r *RR) {
	e.Object()
	putName(e, "rrname", "rrname_truncated", r.Name)
	e.Key("rrtype")
	e.Name(typeName(r.Type))
	e.Key("ttl")
	e.Uint(uint64(r.TTL))
}

// texts writes the character-strings of a TXT record. For Suricata each is a record of its own; r is nil where only the
// values are wanted.
func texts(e *encoder, r *RR, b []byte) {
	for {
		var s []byte
		if len(b) > 0 {
			n := 1 + min(int(b[0]), len(b)-1)
			s, b = b[1:n], b[n:]
		}
		if r != nil {
			recordHead(e, r)
			e.Key("rdata")
		}
		e.Octets(s)
		if r != nil {
			e.EndObject()
		}
		if len(b) == 0 {
			return
		}
	}
}

func valueKey(t uint16) string {
	switch t {
	case typeSOA:
		return "soa"
	case typeSRV:
		return "srv"
	case typeSSHFP:
		return "sshfp"
	}
	return "rdata"
}

// putValue writes the value of a record of one of the grouped types but TXT.
func (m *Message) putValue(e *encoder, r *RR) {
	b := m.data(r)
	switch r.Type {
	case typeA, typeAAAA:
		if len(b) == 4 {
			e.AddrFull(netip.AddrFrom4([4]byte(b)))
		} else if len(b) == 16 {
			e.AddrFull(netip.AddrFrom16([16]byte(b)))
		} else {
			e.Name("")
		}
	case typeNS, typeCNAME, typePTR, typeMX:
		e.Octets(r.Target)
	case typeNULL:
		e.Octets(b)
	case typeSOA:
		m.putSOA(e, r)
	case typeSRV:
		m.putSRV(e, r, b)
	case typeSSHFP:
		putSSHFP(e, b)
	}
}

func (m *Message) putSOA(e *encoder, r *RR) {
	e.Object()
	putName(e, "mname", "mname_truncated", r.Target)
	if next := skipName(m.Raw, int(r.Off), -1); next > 0 {
		var buf [256]byte
		var rname []byte
		rname, next, _ = appendName(buf[:0], m.Raw, next)
		putName(e, "rname", "rname_truncated", rname)
		if next > 0 && next+20 <= len(m.Raw) {
			for i, k := range [...]string{"serial", "refresh", "retry", "expire", "minimum"} {
				e.Key(k)
				e.Uint(uint64(binary.BigEndian.Uint32(m.Raw[next+4*i:])))
			}
		}
	}
	e.EndObject()
}

func (m *Message) putSRV(e *encoder, r *RR, b []byte) {
	e.Object()
	if len(b) >= 6 {
		for i, k := range [...]string{"priority", "weight", "port"} {
			e.Key(k)
			e.Uint(uint64(binary.BigEndian.Uint16(b[2*i:])))
		}
		putName(e, "name", "name_truncated", r.Target)
	}
	e.EndObject()
}

func putSSHFP(e *encoder, b []byte) {
	e.Object()
	if len(b) >= 2 {
		var buf [256]byte
		text := buf[:0]
		for i, c := range b[2:] {
			if i > 0 {
				text = append(text, ':')
			}
			text = append(text, hexDigits[c>>4], hexDigits[c&15])
		}
		e.Key("fingerprint")
		e.Bytes(text)
		e.Key("algo")
		e.Uint(uint64(b[0]))
		e.Key("type")
		e.Uint(uint64(b[1]))
	}
	e.EndObject()
}

// groups is the order in which grouped answers are written.
var groups = [...]uint16{typeA, typeAAAA, typeNS, typeCNAME, typePTR, typeMX, typeTXT, typeNULL, typeSOA, typeSRV, typeSSHFP}

// grouping is a bit for each of the grouped types, 0 for others.
func grouping(t uint16) uint16 {
	for g, have := range groups {
		if t == have {
			return 1 << g
		}
	}
	return 0
}

// grouped writes the answers' values by type.
func grouped(e *encoder, m *Message) {
	var have uint16
	answers := false
	for i := range m.Records {
		if r := &m.Records[i]; r.Section == Answer {
			answers = true
			have |= grouping(r.Type)
		}
	}
	if !answers {
		return
	}
	e.Key("grouped")
	e.Object()
	for g, t := range groups {
		if have&(1<<g) == 0 {
			continue
		}
		e.Key(typeName(t))
		e.List()
		for i := range m.Records {
			r := &m.Records[i]
			switch {
			case r.Section != Answer || r.Type != t:
			case t == typeTXT:
				texts(e, nil, m.data(r))
			default:
				m.putValue(e, r)
			}
		}
		e.EndList()
	}
	e.EndObject()
}

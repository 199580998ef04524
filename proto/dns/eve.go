package dns

import (
	"encoding/binary"
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
	m := &t.Query
	e.Object()
	head(e, "query", m)
	if t.Question < len(m.Questions) {
		q := &m.Questions[t.Question]
		e.Key("rrname")
		e.Bytes(q.Name)
		e.Key("rrtype")
		e.Str(typeName(q.Type))
	}
	e.Key("tx_id")
	e.Uint(t.Serial)
	if m.Z&4 != 0 {
		e.Key("z")
		e.Bool(true)
	}
	e.Key("opcode")
	e.Uint(uint64(m.Opcode))
	e.EndObject()
}

func head(e *encoder, kind string, m *Message) {
	e.Key("version")
	e.Uint(2)
	e.Key("type")
	e.Name(kind)
	e.Key("id")
	e.Uint(uint64(m.ID))
}

func putEVEReply(e *encoder, t *Tx) {
	m := &t.Reply
	e.Object()
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
		q := &m.Questions[len(m.Questions)-1]
		e.Key("rrname")
		e.Bytes(q.Name)
		e.Key("rrtype")
		e.Str(typeName(q.Type))
	}
	e.Key("rcode")
	e.Str(rcodeName(m.RCode))
	if t.rows.detailed {
		section(e, m, "answers", Answer)
	}
	if t.rows.grouped {
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
	n := 0
	for i := range m.Records {
		r := &m.Records[i]
		if r.Section != s {
			continue
		}
		m.values(r, func(put func(e *encoder)) {
			if n == 0 {
				e.Key(key)
				e.List()
			}
			n++
			e.Object()
			e.Key("rrname")
			e.Bytes(r.Name)
			e.Key("rrtype")
			e.Str(typeName(r.Type))
			e.Key("ttl")
			e.Uint(uint64(r.TTL))
			if put != nil {
				e.Key(valueKey(r.Type))
				put(e)
			}
			e.EndObject()
		})
	}
	if n > 0 {
		e.EndList()
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

// values calls fn for each value of a record: character-strings of TXT are records of their own for Suricata. put is nil
// for types whose data is not shown.
func (m *Message) values(r *RR, fn func(put func(e *encoder))) {
	b := m.data(r)
	var buf [256]byte
	text := func(off uint32) { fn(func(e *encoder) { e.Bytes(m.nameAt(buf[:0], off)) }) }
	switch r.Type {
	case typeA, typeAAAA:
		if a, ok := addrOf(r.Type, b); ok {
			fn(func(e *encoder) { e.AddrFull(a) })
		} else {
			fn(func(e *encoder) { e.Str("") })
		}
	case typeNS, typeCNAME, typePTR:
		text(r.Off)
	case typeMX:
		if len(b) > 2 {
			text(r.Off + 2)
		}
	case typeTXT:
		if len(b) == 0 {
			fn(func(e *encoder) { e.Str("") })
		}
		characterStrings(b, func(s []byte) { fn(func(e *encoder) { e.Bytes(s) }) })
	case typeNULL:
		fn(func(e *encoder) { e.Bytes(b) })
	case typeSOA:
		fn(func(e *encoder) { m.putSOA(e, r) })
	case typeSRV:
		if len(b) > 6 {
			fn(func(e *encoder) { m.putSRV(e, r, b) })
		}
	case typeSSHFP:
		if len(b) > 2 {
			fn(func(e *encoder) { putSSHFP(e, b) })
		}
	default:
		fn(nil)
	}
}

func (m *Message) putSOA(e *encoder, r *RR) {
	var buf [256]byte
	mname, next, _ := appendName(buf[:0], m.Raw, int(r.Off))
	e.Object()
	e.Key("mname")
	e.Bytes(mname)
	if next > 0 {
		var rname []byte
		rname, next, _ = appendName(buf[:0], m.Raw, next)
		e.Key("rname")
		e.Bytes(rname)
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
	var buf [256]byte
	e.Object()
	for i, k := range [...]string{"priority", "weight", "port"} {
		e.Key(k)
		e.Uint(uint64(binary.BigEndian.Uint16(b[2*i:])))
	}
	e.Key("name")
	e.Bytes(m.nameAt(buf[:0], r.Off+6))
	e.EndObject()
}

func putSSHFP(e *encoder, b []byte) {
	e.Object()
	e.Key("fingerprint")
	var text []byte
	for i, c := range b[2:] {
		if i > 0 {
			text = append(text, ':')
		}
		text = append(text, hexDigits[c>>4], hexDigits[c&15])
	}
	e.Bytes(text)
	e.Key("algo")
	e.Uint(uint64(b[0]))
	e.Key("type")
	e.Uint(uint64(b[1]))
	e.EndObject()
}

// groups is the order in which Suricata writes grouped answers.
var groups = [...]uint16{typeA, typeAAAA, typeNS, typeCNAME, typePTR, typeMX, typeTXT, typeNULL, typeSOA, typeSRV, typeSSHFP}

// grouped writes the answers' values by type.
func grouped(e *encoder, m *Message) {
	var have uint16
	for i := range m.Records {
		if r := &m.Records[i]; r.Section == Answer {
			for g, t := range groups {
				if r.Type == t {
					have |= 1 << g
				}
			}
		}
	}
	if have == 0 {
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
			if r := &m.Records[i]; r.Section == Answer && r.Type == t {
				m.values(r, func(put func(e *encoder)) { put(e) })
			}
		}
		e.EndList()
	}
	e.EndObject()
}

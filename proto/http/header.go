package http

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// headerLine takes one line of a header block or trailer.
func (p *parser) headerLine(d proto.Dir, line []byte) error {
	st := &p.side[d]
	tx := st.tx
	m := tx.message(d)
	if len(m.Raw)+len(line) > maxHeader {
		return p.tooLong(d)
	}
	if len(line) > longLine {
		if p.cfg.eveOnly {
			return p.tooLong(d)
		}
		p.event(d, pick(d, evRequestFieldTooLong, evResponseFieldTooLong))
	}
	n := len(m.Raw)
	st.at = n
	m.Raw = tx.Append(m.Raw, line)
	line = m.Raw[min(n, len(m.Raw)):]
	l := chomp(line)
	if len(line) == 2 && isLWS(line[0]) && line[1] == '\n' && p.more && p.ahead != '\n' && (d == proto.Resp || !p.cfg.eveOnly) {
		l = nil // servers take a lone space for an empty line when no other follows
	}
	if len(l) == 0 {
		if len(line) > 1 && line[1] == '\r' {
			// More than one line end in one: no empty line, but one that begins with white space.
			p.folded(d, tx, m, l)
			return nil
		}
		p.headersDone(d, tx)
		return nil
	}
	if l[0] == 0 && p.cfg.zeekOnly {
		p.zeek.nulLine(p)
		p.headersDone(d, tx)
		return nil
	}
	if isLWS(l[0]) || l[0] == 0 {
		p.folded(d, tx, m, l)
		return nil
	}
	st.folding = p.field(d, tx, m, l)
	return nil
}

func pick(d proto.Dir, req, resp proto.EventID) proto.EventID {
	if d == proto.Orig {
		return req
	}
	return resp
}

// folded joins a continuation line to the field before it (RFC 9112, section 5.2), with one space between.
func (p *parser) folded(d proto.Dir, tx *Tx, m *Message, l []byte) {
	st := &p.side[d]
	rest := trim(l)
	lone := len(m.Fields) == 0 || !st.folding || len(l) == 0
	if lone || d == proto.Resp && tx.version[d] == v11 && !p.cfg.zeekOnly && !m.Fields[len(m.Fields)-1].noColon &&
		bytes.IndexByte(rest, ':') >= 0 {
		// A first line that begins with white space is taken as a field of its own. So is a later one that looks like a
		// field in a response: not every browser folds it.
		p.event(d, pick(d, evInvalidRequestFieldFolding, evInvalidResponseFieldFolding))
		for len(rest) > 0 && rest[0] == 0 {
			rest = rest[1:]
		}
		st.folding = p.field(d, tx, m, rest)
		return
	}
	f := &m.Fields[len(m.Fields)-1]
	f.folded, f.to = true, len(m.Raw)
	if len(rest) == 0 {
		return
	}
	v := tx.Append(nil, f.Value)
	if len(v) > 0 {
		v = tx.Append(v, []byte{' '})
	}
	f.Value = tx.Append(v, rest)
	p.zeek.fold(p, f)
	if f.noColon {
		if i := bytes.IndexByte(f.Value, ':'); i >= 0 {
			f.noColon = false
			p.split(d, f, f.Value, i)
		}
	}
}

// field adds a field. It reports false when the line was dropped.
func (p *parser) field(d proto.Dir, tx *Tx, m *Message, l []byte) bool {
	st := &p.side[d]
	if st.fields++; st.fields > maxFields {
		p.event(d, pick(d, evRequestTooManyHeaders, evResponseTooManyHeaders))
		return false
	}
	p.settle(d, m)
	f := Field{Trailer: st.state == sTrailer, at: st.at}
	if i := bytes.IndexByte(l, ':'); i >= 0 {
		p.split(d, &f, l, i)
	} else {
		// A field without name, unless a colon comes in a continuation line.
		f.Value, f.noColon, f.hash = trimLWS(l), true, hashFold(nil)
	}
	m.Fields = append(m.Fields, f)
	return true
}

// split takes a field's line apart at its colon.
func (p *parser) split(d proto.Dir, f *Field, l []byte, colon int) {
	name := l[:colon]
	f.Name, f.Value = trimEnd(name), trimLWS(l[colon+1:])
	if len(f.Name) != len(name) || len(f.Name) == 0 || !allToken(f.Name) {
		p.event(d, pick(d, evRequestHeaderInvalid, evResponseHeaderInvalid))
	}
	f.id, f.hash = identify(f.Name), hashFold(f.Name)
}

// settle reports a last field that got no colon.
func (p *parser) settle(d proto.Dir, m *Message) {
	if n := len(m.Fields); n > 0 && m.Fields[n-1].noColon {
		p.event(d, pick(d, evRequestFieldMissingColon, evResponseFieldMissingColon))
	}
}

func allToken(b []byte) bool {
	for _, c := range b {
		if !isToken(c) {
			return false
		}
	}
	return true
}

// headersDone is called at the empty line behind the fields or the trailer.
func (p *parser) headersDone(d proto.Dir, tx *Tx) {
	st := &p.side[d]
	m := tx.message(d)
	p.settle(d, m)
	p.head(d, tx, m)
	if st.state == sTrailer {
		p.endMessage(d, true)
		return
	}
	if d == proto.Orig {
		p.requestHeadersDone(tx)
	} else {
		p.responseHeadersDone(tx)
	}
}

// head is called when a header block or trailer is complete, or ends too early: what came is what there is.
func (p *parser) head(d proto.Dir, tx *Tx, m *Message) {
	m.trailed = p.side[d].state == sTrailer
	m.unfold(d, tx)
	p.merge(d, tx, m)
	m.headed, m.headEnd, tx.rendered[d].made = true, len(m.Raw), false
}

// unfold makes the values of folded fields as libhtp has them: only the line ends go.
func (m *Message) unfold(d proto.Dir, tx *Tx) {
	for i := range m.Fields {
		f := &m.Fields[i]
		if !f.folded || f.to > len(m.Raw) {
			continue
		}
		f.folded = false
		v := tx.Keep(m.Raw[f.at:f.to])
		v = v[bytes.IndexByte(v, ':')+1:]
		out := v[:0]
		for len(v) > 0 {
			line, rest, _ := bytes.Cut(v, []byte{'\n'})
			for _, c := range chomp(line) {
				if c != '\r' || d == proto.Orig { // in a response each ends a line
					out = append(out, c)
				}
			}
			v = rest
		}
		f.Merged = trimLWS(out)
	}
}

// maxRepeats bounds the repeated fields that are joined, as in libhtp.
const maxRepeats = 64

// merge joins fields of one name as libhtp does: "a, b". Of several lengths the first counts.
func (p *parser) merge(d proto.Dir, tx *Tx, m *Message) {
	repeats := 0
	for i := 1; i < len(m.Fields); i++ {
		f := &m.Fields[i]
		if f.Dup {
			continue
		}
		for k := range i {
			g := &m.Fields[k]
			if g.Dup || g.hash != f.hash || !sameFold(g.Name, f.Name) {
				continue
			}
			f.Dup = true
			if repeats++; repeats <= maxRepeats {
				p.repeated(d, tx, g, f)
			}
			break
		}
	}
}

func (p *parser) repeated(d proto.Dir, tx *Tx, g, f *Field) {
	if g.id == fContentLength {
		a, _ := parseLength(g.Value)
		b, _ := parseLength(f.Value)
		if a != b {
			p.event(d, pick(d, evDuplicateContentLengthFieldInRequest, evDuplicateContentLengthFieldInResponse))
		}
		return
	}
	v := g.Merged
	if v == nil {
		v = tx.Append(nil, g.Value)
	}
	v = tx.Append(v, []byte(", "))
	g.Merged = tx.Append(v, f.joined())
}

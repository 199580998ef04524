package http

import "github.com/wirelore/wirelore/proto"

// rendered are the texts that rules see of a header block: made when asked for, and again when a trailer came.
type rendered struct {
	made  bool
	text  []byte // the first line and each field as "Name: value", all ended by CRLF, and an empty line
	at    []int  // where in text each field begins, and where the last ends
	plain []byte // the fields alone, without cookies
	names []byte // the names between line ends, with a line end before the first and two behind the last
}

// reset makes r new, with the memory that it has unless that is much.
func (r *rendered) reset() {
	if cap(r.text) > maxRendered || cap(r.at) > maxRendered/8 || cap(r.plain) > maxRendered || cap(r.names) > maxRendered {
		*r = rendered{}
		return
	}
	*r = rendered{text: r.text[:0], at: r.at[:0], plain: r.plain[:0], names: r.names[:0]}
}

// maxRendered bounds the memory that a closed transaction keeps.
const maxRendered = 4 << 10

// render returns the texts of direction d's header block, nil as long as it is not complete.
func (t *Tx) render(d proto.Dir) *rendered {
	m := t.message(d)
	if !m.headed {
		return nil
	}
	r := &t.rendered[d]
	if !r.made {
		r.reset()
		r.made = true
		r.make(m, cookieOf[d])
	}
	return r
}

// cookieOf is the field that headerText leaves out, by direction.
var cookieOf = [2]fieldID{fCookie, fSetCookie}

func (r *rendered) make(m *Message, cookie fieldID) {
	r.text = append(append(r.text, m.Line...), "\r\n"...)
	r.names = append(r.names, "\r\n"...)
	for i := range m.Fields {
		f := &m.Fields[i]
		if f.Dup || f.Trailer && !m.trailed {
			continue
		}
		from := len(r.text)
		r.at = append(r.at, from)
		r.text = append(append(r.text, f.Name...), ": "...)
		r.text = append(append(r.text, f.joined()...), "\r\n"...)
		if f.id != cookie {
			r.plain = append(r.plain, r.text[from:]...)
		}
		r.names = append(append(r.names, f.Name...), "\r\n"...)
	}
	r.at = append(r.at, len(r.text))
	if len(r.at) > 1 {
		r.text = append(r.text, "\r\n"...)
		r.names = append(r.names, "\r\n"...)
	}
}

// joined is the value with those of later fields of the same name.
func (f *Field) joined() []byte {
	if f.Merged != nil {
		return f.Merged
	}
	return f.Value
}

// headerText is the header block with fields of one name joined, without cookies, each ended by CRLF.
func (t *Tx) headerText(d proto.Dir) []byte {
	r := t.render(d)
	if r == nil || t.message(d).cut || len(r.plain) == 0 {
		return nil
	}
	return r.plain
}

// headerNames lists the names between line ends, with a line end before the first and two behind the last.
func (t *Tx) headerNames(d proto.Dir) []byte {
	r := t.render(d)
	if r == nil || t.message(d).cut || len(r.at) < 2 {
		return nil
	}
	return r.names
}

// startText is the first line with the header block.
func (t *Tx) startText(d proto.Dir) []byte {
	r := t.render(d)
	if r == nil || t.message(d).cut || t.message(d).Line == nil {
		return nil
	}
	return r.text
}

// nth returns the i-th field as "Name: value".
func nth(d proto.Dir) func(*Tx, int) ([]byte, bool) {
	return func(t *Tx, i int) ([]byte, bool) {
		r := t.render(d)
		if r == nil || i+1 >= len(r.at) {
			return nil, false
		}
		return r.text[r.at[i] : r.at[i+1]-2], true
	}
}

package http

import "bytes"

// nested follows a body of type message/*, whose own header block Zeek reads: by lines, whose ends it does not count when
// the body was coded.
type nested struct {
	on, body bool
	line     []byte
	ends     int64 // bytes of line ends
}

// maxNestedLine bounds what is kept of a line of a nested message's header block.
const maxNestedLine = 1 << 10

func (n *nested) start(on bool) { *n = nested{on: on, line: n.line[:0]} }

// write looks at the next bytes of the body.
func (n *nested) write(p *parser, b []byte) {
	for n.on && len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		part := b
		if i >= 0 {
			part = b[:i+1]
		}
		if room := maxNestedLine - len(n.line); room > 0 || i >= 0 {
			n.line = append(n.line, part[max(0, len(part)-max(room, 2)):]...)
		}
		if i < 0 {
			return
		}
		n.end(p)
		b = b[i+1:]
	}
}

// end takes a whole line.
func (n *nested) end(p *parser) {
	l := chomp(n.line)
	n.ends += int64(len(n.line) - len(l))
	n.line = n.line[:0]
	switch {
	case n.body:
	case len(l) == 0:
		n.body = true
	case l[0] == 0:
		n.body = true
		p.zeek.nulLine(p)
	default:
		name, _, ok := bytes.Cut(l, []byte{':'})
		if ok && identify(trim(name)) == fTransferEncoding {
			p.zeek.weird(p, wNestedTransferEncoding, "", "HTTP")
		}
	}
}

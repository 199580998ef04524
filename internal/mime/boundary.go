package mime

import "bytes"

// verdict is what the beginning of a line turned out to be.
type verdict uint8

const (
	noDelimiter verdict = iota
	undecided
	partDelimiter
	closingDelimiter
)

// match compares the beginning of a line with the delimiters of the open multiparts; whole tells that nothing of the
// line follows. The longest boundary wins, since one may begin like another, and of equal ones the innermost. It
// returns the index of the multipart on the stack. What follows the boundary on the line does not matter, as RFC
// 2046, section 5.1.1, says.
func (p *Parser) match(line []byte, whole bool) (verdict, int) {
	if line[0] != '-' || len(line) > 1 && line[1] != '-' {
		return noDelimiter, 0
	}
	if len(line) < 2 {
		if whole {
			return noDelimiter, 0
		}
		return undecided, 0
	}
	rest := line[2:]
	best, size, more := -1, -1, false
	for i := p.depth - 1; i >= 0; i-- {
		e := &p.stack[i]
		if e.Kind != Multipart || e.finished {
			continue
		}
		switch {
		case len(rest) >= len(e.Boundary):
			if len(e.Boundary) > size && bytes.HasPrefix(rest, e.Boundary) {
				best, size = i, len(e.Boundary)
			}
		case bytes.HasPrefix(e.Boundary, rest):
			more = true
		}
	}
	if more && !whole {
		return undecided, 0
	}
	if best < 0 {
		return noDelimiter, 0
	}
	tail := rest[size:]
	switch {
	case len(tail) >= 2 && tail[0] == '-' && tail[1] == '-':
		return closingDelimiter, best
	case !whole && (len(tail) == 0 || len(tail) == 1 && tail[0] == '-'):
		return undecided, 0
	default:
		return partDelimiter, best
	}
}

// delimiter looks at b, which begins a line or goes on with p.candidate, for a delimiter, and acts on it if it is one. It
// returns how many bytes of b it consumed. If they are no delimiter, what was consumed before is in p.candidate, to be
// taken as what it is.
func (p *Parser) delimiter(b []byte) (n int, v verdict) {
	if len(p.candidate) == 0 {
		p.lineStart = p.offset
		line, whole := b, false
		if i := bytes.IndexByte(b[:min(len(b), p.lim.Boundary+6)], p.lineByte()); i >= 0 {
			line, whole = b[:i], true
			if len(line) == 0 {
				return 0, noDelimiter
			}
		}
		v, level := p.match(line, whole)
		if v == undecided {
			p.candidate = append(p.candidate, b...)
			return len(b), undecided
		}
		p.take(v, level)
		return 0, v
	}
	for n < len(b) {
		whole := b[n] == p.lineByte()
		if !whole {
			p.candidate = append(p.candidate, b[n])
			n++
		}
		v, level := p.match(p.candidate, whole)
		if v != undecided {
			if v != noDelimiter {
				p.candidate = p.candidate[:0]
			}
			p.take(v, level)
			return n, v
		}
	}
	return n, undecided
}

// lineByte returns the byte that ends lines.
func (p *Parser) lineByte() byte {
	if p.eol == '\r' {
		return '\r'
	}
	return '\n'
}

// take acts on a delimiter of the multipart at level.
func (p *Parser) take(v verdict, level int) {
	if v != partDelimiter && v != closingDelimiter {
		return
	}
	if p.state == inHeaders {
		at := p.offset
		p.offset = p.lineStart
		p.finishHeaders()
		p.offset = at
	}
	if p.nheld > 0 && p.keepsLineEnd() {
		p.releaseHeld()
	}
	p.nheld = 0
	p.closeTo(level+1, true)
	p.state = inDelimiter
	if v == closingDelimiter {
		p.stack[level].finished = true
		p.open--
		p.state = inTrailer
	}
	p.leaf = nil
	p.line = p.line[:0]
}

// delimiterRest skips the rest of a delimiter's line and opens what follows.
func (p *Parser) delimiterRest(b []byte) int {
	n, ok := p.lineEnd(b)
	if !ok {
		p.offset += int64(len(b))
		return len(b)
	}
	p.offset += int64(n)
	trailer := p.state == inTrailer
	p.state, p.bol, p.lineLen = inBody, true, 0
	if !trailer {
		p.push()
	}
	return n
}

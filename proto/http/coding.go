package http

import (
	"slices"
)

// coding is a content coding (RFC 9110, section 8.4.1).
type coding uint8

const (
	cNone coding = iota
	cGzip
	cDeflate
	cCompress
	cBrotli
	cZstd
	cLZMA
	cMany // several, or something odd
)

const maxLayers = 8

// chain is the content codings of a body, the outermost first.
type chain struct {
	n       int
	kinds   [maxLayers]coding
	layers  [maxLayers]layer
	body    *body
	in, out int64
	dead    bool
}

// start reads the message's Content-Encoding.
func (c *chain) start(b *body, p *parser) {
	*c = chain{body: b}
	ce := b.m.value(fContentEncoding)
	if len(ce) == 0 || p.cfg.layers == 0 {
		return
	}
	k := simpleCoding(ce, !p.cfg.eveOnly)
	switch {
	case k == cNone:
		return
	case k != cMany:
		c.add(k, p)
	default:
		c.list(b, p, ce)
		if !p.cfg.eveOnly {
			// The coding named last was applied last: it is undone first.
			slices.Reverse(c.kinds[:c.n])
		}
	}
	b.m.gzip = c.n == 1 && (c.kinds[0] == cGzip || c.kinds[0] == cDeflate)
	for i := range c.n {
		c.layers[i] = layer{kind: c.kinds[i], chain: c, index: i}
	}
}

func (c *chain) add(k coding, p *parser) {
	if k == cLZMA && !p.cfg.lzma || c.n == maxLayers {
		return
	}
	c.kinds[c.n] = k
	c.n++
}

// list reads a list of codings. Those that are unknown count as layers too.
func (c *chain) list(b *body, p *parser, ce []byte) {
	layers := 0
	for len(ce) > 0 {
		start := 0
		for start < len(ce) && (ce[start] == ',' || ce[start] == ' ') {
			start++
		}
		if start == len(ce) {
			return
		}
		end := start
		for end < len(ce) && ce[end] != ',' && ce[end] != ' ' {
			end++
		}
		tok := ce[start:end]
		if layers++; layers > p.cfg.layers {
			p.again(b.dir, evTooManyEncodingLayers)
			return
		}
		k, exact := codingOf(tok, !p.cfg.eveOnly)
		if !exact {
			p.again(b.dir, evAbnormalCEHeader)
		}
		if k != cNone {
			c.add(k, p)
		}
		if p.cfg.eveOnly {
			// libhtp does not count the separators it skipped: the end of a third coding is read again.
			end -= start
		}
		if end+1 >= len(ce) {
			return
		}
		ce = ce[end+1:]
	}
}

// simpleCoding names the coding of a value that is one word, cMany for what must be looked at closely. modern tells
// whether codings younger than libhtp count.
func simpleCoding(ce []byte, modern bool) coding {
	switch {
	case equalNoNUL(ce, "gzip"), equalNoNUL(ce, "x-gzip"):
		return cGzip
	case equalNoNUL(ce, "deflate"), equalNoNUL(ce, "x-deflate"):
		return cDeflate
	case equalNoNUL(ce, "lzma"):
		return cLZMA
	case equalNoNUL(ce, "inflate"), equalNoNUL(ce, "none"):
		return cNone
	}
	if modern {
		if k := modernCoding(ce); k != cMany {
			return k
		}
	}
	return cMany
}

func modernCoding(tok []byte) coding {
	switch {
	case equalFold(tok, "br"):
		return cBrotli
	case equalFold(tok, "zstd"):
		return cZstd
	case equalFold(tok, "compress"), equalFold(tok, "x-compress"):
		return cCompress
	case equalFold(tok, "identity"):
		return cNone
	}
	return cMany
}

// codingOf names one of several codings by what it contains; exact is false when it is more than a coding's name.
func codingOf(tok []byte, modern bool) (k coding, exact bool) {
	switch {
	case indexFold(tok, "gzip", false) >= 0:
		return cGzip, string(tok) == "gzip" || string(tok) == "x-gzip"
	case indexFold(tok, "deflate", false) >= 0:
		return cDeflate, string(tok) == "deflate" || string(tok) == "x-deflate"
	case string(tok) == "lzma":
		return cLZMA, true
	case string(tok) == "inflate", string(tok) == "none":
		return cNone, true
	}
	if modern {
		if k := modernCoding(tok); k != cMany {
			return k, true
		}
	}
	return cNone, false
}

// equalNoNUL compares ignoring case and NUL bytes.
func equalNoNUL(b []byte, s string) bool {
	k := 0
	for _, c := range b {
		if c == 0 {
			continue
		}
		if k == len(s) || lower(c) != s[k] {
			return false
		}
		k++
	}
	return k == len(s)
}

func (c *chain) write(data []byte) {
	if c.dead {
		return
	}
	c.in += int64(len(data))
	c.layers[0].write(data)
}

// plain takes what no decoder of a layer understood: it is the body, whatever other layers there are.
func (c *chain) plain(data []byte) {
	if !c.dead {
		c.out += int64(len(data))
		c.body.decoded(data)
	}
}

// pass takes the output of layer i.
func (c *chain) pass(i int, data []byte) {
	if c.dead || len(data) == 0 {
		return
	}
	if i+1 < c.n {
		c.layers[i+1].write(data)
		return
	}
	c.out += int64(len(data))
	if c.out > c.body.p.cfg.bomb && c.out/maxRatio > c.in {
		c.body.p.event(c.body.dir, evCompressionBomb)
		c.dead = true
		return
	}
	c.body.decoded(data)
}

// maxRatio is how many times longer than what was sent a body may become, once it is longer than the bomb limit.
const maxRatio = 2048

// end tells the layers that nothing more comes, the outermost first.
func (c *chain) end() {
	for i := range c.n {
		c.layers[i].end()
	}
	c.n = 0
}

// stop gives up decoding but keeps counting.
func (c *chain) stop() {
	for i := range c.n {
		c.layers[i].end()
	}
	c.dead = true
}

func (c *chain) abort() {
	c.dead = true
	for i := range c.n {
		c.layers[i].stop()
	}
	c.n = 0
}

// failed reports that a layer's data was not what was announced.
func (c *chain) failed() { c.body.p.again(c.body.dir, evGzipDecompressionFailed) }

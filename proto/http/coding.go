package http

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
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
	if len(ce) == 0 {
		return
	}
	limit := p.cfg.layers
	if limit == 0 {
		return
	}
	total := 0
	var list [maxLayers]coding
	rest := ce
	for len(rest) > 0 {
		var tok []byte
		if i := bytes.IndexByte(rest, ','); i >= 0 {
			tok, rest = rest[:i], rest[i+1:]
		} else {
			tok, rest = rest, nil
		}
		tok = trim(tok)
		if len(tok) == 0 {
			continue
		}
		k, exact := codingOf(tok)
		if !exact {
			p.event(b.dir, evAbnormalCEHeader)
		}
		if k == cLZMA && !p.cfg.lzma {
			k = cNone
		}
		if k == cNone {
			continue
		}
		if total >= limit || total >= maxLayers {
			p.event(b.dir, evTooManyEncodingLayers)
			break
		}
		list[total] = k
		total++
	}
	// The coding named last was applied last: it is undone first.
	for i := range total {
		c.kinds[i] = list[total-1-i]
	}
	c.n = total
	b.m.gzip = total == 1 && (c.kinds[0] == cGzip || c.kinds[0] == cDeflate)
	for i := range total {
		l := &c.layers[i]
		*l = layer{kind: c.kinds[i], chain: c, index: i}
	}
}

// codingOf names a token's coding as libhtp does: by what it contains.
func codingOf(tok []byte) (coding, bool) {
	switch {
	case equalFold(tok, "gzip"), equalFold(tok, "x-gzip"):
		return cGzip, true
	case equalFold(tok, "deflate"), equalFold(tok, "x-deflate"):
		return cDeflate, true
	case equalFold(tok, "compress"), equalFold(tok, "x-compress"):
		return cCompress, true
	case equalFold(tok, "br"):
		return cBrotli, true
	case equalFold(tok, "zstd"):
		return cZstd, true
	case equalFold(tok, "lzma"):
		return cLZMA, true
	case equalFold(tok, "inflate"), equalFold(tok, "none"), equalFold(tok, "identity"):
		return cNone, true
	case indexFold(tok, "gzip", false) >= 0:
		return cGzip, false
	case indexFold(tok, "deflate", false) >= 0:
		return cDeflate, false
	}
	return cNone, false
}

func (c *chain) write(data []byte) {
	if c.dead {
		return
	}
	c.in += int64(len(data))
	c.layers[0].write(data)
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

func (c *chain) failed(proto.EventID) {
	c.body.p.event(c.body.dir, evGzipDecompressionFailed)
}

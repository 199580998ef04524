package sig

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// The keywords that look at bytes.

func parseContent(b *builder, value string) error {
	p, negated, err := rule.Content(value)
	if err != nil {
		return err
	}
	b.add(&content{pattern: p, negated: negated})
	return nil
}

func parseURIContent(b *builder, value string) error {
	if err := parseContent(b, value); err != nil {
		return err
	}
	name, ok := b.c.modifiers["http_uri"]
	if !ok {
		return errors.New("no protocol has the buffer http_uri")
	}
	return b.modifier(name)
}

// onContent makes a keyword that changes the last content.
func onContent(fn func(b *builder, t *content, value string) error) func(*builder, string) error {
	return func(b *builder, value string) error {
		t := b.lastContent()
		if t == nil {
			return errors.New("it stands behind no content")
		}
		return fn(b, t, value)
	}
}

func setNoCase(_ *builder, t *content, _ string) error {
	if t.nocase {
		return errors.New("it stands twice behind one content")
	}
	t.nocase = true
	t.folded = bytes.ToLower(t.pattern)
	return nil
}

// unquoted takes the quotes from a value that cannot be negated.
func unquoted(value string) (string, error) {
	text, negated, err := rule.Unquote(value)
	if err == nil && negated {
		err = errors.New("it cannot be negated")
	}
	return text, err
}

// place reads the value of offset, depth, distance or within.
func (b *builder) place(value string) (varInt, error) {
	value, err := unquoted(value)
	if err != nil {
		return varInt{}, err
	}
	if n, err := strconv.Atoi(value); err == nil {
		if n > math.MaxUint16 || n < -math.MaxUint16 {
			return varInt{}, fmt.Errorf("%d is out of range", n)
		}
		return varInt{n: n}, nil
	}
	if i := b.variable(value); i >= 0 {
		return varInt{n: i, isVar: true}, nil
	}
	return varInt{}, fmt.Errorf("%q is neither a number nor a variable that was extracted before", value)
}

func setOffset(b *builder, t *content, value string) (err error) {
	if t.starts {
		return errors.New("it does not go with startswith")
	}
	if t.hasOffset {
		return errors.New("it stands twice behind one content")
	}
	if t.relative() {
		return errors.New("a content that is relative has no offset")
	}
	t.hasOffset = true
	if t.offset, err = b.place(value); err == nil && !t.offset.isVar && t.offset.n < 0 {
		err = errors.New("it is negative")
	}
	if t.hasDepth && !t.depth.isVar { // the depth counts from the offset
		t.depth.n += t.offset.n
	}
	return err
}

func setDepth(b *builder, t *content, value string) (err error) {
	if t.starts {
		return errors.New("it does not go with startswith")
	}
	if t.hasDepth {
		return errors.New("it stands twice behind one content")
	}
	if t.relative() {
		return errors.New("a content that is relative has no depth")
	}
	t.hasDepth = true
	if t.depth, err = b.place(value); err != nil || t.depth.isVar {
		return err
	}
	if t.depth.n < len(t.pattern) {
		return fmt.Errorf("%d is less than the content's length %d", t.depth.n, len(t.pattern))
	}
	if !t.offset.isVar {
		t.depth.n += t.offset.n
	}
	return nil
}

func setDistance(b *builder, t *content, value string) (err error) {
	if t.hasDistance {
		return errors.New("it stands twice behind one content")
	}
	if t.hasOffset || t.hasDepth {
		return errors.New("it does not go with offset, depth or startswith")
	}
	t.hasDistance = true
	t.distance, err = b.place(value)
	b.precede()
	return err
}

func setWithin(b *builder, t *content, value string) (err error) {
	if t.hasWithin {
		return errors.New("it stands twice behind one content")
	}
	if t.hasOffset || t.hasDepth {
		return errors.New("it does not go with offset, depth or startswith")
	}
	t.hasWithin = true
	if t.within, err = b.place(value); err == nil && !t.within.isVar && t.within.n < len(t.pattern) {
		err = fmt.Errorf("%d is less than the content's length %d", t.within.n, len(t.pattern))
	}
	b.precede()
	return err
}

// precede notes on the test before the last content that something relative follows.
func (b *builder) precede() {
	l := b.tests()
	for i := len(l) - 1; i > 0; i-- {
		if _, ok := l[i].(*content); ok {
			markNext(l[:i])
			return
		}
	}
}

func setStartsWith(_ *builder, t *content, _ string) error {
	if t.hasOffset || t.hasDepth || t.relative() {
		return errors.New("it does not go with offset, depth, distance or within")
	}
	t.starts, t.hasDepth, t.depth = true, true, varInt{n: len(t.pattern)}
	return nil
}

func setEndsWith(_ *builder, t *content, _ string) error {
	t.ends = true
	return nil
}

func setRaw(b *builder, t *content, _ string) error {
	if b.last != &b.payload && b.last != nil {
		return errors.New("it goes with contents of the payload")
	}
	t.raw = true
	return nil
}

func setFast(b *builder, t *content, value string) error {
	if b.explicit != nil {
		return errors.New("a rule has one at most")
	}
	if t.negated && (t.relative() || t.hasOffset || t.hasDepth) {
		return errors.New("a negated content with a place cannot be the fast pattern")
	}
	switch value {
	case "":
	case "only":
		if t.relative() || t.hasOffset || t.hasDepth {
			return errors.New("only does not go with a content that has a place")
		}
		t.fastOnly = true
	default:
		at, n, ok := strings.Cut(value, ",")
		i, err1 := strconv.Atoi(strings.TrimSpace(at))
		k, err2 := strconv.Atoi(strings.TrimSpace(n))
		if !ok || err1 != nil || err2 != nil || i < 0 || k < 1 || i+k > len(t.pattern) {
			return fmt.Errorf("%q is no part of the content", value)
		}
		t.chopped, t.chopAt, t.chopLen = true, i, k
	}
	b.explicit, t.fast = t, true
	return nil
}

func parseIsDataAt(b *builder, value string) error {
	text, negated := strings.CutPrefix(strings.TrimSpace(value), "!")
	parts := strings.Split(text, ",")
	t := &isDataAt{negated: negated}
	first := strings.TrimSpace(parts[0])
	if n, err := strconv.Atoi(first); err == nil {
		if n < 0 || n > math.MaxUint16 {
			return fmt.Errorf("%d is out of range", n)
		}
		t.at = varInt{n: n}
	} else if i := b.variable(first); i >= 0 {
		t.at = varInt{n: i, isVar: true}
	} else {
		return fmt.Errorf("%q is neither a number nor a variable", first)
	}
	for _, p := range parts[1:] {
		switch strings.TrimSpace(p) {
		case "relative":
			t.relative = true
		case "rawbytes":
		default:
			return fmt.Errorf("unknown option %q", p)
		}
	}
	b.put(t, t.relative)
	return nil
}

func parseBufferSize(b *builder, value string) error {
	if b.cur == nil {
		return errors.New("it stands behind a sticky buffer")
	}
	n, err := proto.ParseNumber(value, 64)
	if err != nil {
		return err
	}
	b.add(&bufferSize{is: n.Is})
	return nil
}

func parseURILen(b *builder, value string) error {
	text, opt, _ := strings.Cut(strings.TrimSpace(value), ",")
	name := "http.uri"
	switch strings.TrimSpace(opt) {
	case "", "norm":
	case "raw":
		name = "http.uri.raw"
	default:
		return fmt.Errorf("unknown option %q", opt)
	}
	n, err := proto.ParseNumber(text, 16)
	if err != nil {
		return err
	}
	s := b.open(name, false)
	s.tests = append(s.tests, &bufferSize{is: n.Is})
	return nil
}

func parseDataSize(b *builder, value string) error {
	n, err := proto.ParseNumber(value, 16)
	if err != nil {
		return err
	}
	if b.dsize {
		return errors.New("it stands twice in one rule")
	}
	b.dsize = true
	b.s.onPacket = true
	b.s.packetOnly = true
	b.condition(func(_ *Matcher, c *subject) bool {
		return c.p != nil && n.Is(uint64(len(payload(c))))
	})
	return nil
}

// payload are the bytes that packet rules see.
func payload(c *subject) []byte {
	if c.p == nil || c.p.Version == 0 || c.p.Marks&payloadless != 0 {
		return nil
	}
	return c.p.Payload()
}

func parsePktData(b *builder, _ string) error {
	if err := b.settle(); err != nil {
		return err
	}
	b.cur, b.inside64 = nil, nil
	return nil
}

func parseAbsent(b *builder, value string) error {
	if b.cur == nil {
		return errors.New("it stands behind a sticky buffer")
	}
	switch strings.TrimSpace(value) {
	case "":
		b.cur.absent = true
	case "or_else":
		b.cur.absentOr = true
	default:
		return fmt.Errorf("unknown option %q", value)
	}
	return nil
}

func parseBase64Decode(b *builder, value string) error {
	t := &base64Decode{}
	for p := range strings.SplitSeq(value, ",") {
		p = strings.TrimSpace(p)
		name, num, _ := strings.Cut(p, " ")
		var err error
		switch name {
		case "":
		case "relative":
			t.relative = true
		case "bytes":
			t.bytes, err = strconv.Atoi(strings.TrimSpace(num))
		case "offset":
			t.offset, err = strconv.Atoi(strings.TrimSpace(num))
		default:
			return fmt.Errorf("unknown option %q", p)
		}
		if err != nil || t.bytes < 0 || t.offset < 0 {
			return fmt.Errorf("%q holds no number", p)
		}
	}
	b.put(t, t.relative)
	b.decoded = true
	return nil
}

func parseBase64Data(b *builder, _ string) error {
	if !b.decoded {
		return errors.New("it stands behind base64_decode")
	}
	t := &base64Data{}
	b.inside64 = nil
	b.put(t, b.last != nil)
	b.inside64 = t
	return nil
}

package sig

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// The keywords byte_test, byte_jump, byte_extract and byte_math, and rpc.

// number reads a decimal or hexadecimal number.
func number(text string) (uint64, error) {
	v, err := strconv.ParseUint(strings.TrimSpace(text), 0, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return v, nil
}

// numberOrVar reads a number or the name of a variable.
func (b *builder) numberOrVar(text string) (varInt, uint64, error) {
	text = strings.TrimSpace(text)
	if i := b.variable(text); i >= 0 {
		return varInt{n: i, isVar: true}, 0, nil
	}
	if n, err := strconv.ParseInt(text, 0, 64); err == nil && n < 0 {
		return varInt{n: int(n)}, uint64(n), nil
	}
	v, err := number(text)
	if err != nil {
		return varInt{}, 0, fmt.Errorf("%q is neither a number nor a variable that was extracted before", text)
	}
	return varInt{n: int(int64(v))}, v, nil
}

// option reads one of the options that all these keywords share.
func (n *numberAt) option(b *builder, text string) error {
	name, value, _ := strings.Cut(text, " ")
	switch name {
	case "relative":
		n.relative = true
	case "big":
		n.little = false
	case "little":
		n.little = true
	case "string":
		if n.text == 0 {
			n.text = 10
		}
	case "hex":
		n.text = 16
	case "dec":
		n.text = 10
	case "oct":
		n.text = 8
	case "dce":
		n.dce = true
	case "bitmask":
		v, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(value)), "0x"), 16, 32)
		if err != nil {
			return fmt.Errorf("%q is no bit mask", value)
		}
		n.bits = v
		if v != 0 {
			n.shift = bits.TrailingZeros64(v)
		}
	default:
		return fmt.Errorf("unknown option %q", text)
	}
	return nil
}

func fields(value string) []string {
	list := strings.Split(value, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

func (n *numberAt) check() error {
	if n.bytes.isVar {
		return nil
	}
	switch limit := map[int]int{0: 8, 8: 23, 10: 20, 16: 14}[n.text]; {
	case n.bytes.n < 0 || n.bytes.n > limit:
		return fmt.Errorf("%d bytes are too many: at most %d", n.bytes.n, limit)
	}
	return nil
}

// parse reads where the number stands and the options behind it; own takes those that the keyword alone has, and tells
// which it knows.
func (n *numberAt) parse(b *builder, size, offset string, options []string, own func(name, arg string) (bool, error)) (err error) {
	if n.bytes, _, err = b.numberOrVar(size); err != nil {
		return err
	}
	if n.offset, _, err = b.numberOrVar(offset); err != nil {
		return err
	}
	for _, o := range options {
		name, arg, _ := strings.Cut(o, " ")
		known, err := own(name, strings.TrimSpace(arg))
		if !known && err == nil {
			err = n.option(b, o)
		}
		if err != nil {
			return err
		}
	}
	return n.check()
}

func noOption(string, string) (bool, error) { return false, nil }

var byteOperators = map[string]byte{"": '=', "<": '<', ">": '>', "=": '=', "&": '&', "^": '^', "<=": 'l', ">=": 'g'}

func parseByteTest(b *builder, value string) error {
	f := fields(value)
	if len(f) < 4 {
		return errors.New("give bytes, operator, value and offset")
	}
	t := &byteTest{}
	op, negated := strings.CutPrefix(f[1], "!")
	ok := false
	if t.op, ok = byteOperators[op]; !ok {
		return fmt.Errorf("unknown operator %q", f[1])
	}
	t.negated = negated
	var err error
	if t.value, t.big, err = b.numberOrVar(f[2]); err != nil {
		return err
	}
	if err := t.parse(b, f[0], f[3], f[4:], noOption); err != nil {
		return err
	}
	b.put(t, t.relative)
	return nil
}

func parseByteJump(b *builder, value string) error {
	f := fields(value)
	if len(f) < 2 {
		return errors.New("give bytes and offset")
	}
	t := &byteJump{}
	err := t.parse(b, f[0], f[1], f[2:], func(name, arg string) (known bool, err error) {
		switch name {
		case "align":
			t.align = true
		case "from_beginning":
			t.fromBegin = true
		case "from_end":
			t.fromEnd = true
		case "multiplier":
			t.multiplier, err = strconv.Atoi(arg)
			if err == nil && (t.multiplier < 1 || t.multiplier > 65535) {
				err = errors.New("the multiplier is out of range")
			}
		case "post_offset":
			t.post, _, err = b.numberOrVar(arg)
		default:
			return false, nil
		}
		return true, err
	})
	if err != nil {
		return err
	}
	t.fixed = !t.bytes.isVar && t.bytes.n == 0
	b.put(t, t.relative)
	return nil
}

func parseByteExtract(b *builder, value string) error {
	f := fields(value)
	if len(f) < 3 {
		return errors.New("give bytes, offset and the variable's name")
	}
	t := &byteExtract{}
	if f[2] == "" || f[2][0] >= '0' && f[2][0] <= '9' {
		return fmt.Errorf("%q is no name of a variable", f[2])
	}
	err := t.parse(b, f[0], f[1], f[3:], func(name, arg string) (known bool, err error) {
		switch name {
		case "multiplier":
			t.multiplier, err = strconv.Atoi(arg)
		case "align":
			t.align, err = strconv.Atoi(arg)
			if err == nil && t.align != 2 && t.align != 4 {
				err = errors.New("align is 2 or 4")
			}
		default:
			return false, nil
		}
		return true, err
	})
	if err != nil {
		return err
	}
	if t.to, err = b.newVariable(f[2]); err != nil {
		return err
	}
	b.put(t, t.relative)
	return nil
}

func parseByteMath(b *builder, value string) error {
	t := &byteMath{}
	var err error
	name := ""
	for _, o := range fields(value) {
		key, arg, _ := strings.Cut(o, " ")
		arg = strings.TrimSpace(arg)
		switch key {
		case "bytes":
			t.bytes, _, err = b.numberOrVar(arg)
		case "offset":
			t.offset, _, err = b.numberOrVar(arg)
		case "oper":
			switch arg {
			case "+", "-", "*", "/":
				t.op = arg[0]
			case "<<":
				t.op = '<'
			case ">>":
				t.op = '>'
			default:
				err = fmt.Errorf("unknown operator %q", arg)
			}
		case "rvalue":
			t.with, t.big, err = b.numberOrVar(arg)
		case "result":
			name = arg
		case "endian":
			err = t.option(b, arg)
		case "string":
			err = t.option(b, arg)
		default:
			err = t.option(b, o)
		}
		if err != nil {
			return err
		}
	}
	if t.op == 0 || name == "" || !t.bytes.isVar && t.bytes.n == 0 {
		return errors.New("bytes, offset, oper, rvalue and result are needed")
	}
	if t.op == '/' && !t.with.isVar && t.big == 0 {
		return errors.New("a division by zero")
	}
	if t.to, err = b.newVariable(name); err != nil {
		return err
	}
	b.put(t, t.relative)
	return nil
}

// parseRPC is the keyword rpc: program, version, procedure of a Sun RPC call (RFC 5531).
func parseRPC(b *builder, value string) error {
	f := fields(value)
	if len(f) > 3 {
		return errors.New("give program, version and procedure")
	}
	var want [3]uint64
	var any [3]bool
	for i := range want {
		if i >= len(f) || f[i] == "*" {
			if i == 0 && (i >= len(f) || f[i] == "*") {
				return errors.New("the program must be a number")
			}
			any[i] = true
			continue
		}
		v, err := number(f[i])
		if err != nil {
			return err
		}
		want[i] = v
	}
	b.s.onPacket, b.s.packetOnly = true, true
	b.condition(func(_ *Matcher, c *subject) bool {
		p := payload(c)
		if c.p != nil && c.p.Proto == 6 {
			if len(p) < 4 {
				return false
			}
			p = p[4:] // record mark
		}
		if len(p) < 24 || be32(p[4:]) != 0 || be32(p[8:]) != 2 {
			return false
		}
		for i := range want {
			if !any[i] && uint64(be32(p[12+4*i:])) != want[i] {
				return false
			}
		}
		return true
	})
	return nil
}

func be32(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

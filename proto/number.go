package proto

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Number is a condition on an unsigned number as rules write it: "5", "=5", "!5", "!=5", ">5", ">=5", "<5", "<=5", "2-8"
// (both excluded, as in Suricata), "2<>8" (the same), "&0x0f" (some bit set), "!&0x0f", "&0x0f=3".
type Number struct {
	op   numberOp
	a, b uint64
}

type numberOp uint8

const (
	numEqual numberOp = iota
	numNot
	numLess
	numLessEqual
	numMore
	numMoreEqual
	numBetween
	numOutside
	numBits
	numNoBits
	numMasked
	numNotMasked
)

// ParseNumber reads a condition on a number of so many bits. Values are decimal or, behind 0x, hexadecimal; kB, MB and GB
// stand behind sizes.
func ParseNumber(text string, bits int) (Number, error) {
	text = strings.TrimSpace(text)
	n, err := parseNumber(text, bits)
	if err != nil {
		return n, fmt.Errorf("%q is no condition on a number of %d bits: %w", text, bits, err)
	}
	return n, nil
}

var numberOps = []struct {
	prefix string
	op     numberOp
}{{"!=", numNot}, {"!&", numNoBits}, {"!", numNot}, {">=", numMoreEqual}, {"<=", numLessEqual}, {">", numMore},
	{"<", numLess}, {"=", numEqual}, {"&", numBits}}

func parseNumber(text string, bits int) (Number, error) {
	for _, o := range numberOps {
		rest, ok := strings.CutPrefix(text, o.prefix)
		if !ok {
			continue
		}
		if o.op == numNot && strings.ContainsAny(rest, "-<") {
			n, err := between(rest, bits)
			n.op = numOutside
			return n, err
		}
		if mask, value, ok := strings.Cut(rest, "="); ok && (o.op == numBits || o.op == numNoBits) {
			return masked(mask, value, o.op == numNoBits, bits)
		}
		v, err := number(rest, bits)
		return Number{op: o.op, a: v}, err
	}
	if strings.ContainsAny(text, "-<") {
		return between(text, bits)
	}
	v, err := number(text, bits)
	return Number{op: numEqual, a: v}, err
}

func masked(mask, value string, not bool, bits int) (Number, error) {
	n := Number{op: numMasked}
	mask, unequal := strings.CutSuffix(mask, "!")
	if not || unequal {
		n.op = numNotMasked
	}
	var err error
	if n.a, err = number(mask, bits); err != nil {
		return n, err
	}
	n.b, err = number(value, bits)
	return n, err
}

func between(text string, bits int) (Number, error) {
	lo, hi, ok := strings.Cut(text, "<>")
	if !ok {
		lo, hi, ok = strings.Cut(text, "-")
	}
	if !ok {
		return Number{}, fmt.Errorf("%q is no range", text)
	}
	a, err := number(lo, bits)
	if err != nil {
		return Number{}, err
	}
	b, err := number(hi, bits)
	if err != nil {
		return Number{}, err
	}
	if b <= a {
		return Number{}, fmt.Errorf("there is nothing between %d and %d", a, b)
	}
	return Number{op: numBetween, a: a, b: b}, nil
}

func number(text string, bits int) (uint64, error) {
	text = strings.TrimSpace(text)
	unit := uint64(1)
	for _, u := range []struct {
		name string
		size uint64
	}{{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}} {
		if l := strings.ToLower(text); strings.HasSuffix(l, u.name) && !strings.HasPrefix(l, "0x") {
			text, unit = strings.TrimSpace(text[:len(text)-2]), u.size
		}
	}
	base := 10
	if h, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		text, base = h, 16
	}
	v, err := strconv.ParseUint(text, base, 64)
	if err != nil || v > math.MaxUint64/unit || bits < 64 && v*unit >= 1<<bits {
		return 0, fmt.Errorf("%q is no number of %d bits", text, bits)
	}
	return v * unit, nil
}

// Is tells whether v meets the condition.
func (n Number) Is(v uint64) bool {
	switch n.op {
	case numEqual:
		return v == n.a
	case numNot:
		return v != n.a
	case numLess:
		return v < n.a
	case numLessEqual:
		return v <= n.a
	case numMore:
		return v > n.a
	case numMoreEqual:
		return v >= n.a
	case numBetween:
		return v > n.a && v < n.b
	case numOutside:
		return v <= n.a || v >= n.b
	case numBits:
		return v&n.a != 0
	case numNoBits:
		return v&n.a == 0
	case numMasked:
		return v&n.a == n.b
	default:
		return v&n.a != n.b
	}
}

// Numeric makes a Keyword of a number of so many bits; get returns it, false when the transaction has none. It is judged
// in direction d from stage at on.
func Numeric[T any](name string, bits int, d Dir, at Stage, get func(tx *T) (uint64, bool)) Keyword[T] {
	k := Keyword[T]{Name: name, Doc: "a number", Compile: func(arg string) (func(*T, Dir) bool, error) {
		n, err := ParseNumber(arg, bits)
		if err != nil {
			return nil, err
		}
		return func(tx *T, _ Dir) bool {
			v, ok := get(tx)
			return ok && n.Is(v)
		}, nil
	}}
	k.Dirs[d], k.At[d] = true, at
	return k
}

// More tells whether v meets the condition and all greater numbers do: it can be told of what still grows.
func (n Number) More(v uint64) bool { return (n.op == numMore || n.op == numMoreEqual) && n.Is(v) }

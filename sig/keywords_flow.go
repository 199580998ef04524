package sig

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// The keywords about flows: flow, bits, integers, sizes.

// conditionFunc is a condition made of a function.
type conditionFunc func(m *Matcher, c *subject) bool

func (f conditionFunc) holds(m *Matcher, c *subject) bool { return f(m, c) }

func (b *builder) condition(f func(m *Matcher, c *subject) bool) {
	b.s.packet = append(b.s.packet, conditionFunc(f))
}

func parseFlow(b *builder, value string) error {
	f := &b.s.conn
	for _, o := range fields(value) {
		switch strings.ToLower(o) {
		case "established":
			f.established = true
		case "not_established":
			f.notEst = true
		case "stateless":
			f.stateless = true
		case "to_server", "from_client":
			f.toServer = true
		case "to_client", "from_server":
			f.toClient = true
		case "only_stream":
			f.onlyStream = true
		case "no_stream":
			f.noStream = true
		case "no_frag":
			f.noFrag = true
		case "only_frag":
			f.onlyFrag = true
		default:
			return fmt.Errorf("unknown option %q", o)
		}
	}
	if f.toServer && f.toClient || f.established && (f.notEst || f.stateless) || f.onlyStream && f.noStream || f.onlyFrag && f.noFrag {
		return errors.New("options contradict each other")
	}
	return nil
}

// bitKind says whose variable it is.
type bitKind uint8

const (
	flowBit bitKind = iota
	flowInt
	hostBit // of one address: hostbits, xbits by ip_src and ip_dst
	pairBit // xbits by ip_pair
	dataBit // datasets that rules change
)

// bitDo says what is done or asked.
type bitDo uint8

const (
	bitIsSet bitDo = iota
	bitIsNotSet
	bitSet
	bitUnset
	bitToggle
	intAdd
	intSub
	intSet
	intCompare
)

// bitOp is one condition on a variable, or what is done to it.
type bitOp struct {
	kind   bitKind
	do     bitDo
	names  []uint32 // one of them for bitIsSet, bitIsNotSet
	dst    bool     // hostBit: the packet's destination
	expire int64    // ns, 0: none
	value  uint32
	other  uint32 // flowint: the name of the variable whose value is meant
	byName bool
	cmp    byte
	data   *datasetTest
}

func (o *bitOp) asks() bool { return o.do == bitIsSet || o.do == bitIsNotSet || o.do == intCompare }

func (b *builder) bit(o bitOp) {
	if o.asks() {
		b.s.bits = append(b.s.bits, o)
	} else {
		b.s.sets = append(b.s.sets, o)
	}
}

var bitWords = map[string]bitDo{"isset": bitIsSet, "isnotset": bitIsNotSet, "set": bitSet, "unset": bitUnset, "toggle": bitToggle}

func parseFlowBits(b *builder, value string) error {
	value, err := unquoted(value)
	if err != nil {
		return err
	}
	cmd, name, ok := strings.Cut(value, ",")
	cmd, name = strings.TrimSpace(cmd), strings.TrimSpace(name)
	if cmd == "noalert" {
		if ok {
			return errors.New("noalert takes no name")
		}
		b.s.noalert = true
		return nil
	}
	do, known := bitWords[cmd]
	switch {
	case !known:
		return fmt.Errorf("unknown command %q", cmd)
	case name == "":
		return fmt.Errorf("%s needs a name", cmd)
	}
	o := bitOp{kind: flowBit, do: do}
	for n := range strings.SplitSeq(name, "|") {
		if n = strings.TrimSpace(n); n == "" || strings.ContainsAny(n, " \t,") {
			return fmt.Errorf("%q is no name", n)
		}
		o.names = append(o.names, b.c.intern("f:"+n))
	}
	if len(o.names) > 1 && !o.asks() {
		return errors.New("only isset and isnotset take several names")
	}
	b.bit(o)
	return nil
}

func parseHostBits(b *builder, value string) error {
	f := fields(value)
	if len(f) < 2 || len(f) > 3 {
		return errors.New("give a command, a name and src or dst")
	}
	do, ok := bitWords[f[0]]
	if !ok {
		return fmt.Errorf("unknown command %q", f[0])
	}
	o := bitOp{kind: hostBit, do: do, names: []uint32{b.c.intern("h:" + f[1])}, expire: 300e9}
	if len(f) == 3 {
		switch f[2] {
		case "src":
		case "dst":
			o.dst = true
		default:
			return fmt.Errorf("%q is neither src nor dst", f[2])
		}
	}
	b.bit(o)
	return nil
}

func parseXBits(b *builder, value string) error {
	f := fields(value)
	if len(f) == 1 && f[0] == "noalert" {
		b.s.noalert = true
		return nil
	}
	if len(f) < 3 {
		return errors.New("give a command, a name and what is tracked")
	}
	do, ok := bitWords[f[0]]
	if !ok {
		return fmt.Errorf("unknown command %q", f[0])
	}
	o := bitOp{do: do, names: []uint32{b.c.intern("x:" + f[1])}, expire: 30e9}
	switch strings.Join(strings.Fields(f[2]), " ") {
	case "track ip_src":
		o.kind = hostBit
	case "track ip_dst":
		o.kind, o.dst = hostBit, true
	case "track ip_pair":
		o.kind = pairBit
	default:
		return fmt.Errorf("%q: track ip_src, ip_dst or ip_pair", f[2])
	}
	for _, x := range f[3:] {
		num, ok := strings.CutPrefix(x, "expire")
		n, err := strconv.ParseUint(strings.TrimSpace(num), 10, 32)
		if !ok || err != nil || n == 0 {
			return fmt.Errorf("%q: expire and a number of seconds", x)
		}
		o.expire = int64(n) * 1e9
	}
	b.bit(o)
	return nil
}

func parseFlowInt(b *builder, value string) error {
	f := fields(value)
	if len(f) < 2 {
		return errors.New("give a name, an operator and a value")
	}
	o := bitOp{kind: flowInt, names: []uint32{b.c.intern("i:" + f[0])}}
	switch f[1] {
	case "isset":
		o.do = bitIsSet
	case "isnotset", "notset":
		o.do = bitIsNotSet
	case "=":
		o.do = intSet
	case "+":
		o.do = intAdd
	case "-":
		o.do = intSub
	case "<", ">", "==", "!=", "<=", ">=":
		o.do = intCompare
		o.cmp = map[string]byte{"<": '<', ">": '>', "==": '=', "!=": '!', "<=": 'l', ">=": 'g'}[f[1]]
	default:
		return fmt.Errorf("unknown operator %q", f[1])
	}
	if o.do >= intAdd {
		if len(f) != 3 {
			return errors.New("a value is missing")
		}
		if v, err := strconv.ParseUint(f[2], 0, 32); err == nil {
			o.value = uint32(v)
		} else {
			o.byName, o.other = true, b.c.intern("i:"+f[2])
		}
	}
	b.bit(o)
	return nil
}

func parseStreamSize(b *builder, value string) error {
	f := fields(value)
	if len(f) != 3 {
		return errors.New("give a side, an operator and a size")
	}
	n, err := proto.ParseNumber(map[string]string{"=": "=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}[f[1]]+f[2], 32)
	if err != nil {
		return err
	}
	side := f[0]
	switch side {
	case "server", "client", "both", "either":
	default:
		return fmt.Errorf("%q is no side: client, server, both or either", side)
	}
	b.s.onPacket = true
	b.condition(func(_ *Matcher, c *subject) bool {
		if c.f == nil || c.f.TCP == nil {
			return false
		}
		client, server := n.Is(uint64(c.f.TCP.Sent(flow.Orig))), n.Is(uint64(c.f.TCP.Sent(flow.Resp)))
		switch side {
		case "client":
			return client
		case "server":
			return server
		case "both":
			return client && server
		default:
			return client || server
		}
	})
	return nil
}

// flowNumber makes a keyword on a number of the flow.
func flowNumber(bits int, get func(c *subject) uint64) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		n, err := proto.ParseNumber(value, bits)
		if err != nil {
			return err
		}
		b.condition(func(_ *Matcher, c *subject) bool { return c.f != nil && n.Is(get(c)) })
		return nil
	}
}

// sidedFlowNumber is a keyword on a number of one side of the flow: toserver or toclient, a comma, the condition.
func sidedFlowNumber(get func(s *flow.Side) uint64) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		side, cond, ok := strings.Cut(value, ",")
		if !ok {
			return errors.New("give toserver, toclient, both or either, a comma and a condition")
		}
		n, err := proto.ParseNumber(cond, 64)
		if err != nil {
			return err
		}
		var pick func(o, r uint64) bool
		switch strings.TrimSpace(side) {
		case "toserver":
			pick = func(o, _ uint64) bool { return n.Is(o) }
		case "toclient":
			pick = func(_, r uint64) bool { return n.Is(r) }
		case "both":
			pick = func(o, r uint64) bool { return n.Is(o + r) }
		case "either":
			pick = func(o, r uint64) bool { return n.Is(o) || n.Is(r) }
		default:
			return fmt.Errorf("%q: toserver, toclient, both or either", side)
		}
		b.condition(func(_ *Matcher, c *subject) bool {
			return c.f != nil && pick(get(&c.f.Side[0]), get(&c.f.Side[1]))
		})
		return nil
	}
}

func parseAppProtocol(b *builder, value string) error {
	text, negated := strings.CutPrefix(strings.TrimSpace(value), "!")
	name, mode, _ := strings.Cut(text, ",")
	name, mode = strings.TrimSpace(name), strings.TrimSpace(mode)
	if name != "failed" && name != "unknown" && !b.c.isApp(name) {
		return fmt.Errorf("there is no protocol %s", name)
	}
	if len(b.s.apps) > 0 {
		return errors.New("the rule is bound to a protocol by its header")
	}
	get := func(c *subject) string { return c.f.AppProtoOf(c.d) }
	switch mode {
	case "", "direction":
	case "final":
		get = func(c *subject) string { return c.f.AppProto() }
	case "original":
		get = func(c *subject) string { return c.f.AppProtoOrig() }
	case "to_server", "toserver":
		get = func(c *subject) string { return c.f.AppProtoOf(proto.Orig) }
	case "to_client", "toclient":
		get = func(c *subject) string { return c.f.AppProtoOf(proto.Resp) }
	case "either":
		b.condition(func(_ *Matcher, c *subject) bool {
			return c.f != nil && (sameApp(name, c.f.AppProtoOf(0)) || sameApp(name, c.f.AppProtoOf(1))) != negated
		})
		return nil
	default:
		return fmt.Errorf("unknown mode %q", mode)
	}
	b.condition(func(_ *Matcher, c *subject) bool {
		if c.f == nil {
			return false
		}
		got := get(c)
		if got == "" {
			return name == "unknown" && !negated
		}
		return sameApp(name, got) != negated
	})
	return nil
}

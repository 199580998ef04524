package sig

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/pcre"
)

// parseAppEvent is app-layer-event: a protocol, a dot, an event; or one of detection.
func parseAppEvent(b *builder, value string) error {
	app, name, ok := strings.Cut(strings.TrimSpace(value), ".")
	if !ok {
		app, name = "applayer", app
	}
	app, name = appName(strings.ToLower(app)), strings.ToLower(name)
	switch {
	case app == "applayer":
		if !detectionEvents[name] {
			return fmt.Errorf("there is no event %s", name)
		}
		b.s.packet = append(b.s.packet, eventTest(b.c.intern("e:"+strings.ToUpper(name))))
		return nil
	case !b.c.isApp(app):
		return fmt.Errorf("there is no protocol %s", app)
	case len(b.s.apps) > 0 && !b.s.fits(app) && !sameApp(app, b.s.apps[0]):
		return fmt.Errorf("the rule is bound to %s", b.s.apps[0])
	case b.c.has(app) && !b.c.events[app+"."+name]:
		b.c.warn(b, fmt.Sprintf("the event %s of %s is never raised here", name, app))
	}
	b.s.events = append(b.s.events, eventCondition{app: app, name: name})
	return nil
}

// has tells whether a protocol is built.
func (c *compiler) has(app string) bool {
	for _, p := range c.opts.Protocols {
		if appOf(p) == app {
			return true
		}
	}
	return false
}

var detectionEvents = map[string]bool{
	"applayer_mismatch_protocol_both_directions": true, "applayer_wrong_direction_first_data": true,
	"applayer_detect_protocol_only_one_direction": true, "applayer_proto_detection_skipped": true, "applayer_no_tls_after_starttls": true,
	"applayer_unexpected_protocol": true,
}

// frames are the parts of streams that the keyword frame knows, by protocol, with the direction.
var frames = map[string]map[string]uint8{
	"http":   {"request": toServer, "response": toClient},
	"tls":    {"pdu": bothDirs, "hdr": bothDirs, "data": bothDirs},
	"dns":    {"pdu": bothDirs},
	"smtp":   {"command_line": toServer, "data": toServer, "response_line": toClient},
	"ftp":    {"commands": toServer, "responses": toClient},
	"telnet": {"data": bothDirs},
	"ssh":    {"record_hdr": bothDirs, "record_data": bothDirs, "record_pdu": bothDirs},
	"sip":    {"pdu": bothDirs},
	"rfb":    {"pdu": bothDirs},
	"enip":   {"pdu": bothDirs},
	"quic":   {"pdu": bothDirs},
	"modbus": {"pdu": bothDirs},
	"nfs":    {"rpc.pdu": bothDirs},
	"smb":    {"nbss.pdu": bothDirs, "smb1.pdu": bothDirs, "smb2.pdu": bothDirs},
	"dcerpc": {"pdu": bothDirs},
	"mqtt":   {"pdu": bothDirs},
}

// parseFrame is the keyword frame, which names a part of the stream as a protocol frames it. The part is looked for in
// the protocol's whole stream (or datagram) in the frame's direction.
func parseFrame(b *builder, value string) error {
	app, name, ok := strings.Cut(strings.TrimSpace(value), ".")
	if !ok || frames[appName(strings.ToLower(app))] == nil {
		name = strings.TrimSpace(value)
		if len(b.s.apps) == 0 {
			return errors.New("give a protocol, a dot and a frame")
		}
		app = b.s.apps[0]
	}
	app = appName(strings.ToLower(app))
	dirs, ok := frames[app][strings.ToLower(name)]
	if !ok {
		return fmt.Errorf("there is no frame %s of %s", name, app)
	}
	if err := b.settle(); err != nil {
		return err
	}
	if len(b.s.apps) == 0 {
		b.s.apps = []string{app}
	}
	b.cur, b.inside64 = nil, nil
	b.frameDirs = dirs
	b.c.warn(b, "the frame "+app+"."+name+" is looked for in the whole stream")
	return nil
}

// knownEvent tells whether a decode or stream event of that name exists.
func knownEvent(name string) bool {
	_, ok := flow.EventNamed(name)
	return ok
}

// parseEntropy tests the entropy of a buffer in bits a byte: value <op> number.
func parseEntropy(b *builder, value string) error {
	if b.cur == nil {
		return errors.New("it stands behind a sticky buffer")
	}
	limit, offset, bytes := 0.0, 0, 0
	op := ""
	for _, f := range fields(value) {
		name, v, _ := strings.Cut(f, " ")
		v = strings.TrimSpace(v)
		var err error
		switch name {
		case "value":
			op = strings.TrimRight(v, "0123456789. ")
			limit, err = strconv.ParseFloat(strings.TrimSpace(v[len(op):]), 64)
			op = strings.TrimSpace(op)
		case "offset":
			offset, err = strconv.Atoi(v)
		case "bytes":
			bytes, err = strconv.Atoi(v)
		default:
			err = fmt.Errorf("unknown option %q", f)
		}
		if err != nil || offset < 0 || bytes < 0 {
			return fmt.Errorf("%q: value, offset and bytes are its options", f)
		}
	}
	if math.IsNaN(limit) || limit < 0 || limit > 8 {
		return fmt.Errorf("%v is no entropy from 0 to 8", limit)
	}
	var is func(v float64) bool
	switch op {
	case "", "=":
		is = func(v float64) bool { return v == limit }
	case "!=":
		is = func(v float64) bool { return v != limit }
	case "<":
		is = func(v float64) bool { return v < limit }
	case "<=":
		is = func(v float64) bool { return v <= limit }
	case ">":
		is = func(v float64) bool { return v > limit }
	case ">=":
		is = func(v float64) bool { return v >= limit }
	default:
		return fmt.Errorf("unknown operator %q", op)
	}
	b.add(&custom{holds: func(p []byte) bool {
		if offset > len(p) {
			return false
		}
		p = p[offset:]
		if bytes > 0 && bytes < len(p) {
			p = p[:bytes]
		}
		return len(p) > 0 && is(entropy(p))
	}})
	return nil
}

func entropy(b []byte) (h float64) {
	var n [256]int
	for _, c := range b {
		n[c]++
	}
	for _, k := range n {
		if k > 0 {
			p := float64(k) / float64(len(b))
			h -= p * math.Log2(p)
		}
	}
	return h
}

// parseIPRep is iprep: a side, a category, an operator, a score.
func parseIPRep(b *builder, value string) error {
	if b.c.opts.Reputation == nil {
		return errors.New("there are no reputations: set Options.Reputation")
	}
	f := fields(value)
	if len(f) != 4 {
		return errors.New("give side, category, operator and score")
	}
	var src, dst, both bool
	switch f[0] {
	case "any":
		src, dst = true, true
	case "src":
		src = true
	case "dst":
		dst = true
	case "both":
		src, dst, both = true, true, true
	default:
		return fmt.Errorf("%q is no side: any, src, dst or both", f[0])
	}
	var n proto.Number
	isSet := f[2] == "isset" || f[2] == "isnotset"
	if !isSet {
		var err error
		if n, err = proto.ParseNumber(strings.TrimPrefix(f[2], "=")+f[3], 8); err != nil {
			return err
		}
	}
	rep := b.c.opts.Reputation
	is := func(a flow.Addr, v uint8) bool {
		score, ok := rep(f[1], netip(a, v))
		return ok && n.Is(uint64(score))
	}
	b.condition(func(_ *Matcher, c *subject) bool {
		if c.p == nil || c.p.Version == 0 {
			return false
		}
		s, d := src && is(c.p.Src, c.p.Version), dst && is(c.p.Dst, c.p.Version)
		if both {
			return s && d
		}
		return s || d
	})
	return nil
}

// machines are scratch memories of expressions that are used outside of a matcher.
type machines struct{ idle chan *pcre.Machine }

func newMachines() *machines { return &machines{make(chan *pcre.Machine, 8)} }

func (p *machines) get() *pcre.Machine {
	select {
	case m := <-p.idle:
		return m
	default:
		return new(pcre.Machine)
	}
}

func (p *machines) put(m *pcre.Machine) {
	select {
	case p.idle <- m:
	default:
	}
}

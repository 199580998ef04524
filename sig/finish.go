package sig

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// Bits of signature.dirs.
const (
	toServer uint8 = 1 << proto.Orig
	toClient uint8 = 1 << proto.Resp
	bothDirs       = toServer | toClient
)

// head compiles what stands before the options.
func (b *builder) head() error {
	r, s := b.r, b.s
	switch r.Action {
	case "alert":
	case "pass":
		s.action = actionPass
	case "drop":
		s.action = actionDrop
	case "reject", "rejectsrc", "rejectdst", "rejectboth":
		s.action = actionReject
	case "config":
		s.action, s.noalert = actionConfig, true
	default:
		return fmt.Errorf("unknown action %q", r.Action)
	}
	b.column = r.Protocol.Column
	if err := b.protocol(strings.ToLower(r.Protocol.Text)); err != nil {
		return err
	}
	h := &s.header
	h.both = r.Both
	var err error
	b.column = r.Src.Column
	if h.src, err = b.c.addressSet(r.Src.Text); err != nil {
		return err
	}
	b.column = r.SrcPorts.Column
	if h.srcPorts, err = b.c.portSet(r.SrcPorts.Text); err != nil {
		return err
	}
	b.column = r.Dst.Column
	if h.dst, err = b.c.addressSet(r.Dst.Text); err != nil {
		return err
	}
	b.column = r.DstPorts.Column
	if h.dstPorts, err = b.c.portSet(r.DstPorts.Text); err != nil {
		return err
	}
	h.anyAddr = h.src.Any() && h.dst.Any()
	h.anyPort = h.srcPorts.Any() && h.dstPorts.Any()
	return nil
}

// protocol is the header's protocol: one of the network, or one of applications.
func (b *builder) protocol(name string) error {
	h := &b.s.header
	switch name {
	case "ip":
		h.protos.all = true
	case "ip4", "ipv4":
		h.protos.all, h.version = true, 4
	case "ip6", "ipv6":
		h.protos.all, h.version = true, 6
	case "tcp":
		h.protos.add(flow.ProtoTCP)
	case "tcp-pkt":
		h.protos.add(flow.ProtoTCP)
		b.s.packetOnly = true
	case "tcp-stream":
		h.protos.add(flow.ProtoTCP)
		b.s.streamOnly = true
	case "udp":
		h.protos.add(flow.ProtoUDP)
	case "icmp":
		h.protos.add(flow.ProtoICMP)
		h.protos.add(flow.ProtoICMPv6)
	case "icmpv4", "icmp4":
		h.protos.add(flow.ProtoICMP)
	case "icmpv6", "icmp6":
		h.protos.add(flow.ProtoICMPv6)
	case "sctp":
		h.protos.add(flow.ProtoSCTP)
	case "igmp":
		h.protos.add(flow.ProtoIGMP)
	case "pkthdr", "packet":
		h.protos.all = true
		b.s.pseudo = true
	default:
		name = strings.TrimPrefix(name, "app-layer-")
		if !b.c.isApp(name) {
			return fmt.Errorf("there is no protocol %s", name)
		}
		h.protos.add(flow.ProtoTCP)
		h.protos.add(flow.ProtoUDP)
		h.protos.add(flow.ProtoSCTP)
		b.s.apps = []string{appName(name)}
	}
	return nil
}

// appAliases are names of protocols that rules use besides Suricata's.
var appAliases = map[string]string{"ssl": "tls", "http1": "http", "ikev2": "ike", "krb": "krb5", "enip_cip": "enip", "ntp": "ntp"}

func appName(name string) string {
	if a, ok := appAliases[name]; ok {
		return a
	}
	return name
}

// sameApp tells whether a rule for the protocol named want goes with a flow of the one named got.
func sameApp(want, got string) bool {
	switch want {
	case got:
		return true
	case "http":
		return got == "http2"
	case "dcerpc":
		return got == "smb"
	case "smb", "http1", "ssl":
		return appName(want) == got
	}
	return false
}

func (s *signature) fits(app string) bool {
	for _, a := range s.apps {
		if sameApp(a, app) {
			return true
		}
	}
	return len(s.apps) == 0
}

// finish completes the signature when all options are read.
func (b *builder) finish() error {
	s := b.s
	if s.about.sid == 0 {
		return errors.New("the rule has no sid")
	}
	if s.about.priority < 0 {
		s.about.priority = defaultPriority
	}
	if err := b.settle(); err != nil {
		return err
	}
	s.payload = b.payload.tests
	for _, o := range b.sections {
		if len(o.tests) == 0 && !o.absent {
			if o.sticky {
				return fmt.Errorf("nothing is tested on %s", o.name)
			}
			continue
		}
		buf, err := b.c.buffer(o.name, o.transforms)
		if err != nil {
			return err
		}
		if o.packet {
			s.headers = append(s.headers, packetSection{buf, o.tests})
			s.onPacket, s.packetOnly = true, true
			continue
		}
		s.sections = append(s.sections, section{buffer: buf, tests: o.tests, absent: o.absent, absentOr: o.absentOr})
	}
	if err := b.bindApps(); err != nil {
		return err
	}
	if err := b.directions(); err != nil {
		return err
	}
	if err := b.contents(); err != nil {
		return err
	}
	s.appOnly = len(s.sections)+len(s.keywords)+len(s.events) > 0 || s.files != nil
	if s.appOnly && s.packetOnly && len(s.apps) == 0 && !s.header.protos.all && len(s.packet) == 0 {
		return errors.New("packet keywords do not go with those of transactions")
	}
	b.inspection()
	if len(s.sections)+len(s.keywords) > 60 {
		return errors.New("more than 60 buffers and keywords")
	}
	for i := range s.sections {
		s.sections[i].id = uint8(i)
	}
	for i := range s.keywords {
		s.keywords[i].id = uint8(len(s.sections) + i)
	}
	b.choose()
	s.ipOnly = s.isIPOnly()
	return nil
}

// bindApps binds a rule whose buffers all belong to one protocol to it.
func (b *builder) bindApps() error {
	s := b.s
	for i := range s.sections {
		buf := s.sections[i].buffer
		if len(buf.sources) == 0 && buf.file == fileNone {
			return fmt.Errorf("no protocol has the buffer %s", buf.name)
		}
		if len(s.apps) > 0 {
			if !buf.has(s.apps) {
				return fmt.Errorf("the protocol %s has no buffer %s", s.apps[0], buf.name)
			}
			continue
		}
		if apps := buf.apps(); len(apps) == 1 && buf.file == fileNone {
			s.apps = apps
		}
	}
	for i := range s.events {
		if e := &s.events[i]; len(s.apps) == 0 && e.app != "applayer" {
			s.apps = []string{e.app}
		}
	}
	return nil
}

// has tells whether one of the protocols brings the buffer.
func (buf *buffer) has(apps []string) bool {
	if buf.file != fileNone {
		return true
	}
	for i := range buf.sources {
		for _, a := range apps {
			if sameApp(a, buf.sources[i].app) {
				return true
			}
		}
	}
	return false
}

func (buf *buffer) apps() (apps []string) {
	for i := range buf.sources {
		if a := buf.sources[i].app; !slices.Contains(apps, a) {
			apps = append(apps, a)
		}
	}
	return apps
}

// directions finds out in which directions the rule can match.
func (b *builder) directions() error {
	s := b.s
	s.dirs = bothDirs
	switch {
	case s.conn.toServer:
		s.dirs = toServer
	case s.conn.toClient:
		s.dirs = toClient
	}
	if b.frameDirs != 0 {
		if err := b.narrow(b.frameDirs, "a frame"); err != nil {
			return err
		}
	}
	for i := range s.sections {
		if buf := s.sections[i].buffer; buf.file == fileNone {
			if err := b.narrow(buf.dirs(s), buf.name); err != nil {
				return err
			}
		}
	}
	for i := range s.keywords {
		k := &s.keywords[i]
		var d uint8
		if k.dirs[0] {
			d |= toServer
		}
		if k.dirs[1] {
			d |= toClient
		}
		if err := b.narrow(d, "a keyword of "+k.app); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) narrow(dirs uint8, what string) error {
	if b.s.dirs&dirs == 0 {
		return fmt.Errorf("%s does not exist in the rule's direction", what)
	}
	b.s.dirs &= dirs
	return nil
}

// dirs are the directions in which a buffer exists for a rule's protocols.
func (buf *buffer) dirs(s *signature) (d uint8) {
	for i := range buf.sources {
		if s.fits(buf.sources[i].app) {
			d |= 1 << buf.sources[i].def.Dir
		}
	}
	return d
}

// contents brings contents into the form that their buffers have.
func (b *builder) contents() error {
	for i := range b.s.sections {
		x := &b.s.sections[i]
		fix := x.buffer.fix(b.s)
		if fix == nil || len(x.buffer.transforms) > 0 {
			continue
		}
		for _, t := range x.tests {
			c, ok := t.(*content)
			if !ok {
				continue
			}
			p, err := fix(c.pattern)
			if err != nil {
				return fmt.Errorf("%s: %w", x.buffer.name, err)
			}
			c.pattern, c.nocase = p, false
		}
	}
	return nil
}

// fix is what a protocol does with contents for its buffer; nil: nothing.
func (buf *buffer) fix(s *signature) func([]byte) ([]byte, error) {
	for i := range buf.sources {
		if s.fits(buf.sources[i].app) && buf.sources[i].def.Content != nil {
			return buf.sources[i].def.Content
		}
	}
	return nil
}

// inspection decides whether the payload tests see packets, the stream, or both (as Suricata does).
func (b *builder) inspection() {
	s := b.s
	tcp := s.header.protos.has(flow.ProtoTCP)
	switch {
	case len(s.payload) == 0:
	case !tcp:
		s.onPacket = true
	case s.packetOnly || s.conn.noStream:
		s.onPacket, s.needStream = true, false
	case s.streamOnly || s.conn.onlyStream:
		s.needStream, s.onPacket = true, false
	default:
		s.needStream = true
		for _, t := range s.payload {
			if c, ok := t.(*content); ok && (c.hasDepth || c.hasOffset) {
				s.onPacket = true
			}
		}
	}
}

// choose picks the content by which the rule is found.
func (b *builder) choose() {
	s := b.s
	best := fastPattern{}
	score := -1
	consider := func(t *content, where fastWhere, i int) {
		if t.negated && !t.fast || t.raw {
			return
		}
		n := strength(t)
		if t.fast {
			n += 1 << 20
		}
		if where == fastPayload && s.appOnly {
			n /= 2 // buffers tell more than the raw stream
		}
		if n > score && !t.negated {
			best, score = fastPattern{t, where, i}, n
		}
	}
	for _, t := range s.payload {
		if c, ok := t.(*content); ok {
			consider(c, fastPayload, 0)
		}
	}
	for i := range s.sections {
		if s.sections[i].absent || s.sections[i].absentOr {
			continue
		}
		for _, t := range s.sections[i].tests {
			if c, ok := t.(*content); ok {
				consider(c, fastSection, i)
			}
		}
	}
	s.fast = best
	if best.where == fastSection {
		s.sections[best.section].fast = true
	}
}

// strength is how rare a pattern is: its length counts, common bytes less.
func strength(t *content) int {
	p := t.fastBytes()
	n := 0
	var seen [256]bool
	for _, c := range p {
		switch {
		case seen[c]:
			n++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == 0 || c == 0xff || c == ' ':
			n += 3
		case c > ' ' && c < 0x7f:
			n += 4
		default:
			n += 6
		}
		seen[c] = true
	}
	return n
}

// fastBytes is the part of a content that is searched for first.
func (t *content) fastBytes() []byte {
	if t.chopped {
		return t.pattern[t.chopAt : t.chopAt+t.chopLen]
	}
	return t.pattern[:min(len(t.pattern), maxFast)]
}

// maxFast bounds the patterns that are searched for; longer contents are found by their beginning.
const maxFast = 255

// isIPOnly tells that nothing but the end points are tested: the rule is judged once in each direction of a flow.
func (s *signature) isIPOnly() bool {
	if s.appOnly || len(s.payload) > 0 || len(s.packet) > 0 || len(s.headers) > 0 || len(s.apps) > 0 || s.pseudo || len(s.bits) > 0 {
		return false
	}
	if s.conn.established || s.conn.notEst || s.conn.stateless || s.dirs != bothDirs || s.conn.onlyFrag || s.conn.noFrag || s.conn.onlyStream || s.conn.noStream {
		return false
	}
	return s.header.anyPort && s.action != actionConfig
}

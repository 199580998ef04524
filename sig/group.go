package sig

import (
	"iter"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/match"
	"github.com/wirelore/wirelore/sig/rule"
)

// Rules are found by what is rare in them. Each kind of packet, and each buffer of a protocol in a direction, has one set of
// patterns, one pattern for each rule; rules without any are few, and stand in lists.

// patternSet finds rules by patterns.
type patternSet struct {
	set   *match.Set
	rules [][]uint32 // by pattern: numbers of rules, rising

	patterns []match.Pattern
	index    map[string]int
}

func (p *patternSet) add(t *content, num uint32) {
	if p.index == nil {
		p.index = map[string]int{}
	}
	key := "s" + string(t.fastBytes())
	if t.nocase {
		key = "i" + string(mapBytes(nil, t.fastBytes(), 'A', 'Z'))
	}
	i, ok := p.index[key]
	if !ok {
		i = len(p.patterns)
		p.index[key] = i
		p.patterns = append(p.patterns, match.Pattern{Bytes: t.fastBytes(), NoCase: t.nocase})
		p.rules = append(p.rules, nil)
	}
	if l := p.rules[i]; len(l) == 0 || l[len(l)-1] != num {
		p.rules[i] = append(l, num)
	}
}

func (p *patternSet) compile() (err error) {
	if len(p.patterns) > 0 {
		p.set, err = match.Compile(p.patterns, nil)
	}
	p.index, p.patterns = nil, nil
	return err
}

// kind is the kind of a packet, by its transport.
type kind uint8

const (
	kindTCP kind = iota
	kindUDP
	kindICMP
	kindICMPv6
	kindSCTP
	kindOther
	kinds
)

var kindProtos = [kinds]uint8{flow.ProtoTCP, flow.ProtoUDP, flow.ProtoICMP, flow.ProtoICMPv6, flow.ProtoSCTP, 0}

func kindOf(p *flow.Packet) kind {
	switch p.Proto {
	case flow.ProtoTCP:
		return kindTCP
	case flow.ProtoUDP:
		return kindUDP
	case flow.ProtoICMP:
		return kindICMP
	case flow.ProtoICMPv6:
		return kindICMPv6
	case flow.ProtoSCTP:
		return kindSCTP
	}
	return kindOther
}

// bundle holds the rules for packets of some ports.
type bundle struct {
	portSide
	packet, stream patternSet
	loose          []uint32
}

// packetGroup holds the rules for one kind of packet in one direction.
type packetGroup struct {
	any      bundle
	dst, src map[uint16][]*bundle
	bundles  map[portSide]*bundle
	all      []*bundle
	stream   bool // there are rules on streams
}

// portSide is a set of ports on one side.
type portSide struct {
	set *rule.PortSet
	dst bool
}

// maxPorts is how many ports a rule may name to be put with others of its ports; rules for more are with those for any.
const maxPorts = 64

func portCount(s *rule.PortSet) int {
	n := 0
	for lo, hi := range s.Ranges() {
		n += int(hi) - int(lo) + 1
	}
	return n
}

// bundle returns where a rule goes by its ports.
func (g *packetGroup) bundle(h *header) *bundle {
	if h.both {
		return &g.any
	}
	for _, side := range []portSide{{h.dstPorts, true}, {h.srcPorts, false}} {
		if side.set.Any() || portCount(side.set) > maxPorts {
			continue
		}
		if b, ok := g.bundles[side]; ok {
			return b
		}
		b := &bundle{portSide: side}
		if g.bundles == nil {
			g.bundles = map[portSide]*bundle{}
		}
		g.bundles[side] = b
		g.add(b, side.set.Ranges())
		return b
	}
	return &g.any
}

// add adds a bundle for ports.
func (g *packetGroup) add(b *bundle, ports iter.Seq2[uint16, uint16]) {
	g.all = append(g.all, b)
	to := &g.src
	if b.dst {
		to = &g.dst
	}
	if *to == nil {
		*to = map[uint16][]*bundle{}
	}
	for lo, hi := range ports {
		for p := int(lo); p <= int(hi); p++ {
			(*to)[uint16(p)] = append((*to)[uint16(p)], b)
		}
	}
}

// appGroup holds the rules on transactions of one protocol.
type appGroup struct {
	app  string
	dirs [2]dirGroup
}

// dirGroup is one direction of an appGroup.
type dirGroup struct {
	buffers []txBuffer
	loose   []looseRule // by rising stage
	any     bool
}

type looseRule struct {
	at  proto.Stage
	num uint32
}

// txBuffer is a buffer with the rules that are found by it.
type txBuffer struct {
	buf *buffer
	src *bufferSource
	patternSet
}

func (g *dirGroup) buffer(buf *buffer, src *bufferSource) *txBuffer {
	for i := range g.buffers {
		if g.buffers[i].buf == buf && g.buffers[i].src == src {
			return &g.buffers[i]
		}
	}
	g.buffers = append(g.buffers, txBuffer{buf: buf, src: src})
	return &g.buffers[len(g.buffers)-1]
}

// fileGroup holds the rules on files of one direction.
type fileGroup struct {
	sets  [fileKinds][]fileSet
	loose []uint32
	any   bool
}

type fileSet struct {
	buf *buffer
	patternSet
}

func (g *fileGroup) set(buf *buffer) *fileSet {
	l := &g.sets[buf.file]
	for i := range *l {
		if (*l)[i].buf == buf {
			return &(*l)[i]
		}
	}
	*l = append(*l, fileSet{buf: buf})
	return &(*l)[len(*l)-1]
}

// place puts a rule where it is found.
func (rs *RuleSet) place(c *compiler, s *signature) {
	rs.stats.Loaded++
	if s.never {
		return
	}
	rs.needs(s)
	for _, t := range s.packet {
		if e, ok := t.(eventTest); ok {
			rs.events[uint32(e)] = append(rs.events[uint32(e)], s.num)
			return
		}
	}
	switch {
	case s.ipOnly:
		rs.stats.IPOnly++
		rs.ips.add(s)
	case s.fast.where == fastPayload:
		rs.stats.Payload++
		rs.placePayload(s)
	case s.appOnly:
		rs.stats.Application++
		rs.placeApp(c, s)
	default:
		rs.stats.Loose++
		rs.eachGroup(s, func(g *packetGroup) {
			b := g.bundle(&s.header)
			b.loose = append(b.loose, s.num)
			g.stream = g.stream || s.needStream
		})
		if s.header.protos.all && s.header.anyAddr && s.header.anyPort {
			rs.outside = append(rs.outside, s.num)
		}
	}
}

// needs notes what a rule needs to be gathered.
func (rs *RuleSet) needs(s *signature) {
	rs.wantsEvents = rs.wantsEvents || len(s.events) > 0
	rs.tags, rs.hostTags = rs.tags || s.tags, rs.hostTags || s.hostTags
	rs.wantsStream = rs.wantsStream || s.needStream
	if s.usesFiles() {
		for d := range 2 {
			rs.files[d].any = rs.files[d].any || s.dirs>>d&1 != 0
		}
	}
	for i := range s.sections {
		rs.wantsData = rs.wantsData || s.sections[i].buffer.file == fileData
	}
	if s.files != nil {
		for k, on := range s.files.hash {
			rs.wantsHash[k] = rs.wantsHash[k] || on
		}
	}
}

// eachGroup calls fn with the groups of the kinds of packet and the directions that a rule is for.
func (rs *RuleSet) eachGroup(s *signature, fn func(g *packetGroup)) {
	for k := range kinds {
		if k == kindOther {
			if !s.other() {
				continue
			}
		} else if !s.header.protos.has(kindProtos[k]) {
			continue
		}
		for d := range 2 {
			if s.dirs>>d&1 != 0 {
				fn(&rs.groups[k][d])
			}
		}
	}
}

// other tells whether a rule is for packets of other protocols than those with a kind of their own.
func (s *signature) other() bool {
	if s.header.protos.all {
		return true
	}
	p := s.header.protos
	for _, n := range kindProtos[:kindOther] {
		p.del(n)
	}
	return p.bits != [4]uint64{}
}

func (rs *RuleSet) placePayload(s *signature) {
	rs.eachGroup(s, func(g *packetGroup) {
		b := g.bundle(&s.header)
		if s.needStream {
			b.stream.add(s.fast.content, s.num)
			g.stream = true
		}
		if s.onPacket || !s.needStream {
			b.packet.add(s.fast.content, s.num)
		}
	})
}

func (rs *RuleSet) app(name string) *appGroup {
	g, ok := rs.apps[name]
	if !ok {
		g = &appGroup{app: name}
		rs.apps[name] = g
	}
	return g
}

func (rs *RuleSet) placeApp(c *compiler, s *signature) {
	rs.wantAll(s)
	if s.fast.where == fastSection {
		buf := s.sections[s.fast.section].buffer
		for i := range buf.sources {
			src := &buf.sources[i]
			if !s.fits(src.app) || s.dirs>>src.def.Dir&1 == 0 {
				continue
			}
			g := &rs.app(src.app).dirs[src.def.Dir]
			g.buffer(buf, src).add(s.fast.content, s.num)
			g.any = true
		}
		if buf.file != fileNone {
			for d := range 2 {
				if s.dirs>>d&1 != 0 {
					rs.files[d].set(buf).add(s.fast.content, s.num)
					rs.files[d].any = true
				}
			}
		}
		return
	}
	rs.placeLoose(c, s)
}

// placeLoose puts a rule without a pattern with those that are judged for each transaction.
func (rs *RuleSet) placeLoose(c *compiler, s *signature) {
	rs.stats.Loose++
	if s.usesFiles() {
		for d := range 2 {
			if s.dirs>>d&1 != 0 {
				rs.files[d].loose = append(rs.files[d].loose, s.num)
				rs.files[d].any = true
			}
		}
		if s.files != nil {
			return
		}
	}
	for app := range c.apps {
		if len(s.apps) > 0 && !s.fits(app) {
			continue
		}
		for d := range proto.Resp + 1 {
			if s.dirs>>d&1 == 0 {
				continue
			}
			at, ok := s.earliest(app, d)
			if !ok {
				continue
			}
			g := &rs.app(app).dirs[d]
			g.loose = append(g.loose, looseRule{at, s.num})
			g.any = true
		}
	}
}

func (s *signature) usesFiles() bool {
	if s.files != nil {
		return true
	}
	for i := range s.sections {
		if s.sections[i].buffer.file != fileNone {
			return true
		}
	}
	return false
}

// earliest is the stage from which on a rule can be judged for a protocol in a direction.
func (s *signature) earliest(app string, d proto.Dir) (at proto.Stage, ok bool) {
	at = proto.StageClosed
	for i := range s.sections {
		src := s.sections[i].buffer.source(app, d)
		if src == nil {
			return 0, false
		}
		at, ok = min(at, src.def.At), true
	}
	for i := range s.keywords {
		k := &s.keywords[i]
		if !sameApp(k.app, app) || !k.dirs[d] {
			return 0, false
		}
		at, ok = min(at, k.at[d]), true
	}
	if len(s.events) > 0 && !ok {
		return 0, true
	}
	return at, ok
}

// source is a protocol's value for the buffer in a direction, nil when it has none.
func (buf *buffer) source(app string, d proto.Dir) *bufferSource {
	for i := range buf.sources {
		if s := &buf.sources[i]; s.def.Dir == d && s.app == app {
			return s
		}
	}
	return nil
}

// wantAll notes the buffers that a rule looks at.
func (rs *RuleSet) wantAll(s *signature) {
	for i := range s.sections {
		buf := s.sections[i].buffer
		for k := range buf.sources {
			if src := &buf.sources[k]; s.dirs>>src.def.Dir&1 != 0 { // of all protocols: as in Suricata, fingerprints are wanted of all or none
				rs.want(src.p.Name(), src.def.Name)
			}
		}
	}
	for i := range s.keywords {
		rs.want(s.keywords[i].protocol, s.keywords[i].name)
	}
}

func (rs *RuleSet) want(protocol, name string) {
	w := wanted{protocol, name}
	if rs.wantSet == nil {
		rs.wantSet = map[wanted]bool{}
	}
	if !rs.wantSet[w] {
		rs.wantSet[w] = true
		rs.wants = append(rs.wants, w)
	}
}

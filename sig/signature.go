package sig

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// signature is one compiled rule; immutable and shared.
type signature struct {
	num    uint32 // place in the order in which rules are judged
	at     origin
	about  *about
	action action
	header header
	// dirs are the directions in which it can match, as bits.
	dirs uint8
	// apps are Suricata's names of the protocols that it is bound to; nil: none.
	apps []string
	conn connection
	// packet are conditions on the packet and its flow.
	packet []condition
	// payload are the tests on the packet's payload or the stream.
	payload              []test
	needStream, onPacket bool
	// headers are sections on parts of the packet.
	headers []packetSection
	// sections are those on buffers of transactions.
	sections       []section
	keywords       []txKeyword
	files          *fileConditions
	events         []eventCondition
	bits           []bitOp // conditions on variables
	sets           []bitOp // what is done to variables when the rule matches
	post           []postAction
	threshold      *rateSpec // threshold or detection_filter
	noalert        bool
	target         uint8 // 0: none, 1: source, 2: destination
	fast           fastPattern
	appOnly        bool // has conditions on transactions
	ipOnly         bool
	packetOnly     bool // every packet, never the stream
	streamOnly     bool
	pseudo         bool // decoder and packet events only: packets outside of flows too
	tags, hostTags bool
	late           bool // judged where the workers meet
	noteLate       bool // sets what late rules ask for
	prefilter      bool
	never          bool // it is about a protocol that is not built
	eager          bool // stands for files that were read: it is built once
}

// Looks implements proto.Looker.
func (s *signature) Looks(name string) bool {
	for i := range s.sections {
		if s.sections[i].buffer.name == name {
			return true
		}
	}
	return false
}

// action is what a rule does.
type action uint8

const (
	actionAlert action = iota
	actionPass
	actionDrop
	actionReject
	actionConfig
)

// about is what a rule says of itself, for records and reports.
type about struct {
	sid, gid, rev uint32
	priority      int
	msg           string
	class         string // the classtype's name
	category      string // its description
	refs          []string
	metadata      []metadataItem
	text          string
	pos           rule.Pos
}

type metadataItem struct {
	key    string
	values []string
}

// header is what stands before the options.
type header struct {
	protos             protoSet
	version            uint8 // 4, 6, or 0 for both
	src, dst           *rule.AddressSet
	srcPorts, dstPorts *rule.PortSet
	both               bool
	anyAddr, anyPort   bool
}

// protoSet is a set of IP protocols; all of them when all is set.
type protoSet struct {
	all  bool
	bits [4]uint64
}

func (s *protoSet) add(p uint8)      { s.bits[p>>6] |= 1 << (p & 63) }
func (s *protoSet) del(p uint8)      { s.bits[p>>6] &^= 1 << (p & 63) }
func (s *protoSet) has(p uint8) bool { return s.all || s.bits[p>>6]>>(p&63)&1 != 0 }

// holds tells whether a packet's header fits.
func (h *header) holds(p *flow.Packet) bool {
	if !h.protos.has(p.Proto) || h.version != 0 && h.version != p.Version {
		return false
	}
	if p.Version == 0 {
		return h.anyAddr && h.anyPort
	}
	if h.ends(p, &p.Src, &p.Dst, p.SrcPort, p.DstPort) {
		return true
	}
	return h.both && h.ends(p, &p.Dst, &p.Src, p.DstPort, p.SrcPort)
}

func (h *header) ends(p *flow.Packet, src, dst *flow.Addr, sp, dp uint16) bool {
	if !h.anyPort {
		if !hasPorts(p.Proto) {
			return false
		}
		if !h.srcPorts.Contains(sp) || !h.dstPorts.Contains(dp) {
			return false
		}
	}
	return h.anyAddr || h.src.Contains(*src) && h.dst.Contains(*dst)
}

func hasPorts(p uint8) bool {
	return p == flow.ProtoTCP || p == flow.ProtoUDP || p == flow.ProtoSCTP
}

// connection is the keyword flow.
type connection struct {
	toServer, toClient   bool
	established, notEst  bool
	stateless            bool
	noFrag, onlyFrag     bool
	onlyStream, noStream bool
}

// condition is a test of a packet and its flow.
type condition interface {
	holds(m *Matcher, c *subject) bool
}

// postAction is done when a rule matched.
type postAction interface {
	do(m *Matcher, c *subject, s *signature)
}

// subject is what rules are judged on: a packet in a direction of a flow, or the end of a direction.
type subject struct {
	f *proto.Flow
	d proto.Dir
	p *flow.Packet // nil at the end of a flow
	// fs is the flow's state, nil when there is none yet.
	fs *flowState
	// tx is the transaction in hand, nil outside.
	tx *proto.Transaction
	// stream holds the chunks of the stream that are ripe.
	stream      []window
	inStream    bool // the packet's payload is part of the stream
	streamMatch bool
	end         bool // the direction ends: p is no packet of the capture
	real        bool
	passed      bool // a pass rule matched
	sealing     bool // with this packet the payload ends to be looked at
	sealed      bool // it ended before
}

// section is a list of tests on one buffer.
type section struct {
	buffer   *buffer
	tests    []test
	absent   bool // holds when there is no such buffer
	absentOr bool
	id       uint8
	fast     bool
}

// txKeyword is a keyword of a protocol that is no buffer.
type txKeyword struct {
	protocol, name string
	app            string
	dirs           [2]bool
	at             [2]proto.Stage
	negated        bool
	holds          func(t *proto.Transaction, d proto.Dir) bool
	id             uint8
}

// eventCondition is app-layer-event.
type eventCondition struct {
	app, name string
}

// fastPattern is the content by which a rule is found.
type fastPattern struct {
	content *content
	where   fastWhere
	section int
}

type fastWhere uint8

const (
	fastNone fastWhere = iota
	fastPayload
	fastSection
)

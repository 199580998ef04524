package ssh

import (
	"encoding/binary"
	"errors"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// The events.
const (
	eventInvalidBanner proto.EventID = iota
	eventLongBanner
	eventInvalidRecord
	eventLongKex
)

var events = []proto.Event{
	eventInvalidBanner: {Anomaly: "invalid_banner", Doc: "the identification is not as RFC 4253 wants it, or never came"},
	eventLongBanner:    {Anomaly: "long_banner", Doc: "the identification is longer than 255 octets"},
	eventInvalidRecord: {Anomaly: "invalid_record", Doc: "a packet or what is in it contradicts itself"},
	eventLongKex:       {Anomaly: "long_kex_record", Doc: "a packet of the key exchange is too long"},
}

var (
	errBanner = errors.New("ssh: no identification")
	errRecord = errors.New("ssh: packet length makes no sense")
)

// state is how far one direction is.
type state uint8

const (
	banners    state = iota
	cleartext        // key exchange
	ciphertext       // behind NEWKEYS
)

// inactivity is how long Zeek keeps a silent SSH connection, in ns.
const inactivity = 3600e9

// parser reads one session.
type parser struct {
	tx        *Tx
	hassh     bool // the EVE record waits for both offers
	auto      bool // it does so if a rule wants them
	state     [2]state
	preBanner int
	auth      auth
	torn      [2]bool // a gap: nothing more is read of the direction
}

func newParser(s *proto.Setup) func() proto.Parser[Tx] {
	const key = "app-layer.protocols.ssh.hassh"
	// A configuration that speaks of ssh but not of hassh leaves it to the rules, as Suricata does.
	named := s.Settings.Has("app-layer.protocols.ssh.enabled") || s.Settings.Has(key)
	hassh := s.Settings.Bool(key, !named)
	auto := !hassh && s.Settings.String(key, "auto") == "auto"
	return func() proto.Parser[Tx] { return &parser{hassh: hassh, auto: auto} }
}

// session returns the flow's transaction, which begins with the first identification.
func (p *parser) session(s *proto.Session[Tx]) (*Tx, error) {
	if p.tx != nil {
		return p.tx, nil
	}
	t, err := s.Begin()
	if err != nil {
		return nil, err
	}
	if p.auto && (s.Wants(StageClientKex) || s.Wants(StageServerKex)) {
		p.hassh = true
	}
	t.hassh = p.hassh
	o, r := local(s.Side[proto.Orig].Addr), local(s.Side[proto.Resp].Addr)
	t.Outbound, t.Inbound = o && !r, r && !o
	p.tx = t
	return t, nil
}

// local tells whether an address is one of those that Zeek takes for local unless told otherwise.
func local(a flow.Addr) bool {
	n := a.Netip()
	if n.Is4() {
		if b := n.As4(); b[0] == 100 && b[1]&0xc0 == 64 {
			return true
		}
		return n.IsPrivate() || n.IsLoopback()
	}
	return n.IsPrivate() || n.IsLoopback() || n.IsLinkLocalUnicast()
}

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	if p.torn[d] {
		return proto.Result{Used: len(b)}, nil
	}
	switch p.state[d] {
	case banners:
		return p.banner(s, d, b)
	case ciphertext:
		return proto.Result{Used: len(b)}, p.encrypted(s, d, len(b))
	}
	if p.first(d) {
		return p.packet1(s, d, b)
	}
	return p.packet2(s, d, b)
}

// first tells whether direction d speaks SSH 1: by both identifications, or by its own while the other's is to come.
func (p *parser) first(d proto.Dir) bool {
	return p.tx.Version() == 1 || p.state[d.Other()] == banners && p.tx.Sides[d].speaks() == 1
}

// Bounds of a packet's length. RFC 4253, 6.1 asks for 35,000 octets; Suricata reads key exchange packets up to 65,535.
const (
	maxKex    = 65535
	maxPacket = 256 << 10
)

// packet2 reads a binary packet (RFC 4253, 6): length, padding's length, payload, padding.
func (p *parser) packet2(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	if len(b) < 6 {
		return proto.Result{Need: 6}, nil
	}
	size := binary.BigEndian.Uint32(b)
	padding, msg := uint32(b[4]), b[5]
	if size < 2 || padding > size-2 || size > maxPacket {
		s.EventTx(p.tx, eventInvalidRecord, "")
		return proto.Result{}, errRecord
	}
	if size > maxKex && msg >= msgKexInit && msg <= msgLast {
		s.EventTx(p.tx, eventLongKex, "")
		return proto.Result{Used: 4 + int(size)}, nil
	}
	if len(b) < 4+int(size) {
		return proto.Result{Need: 4 + int(size)}, nil
	}
	body := b[6 : 4+size-padding]
	switch {
	case msg == msgKexInit:
		p.kexInit(s, d, body)
	case msg == msgNewKeys:
		p.newKeys(s, d)
	case msg >= msgFirst && msg <= msgLast:
		p.exchange(d, msg, body)
	}
	return proto.Result{Used: 4 + int(size)}, nil
}

// Messages of SSH 2 (RFC 4250, 4.1.2) and of SSH 1.
const (
	msgKexInit = 20
	msgNewKeys = 21

	msg1PublicKey  = 2
	msg1SessionKey = 3
)

// packet1 reads a packet of SSH 1: length without padding, padding up to a multiple of 8, type, data, CRC.
func (p *parser) packet1(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	if len(b) < 4 {
		return proto.Result{Need: 4}, nil
	}
	size := binary.BigEndian.Uint32(b)
	if size < 5 || size > maxPacket {
		s.EventTx(p.tx, eventInvalidRecord, "")
		return proto.Result{}, errRecord
	}
	padding := 8 - int(size%8)
	all := 4 + padding + int(size)
	if len(b) < all {
		return proto.Result{Need: all}, nil
	}
	switch body := b[4+padding : all-4]; {
	case body[0] == msg1PublicKey && d == proto.Resp:
		p.publicKey(body[1:])
		p.encrypt(s, d) // what follows answers the session key
	case body[0] == msg1SessionKey && d == proto.Orig:
		p.encrypt(s, d)
		p.confirm(s)
		p.record(s, d)
	}
	return proto.Result{Used: all}, nil
}

// encrypt notes that direction d is encrypted from here.
func (p *parser) encrypt(s *proto.Session[Tx], d proto.Dir) {
	p.state[d] = ciphertext
	s.At(p.tx, d, StageClientKeys+proto.Stage(d))
}

// newKeys takes NEWKEYS of direction d.
func (p *parser) newKeys(s *proto.Session[Tx], d proto.Dir) {
	p.encrypt(s, d)
	p.confirm(s)
	if p.state[d.Other()] == ciphertext {
		s.StopInspection() // Suricata goes on looking in version 1
		p.record(s, d)
	}
}

func (p *parser) confirm(s *proto.Session[Tx]) {
	s.Confirm()
	s.SetTimeout(inactivity)
}

// record announces the EVE record, once.
func (p *parser) record(s *proto.Session[Tx], d proto.Dir) {
	if p.tx != nil && !p.tx.recorded {
		p.tx.recorded = true
		s.At(p.tx, d, StageRecord)
	}
}

// log announces the end of what can be learned, once.
func (p *parser) log(s *proto.Session[Tx], d proto.Dir) {
	if p.tx != nil && !p.tx.logged {
		p.tx.logged = true
		s.At(p.tx, d, StageDone)
	}
}

// Gap implements proto.Parser: what is lost may have been any message of the key exchange, or a login. The other direction
// is read on, up to where it is encrypted.
func (p *parser) Gap(_ *proto.Session[Tx], d proto.Dir, _ int64) error {
	p.torn[d] = true
	if o := d.Other(); p.torn[o] || p.state[o] == ciphertext {
		return proto.ErrDone
	}
	return nil
}

// End implements proto.Parser.
func (p *parser) End(s *proto.Session[Tx], d proto.Dir) {
	if !s.Ended() || p.tx == nil {
		return
	}
	p.record(s, d)
	p.log(s, d)
	s.Close(p.tx)
	p.tx = nil
}

// Reset makes the parser new for another flow.
func (p *parser) Reset() { *p = parser{hassh: p.hassh && !p.auto, auto: p.auto} }

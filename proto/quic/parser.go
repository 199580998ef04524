package quic

import (
	"encoding/binary"
	"math/bits"

	"github.com/wirelore/wirelore/internal/quicwire"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

const (
	// maxHistory bounds the history of a connection.
	maxHistory = 100
	// maxKeys bounds how often keys are derived for one flow: it is the dear part.
	maxKeys = 16
)

// worker holds what the parsers of one worker share: settings and scratch memory.
type worker struct {
	ja3, ja4 bool
	noJA4    bool // rules do not see it either
	hash     tlswire.JA4
	client   tlswire.ClientHello
	server   tlswire.ServerHello
	buf      []byte
	room     []byte
}

func newParser(s *proto.Setup) func() proto.Parser[Tx] {
	suricata := s.Profile != nil && s.Profile.Name == "suricata" // JA4 is written if it is asked for
	w := &worker{
		ja3: s.Settings.String("app-layer.protocols.tls.ja3-fingerprints", "auto") != "no",
		ja4: s.Settings.Bool("eve.quic.ja4", !suricata),
	}
	w.noJA4 = suricata && !s.Settings.Bool("app-layer.protocols.tls.ja4-fingerprints", true)
	return func() proto.Parser[Tx] { return &parser{w: w} }
}

// parser follows one flow.
type parser struct {
	w       *worker
	tls     *proto.Sub
	openers [2]*quicwire.Opener
	crypto  [2]quicwire.Stream
	// messages cuts the hellos out of the handshake, for the records.
	messages [2]tlswire.Assembler
	// hello tells for each direction that its hello was seen.
	hello   [2]bool
	short   [2]uint64 // packets with a short header
	packets uint64    // those that have a transaction
	keys    int
	first   int64
	second  bool // the server spoke
	retried bool

	seen                         bool // an Initial packet, or one of an unknown version
	version                      uint32
	name, protocol               []byte
	dcid, clientSCID, serverSCID []byte
	haveServerSCID               bool
	history                      []byte
	idRoom                       [3][quicwire.MaxID]byte
}

// Reset implements the reuse of parsers.
func (p *parser) Reset() {
	p.crypto[0].Reset()
	p.crypto[1].Reset()
	p.messages[0].Reset()
	p.messages[1].Reset()
	*p = parser{w: p.w, crypto: p.crypto, messages: p.messages, history: p.history[:0], name: p.name[:0], protocol: p.protocol[:0]}
}

// note adds a letter, upper case for the client.
func (p *parser) note(d proto.Dir, letter byte) {
	if len(p.history) >= maxHistory {
		return
	}
	if d == proto.Orig {
		letter -= 'a' - 'A'
	}
	p.history = append(p.history, letter)
}

// Data implements proto.Parser.
func (p *parser) Data(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	if p.first == 0 {
		p.first = s.Now()
	}
	if !quicwire.IsLong(b[0]) {
		if g, ok := quicwire.ParseGoogle(b); ok {
			return proto.Result{}, p.google(s, d, &g)
		}
	}
	for len(b) > 0 {
		packet, rest, err := quicwire.Parse(b)
		if err != nil {
			p.note(d, 'x')
			s.Event(evHeader)
			return proto.Result{}, nil
		}
		b = rest
		if err := p.packet(s, d, &packet); err != nil {
			return proto.Result{}, err
		}
	}
	return proto.Result{}, nil
}

func (p *parser) packet(s *proto.Session[Tx], d proto.Dir, q *quicwire.Packet) error {
	switch q.Type {
	case quicwire.Short:
		p.shortPacket(d, q.Raw)
		return nil
	case quicwire.Negotiation:
		return nil
	case quicwire.Unknown:
		p.identify(d, q)
		p.note(d, 'u')
		return p.bare(s, d, q)
	}
	p.identify(d, q)
	if d == proto.Resp && p.seen && !p.second {
		p.second = true
		s.Confirm()
	}
	switch q.Type {
	case quicwire.Initial:
		return p.initial(s, d, q)
	case quicwire.ZeroRTT:
		p.note(d, 'z')
	case quicwire.Handshake:
		p.note(d, 'h')
	case quicwire.Retry:
		p.note(d, 'r')
		p.retry()
	}
	return p.bare(s, d, q)
}

// shortPacket counts: the first, second, fourth, eighth and so on leaves a letter.
func (p *parser) shortPacket(d proto.Dir, raw []byte) {
	if raw[0]&0x40 == 0 {
		p.note(d, 'x') // neither header: what fills the datagram up
		return
	}
	p.short[d]++
	if bits.OnesCount64(p.short[d]) == 1 {
		p.note(d, 'o')
	}
}

// identify remembers version and connection ids as they are first seen.
func (p *parser) identify(d proto.Dir, q *quicwire.Packet) {
	if d == proto.Orig && !p.seen && (q.Type == quicwire.Initial || q.Type == quicwire.Unknown) {
		p.seen, p.version = true, q.Version
		p.dcid = append(p.idRoom[0][:0], q.DCID[:min(len(q.DCID), quicwire.MaxID)]...)
		p.clientSCID = append(p.idRoom[1][:0], q.SCID[:min(len(q.SCID), quicwire.MaxID)]...)
	}
	if d == proto.Resp && !p.haveServerSCID && q.Type == quicwire.Initial {
		p.haveServerSCID = true
		p.serverSCID = append(p.idRoom[2][:0], q.SCID[:min(len(q.SCID), quicwire.MaxID)]...)
	}
}

// retry forgets the keys: the client begins anew with the id that the server gave it. It does so once.
func (p *parser) retry() {
	if p.retried {
		return
	}
	p.retried = true
	p.openers = [2]*quicwire.Opener{}
	p.crypto[proto.Orig].Reset()
	p.messages[proto.Orig].Reset()
	p.hello[proto.Orig] = false
}

// open removes the protection of an Initial packet, deriving keys where those at hand do not fit.
func (p *parser) open(s *proto.Session[Tx], d proto.Dir, q *quicwire.Packet) ([]byte, bool) {
	if q.Version == quicwire.Q046 {
		return nil, false
	}
	p.w.room = grow(p.w.room, len(q.Raw))
	if o := p.openers[d]; o != nil {
		if frames, _, err := o.Open(p.w.room, q); err == nil {
			return frames, true
		}
	}
	if d == proto.Resp || p.keys > maxKeys || p.openers[d] != nil && p.openers[d].IsFor(q.Version, q.DCID) {
		return nil, false
	}
	if p.keys++; p.keys > maxKeys {
		s.Event(evManyKeys)
		return nil, false
	}
	client, server, err := quicwire.Initials(q.Version, q.DCID)
	if err != nil {
		return nil, false
	}
	frames, _, err := client.Open(p.w.room, q)
	if err != nil {
		return nil, false
	}
	p.openers = [2]*quicwire.Opener{client, server}
	return frames, true
}

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, 0, max(n, 2048))
	}
	return b[:0]
}

// initial reads the frames of an Initial packet.
func (p *parser) initial(s *proto.Session[Tx], d proto.Dir, q *quicwire.Packet) error {
	p.note(d, 'i')
	if q.Version>>8 == 0x513034 { // Google's, unprotected up to Q046
		if q.Version <= quicwire.Q046 {
			return p.google(s, d, q)
		}
	}
	frames, ok := p.open(s, d, q)
	if !ok {
		if p.openers[d] != nil {
			s.Event(evData)
		}
		return p.bare(s, d, q)
	}
	tx, err := p.begin(s, d, q)
	if err != nil {
		return err
	}
	cut := p.crypto[d].Cut
	list := quicwire.Frames(frames)
	for f, ok := list.Next(); ok; f, ok = list.Next() {
		switch f.Kind {
		case quicwire.Crypto:
			p.handshake(s, d, q, tx, p.crypto[d].Add(f.Offset, f.Data))
		case quicwire.CloseFrame:
			p.note(d, 'c')
		}
	}
	if p.crypto[d].Cut > cut {
		s.Event(evTooLong)
	}
	p.finish(s, d, tx)
	return nil
}

// handshake takes in the next bytes of the handshake.
func (p *parser) handshake(s *proto.Session[Tx], d proto.Dir, q *quicwire.Packet, tx *Tx, b []byte) {
	if len(b) == 0 {
		return
	}
	if q.Version == quicwire.Q050 {
		p.readTags(tx, b)
		return
	}
	a := &p.messages[d]
	a.Add(b)
	for m, ok := a.Next(); ok; m, ok = a.Next() {
		switch m.Type {
		case tlswire.ClientHelloType:
			p.note(d, 's')
			p.clientHello(d, tx, m.Body)
		case tlswire.ServerHelloType:
			p.note(d, 's')
			p.serverHello(d, tx, m.Body)
		}
	}
	if p.tls == nil {
		s.Confirm()
		p.tls = s.Sub("tls_handshake")
	}
	p.tls.Data(d, b)
}

// begin opens a transaction for a packet, nil when the direction has said what the records are about.
func (p *parser) begin(s *proto.Session[Tx], d proto.Dir, q *quicwire.Packet) (*Tx, error) {
	if p.hello[d] {
		return nil, nil
	}
	tx, err := s.Begin()
	if err != nil {
		return nil, err
	}
	tx.w, tx.Version, tx.FromServer = p.w, q.Version, d == proto.Resp
	binary.BigEndian.PutUint32(tx.wireVersion[:], q.Version)
	tx.number = p.packets
	p.packets++
	tx.versionName = tx.Keep(append(p.w.buf[:0], quicwire.EVEVersion(q.Version)...))
	return tx, nil
}

func (p *parser) finish(s *proto.Session[Tx], d proto.Dir, tx *Tx) {
	if tx == nil {
		return
	}
	s.At(tx, d, StagePacket)
	s.Close(tx)
}

// bare reports a packet of which nothing but the header can be read.
func (p *parser) bare(s *proto.Session[Tx], d proto.Dir, q *quicwire.Packet) error {
	tx, err := p.begin(s, d, q)
	if err != nil {
		return err
	}
	p.finish(s, d, tx)
	return nil
}

// Gap implements proto.Parser.
func (p *parser) Gap(*proto.Session[Tx], proto.Dir, int64) error { return nil }

// End implements proto.Parser: at the last end the connection is summed up.
func (p *parser) End(s *proto.Session[Tx], d proto.Dir) {
	if !s.Ended() || !p.seen {
		return
	}
	tx, err := s.Begin()
	if err != nil {
		return
	}
	tx.w, tx.first, tx.Version, tx.sum = p.w, p.first, p.version, true
	tx.ClientDCID, tx.ClientSCID = p.dcid, p.clientSCID
	if p.haveServerSCID {
		tx.ServerSCID = p.serverSCID
	}
	tx.ServerName, tx.ClientProtocol, tx.History = p.name, p.protocol, p.history
	s.At(tx, d, StageEnd)
	s.Close(tx)
}

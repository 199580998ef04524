package tls

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// handshake follows one handshake, whatever carries its messages.
type handshake struct {
	w  *worker
	tx *Tx
	// encrypted tells for each role that what it sends is no longer readable, ciphered that such a record came.
	encrypted, ciphered [2]bool
	carrier             tlswire.Carrier
	dtls                bool
}

func (h *handshake) reset() { *h = handshake{w: h.w, carrier: h.carrier, dtls: h.dtls} }

// begin opens the transaction at the first thing worth noting.
func (h *handshake) begin(s *proto.Session[Tx]) error {
	if h.tx != nil {
		return nil
	}
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	tx.w, tx.FromProto = h.w, s.AppProtoOrig()
	h.tx = tx
	return nil
}

// role tells who sends in direction d.
func (h *handshake) role(d proto.Dir) int {
	if h.tx != nil {
		return h.tx.role(d)
	}
	if d == proto.Resp {
		return server
	}
	return client
}

// dir is the inverse of role.
func (h *handshake) dir(role int) proto.Dir {
	if (role == server) != h.tx.Flipped {
		return proto.Resp
	}
	return proto.Orig
}

// letters are what ssl_history calls the handshake messages.
var letters = [...]byte{
	tlswire.HelloRequest: 'h', tlswire.ClientHelloType: 'c', tlswire.ServerHelloType: 's',
	tlswire.HelloVerifyRequest: 'v', tlswire.NewSessionTicket: 't', tlswire.EndOfEarlyData: 'e',
	tlswire.HelloRetryRequest: 'j', tlswire.EncryptedExtensions: 'o', tlswire.CertificateType: 'x',
	tlswire.ServerKeyExchangeType: 'k', tlswire.CertificateRequest: 'r', tlswire.ServerHelloDone: 'n',
	tlswire.CertificateVerify: 'y', tlswire.ClientKeyExchange: 'g', tlswire.Finished: 'f',
	tlswire.CertificateURL: 'w', tlswire.CertificateStatus: 'u', tlswire.SupplementalData: 'a',
	tlswire.KeyUpdate: 'p', tlswire.MessageHash: 'm',
}

// message takes in one handshake message that d sent.
func (h *handshake) message(s *proto.Session[Tx], d proto.Dir, m tlswire.Message) error {
	if err := h.begin(s); err != nil {
		return err
	}
	h.orient(d, m.Type)
	role := h.role(d)
	letter := byte('z')
	if int(m.Type) < len(letters) && letters[m.Type] != 0 {
		letter = letters[m.Type]
	}
	switch m.Type {
	case tlswire.ClientHelloType:
		h.tx.note(role, letter)
		return h.clientHello(s, d, m.Body)
	case tlswire.ServerHelloType, tlswire.HelloRetryRequest:
		return h.serverHello(s, d, m)
	case tlswire.ClientKeyExchange:
		h.tx.sentKeyExchange, h.tx.current = true, stateClientKeys
	case tlswire.ServerKeyExchangeType:
		h.keyExchange(m.Body)
		h.tx.current = stateServerKeys
	}
	h.tx.note(role, letter)
	switch m.Type {
	case tlswire.CertificateType:
		h.certificates(s, role, m.Body)
	case tlswire.CertificateStatus:
		h.staple(s, role, m.Body)
	case tlswire.CertificateRequest:
		h.tx.askedClient, h.tx.current = true, 0
	case tlswire.ServerHelloDone:
		if !h.tx.askedClient {
			h.answer(s, d)
		}
	case tlswire.ClientKeyExchange:
		h.answer(s, d)
	}
	return nil
}

// orient finds out who is the client, should the first hello come from the responder.
func (h *handshake) orient(d proto.Dir, typ byte) {
	t := h.tx
	if t.HasClientHello || t.HasServerHello {
		return
	}
	clientSays := typ == tlswire.ClientHelloType
	serverSays := typ == tlswire.ServerHelloType || typ == tlswire.HelloVerifyRequest
	if (clientSays && d == proto.Resp || serverSays && d == proto.Orig) && !t.Flipped {
		t.Flipped = true
		t.history[0], t.letters = '^', 1
	}
}

func (h *handshake) clientHello(s *proto.Session[Tx], d proto.Dir, body []byte) error {
	c := &h.w.client
	if err := c.Parse(body, h.dtls); err != nil {
		s.EventTx(h.tx, evHandshake, "")
		if c.Random == nil {
			return errHandshake
		}
	}
	t := h.tx
	again := t.HasClientHello
	t.HasClientHello = true
	t.ClientVersion, t.offered, t.current = c.Highest(), firstKnown(c), stateClientHello
	t.earlyData, t.ruled = c.HasEarlyData, h.w.auto && s.Wants(StageFingerprint)
	t.ruledJA4 = s.WantsBuffer("ja4.hash")
	if c.HasServerName && len(c.ServerName) > 0 {
		t.ServerName = t.Keep(c.ServerName)
	}
	if c.HasALPN {
		t.ClientALPN = tlswire.Names(t.Keep(c.ALPN))
	}
	t.ClientRandom = t.Keep(c.Random)
	t.sessionID = t.Keep(c.SessionID)
	t.offeredTicket = t.offeredTicket || len(c.SessionTicket) > 0
	t.offeredPSK = t.offeredPSK || c.HasPSK
	h.warn(s, c)
	h.fingerprint(c)
	if !again || !t.HasServerHello {
		s.At(t, d, StageClientHello)
	}
	return nil
}

// warn reports what is odd about a client's extensions.
func (h *handshake) warn(s *proto.Session[Tx], c *tlswire.ClientHello) {
	names := 0
	rest := c.Extensions
	for e, ok := rest.Next(); ok; e, ok = rest.Next() {
		if e.Type == tlswire.ExtServerName {
			names++
		}
	}
	if names > 1 {
		s.EventTx(h.tx, evManySNI, "")
	}
}

// fingerprint computes the client's. The second hello after a retry does not replace the first's.
func (h *handshake) fingerprint(c *tlswire.ClientHello) {
	t := h.tx
	if t.JA3 != nil {
		return
	}
	h.w.buf = tlswire.AppendJA3(h.w.buf[:0], c)
	t.JA3 = t.Keep(h.w.buf)
	t.JA3Hash = t.Keep(tlswire.AppendMD5(h.w.buf[:0], h.w.buf))
	if len(c.V2Ciphers) == 0 && !h.w.noJA4 {
		t.JA4 = t.Keep(h.w.ja4.Append(h.w.buf[:0], c, h.carrier))
	}
}

func (h *handshake) serverHello(s *proto.Session[Tx], d proto.Dir, m tlswire.Message) error {
	c := &h.w.server
	var err error
	if m.Type == tlswire.HelloRetryRequest {
		err = c.ParseRetry(m.Body)
	} else {
		err = c.Parse(m.Body)
	}
	t := h.tx
	t.current = stateServerHello
	if c.Retry {
		t.note(h.role(d), 'j')
	} else {
		t.note(h.role(d), 's')
	}
	if err != nil {
		s.EventTx(t, evHandshake, "")
		if c.Random == nil {
			return errHandshake
		}
	}
	t.Version, t.Cipher = c.Chosen(), uint32(c.Cipher)
	if c.HasKeyShare {
		t.Group, t.HasGroup = c.Group, true
	}
	h.confirm(s)
	t.HasServerHello = true
	if t.JA3S == nil && c.Random != nil {
		h.w.buf = tlswire.AppendJA3S(h.w.buf[:0], c)
		t.JA3S = t.Keep(h.w.buf)
		t.JA3SHash = t.Keep(tlswire.AppendMD5(h.w.buf[:0], h.w.buf))
	}
	if c.Retry {
		s.At(t, d, StageFingerprint)
		return nil
	}
	t.ServerRandom = t.Keep(c.Random)
	if c.HasALPN {
		t.ServerALPN = tlswire.Names(t.Keep(c.ALPN))
	}
	h.resumption(c)
	t.early13 = c.Version == tlswire.TLS13 && c.SelectedVersion == 0
	s.At(t, d, StageServerHello)
	if h.v13() {
		h.answer(s, d)
	}
	return nil
}

// resumption tells whether the server takes up an older session: by its id up to TLS 1.2, by a key in TLS 1.3.
func (h *handshake) resumption(c *tlswire.ServerHello) {
	t := h.tx
	if c.HasPSK && t.offeredPSK {
		t.Resumed = true
	}
	if h.v13() {
		return
	}
	if len(t.sessionID) > 0 && bytes.Equal(t.sessionID, c.SessionID) {
		t.Resumed = true
	}
}

// v13 tells whether TLS 1.3 or a draft of it was chosen.
func (h *handshake) v13() bool {
	if h.tx == nil || !h.tx.HasServerHello {
		return false
	}
	v := h.tx.Version
	return v == tlswire.TLS13 || v == tlswire.DTLS13 || v>>8 == 0x7f
}

// confirm names the service, once the server answered in kind; inside QUIC it is that of TLS over TCP.
func (h *handshake) confirm(s *proto.Session[Tx]) {
	if h.carrier == tlswire.OverQUIC {
		s.AddService("ssl")
		return
	}
	s.Confirm()
}

func (h *handshake) keyExchange(body []byte) {
	t := h.tx
	if t.Cipher > 0xffff || !tlswire.IsECDHE(uint16(t.Cipher)) {
		return
	}
	if g, ok := tlswire.ServerCurve(body); ok {
		t.Group, t.HasGroup = g, true
	}
}

// certificates takes in a certificate message: facts for the logs, a file for each certificate.
func (h *handshake) certificates(s *proto.Session[Tx], role int, body []byte) {
	h.chain(s, role, body, h.v13())
	if role == server {
		s.At(h.tx, h.dir(role), StageCertificate)
	}
}

func (h *handshake) chain(s *proto.Session[Tx], role int, body []byte, v13 bool) {
	t := h.tx
	c := &t.Chains[role]
	if c.Len > 0 {
		return // renegotiated in the clear: the first counts
	}
	c.list, c.v13, c.at = t.Keep(body), v13, s.Now()
	list := c.All()
	for der, ok := list.Next(); ok; der, ok = list.Next() {
		if c.Len == maxChain {
			s.EventTx(t, evManyCertificates, "")
			break
		}
		if c.Len == 0 {
			h.distrust(s, c.Leaf.Parse(der))
		}
		sum := sha256.Sum256(der)
		h.w.buf = hex.AppendEncode(h.w.buf[:0], sum[:])
		t.fps[role] = t.Append(t.fps[role], h.w.buf)
		h.file(s, role, der, certificateType(c.Len))
		c.Len++
	}
	if list.Cut() {
		h.distrust(s, certs.ErrShort)
	}
	if role == server && c.Len > 0 && len(t.ServerName) > 0 {
		t.HasSNIMatch, t.SNIMatches = true, c.Leaf.Matches(t.ServerName)
	}
}

// distrust reports a certificate that cannot be read, and with it the message.
func (h *handshake) distrust(s *proto.Session[Tx], err error) {
	switch {
	case err == nil:
		return
	case errors.Is(err, certs.ErrShort):
		s.EventTx(h.tx, evCertificateLength, "")
	default:
		s.EventTx(h.tx, evCertificate, "")
	}
	s.EventTx(h.tx, evHandshake, "")
}

func certificateType(i int) string {
	if i == 0 {
		return "application/x-x509-user-cert"
	}
	return "application/x-x509-ca-cert"
}

// file hands a certificate or an OCSP response on. The direction is the role's: the server's are the responder's.
func (h *handshake) file(s *proto.Session[Tx], role int, content []byte, mime string) {
	d := proto.Orig
	if role == server {
		d = proto.Resp
	}
	f := s.File(&proto.FileInfo{
		Source: "SSL", Dir: d, Size: -1, MIME: mime, TxID: h.tx.ID, HideEVE: true,
	})
	f.Write(content)
	f.Close(true)
}

func (h *handshake) staple(s *proto.Session[Tx], role int, body []byte) {
	if der := tlswire.StatusResponse(body); len(der) > 0 {
		h.file(s, role, der, "application/ocsp-response")
	}
}

// changeCipher notes that what d sends from now on is encrypted.
func (h *handshake) changeCipher(s *proto.Session[Tx], d proto.Dir) error {
	if err := h.begin(s); err != nil {
		return err
	}
	role := h.role(d)
	h.tx.note(role, 'i')
	if role == client && h.tx.offeredTicket && !h.tx.sentKeyExchange && h.tx.HasServerHello && !h.v13() {
		h.tx.Resumed = true
	}
	h.encrypted[role] = true
	return nil
}

// begun lets rules look at the last message, in either direction.
func (h *handshake) begun(s *proto.Session[Tx]) {
	s.At(h.tx, proto.Orig, StageBegun)
	s.At(h.tx, proto.Resp, StageBegun)
}

// seal tells that what comes is encrypted, as far as rules are concerned. Early data alone, before the server answered, does
// not count.
func (h *handshake) seal(s *proto.Session[Tx]) {
	if h.w.inspectSealed || h.tx != nil && h.tx.earlyData && !h.tx.HasServerHello {
		return
	}
	s.StopPayload()
}

// cipherText notes an encrypted record. It tells whether the handshake is over.
func (h *handshake) cipherText(s *proto.Session[Tx], d proto.Dir) bool {
	if h.tx == nil {
		return false
	}
	role := h.role(d)
	h.ciphered[role] = true
	t := h.tx
	done := h.encrypted[client] && h.encrypted[server]
	if t.HasServerHello && h.v13() {
		done = h.ciphered[client] && h.ciphered[server]
	}
	if !done {
		return false
	}
	t.Established = true
	h.finish(s, d)
	return true
}

// alert takes in an alert; an encrypted one tells nothing.
func (h *handshake) alert(s *proto.Session[Tx], d proto.Dir, payload []byte) error {
	_, description, ok := tlswire.AlertMessage(payload)
	if !ok {
		return nil
	}
	if err := h.begin(s); err != nil {
		return err
	}
	h.tx.note(h.role(d), 'l')
	h.tx.LastAlert, h.tx.HasAlert = description, true
	return nil
}

// finish writes the logs, once.
func (h *handshake) finish(s *proto.Session[Tx], d proto.Dir) {
	if h.tx == nil || h.tx.logged {
		return
	}
	h.tx.logged = true
	h.answer(s, d)
	s.At(h.tx, d, StageDone)
}

// answer tells, once, that no more can be read of the handshake that EVE's record is about.
func (h *handshake) answer(s *proto.Session[Tx], d proto.Dir) {
	if !h.tx.answered {
		h.tx.answered = true
		s.At(h.tx, d, StageAnswered)
	}
}

// end is called at the end of each direction; at the last, what is open is written.
func (h *handshake) end(s *proto.Session[Tx], d proto.Dir) {
	if !s.Ended() || h.tx == nil {
		return
	}
	h.finish(s, d)
	s.Close(h.tx)
	h.tx = nil
}

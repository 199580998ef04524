package tls

import (
	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// Roles index what both sides have.
const (
	client = 0
	server = 1
)

// maxHistory bounds the history of one handshake, maxChain the certificates of one side.
const (
	maxHistory = 100
	maxChain   = 32
)

// Tx is one handshake; there is one for each flow. Byte slices are *borrowed*: valid until the transaction is closed.
type Tx struct {
	proto.Tx
	w *worker

	// ServerName is what the client asked for (SNI), nil if it did not.
	ServerName []byte
	// ClientALPN and ServerALPN are the offered protocols and the chosen one.
	ClientALPN, ServerALPN tlswire.Names
	// JA3, JA3S are the strings, the others their MD5; JA4 is the client's fingerprint. nil without the hello.
	JA3, JA3Hash, JA3S, JA3SHash, JA4 []byte
	// ClientRandom and ServerRandom are the 32 bytes of the hellos.
	ClientRandom, ServerRandom []byte
	// sessionID is what the client offered to resume.
	sessionID []byte
	// Chains are the certificates of client and server.
	Chains [2]Chain

	// Cipher is the chosen cipher suite, or of SSLv2 the cipher kind.
	Cipher uint32
	// ClientVersion is the highest version offered, Version the chosen one, 0 before the server's hello.
	ClientVersion, Version uint16
	recordVersion          uint16
	// offered is the client's version as Suricata has it: the first that it offers and knows.
	offered uint16
	// FromProto is the protocol that TLS took over from (STARTTLS), in EVE's words.
	FromProto string
	// Group is the key exchange's group where HasGroup.
	Group uint16
	// LastAlert is the last readable alert where HasAlert.
	LastAlert byte

	HasServerHello, HasClientHello, HasGroup, HasAlert bool
	// Resumed and Established tell how it went.
	Resumed, Established bool
	// Flipped tells that the responder was the client.
	Flipped bool
	// SNIMatches tells whether the server's certificate is made out for ServerName, where both are there.
	SNIMatches, HasSNIMatch bool

	// what the resumption of tickets and keys is told by
	offeredTicket, offeredPSK, sentKeyExchange bool
	// askedClient: the server wants a certificate. answered and logged: the records are written.
	askedClient, answered, logged bool
	// early13 marks drafts of TLS 1.3 before 16, whose hello has the version's own number.
	early13 bool
	// earlyData: the client may send encrypted data before the server answered. ruled: rules look at fingerprints. ruledJA4: rules
	// look at those.
	earlyData, ruled, ruledJA4 bool
	// helloV2: the client's hello had the form of SSLv2.
	helloV2 bool
	// current is what the last message was, as far as ssl_state names it; speaker is who sent it.
	current state
	speaker proto.Dir
	letters int
	facts   [2][numFacts][]byte
	history [maxHistory]byte
	fps     [2][]byte
}

// Chain is the certificates of one side.
type Chain struct {
	// Leaf holds the facts of the first certificate.
	Leaf certs.Certificate
	list []byte // the message's body
	v13  bool
	at   int64 // when they came, in ns
	// Len is how many certificates there are.
	Len int
}

// All returns the certificates, to be read with Next.
func (c *Chain) All() tlswire.Certificates { return tlswire.ParseCertificates(c.list, c.v13) }

// History returns the letters of the messages seen, as ssl_history has them.
func (t *Tx) History() []byte { return t.history[:t.letters] }

// note adds a letter, upper case for the client.
func (t *Tx) note(role int, letter byte) {
	if t.Established || t.letters == maxHistory {
		return
	}
	if role == client {
		letter -= 'a' - 'A'
	}
	t.history[t.letters] = letter
	t.letters++
}

// Fingerprints returns the SHA-256 of each certificate of a side, in hexadecimal, one after the other, 64 bytes each.
func (t *Tx) Fingerprints(role int) []byte { return t.fps[role] }

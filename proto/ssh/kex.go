package ssh

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"

	"github.com/wirelore/wirelore/proto"
)

// Places of the lists in a KEXINIT (RFC 4253, 7.1), and in Offer.
const (
	listKex = iota
	listHostKey
	listCipherToServer
	listCipherToClient
	listMACToServer
	listMACToClient
	listCompressionToServer
	listCompressionToClient
	listLanguageToServer
	listLanguageToClient
	lists
)

// Offer is a KEXINIT: name-lists as sent, separated by commas, first choice first.
type Offer struct {
	Lists [lists][]byte
	// Guess tells that a key exchange packet by the first choices follows.
	Guess bool
	Sent  bool
}

const cookieLen = 16

// read takes a KEXINIT's lists out of b, which the offer keeps; false when it is cut short.
func (o *Offer) read(b []byte) bool {
	if len(b) < cookieLen {
		return false
	}
	b = b[cookieLen:]
	var ok bool
	for i := range o.Lists {
		if o.Lists[i], b, ok = str(b); !ok {
			return false
		}
	}
	if len(b) < 5 {
		return false
	}
	o.Guess, o.Sent = b[0] != 0, true
	return true
}

// str takes a string with its length off b (RFC 4251, 5).
func str(b []byte) (s, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, false
	}
	return b[4 : 4+n : 4+n], b[4+n:], true
}

// choose returns the first of the client's names that the server has too, nil when there is none. It takes time by the
// product of two lists, which maxNames bounds.
func choose(client, server []byte) []byte {
	for range maxNames {
		name, rest := next(client)
		if len(name) > 0 && has(server, name) {
			return name
		}
		if client = rest; client == nil {
			break
		}
	}
	return nil
}

// maxNames bounds the names of a list that are looked at.
const maxNames = 256

func has(list, name []byte) bool {
	for range maxNames {
		n, rest := next(list)
		if bytes.Equal(n, name) {
			return true
		}
		if list = rest; list == nil {
			break
		}
	}
	return false
}

// next takes a name off a list; rest is nil behind the last.
func next(list []byte) (name, rest []byte) {
	if i := bytes.IndexByte(list, ','); i >= 0 {
		return list[:i], list[i+1:]
	}
	return list, nil
}

// Chosen returns what both offers come to in list i; nil when they have nothing in common or are not there.
func (t *Tx) Chosen(i int) []byte {
	c, s := &t.Sides[client].Offer, &t.Sides[server].Offer
	if !c.Sent || !s.Sent {
		return nil
	}
	return choose(c.Lists[i], s.Lists[i])
}

// negotiated tells whether both offers are there.
func (t *Tx) negotiated() bool { return t.Sides[client].Offer.Sent && t.Sides[server].Offer.Sent }

// kexInit reads an offer.
func (p *parser) kexInit(s *proto.Session[Tx], d proto.Dir, b []byte) {
	t := p.tx
	side := &t.Sides[d]
	if side.Offer.Sent {
		return // the second one would be encrypted
	}
	if !side.Offer.read(t.Keep(b)) {
		if p.hassh {
			s.EventTx(t, eventInvalidRecord, "")
		}
		side.Offer = Offer{}
		return
	}
	side.fingerprint(t, d)
	s.At(t, d, StageClientKex+proto.Stage(d))
}

// fingerprint sets HASSH: the MD5 of key exchange, cipher, MAC and compression names of the sender's own direction.
func (s *Side) fingerprint(t *Tx, d proto.Dir) {
	l := &s.Offer.Lists
	var text []byte
	for i, n := range [...]int{listKex, listCipherToServer, listMACToServer, listCompressionToServer} {
		if i > 0 {
			text = t.Append(text, []byte{';'})
			n += int(d)
		}
		text = t.Append(text, l[n])
	}
	sum := md5.Sum(text)
	var hash [2 * md5.Size]byte
	hex.Encode(hash[:], sum[:])
	s.HASSHString, s.HASSH = text, t.Keep(hash[:])
}

// Messages of the key exchange whose numbers depend on the method (RFC 4419, 4432, 4462).
const (
	msgFirst      = 30 // a server sends it in the RSA method alone
	msgReply      = 31
	msgGroupReply = 33 // of group exchange; of GSS: the host key
	msgLast       = 49
)

// hostKeyMessage is the message in which the server sends its key.
func hostKeyMessage(method []byte) byte {
	switch {
	case bytes.HasPrefix(method, []byte("diffie-hellman-group-exchange-")), bytes.HasPrefix(method, []byte("gss-")):
		return msgGroupReply
	case bytes.HasPrefix(method, []byte("rsa")):
		return msgFirst
	}
	return msgReply
}

// exchange looks for the host key in a message of the key exchange.
func (p *parser) exchange(d proto.Dir, msg byte, b []byte) {
	t := p.tx
	if d != proto.Resp || t.HostKey != nil || !t.negotiated() || msg != hostKeyMessage(t.Chosen(listKex)) {
		return
	}
	key, _, ok := str(b)
	if !ok {
		return // no reference finds that worth a word
	}
	t.HostKey = t.Keep(key)
	sum := sha256.Sum256(key)
	text := base64.RawStdEncoding.AppendEncode(append(make([]byte, 0, 64), "SHA256:"...), sum[:])
	t.HostKeyHash = t.Keep(text)
}

// publicKey reads the server's keys in SSH 1 (draft-ylonen-ssh-protocol-00, 6.2): cookie, server key, host key. The
// fingerprint is the MD5 of the host key's modulus and exponent.
func (p *parser) publicKey(b []byte) {
	t := p.tx
	if len(b) < 8+4 || t.HostKey != nil {
		return
	}
	b = b[8+4:]
	var exp, mod []byte
	for i := range 2 {
		if i > 0 {
			if len(b) < 4 {
				return
			}
			b = b[4:] // bits of the host key
		}
		var ok bool
		if exp, b, ok = bigNumber(b); !ok {
			return
		}
		if mod, b, ok = bigNumber(b); !ok {
			return
		}
	}
	t.HostKey = t.Append(t.Keep(mod), exp)
	sum := md5.Sum(t.HostKey)
	text := append(make([]byte, 0, 64), "MD5"...)
	for _, c := range sum {
		text = hex.AppendEncode(append(text, ':'), []byte{c})
	}
	t.HostKeyHash = t.Keep(text)
}

// bigNumber takes a number with its length in bits off b.
func bigNumber(b []byte) (n, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	size := (int(binary.BigEndian.Uint16(b)) + 7) / 8
	if len(b) < 2+size {
		return nil, nil, false
	}
	return b[2 : 2+size : 2+size], b[2+size:], true
}

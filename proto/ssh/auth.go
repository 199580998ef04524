package ssh

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// auth guesses from the sizes of the server's encrypted segments how the login went. The first answer accepts the
// service "ssh-userauth"; a success is 16 bytes shorter than it under every cipher with blocks of 8 or 16 bytes; and
// every failure is as long as the first, which only tells which methods there are.
type auth struct {
	accept, failure int
	clientSent      bool
	decided         bool
}

// shorter is by how much a success is shorter than the acceptance of the service.
const shorter = 16

// segment takes the length of an encrypted segment and tells whether a login was tried, and whether it succeeded.
func (a *auth) segment(d proto.Dir, n int) (tried, success bool) {
	if d == proto.Orig {
		a.clientSent = true
		return false, false
	}
	if !a.clientSent || a.decided {
		return false, false // what a server says on its own (extensions) is no answer
	}
	switch {
	case a.accept == 0:
		a.accept = n
	case n+shorter == a.accept:
		a.decided = true
		return true, true
	case a.failure == 0:
		a.failure = n // of the method "none", by which clients ask for the methods there are: no attempt
	case n == a.failure:
		return true, false
	}
	return false, false
}

// encrypted looks at a segment of n encrypted bytes. It returns proto.ErrDone when nothing more is to be learned.
func (p *parser) encrypted(s *proto.Session[Tx], d proto.Dir, n int) error {
	t := p.tx
	if n == 0 {
		return nil
	}
	if p.torn[d.Other()] {
		return proto.ErrDone
	}
	if p.state[d.Other()] == ciphertext && (p.auth.decided || t.Version() != 2 || t.compressed()) {
		return proto.ErrDone
	}
	if t.Version() != 2 || t.compressed() {
		return nil
	}
	tried, success := p.auth.segment(d, n)
	if !tried {
		return nil
	}
	t.AuthKnown, t.AuthSuccess = true, success
	t.AuthAttempts++
	if success {
		p.log(s, d)
	}
	return nil
}

// compressed tells whether sizes say nothing, as what is encrypted was compressed before.
func (t *Tx) compressed() bool {
	return bytes.HasPrefix(t.Chosen(listCompressionToClient), []byte("zlib")) ||
		bytes.HasPrefix(t.Chosen(listCompressionToServer), []byte("zlib"))
}

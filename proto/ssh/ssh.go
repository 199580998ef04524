// Package ssh reads Secure Shell up to where it is encrypted, in versions 1 and 2 (RFC 4253): who speaks which software,
// what was offered and chosen, the host key's fingerprint, and the fingerprints HASSH of both sides. From the sizes of
// the first encrypted packets it guesses how often a login was tried and whether one succeeded.
//
// Sources: RFC 4250, 4253, 4419, 5656, 8731, 9142; the SSH 1.5 draft; the definition of HASSH; Zeek's documentation of
// ssh.log and observation of its rows; observation of Suricata 7.
package ssh

import (
	"github.com/wirelore/wirelore/proto"
)

// Stages of a [Tx], in rising order.
const (
	// StageClientBanner and StageServerBanner: the side's identification was read.
	StageClientBanner proto.Stage = 1 + iota
	StageServerBanner
	// StageRecord: the EVE record is due, behind both identifications or, with HASSH, when both sides are encrypted.
	StageRecord
	// StageClientKex and StageServerKex: the side's offer of algorithms was read.
	StageClientKex
	StageServerKex
	// StageClientKeys and StageServerKeys: what the side sends from here on is encrypted.
	StageClientKeys
	StageServerKeys
	// StageDone: a login succeeded, or the flow is over.
	StageDone
)

// Roles index what both sides have.
const (
	client = 0
	server = 1
)

// Proto is SSH over TCP.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "ssh", Doc: "Secure Shell, versions 1 and 2",
	Detect:  proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{22}, Probe: probe, Depth: 4},
	New:     newParser,
	Buffers: buffers, Keywords: keywords,
	Logs:     logs,
	Events:   events,
	Limits:   proto.Limits{OpenTx: 1, Window: 320 << 10, TxKeep: 128 << 10},
	Complete: [2]proto.Stage{StageClientKeys, StageServerKeys},
	Alert:    alert,
})

// probe recognises the identification that both sides begin with (RFC 4253, 4.2). A server may send other lines before
// it: then the client's tells.
func probe(_ proto.Dir, b []byte, _ bool) proto.Verdict {
	n := min(len(b), len(prefix))
	switch {
	case string(b[:n]) != prefix[:n]:
		return proto.No
	case n < len(prefix):
		return proto.More
	}
	return proto.Yes
}

const prefix = "SSH-"

// Tx is one session; there is one for each flow. Byte slices are borrowed: valid until the transaction is closed.
type Tx struct {
	proto.Tx
	// Sides are the client's and the server's, by direction.
	Sides [2]Side
	// HostKey is the server's key as it was sent, HostKeyHash its fingerprint in OpenSSH's form.
	HostKey, HostKeyHash []byte
	// AuthAttempts counts logins that were tried, as far as packet sizes tell; AuthSuccess tells whether one succeeded,
	// where AuthKnown.
	AuthAttempts           int
	AuthSuccess, AuthKnown bool
	// Outbound and Inbound tell which side is a private address when exactly one is.
	Outbound, Inbound bool

	recorded, logged, hassh bool
}

// Side is what one side said.
type Side struct {
	// Banner is the identification line without its end; Version and Software are parts of it, Software nil in a line that
	// has none.
	Banner, Version, Software []byte
	// Offer is the side's list of algorithms, zero before it came.
	Offer Offer
	// HASSH is the fingerprint of the offer in hexadecimal, HASSHString what it is the MD5 of; nil without an offer.
	HASSH, HASSHString []byte

	long []byte // the software in a line that is longer than Banner
}

// Version tells which version of the protocol the two sides agree on: 1, 2, or 0 when they do not or it is not known.
// 1.99 stands for a side that speaks both (RFC 4253, 5.1).
func (t *Tx) Version() int {
	c, s := t.Sides[client].speaks(), t.Sides[server].speaks()
	switch {
	case t.Sides[client].Banner == nil:
		c = s
	case t.Sides[server].Banner == nil:
		s = c
	}
	switch both := c & s; {
	case both&2 != 0:
		return 2
	case both&1 != 0:
		return 1
	}
	return 0
}

// speaks returns the versions that a side speaks, a bit for each.
func (s *Side) speaks() int {
	switch {
	case len(s.Version) == 0:
		return 0
	case string(s.Version) == "1.99":
		return 1 | 2
	case s.Version[0] == '1':
		return 1
	case s.Version[0] == '2':
		return 2
	}
	return 0
}

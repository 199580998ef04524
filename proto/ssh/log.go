package ssh

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

type encoder = record.Encoder

var logs = []proto.Log[Tx]{
	{Log: zeekLog, At: StageDone},
	{Log: eveLog, At: StageRecord, If: func(t *Tx) bool { return len(t.Sides[client].Version)+len(t.Sides[server].Version) > 0 }},
}

func text(get func(t *Tx) []byte) func(*encoder, *Tx) {
	return func(e *encoder, t *Tx) {
		if b := get(t); b != nil {
			e.Bytes(b)
		}
	}
}

// zeekLog is ssh.log.
var zeekLog = &record.Log[Tx]{
	Path: "ssh", Doc: "SSH sessions", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{
		{Zeek: "version", Type: record.Count, Doc: "major version", Put: func(e *encoder, t *Tx) {
			if v := t.Version(); v != 0 {
				e.Uint(uint64(v))
			}
		}},
		{Zeek: "auth_success", Type: record.Bool, Doc: "whether a login succeeded, guessed from packet sizes", Put: func(e *encoder, t *Tx) {
			if t.AuthKnown {
				e.Bool(t.AuthSuccess)
			}
		}},
		{Zeek: "auth_attempts", Type: record.Count, Doc: "logins that were tried, guessed from packet sizes", Put: func(e *encoder, t *Tx) {
			e.Uint(uint64(t.AuthAttempts))
		}},
		{Zeek: "direction", Type: record.Enum, Doc: "INBOUND or OUTBOUND, where one side alone is local", Put: putDirection},
		{Zeek: "client", Type: record.String, Is: record.Software, Doc: "the client's identification",
			Put: text(func(t *Tx) []byte { return t.Sides[client].Banner })},
		{Zeek: "server", Type: record.String, Is: record.Software, Doc: "the server's identification",
			Put: text(func(t *Tx) []byte { return t.Sides[server].Banner })},
		{Zeek: "cipher_alg", Type: record.String, Doc: "cipher that was chosen", Put: bothWays(listCipherToServer)},
		{Zeek: "mac_alg", Type: record.String, Doc: "message authentication that was chosen", Put: bothWays(listMACToServer)},
		{Zeek: "compression_alg", Type: record.String, Doc: "compression that was chosen", Put: bothWays(listCompressionToServer)},
		{Zeek: "kex_alg", Type: record.String, Doc: "key exchange that was chosen", Put: oneWay(listKex)},
		{Zeek: "host_key_alg", Type: record.String, Doc: "kind of host key that was chosen", Put: oneWay(listHostKey)},
		{Zeek: "host_key_fingerprint", Type: record.String, Is: record.Fingerprint, Doc: "fingerprint of the server's key",
			Put: text(func(t *Tx) []byte { return shown(t.HostKeyHash) })},
	},
}

// shownHash is how much of a fingerprint Zeek shows: SHA-256 loses its last 11 characters.
const shownHash = len("SHA256:") + 32

func shown(hash []byte) []byte {
	if bytes.HasPrefix(hash, []byte("SHA256:")) {
		return hash[:min(len(hash), shownHash)]
	}
	return hash
}

func putDirection(e *encoder, t *Tx) {
	switch {
	case t.Outbound:
		e.Name("OUTBOUND")
	case t.Inbound:
		e.Name("INBOUND")
	}
}

// noneCommon is Zeek's word where two offers have nothing in common.
const noneCommon = "Algorithm negotiation failed"

func chosen(t *Tx, list int) []byte {
	if c := t.Chosen(list); c != nil {
		return c
	}
	return []byte(noneCommon)
}

func oneWay(list int) func(*encoder, *Tx) {
	return func(e *encoder, t *Tx) {
		if t.negotiated() {
			e.Bytes(chosen(t, list))
		}
	}
}

// bothWays writes what was chosen for both directions, at once where it is the same.
func bothWays(list int) func(*encoder, *Tx) {
	return func(e *encoder, t *Tx) {
		if !t.negotiated() {
			return
		}
		up, down := chosen(t, list), chosen(t, list+1)
		if bytes.Equal(up, down) {
			e.Bytes(up)
			return
		}
		var buf [256]byte
		b := append(append(buf[:0], "To server: "...), up...)
		e.Bytes(append(append(b, ", to client: "...), down...))
	}
}

// eveLog is the ssh record of EVE.
var eveLog = &record.Log[Tx]{
	Event: "ssh", Doc: "SSH sessions", Scope: record.PerFlow,
	Columns: append(eveSide(client, "ssh.client."), eveSide(server, "ssh.server.")...),
}

func eveSide(role int, path string) []record.Column[Tx] {
	set := func(get func(s *Side) []byte) func(*encoder, *Tx) {
		return func(e *encoder, t *Tx) {
			s := &t.Sides[role]
			if b := get(s); len(b) > 0 && len(s.Version) > 0 {
				e.Bytes(b)
			}
		}
	}
	hassh := func(get func(s *Side) []byte) func(*encoder, *Tx) {
		put := set(get)
		return func(e *encoder, t *Tx) {
			if t.hassh {
				put(e, t)
			}
		}
	}
	return []record.Column[Tx]{
		{EVE: path + "proto_version", Type: record.String, Doc: "protocol version", Put: set(func(s *Side) []byte { return s.Version })},
		{EVE: path + "software_version", Type: record.String, Is: record.Software, Doc: "software", Put: set(func(s *Side) []byte { return s.Software })},
		{EVE: path + "hassh.hash", Type: record.String, Is: record.Fingerprint, Doc: "HASSH", Put: hassh(func(s *Side) []byte { return s.HASSH })},
		{EVE: path + "hassh.string", Type: record.String, Doc: "what HASSH is the MD5 of", Put: hassh(func(s *Side) []byte { return s.HASSHString })},
	}
}

package tls

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// keywords are Suricata's rule keywords that are no buffers.
var keywords = []proto.Keyword[Tx]{
	{Name: "tls.version", Doc: "the version that a side speaks: 1.0 to 1.3, or as in 0x0303", Dirs: either, Compile: compileVersion},
	{Name: "ssl_version", Doc: "the versions of which a side speaks one: sslv2, sslv3, tls1.0 to tls1.3", Dirs: either, Compile: compileVersions},
	{Name: "ssl_state", Doc: "what was read last: client_hello, server_hello, client_keyx, server_keyx, unknown; any of them, ! none", Dirs: either,
		At: [2]proto.Stage{StageBegun, StageBegun}, Compile: compileState},
	expiry("tls_cert_expired", "the server's certificate is too old", func(end, now int64) bool { return now > end }),
	expiry("tls_cert_valid", "the server's certificate is not too old", func(end, now int64) bool { return now <= end }),
	validity("tls_cert_notbefore", "from when the server's certificate is valid", func(c *Chain) int64 { return unix(c.Leaf.NotBefore) }),
	validity("tls_cert_notafter", "until when the server's certificate is valid", func(c *Chain) int64 { return unix(c.Leaf.NotAfter) }),
	name("tls.subject", "a text in the subject of a side's certificate", factSubject),
	name("tls.issuerdn", "a text in the issuer of a side's certificate", factIssuer),
	{Name: "tls.fingerprint", Doc: "the SHA-1 of a side's certificate, bytes with colons", Dirs: either, At: chains, Compile: compileFingerprint},
	{Name: "tls_store", Aliases: []string{"tls.store"}, Doc: "keep the certificate; it is a file in any case", Dirs: either,
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			return func(*Tx, proto.Dir) bool { return true }, noValue(arg)
		}},
	proto.Numeric("tls.cert_chain_len", 32, proto.Resp, StageCertificate, func(t *Tx) (uint64, bool) {
		if !t.shown(t.role(proto.Resp)) {
			return 0, true
		}
		return uint64(t.Chains[t.role(proto.Resp)].Len), true
	}),
}

var (
	either = [2]bool{true, true}
	// chains are the stages at which the certificates of the two directions are there.
	chains = [2]proto.Stage{proto.Orig: StageAnswered, proto.Resp: StageCertificate}
)

func noValue(arg string) error {
	if arg != "" {
		return fmt.Errorf("it has no value, but here is %q", arg)
	}
	return nil
}

// suricataV2 is Suricata's number of SSLv2.
const suricataV2 = 0x0200

// spoken returns the version that a side speaks as Suricata has it, 0 when it did not say.
func (t *Tx) spoken(role int) uint16 {
	switch {
	case role == client:
		return t.offered
	case !t.HasServerHello:
		return t.recordVersion
	case t.Version == tlswire.SSL20:
		return suricataV2
	}
	return t.Version
}

// firstKnown returns the first of the versions that a client offers which Suricata knows: drafts from the 16th on.
func firstKnown(c *tlswire.ClientHello) uint16 {
	for i := range c.Versions.Len() {
		v := c.Versions.At(i)
		if v >= tlswire.SSL30 && v <= tlswire.TLS13 || v >= 0x7f10 && v <= 0x7f1c || v == 0xfb1a {
			return v
		}
	}
	return c.Version
}

func draft13(v uint16) bool { return v>>8 == 0x7f }

func compileVersion(arg string) (func(*Tx, proto.Dir) bool, error) {
	arg = strings.TrimSpace(arg)
	if v, ok := map[string]uint16{"1.0": tlswire.TLS10, "1.1": tlswire.TLS11, "1.2": tlswire.TLS12, "1.3": tlswire.TLS13}[arg]; ok {
		return func(t *Tx, d proto.Dir) bool {
			have := t.spoken(t.role(d))
			return have == v || v == tlswire.TLS13 && draft13(have)
		}, nil
	}
	digits, ok := strings.CutPrefix(arg, "0x")
	v, err := strconv.ParseUint(digits, 16, 16)
	if !ok || err != nil || len(digits) != 4 {
		return nil, fmt.Errorf("%q is no version: 1.0, 1.1, 1.2, 1.3 or four hexadecimal digits behind 0x", arg)
	}
	return func(t *Tx, d proto.Dir) bool { return t.spoken(t.role(d)) == uint16(v) }, nil
}

var versions = []struct {
	name string
	code uint16
}{{"sslv2", suricataV2}, {"sslv3", tlswire.SSL30}, {"tls1.0", tlswire.TLS10}, {"tls1.1", tlswire.TLS11}, {"tls1.2", tlswire.TLS12},
	{"tls1.3", tlswire.TLS13}}

// compileVersions reads a list of versions. A list of what is not wanted is accepted and, as in Suricata 7, never met.
func compileVersions(arg string) (func(*Tx, proto.Dir) bool, error) {
	var wanted, unwanted uint16
	for word := range strings.FieldsFuncSeq(arg, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		bare, not := strings.CutPrefix(word, "!")
		bit, ok := versionBit(bare)
		switch {
		case !ok:
			return nil, fmt.Errorf("%q is no version: sslv2, sslv3, tls1.0, tls1.1, tls1.2 or tls1.3", word)
		case (wanted|unwanted)&bit != 0:
			return nil, fmt.Errorf("%q comes twice", word)
		case not:
			unwanted |= bit
		default:
			wanted |= bit
		}
		if wanted != 0 && unwanted != 0 {
			return nil, errors.New("what is wanted and what is not cannot stand in one list")
		}
	}
	if wanted|unwanted == 0 {
		return nil, errors.New("no version is named")
	}
	return func(t *Tx, d proto.Dir) bool {
		v := t.spoken(t.role(d))
		if draft13(v) {
			v = tlswire.TLS13
		}
		for i := range versions {
			if versions[i].code == v {
				return wanted&(1<<i) != 0
			}
		}
		return false
	}, nil
}

func versionBit(name string) (uint16, bool) {
	for i := range versions {
		if strings.EqualFold(name, versions[i].name) {
			return 1 << i, true
		}
	}
	return 0, false
}

// state is what ssl_state looks at, as bits.
type state uint8

const (
	stateClientHello state = 1 << iota
	stateServerHello
	stateClientKeys
	stateServerKeys
	stateUnknown // nothing is; Suricata has the name
)

var states = map[string]state{"client_hello": stateClientHello, "server_hello": stateServerHello, "client_keyx": stateClientKeys,
	"server_keyx": stateServerKeys, "unknown": stateUnknown}

// speaks notes that direction d sends: what the other sent is no longer the last message.
func (t *Tx) speaks(d proto.Dir) {
	if t.speaker != d {
		t.speaker, t.current = d, 0
	}
}

// compileState reads states, each with or without a "!", separated by commas or bars: one of them must hold.
func compileState(arg string) (func(*Tx, proto.Dir) bool, error) {
	var flags, mask state
	for word := range strings.SplitSeq(strings.ReplaceAll(arg, "|", ","), ",") {
		bare, not := strings.CutPrefix(strings.TrimSpace(word), "!")
		s, ok := states[bare]
		if !ok {
			return nil, fmt.Errorf("%q is no state: client_hello, server_hello, client_keyx, server_keyx or unknown", strings.TrimSpace(word))
		}
		flags |= s
		if not {
			mask |= s
		}
	}
	return func(t *Tx, _ proto.Dir) bool { return t.current&flags^mask != 0 }, nil
}

// quoted takes the quotes from a value, and tells whether a "!" stands before them.
func quoted(arg string) (text string, not bool) {
	text, not = strings.CutPrefix(strings.TrimSpace(arg), "!")
	text = strings.TrimSpace(text)
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	return text, not
}

// name makes a keyword of a text in a name of the first certificate of the side that speaks.
func name(keyword, doc string, f fact) proto.Keyword[Tx] {
	return proto.Keyword[Tx]{Name: keyword, Doc: doc, Dirs: either, At: chains,
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			text, not := quoted(arg)
			if text == "" {
				return nil, errors.New("no text is given")
			}
			want := []byte(text)
			return func(t *Tx, d proto.Dir) bool {
				have := t.fact(t.role(d), f)
				return have != nil && bytes.Contains(have, want) != not
			}, nil
		}}
}

func compileFingerprint(arg string) (func(*Tx, proto.Dir) bool, error) {
	text, not := quoted(arg)
	if len(text) != 59 {
		return nil, fmt.Errorf("%q is no SHA-1 of 20 bytes with colons between them", text)
	}
	want := []byte(strings.ToLower(text))
	return func(t *Tx, d proto.Dir) bool {
		have := t.fact(t.role(d), factFingerprint)
		return have != nil && bytes.Equal(have, want) != not
	}, nil
}

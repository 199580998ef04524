package tls

import (
	"strings"

	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// worker holds what the parsers of one worker share: settings and scratch memory.
type worker struct {
	client tlswire.ClientHello
	server tlswire.ServerHello
	ja4    tlswire.JA4
	buf    []byte
	eve    eveFields
	// suricata: write what Suricata writes and no more
	suricata bool
}

// eveFields says which members a tls record has.
type eveFields struct {
	server, client                                        certFields
	resumed, sni, version, ja3, ja3s, ja4, alpn, altNames bool
}

func newWorker(s *proto.Setup) *worker {
	w := &worker{suricata: s.Profile != nil && s.Profile.Name == "suricata"}
	w.eve = readFields(s.Settings)
	if w.suricata {
		w.eve.limit(s.Settings)
	}
	w.ja4.Underscore = w.suricata
	return w
}

// readFields reads eve.tls.* and the fingerprint settings. As in Suricata 8, JA4, ALPN and alternative names are written
// unless switched off.
func readFields(c proto.Settings) eveFields {
	ja3 := c.String("app-layer.protocols.tls.ja3-fingerprints", "auto") != "no"
	if has := customFields(c); has != nil {
		return eveFields{
			server: certFields{
				subject: has["subject"], issuer: has["issuer"], serial: has["serial"], fingerprint: has["fingerprint"],
				notBefore: has["not_before"], notAfter: has["not_after"], certificate: has["certificate"], chain: has["chain"],
			},
			client:  clientFields(has["client"], has["client_certificate"], has["client_chain"]),
			resumed: has["session_resumed"], sni: has["sni"], version: has["version"], ja3: has["ja3"], ja3s: has["ja3s"],
			ja4: has["ja4"], alpn: has["client_alpns"] || has["server_alpns"], altNames: has["subjectaltname"],
		}
	}
	f := eveFields{server: certFields{subject: true, issuer: true}, ja4: c.Bool("eve.tls.ja4", true)}
	if c.Bool("eve.tls.extended", true) {
		f.server = clientFields(true, false, false)
		f.client = f.server
		f.resumed, f.sni, f.version, f.ja3, f.ja3s, f.alpn, f.altNames = true, true, true, ja3, ja3, true, true
	}
	return f
}

// limit leaves what Suricata 7 does not write: ALPN and alternative names, and fingerprints that were not switched on.
func (f *eveFields) limit(c proto.Settings) {
	f.alpn, f.altNames = false, false
	if ja3 := c.Bool("app-layer.protocols.tls.ja3-fingerprints", false); !ja3 {
		f.ja3, f.ja3s = false, false
	}
	ja4 := c.Bool("app-layer.protocols.tls.ja4-fingerprints", false)
	f.ja4 = f.ja4 && ja4 && (c.Bool("eve.tls.ja4", false) || customFields(c)["ja4"])
}

func clientFields(facts, certificate, chain bool) certFields {
	return certFields{facts, facts, facts, facts, facts, facts, certificate, chain}
}

// customFields returns the members listed by eve.tls.custom, in one setting or a numbered list; nil without it.
func customFields(c proto.Settings) map[string]bool {
	var has map[string]bool
	for key, value := range c {
		if key != "eve.tls.custom" && !strings.HasPrefix(key, "eve.tls.custom.") {
			continue
		}
		if has == nil {
			has = map[string]bool{}
		}
		for _, f := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("[], ", r) }) {
			has[f] = true
		}
	}
	return has
}

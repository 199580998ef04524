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
	// eve says what tls records have, alert what alerts do.
	eve, alert eveFields
	// suricata: write what Suricata writes and no more
	suricata bool
	// auto: fingerprints are written when rules look at them. autoJA4: JA4 is, and not otherwise. noJA4: there is none.
	auto, autoJA4, noJA4 bool
	// inspectSealed: rules look into what is encrypted.
	inspectSealed bool
}

// eveFields says which members a tls record has.
type eveFields struct {
	server, client                                        certFields
	resumed, sni, version, ja3, ja3s, ja4, alpn, altNames bool
	// ruledJA3 and ruledJA3S: written when rules look at fingerprints.
	ruledJA3, ruledJA3S bool
}

func newWorker(s *proto.Setup) *worker {
	w := &worker{suricata: s.Profile != nil && s.Profile.Name == "suricata"}
	w.eve = readFields(s.Settings)
	if w.suricata {
		w.eve.limit(s.Settings)
	}
	w.auto = s.Settings.Bool("app-layer.protocols.tls.ja3-fingerprints", true)
	const ja4 = "app-layer.protocols.tls.ja4-fingerprints"
	w.autoJA4 = w.suricata && !s.Settings.Bool(ja4, false)
	w.noJA4 = w.suricata && !s.Settings.Bool(ja4, true)
	w.alert = alertFields(&w.eve, s.Settings)
	w.inspectSealed = s.Settings.String("app-layer.protocols.tls.encryption-handling", "default") == "full"
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
	f.ruledJA3, f.ruledJA3S = f.ja3, f.ja3s
	if ja3 := c.Bool("app-layer.protocols.tls.ja3-fingerprints", false); !ja3 {
		f.ja3, f.ja3s = false, false
	}
	f.ja4 = f.ja4 && (c.Bool("eve.tls.ja4", false) || customFields(c)["ja4"])
}

// alertFields says what alerts have: all that Suricata 7 knows, of fingerprints what records or rules want.
func alertFields(eve *eveFields, c proto.Settings) eveFields {
	f := eveFields{server: clientFields(true, false, false), resumed: true, sni: true, version: true, ruledJA3: true, ruledJA3S: true}
	f.client, f.alpn, f.altNames = f.server, eve.alpn, eve.altNames
	f.ja3 = c.Bool("app-layer.protocols.tls.ja3-fingerprints", false)
	f.ja3s = f.ja3
	return f
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

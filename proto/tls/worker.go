package tls

import (
	"strings"

	"github.com/wirelore/wirelore/internal/certs"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
)

// worker holds what the parsers of one worker share: settings and scratch memory.
type worker struct {
	client tlswire.ClientHello
	server tlswire.ServerHello
	ja4    tlswire.JA4
	buf    []byte
	cert   certs.Certificate
	eve    eveFields
	// suricata: write what Suricata writes and no more
	suricata bool
}

// eveFields says which members a tls record has.
type eveFields struct {
	subject, issuer, resumed, serial, fingerprint, sni, version, notBefore, notAfter, certificate, chain bool
	ja3, ja3s, ja4, alpn                                                                                 bool
}

func newWorker(s *proto.Setup) *worker {
	w := &worker{suricata: s.Profile != nil && s.Profile.Name == "suricata"}
	w.eve = readFields(s.Settings, w.suricata)
	return w
}

// readFields reads eve.tls.* and the fingerprint settings.
func readFields(c proto.Settings, suricata bool) eveFields {
	ja3 := c.String("app-layer.protocols.tls.ja3-fingerprints", "auto") != "no"
	if custom, ok := c["eve.tls.custom"]; ok {
		has := map[string]bool{}
		for _, f := range strings.FieldsFunc(custom, func(r rune) bool { return strings.ContainsRune("[], ", r) }) {
			has[f] = true
		}
		return eveFields{
			subject: has["subject"], issuer: has["issuer"], resumed: has["session_resumed"], serial: has["serial"],
			fingerprint: has["fingerprint"], sni: has["sni"], version: has["version"], notBefore: has["not_before"],
			notAfter: has["not_after"], certificate: has["certificate"], chain: has["chain"], ja3: has["ja3"],
			ja3s: has["ja3s"], ja4: has["ja4"], alpn: !suricata,
		}
	}
	f := eveFields{subject: true, issuer: true, ja4: c.Bool("eve.tls.ja4", !suricata)}
	if c.Bool("eve.tls.extended", true) {
		f.resumed, f.serial, f.fingerprint, f.sni, f.version = true, true, true, true, true
		f.notBefore, f.notAfter, f.ja3, f.ja3s, f.alpn = true, true, ja3, ja3, !suricata
	}
	return f
}

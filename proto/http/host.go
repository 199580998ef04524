package http

import (
	"bytes"
	"encoding/base64"

	"github.com/wirelore/wirelore/proto"
)

// host finds which host the request is for (RFC 9112, section 3.2): that of an absolute target, else the Host field's.
func (p *parser) host(tx *Tx) {
	d := proto.Orig
	tx.port = -1
	t := parseTarget(tx.Target, tx.connect)
	if t.hasAuthority {
		tx.host, tx.authority = toLower(unescape(tx.Keep(t.host), true)), true
		if len(t.port) > 0 {
			if tx.port = parsePort(t.port); tx.port < 0 {
				p.event(d, evInvalidAuthorityPort)
			}
		}
		if len(t.host) > 0 && !validHost(tx.host) {
			p.flag(d, evRequestURIHostInvalid)
			p.again(d, evRequestURIHostInvalid)
		}
	}
	f := tx.Req.find(fHost)
	if f == nil {
		if tx.version[d] >= v11 {
			p.flag(d, evMissingHostHeader)
		}
		return
	}
	host, port, ok := splitHostPort(tx.Req.value(fHost))
	if !ok || !validHost(host) {
		p.flag(d, evRequestHeaderHostInvalid)
	}
	n := -1
	if len(port) > 0 {
		if n = parsePort(port); n < 0 {
			p.flag(d, evRequestHeaderHostInvalid)
		}
	}
	if tx.host == nil {
		tx.host, tx.port = tx.fieldHost(tx.Req.value(fHost)), n
		return
	}
	if !bytes.EqualFold(tx.host, host) || tx.port >= 0 && n >= 0 && tx.port != n {
		p.flag(d, evHostHeaderAmbiguous)
	}
}

// fieldHost is the host of a Host field as libhtp has it: in lower case, unless a port follows or it is an address in
// brackets.
func (tx *Tx) fieldHost(v []byte) []byte {
	v = trim(v)
	if len(v) > 0 && v[0] == '[' {
		i := bytes.IndexByte(v, ']')
		if i < 0 {
			return nil
		}
		return tx.Keep(v[:i+1])
	}
	if i := bytes.IndexByte(v, ':'); i >= 0 {
		return tx.Keep(trimEnd(v[:i]))
	}
	return toLower(tx.Keep(v))
}

// flag reports what libhtp notes as a flag of the request: Suricata looks at the flags twice.
func (p *parser) flag(d proto.Dir, e proto.EventID) {
	if p.side[d].warned&(1<<e) == 0 {
		p.event(d, e)
		p.again(d, e)
	}
}

// checkAuth reads Basic credentials (RFC 7617). Of schemes libhtp knows basic, digest and bearer.
func (p *parser) checkAuth(tx *Tx) {
	f := tx.Req.last(fAuthorization)
	if f != nil {
		v := f.Value
		switch {
		case hasScheme(v, "basic"), hasScheme(v, "digest"), hasScheme(v, "bearer"):
		default:
			p.event(proto.Orig, evRequestAuthUnrecognized)
		}
	} else if f = tx.Req.last(fProxyAuthorization); f == nil {
		return
	}
	if !hasScheme(f.Value, "basic") {
		return
	}
	tok := trim(f.Value[5:])
	buf := make([]byte, len(tok))
	n, err := base64.StdEncoding.Decode(buf, tok)
	if err != nil {
		if n, err = base64.RawStdEncoding.Decode(buf, tok); err != nil {
			tx.user = []byte("<problem-decoding>")
			return
		}
	}
	user, pass, ok := bytes.Cut(buf[:n], []byte{':'})
	tx.user = user
	if ok && p.cfg.password {
		tx.pass = pass
	}
}

func toLower(b []byte) []byte {
	for i, c := range b {
		b[i] = lower(c)
	}
	return b
}

func hasScheme(v []byte, scheme string) bool {
	return len(v) > len(scheme) && equalFold(v[:len(scheme)], scheme) && isLWS(v[len(scheme)])
}

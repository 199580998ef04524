package ssh

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// Bounds of what stands before the key exchange. RFC 4253 allows 255 octets for the identification and any number of
// lines before a server's.
const (
	maxBanner    = 255
	maxLine      = 8 << 10
	maxPreBanner = 64 << 10
)

// banner reads lines of direction d up to the identification.
func (p *parser) banner(s *proto.Session[Tx], d proto.Dir, b []byte) (proto.Result, error) {
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		if len(b) > maxLine {
			s.Event(eventLongBanner)
			return proto.Result{}, errBanner
		}
		return proto.Result{Need: len(b) + 1}, nil
	}
	line := bytes.TrimSuffix(b[:end], []byte{'\r'})
	if !bytes.HasPrefix(line, []byte(prefix)) {
		if p.preBanner += end + 1; d == proto.Orig || p.preBanner > maxPreBanner {
			s.Event(eventInvalidBanner)
			return proto.Result{}, errBanner
		}
		return proto.Result{Used: end + 1}, nil
	}
	t, err := p.session(s)
	if err != nil {
		return proto.Result{}, err
	}
	side := &t.Sides[d]
	side.Banner = t.Keep(line)
	if len(line) > maxBanner {
		s.EventTx(t, eventLongBanner, "")
		_, side.long, _ = split(side.Banner)
		side.Banner = side.Banner[:min(maxBanner, len(side.Banner))]
	}
	var ok bool
	if side.Version, side.Software, ok = split(side.Banner); !ok {
		s.EventTx(t, eventInvalidBanner, "")
	}
	p.state[d] = cleartext
	s.At(t, d, StageClientBanner+proto.Stage(d))
	if !p.hassh && p.state[d.Other()] > banners {
		p.record(s, d)
	}
	return proto.Result{Used: end + 1}, nil
}

// split finds version and software in an identification: SSH-version-software, a blank, comments.
func split(banner []byte) (version, software []byte, ok bool) {
	rest := banner[len(prefix):]
	i := bytes.IndexByte(rest, '-')
	if i < 0 {
		return rest, nil, false
	}
	version, software = rest[:i], rest[i+1:]
	if i = bytes.IndexByte(software, ' '); i >= 0 {
		software = software[:i]
	}
	return version, software, len(version) > 0
}

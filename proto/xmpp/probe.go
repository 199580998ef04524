package xmpp

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// probe tells XMPP by the header of its stream. On the port, where a capture may begin in the middle, a stanza will do.
func probe(_ proto.Dir, b []byte, onPort bool) proto.Verdict {
	b = skip(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	if n := min(len(b), 2); n > 0 && string(b[:n]) == "<?"[:n] {
		i := bytes.IndexByte(b, '>')
		if n < 2 || i < 0 {
			if n == 2 && len(b) >= 6 && string(b[:6]) != "<?xml " {
				return proto.No
			}
			return proto.More
		}
		if string(b[:min(i, 6)]) != "<?xml " {
			return proto.No
		}
		b = skip(b[i+1:])
	}
	if len(b) == 0 {
		return proto.More
	}
	if b[0] != '<' {
		return proto.No
	}
	end := 1
	for end < len(b) && !space(b[end]) && b[end] != '>' {
		if c := b[end]; end > 64 || c != ':' && c != '-' && c != '/' && c|0x20 < 'a' || c|0x20 > 'z' {
			return proto.No
		}
		end++
	}
	if end == len(b) {
		return proto.More
	}
	name, _, _ := element(b[:end])
	switch string(name) {
	case "stream":
		if i, _ := tagEnd(b, 0); header(b) {
			return proto.Yes
		} else if i < 0 {
			return proto.More
		}
	case "message", "presence", "iq":
		if onPort {
			return proto.Likely
		}
	}
	return proto.No
}

// skip drops white space.
func skip(b []byte) []byte {
	for len(b) > 0 && space(b[0]) {
		b = b[1:]
	}
	return b
}

package imap

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// probe tells IMAP by the server's greeting or by a tagged command that no other protocol has. On the port, where a capture
// may begin in the middle, any command or response will do.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	if d == proto.Resp {
		return probeServer(b)
	}
	line, whole := firstLine(b)
	tag, rest := word(line)
	if !isTag(tag) || len(tag) > 32 {
		return proto.No
	}
	if len(rest) == 0 {
		return unless(whole)
	}
	w, arg := word(rest)
	if !whole && len(w) == len(rest) {
		if len(w) > 16 {
			return proto.No
		}
		return proto.More
	}
	var buf [16]byte
	switch string(upper(&buf, w)) {
	case "CAPABILITY", "STARTTLS":
		if len(arg) == 0 {
			return proto.Yes
		}
	case "AUTHENTICATE":
		return proto.Yes
	case "ID":
		if len(arg) > 0 && arg[0] == '(' {
			return proto.Yes
		}
	}
	if verbOf(w) != unknown {
		return proto.Likely
	}
	return proto.No
}

// unless answers No to a whole line and More to the beginning of one.
func unless(whole bool) proto.Verdict {
	if whole {
		return proto.No
	}
	return proto.More
}

func probeServer(b []byte) proto.Verdict {
	line, whole := firstLine(b)
	tag, rest := word(line)
	greeting := len(tag) == 1 && tag[0] == '*'
	if !greeting && (!isTag(tag) || len(tag) > 32) {
		return proto.No
	}
	if len(rest) == 0 {
		return unless(whole)
	}
	w, arg := word(rest)
	if !whole && len(w) == len(rest) {
		if len(w) > 16 {
			return proto.No
		}
		return proto.More
	}
	st := statusOf(w)
	switch {
	case greeting && st != noStatus && st != no && (len(arg) > 0 || whole):
		return proto.Yes
	case greeting && (st != noStatus || untagged(w)), st == ok, st == no:
		return proto.Likely
	}
	return proto.No
}

// firstLine returns the first line without its end, and whether it is whole.
func firstLine(b []byte) ([]byte, bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, false
	}
	return trim(b[:i+1]), true
}

package pop3

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// probe tells POP3 by the server's greeting or by a command that no other protocol has. Redis says +OK too, so that off the port
// the greeting must name the protocol, have a timestamp for APOP, or be a text with another reply behind it.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	if d == proto.Resp {
		return probeServer(b, onPort)
	}
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		if len(b) > 512 || !startsLike(b) {
			return proto.No
		}
		return proto.More
	}
	line := bytes.TrimSpace(b[:end])
	verb, arg := split(line)
	var buf [8]byte
	switch string(upper(&buf, verb)) {
	case "CAPA", "STLS":
		if len(arg) == 0 {
			return proto.Yes
		}
	case "UIDL":
		return proto.Yes
	case "APOP":
		if bytes.IndexByte(arg, ' ') > 0 {
			return proto.Yes
		}
	}
	if commandOf(line) != unknown {
		return proto.Likely
	}
	return proto.No
}

// startsLike tells whether an unfinished line may become a command.
func startsLike(b []byte) bool {
	verb, _ := split(b)
	if len(verb) < len(b) {
		return commandOf(b) != unknown
	}
	for _, c := range bytes.TrimRight(verb, "\r") {
		if (c|0x20 < 'a' || c|0x20 > 'z') && c != '8' {
			return false
		}
	}
	return len(verb) <= 8
}

func probeServer(b []byte, onPort bool) proto.Verdict {
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		for _, s := range [...]string{"+OK ", "+OK\r", "-ERR ", "+ "} {
			n := min(len(b), len(s))
			if string(b[:n]) == s[:n] && len(b) <= 512 {
				return proto.More
			}
		}
		return proto.No
	}
	st, text := statusOf(bytes.TrimRight(b[:end], "\r"))
	switch {
	case st == none:
		return proto.No
	case onPort:
		return proto.Likely
	case st != ok || len(text) == 0:
		return proto.No
	case greets(text):
		return proto.Yes
	}
	rest := b[end+1:]
	for _, s := range [...]string{"+OK", "-ERR ", "+ "} {
		n := min(len(rest), len(s))
		if string(rest[:n]) != s[:n] {
			continue
		}
		if n < len(s) {
			return proto.More
		}
		return proto.Yes
	}
	return proto.No
}

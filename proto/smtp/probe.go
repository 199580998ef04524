package smtp

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// probe tells SMTP by the client's first command or the server's greeting. FTP greets alike, so a greeting alone counts
// only on a mail port or if it says SMTP.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	if d == proto.Resp {
		return probeServer(b, onPort)
	}
	for _, v := range [...]string{"EHLO", "HELO", "LHLO"} {
		n := min(len(b), len(v))
		if !hasFold(b[:n], v[:n]) {
			continue
		}
		switch {
		case len(b) <= len(v):
			return proto.More
		case b[len(v)] == ' ' || b[len(v)] == '\r' || b[len(v)] == '\n':
			return proto.Yes
		}
	}
	if onPort {
		for _, v := range [...]string{"MAIL FROM", "RCPT TO", "STARTTLS", "RSET", "NOOP", "AUTH ", "QUIT"} {
			n := min(len(b), len(v))
			if hasFold(b[:n], v[:n]) {
				if len(b) < len(v) {
					return proto.More
				}
				return proto.Likely
			}
		}
	}
	return proto.No
}

func probeServer(b []byte, onPort bool) proto.Verdict {
	const greeting = "220"
	n := min(len(b), len(greeting))
	if string(b[:n]) != greeting[:n] {
		if onPort && len(b) >= 4 && (hasFold(b, "250") || hasFold(b, "554") || hasFold(b, "421")) && separator(b[3]) {
			return proto.Likely
		}
		return proto.No
	}
	if len(b) < 4 {
		return proto.More
	}
	if !separator(b[3]) {
		return proto.No
	}
	if onPort {
		return proto.Likely
	}
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		return proto.More
	}
	if bytes.Contains(b[:end], []byte("SMTP")) {
		return proto.Yes
	}
	return proto.More
}

// separator tells what may follow a reply code.
func separator(c byte) bool { return c == ' ' || c == '-' || c == '\r' || c == '\n' }

// hasFold tells whether b begins with s, which is upper case ASCII, without regard to case.
func hasFold(b []byte, s string) bool {
	if len(b) < len(s) {
		return false
	}
	for i := range len(s) {
		c := b[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

package syslog

import "github.com/wirelore/wirelore/proto"

// probeDatagram knows a message by its priority with what must follow it, on the port by its priority or its being text.
func probeDatagram(_ proto.Dir, b []byte, onPort bool) proto.Verdict {
	switch v := probeMessage(b, onPort); {
	case v == proto.Yes:
		return v
	case onPort && text(b):
		return proto.Likely
	}
	return proto.No
}

// probeStream knows a stream by its first message, with or without a count.
func probeStream(_ proto.Dir, b []byte, onPort bool) proto.Verdict {
	n := 0
	for n < len(b) && n < maxCount && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	switch {
	case n == 0:
	case n == len(b):
		return proto.More
	case b[0] == '0' || b[n] != ' ':
		return proto.No
	default:
		b = b[n+1:]
	}
	return probeMessage(b, onPort)
}

// probeMessage looks for a priority and, unless it is the port's, for a header of either kind.
func probeMessage(b []byte, onPort bool) proto.Verdict {
	n, size := priority(b)
	if size == 0 {
		if couldBePriority(b) {
			return proto.More
		}
		return proto.No
	}
	if n > maxPriority {
		return proto.No
	}
	if onPort {
		return proto.Yes
	}
	b = b[size:]
	if len(b) >= 2 && b[0] == '1' && b[1] == ' ' {
		return probeModern(b[2:])
	}
	switch n := stampPrefix(b); {
	case n == stampSize:
		return proto.Yes
	case n == len(b), len(b) == 1 && b[0] == '1':
		return proto.More
	}
	return proto.No
}

// probeModern looks for RFC 5424's time stamp, or none, and a space.
func probeModern(b []byte) proto.Verdict {
	const form = "0000-00-00T00:00:00"
	if len(b) > 0 && b[0] == '-' {
		if len(b) == 1 {
			return proto.More
		}
		if b[1] == ' ' {
			return proto.Yes
		}
		return proto.No
	}
	for i := range min(len(b), len(form)) {
		if c := b[i]; form[i] == '0' && (c < '0' || c > '9') || form[i] != '0' && c != form[i] {
			return proto.No
		}
	}
	if len(b) < len(form) {
		return proto.More
	}
	return proto.Yes
}

// couldBePriority tells whether b may be the beginning of a priority.
func couldBePriority(b []byte) bool {
	for i, c := range b {
		if i == 0 && c != '<' || i > 0 && (c < '0' || c > '9') || i > 3 {
			return false
		}
	}
	return true
}

// text tells whether b is text as messages are: no control characters but white space, and NUL at the end.
func text(b []byte) bool {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	for _, c := range b {
		if c < ' ' && (c < '\t' || c > '\r') && c != 0x1b || c == 0x7f {
			return false
		}
	}
	return len(b) > 0
}

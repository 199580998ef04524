package http

import (
	"bytes"
	"slices"

	"github.com/wirelore/wirelore/proto"
)

// methods are those that tell HTTP by themselves, when a target follows.
var methods = []string{
	"GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "TRACE", "CONNECT", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL",
	"COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "QUERY", "REPORT", "CHECKOUT", "CHECKIN", "UNCHECKOUT", "MKWORKSPACE",
	"UPDATE", "LABEL", "MERGE", "BASELINE-CONTROL", "MKACTIVITY", "VERSION-CONTROL", "ORDERPATCH", "ACL", "BIND",
	"UNBIND", "REBIND", "LINK", "UNLINK", "MKCALENDAR", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "POLL", "BPROPFIND",
	"BPROPPATCH", "BCOPY", "BDELETE", "BMOVE", "PURGE", "M-SEARCH", "CCM_POST", "SMS_POST", "RPC_CONNECT",
	"RPC_IN_DATA", "RPC_OUT_DATA", "DESCRIBE_", "BITS_POST", "INVOKE", "MKREDIRECTREF", "UPDATEREDIRECTREF",
	"X-MS-ENUMATTS", "SPACEJUMP", "DEBUG", "TRACK", "SOURCE", "PRI_",
}

// lowerMethods are taken in any case, as servers do.
var lowerMethods = []string{"get", "post", "head", "put", "options"}

// probe recognises requests by their method and responses by their version. What begins otherwise is taken when a whole
// first line ends in a version.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	i := 0
	for i < len(b) && i < 64 && (isSpace(b[i]) || b[i] == 0 && d == proto.Resp) {
		i++
	}
	b = b[i:]
	if len(b) == 0 {
		return proto.More
	}
	if d == proto.Resp {
		return probeResponse(b, onPort)
	}
	return probeRequest(b, onPort)
}

func probeResponse(b []byte, onPort bool) proto.Verdict {
	const mark = "http/"
	n := min(len(b), len(mark))
	if !equalFold(b[:n], mark[:n]) {
		return proto.No
	}
	if len(b) < len(mark) {
		return proto.More
	}
	return proto.Yes
}

func probeRequest(b []byte, onPort bool) proto.Verdict {
	end := bytes.IndexByte(b, '\n')
	line := b
	if end >= 0 {
		line = b[:end]
	}
	i := 0
	for i < len(line) && isToken(line[i]) {
		i++
	}
	if i == 0 {
		return proto.No
	}
	if i == len(line) && end < 0 {
		if i > 32 {
			return proto.No
		}
		return proto.More
	}
	if i < len(line) && !isLWS(line[i]) {
		return proto.No
	}
	if hasVersion(line) {
		return proto.Yes
	}
	known := knownMethod(line[:i])
	if known && (i+1 < len(line) && line[i+1] == '/' || onPort) && !otherProtocol(line) {
		if end < 0 && len(line) < 512 {
			return proto.More
		}
		return proto.Yes
	}
	if end >= 0 || len(line) > 2048 {
		return proto.No
	}
	return proto.More
}

// otherProtocol tells requests of protocols that borrowed HTTP's form: their version stands at the line's end.
func otherProtocol(line []byte) bool {
	return bytes.Contains(line, []byte(" SIP/2.")) || bytes.Contains(line, []byte(" RTSP/")) ||
		bytes.Contains(line, []byte(" ICAP/")) || bytes.HasSuffix(trimEnd(line), []byte(" HTTP/2.0"))
}

// hasVersion tells whether a line has HTTP/ and a digit behind white space.
func hasVersion(line []byte) bool {
	for from := 0; ; {
		i := indexFold(line[from:], "http/", false)
		if i < 0 {
			return false
		}
		i += from
		if i > 0 && isLWS(line[i-1]) && i+5 < len(line) && line[i+5] >= '0' && line[i+5] <= '9' {
			return line[i+5] != '2' || i+7 >= len(line) || !bytes.HasPrefix(line, []byte("PRI "))
		}
		from = i + 5
	}
}

func knownMethod(m []byte) bool {
	if slices.Contains(methods, string(m)) {
		return true
	}
	for _, k := range lowerMethods {
		if equalFold(m, k) {
			return true
		}
	}
	return false
}

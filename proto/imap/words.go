package imap

import "bytes"

// word cuts the first word off a line.
func word(line []byte) (w, rest []byte) {
	i := bytes.IndexByte(line, ' ')
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i+1:]
}

// upper folds a word into buf, nil when it is too long for a keyword.
func upper(buf *[16]byte, w []byte) []byte {
	if len(w) > len(buf) {
		return nil
	}
	for i, c := range w {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:len(w)]
}

// isTag tells whether w is made of what tags may have (RFC 9051, section 9: tag).
func isTag(w []byte) bool {
	if len(w) == 0 {
		return false
	}
	for _, c := range w {
		if c <= ' ' || c >= 0x7f {
			return false
		}
		switch c {
		case '(', ')', '{', '%', '*', '"', '\\', '+':
			return false
		}
	}
	return true
}

// verb is a command that matters to the dialogue.
type verb uint8

const (
	unknown verb = iota
	known        // any other command of RFC 9051, 3501 and the usual extensions
	startTLS
	authenticate
	login
)

// verbOf reads a client's command.
func verbOf(w []byte) verb {
	var buf [16]byte
	switch string(upper(&buf, w)) {
	case "STARTTLS":
		return startTLS
	case "AUTHENTICATE":
		return authenticate
	case "LOGIN":
		return login
	case "CAPABILITY", "NOOP", "LOGOUT", "ENABLE", "SELECT", "EXAMINE", "CREATE", "DELETE", "RENAME", "SUBSCRIBE",
		"UNSUBSCRIBE", "LIST", "LSUB", "NAMESPACE", "STATUS", "APPEND", "IDLE", "CLOSE", "UNSELECT", "EXPUNGE", "SEARCH",
		"FETCH", "STORE", "COPY", "MOVE", "UID", "CHECK", "ID", "SORT", "THREAD", "GETQUOTA", "SETQUOTA", "GETQUOTAROOT",
		"GETACL", "SETACL", "DELETEACL", "LISTRIGHTS", "MYRIGHTS", "COMPRESS", "NOTIFY", "GETMETADATA", "SETMETADATA",
		"UNAUTHENTICATE", "PROXYAUTH", "XLIST", "RLIST", "RLSUB":
		return known
	}
	return unknown
}

// status is what completes a command.
type status uint8

const (
	noStatus status = iota
	ok
	no // NO and BAD
	bye
)

// statusOf reads the word behind the tag of a response.
func statusOf(w []byte) status {
	var buf [16]byte
	switch string(upper(&buf, w)) {
	case "OK", "PREAUTH":
		return ok
	case "NO", "BAD":
		return no
	case "BYE":
		return bye
	}
	return noStatus
}

// untagged tells whether w begins the data of an untagged response (RFC 9051, section 7.2 to 7.5, and extensions).
func untagged(w []byte) bool {
	if len(w) > 0 && w[0] >= '0' && w[0] <= '9' {
		return true
	}
	var buf [16]byte
	switch string(upper(&buf, w)) {
	case "CAPABILITY", "LIST", "LSUB", "FLAGS", "SEARCH", "ESEARCH", "STATUS", "ENABLED", "NAMESPACE", "ID", "SORT", "THREAD",
		"QUOTA", "QUOTAROOT", "ACL", "LISTRIGHTS", "MYRIGHTS", "METADATA", "VANISHED", "LANGUAGE", "XLIST":
		return true
	}
	return false
}

// literal reads the announcement of a literal at a line's end: {n}, {n+} or either behind a tilde (RFC 9051, section 4.3;
// RFC 7888). wait tells that the client sends it only when it is asked to. n stops growing at maxLiteral+1.
func literal(line []byte) (n int64, wait, found bool) {
	i := len(line) - 1
	if i < 2 || line[i] != '}' {
		return 0, false, false
	}
	i--
	wait = true
	if line[i] == '+' || line[i] == '-' { // "-" was an early draft's
		wait = false
		i--
	}
	end := i + 1
	for i >= 0 && line[i] >= '0' && line[i] <= '9' && end-i <= maxDigits {
		i--
	}
	if i < 0 || line[i] != '{' || i+1 == end {
		return 0, false, false
	}
	for _, c := range line[i+1 : end] {
		n = min(n*10+int64(c-'0'), maxLiteral+1)
	}
	return n, wait, true
}

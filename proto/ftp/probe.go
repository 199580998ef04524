package ftp

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// probe tells FTP by the client's first command or the server's greeting. SMTP greets alike and POP3 knows USER, so
// that off the port more is asked for.
func probe(d proto.Dir, b []byte, onPort bool) proto.Verdict {
	if d == proto.Resp {
		return probeServer(b, onPort)
	}
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		if len(b) > 512 {
			return proto.No
		}
		if startsLike(b) {
			return proto.More
		}
		return proto.No
	}
	verb, arg := split(trimCR(b[:end]))
	switch {
	case is(verb, "USER"):
		if onPort || len(arg) > 0 && bytes.IndexByte(arg, ' ') < 0 && end+1 == len(b) {
			return proto.Yes
		}
	case is(verb, "AUTH"):
		if is(arg, "TLS") || is(arg, "SSL") || is(arg, "GSSAPI") || is(arg, "TLS-C") || is(arg, "TLS-P") {
			return proto.Yes
		}
	case knownCommand(verb) && !ambiguous(verb):
		return proto.Likely
	}
	return proto.No
}

// ambiguous tells the verbs that other text protocols have too.
func ambiguous(verb []byte) bool { return is(verb, "HELP") || is(verb, "STAT") }

// startsLike tells whether an unfinished line may become a command.
func startsLike(b []byte) bool {
	verb, _ := split(b)
	if len(verb) < len(b) {
		return knownCommand(verb)
	}
	if len(verb) > 4 {
		return false
	}
	for _, c := range verb {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

func probeServer(b []byte, onPort bool) proto.Verdict {
	const greeting = "220"
	n := min(len(b), 3)
	if string(b[:n]) != greeting[:n] {
		return proto.No
	}
	if len(b) < 4 {
		return proto.More
	}
	if b[3] != ' ' && b[3] != '-' {
		return proto.No
	}
	if onPort {
		return proto.Likely
	}
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		return proto.More
	}
	if bytes.Contains(b[:end], []byte("FTP")) && !bytes.Contains(b[:end], []byte("SMTP")) {
		return proto.Yes
	}
	return proto.More
}

// is compares b with s, which is upper case ASCII, without regard to case.
func is(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// split cuts a line into its verb and the argument.
func split(line []byte) (verb, arg []byte) {
	i := bytes.IndexByte(line, ' ')
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i+1:]
}

func trimCR(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\r' {
		return b[:n-1]
	}
	return b
}

// knownCommand tells the commands of the registry of RFC 5797 and those of GridFTP.
func knownCommand(verb []byte) bool {
	if len(verb) < 3 || len(verb) > 5 {
		return false
	}
	var up [5]byte
	for i, c := range verb {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		up[i] = c
	}
	switch string(up[:len(verb)]) {
	case "ABOR", "ACCT", "ADAT", "ALGS", "ALLO", "APPE", "AUTH", "CCC", "CDUP", "CLNT", "CONF", "CWD", "DELE", "ENC", "EPRT",
		"EPSV", "ERET", "ESTO", "FEAT", "HELP", "HOST", "LANG", "LIST", "LPRT", "LPSV", "MDTM", "MFMT", "MIC", "MKD", "MLSD",
		"MLST", "MODE", "NLST", "NOOP", "OPTS", "PASS", "PASV", "PBSZ", "PORT", "PROT", "PWD", "QUIT", "REIN", "REST", "RETR",
		"RMD", "RNFR", "RNTO", "SBUF", "SITE", "SIZE", "SMNT", "SPAS", "SPOR", "STAT", "STOR", "STOU", "STRU", "SYST", "TYPE",
		"USER", "XCUP", "XCWD", "XMKD", "XPWD", "XRMD":
		return true
	}
	return false
}

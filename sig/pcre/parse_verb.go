package pcre

import "strings"

// startVerbs takes the settings (*NAME) that may stand at the very start.
func (p *parser) startVerbs() {
	for p.err == nil && strings.HasPrefix(p.src[p.i:], "(*") {
		end := strings.IndexByte(p.src[p.i:], ')')
		if end < 0 {
			return
		}
		name, _, _ := strings.Cut(p.src[p.i+2:p.i+end], "=")
		switch name {
		case "LF", "BSR_UNICODE", "NO_AUTO_POSSESS", "NO_DOTSTAR_ANCHOR", "NO_JIT", "NO_START_OPT",
			"LIMIT_DEPTH", "LIMIT_HEAP", "LIMIT_MATCH", "LIMIT_RECURSION": // how to search, not what
		case "BSR_ANYCRLF":
			p.bsr = byteSet{}
			p.bsr.add('\r')
			p.bsr.add('\n')
		case "UTF", "UTF8", "UCP":
			p.unsupported(p.i, "(*"+name+"): bytes are matched, not UTF-8 characters; it")
		case "CR", "CRLF", "ANYCRLF", "ANY", "NUL", "NOTEMPTY", "NOTEMPTY_ATSTART":
			p.unsupported(p.i, "(*"+name+")")
		default:
			return
		}
		p.i += end + 1
	}
}

// verb parses (*NAME) or (*NAME:argument); p.i stands behind the asterisk.
func (p *parser) verb(at int) *node {
	n := &node{kind: nVerb, pos: int32(at)}
	start := p.i
	for p.more() && (isLetter(p.peek()) || p.peek() == '_') {
		p.i++
	}
	name := p.src[start:p.i]
	if p.more() && p.peek() == ':' && name != "" && name[0] >= 'a' {
		p.i++
		return p.wordGroup(at, name)
	}
	if p.more() && p.peek() == ':' {
		end := strings.IndexByte(p.src[p.i:], ')')
		switch {
		case end < 0:
			return p.fail(at, "missing closing parenthesis")
		case name == "SKIP":
			return p.unsupported(at, "(*SKIP:NAME)")
		}
		p.i += end
	}
	if !p.accept(")") {
		return p.fail(at, "(*VERB) not recognized or malformed")
	}
	switch name {
	case "F", "FAIL":
		n.kind = nFail
	case "ACCEPT":
		n.kind = nAccept
	case "COMMIT":
		n.c = byte(opCommit)
	case "PRUNE":
		n.c = byte(opPrune)
	case "SKIP":
		n.c = byte(opSkip)
	case "MARK", "": // a name for what was passed, which nobody asks for here
		if p.src[p.i-2] == '*' || p.src[p.i-2] == ':' || name == "MARK" && p.src[p.i-2] == 'K' {
			return p.fail(at, "(*VERB) not recognized or malformed")
		}
		return nil
	case "THEN":
		return p.unsupported(at, "(*THEN)")
	default:
		return p.fail(at, "(*VERB) not recognized or malformed")
	}
	return n
}

// wordGroup parses a group that is named by words, such as (*atomic:...).
func (p *parser) wordGroup(at int, name string) *node {
	switch name {
	case "atomic":
		return p.body(&node{kind: nAtomic})
	case "pla", "positive_lookahead":
		return p.look(at, false, false)
	case "nla", "negative_lookahead":
		return p.look(at, false, true)
	case "plb", "positive_lookbehind":
		return p.look(at, true, false)
	case "nlb", "negative_lookbehind":
		return p.look(at, true, true)
	case "napla", "naplb", "non_atomic_positive_lookahead", "non_atomic_positive_lookbehind", "sr", "asr",
		"script_run", "atomic_script_run":
		return p.unsupported(at, "(*"+name+":")
	}
	return p.fail(at, "(*alpha_assertion) not recognized")
}

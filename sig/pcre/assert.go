package pcre

// holds tells whether a condition on the position is true at pos of b, in a search that started at from.
func (re *Regexp) holds(op opcode, c byte, set int32, b []byte, pos, from int) bool {
	switch op {
	case opStart:
		return pos == 0
	case opLineStart:
		return pos == 0 || b[pos-1] == '\n' && pos < len(b)
	case opEnd:
		return pos == len(b)
	case opEndNL:
		return pos == len(b) || pos == len(b)-1 && b[pos] == '\n'
	case opLineEnd:
		return pos == len(b) || b[pos] == '\n'
	case opWordEdge:
		return wordEdge(b, pos)
	case opNoWordEdge:
		return !wordEdge(b, pos)
	case opFrom:
		return pos == from
	case opPeek:
		if c&peekBehind != 0 {
			return (pos > 0 && re.sets[set].has(b[pos-1])) == (c&peekNot == 0)
		}
		return (pos < len(b) && re.sets[set].has(b[pos])) == (c&peekNot == 0)
	}
	return false
}

func wordEdge(b []byte, pos int) bool {
	before := pos > 0 && isWord(b[pos-1])
	return before != (pos < len(b) && isWord(b[pos]))
}

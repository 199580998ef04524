package pcre

// An opcode is the kind of an instruction.
type opcode uint8

// Those of the linear program are marked with L, those of the backtracking program with B.
const (
	opMatch   opcode = iota // LB
	opByte                  // LB byte c
	opSet                   // LB a byte of set
	opStr                   // B  strs[n]
	opStrFold               // B  strs[n], which is in lower case, in any case
	opRep                   // B  x to y bytes of set, c is the greed
	opSplit                 // LB first x, then y
	opJump                  // LB to x
	opSave                  // LB position to register n
	opOpen                  // B  start of group n, kept aside until it closes
	opClose                 // B  end of group n
	opFail                  // LB

	opStart      // LB start of the subject; from here to opPeek: conditions on the position
	opLineStart  // LB
	opEnd        // LB
	opEndNL      // LB end, or before a newline at the end
	opLineEnd    // LB
	opWordEdge   // LB
	opNoWordEdge // LB
	opFrom       // LB where the search started
	opPeek       // LB the next byte, if c has peekBehind the last one, is in set, if c has peekNot it is not

	opBackref   // B  text of group n, c: in any case
	opLook      // B  lookaround, goes on at x; y: where to go if it fails, -1 for none; c: negative
	opLookEnd   // B
	opBehind    // B  n bytes back
	opAtomic    // B
	opAtomicEnd // B
	opCond      // B  condition c about group n, if false go to y
	opCall      // B  group n, at x
	opReturn    // B
	opKeep      // B
	opAccept    // B
	opCommit    // B
	opPrune     // B
	opSkip      // B
	opLoop      // B  an iteration starts: position to register n
	opLoopEnd   // B  if nothing was matched since, leave the loop for x
)

// Bits of opPeek's c.
const (
	peekNot byte = 1 << iota
	peekBehind
)

// inst is an instruction of the backtracking program. Without a jump the next one follows.
type inst struct {
	op      opcode
	c       byte
	set     int32
	n, x, y int32
	sx, sy  int32 // opSplit: sets of first bytes at x and at y; opRep: sx is that of what follows; -1: any, or none
}

// linst is an instruction of the linear program; its next one is x, except for opSplit's second, y.
type linst struct {
	op   opcode
	c    byte
	set  uint16
	x, y int32
}

// sets keeps each different set once.
type sets struct {
	list  []byteSet
	index map[byteSet]int32
}

func (s *sets) id(b byteSet) int32 {
	if i, ok := s.index[b]; ok {
		return i
	}
	if s.index == nil {
		s.index = map[byteSet]int32{}
	}
	i := int32(len(s.list))
	s.list = append(s.list, b)
	s.index[b] = i
	return i
}

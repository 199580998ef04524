package pcre

// A nodeKind says what a node of the syntax tree stands for.
type nodeKind uint8

const (
	nEmpty   nodeKind = iota
	nByte             // one byte, c, in either case if fold is set
	nSet              // one byte out of set
	nCat              // subs one after the other
	nAlt              // one of subs, the first that leads to a match
	nGroup            // capturing group number ref
	nRepeat           // subs[0] from min to max times, max -1: no bound
	nAssert           // a condition on the position, c is its opcode
	nBackref          // the text of group ref
	nLook             // lookaround: behind, neg
	nAtomic           // subs[0] without a way back into it
	nCond             // subs: yes, no, and for assertions the nLook; ref and c say what is asked
	nCall             // group ref as a subroutine, 0: the whole expression
	nKeep             // \K
	nFail             // (*FAIL)
	nAccept           // (*ACCEPT)
	nVerb             // (*COMMIT), (*PRUNE), (*SKIP): c is its opcode
	nBack             // a step of ref bytes back, only in a lookbehind that is being compiled
)

// A greed says which number of repetitions is tried first.
type greed uint8

const (
	greedy greed = iota
	lazy
	possessive
)

// What the condition of an nCond asks, in its c.
const (
	condGroup  byte = iota // is group ref set?
	condLook               // does the lookaround match?
	condCalled             // inside a call of group ref, or of any if ref is -1?
	condNever              // (DEFINE)
	condAlways
)

// node is a node of the syntax tree; which fields count depends on kind.
type node struct {
	kind        nodeKind
	c           byte
	greed       greed
	fold        bool
	behind, neg bool
	set         *byteSet
	subs        []*node
	min, max    int32
	ref         int32
	pos         int32 // offset in the expression, for errors

	// Filled in by measure.
	minLen, maxLen int32 // bytes that a match takes; maxLen noLimit: any number
	size, lin      int32 // instructions in the two programs, not more than hugeSize
	reg            int32 // register of a loop, plus one
}

// single reports whether n always matches exactly one byte, and which ones.
func (n *node) single() (s byteSet, ok bool) {
	switch n.kind {
	case nByte:
		return setOf(n.c, n.fold), true
	case nSet:
		return *n.set, true
	}
	return s, false
}

// has reports whether a node of a kind is in the tree.
func (n *node) has(kind nodeKind) bool {
	if n.kind == kind {
		return true
	}
	for _, s := range n.subs {
		if s.has(kind) {
			return true
		}
	}
	return false
}

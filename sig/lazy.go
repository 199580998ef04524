package sig

import (
	"iter"
	"sync/atomic"

	"github.com/wirelore/wirelore/sig/rule"
)

// Rules are found by an index (see group.go), and few of a large set are ever candidates. So a set that is read from a
// cache, or compiled with Options.Lazy, holds the index and where each rule stands; a rule is built from its text when it is
// first a candidate, and stays. What must be known of rules before that is in their facts.

// origin is where a rule stands.
type origin struct {
	file   uint32 // which of the files
	offset uint32 // of its logical line, in bytes
	line   uint32
}

// facts are what is known of a rule that is not built.
type facts struct {
	origin
	sid   uint32
	flags factFlags
}

type factFlags uint8

const (
	factLate   factFlags = 1 << iota // signature.late
	factNote                         // signature.noteLate
	factStream                       // signature.needStream
	factEager                        // signature.eager
	factFlagsEnd
)

func factsOf(s *signature) facts {
	f := facts{origin: s.at, sid: s.about.sid}
	for i, on := range [...]bool{s.late, s.noteLate, s.needStream, s.eager} {
		if on {
			f.flags |= 1 << i
		}
	}
	return f
}

// lazySig is a rule that may not be built yet.
type lazySig struct{ p atomic.Pointer[signature] }

// sig returns the rule of a number below Len, built when it is not there yet. It may be called by any number of goroutines
// at once: all get the same one.
func (rs *RuleSet) sig(n uint32) *signature {
	if s := rs.sigs[n].p.Load(); s != nil {
		return s
	}
	return rs.make(n)
}

// needStream tells whether a rule looks at streams.
func (rs *RuleSet) needStream(n uint32) bool { return rs.facts[n].flags&factStream != 0 }

// all goes through all rules in the order in which they are judged, and builds those that are not there yet.
func (rs *RuleSet) all() iter.Seq[*signature] {
	return func(yield func(*signature) bool) {
		for n := range rs.sigs {
			if !yield(rs.sig(uint32(n))) {
				return
			}
		}
	}
}

// make builds a rule. One that cannot be built (it could when the set was compiled) never matches.
func (rs *RuleSet) make(n uint32) *signature {
	s, err := rs.tryMake(n)
	if err != nil {
		s = &signature{about: &about{sid: rs.facts[n].sid, gid: 1}}
	}
	f := &rs.facts[n]
	s.num, s.at = n, f.origin
	s.late, s.noteLate = f.flags&factLate != 0, f.flags&factNote != 0
	if rs.sigs[n].p.CompareAndSwap(nil, s) {
		return s
	}
	return rs.sigs[n].p.Load()
}

func (rs *RuleSet) tryMake(n uint32) (*signature, error) {
	var r rule.Reader
	return rs.c.buildAt(&r, rs.facts[n].origin)
}

// slim takes from a rule that is released soon what the index is not made of.
func (s *signature) slim() {
	if s.eager {
		return
	}
	a := s.about
	s.about = &about{sid: a.sid, gid: a.gid, rev: a.rev, priority: a.priority}
	s.payload, s.headers, s.post = nil, nil, nil
	for i := range s.sections {
		s.sections[i].tests = nil
	}
}

// release lets go of the rules, which are built again when they are needed, but for those that stand for files. What only the
// compiler used before goes with them.
func (rs *RuleSet) release() {
	for n := range rs.sigs {
		if rs.facts[n].flags&factEager == 0 {
			rs.sigs[n].p.Store(nil)
		}
	}
	clear(rs.c.addresses)
	clear(rs.c.ports)
}

// freeze ends compiling: from now on rules are built that were checked already. Nothing is told of them again, names and
// sets of data are all known, and no file is read.
func (c *compiler) freeze() {
	c.nobody = c.intern("?:?")
	c.seal()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen, c.check, c.warnings = true, false, nil
}

// seal ends reading files and making sets of data.
func (c *compiler) seal() {
	if c.reads != nil {
		c.reads.allow(false)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed = true
}

// unseal takes seal back.
func (c *compiler) unseal() {
	if c.reads != nil {
		c.reads.allow(true)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed = false
}

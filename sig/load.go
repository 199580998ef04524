package sig

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/wirelore/wirelore/sig/match"
	"github.com/wirelore/wirelore/sig/rule"
)

// The form of a stored rule set. It holds the index that leads to rules and where they stand, not the rules: their texts are
// given again, and each is built when it is first a candidate.
//
//	magic     8 bytes "wlrules\x01", the last one being the version
//	checksum  uint64, xxHash64 of all that follows
//	length    uint64, of all of it, the magic included
//	key       2 × uint64, digest of what the set was made of: see compiler.key
//	names     list of strings: of variables and events, by their numbers
//	rules     number of files; list of: file, offset, line, SID, flags (see factFlags); in the order in which they are judged
//	wishes    flags and counts: RuleSet.wishes, RuleSet.counts; list of: protocol, buffer
//	findings  twice (problems, warnings) a list of: file, line, column, SID, flag warning, text
//	reads     list of: name of a file, flag whether it is there, 2 × uint64 digest of its content
//	groups    for each kind of packet and each direction: flag stream, bundle for any ports, list of: flag whether the ports
//	          are the destination's, ports as a rule has them, bundle
//	apps      list of: name; for each direction: flag, list of: buffer, place of its source, set; list of: stage, rule
//	files     for each direction: flag; for each kind of buffer a list of: buffer, set; list of rules
//	events    list of: name, list of rules
//	outside   list of rules
//	addresses twice (source, destination) a list of: 16 bytes, 16 bytes, rule
//
// uint64 and uint32 are little endian, a flag is a byte, and all other numbers are variable-length as encoding/binary has them. A
// list and a string begin with their length. A set is the length of what package match stores as uint32, 0 for none; that; a list
// that has a list of rules for each of its patterns. A bundle is the set for packets, the set for streams, a list of rules. A
// buffer is its name and a list of transforms.
const (
	storeMagic  = "wlrules\x01"
	storeHeader = 40
)

// Load makes a set of what AppendBinary wrote, for the same rules and options; lists that rules read come from Options.Data. It
// checks everything: bytes from anywhere are safe to load and to use. The error wraps ErrStale when the set was made of something
// else, be it a list that a rule reads, and ErrFormat for bytes that are no stored set. It takes a small part of the time that
// compiling takes: rules are built when they are first candidates. Bytes are copied; the texts of the files are kept (shared). It
// may be called from any goroutine.
func Load(b []byte, files []File, o *Options) (*RuleSet, error) {
	if o == nil {
		o = &Options{}
	}
	c, err := newCompiler(o, nil)
	if err != nil {
		return nil, err
	}
	return c.load(b, files)
}

func formatError(what string) error { return fmt.Errorf("%w: %s", ErrFormat, what) }

// load is Load with a compiler that was not used before.
func (c *compiler) load(b []byte, files []File) (*RuleSet, error) {
	if len(b) < storeHeader || string(b[:len(storeMagic)]) != storeMagic {
		return nil, formatError("no header of this version")
	}
	le := binary.LittleEndian
	if le.Uint64(b[16:]) != uint64(len(b)) {
		return nil, formatError("length")
	}
	if le.Uint64(b[8:]) != xxhash.Sum64(b[16:]) {
		return nil, formatError("checksum")
	}
	if key := c.key(files); le.Uint64(b[24:]) != key[0] || le.Uint64(b[32:]) != key[1] {
		return nil, fmt.Errorf("%w: rules, options or version differ", ErrStale)
	}
	c.files = files
	r := storeReader{b: b[storeHeader:], c: c}
	stored := r.read()
	if r.err == nil && len(r.b) > 0 {
		r.fail("length")
	}
	if r.err == nil {
		r.err = r.loadSets()
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := r.rs.settle(stored); err != nil {
		return nil, err
	}
	return r.rs, nil
}

// settle builds the rules that stand for files, and makes sure that the files are those of before.
func (rs *RuleSet) settle(stored map[string]read) error {
	rs.c.unseal()
	for n := range rs.facts {
		if rs.facts[n].flags&factEager == 0 {
			continue
		}
		if _, err := rs.tryMake(uint32(n)); err != nil {
			return fmt.Errorf("%w: %w", ErrStale, err)
		}
		rs.make(uint32(n))
	}
	if len(stored) > 0 && (rs.c.reads == nil || !rs.c.reads.same(stored)) || len(stored) < len(rs.c.readList()) {
		return fmt.Errorf("%w: a list that rules read has changed", ErrStale)
	}
	rs.c.seal()
	return nil
}

// storeReader reads a stored set. The first error ends it: all that follows is zero.
type storeReader struct {
	b    []byte
	c    *compiler
	rs   *RuleSet
	sets []storedSet
	err  error
}

// storedSet is a set that is still to be loaded.
type storedSet struct {
	to *patternSet
	b  []byte
}

func (r *storeReader) fail(what string) {
	if r.err == nil {
		r.err = formatError(what)
	}
	r.b = nil
}

// num reads a number up to most.
func (r *storeReader) num(most uint64) int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > most {
		r.fail("number")
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// count reads the length of a list whose elements have size bytes at least.
func (r *storeReader) count(size int) int { return r.num(uint64(len(r.b) / size)) }

func (r *storeReader) flag() bool { return r.num(1) == 1 }

func (r *storeReader) bytes(n int) []byte {
	if n > len(r.b) {
		r.fail("length")
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *storeReader) uint64() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *storeReader) str() string { return string(r.bytes(r.count(1))) }

// rule reads the number of a rule.
func (r *storeReader) rule() uint32 {
	n := r.u32()
	if uint64(n) >= uint64(len(r.rs.facts)) {
		r.fail("rule")
		return 0
	}
	return n
}

// u32 reads a number of 32 bits.
func (r *storeReader) u32() uint32 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > math.MaxUint32 {
		r.fail("number")
		return 0
	}
	r.b = r.b[n:]
	return uint32(v)
}

func (r *storeReader) list() []uint32 {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	l := make([]uint32, n)
	for i := range l {
		l[i] = r.rule()
	}
	return l
}

// read reads all but the header and leaves out the content of the sets.
func (r *storeReader) read() (stored map[string]read) {
	names := make([]string, r.count(1))
	for i := range names {
		names[i] = r.str()
	}
	if !r.c.known(names) {
		r.fail("names")
	}
	r.rules()
	r.rs.problems, r.rs.warnings = r.problems(), r.problems()
	stored = map[string]read{}
	for range r.count(18) {
		name := r.str()
		stored[name] = read{there: r.flag(), sum: digest{r.uint64(), r.uint64()}}
	}
	for k := range r.rs.groups {
		for d := range r.rs.groups[k] {
			r.group(&r.rs.groups[k][d])
		}
	}
	r.apps()
	r.fileGroups()
	for range r.count(2) {
		id := r.u32()
		if uint64(id) >= uint64(len(names)) {
			r.fail("event")
			break
		}
		r.rs.events[id] = r.list()
	}
	r.rs.outside = r.list()
	r.ranges(&r.rs.ips.src)
	r.ranges(&r.rs.ips.dst)
	r.rs.ips.build()
	return stored
}

// known gives names the numbers that they have in a list.
func (c *compiler) known(names []string) bool {
	if len(names) == 0 || names[0] != "" {
		return false
	}
	for i, name := range names {
		if int(c.intern(name)) != i {
			return false
		}
	}
	return true
}

func (r *storeReader) rules() {
	if r.num(math.MaxInt32) != len(r.c.files) {
		r.fail("files")
	}
	n := r.count(5)
	rs := r.c.ruleSet(n)
	r.rs, rs.stats.Cached = rs, true
	for i := range rs.facts {
		f := &rs.facts[i]
		*f = facts{origin{r.u32(), r.u32(), r.u32()}, r.u32(), factFlags(r.num(uint64(factFlagsEnd - 1)))}
		if r.err == nil && (uint64(f.file) >= uint64(len(r.c.files)) || uint64(f.offset) >= uint64(len(r.c.files[f.file].Text))) {
			r.fail("place of a rule")
		}
	}
	for _, on := range rs.wishes() {
		*on = r.flag()
	}
	for _, n := range rs.counts() {
		*n = r.num(math.MaxInt32)
	}
	for range r.count(2) {
		rs.wants = append(rs.wants, wanted{r.str(), r.str()})
	}
}

func (r *storeReader) problems() []*rule.Problem {
	n := r.count(6)
	l := make([]*rule.Problem, 0, n)
	for range n {
		pos := rule.Pos{File: r.str(), Line: r.num(math.MaxInt32), Column: r.num(math.MaxInt32)}
		l = append(l, &rule.Problem{Pos: pos, SID: r.u32(), Warning: r.flag(), Msg: r.str()})
	}
	return l
}

// set reads a set but for its patterns, which are loaded later, side by side.
func (r *storeReader) set(p *patternSet) {
	var n uint32
	if b := r.bytes(4); b != nil {
		n = binary.LittleEndian.Uint32(b)
	}
	if n == 0 {
		return
	}
	if uint64(n) > uint64(len(r.b)) {
		r.fail("length")
		return
	}
	b := r.bytes(int(n))
	if len(r.sets) >= maxSets {
		r.fail("sets")
		return
	}
	p.rules = make([][]uint32, r.count(1))
	for i := range p.rules {
		p.rules[i] = r.list()
	}
	r.sets = append(r.sets, storedSet{p, b})
}

// loadSets loads the sets.
func (r *storeReader) loadSets() error {
	workers := r.c.opts.workers()
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(r.sets) && errs[w] == nil; i += workers {
				p := r.sets[i].to
				if p.set, errs[w] = match.Load(r.sets[i].b); errs[w] == nil && p.set.Len() != len(p.rules) {
					errs[w] = formatError("patterns")
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
	}
	return nil
}

package sig

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/wirelore/wirelore/sig/rule"
)

// ErrStale is returned by Load, wrapped, for a set that was compiled from other rules, with other options, or by another
// version.
var ErrStale = errors.New("sig: the stored rules are not those asked for")

// ErrFormat is returned by Load, wrapped, for bytes that are no stored set.
var ErrFormat = errors.New("sig: no stored rules")

// errTooMany tells of a set that is not stored.
var errTooMany = errors.New("sig: too many groups to be stored")

// storedRule is about what a rule of a large set takes, in bytes.
const storedRule = 192

// Limits of a stored set. Small parts of a file become larger in memory: this bounds how much.
const (
	maxSets    = 1 << 14
	maxBundles = 1 << 14 // of one group
)

// name is the digest for a Cache.
func (d digest) name() string {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, d[0]), d[1])
	return hex.EncodeToString(b)
}

// AppendBinary appends the set for Load, and returns the slice; bytes are owned. What it depends on goes in as a digest: the
// rules' texts and the options are given to Load again. The error tells of a set of too many parts. It implements
// encoding.BinaryAppender, and may be called from any goroutine.
func (rs *RuleSet) AppendBinary(dst []byte) ([]byte, error) {
	w := storeWriter{b: slices.Grow(dst, storeHeader+storedRule*len(rs.facts))}
	began := len(dst)
	w.b = append(w.b, storeMagic...)
	w.b = append(w.b, make([]byte, storeHeader-len(storeMagic))...)
	w.rules(rs)
	w.findings(rs)
	for k := range rs.groups {
		for d := range rs.groups[k] {
			w.group(&rs.groups[k][d])
		}
	}
	w.apps(rs)
	w.files(rs)
	w.num(len(rs.events))
	for _, id := range slices.Sorted(maps.Keys(rs.events)) {
		w.u32(id)
		w.list(rs.events[id])
	}
	w.list(rs.outside)
	w.ranges(&rs.ips.src)
	w.ranges(&rs.ips.dst)
	if w.err != nil {
		return dst, w.err
	}
	le := binary.LittleEndian
	h := w.b[began:]
	le.PutUint64(h[16:], uint64(len(h)))
	key := rs.c.key(rs.c.files)
	le.PutUint64(h[24:], key[0])
	le.PutUint64(h[32:], key[1])
	le.PutUint64(h[8:], xxhash.Sum64(h[16:]))
	return w.b, nil
}

// storeWriter writes a stored set.
type storeWriter struct {
	b    []byte
	sets int
	err  error
}

func (w *storeWriter) num(n int) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *storeWriter) u32(n uint32) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *storeWriter) flag(on bool) {
	if on {
		w.b = append(w.b, 1)
	} else {
		w.b = append(w.b, 0)
	}
}

func (w *storeWriter) str(s string) {
	w.num(len(s))
	w.b = append(w.b, s...)
}

func (w *storeWriter) strs(l []string) {
	w.num(len(l))
	for _, s := range l {
		w.str(s)
	}
}

func (w *storeWriter) list(l []uint32) {
	w.num(len(l))
	for _, n := range l {
		w.u32(n)
	}
}

func (w *storeWriter) rules(rs *RuleSet) {
	w.strs(rs.names)
	w.num(len(rs.c.files))
	w.num(len(rs.facts))
	for i := range rs.facts {
		f := &rs.facts[i]
		for _, n := range []uint32{f.file, f.offset, f.line, f.sid, uint32(f.flags)} {
			w.u32(n)
		}
	}
	for _, on := range rs.wishes() {
		w.flag(*on)
	}
	for _, n := range rs.counts() {
		w.num(*n)
	}
	w.num(len(rs.wants))
	for _, x := range rs.wants {
		w.str(x.protocol)
		w.str(x.buffer)
	}
}

// wishes are what all rules together need.
func (rs *RuleSet) wishes() []*bool {
	h := &rs.wantsHash
	return []*bool{&rs.wantsData, &rs.wantsEvents, &rs.wantsStream, &rs.tags, &rs.hostTags, &h[0], &h[1], &h[2]}
}

func (rs *RuleSet) counts() []*int {
	s := &rs.stats
	return []*int{&s.Loaded, &s.IPOnly, &s.Payload, &s.Application, &s.Loose, &rs.skipped}
}

func (w *storeWriter) findings(rs *RuleSet) {
	for _, l := range [][]*rule.Problem{rs.problems, rs.warnings} {
		w.num(len(l))
		for _, p := range l {
			w.str(p.File)
			w.num(p.Line)
			w.num(p.Column)
			w.u32(p.SID)
			w.flag(p.Warning)
			w.str(p.Msg)
		}
	}
	list := rs.c.readList()
	w.num(len(list))
	for _, name := range slices.Sorted(maps.Keys(list)) {
		x := list[name]
		w.str(name)
		w.flag(x.there)
		w.b = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(w.b, x.sum[0]), x.sum[1])
	}
}

func (w *storeWriter) set(p *patternSet) {
	began := len(w.b)
	w.b = append(w.b, 0, 0, 0, 0)
	if p.set == nil {
		return
	}
	if w.sets++; w.sets > maxSets {
		w.err = errTooMany
		return
	}
	w.b = p.set.AppendBinary(w.b)
	binary.LittleEndian.PutUint32(w.b[began:], uint32(len(w.b)-began-4))
	w.num(len(p.rules))
	for _, l := range p.rules {
		w.list(l)
	}
}

func (w *storeWriter) bundle(b *bundle) {
	w.set(&b.packet)
	w.set(&b.stream)
	w.list(b.loose)
}

func (w *storeWriter) group(g *packetGroup) {
	w.flag(g.stream)
	w.bundle(&g.any)
	if len(g.all) > maxBundles {
		w.err = errTooMany
	}
	w.num(len(g.all))
	for _, b := range g.all {
		var text strings.Builder
		for lo, hi := range b.portSide.set.Ranges() {
			text.WriteString("," + strconv.Itoa(int(lo)) + ":" + strconv.Itoa(int(hi)))
		}
		w.flag(b.dst)
		w.str("[" + text.String()[1:] + "]")
		w.bundle(b)
	}
}

func (w *storeWriter) buffer(b *buffer) {
	w.str(b.name)
	w.num(len(b.transforms))
	for i := range b.transforms {
		w.str(b.transforms[i].text)
	}
}

func (w *storeWriter) apps(rs *RuleSet) {
	w.num(len(rs.apps))
	for _, name := range slices.Sorted(maps.Keys(rs.apps)) {
		w.str(name)
		for d := range rs.apps[name].dirs {
			g := &rs.apps[name].dirs[d]
			w.flag(g.any)
			w.num(len(g.buffers))
			for i := range g.buffers {
				b := &g.buffers[i]
				w.buffer(b.buf)
				for i := range b.buf.sources {
					if &b.buf.sources[i] == b.src {
						w.num(i)
					}
				}
				w.set(&b.patternSet)
			}
			w.num(len(g.loose))
			for _, l := range g.loose {
				w.num(int(l.at))
				w.u32(l.num)
			}
		}
	}
}

func (w *storeWriter) files(rs *RuleSet) {
	for d := range rs.files {
		g := &rs.files[d]
		w.flag(g.any)
		for k := range g.sets {
			w.num(len(g.sets[k]))
			for i := range g.sets[k] {
				w.buffer(g.sets[k][i].buf)
				w.set(&g.sets[k][i].patternSet)
			}
		}
		w.list(g.loose)
	}
}

func (w *storeWriter) ranges(r *ranges) {
	w.num(len(r.list))
	for i := range r.list {
		x := &r.list[i]
		w.b = append(append(w.b, x.lo[:]...), x.hi[:]...)
		w.u32(x.num)
	}
}

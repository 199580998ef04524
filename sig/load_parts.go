package sig

import (
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

func (r *storeReader) bundle(b *bundle) {
	r.set(&b.packet)
	r.set(&b.stream)
	b.loose = r.list()
}

func (r *storeReader) group(g *packetGroup) {
	g.stream = r.flag()
	r.bundle(&g.any)
	n := r.count(11)
	if n > maxBundles {
		r.fail("bundles")
		return
	}
	for range n {
		b := &bundle{portSide: portSide{dst: r.flag()}}
		set, err := new(rule.Vars).PortSet(r.str())
		if err != nil || set.Any() || portCount(set) > maxPorts {
			r.fail("ports")
			return
		}
		b.portSide.set = set
		r.bundle(b)
		g.add(b, set.Ranges())
	}
}

// buffer reads a buffer, nil after an error.
func (r *storeReader) buffer() *buffer {
	name := r.str()
	var steps []transformStep
	for range r.count(1) {
		text := r.str()
		t, arg, _ := strings.Cut(text, ":")
		def, ok := r.c.transforms[t]
		if !ok || len(steps) >= maxTransforms {
			r.fail("transform")
			return nil
		}
		apply, err := def.Compile(arg)
		if err != nil {
			r.fail("transform")
			return nil
		}
		steps = append(steps, transformStep{text, apply})
	}
	b, err := r.c.buffer(name, steps)
	if err != nil {
		r.fail("buffer")
		return nil
	}
	return b
}

func (r *storeReader) apps() {
	for range r.count(3) {
		name := r.str()
		if r.err != nil || !r.c.apps[name] || r.rs.apps[name] != nil {
			r.fail("protocol")
			return
		}
		g := r.rs.app(name)
		for d := range g.dirs {
			r.dirGroup(&g.dirs[d], name, proto.Dir(d))
		}
	}
}

func (r *storeReader) dirGroup(g *dirGroup, app string, d proto.Dir) {
	g.any = r.flag()
	g.buffers = make([]txBuffer, r.count(7))
	for i := range g.buffers {
		b := &g.buffers[i]
		b.buf = r.buffer()
		n := r.u32()
		if b.buf == nil || uint64(n) >= uint64(len(b.buf.sources)) {
			r.fail("source of a buffer")
			return
		}
		b.src = &b.buf.sources[n]
		if b.src.app != app || b.src.def.Dir != d {
			r.fail("source of a buffer")
			return
		}
		r.set(&b.patternSet)
	}
	g.loose = make([]looseRule, r.count(2))
	for i := range g.loose {
		g.loose[i] = looseRule{proto.Stage(r.num(uint64(proto.StageClosed))), r.rule()}
	}
}

func (r *storeReader) fileGroups() {
	for d := range r.rs.files {
		g := &r.rs.files[d]
		g.any = r.flag()
		for k := range g.sets {
			g.sets[k] = make([]fileSet, r.count(6))
			for i := range g.sets[k] {
				f := &g.sets[k][i]
				if f.buf = r.buffer(); f.buf == nil || f.buf.file != fileBuffer(k) {
					r.fail("buffer of files")
					return
				}
				r.set(&f.patternSet)
			}
		}
		g.loose = r.list()
	}
}

func (r *storeReader) ranges(x *ranges) {
	x.list = make([]addrRange, r.count(33))
	for i := range x.list {
		a := &x.list[i]
		copy(a.lo[:], r.bytes(16))
		copy(a.hi[:], r.bytes(16))
		a.num = r.rule()
	}
}

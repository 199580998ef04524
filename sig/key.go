package sig

import (
	"encoding/binary"
	"maps"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/wirelore/wirelore/proto"
)

// language counts the changes of what rules mean and of how they are put into groups. It must grow with each change after
// which a stored rule set would not do as a new one: a test tells.
const language = 1

// module is the version of this module in the running program, if it is known.
var module = sync.OnceValue(func() (text string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	const path = "github.com/wirelore/wirelore"
	if info.Main.Path == path {
		text = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
				text += " " + s.Value
			}
		}
	}
	for _, d := range info.Deps {
		if d.Path == path {
			text += " " + d.Version
		}
	}
	return text
})

// keyWriter writes values so that different lists of them never are the same bytes.
type keyWriter struct{ *hasher }

func (k keyWriter) num(n int) { k.write(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
func (k keyWriter) flag(b bool) {
	if b {
		k.num(1)
	} else {
		k.num(0)
	}
}
func (k keyWriter) str(s string) { k.num(len(s)); k.text(s) }
func (k keyWriter) strs(l ...string) {
	k.num(len(l))
	for _, s := range l {
		k.str(s)
	}
}
func (k keyWriter) dict(m map[string]string) {
	k.num(len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		k.strs(name, m[name])
	}
}

// key is the digest of all that a compiled set depends on, but for the lists that rules read: see reads.
func (c *compiler) key(files []File) digest {
	k := keyWriter{newHasher()}
	k.str(storeMagic)
	k.num(language)
	k.str(module())
	c.keyOptions(k)
	for _, p := range c.opts.Protocols {
		keyProtocol(k, p)
	}
	for _, f := range files {
		k.strs("file", f.Name, f.Text)
	}
	return k.sum()
}

func (c *compiler) keyOptions(k keyWriter) {
	o := &c.opts
	for _, on := range []bool{o.Disabled, o.Lazy, o.Country != nil, o.Reputation != nil, c.data != nil, o.ActionOrder != nil} {
		k.flag(on)
	}
	k.strs(o.ActionOrder...)
	k.dict(c.vars.Addresses)
	k.dict(c.vars.Ports)
	k.dict(c.refs)
	k.num(len(c.classes))
	for _, name := range slices.Sorted(maps.Keys(c.classes)) {
		x := c.classes[name]
		k.strs(name, x.Name, x.Description)
		k.num(x.Priority)
	}
	k.num(len(o.Datasets))
	for _, d := range o.Datasets {
		k.strs(d.Name, d.Type, d.Load)
	}
	for _, x := range o.Keywords {
		k.strs("keyword", x.Name, x.Doc)
	}
	for _, x := range o.Transforms {
		k.strs("transform", x.Name, x.Doc)
	}
}

func keyProtocol(k keyWriter, p proto.Protocol) {
	k.strs("protocol", p.Name(), p.AppProto())
	k.flag(p.Sided())
	for _, e := range p.Events() {
		k.strs("event", e.Anomaly)
	}
	for _, b := range p.RuleBuffers() {
		k.strs("buffer", b.Name, b.Modifier)
		k.strs(b.Aliases...)
		k.num(int(b.Dir))
		k.num(int(b.At))
		k.num(b.Window)
		for _, on := range []bool{b.Grows, b.Multiple, b.Content != nil} {
			k.flag(on)
		}
	}
	for _, x := range p.RuleKeywords() {
		k.strs("keyword", x.Name)
		k.strs(x.Aliases...)
		for d := range x.Dirs {
			k.flag(x.Dirs[d])
			k.num(int(x.At[d]))
		}
	}
}

package carve

import (
	"slices"

	"github.com/wirelore/wirelore/carve/magic"
)

// content takes a file's bytes in order and gives them to all who look at them.
type content struct {
	f       *File
	mime    string
	head    []byte // the first bytes, until decided
	decided bool   // the type is known, or cannot be

	pos      int64 // bytes so far, missing ones included
	seen     int64
	missing  int64
	overflow int64 // missing because of a limit of ours
	gaps     Ranges

	hasher *Hasher
	sums   *Sums
	spool  *spool

	wanted   uint64 // handlers that want it, as a bit set
	most     int    // the greatest of their limits
	gathered []byte
	cut      bool
}

// begin makes c the content of f, whose first byte lies at offset.
func (c *content) begin(f *File, offset int64) {
	c.f = f
	if h := f.fs.hashes; h != 0 {
		c.hasher = f.fs.hasher(h)
	}
	if f.fs.opt.Extract != nil {
		c.spool = &spool{fs: f.fs}
	}
	switch {
	case f.info.MIME != "":
		c.decide(f.info.MIME)
	case f.join != nil && !f.fs.magic && c.spool == nil:
		// The joined file is what is looked at; a range alone has no type.
		c.decided = true
	}
	c.gap(offset)
}

// write adds the next bytes, borrowed.
func (c *content) write(b []byte) {
	if c.hasher != nil {
		c.hasher.Write(b)
	}
	if c.spool != nil {
		c.spool.write(c.pos, b)
	}
	c.seen += int64(len(b))
	c.pos += int64(len(b))
	if c.decided {
		c.gather(b)
		return
	}
	if len(c.head) == 0 && len(b) >= magic.Window {
		c.decide(magic.Identify(b))
		c.gather(b)
		return
	}
	if c.head == nil {
		c.head = c.f.fs.headBuffer()
	}
	k := min(len(b), magic.Window-len(c.head))
	c.head = append(c.head, b[:k]...)
	if len(c.head) == magic.Window {
		c.decideHead(magic.Identify(c.head))
		c.gather(b[k:])
	}
}

// gap leaves out n bytes. As in Zeek, a file with a gap in its first bytes has no type.
func (c *content) gap(n int64) {
	if n <= 0 {
		return
	}
	if !c.decided {
		c.decideHead("")
	}
	if !c.gaps.Add(c.pos, c.pos+n) {
		if dropped, _ := c.gaps.Dropped(); dropped == 1 {
			c.f.fs.report(c.f.flow, "file_gap_limit")
		}
		c.f.fs.stats.GapsCut++
	}
	c.pos += n
	c.missing += n
}

// decide settles the type, and with it who wants the content.
func (c *content) decide(mime string) {
	c.mime, c.decided = mime, true
	fs, f := c.f.fs, c.f
	if f.join == nil {
		for i := range fs.handlers {
			if h := &fs.handlers[i]; h.wants(mime) {
				c.wanted |= 1 << i
				c.most = max(c.most, h.Max)
			}
		}
	}
	if c.spool != nil && !f.wantStore() && !fs.opt.Extract.Late {
		c.spool.drop()
		c.spool = nil
	}
}

func (c *content) decideHead(mime string) {
	c.decide(mime)
	c.gather(c.head)
	c.dropHead()
}

func (c *content) dropHead() {
	if c.head != nil {
		c.f.fs.giveHead(c.head)
		c.head = nil
	}
}

func (h *handler) wants(mime string) bool {
	return slices.Contains(h.MIME, "*") || mime != "" && slices.Contains(h.MIME, mime)
}

// gather keeps b for the handlers.
func (c *content) gather(b []byte) {
	if c.wanted == 0 || len(b) == 0 {
		return
	}
	fs := c.f.fs
	if room := c.most - len(c.gathered); len(b) > room {
		b = b[:room]
		c.cut = true
	}
	if room := fs.opt.GatherMemory - fs.gathered; len(b) > room {
		b = b[:max(room, 0)]
		c.most, c.cut = len(c.gathered)+len(b), true
		fs.stats.GatherCut++
		fs.report(c.f.flow, "file_handler_limit")
	}
	c.gathered = append(c.gathered, b...)
	fs.gathered += len(b)
}

// finish settles what waited for the end.
func (c *content) finish() {
	if !c.decided {
		mime := ""
		if c.seen > 0 {
			mime = magic.Identify(c.head)
		}
		c.decideHead(mime)
	}
	if c.hasher != nil {
		c.sums = new(Sums)
		c.hasher.Sums(c.sums)
		c.f.fs.giveHasher(c.hasher)
		c.hasher = nil
	}
}

// handle shows the content to its handlers.
func (c *content) handle() {
	f := c.f
	if c.wanted == 0 || f.flow == nil || c.seen == 0 {
		return
	}
	whole := f.whole() && !c.cut
	for i := range f.fs.handlers {
		if h := &f.fs.handlers[i]; c.wanted&(1<<i) != 0 {
			b := c.gathered
			if len(b) > h.Max {
				h.call(f.flow, &f.info, f, b[:h.Max:h.Max], false)
				continue
			}
			h.call(f.flow, &f.info, f, b, whole)
		}
	}
}

// release gives back what was borrowed from the worker's stock.
func (c *content) release() {
	c.dropHead()
	c.f.fs.gathered -= len(c.gathered)
	c.gathered = nil
	if c.hasher != nil {
		c.f.fs.giveHasher(c.hasher)
		c.hasher = nil
	}
	if c.spool != nil {
		c.spool.drop()
		c.spool = nil
	}
}

// stock is how many spare buffers of a kind a worker keeps.
const stock = 64

// headBuffer returns a buffer for a file's first bytes. It begins small, as many files may be open at once.
func (fs *Files) headBuffer() []byte {
	if n := len(fs.heads); n > 0 {
		b := fs.heads[n-1]
		fs.heads = fs.heads[:n-1]
		return b
	}
	return make([]byte, 0, magic.Window/8)
}

func (fs *Files) giveHead(b []byte) {
	if len(fs.heads) < stock {
		fs.heads = append(fs.heads, b[:0])
	}
}

func (fs *Files) hasher(want Hashes) *Hasher {
	h := new(Hasher)
	if n := len(fs.hashers); n > 0 {
		h, fs.hashers = fs.hashers[n-1], fs.hashers[:n-1]
	}
	h.Reset(want)
	return h
}

func (fs *Files) giveHasher(h *Hasher) {
	if len(fs.hashers) < stock {
		fs.hashers = append(fs.hashers, h)
	}
}

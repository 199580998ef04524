package sig

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"slices"

	"github.com/wirelore/wirelore/proto"
)

// Rules on files: file.data, file.name and file.magic as buffers, and the keywords that test a file's name, type, size and
// hashes.

// fileBuffer says what of a file a buffer is.
type fileBuffer uint8

const (
	fileNone fileBuffer = iota
	fileData
	fileNameBuffer
	fileMagicBuffer
	fileKinds
)

// fileBuffers are the buffers of files with their names.
var fileBuffers = []struct {
	names []string
	kind  fileBuffer
}{
	{[]string{"file.data", "file_data"}, fileData},
	{[]string{"file.name"}, fileNameBuffer},
	{[]string{"file.magic"}, fileMagicBuffer},
}

type hashKind uint8

const (
	hashMD5 hashKind = iota
	hashSHA1
	hashSHA256
)

// fileConditions are what a rule asks of one file.
type fileConditions struct {
	tests []fileTest
	store bool
	scope string
	where string
	hash  [3]bool
	magic bool
}

// fileTest is one condition. It tells yes, no, or that it cannot be told yet.
type fileTest func(f *fileWatch) verdict

// fileWatch follows one file for rules.
type fileWatch struct {
	m        *Matcher
	next     *fileWatch
	file     proto.File
	dir      proto.Dir
	tx       uint64
	owner    *proto.Transaction // nil: not known
	source   string
	name     []byte
	data     []byte // the first bytes, when rules look at contents
	size     int64
	closed   bool
	complete bool
	gaps     bool
	hashers  [3]hash.Hash
	sums     [3][]byte
	searched int // how much of data was looked at
	from     int
	round    uint64
	news     bool     // something came since it was looked at
	told     []uint32 // rules that matched on it
	sids     []uint32 // their numbers
	storing  bool
}

// watched is a flow's list of files.
type watched struct {
	first *fileWatch
}

// maxFileData bounds what is kept of a file's content for rules.
const maxFileData = 1 << 20

// Data implements proto.FileWatcher.
func (f *fileWatch) Data(b []byte) {
	f.size += int64(len(b))
	f.news = true
	if room := maxFileData - len(f.data); room > 0 && f.m.rs.wantsData {
		f.data = append(f.data, b[:min(room, len(b))]...)
	}
	for _, h := range f.hashers {
		if h != nil {
			_, _ = h.Write(b)
		}
	}
}

// Gap implements proto.FileWatcher.
func (f *fileWatch) Gap(n int64) {
	f.size += n
	f.gaps, f.news = true, true
}

// Named implements proto.FileWatcher.
func (f *fileWatch) Named(name []byte) { f.name, f.news = append(f.name[:0], name...), true }

// Closed implements proto.FileWatcher.
func (f *fileWatch) Closed(complete bool) {
	if f.closed {
		return
	}
	f.closed, f.complete, f.news = true, complete, true
	for i, h := range f.hashers {
		if h != nil {
			f.sums[i] = h.Sum(nil)
			f.hashers[i] = nil
		}
	}
}

// of tells whether the file belongs to a transaction.
func (f *fileWatch) of(tx *proto.Transaction) bool {
	return f.tx == tx.Number() && (f.owner == nil || f.owner == tx)
}

func (f *fileWatch) sum(k hashKind) []byte { return f.sums[k] }

func (f *fileWatch) magic() string { return describe(f.file.MIME()) }

// watch begins to follow a file of a flow.
func (m *Matcher) watch(f *proto.Flow, i *proto.FileInfo, file proto.File) proto.FileWatcher {
	if i.HideEVE || !m.rs.files[i.Dir].any {
		return nil
	}
	w := &fileWatch{m: m, file: file, dir: i.Dir, tx: i.TxID, source: i.Source, name: bytes.Clone(i.Name), news: true}
	if m.rs.wantsHash[hashMD5] {
		w.hashers[hashMD5] = md5.New()
	}
	if m.rs.wantsHash[hashSHA1] {
		w.hashers[hashSHA1] = sha1.New()
	}
	if m.rs.wantsHash[hashSHA256] {
		w.hashers[hashSHA256] = sha256.New()
	}
	for tx := f.Transactions(); tx != nil; tx = tx.Next() {
		if tx.Number() == w.tx {
			w.owner = tx
		}
	}
	fs := m.stateOf(f)
	if fs.files == nil {
		fs.files = &watched{}
	}
	at := &fs.files.first
	for *at != nil {
		at = &(*at).next
	}
	*at = w
	return w
}

// searchFiles looks for patterns in the files of a transaction.
func (m *Matcher) searchFiles(c *subject, tx *proto.Transaction) {
	if c.fs.files == nil {
		return
	}
	g := &m.rs.files[c.d]
	for f := c.fs.files.first; f != nil; f = f.next {
		if f.dir != c.d || !f.of(tx) || !f.news {
			continue
		}
		m.txCand = append(m.txCand, g.loose...)
		for k := range g.sets {
			for i := range g.sets[k] {
				set := &g.sets[k][i]
				v, _, ok := f.value(m, fileBuffer(k), len(set.buf.transforms) > 0)
				if !ok {
					continue
				}
				if len(set.buf.transforms) > 0 {
					v = m.transform(set.buf, v)
				}
				m.searchTx(&set.patternSet, v)
			}
		}
	}
}

// value is a buffer of the file; base is how much of it came before.
func (f *fileWatch) value(m *Matcher, k fileBuffer, all bool) (v []byte, base int, ok bool) {
	switch k {
	case fileNameBuffer:
		return f.name, 0, len(f.name) > 0
	case fileMagicBuffer:
		s := f.magic()
		return []byte(s), 0, s != ""
	}
	if f.source == "HTTP" || !f.closed && len(f.data) < fileReady { // HTTP's bodies are buffers of their own
		return nil, 0, false
	}
	if f.round != m.counts.Packets {
		f.round = m.counts.Packets
		f.from = max(0, f.searched-fileWindow)
		f.searched = len(f.data)
	}
	if all {
		return f.data, 0, len(f.data) > 0
	}
	return f.data[f.from:], f.from, len(f.data) > 0
}

// fileReady is how much of a file must have come before its content is looked at (Suricata's content-inspect-min-size).
const fileReady = 32 << 10

// fileWindow is how much of a file that was looked at before is looked at again.
const fileWindow = 4096

// fileSection judges a section on the files of a transaction.
func (m *Matcher) fileSection(c *subject, tx *proto.Transaction, x *section) verdict {
	if c.fs == nil || c.fs.files == nil {
		return m.moreFiles(c, tx)
	}
	worst := holdsNot
	for f := c.fs.files.first; f != nil; f = f.next {
		if f.dir != c.d || !f.of(tx) {
			continue
		}
		v, base, ok := f.value(m, x.buffer.file, len(x.buffer.transforms) > 0)
		if ok {
			if len(x.buffer.transforms) > 0 {
				v = m.transform(x.buffer, v)
			}
			if m.inspect(x.tests, window{buf: v, base: base, whole: f.closed || x.buffer.file != fileData}) {
				return holdsYes
			}
		}
		if !f.closed {
			worst = holdsLater
		}
	}
	if worst == holdsNot {
		return m.moreFiles(c, tx)
	}
	return worst
}

// moreFiles tells whether the transaction may bring further files.
func (m *Matcher) moreFiles(c *subject, tx *proto.Transaction) verdict {
	if tx.Complete(c.d) {
		return holdsNot
	}
	return holdsLater
}

// filesHold looks for a file of the transaction on which all conditions hold, and does what the rule asks for it.
func (m *Matcher) filesHold(c *subject, tx *proto.Transaction, s *signature) verdict {
	worst := m.moreFiles(c, tx)
	if c.fs == nil || c.fs.files == nil {
		return worst
	}
	found := holdsNot
	for f := c.fs.files.first; f != nil; f = f.next {
		if f.dir != c.d || !f.of(tx) {
			continue
		}
		if slices.Contains(f.told, s.num) {
			continue
		}
		v := f.holds(s.files)
		switch v {
		case holdsYes:
			found = holdsYes
			f.told = append(f.told, s.num)
			m.fileMatched(f, s)
		case holdsLater:
			worst = holdsLater
		}
	}
	if found == holdsYes {
		return holdsYes
	}
	return worst
}

func (f *fileWatch) holds(fc *fileConditions) verdict {
	worst := holdsYes
	for _, t := range fc.tests {
		switch t(f) {
		case holdsNot:
			return holdsNot
		case holdsLater:
			worst = holdsLater
		}
	}
	return worst
}

// fileMatched notes a rule on a file, and stores the file when the rule asks for it.
func (m *Matcher) fileMatched(f *fileWatch, s *signature) {
	f.sids, f.storing = append(f.sids, s.about.sid), f.storing || s.files.store
	if x, ok := f.file.(interface{ AddSID(sid uint32) }); ok {
		x.AddSID(s.about.sid)
	}
	if !s.files.store {
		return
	}
	if x, ok := f.file.(interface{ Store() }); ok {
		x.Store()
	}
}

// seen notes that all rules looked at the files of a direction.
func (w *watched) seen(d proto.Dir) {
	for at := &w.first; *at != nil; {
		f := *at
		if f.dir == d {
			f.news = false
			if f.closed {
				*at = f.next
				continue
			}
		}
		at = &f.next
	}
}

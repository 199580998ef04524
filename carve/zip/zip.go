// Package zip unpacks ZIP archives that were seen as files, and gives their members on as files of their own, as Zeek
// does: with source ZIP and the archive as parent.
//
// Members are found by their local headers, one after another, so that an archive whose end is missing still gives what
// came. The central directory is not read: what it says and the local headers do not is not seen.
//
// Source: APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
package zip

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"io"

	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/proto"
)

// Handler unpacks archives of up to 32 MiB. It is immutable and may be shared by any number of engines.
var Handler = &proto.FileHandler{
	Name: "ZIP",
	Doc:  "unpacks ZIP archives; their members become files",
	MIME: []string{"application/zip"},
	Max:  maxArchive,
	Start: func(*proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
		return (&unpacker{buf: make([]byte, 32<<10)}).unpack
	},
}

// The limits of one archive, and of all that is inside it.
const (
	maxArchive = 32 << 20
	maxMembers = 4096
	maxBytes   = 128 << 20
	maxName    = 4096
)

// unpacker is one worker's state. Archives inside archives are unpacked within the call for the outer one, so that what
// they spend is counted together.
type unpacker struct {
	depth   int
	members int
	bytes   int64
	told    bool
	buf     []byte
	inflate io.ReadCloser
}

func (u *unpacker) unpack(f *proto.Flow, i *proto.FileInfo, file proto.File, content []byte, whole bool) {
	if u.depth == 0 {
		u.members, u.bytes, u.told = 0, 0, false
	}
	if g, ok := file.(interface{ Gaps() *carve.Ranges }); ok && g.Gaps().Len() > 0 {
		// What stands behind a gap is not where headers say.
		content = content[:min(g.Gaps().Nth(0).Start, int64(len(content)))]
	}
	if !whole && len(content) == maxArchive {
		u.tell(f)
	}
	u.depth++
	defer func() { u.depth-- }()
	for b := content; ; {
		m, ok := parse(b)
		if !ok {
			return
		}
		if u.members++; u.members > maxMembers || u.bytes >= maxBytes {
			u.tell(f)
			return
		}
		rest, ok := u.member(f, i, file, &m)
		if !ok {
			return
		}
		b = rest
	}
}

// tell reports once that a limit was reached.
func (u *unpacker) tell(f *proto.Flow) {
	if !u.told {
		u.told = true
		f.Anomaly(&proto.Anomaly{Kind: proto.AppAnomaly, Weird: "zip_limit", Proto: f.AppProto(), Layer: "proto_parser", Tx: -1})
	}
}

// member is what a local header says.
type member struct {
	method     uint16
	encrypted  bool
	descriptor bool  // sizes may stand behind the data
	packed     int64 // -1: unknown
	size       int64 // -1: unknown
	name       []byte
	data       []byte // what follows the header
}

const headerSize = 30

// parse reads the local header at the start of b.
func parse(b []byte) (m member, ok bool) {
	if len(b) < headerSize || string(b[:4]) != "PK\x03\x04" {
		return m, false
	}
	le := binary.LittleEndian
	flags := le.Uint16(b[6:])
	m.encrypted, m.descriptor = flags&1 != 0, flags&8 != 0
	m.method = le.Uint16(b[8:])
	m.packed, m.size = int64(le.Uint32(b[18:])), int64(le.Uint32(b[22:]))
	n, x := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	if len(b) < headerSize+n+x {
		return m, false
	}
	m.name = b[headerSize : headerSize+min(n, maxName)]
	if m.packed == 1<<32-1 || m.size == 1<<32-1 {
		m.zip64(b[headerSize+n : headerSize+n+x])
	}
	if m.descriptor && m.packed == 0 {
		m.packed, m.size = -1, -1
	}
	m.data = b[headerSize+n+x:]
	return m, true
}

// zip64 takes the sizes from the extra field 1.
func (m *member) zip64(x []byte) {
	le := binary.LittleEndian
	for len(x) >= 4 {
		id, n := le.Uint16(x), int(le.Uint16(x[2:]))
		x = x[4:]
		if n > len(x) {
			return
		}
		if id == 1 && n >= 16 {
			m.size, m.packed = int64(le.Uint64(x)&(1<<62-1)), int64(le.Uint64(x[8:])&(1<<62-1))
			return
		}
		x = x[n:]
	}
}

// member gives one member on and returns what follows it. ok is false where that cannot be told.
func (u *unpacker) member(f *proto.Flow, i *proto.FileInfo, parent proto.File, m *member) (rest []byte, ok bool) {
	if len(m.name) > 0 && m.name[len(m.name)-1] == '/' && m.packed <= 0 {
		return m.skip(0) // a folder
	}
	in := m.data
	if m.packed >= 0 && m.packed <= int64(len(in)) {
		in = in[:m.packed]
	}
	if m.packed < 0 && m.method == 0 {
		n, found := storedEnd(in)
		if !found {
			return nil, false
		}
		m.packed, m.size = int64(n), int64(n)
		in = in[:n]
	}
	src := bytes.NewReader(in)
	r := u.reader(m, src)
	if r == nil {
		return m.skip(-1)
	}
	child := f.File(&proto.FileInfo{Source: "ZIP", Dir: i.Dir, Name: m.name, Size: m.size, TxID: i.TxID, Parent: parent, HideEVE: true,
		HideZeek: i.HideZeek})
	n, err := u.copy(f, child, r)
	child.Close(err == nil && (m.size < 0 || n == m.size))
	if m.packed < 0 && err != nil {
		return nil, false
	}
	return m.skip(int64(len(in) - src.Len()))
}

// reader returns what unpacks src, nil when that cannot be done.
func (u *unpacker) reader(m *member, src *bytes.Reader) io.Reader {
	if m.encrypted {
		return nil
	}
	switch m.method {
	case 0:
		return src
	case 8:
		if u.inflate == nil || u.depth > 1 { // the outer archive's is in use
			r := flate.NewReader(src)
			if u.depth == 1 {
				u.inflate = r
			}
			return r
		}
		if err := u.inflate.(flate.Resetter).Reset(src, nil); err != nil {
			return nil
		}
		return u.inflate
	case 12:
		if m.packed >= 0 { // its reader takes more than it needs, so the end must be known
			return bzip2.NewReader(src)
		}
	}
	return nil
}

// copy writes what r gives to child, within the limits.
func (u *unpacker) copy(f *proto.Flow, child proto.File, r io.Reader) (n int64, err error) {
	buf := u.buf
	if u.depth > 1 {
		buf = make([]byte, len(u.buf))
	}
	for {
		if u.bytes >= maxBytes {
			u.tell(f)
			return n, io.ErrShortWrite
		}
		k, err := r.Read(buf)
		child.Write(buf[:k])
		n += int64(k)
		u.bytes += int64(k)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// skip returns what follows the member's data, of which used bytes were taken, and its descriptor.
func (m *member) skip(used int64) ([]byte, bool) {
	if m.packed >= 0 {
		used = m.packed
	}
	if used < 0 || used > int64(len(m.data)) {
		return nil, false
	}
	b := m.data[used:]
	if m.descriptor {
		b = behindDescriptor(b)
	}
	return b, true
}

// behindDescriptor drops a data descriptor in any of its forms: with or without its mark, with sizes of 4 or 8 bytes.
func behindDescriptor(b []byte) []byte {
	for _, n := range [...]int{16, 24, 12, 20} {
		if len(b) >= n+4 && b[n] == 'P' && b[n+1] == 'K' && (string(b[n+2:n+4]) == "\x03\x04" || string(b[n+2:n+4]) == "\x01\x02") {
			return b[n:]
		}
	}
	return b
}

// storedEnd finds the end of stored data of unknown size: a descriptor that gives the bytes before it as size.
func storedEnd(b []byte) (int, bool) {
	mark := []byte("PK\x07\x08")
	for at := 0; ; {
		i := bytes.Index(b[at:], mark)
		if i < 0 {
			return 0, false
		}
		at += i
		if len(b) >= at+16 && binary.LittleEndian.Uint32(b[at+8:]) == uint32(at) && binary.LittleEndian.Uint32(b[at+12:]) == uint32(at) {
			return at, true
		}
		at++
	}
}

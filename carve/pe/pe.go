// Package pe describes Windows executables, libraries and drivers that were seen as files: Zeek's pe log.
//
// Only headers are read: the DOS header, the COFF header, the optional header with its data directories, and the section
// table. Source: Microsoft's PE format specification.
package pe

import (
	"encoding/binary"
	"strconv"

	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Handler writes a row of the pe log for each executable whose COFF header came. It is immutable and may be shared by
// any number of engines.
var Handler = &proto.FileHandler{
	Name: "PE",
	Doc:  "describes Windows executables by their headers",
	MIME: []string{"application/x-dosexec"},
	Max:  256 << 10, // headers stand at the start; those of nearly all programs end within 4 KiB
	Start: func(s *proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
		w := record.Open(s.Output, Log)
		if !w.Wanted() {
			return nil
		}
		t := new(table)
		return func(f *proto.Flow, i *proto.FileInfo, file proto.File, content []byte, whole bool) {
			if g, ok := file.(interface{ Gaps() *carve.Ranges }); ok && g.Gaps().Len() > 0 {
				content = content[:min(g.Gaps().Nth(0).Start, int64(len(content)))]
			}
			if !t.parse(content) {
				return
			}
			t.time, t.id = f.Now(), file.ID()
			h := f.Header()
			w.Write(&h, t)
		}
	},
}

// table is what headers say, by value and with the content borrowed.
type table struct {
	time int64
	id   string

	machine    uint16
	compiled   uint32
	executable bool // has an optional header

	optional   bool // it was seen
	magic      uint16
	subsystem  uint16
	major      uint16
	minor      uint16
	dll        uint16
	sizes      [16]uint32
	sizesKnown int

	sections    [maxSections][]byte
	sectionsLen int
}

// maxSections is how many the loader of Windows takes.
const maxSections = 96

// The bits of DllCharacteristics.
const (
	dynamicBase    = 0x0040
	forceIntegrity = 0x0080
	nxCompatible   = 0x0100
	noSEH          = 0x0400
)

// parse reads the headers as far as b has them, and reports whether the COFF header was there.
func (t *table) parse(b []byte) bool {
	*t = table{}
	le := binary.LittleEndian
	if len(b) < 64 || string(b[:2]) != "MZ" {
		return false
	}
	at := int64(le.Uint32(b[60:]))
	if at < 4 || at+24 > int64(len(b)) || string(b[at:at+4]) != "PE\x00\x00" {
		return false
	}
	b = b[at+4:]
	t.machine, t.compiled = le.Uint16(b), le.Uint32(b[4:])
	sections, size := int(le.Uint16(b[2:])), int(le.Uint16(b[16:]))
	t.executable = size > 0
	b = b[20:]
	t.readOptional(b[:min(size, len(b))])
	if size <= len(b) {
		t.readSections(b[size:], sections)
	}
	return true
}

// readOptional reads the optional header in its 32 or 64 bit form.
func (t *table) readOptional(b []byte) {
	le := binary.LittleEndian
	if len(b) < 72 {
		return
	}
	t.optional = true
	t.magic = le.Uint16(b)
	t.major, t.minor = le.Uint16(b[40:]), le.Uint16(b[42:])
	t.subsystem, t.dll = le.Uint16(b[68:]), le.Uint16(b[70:])
	directories := 92
	if t.magic == 0x20b {
		directories = 108
	}
	if len(b) < directories+4 {
		return
	}
	n := min(int64(le.Uint32(b[directories:])), int64(len(t.sizes)))
	for b = b[directories+4:]; int64(t.sizesKnown) < n && len(b) >= 8; b = b[8:] {
		t.sizes[t.sizesKnown] = le.Uint32(b[4:])
		t.sizesKnown++
	}
}

func (t *table) readSections(b []byte, n int) {
	const size = 40
	for ; n > 0 && len(b) >= size && t.sectionsLen < maxSections; n-- {
		name := b[:8]
		for i, c := range name {
			if c == 0 {
				name = name[:i]
				break
			}
		}
		t.sections[t.sectionsLen] = name
		t.sectionsLen++
		b = b[size:]
	}
}

// Log declares Zeek's pe log.
var Log = &record.Log[table]{
	Path: "pe", Scope: record.Bare, Doc: "Windows executables",
	Columns: []record.Column[table]{
		{Zeek: "ts", Type: record.Time, Doc: "when it ended", Put: func(e *record.Encoder, t *table) { e.Time(t.time) }},
		{Zeek: "id", Type: record.String, Doc: "the file", Put: func(e *record.Encoder, t *table) { e.Str(t.id) }},
		{Zeek: "machine", Type: record.String, Doc: "the processor it is for", Put: func(e *record.Encoder, t *table) { name(e, machines, t.machine) }},
		{Zeek: "compile_ts", Type: record.Time, Doc: "when it was linked, as it says", Put: func(e *record.Encoder, t *table) { e.Time(int64(t.compiled) * 1e9) }},
		{Zeek: "os", Type: record.String, Doc: "the version of Windows it asks for", Put: putOS},
		{Zeek: "subsystem", Type: record.String, Doc: "the environment it runs in", Put: func(e *record.Encoder, t *table) {
			if t.optional {
				name(e, subsystems, t.subsystem)
			}
		}},
		{Zeek: "is_exe", Type: record.Bool, Doc: "whether it is an executable and no object file", Put: func(e *record.Encoder, t *table) { e.Bool(t.executable) }},
		{Zeek: "is_64bit", Type: record.Bool, Doc: "whether it has 64 bits", Put: func(e *record.Encoder, t *table) { e.Bool(!t.optional || t.magic == 0x20b) }},
		{Zeek: "uses_aslr", Type: record.Bool, Doc: "whether it may be loaded anywhere", Put: characteristic(dynamicBase, false)},
		{Zeek: "uses_dep", Type: record.Bool, Doc: "whether it runs without executable data", Put: characteristic(nxCompatible, false)},
		{Zeek: "uses_code_integrity", Type: record.Bool, Doc: "whether its signature is enforced", Put: characteristic(forceIntegrity, false)},
		{Zeek: "uses_seh", Type: record.Bool, Doc: "whether it handles exceptions by structure", Put: characteristic(noSEH, true)},
		{Zeek: "has_import_table", Type: record.Bool, Doc: "whether it imports", Put: directory(1)},
		{Zeek: "has_export_table", Type: record.Bool, Doc: "whether it exports", Put: directory(0)},
		{Zeek: "has_cert_table", Type: record.Bool, Doc: "whether it carries certificates", Put: directory(4)},
		{Zeek: "has_debug_data", Type: record.Bool, Doc: "whether it carries data for a debugger", Put: directory(6)},
		{Zeek: "section_names", Type: record.StringVector, Doc: "its sections in order", Put: putSections},
	},
}

func characteristic(bit uint16, inverted bool) func(e *record.Encoder, t *table) {
	return func(e *record.Encoder, t *table) { e.Bool((t.dll&bit != 0) != inverted) }
}

func directory(i int) func(e *record.Encoder, t *table) {
	return func(e *record.Encoder, t *table) {
		if t.optional {
			e.Bool(t.sizes[i] > 0)
		}
	}
}

func putSections(e *record.Encoder, t *table) {
	if t.sectionsLen == 0 {
		return
	}
	e.List()
	for _, s := range t.sections[:t.sectionsLen] {
		e.Bytes(s)
	}
	e.EndList()
}

func putOS(e *record.Encoder, t *table) {
	if !t.optional {
		return
	}
	if n, ok := systems[[2]uint16{t.major, t.minor}]; ok {
		e.Str(n)
		return
	}
	var b [24]byte
	x := strconv.AppendUint(append(b[:0], "unknown-"...), uint64(t.major), 10)
	e.Bytes(strconv.AppendUint(append(x, '.'), uint64(t.minor), 10))
}

// name writes a value's name, or its number when it has none.
func name(e *record.Encoder, names map[uint16]string, v uint16) {
	if n, ok := names[v]; ok {
		e.Str(n)
		return
	}
	var b [16]byte
	e.Bytes(strconv.AppendUint(append(b[:0], "unknown-"...), uint64(v), 10))
}

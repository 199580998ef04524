package pe

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// program builds headers: magic 0x10b or 0x20b, 0 for an object file without optional header.
func program(magic, machine, dll uint16, major, minor uint16, directories int, sections ...string) []byte {
	le := binary.LittleEndian
	b := make([]byte, 128)
	copy(b, "MZ")
	le.PutUint32(b[60:], 128)
	b = append(b, "PE\x00\x00"...)
	var coff [20]byte
	le.PutUint16(coff[0:], machine)
	le.PutUint16(coff[2:], uint16(len(sections)))
	le.PutUint32(coff[4:], 1200000000)
	var opt []byte
	if magic != 0 {
		at := 92
		if magic == 0x20b {
			at = 108
		}
		opt = make([]byte, at+4+8*directories)
		le.PutUint16(opt, magic)
		le.PutUint16(opt[40:], major)
		le.PutUint16(opt[42:], minor)
		le.PutUint16(opt[68:], 2)
		le.PutUint16(opt[70:], dll)
		le.PutUint32(opt[at:], uint32(directories))
		for i := range directories {
			le.PutUint32(opt[at+4+8*i+4:], uint32(i%2))
		}
	}
	le.PutUint16(coff[16:], uint16(len(opt)))
	b = append(append(b, coff[:]...), opt...)
	for _, s := range sections {
		var h [40]byte
		copy(h[:8], s)
		b = append(b, h[:]...)
	}
	return b
}

// run sends content through carve with the handler and returns the rows.
func run(t testing.TB, content []byte, gap int) (rows []map[string]any) {
	t.Helper()
	out := record.NewOutput(record.Wants{Zeek: func(p string) bool { return p == "pe" }, ZeekForm: record.ZeekJSON})
	var f *proto.Flow
	spy := &proto.Analyzer{Name: "spy", Doc: "takes the flow", Start: func(s *proto.Setup) error {
		s.OnFlow(func(x *proto.Flow) { f = x }, nil)
		return nil
	}}
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Analyzers: []*proto.Analyzer{spy}, Profile: flow.Default(), Output: out,
		Files: carve.New(carve.Options{Handlers: []*proto.FileHandler{Handler}})})
	if err != nil {
		t.Fatal(err)
	}
	rt.Open(&flow.Flow{Version: 4, Proto: flow.ProtoTCP, TCP: &flow.TCP{}}, &flow.Packet{})
	file := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
	if gap > 0 {
		file.Write(content[:gap])
		file.Gap(10)
		content = content[gap:]
	}
	file.Write(content)
	file.Close(true)
	n, _ := out.Len()
	for i := range n {
		m := map[string]any{}
		if err := json.Unmarshal(out.At(i).Line, &m); err != nil {
			t.Fatal(err)
		}
		if m["id"] != file.ID() {
			t.Errorf("id %v of file %s", m["id"], file.ID())
		}
		rows = append(rows, m)
	}
	return rows
}

func TestLog(t *testing.T) {
	for _, c := range []struct {
		name    string
		content []byte
		want    map[string]string
	}{
		{"32 bits", program(0x10b, 0x14c, 0, 4, 0, 16, ".text", ".rdata", "12345678"), map[string]string{
			"machine": "I386", "compile_ts": "1.2e+09", "os": "Windows 95 or NT 4.0", "subsystem": "WINDOWS_GUI", "is_exe": "true", "is_64bit": "false",
			"uses_aslr": "false", "uses_dep": "false", "uses_code_integrity": "false", "uses_seh": "true", "has_import_table": "true",
			"has_export_table": "false", "has_cert_table": "false", "has_debug_data": "false", "section_names": "[.text .rdata 12345678]"}},
		{"64 bits", program(0x20b, 0x8664, dynamicBase|nxCompatible|forceIntegrity|noSEH, 6, 1, 2), map[string]string{
			"machine": "AMD64", "os": "Windows 7 or Server 2008 R2", "is_64bit": "true", "uses_aslr": "true", "uses_dep": "true",
			"uses_code_integrity": "true", "uses_seh": "false", "has_import_table": "true", "has_debug_data": "false", "section_names": "<nil>"}},
		{"unknown numbers", program(0x20b, 0x4242, 0, 77, 3, 0), map[string]string{"machine": "unknown-16962", "os": "unknown-77.3"}},
		{"object", program(0, 0x1c0, 0, 0, 0, 0, ".text"), map[string]string{"machine": "ARM", "is_exe": "false", "os": "<nil>", "subsystem": "<nil>",
			"has_import_table": "<nil>", "section_names": "[.text]"}},
	} {
		rows := run(t, c.content, 0)
		if len(rows) != 1 {
			t.Errorf("%s: %d rows", c.name, len(rows))
			continue
		}
		for k, want := range c.want {
			if got := fmt.Sprint(rows[0][k]); got != want {
				t.Errorf("%s: %s is %s, want %s", c.name, k, got, want)
			}
		}
	}
}

// TestCut truncates headers everywhere, and puts a gap into them.
func TestCut(t *testing.T) {
	b := program(0x10b, 0x14c, 0, 4, 0, 16, ".text", ".data")
	var x table
	for n := range b {
		if got, want := x.parse(b[:n]), n >= 128+24; got != want {
			t.Errorf("%d bytes: %v", n, got)
		}
	}
	if rows := run(t, append(b, make([]byte, 8000)...), 4200); len(rows) != 1 {
		t.Errorf("%d rows for a gap behind the headers", len(rows))
	}
	b[60] = 0xf0
	if x.parse(b) {
		t.Error("headers were found where none are")
	}
	for _, s := range []string{"MZ", "MZ and text, but no headers at all, though it is long enough for them"} {
		if len(run(t, []byte(s), 0)) != 0 {
			t.Errorf("a row for %q", s)
		}
	}
}

func TestSectionLimit(t *testing.T) {
	many := make([]string, 500)
	var x table
	if !x.parse(program(0x10b, 0x14c, 0, 4, 0, 16, many...)) || x.sectionsLen != maxSections {
		t.Errorf("%d sections", x.sectionsLen)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(program(0x10b, 0x14c, 0, 4, 0, 16, ".text"))
	f.Add(program(0x20b, 0x8664, 0, 4, 0, 99, ".text"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var x table
		x.parse(b)
	})
}

func BenchmarkParse(b *testing.B) {
	p := program(0x10b, 0x14c, 0, 4, 0, 16, ".text", ".rdata", ".data", ".rsrc")
	var x table
	b.ReportAllocs()
	for b.Loop() {
		x.parse(p)
	}
}

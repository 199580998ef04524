package all_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// TestList compares the generated list with the folders: every exported variable made by proto.Define must be in it.
func TestList(t *testing.T) {
	var want []string
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			want = append(want, defined(t, f)...)
		}
	}
	slices.Sort(want)
	var got []string
	ast.Inspect(parse(t, "all.go"), func(n ast.Node) bool {
		if list, ok := n.(*ast.CompositeLit); ok {
			for _, e := range list.Elts {
				s := e.(*ast.SelectorExpr)
				got = append(got, s.X.(*ast.Ident).Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	if !slices.Equal(got, want) {
		t.Errorf("the list is stale, run go generate:\n got %s\nwant %s", got, want)
	}
	if n := len(all.Default()); n != len(got) {
		t.Errorf("%d protocols, want %d", n, len(got))
	}
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// defined returns the protocols that a file declares, as folder.Name.
func defined(t *testing.T, file string) (names []string) {
	t.Helper()
	for _, d := range parse(t, file).Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok || len(v.Names) != len(v.Values) {
				continue
			}
			for i, name := range v.Names {
				if c, ok := v.Values[i].(*ast.CallExpr); ok && name.IsExported() && calls(c.Fun, "proto", "Define") {
					names = append(names, filepath.Base(filepath.Dir(file))+"."+name.Name)
				}
			}
		}
	}
	return names
}

// calls tells whether fun is pkg.name, with type arguments or without.
func calls(fun ast.Expr, pkg, name string) bool {
	if x, ok := fun.(*ast.IndexExpr); ok {
		fun = x.X
	}
	s, ok := fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// TestNew: each call makes a list of its own.
func TestNew(t *testing.T) {
	a, b := all.Default(), all.Default()
	if a[0] = nil; b[0] == nil {
		t.Error("lists share their memory")
	}
}

// TestDocumented checks every protocol's declaration, and that no two have the same name.
func TestDocumented(t *testing.T) {
	names := map[string]bool{}
	for _, p := range all.Default() {
		prototest.Check(t, p)
		if names[p.Name()] {
			t.Errorf("two protocols are named %s", p.Name())
		}
		names[p.Name()] = true
	}
}

// TestProbes: what any protocol's probe answers is the same each time, and none reads beyond what it is given.
func TestProbes(t *testing.T) {
	inputs := [][]byte{{}, {0}, {0xff}, []byte("GET / HTTP/1.1\r\n\r\n"), []byte("SSH-2.0-x\r\n"), []byte("220 ready\r\n"),
		[]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"), bytes.Repeat([]byte{0}, 600), bytes.Repeat([]byte{0xff}, 600), bytes.Repeat([]byte("A"), 600)}
	for _, p := range all.Default() {
		d := p.Detect()
		if d.Probe == nil {
			continue
		}
		for _, in := range inputs {
			for _, dir := range []proto.Dir{proto.Orig, proto.Resp} {
				for _, on := range []bool{false, true} {
					for n := range in {
						exact := append(make([]byte, 0, n), in[:n]...)
						room := append(bytes.Clone(in[:n]), "more behind the end of the slice"...)[:n]
						if d.Probe(dir, exact, on) != d.Probe(dir, room, on) {
							t.Errorf("%s: %q", p.Name(), in[:n])
						}
					}
					if a := testing.AllocsPerRun(20, func() { d.Probe(dir, in, on) }); a > 0 {
						t.Errorf("%s: a probe of %.20q takes %v allocations", p.Name(), in, a)
					}
				}
			}
		}
	}
}

// key is a log in a form.
type key struct {
	path string
	eve  bool
}

func keyOf(s *record.Stream) key { return key{s.Path, s.Form == record.EVE} }

// TestSchema checks the logs of all protocols and analyzers: documented, each column named once. Protocols that write the same
// Zeek log have the same columns, and what is in an EVE record has one type.
func TestSchema(t *testing.T) {
	seen, types := map[key]*record.Stream{}, map[string]record.Type{}
	for _, s := range wirelore.Schema() {
		prototest.CheckStream(t, s)
		if was := seen[keyOf(s)]; was != nil && s.Form != record.EVE && !slices.Equal(was.Fields, s.Fields) {
			t.Errorf("%s has two schemas:\n%+v\n%+v", s.Path, was.Fields, s.Fields)
		}
		seen[keyOf(s)] = s
		for _, f := range s.Fields {
			name := s.Path + " " + f.EVE
			if was, ok := types[name]; ok && s.Form == record.EVE && was != f.Type {
				t.Errorf("%s is %s and %s", name, was, f.Type)
			}
			types[name] = f.Type
		}
	}
}

// TestPrintedSchema compares what the command prints with what is written: the columns of a Zeek log in their order, and those
// of an EVE record, to which others may come that write the same.
func TestPrintedSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	c := exec.Command("go", "run", "../../cmd/wirelore", "schema", "--json")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	printed := map[key][]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var l struct {
			Log, Form string
			Columns   []struct{ Name string }
		}
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		k := key{l.Log, strings.EqualFold(l.Form, "eve")}
		if printed[k] != nil {
			t.Errorf("%v is printed twice", k)
		}
		for _, c := range l.Columns {
			printed[k] = append(printed[k], c.Name)
		}
	}
	for _, p := range all.Default() {
		for _, form := range []record.Form{record.TSV, record.EVE} {
			for _, s := range p.Logs(form) {
				comparePrinted(t, s, printed[keyOf(s)])
			}
		}
	}
	for _, s := range wirelore.Schema() {
		comparePrinted(t, s, printed[keyOf(s)])
	}
}

func comparePrinted(t *testing.T, s *record.Stream, printed []string) {
	t.Helper()
	at := 0
	for _, f := range s.Fields {
		name := f.Name
		if s.Form == record.EVE {
			name = f.EVE
			at = 0 // its members have no order
		}
		n := slices.Index(printed[at:], name)
		if n < 0 || s.Form != record.EVE && n > 0 {
			t.Errorf("%s: column %s is not printed, or not in its place: %v", s.Path, name, printed)
			return
		}
		at += n + 1
	}
}

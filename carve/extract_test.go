package carve

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

func tree(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			r, _ := filepath.Rel(dir, p)
			names = append(names, filepath.ToSlash(r))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestExtract(t *testing.T) {
	dir := t.TempDir()
	big := noise(200<<10, 4)
	b := newBench(t, Options{Extract: &Extract{Dir: dir, MaxSize: 150 << 10}}, nil)
	f := b.flow()
	send := func(name string, parts ...any) proto.File {
		file := f.File(&proto.FileInfo{Source: "FTP_DATA", Size: -1, Name: []byte(name)})
		for _, p := range parts {
			switch p := p.(type) {
			case []byte:
				for c := range slices.Chunk(p, 1460) {
					file.Write(c)
				}
			case int:
				file.Gap(int64(p))
			case int64:
				file.Gap(p)
			}
		}
		file.Close(true)
		return file
	}
	send("../../etc/passwd", page)
	send("again", page)
	mid := send("mid", big[:140<<10])
	long := send("long", big)
	gap := send("gap", page[:100], 70000, page[:50])
	huge := send("huge", page[:10], int64(1)<<40, page)
	send("empty")
	s1, s2 := sum(page), sum(big[:140<<10])
	want := []string{s1[:2] + "/" + s1, s2[:2] + "/" + s2, "partial/" + long.ID(), "partial/" + gap.ID(), "partial/" + huge.ID()}
	got := tree(t, dir)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Fatalf("files %v\nwant %v", got, want)
	}
	check := func(name string, want []byte) {
		t.Helper()
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
	check(s1[:2]+"/"+s1, page)
	check(s2[:2]+"/"+s2, big[:140<<10])
	check("partial/"+long.ID(), big[:150<<10])
	check("partial/"+gap.ID(), slices.Concat(page[:100], make([]byte, 70000), page[:50]))
	check("partial/"+huge.ID(), page[:10])
	_ = mid
	st := b.files.Stats()
	if b.files.spooled != 0 {
		t.Errorf("%d bytes are still held", b.files.spooled)
	}
	if st.Extracted != 5 || st.AlreadyThere != 1 || st.ExtractCut != 2 || st.WriteErrors != 0 || b.files.Err() != nil {
		t.Errorf("%+v %v", st, b.files.Err())
	}
	z, e := b.rows(record.ZeekJSON), b.rows(record.EVE)
	b.want(z[0], "extracted", filepath.Join(s1[:2], s1), "extracted_cutoff", false, "extracted_size", len(page))
	b.want(z[3], "extracted", filepath.Join("partial", long.ID()), "extracted_cutoff", true, "extracted_size", 150<<10)
	b.want(e[0], "stored", true)
}

func TestExtractChoice(t *testing.T) {
	for _, late := range []bool{false, true} {
		dir := t.TempDir()
		b := newBench(t, Options{Extract: &Extract{Dir: dir, Rules: true, Late: late,
			Want: func(i *proto.FileInfo, mime string) bool { return mime == "application/pdf" }}}, nil)
		f := b.flow()
		pdf := append([]byte("%PDF-1.4\n"), noise(70<<10, 5)...)
		var files []proto.File
		for i, body := range [][]byte{pdf, page, page[:5000], page[:3000]} {
			file := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
			if i == 1 {
				file.(*File).Store()
				file.(*File).AddSID(42)
			}
			file.Write(body)
			if i == 2 {
				file.(*File).Store()
			}
			file.Close(true)
			files = append(files, file)
		}
		want := 2
		if late {
			want = 3
		}
		if got := tree(t, dir); len(got) != want {
			t.Errorf("late %v: %v", late, got)
		}
		e := b.rows(record.EVE)
		b.want(e[0], "stored", true)
		b.want(e[1], "stored", true, "sid", "[42]")
		b.want(e[3], "stored", false, "file_id", nil)
		_ = files
	}
}

func TestBadOptions(t *testing.T) {
	idle := &proto.FileHandler{Name: "idle", MIME: []string{"*"}, Start: func(*proto.Setup) func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {
		return func(*proto.Flow, *proto.FileInfo, proto.File, []byte, bool) {}
	}}
	for _, o := range []Options{
		{Extract: &Extract{Dir: filepath.Join(t.TempDir(), "none", "below")}},
		{Extract: &Extract{Dir: t.TempDir(), MaxSize: -1}},
		{Handlers: []*proto.FileHandler{{Name: "x"}}},
		{Handlers: slices.Repeat([]*proto.FileHandler{idle}, maxHandlers+1)},
	} {
		_, err := proto.NewRuntime(proto.RuntimeConfig{Profile: flow.Default(), Output: record.NewOutput(record.Wants{}), Files: New(o)})
		if err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestSettings(t *testing.T) {
	for text, want := range map[string]Hashes{"[md5]": MD5, "sha1,sha256": SHA1 | SHA256, "": 0, "MD5": MD5, "sha512": 0} {
		if got := parseHashes(text); got != want {
			t.Errorf("%q: %b", text, got)
		}
	}
	b := newBench(t, Options{}, proto.Settings{"file-store.enabled": "yes", "file-store.force-filestore": "yes", "eve.files.force-magic": "yes"})
	if b.files.hashes != SHA256 || !b.files.forceStore || !b.files.magic {
		t.Errorf("%+v", b.files)
	}
	f := b.flow()
	file := f.File(&proto.FileInfo{Source: "HTTP", Size: -1})
	file.Write(page)
	file.Close(true)
	b.want(b.rows(record.EVE)[0], "magic", "text/html", "stored", false)
}

// TestFileStore runs with what a suricata.yaml says, where list elements are numbered.
func TestFileStore(t *testing.T) {
	s := proto.Settings{"outputs.file-store.enabled": "yes", "outputs.file-store.force-filestore": "yes", "eve.files.force-hash.0": "md5"}
	dir := t.TempDir()
	b := newBench(t, FromSettings(s, dir), s)
	if b.files.hashes != MD5|SHA256 {
		t.Errorf("hashes %b", b.files.hashes)
	}
	file := b.flow().File(&proto.FileInfo{Source: "HTTP", Size: -1})
	file.Write(page)
	file.Close(true)
	b.want(b.rows(record.EVE)[0], "stored", true, "sha256", sum(page))
	if got := tree(t, dir); len(got) != 1 || got[0] != "filestore/"+sum(page)[:2]+"/"+sum(page) {
		t.Error(got)
	}
	s["outputs.file-store.force-filestore"] = "no"
	s["outputs.file-store.dir"] = filepath.Join(dir, "other")
	o := FromSettings(s, "elsewhere")
	if o.Extract == nil || !o.Extract.Rules || o.Extract.Dir != filepath.Join(dir, "other") {
		t.Errorf("%+v", o.Extract)
	}
	if o := FromSettings(nil, dir); o.Extract != nil {
		t.Error("files are stored though nothing asks for it")
	}
}

package carve

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

func part(f *proto.Flow, b []byte, from, to int, total int64) proto.File {
	file := f.File(&proto.FileInfo{Source: "HTTP", Dir: proto.Resp, Name: []byte("/x"), Size: total, Offset: int64(from), Key: []byte("GET /x")})
	for c := range slices.Chunk(b[from:to], 700) {
		file.Write(slices.Clone(c))
	}
	return file
}

// TestJoin gives the ranges of one file in several orders, in two flows.
func TestJoin(t *testing.T) {
	n := len(page)
	for _, order := range [][][2]int{
		{{0, 3000}, {3000, 7000}, {7000, n}},
		{{7000, n}, {3000, 7000}, {0, 3000}},
		{{3000, 7000}, {0, 4000}, {6500, n}},
		{{3000, 7000}, {3000, 7000}, {2000, 7100}, {0, n}},
	} {
		b := newBench(t, Options{Hashes: SHA256}, nil)
		flows := []*proto.Flow{b.flow(), b.flow()}
		id := ""
		for i, r := range order {
			b.tick(second)
			p := part(flows[i%2], page, r[0], r[1], int64(n))
			if id == "" {
				id = p.ID()
			}
			if p.ID() != id {
				t.Errorf("%v: another ID for part %d", order, i)
			}
			p.Close(true)
		}
		b.end()
		z, e := b.rows(record.ZeekJSON), b.rows(record.EVE)
		if len(z) != 2 || len(e) != len(order)+1 {
			t.Fatalf("%v: %d and %d rows", order, len(z), len(e))
		}
		for i := range z {
			b.want(z[i], "fuid", id, "uid", string(flows[i].UID()), "sha256", sum(page), "mime_type", "text/html", "timedout", false,
				"seen_bytes", n, "total_bytes", n, "missing_bytes", 0, "duration", fmt.Sprintf("%d.000000", len(order)-1))
		}
		b.want(e[0], "start", order[0][0], "end", order[0][1]-1, "size", order[0][1]-order[0][0], "sha256", sum(page[order[0][0]:order[0][1]]))
		b.want(e[len(order)], "start", nil, "size", n, "sha256", sum(page), "state", "CLOSED", "filename", "/x")
		if b.files.joins.bytes != 0 || b.files.Stats().Joined != 1 {
			t.Errorf("%d bytes wait, %+v", b.files.joins.bytes, b.files.Stats())
		}
	}
}

func TestWriteAt(t *testing.T) {
	b := newBench(t, Options{Hashes: SHA256}, nil)
	f := b.flow()
	whole := f.File(&proto.FileInfo{Source: "SMB", Size: int64(len(page))}).(*File)
	for _, r := range [][2]int{{5000, 8000}, {0, 100}, {8000, len(page)}, {4000, 5500}, {50, 4100}} {
		chunk := slices.Clone(page[r[0]:r[1]])
		whole.WriteAt(int64(r[0]), chunk)
		clear(chunk)
	}
	whole.Close(true)
	holes := f.File(&proto.FileInfo{Source: "SMB", Size: -1}).(*File)
	holes.WriteAt(-5, page)
	holes.WriteAt(1000, page[1000:2000])
	holes.WriteAt(10, page[10:20])
	holes.Close(true)
	b.end()
	z := b.rows(record.ZeekJSON)
	b.want(z[0], "sha256", sum(page), "seen_bytes", len(page), "missing_bytes", 0, "mime_type", "text/html")
	b.want(z[1], "sha256", nil, "seen_bytes", 1010, "missing_bytes", 990)
	if b.files.joins.bytes != 0 {
		t.Errorf("%d bytes wait", b.files.joins.bytes)
	}
}

// TestJoinIncomplete is what Zeek logs of concurrent downloads of which only beginnings were seen.
func TestJoinIncomplete(t *testing.T) {
	b := newBench(t, Options{Hashes: SHA256}, nil)
	body := noise(10001, 1)
	for i := range 3 {
		f := b.flow()
		file := f.File(&proto.FileInfo{Source: "HTTP", Dir: proto.Resp, Size: 104857600, Offset: int64(i) * 100000, Key: []byte("k")})
		file.Write(body)
		file.Close(true)
	}
	b.end()
	z := b.rows(record.ZeekJSON)
	if len(z) != 3 || len(b.rows(record.EVE)) != 3 {
		t.Fatalf("%d rows", len(z))
	}
	for _, r := range z {
		b.want(r, "seen_bytes", 30003, "total_bytes", 104857600, "missing_bytes", 179998, "overflow_bytes", 0, "timedout", true, "sha256", nil)
	}
}

func TestJoinLimits(t *testing.T) {
	b := newBench(t, Options{JoinBuffer: 5000, MaxJoined: 2}, nil)
	f := b.flow()
	p := part(f, page, 0, 100, int64(len(page)))
	p.Close(true)
	p = part(f, page, 200, 9000, int64(len(page)))
	p.Close(true)
	if !slices.Contains(b.weirds, "file_reassembly_overflow") {
		t.Error("no event for the cut")
	}
	for i := range 3 {
		x := f.File(&proto.FileInfo{Source: "HTTP", Size: 10, Key: fmt.Append(nil, i)})
		x.Write([]byte("x"))
		x.Close(true)
	}
	b.end()
	s := b.files.Stats()
	if s.JoinCut != 1 || s.JoinEvicted != 2 || b.files.joins.bytes != 0 {
		t.Errorf("%+v, %d bytes", s, b.files.joins.bytes)
	}
	b.want(b.rows(record.ZeekJSON)[0], "seen_bytes", 8900, "overflow_bytes", 100, "missing_bytes", 0)
}

// TestManyGapsAndFlows reaches the limits of lists: counted, reported, and the totals stay right.
func TestManyGapsAndFlows(t *testing.T) {
	b := newBench(t, Options{}, nil)
	file := b.flow().File(&proto.FileInfo{Source: "HTTP", Size: -1})
	for range DefaultRanges + 5 {
		file.Write([]byte("x"))
		file.Gap(2)
	}
	file.Close(true)
	for range maxConns + 3 {
		x := b.flow().File(&proto.FileInfo{Source: "HTTP", Size: 10, Key: []byte("k")})
		x.Write([]byte("x"))
		x.Close(true)
	}
	b.end()
	if s := b.files.Stats(); s.GapsCut != 5 || s.FlowsCut != 3 {
		t.Errorf("%+v", s)
	}
	if !slices.Contains(b.weirds, "file_gap_limit") || !slices.Contains(b.weirds, "file_flow_limit") {
		t.Error(b.weirds)
	}
	z := b.rows(record.ZeekJSON)
	b.want(z[0], "missing_bytes", 2*(DefaultRanges+5), "seen_bytes", DefaultRanges+5)
	if len(z) != 1+maxConns {
		t.Errorf("%d rows", len(z))
	}
}

func TestJoinTimeout(t *testing.T) {
	b := newBench(t, Options{}, nil)
	f := b.flow()
	a := part(f, page, 0, 100, 5000)
	a.Close(true)
	b.tick(121 * second)
	c := part(f, page, 100, 5000, 5000)
	c.Close(true)
	other := part(f, page, 0, 10, 77)
	other.Close(true)
	b.end()
	z := b.rows(record.ZeekJSON)
	if len(z) != 3 || a.ID() == c.ID() || c.ID() == other.ID() {
		t.Fatalf("%d files, %s %s %s", len(z), a.ID(), c.ID(), other.ID())
	}
	b.want(z[0], "seen_bytes", 100, "timedout", true)
	b.want(z[1], "missing_bytes", 100, "mime_type", nil)
}

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/record"
)

func TestRowReader(t *testing.T) {
	fields := []record.Field{{Name: "ts"}, {Name: "host"}, {Name: "n"}, {Name: "list"}, {Name: "last"}}
	for _, c := range []struct {
		form record.Form
		line string
		want string
	}{
		{record.TSV, "1.5\tx.example\t7\ta,b\tend", "x.example 7 end"},
		{record.TSV, "1.5\t-\t-\t(empty)\t-", "- - -"},
		{record.TSV, "", "- - -"},
		{record.ZeekJSON, `{"ts":1.5,"host":"x.example","n":7,"list":["a,\"b}",{"c":[1,2]}],"last":"end"}`, "x.example 7 end"},
		{record.ZeekJSON, `{"ts":1.5,"host":"a\"b\\","n":0}`, `a"b\ 0 -`},
		{record.ZeekJSON, `{}`, "- - -"},
	} {
		r := newRowReader(&record.Stream{Form: c.form, Fields: fields}, "host", "n", "last", "nothere")
		v := r.read([]byte(c.line))
		if v[3] != nil {
			t.Errorf("%s: a column that is not there is %q", c.line, v[3])
		}
		var got []string
		for _, b := range v[:3] {
			if b == nil {
				b = []byte("-")
			}
			got = append(got, string(b))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %s, want %s", c.line, s, c.want)
		}
	}
}

func TestRowReaderAllocs(t *testing.T) {
	r := newRowReader(&record.Stream{Fields: []record.Field{{Name: "a"}, {Name: "b"}}}, "b")
	line := []byte("one\ttwo")
	if n := testing.AllocsPerRun(100, func() { r.read(line) }); n != 0 {
		t.Errorf("%v allocations for each row", n)
	}
}

// FuzzRowReader checks that no row, however wrong, is read beyond its end.
func FuzzRowReader(f *testing.F) {
	f.Add([]byte(`{"host":"x","n":[1,{"a":"b"}]}`))
	f.Add([]byte("a\tb\tc"))
	f.Add([]byte(`{"`))
	f.Fuzz(func(_ *testing.T, line []byte) {
		for _, form := range []record.Form{record.TSV, record.ZeekJSON} {
			newRowReader(&record.Stream{Form: form, Fields: []record.Field{{Name: "host"}, {Name: "n"}}}, "n").read(line)
		}
	})
}

func TestTally(t *testing.T) {
	all := newTally()
	all.keep = 100
	for i := range 100_000 {
		all.at(fmt.Appendf(nil, "rare%d", i)).weight++
		all.at([]byte("often")).weight++
		if i%10 == 0 {
			all.at([]byte("sometimes")).weight++
		}
	}
	top := all.top(2)
	if top[0].key != "often" || top[0].weight != 100_000 || top[1].key != "sometimes" || top[1].weight != 10_000 {
		t.Errorf("top: %+v %+v", *top[0], *top[1])
	}
	if len(all.entries) > 200 {
		t.Errorf("%d entries are held", len(all.entries))
	}
	if all.number() != 100_002 {
		t.Errorf("%d keys, want 100002", all.number())
	}
}

func TestBytesOf(t *testing.T) {
	for in, want := range map[string]int64{"": 0, "512MiB": 512 << 20, "4g": 4 << 30, "1.5 GB": 15e8, "100": 100, "x": -1, "-1": -1, "1e30": -1} {
		got, err := bytesOf(in)
		if (err != nil) != (want < 0) || (err == nil && got != want) {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
}

func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[2Jb\u202e\xff"); got != "a?[2Jb??" {
		t.Errorf("got %q", got)
	}
	if got := printable(strings.Repeat("ä", 200)); len([]rune(got)) != 80 {
		t.Errorf("%d runes", len([]rune(got)))
	}
}

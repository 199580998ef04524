package record_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/record"
)

var numbers = &record.Log[int]{
	Path: "numbers", Event: "number", Doc: "numbers", Scope: record.PerTime,
	Columns: []record.Column[int]{
		{Zeek: "n", EVE: "number.n", Type: record.Int, Is: record.Hash, Doc: "the number", Put: func(e *encoder, n *int) { e.Int(int64(*n)) }},
		{Zeek: "z", Type: record.Bool, Doc: "Zeek's alone", Put: func(e *encoder, n *int) {}},
		{EVE: "number.e", Type: record.Object, Doc: "Suricata's alone", Put: func(e *encoder, n *int) {}},
	},
}

// TestWants writes to outputs that want some forms only.
func TestWants(t *testing.T) {
	no := func(string) bool { return false }
	only := func(name string) func(string) bool { return func(s string) bool { return s == name } }
	for _, c := range []struct {
		w    record.Wants
		want string
	}{
		{record.Wants{}, ""},
		{record.Wants{Zeek: no, EVE: no}, ""},
		{record.Wants{Zeek: only("number")}, ""},
		{record.Wants{EVE: only("numbers")}, ""},
		{record.Wants{Zeek: only("numbers")}, "tsv"},
		{record.Wants{Zeek: only("numbers"), ZeekForm: record.ZeekJSON}, "json"},
		{record.Wants{EVE: only("number")}, "eve"},
		{record.Wants{Zeek: all, EVE: all}, "tsv eve"},
	} {
		o := record.NewOutput(c.w)
		w := record.Open(o, numbers)
		seven := 7
		w.Write(&record.Header{TxID: -1}, &seven)
		var got []string
		for i := range length(o) {
			e := o.At(i)
			got = append(got, [...]string{"tsv", "json", "eve"}[e.Stream.Form])
			want := map[record.Form]string{
				record.TSV: "0.000000\t7\t-", record.ZeekJSON: `{"ts":0.000000,"n":7}`,
				record.EVE: `{"timestamp":"1970-01-01T00:00:00.000000+0000","event_type":"number","number":{"n":7}}`,
			}[e.Stream.Form]
			if string(e.Line) != want {
				t.Errorf("%s, want %s", e.Line, want)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("got %q, want %s", got, c.want)
		}
		zeek, eve := strings.Contains(c.want, "tsv") || c.want == "json", strings.Contains(c.want, "eve")
		if w.WantsZeek() != zeek || w.WantsEVE() != eve || w.Wanted() != (zeek || eve) {
			t.Errorf("%q: wants %v %v %v", c.want, w.WantsZeek(), w.WantsEVE(), w.Wanted())
		}
	}
	var closed *record.Writer[int]
	if closed.Wanted() || closed.WantsEVE() || closed.WantsZeek() {
		t.Error("a log that was never opened is wanted")
	}
}

func TestStreamOf(t *testing.T) {
	type want struct {
		scope record.Scope
		form  record.Form
		names string
	}
	for _, c := range []want{
		{record.PerFlow, record.TSV, "ts uid id.orig_h id.orig_p id.resp_h id.resp_p n z"},
		{record.PerFlow, record.ZeekJSON, "ts uid id.orig_h id.orig_p id.resp_h id.resp_p n z"},
		{record.PerTime, record.TSV, "ts n z"},
		{record.Bare, record.TSV, "n z"},
		{record.PerFlow, record.EVE, "number.n number.e"},
		{record.Bare, record.EVE, "number.n number.e"},
	} {
		l := *numbers
		l.Scope = c.scope
		s := record.StreamOf(&l, c.form)
		var names []string
		for _, f := range s.Fields {
			if f.Doc == "" {
				t.Errorf("%s has no documentation", f.Name)
			}
			if c.form == record.EVE {
				names = append(names, f.EVE)
			} else {
				names = append(names, f.Name)
			}
		}
		if got := strings.Join(names, " "); got != c.names {
			t.Errorf("%v: %s, want %s", c, got, c.names)
		}
		path := "numbers"
		if c.form == record.EVE {
			path = "number"
		}
		if s.Path != path || s.Form != c.form {
			t.Errorf("%v: %s %v", c, s.Path, s.Form)
		}
		if f := s.Fields[len(s.Fields)-2]; f.Type != record.Int || f.Is != record.Hash {
			t.Errorf("%v: %+v", c, f)
		}
	}
}

func TestTypeNames(t *testing.T) {
	seen := map[string]bool{}
	for typ := record.String; typ <= record.Object; typ++ {
		if n := typ.String(); n == "" || seen[n] {
			t.Errorf("type %d is named %q", typ, n)
		} else {
			seen[n] = true
		}
	}
	for typ, want := range map[record.Type]string{
		record.String: "string", record.Count: "count", record.Time: "time", record.Interval: "interval", record.Address: "addr",
		record.Port: "port", record.StringSet: "set[string]", record.IntervalVector: "vector[interval]", record.CountVector: "vector[count]",
		record.AddressSet: "set[addr]", record.StringVectorBool: "vector[bool]", record.Object: "object",
	} {
		if typ.String() != want {
			t.Errorf("%s, want %s", typ, want)
		}
	}
}

// TestOutput fills, swaps and resets two outputs at random, beside a model of what they hold.
func TestOutput(t *testing.T) {
	type held struct {
		order record.Order
		nanos int64
		line  string
	}
	var outs [2]*record.Output
	var writers [2]*record.Writer[int]
	var model [2][]held
	for i := range outs {
		outs[i] = record.NewOutput(record.Wants{Zeek: all})
		writers[i] = record.Open(outs[i], numbers)
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for step := range 3000 {
		i := rng.IntN(2)
		switch rng.IntN(20) {
		case 0:
			outs[i].Reset()
			model[i] = nil
		case 1:
			outs[i].Swap(outs[1-i])
			model[0], model[1] = model[1], model[0]
		default:
			order := record.Order{Number: rng.Uint64(), Deadline: int64(step), First: 3, Layer: 1}
			nanos := rng.Int64N(1e18)
			outs[i].Now = order
			writers[i].Write(&record.Header{Nanos: nanos}, &step)
			model[i] = append(model[i], held{order, nanos, fmt.Sprintf("%d.%06d\t%d\t-", nanos/1e9, nanos%1e9/1e3, step)})
		}
		for k := range outs {
			n, bytes := outs[k].Len()
			if n != len(model[k]) {
				t.Fatalf("step %d: %d records, want %d", step, n, len(model[k]))
			}
			total := 0
			for r, want := range model[k] {
				e := outs[k].At(r)
				if e.Order != want.order || e.Nanos != want.nanos || string(e.Line) != want.line || e.Stream.Path != "numbers" {
					t.Fatalf("step %d: %+v %s, want %+v", step, e, e.Line, want)
				}
				total += len(e.Line)
			}
			if bytes != total {
				t.Fatalf("step %d: %d bytes, want %d", step, bytes, total)
			}
		}
	}
}

// TestOrder checks the order of places: packets first by number, timers before the packet that lets them run out.
func TestOrder(t *testing.T) {
	places := []record.Order{
		{Number: 1, Deadline: math.MaxInt64, First: 0},
		{Number: 2, Deadline: 100, First: 1, Layer: 0},
		{Number: 2, Deadline: 100, First: 1, Layer: 1},
		{Number: 2, Deadline: 100, First: 2},
		{Number: 2, Deadline: 101, First: 1},
		{Number: 2, Deadline: math.MaxInt64, First: 0},
		{Number: 2, Deadline: math.MaxInt64, First: 1},
		{Number: math.MaxUint64, Deadline: 5},
		{Number: math.MaxUint64, Deadline: math.MaxInt64},
	}
	for i, a := range places {
		for k, b := range places {
			if got := a.Compare(b); got != cmp.Compare(i, k) {
				t.Errorf("%+v and %+v: %d", a, b, got)
			}
		}
	}
	shuffled := slices.Clone(places)
	rand.New(rand.NewPCG(9, 9)).Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
	slices.SortFunc(shuffled, record.Order.Compare)
	if !slices.Equal(shuffled, places) {
		t.Errorf("%v", shuffled)
	}
}

// TestHeaderLike checks that no first value of a log without a header makes its line one of the log's head.
func TestHeaderLike(t *testing.T) {
	l := &record.Log[string]{Path: "x", Scope: record.Bare, Columns: []record.Column[string]{
		{Zeek: "a", Put: func(e *encoder, s *string) { e.Str(*s) }},
		{Zeek: "b", Put: func(e *encoder, s *string) { e.Str(*s) }},
	}}
	s := "#close"
	if tsv, _, _ := lines(l, new(record.Header), &s); tsv != `\x23close`+"\t#close" {
		t.Errorf("%q", tsv)
	}
}

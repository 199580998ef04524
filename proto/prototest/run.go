package prototest

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/wirelore/wirelore/proto"
)

// Run checks what must hold for the first of o.Protocols over each case:
//
//   - it is documented, as Check has it;
//   - rows are as their schema says, in every form;
//   - logs, events and services are the same for every way to cut streams into segments;
//   - borrowed bytes are not kept: they are overwritten after each call;
//   - no panic at any truncation or gap, when the server speaks first, when one side or the beginning is missing;
//   - memory stays bounded under a flood of the conversation's own messages, and of messages that never end.
func Run(t *testing.T, o Options, cases ...Case) {
	t.Helper()
	if len(o.Protocols) > 0 {
		t.Run("documentation", func(t *testing.T) { Check(t, o.Protocols[0]) })
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			want := shaped(t, o, c)
			if c.Over == proto.TCP {
				cut(t, o, c, want)
			}
			hurt(t, o, c)
			flood(t, o, c)
		})
	}
}

// shaped feeds c in every form, checks the rows and returns what came out in o's.
func shaped(t *testing.T, o Options, c Case) *Result {
	t.Helper()
	want := mustFeed(t, o, c)
	shape(t, want)
	o.TSV = !o.TSV
	shape(t, mustFeed(t, o, c))
	return want
}

func mustFeed(t *testing.T, o Options, c Case) *Result {
	t.Helper()
	r, err := Feed(o, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// cut feeds c in small pieces of every size, and with each of its chunks in two.
func cut(t *testing.T, o Options, c Case, want *Result) {
	t.Helper()
	for _, size := range []int{1, 2, 3, 7, 64} {
		Same(t, fmt.Sprintf("in pieces of %d bytes", size), want, mustFeed(t, o, split(c, size)))
	}
	const places = 32
	for i, k := range c.Chunks {
		for at := 1; at < len(k.Bytes); at += max(1, len(k.Bytes)/places) {
			two := c
			two.Chunks = slices.Replace(slices.Clone(c.Chunks), i, i+1,
				Chunk{Dir: k.Dir, Bytes: k.Bytes[:at]}, Chunk{Dir: k.Dir, Bytes: k.Bytes[at:]})
			if Same(t, fmt.Sprintf("chunk %d cut at %d", i, at), want, mustFeed(t, o, two)); t.Failed() {
				return
			}
		}
	}
}

// split cuts every chunk into pieces of size bytes.
func split(c Case, size int) Case {
	var out []Chunk
	for _, k := range c.Chunks {
		if k.Gap > 0 {
			out = append(out, k)
			continue
		}
		for piece := range slices.Chunk(k.Bytes, size) {
			out = append(out, Chunk{Dir: k.Dir, Bytes: piece})
		}
	}
	c.Chunks = out
	return c
}

// hurt truncates, tears and reorders the conversation: nothing may panic.
func hurt(t *testing.T, o Options, c Case) {
	t.Helper()
	try := func(how string, chunks ...[]Chunk) {
		h := c
		h.Chunks = slices.Concat(chunks...)
		if c.Over != proto.TCP {
			h.Chunks = slices.DeleteFunc(h.Chunks, func(k Chunk) bool { return k.Gap > 0 })
		}
		defer func() {
			if v := recover(); v != nil {
				t.Errorf("%s: %s: panic: %v", c.Name, how, v)
				panic(v) // with its stack
			}
		}()
		mustFeed(t, o, h)
	}
	for i, k := range c.Chunks {
		before, after := c.Chunks[:i], c.Chunks[i+1:]
		try(fmt.Sprintf("without the chunks before %d", i), c.Chunks[i:])
		if k.Gap > 0 {
			continue
		}
		try(fmt.Sprintf("chunk %d missing", i), before, []Chunk{{Dir: k.Dir, Gap: int64(len(k.Bytes))}}, after)
		step := max(1, len(k.Bytes)/64)
		for at := 0; at < len(k.Bytes); at += step {
			head := []Chunk{{Dir: k.Dir, Bytes: k.Bytes[:at]}}
			try(fmt.Sprintf("cut at %d of chunk %d", at, i), before, head)
			rest := []Chunk{{Dir: k.Dir, Gap: 3}, {Dir: k.Dir, Bytes: k.Bytes[min(at+3, len(k.Bytes)):]}}
			try(fmt.Sprintf("gap at %d of chunk %d", at, i), before, head, rest, after)
		}
	}
	sides := [2][]Chunk{}
	for _, k := range c.Chunks {
		sides[k.Dir] = append(sides[k.Dir], k)
	}
	try("server first", sides[proto.Resp], sides[proto.Orig])
	try("client first", sides[proto.Orig], sides[proto.Resp])
	try("server alone", sides[proto.Resp])
	try("client alone", sides[proto.Orig])
}

// A flood has floodBytes; a flow may hold floodHeld whatever comes: more than what its limits let it, less than the flood.
const (
	floodBytes  = 32 << 20
	floodChunks = 50000
	floodHeld   = 24 << 20
)

// flood feeds the conversation again and again into one flow, and its beginning followed by bytes without an end.
func flood(t *testing.T, o Options, c Case) {
	t.Helper()
	if testing.Short() || len(c.Chunks) == 0 {
		return
	}
	again := func(yield func(Chunk) bool) {
		for {
			for _, k := range c.Chunks {
				if !yield(k) {
					return
				}
			}
		}
	}
	endless := func(fill byte) func(yield func(Chunk) bool) {
		filler := bytes.Repeat([]byte{fill}, 1400)
		return func(yield func(Chunk) bool) {
			for _, k := range c.Chunks[:max(1, len(c.Chunks)/2)] {
				if !yield(k) {
					return
				}
			}
			for d := proto.Orig; yield(Chunk{Dir: d, Bytes: filler}); d = d.Other() {
			}
		}
	}
	for how, chunks := range map[string]func(yield func(Chunk) bool){
		"the conversation again and again": again, "bytes without an end": endless('A'), "zeros without an end": endless(0),
	} {
		if held := drown(t, o, c, chunks); held > floodHeld {
			t.Errorf("%s: a flow holds %d KiB", how, held>>10)
		}
	}
}

// drown returns how much memory a flow holds after a flood.
func drown(t *testing.T, o Options, c Case, chunks func(yield func(Chunk) bool)) int64 {
	t.Helper()
	out := o.output()
	rt, err := o.runtime(out)
	if err != nil {
		t.Fatal(err)
	}
	w := begin(rt, out, c)
	before := heap()
	count, sent := 0, 0
	for k := range chunks {
		w.chunk(k)
		out.Reset()
		count++
		if sent += len(k.Bytes); sent > floodBytes || count > floodChunks {
			break
		}
	}
	held := heap() - before
	w.end()
	rt.Finish()
	return held
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Allocs returns how many allocations one round of messages costs in a flow that began with c, on average, once the flow
// has seen some. The bytes of messages are lent as they are, not copied and not overwritten.
func Allocs(t testing.TB, o Options, c Case, messages ...Chunk) float64 {
	t.Helper()
	out := o.output()
	rt, err := o.runtime(out)
	if err != nil {
		t.Fatal(err)
	}
	w := begin(rt, out, c)
	for _, k := range c.Chunks {
		w.chunk(k)
	}
	round := func() {
		for _, k := range messages {
			w.lend(k.Dir, k.Bytes)
		}
		out.Reset()
	}
	for range 50 {
		round()
	}
	n := testing.AllocsPerRun(200, round)
	w.end()
	return n
}

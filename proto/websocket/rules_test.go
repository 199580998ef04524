package websocket

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// look feeds chunks and calls fn for each transaction, as rules look at it when its flow ends.
func look(t *testing.T, chunks []prototest.Chunk, fn func(t *proto.Transaction, d proto.Dir)) {
	t.Helper()
	o := options
	o.Analyzers = []*proto.Analyzer{{Name: "rules", Doc: "looks as rules do", Start: func(s *proto.Setup) error {
		s.Want("websocket", "websocket.payload")
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			for t := f.Transactions(); t != nil; t = t.Next() {
				if t.Protocol() == proto.Protocol(Proto) {
					fn(t, d)
				}
			}
		})
		return nil
	}}}
	if _, err := prototest.Feed(o, prototest.Case{Chunks: chunks}); err != nil {
		t.Fatal(err)
	}
}

func TestPayload(t *testing.T) {
	var z deflater
	var got []string
	look(t, packed(deflated, c(frame(1, "in ", key)), c(frame(0x89, "ping", key)), c(frame(0x80, "pieces", key)), s(frame(0xc1, z.message("deflated"), ""))),
		func(tx *proto.Transaction, d proto.Dir) {
			list := tx.Protocol().RuleBuffers()
			for i := range list {
				if v, ok := list[i].Get(tx, 0); ok && list[i].Dir == d {
					got = append(got, fmt.Sprintf("%s@%d=%s", list[i].Name, d, v))
				}
			}
		})
	want := []string{"websocket.payload@0=in pieces", "websocket.payload@0=ping", "websocket.payload@1=deflated"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestKeywords(t *testing.T) {
	tests := map[string][]string{
		"websocket.opcode": {"1", "text", "!text", "ping", ">8"},
		"websocket.mask":   {"0x37fa213d", ">0", "5"},
		"websocket.flags":  {"fin", "fin,!comp", "comp", "128", "&0x40=0x40", "!fin"},
	}
	var got []string
	look(t, open(c(frame(0x81, "text", key)), s(frame(0x8a, "pong", "")), c(frame(0xc9, "ping", key))), func(tx *proto.Transaction, d proto.Dir) {
		for _, k := range tx.Protocol().RuleKeywords() {
			for _, v := range tests[k.Name] {
				is, err := k.Compile(v)
				if err != nil {
					t.Fatal(err)
				}
				if is(tx, d) {
					got = append(got, fmt.Sprintf("%s@%d %s:%s", tx.Value().(*Tx).Payload, d, k.Name, v))
				}
			}
		}
	})
	slices.Sort(got)
	var want []string
	add := func(message string, list ...string) {
		for _, s := range list {
			want = append(want, message+" websocket."+s)
		}
	}
	add("text@0", "opcode:1", "opcode:text", "mask:0x37fa213d", "mask:>0", "flags:fin", "flags:fin,!comp", "flags:128")
	add("pong@1", "opcode:!text", "opcode:>8", "flags:fin", "flags:fin,!comp", "flags:128")
	add("ping@0", "opcode:!text", "opcode:ping", "opcode:>8", "mask:0x37fa213d", "mask:>0", "flags:fin", "flags:comp", "flags:&0x40=0x40")
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestKeywordErrors(t *testing.T) {
	bad := map[string][]string{
		"websocket.opcode": {"", "jump", "300"}, "websocket.mask": {"", "x", "0x100000000"}, "websocket.flags": {"", "fin,", "rsv", "256"},
	}
	for _, k := range Proto.RuleKeywords() {
		for _, v := range bad[k.Name] {
			if _, err := k.Compile(v); err == nil {
				t.Errorf("%s:%s is accepted", k.Name, v)
			}
		}
	}
}

package ftp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// inspector looks at all transactions as rules do, when their flow ends or a packet was handed on.
func inspector(fn func(t *proto.Transaction, d proto.Dir)) *proto.Analyzer {
	return &proto.Analyzer{Name: "rules", Doc: "looks as rules do", Start: func(s *proto.Setup) error {
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			for t := f.Transactions(); t != nil; t = t.Next() {
				fn(t, d)
			}
		})
		return nil
	}}
}

// holds tells whether a keyword holds in direction d.
func holds(t *testing.T, tx *proto.Transaction, d proto.Dir, name, value string) bool {
	t.Helper()
	for _, k := range tx.Protocol().RuleKeywords() {
		if k.Name == name && k.Dirs[d] {
			is, err := k.Compile(value)
			if err != nil {
				t.Fatal(err)
			}
			return is(tx, d)
		}
	}
	return false
}

func inspect(t *testing.T, chunks []prototest.Chunk, fn func(t *proto.Transaction, d proto.Dir)) {
	t.Helper()
	o := prototest.Options{Protocols: protocols, Analyzers: []*proto.Analyzer{inspector(fn)}}
	if _, err := prototest.Feed(o, prototest.Case{Port: 21, Chunks: chunks}); err != nil {
		t.Fatal(err)
	}
}

func TestBuffers(t *testing.T) {
	var got []string
	inspect(t, []prototest.Chunk{s("220 hi \r\n"), c("user anonymous\r\n"), s("331-first\r\nno code\r\n331 last\r\n"), c("NOOP\r\n"), s("200\r\n"), c("XYZZY a\r\n")},
		func(t *proto.Transaction, d proto.Dir) { got = append(got, prototest.Values(t, d)...) })
	want := []string{
		"1 ftp.command=USER", "1 ftp.command_data=anonymous", "2 ftp.command=NOOP", "3 ftp.command_data=a",
		"0 ftp.reply=hi", "0 ftp.completion_code=220", "1 ftp.reply=first", "1 ftp.reply=no code", "1 ftp.reply=last",
		"1 ftp.completion_code=331", "1 ftp.completion_code=331", "2 ftp.completion_code=200",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestKeywords(t *testing.T) {
	var got []string
	tests := []string{"ftpbounce:", "ftp.mode:active", "ftp.mode:passive", "ftp.dynamic_port:1026", "ftp.dynamic_port:>1026",
		"ftp.reply_received:yes", "ftp.reply_received:off"}
	inspect(t, []prototest.Chunk{s("220 hi\r\n"), c("PORT 10,0,0,1,4,2\r\n"), s("200 ok\r\n"), c("PASV\r\n"), s("227 (192,0,2,7,4,3)\r\n"),
		c("PORT 10,9,9,9,4,2\r\n"), s("200 ok\r\n"), c("NOOP\r\n")}, func(tx *proto.Transaction, d proto.Dir) {
		for _, k := range tests {
			if name, value, _ := strings.Cut(k, ":"); holds(t, tx, d, name, value) {
				got = append(got, fmt.Sprintf("%d@%d %s", tx.ID(proto.Orig), d, k))
			}
		}
	})
	want := []string{
		"1@0 ftp.mode:active", "1@0 ftp.dynamic_port:1026", "2@0 ftp.mode:passive", "2@0 ftp.dynamic_port:>1026",
		"3@0 ftpbounce:", "3@0 ftp.mode:active", "3@0 ftp.dynamic_port:1026",
		"1@1 ftp.mode:active", "1@1 ftp.dynamic_port:1026", "1@1 ftp.reply_received:yes", "2@1 ftp.mode:passive",
		"2@1 ftp.dynamic_port:>1026", "2@1 ftp.reply_received:yes", "3@1 ftp.mode:active", "3@1 ftp.dynamic_port:1026",
		"3@1 ftp.reply_received:yes", "4@1 ftp.reply_received:off",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// As Suricata 7.0.10 judges these for the client 10.0.0.1.
func TestBounced(t *testing.T) {
	for arg, want := range map[string]bool{
		"10,0,0,1,200,10": false, "10,0,0,99,200,10": true, "10,0,0,95,2": true, "10,0,0,93,256,0": true, "10,0,0,92,x,0": true,
		"10,0,0": false, "10, 0, 0, 98, 2, 3": false, "300,0,0,97,2,3": false, "abc": false, "10.0.0.91.1.2": false,
		"10,0,0,90": false, "10,0,0,90x": false, "": false,
	} {
		if got := bounced([]byte(arg), flow.AddrFrom4([4]byte{10, 0, 0, 1})); got != want {
			t.Errorf("PORT %s: %v", arg, got)
		}
	}
}

func TestKeywordErrors(t *testing.T) {
	bad := map[string][]string{
		"ftpbounce": {"1"}, "ftp.mode": {"", "both"}, "ftp.dynamic_port": {"", "x", "70000"}, "ftp.reply_received": {"", "maybe"},
		"ftpdata_command": {"", "STOR", "Stor", "appe", "list", "!stor", "storx"},
	}
	for _, k := range append(Proto.RuleKeywords(), Data.RuleKeywords()...) {
		if len(bad[k.Name]) == 0 {
			t.Errorf("nothing is wrong for %s", k.Name)
		}
		for _, v := range bad[k.Name] {
			if _, err := k.Compile(v); err == nil {
				t.Errorf("%s:%s is accepted", k.Name, v)
			}
		}
	}
}

// A file's keyword fits its direction between client and server from the file's first byte on, whoever opened the
// connection. The transaction is the file's.
func TestData(t *testing.T) {
	client, server := flow.AddrFrom4([4]byte{10, 0, 0, 1}), flow.AddrFrom4([4]byte{192, 0, 2, 7})
	for _, k := range []struct {
		setup, command string
		data           flow.Side // who opens the data connection ...
		to             flow.Side // ... and to whom
		from           proto.Dir // who sends in it
		want           string
	}{
		{"227 (192,0,2,7,4,3)", "RETR a", flow.Side{Addr: client, Port: 5000}, flow.Side{Addr: server, Port: 1027}, proto.Resp, `retr@1 {"ftp_data":{"filename":"a","command":"RETR"}}`},
		{"227 (192,0,2,7,4,3)", "STOR a", flow.Side{Addr: client, Port: 5000}, flow.Side{Addr: server, Port: 1027}, proto.Orig, `stor@0 {"ftp_data":{"filename":"a","command":"STOR"}}`},
		{"PORT 10,0,0,1,4,3", "RETR a", flow.Side{Addr: server, Port: 20}, flow.Side{Addr: client, Port: 1027}, proto.Orig, `retr@1 {"ftp_data":{"filename":"a","command":"RETR"}}`},
		{"PORT 10,0,0,1,4,3", "LIST", flow.Side{Addr: server, Port: 20}, flow.Side{Addr: client, Port: 1027}, proto.Orig, ""},
	} {
		var got []string
		rt := runtime(t, inspector(func(tx *proto.Transaction, d proto.Dir) {
			for _, v := range []string{"retr", "stor"} {
				if tx.Protocol() == proto.Protocol(Data) && !tx.Complete(k.from) && tx.Complete(k.from.Other()) && holds(t, tx, d, "ftpdata_command", v) {
					got = append(got, fmt.Sprintf("%s@%d %s", v, d, prototest.Embedded(tx)))
				}
			}
		}))
		ctl := open(rt, flow.Side{Addr: client, Port: 4999}, flow.Side{Addr: server, Port: 21})
		say := func(d proto.Dir, line string) { rt.Data(ctl, d, []byte(line+"\r\n")) }
		say(proto.Resp, "220 hi")
		if strings.HasPrefix(k.setup, "PORT") {
			say(proto.Orig, k.setup)
			say(proto.Resp, "200 ok")
		} else {
			say(proto.Orig, "PASV")
			say(proto.Resp, k.setup)
		}
		say(proto.Orig, k.command)
		f := open(rt, k.data, k.to)
		rt.Data(f, k.from, []byte("content"))
		rt.Processed(f, proto.Orig, nil)
		rt.Processed(f, proto.Resp, nil)
		rt.EndOfData(f, proto.Orig)
		rt.EndOfData(f, proto.Resp)
		rt.Close(f)
		rt.Close(ctl)
		if s := strings.Join(got, " "); s != k.want {
			t.Errorf("%s, %s: %s, want %s", k.setup, k.command, s, k.want)
		}
	}
}

func runtime(t *testing.T, a *proto.Analyzer) *proto.Runtime {
	t.Helper()
	rt, err := proto.NewRuntime(proto.RuntimeConfig{Protocols: protocols, Analyzers: []*proto.Analyzer{a}, Profile: flow.Default(),
		Output: record.NewOutput(record.Wants{})})
	if err != nil {
		t.Fatal(err)
	}
	rt.Panic = func(v any) { panic(v) }
	return rt
}

func open(rt *proto.Runtime, orig, resp flow.Side) *flow.Flow {
	p := &flow.Packet{Now: 1e18, Src: orig.Addr, Dst: resp.Addr, SrcPort: orig.Port, DstPort: resp.Port, Version: 4, Proto: flow.ProtoTCP}
	f := &flow.Flow{Start: p.Now, Proto: p.Proto, Version: 4, TCP: &flow.TCP{}, ID: flow.MakeID('C', orig.Addr, resp.Addr, orig.Port, resp.Port, p.Proto, p.Now, 1, 0)}
	f.Side[0], f.Side[1] = orig, resp
	rt.SetPacket(p, p.Now)
	rt.Open(f, p)
	return f
}

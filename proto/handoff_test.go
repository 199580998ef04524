package proto_test

import (
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
)

// gate is a protocol that hands off behind a '>': to what is found, or to the protocol named behind it up to a '!'.
func gate(log *[]string, probe func(proto.Dir, []byte, bool) proto.Verdict) *proto.Def[note] {
	return scripted("gate", proto.Detect{Probe: probe}, script{log: log, data: func(s *session, _ proto.Dir, b []byte) (result, error) {
		i := strings.IndexByte(string(b), '>')
		if i < 0 {
			return result{Used: 0}, nil
		}
		name, used := "", i+1
		if k := strings.IndexByte(string(b), '!'); k > 0 {
			name, used = string(b[i+1:k]), k+1
		}
		s.Handoff(name)
		return result{Used: used}, nil
	}})
}

func TestHandoff(t *testing.T) {
	for _, c := range []struct {
		name string
		send []string
		want []string
		app  string
	}{
		{"found", []string{"c:gate>", "c:inn", "c:er"}, []string{"0 gate>", "i 0 inner"}, "inner"},
		{"in the same segment", []string{"c:gate>inner", "s:x"}, []string{"0 gate>inner", "i 0 inner", "i 1 x"}, "inner"},
		{"named", []string{"c:gate>inner!x", "s:y"}, []string{"0 gate>inner!x", "i 0 x", "i 1 y"}, "inner"},
		{"named, unknown", []string{"c:gate>nobody!x", "s:y", "c:inner"}, []string{"0 gate>nobody!x"}, "gate"},
		{"unread bytes of the other side first", []string{"c:gate", "s:early", "c:>inner"},
			[]string{"0 gate", "1 early", "0 gate>inner", "i 1 early", "i 0 inner"}, "inner"},
		{"window of its own side", []string{"c:gate", "c:way", "c:>inner"},
			[]string{"0 gate", "0 gateway", "0 gateway>inner", "i 0 inner"}, "inner"},
		{"by the server", []string{"c:gate", "s:s>", "c:inner"}, []string{"0 gate", "1 s>", "i 0 gateinner"}, ""},
		{"gap inside", []string{"c:gate>inner!x", "c+4", "c:y"}, []string{"0 gate>inner!x", "i 0 x", "i 0 gap 4", "i 0 y"}, "inner"},
		{"ended side", []string{"c:gatex", "c.", "s:>inner!y"}, []string{"0 gatex", "0 end", "1 >inner!y", "i 0 gatex", "i 0 end", "i 1 y"}, "inner"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log, in []string
			outer := gate(&log, starts("gate"))
			inner := scripted("inner", proto.Detect{Probe: func(d proto.Dir, b []byte, _ bool) proto.Verdict {
				if i := strings.Index(string(b), "inner"); i >= 0 {
					return proto.Yes
				}
				return proto.More
			}}, script{log: &in, data: func(_ *session, d proto.Dir, b []byte) (result, error) {
				log = append(log, "i "+in[len(in)-1])
				return result{Used: len(b)}, nil
			}, gap: func(*session, proto.Dir, int64) error {
				log = append(log, "i "+in[len(in)-1])
				return nil
			}, end: func(*session, proto.Dir) { log = append(log, "i "+in[len(in)-1]) }})
			v := newRig(t, protocols(outer, inner)).open(proto.TCP, 1)
			v.send(c.send...)
			f := v.app()
			app := f.AppProto()
			v.close()
			ends := 0
			var got []string
			for _, l := range log {
				if strings.HasPrefix(l, "i ") && strings.Contains(l, "end") {
					ends++
				}
				if !strings.Contains(l, "end") || c.name == "ended side" {
					got = append(got, l)
				}
			}
			if c.name == "by the server" {
				// The client's bytes before were the gate's and no protocol's after.
				return
			}
			if c.name == "ended side" {
				got = got[:min(len(got), len(c.want))]
			}
			equal(t, got, c.want...)
			if app != c.app {
				t.Errorf("app_proto %q, want %q", app, c.app)
			}
			if app == "inner" {
				if ends != 2 || !strings.HasSuffix(in[len(in)-1], "end, last") {
					t.Errorf("the inner parser was told of %d ends: %q", ends, in)
				}
				if f.AppProtoOrig() != "gate" && c.name != "ended side" {
					t.Errorf("app_proto_orig %q", f.AppProtoOrig())
				}
			}
		})
	}
}

// TestHandoffAtOnce hands off as soon as the other side's bytes were found: nothing may be lost or come twice.
func TestHandoffAtOnce(t *testing.T) {
	var log, in []string
	outer := gate(&log, func(d proto.Dir, b []byte, _ bool) proto.Verdict {
		if strings.Contains(string(b), "answer") {
			return proto.Yes
		}
		return proto.More
	})
	inner := scripted("inner", proto.Detect{Probe: no}, script{log: &in})
	v := newRig(t, protocols(outer, inner)).open(proto.TCP, 1)
	v.send("c:x>inner!one", "s:an", "s:swer", "c:two")
	equal(t, log, "0 x>inner!one")
	if got := said(in); got[0] != "onetwo" || got[1] != "answer" {
		t.Errorf("%q", in)
	}
}

// said joins what a parser was offered of each direction.
func said(log []string) (all [2]string) {
	for _, l := range log {
		if l[1] == ' ' && !strings.Contains(l, " gap ") && !strings.Contains(l, " end") {
			all[l[0]-'0'] += l[2:]
		}
	}
	return all
}

// TestHandoffSkips hands off while bytes are to be passed over.
func TestHandoffSkips(t *testing.T) {
	var in []string
	outer := scripted("gate", proto.Detect{Probe: yes}, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
		if d == resp {
			return result{Used: len(b) + 4}, nil
		}
		s.Handoff("inner")
		return result{Used: len(b) + 3}, nil
	}})
	inner := scripted("inner", proto.Detect{Probe: no}, script{log: &in})
	v := newRig(t, protocols(outer, inner)).open(proto.TCP, 1)
	v.send("s:x", "c:gate", "c:12", "c:3abc", "s:1234def")
	if got := said(in); got != [2]string{"abc", "def"} {
		t.Errorf("%q", in)
	}
}

// TestHandoffFrom hands off in calls other than Data.
func TestHandoffFrom(t *testing.T) {
	for _, at := range []string{"gap", "end"} {
		var in []string
		p := script{data: func(*session, proto.Dir, []byte) (result, error) { return result{}, nil }}
		if at == "gap" {
			p.gap = func(s *session, _ proto.Dir, n int64) error { s.Handoff("inner"); return nil }
		} else {
			p.end = func(s *session, d proto.Dir) { s.Handoff("inner") }
		}
		v := newRig(t, protocols(scripted("gate", anywhere, p), scripted("inner", proto.Detect{Probe: no}, script{log: &in}))).open(proto.TCP, 1)
		v.send("s:held", "c:gate")
		if at == "gap" {
			v.send("c+5", "c:more")
		} else {
			v.send("c.")
		}
		v.send("s: and more").close()
		want := [2]string{"gate", "held and more"}
		if at == "gap" {
			want[0] = "more"
		}
		if got := said(in); got != want || in[len(in)-1] != "1 end, last" {
			t.Errorf("%s: %q", at, in)
		}
	}
}

// TestHandoffDatagrams: what follows in a flow of datagrams is datagrams.
func TestHandoffDatagrams(t *testing.T) {
	var log, in []string
	inner := scripted("inner", proto.Detect{Probe: no}, script{log: &in, data: func(*session, proto.Dir, []byte) (result, error) { return result{}, nil }})
	v := newRig(t, protocols(gate(&log, yes), inner)).open(proto.UDP, 1)
	v.send("c:>inner!", "c:one", "c:two", "s:three").close()
	equal(t, log, "0 >inner!", "0 end", "1 end, last")
	equal(t, in, "0 one", "0 two", "1 three", "0 end", "1 end, last")
}

// TestTransactionsAfterHandoff: what follows counts its transactions anew.
func TestTransactionsAfterHandoff(t *testing.T) {
	var ids []uint64
	begin := func(s *session) {
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, tx.ID)
		s.Close(tx)
	}
	outer := scripted("gate", anywhere, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
		begin(s)
		if b[0] == '>' {
			s.Handoff("inner")
		}
		return result{Used: 1}, nil
	}})
	inner := scripted("inner", proto.Detect{}, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
		begin(s)
		return result{Used: len(b)}, nil
	}})
	newRig(t, protocols(outer, inner)).open(proto.TCP, 1).send("c:xx>a", "c:b").close()
	if len(ids) != 5 || ids[2] != 2 || ids[3] != 0 || ids[4] != 1 {
		t.Errorf("%v", ids)
	}
}

// TestNesting opens conversations inside conversations until the limit.
func TestNesting(t *testing.T) {
	for _, how := range []string{"handoff", "sub"} {
		calls := 0
		p := scripted("x", anywhere, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
			calls++
			if how == "handoff" {
				s.Handoff("x")
				return result{Used: 1}, nil
			}
			s.Sub("").Data(d, b[1:])
			return result{Used: len(b)}, nil
		}})
		r := newRig(t, protocols(p))
		v := r.open(proto.TCP, 1)
		v.send("c:" + strings.Repeat("x", 100))
		v.close()
		if calls != 9 || r.Counts.NestingLimit != 1 {
			t.Errorf("%s: %d parsers, limit %d", how, calls, r.Counts.NestingLimit)
		}
	}
}

// TestSub feeds a stream inside a stream.
func TestSub(t *testing.T) {
	var in []string
	var sub *proto.Sub
	outer := scripted("outer", proto.Detect{Probe: starts("outer")}, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
		switch {
		case sub == nil:
			sub = s.Sub("")
		case b[0] == '+':
			sub.Gap(d, 7)
		case b[0] == '.':
			sub.End(d)
		default:
			sub.Data(d, b)
		}
		return result{Used: len(b)}, nil
	}})
	inner := scripted("inner", proto.Detect{Probe: starts("in")}, script{log: &in, data: words})
	for _, over := range over {
		in, sub = nil, nil
		v := newRig(t, protocols(outer, inner)).open(over, 1)
		v.send("c:outer", "c:i", "c:n a", "s:xyz", "c:b ", "c:+", "c:c ", "s:+")
		f := v.app()
		app := f.AppProto()
		v.close()
		equal(t, in, "0 in a", "0 a", "1 xyz", "0 ab ", "0 gap 7", "0 c ", "1 gap 7", "0 end", "1 end, last")
		if app != "outer" || f.AppProtoOrig() != "" {
			t.Errorf("app_proto %q, before %q: a stream inside is not the flow's", app, f.AppProtoOrig())
		}
	}
	in, sub = nil, nil
	v := newRig(t, protocols(outer, inner)).open(proto.TCP, 1)
	v.send("c:outer", "c:in ", "c:.", "c:gone", "s:x ", "s:.").close()
	equal(t, in, "0 in ", "0 end", "1 x ", "1 end, last")
}

package proto_test

import (
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

func sidesRig(t *testing.T, p ...proto.Protocol) *rig {
	c := protocols(p...)
	c.Profile = flow.Suricata()
	return newRig(t, c)
}

// TestSides checks what each side's data is taken for.
func TestSides(t *testing.T) {
	one := scripted("one", proto.Detect{Probe: starts("ONE")}, script{})
	two := scripted("two", proto.Detect{Probe: starts("TWO")}, script{})
	mail := scripted("mail", proto.Detect{Probe: starts("MAIL"), ClientOnly: true}, script{})
	const single, mismatch = "|APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION|", "|APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS|"
	z := strings.Repeat
	for _, c := range []struct {
		name, send, app, ts, tc, odd string
	}{
		{"both", "c:ONE s:ONE", "one", "one", "one", ""},
		{"client alone", "c:ONE", "one", "one", "", ""},
		{"short answer", "c:ONE s:" + z("z", 7), "one", "one", "", ""},
		{"other answer", "c:ONE s:" + z("z", 8), "one", "one", "failed", single},
		{"answer in pieces", "c:ONE s:zzzz s:zzzz", "one", "one", "failed", single},
		{"two protocols", "c:ONE s:TWOTWOTWO", "one", "one", "two", mismatch},
		{"junk first", "c:" + z("z", 17) + " s:ONE", "one", "failed", "one", single},
		{"little junk first", "c:" + z("z", 16) + " s:ONE", "one", "", "one", ""},
		{"greeting", "s:MAIL-SERVER c:MAIL", "mail", "mail", "failed", single},
		{"greeting alone", "s:MAIL-SERVER", "", "", "", ""},
		{"nothing", "c:" + z("z", 17) + " s:" + z("z", 8), "failed", "", "", ""},
		{"too little of one", "c:" + z("z", 16) + " s:" + z("z", 5000), "", "", "", ""},
		{"too little of other", "c:" + z("z", 5000) + " s:" + z("z", 7), "", "", "", ""},
		{"too much", "c+100001", "failed", "", "", "|APPLAYER_PROTO_DETECTION_SKIPPED|"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sidesRig(t, one, two, mail)
			v := r.open(proto.TCP, 9)
			v.send(strings.Fields(c.send)...)
			f := v.app()
			if f.AppProto() != c.app || f.AppProtoOf(orig) != c.ts || f.AppProtoOf(resp) != c.tc {
				t.Errorf("app_proto %q ts %q tc %q, want %q %q %q", f.AppProto(), f.AppProtoOf(orig), f.AppProtoOf(resp), c.app, c.ts, c.tc)
			}
			if got := strings.Join(r.seen, " "); got != c.odd {
				t.Errorf("anomalies %q, want %q", got, c.odd)
			}
			v.close()
		})
	}
}

// TestSidesHeldData checks that what waits to be compared is read when its side ends.
func TestSidesHeldData(t *testing.T) {
	var log []string
	r := sidesRig(t, scripted("one", proto.Detect{Probe: starts("ONE")}, script{log: &log}))
	v := r.open(proto.TCP, 9)
	v.send("c:ONE", "s:zz", "s:zz")
	v.close()
	equal(t, log, "0 ONE", "0 end", "1 zzzz", "1 end, last")
}

// TestSidesOff checks that other profiles know nothing of it.
func TestSidesOff(t *testing.T) {
	r := newRig(t, protocols(scripted("one", proto.Detect{Probe: starts("ONE"), Only: []uint16{1}}, script{})))
	v := r.open(proto.TCP, 9)
	v.send("c:ONE", "s:"+strings.Repeat("z", 20))
	if f := v.app(); f.AppProto() != "one" || f.AppProtoOf(resp) != "" || len(r.seen) > 0 {
		t.Errorf("%q %q %q", f.AppProto(), f.AppProtoOf(resp), r.seen)
	}
	v.close()
}

// TestSidesDatagrams checks that the first datagram of each side decides.
func TestSidesDatagrams(t *testing.T) {
	one := scripted("one", proto.Detect{Probe: starts("ONE"), Only: []uint16{9}}, script{})
	for _, c := range []struct {
		name, send  string
		port        uint16
		app, ts, tc string
	}{
		{"found", "c:ONE", 9, "one", "one", ""},
		{"another port", "c:ONE", 10, "failed", "failed", ""},
		{"the answer tells", "c:zz s:ONE", 9, "one", "failed", "one"},
		{"second is too late", "c:zz c:ONE", 9, "failed", "failed", ""},
		{"neither", "c:zz s:zz c:ONE s:ONE", 9, "failed", "failed", "failed"},
		{"without data", "c: s:ONE", 9, "one", "failed", "one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sidesRig(t, one)
			v := r.open(proto.UDP, c.port)
			v.send(strings.Fields(c.send)...)
			f := v.app()
			if f.AppProto() != c.app || f.AppProtoOf(orig) != c.ts || f.AppProtoOf(resp) != c.tc {
				t.Errorf("app_proto %q ts %q tc %q, want %q %q %q", f.AppProto(), f.AppProtoOf(orig), f.AppProtoOf(resp), c.app, c.ts, c.tc)
			}
			v.close()
		})
	}
}

// TestAnswerFirst checks that a flow is turned around whose first datagram is an answer.
func TestAnswerFirst(t *testing.T) {
	var log []string
	p := scripted("one", proto.Detect{Probe: starts("ONE"), Only: []uint16{50000}, ProbeSide: yes,
		FromServer: func(b []byte) bool { return b[0] == 'A' }}, script{log: &log})
	r := sidesRig(t, p)
	v := r.open(proto.UDP, 9) // the rig's client has port 50000
	v.send("c:A")
	if f := v.app(); f.Side[orig].Port != 9 || f.AppProtoOf(resp) != "one" {
		t.Errorf("client's port %d, app_proto_tc %q", f.Side[orig].Port, f.AppProtoOf(resp))
	}
	v.close()
	equal(t, log, "1 A", "0 end", "1 end, last")
}

// TestAfterHandoff checks what a flow is called when nothing is found behind a hand-off.
func TestAfterHandoff(t *testing.T) {
	p := scripted("one", proto.Detect{Probe: starts("ONE")}, script{data: func(s *session, d proto.Dir, b []byte) (result, error) {
		s.Handoff("")
		return result{Used: 3}, nil
	}})
	r := sidesRig(t, p)
	v := r.open(proto.TCP, 9)
	v.send("c:ONE", "c:zz")
	if f := v.app(); f.AppProto() != "" || f.AppProtoOrig() != "one" {
		t.Errorf("%q after %q, want nothing yet", f.AppProto(), f.AppProtoOrig())
	}
	v.send("c:"+strings.Repeat("z", 20), "s:"+strings.Repeat("z", 20))
	if f := v.app(); f.AppProto() != "failed" || f.AppProtoOrig() != "one" {
		t.Errorf("%q after %q, want failed", f.AppProto(), f.AppProtoOrig())
	}
	v.close()
}

// TestReversed checks a flow picked up in the middle whose first data is a server's.
func TestReversed(t *testing.T) {
	var log []string
	server := func(d proto.Dir, b []byte, _ bool) proto.Verdict {
		if d == resp && b[0] == 'S' || d == orig && b[0] == 'C' {
			return proto.Yes
		}
		return proto.No
	}
	r := sidesRig(t, scripted("one", proto.Detect{Probe: server}, script{log: &log}))
	v := r.open(proto.TCP, 9)
	v.f.Midstream = true
	v.send("c:S1", "c:S2") // in one packet
	v.f.Flipped = true     // the table turns the flow behind it
	v.send("c:C1", "s:S3")
	if f := v.app(); f.AppProto() != "one" || f.AppProtoOf(orig) != "one" || f.AppProtoOf(resp) != "one" {
		t.Errorf("%q %q %q", f.AppProto(), f.AppProtoOf(orig), f.AppProtoOf(resp))
	}
	v.close()
	equal(t, log, "1 S1S2", "0 C1", "1 S3", "0 end", "1 end, last")
}

package proto_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
)

// probe is a protocol whose probe is the test's and which takes everything; it logs its probes and its data.
func probed(name string, log *[]string, d proto.Detect) proto.Protocol {
	inner := d.Probe
	d.Probe = func(dir proto.Dir, b []byte, onPort bool) proto.Verdict {
		v := inner(dir, b, onPort)
		port := ""
		if onPort {
			port = " port"
		}
		*log = append(*log, fmt.Sprintf("%s? %d %s%s", name, dir, b, port))
		return v
	}
	return scripted(name, d, script{data: func(_ *session, dir proto.Dir, b []byte) (result, error) {
		*log = append(*log, fmt.Sprintf("%s %d %s", name, dir, b))
		return result{Used: len(b)}, nil
	}})
}

func always(v proto.Verdict) func(proto.Dir, []byte, bool) proto.Verdict {
	return func(proto.Dir, []byte, bool) proto.Verdict { return v }
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b proto.Detect
		port uint16
		send []string
		app  string
		want []string
	}{
		{"in order", proto.Detect{Probe: yes}, proto.Detect{Probe: yes}, 7, []string{"c:x"}, "a", []string{"a? 0 x", "a 0 x"}},
		{"port first", proto.Detect{Probe: yes}, proto.Detect{Probe: yes, Ports: []uint16{7}}, 7, []string{"c:x"}, "b",
			[]string{"b? 0 x port", "b 0 x"}},
		{"payload decides", proto.Detect{Probe: starts("x")}, proto.Detect{Probe: starts("y"), Ports: []uint16{7}}, 7, []string{"c:x"}, "a",
			[]string{"b? 0 x port", "a? 0 x", "a 0 x"}},
		{"likely off its port", proto.Detect{Probe: always(proto.Likely), Ports: []uint16{7}}, proto.Detect{Probe: yes}, 8, []string{"c:x"}, "b",
			[]string{"a? 0 x", "b? 0 x", "b 0 x"}},
		{"likely on its port", proto.Detect{Probe: always(proto.Likely), Ports: []uint16{7}}, proto.Detect{Probe: yes}, 7, []string{"c:x"}, "a",
			[]string{"a? 0 x port", "a 0 x"}},
		{"more", proto.Detect{Probe: starts("abc")}, proto.Detect{Probe: no}, 7, []string{"c:a", "c:b", "c:c", "c:d"}, "a",
			[]string{"a? 0 a", "b? 0 a", "a? 0 ab", "a? 0 abc", "a 0 abc", "a 0 d"}},
		{"either direction", proto.Detect{Probe: starts("abc")}, proto.Detect{Probe: starts("xyz")}, 7, []string{"c:??", "s:xy", "s:z"}, "b",
			[]string{"a? 0 ??", "b? 0 ??", "a? 1 xy", "b? 1 xy", "b? 1 xyz", "b 0 ??", "b 1 xyz"}},
		{"both say no", proto.Detect{Probe: no}, proto.Detect{Probe: no}, 7, []string{"c:a", "s:b", "c:c", "s:d"}, "",
			[]string{"a? 0 a", "b? 0 a", "a? 1 b", "b? 1 b"}},
		{"depth", proto.Detect{Probe: always(proto.More), Depth: 4}, proto.Detect{Probe: always(proto.More), Depth: 2}, 7,
			[]string{"c:a", "c:b", "c:c", "c:d", "c:e", "s:vwxyz"}, "",
			[]string{"a? 0 a", "b? 0 a", "a? 0 ab", "b? 0 ab", "a? 0 abc", "a? 0 abcd", "a? 1 vwxyz", "b? 1 vwxyz"}},
		{"gap", proto.Detect{Probe: starts("abc")}, proto.Detect{Probe: no}, 7, []string{"c:a", "c+1", "c:abc"}, "",
			[]string{"a? 0 a", "b? 0 a"}},
		{"unclear at its end", proto.Detect{Probe: starts("abc")}, proto.Detect{Probe: no}, 7, []string{"c:ab"}, "",
			[]string{"a? 0 ab", "b? 0 ab"}},
		{"no probe", proto.Detect{}, proto.Detect{Probe: no}, 7, []string{"c:ab", "s:b"}, "", []string{"b? 0 ab", "b? 1 b"}},
		{"server's port on either side", proto.Detect{Probe: yes}, proto.Detect{Probe: yes, Ports: []uint16{50000}}, 7, []string{"c:x"}, "b",
			[]string{"b? 0 x port", "b 0 x"}},
		{"silence", proto.Detect{Probe: yes}, proto.Detect{Probe: yes}, 7, nil, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log []string
			b := probed("b", &log, c.b)
			a := script{data: func(_ *session, dir proto.Dir, b []byte) (result, error) {
				log = append(log, fmt.Sprintf("a %d %s", dir, b))
				return result{Used: len(b)}, nil
			}}
			first := scripted("a", c.a, a)
			if c.a.Probe != nil {
				first = probed("a", &log, c.a).(*proto.Def[note])
			}
			v := newRig(t, protocols(first, b)).open(proto.TCP, c.port)
			v.send(c.send...)
			f := v.app()
			v.close()
			equal(t, log, c.want...)
			if f.AppProto() != c.app {
				t.Errorf("app_proto %q, want %q", f.AppProto(), c.app)
			}
		})
	}
}

// TestUndetected holds no more of an unknown stream than a little.
func TestUndetected(t *testing.T) {
	calls := 0
	p := scripted("x", proto.Detect{Depth: 100, Probe: func(proto.Dir, []byte, bool) proto.Verdict { calls++; return proto.More }}, script{})
	v := newRig(t, protocols(p)).open(proto.TCP, 1)
	for range 101 {
		v.send("c:" + strings.Repeat("x", 1000))
	}
	if calls != 1 {
		t.Errorf("%d probes", calls)
	}
	if got := v.app().AppProto(); got != "failed" {
		t.Errorf("%q", got)
	}
}

// TestFailed tells what is of no protocol from what is too little to tell.
func TestFailed(t *testing.T) {
	p := scripted("x", proto.Detect{Probe: starts("yes")}, script{})
	for _, c := range []struct {
		client, server int
		failed         bool
	}{
		{16, 1000, false}, {1000, 7, false}, {17, 8, true}, {1000, 1000, true}, {100000, 0, false}, {100001, 0, true}, {0, 100001, true}, {0, 0, false},
	} {
		v := newRig(t, protocols(p)).open(proto.TCP, 1)
		for i, n := range []int{c.client, c.server} {
			for ; n > 0; n -= 1000 {
				v.send("cs"[i:i+1] + ":" + strings.Repeat("n", min(n, 1000)))
			}
		}
		if got := v.app().AppProto(); (got == "failed") != c.failed || got != "" && !c.failed {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if v := newRig(t, protocols(p)).open(proto.TCP, 1).send("c:"+strings.Repeat("n", 100), "s:yes"+strings.Repeat("n", 100)); v.app().AppProto() != "x" {
		t.Errorf("%q", v.app().AppProto())
	}
}

// TestDatagramsUndetected gives up after some datagrams, but takes what is found late.
func TestDatagramsUndetected(t *testing.T) {
	for _, late := range []int{1, 32, 33} {
		var log []string
		p := scripted("x", proto.Detect{Probe: starts("yes")}, script{log: &log})
		v := newRig(t, protocols(p)).open(proto.UDP, 1)
		f := v.app()
		for range late - 1 {
			v.send("c:no")
			if got := f.AppProto(); got != "failed" {
				t.Errorf("%q", got)
			}
		}
		v.send("s:yes")
		v.close()
		if found := f.AppProto() == "x"; found != (late <= 32) || found != (len(log) > 0) {
			t.Errorf("datagram %d: %q %q", late, f.AppProto(), log)
		}
	}
}

func TestSettingsOfDetection(t *testing.T) {
	for _, c := range []struct {
		key, value string
		port       uint16
		app        string
	}{
		{"", "", 9, "x"},
		{"app-layer.protocols.x.enabled", "yes", 9, "x"},
		{"app-layer.protocols.x.enabled", "no", 9, "failed"},
		{"app-layer.protocols.x.enabled", "detection-only", 9, "failed"},
		{"app-layer.protocols.x.tcp.detection-ports.dp", "9", 9, "x"},
		{"app-layer.protocols.x.tcp.detection-ports.dp", "[8, 9]", 9, "x"},
		{"app-layer.protocols.x.tcp.detection-ports.dp", "8", 9, "failed"},
		{"app-layer.protocols.x.tcp.detection-ports.dp", "rubbish", 9, "x"},
		{"app-layer.protocols.x.udp.detection-ports.dp", "8", 9, "x"},
	} {
		p := scripted("x", proto.Detect{Probe: yes, Ports: []uint16{9}}, script{})
		v := newRig(t, proto.RuntimeConfig{Protocols: []proto.Protocol{p}, Settings: proto.Settings{c.key: c.value}}).open(proto.TCP, c.port)
		v.send("c:a request of some length", "s:its answer")
		if got := v.app().AppProto(); got != c.app {
			t.Errorf("%s=%s: %q, want %q", c.key, c.value, got, c.app)
		}
	}
}

// TestTransports asks only the protocols of the flow's transport.
func TestTransports(t *testing.T) {
	all := []proto.Transport{proto.TCP, proto.UDP, proto.ICMP, proto.SCTP, proto.OtherIP}
	names := []string{"tcp", "udp", "icmp", "sctp", "other"}
	c := proto.RuntimeConfig{}
	for i, over := range all {
		c.Protocols = append(c.Protocols, scripted(names[i], proto.Detect{Over: []proto.Transport{over}, Probe: yes, Ports: []uint16{5}}, script{}))
	}
	c.Protocols = append(c.Protocols, scripted("nested", proto.Detect{Over: []proto.Transport{proto.Nested}, Probe: yes}, script{}))
	for i, over := range all {
		r := newRig(t, c)
		v := r.open(over, 5).send("c:x")
		if got := v.app().AppProto(); got != names[i] {
			t.Errorf("%v: %q", over, got)
		}
		ip := v.f.Proto
		if want := over <= proto.UDP; r.LikelyServer(ip, 5) != want || r.LikelyServer(ip, 6) {
			t.Errorf("%v: likely servers %v %v", over, r.LikelyServer(ip, 5), r.LikelyServer(ip, 6))
		}
	}
}

// TestManyProtocols fills a transport.
func TestManyProtocols(t *testing.T) {
	c := proto.RuntimeConfig{}
	for i := range 64 {
		probe := no
		if i == 63 {
			probe = yes
		}
		c.Protocols = append(c.Protocols, scripted(fmt.Sprintf("p%d", i), proto.Detect{Over: over[:1], Probe: probe}, script{}))
	}
	v := newRig(t, c).open(proto.TCP, 1).send("c:x")
	if got := v.app().AppProto(); got != "p63" {
		t.Errorf("%q", got)
	}
	c.Protocols = append(c.Protocols, scripted("one", proto.Detect{Over: over[:1], Probe: no}, script{}))
	if _, err := proto.NewRuntime(c); err == nil || !strings.Contains(err.Error(), "more than 64") {
		t.Errorf("%v", err)
	}
	c.Protocols = c.Protocols[:2]
	c.Protocols[1] = c.Protocols[0]
	if _, err := proto.NewRuntime(c); err == nil || !strings.Contains(err.Error(), "named p0") {
		t.Errorf("%v", err)
	}
}

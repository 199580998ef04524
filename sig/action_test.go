package sig

import (
	"bytes"
	"strings"
	"testing"
)

// TestPass: a rule that passes silences those after it, in the packet or for the rest of the flow.
func TestPass(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "bad but known") // 1
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "bad")           // 2
	g.udp("10.0.0.1:1001", "10.0.0.2:7000", "bad")           // 3
	x := g.dial("10.0.0.1:1000", "10.0.0.2:80")              // 4-6
	x.say(client, "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n")     // 7, 8
	x.say(server, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")
	x.say(client, "GET /bad HTTP/1.1\r\nHost: a\r\n\r\n")
	x.hangup(client)
	capture := g.capture()
	const rules = `
alert udp any any -> any any (content:"bad"; sid:1;)
pass udp any any -> any any (content:"known"; sid:2;)
alert http any any -> any any (http.uri; content:"/bad"; sid:3;)
drop udp any any -> any any (content:"bad"; sid:4;)
pass http any any -> any any (http.uri; content:"/ok"; sid:5;)
reject udp any any -> any any (content:"bad"; sid:6;)
alert http any any -> any any (http.uri; content:"/ok"; sid:7;)
`
	trial{rules: rules, want: "1@2 4@2 6@2 1@3 4@3 6@3"}.check(t, capture)
	trial{rules: rules, order: []string{"alert", "drop", "reject", "pass"}, differs: "it is not configured so",
		want: "1@1 4@1 6@1 1@2 4@2 6@2 1@3 4@3 6@3 7@10/0"}.check(t, capture)
}

// TestAlertLimit: of a packet's alerts only the first are told.
func TestAlertLimit(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "hello")
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "bye")
	var rules strings.Builder
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		rules.WriteString(`alert udp any any -> any any (content:"hello"; sid:` + n + ";)\n")
	}
	rules.WriteString(`alert udp any any -> any any (content:"bye"; sid:6;)` + "\n")
	trial{rules: rules.String(), limit: 3, want: "1@1 2@1 3@1 6@2"}.check(t, g.capture())
}

// TestPriority: of two rules the one of higher priority is judged first.
func TestPriority(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "hello")
	const rules = `
alert udp any any -> any any (content:"hello"; priority:3; sid:1;)
alert udp any any -> any any (content:"hello"; priority:1; sid:2;)
alert udp any any -> any any (content:"hello"; priority:2; sid:3;)
`
	trial{rules: rules, limit: 2, want: "2@1 3@1"}.check(t, g.capture())
}

// TestNoAlert: a rule that is silent still sets what it sets.
func TestNoAlert(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "hello")
	trial{rules: `
alert udp any any -> any any (content:"hello"; noalert; flowbits:set,seen; sid:1;)
alert udp any any -> any any (content:"hello"; flowbits:isset,seen; sid:2;)
`, want: "2@1"}.check(t, g.capture())
}

// TestTags: what follows an alert is told as packets, of its flow or of one of its hosts.
func TestTags(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "hello") // 1
	for range 4 {                                    // 2-9
		g.udp("10.0.0.1:1000", "10.0.0.2:7000", "more")
		g.udp("10.0.0.1:1001", "10.0.0.3:7000", "else")
	}
	g.wait(5)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "late")  // 10
	g.udp("10.0.0.4:1000", "10.0.0.1:7000", "to it") // 11
	capture := g.capture()
	for _, c := range []struct{ option, want string }{
		{"tag:session,2,packets;", "1@1 tag@2"},
		{"tag:session,4,seconds;", "1@1 tag@2 tag@4 tag@6 tag@8"},
		{"tag:session,10,seconds;", "1@1 tag@2 tag@4 tag@6 tag@8 tag@10"},
		{"tag:session,100,bytes;", "1@1 tag@2"},
		{"tag:host,3,packets,src;", "1@1 tag@2 tag@3"},
		{"tag:host,3,packets,dst;", "1@1 tag@2 tag@4"},
		{"tag:host,3,seconds,src;", "1@1 tag@2 tag@3 tag@4 tag@5 tag@6 tag@7 tag@8 tag@9"},
		{"tag:host,20,seconds,src;", "1@1 tag@2 tag@3 tag@4 tag@5 tag@6 tag@7 tag@8 tag@9 tag@10 tag@11"},
	} {
		t.Run(c.option, func(t *testing.T) {
			trial{rules: `alert udp any any -> any any (content:"hello"; ` + c.option + " sid:1;)\n", want: c.want}.check(t, capture)
		})
	}
}

// TestConfig: a rule may switch the records of a transaction off.
func TestConfig(t *testing.T) {
	g := newWire(t)
	for i, uri := range []string{"/loud", "/quiet", "/loud"} {
		x := g.dial("10.0.0."+string(rune('1'+i))+":1000", "10.0.0.9:80")
		x.say(client, "GET "+uri+" HTTP/1.1\r\nHost: a\r\n\r\n")
		x.say(server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		x.hangup(client)
	}
	rs := compile(t, `config http any any -> any any (http.uri; content:"/quiet"; config: logging disable, type tx, scope tx; sid:1;)`, Options{})
	eve := eveOf(t, rs, g.capture(), 1, "http", "alert")
	if bytes.Count(eve, []byte(`"/loud"`)) != 2 || bytes.Contains(eve, []byte(`"/quiet"`)) || bytes.Contains(eve, []byte(`"alert"`)) {
		t.Errorf("%s", eve)
	}
}

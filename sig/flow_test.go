package sig

import (
	"strings"
	"testing"
)

// TestFlowKeyword: what state of a flow a rule asks for, on a connection of its own, on one whose beginning is missing, and
// on datagrams.
func TestFlowKeyword(t *testing.T) {
	g := newWire(t)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:7000") // 1-3
	x.say(client, "question one")                 // 4, 5
	x.say(server, "answer one")                   // 6, 7
	x.hangup(client)                              // 8-10
	y := g.silent("10.0.0.3:1000", "10.0.0.2:7000")
	y.segment(client, psh|ack, "question two")            // 11
	g.udp("10.0.0.1:2000", "10.0.0.2:7001", "question 3") // 12
	g.udp("10.0.0.2:7001", "10.0.0.1:2000", "answer 3")   // 13
	g.udp("10.0.0.1:2000", "10.0.0.2:7001", "question 4") // 14
	trial{rules: `
alert tcp any any -> any any (flow:established; flags:PA; sid:1;)
alert tcp any any -> any any (flow:not_established; flags:S+; sid:2;)
alert tcp any any -> any any (flow:stateless; flags:PA; sid:3;)
alert tcp any any -> any any (flow:to_server; flags:PA; sid:4;)
alert tcp any any -> any any (flow:from_server; flags:PA; sid:5;)
alert udp any any -> any any (flow:established; content:"question"; sid:6;)
alert udp any any -> any any (flow:not_established; content:"question"; sid:7;)
alert udp any any -> any any (flow:to_client; content:"answer"; sid:8;)
alert udp any any -> any any (flow:to_server; content:"answer"; sid:9;)
alert tcp any any -> any any (flow:established,no_stream; content:"one"; sid:10;)
alert tcp any any -> any any (flow:established,only_stream; content:"one"; sid:11;)
alert tcp any any -> any any (flow:no_frag; flags:S; sid:12;)
alert tcp any any -> any any (flow:only_frag; flags:S; sid:13;)
alert tcp any any <> any 7000 (flow:to_client; flags:PA; sid:14;)
`, want: "2@1 12@1 2@2 1@4 3@4 4@4 10@4 1@6 3@6 5@6 10@6 14@6 11@8 11@9 3@11 4@11 7@12 8@13 6@14"}.check(t, g.capture())
}

// TestStreamAndPacket: a pattern over two segments stands in the stream alone; depth and dsize look at packets.
func TestStreamAndPacket(t *testing.T) {
	g := newWire(t)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:7000") // 1-3
	x.say(client, "HELLO WO")                     // 4, 5
	x.say(client, "RLD bye")                      // 6, 7
	x.say(server, "fine")                         // 8, 9
	x.hangup(client)                              // 10-12
	trial{rules: `
alert tcp any any -> any any (content:"HELLO WORLD"; sid:1;)
alert tcp any any -> any any (flow:no_stream; content:"HELLO WORLD"; sid:2;)
alert tcp-pkt any any -> any any (content:"HELLO WORLD"; sid:3;)
alert tcp-stream any any -> any any (content:"HELLO WORLD"; sid:4;)
alert tcp any any -> any any (content:"HELLO WORLD"; depth:11; sid:5;)
alert tcp any any -> any any (content:"RLD"; depth:3; sid:6;)
alert tcp any any -> any any (flow:only_stream; content:"RLD"; depth:3; sid:7;)
alert tcp any any -> any any (content:"RLD"; dsize:7; sid:8;)
alert tcp any any -> any any (content:"HELLO WO"; dsize:>6; sid:9;)
alert tcp-pkt any any -> any any (content:"RLD"; sid:10;)
alert tcp any any -> any any (pcre:"/LO.WORLD/"; sid:11;)
alert tcp any any -> any any (content:"fine"; sid:12;)
`, want: "9@4 6@6 8@6 10@6 1@10 4@10 5@10 11@10 12@11"}.check(t, g.capture())
}

// TestFlowBits: bits and integers over the packets of one flow, and none of another.
func TestFlowBits(t *testing.T) {
	g := newWire(t)
	for word := range strings.FieldsSeq("ask set ask unset ask toggle ask toggle ask") { // 1-9
		g.udp("10.0.0.1:1000", "10.0.0.2:7000", word)
	}
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "set")   // 10
	g.udp("10.0.0.2:7000", "10.0.0.1:1000", "reply") // 11
	g.udp("10.0.0.1:1001", "10.0.0.2:7000", "ask")   // 12
	trial{rules: `
alert udp any any -> any any (content:"set"; startswith; flowbits:set,b; flowbits:noalert; sid:1;)
alert udp any any -> any any (content:"unset"; flowbits:unset,b; noalert; sid:2;)
alert udp any any -> any any (content:"toggle"; flowbits:toggle,b; noalert; sid:3;)
alert udp any any -> any any (content:"ask"; flowbits:isset,b; sid:4;)
alert udp any any -> any any (content:"ask"; flowbits:isnotset,b; sid:5;)
alert udp any any -> any any (flow:to_client; flowbits:isset,b; sid:6;)
alert udp any any -> any any (content:"ask"; flowbits:isset,a|b; sid:7;)
alert udp any any -> any any (content:"set"; startswith; flowbits:isset,b; sid:8;)
`, want: "5@1 8@2 4@3 7@3 5@5 4@7 7@7 5@9 8@10 6@11 5@12"}.check(t, g.capture())
}

// TestFlowInts counts within a flow.
func TestFlowInts(t *testing.T) {
	g := newWire(t)
	for range 5 { // 1-5
		g.udp("10.0.0.1:1000", "10.0.0.2:7000", "login failed")
	}
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "less")    // 6
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "compare") // 7
	g.udp("10.0.0.1:1001", "10.0.0.2:7000", "compare") // 8
	trial{rules: `
alert udp any any -> any any (content:"failed"; flowint:fails, notset; flowint:fails, =, 0; noalert; sid:1;)
alert udp any any -> any any (content:"failed"; flowint:fails, isset; flowint:fails, +, 1; noalert; sid:2;)
alert udp any any -> any any (content:"failed"; flowint:fails, >=, 3; sid:3;)
alert udp any any -> any any (content:"less"; flowint:fails, -, 2; sid:4;)
alert udp any any -> any any (content:"compare"; flowint:fails, ==, 3; sid:5;)
alert udp any any -> any any (content:"compare"; flowint:fails, <, 3; sid:6;)
alert udp any any -> any any (content:"compare"; flowint:fails, !=, 4; sid:7;)
alert udp any any -> any any (content:"compare"; flowint:fails, isnotset; sid:8;)
`, want: "3@3 3@4 3@5 4@6 5@7 7@7 8@8"}.check(t, g.capture())
}

// TestXBits: bits of sources, destinations and pairs, which run out.
func TestXBits(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "mark")   // 1
	g.udp("10.0.0.1:1001", "10.0.0.3:7000", "ask")    // 2: the same source
	g.udp("10.0.0.4:1000", "10.0.0.2:7000", "ask")    // 3: the same destination
	g.udp("10.0.0.2:1000", "10.0.0.1:7000", "ask")    // 4: the same pair, the other way round
	g.udp("10.0.0.5:1000", "10.0.0.6:7000", "ask")    // 5: neither
	g.wait(11)                                        //
	g.udp("10.0.0.1:1002", "10.0.0.2:7000", "ask")    // 6: 11 s later
	g.udp("10.0.0.1:1002", "10.0.0.2:7000", "unmark") // 7
	g.udp("10.0.0.1:1003", "10.0.0.2:7000", "ask")    // 8
	trial{rules: `
alert udp any any -> any any (content:"mark"; startswith; xbits:set,s,track ip_src,expire 60; noalert; sid:1;)
alert udp any any -> any any (content:"mark"; startswith; xbits:set,d,track ip_dst,expire 60; noalert; sid:2;)
alert udp any any -> any any (content:"mark"; startswith; xbits:set,p,track ip_pair,expire 60; noalert; sid:3;)
alert udp any any -> any any (content:"mark"; startswith; xbits:set,short,track ip_src,expire 10; noalert; sid:4;)
alert udp any any -> any any (content:"mark"; startswith; xbits:set,pshort,track ip_pair,expire 10; noalert; sid:5;)
alert udp any any -> any any (content:"unmark"; xbits:unset,s,track ip_src; noalert; sid:6;)
alert udp any any -> any any (content:"unmark"; xbits:unset,p,track ip_pair; noalert; sid:7;)
alert udp any any -> any any (content:"ask"; xbits:isset,s,track ip_src; sid:11;)
alert udp any any -> any any (content:"ask"; xbits:isset,d,track ip_dst; sid:12;)
alert udp any any -> any any (content:"ask"; xbits:isset,p,track ip_pair; sid:13;)
alert udp any any -> any any (content:"ask"; xbits:isset,short,track ip_src; sid:14;)
alert udp any any -> any any (content:"ask"; xbits:isset,pshort,track ip_pair; sid:15;)
alert udp any any -> any any (content:"ask"; xbits:isnotset,s,track ip_src; sid:16;)
`, want: "11@2 14@2 12@3 16@3 13@4 15@4 16@4 16@5 11@6 12@6 13@6 12@8 16@8"}.check(t, g.capture())
}

// TestHostBits: bits of a host, set in one flow and asked in others.
func TestHostBits(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "mark")   // 1
	g.udp("10.0.0.1:1001", "10.0.0.3:7000", "ask")    // 2
	g.udp("10.0.0.4:1000", "10.0.0.2:7000", "ask")    // 3
	g.udp("10.0.0.1:1001", "10.0.0.3:7000", "toggle") // 4
	g.udp("10.0.0.1:1001", "10.0.0.3:7000", "ask")    // 5
	g.udp("10.0.0.4:1000", "10.0.0.2:7000", "unmark") // 6
	g.udp("10.0.0.4:1000", "10.0.0.2:7000", "ask")    // 7
	trial{rules: `
alert udp any any -> any any (content:"mark"; startswith; hostbits:set,a,src; noalert; sid:1;)
alert udp any any -> any any (content:"mark"; startswith; hostbits:set,a,dst; noalert; sid:2;)
alert udp any any -> any any (content:"toggle"; hostbits:toggle,a,src; noalert; sid:3;)
alert udp any any -> any any (content:"unmark"; hostbits:unset,a,dst; noalert; sid:4;)
alert udp any any -> any any (content:"ask"; hostbits:isset,a,src; sid:11;)
alert udp any any -> any any (content:"ask"; hostbits:isset,a,dst; sid:12;)
alert udp any any -> any any (content:"ask"; hostbits:isnotset,a,src; sid:13;)
alert udp any any -> any any (content:"ask"; hostbits:isset,a; sid:14;)
`, want: "11@2 14@2 12@3 13@3 13@5 13@7"}.check(t, g.capture())
}

// TestVariablesOfExpressions: what an expression captures is asked by flowvar and pktvar.
func TestVariablesOfExpressions(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "user alice.") // 1
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "user bob.")   // 2
	g.udp("10.0.0.1:1001", "10.0.0.2:7000", "who")         // 3
	trial{rules: `
alert udp any any -> any any (content:"user"; pcre:"/user (?P<flow_name>\w+)/"; sid:1;)
alert udp any any -> any any (content:"user"; flowvar:name,"alice"; sid:2;)
alert udp any any -> any any (content:"user"; flowvar:name,"bob"; sid:3;)
alert udp any any -> any any (content:"who"; flowvar:name,"alice"; sid:4;)
`, want: "1@1 2@1 1@2 3@2"}.check(t, g.capture())
}

package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const hello = "> S 100|< SA 300 101|> A 101 301|"

// TestZeek runs conversations through the endpoint view.
func TestZeek(t *testing.T) {
	for _, c := range []struct{ name, script, flows, data, events string }{
		{"whole", hello + "> PA 101 301 hello|< A 301 106|< PA 301 106 world|> FA 106 306|< FA 306 107|> A 107 307",
			"ShADadFf SF 5/5", ">hello<world)(", ""},
		{"fin with data", hello + "> FA 101 301 bye|< FA 301 105|> A 105 302", "ShAFf SF 3/0", ">bye)(", ""},
		{"attempt", "> S 100|+1|> S 100|+2|> S 100", "S S0 0/0", ")(", ""},
		{"attempt runs out", "> S 100|+6|> S 100", "S S0 0/0; S S0 0/0", ")()(", ""},
		{"refused", "> S 100|< RA 0 101", "Sr REJ 0/0", ")(", ""},
		{"refused again", "> S 100|< RA 0 101|> S 100|< RA 0 101", "Sr REJ 0/0; Sr REJ 0/0", ")()(", ""},
		{"reset by originator", hello + "> PA 101 301 x|> RA 102 301", "ShADR RSTO 1/0", ">x)(", ""},
		{"reset by responder", hello + "> PA 101 301 x|< RA 301 102", "ShADr RSTR 1/0", ">x)(", ""},
		{"SYN then reset", "> S 100|> R 101", "SR RSTOS0 0/0", ")(", ""},
		{"SYN then FIN", "> S 100|> F 101", "SF SH 0/0", ")(", "inappropriate_FIN"},
		{"SYN-ACK first", "< SA 300 101|> A 101 301|> PA 101 301 x", "^hAD OTH 1/0", ">x)(", "unsolicited_SYN_response"},
		{"half closed", hello + "> FA 101 301|< A 301 102|+20|< PA 301 102 late|> A 102 305", "ShAFad S2 0/4", ")<late(", ""},
		{"established", hello, "ShA S1 0/0", ")(", ""},
		{"midstream", "> PA 101 301 x|< PA 301 102 y|> A 102 302", "DdA OTH 1/1", ">x<y)(", ""},
		{"midstream FIN", "> PA 101 301 x|> FA 102 301|+6|> A 103 301", "DF SH 1/0; A OTH 0/0", ">x)()(", ""},
		{"out of order", hello + "> PA 103 301 cd|> PA 101 301 ab|< A 301 105", "ShADTa S1 4/0", ">ab>cd)(", ""},
		{"retransmission", hello + "> PA 101 301 ab|> PA 101 301 ab|< A 301 103", "ShADTa S1 2/0", ">ab)(", ""},
		{"gap", hello + "> PA 101 301 ab|> PA 105 301 ef|< A 301 107|> FA 107 301|< FA 301 108", "ShADaGFf SF 6/0", ">ab>[2]>ef)(", "reassembly_seq_gap"},
		{"gap at the end", hello + "> PA 101 301 ab|< A 301 105", "ShADaG S1 4/0", ">ab>[2])(", "reassembly_seq_gap"},
		{"window closes", hello + "> PA 101 301/1000 ab|< A 301 103/0|< A 301 103/1000", "ShADaw S1 2/0", ">ab)(", ""},
		{"window shrinks", hello + "< A 301 101/1000|< A 301 101/10", "ShAa S1 0/0", ")(", "window_recision"},
		{"reuse", hello + "> FA 101 301|< FA 301 102|> A 102 302|+1|> S 5000|< SA 900 5001",
			"ShAFf SF 0/0; Sh S1 0/0", ")()(", "premature_connection_reuse"},
		{"active reuse", hello + "> S 5000", "ShA S1 0/0; S S0 0/0", ")()(", "active_connection_reuse"},
		{"SYN jump", "> S 100|> S 200|< SA 300 201", "S S0 0/0; Sh S1 0/0", ")()(", "SYN_seq_jump"},
		{"data before", "> S 100|> PA 101 301 x", "SD S0 1/0", ">x)(", "possible_split_routing data_before_established"},
		{"SYN and FIN", "> SF 100", "Q SH 0/0", ")(", ""},
		{"all flags", "> SFRU 100", "Q RSTOS0 0/0", ")(", "TCP_christmas baroque_SYN spontaneous_RST"},
		{"FIN and RST", hello + "> FRA 101 301", "ShAI RSTO 0/0", ")(", ""},
		{"simultaneous", "> S 100|< S 300|> SA 100 301|< SA 300 101", "SsHh S1 0/0", ")(", ""},
		{"wrap", "> S 4294967294|< SA 300 4294967295|> A 4294967295 301|> PA 4294967295 301 abcd|< A 301 3|> FA 3 301|< FA 301 4",
			"ShADaFf SF 4/0", ">abcd)(", ""},
		{"wrap of payload", "> S 4294967290|< SA 300 4294967291|> A 4294967291 301|> PA 4294967291 301 abcdefgh|> PA 3 301 ij|< A 301 5",
			"ShADa S1 10/0", ">abcdefgh>ij)(", ""},
		{"FIN out of order", hello + "> FA 103 301 cd|> PA 101 301 ab|< A 301 106", "ShAFDTa S2 4/0", ">ab>cd)(", ""},
		{"after close", hello + "> FA 101 301|< FA 301 102|> A 102 302|< RA 302 102", "ShAFfr SF 0/0", ")(", ""},
		{"inconsistent", hello + "> PA 103 301 cd|> PA 103 301 xx|> PA 101 301 ab", "ShADT S1 4/0", ">ab>cd)(", "reassembly_overlap_different_data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, Zeek())
			k.say(c.script)
			if got := k.end(); got != c.flows {
				t.Errorf("flows %q, want %q", got, c.flows)
			}
			if got := k.data.String(); got != c.data {
				t.Errorf("data %q, want %q", got, c.data)
			}
			if got := strings.Join(k.events, " "); got != c.events {
				t.Errorf("events %q, want %q", got, c.events)
			}
		})
	}
}

// TestSuricata runs conversations through the session view.
func TestSuricata(t *testing.T) {
	for _, c := range []struct{ name, script, state, data, events string }{
		{"whole", hello + "> PA 101 301 hello|< A 301 106|< PA 301 106 world|> FA 106 306|< FA 306 107|> A 107 307",
			"closed", ">hello<world)(", ""},
		{"not acknowledged", hello + "> PA 101 301 hello|> PA 106 301 more|< A 301 106|> A 110 301", "established", ">hello>more)(", ""},
		{"server closes", hello + "< FA 301 101|> A 101 302|> FA 101 302", "time_wait", ")(", ""},
		{"server closes wholly", hello + "< FA 301 101|> A 101 302|> FA 101 302|< A 302 102", "closed", ")(", ""},
		{"reset", hello + "> PA 101 301 x|< RA 301 102", "closed", ">x)(", ""},
		{"own reset ends one side", hello + "< PA 301 101 y|< R 302", "closed", "<y()", ""},
		{"the last FIN ends what had data", hello + "< PA 301 101 y|> A 101 302|< FA 302 101|> FA 101 303|< A 303 102", "closed", "<y()", ""},
		{"wild reset", hello + "> PA 101 301 x|< RA 901301 102", "established", ">x)(", ""},
		{"no session", "> PA 101 301 x|< A 301 102", "", ")(", ""},
		{"RST without session", "> R 101 0", "", ")(", "rst_but_no_session"},
		{"FIN without session", "> FA 101 301", "", ")(", "fin_but_no_session"},
		{"wrong answer", "> S 100|< SA 300 999", "syn_sent", ")(", "3whs_synack_with_wrong_ack"},
		{"wrong direction", "> S 100|> SA 100 301", "syn_sent", ")(", "3whs_synack_in_wrong_direction"},
		{"wrong third", "> S 100|< SA 300 101|> A 900 901", "syn_recv", ")(", "3whs_wrong_seq_wrong_ack"},
		{"wrong third ack", "> S 100|< SA 300 101|> A 101 901", "syn_recv", ")(", "3whs_right_seq_wrong_ack_evasion"},
		{"beyond window", hello + "> PA 50101 301 x", "established", ")(", "est_packet_out_of_window"},
		{"bad ack", hello + "> PA 101 901301 x", "established", ")(", "pkt_invalid_ack est_invalid_ack"},
		{"SYN within", hello + "> S 100", "established", ")(", "est_syn_resend"},
		{"SYN from server", hello + "< S 300", "established", ")(", "est_syn_toclient"},
		{"gap", hello + "> PA 101 301 ab|> PA 105 301 ef|< A 301 107", "established", ">ab>[2]>ef)(", "reassembly_seq_gap"},
		{"client closes", hello + "> FA 101 301|< A 301 102", "close_wait", ")(", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, Suricata())
			var state string
			k.say(c.script)
			for f := range k.open {
				state = f.TCP.Session.String()
			}
			k.end()
			if state != c.state {
				t.Errorf("state %q, want %q", state, c.state)
			}
			if got := k.data.String(); got != c.data {
				t.Errorf("data %q, want %q", got, c.data)
			}
			var events []string
			for _, e := range k.events { // those of the endpoint view have a test of their own
				if strings.Contains(sessionEvents, " "+e+" ") {
					events = append(events, e)
				}
			}
			if got := strings.Join(events, " "); got != c.events {
				t.Errorf("events %q, want %q", got, c.events)
			}
		})
	}
}

var sessionEvents = func() string {
	s := " "
	for _, i := range tcpEventTable {
		if i.Weird == "" {
			s += strings.TrimPrefix(i.Anomaly, "stream.") + " "
		}
	}
	return s
}()

// TestEventNames makes sure that every event has a name, and that no two have the same.
func TestEventNames(t *testing.T) {
	seen := map[string]bool{}
	for e := tcpEventBase + 1; e < tcpEventEnd; e++ {
		i := e.Info()
		if i.Weird == "" && i.Anomaly == "" {
			t.Errorf("event %d has no name", e)
		}
		name := i.Weird + " " + i.Anomaly
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
	}
}

// TestOrder looks at what flows are ordered by when timers close them, and that a packet that comes after the deadline but
// before the tick makes no difference.
func TestOrder(t *testing.T) {
	run := func(late bool) (order []string, flows string) {
		k := newTalk(t, Zeek())
		k.say("> S 100|+1")
		k.ap++
		k.say("> S 100|+9")
		if late {
			k.say("> S 100")
		}
		k.say("t")
		k.table.Tick(k.now, k.number)
		return k.order, k.end()
	}
	order, _ := run(false)
	if want := []string{"5000 1 0", "6001 2 0"}; !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
	order, flows := run(true)
	if want := []string{"6001 2 0", "5000 1 0", "10002 3 0"}; !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
	if want := "S S0 0/0; S S0 0/0; S S0 0/0"; flows != want {
		t.Errorf("flows %q, want %q", flows, want)
	}
}

// TestDatagrams looks at UDP and ICMP.
func TestDatagrams(t *testing.T) {
	k := newTalk(t, Zeek())
	send := func(d Dir, proto uint8, typ, other uint16, b string) {
		p := k.packet(d, proto, []byte(b))
		if proto == ProtoICMP {
			p.SrcPort, p.DstPort, p.ICMPType, p.ICMPCode = typ, other, uint8(typ), uint8(other)
		}
		k.table.Process(p)
		k.now += 1e6
	}
	send(Orig, ProtoUDP, 0, 0, "ask")
	send(Resp, ProtoUDP, 0, 0, "answer")
	k.now += 61 * second
	send(Resp, ProtoUDP, 0, 0, "alone")
	send(Orig, ProtoICMP, 8, 0, "ping")
	send(Resp, ProtoICMP, 0, 8, "ping")
	send(Orig, ProtoICMP, 3, 3, "error") // of one side each: type and code look alike from both
	send(Resp, ProtoICMP, 3, 3, "error")
	k.ap, k.bp = 5000, 80
	send(Resp, ProtoUDP, 0, 0, "flipped")
	want := "Dd SF 3/6; D S0 5/0;  OTH 4/4;  OTH 5/0;  OTH 5/0; ^d SHR 0/7"
	if got := k.end(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestIndex compares the index with a map.
func TestIndex(t *testing.T) {
	x := newIndex()
	in := map[uint32]uint32{}
	state := uint32(1)
	next := func(n uint32) uint32 {
		state = state*1664525 + 1013904223
		return state >> 8 % n
	}
	find := func(tag, flow uint32) bool {
		for i := tag & x.mask; x.slots[i].ref != 0; i = (i + 1) & x.mask {
			if x.slots[i] == (indexSlot{tag, flow + 1}) {
				return true
			}
		}
		return false
	}
	for i := range uint32(20000) {
		if flow := next(3000); in[flow] != 0 {
			x.remove(in[flow], flow)
			delete(in, flow)
		} else {
			in[flow] = 1 + next(500)*0x01000193 // tags collide often
			x.add(in[flow], flow)
		}
		if i%500 == 0 {
			for flow, tag := range in {
				if !find(tag, flow) {
					t.Fatalf("step %d: flow %d is lost", i, flow)
				}
			}
		}
	}
	if x.n != len(in) {
		t.Errorf("%d flows, want %d", x.n, len(in))
	}
}

// TestWheel lets flows run out at times near and far and over leaps of the clock.
func TestWheel(t *testing.T) {
	for _, step := range []int64{1e6, 3e8, 7e9, 200e9, 90000e9} {
		var w wheel
		pool := flowPool{free: noFlow}
		w.init(&pool)
		now := testStart
		w.start(now)
		state := uint64(7)
		alive := map[uint32]int64{}
		for range 3000 {
			state = state*6364136223846793005 + 1442695040888963407
			f := pool.get()
			f.deadline = now + int64(state>>20)%(4*step+1)
			alive[f.index] = f.deadline
			w.add(f)
			if state>>60 == 3 {
				f.deadline += step // prolonged: stays where it is
				alive[f.index] = f.deadline
				w.moved(f)
			}
			if state>>60 == 4 {
				f.deadline = now + 1
				alive[f.index] = f.deadline
				w.moved(f)
			}
			now += int64(state>>33) % step
			for _, i := range w.due(now, nil) {
				if at, ok := alive[i]; !ok || at > now {
					t.Fatalf("step %d: flow %d due %d too early", step, i, at-now)
				}
				delete(alive, i)
			}
			if len(alive)%97 == 0 {
				for i, at := range alive {
					if at <= now {
						t.Fatalf("step %d: flow %d is late by %d", step, i, now-at)
					}
				}
			}
		}
	}
}

// TestFlowLimit closes what would run out next when there is no room.
func TestFlowLimit(t *testing.T) {
	k := newTalk(t, Zeek())
	k.table.o.MaxFlows = 3
	for i := range 5 {
		k.ap = uint16(1000 + i)
		k.say("> S 100|+0.1")
	}
	if s := k.table.Stats(); s.Evicted != 2 || s.MaxOpen != 3 {
		t.Errorf("%+v", s)
	}
	k.end()
	if n := len(k.closed); n != 5 {
		t.Errorf("%d flows closed", n)
	}
}

func ExampleFlow_ConnState() {
	f := Flow{Proto: ProtoUDP, seen: 3}
	fmt.Println(f.ConnState())
	// Output: SF
}

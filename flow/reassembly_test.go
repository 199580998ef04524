package flow

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// piecesOf cuts a text into segments, repeats some, and shuffles them within a window.
func piecesOf(r *rand.Rand, n int, shuffle int) [][2]int {
	var out [][2]int
	for at := 0; at < n; {
		size := min(1+r.IntN(40), n-at)
		out = append(out, [2]int{at, at + size})
		if r.IntN(5) == 0 {
			from := max(0, at-r.IntN(60))
			out = append(out, [2]int{from, min(n, from+1+r.IntN(80))})
		}
		at += size
	}
	for i := range out {
		j := min(len(out)-1, i+r.IntN(shuffle+1))
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// TestAnyOrder sends the same bytes in any segmentation, order and repetition: they arrive as they were.
func TestAnyOrder(t *testing.T) {
	const n = 2000
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('a' + i*7%26)
	}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		pr := Zeek()
		if seed%2 == 1 {
			pr = Suricata()
			pr.Overlap = Policy(r.IntN(int(PolicyLast) + 1))
		}
		base := r.Uint32()
		if seed%3 == 0 {
			base = ^uint32(0) - uint32(r.IntN(n)) // wraps around within the text
		}
		k := newTalk(t, pr)
		var got strings.Builder
		send := func(d Dir, flags TCPFlags, seq, ack uint32, b string) {
			p := k.tcp(d, flags, seq, ack, b)
			p.Window = 65535
			k.table.Process(p)
			k.now += 1e5
		}
		send(Orig, SYN, base, 0, "")
		send(Resp, SYN|ACK, 300, base+1, "")
		send(Orig, ACK, base+1, 301, "")
		segs := piecesOf(r, n, 1+r.IntN(12))
		sent := 0
		have := make([]bool, n+1)
		for _, s := range segs {
			send(Orig, PSH|ACK, base+1+uint32(s[0]), 301, string(text[s[0]:s[1]]))
			for i := s[0]; i < s[1]; i++ {
				have[i] = true
			}
			for have[sent] {
				sent++
			}
			if r.IntN(3) == 0 {
				send(Resp, ACK, 301, base+1+uint32(sent), "")
			}
		}
		send(Orig, FIN|ACK, base+1+n, 301, "")
		send(Resp, FIN|ACK, 301, base+2+n, "")
		send(Orig, ACK, base+2+n, 302, "")
		k.end()
		for part := range strings.SplitSeq(k.data.String(), ">") {
			got.WriteString(strings.TrimSuffix(part, ")("))
		}
		want := string(text)
		if got.String() != want {
			t.Fatalf("seed %d (%s, base %d): got %d bytes of %d\n%s", seed, pr.Name, base, got.Len(), n, k.data.String())
		}
		if c := k.closed[0]; !strings.HasSuffix(c, fmt.Sprintf("SF %d/0", n)) {
			t.Fatalf("seed %d: %s", seed, c)
		}
	}
}

// TestPolicies sends different bytes for the same place: each policy keeps its own, as observed of Suricata 7.0.10.
func TestPolicies(t *testing.T) {
	segments := [...][2]int{{2, 5}, {2, 8}, {2, 10}, {4, 6}, {4, 8}, {4, 10}, {5, 7}, {5, 8}, {5, 10}} // the old one is 4-8
	for _, c := range []struct {
		policies []Policy
		want     string
	}{
		{[]Policy{PolicyBSD, PolicyBSDRight, PolicyHPUX10, PolicyIRIX, PolicyMacOS, PolicyWindows, PolicyWindows2003},
			"..nnnooo ..nnnnnn ..nnnnnnnn ....oooo ....oooo ....oooonn ....oooo ....oooo ....oooonn"},
		{[]Policy{PolicyLinux},
			"..nnnooo ..nnnnnn ..nnnnnnnn ....oooo ....oooo ....nnnnnn ....oooo ....oooo ....oooonn"},
		{[]Policy{PolicyOldLinux},
			"..nnnooo ..nnnnnn ..nnnnnnnn ....oooo ....nnnn ....nnnnnn ....oooo ....oooo ....oooonn"},
		{[]Policy{PolicySolaris, PolicyHPUX11},
			"..nnoooo ..nnnnnn ..nnnnnnnn ....oooo ....nnnn ....nnnnnn ....oooo ....oooo ....onnnnn"},
		{[]Policy{PolicyFirst, PolicyVista},
			"..nnoooo ..nnoooo ..nnoooonn ....oooo ....oooo ....oooonn ....oooo ....oooo ....oooonn"},
		{[]Policy{PolicyLast},
			"..nnnooo ..nnnnnn ..nnnnnnnn ....nnoo ....nnnn ....nnnnnn ....onno ....onnn ....onnnnn"},
	} {
		want := strings.Fields(c.want)
		for _, policy := range c.policies {
			for i, seg := range segments {
				pr := Suricata()
				pr.Overlap = policy
				k := newTalk(t, pr)
				k.table.maxRefs = i % 3 // some are copied out of the capture
				k.say(hello + "> PA 105 301 oooo")
				k.say(fmt.Sprintf("> PA %d 301 %s", 101+seg[0], strings.Repeat("n", seg[1]-seg[0])))
				k.say("> PA 101 301 " + strings.Repeat(".", min(4, seg[0])))
				k.say("< A 301 111")
				k.end()
				if got := strings.NewReplacer(">", "", ")(", "").Replace(k.data.String()); got != want[i] {
					t.Errorf("policy %d, segment %v: %q, want %q", policy, seg, got, want[i])
				}
			}
		}
	}
}

// TestMemory holds more than is allowed: the rest is given up, counted and told.
func TestMemory(t *testing.T) {
	for _, pr := range []Profile{Zeek(), Suricata()} {
		k := newTalk(t, pr)
		k.table.o.Memory, k.table.maxRefs = 40_000, 4
		k.say(hello)
		chunk := strings.Repeat("x", 900)
		for i := range uint32(200) {
			p := k.tcp(Orig, PSH|ACK, 111+i*900, 301, chunk)
			k.table.Process(p)
			if i%10 == 9 {
				k.say(fmt.Sprintf("< A 301 %d/65535", 102)) // keeps Zeek from giving up for want of any acknowledgement
			}
			if s := k.table.Stats(); s.Held > 40_000 {
				t.Fatalf("%s: holds %d", pr.Name, s.Held)
			}
		}
		s := k.table.Stats()
		if s.MaxHeld == 0 || s.ReassemblyCutBytes == 0 {
			t.Errorf("%s: %+v", pr.Name, s)
		}
		if !strings.Contains(strings.Join(k.events, " "), "reassembly_insert_memcap") {
			t.Errorf("%s: no event: %v", pr.Name, k.events)
		}
		k.end()
	}
}

// TestDepth hands on no more than the depth. The segment that reaches beyond it is lost whole, with all that waits for its
// acknowledgement, as in Suricata.
func TestDepth(t *testing.T) {
	pr := Suricata()
	pr.Depth = 7
	k := newTalk(t, pr)
	k.say(hello + "> PA 101 301 hello|< A 301 106|> PA 106 301 world|< A 301 111|> PA 111 301 more|< A 301 115|> FA 115 301|< FA 301 116|> A 116 302")
	if got := k.end(); got != "ShADaFf SF 14/0" {
		t.Error(got)
	}
	if got, want := k.data.String(), ">hello)("; got != want {
		t.Errorf("data %q, want %q", got, want)
	}
	if s := k.table.Stats(); s.ReassemblyCutBytes != 9 {
		t.Errorf("%+v", s)
	}
	if n := strings.Count(strings.Join(k.events, " "), "reassembly_depth_reached"); n != 1 {
		t.Errorf("%d events", n)
	}
}

// TestSnapped has packets of which the capture holds a part: their bytes come, then a gap.
func TestSnapped(t *testing.T) {
	for _, pr := range []Profile{Zeek(), Suricata()} {
		k := newTalk(t, pr)
		k.say(hello)
		p := k.tcp(Orig, PSH|ACK, 101, 301, "abc")
		p.PayLen, p.Marks = 10, Snapped
		k.table.Process(p)
		k.say("> PA 111 301 def|< A 301 114")
		k.end()
		if got, want := k.data.String(), ">abc>[7]>def)("; got != want {
			t.Errorf("%s: data %q, want %q", pr.Name, got, want)
		}
	}
}

// TestAboveHole gives a direction up when much waits behind a hole and nothing is acknowledged.
func TestAboveHole(t *testing.T) {
	k := newTalk(t, Zeek())
	k.say(hello)
	for i := range uint32(20) {
		k.table.Process(k.tcp(Orig, PSH|ACK, 111+i*1000, 301, strings.Repeat("x", 1000)))
	}
	k.end()
	if !strings.Contains(strings.Join(k.events, " "), "above_hole_data_without_any_acks") {
		t.Error(k.events)
	}
}

// TestUrgent leaves urgent bytes out of the stream where the profile says so.
func TestUrgent(t *testing.T) {
	for _, c := range []struct {
		pr   Profile
		want string
	}{{Suricata(), ">mal>icXi>ous)("}, {Zeek(), ">mal>icXYi>ous)("}} {
		k := newTalk(t, c.pr)
		k.say(hello + "> PA 101 301 mal")
		p := k.tcp(Orig, PSH|ACK|URG, 104, 301, "icXYi")
		p.Urgent = 4
		k.table.Process(p)
		k.say("> PA 109 301 ous|< A 301 112")
		k.end()
		if got := strings.ReplaceAll(k.data.String(), "X>i", "Xi"); got != c.want {
			t.Errorf("%s: %q, want %q", c.pr.Name, got, c.want)
		}
	}
}

// TestPartialAck acknowledges the middle of bytes that were copied out of the capture.
func TestPartialAck(t *testing.T) {
	k := newTalk(t, Suricata())
	k.table.maxRefs = 0
	k.say(hello + "> PA 101 301 abcdef|< A 301 103|< A 301 105|< A 301 107")
	k.end()
	if got, want := k.data.String(), ">ab>cd>ef)("; got != want {
		t.Errorf("data %q, want %q", got, want)
	}
}

// TestSwap turns a flow around.
func TestSwap(t *testing.T) {
	k := newTalk(t, Zeek())
	k.say("> PA 101 301 x")
	for f := range k.open {
		f.Swap()
	}
	k.say("> PA 102 301 y|< PA 301 103 z")
	if got := k.end(); got != "d^D OTH 1/2" {
		t.Error(got)
	}
	if got, want := k.data.String(), ">x>y>z)("; got != want {
		t.Errorf("data %q, want %q", got, want)
	}
}

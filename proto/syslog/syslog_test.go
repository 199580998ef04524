package syslog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

var (
	c = prototest.C
	s = prototest.S
)

const (
	old   = "<34>Oct 11 22:14:15 mymachine su[12]: 'su root' failed"
	fresh = `<165>1 2003-10-11T22:14:15.003Z host app 812 ID47 [x@1 a="]" b="\"q"][y@1] ` + "\ufeffAn event"
)

func chunks(k ...prototest.Chunk) []prototest.Chunk { return k }

var datagramCases = []prototest.Case{
	{Name: "bsd", Over: proto.UDP, Port: 514, Chunks: chunks(c(old), c("<13>no header\x00"), s("<0>an answer"))},
	{Name: "no priority", Over: proto.UDP, Port: 514, Chunks: chunks(c("This is no syslog"), c("<999>high"))},
	{Name: "odd port", Over: proto.UDP, Port: 5000, Chunks: chunks(c(fresh), c(old))},
	{Name: "not on odd port", Over: proto.UDP, Port: 5000, Chunks: chunks(c("<13>no header"))},
	{Name: "binary", Over: proto.UDP, Port: 514, Chunks: chunks(c("\x01\x02\x03"))},
	{Name: "empty", Over: proto.UDP, Port: 514, Chunks: chunks(c("<1>"))},
}

var long = strings.Repeat("x", maxMessage+10)

var streamCases = []prototest.Case{
	{Name: "lines", Port: 514, Chunks: chunks(c(old+"\n"), c("<13>two\n<14>three"), c(" rest\nno priority\n\n12 apples\n<15>last"))},
	{Name: "counted", Port: 514, Chunks: chunks(c("54 "+old+"8 <13>ab\nc"), c("7 <14>"), c("xyz\n3 <1>5 <2>"))},
	{Name: "mixed, odd port", Port: 601, Chunks: chunks(c(fmt.Sprint(len(fresh), " ", fresh, "\n", old, "\r\n")), s("<5>x\n"))},
	{Name: "odd port", Port: 7000, Chunks: chunks(c(old + "\n"))},
	{Name: "not on odd port", Port: 7000, Chunks: chunks(c("<13>no header\n"))},
	{Name: "long line", Port: 514, Chunks: chunks(c("<13>" + long + "\n<14>next\n"))},
	{Name: "long count", Port: 514, Chunks: chunks(c("70000 <13>" + strings.Repeat("x", 69996) + "<14>next\n"))},
	{Name: "gap in a line", Port: 514, Chunks: chunks(c("<13>one\n<13>tw"), prototest.Chunk{Gap: 4}, c("ree\n<13>four\n"))},
	{Name: "gap in a count", Port: 514, Chunks: chunks(c("9 <13>"), prototest.Chunk{Gap: 2}, c("def6 <14>ok"))},
	{Name: "huge count", Port: 514, Chunks: chunks(c("99999999 <13>a"), c("b"))},
}

var (
	overUDP = prototest.Options{Protocols: []proto.Protocol{Proto}}
	overTCP = prototest.Options{Protocols: []proto.Protocol{Stream}}
)

func TestDatagrams(t *testing.T) { prototest.Run(t, overUDP, datagramCases...) }
func TestStreams(t *testing.T)   { prototest.Run(t, overTCP, streamCases...) }

// rows are facility, severity and message, cut to 24 bytes.
func rows(t *testing.T, o prototest.Options, k prototest.Case) string {
	t.Helper()
	o.TSV = true
	r, err := prototest.Feed(o, k)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range r.Zeek["syslog"] {
		f := strings.Split(line, "\t")
		out = append(out, strings.Join([]string{f[6], f[7], f[8], f[9][:min(24, len(f[9]))]}, " "))
	}
	return fmt.Sprint(r.Services, r.Anomalies, " ", strings.Join(out, "; "))
}

func TestOutput(t *testing.T) {
	want := map[string]string{
		"bsd":             "[syslog] [] udp AUTH CRIT Oct 11 22:14:15 mymachin; udp USER NOTICE no header\\x00; udp KERN EMERG an answer",
		"no priority":     "[syslog] [syslog_bad_priority||] udp UNSPECIFIED UNSPECIFIED This is no syslog; udp ?-124 DEBUG high",
		"odd port":        "[syslog] [] udp LOCAL4 NOTICE 1 2003-10-11T22:14:15.00; udp AUTH CRIT Oct 11 22:14:15 mymachin",
		"not on odd port": "[] [] ",
		"binary":          "[] [] ",
		"empty":           "[syslog] [] udp KERN ALERT (empty)",
	}
	for _, k := range datagramCases {
		if got := rows(t, overUDP, k); got != want[k.Name] {
			t.Errorf("%s: got %s\nwant %s", k.Name, got, want[k.Name])
		}
	}
	want = map[string]string{
		"lines": "[syslog_tcp] [] tcp AUTH CRIT Oct 11 22:14:15 mymachin; tcp USER NOTICE two; tcp USER INFO three rest; " +
			"tcp UNSPECIFIED UNSPECIFIED no priority; tcp UNSPECIFIED UNSPECIFIED 12 apples; tcp USER DEBUG last",
		"counted": "[syslog_tcp] [] tcp AUTH CRIT Oct 11 22:14:15 mymachin; tcp USER NOTICE ab\\x0ac; tcp USER INFO xyz; " +
			"tcp KERN ALERT (empty)",
		"mixed, odd port": "[syslog_tcp] [] tcp LOCAL4 NOTICE 1 2003-10-11T22:14:15.00; tcp AUTH CRIT Oct 11 22:14:15 mymachin; " +
			"tcp KERN NOTICE x",
		"odd port":        "[syslog_tcp] [] tcp AUTH CRIT Oct 11 22:14:15 mymachin",
		"not on odd port": "[] [] ",
		"long line":       "[syslog_tcp] [syslog_message_too_long||] tcp USER NOTICE xxxxxxxxxxxxxxxxxxxxxxxx; tcp USER INFO next",
		"long count":      "[syslog_tcp] [syslog_message_too_long||] tcp USER NOTICE xxxxxxxxxxxxxxxxxxxxxxxx; tcp USER INFO next",
		"gap in a line":   "[syslog_tcp] [] tcp USER NOTICE one; tcp USER NOTICE four",
		"gap in a count":  "[syslog_tcp] [] tcp USER INFO ok",
		"huge count":      "[] [] ",
	}
	for _, k := range streamCases {
		if got := rows(t, overTCP, k); got != want[k.Name] {
			t.Errorf("%s: got %s\nwant %s", k.Name, got, want[k.Name])
		}
	}
}

func TestHeader(t *testing.T) {
	for content, want := range map[string]string{
		fresh[5:]:                      `1 2003-10-11T22:14:15.003Z host app 812 ID47 [x@1 a="]" b="\"q"][y@1] An event`,
		"1 - - - - - -":                "1 ------ ",
		"1 - h - - - [a":               "0 - - - - - - 1 - h - - - [a",
		old[4:]:                        "0 Oct 11 22:14:15 mymachine su 12 - - 'su root' failed",
		"Oct  1 22:14:15 su: hello":    "0 Oct  1 22:14:15 - su - - - hello",
		"Oct  1 22:14:15 su[5]: hello": "0 Oct  1 22:14:15 - su 5 - - hello",
		"Oct  1 22:14:15 h su[5":       "0 Oct  1 22:14:15 h - - - - su[5",
		"tag: text":                    "0 - - tag - - - text",
		"just words":                   "0 - - - - - - just words",
		"":                             "0 - - - - - - ",
	} {
		h := (&Tx{Content: []byte(content)}).Header()
		got := fmt.Sprint(h.Version)
		for _, f := range [][]byte{h.Time, h.Host, h.App, h.ProcID, h.MsgID, h.Structured} {
			if f == nil {
				f = []byte("-")
			}
			got += " " + string(f)
		}
		if got += " " + string(h.Text); got != want && strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%q: got %q, want %q", content, got, want)
		}
	}
}

func TestProbePrefixes(t *testing.T) {
	for _, m := range []string{old, fresh, "54 " + old} {
		for i := 1; i <= len(m); i++ {
			if v := probeStream(proto.Orig, []byte(m[:i]), false); v == proto.No {
				t.Fatalf("%q is none", m[:i])
			}
		}
	}
	for _, m := range []string{"GET / HTTP/1.1\r\n", "<html>", "<?xml", "<1234>x", "<192>Oct 11 22:14:15 x", "220 <13>x", "0 <13>x", "<>"} {
		if v := probeStream(proto.Orig, []byte(m), false); v == proto.Yes {
			t.Errorf("%q is one", m)
		}
	}
}

func TestAllocs(t *testing.T) {
	k := datagramCases[0]
	if n := prototest.Allocs(t, overUDP, k, c(old), c(fresh)); n > 0 {
		t.Errorf("%v allocations for each round of datagrams", n)
	}
	k = streamCases[0]
	if n := prototest.Allocs(t, overTCP, k, c(old+"\n"), c("8 <13>abcd"), c("<14>ha"), c("lf\n")); n > 0 {
		t.Errorf("%v allocations for each round of a stream", n)
	}
}

func FuzzSyslog(f *testing.F) {
	for _, k := range append(datagramCases, streamCases...) {
		for _, x := range k.Chunks {
			f.Add(x.Bytes, uint64(1), k.Over == proto.UDP)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, seed uint64, udp bool) {
		(&Tx{Content: b}).Header()
		rnd := rand.New(rand.NewPCG(seed, 1))
		k := prototest.Case{Port: 514}
		o := overTCP
		if udp {
			k.Over, o = proto.UDP, overUDP
		}
		for len(b) > 0 {
			n := 1 + rnd.IntN(len(b))
			x := prototest.Chunk{Dir: proto.Dir(rnd.IntN(8) / 7), Bytes: b[:n]}
			if rnd.IntN(16) == 0 && !udp {
				x = prototest.Chunk{Dir: x.Dir, Gap: int64(n)}
			}
			k.Chunks = append(k.Chunks, x)
			b = b[n:]
		}
		if _, err := prototest.Feed(o, k); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkHeader(b *testing.B) {
	tx := Tx{Content: []byte(fresh[5:])}
	b.SetBytes(int64(len(tx.Content)))
	b.ReportAllocs()
	for b.Loop() {
		tx.Header()
	}
}

func BenchmarkStep(b *testing.B) {
	msg := []byte(old + "\n")
	var st side
	b.SetBytes(int64(len(msg)))
	b.ReportAllocs()
	for b.Loop() {
		for at := 0; at < len(msg); {
			n, m := st.step(msg[at:])
			if at += n; m != nil {
				st.restart()
			}
		}
	}
}

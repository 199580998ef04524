package proto_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
)

var anywhere = proto.Detect{Probe: yes}

// words is a parser of words that end in a space; it asks for more without a Need.
func words(_ *session, _ proto.Dir, b []byte) (result, error) {
	return result{Used: strings.IndexByte(string(b), ' ') + 1}, nil
}

// fours takes four bytes at a time and says so.
func fours(_ *session, _ proto.Dir, b []byte) (result, error) {
	if len(b) < 4 {
		return result{Need: 4}, nil
	}
	return result{Used: 4, Need: 4}, nil
}

// TestWindow shows which bytes a parser is offered, and when.
func TestWindow(t *testing.T) {
	for _, c := range []struct {
		name string
		data func(*session, proto.Dir, []byte) (result, error)
		send []string
		want []string
	}{
		{"all used", nil, []string{"c:ab", "s:cd", "c:e"}, []string{"0 ab", "1 cd", "0 e"}},
		{"words", words, []string{"c:ab", "c:c de", "c: "}, []string{"0 ab", "0 abc de", "0 de", "0 de "}},
		{"directions apart", words, []string{"c:a", "s:x", "c:b ", "s:y "}, []string{"0 a", "1 x", "0 ab ", "1 xy "}},
		{"need", fours, []string{"c:a", "c:b", "c:c", "c:d", "c:efghi", "c:j", "c:kl"}, []string{"0 a", "0 abcd", "0 efghi", "0 ijkl"}},
		{"need across a call", fours, []string{"c:abcdefghijkl"}, []string{"0 abcdefghijkl", "0 efghijkl", "0 ijkl"}},
		{"gap drops", words, []string{"c:ab", "c+5", "c:cd "}, []string{"0 ab", "0 gap 5", "0 cd "}},
		{"gap resets need", fours, []string{"c:ab", "c+5", "c:c"}, []string{"0 ab", "0 gap 5", "0 c"}},
		{"nothing", words, []string{"c:", "c:a", "c:"}, []string{"0 a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log []string
			v := newRig(t, protocols(scripted("x", anywhere, script{log: &log, data: c.data}))).open(proto.TCP, 1)
			v.send(c.send...).close()
			equal(t, log, append(c.want, "0 end", "1 end, last")...)
		})
	}
}

// TestSkip has a parser use more than it was offered.
func TestSkip(t *testing.T) {
	skip := func(_ *session, _ proto.Dir, b []byte) (result, error) {
		if b[0] == '#' {
			return result{Used: 6}, nil
		}
		return result{Used: len(b)}, nil
	}
	for _, c := range []struct{ send, want []string }{
		{[]string{"c:#xx", "c:y", "c:z", "c:0", "c:1"}, []string{"0 #xx", "0 1"}},
		{[]string{"c:#xxyz0123"}, []string{"0 #xxyz0123", "0 123"}},
		{[]string{"c:#", "c:xxyz0123"}, []string{"0 #", "0 123"}},
		{[]string{"c:#", "s:other", "c+5", "c:123"}, []string{"0 #", "1 other", "0 123"}},
		{[]string{"c:#", "c+7", "c:123"}, []string{"0 #", "0 gap 2", "0 123"}},
		{[]string{"c:#", "c+2", "c+2", "c:Z123"}, []string{"0 #", "0 123"}},
	} {
		var log []string
		v := newRig(t, protocols(scripted("x", anywhere, script{log: &log, data: skip}))).open(proto.TCP, 1)
		v.send(c.send...).close()
		equal(t, log, append(c.want, "0 end", "1 end, last")...)
	}
}

// TestOneByteSegments counts the work that a message of one-byte segments makes: a parser with a Need is called a few
// times, and no byte is offered again and again.
func TestOneByteSegments(t *testing.T) {
	const message = 32 << 10
	calls, offered := 0, 0
	p := scripted("x", anywhere, script{data: func(_ *session, _ proto.Dir, b []byte) (result, error) {
		calls++
		offered += len(b)
		if len(b) < message {
			return result{Need: message}, nil
		}
		return result{Used: message}, nil
	}})
	v := newRig(t, protocols(p)).open(proto.TCP, 1)
	for range 4 * message {
		v.send("c:x")
	}
	if calls != 8 || offered != 4*(message+1) {
		t.Errorf("%d calls with %d bytes for 4 messages", calls, offered)
	}
}

func TestWindowLimit(t *testing.T) {
	for _, need := range []int{0, 1000} {
		var log []string
		p := define(proto.Spec[note]{Name: "x", Detect: anywhere, Limits: proto.Limits{Window: 50}},
			script{log: &log, data: func(_ *session, _ proto.Dir, b []byte) (result, error) { return result{Need: need}, nil }})
		r := newRig(t, protocols(p))
		v := r.open(proto.TCP, 1)
		for range 60 {
			v.send("c:x")
		}
		v.send("s:y")
		if r.Counts.WindowLimit != 1 || r.Counts.Violations != 1 {
			t.Errorf("%+v", r.Counts)
		}
		equal(t, r.broken, "x: "+proto.ErrLimit.Error())
		v.close()
		want := 1
		if need == 0 {
			want = 51 // all that fits, and what does not
		}
		if n := len(log); n != want+2 || log[n-1] != "1 end, last" {
			t.Errorf("%d calls, want %d: %q", n, want+2, log[n-1])
		}
	}
}

// TestDone has parsers that stop.
func TestDone(t *testing.T) {
	for _, c := range []struct {
		err    error
		broken []string
	}{
		{proto.ErrDone, nil},
		{fmt.Errorf("x: seen enough: %w", proto.ErrDone), nil},
		{errors.New("garbage"), []string{"x: garbage"}},
	} {
		for _, by := range []string{"data", "gap"} {
			var log []string
			p := script{log: &log, gap: func(*session, proto.Dir, int64) error { return c.err }}
			if by == "data" {
				p.data = func(*session, proto.Dir, []byte) (result, error) { return result{Used: 1}, c.err }
			}
			r := newRig(t, protocols(scripted("x", anywhere, p)))
			v := r.open(proto.TCP, 1)
			v.send("c:ab", "c+2", "s:cd", "s+1", "c:ef").close()
			want := []string{"0 ab", "0 end", "1 end, last"}
			if by == "gap" {
				want = []string{"0 ab", "0 gap 2", "0 end", "1 end, last"}
			}
			equal(t, log, want...)
			equal(t, r.broken, c.broken...)
			if got := int(r.Counts.Violations); got != len(c.broken) {
				t.Errorf("%d violations", got)
			}
		}
	}
}

// TestAfterEnd offers data behind the end.
func TestAfterEnd(t *testing.T) {
	var log []string
	v := newRig(t, protocols(scripted("x", anywhere, script{log: &log}))).open(proto.TCP, 1)
	v.send("c:a", "c.", "c:b", "c+3", "s:c", "c.", "s.", "s:d", "s+1").close()
	equal(t, log, "0 a", "0 end", "1 c", "1 end, last")
}

// FuzzWindow compares what a parser of messages reads from random pieces with what a loop over the whole stream reads.
func FuzzWindow(f *testing.F) {
	f.Add([]byte("\x03abc\x00\x82\x05hello\xff"), []byte{1, 2, 3})
	f.Add([]byte("\xffabc\x02de"), []byte{1})
	f.Add([]byte(strings.Repeat("\x10abcdefghijklmnop\x90", 9)), []byte{1, 200, 7, 0, 31})
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		want := readAll(stream)
		var got []string
		p := define(proto.Spec[note]{Name: "x", Detect: anywhere, Limits: proto.Limits{Window: 128}}, script{
			data: func(_ *session, d proto.Dir, b []byte) (result, error) {
				n := int(b[0] & 0x7f)
				if b[0] >= 0x80 {
					got = append(got, fmt.Sprint("skip ", n))
					return result{Used: 1 + n}, nil
				}
				if len(b) < 1+n {
					return result{Need: 1 + n}, nil
				}
				got = append(got, string(b[1:1+n]))
				return result{Used: 1 + n}, nil
			}})
		v := newRig(t, protocols(p)).open(proto.TCP, 1)
		for i := 0; len(stream) > 0; i++ {
			n := 1
			if len(cuts) > 0 {
				n += int(cuts[i%len(cuts)])
			}
			n = min(n, len(stream))
			v.send("c:" + string(stream[:n]))
			stream = stream[n:]
		}
		v.close()
		equal(t, got, want...)
		if v.Counts.WindowLimit+v.Counts.Violations > 0 {
			t.Errorf("%+v", v.Counts)
		}
	})
}

// readAll reads messages: a length below 128 and as many bytes, or 128 and a number of bytes to pass over.
func readAll(b []byte) (out []string) {
	for len(b) > 0 {
		n := int(b[0] & 0x7f)
		if b[0] >= 0x80 {
			out = append(out, fmt.Sprint("skip ", n))
		} else if len(b) < 1+n {
			return out
		} else {
			out = append(out, string(b[1:1+n]))
		}
		b = b[min(1+n, len(b)):]
	}
	return out
}

package websocket

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/http"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/proto/ssh"
)

var (
	c = prototest.C
	s = prototest.S
)

// The key and its answer are the example of RFC 6455, section 1.3.
const (
	ask = "GET /chat?x=1 HTTP/1.1\r\nHost: example.org:8080\r\nUser-Agent: ua\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	grant  = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
	answer = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	offer  = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x; q=\"a,b\"\r\nSec-WebSocket-Protocol: a, b\r\n" +
		"Sec-WebSocket-Protocol: c\r\n"
	deflated = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	noKept   = "Sec-WebSocket-Extensions: Permessage-Deflate; Client_no_context_takeover ; server_no_context_takeover\r\n"
)

// frame makes a frame. bits are FIN (0x80) and RSV with the opcode.
func frame(bits byte, payload string, key string) string {
	b := []byte{bits, 0}
	switch n := len(payload); {
	case n < 126:
		b[1] = byte(n)
	case n < 1<<16:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if key == "" {
		return string(b) + payload
	}
	b[1] |= 0x80
	b = append(b, key...)
	for i := range len(payload) {
		b = append(b, payload[i]^key[i&3])
	}
	return string(b)
}

// deflater makes compressed messages that refer to those before.
type deflater struct {
	out bytes.Buffer
	w   *flate.Writer
}

func (z *deflater) message(text string) string {
	if z.w == nil {
		z.w, _ = flate.NewWriter(&z.out, 9)
	}
	z.out.Reset()
	z.w.Write([]byte(text))
	z.w.Flush()
	return strings.TrimSuffix(z.out.String(), "\x00\x00\xff\xff")
}

const (
	key    = "\x37\xfa\x21\x3d"
	inside = "GET /inner HTTP/1.1\r\nHost: inner.example\r\n\r\n"
	reply  = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
)

func open(more ...prototest.Chunk) []prototest.Chunk {
	return append([]prototest.Chunk{c(ask + "\r\n"), s(grant + answer + "\r\n")}, more...)
}

func packed(answers string, more ...prototest.Chunk) []prototest.Chunk {
	return append([]prototest.Chunk{c(ask + offer + "\r\n"), s(grant + answer + answers + "\r\n")}, more...)
}

func testCases() []prototest.Case {
	var up, down, fresh, bomb deflater
	text := strings.Repeat(inside, 3)
	half := up.message(text)
	again := up.message(text)
	once := fresh.message(inside)
	return []prototest.Case{
		{Name: "hello", Chunks: open(c(frame(0x81, "Hello", key)), s(frame(0x81, "Hello", "")), c(frame(0x89, "ping", key)),
			s(frame(0x8a, "ping", "")), c(frame(0x88, "\x03\xe8bye", key)), s(frame(0x88, "\x03\xe8", "")))},
		{Name: "spoken early", Chunks: []prototest.Chunk{c(ask + "\r\n" + frame(0x82, "early", key)), s(grant + answer + "\r\n" + frame(0x81, "x", ""))}},
		{Name: "silent", Chunks: packed("Sec-WebSocket-Protocol: b\r\n")},
		{Name: "http inside", Chunks: open(c(frame(2, inside[:9], key)), c(frame(0x89, "", key)), c(frame(0x80, inside[9:], "\x00\x00\x00\x00")),
			s(frame(0x82, reply, "")))},
		{Name: "ssh inside", Chunks: open(s(frame(0x82, "SSH-2.0-x\r\n", "")), c(frame(0x82, "SSH-2.0-y\r\n", key)))},
		{Name: "websocket inside", Chunks: open(c(frame(0x82, ask+"\r\n", key)), s(frame(0x82, grant+answer+deflated+"\r\n", "")),
			c(frame(0x82, frame(0xc2, once, key), key)), s(frame(0x82, frame(0x82, reply, ""), "")))},
		{Name: "deflate", Chunks: packed(deflated, c(frame(0x41, half[:5], key)), c(frame(0x80, half[5:], key)), c(frame(0xc1, again, key)),
			s(frame(0xc2, down.message(strings.Repeat(reply, 6)), "")))},
		{Name: "deflate afresh", Chunks: packed(noKept, c(frame(0xc1, once, key)), c(frame(0xc1, once, key)), c(frame(0xc1, "\xff\xff", key)), c(frame(0xc1, once, key)))},
		{Name: "deflate broken", Chunks: packed(deflated, c(frame(0xc1, "\xff\xff\xff", key)), c(frame(0xc1, once, key)))},
		{Name: "deflate bomb", Chunks: packed(deflated, c(frame(0xc2, bomb.message(strings.Repeat("a", 1<<20)), key)), c(frame(0x82, inside, key)))},
		{Name: "deflate not agreed", Chunks: open(c(frame(0xc1, once, key)), c(frame(0x82, inside, key)))},
		{Name: "wrong answer", Chunks: []prototest.Chunk{c(ask + "\r\n"), s(grant + "Sec-WebSocket-Protocol: z\r\n\r\n"), c(frame(0x82, "x", key))}},
		{Name: "odd frames", Chunks: open(c(frame(0x80, "x", "")), c(frame(0x83, "y", key)), c(frame(0xb1, "z", key)), c(frame(9, "p", key)),
			s(frame(1, "a", key)), s(frame(0x81, "b", "")), s(frame(0x88, "\x03\xed", "")), s("\x81\x7e\x00\x01x"))},
		{Name: "long control frame", Chunks: open(c(frame(0x88, "\x03\xe8"+strings.Repeat("x", 17000), key)), c(frame(0x82, inside, key)))},
		{Name: "too long", Chunks: open(s("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00xyz"), s("more"))},
		{Name: "long", Chunks: open(c(frame(0x82, inside+strings.Repeat("x", 17000), key)), s(frame(0x82, reply, "")))},
		{Name: "gap inside a frame", Chunks: open(c(frame(0x82, strings.Repeat("x", 40), key)[:30]), prototest.Chunk{Gap: 16}, c(frame(0x88, "\x03\xe8", key)))},
		{Name: "gap", Chunks: open(c(frame(0x82, "abc", key)), prototest.Chunk{Gap: 16}, c("whatever"), s(frame(0x81, "still", "")))},
	}
}

var options = prototest.Options{Protocols: []proto.Protocol{Proto, http.Proto, ssh.Proto}}

func TestRun(t *testing.T) {
	var some []prototest.Case // the others differ in content alone
	for _, k := range testCases() {
		switch k.Name {
		case "hello", "websocket inside", "deflate", "odd frames", "long", "gap inside a frame":
			some = append(some, k)
		}
	}
	prototest.Run(t, options, some...)
}

// messages is an analyzer that notes every message.
func messages(out *[]string) *proto.Analyzer {
	return &proto.Analyzer{Name: "messages", Doc: "notes messages", Start: func(s *proto.Setup) error {
		proto.OnTx(s, Proto, Message, func(_ *proto.Flow, tx *Tx) {
			p := tx.Payload
			*out = append(*out, fmt.Sprintf("%d:%d/%d/%d %t %d %s|%s", tx.Dir, tx.Opcode, tx.Frames, tx.Wire, tx.Whole, tx.Code, p[:min(5, len(p))], tx.Reason))
		})
		return nil
	}}
}

func TestOutput(t *testing.T) {
	want := map[string]struct{ services, events, uris, messages string }{
		"hello":              {"http websocket", "", "/chat?x=1", "0:1/1/5 true 0 Hello|;1:1/1/5 true 0 Hello|;0:9/1/4 true 0 ping|;1:10/1/4 true 0 ping|;0:8/1/5 true 1000 \x03\xe8bye|bye;1:8/1/2 true 1000 \x03\xe8|"},
		"spoken early":       {"http websocket", "", "/chat?x=1", "1:1/1/1 true 0 x|"},
		"silent":             {"http", "", "/chat?x=1", ""},
		"http inside":        {"http websocket", "", "/chat?x=1 /inner", "0:9/1/0 true 0 |;0:2/2/44 true 0 GET /|;1:2/1/40 true 0 HTTP/|"},
		"ssh inside":         {"http websocket", "", "/chat?x=1", "1:2/1/11 true 0 SSH-2|;0:2/1/11 true 0 SSH-2|"},
		"deflate":            {"http websocket", "", "/chat?x=1 /inner /inner /inner /inner /inner /inner", ""},
		"websocket inside":   {"http websocket", "", "/chat?x=1 /chat?x=1 /inner", ""},
		"deflate afresh":     {"http websocket", "websocket_bad_deflate", "/chat?x=1 /inner /inner /inner", ""},
		"deflate broken":     {"http websocket", "websocket_bad_deflate", "/chat?x=1", ""},
		"deflate bomb":       {"http websocket", "websocket_deflate_limit", "/chat?x=1", ""},
		"deflate not agreed": {"http websocket", "websocket_reserved_bits", "/chat?x=1 /inner", ""},
		"wrong answer":       {"http websocket", "websocket_wrong_accept_key websocket_unrequested_subprotocol", "/chat?x=1", ""},
		"odd frames": {"http websocket", "websocket_unmasked_client_frame websocket_unexpected_continuation websocket_reserved_opcode " +
			"websocket_reserved_bits websocket_bad_control_frame websocket_masked_server_frame websocket_unfinished_message " +
			"websocket_bad_close_frame websocket_bad_length", "/chat?x=1", ""},
		"long control frame": {"http websocket", "websocket_bad_control_frame", "/chat?x=1 /inner", ""},
		"too long":           {"http", "websocket_bad_length", "/chat?x=1", ""},
		"gap inside a frame": {"http websocket", "", "/chat?x=1", "0:2/1/40 true 0 xxxxx|;0:8/1/2 true 1000 \x03\xe8|"},
		"gap":                {"http websocket", "", "/chat?x=1", "0:2/1/3 true 0 abc|;1:1/1/5 true 0 still|"},
	}
	for _, k := range testCases() {
		w, ok := want[k.Name]
		if !ok {
			continue
		}
		for _, listen := range []bool{false, true} {
			var got []string
			o := options
			if listen {
				o.Analyzers = []*proto.Analyzer{messages(&got)}
			}
			r, err := prototest.Feed(o, k)
			if err != nil {
				t.Fatal(err)
			}
			var uris, events []string
			for _, path := range []string{"websocket", "http"} {
				for _, line := range r.Zeek[path] {
					_, uri, _ := strings.Cut(line, `"uri":"`)
					uri, _, _ = strings.Cut(uri, `"`)
					if path == "http" && slices.Contains(uris, "/chat?x=1") && uri == "/chat?x=1" {
						continue
					}
					uris = append(uris, uri)
				}
			}
			for _, a := range r.Anomalies {
				if name, _, _ := strings.Cut(a, "|"); strings.HasPrefix(name, "websocket") {
					events = append(events, name)
				}
			}
			if u := strings.Join(uris, " "); u != w.uris {
				t.Errorf("%s: uris %s, want %s", k.Name, u, w.uris)
			}
			if e := strings.Join(events, " "); e != w.events {
				t.Errorf("%s: events %s, want %s", k.Name, e, w.events)
			}
			if v := strings.Join(r.Services, " "); v != w.services {
				t.Errorf("%s: services %s, want %s", k.Name, v, w.services)
			}
			if r.AppProto != "http" {
				t.Errorf("%s: app_proto is %s", k.Name, r.AppProto)
			}
			if m := strings.Join(got, ";"); listen && w.messages != "" && m != w.messages {
				t.Errorf("%s: messages %q, want %q", k.Name, m, w.messages)
			}
		}
	}
}

func TestRow(t *testing.T) {
	o := options
	o.TSV = true
	r, err := prototest.Feed(o, prototest.Case{Chunks: packed("Sec-WebSocket-Protocol: b\r\n" + deflated)})
	if err != nil {
		t.Fatal(err)
	}
	want := "example.org:8080|/chat?x=1|ua|b|a,b,c|permessage-deflate|permessage-deflate; client_max_window_bits,x; q=\"a\\x2cb\""
	rows := r.Zeek["websocket"]
	if len(rows) != 1 || strings.Join(strings.Split(rows[0], "\t")[6:], "|") != want {
		t.Errorf("got %q, want %s", rows, want)
	}
}

func TestUnmask(t *testing.T) {
	src := []byte(strings.Repeat("0123456789abc", 5))
	k := [4]byte{1, 2, 3, 4}
	for at := range int64(9) {
		for n := range len(src) {
			got := make([]byte, n)
			unmask(got, src[:n], k, at)
			for i := range got {
				if got[i] != src[i]^k[(int(at)+i)&3] {
					t.Fatalf("wrong at %d of %d from %d", i, n, at)
				}
			}
		}
	}
}

func TestAllocs(t *testing.T) {
	var z deflater
	z.message(strings.Repeat("some text ", 9))
	k := prototest.Case{Chunks: packed(noKept, c(frame(0x82, inside, key)))}
	post := frame(0x82, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", key)
	k.Chunks = append(k.Chunks, c(post))
	var fresh deflater
	if n := prototest.Allocs(t, options, k, c(frame(0x82, strings.Repeat("x", 900), key)), c(frame(0xc1, fresh.message("hello hello hello"), key)),
		c(frame(0x89, "ping", key)), s(frame(0x8a, "ping", ""))); n > 0 {
		t.Errorf("%v allocations for each round", n)
	}
}

func FuzzWebSocket(f *testing.F) {
	for _, k := range testCases() {
		var b []byte
		for _, x := range k.Chunks[2:] {
			if x.Dir == proto.Orig {
				b = append(b, x.Bytes...)
			}
		}
		f.Add(b, uint64(1))
	}
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		k := prototest.Case{Chunks: packed([]string{deflated, noKept, ""}[seed%3])}
		for len(b) > 0 {
			n := 1 + rnd.IntN(len(b))
			x := prototest.Chunk{Dir: proto.Dir(rnd.IntN(4) / 3), Bytes: b[:n]}
			if rnd.IntN(16) == 0 {
				x = prototest.Chunk{Dir: x.Dir, Gap: int64(n)}
			}
			k.Chunks = append(k.Chunks, x)
			b = b[n:]
		}
		var got []string
		o := options
		if seed&8 != 0 {
			o.Analyzers = []*proto.Analyzer{messages(&got)}
		}
		if _, err := prototest.Feed(o, k); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkUnmask(b *testing.B) {
	src, dst := make([]byte, 1400), make([]byte, 1400)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		unmask(dst, src, [4]byte{1, 2, 3, 4}, 1)
	}
}

func BenchmarkParseHeader(b *testing.B) {
	h := []byte(frame(0x82, strings.Repeat("x", 200), key))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := parseHeader(h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInflate(b *testing.B) {
	var z deflater
	text := strings.Repeat(inside, 20)
	z.message(text)
	msg := []byte(z.message(text[:400]))
	f := inflater{hist: []byte(text)}
	w := new(scratch)
	b.SetBytes(400)
	b.ReportAllocs()
	for b.Loop() {
		f.hist = append(f.hist[:0], text...)
		f.add(msg)
		if err := f.finish(w, func([]byte) {}); err != nil {
			b.Fatal(err)
		}
	}
}

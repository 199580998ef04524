package quic

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/internal/quicwire"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/proto/tls"
)

// The server's packet of RFC 9001 appendix A.3, to a client whose first destination id was dcid.
const (
	dcid         = "\x83\x94\xc8\xf0\x3e\x51\x57\x08"
	serverPacket = "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3" +
		"8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd9" +
		"3795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee"
)

func server(t testing.TB) prototest.Chunk {
	t.Helper()
	b, err := hex.DecodeString(serverPacket)
	if err != nil {
		t.Fatal(err)
	}
	return prototest.Chunk{Dir: proto.Resp, Bytes: b}
}

// hello is a client hello for a.example that offers h3.
func hello() string {
	x := "\x00\x00\x00\x0e\x00\x0c\x00\x00\x09a.example" + "\x00\x10\x00\x05\x00\x03\x02h3" + "\x00\x2b\x00\x03\x02\x03\x04" +
		"\x00\x0d\x00\x04\x00\x02\x04\x03" + "\x0a\x0a\x00\x00"
	body := "\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x13\x01\x01\x00" + string([]byte{0, byte(len(x))}) + x
	return "\x01\x00\x00" + string([]byte{byte(len(body))}) + body
}

// crypto is a crypto frame that carries part of the handshake.
func crypto(s string, from, to int) string {
	return fmt.Sprintf("\x06\x40%c\x40%c%s", from, to-from, s[from:to])
}

func seal(t testing.TB, version uint32, id, frames string, number uint32) prototest.Chunk {
	t.Helper()
	b, err := quicwire.Seal(version, []byte(id), []byte(frames), number)
	if err != nil {
		t.Fatal(err)
	}
	return prototest.Chunk{Dir: proto.Orig, Bytes: b}
}

func feed(t testing.TB, chunks ...prototest.Chunk) *prototest.Result {
	t.Helper()
	r, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{Proto, tls.Handshake}},
		prototest.Case{Over: proto.UDP, Port: 443, Chunks: chunks})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func has(t testing.TB, line string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(line, p) {
			t.Errorf("no %s in %s", p, line)
		}
	}
}

func TestHandshake(t *testing.T) {
	h := hello()
	short := prototest.C("\x40" + strings.Repeat("x", 30))
	r := feed(t, seal(t, quicwire.V1, dcid, crypto(h, 40, len(h)), 0), seal(t, quicwire.V1, dcid, crypto(h, 0, 40)+"\x01\x00", 1),
		server(t), short, short, short, short, prototest.C("\x00\x00"))
	if len(r.Zeek["quic"]) != 1 || len(r.Zeek["ssl"]) != 1 {
		t.Fatalf("%q", r.Zeek)
	}
	has(t, r.Zeek["quic"][0], `"version":"1"`, `"client_initial_dcid":"8394c8f03e515708"`, `"client_scid":""`,
		`"server_scid":"f067a5502a4262b5"`, `"server_name":"a.example"`, `"client_protocol":"h3"`, `"history":"IISisOOOX"`)
	has(t, r.Zeek["ssl"][0], `"version":"TLSv13"`, `"cipher":"TLS_AES_128_GCM_SHA256"`, `"server_name":"a.example"`, `"ssl_history":"Cs"`,
		`"curve":"x25519"`)
	if strings.Join(r.Services, ",") != "quic,ssl" || r.AppProto != "quic" {
		t.Errorf("%q %q", r.Services, r.AppProto)
	}
	if len(r.EVE["quic"]) != 3 {
		t.Fatalf("%q", r.EVE["quic"])
	}
	has(t, r.EVE["quic"][0], `"quic":{"version":"1"}`)
	has(t, r.EVE["quic"][1], `"sni":"a.example"`, `"ja4":"q13d0104h3_`, `{"name":"alpn","type":16,"values":["h3"]}`,
		`{"name":"supported_versions","type":43,"values":["Tls13"]}`, `"string":"771,4865,0-16-43-13,,"`)
	has(t, r.EVE["quic"][2], `"ja3s":{`, `"src_ip":"192.0.2.7"`)
}

func TestRetryBeginsAnew(t *testing.T) {
	h := hello()
	retry := prototest.S("\xf0\x00\x00\x00\x01\x00\x04newid" + strings.Repeat("t", 30))
	r := feed(t, seal(t, quicwire.V1, "12345678", crypto(h, 0, len(h)), 0), retry, seal(t, quicwire.V1, "retryid1", crypto(h, 0, len(h)), 1))
	has(t, r.Zeek["quic"][0], `"history":"ISrIS"`, `"client_initial_dcid":"3132333435363738"`)
}

func TestUnknownVersion(t *testing.T) {
	r := feed(t, prototest.C("\xc0\x10\x01\x00\x00\x01\x00\x00"+strings.Repeat("z", 30)))
	has(t, r.Zeek["quic"][0], `"version":"unknown-10010000"`, `"history":"U"`)
	if len(r.Services) != 0 {
		t.Errorf("%q confirmed", r.Services)
	}
}

func TestGoogle(t *testing.T) {
	msg := "CHLO\x02\x00\x00\x00SNI\x00\x09\x00\x00\x00UAID\x0d\x00\x00\x00a.exampleUser"
	r := feed(t, prototest.C("\xc3Q046\x5012345678\x00\x00\x00\x01"+strings.Repeat("h", 12)+"\xa0\x01\x04\x00"+msg))
	has(t, r.EVE["quic"][0], `"version":"Q046"`, `"sni":"a.example"`, `"ua":"User"`, `"string":"46,SNI-UAID"`)
}

func TestForgedPackets(t *testing.T) {
	var chunks []prototest.Chunk
	for i := range 100 {
		c := seal(t, quicwire.V1, fmt.Sprintf("forged%02d", i), strings.Repeat("\x01", 30), 0)
		c.Bytes[len(c.Bytes)-1] ^= 1
		chunks = append(chunks, c)
	}
	r := feed(t, chunks...)
	has(t, r.Zeek["quic"][0], `"history":"III`)
	if len(r.Anomalies) != 1 || r.Anomalies[0] != "quic_too_many_keys||" {
		t.Errorf("%q", r.Anomalies)
	}
}

func TestContract(t *testing.T) {
	h := hello()
	prototest.Run(t, prototest.Options{Protocols: []proto.Protocol{Proto, tls.Handshake}}, prototest.Case{
		Name: "v1", Over: proto.UDP, Port: 443,
		Chunks: []prototest.Chunk{seal(t, quicwire.V1, dcid, crypto(h, 0, len(h)), 0), server(t)},
	})
}

func TestNotQUIC(t *testing.T) {
	for _, s := range []string{"", "\x80\x60\x00\x01 an RTP packet...", "\xffGET / HTTP/1.1\r\n", "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www"} {
		if v := probe(proto.Orig, []byte(s), false); v == proto.Yes {
			t.Errorf("%q taken for QUIC", s)
		}
	}
}

func FuzzParser(f *testing.F) {
	h := hello()
	f.Add(seal(f, quicwire.V1, dcid, crypto(h, 0, len(h)), 0).Bytes, []byte{1, 0})
	f.Add(server(f).Bytes, []byte("CHLO\x02\x00\x00\x00SNI\x00\x09"))
	f.Fuzz(func(t *testing.T, packet, frames []byte) {
		feed(t, prototest.Chunk{Bytes: packet}, prototest.Chunk{Dir: proto.Resp, Bytes: packet})
		if len(frames) > 0 && len(frames) < 1000 {
			feed(t, seal(t, quicwire.V1, dcid, string(frames)+strings.Repeat("\x00", 30), 0), server(t))
			feed(t, seal(t, quicwire.Q050, dcid, string(frames)+strings.Repeat("\x00", 30), 0))
		}
	})
}

func BenchmarkConnection(b *testing.B) {
	h := hello()
	chunks := []prototest.Chunk{seal(b, quicwire.V1, dcid, crypto(h, 0, len(h)), 0), server(b)}
	b.ReportAllocs()
	for b.Loop() {
		feed(b, chunks...)
	}
}

func BenchmarkProbe(b *testing.B) {
	packet := server(b).Bytes
	b.ReportAllocs()
	for b.Loop() {
		probe(proto.Resp, packet, true)
	}
}

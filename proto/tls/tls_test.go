package tls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// tape records what both ends of a connection write, in order.
type tape struct {
	net.Conn
	mu     *sync.Mutex
	chunks *[]prototest.Chunk
	dir    proto.Dir
}

func (t tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	*t.chunks = append(*t.chunks, prototest.Chunk{Dir: t.dir, Bytes: append([]byte(nil), b...)})
	t.mu.Unlock()
	return t.Conn.Write(b)
}

func selfSigned(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{
		SerialNumber: big.NewInt(0x1234), Subject: pkix.Name{Country: []string{"XX"}, CommonName: "tls.example"},
		DNSNames: []string{"tls.example"}, NotBefore: time.Unix(1600000000, 0), NotAfter: time.Unix(1900000000, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// conversation lets crypto/tls shake hands and returns what went over the wire.
func conversation(t testing.TB, version uint16, clientCert bool) []prototest.Chunk {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	var mu sync.Mutex
	var chunks []prototest.Chunk
	cert := selfSigned(t)
	cc := &tls.Config{ServerName: "tls.example", InsecureSkipVerify: true, MinVersion: version, MaxVersion: version,
		NextProtos: []string{"h2", "http/1.1"}, CurvePreferences: []tls.CurveID{tls.X25519}}
	sc := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: version, MaxVersion: version,
		NextProtos: []string{"http/1.1"}, SessionTicketsDisabled: true}
	if clientCert {
		sc.ClientAuth = tls.RequestClientCert
		cc.Certificates = []tls.Certificate{cert}
	}
	done := make(chan error, 1)
	go func() {
		s := tls.Server(tape{b, &mu, &chunks, proto.Resp}, sc)
		err := s.Handshake()
		if err == nil {
			_, err = s.Write([]byte("hello"))
		}
		done <- err
	}()
	c := tls.Client(tape{a, &mu, &chunks, proto.Orig}, cc)
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return chunks
}

func feed(t testing.TB, p proto.Protocol, over proto.Transport, chunks ...prototest.Chunk) *prototest.Result {
	t.Helper()
	r, err := prototest.Feed(prototest.Options{Protocols: []proto.Protocol{p}}, prototest.Case{Over: over, Port: 443, Chunks: chunks})
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

func one(t testing.TB, lines []string) string {
	t.Helper()
	if len(lines) != 1 {
		t.Fatalf("%d lines, want one: %q", len(lines), lines)
	}
	return lines[0]
}

func TestTLS12(t *testing.T) {
	r := feed(t, Proto, proto.TCP, conversation(t, tls.VersionTLS12, true)...)
	has(t, one(t, r.Zeek["ssl"]), `"version":"TLSv12"`, `"curve":"x25519"`, `"server_name":"tls.example"`, `"resumed":false`,
		`"next_protocol":"http/1.1"`, `"established":true`, `"ssl_history":"CsxkrnXGYIi"`, `"sni_matches_cert":true`,
		`"subject":"CN=tls.example,C=XX"`, `"client_subject":"CN=tls.example,C=XX"`)
	has(t, one(t, r.EVE["tls"]), `"subject":"C=XX, CN=tls.example"`, `"serial":"12:34"`, `"version":"TLS 1.2"`,
		`"notbefore":"2020-09-13T12:26:40"`, `"ja3":{"hash":"`, `"ja4":"t12d`, `"client_alpns":["h2","http/1.1"]`)
	if r.AppProto != "tls" || strings.Join(r.Services, ",") != "ssl" {
		t.Errorf("%q %q", r.AppProto, r.Services)
	}
}

func TestTLS13(t *testing.T) {
	r := feed(t, Proto, proto.TCP, conversation(t, tls.VersionTLS13, false)...)
	has(t, one(t, r.Zeek["ssl"]), `"version":"TLSv13"`, `"established":true`, `"curve":"x25519"`)
	line := one(t, r.EVE["tls"])
	has(t, line, `"version":"TLS 1.3"`, `"ja4":"t13d`)
	if strings.Contains(line, "subject") {
		t.Error("a certificate that cannot be seen")
	}
}

func TestHelloAnsweredByAnother(t *testing.T) {
	hello := conversation(t, tls.VersionTLS12, false)[0]
	r := feed(t, Proto, proto.TCP, hello, prototest.S("HTTP/1.1 400 Bad Request\r\n\r\n"))
	line := one(t, r.Zeek["ssl"])
	has(t, line, `"server_name":"tls.example"`, `"established":false`, `"ssl_history":"C"`)
	if strings.Contains(line, "version") || len(r.Anomalies) != 1 || r.Counts.Violations != 1 {
		t.Errorf("%s %q", line, r.Anomalies)
	}
	r = feed(t, Proto, proto.TCP, hello, prototest.S("\x15\x03\x03\x00\x02\x02\x28"))
	has(t, one(t, r.Zeek["ssl"]), `"last_alert":"handshake_failure"`, `"ssl_history":"Cl"`)
}

func TestSSLv2(t *testing.T) {
	hello := "\x01\x00\x02\x00\x03\x00\x00\x00\x10\x01\x00\x80" + strings.Repeat("c", 16)
	answer := "\x04\x00\x01\x00\x02\x00\x03\x00\x00\x00\x10" + "der" + strings.Repeat("i", 16)
	key := "\x02\x01\x00\x80\x00\x00\x00\x01\x00\x00k"
	wrap := func(s string) string { return string([]byte{0x80, byte(len(s))}) + s }
	r := feed(t, Proto, proto.TCP, prototest.C(wrap(hello)), prototest.S(wrap(answer)), prototest.C(wrap(key)),
		prototest.C(wrap("cipher")), prototest.S(wrap("cipher")))
	has(t, one(t, r.Zeek["ssl"]), `"version":"SSLv2"`, `"cipher":"SSLv20_CK_RC4_128_WITH_MD5"`, `"established":true`)
	has(t, one(t, r.EVE["tls"]), `"version":"SSLv2"`)
}

// wrapDTLS puts a handshake message into records of at most size bytes of it.
func wrapDTLS(typ byte, seq uint16, body []byte, size int) []string {
	var out []string
	for from := 0; from == 0 || from < len(body); from += size {
		part := body[from:min(from+size, len(body))]
		f := []byte{typ, 0, byte(len(body) >> 8), byte(len(body)), byte(seq >> 8), byte(seq), 0, byte(from >> 8), byte(from), 0,
			byte(len(part) >> 8), byte(len(part))}
		f = append(f, part...)
		rec := []byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, byte(from), byte(len(f) >> 8), byte(len(f))}
		out = append(out, string(append(rec, f...)))
	}
	return out
}

func TestDTLS(t *testing.T) {
	hello := append([]byte{0xfe, 0xfd}, make([]byte, 32)...)
	hello = append(hello, 0, 0, 0, 2, 0xc0, 0x2f, 1, 0)
	answer := append([]byte{0xfe, 0xfd}, make([]byte, 32)...)
	answer = append(answer, 0, 0xc0, 0x2f, 0)
	ccs := "\x14\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x09\x00\x01\x01"
	sealed := "\x16\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03xyz"
	var chunks []prototest.Chunk
	parts := wrapDTLS(1, 0, hello, 10)
	for i := len(parts) - 1; i >= 0; i-- {
		chunks = append(chunks, prototest.C(parts[i]), prototest.C(parts[i]))
	}
	if len(parts) < 3 {
		t.Fatal("not fragmented")
	}
	// A probe needs the first fragment's type only, so the reverse order is found as well.
	chunks = append(chunks, prototest.S(wrapDTLS(2, 0, answer, 200)[0]), prototest.S(wrapDTLS(2, 0, answer, 200)[0]),
		prototest.C(ccs+sealed), prototest.S(ccs+sealed))
	r := feed(t, DTLS, proto.UDP, chunks...)
	has(t, one(t, r.Zeek["ssl"]), `"version":"DTLSv12"`, `"established":true`, `"ssl_history":"CsIi"`)
	has(t, one(t, r.EVE["tls"]), `"ja4":"dd2i`)
}

func TestFlippedRoles(t *testing.T) {
	chunks := conversation(t, tls.VersionTLS12, false)
	for i := range chunks {
		chunks[i].Dir = chunks[i].Dir.Other()
	}
	r := feed(t, Proto, proto.TCP, chunks...)
	has(t, one(t, r.Zeek["ssl"]), `"ssl_history":"^CsxknGIi"`, `"server_name":"tls.example"`)
}

func TestContract(t *testing.T) {
	o := prototest.Options{Protocols: []proto.Protocol{Proto}}
	prototest.Run(t, o,
		prototest.Case{Name: "tls12", Port: 443, Chunks: conversation(t, tls.VersionTLS12, true)},
		prototest.Case{Name: "tls13", Port: 8443, Chunks: conversation(t, tls.VersionTLS13, false)})
}

func TestNotTLS(t *testing.T) {
	for _, s := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x00\x04\x02\x00\x00\x00\x00\x00", "\x80\x2e\x01\x00\x05", "SSH-2.0-x\r\n"} {
		if v := probe(proto.Orig, []byte(s), true); v == proto.Yes {
			t.Errorf("%q taken for TLS", s)
		}
	}
}

func FuzzStream(f *testing.F) {
	for _, c := range conversation(f, tls.VersionTLS12, true) {
		f.Add(c.Bytes, c.Dir == proto.Resp)
	}
	hello := conversation(f, tls.VersionTLS12, false)[0].Bytes
	f.Fuzz(func(t *testing.T, b []byte, fromServer bool) {
		d := proto.Orig
		if fromServer {
			d = proto.Resp
		}
		feed(t, Proto, proto.TCP, prototest.Chunk{Bytes: hello}, prototest.Chunk{Dir: d, Bytes: b})
		feed(t, DTLS, proto.UDP, prototest.Chunk{Dir: d, Bytes: b}, prototest.Chunk{Dir: d.Other(), Bytes: b})
	})
}

func BenchmarkProbe(b *testing.B) {
	hello := conversation(b, tls.VersionTLS13, false)[0].Bytes
	b.ReportAllocs()
	for b.Loop() {
		probe(proto.Orig, hello, true)
	}
}

func BenchmarkFingerprints(b *testing.B) {
	hello := conversation(b, tls.VersionTLS13, false)[0].Bytes
	h := handshake{w: &worker{}, tx: new(Tx), carrier: tlswire.OverTCP}
	if err := h.w.client.Parse(hello[9:], false); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.tx.JA3 = nil
		h.fingerprint(&h.w.client)
	}
}

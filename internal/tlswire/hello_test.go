package tlswire

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"testing"
)

// chrome builds the hello of a Chrome 100 with GREASE in every place that may hold it. Its fingerprints are the
// example of the JA4 specification.
func chrome() []byte {
	ciphers := []uint16{
		0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
		0x002f, 0x0035,
	}
	vec := func(list ...uint16) []byte {
		b := binary.BigEndian.AppendUint16(nil, uint16(2*len(list)))
		for _, v := range list {
			b = binary.BigEndian.AppendUint16(b, v)
		}
		return b
	}
	ext := func(b []byte, typ uint16, data []byte) []byte {
		b = binary.BigEndian.AppendUint16(b, typ)
		b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
		return append(b, data...)
	}
	var x []byte
	x = ext(x, 0x2a2a, nil)
	x = ext(x, 0, []byte("\x00\x0e\x00\x00\x0bexample.com"))
	x = ext(x, 0x17, nil)
	x = ext(x, 0xff01, []byte{0})
	x = ext(x, 10, vec(0xfafa, 29, 23, 24))
	x = ext(x, 11, []byte{1, 0})
	x = ext(x, 0x23, nil)
	x = ext(x, 16, []byte("\x00\x0c\x02h2\x08http/1.1"))
	x = ext(x, 5, []byte{1, 0, 0, 0, 0})
	x = ext(x, 13, vec(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601))
	x = ext(x, 0x12, nil)
	x = ext(x, 0x33, append([]byte{0, 41, 0xfa, 0xfa, 0, 1, 0, 0, 29, 0, 32}, make([]byte, 32)...))
	x = ext(x, 0x2d, []byte{1, 1})
	x = ext(x, 0x2b, []byte{6, 0x3a, 0x3a, 3, 4, 3, 3})
	x = ext(x, 0x1b, []byte{2, 0, 2})
	x = ext(x, 0x4469, []byte{0, 3, 2, 'h', '2'})
	x = ext(x, 0x15, make([]byte, 20))

	b := []byte{3, 3}
	b = append(b, make([]byte, 32)...)
	b = append(b, 0)
	b = append(b, vec(ciphers...)...)
	b = append(b, 1, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(len(x)))
	return append(b, x...)
}

func TestClientHello(t *testing.T) {
	var h ClientHello
	if err := h.Parse(chrome(), false); err != nil {
		t.Fatal(err)
	}
	if string(h.ServerName) != "example.com" || string(h.ALPN.First()) != "h2" || h.Highest() != TLS13 {
		t.Errorf("name %q, alpn %q, version %#x", h.ServerName, h.ALPN.First(), h.Highest())
	}
	if !h.HasSessionTicket || len(h.SessionTicket) != 0 || !h.PSKModes || h.HasPSK {
		t.Errorf("flags: %+v", h)
	}
	shares := h.KeyShares
	g, _, _ := shares.Next()
	g2, key, ok := shares.Next()
	if !IsGREASE(g) || g2 != 29 || len(key) != 32 || !ok {
		t.Errorf("key shares %d %d %d", g, g2, len(key))
	}
}

func TestFingerprints(t *testing.T) {
	var h ClientHello
	if err := h.Parse(chrome(), false); err != nil {
		t.Fatal(err)
	}
	var j JA4
	if got, want := string(j.Append(nil, &h, OverTCP)), "t13d1516h2_8daaf6152771_e5627efa2ab1"; got != want {
		t.Errorf("JA4 %s, want %s", got, want)
	}
	if got := string(j.Append(nil, &h, OverQUIC)); got[0] != 'q' {
		t.Errorf("JA4 over QUIC: %s", got)
	}
	want := "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53," +
		"0-23-65281-10-11-35-16-5-13-18-51-45-43-27-17513-21,29-23-24,0"
	got := AppendJA3(nil, &h)
	if string(got) != want {
		t.Errorf("JA3 %s", got)
	}
	if sum := string(AppendMD5(nil, got)); sum != "cd08e31494f9531f560d64c695473da9" {
		t.Errorf("JA3 hash %s", sum)
	}
}

func TestFingerprintsOfBareHello(t *testing.T) {
	body := append([]byte{3, 1}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0, 0x2f, 1, 0)
	var h ClientHello
	if err := h.Parse(body, false); err != nil {
		t.Fatal(err)
	}
	var j JA4
	if got := string(j.Append(nil, &h, OverTCP)); got != "t10i010000_ba72b8082249_000000000000" {
		t.Errorf("JA4 %s", got)
	}
	if got := string(AppendJA3(nil, &h)); got != "769,47,,," {
		t.Errorf("JA3 %s", got)
	}
}

func TestJA4WithoutSignatureAlgorithms(t *testing.T) {
	body := append([]byte{3, 1}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0, 0x2f, 1, 0, 0, 4, 0, 0x23, 0, 0)
	var h ClientHello
	if err := h.Parse(body, false); err != nil {
		t.Fatal(err)
	}
	plain, other := new(JA4), &JA4{Underscore: true}
	a, b := string(plain.Append(nil, &h, OverTCP)), string(other.Append(nil, &h, OverTCP))
	if a != "t10i010100_ba72b8082249_e78b541c01a9" || b != "t10i010100_ba72b8082249_94264683603e" {
		t.Errorf("%s, with an underscore %s", a, b)
	}
}

func TestALPNInJA4(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"h2", "h2"}, {"http/1.1", "h1"}, {"x", "xx"}, {"\xab\xcd", "ad"}, {"\x30\xab", "3b"}, {"", "00"},
	} {
		list := append([]byte{byte(len(c.name))}, c.name...)
		if got := string(appendALPN(nil, Names(list))); got != c.want {
			t.Errorf("%q: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestStandardLibrary parses what crypto/tls writes.
func TestStandardLibrary(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	go func() {
		_ = tls.Client(client, &tls.Config{ServerName: "go.example", NextProtos: []string{"h2"}}).Handshake()
	}()
	b := make([]byte, 5)
	if _, err := io.ReadFull(server, b); err != nil {
		t.Fatal(err)
	}
	r, _ := ParseRecord(b)
	if !r.PlausibleTLS() || r.Complete() {
		t.Fatalf("record %+v", r)
	}
	payload := make([]byte, r.Length)
	if _, err := io.ReadFull(server, payload); err != nil {
		t.Fatal(err)
	}
	server.Close()
	var a Assembler
	a.Add(payload)
	m, ok := a.Next()
	if !ok || m.Type != ClientHelloType {
		t.Fatalf("message %+v", m)
	}
	var h ClientHello
	if err := h.Parse(m.Body, false); err != nil {
		t.Fatal(err)
	}
	if string(h.ServerName) != "go.example" || h.Highest() != TLS13 || !h.Groups.Has(29) {
		t.Errorf("%q %#x", h.ServerName, h.Highest())
	}
}

func TestServerHello(t *testing.T) {
	body := append([]byte{3, 3}, retryRandom[:]...)
	body = append(body, 0, 0x13, 1, 0, 0, 12, 0, 0x33, 0, 2, 0, 29, 0, 0x2b, 0, 2, 3, 4)
	var h ServerHello
	if err := h.Parse(body); err != nil {
		t.Fatal(err)
	}
	if !h.Retry || h.Chosen() != TLS13 || h.Group != 29 || h.Cipher != 0x1301 {
		t.Errorf("%+v", h)
	}
	if got := string(AppendJA3S(nil, &h)); got != "771,4865,51-43" {
		t.Errorf("JA3S %s", got)
	}
}

func TestTruncatedHellos(t *testing.T) {
	whole := chrome()
	var h ClientHello
	for n := range whole {
		if err := h.Parse(whole[:n], false); err == nil && h.HasExtensions {
			t.Errorf("%d bytes of %d parse without an error", n, len(whole))
		}
	}
}

func TestSSLv2(t *testing.T) {
	body := []byte{1, 0, 2, 0, 6, 0, 0, 0, 16, 1, 0, 0x80, 7, 0, 0xc0}
	body = append(body, make([]byte, 16)...)
	record := append([]byte{0x80, byte(len(body))}, body...)
	if !V2Probe(record) {
		t.Fatal("not taken for an SSLv2 hello")
	}
	r, ok := ParseV2Record(record)
	if !ok || len(r.Body) != r.Length {
		t.Fatalf("%+v", r)
	}
	var h ClientHello
	if err := h.ParseV2(r.Body); err != nil {
		t.Fatal(err)
	}
	if got := CipherName(h.V2Cipher(1)); got != "SSLv20_CK_DES_192_EDE3_CBC_WITH_MD5" {
		t.Error(got)
	}
	if V2Probe([]byte("\x80GET / HTTP/1.1")) {
		t.Error("a request is no SSLv2 hello")
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{CipherName(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
		{CipherName(0x0034), "TLS_DH_ANON_WITH_AES_128_CBC_SHA"},
		{CipherName(0x4321), "unknown-17185"},
		{GroupName(29), "x25519"},
		{GroupName(23), "secp256r1"},
		{VersionName(0x7f1c), "TLSv13-draft28"},
		{VersionName(32257), "unknown-32257"},
		{VersionName(DTLS12), "DTLSv12"},
		{EVEVersion(TLS10), "TLSv1"},
		{EVEVersion(TLS13), "TLS 1.3"},
		{EVEVersion(0x7f17), "TLS 1.3 draft-23"},
		{EVEVersion(0x1234), "0x1234"},
		{AlertName(40), "handshake_failure"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
	for name, table := range map[string][]codeName{
		"cipher": cipherNames[:], "group": groupNames[:], "alert": alertNames[:], "extension": extensionNames[:],
	} {
		for i := 1; i < len(table); i++ {
			if table[i].code <= table[i-1].code {
				t.Errorf("%s table: %d out of order", name, table[i].code)
			}
		}
	}
}

func TestCertificates(t *testing.T) {
	list := func(v13 bool) []byte {
		var l []byte
		for _, s := range []string{"one", "three"} {
			l = append(l, 0, 0, byte(len(s)))
			l = append(l, s...)
			if v13 {
				l = append(l, 0, 1, 0)
			}
		}
		b := []byte{0, 0, byte(len(l))}
		if v13 {
			b = append([]byte{0}, b...)
		}
		return append(b, l...)
	}
	for _, v13 := range []bool{false, true} {
		l := ParseCertificates(list(v13), v13)
		a, _ := l.Next()
		b, ok := l.Next()
		if string(a) != "one" || string(b) != "three" || !ok || l.Cut() {
			t.Errorf("%v: %q %q", v13, a, b)
		}
		if _, ok := l.Next(); ok {
			t.Error("one too many")
		}
		short := list(v13)
		l = ParseCertificates(short[:len(short)-4], v13)
		l.Next()
		if _, ok := l.Next(); ok || !l.Cut() {
			t.Error("cut certificate not noticed")
		}
	}
}

func TestParsingDoesNotAllocate(t *testing.T) {
	body := chrome()
	var h ClientHello
	var j JA4
	dst := make([]byte, 0, 1024)
	j.Append(dst, &h, OverTCP)
	_ = h.Parse(body, false)
	j.Append(dst, &h, OverTCP)
	n := testing.AllocsPerRun(100, func() {
		_ = h.Parse(body, false)
		b := AppendJA3(dst, &h)
		b = AppendMD5(b, b)
		j.Append(b, &h, OverTCP)
	})
	if n != 0 {
		t.Errorf("%v allocations for a hello and its fingerprints", n)
	}
}

func FuzzHello(f *testing.F) {
	f.Add(chrome(), false)
	f.Add([]byte{3, 3}, true)
	f.Fuzz(func(t *testing.T, b []byte, dtls bool) {
		var h ClientHello
		var j JA4
		_ = h.Parse(b, dtls)
		if len(j.Append(nil, &h, OverTCP)) != 36 {
			t.Error("JA4 of another length")
		}
		AppendJA3(nil, &h)
		_ = h.ParseV2(b)
		AppendJA3(nil, &h)
		var s ServerHello
		_ = s.Parse(b)
		AppendJA3S(nil, &s)
		_ = s.ParseRetry(b)
		var v2 V2Server
		_ = v2.Parse(b)
		V2Probe(b)
		ParseV2Record(b)
		l := ParseCertificates(b, dtls)
		for der, ok := l.Next(); ok; der, ok = l.Next() {
			if !bytes.Contains(b, der) {
				t.Error("certificate that is not in the input")
			}
		}
		ServerCurve(b)
		StatusResponse(b)
	})
}

func BenchmarkClientHello(b *testing.B) {
	body := chrome()
	var h ClientHello
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		_ = h.Parse(body, false)
	}
}

func BenchmarkJA3(b *testing.B) {
	var h ClientHello
	_ = h.Parse(chrome(), false)
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		s := AppendJA3(dst, &h)
		AppendMD5(s, s)
	}
}

func BenchmarkJA4(b *testing.B) {
	var h ClientHello
	var j JA4
	_ = h.Parse(chrome(), false)
	dst := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		j.Append(dst, &h, OverTCP)
	}
}

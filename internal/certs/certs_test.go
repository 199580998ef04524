package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
)

func template() *x509.Certificate {
	uri, _ := url.Parse("spiffe://example/x")
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte{0x8a, 0x07, 0xe0}),
		Subject: pkix.Name{
			Country: []string{"US"}, Organization: []string{"A, B & \"C\""}, CommonName: "héllo.example",
			ExtraNames: []pkix.AttributeTypeAndValue{
				{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "a@b.c"},
				{Type: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: "x"},
			},
		},
		NotBefore: time.Date(2024, 2, 29, 12, 0, 1, 0, time.UTC), NotAfter: time.Date(2051, 1, 2, 3, 4, 5, 0, time.UTC),
		DNSNames: []string{"*.example.org", "example.org"}, EmailAddresses: []string{"m@example.org"},
		IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1).To4()}, URIs: []*url.URL{uri},
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 2,
	}
}

func create(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	tpl := template()
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestParse(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der := create(t, key)
	var c Certificate
	if err := c.Parse(append(der, "trailing"...)); err != nil {
		t.Fatal(err)
	}
	if string(c.Raw) != string(der) {
		t.Error("trailing bytes belong to the certificate")
	}
	for _, x := range []struct{ what, got, want string }{
		{"serial", string(AppendSerial(nil, c.Serial)), "8A07E0"},
		{"colons", string(AppendSerialColons(nil, c.Serial)), "00:8A:07:E0"},
		{"subject", string(c.Subject.AppendRFC2253(nil)),
			`1.2.3.4=#130178,emailAddress=a@b.c,CN=h\C3\A9llo.example,O=A\, B & \"C\",C=US`},
		{"EVE issuer", string(c.Issuer.AppendEVE(nil)),
			`C=US, O=A, B & "C", CN=héllo.example, Email=a@b.c, 1.2.3.4=x`},
		{"signature", AlgorithmName(c.Signature), "sha256WithRSAEncryption"},
		{"key algorithm", AlgorithmName(c.KeyAlgorithm), "rsaEncryption"},
		{"exponent", string(c.AppendExponent(nil)), "65537"},
		{"key type", c.KeyType, "rsa"},
		{"not before", c.NotBefore.Format(time.RFC3339), "2024-02-29T12:00:01Z"},
		{"not after", c.NotAfter.Format(time.RFC3339), "2051-01-02T03:04:05Z"},
		{"common name", string(c.Subject.CommonName()), "héllo.example"},
	} {
		if x.got != x.want {
			t.Errorf("%s: %s, want %s", x.what, x.got, x.want)
		}
	}
	if c.Version != 3 || c.KeyBits != 1024 || !c.IsCA || c.PathLen != 2 || !c.HasConstraints || !c.SelfSigned() {
		t.Errorf("%+v", c)
	}
	var names []string
	for kind, v, ok := c.AltNames.Next(); ok; kind, v, ok = c.AltNames.Next() {
		names = append(names, string('0'+rune(kind))+string(v))
	}
	if got := strings.Join(names, " "); got != "2*.example.org 2example.org 1m@example.org 7\xc0\x00\x02\x01 6spiffe://example/x" {
		t.Errorf("alternative names %q", got)
	}
}

func TestKeys(t *testing.T) {
	for curve, want := range map[elliptic.Curve]string{
		elliptic.P256(): "prime256v1", elliptic.P384(): "secp384r1", elliptic.P521(): "secp521r1",
	} {
		key, _ := ecdsa.GenerateKey(curve, rand.Reader)
		var c Certificate
		if err := c.Parse(create(t, key)); err != nil {
			t.Fatal(err)
		}
		if c.Curve != want || c.KeyType != ECDSA || c.KeyBits != curve.Params().BitSize ||
			AlgorithmName(c.KeyAlgorithm) != "id-ecPublicKey" {
			t.Errorf("%s: %q %q %d", want, c.Curve, c.KeyType, c.KeyBits)
		}
	}
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	var c Certificate
	if err := c.Parse(create(t, key)); err != nil {
		t.Fatal(err)
	}
	if c.KeyType != "ED25519" || c.KeyBits != 256 || AlgorithmName(c.Signature) != "ED25519" {
		t.Errorf("%q %d", c.KeyType, c.KeyBits)
	}
}

func TestMatches(t *testing.T) {
	for _, x := range []struct {
		pattern, host string
		want          bool
	}{
		{"example.org", "EXAMPLE.org", true},
		{"*.example.org", "a.example.org", true},
		{"*.example.org", "a.b.example.org", false},
		{"*.example.org", ".example.org", false},
		{"*.org", "example.org", false},
		{"w*.example.org", "www.example.org", true},
		{"w*.example.org", "xn--w.example.org", false},
		{"a.*.example.org", "a.b.example.org", false},
	} {
		if got := matchHost([]byte(x.pattern), []byte(x.host)); got != x.want {
			t.Errorf("%s for %s: %v", x.pattern, x.host, got)
		}
	}
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	var c Certificate
	_ = c.Parse(create(t, key))
	if !c.Matches([]byte("www.example.org")) || c.Matches([]byte("héllo.example")) {
		t.Error("the common name counts only without alternative names")
	}
}

func TestSerials(t *testing.T) {
	for _, x := range []struct{ in, want string }{
		{"\x00", "00"}, {"\x01", "01"}, {"\x00\x80", "80"}, {"\xff", "-01"}, {"\x80\x00", "-8000"}, {"", "00"},
	} {
		if got := string(AppendSerial(nil, []byte(x.in))); got != x.want {
			t.Errorf("%q: %s, want %s", x.in, got, x.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, x := range []struct {
		tag        byte
		text, want string
	}{
		{tagUTCTime, "990709121100Z", "1999-07-09T12:11:00Z"},
		{tagUTCTime, "9907091211Z", "1999-07-09T12:11:00Z"},
		{tagUTCTime, "490709121100+0130", "2049-07-09T10:41:00Z"},
		{tagGeneralized, "20150711120000.5Z", "2015-07-11T12:00:00Z"},
		{tagGeneralized, "20151311120000Z", ""},
		{tagUTCTime, "9907", ""},
	} {
		got := ""
		if v, ok := readTime(node{tag: x.tag, body: []byte(x.text)}); ok {
			got = v.Format(time.RFC3339)
		}
		if got != x.want {
			t.Errorf("%s: %s, want %s", x.text, got, x.want)
		}
	}
}

// TestBrokenCertificatesGiveWhatTheyHave cuts a certificate everywhere; what was whole must still be there.
func TestBrokenCertificatesGiveWhatTheyHave(t *testing.T) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der := create(t, key)
	named := false
	for n := range der {
		var c Certificate
		if c.Parse(der[:n]) == nil {
			t.Fatalf("%d of %d bytes parse", n, len(der))
		}
		if named && len(c.Subject) == 0 {
			t.Fatalf("the subject is lost at %d", n)
		}
		named = len(c.Subject) > 0
	}
	if !named {
		t.Error("no subject in a cut certificate")
	}
}

func TestHowCertificatesBreak(t *testing.T) {
	for in, want := range map[string]error{
		"\x30": ErrShort, "\x30\x05\x30\x84\xff\xff\xff": ErrShort, "\x30\x06\x30\x84\xff\xff\xff\xfa": ErrBroken,
		"\x02\x01\x00": ErrBroken,
	} {
		var c Certificate
		if err := c.Parse([]byte(in)); err != want {
			t.Errorf("%x: %v, want %v", in, err, want)
		}
	}
}

func TestTables(t *testing.T) {
	for name, table := range map[string][]object{
		"algorithms": algorithms[:], "digests": digests[:], "curves": curves[:], "attributes": attributes[:],
	} {
		for i := 1; i < len(table); i++ {
			if table[i].id <= table[i-1].id {
				t.Errorf("%s: %s out of order", name, table[i].name)
			}
		}
	}
	if got := (OID{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11}).String(); got != "1.2.840.113549.1.1.11" {
		t.Error(got)
	}
}

func TestParsingDoesNotAllocate(t *testing.T) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der := create(t, key)
	var c Certificate
	dst := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() {
		_ = c.Parse(der)
		c.Subject.AppendRFC2253(dst)
		c.Subject.AppendEVE(dst)
		AppendSHA256(dst, der)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	f.Add(create(f, key))
	f.Add(ocspResponse())
	f.Fuzz(func(t *testing.T, b []byte) {
		var c Certificate
		_ = c.Parse(b)
		c.Subject.AppendRFC2253(nil)
		c.Issuer.AppendEVE(nil)
		c.AppendExponent(nil)
		AppendSerial(nil, c.Serial)
		AlgorithmName(c.Signature)
		c.Matches([]byte("www.example.org"))
		var r OCSPResponse
		_ = r.Parse(b)
		for n := 0; ; n++ {
			if _, ok := r.Next(); !ok {
				break
			}
			if n > len(b) {
				t.Fatal("more responses than bytes")
			}
		}
		var q OCSPRequest
		_ = q.Parse(b)
		for _, ok := q.Next(); ok; _, ok = q.Next() {
		}
	})
}

func BenchmarkParse(b *testing.B) {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	der := create(b, key)
	var c Certificate
	b.SetBytes(int64(len(der)))
	b.ReportAllocs()
	for b.Loop() {
		_ = c.Parse(der)
	}
}

func BenchmarkRFC2253(b *testing.B) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	var c Certificate
	_ = c.Parse(create(b, key))
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		c.Subject.AppendRFC2253(dst)
	}
}

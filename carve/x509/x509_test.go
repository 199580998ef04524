package x509

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// tx and carrier make a protocol whose datagrams are certificates, the client's and the server's own.
type tx struct{ proto.Tx }

type carrier struct{}

func (carrier) Data(s *proto.Session[tx], d proto.Dir, b []byte) (proto.Result, error) {
	mime := userCert
	if b[0] != 0x30 {
		b, mime = b[1:], "application/x-x509-ca-cert"
	}
	f := s.File(&proto.FileInfo{Source: "SSL", Dir: d, Size: -1, MIME: mime})
	f.Write(b[:len(b)/2])
	f.Write(b[len(b)/2:])
	f.Close(true)
	return proto.Result{}, nil
}

func (carrier) Gap(*proto.Session[tx], proto.Dir, int64) error { return nil }
func (carrier) End(*proto.Session[tx], proto.Dir)              {}

var carries = proto.Define(proto.Spec[tx]{
	Name: "carrier", Doc: "datagrams that are certificates",
	Detect: proto.Detect{Over: []proto.Transport{proto.UDP}, Probe: func(proto.Dir, []byte, bool) proto.Verdict { return proto.Yes }},
	New:    func(*proto.Setup) func() proto.Parser[tx] { return func() proto.Parser[tx] { return carrier{} } },
})

func feed(t testing.TB, chunks ...prototest.Chunk) []string {
	t.Helper()
	r, err := prototest.Feed(prototest.Options{
		Protocols: []proto.Protocol{carries}, Files: carve.New(carve.Options{Handlers: []*proto.FileHandler{Handler}}),
	}, prototest.Case{Over: proto.UDP, Chunks: chunks})
	if err != nil {
		t.Fatal(err)
	}
	return r.Zeek["x509"]
}

func certificate(t testing.TB) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{
		SerialNumber: big.NewInt(0xabcd), Subject: pkix.Name{Country: []string{"XX"}, CommonName: "x"},
		DNSNames: []string{"a.example", "b.example"}, IPAddresses: []net.IP{net.ParseIP("2001:db8::1")},
		NotBefore: time.Unix(1600000000, 0), NotAfter: time.Unix(1900000000, 0), BasicConstraintsValid: true, IsCA: true,
		MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(der)
}

func TestRows(t *testing.T) {
	c := certificate(t)
	rows := feed(t, prototest.S(c), prototest.S(c), prototest.C(certificate(t)), prototest.S("x"+certificate(t)))
	if len(rows) != 3 {
		t.Fatalf("%d rows, want 3: one is a repetition", len(rows))
	}
	for _, want := range []string{
		`"certificate.serial":"ABCD"`, `"certificate.subject":"CN=x,C=XX"`, `"certificate.not_valid_before":1600000000.000000`,
		`"certificate.key_alg":"id-ecPublicKey"`, `"certificate.curve":"prime256v1"`, `"san.dns":["a.example","b.example"]`,
		`"san.ip":["2001:db8::1"]`, `"basic_constraints.path_len":0`, `"host_cert":true`, `"client_cert":false`,
	} {
		if !strings.Contains(rows[0], want) {
			t.Errorf("no %s in %s", want, rows[0])
		}
	}
	if !strings.Contains(rows[1], `"client_cert":true`) || !strings.Contains(rows[2], `"host_cert":false`) {
		t.Errorf("%s\n%s", rows[1], rows[2])
	}
	if strings.Contains(rows[0], "san.uri") {
		t.Error("a list without names is there")
	}
}

func TestBrokenCertificates(t *testing.T) {
	c := certificate(t)
	if rows := feed(t, prototest.S(c[:len(c)-10])); len(rows) != 1 {
		t.Errorf("%d rows of a certificate whose signature is cut", len(rows))
	}
	if rows := feed(t, prototest.S("\x30\x82\x01\x00garbage")); len(rows) != 0 {
		t.Errorf("%q of what is no certificate", rows)
	}
}

func FuzzHandler(f *testing.F) {
	f.Add([]byte(certificate(f)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1 {
			feed(t, prototest.S(string(b)))
		}
	})
}

func BenchmarkRow(b *testing.B) {
	c := prototest.S(certificate(b))
	b.ReportAllocs()
	for b.Loop() {
		feed(b, c)
	}
}

package ocsp

import (
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// tx and carrier make a protocol whose datagrams are OCSP responses.
type tx struct{ proto.Tx }

type carrier struct{}

func (carrier) Data(s *proto.Session[tx], d proto.Dir, b []byte) (proto.Result, error) {
	f := s.File(&proto.FileInfo{Source: "SSL", Dir: d, Size: -1, MIME: "application/ocsp-response"})
	f.Write(b)
	f.Close(true)
	return proto.Result{}, nil
}

func (carrier) Gap(*proto.Session[tx], proto.Dir, int64) error { return nil }
func (carrier) End(*proto.Session[tx], proto.Dir)              {}

var carries = proto.Define(proto.Spec[tx]{
	Name: "carrier", Doc: "datagrams that are OCSP responses",
	Detect: proto.Detect{Over: []proto.Transport{proto.UDP}, Probe: func(proto.Dir, []byte, bool) proto.Verdict { return proto.Yes }},
	New:    func(*proto.Setup) func() proto.Parser[tx] { return func() proto.Parser[tx] { return carrier{} } },
})

func feed(t testing.TB, response []byte) []string {
	t.Helper()
	r, err := prototest.Feed(prototest.Options{
		Protocols: []proto.Protocol{carries}, Files: carve.New(carve.Options{Handlers: []*proto.FileHandler{Handler}}),
	}, prototest.Case{Over: proto.UDP, Chunks: []prototest.Chunk{{Dir: proto.Resp, Bytes: response}}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Zeek["ocsp"]
}

// The structures of RFC 6960 section 4.2.1, for encoding/asn1.
type algorithm struct{ ID asn1.ObjectIdentifier }

type single struct {
	Cert struct {
		Hash      algorithm
		Name, Key []byte
		Serial    *big.Int
	}
	Revoked struct {
		At     time.Time       `asn1:"generalized"`
		Reason asn1.Enumerated `asn1:"explicit,tag:0"`
	} `asn1:"tag:1"`
	ThisUpdate time.Time `asn1:"generalized"`
}

type basic struct {
	Data struct {
		Key       []byte    `asn1:"explicit,tag:2"`
		At        time.Time `asn1:"generalized"`
		Responses []single
	}
	Algorithm algorithm
	Signature asn1.BitString
}

type answer struct {
	Status asn1.Enumerated
	Bytes  struct {
		Type asn1.ObjectIdentifier
		Body []byte
	} `asn1:"explicit,tag:0"`
}

func response(t testing.TB, serials ...int64) []byte {
	t.Helper()
	at := time.Unix(1436577056, 0).UTC()
	var b basic
	b.Data.Key, b.Data.At, b.Algorithm.ID = []byte{1}, at, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	for _, n := range serials {
		var s single
		s.Cert.Hash.ID = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
		s.Cert.Name, s.Cert.Key, s.Cert.Serial = []byte{0xab}, []byte{0xcd}, big.NewInt(n)
		s.Revoked.At, s.Revoked.Reason, s.ThisUpdate = at, 1, at
		b.Data.Responses = append(b.Data.Responses, s)
	}
	body, err := asn1.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	a.Bytes.Type, a.Bytes.Body = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}, body
	der, err := asn1.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestRows(t *testing.T) {
	rows := feed(t, response(t, 0x1f, 0x2e))
	if len(rows) != 2 {
		t.Fatalf("%q", rows)
	}
	for _, want := range []string{
		`"hashAlgorithm":"sha1"`, `"issuerNameHash":"AB"`, `"issuerKeyHash":"CD"`, `"serialNumber":"2E"`, `"certStatus":"revoked"`,
		`"revoketime":1436577056.000000`, `"revokereason":"keyCompromise"`, `"thisUpdate":1436577056.000000`,
	} {
		if !strings.Contains(rows[1], want) {
			t.Errorf("no %s in %s", want, rows[1])
		}
	}
	if strings.Contains(rows[0], "nextUpdate") {
		t.Error("a time that was not sent")
	}
}

func TestRowsAreBounded(t *testing.T) {
	if rows := feed(t, response(t, make([]int64, maxResponses+40)...)); len(rows) != maxResponses {
		t.Errorf("%d rows", len(rows))
	}
}

func FuzzHandler(f *testing.F) {
	f.Add(response(f, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 0 {
			feed(t, b)
		}
	})
}

func BenchmarkRows(b *testing.B) {
	der := response(b, 1, 2, 3)
	b.ReportAllocs()
	for b.Loop() {
		feed(b, der)
	}
}

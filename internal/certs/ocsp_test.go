package certs

import "testing"

// der wraps content in a tag.
func der(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	if len(body) < 128 {
		return append([]byte{tag, byte(len(body))}, body...)
	}
	return append([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}

// ocspResponse builds a response about two certificates, one good, one revoked.
func ocspResponse() []byte {
	sha1 := der(tagSequence, der(tagOID, []byte{0x2b, 0x0e, 3, 2, 0x1a}), der(tagNull))
	id := func(serial byte) []byte {
		return der(tagSequence, sha1, der(tagOctets, []byte{0xaa, 0xbb}), der(tagOctets, []byte{0xcc}), der(tagInteger, []byte{serial}))
	}
	at := der(tagGeneralized, []byte("20150711011056Z"))
	good := der(tagSequence, id(7), der(0x80), at, der(0xa0, der(tagGeneralized, []byte("20150718011056Z"))))
	revoked := der(tagSequence, id(9), der(0xa1, at, der(0xa0, der(tagEnumerated, []byte{4}))), at)
	data := der(tagSequence, der(0xa2, der(tagOctets, []byte{1, 2, 3})), at, der(tagSequence, good, revoked))
	alg := der(tagSequence, der(tagOID, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5}))
	basic := der(tagSequence, data, alg, der(tagBits, []byte{0, 1}))
	wrapped := der(0xa0, der(tagSequence, der(tagOID, []byte("\x2b\x06\x01\x05\x05\x07\x30\x01\x01")), der(tagOctets, basic)))
	return der(tagSequence, der(tagEnumerated, []byte{0}), wrapped)
}

func TestOCSPResponse(t *testing.T) {
	var r OCSPResponse
	if err := r.Parse(ocspResponse()); err != nil {
		t.Fatal(err)
	}
	if r.Status != "successful" || r.Version != 1 || string(r.ResponderKey) != "\x01\x02\x03" || r.ProducedAt.Unix() != 1436577056 {
		t.Errorf("%+v", r)
	}
	a, ok := r.Next()
	if !ok || a.Status != StatusGood || DigestName(a.HashAlgorithm) != "sha1" || string(AppendHash(nil, a.IssuerNameHash)) != "AABB" ||
		a.ThisUpdate.Unix() != 1436577056 || a.NextUpdate.Unix() != 1437181856 || string(AppendSerial(nil, a.Serial)) != "07" {
		t.Errorf("%+v", a)
	}
	b, ok := r.Next()
	if !ok || b.Status != StatusRevoked || b.Reason != "superseded" || b.Revoked.Unix() != 1436577056 || !b.NextUpdate.IsZero() {
		t.Errorf("%+v", b)
	}
	if _, ok := r.Next(); ok {
		t.Error("a third response")
	}
}

func TestOCSPError(t *testing.T) {
	var r OCSPResponse
	if err := r.Parse([]byte{0x30, 3, 0x0a, 1, 6}); err != nil || r.Status != "unauthorized" {
		t.Errorf("%v %q", err, r.Status)
	}
	whole := ocspResponse()
	for n := range whole {
		if r.Parse(whole[:n]) == nil {
			t.Errorf("%d bytes parse", n)
		}
	}
}

func TestOCSPRequest(t *testing.T) {
	alg := der(tagSequence, der(tagOID, []byte{0x2b, 0x0e, 3, 2, 0x1a}))
	id := der(tagSequence, alg, der(tagOctets, []byte{1}), der(tagOctets, []byte{2}), der(tagInteger, []byte{3}))
	var r OCSPRequest
	if err := r.Parse(der(tagSequence, der(tagSequence, der(tagSequence, der(tagSequence, id))))); err != nil {
		t.Fatal(err)
	}
	if got, ok := r.Next(); !ok || string(got.Serial) != "\x03" {
		t.Errorf("%+v", got)
	}
	if _, ok := r.Next(); ok {
		t.Error("a second request")
	}
}

package quicwire

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The server's Initial packet of RFC 9001 appendix A.3 and of RFC 9369 appendix A.3, both of one payload.
const (
	sampleDCID = "8394c8f03e515708"
	sampleV1   = "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3" +
		"8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd9" +
		"3795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee"
	sampleV2 = "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf87263017" +
		"915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707f0a081" +
		"2d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140"
	samplePayload = "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a12" +
		"00130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304"
)

func TestSamplePackets(t *testing.T) {
	for _, c := range []struct {
		version uint32
		packet  string
	}{{V1, sampleV1}, {V2, sampleV2}} {
		p, rest, err := Parse(append(unhex(t, c.packet), 0x40, 1, 2))
		if err != nil || len(rest) != 3 || p.Type != Initial || p.Version != c.version || hex.EncodeToString(p.SCID) != "f067a5502a4262b5" {
			t.Fatalf("%+v %v", p, err)
		}
		_, server, err := Initials(c.version, unhex(t, sampleDCID))
		if err != nil {
			t.Fatal(err)
		}
		frames, number, err := server.Open(nil, &p)
		if err != nil || number != 1 || hex.EncodeToString(frames) != samplePayload {
			t.Fatalf("number %d, %x, %v", number, frames, err)
		}
		list := Frames(frames)
		a, _ := list.Next()
		b, ok := list.Next()
		if a.Kind != Ack || b.Kind != Crypto || !ok || len(b.Data) != 0x5a || b.Offset != 0 {
			t.Errorf("%+v %+v", a, b)
		}
		p.Raw[len(p.Raw)-1] ^= 1
		if _, _, err := server.Open(nil, &p); err != ErrSealed {
			t.Errorf("a changed packet opens: %v", err)
		}
	}
}

func seal(t testing.TB, version uint32, dcid, payload []byte, number uint32) []byte {
	t.Helper()
	b, err := Seal(version, dcid, payload, number)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryVersionRoundTrips(t *testing.T) {
	payload := append([]byte{6, 0, 3, 'a', 'b', 'c'}, make([]byte, 40)...)
	for _, v := range []uint32{V1, V2, 0x709a50c4, 0xff000016, 0xff000017, 0xff00001b, 0xff00001d, 0xff000020, 0xff000021, 0xff000022,
		0xfaceb001, 0xfaceb002, Q050, 0x54303530, 0x54303531} {
		dcid := []byte("12345678")
		two := append(seal(t, v, dcid, payload, 7), seal(t, v, dcid, payload, 8)...)
		client, _, err := Initials(v, dcid)
		if err != nil {
			t.Fatalf("%#x: %v", v, err)
		}
		rest := two
		for want := uint64(7); want <= 8; want++ {
			var p Packet
			if p, rest, err = Parse(rest); err != nil {
				t.Fatalf("%#x: %v", v, err)
			}
			got, number, err := client.Open(nil, &p)
			if err != nil || number != want || !bytes.Equal(got, payload) {
				t.Fatalf("%#x: number %d, %v", v, number, err)
			}
		}
	}
	if _, _, err := Initials(0x12345678, nil); err != ErrVersion {
		t.Error(err)
	}
}

func TestPacketNumbers(t *testing.T) {
	for _, c := range []struct {
		largest, cut uint64
		n            int
		want         uint64
	}{{0xa82f30ea, 0x9b32, 2, 0xa82f9b32}, {0, 0, 1, 0}, {255, 1, 1, 257}, {300, 254, 1, 254}} {
		if got := expandNumber(c.largest, c.cut, c.n); got != c.want {
			t.Errorf("%#x after %#x: %#x, want %#x", c.cut, c.largest, got, c.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	q46 := append([]byte{0xc3, 'Q', '0', '4', '6', 0x50}, "12345678\x00\x00\x00\x01rest"...)
	if p, _, err := Parse(q46); err != nil || string(p.DCID) != "12345678" || string(p.Payload) != "rest" || EVEVersion(p.Version) != "Q046" {
		t.Errorf("%+v %v", p, err)
	}
	q43 := append([]byte{0x09}, "12345678Q043\x01rest"...)
	if p, ok := ParseGoogle(q43); !ok || string(p.DCID) != "12345678" || string(p.Payload) != "rest" || p.Version != Q043 {
		t.Errorf("%+v %v", p, ok)
	}
	negotiation := append([]byte{0x80, 0, 0, 0, 0, 1, 'd', 1, 's'}, 0, 0, 0, 1, 9)
	if p, _, err := Parse(negotiation); err != nil || p.Type != Negotiation || len(p.Versions) != 4 {
		t.Errorf("%+v %v", p, err)
	}
	retry := append([]byte{0xf0, 0, 0, 0, 1, 0, 1, 's'}, "token0123456789abcdef"...)
	if p, _, err := Parse(retry); err != nil || p.Type != Retry || string(p.Token) != "token" {
		t.Errorf("%+v %v", p, err)
	}
	if p, _, err := Parse([]byte{0xc0, 0x10, 1, 0, 0, 1, 0, 0, 1}); err != nil || p.Type != Unknown || VersionName(p.Version) != "unknown-10010000" {
		t.Errorf("%+v %v", p, err)
	}
	whole := unhex(t, sampleV1)
	for n := range whole {
		if p, _, err := Parse(whole[:n]); err == nil && p.Type == Initial {
			t.Errorf("%d of %d bytes parse", n, len(whole))
		}
	}
}

func TestGoogleFrames(t *testing.T) {
	list := Frames("\x40\x01\x24\x4a\x01\x00" + "\x54\x00\x02\x24\x4a\x01\x01\x02\x03\x02\x01\x00\x00\x00\x00\x01\x02\x03" + "\x08\x05\x03abc")
	a, _ := list.Next()
	b, _ := list.Next()
	c, ok := list.Next()
	if a.Kind != Ack || b.Kind != Ack || c.Kind != Crypto || c.Offset != 5 || string(c.Data) != "abc" || !ok {
		t.Errorf("%+v %+v %+v", a, b, c)
	}
}

func TestStreamAnyOrder(t *testing.T) {
	whole := make([]byte, 3000)
	for i := range whole {
		whole[i] = byte(i * 7)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		type part struct{ from, to int }
		var parts []part
		for from := 0; from < len(whole); {
			to := min(from+1+rng.IntN(400), len(whole))
			parts = append(parts, part{max(0, from-rng.IntN(30)), to})
			from = to
		}
		rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		var s Stream
		var got []byte
		for _, p := range parts {
			got = append(got, s.Add(uint64(p.from), whole[p.from:p.to])...)
		}
		if !bytes.Equal(got, whole) || s.Waiting() || s.Next() != len(whole) {
			t.Fatalf("%d parts give %d bytes", len(parts), len(got))
		}
	}
}

func TestStreamIsBounded(t *testing.T) {
	var s Stream
	s.Add(1<<60, []byte("x"))
	s.Add(MaxStream, []byte("x"))
	for i := range 200 {
		s.Add(uint64(10+3*i), []byte("x"))
	}
	if len(s.pieces) > maxPieces || s.Cut != 2+200-maxPieces || len(s.buf) > MaxStream {
		t.Errorf("%d pieces, %d cut", len(s.pieces), s.Cut)
	}
}

func TestOpeningDoesNotAllocate(t *testing.T) {
	_, server, _ := Initials(V1, unhex(t, sampleDCID))
	packet := unhex(t, sampleV1)
	room := make([]byte, 0, 2048)
	if n := testing.AllocsPerRun(100, func() {
		p, _, _ := Parse(packet)
		frames, _, err := server.Open(room, &p)
		if err != nil {
			t.Fatal(err)
		}
		list := Frames(frames)
		for _, ok := list.Next(); ok; _, ok = list.Next() {
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(unhex(f, sampleV1), uint16(0))
	f.Add(seal(f, Q050, []byte("12345678"), make([]byte, 40), 1), uint16(9))
	f.Fuzz(func(t *testing.T, b []byte, offset uint16) {
		rest := b
		for len(rest) > 0 {
			p, next, err := Parse(rest)
			if err != nil {
				break
			}
			if client, _, err := Initials(p.Version, p.DCID); err == nil && p.Type == Initial {
				_, _, _ = client.Open(nil, &p)
			}
			rest = next
		}
		ParseGoogle(b)
		list := Frames(b)
		var s Stream
		for x, ok := list.Next(); ok; x, ok = list.Next() {
			s.Add(x.Offset, x.Data)
		}
		s.Add(uint64(offset), b)
		tags, _ := FindHandshake(b)
		for _, _, ok := tags.Next(); ok; _, _, ok = tags.Next() {
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	_, server, _ := Initials(V1, unhex(b, sampleDCID))
	packet := unhex(b, sampleV1)
	room := make([]byte, 0, 2048)
	b.SetBytes(int64(len(packet)))
	b.ReportAllocs()
	for b.Loop() {
		p, _, _ := Parse(packet)
		_, _, _ = server.Open(room, &p)
	}
}

func BenchmarkInitials(b *testing.B) {
	dcid := unhex(b, sampleDCID)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = Initials(V1, dcid)
	}
}

func TestGoogleHandshake(t *testing.T) {
	msg := []byte("CHLO\x02\x00\x00\x00SNI\x00\x0b\x00\x00\x00VER\x00\x0f\x00\x00\x00example.orgQ046")
	tags, ok := FindHandshake(append([]byte("0123456789abC\xa0\x01\x04\x00"), msg...))
	if !ok || string(tags.Message[:]) != "CHLO" {
		t.Fatalf("%+v", tags)
	}
	name, value, _ := tags.Next()
	if string(AppendName(nil, name)) != "SNI" || string(value) != "example.org" {
		t.Errorf("%s %s", name, value)
	}
	if name, value, ok = tags.Next(); !ok || string(AppendName(nil, name)) != "VER" || string(value) != "Q046" {
		t.Errorf("%s %s", name, value)
	}
	if _, _, ok = tags.Next(); ok {
		t.Error("a third tag")
	}
}
